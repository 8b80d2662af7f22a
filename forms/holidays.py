"""Holiday and holiday pay (ferie og feriepenge): from a first day to a last one, of each adult.

What nobody says is no holiday, so nothing is asked until somebody says that there is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wtforms import Field, Form

from forms.base import AskedParty, Section
from forms.fields import ChoiceField, DanishDateField, KronerField, RequiredIf
from processes.domain.facts import FactAnswer, FactKind, FactStatus
from processes.domain.periods import ONE_DAY, Period

NONE, AGREED, NOT_AGREED = "nej", "aftalt", "ikke_aftalt"
ON_HOLIDAY = (AGREED, NOT_AGREED)
LONGEST_DAYS = 60
"""More in one go is a mistake of typing."""
LEAD = (
    "Skriv første og sidste feriedag. Feriepenge er hele beløbet for netop de dage; beregningen"
    " fordeler det på månederne."
)


def _name(party: AskedParty, what: str) -> str:
    return f"{party.prefix}holiday{what}"


def fields(party: AskedParty) -> dict[str, Any]:
    """Return the questions about one person's holiday."""
    who, chosen = party.first_name, _name(party, "")
    return {
        chosen: ChoiceField(
            f"Holder {who} ferie i den tid, sagen handler om?",
            choices=(
                (NONE, "Nej, eller det er ikke oplyst"),
                (AGREED, "Ja, ferien er aftalt"),
                (NOT_AGREED, "Ja, men ferien er ikke aftalt"),
            ),
            default=NONE,
            description="Ferie, der ikke er aftalt, betyder noget for rådigheden.",
        ),
        _name(party, "_first"): DanishDateField(
            f"Første feriedag for {who}",
            [RequiredIf(chosen, ON_HOLIDAY, "Skriv første feriedag som 16.03.2026.")],
            description="Dag, måned og år. Kun når der er ferie.",
        ),
        _name(party, "_last"): DanishDateField(
            f"Sidste feriedag for {who}",
            [RequiredIf(chosen, ON_HOLIDAY, "Skriv sidste feriedag som 20.03.2026.")],
            description="Den sidste dag, der holdes ferie.",
        ),
        _name(party, "_pay"): KronerField(
            f"Feriepenge i alt for de dage for {who}",
            description="Kroner. Skriv 0, hvis der ingen er. Lad feltet stå tomt, hvis det ikke"
            " vides endnu.",
        ),
    }


def section(form: Form, parties: tuple[AskedParty, ...], *, folded: bool) -> Section:
    """Return the questions of every adult together."""
    asked = [form[name] for party in parties for name in fields(party)]
    return Section("Ferie og feriepenge", tuple(asked), LEAD, folded=folded)


def is_sound(form: Form, parties: tuple[AskedParty, ...]) -> bool:
    """Refuse days that are none: a last day before the first, or far too many."""
    good = True
    for party in parties:
        first, last = form[_name(party, "_first")], form[_name(party, "_last")]
        if form[_name(party, "")].data not in ON_HOLIDAY or first.data is None or last.data is None:
            continue
        if last.data < first.data:
            good = _refuse(last, "Sidste feriedag kan ikke ligge før den første.")
        elif (last.data - first.data).days >= LONGEST_DAYS:
            good = _refuse(
                last, f"Det er mere end {LONGEST_DAYS} dage. Se datoerne efter, eller del ferien."
            )
    return good


def _refuse(field: Field, message: str) -> bool:
    field.errors = [*field.errors, message]
    return False


def answers(form: Form, parties: tuple[AskedParty, ...]) -> Iterator[FactAnswer]:
    """Yield what was said of holidays: each for its own days, the last one included."""
    for party in parties:
        said = form[_name(party, "")].data
        if said not in ON_HOLIDAY:
            continue
        days = Period(form[_name(party, "_first")].data, form[_name(party, "_last")].data + ONE_DAY)
        pay = form[_name(party, "_pay")].data
        yield FactAnswer(party.id, FactKind.HOLIDAY, FactStatus.VALUE, str(said), days)
        status = FactStatus.UNKNOWN if pay is None else FactStatus.VALUE
        yield FactAnswer(party.id, FactKind.HOLIDAY_PAY, status, pay, days)
