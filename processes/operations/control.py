"""Answers: what happens to a running process when something happens to it?

The one place where engine state and its effects become rows, in the transaction that caused them.
Lock order, everywhere: instance, then task, job, timer or subscription. After an exception nothing
of the half-stepped state is saved; the incident is written in a new transaction.
"""

from __future__ import annotations

import random
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from processes.domain.access import Actor, require
from processes.domain.accounting import PostingBook
from processes.domain.benefits.single import Benefit
from processes.domain.errors import BrokenStateError, ConflictError, CoreError, OutsideError
from processes.domain.identifiers import Cpr
from processes.domain.law_changes import LawBooks
from processes.domain.periods import Calendar, danish_day
from processes.domain.rules.book import RuleBook
from processes.engine import effects as fx
from processes.engine.definitions import Definition, parse_bundle
from processes.engine.runtime import advance, where_is
from processes.engine.steering import move
from processes.engine.tables import DecisionTable, parse_table
from processes.operations.holders import first_holder
from processes.operations.reasons import priority_of, why_here
from processes.ports.gateways import Gateways
from processes.ports.records import (
    AuditEvent,
    Claim,
    HistoryEvent,
    Incident,
    InstanceState,
    Job,
    OutboxItem,
    ProcessInstance,
    Subscription,
    TaskState,
    Timer,
    UserTask,
)
from processes.ports.stores import UnitOfWork, UnitOfWorkFactory
from processes.steps import Register, Step, StepContext

MAX_INLINE_STEPS = 50
"""Inline steps in one transaction before the process is taken to run in circles."""
MESSAGE_LIFETIME = timedelta(days=90)
"""How long a message nobody waits for is kept."""
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(hours=6)


class Wake(Protocol):
    """Tells workers that there is work; a lost call costs only the sweep interval."""

    def __call__(self) -> None:
        """Wake them."""


@dataclass
class Environment:
    """Everything an operation needs from outside itself; made once, in wiring."""

    uow: UnitOfWorkFactory
    gateways: Gateways
    register: Register
    rules: RuleBook
    """The shipped ones; what is in force is asked of `books`."""
    postings: PostingBook
    calendar: Calendar
    mode: str
    wake: Wake
    digest: Callable[[Cpr], str]
    """Tells two personal numbers apart without showing either."""
    new_id: Callable[[], str] = field(default=lambda: str(uuid.uuid4()))
    benefits: Mapping[str, Benefit] = field(default_factory=dict)
    """The benefits made of rules, by id."""
    zone: ZoneInfo = field(default=ZoneInfo("Europe/Copenhagen"))

    @cached_property
    def books(self) -> LawBooks:
        """The law, read once for everybody in this process."""
        return LawBooks(tuple(self.rules))

    def now(self) -> datetime:
        """Return the moment."""
        return self.gateways.clock.now()

    def context(self, uow: UnitOfWork, actor: Actor | None = None) -> StepContext:
        """Return what a step or verb is given."""
        return StepContext(
            uow=uow,
            now=self.now(),
            today=self.gateways.clock.today(),
            new_id=self.new_id,
            books=self.books,
            postings=self.postings,
            calendar=self.calendar,
            mode=self.mode,
            actor=actor,
            benefits=self.benefits,
        )


def retry_at(
    now: datetime, attempts: int, *, jitter: Callable[[], float] = random.random
) -> datetime:
    """Return when to try again: doubled each time, at most six hours, spread by up to a fifth."""
    pause = min(FIRST_RETRY * int(2**attempts), LONGEST_RETRY)
    return now + pause * (1 + jitter() / 5)


@lru_cache(maxsize=256)
def _definition(digest: str, files: tuple[tuple[str, bytes], ...]) -> Definition:
    definition = parse_bundle(dict(files))
    if definition.digest != digest:
        raise BrokenStateError("en gemt procesdefinition svarer ikke til sit fingeraftryk")
    return definition


@lru_cache(maxsize=256)
def _table(xml: bytes) -> DecisionTable:
    return parse_table(xml)


class _Tables(Mapping[str, DecisionTable]):
    """The decision tables in force on a day; read when the first is looked up, and only then."""

    def __init__(self, uow: UnitOfWork, on: date) -> None:
        self.uow = uow
        self.on = on

    @cached_property
    def _all(self) -> Mapping[str, DecisionTable]:
        return {key: _table(row.xml) for key, row in self.uow.definitions.tables(self.on).items()}

    def __getitem__(self, key: str) -> DecisionTable:
        return self._all[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


class Control:
    """Moves instances by triggers (procesafvikling)."""

    def __init__(self, env: Environment) -> None:
        self.env = env
        self._definitions: dict[int, Definition] = {}

    # ---- starting and messages ---------------------------------------------------------

    def deliver(
        self, uow: UnitOfWork, message: str, key: str, variables: Mapping[str, object]
    ) -> None:
        """Bring a message to whoever waits for it, start what it starts, or keep it for later."""
        waiting = uow.processes.take_subscription(message, key)
        if waiting is not None:
            instance = uow.processes.lock_instance(waiting.instance_id)
            if instance.state is InstanceState.PAUSED:
                # It waits on, and is told when it goes on.
                uow.processes.subscribe(waiting)
                self._keep(uow, message, key, variables)
                return
            self.advance(uow, instance, fx.MessageArrived(waiting.token, variables))
            return
        started = uow.definitions.by_start_message(message, self.env.gateways.clock.today())
        if started is None:
            self._keep(uow, message, key, variables)
            return
        instance = uow.processes.add_instance(
            ProcessInstance(
                id=0,
                definition_id=started.id,
                process_key=started.key,
                case_id=str(variables["case_id"]),
                state=InstanceState.RUNNING,
                blob=b"",
                started_at=self.env.now(),
            )
        )
        self.advance(uow, instance, fx.Start(variables, seed=str(instance.id)))

    def _keep(
        self, uow: UnitOfWork, message: str, key: str, variables: Mapping[str, object]
    ) -> None:
        until = self.env.now() + MESSAGE_LIFETIME
        uow.processes.buffer_message(message, key, variables, until=until)

    # ---- the loop ----------------------------------------------------------------------

    def advance(
        self,
        uow: UnitOfWork,
        instance: ProcessInstance,
        trigger: fx.Trigger,
        *,
        actor: Actor | None = None,
    ) -> ProcessInstance:
        """Advance a locked instance by one trigger, and on through every inline step."""
        check_not_paused(instance)
        definition = self.definition(uow, instance.definition_id)
        tables = self.tables(uow, instance)
        advanced = advance(
            definition, instance.blob or None, trigger, self.env.now(), tables=tables
        )
        return self.carry_out(uow, instance, advanced, actor=actor, tables=tables)

    def steer(
        self, uow: UnitOfWork, instance: ProcessInstance, token: str, to: str, by: Actor
    ) -> ProcessInstance:
        """Put a token of a locked instance at another element, as two people have agreed."""
        check_not_paused(instance)
        definition = self.definition(uow, instance.definition_id)
        tables = self.tables(uow, instance)
        moved = move(
            definition, instance.blob, token, to, self.env.now(), tables=tables, by=by.user
        )
        return self.carry_out(uow, instance, moved, actor=by, tables=tables)

    def tables(self, uow: UnitOfWork, instance: ProcessInstance) -> Mapping[str, DecisionTable]:
        """Return the decision tables that hold for an instance: those of the day it began."""
        return _Tables(uow, danish_day(instance.started_at))

    def carry_out(
        self,
        uow: UnitOfWork,
        instance: ProcessInstance,
        advanced: fx.Advanced,
        *,
        actor: Actor | None = None,
        tables: Mapping[str, DecisionTable] | None = None,
    ) -> ProcessInstance:
        """Write what a locked instance wants now, and go on through every inline step."""
        definition = self.definition(uow, instance.definition_id)
        tables = self.tables(uow, instance) if tables is None else tables
        ctx = self.env.context(uow, actor)
        todo: deque[fx.Trigger] = deque()
        steps = 0
        while True:
            instance = self._moved_on(uow, instance, advanced)
            for effect in advanced.effects:
                if isinstance(effect, fx.RunStep) and self.is_inline(effect):
                    steps += 1
                    if steps > MAX_INLINE_STEPS:
                        raise BrokenStateError(
                            f"Processen '{instance.process_key}' kørte {steps} trin uden at vente."
                            " Se diagrammet efter for en løkke uden ophold."
                        )
                    step = self.env.register.step(effect.step)
                    result = step.run(ctx, **_known(step, effect.arguments))
                    todo.append(fx.StepDone(effect.token, result))
                else:
                    instance = self._apply(uow, instance, effect)
            if not todo:
                break
            advanced = advance(
                definition, instance.blob, todo.popleft(), self.env.now(), tables=tables
            )
        uow.processes.save_instance(instance)
        return instance

    def _moved_on(
        self, uow: UnitOfWork, instance: ProcessInstance, advanced: fx.Advanced
    ) -> ProcessInstance:
        """Return an instance as it stands after an advance, whose history is written."""
        _record(uow, instance, advanced.effects)
        places = instance.places if advanced.places is None else advanced.places
        if advanced.places is None and advanced.state != instance.blob:
            definition = self.definition(uow, instance.definition_id)
            standing = where_is(definition, advanced.state)
            places = tuple(f"{each.process_id}/{each.element_id}" for each in standing)
        return replace(instance, blob=advanced.state, places=places)

    def definition(self, uow: UnitOfWork, definition_id: int) -> Definition:
        """Return a parsed definition; read and parsed once a process, for it never changes."""
        known = self._definitions.get(definition_id)
        if known is None:
            row = uow.definitions.get(definition_id)
            known = _definition(row.digest, tuple(sorted(row.bundle.items())))
            self._definitions[definition_id] = known
        return known

    def is_inline(self, effect: fx.RunStep) -> bool:
        """Tell whether a step runs in the transaction that reaches it."""
        return self.env.register.step(effect.step).ask is None

    def _apply(
        self, uow: UnitOfWork, instance: ProcessInstance, effect: fx.Effect
    ) -> ProcessInstance:
        now = self.env.now()
        match effect:
            case fx.RaiseIncident():
                uow.processes.add_incident(
                    Incident(
                        0,
                        instance.id,
                        instance.case_id,
                        effect.code,
                        effect.element_id,
                        effect.token,
                        effect.message,
                        now,
                    )
                )
                return replace(instance, state=InstanceState.INCIDENT)
            case fx.Ended():
                return replace(
                    instance, state=InstanceState.ENDED, ended_at=now, end_element=effect.element_id
                )
            case fx.Record():
                pass  # written together with the others of this advance
            case _:
                self._want(uow, instance, effect)
        return instance

    def _want(self, uow: UnitOfWork, instance: ProcessInstance, effect: fx.Effect) -> None:
        match effect:
            case fx.OpenTask():
                self._open_task(uow, instance, effect)
            case fx.RunStep():
                self._queue(uow, instance, effect)
            case fx.SetTimer():
                uow.processes.add_timer(
                    Timer(0, instance.id, effect.token, effect.element_id, effect.due_at)
                )
            case fx.Await():
                self._await(uow, instance, effect)
            case fx.Send():
                self._send(uow, instance, effect)
            case fx.Withdraw():
                uow.processes.withdraw(instance.id, effect.token)
            case _:
                raise BrokenStateError(f"nobody carries out the effect {type(effect).__name__}")

    def _open_task(self, uow: UnitOfWork, instance: ProcessInstance, effect: fx.OpenTask) -> None:
        case = uow.cases.get(instance.case_id)
        today = self.env.gateways.clock.today()
        assignee = first_holder(
            uow,
            case,
            effect.role,
            on=today,
            digest=self.env.digest,
            form_key=effect.form_key,
        )
        uow.processes.open_task(
            UserTask(
                id=0,
                instance_id=instance.id,
                case_id=instance.case_id,
                token=effect.token,
                element_id=effect.element_id,
                name=effect.name,
                form_key=effect.form_key,
                role=effect.role,
                unit=case.unit,
                state=TaskState.OPEN,
                assignee=assignee,
                due_at=None if effect.due is None else datetime.fromisoformat(effect.due),
                follow_up_on=None,
                priority=priority_of(effect.form_key, effect.variables),
                reason=why_here(effect.form_key, effect.variables),
                variables=effect.variables,
                created_at=self.env.now(),
            )
        )

    def _queue(self, uow: UnitOfWork, instance: ProcessInstance, effect: fx.RunStep) -> None:
        step = self.env.register.step(effect.step)
        uow.processes.add_job(
            Job(
                id=0,
                instance_id=instance.id,
                case_id=instance.case_id,
                token=effect.token,
                element_id=effect.element_id,
                step=effect.step,
                arguments=effect.arguments,
                attempts=0,
                max_attempts=step.max_attempts,
                next_at=self.env.now(),
                idempotency_key=f"{instance.id}:{effect.token}",
            )
        )

    def _send(self, uow: UnitOfWork, instance: ProcessInstance, effect: fx.Send) -> None:
        """Send a message that a diagram throws, in the lane of its case."""
        uow.outbox.put(
            message_item(
                effect.message,
                effect.key,
                {"case_id": instance.case_id, **effect.variables},
                now=self.env.now(),
                case_id=instance.case_id,
                idempotency_key=f"thrown:{instance.id}:{effect.token}",
            )
        )

    def _await(self, uow: UnitOfWork, instance: ProcessInstance, effect: fx.Await) -> None:
        uow.processes.subscribe(
            Subscription(
                0, instance.id, effect.token, effect.element_id, effect.message, effect.key
            )
        )
        early = uow.processes.take_buffered(effect.message, effect.key, now=self.env.now())
        if early is not None:
            # It came before anybody waited. It goes back through the outbox, so that the wait is
            # saved before it is answered.
            uow.outbox.put(
                message_item(
                    effect.message,
                    effect.key,
                    early,
                    now=self.env.now(),
                    case_id=instance.case_id,
                    idempotency_key=f"early:{instance.id}:{effect.token}",
                )
            )

    # ---- jobs --------------------------------------------------------------------------

    def run_job(self, claim: Claim) -> None:
        """Run one claimed job: read, ask with no transaction open, then write and advance."""
        with self.env.uow(claim.municipality_id) as uow:
            job = uow.processes.job(claim)
            if job is None:
                return
            step = self.env.register.step(job.step)
            prepared = self._prepare(uow, step, job)
        try:
            if step.ask is None:
                raise BrokenStateError(f"step '{step.id}' was queued but asks nobody")
            answer = step.ask(self.env.gateways, prepared)
        except OutsideError as error:
            self._ask_failed(claim, job, step, error)
            return
        self._finish_job(claim, job, step, answer)

    def _prepare(self, uow: UnitOfWork, step: Step, job: Job) -> object:
        if step.prepare is None:
            raise BrokenStateError(f"step '{step.id}' was queued but asks nobody")
        return step.prepare(self.env.context(uow), **_known(step, job.arguments))

    def _finish_job(self, claim: Claim, job: Job, step: Step, answer: object) -> None:
        with self.env.uow(claim.municipality_id) as uow:
            instance = uow.processes.lock_instance(job.instance_id)
            if uow.processes.job(claim) is None:
                # Withdrawn by a boundary event, or the lease ran out and somebody else did it.
                return
            result = step.run(self.env.context(uow), answer, **_known(step, job.arguments))
            uow.processes.finish_job(job.id)
            self.advance(uow, instance, fx.StepDone(job.token, result))
            uow.commit()
        self.env.wake()

    def _ask_failed(self, claim: Claim, job: Job, step: Step, error: OutsideError) -> None:
        now = self.env.now()
        with self.env.uow(claim.municipality_id) as uow:
            instance = uow.processes.lock_instance(job.instance_id)
            if uow.processes.job(claim) is None:
                return
            if step.keep is not None and error.answered is not None:
                # Whoever did answer is not asked again.
                step.keep(self.env.context(uow), error.answered, **_known(step, job.arguments))
            if error.retryable and job.attempts + 1 < job.max_attempts:
                uow.processes.retry_job(
                    job.id, next_at=retry_at(now, job.attempts), error=f"{error.system}: {error}"
                )
            elif step.errors:
                uow.processes.fail_job(job.id, error=f"{error.system}: {error}")
                code = error.code if error.code in step.errors else step.errors[0]
                self.advance(uow, instance, fx.StepFailed(job.token, code))
            else:
                uow.processes.fail_job(job.id, error=f"{error.system}: {error}")
                self._incident(uow, instance, job.element_id, job.token, "outside", str(error))
            uow.commit()
        self.env.wake()

    def job_broke(self, claim: Claim, error: Exception) -> None:
        """Note that a job failed in an unplanned way: its state is as before, a person looks."""
        with self.env.uow(claim.municipality_id) as uow:
            job = uow.processes.job(claim)
            if job is None:
                return
        with self.env.uow(claim.municipality_id) as uow:
            instance = uow.processes.lock_instance(job.instance_id)
            if uow.processes.job(claim) is None:
                return
            uow.processes.fail_job(job.id, error=plain(error))
            self._incident(uow, instance, job.element_id, job.token, "step", plain(error))
            uow.commit()

    # ---- timers ------------------------------------------------------------------------

    def fire_timer(self, claim: Claim) -> None:
        """Fire one claimed timer; one that is no longer wanted does nothing."""
        with self.env.uow(claim.municipality_id) as uow:
            timer = uow.processes.timer(claim)
            if timer is None:
                return
        with self.env.uow(claim.municipality_id) as uow:
            instance = uow.processes.lock_instance(timer.instance_id)
            if uow.processes.timer(claim) is None:
                return
            uow.processes.finish_timer(timer.id)
            self.advance(uow, instance, fx.TimerFired(timer.token))
            uow.commit()
        self.env.wake()

    def timer_broke(self, claim: Claim, error: Exception) -> None:
        """Note that a timer could not be fired, so that a person looks; the timer stays due."""
        with self.env.uow(claim.municipality_id) as uow:
            timer = uow.processes.timer(claim)
            if timer is None:
                return
            instance = uow.processes.lock_instance(timer.instance_id)
            if not any(
                each.instance_id == instance.id and each.token == timer.token
                for each in uow.processes.incidents()
            ):
                self._incident(uow, instance, timer.element_id, timer.token, "timer", plain(error))
            uow.commit()

    # ---- incidents ---------------------------------------------------------------------

    def incidents(self, by: Actor) -> list[Incident]:
        """Return what stands still in the municipality."""
        require(by, "incident.read")
        with self.env.uow(by.municipality_id) as uow:
            return list(uow.processes.incidents())

    def retry(self, incident_id: int, by: Actor) -> None:
        """Try again what an incident stopped, now that a person has looked."""
        require(by, "incident.resolve")
        with self.env.uow(by.municipality_id) as uow:
            incident = uow.processes.incident(incident_id)
            if incident.resolved_at is not None:
                return
            instance = uow.processes.lock_instance(incident.instance_id)
            check_not_paused(instance)
            uow.processes.resolve_incident(incident_id, by=by.user, at=self.env.now())
            subject = f"instance:{instance.id}"
            uow.audit.add(
                AuditEvent(self.env.now(), by.user, str(by.role), "incident.retry", subject)
            )
            instance = replace(instance, state=InstanceState.RUNNING)
            job = (
                None
                if incident.token is None
                else uow.processes.job_of_token(instance.id, incident.token)
            )
            if job is not None:
                uow.processes.revive_job(job.id, next_at=self.env.now())
                uow.processes.save_instance(instance)
            elif incident.token is not None and incident.code != "timer":
                self.advance(uow, instance, fx.Retry(incident.token))
            else:
                uow.processes.save_instance(instance)
            uow.commit()
        self.env.wake()

    def incident_of_case(self, uow: UnitOfWork, case_id: str, code: str, message: str) -> None:
        """Raise an incident on the newest running instance of a case, if there is one."""
        for instance in uow.processes.instances_of_case(case_id):
            if instance.state is not InstanceState.ENDED:
                locked = uow.processes.lock_instance(instance.id)
                self._incident(uow, locked, None, None, code, message)
                return

    def _incident(
        self,
        uow: UnitOfWork,
        instance: ProcessInstance,
        element_id: str | None,
        token: str | None,
        code: str,
        message: str,
    ) -> None:
        uow.processes.add_incident(
            Incident(
                0, instance.id, instance.case_id, code, element_id, token, message, self.env.now()
            )
        )
        if instance.state is not InstanceState.PAUSED:
            uow.processes.save_instance(replace(instance, state=InstanceState.INCIDENT))


def check_not_paused(instance: ProcessInstance) -> None:
    """Refuse what would move an instance that somebody has paused."""
    if instance.state is InstanceState.PAUSED:
        raise ConflictError(
            "Forløbet er sat på pause i driften, og intet kan gå videre imens."
            " Spørg din teamleder, eller prøv igen, når det er sat i gang."
        )


def _record(uow: UnitOfWork, instance: ProcessInstance, effects: Iterable[fx.Effect]) -> None:
    """Write the history of one advance, in one statement."""
    events = [
        HistoryEvent(
            instance.id,
            effect.element_id,
            effect.element_kind,
            effect.what,
            effect.at,
            effect.by,
            effect.result,
            effect.process_id,
        )
        for effect in effects
        if isinstance(effect, fx.Record)
    ]
    if events:
        uow.processes.record(events)


def message_item(
    message: str,
    key: str,
    variables: Mapping[str, object],
    *,
    now: datetime,
    case_id: str,
    idempotency_key: str,
) -> OutboxItem:
    """Return a BPMN message as an outbox item, in order with the rest of its case."""
    return OutboxItem(
        id=0,
        topic="message",
        ordering_key=case_id,
        body={"message": message, "key": key, "variables": dict(variables)},
        idempotency_key=idempotency_key,
        created_at=now,
        available_at=now,
    )


def _known(step: Step, arguments: Mapping[str, object]) -> dict[str, object]:
    unknown = set(arguments) - set(step.arguments)
    if unknown:
        raise BrokenStateError(f"step '{step.id}' takes no {', '.join(sorted(unknown))}")
    return dict(arguments)


def plain(error: Exception) -> str:
    """Return what may be written down: our own sentences, else only the kind of a bug."""
    if isinstance(error, CoreError):
        return str(error)
    return f"Uventet fejl ({type(error).__name__}). Se loggen."
