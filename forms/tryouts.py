"""The form that asks for a try-out: which recorded cases, and what a task is taken to cost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from wtforms import SelectField, StringField

from forms.base import BaseForm, Token
from forms.fields import ChoiceField, DanishDateField, Required, WholeField

NUMBER = re.compile(r"\d{4}-\d{6}")
BOTH, OPEN, CLOSED = "begge", "aabne", "afsluttede"


class TryoutForm(BaseForm):
    """Which cases a draft is tried on (prøvesager)."""

    process_key = SelectField("Proces, hvis sager prøves", name="proces", validate_choice=False)
    since = DanishDateField("Begyndt fra og med", description="Tom: så langt tilbage, der er.")
    last = DanishDateField("Begyndt til og med", description="Tom: til i dag.")
    which = ChoiceField(
        "Hvilke sager?",
        [Required("Vælg, hvilke sager der skal prøves.")],
        choices=(
            (BOTH, "Både åbne og afsluttede"),
            (CLOSED, "Kun afsluttede"),
            (OPEN, "Kun åbne: så langt, de er nået"),
        ),
        default=BOTH,
    )
    numbers = StringField(
        "Kun bestemte sager", description="Sagsnumre med komma imellem, for eksempel 2026-000012."
    )
    most = WholeField(
        "Højst så mange, de nyeste",
        [Required("Skriv, hvor mange sager der højst skal prøves.")],
        smallest=1,
        largest=2_000,
        default=200,
    )
    minutes = WholeField(
        "Minutter for en opgave",
        [Required("Skriv, hvor mange minutter en opgave regnes til.")],
        smallest=1,
        largest=480,
        default=20,
        description="Bruges til at regne opgaver om til timer. Tallet står i rapporten.",
    )

    def __init__(
        self, formdata: Any = None, *, token: Token | None, processes: Sequence[tuple[str, str]]
    ) -> None:
        super().__init__(formdata, token=token)
        self.process_key.choices = list(processes)
        self.processes = dict(processes)

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse a process that is not offered, and words that are no case numbers."""
        found = super().validate(extra_validators)
        if self.process_key.data not in self.processes:
            self.process_key.errors = ["Vælg en proces på listen."]
            found = False
        if any(NUMBER.fullmatch(each) is None for each in self.case_numbers):
            self.numbers.errors = ["Skriv sagsnumre som 2026-000012, med komma imellem."]
            found = False
        return found

    @property
    def case_numbers(self) -> tuple[str, ...]:
        """The case numbers that were named."""
        return tuple(each for each in re.split(r"[\s,;]+", self.numbers.data or "") if each)

    @property
    def wanted(self) -> dict[str, Any]:
        """What is wanted, as a population takes it; only after `validate()`."""
        return {
            "since": self.since.data,
            "until": None if self.last.data is None else self.last.data + timedelta(days=1),
            "is_open": self.which.data != CLOSED,
            "is_closed": self.which.data != OPEN,
            "case_numbers": self.case_numbers,
            "most": self.most.data,
            "minutes_per_task": self.minutes.data,
        }
