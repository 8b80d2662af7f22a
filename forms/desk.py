"""The small forms around the work: filters, notes, search, laying a task back, logging in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from wtforms import Field, SelectField, StringField, ValidationError

from forms.base import BaseForm, Token
from forms.fields import DanishDateField, NumbersField, Required, RequiredIf, WordsField

DUE_WITHIN = {
    "": "Alle frister",
    "0": "I dag",
    "2": "Inden 2 dage",
    "7": "Inden 7 dage",
    "14": "Inden 14 dage",
}
SORTS = {
    "due": "Det, der haster, først",
    "oldest": "De ældste først",
    "follow_up": "Efter dag for opfølgning",
}
CLAIM, GIVE, PUT_BACK, FOLLOW_UP = "claim", "give", "put_back", "follow_up"
ACTS = frozenset({CLAIM, GIVE, PUT_BACK, FOLLOW_UP})
"""What the buttons of the chosen tasks send."""


class NoteForm(BaseForm):
    """Write a journal note (nyt notat)."""

    text = WordsField(
        "Nyt notat",
        [Required("Skriv notatet, før du gemmer.")],
        description="Notatet kan ikke rettes bagefter. Borgeren kan få det at se.",
    )


class TaskNoteForm(NoteForm):
    """Write a journal note beside a task's own questions (notat)."""

    text = WordsField(
        "Notat på sagen",
        [Required("Skriv notatet, før du gemmer.")],
        description="Notatet kan ikke rettes bagefter. Borgeren kan få det at se.",
        id="notat",  # stands on one page with a task's own questions
    )


class SearchForm(BaseForm):
    """Find a case (søg): always sent by POST, so no name or number reaches an address."""

    text = StringField("Navn, sagsnummer eller CPR", [Required("Skriv, hvem du leder efter.")])


class ReleaseForm(BaseForm):
    """Lay a task back for others (læg tilbage)."""

    reason = WordsField(
        "Hvorfor lægger du opgaven tilbage?",
        [Required("Skriv, hvorfor du lægger opgaven tilbage, så den næste kan gå videre.")],
        id="tilbage",  # stands on one page with a task's own questions
    )


class FollowUpForm(BaseForm):
    """Put a task away until a day (opfølgning)."""

    day = DanishDateField(
        "Hvilken dag følger du op?",
        [Required("Skriv dagen som 24.11.2026.")],
        description="Dag, måned og år.",
        id="opfoelgning",  # the same
    )


class ChoiceOfOne(BaseForm):
    """Choose a person or a role on a page of buttons; the value names it."""

    chosen = StringField("Valgt", [Required("Vælg en på listen.")])


class FilterForm(BaseForm):
    """What is to be seen of a view (filter): always sent by POST, so no name is in an address."""

    kind = SelectField("Opgavetype", name="type", id="type")
    due_within = SelectField("Frist", id="frist-inden")
    words = StringField("Navn, sagsnummer eller CPR", id="filter-ord")
    sort = SelectField("Rækkefølge", id="raekkefoelge")

    def __init__(
        self,
        formdata: Any = None,
        *,
        token: Token,
        kinds: Mapping[str, str],
        data: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(formdata, token=token, data=data)
        self.kind.choices = [("", "Alle"), *kinds.items()]
        self.due_within.choices = list(DUE_WITHIN.items())
        self.sort.choices = list(SORTS.items())


class KeepFilterForm(BaseForm):
    """Keep a filter under a name (gem filter)."""

    name = StringField(
        "Hvad skal filteret hedde?",
        [Required("Skriv, hvad filteret skal hedde.")],
        id="filternavn",
    )
    unit = SelectField("Hvem kan bruge det?", id="delt")

    def __init__(self, formdata: Any = None, *, token: Token, units: Sequence[str]) -> None:
        super().__init__(formdata, token=token)
        self.unit.choices = [("", "Kun mig"), *((unit, f"Alle i {unit}") for unit in units)]


class SeveralForm(BaseForm):
    """What becomes of the chosen tasks (valgte opgaver)."""

    tasks = NumbersField("Opgaver", name="opgave", id="opgaver")
    act = StringField("Handling", name="handling", id="handling")
    receiver = SelectField("Giv til", id="giv-til", validate_choice=False)
    day = DanishDateField(
        "Følg op den",
        [RequiredIf("act", FOLLOW_UP, "Skriv, hvilken dag du følger op: 24.11.2026.")],
        id="opfoelgning-dag",
    )
    reason = WordsField(
        "Hvorfor?",
        [
            RequiredIf(
                "act",
                (GIVE, PUT_BACK),
                "Skriv hvorfor, så den næste kan gå videre.",
            )
        ],
        id="hvorfor",
    )

    def __init__(
        self,
        formdata: Any = None,
        *,
        token: Token,
        colleagues: Mapping[str, str],
        today: date,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(formdata, token=token, data=data)
        self.receiver.choices = [("", "Vælg en kollega"), *colleagues.items()]
        self.colleagues = colleagues
        self.today = today

    def validate_tasks(self, field: Field) -> None:
        """Ask for at least one task."""
        if not field.data:
            raise ValidationError("Vælg mindst én opgave på listen.")

    def validate_act(self, field: Field) -> None:
        """Refuse what no button of ours sends."""
        if field.data not in ACTS:
            raise ValidationError("Vælg, hvad der skal ske med opgaverne.")

    def validate_receiver(self, field: Field) -> None:
        """Ask for a colleague when tasks are given away."""
        if self.act.data == GIVE and field.data not in self.colleagues:
            raise ValidationError("Vælg den kollega, der skal have opgaverne.")

    def validate_day(self, field: Field) -> None:
        """Refuse a day that is not ahead: a task put away until then would not be away."""
        if self.act.data == FOLLOW_UP and field.data and field.data <= self.today:
            raise ValidationError("Vælg en dag efter i dag.")


class GiveForm(BaseForm):
    """Give one task to a colleague, and say why (giv videre)."""

    receiver = SelectField("Hvem skal have opgaven?", id="kollega", validate_choice=False)
    reason = WordsField(
        "Hvorfor giver du den videre?",
        [Required("Skriv, hvorfor du giver opgaven videre.")],
        id="givet-fordi",  # stands on one page with a task's own questions
    )

    def __init__(
        self, formdata: Any = None, *, token: Token, colleagues: Mapping[str, str]
    ) -> None:
        super().__init__(formdata, token=token)
        self.receiver.choices = [("", "Vælg en kollega"), *colleagues.items()]
        self.colleagues = colleagues

    def validate_receiver(self, field: Field) -> None:
        """Ask for a colleague."""
        if field.data not in self.colleagues:
            raise ValidationError("Vælg den kollega, der skal have opgaven.")
