"""How amounts, days, deadlines and texts look on a page: Danish, and always the same way.

Pure functions; templates get them as filters. What is not known says so in words, never as a zero
or a dash.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup

from processes.domain.money import Money
from processes.domain.periods import Month

DENMARK = ZoneInfo("Europe/Copenhagen")
NBSP = "\u00a0"
UNKNOWN = "Ved ikke endnu"
SHORT_DAYS = ("Ma.", "Ti.", "On.", "To.", "Fr.", "Lø.", "Sø.")
DAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
MONTHS = (
    "januar",
    "februar",
    "marts",
    "april",
    "maj",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "december",
)
SOON_DAYS = 1
LAST_DAY_OF_WEEK = 6


def local(moment: datetime) -> datetime:
    """Return a moment in Danish time."""
    return moment.astimezone(DENMARK)


def kroner(amount: Money | None) -> str:
    """Write an amount; one that is not known says so."""
    return UNKNOWN.lower() if amount is None else amount.danish()


def forskel(value: Money) -> str:
    """Write how much more or less, always with its sign: `+142,00 kr.`, `−2.135,24 kr.`."""
    return f"+{kroner(value)}" if value > Money(0) else kroner(value)


def oere(amount: int) -> str:
    """Write whole øre as kroner."""
    return Money(amount).danish()


def kilobyte(size: int) -> str:
    """Write a size."""
    return f"{max(1, round(size / 1000)):,}{NBSP}kB".replace(",", ".")


def day_of(value: date | datetime) -> date:
    """Return the Danish day of a moment, or the day itself."""
    return local(value).date() if isinstance(value, datetime) else value


def dato(value: date | datetime | None) -> str:
    """Write `24.11.2026`."""
    return "" if value is None else f"{day_of(value):%d.%m.%Y}"


def dag(value: date | datetime) -> str:
    """Write `tirsdag 24. november 2026`, with spaces that do not break."""
    day = day_of(value)
    return f"{DAYS[day.weekday()]} {day.day}.{NBSP}{MONTHS[day.month - 1]}{NBSP}{day.year}"


def klokken(value: datetime) -> str:
    """Write `kl. 18.00`."""
    return f"kl.{NBSP}{local(value):%H.%M}"


def dagen_foer(value: date) -> date:
    """Return the last day of a period that ends before a day."""
    return value - timedelta(days=1)


def tidspunkt(value: datetime | None) -> str:
    """Write `24.11.2026 kl. 18.00`."""
    return "" if value is None else f"{dato(value)} {klokken(value)}"


def maaned(value: Month) -> str:
    """Write `november 2026`."""
    return f"{MONTHS[value.number - 1]}{NBSP}{value.year}"


def iso(value: date | datetime) -> str:
    """Write a moment for the `datetime` attribute."""
    return value.isoformat()


def navn(name: str) -> str:
    """Write a name; until CPR has told it, that it is not known, so that a link has words."""
    return name or "Navnet er ikke hentet endnu"


def tusinder(number: int) -> str:
    """Write a whole number with dots: `100.000`."""
    return f"{number:,}".replace(",", ".").replace("-", "\u2212")


def stort(text: str) -> str:
    """Begin with a capital letter, and leave the rest."""
    return text[:1].upper() + text[1:]


def varighed(seconds: int | float) -> str:
    """Write how long something took, as roughly as one says it.

    >>> varighed(20), varighed(3000), varighed(3600), varighed(90000), varighed(900000)
    ('under 1\xa0min.', '50\xa0min.', '1\xa0time', '25\xa0timer', '10\xa0dage')
    """
    if seconds < SECONDS_OF_A_MINUTE:
        return f"under 1{NBSP}min."
    if seconds < SECONDS_OF_AN_HOUR:
        return f"{int(seconds // SECONDS_OF_A_MINUTE)}{NBSP}min."
    hours = int(seconds // SECONDS_OF_AN_HOUR)
    if hours < HOURS_BEFORE_DAYS:
        return f"{hours}{NBSP}time" if hours == 1 else f"{hours}{NBSP}timer"
    return f"{hours // 24}{NBSP}dage"


def forskel_antal(count: int) -> str:
    """Write a difference in a count with its sign; minus is the longer one.

    >>> forskel_antal(3), forskel_antal(-3), forskel_antal(0)
    ('+3', '\u22123', '0')
    """
    return f"+{count}" if count > 0 else str(count).replace("-", "\u2212")


def antal(count: int, one: str, many: str) -> str:
    """Write `1 opgave`, `2 opgaver`."""
    return f"{count:,}".replace(",", ".") + f" {one if count == 1 else many}"


def age_in_years(born: date, today: date) -> int:
    """Return how old somebody is."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def alder(days: int | None) -> str:
    """Write how old a fact is."""
    if days is None:
        return ""
    if days <= 0:
        return "i dag"
    return "i går" if days == 1 else f"{days} dage"


def afsnit(text: str) -> Markup:
    """Return free text as paragraphs; whatever it holds is shown as written."""
    parts = (part.strip() for part in text.replace("\r\n", "\n").split("\n\n"))
    return Markup("").join(Markup("<p>{}</p>").format(part) for part in parts if part)


@dataclass(frozen=True)
class Due:
    """A deadline as a page shows it (frist): how near, when, and how far away in words."""

    level: str
    """`over`, `today`, `soon`, `later` or `none`."""
    icon: str
    when: str
    distance: str
    at: datetime | None
    band: str
    """The heading of the inbox it stands under."""


def due(at: datetime | None, now: datetime) -> Due:
    """Return a deadline as seen from a moment."""
    if at is None:
        return Due("none", "calendar-month", "Ingen frist", "", None, "Uden frist")
    day, today = local(at).date(), local(now).date()
    days = (day - today).days
    clock = (
        f" {klokken(at)}" if (local(at).hour, local(at).minute) not in {(0, 0), (23, 59)} else ""
    )
    when = f"{SHORT_DAYS[day.weekday()]} {day:%d.%m.}"
    if at < now:
        over = antal(-days, "dag over", "dage over") if days else "overskredet i dag"
        return Due("over", "error", when, over, at, "Frist overskredet")
    if days == 0:
        by = f"inden{clock}" if clock else "inden dagen er gået"
        return Due("today", "warning", "I dag", by, at, "I dag og i morgen")
    if days <= SOON_DAYS:
        return Due("soon", "hourglass", f"{when}{clock}", "i morgen", at, "I dag og i morgen")
    return Due("later", "calendar-month", when, f"om {days} dage", at, _band(day, today, days))


def _band(day: date, today: date, days: int) -> str:
    left_of_week = LAST_DAY_OF_WEEK - today.weekday()
    if days <= left_of_week:
        return "Senere i ugen"
    return "Næste uge" if days <= left_of_week + 7 else "Senere"


SECONDS_OF_A_MINUTE = 60
SECONDS_OF_AN_HOUR = 3600
HOURS_BEFORE_DAYS = 48

FILTERS: dict[str, Callable[..., object]] = {
    "afsnit": afsnit,
    "alder": alder,
    "dag": dag,
    "dagen_foer": dagen_foer,
    "dato": dato,
    "forskel": forskel,
    "iso": iso,
    "kilobyte": kilobyte,
    "klokken": klokken,
    "kroner": kroner,
    "maaned": maaned,
    "navn": navn,
    "oere": oere,
    "stort": stort,
    "tusinder": tusinder,
    "tidspunkt": tidspunkt,
    "varighed": varighed,
    "forskel_antal": forskel_antal,
}
