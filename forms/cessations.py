"""The end of running help: what the citizen wishes, and what a caseworker makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Self, cast

from forms.base import Background, BaseForm, TaskForm
from forms.fields import ChoiceField, DanishDateField, MonthField, Required, WordsField
from processes.domain.cessations import GROUND_NAMES, TOLD_BY_CITIZEN, CessationGround
from processes.domain.periods import Month

GO_ON, DROP = "stopper", "fortsaetter"
CITIZEN_NAMES = {
    CessationGround.OWN_WISH: "Jeg vil ikke have hjælp længere",
    CessationGround.JOB: "Jeg er kommet i arbejde og kan forsørge mig selv",
    CessationGround.EDUCATION: "Jeg er begyndt på en uddannelse",
    CessationGround.OTHER_BENEFIT: "Jeg får en anden ydelse",
}
"""How each is offered to a citizen."""
GROUNDS = tuple((ground.value, name) for ground, name in GROUND_NAMES.items())
FIRST_MONTH = "Skriv måneden som 04.2026."


class StopHelp(BaseForm):
    """Ask that help ends (stop min hjælp)."""

    ground = ChoiceField(
        "Hvorfor skal hjælpen stoppe?",
        [Required("Vælg, hvorfor hjælpen skal stoppe.")],
        choices=tuple((it.value, CITIZEN_NAMES[it]) for it in TOLD_BY_CITIZEN),
    )
    month = MonthField(
        "Fra hvilken måned skal du ikke have hjælp?",
        [Required(FIRST_MONTH)],
        description="Måned og år. Hjælpen stopper fra den første i måneden.",
    )
    text = WordsField("Vil du fortælle mere?", description="Du behøver ikke skrive noget.")

    @property
    def ends_on(self) -> date:
        """The first day without help; only after `validate()`."""
        month: Month | None = self.month.data
        if month is None:
            raise ValueError("the month is asked for before it is read")
        return month.first_day


class StopHelpFor(StopHelp):
    """Write down that help is to end (registrér ophør)."""

    ground = ChoiceField(
        "Hvorfor skal hjælpen stoppe?",
        [Required("Vælg, hvorfor hjælpen skal stoppe.")],
        choices=GROUNDS,
    )
    month = MonthField(
        "Fra hvilken måned er der ikke hjælp?",
        [Required(FIRST_MONTH)],
        description="Hjælpen stopper fra den første i måneden. Del af en måned: en ændring.",
    )
    text = WordsField(
        "Hvad bygger det på?", [Required("Skriv, hvad du ved, og hvor du har det fra.")]
    )

    @classmethod
    def of(cls, parties: Sequence[tuple[str, str]]) -> type[Self]:
        """Return the form that asks about these people, by id and name."""
        field = ChoiceField("Hvem handler det om?", [Required("Vælg, hvem det er.")],
                            choices=parties)  # fmt: skip
        return cast("type[Self]", type(cls.__name__, (cls,), {"party": field}))


class CessationReview(TaskForm):
    """Say whether help is to end, from when and why (gennemgå ophør)."""

    key = "cessations.review"

    choice = ChoiceField(
        "Skal hjælpen stoppe?",
        [Required("Vælg, om hjælpen skal stoppe.")],
        choices=(
            (GO_ON, "Ja. Borgeren høres først, hvis det ikke er borgerens eget ønske."),
            (DROP, "Nej, hjælpen fortsætter."),
        ),
        description="Intet stopper, før afgørelsen er sendt.",
    )
    ground = ChoiceField(
        "Hvorfor?", [Required("Vælg, hvorfor hjælpen skal stoppe.")], choices=GROUNDS
    )
    ends_on = DanishDateField(
        "Første dag uden hjælp",
        [Required("Skriv den første dag uden hjælp som 01.04.2026.")],
        description="Den første i en måned. Ændrer du borgerens eget ønske, bliver borgeren hørt.",
    )
    conclusion = WordsField(
        "Hvad lægger du vægt på?",
        [Required("Skriv, hvad du har lagt vægt på.")],
        description="Gemmes på sagen. Borgeren kan få det at se.",
    )

    @classmethod
    def from_variables(cls, background: Background) -> dict[str, Any]:
        """Return what was asked for."""
        asked = background.cessation
        if asked is None:
            return {}
        return {"ground": asked.ground.value, "ends_on": asked.ends_on}

    def to_variables(self) -> dict[str, object]:
        """Return the end, and why."""
        return {
            "choice": self.choice.data,
            "ground": self.ground.data,
            "ends_on": self.ends_on.data,
            "conclusion": self.conclusion.data or "",
        }
