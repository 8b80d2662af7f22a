"""The daily reconciliation: what was sent against what was answered, and what was decided.

Differences are a task with finance; while it is open, each day's look is added to its case.
"""

from __future__ import annotations

from collections.abc import Sequence

from processes.domain.access import Actor, require
from processes.domain.cases import Case, CaseState, Protection
from processes.domain.identifiers import Kle
from processes.domain.rules.prose import day_in_words
from processes.operations.control import Control
from processes.ports.books import BookReconciliation
from processes.ports.records import AuditEvent
from processes.ports.stores import UnitOfWork
from processes.stages import books as stage

ACCOUNTS = Kle("00.32.02", "G01")
PROCESS = "reconcile_books"
SHOWN = 30


class Books:
    """Daily reconciliations (daglige afstemninger)."""

    def __init__(self, control: Control) -> None:
        self.control = control
        self.env = control.env

    def reconcile(self, municipality_id: int) -> int:
        """Hold the books against each other; returns how many differences there are."""
        with self.env.uow(municipality_id) as uow:
            if uow.definitions.latest(PROCESS) is None:
                return 0
            ctx = self.env.context(uow)
            found = stage.look(ctx)
            case_id = uow.books.open_case()
            if found and case_id is None:
                case = self._case(uow)
                uow.cases.add(case)
                case_id = case.id
                ctx.tell("books-differ", case_id, {"case_id": case_id}, case_id=case_id)
            stage.keep(ctx, found, case_id=case_id)
            uow.commit()
        self.env.wake()
        return len(found)

    def _case(self, uow: UnitOfWork) -> Case:
        ctx = self.env.context(uow)
        unit = next(
            (
                role_unit
                for user in uow.setup.users(uow.municipality_id)
                for place, role, role_unit in user.roles
                if place == uow.municipality_id and role == "finance"
            ),
            "",
        )
        return Case(
            id=ctx.new_id(),
            number=uow.cases.next_number(ctx.today.year),
            municipality_id=uow.municipality_id,
            kle=ACCOUNTS,
            benefit="afstemning",
            title=f"Daglig afstemning den {day_in_words(ctx.today)}",
            state=CaseState.RAISED,
            unit=unit,
            caseworker=None,
            protection=Protection.NORMAL,
            opened_at=ctx.now,
            parties=(),
        )

    def page(self, by: Actor) -> Sequence[BookReconciliation]:
        """Return the newest reconciliations."""
        require(by, "run.read")
        with self.env.uow(by.municipality_id) as uow:
            found = uow.books.newest(limit=SHOWN)
            uow.audit.add(
                AuditEvent(self.env.now(), by.user, str(by.role), "books.read", "books", "")
            )
            uow.commit()
        return found
