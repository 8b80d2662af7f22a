"""A decision as one file that a stranger can check (genberegning); see docs/replay.md."""

from __future__ import annotations

from contextlib import suppress
from importlib.resources import files

from processes.domain.access import Actor, require
from processes.domain.benefits.cash_assistance import assess
from processes.domain.calculation import Calculation, HelpKind, PersonMonth
from processes.domain.decisions import Decision
from processes.domain.errors import ConflictError, NotFoundError
from processes.domain.facts import Facts
from processes.domain.replay import Replay, as_text, document
from processes.operations.casework import check_may_see
from processes.operations.control import Environment
from processes.operations.explaining import as_known
from processes.ports.records import AuditEvent
from processes.steps import StepContext

CHECKER = files("processes").joinpath("law", "check_replay.py")


class Replays:
    """Decisions as files (genberegningsfiler)."""

    def __init__(self, env: Environment) -> None:
        self.env = env

    def file(self, decision_id: str, by: Actor) -> tuple[str, bytes]:
        """Return a decision's file and its name; that it was handed out is noted on the case."""
        require(by, "replay.read")
        with self.env.uow(by.municipality_id) as uow:
            decision = uow.decisions.get(decision_id)
            check_may_see(uow.cases.get(decision.case_id), by)
            said = document(replay_of(self.env.context(uow, by), decision))
            uow.audit.add(
                *(
                    AuditEvent(self.env.now(), by.user, str(by.role), "replay.read", subject)
                    for subject in (f"case:{decision.case_id}", f"replay:{said['hash']}")
                )
            )
            uow.commit()
        return f"afgoerelse-{decision.number}.json", as_text(said).encode()

    def checker(self, by: Actor) -> bytes:
        """Return the program that checks a file."""
        require(by, "replay.read")
        return CHECKER.read_bytes()

    def find(self, municipality_id: int, reference: str) -> Decision | None:
        """Return a decision by its number or id, or the newest of a case by number or id."""
        with self.env.uow(municipality_id) as uow:
            # The number of a decision is its case's number and which one it is.
            for number in (reference, reference.rpartition("-")[0]):
                for case in uow.read.search_cases([number], limit=1) if number else ():
                    for decision in uow.decisions.of_case(case.id):
                        if reference in {case.number, decision.number}:
                            return decision
            with suppress(NotFoundError):
                return uow.decisions.get(reference)
            with suppress(NotFoundError):
                return next(iter(uow.decisions.of_case(reference)), None)
        return None


def replay_of(ctx: StepContext, decision: Decision) -> Replay:
    """Gather what a decision was made of, and make sure that it comes out of it."""
    uow = ctx.uow
    calculation = uow.calculations.get(decision.calculation_id)
    law = ctx.law_known_at(calculation.known_at)
    facts = Facts.as_known(uow.facts.of_case(decision.case_id), calculation.known_at)
    replay = Replay(
        case=as_known(uow.cases.get(decision.case_id), facts),
        application=uow.cases.application(calculation.application_id),
        calculation=calculation,
        facts=facts,
        rates=law.rates,
        rules=law.rules,
        decision=decision,
    )
    if calculation.help_kind is HelpKind.SUPPORT:
        _check(replay)
    return replay


def _check(replay: Replay) -> None:
    """Refuse to hand out a file whose result does not follow from it: that must be looked into."""
    saved = replay.calculation
    again = _again(replay)
    differs = [
        each
        for each, now in zip(saved.months, again.months, strict=True)
        if _sums(each) != _sums(now)
    ]
    if differs:
        months = ", ".join(sorted({str(each.month) for each in differs}))
        raise ConflictError(
            f"Beregningen bag afgørelse {replay.decision.number if replay.decision else ''} giver"
            f" et andet beløb i dag for {months}. En sats eller regel er rettet uden om"
            " godkendelsen; få det undersøgt, før filen bruges."
        )


def _again(replay: Replay) -> Calculation:
    saved = replay.calculation
    first = min(saved.months, key=lambda each: each.month)
    days = first.days or first.month.period()
    ends = [each.days.end for each in saved.months if each.days and each.days.end]
    until = max(ends, default=None)
    if until is not None and until.day == 1:
        until = None
    return assess(
        replay.application,
        replay.case,
        replay.facts,
        rates=replay.rates,
        rules=replay.rules,
        months=sorted({each.month for each in saved.months}),
        calculation_id=saved.id,
        made_at=saved.made_at,
        since=days.start,
        until=until,
    )


def _sums(month: PersonMonth) -> tuple[object, ...]:
    return (
        month.party_id,
        month.month,
        month.gross,
        tuple((line.key, line.amount) for line in month.lines),
    )
