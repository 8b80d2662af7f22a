"""Answers: how much kontanthjælp, for whom, and why – day by day, by the law of the day.

Gathers the facts, picks the rules and folds over the stretches of the months; how much stands in
the rules. Knows nothing of decisions or payments.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from processes.domain.benefits.cash_assistance_notes import notes_of
from processes.domain.benefits.cash_assistance_rules import SUPPLEMENTS
from processes.domain.benefits.cash_assistance_stretches import (
    Household,
    HouseholdMonth,
    runs_of,
)
from processes.domain.calculation import (
    Calculation,
    ConditionOutcome,
    Line,
    Missing,
    Outcome,
    PersonMonth,
)
from processes.domain.cases import Application, Case
from processes.domain.eligibility import judge, outcome_of
from processes.domain.errors import RuleError
from processes.domain.facts import FactKind, Facts
from processes.domain.money import Money
from processes.domain.periods import Month, Period
from processes.domain.rates import YEAR_OF_AN_ID, RateBook
from processes.domain.rules.book import RuleBook
from processes.domain.rules.month import MonthRun, Share
from processes.domain.rules.prose import UNCONFIRMED, day_in_words, days_in_words, mark_of
from processes.domain.rules.run import Run
from processes.domain.rules.trace import once
from processes.domain.timeline import Timeline

BENEFIT = "kontanthjaelp"
LAW_KNOWN_FROM = date(2023, 1, 1)
"""Older days have no rules and rates here, and no help is calculated for them."""

CONDITIONS = tuple(
    f"kh.betingelse.{key}"
    for key in (
        "alder",
        "i_landet",
        "lovligt_ophold",
        "social_begivenhed",
        "kan_ikke_forsoerge",
        "ingen_anden_ydelse",
        "raadighed",
        "formue",
    )
)
HOLIDAY = "kh.betingelse.ferie"
"""Judged on days of holiday only."""
NEED = "kh.betingelse.behov"
"""Judged last, when the amount is known."""

GROUNDS_OF_DAYS = ("kh.alder", "kh.gift", "kh.sats", *SUPPLEMENTS)
"""What must be known in each stretch besides the conditions."""
GROUNDS_OF_MONTH = (
    "kh.fradrag_feriepenge",
    "kh.egen_indtaegt",
    "kh.aegtefaelles_overskud",
    "kh.hjaelp",
    NEED,
)
"""What must be known of the month."""

DEDUCTIONS = {
    "kh.fradrag_feriepenge": "feriepenge",
    "kh.fradrag_timeregel": "timeregel",
    "kh.fradrag_egen_indtaegt": "indtaegt",
    "kh.fradrag_aegtefaelle": "aegtefaelles_indtaegt",
}


def first_day(application: Application) -> date:
    """Return the first day help can be given for.

    Law: LAS § 88 (nothing before the application). A day before the reform has the law of its day.
    """
    return max(application.contact_on, application.requested_from, LAW_KNOWN_FROM)


def months_from_start(application: Application, *, count: int = 1) -> tuple[Month, ...]:
    """Return the month the first day lies in and those that follow it, `count` in all."""
    months = [Month.of(first_day(application))]
    while len(months) < count:
        months.append(months[-1].next())
    return tuple(months)


def months_to_decide(application: Application) -> tuple[Month, ...]:
    """Return the months a first decision speaks of: a part month, and the whole one after it.

    So it says both what is paid first and what is paid from then on.
    """
    start = first_day(application)
    return months_from_start(application, count=1 if start == Month.of(start).first_day else 2)


def assess(
    application: Application,
    case: Case,
    facts: Facts,
    *,
    rates: RateBook,
    rules: RuleBook,
    months: Sequence[Month],
    calculation_id: str,
    made_at: datetime,
    until: date | None = None,
    since: date | None = None,
) -> Calculation:
    """Calculate the help of everybody who applies, stretch by stretch (beregn hjælpen).

    `since` is the first day of a help that runs already: a recalculation, with the law of its days.
    Without it nothing before the application is calculated.

    `until` is the first day without help, if there is one: its month is calculated up to it, and
    the month after it is there with nothing, so that a decision says where help ends.

    Law: LAS §§ 2-3, 5, 11, 13-14, 16-19, 26, 30-32, 88-89 (from 2025-07-01); before it §§ 13 g,
    22-26 for 16-19.
    Units: øre in, øre out, before tax.
    Rounds: parts of a month only, as `share_of_days`; rates are whole kroner, income is to the øre.
    """
    household = Household.of(application, case)
    start = since or first_day(application)
    made: list[PersonMonth] = []
    short: list[bool] = []
    used: set[str] = set()
    by_word = facts.by_the_partys_word()
    for month in _with_the_end(months, until):
        span = _span(month, start, until)
        if span is None:
            made += [PersonMonth(party.id, month, (), (), ()) for party in household.applying]
            continue
        ours = runs_of(household, facts, month, span=span, rates=rates, rules=rules)
        theirs = runs_of(household, by_word, month, span=span, rates=rates, rules=rules)
        for party in household.applying:
            judged = _judged(ours, party.id)
            made.append(judged.person_month)
            short.append(_is_short(judged.person_month, _judged(theirs, party.id).person_month))
            used.update(judged.used)
        used.update(name for run in ours.runs for name in run.used_alone)
    calculation = Calculation(
        id=calculation_id,
        case_id=case.id,
        application_id=application.id,
        made_at=made_at,
        known_at=facts.known_at,
        rule_versions=tuple(sorted(used)),
        months=tuple(made),
        notes=(),
        outcome=_outcome(made, short=any(short)),
    )
    return replace(calculation, notes=notes_of(calculation, start=start, until=until))


def _with_the_end(months: Sequence[Month], until: date | None) -> tuple[Month, ...]:
    if until is None or not months:
        return tuple(months)
    after = Month.of(until) if until.day == 1 else Month.of(until).next()
    reached = max(months).next() >= after
    return tuple(sorted({*months, after})) if reached else tuple(months)


def _span(month: Month, start: date, until: date | None) -> Period | None:
    """Return the days of a month help may be given for; None when it has ended before."""
    if until is not None and until <= max(start, month.first_day):
        if until <= start:
            raise RuleError(
                f"Hjælpen kan tidligst begynde den {day_in_words(start)} og kan ikke ende før."
                " Ret slutdatoen."
            )
        return None
    if month.next().first_day <= start:
        raise RuleError(
            f"Hjælpen kan tidligst begynde den {day_in_words(start)}; {month} kan ikke beregnes."
            " Ret den periode, der regnes på."
        )
    return Period(start, until).clipped(month.period())


@dataclass(frozen=True)
class _Judged:
    """One person's month with the names of the rules that made it."""

    person_month: PersonMonth
    used: frozenset[str]


def _judged(month: HouseholdMonth, party_id: str) -> _Judged:
    runs = month.of(party_id)
    outcomes = [(run, judge(run, _conditions(run))) for run in runs]
    conditions = _joined(outcomes, month.span)
    days = None if month.span == month.month.period() else month.span
    # One condition that is not met decides its days; nothing more is asked for them.
    granted = [run for run, found in outcomes if not any(each.met is False for each in found)]
    if not granted:
        return _Judged(PersonMonth(party_id, month.month, conditions, (), (), days), frozenset())
    whole = month.over(party_id, granted)
    need = whole.result(NEED)
    missing = tuple(dict.fromkeys(_missing(granted, whole)))
    lines = () if missing else tuple(_lines(whole))
    made = PersonMonth(party_id, month.month, (*conditions, outcome_of(need)), lines, missing, days)
    return _Judged(made, frozenset(whole.used))


def _conditions(run: Run) -> tuple[str, ...]:
    holiday = run.facts.on(run.party_id, FactKind.HOLIDAY, run.days.start)
    return (*CONDITIONS, HOLIDAY) if holiday is not None and holiday.value else CONDITIONS


def _joined(
    outcomes: Sequence[tuple[Run, tuple[ConditionOutcome, ...]]], span: Period
) -> tuple[ConditionOutcome, ...]:
    """Say each condition once, or once for each stretch when it is not the same all the days."""
    keys = dict.fromkeys(each.key for _, found in outcomes for each in found)
    joined: list[ConditionOutcome] = []
    for key in keys:
        mine = {
            run.days.start: (run.days, each)
            for run, found in outcomes
            for each in found
            if each.key == key
        }
        for stretch in Timeline((days, each.met) for days, each in mine.values()):
            outcome = mine[stretch.period.start][1]
            if stretch.period != span:
                said = f"{outcome.reason} Det gælder {days_in_words(stretch.period)}."
                outcome = replace(outcome, reason=said, days=stretch.period)
            joined.append(outcome)
    return tuple(joined)


def _missing(granted: Sequence[Run], whole: Run) -> Iterator[Missing]:
    # Each by itself, so that everything missing is listed at once and not one thing at a time.
    for run in granted:
        for rule_id in (*_conditions(run), *GROUNDS_OF_DAYS):
            yield from run.result(rule_id).missing
    for rule_id in GROUNDS_OF_MONTH:
        yield from whole.result(rule_id).missing


def _shares(run: Run, rule_id: str) -> tuple[Share, ...]:
    """Return what a rule of a month gives, wherever its amount changes."""
    if isinstance(run, MonthRun):
        return run.shares(rule_id)
    return (Share(None, run, run.result(rule_id).node),)


def _lines(run: Run) -> Iterator[Line]:
    for share in _shares(run, "kh.sats"):
        inputs = share.run.result("kh.sats").node.inputs
        rate = next(each for each in inputs if each.kind == "rate")
        group = YEAR_OF_AN_ID.sub("", rate.id).rpartition(".")[2]
        yield _line(share, group, label=rate.label)
    for rule_id in SUPPLEMENTS:
        for share in _shares(run, rule_id):
            if share.node.value:
                label = share.run.result(rule_id).node.label
                yield _line(share, rule_id.removeprefix("kh."), label=label)
    for rule_id, key in DEDUCTIONS.items():
        if rule_id not in run.rules.in_force(run.days.start):
            continue
        node = run.result(rule_id).node
        if node.value:
            yield _line(Share(None, run, node), key, label=node.label, sign=-1)


def _line(share: Share, key: str, *, label: str, sign: int = 1) -> Line:
    amount = share.node.value
    days = f", {days_in_words(share.days)}" if share.days else ""
    # The mark is in the label, so that it is seen wherever the amount is.
    mark = f" ({UNCONFIRMED})" if mark_of(share.node) == UNCONFIRMED else ""
    return Line(
        key,
        f"{label}{days}{mark}",
        (amount if isinstance(amount, Money) else Money(0)) * sign,
        once(share.node),
        share.days,
    )


def _is_short(actual: PersonMonth, by_word: PersonMonth) -> bool:
    """Tell whether a month gives less than it would on the party's own word.

    Income the party stated is in both, so it is no reduction of what was applied for. Where the
    party's word alone decides nothing, any deduction counts as a reduction: rather one hearing too
    many.
    """
    if any(condition.key != "behov" for condition in actual.refused_because):
        return True
    if actual.gross is None:
        return False
    if by_word.gross is None:
        return any(line.amount < Money(0) for line in actual.lines)
    return actual.gross < by_word.gross


def _outcome(months: Sequence[PersonMonth], *, short: bool) -> Outcome:
    if not months or any(month.missing for month in months):
        return Outcome.UNKNOWN
    if all(month.gross == Money(0) for month in months):
        return Outcome.REFUSED
    got = {month.party_id for month in months if month.gross}
    nothing_for_one = got != {month.party_id for month in months}
    return Outcome.PARTIAL if short or nothing_for_one else Outcome.GRANTED
