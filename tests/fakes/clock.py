"""A clock that stands still until a test moves it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DENMARK = ZoneInfo("Europe/Copenhagen")
FIRST_MOMENT = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


class FrozenClock:
    """The port `Clock`, told by hand."""

    def __init__(self, moment: datetime = FIRST_MOMENT) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """Return the moment (UTC)."""
        return self.moment

    def today(self) -> date:
        """Return the day in Denmark."""
        return self.moment.astimezone(DENMARK).date()

    def forward(self, by: timedelta) -> datetime:
        """Let time pass, and return the new moment."""
        self.moment += by
        return self.moment

    def move_to(self, moment: datetime) -> None:
        """Move on to a moment; never back."""
        self.moment = max(self.moment, moment.astimezone(UTC))
