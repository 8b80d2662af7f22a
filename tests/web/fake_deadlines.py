"""A municipality's deadlines in memory, for pages; the rules are the domain's own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from processes.domain import deadlines
from processes.domain.access import Actor
from processes.domain.deadlines import BENEFIT_NAMES, USUAL, DeadlineKind, DeadlineSetting
from processes.domain.errors import NotFoundError
from processes.ports.pages import DeadlineRow, DeadlinesPage

NOW = datetime(2026, 3, 16, 9, 12, tzinfo=UTC)


@dataclass
class FakeDeadlines:
    """Settings by id."""

    settings: dict[str, DeadlineSetting] = field(default_factory=dict)

    def page(self, by: Actor) -> DeadlinesPage:
        held = list(self.settings.values())
        return DeadlinesPage(
            rows=self.published(by.municipality_id),
            waiting=[each for each in held if each.is_open],
            ahead=[each for each in held if each.approved_at and each.valid_from > NOW.date()],
            names={"lars": "Lars Fog", "mette": "Mette Krog"},
        )

    def propose(
        self, benefit: str, kind: DeadlineKind, days: int, valid_from: date, by: Actor
    ) -> None:
        key = f"frist-{len(self.settings) + 1}"
        self.settings[key] = deadlines.propose(
            setting_id=key,
            benefit=benefit,
            kind=kind,
            days=days,
            valid_from=valid_from,
            by=by.user,
            at=NOW,
        )

    def approve(self, setting_id: str, by: Actor) -> None:
        held = self._held(setting_id)
        others = self.settings.values()
        self.settings[setting_id] = deadlines.approve(held, others, by=by.user, at=NOW)

    def drop(self, setting_id: str, by: Actor) -> None:
        self.settings[setting_id] = deadlines.drop(self._held(setting_id), by=by.user, at=NOW)

    def published(self, municipality_id: int) -> Sequence[DeadlineRow]:
        return [
            DeadlineRow(
                benefit,
                kind,
                USUAL[kind],
                deadlines.in_force(
                    self.settings.values(), benefit=benefit, kind=kind, day=NOW.date()
                ),
            )
            for benefit in BENEFIT_NAMES
            for kind in DeadlineKind
        ]

    def _held(self, setting_id: str) -> DeadlineSetting:
        if setting_id not in self.settings:
            raise NotFoundError("Fristen findes ikke.")
        return self.settings[setting_id]
