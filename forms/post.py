"""The form of a letter that could not be delivered."""

from __future__ import annotations

from forms.base import TaskForm
from forms.fields import ChoiceField, Required, WordsField


class Undelivered(TaskForm):
    """Find a way to deliver a letter (brev kunne ikke afleveres)."""

    key = "post.undelivered"

    cause = ChoiceField(
        "Hvordan kommer brevet frem?",
        [Required("Vælg, hvordan brevet kommer frem.")],
        choices=(
            ("ny_adresse", "Adressen er rettet: send igen"),
            ("proev_igen", "Posten svarede ikke: send igen"),
            ("afleveret_paa_anden_maade", "Brevet er afleveret på en anden måde"),
        ),
    )
    note = WordsField(
        "Hvad er der gjort?",
        [Required("Skriv, hvad der er gjort, hvornår og af hvem.")],
        description="En afgørelse virker først, når brevet er kommet frem.",
    )

    def to_variables(self) -> dict[str, object]:
        """Return what was done."""
        return {"cause": self.cause.data, "note": self.note.data or ""}
