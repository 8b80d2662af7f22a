"""The spouse's own part of an application: what only the spouse can say, and the signature."""

from __future__ import annotations

from datetime import datetime

from wtforms import Field

from forms.base import BaseForm
from forms.citizen import (
    UNKNOWN,
    YES,
    YES_NO,
    YES_NO_UNKNOWN,
    income,
    income_is_known,
    shown,
    wealth,
    wealth_is_known,
    written,
)
from forms.fields import ChoiceField, Required


class SpouseForm(BaseForm):
    """A spouse's answers and signature (ægtefællens svar)."""

    income_known = income_is_known()
    spouse_income_kroner = income()
    wealth_known = wealth_is_known()
    spouse_wealth_kroner = wealth()
    spouse_other_benefit = ChoiceField(
        "Får du selv en offentlig ydelse at leve af?",
        [Required("Svar på, om du får en offentlig ydelse.")],
        choices=YES_NO_UNKNOWN,
        description="For eksempel dagpenge, sygedagpenge, SU eller pension.",
    )
    signature = ChoiceField(
        "Skriv under",
        [Required("Sæt kryds ved, at det du har skrevet, er rigtigt, så vidt du ved.")],
        choices=((YES, "Det er rigtigt, så vidt jeg ved. Jeg skriver under på det."),),
        description="Du er logget ind med dit eget MitID. Derfor gælder krydset som underskrift.",
    )

    @property
    def questions(self) -> list[Field]:
        """Return the questions with the signature last, whatever else is asked."""
        asked = [each for each in super().questions if each.name != "signature"]
        return [*asked, self.signature]

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Return what is wrong in the order the page asks."""
        places = [each.id for each in self.questions]
        return sorted(
            super().problems,
            key=lambda problem: next(
                (n for n, place in enumerate(places) if problem[0].startswith(place)), len(places)
            ),
        )

    def answers(self) -> dict[str, str]:
        """Return the answers as the case keeps them; "det ved jeg ikke" is one."""
        given = {
            each.name: written(each.data)
            for each in self.questions
            if each.name not in {"income_known", "wealth_known", "signature"}
        }
        if self.income_known.data == UNKNOWN:
            given["spouse_income_kroner"] = UNKNOWN
        if self.wealth_known.data == UNKNOWN:
            given["spouse_wealth_kroner"] = UNKNOWN
        return {key: text for key, text in given.items() if text}

    def as_signed(self, name: str, at: datetime) -> str:
        """Return every question and answer in words, as they were read and signed."""
        lines = [f"{each.label.text}\n{shown(each)}" for each in self.questions]
        return "\n\n".join([*lines, f"Underskrevet af {name} {at:%d.%m.%Y kl. %H.%M} på Min side."])


class JointSpouseForm(SpouseForm):
    """The same for a spouse who is said to apply too (ansøger sammen)."""

    applies_too = ChoiceField(
        "Søger du også selv om hjælp?",
        [Required("Svar på, om du også søger.")],
        choices=YES_NO,
    )
    residence_9_of_10_years = ChoiceField(
        "Har du boet i Danmark i 9 af de sidste 10 år?",
        [Required("Vælg et svar om, hvor du har boet.")],
        choices=YES_NO_UNKNOWN,
        description="Grønland og Færøerne tæller med.",
    )
    work_two_and_a_half_years = ChoiceField(
        "Har du haft fuldtidsarbejde i 2½ år af de sidste 10 år?",
        [Required("Vælg et svar om, hvor meget du har arbejdet.")],
        choices=YES_NO_UNKNOWN,
        description="Arbejde uden tilskud. Tiden behøver ikke hænge sammen.",
    )
