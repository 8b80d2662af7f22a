"""Answers: what would a draft have done to the cases we know? Nothing it does is real.

A try-out runs recorded cases through today's version and through the draft, each in a throw-away
instance with the answers that were once given, and compares. No case is read for writing, no step
is run, nothing leaves: an instance of a try-out is bytes in a process of its own, with an end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from processes.domain.access import Actor, require
from processes.domain.errors import ConflictError, RuleError
from processes.operations.control import Control
from processes.ports.cockpit import VersionHead
from processes.ports.records import AuditEvent
from processes.ports.stores import UnitOfWork
from processes.ports.tryouts import (
    MOST_CASES,
    Harm,
    Population,
    TriedCase,
    Tryout,
    TryoutPage,
    TryoutState,
)
from processes.stages import tryouts as stage

SHOWN_CASES = 100
"""How many cases a page lists behind one figure."""


class Tryouts:
    """Tries drafts on recorded cases (prøver)."""

    def __init__(self, control: Control) -> None:
        self.env = control.env

    def count(self, process_key: str, population: Population, by: Actor) -> int:
        """Return how many cases a population holds."""
        require(by, "tryout.run")
        with self.env.uow(by.municipality_id) as uow:
            return len(uow.tryouts.instances(process_key, population))

    def processes_of(self, key: str, by: Actor) -> Sequence[tuple[str, str]]:
        """Return the processes in force that are, call or look up something, by id and name."""
        require(by, "tryout.read")
        today = self.env.gateways.clock.today()
        with self.env.uow(by.municipality_id) as uow:
            newest: dict[str, VersionHead] = {}
            for head in uow.cockpit.versions():
                if head.valid_from <= today:
                    newest.setdefault(head.key, head)
            return [
                (head.key, head.name)
                for head in newest.values()
                if head.key == key or _has(uow.definitions.get(head.id).bundle, key)
            ]

    def begin(
        self,
        files: Mapping[str, bytes],
        population: Population,
        by: Actor,
        *,
        process_key: str,
        subject: str,
        digest: str,
    ) -> str:
        """Ask for a try-out, and return its id; workers run it, and `tryout` tells how far it is.

        `files` are the draft's diagrams and tables by name (`<key>.bpmn`, `<key>.dmn`); what they
        call or look up and do not hold is taken as in force today. `process_key` is the process
        whose cases are run: the draft's own, or one that calls it or looks the table up.
        `subject` names the draft and `digest` exactly what was tried, as their owner has them.
        """
        require(by, "tryout.run")
        _check(population)
        now, today = self.env.now(), self.env.gateways.clock.today()
        with self.env.uow(by.municipality_id) as uow:
            current = uow.definitions.current(process_key, today)
            chosen = uow.tryouts.instances(process_key, population)
            if not chosen:
                raise RuleError(
                    "Ingen optagne sager passer. Vælg flere dage, eller tag åbne sager med."
                )
            tryout = Tryout(
                id=self.env.new_id(),
                subject=subject,
                digest=digest,
                process_key=process_key,
                name=current.name,
                files=dict(files),
                population=population,
                state=TryoutState.WAITING,
                total=len(chosen),
                done=0,
                asked_by=by.user,
                asked_at=now,
            )
            uow.tryouts.add(tryout, chosen)
            stage.put_next(self.env.context(uow, by), tryout)
            self._audit(uow, by, "tryout.begin", tryout, f"{len(chosen)} sager")
            uow.commit()
        self.env.wake()
        return tryout.id

    def tryout(self, tryout_id: str, by: Actor) -> Tryout:
        """Return one try-out, with its report when it is done."""
        require(by, "tryout.read")
        with self.env.uow(by.municipality_id) as uow:
            return uow.tryouts.get(tryout_id)

    def page(self, tryout_id: str, by: Actor, *, which: str = "") -> TryoutPage:
        """Return one try-out with the cases behind one of its figures: its key in the report."""
        require(by, "tryout.read")
        with self.env.uow(by.municipality_id) as uow:
            tryout = uow.tryouts.get(tryout_id)
            cases = [each for each in uow.tryouts.cases(tryout_id) if which and _is_of(each, which)]
            return TryoutPage(
                tryout,
                which,
                tuple(cases if which == "*" else cases[:SHOWN_CASES]),
                uow.setup.names(by.municipality_id),
            )

    def of_subject(self, subject: str, by: Actor) -> Sequence[Tryout]:
        """Return the try-outs of a draft, newest first, for its page and for who approves it."""
        require(by, "tryout.read")
        with self.env.uow(by.municipality_id) as uow:
            return uow.tryouts.of_subject(subject)

    def stop(self, tryout_id: str, by: Actor) -> None:
        """Give a try-out up; what it has found so far is kept, without a report."""
        require(by, "tryout.run")
        with self.env.uow(by.municipality_id) as uow:
            tryout = uow.tryouts.lock(tryout_id)
            if tryout.state in {TryoutState.DONE, TryoutState.STOPPED}:
                raise ConflictError("Prøven er allerede slut.")
            why = "Prøven blev standset af den, der bad om den."
            uow.tryouts.save(
                replace(tryout, state=TryoutState.STOPPED, ended_at=self.env.now(), why=why)
            )
            self._audit(uow, by, "tryout.stop", tryout)
            uow.commit()

    def _audit(
        self, uow: UnitOfWork, by: Actor, action: str, tryout: Tryout, reason: str = ""
    ) -> None:
        subject = f"tryout:{tryout.id}"
        uow.audit.add(AuditEvent(self.env.now(), by.user, str(by.role), action, subject, reason))


def _has(bundle: Mapping[str, bytes], key: str) -> bool:
    """Tell whether a process is, calls, or looks something up by this name."""
    looked_up = f">{key}</".encode()
    return f"{key}.bpmn" in bundle or any(looked_up in each for each in bundle.values())


def _check(population: Population) -> None:
    if not 1 <= population.most <= MOST_CASES:
        raise RuleError(f"En prøve kan køre 1 til {MOST_CASES} sager, ikke {population.most}.")
    if not (population.is_open or population.is_closed):
        raise RuleError("Vælg åbne sager, afsluttede sager eller begge dele.")
    since, until = population.since, population.until
    if since is not None and until is not None and since >= until:
        raise RuleError("Den første dag skal ligge før den sidste.")


def _is_of(case: TriedCase, which: str) -> bool:
    """Tell whether a case is behind a figure of the report; `*` is behind every one."""
    known = case.draft.how != "unknown"
    figures = {
        "*": True,
        "changed": not case.is_same,
        "decisions": known and case.today.decision != case.draft.decision,
        "amounts": known and case.today.amount != case.draft.amount,
        "unknown": not known,
        "assumed": bool(case.draft.assumed),
        "deviating": not case.is_as_recorded,
        **{harm.value: harm in case.harms for harm in Harm},
    }
    ends = {stage.end_of(case.today), stage.end_of(case.draft)}
    return figures.get(which, which in ends)
