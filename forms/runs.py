"""Forms of the monthly payment run: clear, review, approve, and deal with what did not agree."""

from __future__ import annotations

from forms.base import BaseForm, TaskForm
from forms.decision import APPROVED, RETURNED
from forms.fields import ChoiceField, Required, RequiredIf, WordsField


class _NoteForm(TaskForm):
    """A form of one question: what was done."""

    note: WordsField

    def to_variables(self) -> dict[str, object]:
        """Return what was done."""
        return {"note": (self.note.data or "").strip()}


class Blockers(_NoteForm):
    """Clear what stands in the way of payments (blokeringer); the run is frozen all the same."""

    key = "run.blockers"

    note = WordsField(
        "Hvad er der gjort ved blokeringerne?",
        [Required("Skriv, hvad der er gjort, og hvem der har resten.")],
        description="Det, der ikke er løst, når der fryses, vises igen som undtagelse i kørslen.",
    )


class Review(_NoteForm):
    """Say that a run is ready (klargør kørsel): each exception is released or held."""

    key = "run.review"

    note = WordsField(
        "Hvad skal den, der godkender, vide?",
        [Required("Skriv, hvad du har set efter, så den, der godkender, kan bruge det.")],
        description="Afviger hele kørslen fra sidste måned, så skriv, hvorfor den er rigtig.",
    )


class Approve(TaskForm):
    """Approve a run or send it back (godkend kørsel, fire øjne)."""

    key = "run.approve"

    approval = ChoiceField(
        "Godkender du kørslen?",
        [Required("Vælg, om du godkender eller sender tilbage.")],
        choices=(
            (APPROVED, "Godkend: pengene sendes til banken, når fristen for at stoppe er gået"),
            (RETURNED, "Send tilbage med begrundelse"),
        ),
    )
    reason = WordsField(
        "Hvad skal ændres?",
        [RequiredIf("approval", RETURNED, "Skriv, hvad der skal ændres, før du sender tilbage.")],
        description="Kun når du sender tilbage.",
    )

    def to_variables(self) -> dict[str, object]:
        """Return the answer."""
        return {"approved": self.approval.data == APPROVED, "reason": self.reason.data or ""}


class Escalated(_NoteForm):
    """Look into a review that is late (forsinket gennemgang); nothing is released by itself."""

    key = "run.escalated"

    note = WordsField(
        "Hvad er der aftalt?",
        [Required("Skriv, hvem der gennemgår resten, og hvornår.")],
        description="Intet bliver frigivet af sig selv.",
    )


class Vouchers(_NoteForm):
    """Deal with vouchers the finance system turned down (afviste bilag); they go again."""

    key = "run.vouchers"

    note = WordsField(
        "Hvad er der gjort?",
        [Required("Skriv, hvad der er rettet, så bilagene kan sendes igen.")],
        description="De samme bilag sendes igen, når du afslutter.",
    )


class Differences(_NoteForm):
    """Deal with what does not agree (differencer); everything is reconciled again."""

    key = "run.differences"

    note = WordsField(
        "Hvad er der gjort?",
        [Required("Skriv, hvad differencerne skyldtes, og hvad der er rettet.")],
        description="Når du afslutter, bogføres, indberettes og afstemmes der igen.",
    )


class BookDifferences(_NoteForm):
    """Deal with what does not agree from day to day (daglig afstemning); it is looked at again."""

    key = "books.differences"

    note = WordsField(
        "Hvad er der gjort?",
        [Required("Skriv, hvad differencerne skyldtes, og hvem der har rettet dem.")],
        description="Når du afslutter, afstemmes der igen. Er der mere, kommer opgaven igen.",
    )


class Why(BaseForm):
    """Say why one payment is released or held, or a run is stopped (begrundelse)."""

    reason = WordsField("Hvorfor?", [Required("Skriv hvorfor, så en anden kan forstå det.")])
