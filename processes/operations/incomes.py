"""The month's income as finance starts and follows it (indkomst- og timeopgørelse)."""

from __future__ import annotations

from collections.abc import Sequence

from processes.domain.access import SYSTEM_NAME, Actor, require
from processes.domain.cases import Case, CaseState, Protection
from processes.domain.errors import RuleError
from processes.domain.identifiers import Kle
from processes.domain.periods import ONE_DAY, Month
from processes.domain.rules.prose import month_in_words
from processes.operations.control import Control
from processes.ports.change_desks import IncomeCheckRow
from processes.ports.changes import IncomeCheck
from processes.ports.records import AuditEvent
from processes.ports.stores import UnitOfWork

ACCOUNTS = Kle("32.24.04", "G01")
PROCESS = "income_check"
REPORTED_BY = 11
"""The day of a month by which employers have reported the month before."""
MONTHS_SHOWN = 12
FINDINGS_SHOWN = 50


class IncomeChecks:
    """Looks at a month's income (indkomstopgørelser)."""

    def __init__(self, control: Control) -> None:
        self.env = control.env

    def start(self, month: Month, by: Actor) -> str:
        """Look at a month's income; the look that is there is returned."""
        require(by, "run.manage")
        if month >= Month.of(self.env.gateways.clock.today()):
            raise RuleError("Måneden er ikke gået endnu. Vælg en måned, der er slut.")
        with self.env.uow(by.municipality_id) as uow:
            check = self._start(uow, month, unit=min(by.units, default=""), user=by.user)
            self._look(uow, by, "income_check.start", check.id)
            uow.commit()
        self.env.wake()
        return check.id

    def start_due(self, municipality_id: int) -> str | None:
        """Look at last month's income once employers have reported it; None when it is not due.

        Called every day by nobody in particular: the look that is there stays as it is.
        """
        today = self.env.gateways.clock.today()
        month = Month.of(Month.of(today).first_day - ONE_DAY)
        with self.env.uow(municipality_id) as uow:
            if (
                today.day < REPORTED_BY
                or uow.definitions.latest(PROCESS) is None
                or uow.incomes.of_month(month) is not None
                # Last month is paid already; who has help now is who is looked at.
                or not uow.runs.has_running(Month.of(today))
            ):
                return None
            unit = next(
                (
                    role_unit
                    for user in uow.setup.users(municipality_id)
                    for place, role, role_unit in user.roles
                    if place == municipality_id and role == "finance"
                ),
                "",
            )
            check = self._start(uow, month, unit=unit, user=SYSTEM_NAME)
            uow.commit()
        self.env.wake()
        return check.id

    def _start(self, uow: UnitOfWork, month: Month, *, unit: str, user: str) -> IncomeCheck:
        uow.incomes.hold_month(month)
        known = uow.incomes.of_month(month)
        if known is not None:
            return known
        ctx = self.env.context(uow)
        case = Case(
            id=ctx.new_id(),
            number=uow.cases.next_number(ctx.today.year),
            municipality_id=uow.municipality_id,
            kle=ACCOUNTS,
            benefit="indkomstopgoerelse",
            title=f"Indkomst for {month_in_words(month)}",
            state=CaseState.RAISED,
            unit=unit,
            caseworker=None,
            protection=Protection.NORMAL,
            opened_at=ctx.now,
            parties=(),
        )
        uow.cases.add(case)
        check = IncomeCheck(ctx.new_id(), case.id, month, user, ctx.now)
        uow.incomes.add(check)
        ctx.tell(
            "income-check-wanted",
            check.id,
            {"case_id": case.id, "check_id": check.id},
            case_id=case.id,
        )
        return check

    def all(self, by: Actor) -> Sequence[IncomeCheckRow]:
        """Return the looks of the last year with how they came out, the newest first."""
        require(by, "run.read")
        month = Month.of(self.env.gateways.clock.today())
        rows = []
        with self.env.uow(by.municipality_id) as uow:
            for _ in range(MONTHS_SHOWN):
                month = Month.of(month.first_day - ONE_DAY)
                check = uow.incomes.of_month(month)
                if check is not None:
                    rows.append(
                        IncomeCheckRow(
                            check,
                            uow.incomes.figures(check.id),
                            uow.incomes.findings(check.id, limit=FINDINGS_SHOWN),
                        )
                    )
        return rows

    def _look(self, uow: UnitOfWork, by: Actor, action: str, check_id: str) -> None:
        now = self.env.now()
        uow.audit.add(AuditEvent(now, by.user, str(by.role), action, f"income_check:{check_id}"))
