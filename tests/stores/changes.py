"""Rows of sanctions, ends of help and the month's income, with every column filled in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from app.stores.unit_of_work import SqlUnitOfWork
from processes.domain.cessations import Cessation, CessationGround, CessationSource
from processes.domain.incomes import Difference, IncomeFinding, ReportedIncome
from processes.domain.money import Money
from processes.domain.periods import Month
from processes.domain.sanction_cases import Answers, SanctionRequest, SanctionSource, Told
from processes.domain.sanctions import Group, Paragraph
from processes.ports.changes import IncomeBatch, IncomeCheck
from tests.stores import builders as a

MARCH = Month(2026, 3)


def a_sanction(**changes: Any) -> SanctionRequest:
    """Return a request that nobody has looked at."""
    request = SanctionRequest(
        id=a.an_id("sanction"),
        case_id=a.CASE,
        party_id=a.ANNA,
        told=Told(
            Paragraph.NOT_BOOKED,
            date(2026, 3, 2),
            Group.EDUCATION_READY,
            "Bookede ikke.",
            date(2026, 3, 4),
        ),
        source=SanctionSource.JOB_CENTRE,
        message_id="besked-1",
        received_at=a.NOW,
        received_by="",
    )
    return replace(request, **changes)


ANSWERED = Answers(
    had_duty=True,
    guided_on=date(2026, 2, 1),
    convened_correctly=False,
    personal_contact_tried=True,
    furthers_availability=True,
    reason="Det bringer borgeren nærmere arbejde.",
    sharpened_guided_on=date(2026, 2, 2),
    spouse_guided_on=date(2026, 2, 3),
    sanctioned_before=False,
    no_reasonable_ground=True,
)


def a_cessation(**changes: Any) -> Cessation:
    """Return a wish that help ends."""
    cessation = Cessation(
        id=a.an_id("cessation"),
        case_id=a.CASE,
        party_id=a.ANNA,
        ground=CessationGround.JOB,
        ends_on=date(2026, 5, 1),
        text="Jeg har fået arbejde.",
        source=CessationSource.CITIZEN,
        received_at=a.NOW,
        received_by="",
    )
    return replace(cessation, **changes)


def a_check() -> IncomeCheck:
    """Return a look at a month's income."""
    return IncomeCheck(a.an_id("check"), a.CASE, MARCH, "finn", a.NOW)


LINE = ReportedIncome("SE-nr. 12345678", "loen", Money.kroner("5671"), 3800, "arbejde")


def a_finding(**changes: Any) -> IncomeFinding:
    """Return a month that somebody earned in and did not tell of."""
    finding = IncomeFinding(
        id=a.an_id("finding"),
        check_id=a.an_id("check"),
        case_id=a.CASE,
        party_id=a.ANNA,
        month=MARCH,
        difference=Difference.MORE,
        lines=(LINE,),
        work=Money.kroner("5671"),
        other=Money(0),
        known_work=None,
        known_other=Money(0),
        found_at=a.NOW,
    )
    return replace(finding, **changes)


def store_changes(uow: SqlUnitOfWork) -> None:
    """Put a row into each table of a case with a sent decision."""
    uow.sanctions.save(a_sanction())
    uow.cessations.save(a_cessation())
    uow.incomes.add(a_check())
    uow.incomes.begin(a_check().id, MARCH, batch_size=50)
    uow.incomes.save_finding(a_finding())


def a_batch(**changes: Any) -> IncomeBatch:
    """Return the only batch of the look, as it begins."""
    return replace(IncomeBatch(a.an_id("check"), 0, (a.CASE,)), **changes)
