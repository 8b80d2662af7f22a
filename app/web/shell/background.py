"""From the page of a task to what its form starts from."""

from __future__ import annotations

from datetime import date

from forms.base import AskedParty, Background
from processes.domain.cases import Case, PartyRole
from processes.ports.pages import TaskPage

SPOUSE_PREFIX = "spouse_"


def adults(case: Case) -> tuple[AskedParty, ...]:
    """Return the parties a form asks about: the one the case is about, then the spouse."""
    primary = [each for each in case.parties if each.role is PartyRole.PRIMARY]
    spouses = [each for each in case.parties if each.role is PartyRole.SPOUSE]
    return tuple(
        AskedParty(each.id, each.name, prefix)
        for prefix, parties in (("", primary), (SPOUSE_PREFIX, spouses))
        for each in parties[:1]
    )


def background_of(page: TaskPage, today: date) -> Background:
    """Return what a task's form starts from."""
    return Background(
        today=today,
        parties=adults(page.case),
        facts={(row.party_id, row.kind): row.fact for row in page.facts if row.fact},
        contradictions=tuple(page.contradictions),
        missing=tuple(page.missing),
        calculation=page.calculation,
        proposal=page.proposal,
        hearing=page.hearing,
        statement_draft=page.statement_draft,
        payments=tuple(row.line for row in page.payments),
        papers=tuple(page.papers),
        applies_jointly=page.application.applies_jointly if page.application else False,
        valid_from=page.application.requested_from if page.application else today,
        missing_registers=_missing_registers(page),
        answered_registers=tuple(page.answered_registers),
        help_until=page.help_now.until_on if page.help_now else None,
        hearing_days=page.hearing_days,
    )


def _missing_registers(page: TaskPage) -> tuple[str, ...]:
    """Return the registers that did not answer, as the process knows them."""
    said = page.task.variables.get("missing_registers")
    return tuple(str(each) for each in said) if isinstance(said, list | tuple) else ()
