"""Forms of the process owner's workbench: fetch a file, ask for approval, send back, go back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import FileField, SelectField

from forms.base import BaseForm, Token
from forms.fields import ChoiceField, DanishDateField, Required, WordsField

STAY = "stay"
STAY_OR_MOVE = {
    STAY: "De bliver på den version, de er begyndt på",
    "move": "De skal flyttes til den nye version, når den gælder",
}


class UploadForm(BaseForm):
    """Fetch a diagram or table drawn elsewhere (hent ind)."""

    file = FileField(
        "Diagram eller tabel",
        description="En fil fra et andet tegneværktøj: .bpmn, .xml eller .dmn, højst 2 MB. Den"
        " åbner som kladde, og det, der ikke kan bruges her, står på en liste.",
    )


class SubmitForm(BaseForm):
    """Ask a second process owner for approval (send til godkendelse)."""

    reason = WordsField(
        "Hvorfor skal processen ændres?",
        [Required("Skriv, hvorfor processen skal ændres.")],
        description="Den, der godkender, læser det, og det står ved versionen bagefter.",
    )
    valid_from = DanishDateField(
        "Hvornår skal den gælde fra?",
        [Required("Skriv den dag, den skal gælde fra.")],
        description="Tidligst i dag. Sager, der begynder den dag eller senere, bruger den.",
    )
    running = ChoiceField(
        "Hvad skal der ske med de sager, der er i gang?",
        [Required("Vælg, hvad der skal ske med de sager, der er i gang.")],
        choices=tuple(STAY_OR_MOVE.items()),
    )

    def __init__(self, formdata: Any = None, *, token: Token | None, today: date) -> None:
        """Start from today, with those under way left alone."""
        super().__init__(
            formdata,
            token=token,
            data={"valid_from": today, "running": STAY},
        )


class WhyForm(BaseForm):
    """Say why a draft is sent back (send tilbage)."""

    reason = WordsField(
        "Hvad skal være anderledes?", [Required("Skriv, hvad der skal være anderledes.")]
    )


class BackForm(BaseForm):
    """Say why and from when: an earlier version again, or no cases at all (tilbage, udgå)."""

    reason = WordsField("Hvorfor?", [Required("Skriv hvorfor.")])
    day = DanishDateField(
        "Fra hvilken dag?",
        [Required("Skriv dagen.")],
        description="Tidligst i dag.",
    )

    def __init__(
        self, formdata: Any = None, *, token: Token | None, today: date, prefix: str = ""
    ) -> None:
        """Start from today; several may stand on one page."""
        super().__init__(formdata, token=token, data={"day": today})
        for each in self.questions:
            each.id = f"{prefix}{each.id}"


class RollBackForm(BackForm):
    """Take an earlier version into use again (rul tilbage)."""

    version = SelectField("Hvilken version skal gælde igen?")

    def __init__(
        self, formdata: Any = None, *, token: Token | None, today: date, versions: Sequence[int]
    ) -> None:
        """Offer the versions there are, the newest first."""
        super().__init__(formdata, token=token, today=today, prefix="tilbage-")
        self.version.choices = [(str(each), f"Version {each}") for each in versions]
        if not self.version.data and versions:
            self.version.data = str(versions[0])


class MoveForm(BaseForm):
    """Say why cases under way are moved, or moved back (flyt sager)."""

    reason = WordsField(
        "Hvorfor flyttes sagerne?",
        [Required("Skriv, hvorfor sagerne flyttes.")],
        description="Det kan læses i sagens forløb siden.",
    )
