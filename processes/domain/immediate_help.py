"""Immediate help (engangshjælp): is there a need until the first payment, and how much helps?

It is considered and answered in every application. The amount is a person's judgment below a
ceiling; the ceiling was read in a table of 2013 and carried on, so it is marked wherever it shows.
Knows the application, facts and rates. Knows nothing of decisions, letters or banks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum

from processes.domain.calculation import (
    Calculation,
    ConditionOutcome,
    HelpKind,
    Line,
    Node,
    Outcome,
    PersonMonth,
)
from processes.domain.errors import ConflictError, RuleError
from processes.domain.facts import FACT_LABELS, Fact, FactKind, Facts, FactStatus
from processes.domain.money import Money
from processes.domain.periods import (
    DENMARK,
    ONE_DAY,
    Calendar,
    Month,
    Period,
    danish_day,
)
from processes.domain.rates import RATE_LABELS, Rate, RateBook
from processes.domain.rules.book import RuleBook
from processes.domain.rules.sharing import DAY_COUNTS, share_of_days
from processes.domain.rules.trace import lowest

LINE = "engangshjaelp"
BASIS = "kh.engangshjaelp"
CEILING = "kh.engangshjaelp.maks"
CEILING_AT_HOME = "kh.engangshjaelp.maks_hjemmeboende"
AT_HOME_ENDS = 25
"""LAS § 25 a, stk. 3, as the table of 2013 said it."""
NO = "nej"
YES = "ja"
NOT_ASKED = "Du har selv oplyst, at du ikke mangler penge til mad, medicin eller husly nu."
ANSWER_BY = time(15, 30)
"""When the desk closes: somebody with nothing to live on has an answer before then."""


class QuestionState(StrEnum):
    """How far the question of immediate help is (tilstand); `vurderet` has its own decision."""

    OPEN = "stillet"
    NOT_NEEDED = "ikke_noedvendig"
    ASSESSED = "vurderet"


class PayoutWay(StrEnum):
    """How immediate help reaches the citizen (udbetalingsmåde)."""

    ACCOUNT = "nemkonto"
    DESK = "kasse"


@dataclass(frozen=True)
class ImmediateHelp:
    """The question of immediate help in one application (engangshjælp), and its answer.

    Law: LAS § 25 a (until the first payment); RSL § 3, stk. 1 (at once).
    """

    id: str
    case_id: str
    application_id: str
    state: QuestionState
    asked_at: datetime
    reason: str = ""
    """Why it is not needed, in words for the citizen; the assessment's own reasons otherwise."""
    means: Money | None = None
    """What the citizen can dispose of now, as told (rådighed)."""
    needs: str = ""
    """What must be paid before the first payment."""
    until_on: date | None = None
    """The last day it covers (dækker til og med)."""
    payout: PayoutWay = PayoutWay.ACCOUNT
    calculation_id: str | None = None
    answered_by: str = ""
    answered_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered yet."""
        return self.state is QuestionState.OPEN


def ask(
    answers: Mapping[str, str], *, help_id: str, case_id: str, application_id: str, at: datetime
) -> ImmediateHelp:
    """Put the question, and answer it where the citizen did; an unanswered form is a person's."""
    asked = ImmediateHelp(help_id, case_id, application_id, QuestionState.OPEN, at)
    if answers.get("acute_need") == NO:
        return replace(
            asked,
            state=QuestionState.NOT_NEEDED,
            reason=NOT_ASKED,
            answered_by="citizen",
            answered_at=at,
        )
    return asked


def not_needed(asked: ImmediateHelp, *, reason: str, by: str, at: datetime) -> ImmediateHelp:
    """Note that the citizen does not need it after all (behovet er bortfaldet)."""
    _check_unanswered(asked)
    if not reason.strip():
        raise RuleError("Skriv, hvad borgeren har sagt om, at engangshjælp ikke er nødvendig.")
    return replace(
        asked,
        state=QuestionState.NOT_NEEDED,
        reason=reason.strip(),
        answered_by=by,
        answered_at=at,
    )


def assessed(
    asked: ImmediateHelp,
    calculation: Calculation,
    *,
    means: Money | None,
    needs: str,
    until_on: date,
    payout: PayoutWay,
    reason: str,
    by: str,
    at: datetime,
) -> ImmediateHelp:
    """Note what a caseworker made of the need; the newest assessment counts (vurdering)."""
    _check_unanswered(asked)
    if not reason.strip():
        raise RuleError("Skriv, hvad du lægger vægt på.")
    return replace(
        asked,
        state=QuestionState.ASSESSED,
        reason=reason.strip(),
        means=means,
        needs=needs.strip(),
        until_on=until_on,
        payout=payout,
        calculation_id=calculation.id,
        answered_by=by,
        answered_at=at,
    )


def _check_unanswered(asked: ImmediateHelp) -> None:
    if asked.state is QuestionState.NOT_NEEDED:
        raise ConflictError("Spørgsmålet om engangshjælp er allerede besvaret. Hent sagen igen.")


def answer_by(now: datetime, *, calendar: Calendar) -> datetime:
    """Return when the answer is due: today, or the next working day when the desk has closed.

    Law: RSL § 3, stk. 1 (as fast as possible).
    """
    today = danish_day(now)
    day = calendar.first_working_day_from(today)
    if day == today and now.astimezone(DENMARK).time() >= ANSWER_BY:
        day = calendar.working_days_after(day, 1)
    return datetime.combine(day, ANSWER_BY, DENMARK)


# ---- how much -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ceiling:
    """The most that can be given, and what the days until the first payment come to (loft)."""

    most: Money
    suggested: Money
    """The ceiling's share of the days that are to be covered."""
    node: Node
    is_provisional: bool


def ceiling(
    facts: Facts,
    party_id: str,
    *,
    today: date,
    until_on: date,
    rates: RateBook,
    rules: RuleBook,
) -> Ceiling:
    """Return the ceiling of one person's immediate help (engangshjælpens loft).

    Law: LAS § 25 a, stk. 2 and 3 (a most, by whether the person lives with parents); § 89, stk. 2.
    Units: øre. Rounds: each day's share as `share_of_days`.
    Assumes: the age of 25 of the table of 2013 still parts those who live with parents; unknown
    housing or age is read as living alone, the higher of the two.
    """
    born = facts.on(party_id, FactKind.BIRTH_DATE, today)
    home = facts.on(party_id, FactKind.LIVES_WITH_PARENTS, today)
    is_young = born is not None and isinstance(born.value, date) and _is_young(born.value, today)
    at_home = is_young and home is not None and home.value is True
    rate = rates.on(CEILING_AT_HOME if at_home else CEILING, today)
    rule = rules.on(BASIS, today)
    known = tuple(
        _fact_node(fact)
        for fact in (born, home)
        if fact is not None and fact.status is not FactStatus.UNKNOWN
    )
    rate_node = _rate_node(rate)
    node = Node(
        "rule",
        rule.name,
        "Højeste engangshjælp",
        rate.amount,
        law=rule.law,
        source=rule.says,
        confidence=lowest(iter([rule.confidence, rate.confidence])),
        inputs=(rate_node, *known),
    )
    suggested = min(_share(rate.amount, today, until_on, rules), rate.amount)
    return Ceiling(rate.amount, suggested, node, node.is_provisional or rate.is_provisional)


def _is_young(born: date, day: date) -> bool:
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return years < AT_HOME_ENDS


def _share(amount: Money, today: date, until_on: date, rules: RuleBook) -> Money:
    """Return the ceiling's share of the days from today to the last, month by month."""
    by = DAY_COUNTS[rules.on("kh.deling_af_maaned", today).value]
    days = Period(today, until_on + ONE_DAY)
    shares = [
        share_of_days(amount, clipped, month, by)
        for month in days.months()
        if (clipped := days.clipped(month.period())) is not None
    ]
    return Money(sum(share.oere for share in shares)).down_to_krone()


def calculate(
    asked: ImmediateHelp,
    party_id: str,
    *,
    amount: Money | None,
    until_on: date,
    means: Money | None,
    reason: str,
    limit: Ceiling,
    rules: RuleBook,
    today: date,
    calculation_id: str,
    at: datetime,
) -> Calculation:
    """Make the calculation of immediate help: a grant of `amount`, or a refusal without one.

    It stands on the same paper as any other calculation, so that hearing, decision, letter and
    payment ask it in the same way.
    """
    if until_on < today:
        raise RuleError("Hjælpen skal dække til og med i dag eller en senere dag.")
    rule = rules.on(BASIS, today)
    condition = ConditionOutcome(
        key="kh.engangshjaelp.behov",
        label="Mangler midler til den første udbetaling",
        met=amount is not None,
        law=rule.law,
        reason=reason,
        explanation=Node("rule", rule.name, "Behov for hjælp nu", amount is not None, law=rule.law),
    )
    lines: tuple[Line, ...] = ()
    if amount is not None:
        _check_amount(amount, limit)
        lines = (_line(amount, until_on, means, limit, rules, today),)
    month = PersonMonth(party_id, Month.of(today), (condition,), lines, ())
    return Calculation(
        id=calculation_id,
        case_id=asked.case_id,
        application_id=asked.application_id,
        made_at=at,
        known_at=at,
        rule_versions=(rule.name,),
        months=(month,),
        notes=(),
        outcome=Outcome.REFUSED if amount is None else Outcome.GRANTED,
        help_kind=HelpKind.IMMEDIATE,
    )


def _check_amount(amount: Money, limit: Ceiling) -> None:
    if amount <= Money(0):
        raise RuleError("Skriv et beløb over 0 kr., eller vælg afslag.")
    if amount > limit.most:
        raise RuleError(
            f"Engangshjælpen kan højst være {limit.most.danish()} (aktivloven § 25 a)."
            " Skriv et mindre beløb, eller vurdér, om anden hjælp kan dække behovet."
        )


def _line(
    amount: Money,
    until_on: date,
    means: Money | None,
    limit: Ceiling,
    rules: RuleBook,
    today: date,
) -> Line:
    later = rules.on("kh.engangshjaelp.modregning", today)
    said = [limit.node]
    if means is not None:
        said.append(Node("fact", "engangshjaelp.midler", "Penge, borgeren har nu", means))
    said += [
        Node("fact", "engangshjaelp.til", "Dækker til og med", until_on),
        Node(
            "rule",
            later.name,
            later.label,
            later.value,
            law=later.law,
            source=later.says,
            confidence=later.confidence,
        ),
    ]
    basis = rules.on(BASIS, today)
    return Line(
        LINE,
        "Engangshjælp",
        amount,
        Node(
            "rule",
            f"{basis.name}.beloeb",
            "Engangshjælp",
            amount,
            law=basis.law,
            source="Sagsbehandlerens skøn over behovet, højst loftet.",
            confidence=limit.node.confidence,
            inputs=tuple(said),
        ),
    )


def _rate_node(rate: Rate) -> Node:
    return Node(
        "rate",
        rate.id,
        RATE_LABELS[rate.key],
        rate.amount,
        law=rate.law,
        source=rate.source,
        confidence=rate.confidence,
        derived=rate.derived,
    )


def _fact_node(fact: Fact) -> Node:
    return Node("fact", fact.id, FACT_LABELS[fact.kind], fact.value, source=fact.source.name)


# ---- how it was answered ------------------------------------------------------------------------


def in_words(asked: ImmediateHelp, outcome: Outcome | None, number: str = "") -> str:
    """Say in the ordinary decision's letter how the question was answered (svar i brevet).

    `outcome` is that of the decision on immediate help, None while it has none yet. It never says
    more than the decision on it does: amounts stand in its own letter.
    """
    if asked.state is QuestionState.NOT_NEEDED:
        return (
            "Vi har taget stilling til, om du skal have engangshjælp, til den første udbetaling"
            f" kommer. Det er ikke nødvendigt. {asked.reason} Ring til os, hvis det ændrer sig."
        )
    own = f" Det står i afgørelse {number}, som du har fået i et brev for sig." if number else ""
    if outcome is Outcome.GRANTED:
        return f"Du har fået engangshjælp, til den første udbetaling kommer.{own}"
    if outcome is Outcome.REFUSED:
        return f"Du har fået afslag på engangshjælp. {asked.reason}{own}"
    return (
        "Vi er ved at afgøre, om du kan få engangshjælp, til den første udbetaling kommer."
        " Du får svar i et brev for sig."
    )
