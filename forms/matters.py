"""Forms of a question of its own: the words of its hearing, its proposal and its approval."""

from __future__ import annotations

from typing import Any, Self, cast

from forms.base import Background, TaskForm
from forms.casework import PrepareHearing
from forms.decision import APPROVED, RETURNED
from forms.fields import ChoiceField, Required, RequiredIf, WordsField

PROPOSE, REASSESS = "foreslaa", "vurder_igen"


class PrepareMatterHearing(PrepareHearing):
    """Look through the hearing's words (gennemgå høringsbrev) on a question of its own."""

    key = "matter.prepare_hearing"

    @classmethod
    def from_variables(cls, background: Background) -> dict[str, Any]:
        """Return the words drafted from what was assessed."""
        draft = background.matter.statement_draft if background.matter else ""
        return {**super().from_variables(background), "statement": draft}


class ProposeMatter(TaskForm):
    """Propose an answer to a question of its own (foreslå afgørelse)."""

    key = "matter.propose"

    choice = ChoiceField(
        "Hvad gør du?",
        [Required("Vælg, om du foreslår afgørelsen eller vurderer igen.")],
        choices=(
            (PROPOSE, "Foreslå afgørelsen, som den er vurderet"),
            (REASSESS, "Vurdér igen: grundlaget skal ændres"),
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
    hearing_exception: WordsField | None = WordsField(
        "Hvorfor er parten ikke hørt?",
        description="Kun når parten ikke er hørt (forvaltningsloven § 19, stk. 2).",
    )

    @classmethod
    def asked(cls, background: Background) -> type[Self]:
        """Return the form; who was heard, or agreed, needs no excuse for a hearing."""
        matter = background.matter
        if matter is None or matter.basis is None:
            return cls
        heard = matter.hearing is not None and matter.hearing.is_held
        if not heard and matter.basis.is_adverse:
            return cls
        return cast("type[Self]", type(cls.__name__, (cls,), {"hearing_exception": None}))

    @classmethod
    def from_variables(cls, background: Background) -> dict[str, Any]:
        """Return what was proposed before it was sent back."""
        proposal = None if background.matter is None else background.matter.proposal
        return {} if proposal is None else {"reasoning": proposal.reasoning}

    def to_variables(self) -> dict[str, object]:
        """Return the proposal."""
        excuse = self.hearing_exception
        return {
            "reassess": self.choice.data == REASSESS,
            "reasoning": (self.reasoning.data or "").strip(),
            "hearing_exception": "" if excuse is None else (excuse.data or "").strip(),
        }


class ApproveMatter(TaskForm):
    """Approve an answer or send it back (godkend, fire øjne)."""

    key = "matter.approve"

    approval = ChoiceField(
        "Godkender du?",
        [Required("Vælg, om du godkender eller sender tilbage.")],
        choices=(
            (APPROVED, "Godkend: afgørelsen træffes, og brevet sendes"),
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
