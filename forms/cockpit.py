"""Forms of those who keep processes running: filter, pause, and move a token by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import SelectField, StringField

from forms.base import BaseForm, Token
from forms.fields import Required, WordsField


class StoppedFilter(BaseForm):
    """Which stopped cases are listed (filter); an address of its own, so it can be sent."""

    which = SelectField("Proces", name="proces", id="proces", validate_choice=False)
    words = StringField("Ord i fejlen", name="ord", id="ord")

    def __init__(self, formdata: Any, *, processes: Sequence[tuple[str, str]]) -> None:
        super().__init__(formdata, token=None)
        self.which.choices = [("", "Alle processer"), *processes]


class PauseForm(BaseForm):
    """Why an instance is paused (pause)."""

    reason = WordsField(
        "Hvorfor skal forløbet på pause?",
        [Required("Skriv hvorfor. Grunden står på forløbet og i loggen.")],
        description="Ure, beskeder og opgaver venter, til en person sætter det i gang igen.",
    )


class MoveForm(BaseForm):
    """Where a token is moved to, and why (flytning med godkendelse)."""

    to = SelectField("Flyt til", name="til", validate_choice=False)
    reason = WordsField(
        "Hvorfor skal det flyttes?",
        [Required("Skriv hvorfor. Den, der skal godkende, bygger på din grund.")],
    )

    def __init__(
        self,
        formdata: Any = None,
        *,
        token: Token | None,
        targets: Sequence[tuple[str, str]] = (),
        number: int = 0,
    ) -> None:
        super().__init__(formdata, token=token)
        self.targets = dict(targets)
        self.to.choices = [("", "Vælg et trin"), *targets]
        # Several tokens have each their form on one page.
        for each in (self.to, self.reason):
            each.id = f"{each.id}-{number}"
            each.label.field_id = each.id

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse a place that is not on the list."""
        found = super().validate(extra_validators)
        if self.to.data not in self.targets:
            self.to.errors = ["Vælg det trin, der skal flyttes til."]
            return False
        return found
