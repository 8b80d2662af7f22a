"""What happens in a citizen's life: told by the citizen, and judged by a caseworker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Self, TypeVar, cast

from wtforms import StringField

from forms.base import BaseForm, TaskForm
from forms.fields import (
    ChoiceField,
    DanishDateField,
    KronerField,
    Required,
    RequiredIf,
    WholeField,
    WordsField,
)
from processes.domain.life import EVENT_NAMES, EventKind, Told
from processes.domain.money import Money

F = TypeVar("F", bound=BaseForm)
YES, NO = "ja", "nej"
YES_NO = ((YES, "Ja"), (NO, "Nej"))
WHEN = "Skriv dagen som 16.03.2026."


class Concluded(TaskForm):
    """A task about an event ends with what the caseworker lays weight on."""

    conclusion = WordsField(
        "Hvad lægger du vægt på?",
        [Required("Skriv, hvad du har lagt vægt på.")],
        description="Gemmes på sagen. Borgeren kan få det at se.",
    )

    def to_variables(self) -> dict[str, object]:
        """Return what was concluded."""
        return {"conclusion": (self.conclusion.data or "").strip()}


class Death(Concluded):
    """Look through a case after a death (dødsfald)."""

    key = "casework.death"


class AssessMove(TaskForm):
    """Say whether we are still the municipality that must help (opholdskommune)."""

    key = "casework.assess_move"

    still_ours = ChoiceField(
        "Er vi stadig borgerens opholdskommune?",
        [Required("Vælg, om vi stadig er opholdskommune.")],
        choices=(
            (YES, "Ja, sagen går videre her"),
            (NO, "Nej, sagen lukkes, og borgeren får brev om, hvor der skal søges"),
        ),
        description="Opholdskommunen er den kommune, borgeren bor i (retssikkerhedsloven § 9).",
    )
    place = StringField(
        "Hvilken kommune skal borgeren søge i?",
        [RequiredIf("still_ours", NO, "Skriv, hvilken kommune borgeren skal søge i.")],
        description="Kun hvis vi ikke længere er opholdskommune, fx Aarhus Kommune. Står i brevet.",
    )
    has_consent = ChoiceField(
        "Må sagens papirer sendes til den nye kommune?",
        [Required("Vælg, om borgeren har sagt ja.")],
        choices=((NO, "Borgeren har ikke sagt ja endnu"), (YES, "Ja, borgeren har givet samtykke")),
    )
    conclusion = WordsField(
        "Hvad lægger du vægt på?",
        [Required("Skriv, hvad du har lagt vægt på.")],
        description="Gemmes på sagen. Borgeren kan få det at se.",
    )

    def to_variables(self) -> dict[str, object]:
        """Return whose case it is now, and why."""
        return {
            "still_ours": self.still_ours.data == YES,
            "place": (self.place.data or "").strip(),
            "has_consent": self.has_consent.data == YES,
            "conclusion": (self.conclusion.data or "").strip(),
        }


class Change(Concluded):
    """Say whether a change can matter for the help (ændring i forhold)."""

    key = "casework.change"

    matters = ChoiceField(
        "Kan ændringen betyde noget for hjælpen?",
        [Required("Vælg, om ændringen kan betyde noget for hjælpen.")],
        choices=((YES, "Ja, sagen skal vurderes og beregnes igen"), (NO, "Nej")),
        description="Det, borgeren har oplyst, er allerede gemt som oplysninger på sagen.",
    )

    conclusion = WordsField(
        "Hvad lægger du vægt på?",
        [Required("Skriv, hvad du har lagt vægt på.")],
        description="Gemmes på sagen. Borgeren kan få det at se.",
    )

    def to_variables(self) -> dict[str, object]:
        """Return whether it matters, and why."""
        return {"matters": self.matters.data == YES, **super().to_variables()}


class Overpaid(TaskForm):
    """More was paid than is decided now (udbetalt for meget)."""

    key = "casework.overpaid"

    note = WordsField(
        "Hvad er der gjort?",
        [
            Required(
                "Skriv, hvilken sag der er oprettet, eller hvorfor der ikke skal betales tilbage."
            )
        ],
        description="Tilbagebetaling kræver en sag og en afgørelse for sig. Her trækkes intet.",
    )

    def to_variables(self) -> dict[str, object]:
        """Return what was done."""
        return {"note": self.note.data or ""}


# ---- what a citizen tells, or a caseworker for them -------------------------------------------


class WithdrawForm(BaseForm):
    """Withdraw an application (træk ansøgning tilbage)."""

    reason = WordsField(
        "Hvorfor trækker du ansøgningen tilbage?",
        description="Du behøver ikke skrive noget.",
    )


WHO_WITHDRAWS = "Hvem trækker ansøgningen tilbage?"
CHOOSE_WHO = "Vælg, hvem det er."


class WithdrawForCitizen(BaseForm):
    """Withdraw an application on the citizen's behalf."""

    party = ChoiceField(WHO_WITHDRAWS, [Required(CHOOSE_WHO)], choices=())
    reason = WordsField(
        "Hvad har borgeren sagt?",
        [Required("Skriv, hvad borgeren har sagt, og hvordan: telefon, brev eller ved skranken.")],
    )

    @classmethod
    def of(cls, parties: Sequence[tuple[str, str]]) -> type[Self]:
        """Return the form that asks about these applicants, by id and name."""
        return with_party(cls, WHO_WITHDRAWS, parties)


def with_party(form: type[F], label: str, parties: Sequence[tuple[str, str]]) -> type[F]:
    """Return a form that asks who it is about, by id and name."""
    field = ChoiceField(label, [Required(CHOOSE_WHO)], choices=parties)
    return cast("type[F]", type(form.__name__, (form,), {"party": field}))


def reported(kind: EventKind, parties: Sequence[tuple[str, str]]) -> type[TellForm]:
    """Return the form in which a caseworker writes down what happened, and to whom."""
    form = DeathReport if kind is EventKind.DEATH else TELL_FORMS[kind]
    return with_party(form, "Hvem er det sket for?", parties)


class TellForm(BaseForm):
    """Tell of a change (fortæl om en ændring): what kind, from which day, and what goes with it."""

    happened_on = DanishDateField(
        "Hvilken dag sker det?",
        [Required(WHEN)],
        description="Dag, måned og år. Det må gerne være en dag, der ikke er kommet endnu.",
    )
    text = WordsField("Vil du fortælle mere?", description="Du behøver ikke skrive noget.")

    kind: EventKind

    def told(self) -> Told:
        """Return the change in the words of the domain."""

        def value(name: str) -> object:
            field = self._fields.get(name)
            return None if field is None else field.data

        amount, until = value("amount"), value("until")
        together, agreed = value("lives_together"), value("is_agreed")
        children = value("children")
        return Told(
            kind=self.kind,
            happened_on=_day(self.happened_on.data),
            text=(self.text.data or "").strip(),
            amount=amount if isinstance(amount, Money) else None,
            until=until if isinstance(until, date) else None,
            place=str(value("place") or "").strip(),
            lives_together=None if together is None else together == "sammen",
            is_agreed=None if agreed is None else agreed == YES,
            children=children if isinstance(children, int) else None,
        )


def _day(day: date | None) -> date:
    if day is None:
        raise ValueError("the day is asked for before it is read")
    return day


class TellJob(TellForm):
    """A new job (nyt job)."""

    kind = EventKind.JOB

    happened_on = DanishDateField(
        "Hvilken dag begynder du?", [Required(WHEN)], description="Dag, måned og år."
    )
    amount = KronerField(
        "Hvad tjener du i den måned, jobbet begynder, før skat?",
        description="Hele kroner. Ved du det ikke endnu, så lad feltet være tomt.",
    )


class TellIncome(TellForm):
    """Another income (anden indtægt)."""

    kind = EventKind.INCOME

    happened_on = DanishDateField(
        "Fra hvilken dag?", [Required(WHEN)], description="Dag, måned og år."
    )
    amount = KronerField(
        "Hvor meget får du om måneden, før skat?",
        description="Hele kroner. Ved du det ikke endnu, så lad feltet være tomt.",
    )


class TellMove(TellForm):
    """A move (flytning)."""

    kind = EventKind.MOVE

    happened_on = DanishDateField(
        "Hvilken dag flytter du?", [Required(WHEN)], description="Dag, måned og år."
    )
    place = StringField(
        "Hvor flytter du hen?", [Required("Skriv din nye adresse, eller den by du flytter til.")]
    )


class TellCohabitation(TellForm):
    """Moving in with a partner, or away from one (samliv)."""

    kind = EventKind.COHABITATION

    lives_together = ChoiceField(
        "Hvad er ændret?",
        [Required("Vælg, hvad der er ændret.")],
        choices=(
            ("sammen", "Jeg flytter sammen med en partner eller bliver gift"),
            ("alene", "Jeg bor ikke længere sammen med min partner"),
        ),
    )


class TellHoliday(TellForm):
    """A holiday (ferie)."""

    kind = EventKind.HOLIDAY

    happened_on = DanishDateField(
        "Fra hvilken dag?", [Required(WHEN)], description="Dag, måned og år."
    )
    until = DanishDateField(
        "Til og med hvilken dag?",
        [Required("Skriv den sidste feriedag som 20.03.2026.")],
    )
    is_agreed = ChoiceField(
        "Har du aftalt ferien med jobcentret?",
        [Required("Vælg, om ferien er aftalt.")],
        choices=YES_NO,
    )


class TellAbroad(TellForm):
    """A stay abroad (ophold i udlandet)."""

    kind = EventKind.ABROAD

    happened_on = DanishDateField(
        "Fra hvilken dag?", [Required(WHEN)], description="Dag, måned og år."
    )
    until = DanishDateField(
        "Til og med hvilken dag?",
        [Required("Skriv den sidste dag i udlandet som 20.03.2026.")],
    )
    place = StringField("Hvilket land?", [Required("Skriv, hvilket land du rejser til.")])


class TellChildren(TellForm):
    """A child is born, moves in or moves out (børn)."""

    kind = EventKind.CHILDREN

    happened_on = DanishDateField(
        "Fra hvilken dag?", [Required(WHEN)], description="Dag, måned og år."
    )
    children = WholeField(
        "Hvor mange børn under 18 år bor hos dig og bliver forsørget af dig fra den dag?",
        [Required("Skriv antallet af børn. Skriv 0, hvis der ingen er.")],
    )


class TellHousing(TellForm):
    """A new rent, or a new dwelling (bolig)."""

    kind = EventKind.HOUSING

    happened_on = DanishDateField(
        "Fra hvilken dag?", [Required(WHEN)], description="Dag, måned og år."
    )
    text = WordsField(
        "Hvad er ændret?",
        [Required("Skriv, hvad der er ændret, for eksempel huslejen eller hvem der bor der.")],
        description="Skriv gerne den nye husleje, og hvad du får i boligstøtte.",
    )


class TellIllness(TellForm):
    """Illness (sygdom)."""

    kind = EventKind.ILLNESS

    happened_on = DanishDateField(
        "Fra hvilken dag er du syg?", [Required(WHEN)], description="Dag, måned og år."
    )
    until = DanishDateField(
        "Til og med hvilken dag?",
        description="Ved du det ikke endnu, så lad feltet være tomt.",
    )


class TellOther(TellForm):
    """Anything else (andet)."""

    kind = EventKind.OTHER

    text = WordsField("Hvad er der sket?", [Required("Skriv kort, hvad der er sket.")])


class DeathReport(TellForm):
    """A death somebody has told of, with papers (dødsfald)."""

    kind = EventKind.DEATH

    happened_on = DanishDateField(
        "Hvilken dag døde personen?", [Required(WHEN)], description="Dag, måned og år."
    )
    text = WordsField(
        "Hvad har du set?",
        [Required("Skriv, hvilken dokumentation du har set, fx en dødsattest.")],
    )


TELL_FORMS: dict[EventKind, type[TellForm]] = {
    form.kind: form
    for form in (
        TellJob,
        TellIncome,
        TellMove,
        TellCohabitation,
        TellHoliday,
        TellAbroad,
        TellChildren,
        TellHousing,
        TellIllness,
        TellOther,
    )
}
"""The form of each kind of change, in the order they are offered."""
TELL_NAMES = {
    EventKind.JOB: "Jeg får arbejde",
    EventKind.INCOME: "Jeg får en anden indtægt",
    EventKind.MOVE: "Jeg flytter",
    EventKind.COHABITATION: "Jeg flytter sammen med nogen eller fra hinanden",
    EventKind.HOLIDAY: "Jeg skal på ferie",
    EventKind.ABROAD: "Jeg rejser til udlandet",
    EventKind.CHILDREN: "Jeg får et barn, eller et barn flytter",
    EventKind.HOUSING: "Min bolig eller husleje ændrer sig",
    EventKind.ILLNESS: "Jeg bliver syg",
    EventKind.OTHER: "Noget andet",
}
"""How each is offered to a citizen."""
DESK_NAMES = {kind: EVENT_NAMES[kind] for kind in (*TELL_NAMES, EventKind.DEATH)}
"""How each is offered to a caseworker."""
