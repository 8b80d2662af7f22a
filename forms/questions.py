"""How each kind of fact is asked about: one table of words, shapes and laws for all pages.

A question knows how to make its field, what it starts with, and what an answer becomes. "Ved ikke"
is a full answer everywhere: unknown is a value.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from wtforms import Field, Form

from forms.base import AskedParty, Background
from forms.fields import ChoiceField, KronerField, Required, WholeField
from processes.domain.facts import Fact, FactAnswer, FactKind, FactStatus, FactValue
from processes.domain.money import ZERO

YES, NO, UNKNOWN = "ja", "nej", "ved_ikke"
YES_NO = ((YES, "Ja"), (NO, "Nej"), (UNKNOWN, "Ved ikke endnu"))
NOT_KNOWN = "Lad feltet stå tomt, hvis det ikke vides endnu."


class Shape(StrEnum):
    """What an answer looks like (svarform)."""

    YES_NO = "ja_nej"
    KRONER = "kroner"
    NUMBER = "antal"
    CHOICE = "valg"


@dataclass(frozen=True)
class Question:
    """How one kind of fact is asked about (spørgsmål)."""

    kind: FactKind
    asks: str
    """The question a form asks, with a place for the party's `{name}`."""
    shape: Shape
    law: str = ""
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    largest: int = 20

    def field(self, name: str) -> Any:
        """Return the field for one party, ready to be put on a form."""
        asks = self.asks.format(name=name)
        if self.shape in {Shape.YES_NO, Shape.CHOICE}:
            answer = Required(f"{asks} Vælg “Ved ikke endnu”, hvis det ikke vides.")
            choices = YES_NO if self.shape is Shape.YES_NO else (*self.choices, YES_NO[-1])
            return ChoiceField(asks, [answer], choices=choices, description=self.hint)
        hint = f"{self.hint} {NOT_KNOWN}".strip()
        if self.shape is Shape.NUMBER:
            return WholeField(asks, description=hint, largest=self.largest)
        return KronerField(asks, description=hint)

    def start(self, fact: Fact | None) -> Any:
        """Return what the field starts with; nothing said and nothing typed look the same."""
        if fact is None:
            return None
        if fact.status is FactStatus.UNKNOWN:
            return UNKNOWN if self.shape in {Shape.YES_NO, Shape.CHOICE} else None
        if fact.status is FactStatus.NONE:
            return self._none()
        if self.shape is Shape.YES_NO:
            return YES if fact.value is True else NO
        return fact.value

    def _none(self) -> Any:
        if self.shape is Shape.YES_NO:
            return NO
        return None if self.shape is Shape.CHOICE else self._zero()

    def _zero(self) -> FactValue:
        return 0 if self.shape is Shape.NUMBER else ZERO

    def answered(self, data: Any) -> tuple[FactStatus, FactValue | None]:
        """Return what an answer means."""
        if data is None or data == UNKNOWN:
            return FactStatus.UNKNOWN, None
        if self.shape is Shape.YES_NO:
            return FactStatus.VALUE, data == YES
        return FactStatus.VALUE, data


EVENTS = (
    ("ledig", "Har mistet sit arbejde"),
    ("sygdom", "Er blevet syg"),
    ("samlivsophoer", "Samlivet er ophørt"),
    ("udlaert", "Er blevet færdig med en uddannelse"),
    ("andet", "Noget andet er sket"),
)

QUESTIONS: dict[FactKind, Question] = {
    each.kind: each
    for each in (
        Question(
            FactKind.SOCIAL_EVENT,
            "Hvad er der sket for {name}?",
            Shape.CHOICE,
            "aktivloven § 11, stk. 2, nr. 1",
            choices=EVENTS,
        ),
        Question(
            FactKind.CANNOT_SUPPORT,
            "Kan {name} på grund af det ikke forsørge sig selv eller sin familie?",
            Shape.YES_NO,
            "aktivloven § 11, stk. 2, nr. 2",
        ),
        Question(
            FactKind.OTHER_BENEFIT_COVERS,
            "Dækker en anden ydelse behovet for {name}?",
            Shape.YES_NO,
            "aktivloven § 11, stk. 2, nr. 3",
            "For eksempel dagpenge, sygedagpenge, SU eller pension.",
        ),
        Question(
            FactKind.LAWFUL_STAY,
            "Har {name} lovligt ophold i Danmark?",
            Shape.YES_NO,
            "aktivloven § 3",
        ),
        Question(
            FactKind.AVAILABLE,
            "Står {name} til rådighed for arbejde?",
            Shape.YES_NO,
            "aktivloven § 13",
            "Ja også, når der er en rimelig grund til ikke at stå til rådighed.",
        ),
        Question(
            FactKind.RESIDENCE_MET,
            "Har {name} boet i riget i 9 af de sidste 10 år?",
            Shape.YES_NO,
            "aktivloven § 11, stk. 3",
        ),
        Question(
            FactKind.WORK_MET,
            "Har {name} haft 2½ års ordinært fuldtidsarbejde i de sidste 10 år?",
            Shape.YES_NO,
            "aktivloven § 16",
        ),
        Question(
            FactKind.REQUIREMENTS_EXEMPT,
            "Er {name} undtaget fra opholds- og beskæftigelseskravet?",
            Shape.YES_NO,
            "aktivloven § 11",
            "For eksempel født i Danmark eller omfattet af EU-retten.",
        ),
        Question(
            FactKind.REQUIREMENTS_EXEMPT,
            "Er {name} undtaget fra opholds- og beskæftigelseskravet?",
            Shape.YES_NO,
            "aktivloven § 11",
            "For eksempel efter EU-reglerne.",
        ),
        Question(
            FactKind.ACTIVITY_READY,
            "Er {name} vurderet aktivitetsparat?",
            Shape.YES_NO,
            "aktivloven § 19",
            "Jobcentrets visitation. Har betydning for ungetillæg.",
        ),
        Question(
            FactKind.SINGLE,
            "Er {name} reelt enlig?",
            Shape.YES_NO,
            "aktivloven § 18",
        ),
        Question(
            FactKind.EXTRA_CHILD_SUBSIDY,
            "Har {name} ret til ekstra børnetilskud?",
            Shape.YES_NO,
            "aktivloven § 18",
            "Afgøres af Udbetaling Danmark.",
        ),
        Question(
            FactKind.LIVES_WITH_PARENTS,
            "Bor {name} hos en eller begge forældre?",
            Shape.YES_NO,
            "aktivloven § 16",
        ),
        Question(
            FactKind.SPOUSE_ON_OTHER_BENEFIT,
            "Får {name} en anden ydelse til forsørgelse?",
            Shape.YES_NO,
            "aktivloven § 26",
        ),
        Question(
            FactKind.CHILDREN_AT_HOME,
            "Hvor mange børn forsørger {name} hjemme?",
            Shape.NUMBER,
            "aktivloven § 17",
            "Skriv 0, hvis der ingen børn er.",
        ),
        Question(
            FactKind.WEALTH,
            "Hvor stor er formuen, der regnes med, for {name}?",
            Shape.KRONER,
            "aktivloven § 14",
            "Kroner. Skriv 0, hvis der ingen er.",
        ),
        Question(
            FactKind.WORK_INCOME,
            "Hvor meget får {name} i løn om måneden efter ATP, AM-bidrag og pension?",
            Shape.KRONER,
            "aktivloven § 30",
            "Kroner. Skriv 0, hvis der ingen er.",
        ),
        Question(
            FactKind.OTHER_INCOME,
            "Hvor meget får {name} i anden indtægt om måneden?",
            Shape.KRONER,
            "aktivloven § 30",
            "Kroner. Skriv 0, hvis der ingen er.",
        ),
        Question(
            FactKind.MARITAL_STATUS,
            "Hvad er civilstanden for {name}?",
            Shape.CHOICE,
            choices=(
                ("ugift", "Ugift"),
                ("gift", "Gift"),
                ("fraskilt", "Fraskilt"),
                ("enke", "Enke eller enkemand"),
                ("registreret_partnerskab", "Registreret partnerskab"),
            ),
        ),
        Question(
            FactKind.TAX_CARD_KIND,
            "Hvilket skattekort skal bruges for {name}?",
            Shape.CHOICE,
            "kildeskatteloven § 48",
            choices=(("hovedkort", "Hovedkort"), ("bikort", "Bikort"), ("frikort", "Frikort")),
        ),
        Question(
            FactKind.TAX_CARD_RATE,
            "Hvad er trækprocenten for {name}?",
            Shape.NUMBER,
            "kildeskatteloven § 48",
            largest=100,
        ),
        Question(
            FactKind.TAX_CARD_DEDUCTION,
            "Hvad er fradraget om måneden for {name}?",
            Shape.KRONER,
            "kildeskatteloven § 48",
        ),
        Question(
            FactKind.TAX_CARD_LIMIT,
            "Hvor meget er der tilbage på frikortet for {name}?",
            Shape.KRONER,
            "kildeskatteloven § 48",
            "Kroner, kun for et frikort. Når beløbet er brugt, kan der ikke udbetales uden et nyt"
            " skattekort.",
        ),
    )
}


def field_name(party: AskedParty, kind: FactKind) -> str:
    """Return the name of a question's field: the kind, with the party's prefix."""
    return f"{party.prefix}{kind.name.lower()}"


def asked_fields(asked: Iterable[tuple[AskedParty, FactKind]]) -> dict[str, Any]:
    """Return a field for each question, by name."""
    return {
        field_name(party, kind): QUESTIONS[kind].field(party.first_name) for party, kind in asked
    }


def start_values(
    background: Background, asked: Iterable[tuple[AskedParty, FactKind]]
) -> dict[str, Any]:
    """Return what is known, by field; where sources disagree nothing is chosen beforehand."""
    return {
        field_name(party, kind): QUESTIONS[kind].start(background.facts.get((party.id, kind)))
        for party, kind in asked
        if not background.disputed(party.id, kind)
    }


def answers(
    form: Form,
    background: Background,
    asked: Iterable[tuple[AskedParty, FactKind]],
    *,
    only_changed: bool,
    missing: Collection[tuple[AskedParty, FactKind]] = (),
) -> tuple[FactAnswer, ...]:
    """Return what was answered.

    With `only_changed`, what merely repeats a known fact is left out: a register's word stays the
    register's. An answer that settles a disagreement is never left out, nor one about what is
    `missing`: what is known of the first month may be unknown of the next, and be the same.
    """
    given = []
    for party, kind in asked:
        field: Field = form[field_name(party, kind)]
        status, value = QUESTIONS[kind].answered(field.data)
        fact = None if (party, kind) in missing else background.facts.get((party.id, kind))
        known = QUESTIONS[kind].answered(QUESTIONS[kind].start(fact))
        is_disputed = background.disputed(party.id, kind)
        # Not knowing settles nothing between two sources that do.
        says_nothing = status is FactStatus.UNKNOWN if is_disputed else (status, value) == known
        if not (only_changed and says_nothing):
            given.append(FactAnswer(party.id, kind, status, value))
    return tuple(given)
