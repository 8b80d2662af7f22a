"""Forms of the decision: propose it, and approve or return it as the second person."""

from __future__ import annotations

from typing import Any, Self, cast

from wtforms import StringField

from forms.base import Background, TaskForm
from forms.fields import ChoiceField, Required, RequiredIf, WordsField
from processes.domain.calculation import Calculation, Outcome

PROPOSE, HEAR_FIRST, REASSESS = "propose", "hear_first", "reassess"
APPROVED, RETURNED = "approved", "returned"

OUTCOME_WORDS = {
    Outcome.GRANTED: "Bevilget",
    Outcome.PARTIAL: "Delvist bevilget",
    Outcome.REFUSED: "Afslag",
    Outcome.UNKNOWN: "Kan ikke afgøres endnu",
}


def unheard_and_adverse(background: Background) -> bool:
    """Tell whether the decision would harm a party that was not heard."""
    calculation, hearing = background.calculation, background.hearing
    adverse = calculation is not None and calculation.is_adverse
    return adverse and not (hearing is not None and hearing.is_held)


def _paragraphs(calculation: Calculation | None) -> tuple[str, ...]:
    return calculation.paragraphs if calculation else ()


class Propose(TaskForm):
    """Propose a decision (foreslå afgørelse)."""

    key = "decision.propose"

    choice = ChoiceField(
        "Hvad gør du?",
        [Required("Vælg, om du foreslår afgørelsen, hører parten først eller vurderer igen.")],
        choices=(
            (PROPOSE, "Foreslå afgørelsen, som den er beregnet"),
            (HEAR_FIRST, "Hør parten først"),
            (REASSESS, "Vurdér oplysningerne igen"),
        ),
    )
    reasoning = WordsField(
        "Begrundelse til borgeren",
        [
            RequiredIf(
                "choice", PROPOSE, "Skriv begrundelsen: hvad er der sket, og hvad betyder det?"
            )
        ],
        description="Skriv, hvad der er sket, og hvad det betyder. Brevet sætter selv beløb ind.",
    )
    legal_basis = WordsField(
        "Regler, afgørelsen bygger på",
        [RequiredIf("choice", PROPOSE, "Skriv mindst én paragraf, én på hver linje.")],
        description="En paragraf på hver linje. Udfyldt efter beregningen.",
    )
    repayment_condition = StringField(
        "Skal hjælpen betales tilbage?",
        description="Paragraffen, hvis den skal. Ellers skal feltet stå tomt (aktivloven § 93).",
    )
    hearing_exception: WordsField | None = WordsField(
        "Hvorfor er parten ikke hørt?",
        description=(
            "Kun når afgørelsen er til skade for parten, og parten ikke er hørt"
            " (forvaltningsloven § 19, stk. 2)."
        ),
    )

    @classmethod
    def asked(cls, background: Background) -> type[Self]:
        """Return the form; who is not harmed, or was heard, needs no excuse for a hearing."""
        if unheard_and_adverse(background):
            return cls
        return cast("type[Self]", type(cls.__name__, (cls,), {"hearing_exception": None}))

    @classmethod
    def from_variables(cls, background: Background) -> dict[str, Any]:
        """Return the last proposal's words, or the calculation's paragraphs."""
        last = background.proposal
        laws = last.legal_basis if last else _paragraphs(background.calculation)
        return {
            "reasoning": last.reasoning if last else "",
            "legal_basis": "\n".join(laws),
            "repayment_condition": last.repayment_condition if last else "",
            "hearing_exception": last.hearing_exception if last else "",
        }

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask why a party was not heard, when the decision would harm them."""
        good = super().validate(extra_validators)
        field = self.hearing_exception
        if self.choice.data == PROPOSE and field is not None and not field.data:
            field.errors = ["Skriv, hvorfor parten ikke er hørt, eller vælg “Hør parten først”."]
            return False
        return bool(good)

    def to_variables(self) -> dict[str, object]:
        """Return the proposal."""
        lines = (self.legal_basis.data or "").splitlines()
        exception = self.hearing_exception.data if self.hearing_exception else ""
        return {
            "choice": self.choice.data,
            "hear_first": self.choice.data == HEAR_FIRST,
            "reassess": self.choice.data == REASSESS,
            "reasoning": self.reasoning.data or "",
            "legal_basis": tuple(line.strip() for line in lines if line.strip()),
            "repayment_condition": (self.repayment_condition.data or "").strip(),
            "hearing_exception": exception or "",
        }


class Approve(TaskForm):
    """Approve or return a proposed decision (godkend afgørelse)."""

    key = "decision.approve"

    approval = ChoiceField(
        "Godkender du forslaget?",
        [Required("Vælg, om du godkender eller sender tilbage.")],
        choices=(
            (APPROVED, "Godkend: afgørelsen træffes, og brevet sendes"),
            (RETURNED, "Send tilbage med begrundelse"),
        ),
    )
    reason = WordsField(
        "Hvad skal ændres?",
        [RequiredIf("approval", RETURNED, "Skriv, hvad der skal ændres, før du sender tilbage.")],
        description="Kun når du sender tilbage. Ses af den, der foreslog afgørelsen.",
    )

    def to_variables(self) -> dict[str, object]:
        """Return the answer."""
        return {"approved": self.approval.data == APPROVED, "reason": self.reason.data or ""}
