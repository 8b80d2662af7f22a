"""Try a draft of the law on people, portion by portion; nothing it works out is ever paid.

A portion leaves through the outbox in a lane of its own: leased, and tried again. What is heavy is
done with no transaction open. What it comes to is saved once; whoever ends the last one adds up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from processes.columns.made_up import made_up
from processes.columns.trials import Wanted, compare
from processes.domain import law_checks
from processes.domain.benefits.cash_assistance import BENEFIT, assess
from processes.domain.calculation import PersonMonth
from processes.domain.cases import Case
from processes.domain.errors import BrokenStateError, RuleError
from processes.domain.facts import FactKind, Facts, FactStatus
from processes.domain.law_changes import Law
from processes.domain.law_trials import (
    Report,
    Said,
    Story,
    Tally,
    description,
    joined,
    line_changes,
    most_hit,
    to_data,
)
from processes.domain.periods import Month
from processes.ports.gateways import Gateways
from processes.ports.law import Population, Trial, TrialBasis, TrialPart
from processes.steps import StepContext, sends

STALE = Report({}, (), {}, is_stale=True)
DESCRIBED = (
    FactKind.BIRTH_DATE,
    FactKind.MARITAL_STATUS,
    FactKind.CHILDREN_AT_HOME,
    FactKind.WORK_INCOME,
    FactKind.OTHER_INCOME,
    FactKind.LIVES_WITH_PARENTS,
)
"""What a story may say of somebody."""


@dataclass(frozen=True)
class Portion:
    """A portion to work, and everything it takes (prøvens regneopgave)."""

    trial: Trial
    part: TrialPart
    now: Law
    would_be: Law | None
    """None when the draft was changed, or no longer fits the law."""
    wanted: Mapping[str, Wanted]
    parts: Sequence[str]
    """The rules that say why somebody gets another amount."""
    basis: TrialBasis
    at: datetime


def prepare(ctx: StepContext, body: Mapping[str, object]) -> Portion:
    """Read a portion, and put the draft on top of the law in force."""
    trial = ctx.uow.law.trial(str(body["trial_id"]))
    part = ctx.uow.law.part(trial.id, int(str(body["number"])))
    draft = ctx.uow.law.draft(trial.draft_id)
    law = ctx.law
    is_same = draft.revision == trial.revision and law.digest == trial.digest
    checked = law_checks.check(draft, law, now=ctx.now, today=ctx.today)
    wanted = {
        str(benefit): Wanted(tuple(rules[:-1]), rules[-1])
        for benefit, rules in _mapping(body["benefits"]).items()
    }
    basis = ctx.uow.law.basis(part.cases) if part.cases else TrialBasis({}, {}, {})
    would_be = checked.law if is_same else None
    parts = _texts(body["parts"])
    return Portion(trial, part, law, would_be, wanted, parts, basis, ctx.now)


def _texts(said: object) -> list[str]:
    if not isinstance(said, list):
        raise BrokenStateError("a trial says which rules tell why")
    return [str(each) for each in said]


def _mapping(said: object) -> dict[str, list[str]]:
    if not isinstance(said, Mapping):
        raise BrokenStateError("a trial says which benefits it is about")
    return {str(name): [str(each) for each in rules] for name, rules in said.items()}


def work(_gateways: Gateways, portion: Portion) -> Report:
    """Work a portion out by both laws."""
    if portion.would_be is None:
        return STALE
    if portion.trial.population is Population.MADE_UP:
        return _made_up(portion, portion.would_be)
    return _citizens(portion, portion.would_be)


def _made_up(portion: Portion, would_be: Law) -> Report:
    month = portion.trial.month
    crowd = made_up(portion.part.persons, on=month.first_day, seed=portion.part.number + 1)
    now = portion.now
    return compare(
        crowd,
        month,
        portion.wanted,
        before=(now.rates, now.rules),
        after=(would_be.rates, would_be.rules),
        parts=portion.parts,
    )


# ---- those who have help today -------------------------------------------------------------


def _citizens(portion: Portion, would_be: Law) -> Report:
    tally, stories, troubles = Tally(), list[Story](), Counter[str]()
    for case_id, case in portion.basis.cases.items():
        known = Facts.as_known(portion.basis.facts.get(case_id, ()), portion.at)
        try:
            before = _months(portion, case, known, portion.now)
            after = _months(portion, case, known, would_be)
        except RuleError as error:
            # One case that cannot be calculated is counted; the others are none the worse.
            troubles[str(error)] += 1
            continue
        for party_id, month in after.items():
            was, now = Said.of(before.get(party_id)), Said.of(month)
            tally.count(was, now)
            if was != now:
                stories.append(
                    Story(
                        _who(known, party_id, portion.trial.month),
                        BENEFIT,
                        was,
                        now,
                        line_changes(before.get(party_id), month),
                    )
                )
    return Report({BENEFIT: tally}, most_hit(stories), dict(troubles))


def _months(portion: Portion, case: Case, known: Facts, law: Law) -> dict[str, PersonMonth]:
    application = portion.basis.applications.get(case.id)
    if application is None:
        raise RuleError("Sagen har ingen ansøgning at regne efter.")
    calculation = assess(
        application,
        case,
        known,
        rates=law.rates,
        rules=law.rules,
        months=(portion.trial.month,),
        calculation_id=portion.trial.id,
        made_at=portion.at,
    )
    return {each.party_id: each for each in calculation.months}


def _who(known: Facts, party_id: str, month: Month) -> str:
    said = {}
    for kind in DESCRIBED:
        fact = known.on(party_id, kind, month.first_day)
        if fact is not None and fact.status is FactStatus.VALUE:
            said[kind] = fact.value
    return description(said, month.first_day, is_real=True)


def refused(ctx: StepContext, body: Mapping[str, object], reason: str) -> None:
    """Say that nobody outside was asked, so nobody can have refused."""
    raise BrokenStateError(f"a trial asks nobody, and was refused: {reason}")


@sends("law.trial", prepare=prepare, ask=work, given_up=refused)
def worked(ctx: StepContext, answer: Report, body: Mapping[str, object]) -> None:
    """Save what a portion came to; the last one adds everything up."""
    trial_id, number = str(body["trial_id"]), int(str(body["number"]))
    left = ctx.uow.law.end_part(trial_id, number, to_data(answer), at=ctx.now)
    if left == 0:
        report = joined(ctx.uow.law.results(trial_id))
        ctx.uow.law.end_trial(trial_id, to_data(report), at=ctx.now)
