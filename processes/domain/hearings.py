"""Party hearing (partshøring): when it is due, what it must say, when it lapses.

Law: FVL § 19. A deadline that runs out changes nothing; a person goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from processes.domain.calculation import Calculation, HelpKind, Outcome, PersonMonth
from processes.domain.cases import Case
from processes.domain.errors import ConflictError, RuleError
from processes.domain.facts import FACT_LABELS, FactKind
from processes.domain.periods import DENMARK, ONE_DAY, Calendar, danish_day
from processes.domain.rules.prose import in_words, law_in_words, month_in_words

LEAST_HEARING_DAYS = 7
"""Fewer days are no real chance to answer."""


class HearingState(StrEnum):
    """How far a hearing is (høringstilstand)."""

    PREPARED = "forberedt"
    SENT = "sendt"
    ANSWERED = "besvaret"
    LAPSED = "frist_udloebet"
    CONCLUDED = "afsluttet"
    DROPPED = "bortfaldet"
    """The case stopped, or was assessed anew, before the hearing was over."""


@dataclass(frozen=True)
class PartyHearing:
    """A party hearing (partshøring): what the party was told, and until when they may answer."""

    id: str
    case_id: str
    calculation_id: str
    state: HearingState
    statement: str
    """What the municipality considers, and the facts behind it, in Danish."""
    days: int
    """How many days the party gets, counted from delivery."""
    opened_at: datetime
    sent_at: datetime | None = None
    deadline_at: datetime | None = None
    answer: str = ""
    answered_at: datetime | None = None
    conclusion: str = ""
    """What the caseworker made of it, and why."""
    changes_facts: bool | None = None
    subject_id: str | None = None
    """The basis of a question of its own it is about (`matters`), not the calculation."""

    @property
    def is_held(self) -> bool:
        """Whether the party was heard: sent, and answered or past its deadline, and assessed."""
        return self.state is HearingState.CONCLUDED and self.sent_at is not None

    @property
    def last_day(self) -> date | None:
        """The last day an answer is in time; the deadline is the moment that day is over."""
        return None if self.deadline_at is None else danish_day(self.deadline_at) - ONE_DAY


MOVES: dict[HearingState, frozenset[HearingState]] = {
    HearingState.PREPARED: frozenset({HearingState.SENT, HearingState.DROPPED}),
    HearingState.SENT: frozenset(
        {HearingState.ANSWERED, HearingState.LAPSED, HearingState.DROPPED}
    ),
    # An answer that comes late is still an answer, until somebody has gone on.
    HearingState.LAPSED: frozenset(
        {HearingState.ANSWERED, HearingState.CONCLUDED, HearingState.DROPPED}
    ),
    HearingState.ANSWERED: frozenset({HearingState.CONCLUDED, HearingState.DROPPED}),
    HearingState.CONCLUDED: frozenset(),
    HearingState.DROPPED: frozenset(),
}
"""Which state may follow which; a deadline that runs out only changes this state."""


def check_move(current: HearingState, wanted: HearingState) -> None:
    """Refuse a move the table does not have."""
    if wanted not in MOVES[current]:
        raise ConflictError(
            f"Partshøringen er '{current}' og kan ikke blive '{wanted}'."
            " Hent sagen igen, og se, hvad der er sket."
        )


def open_hearing(
    *,
    hearing_id: str,
    case_id: str,
    calculation_id: str,
    statement: str,
    days: int,
    at: datetime,
    subject_id: str | None = None,
) -> PartyHearing:
    """Prepare a hearing a person has looked through (forbered partshøring)."""
    if not statement.strip():
        raise RuleError("Skriv, hvad kommunen overvejer, og hvilke oplysninger det bygger på.")
    if days < LEAST_HEARING_DAYS:
        raise RuleError(f"Parten skal have mindst {LEAST_HEARING_DAYS} dage til at svare.")
    return PartyHearing(
        id=hearing_id,
        case_id=case_id,
        calculation_id=calculation_id,
        state=HearingState.PREPARED,
        statement=statement.strip(),
        days=days,
        opened_at=at,
        subject_id=subject_id,
    )


def mark_sent(hearing: PartyHearing, at: datetime) -> PartyHearing:
    """Note that the letter reached every party."""
    check_move(hearing.state, HearingState.SENT)
    return replace(hearing, state=HearingState.SENT, sent_at=at)


def deadline_day(sent_on: date, days: int, calendar: Calendar) -> date:
    """Return the last day to answer: counted from delivery, never a closing day.

    The day of delivery is not counted.
    """
    return calendar.first_working_day_from(sent_on + timedelta(days=days))


def end_of_day(day: date) -> datetime:
    """Return the moment a Danish day is over."""
    return datetime.combine(day + ONE_DAY, time(), DENMARK)


def start_deadline(hearing: PartyHearing, *, at: datetime, calendar: Calendar) -> PartyHearing:
    """Set the deadline, counted from delivery; a second time changes nothing."""
    if hearing.sent_at is None or hearing.state is not HearingState.SENT:
        raise ConflictError("Fristen løber først, når høringsbrevet er sendt. Send brevet først.")
    if hearing.deadline_at is not None:
        return hearing
    delivered_on = danish_day(max(at, hearing.sent_at))
    last_day = deadline_day(delivered_on, hearing.days, calendar)
    return replace(hearing, deadline_at=end_of_day(last_day))


def receive_answer(hearing: PartyHearing, *, answer: str, at: datetime) -> PartyHearing:
    """Note what the party answered, late answers too."""
    check_move(hearing.state, HearingState.ANSWERED)
    if not answer.strip():
        raise RuleError("Svaret er tomt. Skriv, hvad du vil svare.")
    return replace(hearing, state=HearingState.ANSWERED, answer=answer.strip(), answered_at=at)


def lapse(hearing: PartyHearing, *, at: datetime) -> PartyHearing:
    """Note that the deadline ran out; an answer that came first stands.

    Nothing else changes: what happens now is for a person to decide.
    """
    if hearing.state is not HearingState.SENT:
        return hearing
    if hearing.deadline_at is None or at < hearing.deadline_at:
        raise ConflictError("Fristen for at svare er ikke udløbet. Vent, til den er.")
    return replace(hearing, state=HearingState.LAPSED)


def conclude(hearing: PartyHearing, *, conclusion: str, changes_facts: bool) -> PartyHearing:
    """Note what the caseworker made of the answer, or of there being none."""
    check_move(hearing.state, HearingState.CONCLUDED)
    if not conclusion.strip():
        raise RuleError("Skriv, hvad svaret betyder for sagen, eller at der ikke er svaret.")
    return replace(
        hearing,
        state=HearingState.CONCLUDED,
        conclusion=conclusion.strip(),
        changes_facts=changes_facts,
    )


def drop(hearing: PartyHearing) -> PartyHearing:
    """Let a hearing nobody needs an answer to any more fall away (bortfald).

    One that is over stands. What the other was about is no longer considered, so it can end no case
    and support no decision.
    """
    if hearing.state in {HearingState.CONCLUDED, HearingState.DROPPED}:
        return hearing
    return replace(hearing, state=HearingState.DROPPED)


_CONSIDERED = {
    Outcome.REFUSED: "Kommunen overvejer at give afslag på kontanthjælp.",
    Outcome.PARTIAL: "Kommunen overvejer at give mindre i kontanthjælp, end der er søgt om.",
}


def draft_statement(calculation: Calculation, case: Case) -> str:
    """Draft what the party is told: what is considered, and the facts behind it (høringstekst).

    Law: FVL § 19. The caseworker edits it before it is sent.
    """
    if calculation.help_kind is HelpKind.SANCTION:
        return _sanction_statement(calculation, case)
    considered = _CONSIDERED.get(
        calculation.outcome, "Kommunen har fået oplysninger, som du skal have mulighed for at se."
    )
    told = list(dict.fromkeys(_told(calculation, case)))
    return "\n\n".join([considered, *told])


def _sanction_statement(calculation: Calculation, case: Case) -> str:
    """Draft what is considered when somebody was away, and ask why (høring om sanktion)."""
    (month,) = calculation.months
    (line,) = month.lines
    name = case.party(month.party_id).name
    return "\n\n".join(
        [
            f"Jobcentret har oplyst om {name}: {line.label}.",
            (
                f"Kommunen overvejer derfor at give en sanktion på {(-line.amount).danish()} før"
                f" skat efter {law_in_words(line.explanation.law)}. Beløbet er"
                f" {line.explanation.source}"
            ),
            (
                "Skriv, om oplysningerne er rigtige, og om der var en grund. Det kan for eksempel"
                " være sygdom, et sygt barn, en jobsamtale et andet sted, eller at indkaldelsen"
                " ikke er kommet frem. Var grunden rimelig, bliver der ingen sanktion."
            ),
        ]
    )


def _told(calculation: Calculation, case: Case) -> Iterator[str]:
    for month in calculation.months:
        name = case.party(month.party_id).name
        when = month_in_words(month.month)
        for condition in month.refused_because:
            yield (
                f"{name}, {when}: betingelsen '{condition.label}'"
                f" ({law_in_words(condition.law)}) er ikke opfyldt. {condition.reason}"
            )
        yield from _deductions(month, name, when)


_TOLD_KINDS = {
    FACT_LABELS[kind]
    for kind in (
        FactKind.WORK_INCOME,
        FactKind.OTHER_INCOME,
        FactKind.HOLIDAY_PAY,
        FactKind.WEALTH,
    )
}


def _deductions(month: PersonMonth, name: str, when: str) -> Iterator[str]:
    for line in month.lines:
        if line.key not in {"indtaegt", "aegtefaelles_indtaegt", "feriepenge"}:
            continue
        facts = [
            f"{node.label}: {in_words(node.value)} (fra {node.source})"
            for node in line.explanation.walk()
            if node.kind == "fact" and node.label in _TOLD_KINDS and node.value != "ingen"
        ]
        yield (
            f"{name}, {when}: der trækkes {(-line.amount).danish()} fra hjælpen"
            f" ({line.label.lower()}). {'; '.join(dict.fromkeys(facts))}."
        )
