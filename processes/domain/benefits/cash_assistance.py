"""Answers: how much kontanthjælp, for whom, and why – for whole months from 1 July 2025.

Gathers the facts, picks the rules and folds over the months; how much stands in the rules.
Knows nothing of decisions or payments.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from processes.domain.benefits.cash_assistance_rules import (
    JOINTLY,
    SPOUSE_ON_CASE,
    SUPPLEMENTS,
    YOUTH_ENDS,
)
from processes.domain.calculation import (
    Calculation,
    ConditionOutcome,
    Line,
    Missing,
    Node,
    Outcome,
    PersonMonth,
)
from processes.domain.cases import Application, Case, Party, PartyRole
from processes.domain.eligibility import judge, outcome_of
from processes.domain.facts import Facts
from processes.domain.money import Money
from processes.domain.periods import Month
from processes.domain.rates import RateBook
from processes.domain.rules.book import RuleBook
from processes.domain.rules.prose import day_in_words, in_words, law_in_words
from processes.domain.rules.run import Run, linked
from processes.domain.rules.trace import once

BENEFIT = "kontanthjaelp"
REFORM = date(2025, 7, 1)
"""The law these rules were made for; earlier months are not calculated here."""
TRANSITION_ENDS = date(2027, 7, 1)
"""The temporary transition supplement (tilpasningstillæg) lapses."""

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
NEED = "kh.betingelse.behov"
"""Judged last, when the amount is known."""

DEDUCTIONS = {
    "kh.fradrag_egen_indtaegt": "indtaegt",
    "kh.fradrag_aegtefaelle": "aegtefaelles_indtaegt",
}


def first_whole_month(application: Application) -> Month:
    """Return the first month that can be calculated: whole, and not before the first contact.

    Law: LAS § 88 (nothing before the application).
    """
    start = max(application.contact_on, application.requested_from, REFORM)
    month = Month.of(start)
    return month if start == month.first_day else month.next()


def whole_months(application: Application, *, count: int = 1) -> tuple[Month, ...]:
    """Return the first whole month and those that follow it, `count` in all."""
    months = [first_whole_month(application)]
    while len(months) < count:
        months.append(months[-1].next())
    return tuple(months)


@dataclass(frozen=True)
class _Household:
    """The applicant and the spouse, if there is one on the case."""

    applicant: Party
    spouse: Party | None
    jointly: bool
    source: str

    @property
    def applying(self) -> tuple[Party, ...]:
        return (self.applicant, self.spouse) if self.spouse and self.jointly else (self.applicant,)

    def given(self, application_id: str) -> dict[str, Node]:
        return {
            JOINTLY: Node(
                "fact",
                application_id,
                "Ægtefællen søger også",
                self.jointly,
                source=self.source,
            ),
            SPOUSE_ON_CASE: Node(
                "fact",
                application_id,
                "Ægtefællen er part i sagen",
                self.spouse is not None,
                source="Sagen",
            ),
        }


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
) -> Calculation:
    """Calculate the help of everybody who applies, month by month (beregn hjælpen).

    Law: LAS §§ 2-3, 5, 11, 13-14, 16-19, 26, 30-31 (from 2025-07-01).
    Units: øre in, øre out, before tax.
    Rounds: nothing; rates are whole kroner, income is taken to the øre.
    """
    household = _Household(
        case.primary_party,
        next((party for party in case.parties if party.role is PartyRole.SPOUSE), None),
        application.applies_jointly,
        "Ansøgning",
    )
    made: list[PersonMonth] = []
    short: list[bool] = []
    used: set[str] = set()
    by_word = facts.by_the_partys_word()
    for month in months:
        runs = _runs(household, facts, month, application.id, rates, rules)
        word = _runs(household, by_word, month, application.id, rates, rules)
        for party in household.applying:
            person_month = _person_month(runs[party.id])
            made.append(person_month)
            short.append(_is_short(person_month, _person_month(word[party.id])))
        used.update(*(run.used_alone for run in runs.values()))
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
    return replace(calculation, notes=tuple(dict.fromkeys(_notes(application, calculation))))


def _runs(
    household: _Household,
    facts: Facts,
    month: Month,
    application_id: str,
    rates: RateBook,
    rules: RuleBook,
) -> dict[str, Run]:
    people = [(household.applicant, "ansøgeren")]
    if household.spouse:
        people.append((household.spouse, "ægtefællen"))
    runs = {
        party.id: Run(
            party.id,
            who=who,
            month=month,
            facts=facts,
            rates=rates,
            rules=rules,
            given=household.given(application_id),
        )
        for party, who in people
    }
    if household.spouse:
        linked(runs.values())
    return runs


def _person_month(run: Run) -> PersonMonth:
    conditions = judge(run, CONDITIONS)
    if any(condition.met is False for condition in conditions):
        # One condition that is not met decides the month; nothing more is asked for it.
        return PersonMonth(run.party_id, run.month, conditions, (), ())
    need = run.result(NEED)
    missing = _missing([*(run.result(rule_id).missing for rule_id in CONDITIONS), *_amounts(run)])
    conditions = (*conditions, outcome_of(need))
    lines = () if missing else tuple(_lines(run))
    return PersonMonth(run.party_id, run.month, conditions, lines, missing)


def _amounts(run: Run) -> Iterator[tuple[Missing, ...]]:
    # Each by itself, so that everything missing is listed at once and not one thing at a time.
    for rule_id in (
        "kh.alder",
        "kh.gift",
        "kh.sats",
        *SUPPLEMENTS,
        "kh.egen_indtaegt",
        "kh.aegtefaelles_overskud",
        "kh.hjaelp",
    ):
        yield run.result(rule_id).missing


def _missing(found: Sequence[tuple[Missing, ...]]) -> tuple[Missing, ...]:
    return tuple(dict.fromkeys(each for some in found for each in some))


def _lines(run: Run) -> Iterator[Line]:
    group = run.result("kh.maalgruppe").node.value
    yield _line(run, "kh.sats", str(group))
    for rule_id in SUPPLEMENTS:
        if _value(run, rule_id):
            yield _line(run, rule_id, rule_id.removeprefix("kh."))
    for rule_id, key in DEDUCTIONS.items():
        if _value(run, rule_id):
            yield _line(run, rule_id, key, sign=-1)


def _value(run: Run, rule_id: str) -> Money:
    value = run.result(rule_id).node.value
    return value if isinstance(value, Money) else Money(0)


def _line(run: Run, rule_id: str, key: str, *, sign: int = 1) -> Line:
    node = run.result(rule_id).node
    label = node.label
    if rule_id == "kh.sats":
        rate = next(each for each in node.inputs if each.kind == "rate")
        label = rate.label
    return Line(key, label, _value(run, rule_id) * sign, once(node))


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


def _notes(application: Application, calculation: Calculation) -> Iterator[str]:
    start = max(application.contact_on, application.requested_from, REFORM)
    month = Month.of(start)
    if start != month.first_day:
        yield (
            f"Dagene fra {day_in_words(start)} til {day_in_words(month.last_day)} er ikke med:"
            " en delt måned kan endnu ikke beregnes. Kommunen tager stilling til dem for sig."
        )
    if not calculation.months:
        yield "Der er ingen hele måneder at beregne."
    rates = calculation.provisional_rates
    if rates:
        listed = "; ".join(f"{rate.label} {in_words(rate.value)} ({rate.id})" for rate in rates)
        yield (
            f"Demosatser: {listed}. De er beregnet og ikke fundet offentliggjort,"
            " og de må ikke udbetales i drift, før en anden har bekræftet dem."
        )
    for person_month in calculation.months:
        yield from _not_yet(person_month)


def _not_yet(person_month: PersonMonth) -> Iterator[str]:
    """Name what the law gives and these rules do not calculate yet, where it could matter."""
    if not person_month.lines:
        return
    sentence = "er ikke beregnet endnu og skal vurderes særskilt."
    keys = {line.key for line in person_month.lines}
    age = _found(person_month.conditions, "kh.alder@")
    in_window = person_month.month.first_day < TRANSITION_ENDS
    if "grundsats" in keys and isinstance(age, int) and age < YOUTH_ENDS and in_window:
        yield f"Midlertidigt tilpasningstillæg ({law_in_words('LAS § 20')}) {sentence}"
    if "boernetillaeg" in keys:
        yield f"Fritidstillæg, som tidligst kan gives efter tre måneder i træk, {sentence}"


def _found(conditions: Sequence[ConditionOutcome], rule: str) -> object:
    nodes = (node for condition in conditions for node in condition.explanation.walk())
    return next((node.value for node in nodes if node.id.startswith(rule)), None)
