"""Cases, applications, proposals and decisions for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from processes.domain.calculation import Calculation, Outcome
from processes.domain.cases import Application, Case, CaseState, Party, Protection
from processes.domain.decisions import DecidedLine, Decision, Proposal
from processes.domain.hearings import HearingState, PartyHearing
from processes.domain.identifiers import Kle
from processes.domain.money import Money
from processes.domain.periods import Month
from tests.builders.people import an_adult

RECEIVED_AT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
TODAY = date(2026, 3, 10)
MARCH = Month(2026, 3)


def a_case(
    *,
    id: str = "sag-1",  # noqa: A002 – the field is called so
    parties: Sequence[Party] = (),
    state: CaseState = CaseState.RAISED,
) -> Case:
    """Return a case of kontanthjælp with one adult, unless told otherwise."""
    return Case(
        id=id,
        number="2026-000123",
        municipality_id=999,
        kle=Kle("32.24.04", "G01"),
        benefit="kontanthjaelp",
        title="Kontanthjælp",
        state=state,
        unit="ydelse-nord",
        caseworker="karin",
        protection=Protection.NORMAL,
        opened_at=RECEIVED_AT,
        parties=tuple(parties) or (an_adult(),),
    )


def an_application(
    *,
    id: str = "ansoegning-1",  # noqa: A002 – the field is called so
    contact_on: date = date(2026, 3, 1),
    requested_from: date = date(2026, 3, 1),
    applies_jointly: bool = False,
) -> Application:
    """Return an application received on the first of a month, so that the month is whole."""
    return Application(
        id=id,
        case_id="sag-1",
        received_at=RECEIVED_AT,
        contact_on=contact_on,
        requested_from=requested_from,
        applies_jointly=applies_jointly,
        channel="selvbetjening",
        answers={},
        message_id="besked-1",
    )


def a_proposal(
    *,
    outcome: Outcome = Outcome.GRANTED,
    proposed_by: str = "karin",
    reasoning: str = "Betingelserne er opfyldt.",
    legal_basis: tuple[str, ...] = ("LAS § 11, stk. 2, nr. 1", "LAS § 16"),
    hearing_id: str | None = None,
    hearing_exception: str = "",
    second_person_needed: bool | None = True,
    approved_by: str | None = None,
) -> Proposal:
    """Return a proposal that waits for its approver."""
    return Proposal(
        id="forslag-1",
        case_id="sag-1",
        calculation_id="beregning-1",
        outcome=outcome,
        reasoning=reasoning,
        legal_basis=legal_basis,
        repayment_condition="",
        hearing_id=hearing_id,
        hearing_exception=hearing_exception,
        proposed_by=proposed_by,
        proposed_at=NOW,
        second_person_needed=second_person_needed,
        approved_by=approved_by,
        approved_at=NOW if approved_by else None,
    )


def a_decision(
    *,
    id: str = "afgoerelse-1",  # noqa: A002 – the field is called so
    outcome: Outcome = Outcome.GRANTED,
    lines: Sequence[DecidedLine] = (),
    sent_at: datetime | None = NOW,
    issued_at: datetime = NOW,
) -> Decision:
    """Return an issued and sent decision: 14.201 kr. a month from March 2026."""
    return Decision(
        id=id,
        case_id="sag-1",
        proposal_id="forslag-1",
        calculation_id="beregning-1",
        number="2026-000123-1",
        outcome=outcome,
        reasoning="Betingelserne er opfyldt.",
        legal_basis=("LAS § 11, stk. 2, nr. 1", "LAS § 16"),
        repayment_condition="",
        appeal_instruction="Du kan klage inden 4 uger.",
        lines=tuple(lines) or (DecidedLine("anna", MARCH, Money.kroner("14201")),),
        valid_from=MARCH.first_day,
        hearing_id=None,
        hearing_exception="",
        contributors=("karin",),
        approved_by="gerda",
        issued_at=issued_at,
        sent_at=sent_at,
    )


def a_hearing(
    *,
    id: str = "hoering-1",  # noqa: A002 – the field is called so
    state: HearingState = HearingState.CONCLUDED,
    calculation_id: str = "beregning-1",
    sent_at: datetime | None = NOW,
) -> PartyHearing:
    """Return a hearing that was held."""
    return PartyHearing(
        id=id,
        case_id="sag-1",
        calculation_id=calculation_id,
        state=state,
        statement="Kommunen overvejer at give afslag, fordi formuen er over grænsen.",
        days=14,
        opened_at=NOW,
        sent_at=sent_at,
        conclusion="Svaret ændrer ikke oplysningerne.",
        changes_facts=False,
    )


def with_outcome(calculation: Calculation, outcome: Outcome) -> Calculation:
    """Return the same calculation under another outcome."""
    return Calculation(**{**vars(calculation), "outcome": outcome})
