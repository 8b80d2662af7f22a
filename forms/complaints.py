"""A complaint: the citizen's words, a new look at the decision, and Ankestyrelsen's answer."""

from __future__ import annotations

from datetime import date
from typing import Any

from wtforms import StringField

from forms.base import BaseForm, TaskForm, Token
from forms.fields import ChoiceField, DanishDateField, NotAfter, Required, RequiredIf, WordsField
from processes.domain.complaints import (
    BOARD_NAMES,
    CAUSE_NAMES,
    CHANNEL_NAMES,
    TO_BE_CARRIED_OUT,
    VERDICT_NAMES,
    ComplaintChannel,
    ReviewOutcome,
)

_VERDICTS = tuple((str(key), words) for key, words in VERDICT_NAMES.items())
_CAUSES = tuple((str(key), words) for key, words in CAUSE_NAMES.items())
_CHANGES = (str(ReviewOutcome.MET), str(ReviewOutcome.PARTLY))
_BOARD = tuple((str(key), words) for key, words in BOARD_NAMES.items())
TELL_CAUSE = "Vælg, hvad der gik galt, så vi kan lære af det."


class ComplainForm(BaseForm):
    """Complain about a decision (klag)."""

    text = WordsField(
        "Hvad er du utilfreds med?",
        [Required("Skriv, hvad du er utilfreds med. Det behøver ikke være langt.")],
        description="Skriv med dine egne ord. Du behøver ikke kende reglerne. Har du papirer, vi"
        " ikke kender, så send dem som en besked i sagen.",
    )


class ComplaintForCitizen(BaseForm):
    """Write down a complaint somebody has told or sent (registrér klage)."""

    text = WordsField(
        "Klagen",
        [Required("Skriv, hvad borgeren er utilfreds med, så tæt på borgerens ord som muligt.")],
        description="Står i kvitteringen til borgeren. Ethvert udtryk for utilfredshed med en"
        " afgørelse er en klage, også når den er sagt.",
    )
    channel = ChoiceField(
        "Hvordan kom klagen?",
        [Required("Vælg, hvordan klagen kom.")],
        choices=tuple(
            (str(key), words)
            for key, words in CHANNEL_NAMES.items()
            if key is not ComplaintChannel.PAGE
        ),
    )
    received_on = DanishDateField(
        "Hvornår kom den?", [Required("Skriv den dag, klagen kom, som 24.11.2026.")]
    )

    def __init__(self, formdata: Any = None, *, token: Token, today: date) -> None:
        super().__init__(formdata, token=token, data={"received_on": today})
        self.received_on.validators = [
            *self.received_on.validators,
            NotAfter(today, "Klagen kan ikke være kommet efter i dag. Ret datoen."),
        ]


class Reassess(TaskForm):
    """Look at a decision anew (genvurdér)."""

    key = "complaint.reassess"

    verdict = ChoiceField(
        "Hvad kommer du frem til?",
        [Required("Vælg, hvad genvurderingen viste.")],
        choices=_VERDICTS,
    )
    reasons = WordsField(
        "Begrundelse til borgeren",
        [
            RequiredIf(
                "verdict",
                (*_CHANGES, str(ReviewOutcome.UPHELD)),
                "Skriv begrundelsen. Den står i brevet til borgeren.",
            )
        ],
        description="Svar på det, borgeren klager over. Nævn de regler og oplysninger, der har haft"
        " betydning. Står i brevet, som du skriver det.",
    )
    cause = ChoiceField(
        "Hvad gik galt, hvis afgørelsen skal laves om?",
        [RequiredIf("verdict", _CHANGES, TELL_CAUSE)],
        choices=_CAUSES,
    )

    def to_variables(self) -> dict[str, object]:
        """Return the verdict with its reasons."""
        return {
            "verdict": self.verdict.data,
            "reasons": self.reasons.data or "",
            "cause": self.cause.data if self.verdict.data in _CHANGES else "",
        }


class EscalatedComplaint(TaskForm):
    """Say what is done about a complaint near its deadline (klage tæt på fristen)."""

    key = "complaint.escalated"

    note = WordsField(
        "Hvad gør du, så klagen bliver set på i tide?",
        [Required("Skriv, hvad du gør. Det gemmes på sagen.")],
        description="Gemmes som notat på sagen. Du kan flytte opgaven på siden Hold.",
    )

    def to_variables(self) -> dict[str, object]:
        """Return what is done."""
        return {"note": self.note.data}


class ForwardComplaint(TaskForm):
    """Send the papers to Ankestyrelsen (oversend klagen)."""

    key = "complaint.forward"

    sent_on = DanishDateField(
        "Hvilken dag sendte du sagen?", [Required("Skriv den dag, sagen blev sendt: 24.11.2026.")]
    )
    reference = StringField(
        "Ankestyrelsens sagsnummer", description="Tomt, hvis du ikke har fået det endnu."
    )

    def to_variables(self) -> dict[str, object]:
        """Return when it was sent, and what Ankestyrelsen calls it."""
        return {"sent_on": self.sent_on.data, "reference": self.reference.data or ""}


class BoardAnswer(TaskForm):
    """Take in Ankestyrelsen's decision (Ankestyrelsens afgørelse)."""

    key = "complaint.board"

    outcome = ChoiceField(
        "Hvad afgjorde Ankestyrelsen?",
        [Required("Vælg, hvad Ankestyrelsen afgjorde.")],
        choices=_BOARD,
    )
    decided_on = DanishDateField(
        "Dato på Ankestyrelsens afgørelse",
        [Required("Skriv datoen på Ankestyrelsens afgørelse: 24.11.2026.")],
    )
    reference = StringField("Ankestyrelsens sagsnummer")
    cause = ChoiceField(
        "Hvad gik galt, hvis afgørelsen er ændret eller hjemvist?",
        [RequiredIf("outcome", tuple(str(each) for each in TO_BE_CARRIED_OUT), TELL_CAUSE)],
        choices=_CAUSES,
    )

    def to_variables(self) -> dict[str, object]:
        """Return the answer."""
        return {
            "outcome": self.outcome.data,
            "decided_on": self.decided_on.data,
            "reference": self.reference.data or "",
            "cause": self.cause.data or "",
        }
