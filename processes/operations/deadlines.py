"""A municipality's own deadlines: propose, approve by another, and what the citizen is told.

Each answer is audited. What has begun to hold is never changed: a new row holds from a later day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from processes.domain import deadlines
from processes.domain.access import Actor, require
from processes.domain.deadlines import BENEFIT_NAMES, USUAL, DeadlineKind, DeadlineSetting
from processes.operations.control import Control
from processes.ports.pages import DeadlineRow, DeadlinesPage
from processes.ports.records import AuditEvent
from processes.ports.stores import UnitOfWork


class Deadlines:
    """The deadlines of a municipality (frister)."""

    def __init__(self, control: Control) -> None:
        self.env = control.env

    def page(self, by: Actor) -> DeadlinesPage:
        """Return what holds today, what will, and what waits for a second person."""
        require(by, "deadline.read")
        today = self.env.gateways.clock.today()
        with self.env.uow(by.municipality_id) as uow:
            settings = uow.deadlines.settings()
            page = DeadlinesPage(
                rows=_rows(settings, today),
                waiting=[each for each in settings if each.is_open],
                ahead=[
                    each
                    for each in settings
                    if each.approved_at is not None and each.valid_from > today
                ],
                names=uow.setup.names(by.municipality_id),
            )
            self._look(uow, by, "deadline.read", "deadlines")
            uow.commit()
            return page

    def propose(
        self, benefit: str, kind: DeadlineKind, days: int, valid_from: date, by: Actor
    ) -> None:
        """Propose a deadline; it holds for nobody before another has approved it."""
        require(by, "deadline.set")
        with self.env.uow(by.municipality_id) as uow:
            setting = deadlines.propose(
                setting_id=self.env.new_id(),
                benefit=benefit,
                kind=kind,
                days=days,
                valid_from=valid_from,
                by=by.user,
                at=self.env.now(),
            )
            uow.deadlines.add_setting(setting)
            self._look(uow, by, "deadline.propose", f"deadline:{setting.id}")
            uow.commit()

    def approve(self, setting_id: str, by: Actor) -> None:
        """Approve what another proposed."""
        require(by, "deadline.set")
        with self.env.uow(by.municipality_id) as uow:
            setting = uow.deadlines.setting(setting_id)
            approved = deadlines.approve(
                setting, uow.deadlines.settings(), by=by.user, at=self.env.now()
            )
            uow.deadlines.answer_setting(approved)
            self._look(uow, by, "deadline.approve", f"deadline:{setting_id}")
            uow.commit()

    def drop(self, setting_id: str, by: Actor) -> None:
        """Turn a proposal down, or take one's own back."""
        require(by, "deadline.set")
        with self.env.uow(by.municipality_id) as uow:
            setting = uow.deadlines.setting(setting_id)
            uow.deadlines.answer_setting(deadlines.drop(setting, by=by.user, at=self.env.now()))
            self._look(uow, by, "deadline.drop", f"deadline:{setting_id}")
            uow.commit()

    def published(self, municipality_id: int) -> Sequence[DeadlineRow]:
        """Return what a municipality has published (RSL § 3, stk. 2); anybody may know it."""
        with self.env.uow(municipality_id) as uow:
            rows = _rows(uow.deadlines.settings(), self.env.gateways.clock.today())
            uow.commit()
            return rows

    def _look(self, uow: UnitOfWork, by: Actor, action: str, subject: str) -> None:
        uow.audit.add(AuditEvent(self.env.now(), by.user, str(by.role), action, subject))


def _rows(settings: Sequence[DeadlineSetting], today: date) -> list[DeadlineRow]:
    return [
        DeadlineRow(
            benefit=benefit,
            kind=kind,
            usual=USUAL[kind],
            held=deadlines.in_force(settings, benefit=benefit, kind=kind, day=today),
        )
        for benefit in BENEFIT_NAMES
        for kind in DeadlineKind
    ]
