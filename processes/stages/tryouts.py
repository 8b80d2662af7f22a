"""Run a try-out, a batch at a time, and make its report (afprøvning af kladder).

It is an outbox item like any other: read, asked with no transaction open, written, and the next
batch put in the outbox in the same transaction. Whatever is killed goes on from there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from processes.domain.money import Money
from processes.ports.gateways import Gateways
from processes.ports.tryouts import (
    AmountStep,
    Bench,
    CountedChange,
    Harm,
    Population,
    Recording,
    StopGroup,
    Trial,
    TriedCase,
    TriedCourse,
    Tryout,
    TryoutReport,
    TryoutState,
)
from processes.steps import REGISTER, StepContext, sends

TOPIC = "tryout.batch"
BATCH = 20
CALLED = re.compile(rb'calledElement="([A-Za-z_][\w-]*)"')
OUTCOMES = {
    "bevilget": "bevilget",
    "delvis": "delvist bevilget",
    "afslag": "afslag",
    "unknown": "afgørelse, der ikke kendes",
}
HARM_NAMES = {
    Harm.STOPS: "Sager, der ville standse",
    Harm.UNHEARD: "Borgere, der ville få afslag eller mindre uden at være hørt",
    Harm.NOBODY: "Borgere, der ville få afslag eller mindre, uden at en person har taget stilling",
    Harm.UNDECIDED: "Sager, der ville ende uden den afgørelse, de har i dag",
}
THRESHOLDS = (50_000, 100_000)
"""500 and 1,000 kroner a month, in øre."""
BANDS = ("under 500", "500–1.000", "over 1.000")


@dataclass(frozen=True)
class Batch:
    """What one batch runs (portion)."""

    bench: Bench
    recordings: tuple[Recording, ...]


def put_next(ctx: StepContext, tryout: Tryout) -> None:
    """Put the next batch of a try-out in the outbox, in a lane of its own."""
    ctx.leave(
        TOPIC,
        tryout.id,
        {"tryout_id": tryout.id, "from": tryout.done, "case_id": tryout.id},
        key=f"tryout:{tryout.id}:{tryout.done}",
        lane=f"tryout:{tryout.id}",
    )


def prepare_batch(ctx: StepContext, body: Mapping[str, object]) -> Batch | None:
    """Read the next cases with both versions; None when it was given up meanwhile."""
    tryout = ctx.uow.tryouts.get(str(body["tryout_id"]))
    if tryout.state in {TryoutState.DONE, TryoutState.STOPPED}:
        return None
    chosen = ctx.uow.tryouts.next_batch(tryout.id, BATCH)
    return Batch(bench_of(ctx, tryout), tuple(ctx.uow.tryouts.recordings(chosen)))


def bench_of(ctx: StepContext, tryout: Tryout) -> Bench:
    """Return both versions: the one in force, and the same with the draft's files in it."""
    current = ctx.uow.definitions.current(tryout.process_key, ctx.today)
    tables = {
        f"{key}.dmn": table.xml for key, table in ctx.uow.definitions.tables(ctx.today).items()
    }
    today = {**current.bundle, **tables}
    own = {name.rsplit("/", 1)[-1]: content for name, content in tryout.files.items()}
    draft = {**today, **own}
    return Bench(
        process_key=tryout.process_key,
        today=today,
        draft={**_called_elsewhere(ctx, draft), **draft},
        steps={key: step.adverse for key, step in REGISTER.steps.items()},
        until=tryout.asked_at,
    )


def _called_elsewhere(ctx: StepContext, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the processes a draft calls that today's version does not, as others have them."""
    called = {
        f"{key.decode()}.bpmn" for content in files.values() for key in CALLED.findall(content)
    }
    if called <= files.keys():
        return {}
    found: dict[str, bytes] = {}
    for head in ctx.uow.cockpit.versions():
        found = {**ctx.uow.definitions.get(head.id).bundle, **found}
    return found


def ask_runner(gateways: Gateways, request: Batch) -> Trial:
    """Run the batch in a process of its own."""
    return gateways.trials.run(request.bench, request.recordings)


def given_up(ctx: StepContext, body: Mapping[str, object], reason: str) -> None:
    """Say that a try-out could not be run."""
    _stop(ctx, ctx.uow.tryouts.lock(str(body["tryout_id"])), reason)


def _stop(ctx: StepContext, tryout: Tryout, why: str) -> None:
    stopped = replace(tryout, state=TryoutState.STOPPED, ended_at=ctx.now, why=why)
    ctx.uow.tryouts.save(stopped)


@sends(TOPIC, prepare=prepare_batch, ask=ask_runner, given_up=given_up, patient=True)
def ran(ctx: StepContext, answer: Trial, body: Mapping[str, object]) -> None:
    """Keep what a batch came to; put the next one in the outbox, or make the report."""
    tryout = ctx.uow.tryouts.lock(str(body["tryout_id"]))
    if tryout.state in {TryoutState.DONE, TryoutState.STOPPED}:
        return
    ctx.uow.tryouts.add_cases(tryout.id, answer.cases)
    if answer.refused:
        _stop(ctx, tryout, f"Kladden kan ikke køres. {answer.refused}")
        return
    tried = ctx.uow.tryouts.cases(tryout.id)
    going = replace(tryout, state=TryoutState.RUNNING, done=len(tried))
    if answer.cases and going.done < going.total:
        ctx.uow.tryouts.save(going)
        put_next(ctx, going)
        return
    report = report_of(tried, tryout.population)
    done = replace(going, state=TryoutState.DONE, ended_at=ctx.now, report=report)
    ctx.uow.tryouts.save(done)


# ---- the report --------------------------------------------------------------------------------


def report_of(cases: Sequence[TriedCase], population: Population) -> TryoutReport:
    """Return what a try-out came to, from what each case came to."""
    tasks = _changes(
        (name for case in cases for name in _several(case.today.tasks)),
        (name for case in cases for name in _several(case.draft.tasks)),
    )
    moved = [
        change for case in cases if (change := _change(case)) is not None and change != Money(0)
    ]
    return TryoutReport(
        tried=len(cases),
        same=sum(case.is_same for case in cases),
        as_recorded=sum(case.is_as_recorded for case in cases),
        paths=_paths(cases),
        tasks=tuple(replace(each, key=each.name) for each in tasks),
        harms=tuple(
            CountedChange(
                HARM_NAMES[harm],
                0,
                sum(harm in case.harms for case in cases),
                key=harm.value,
                is_harm=True,
            )
            for harm in Harm
        ),
        stops=_stops(cases),
        decisions=sum(
            case.today.decision != case.draft.decision and case.draft.how != "unknown"
            for case in cases
        ),
        more=sum(change > Money(0) for change in moved),
        less=sum(change < Money(0) for change in moved),
        money_more=sum((each for each in moved if each > Money(0)), Money(0)),
        money_less=-sum((each for each in moved if each < Money(0)), Money(0)),
        steps=_steps(moved),
        assumed=sum(bool(case.draft.assumed) for case in cases),
        unknown=sum(case.draft.how == "unknown" for case in cases),
        minutes=population.minutes_per_task * sum(each.difference for each in tasks),
    )


def _several(counts: Mapping[str, int]) -> Iterable[str]:
    return (name for name, number in counts.items() for _ in range(number))


def _changes(today: Iterable[str], draft: Iterable[str]) -> tuple[CountedChange, ...]:
    before, after = Counter(today), Counter(draft)
    names = sorted(before.keys() | after.keys(), key=lambda name: (-before[name], name))
    return tuple(CountedChange(name, before[name], after[name]) for name in names)


def end_of(course: TriedCourse) -> str:
    """Return where a case ended, in words: the same words are the same way."""
    match course.how:
        case "stopped":
            return f"Standser ved {course.end_name or 'hele forløbet'}"
        case "waiting":
            return f"Venter ved {course.end_name}"
        case "unknown":
            return "Kan ikke følges til ende"
        case _:
            decided = OUTCOMES.get(course.decision, course.decision)
            return f"{course.end_name}: {decided}" if decided else course.end_name


def _paths(cases: Sequence[TriedCase]) -> tuple[CountedChange, ...]:
    ends = _changes((end_of(case.today) for case in cases), (end_of(case.draft) for case in cases))
    return tuple(
        replace(each, key=each.name, is_harm=each.name.startswith("Standser") and each.draft > 0)
        for each in ends
    )


def _stops(cases: Sequence[TriedCase]) -> tuple[StopGroup, ...]:
    found = Counter(
        (case.draft.end, case.draft.end_name, case.draft.why)
        for case in cases
        if Harm.STOPS in case.harms or case.draft.how == "stopped"
    )
    return tuple(
        StopGroup(element, name, why, number, key=element)
        for (element, name, why), number in found.most_common()
    )


def _change(case: TriedCase) -> Money | None:
    """Return how much more or less a month; None when it is not known."""
    if case.draft.how == "unknown" or "unknown" in {case.today.decision, case.draft.decision}:
        return None
    return (case.draft.amount or Money(0)) - (case.today.amount or Money(0))


def _steps(changes: Sequence[Money]) -> tuple[AmountStep, ...]:
    """Return how many cases change by about so much, from the most less to the most more."""
    counts = Counter(_band(each.oere) for each in changes)
    return tuple(
        AmountStep(name, counts[name, is_more], is_more)
        for is_more, names in ((False, reversed(BANDS)), (True, iter(BANDS)))
        for name in names
    )


def _band(oere: int) -> tuple[str, bool]:
    """Return how much a change is, and whether it is more.

    >>> _band(-100_001), _band(50_000)
    (('over 1.000', False), ('under 500', True))
    """
    return BANDS[sum(abs(oere) > limit for limit in THRESHOLDS)], oere > 0
