"""Forms of the payment: a tax card typed in, and what bank or ledger would not take or answer."""

from __future__ import annotations

from typing import Any

from forms.base import Background, TaskForm
from forms.casework import Asked, EvidencedForm
from forms.fields import ChoiceField, DanishDateField, Required, WordsField
from forms.questions import field_name
from processes.domain.facts import FactAnswer, FactKind

TAX_CARD = (
    FactKind.TAX_CARD_KIND,
    FactKind.TAX_CARD_RATE,
    FactKind.TAX_CARD_DEDUCTION,
    FactKind.TAX_CARD_LIMIT,
)
FULLY_EXEMPT = "frikort"


class TaxCard(EvidencedForm):
    """Type in a tax card (registrér skattekort); without one nothing can be paid."""

    key = "payment.tax_card"
    dated = False

    source = ChoiceField(
        "Hvor har du set skattekortet?",
        [Required("Vælg, hvor du har set skattekortet.")],
        choices=(
            ("eSkattekort", "eSkattekort, slået op i et andet system"),
            ("Dokument fra borgeren", "Et dokument fra borgeren"),
        ),
    )
    evidence = WordsField(
        "Hvad viser det?",
        [Required("Skriv, hvad du har set, og hvornår det er hentet.")],
        description="For eksempel: eSkattekort hentet 02.04.2026.",
    )
    valid_from = DanishDateField(
        "Fra hvilken dag gælder skattekortet?",
        [Required("Skriv den dag, skattekortet gælder fra, som 01.03.2026.")],
        description="Dag, måned og år, for eksempel 01.03.2026.",
    )

    @classmethod
    def kinds(cls, background: Background) -> Asked:
        """Ask for the card of every adult who is paid, or of all when no plan exists yet."""
        paid = {line.party_id for line in background.payments}
        parties = [each for each in background.parties if not paid or each.id in paid]
        return tuple((party, kind) for party in parties for kind in TAX_CARD)

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for rate and deduction, unless the card exempts."""
        good = bool(super().validate(extra_validators))
        for party, kind in self.kinds(self.background):
            card = self[field_name(party, FactKind.TAX_CARD_KIND)].data
            field = self[field_name(party, kind)]
            needed = card is not None and not _left_out(kind, card)
            if needed and field.data is None and not field.errors:
                field.errors = [
                    "Skriv, hvor meget der er tilbage på frikortet."
                    if kind is FactKind.TAX_CARD_LIMIT
                    else "Skriv det, der står på skattekortet."
                    " Skriv 0, hvis der ikke er noget fradrag."
                ]
                good = False
        return good

    def to_variables(self) -> dict[str, object]:
        """Return the cards; what a card does not have is left out."""
        values = super().to_variables()
        given: tuple[FactAnswer, ...] = values["answers"]  # type: ignore[assignment]  # made above
        cards = {
            each.party_id: str(each.value) for each in given if each.kind is FactKind.TAX_CARD_KIND
        }
        kept = tuple(each for each in given if not _left_out(each.kind, cards[each.party_id]))
        return {**values, "answers": kept}


def _left_out(kind: FactKind, card: str) -> bool:
    """Tell what a card does not have: only a frikort has an amount, and it has nothing else."""
    if kind is FactKind.TAX_CARD_KIND:
        return False
    if card == FULLY_EXEMPT or kind is FactKind.TAX_CARD_LIMIT:
        return (card == FULLY_EXEMPT) != (kind is FactKind.TAX_CARD_LIMIT)
    return card == "bikort" and kind is FactKind.TAX_CARD_DEDUCTION


class Rejected(TaskForm):
    """Sort out a payment that was rejected (udbetaling afvist), so that it can be tried again."""

    key = "payment.rejected"

    cause = ChoiceField(
        "Hvad var galt?",
        [Required("Vælg, hvad der var galt.")],
        choices=(
            ("nemkonto_rettet", "NemKontoen manglede eller var lukket, og er rettet"),
            ("fejl_hos_modtager", "Fejl hos banken eller NemKonto, som er rettet"),
            ("andet", "Noget andet"),
        ),
    )
    note = WordsField(
        "Hvad er der gjort?",
        [Required("Skriv, hvad der er gjort, så betalingen kan prøves igen.")],
        description="Betalingen prøves igen, når du sender. Beløbet er det samme.",
    )

    def to_variables(self) -> dict[str, object]:
        """Return the cause and what was done."""
        return {"cause": self.cause.data, "note": self.note.data or ""}


class VoucherRejected(TaskForm):
    """Sort out a voucher the ledger rejected (bilag afvist), so that it can be sent again."""

    key = "payment.voucher_rejected"

    cause = ChoiceField(
        "Hvad var galt?",
        [Required("Vælg, hvad der var galt.")],
        choices=(
            ("konto_aabnet", "Kontoen manglede eller var lukket, og er oprettet eller åbnet"),
            ("fejl_hos_modtager", "Fejl i økonomisystemet, som er rettet"),
            ("andet", "Noget andet"),
        ),
    )
    note = WordsField(
        "Hvad er der gjort?",
        [Required("Skriv, hvad der er gjort, så bilaget kan sendes igen.")],
        description="Bilaget sendes igen, når du sender. Konti og beløb er de samme.",
    )

    def to_variables(self) -> dict[str, object]:
        """Return the cause and what was done."""
        return {"cause": self.cause.data, "note": self.note.data or ""}


class NoReceipt(TaskForm):
    """Look into an answer that did not come (kvittering mangler); the wait for it goes on."""

    key = "payment.no_receipt"

    note = WordsField(
        "Hvad har du fundet ud af?",
        [Required("Skriv, hvem du har spurgt, og hvad de sagde.")],
        description="Intet bestilles eller bogføres igen. Sagen går videre, når svaret kommer.",
    )

    def to_variables(self) -> dict[str, object]:
        """Return what was found out."""
        return {"note": self.note.data or ""}
