"""Forms of what was promised: help until the first payment, and an answer on time."""

from __future__ import annotations

from datetime import date
from typing import Any, Self, cast

from wtforms import StringField

from forms.base import Background, BaseForm, TaskForm
from forms.fields import (
    ChoiceField,
    DanishDateField,
    KronerField,
    NotBefore,
    Required,
    RequiredIf,
    WholeField,
    WordsField,
)
from processes.domain.deadlines import BENEFIT_NAMES, REASONS, USUAL, DeadlineKind

GRANT, REFUSE, NO_NEED = "bevilg", "afslaa", "ikke_noedvendig"
DECIDED = (GRANT, REFUSE)
IN_TIME, LATER = "naar_det", "forsinket"
ACCOUNT, DESK, CARD = "nemkonto", "kasse", "betalingskort"


class ImmediateHelp(TaskForm):
    """Assess the need until the first payment (vurdér behovet for engangshjælp)."""

    key = "casework.immediate_help"

    choice = ChoiceField(
        "Skal borgeren have engangshjælp?",
        [Required("Vælg, om borgeren skal have engangshjælp.")],
        choices=(
            (GRANT, "Ja, borgeren mangler noget at leve af, til den første udbetaling kommer"),
            (REFUSE, "Nej, borgeren kan klare sig, til den første udbetaling kommer"),
            (NO_NEED, "Borgeren siger selv, at det ikke er nødvendigt"),
        ),
        description="Alle tre svar kommer i et brev. Ved nej bliver borgeren hørt først.",
    )
    means = KronerField(
        "Hvor mange penge har borgeren nu?",
        [RequiredIf("choice", DECIDED, "Skriv, hvor mange penge borgeren har nu.")],
        description="Kontant og på konto, i kroner. Skriv 0, hvis der ikke er nogen.",
    )
    needs = WordsField(
        "Hvad skal betales, før den første udbetaling kommer?",
        [
            RequiredIf(
                "choice", DECIDED, "Skriv, hvad der skal betales. Skriv “intet”, hvis intet skal."
            )
        ],
        description="For eksempel mad, medicin og husleje, med beløb og dag.",
    )
    until_on = DanishDateField(
        "Til og med hvilken dag skal hjælpen dække?",
        [RequiredIf("choice", DECIDED, "Skriv den sidste dag, hjælpen skal dække.")],
        description="Normalt dagen før den første udbetaling.",
    )
    amount = KronerField(
        "Hvor meget skal borgeren have før skat?",
        [RequiredIf("choice", GRANT, "Skriv et beløb, eller vælg nej.")],
        description="Kun når borgeren skal have engangshjælp. Loftet står ovenfor.",
    )
    payout = ChoiceField(
        "Hvordan skal pengene udbetales?",
        [RequiredIf("choice", GRANT, "Vælg, hvordan pengene skal udbetales.")],
        choices=(
            (ACCOUNT, "Til NemKontoen, samme dag"),
            (DESK, "I Borgerservice, fordi borgeren ikke har en NemKonto"),
        ),
        description="Kun når borgeren skal have engangshjælp.",
    )
    reasoning = WordsField(
        "Begrundelse til borgeren",
        [Required("Skriv begrundelsen: hvad mangler, eller hvorfor er det ikke nødvendigt?")],
        description="Står i brevet. Skriv, hvad du lægger vægt på.",
    )

    @classmethod
    def asked(cls, background: Background) -> type[Self]:
        """Return the form with a last day that lies ahead."""
        field = DanishDateField(
            "Til og med hvilken dag skal hjælpen dække?",
            [
                RequiredIf("choice", DECIDED, "Skriv den sidste dag, hjælpen skal dække."),
                NotBefore(background.today, "Dagen skal være i dag eller senere."),
            ],
            description="Normalt dagen før den første udbetaling.",
        )
        return cast("type[Self]", type(cls.__name__, (cls,), {"until_on": field}))

    @classmethod
    def from_variables(cls, background: Background) -> dict[str, Any]:
        """Return the day before the first payment; everything else is the citizen's to tell."""
        return {"until_on": background.help_until, "payout": ACCOUNT}

    def to_variables(self) -> dict[str, object]:
        """Return the assessment."""
        return {
            "choice": self.choice.data,
            "means": self.means.data,
            "needs": self.needs.data or "",
            "until_on": self.until_on.data or self.background.today,
            "amount": self.amount.data,
            "payout": self.payout.data or ACCOUNT,
            "reasoning": self.reasoning.data or "",
        }


class PayOtherwise(TaskForm):
    """Hand money over that cannot go to an account today (udbetal på anden måde)."""

    key = "payment.pay_otherwise"

    way = ChoiceField(
        "Hvordan får borgeren pengene?",
        [Required("Vælg, hvordan borgeren får pengene.")],
        choices=(
            (DESK, "Kontant i Borgerservice, mod kvittering"),
            (CARD, "På et betalingskort fra kommunen, mod kvittering"),
            (ACCOUNT, "Til NemKontoen alligevel: prøv igen"),
        ),
    )
    reference = StringField(
        "Kvitteringens nummer",
        [RequiredIf("way", (DESK, CARD), "Skriv nummeret på den kvittering, borgeren har fået.")],
        description="Kun når pengene er givet kontant eller på et kort.",
    )
    note = WordsField(
        "Hvad er der gjort?",
        [Required("Skriv, hvem der har fået pengene, og hvordan du så, hvem det var.")],
        description="Kontant eller kort betyder, at beløbet noteres som udbetalt nu.",
    )

    def to_variables(self) -> dict[str, object]:
        """Return the way, the receipt and what was done."""
        return {
            "way": self.way.data,
            "reference": (self.reference.data or "").strip(),
            "note": self.note.data or "",
        }


class DelayReason(TaskForm):
    """Say why a deadline cannot be kept, before it passes (begrundelse for forsinkelse)."""

    key = "casework.delay_reason"

    choice = ChoiceField(
        "Når du at afgøre sagen inden fristen?",
        [Required("Vælg, om sagen bliver afgjort inden fristen.")],
        choices=(
            (IN_TIME, "Ja, borgeren skal ikke have besked"),
            (LATER, "Nej, borgeren skal have besked, når fristen passerer"),
        ),
    )
    cause = ChoiceField(
        "Hvorfor kan fristen ikke holdes?",
        [RequiredIf("choice", LATER, "Vælg, hvorfor fristen ikke kan holdes.")],
        choices=tuple(
            (key, words or "Noget andet, som jeg skriver selv") for key, words in REASONS.items()
        ),
        description="Står i brevet til borgeren (retssikkerhedsloven § 3, stk. 2).",
    )
    words = WordsField(
        "Skriv mere til borgeren",
        [RequiredIf("cause", "andet", "Skriv, hvorfor borgeren må vente.")],
        description="Står i brevet efter det, du har valgt.",
    )
    new_deadline_on = DanishDateField(
        "Hvornår kan borgeren regne med svar?",
        [RequiredIf("choice", LATER, "Skriv den dag, borgeren kan regne med svar.")],
        description="Dag, måned og år, for eksempel 24.11.2026.",
    )

    @classmethod
    def asked(cls, background: Background) -> type[Self]:
        """Return the form with a new day that lies ahead."""
        field = DanishDateField(
            "Hvornår kan borgeren regne med svar?",
            [
                RequiredIf("choice", LATER, "Skriv den dag, borgeren kan regne med svar."),
                NotBefore(background.today, "Den nye frist skal ligge efter i dag."),
            ],
            description="Dag, måned og år, for eksempel 24.11.2026.",
        )
        return cast("type[Self]", type(cls.__name__, (cls,), {"new_deadline_on": field}))

    def to_variables(self) -> dict[str, object]:
        """Return whether it is in time, or why not and the new day."""
        said = (REASONS.get(self.cause.data or "", ""), (self.words.data or "").strip())
        return {
            "choice": self.choice.data,
            "reason": "\n".join(part for part in said if part),
            "new_deadline_on": self.new_deadline_on.data,
        }


class DeadlinePassed(TaskForm):
    """A deadline passed and nobody had written why (sagsbehandlingsfristen er overskredet)."""

    key = "casework.deadline_passed"

    note = WordsField(
        "Hvad sker der nu med sagen?",
        [Required("Skriv, hvad der sker, så sagen bliver afgjort til den nye dato.")],
        description="Gemmes på sagen. Borgeren har fået brev om den nye dato.",
    )

    def to_variables(self) -> dict[str, object]:
        """Return what the team lead does about it."""
        return {"note": self.note.data or ""}


class HelpOverdue(TaskForm):
    """Nobody answered in time whether help is needed now (engangshjælp over tiden)."""

    key = "casework.help_overdue"

    note = WordsField(
        "Hvem svarer borgeren, og hvornår?",
        [Required("Skriv, hvem der svarer borgeren, og hvornår.")],
        description="Gemmes på sagen. Opgaven med selve vurderingen er stadig åben.",
    )

    def to_variables(self) -> dict[str, object]:
        """Return what the team lead does about it."""
        return {"note": self.note.data or ""}


class DeadlineForm(BaseForm):
    """Propose a deadline of the municipality (foreslå frist)."""

    benefit = ChoiceField(
        "Hvilken ydelse?",
        [Required("Vælg ydelsen.")],
        choices=tuple(BENEFIT_NAMES.items()),
    )
    kind = ChoiceField(
        "Hvilken frist?",
        [Required("Vælg fristen.")],
        choices=tuple((kind.value, usual.label) for kind, usual in USUAL.items()),
    )
    days = WholeField(
        "Hvor mange dage?",
        [Required("Skriv antallet af dage.")],
        smallest=1,
        largest=90,
        description="Arbejdsdage for sagsfristen og den nye frist, ellers dage.",
    )
    valid_from = DanishDateField(
        "Fra hvilken dag?",
        [Required("Skriv den første dag, fristen gælder, som 01.04.2026.")],
        description="Tidligst i morgen. Sager, der allerede har en frist, beholder den.",
    )

    def chosen(self) -> tuple[str, DeadlineKind, int, date]:
        """Return what is proposed; only after `validate()`."""
        days, first = self.days.data, self.valid_from.data
        if not isinstance(days, int) or not isinstance(first, date):
            raise TypeError("the form was not validated")
        return str(self.benefit.data), DeadlineKind(str(self.kind.data)), days, first
