"""A month's income: whose amounts count, and what is done about those nobody answered about."""

from __future__ import annotations

from typing import Any

from forms.base import Background, BaseForm, TaskForm
from forms.fields import ChoiceField, KronerField, MonthField, Required, RequiredIf, WordsField

REGISTER, TOLD, OTHER = "register", "oplyst", "andet"
ZERO = "Skriv 0, hvis der intet er."


class IncomeDifference(TaskForm):
    """Say which amounts count for the month (afgør forskellen)."""

    key = "incomes.difference"

    choice = ChoiceField(
        "Hvad gælder for måneden?",
        [Required("Vælg, hvad der gælder.")],
        choices=(
            (REGISTER, "Det, arbejdsgiveren har indberettet. Sagen vurderes igen."),
            (TOLD, "Det, der allerede er regnet med. Hjælpen er uændret."),
            (OTHER, "Andre beløb. Sagen vurderes igen."),
        ),
        description="Bliver hjælpen mindre, bliver borgeren hørt og får en ny afgørelse først.",
    )
    work = KronerField(
        "Indtægt ved arbejde",
        [RequiredIf("choice", OTHER, f"Skriv indtægten ved arbejde. {ZERO}")],
        description="Efter ATP og arbejdsmarkedsbidrag. Kun ved andre beløb.",
    )
    other = KronerField(
        "Andre indtægter før skat",
        [RequiredIf("choice", OTHER, f"Skriv de andre indtægter. {ZERO}")],
        description="Kun ved andre beløb.",
    )
    conclusion = WordsField(
        "Hvad lægger du vægt på?",
        [Required("Skriv, hvad du har lagt vægt på.")],
        description="Gemmes på sagen. Borgeren kan få det at se.",
    )

    @classmethod
    def from_variables(cls, background: Background) -> dict[str, Any]:
        """Return what was reported, as a start for other amounts."""
        found = background.finding
        return {} if found is None else {"work": found.work, "other": found.other}

    def to_variables(self) -> dict[str, object]:
        """Return what counts, and why."""
        return {
            "choice": self.choice.data,
            "work": self.work.data,
            "other": self.other.data,
            "conclusion": self.conclusion.data or "",
        }


class IncomeUnanswered(TaskForm):
    """Say what is done about those the register did not answer about (følg op)."""

    key = "incomes.unanswered"

    note = WordsField(
        "Hvad er der gjort?",
        [Required("Skriv, hvad der er gjort, og hvornår indkomsten hentes igen.")],
        description="Hjælpen er uændret for dem, registret ikke svarede om.",
    )

    def to_variables(self) -> dict[str, object]:
        """Return what was done."""
        return {"note": self.note.data or ""}


class StartIncomeCheck(BaseForm):
    """Ask for a month's income (opgør en måneds indkomst)."""

    month = MonthField("Hvilken måned?", [Required("Skriv måneden som 02.2026.")])
