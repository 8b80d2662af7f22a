"""The team lead's forms: which tasks go to whom, why, and who is away."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from wtforms import Field, HiddenField, SelectField, StringField, ValidationError
from wtforms.widgets import HiddenInput

from forms.base import BaseForm, Token
from forms.fields import DanishDateField, NumbersField, Required, WordsField
from processes.domain.periods import Period

EVENLY = "*"
"""Chosen instead of a person: share the tasks."""
NOBODY = ""
"""Chosen instead of a substitute."""
LAST_IS_BEFORE_FIRST = "Sidste dag ligger før første dag. Ret en af dem."


class PlanField(Field):
    """Task, holder and receiver of each planned move, carried from one page to the next."""

    widget = HiddenInput()

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read the plan back; one that cannot be read was not made by us."""
        try:
            planned = [
                (int(task), None if holder is None else str(holder), str(receiver))
                for task, holder, receiver in json.loads(str(valuelist[0]))
            ]
        except (IndexError, TypeError, ValueError) as error:
            self.data = ()
            raise ValueError("Planen kan ikke læses. Vælg opgaverne igen.") from error
        self.data = tuple(planned)

    def _value(self) -> str:
        return json.dumps([list(each) for each in self.data or ()])


class WishForm(BaseForm):
    """Which tasks should go to whom (flyt)."""

    tasks = NumbersField("Opgaver", name="opgave", id="opgaver")
    holder = StringField("Hos", name="hos")
    everything = StringField("Alle", name="alle")
    receiver = SelectField("Flyt til", id="modtager")

    def __init__(
        self, formdata: Any = None, *, token: Token, people: Mapping[str, str], start: str = EVENLY
    ) -> None:
        super().__init__(formdata, token=token, data={"receiver": start})
        self.receiver.choices = [(EVENLY, "Fordel jævnt"), *people.items()]

    def validate_tasks(self, field: Field) -> None:
        """Ask for at least one task, unless all are meant."""
        if not field.data and not self.everything.data:
            raise ValidationError("Vælg mindst én opgave, eller flyt alle.")

    @property
    def chosen_receiver(self) -> str | None:
        """The person, or None to share."""
        chosen = str(self.receiver.data)
        return None if chosen == EVENLY else chosen


class MoveForm(BaseForm):
    """Move tasks as planned, and say why (gennemfør flytning)."""

    plan = PlanField("Plan", id="plan")
    receiver = HiddenField("Modtager", id="plan-modtager")
    reason = WordsField(
        "Hvorfor flyttes opgaverne?",
        [Required("Skriv, hvorfor opgaverne flyttes. Det gemmes på hver opgave.")],
        description="Det gemmes på hver opgave. Skriv ikke, hvorfor en kollega er fraværende.",
        id="grund",
    )


class AbsenceForm(BaseForm):
    """Say who is away, when, and who stands in (fravær)."""

    user = SelectField(
        "Hvem er fraværende?", [Required("Vælg, hvem der er fraværende.")], id="hvem"
    )
    first = DanishDateField(
        "Første dag", [Required("Skriv første dag som 24.11.2026.")], id="foerste-dag"
    )
    last = DanishDateField(
        "Sidste dag", description="Tom, hvis du ikke ved det endnu.", id="sidste-dag"
    )
    substitute = SelectField("Afløser", id="afloeser")

    def __init__(
        self,
        formdata: Any = None,
        *,
        token: Token,
        people: Mapping[str, str],
        data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(formdata, token=token, data=data)
        self.user.choices = [("", "Vælg"), *people.items()]
        self.substitute.choices = [(NOBODY, "Ingen: opgaverne bliver enhedens"), *people.items()]

    def validate_last(self, field: Field) -> None:
        """Refuse an absence that ends before it begins."""
        if field.data and self.first.data and field.data < self.first.data:
            raise ValidationError(LAST_IS_BEFORE_FIRST)

    @property
    def days(self) -> Period:
        """The days, up to before the day the person is back."""
        last = self.last.data
        return Period(self.first.data, None if last is None else last + timedelta(days=1))

    @property
    def chosen_substitute(self) -> str | None:
        """Who stands in, or None."""
        return self.substitute.data or None
