"""How a BPMN service task finds its function, and how a form's data finds its way in.

A step that needs the outside has two halves: `ask(gateways, request)` runs with no transaction
open; the step itself gets the answer and a unit of work, and no gateways. So no outside call can
hold a row lock. A step without `ask` runs in the transaction that reached it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, cast

from processes.domain import deadlines
from processes.domain.access import SYSTEM_NAME, Actor
from processes.domain.accounting import PostingBook
from processes.domain.benefits.single import Benefit
from processes.domain.deadlines import DeadlineKind
from processes.domain.documents import Direction, Document, JournalNote
from processes.domain.errors import BrokenStateError
from processes.domain.law_changes import Law, LawBooks
from processes.domain.periods import Calendar
from processes.domain.rates import RateBook
from processes.domain.rules.book import RuleBook
from processes.ports.gateways import Gateways
from processes.ports.records import OutboxItem
from processes.ports.stores import UnitOfWork

Variables = Mapping[str, object]


@dataclass(frozen=True)
class StepContext:
    """What a step or verb gets: a unit of work, the moment, and what the law says now.

    There are no gateways in it, on purpose.
    """

    uow: UnitOfWork
    now: datetime
    today: date
    """The day in Denmark."""
    new_id: Callable[[], str]
    books: LawBooks
    postings: PostingBook
    calendar: Calendar
    mode: str
    """`demo`, `test` or `production`."""
    actor: Actor | None = None
    """Who completed the task; None in a service step."""
    benefits: Mapping[str, Benefit] = field(default_factory=dict)
    """The benefits made of rules, by id; kontanthjælp is calculated by a program of its own."""

    @cached_property
    def law(self) -> Law:
        """The rates and rules in force: what was shipped, and what two people have approved.

        Asked for once a context; one short statement says whether it is the one already read.
        """
        uow = self.uow
        return self.books.at(uow.law.digest, uow.setup.rates, uow.law.changes)

    def law_known_at(self, moment: datetime) -> Law:
        """Return the rates and rules as they were known at a moment."""
        return self.books.known_at(self.law, moment)

    @property
    def rates(self) -> RateBook:
        """The rates in force."""
        return self.law.rates

    @property
    def rules(self) -> RuleBook:
        """The rules in force."""
        return self.law.rules

    @property
    def user(self) -> str:
        """Who is answerable: the user, or the system."""
        return SYSTEM_NAME if self.actor is None else self.actor.user

    def deadline_days(self, benefit: str, kind: DeadlineKind, *, usual: int | None = None) -> int:
        """Return how many days the municipality gives for something today (frist).

        `usual` is what a decision table says while the municipality has set nothing.
        """
        held = deadlines.in_force(
            self.uow.deadlines.settings(), benefit=benefit, kind=kind, day=self.today
        )
        if held is not None:
            return held.days
        return deadlines.USUAL[kind].days if usual is None else usual

    def note(self, case_id: str, text: str) -> None:
        """Write a journal note on a case (notatpligt, OFL § 13)."""
        self.uow.cases.add_note(JournalNote(self.new_id(), case_id, text, self.user, self.now))

    def file(
        self,
        case_id: str,
        title: str,
        content: bytes,
        *,
        direction: Direction,
        media_type: str,
        party_id: str | None = None,
        subject_id: str | None = None,
        is_scanned: bool | None = None,
    ) -> str:
        """File a document with its exact content (journalisér); return its id."""
        document = Document(
            id=self.new_id(),
            case_id=case_id,
            title=title,
            direction=direction,
            media_type=media_type,
            sha256=hashlib.sha256(content).hexdigest(),
            size_bytes=len(content),
            recorded_at=self.now,
            party_id=party_id,
            subject_id=subject_id,
            is_scanned=is_scanned,
        )
        self.uow.cases.add_document(document, content)
        return document.id

    def leave(self, topic: str, case_id: str, body: Variables, *, key: str, lane: str = "") -> None:
        """Put something in the outbox (udbakken), in order with the rest of its case.

        `key` says which effect it is: the same one twice leaves once. What must not hold the case
        up while its counterpart is away goes in a `lane` of its own; its body names the case.
        """
        self.uow.outbox.put(
            OutboxItem(
                id=0,
                topic=topic,
                ordering_key=lane or case_id,
                body=body,
                idempotency_key=key,
                created_at=self.now,
                available_at=self.now,
            )
        )

    def index(self, case_id: str) -> None:
        """Register a case as it stands now in the common index (sagsindeks), if it has changed.

        Kept with the registration: every state so far, and who is party to it, by id.
        """
        case = self.uow.cases.get(case_id)
        lane = f"index:{case_id}"
        earlier = self.uow.outbox.of_case(lane)
        states = list(cast(list[list[str]], earlier[-1].body["states"])) if earlier else []
        if not states or states[-1][0] != case.state:
            states.append([str(case.state), self.now.isoformat()])
        stands = {"states": states, "parties": [each.id for each in case.parties]}
        if earlier and {name: earlier[-1].body[name] for name in stands} == stands:
            return
        number = len(earlier) + 1
        body = {"case_id": case_id, "registration": number, "at": self.now.isoformat(), **stands}
        self.leave("send.index", case_id, body, key=f"{lane}:{number}", lane=lane)

    def tell(
        self, message: str, key: str, variables: Variables, *, case_id: str, tries: str = ""
    ) -> None:
        """Send a BPMN message to whoever waits for it with this key."""
        self.leave(
            "message",
            case_id,
            {"message": message, "key": key, "variables": dict(variables)},
            key=f"{message}:{key}:{tries}",
        )

    def require_actor(self) -> Actor:
        """Return the person behind a form; a form without one is a bug."""
        if self.actor is None:
            raise BrokenStateError("en formular blev modtaget uden en bruger")
        return self.actor


Prepare = Callable[..., Any]
"""Reads what an `ask` needs, in a short transaction of its own, before any call."""
Ask = Callable[[Gateways, Any], Any]


@dataclass(frozen=True)
class Step:
    """A registered step: the function, its halves, and what the linter must know."""

    id: str
    run: Callable[..., Variables]
    prepare: Prepare | None = None
    ask: Ask | None = None
    adverse: bool = False
    """It can end, refuse, lessen, set off or reclaim: the safeguards' only flag."""
    errors: tuple[str, ...] = ()
    """BPMN error codes it may end in once retries are used up."""
    max_attempts: int = 5
    arguments: tuple[str, ...] = ()
    keep: Callable[..., None] | None = None
    """Records what was answered when the rest of an `ask` failed: `keep(ctx, answered, *, …)`."""


@dataclass(frozen=True)
class Sender:
    """What takes an outbox topic to its gateway, in the same two halves as a step.

    `prepare(ctx, body)` reads; `ask(gateways, request)` calls; `run(ctx, answer, body)` records the
    receipt in the transaction that marks the item sent. `given_up(ctx, body, reason)` records that
    the counterpart will not take it, so that it becomes somebody's task.
    """

    topic: str
    prepare: Callable[..., Any]
    ask: Ask
    run: Callable[..., None]
    given_up: Callable[..., None]
    patient: bool = False
    """It may wait for its counterpart as long as it takes; nobody is called because of it."""


@dataclass
class Register:
    """The steps, form verbs and senders there are, by name; a doubled name is refused at import."""

    steps: dict[str, Step] = field(default_factory=dict)
    verbs: dict[str, Callable[..., Variables]] = field(default_factory=dict)
    senders: dict[str, Sender] = field(default_factory=dict)

    def step(self, step_id: str) -> Step:
        """Return a step; an unknown one means the deployment gate was passed by."""
        if step_id not in self.steps:
            raise BrokenStateError(f"Trinnet '{step_id}' findes ikke i denne version.")
        return self.steps[step_id]

    def verb(self, form_key: str) -> Callable[..., Variables]:
        """Return the verb that receives a form."""
        if form_key not in self.verbs:
            raise BrokenStateError(f"Ingen modtager formularen '{form_key}' i denne version.")
        return self.verbs[form_key]

    def sender(self, topic: str) -> Sender:
        """Return what delivers an outbox topic."""
        if topic not in self.senders:
            raise BrokenStateError(f"Ingen afsender kender emnet '{topic}' i udbakken.")
        return self.senders[topic]


REGISTER = Register()


def step(
    step_id: str,
    *,
    prepare: Prepare | None = None,
    ask: Ask | None = None,
    adverse: bool = False,
    errors: tuple[str, ...] = (),
    max_attempts: int = 5,
    keep: Callable[..., None] | None = None,
) -> Callable[[Callable[..., Variables]], Callable[..., Variables]]:
    """Register a function as the step a diagram names.

    The function is `run(ctx, *, <arguments>)`, or `run(ctx, answer, *, <arguments>)` with `ask`;
    it returns ids and scalars for the process.
    """

    def register(function: Callable[..., Variables]) -> Callable[..., Variables]:
        if step_id in REGISTER.steps:
            raise BrokenStateError(f"step '{step_id}' is registered twice")
        if (ask is None) != (prepare is None):
            raise BrokenStateError(f"step '{step_id}': `ask` and `prepare` go together")
        code = function.__code__
        keywords = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
        REGISTER.steps[step_id] = Step(
            step_id, function, prepare, ask, adverse, errors, max_attempts, keywords, keep
        )
        return function

    return register


def receives(form_key: str) -> Callable[[Callable[..., Variables]], Callable[..., Variables]]:
    """Register a function as the receiver of a form.

    The function is `verb(ctx, task: UserTask, values: Mapping[str, object])`, runs in the
    transaction that completes the task, and returns ids and scalars for the process.
    """

    def register(function: Callable[..., Variables]) -> Callable[..., Variables]:
        if form_key in REGISTER.verbs:
            raise BrokenStateError(f"form '{form_key}' has two receivers")
        REGISTER.verbs[form_key] = function
        return function

    return register


def sends(
    topic: str,
    *,
    prepare: Callable[..., Any],
    ask: Ask,
    given_up: Callable[..., None],
    patient: bool = False,
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a function as what records the receipt of an outbox topic."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        if topic in REGISTER.senders:
            raise BrokenStateError(f"topic '{topic}' has two senders")
        REGISTER.senders[topic] = Sender(topic, prepare, ask, function, given_up, patient)
        return function

    return register
