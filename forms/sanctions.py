"""A sanction: what is told of it, which conditions are met, and whether there was a ground."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self, cast

from forms.base import Background, BaseForm, Section, TaskForm
from forms.fields import ChoiceField, DanishDateField, Required, RequiredIf, WordsField
from processes.domain.sanction_cases import GROUP_NAMES, PARAGRAPH_NAMES, Told
from processes.domain.sanctions import Group, Paragraph

YES, NO, UNKNOWN = "ja", "nej", "ved_ikke"
KNOWN = ((YES, "Ja"), (NO, "Nej"), (UNKNOWN, "Ved ikke endnu"))
GO_ON, DROP = "gaa_videre", "ingen_sanktion"
NO_GROUND, GROUND = "ingen_rimelig_grund", "rimelig_grund"
ANSWER = "Vælg ja, nej eller ved ikke endnu."
GROUPS = tuple((group.value, name) for group, name in GROUP_NAMES.items())
PARAGRAPHS = tuple(
    (paragraph.value, f"{name} (§ {paragraph.value})")
    for paragraph, name in PARAGRAPH_NAMES.items()
)


class SanctionReport(BaseForm):
    """Type in what the jobcentre asks for (registrér anmodning om sanktion)."""

    paragraph = ChoiceField(
        "Hvad er der sket?", [Required("Vælg, hvad der er sket.")], choices=PARAGRAPHS
    )
    from_on = DanishDateField(
        "Hvilken dag skete det?",
        [Required("Skriv dagen som 16.03.2026.")],
        description="Ved flere dage: den første.",
    )
    contact_on = DanishDateField(
        "Hvilken dag var der kontakt igen?",
        description="Kun ved udeblivelse. Lad feltet være tomt, hvis der ikke er kontakt endnu.",
    )
    group = ChoiceField(
        "Hvilken målgruppe er borgeren i?",
        [Required("Vælg målgruppe, som jobcentret har visiteret.")],
        choices=GROUPS,
    )
    text = WordsField(
        "Hvad har jobcentret oplyst?",
        [Required("Skriv, hvad jobcentret har oplyst: hvad der var aftalt, og hvad der skete.")],
    )

    @classmethod
    def of(cls, parties: Sequence[tuple[str, str]]) -> type[Self]:
        """Return the form that asks about these people, by id and name."""
        field = ChoiceField("Hvem handler det om?", [Required("Vælg, hvem det er.")],
                            choices=parties)  # fmt: skip
        return cast("type[Self]", type(cls.__name__, (cls,), {"party": field}))

    def told(self) -> Told:
        """Return the incident in the words of the domain; only after `validate()`."""
        day = self.from_on.data
        if day is None:
            raise ValueError("the day is asked for before it is read")
        return Told(
            Paragraph(str(self.paragraph.data)),
            day,
            Group(str(self.group.data)),
            (self.text.data or "").strip(),
            self.contact_on.data,
        )


class SanctionWithdrawal(BaseForm):
    """Take a request back (træk anmodningen tilbage)."""

    reason = WordsField(
        "Hvorfor trækkes anmodningen tilbage?",
        [Required("Skriv, hvorfor anmodningen trækkes tilbage.")],
        description="For eksempel at jobcentret har fundet en fejl. Gemmes på sagen.",
    )


class Conditions(TaskForm):
    """Answer the conditions of a sanction (gennemgå betingelserne)."""

    key = "sanctions.conditions"

    had_duty = ChoiceField(
        "Gjaldt pligten for borgeren den dag?",
        [Required(ANSWER)],
        choices=KNOWN,
        description="Nej, hvis borgeren var syg, på barsel, til behandling eller fritaget.",
    )
    guided_on = DanishDateField(
        "Hvilken dag fik borgeren sidst skriftlig vejledning om rettigheder og pligter?",
        description="Senest ved den første jobsamtale og mindst hvert halve år. Tom: ved ikke.",
    )
    convened_correctly = ChoiceField(
        "Var indkaldelsen eller tilbuddet korrekt?",
        [Required(ANSWER)],
        choices=KNOWN,
        description="Tid, sted og følgen af at udeblive stod i den, og den kom frem.",
    )
    group = ChoiceField(
        "Hvilken målgruppe var borgeren i den dag?",
        [Required("Vælg målgruppe, som jobcentret har visiteret.")],
        choices=GROUPS,
    )
    personal_contact_tried = ChoiceField(
        "Er der forsøgt personlig kontakt?",
        [RequiredIf("group", Group.ACTIVITY_READY.value, ANSWER)],
        choices=KNOWN,
    )
    furthers_availability = ChoiceField(
        "Er det vurderet, at en sanktion fremmer borgerens rådighed?",
        [RequiredIf("group", Group.ACTIVITY_READY.value, ANSWER)],
        choices=KNOWN,
    )
    reason = WordsField(
        "Hvorfor fremmer sanktionen rådigheden?",
        [RequiredIf("furthers_availability", YES, "Skriv, hvorfor sanktionen fremmer rådigheden.")],
        description="Konkret for denne borger. Skal stå i afgørelsen.",
    )
    contact_on = DanishDateField(
        "Hvilken dag var der kontakt igen?",
        description="Kun ved udeblivelse: satsen gives for hver dag indtil da.",
    )
    sharpened_guided_on = DanishDateField(
        "Hvilken dag fik borgeren særskilt vejledning om skærpet sanktion?",
        description="Kun ved § 40 a.",
    )
    spouse_guided_on = DanishDateField(
        "Hvilken dag fik ægtefællen særskilt vejledning?",
        description="Kun ved § 40 a, og kun hvis borgeren er gift.",
    )
    choice = ChoiceField(
        "Skal borgeren høres om en sanktion?",
        [Required("Vælg, om sagen skal gå videre.")],
        choices=(
            (GO_ON, "Ja, betingelserne er opfyldt. Borgeren høres nu."),
            (DROP, "Nej, der gives ingen sanktion. Jobcentret får besked."),
        ),
        description="Mangler et svar, så gem et udkast, og spørg jobcentret.",
    )
    conclusion = WordsField(
        "Hvad lægger du vægt på?",
        [Required("Skriv, hvad du har lagt vægt på.")],
        description="Gemmes på sagen. Borgeren kan få det at se.",
    )

    @classmethod
    def from_variables(cls, background: Background) -> dict[str, Any]:
        """Return what is known of it: what the jobcentre told, and what was answered before."""
        request = background.sanction
        if request is None:
            return {}
        known = request.answers
        return {
            "had_duty": _word(known.had_duty),
            "guided_on": known.guided_on,
            "convened_correctly": _word(known.convened_correctly),
            "group": request.told.group.value,
            "personal_contact_tried": _word(known.personal_contact_tried),
            "furthers_availability": _word(known.furthers_availability),
            "reason": known.reason,
            "contact_on": request.told.contact_on,
            "sharpened_guided_on": known.sharpened_guided_on,
            "spouse_guided_on": known.spouse_guided_on,
        }

    @property
    def sections(self) -> list[Section]:
        """Return the questions in groups; what only a few cases ask is folded away."""
        return [
            Section(
                "Pligt, vejledning og indkaldelse",
                (self.had_duty, self.guided_on, self.convened_correctly, self.contact_on),
            ),
            Section(
                "Målgruppe",
                (
                    self.group,
                    self.personal_contact_tried,
                    self.furthers_availability,
                    self.reason,
                ),
                lead="De tre sidste spørgsmål gælder kun en borger, der er aktivitetsparat.",
            ),
            Section(
                "Kun ved skærpet sanktion",
                (self.sharpened_guided_on, self.spouse_guided_on),
                folded=True,
            ),
            Section("Konklusion", (self.choice, self.conclusion)),
        ]

    def to_variables(self) -> dict[str, object]:
        """Return the answers; what is not known is None."""
        return {
            "had_duty": _known(self.had_duty.data),
            "guided_on": self.guided_on.data,
            "convened_correctly": _known(self.convened_correctly.data),
            "group": self.group.data,
            "personal_contact_tried": _known(self.personal_contact_tried.data),
            "furthers_availability": _known(self.furthers_availability.data),
            "reason": self.reason.data or "",
            "contact_on": self.contact_on.data,
            "sharpened_guided_on": self.sharpened_guided_on.data,
            "spouse_guided_on": self.spouse_guided_on.data,
            "choice": self.choice.data,
            "conclusion": self.conclusion.data or "",
        }


def _known(word: str | None) -> bool | None:
    return {YES: True, NO: False}.get(word or "")


def _word(answer: bool | None) -> str | None:  # noqa: FBT001 – the answer is what is asked
    """Return how an answer is chosen; one that nobody gave is not chosen for them."""
    return None if answer is None else YES if answer else NO


class Ground(TaskForm):
    """Say whether there was a reasonable ground (rimelig grund)."""

    key = "sanctions.ground"

    ground = ChoiceField(
        "Var der en rimelig grund?",
        [Required("Vælg, om der var en rimelig grund.")],
        choices=(
            (GROUND, "Ja, der var en rimelig grund. Der gives ingen sanktion."),
            (NO_GROUND, "Nej, der var ingen rimelig grund. En sanktion foreslås."),
        ),
        description="Lov om aktiv socialpolitik § 13. Et manglende svar er ikke i sig selv et nej.",
    )
    conclusion = WordsField(
        "Hvad lægger du vægt på?",
        [Required("Skriv, hvad du har lagt vægt på.")],
        description="Gemmes på sagen. Borgeren kan få det at se.",
    )

    def to_variables(self) -> dict[str, object]:
        """Return the judgment, and why."""
        return {"ground": self.ground.data, "conclusion": self.conclusion.data or ""}
