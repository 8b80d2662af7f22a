"""Answers: where is each visit of a running instance, in another version of its process?

Reads the written state, gives each visit the element that stands for its own, and writes it again.
What no token can stand at there is a hindrance; nothing is opened here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from SpiffWorkflow.util.task import TaskState

from processes.domain.errors import BrokenStateError
from processes.engine.ahead import IsAdverse, bare_harm, collisions, missed, unmet_joins
from processes.engine.definitions import Definition
from processes.engine.diagrams import BOUNDARIES, EACH, Diagram, Kind, Node
from processes.engine.matching import ByHand, Counterparts, alike
from processes.engine.specs import GUARD, LISTENER, JoinSpec, sources, upstream
from processes.engine.state import pack, unpack
from processes.engine.tree import opens

ROOT = "Start"
"""The library's own beginning: a bare place, for a finished visit that is only looked back at."""
LIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED


@dataclass(frozen=True)
class Hindrance:
    """Why an instance cannot be moved as it stands (forhindring); words in Danish."""

    process_id: str
    element_id: str
    name: str
    reason: str
    way_out: str


@dataclass(eq=False)
class Visit:
    """One visit, as written: to be given another element."""

    spec: str
    state: int
    parent: Visit | None
    scope: int
    internal: dict[str, object]
    node: Node | None = None
    new: Node | None = None

    @property
    def live(self) -> bool:
        """It is going on."""
        return bool(self.state & LIVE)

    @property
    def parked(self) -> bool:
        """It has not been entered yet; somebody will try again."""
        return bool(self.state & TaskState.READY)

    @property
    def listens(self) -> bool:
        """It is an event on an edge that has not happened."""
        return self.live and self.node is not None and self.node.kind in BOUNDARIES


@dataclass(eq=False)
class Written:
    """The visits of one process or sub-process, and the visit that it is the inside of."""

    old: str
    host: Visit | None
    visits: list[Visit] = field(default_factory=list)
    new: str = ""

    def children(self, parent: Visit) -> Iterator[Visit]:
        """Yield the visits right after one."""
        return (each for each in self.visits if each.parent is parent)


class Mover:
    """Moves the visits of one instance; notes what changes and what is in the way."""

    def __init__(self, old: Definition, new: Definition, state: bytes, by_hand: ByHand) -> None:
        self.old, self.new = old, new
        self.state = state
        self.counterparts = Counterparts(old, new, by_hand)
        self.body = unpack(state)
        self.hindrances: list[Hindrance] = []
        self.changes: list[str] = []
        self.gone: list[Visit] = []
        self.flows = self._read()

    # -- what is written

    def _read(self) -> list[Written]:
        if self.body[0] != self.old.digest:
            raise BrokenStateError("the state belongs to another definition than the one given")
        flows: list[Written] = []
        for key, above, rows in self.body[5]:
            names = list(self.old.specs[key].task_specs)
            host = None if above == -1 else flows[above[0]].visits[above[1]]
            flow = Written(key, host)
            for spec, state, parent, scope, internal in rows:
                visit = Visit(
                    names[spec], state, None if parent == -1 else flow.visits[parent], scope,
                    dict(internal or {}),
                )  # fmt: skip
                visit.node = self.old.specs[key].task_specs[visit.spec].node
                flow.visits.append(visit)
            flows.append(flow)
        return flows

    def hinder(self, node: Node | None, reason: str, way_out: str) -> None:
        """Note what is in the way, by its place in the old version."""
        if node is None:
            self.hindrances.append(Hindrance(self.old.key, "", self.old.name, reason, way_out))
            return
        process = self.old.owners[node.process]
        self.hindrances.append(Hindrance(process, node.id, node.name or node.id, reason, way_out))

    def had(self, part: str) -> bool:
        """Tell whether the old version has an event sub-process of this name already."""
        return any(
            part in diagram.nodes and diagram.nodes[part].kind is Kind.EVENT_PART
            for diagram in self.old.diagrams.values()
        )

    def had_edge(self, scope: str, event: Node) -> bool:
        """Tell whether the old version has this event on the same edge already.

        One that does not listen any more has happened: it is not to happen once again.
        """
        return any(
            node.kind is event.kind and self.counterparts.of(node, flow.new) is event
            for flow in self.flows
            if flow.new == scope
            for node in self.old.diagrams[self.old.owners[flow.old]].within(flow.old)
            if node.kind in BOUNDARIES
        )

    def change(self, text: str) -> None:
        """Note what would be otherwise, once."""
        if text not in self.changes:
            self.changes.append(text)

    # -- element for element

    def place(self) -> None:
        """Give each visit its element in the new version."""
        for flow in self.flows:
            if not self._scope(flow):
                continue
            for visit in flow.visits:
                self._visit(flow, visit)
            self._races(flow)
            self._guards(flow)
            for visit in flow.visits:
                self._arrival(flow, visit)

    def _scope(self, flow: Written) -> bool:
        """Find the process or sub-process that a flow goes on in; False when there is none."""
        if flow.host is None:
            flow.new = self.new.key
            return True
        node = flow.host.new
        if node is None:
            return False  # its host is a hindrance already
        if flow.old.endswith(EACH):
            flow.new = node.id + EACH
        else:
            flow.new = node.called if node.kind is Kind.CALL else node.id
        return True

    def _visit(self, flow: Written, visit: Visit) -> None:
        node = visit.node
        if node is None:
            return
        if visit.spec.endswith(LISTENER):
            self._event_start(flow, visit)
            return
        visit.new = self.counterparts.of(node, flow.new)
        if visit.spec.endswith(GUARD) and visit.parked and visit.new is not None:
            visit.spec = self._entry(visit.new)
        elif visit.spec.endswith(GUARD):
            return  # settled by `_guards`
        elif visit.listens:
            self._listener(visit)
        elif visit.live:
            self._standing(visit)
        else:
            self._finished(visit)

    def _event_start(self, flow: Written, visit: Visit) -> None:
        """Move what starts an event sub-process with the part it starts."""
        old = self.old.diagrams[self.old.owners[flow.old]].nodes[visit.spec.removesuffix(LISTENER)]
        part = self.counterparts.of(old, flow.new)
        visit.new = None if part is None else part.listener
        if visit.new is not None and part is not None and visit.listens:
            self._listener(visit)
            visit.spec = part.id + LISTENER
        elif visit.listens:
            self._listener(visit)
        else:
            visit.spec = part.id + LISTENER if visit.new and part else ROOT

    def _entry(self, node: Node) -> str:
        """Return what a token meets first on its way into an element."""
        return node.id + GUARD if node.boundaries else node.id

    def _listener(self, visit: Visit) -> None:
        """Move an event on an edge, or stop listening for it."""
        node = visit.node
        assert node is not None  # noqa: S101 – only such visits are given here
        if visit.new is not None and visit.new.kind is node.kind:
            visit.spec = visit.new.id
        else:
            visit.new = None
            self.gone.append(visit)
            self.change(f"Der ventes ikke længere på '{node.name}'.")

    def _standing(self, visit: Visit) -> None:
        """Move a token, if the new version has an element it can stand at."""
        node, new = visit.node, visit.new
        assert node is not None  # noqa: S101 – as above
        if new is None:
            self.hinder(
                node, "Sagen står her, og elementet findes ikke i den nye version.",
                "Vælg det element, sagen skal stå ved i stedet, eller lad sagen blive.",
            )  # fmt: skip
        elif visit.parked and not self._joins(node, self.old) and not self._joins(new, self.new):
            if new.kind in BOUNDARIES or node.kind in BOUNDARIES:
                self.hinder(
                    node, "Sagen er standset midt i en hændelse.", "Løs standsningen først."
                )
            elif visit.spec != self._entry(new) and visit.spec == node.id and node.boundaries:
                visit.spec = new.id  # its guard is behind it
            else:
                visit.spec = self._entry(new)
        elif not alike(node, new) or self._joins(node, self.old) != self._joins(new, self.new):
            self.hinder(
                node, f"Elementet er {new.kind} i den nye version; her er det {node.kind}.",
                "Vælg et element af samme slags, eller lad sagen blive på sin version.",
            )  # fmt: skip
        elif bool(node.repeats) != bool(new.repeats):
            self.hinder(
                node, "Elementet gentages kun i den ene af versionerne.",
                "Lad sagen blive, til den er forbi elementet.",
            )  # fmt: skip
        else:
            visit.spec = new.id
            if new.id != node.id:
                self.change(f"'{node.name}' bliver til '{new.name}'.")

    @staticmethod
    def _joins(node: Node, definition: Definition) -> bool:
        return isinstance(definition.specs[node.process].task_specs[node.id], JoinSpec)

    def _finished(self, visit: Visit) -> None:
        """Keep a finished visit that is looked back at; as a bare place where it is no more."""
        node, new = visit.node, visit.new
        assert node is not None  # noqa: S101 – as above
        if opens(node) and (new is None or not opens(new)):
            self.hinder(
                node, "Herfra går der en sidegren, som den nye version ikke har.",
                "Lad sagen blive, til sidegrenen er færdig.",
            )  # fmt: skip
        elif new is None or new.kind is not node.kind:
            visit.spec, visit.new = ROOT, None
        else:
            visit.spec = new.id

    def _races(self, flow: Written) -> None:
        """Let the events behind an event gateway still be one race."""
        for gateway in flow.visits:
            if gateway.node is None or gateway.node.kind is not Kind.FIRST_EVENT:
                continue
            racing = [each for each in flow.children(gateway) if each.live]
            if not racing:
                continue
            behind = (
                {way.target for way in gateway.new.outgoing}
                if gateway.new is not None and gateway.new.kind is Kind.FIRST_EVENT
                else set()
            )
            lost = [each for each in racing if each.new is None or each.new.id not in behind]
            if len(lost) == len(racing):
                self.hinder(
                    gateway.node, "Sagen venter på den første af flere hændelser, og den nye "
                    "version har ingen af dem efter en hændelsesgateway.",
                    "Vælg den gateway og de hændelser, de svarer til, eller lad sagen blive.",
                )  # fmt: skip
                continue
            gateway.spec = gateway.new.id if gateway.new is not None else ROOT
            for each in lost:
                self.gone.append(each)
                self.hindrances = [
                    h for h in self.hindrances if each.node is None or h.element_id != each.node.id
                ]
                self.change(f"Der ventes ikke længere på '{each.node and each.node.name}'.")

    def _guards(self, flow: Written) -> None:
        """Put what opens an element and its edge before each token that needs one."""
        for guard in [
            each for each in flow.visits if each.spec.endswith(GUARD) and not each.parked
        ]:
            host = next(
                (each for each in flow.children(guard) if each.live and not each.listens), None
            )
            new = None if host is None else host.new
            guard.spec = new.id + GUARD if new is not None and new.boundaries else ROOT
            if guard.spec == ROOT:
                for each in flow.children(guard):
                    if each.listens and each not in self.gone:
                        self.gone.append(each)
        for host in list(flow.visits):
            if host.listens or not host.live or host.parked or host.new is None:
                continue
            above = host.parent
            guarded = above is not None and above.spec == host.new.id + GUARD
            if host.new.boundaries and not guarded:
                guard = Visit(
                    host.new.id + GUARD, TaskState.COMPLETED, above, host.scope, {}, None, host.new
                )
                flow.visits.insert(flow.visits.index(host), guard)
                host.parent = guard

    def _arrival(self, flow: Written, visit: Visit) -> None:
        """Say by which flow a token that waits at a join has come, as it is drawn now."""
        if "from" not in visit.internal or visit.new is None or not visit.live:
            return
        came = str(visit.internal["from"])
        joins = self.new.specs[flow.new].task_specs[visit.new.id]
        if not isinstance(joins, JoinSpec):
            return
        known = sources(self.new.specs[flow.new], visit.new.id)
        before = self.old.specs[flow.old].task_specs[came].node
        now = None if before is None else self.counterparts.of(before, flow.new)
        if now is not None and now.id in known:
            visit.internal["from"] = now.id
            return
        # What was drawn in between since then lies behind this token: it has come by that way.
        strangers = [
            source
            for source in sorted(known)
            if source not in sources(self.old.specs[flow.old], visit.node.id if visit.node else "")
            and (now is None or now.id in _way(self.new, flow.new, visit.new, source))
        ]
        if len(strangers) == 1:
            visit.internal["from"] = strangers[0]
            self.change(f"Grenen, der er kommet til '{visit.new.name or visit.new.id}', regnes "
                        f"for kommet fra '{strangers[0]}'.")  # fmt: skip
        else:
            self.hinder(
                visit.node, f"En gren er kommet hertil fra '{came}', og den nye version har ingen "
                "vej herfra.", "Lad sagen blive, til grenene har mødt hinanden.",
            )  # fmt: skip

    # -- what lies ahead

    def look_ahead(self, is_adverse: IsAdverse) -> None:
        """Note what the new drawing would make of the tokens together."""
        for flow in self.flows:
            if not flow.new:
                continue
            standing = [v for v in flow.visits if v.live and v not in self.gone and v.new]
            tokens = [v for v in standing if not v.listens and "arrived" not in v.internal]
            here = {v.new.id for v in tokens if v.new is not None}
            before = {v.node.id for v in tokens if v.node is not None}
            if flow.new.endswith(EACH):
                continue  # the times lie beside each other; what follows is looked at around them
            diagram = self.new.diagrams[self.new.owners[flow.new]]
            self._joins_ahead(diagram, flow, tokens)
            known = collisions(self.old.diagrams[self.old.owners[flow.old]], before)
            names = {v.new.id: v.node for v in tokens if v.new is not None}
            told = {
                (v.new.id, w.new.id)
                for v in tokens for w in tokens
                if v.new and w.new and v.node and w.node and (v.node.id, w.node.id) in known
            }  # fmt: skip
            for one, other in sorted(collisions(diagram, here) - told):
                if one != other:
                    self.hinder(
                        names[one], f"Herfra løber sagen i den nye version ind i '{other}', hvor "
                        "den også står: det, der følger, ville ske to gange.",
                        "Lad sagen blive, til grenene har mødt hinanden.",
                    )  # fmt: skip
            if here:
                self._missed(diagram, flow, here, before)
            for visit in tokens:
                self._harm(diagram, visit, is_adverse)

    def _joins_ahead(self, diagram: Diagram, flow: Written, tokens: list[Visit]) -> None:
        arrived: dict[str, set[str]] = {}
        for visit in tokens:
            if "from" in visit.internal and visit.new is not None:
                arrived.setdefault(visit.new.id, set()).add(str(visit.internal["from"]))
        moving = {v.new.id for v in tokens if v.new is not None and "from" not in v.internal}
        for join, source in unmet_joins(diagram, flow.new, moving, arrived):
            node = next((v.node for v in tokens if v.node is not None), None)
            self.hinder(
                node, f"Den nye version venter ved '{join.name or join.id}' på en gren fra "
                f"'{source}', som aldrig er begyndt i denne sag.",
                "Lad sagen blive, til den er forbi det sted, hvor grenene mødes.",
            )  # fmt: skip

    def _missed(self, diagram: Diagram, flow: Written, here: set[str], before: set[str]) -> None:
        old = self.old.diagrams[self.old.owners[flow.old]]
        passed = {node.id for node in missed(old, flow.old, before)} if before else set()
        for node in missed(diagram, flow.new, here):
            if node.id not in passed and node.id not in old.nodes:
                self.change(f"'{node.name}' er nyt, men sagen er forbi det: det bliver ikke gjort.")

    def _harm(self, diagram: Diagram, visit: Visit, is_adverse: IsAdverse) -> None:
        if visit.new is None or visit.node is None:
            return
        old = self.old.diagrams[self.old.owners[visit.node.process]]
        now = bare_harm(self.new.diagrams, diagram, visit.new, is_adverse)
        for step in sorted(now - bare_harm(self.old.diagrams, old, visit.node, is_adverse)):
            self.hinder(
                visit.node, f"Herfra fører den nye version til '{step}', som kan være til skade "
                "for borgeren, uden at et menneske har haft sagen.",
                "Vælg et sted før den opgave, der hører til, eller lad sagen blive.",
            )  # fmt: skip

    # -- written anew

    def write(self) -> bytes:
        """Return the state under the new version, before anything new is opened."""
        places: dict[Visit, tuple[int, int]] = {}
        flows = []
        scopes = self.body[4]
        for number, flow in enumerate(self.flows):
            kept = [visit for visit in flow.visits if visit not in self.gone]
            for place, visit in enumerate(kept):
                places[visit] = (number, place)
            names = {name: place for place, name in enumerate(self.new.specs[flow.new].task_specs)}
            rows = [
                [
                    names[visit.spec], visit.state, self._parent(visit, places), visit.scope,
                    visit.internal or 0,
                ]
                for visit in kept
            ]  # fmt: skip
            flows.append([flow.new, -1 if flow.host is None else places[flow.host], rows])
        digest, seed, counter, ended = self.new.digest, *self.body[1:4]
        return pack([digest, seed, counter, ended, scopes, flows])

    def _parent(self, visit: Visit, places: Mapping[Visit, tuple[int, int]]) -> int:
        parent = visit.parent
        while parent is not None and parent not in places:
            parent = parent.parent
        return -1 if parent is None else places[parent][1]


def _way(definition: Definition, scope: str, join: Node, source: str) -> frozenset[str]:
    diagram = definition.diagrams[definition.owners[scope]]
    return upstream(join, diagram).get(source, frozenset())
