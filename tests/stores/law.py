"""Builders of the law as people change it: a draft, and a trial of it."""

from app.stores.unit_of_work import SqlUnitOfWork
from processes.domain.law_changes import DraftItem, DraftState, ItemKind, LawDraft
from processes.domain.periods import Month
from processes.ports.law import DraftEvent, Population, Trial, TrialPart
from tests.stores import builders as a

DRAFT, TRIAL = a.an_id("law_draft"), a.an_id("law_trial")


def a_draft(**more: object) -> LawDraft:
    """Return a draft Peter writes."""
    values: dict[str, object] = {
        "id": DRAFT,
        "title": "Ny sats",
        "reason": "Folketinget har vedtaget den.",
        "state": DraftState.OPEN,
        "items": (
            DraftItem(
                ItemKind.RATE,
                "kh.grundsats",
                {"value": "7.600,00", "unit": "DKK/month", "valid_from": "01.05.2026"},
            ),
        ),
        "written_by": "peter",
        "written_at": a.NOW,
        "authors": frozenset({"peter"}),
        "saved_by": "peter",
        "saved_at": a.NOW,
        **more,
    }
    return LawDraft(**values)  # type: ignore[arg-type]  # the caller says what a draft takes


def a_trial(**more: object) -> Trial:
    """Return a trial of it on the municipality's own citizens."""
    values: dict[str, object] = {
        "id": TRIAL,
        "draft_id": DRAFT,
        "revision": 1,
        "digest": "d",
        "population": Population.CITIZENS,
        "month": Month(2026, 5),
        "persons": 3,
        "started_by": "peter",
        "started_at": a.NOW,
        **more,
    }
    return Trial(**values)  # type: ignore[arg-type]  # the caller says what a trial takes


def store_a_trial(uow: SqlUnitOfWork) -> None:
    """Save a draft, what was done with it, and a trial in two portions."""
    uow.law.save_draft(a_draft(), was=0)
    uow.law.add_event(DraftEvent(DRAFT, a.NOW, "peter", "Begyndt"))
    uow.law.add_trial(a_trial(), [TrialPart(TRIAL, 0, 2, (a.CASE,)), TrialPart(TRIAL, 1, 1, ())])
