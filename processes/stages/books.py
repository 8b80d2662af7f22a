"""Hold the books against each other every day, and let somebody settle what does not agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from processes.domain import books
from processes.domain.books import BookDifference
from processes.ports.books import BookReconciliation
from processes.ports.records import UserTask
from processes.steps import StepContext, Variables, receives, step


def look(ctx: StepContext) -> Sequence[BookDifference]:
    """Look at everything now."""
    answered_by = books.answered_by(ctx.today, calendar=ctx.calendar)
    return ctx.uow.books.look(answered_by=answered_by, now=ctx.now)


def keep(ctx: StepContext, found: Sequence[BookDifference], *, case_id: str | None) -> None:
    """Keep what was found, and the case somebody has a task about it in."""
    ctx.uow.books.add(
        BookReconciliation(ctx.new_id(), case_id, ctx.now, books.counted(found), tuple(found))
    )


@step("books.look_again")
def look_again(ctx: StepContext, *, case_id: str) -> Variables:
    """Reconcile again, now that somebody has dealt with the differences (afstem igen)."""
    found = look(ctx)
    keep(ctx, found, case_id=case_id)
    return {"differences": len(found)}


@receives("books.differences")
def dealt_with(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record what was done about the differences; everything is looked at again."""
    ctx.note(task.case_id, f"Daglig afstemning: {values['note']}")
    return {}


@step("books.end")
def end(ctx: StepContext, *, case_id: str) -> Variables:
    """Say that everything agrees again."""
    ctx.note(case_id, "Den daglige afstemning er uden differencer.")
    return {}
