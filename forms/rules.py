"""Forms of rules and rates: what is typed is taken as it stands; what is wrong stands beside it.

No field here refuses anything: a draft is kept whatever is in it, and the law's own check says what
is left to put right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wtforms import BooleanField, Field, FileField, SelectField, StringField

from forms.base import BaseForm, Token
from forms.fields import ChoiceField, WordsField
from processes.domain.law_changes import FIELDS, DraftItem, ItemKind, LawDraft
from processes.domain.law_checks import DraftFinding, Level
from processes.domain.rate_labels import unit_in_words

CONFIDENCES = (
    ("hoej", "Høj: teksten i loven er læst"),
    ("mellem", "Mellem: læst hos andre, eller en fortolkning"),
    ("lav", "Lav: et skøn, der ikke må udbetales efter"),
)
FROM_TABLE, WORKED_OUT = "false", "true"
SOURCES = (
    (FROM_TABLE, "Offentliggjort: læst i en bekendtgørelse eller en tabel"),
    (WORKED_OUT, "Udledt: regnet ud af os, kan ikke udbetales efter"),
)


class _Text(StringField):
    """One line, kept as typed."""

    def _value(self) -> str:
        return str(self.data or "")


class DraftHead(BaseForm):
    """A draft as a whole (kladden)."""

    title = _Text("Kladdens navn", description="Så den kan kendes på listen.")
    reason = WordsField(
        "Begrundelse",
        description="Hvorfor skal loven ændres her? Nævn lov, bekendtgørelse eller afgørelse.",
    )
    stories = WordsField(
        "Egne historier",
        description="Situationer med det, de skal give, som i docs/rules.md. De kører hver gang"
        " kladden gemmes. Lad feltet stå tomt, hvis de historier, der er, er nok.",
    )


class RateItem(BaseForm):
    """A rate's row (sats)."""

    value = _Text("Værdi", description="Beløb som 7.529,00, procent som 12,5, antal som 3.")
    unit = SelectField("Enhed", validate_choice=False)
    valid_from = _Text("Gælder fra", description="Den første dag, for eksempel 01.01.2027.")
    valid_to = _Text(
        "Gælder til og med", description="Den sidste dag. Tomt er, indtil noget andet bestemmes."
    )
    law = _Text("Paragraf", description="Som LAS § 16, stk. 1, nr. 1. Står i brevet.")
    source = WordsField("Kilde", description="Bekendtgørelsens nummer og et link.")
    confidence = ChoiceField("Sikkerhed", choices=CONFIDENCES)
    derived = ChoiceField("Hvor kommer tallet fra?", choices=SOURCES)

    def offer(self, units: Iterable[str]) -> None:
        """Offer the units there are, and the one that was typed."""
        known = dict.fromkeys((self.unit.data or "", *units))
        self.unit.choices = [(unit, unit_in_words(unit) or "Vælg enhed") for unit in known]


class RuleItem(BaseForm):
    """A version of a rule (regel)."""

    label = _Text("Navn", description="Hvad reglens værdi hedder i beregning og brev.")
    says = WordsField(
        "Sætning, som borgeren kan læse",
        description="Vises i beregningen. Højst 40 ord.",
    )
    expression = WordsField("Formel", description="Sproget står i docs/rules.md.")
    value = _Text("Valg", description="Et ord i stedet for en formel, når loven er åben.")
    met = WordsField("Siges, når betingelsen er opfyldt", description="Kun for en betingelse.")
    unmet = WordsField(
        "Siges, når betingelsen ikke er opfyldt", description="Kun for en betingelse."
    )
    valid_from = _Text("Gælder fra", description="Den første dag, for eksempel 01.01.2027.")
    valid_to = _Text(
        "Gælder til og med", description="Den sidste dag. Tomt er, indtil noget andet bestemmes."
    )
    law = _Text("Paragraf", description="Som LAS § 31, stk. 1. Står i brevet.")
    confidence = ChoiceField("Sikkerhed", choices=CONFIDENCES)


class EndItem(BaseForm):
    """The end of a rule or a rate (ophævelse)."""

    valid_from = _Text("Gælder ikke mere fra", description="Den første dag uden.")


ITEMS: Mapping[ItemKind, type[BaseForm]] = {ItemKind.RATE: RateItem, ItemKind.RULE: RuleItem}


def head_form(draft: LawDraft, *, token: Token, formdata: Any = None) -> DraftHead:
    """Return the form of a draft's head."""
    return DraftHead(
        formdata,
        token=token,
        data={"title": draft.title, "reason": draft.reason, "stories": draft.stories},
    )


def item_form(
    item: DraftItem,
    *,
    token: Token,
    units: Sequence[str] = (),
    findings: Iterable[DraftFinding] = (),
    formdata: Any = None,
) -> BaseForm:
    """Return the form of an item, with each mistake at its field."""
    kind = EndItem if item.ends else ITEMS[item.kind]
    form = kind(formdata, token=token, data=dict(item.fields))
    if isinstance(form, RateItem):
        form.offer(units)
    show(form, findings)
    return form


def show(form: BaseForm, findings: Iterable[DraftFinding]) -> None:
    """Put what is wrong at the fields it is about."""
    for each in findings:
        asked: Field | None = getattr(form, each.field, None) if each.field else None
        if isinstance(asked, Field) and each.level is Level.ERROR:
            place = f"{each.place}: " if each.place else ""
            asked.errors = [*asked.errors, f"{place}{each.what} {each.way_out}"]


def in_words(name: str, text: str) -> str:
    """Say what stands in a field as the page offers it: a choice by its words."""
    if name == "unit":
        return unit_in_words(text)
    words = {"confidence": dict(CONFIDENCES), "derived": dict(SOURCES)}.get(name, {})
    return words.get(text, text)


def typed(form: BaseForm, kind: ItemKind) -> dict[str, str]:
    """Return what was typed in the fields an item has."""
    return {each.name: str(each.data or "") for each in form.questions if each.name in FIELDS[kind]}


class WhyForm(BaseForm):
    """Say why (begrundelse til den anden)."""

    reason = WordsField(
        "Hvad skal den, der har skrevet kladden, vide?",
        description="Ved godkendelse kan feltet stå tomt.",
    )
    recalculates = BooleanField("Måneder, der er udbetalt, skal regnes om")


class SubmitForm(BaseForm):
    """Hand a draft in (send til godkendelse)."""

    recalculates = BooleanField("Måneder, der er udbetalt, skal regnes om")


class FileForm(BaseForm):
    """Rates from a file (indlæs satser)."""

    title = _Text("Hvad skal kladden hedde?", description="For eksempel Satser for 2027.")
    file = FileField("Fil", description="En fil med satser, .yaml, højst 1 MB.")
    text = WordsField("Eller sæt teksten ind her")
