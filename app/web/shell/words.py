"""How values look on a page: amounts, days, deadlines, states. Danish, and always the same way.

Pure functions; templates get them as filters. What is not known says so in words, never as a zero
or a dash.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from forms.decision import OUTCOME_WORDS, paragraphs
from forms.questions import QUESTIONS, label_of
from processes.domain.access import ROLE_NAMES, Role
from processes.domain.calculation import Calculation, ConditionOutcome, Outcome
from processes.domain.cases import CaseState, PartyRole
from processes.domain.documents import Direction
from processes.domain.facts import Fact, FactKind, FactStatus, SourceKind
from processes.domain.hearings import HearingState
from processes.domain.money import Money
from processes.domain.payments import PaymentState
from processes.domain.periods import Month
from processes.domain.rules.prose import law_in_words
from processes.ports.records import LetterState

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

CASE_STATES = {
    CaseState.RAISED: "Ny",
    CaseState.INFORMED: "Oplyst",
    CaseState.DECIDED: "Afgjort",
    CaseState.ORDERED: "Udbetaling bestilt",
    CaseState.CARRIED_OUT: "Udført",
    CaseState.CLOSED: "Afsluttet",
}
PAYMENT_STATES = {
    PaymentState.PLANNED: "Planlagt",
    PaymentState.ORDERED: "Bestilt",
    PaymentState.ACCEPTED: "Modtaget hos NemKonto",
    PaymentState.SETTLED: "Udbetalt",
    PaymentState.REJECTED: "Afvist",
}
LETTER_STATES = {
    LetterState.COMPOSED: "Skrevet",
    LetterState.RENDERED: "Klar til afsendelse",
    LetterState.ORDERED: "Sendt til levering",
    LetterState.DELIVERED: "Afleveret",
    LetterState.REJECTED: "Kunne ikke afleveres",
}
HEARING_STATES = {
    HearingState.PREPARED: "Forberedt",
    HearingState.SENT: "Sendt, venter på svar",
    HearingState.ANSWERED: "Besvaret",
    HearingState.LAPSED: "Fristen er udløbet",
    HearingState.CONCLUDED: "Afsluttet",
}
DIRECTIONS = {
    Direction.IN: "Modtaget",
    Direction.OUT: "Sendt",
    Direction.INTERNAL: "Internt",
}
PARTY_ROLES = {
    PartyRole.PRIMARY: "Borger",
    PartyRole.SPOUSE: "Ægtefælle",
    PartyRole.CHILD: "Barn",
    PartyRole.REPRESENTATIVE: "Partsrepræsentant",
    PartyRole.GUARDIAN: "Værge",
}
CHANNELS = {"digital_post": "Digital Post", "fysisk_post": "papirbrev"}
BENEFITS = {"kontanthjaelp": "Kontanthjælp"}
SOURCES = {
    SourceKind.REGISTER: "register",
    SourceKind.CITIZEN: "borgeren",
    SourceKind.CASEWORKER: "sagsbehandler",
}
STATE_WORDS: dict[type, Mapping[Any, str]] = {
    CaseState: CASE_STATES,
    PaymentState: PAYMENT_STATES,
    LetterState: LETTER_STATES,
    HearingState: HEARING_STATES,
    Direction: DIRECTIONS,
    PartyRole: PARTY_ROLES,
    Outcome: OUTCOME_WORDS,
    Role: ROLE_NAMES,
}
"""By type: states of different things share spellings, such as `afvist`."""


def local(moment: datetime) -> datetime:
    """Return a moment in Danish time."""
    return moment.astimezone(DENMARK)


def kroner(amount: Money | None) -> str:
    """Write an amount; one that is not known says so."""
    return UNKNOWN.lower() if amount is None else amount.danish()


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


def tidspunkt(value: datetime | None) -> str:
    """Write `24.11.2026 kl. 18.00`."""
    return "" if value is None else f"{dato(value)} {klokken(value)}"


def maaned(value: Month) -> str:
    """Write `november 2026`."""
    return f"{MONTHS[value.number - 1]}{NBSP}{value.year}"


def iso(value: date | datetime) -> str:
    """Write a moment for the `datetime` attribute."""
    return value.isoformat()


def tilstand(value: object) -> str:
    """Write a state, outcome, role or direction in words."""
    return STATE_WORDS[type(value)][value]


def stort(text: str) -> str:
    """Begin with a capital letter, and leave the rest."""
    return text[:1].upper() + text[1:]


def antal(count: int, one: str, many: str) -> str:
    """Write `1 opgave`, `2 opgaver`."""
    return f"{count:,}".replace(",", ".") + f" {one if count == 1 else many}"


def age_in_years(born: date, today: date) -> int:
    """Return how old somebody is."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def oplysning(fact: Fact | None) -> str:
    """Write a fact's value."""
    if fact is None or fact.status is FactStatus.UNKNOWN:
        return UNKNOWN
    if fact.status is FactStatus.NONE or fact.value is None:
        return "Ingen"
    if fact.kind is FactKind.SPOUSE:
        return "Ja"
    return _value(fact)


def _value(fact: Fact) -> str:
    value = fact.value
    if isinstance(value, bool):
        return "Ja" if value else "Nej"
    if isinstance(value, Money):
        return value.danish()
    if isinstance(value, date):
        return dato(value)
    if fact.kind in QUESTIONS:
        words = dict(QUESTIONS[fact.kind].choices)
        percent = f"{NBSP}%" if fact.kind is FactKind.TAX_CARD_RATE else ""
        return words.get(str(value), f"{value}{percent}")
    return str(value)


def kilde(fact: Fact) -> str:
    """Write where a fact comes from."""
    if fact.source.kind is SourceKind.CASEWORKER:
        return "Sagsbehandler" + (f": {fact.source.evidence}" if fact.source.evidence else "")
    return fact.source.name


def alder(days: int | None) -> str:
    """Write how old a fact is."""
    if days is None:
        return ""
    if days <= 0:
        return "i dag"
    return "i går" if days == 1 else f"{days} dage"


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


def betingelse(condition: ConditionOutcome) -> tuple[str, str, str]:
    """Return a condition's class, icon and word."""
    if condition.met is None:
        return "unknown", "help", UNKNOWN
    return ("met", "success", "Opfyldt") if condition.met else ("unmet", "error", "Ikke opfyldt")


def udfald(outcome: Outcome) -> str:
    """Write an outcome."""
    return OUTCOME_WORDS[outcome]


def afsnit(text: str) -> Markup:
    """Return free text as paragraphs; whatever it holds is shown as written."""
    parts = (part.strip() for part in text.replace("\r\n", "\n").split("\n\n"))
    return Markup("").join(Markup("<p>{}</p>").format(part) for part in parts if part)


def svar(answers: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return an application's answers with the words of its questions, in the form's order."""
    known = [
        (key, ANSWER_LABELS[key], text) for key, text in answers.items() if key in ANSWER_LABELS
    ]
    order = list(ANSWER_LABELS)
    return [
        (label, _answer(key, text))
        for key, label, text in sorted(known, key=lambda each: order.index(each[0]))
        if text
    ]


def _answer(key: str, text: str) -> str:
    if key.endswith("_kroner") and text.replace(".", "").isdigit():
        return Money.kroner(text).danish()
    if key in {"requested_from", "contact_on"}:
        return dato(date.fromisoformat(text))
    return ANSWER_WORDS.get(text, text)


ANSWER_LABELS = {
    "reason": "Grund",
    "reason_text": "Med egne ord",
    "acute_need": "Mangler penge nu",
    "cohabitation": "Samliv",
    "applies_jointly": "Ægtefælle søger også",
    "children_at_home": "Børn hjemme",
    "lives_with_parents": "Bor hos forældre",
    "housing": "Bolig",
    "income_this_month_kroner": "Indtægt i måneden",
    "wealth_applicant_kroner": "Formue",
    "wealth_spouse_kroner": "Ægtefælles formue",
    "residence_9_of_10_years": "Boet her 9 af 10 år",
    "work_two_and_a_half_years": "2½ års arbejde i 10 år",
    "phone": "Telefon",
    "email": "E-mail",
}
"""What an application's answers are called; personal numbers are not among them."""
ANSWER_WORDS = {
    "ja": "Ja",
    "nej": "Nej",
    "ved_ikke": "Ved ikke",
    "ledig": "Har mistet sit arbejde",
    "sygdom": "Er blevet syg",
    "samlivsophoer": "Samlivet er ophørt",
    "udlaert": "Færdig med en uddannelse",
    "andet": "Andet",
    "enlig": "Bor uden partner",
    "gift": "Gift",
    "samlevende": "Samlevende",
    "lejebolig": "Lejebolig",
    "andelsbolig": "Andelsbolig",
    "ejerbolig": "Ejerbolig",
    "vaerelse": "Værelse",
}


def paragraffer(calculation: Calculation | None) -> list[str]:
    """Return the paragraphs a calculation rests on."""
    return list(paragraphs(calculation))


def oere(amount: int) -> str:
    """Write whole øre as kroner."""
    return Money(amount).danish()


def kilobyte(size: int) -> str:
    """Write a size."""
    return f"{max(1, round(size / 1000)):,}{NBSP}kB".replace(",", ".")


FILTERS: dict[str, Callable[..., object]] = {
    "afsnit": afsnit,
    "alder": alder,
    "betingelse": betingelse,
    "dag": dag,
    "dato": dato,
    "iso": iso,
    "kilde": kilde,
    "kilobyte": kilobyte,
    "klokken": klokken,
    "kroner": kroner,
    "lov": law_in_words,
    "maaned": maaned,
    "navn_paa": label_of,
    "oere": oere,
    "oplysning": oplysning,
    "paragraffer": paragraffer,
    "stort": stort,
    "svar": svar,
    "tidspunkt": tidspunkt,
    "tilstand": tilstand,
    "udfald": udfald,
}
