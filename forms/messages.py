"""Messages: what a citizen writes, what a caseworker answers, and writes unasked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self, cast

from wtforms import HiddenField

from forms.base import BaseForm, TaskForm
from forms.fields import ChoiceField, Required, WordsField

ANSWER, NO_ANSWER = "answer", "no_answer"
DESCRIPTION = "Skriv ikke om andre end dig selv, medmindre det har betydning for din sag."


class WriteToUs(BaseForm):
    """Write to the municipality about one's own case (skriv til kommunen)."""

    text = WordsField(
        "Din besked",
        [Required("Skriv din besked, før du sender den.")],
        description=DESCRIPTION,
    )


class AnswerMessage(TaskForm):
    """Answer what a citizen wrote (besvar besked)."""

    key = "casework.answer_message"

    choice = ChoiceField(
        "Hvad gør du med beskeden?",
        [Required("Vælg, om du svarer, eller om beskeden ikke kræver et svar.")],
        choices=((ANSWER, "Jeg svarer borgeren"), (NO_ANSWER, "Beskeden kræver ikke et svar")),
    )
    text = WordsField(
        "Dit svar til borgeren, eller hvorfor beskeden ikke kræver et svar",
        [Required("Skriv dit svar, eller hvorfor beskeden ikke kræver et svar.")],
        description="Svaret står på borgerens Min side, og borgeren får brev om det. Brevet siger"
        " ikke, hvad der står. Et svar er ikke en afgørelse.",
    )
    seen = HiddenField()
    """The newest message the page showed: a newer one must be read first."""

    def to_variables(self) -> dict[str, object]:
        """Return what was answered, and to what."""
        return {
            "choice": self.choice.data,
            "text": self.text.data or "",
            "seen": self.seen.data or "",
        }


class WriteToParty(BaseForm):
    """Write to a party of a case (skriv til borgeren)."""

    party = ChoiceField(
        "Hvem skriver du til?", [Required("Vælg, hvem du skriver til.")], choices=()
    )
    text = WordsField(
        "Din besked til borgeren",
        [Required("Skriv beskeden, før du sender den.")],
        description="Beskeden står på borgerens Min side, og borgeren får brev om den.",
    )

    @classmethod
    def of(cls, parties: Sequence[tuple[str, str]]) -> type[Self]:
        """Return the form with the parties of a case."""
        field = ChoiceField(
            "Hvem skriver du til?", [Required("Vælg, hvem du skriver til.")], choices=parties
        )
        return cast("type[Self]", type(cls.__name__, (cls,), {"party": field}))
