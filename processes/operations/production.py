"""Answers: what comes in, what gets done, how long does it take, and what falls due?

The figures of a team lead's own units (produktionsstyring); each leads to the tasks behind it.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from processes.domain.access import Actor, may, require
from processes.domain.errors import NotFoundError, RuleError
from processes.operations.control import Control
from processes.ports.production import ProductionPage, StepPage
from processes.ports.records import AuditEvent
from processes.ports.stores import UnitOfWork

WEEKS = (4, 13, 52)
"""The periods a page offers."""
AHEAD = 10
"""Working days whose deadlines are shown."""
LIST_LIMIT = 100
WEEK = timedelta(days=7)


class Production:
    """A team's work in figures (produktionsstyring)."""

    def __init__(self, control: Control) -> None:
        self.env = control.env

    def page(self, weeks: int, by: Actor) -> ProductionPage:
        """Return the figures of the last weeks, this one as far as it has come."""
        require(by, "production.read")
        mondays = self._mondays(weeks)
        since, now = self._midnight(mondays[0]), self.env.now()
        until = now + timedelta(seconds=1)
        today = self.env.gateways.clock.today()
        with self.env.uow(by.municipality_id) as uow:
            store = uow.production
            flow = store.weeks(by.units, mondays, until=until)
            approved, returned = store.proposals(by.units, since, until)
            steps = store.steps(by.units, since, until, now=now)
            page = ProductionPage(
                since=mondays[0],
                until=today,
                weeks=flow,
                steps=steps,
                processes=store.processes(by.units, since, until),
                approved=approved,
                returned=returned,
                ahead=store.due_on(by.units, self._days_ahead(today)),
                overdue=sum(each.overdue for each in steps),
                done_a_day=sum(each.done for each in flow) / self._working_days(mondays[0], today),
            )
            self._look(uow, by, "production")
            uow.commit()
        return page

    def step(self, process_key: str, element_id: str, weeks: int, by: Actor) -> StepPage:
        """Return the tasks behind one step's figures."""
        require(by, "production.read")
        since, now = self._midnight(self._mondays(weeks)[0]), self.env.now()
        until = now + timedelta(seconds=1)
        with self.env.uow(by.municipality_id) as uow:
            step = (process_key, element_id)
            found = uow.production.steps(by.units, since, until, now=now, step=step)
            if not found:
                raise NotFoundError(
                    "Trinnet har ingen opgaver i perioden. Vælg en længere periode."
                )
            still, late = uow.production.tasks(
                by.units,
                step,
                since,
                until,
                limit=LIST_LIMIT,
                show_protected=may(by, "protected.read"),
            )
            self._look(uow, by, f"production:{process_key}/{element_id}")
            uow.commit()
        return StepPage(found[0], still, late)

    def _mondays(self, weeks: int) -> list[date]:
        if weeks not in WEEKS:
            raise RuleError("Vælg en af de perioder, der står på listen.")
        today = self.env.gateways.clock.today()
        this = today - timedelta(days=today.weekday())
        return [this - WEEK * back for back in range(weeks - 1, -1, -1)]

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.env.zone)

    def _days_ahead(self, today: date) -> list[date]:
        """Return today and the working days after it."""
        return [
            today,
            *(self.env.calendar.working_days_after(today, count) for count in range(1, AHEAD)),
        ]

    def _working_days(self, first: date, last: date) -> int:
        """Return how many working days there are, at least one."""
        days = (last - first).days + 1
        count = sum(
            self.env.calendar.is_working_day(first + timedelta(days=n)) for n in range(days)
        )
        return max(1, count)

    def _look(self, uow: UnitOfWork, by: Actor, subject: str) -> None:
        uow.audit.add(AuditEvent(self.env.now(), by.user, str(by.role), "production.read", subject))
