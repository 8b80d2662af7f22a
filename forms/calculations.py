"""Asking how a case was calculated on a day, and what a month would be if something were otherwise.

Neither changes anything. What is left blank is as we know it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from wtforms import Field

from forms.base import BaseForm
from forms.fields import ChoiceField, DanishDateField, KronerField, WholeField
from processes.domain.facts import FactKind, FactValue
from processes.domain.what_if import Supposed

AS_NOW = ""
YES, NO = "ja", "nej"
YES_NO = ((AS_NOW, "Som nu"), (YES, "Ja"), (NO, "Nej"))


class KnownOnForm(BaseForm):
    """Which day a case is to be shown as it was known on."""

    kendt = DanishDateField("Som vi kendte sagen den", description="Skriv dagen som 03.03.2026.")


class WhatIfForm(BaseForm):
    """What a citizen may think otherwise of next month."""

    kinds: ClassVar[dict[str, FactKind]] = {
        "work_income": FactKind.WORK_INCOME,
        "other_income": FactKind.OTHER_INCOME,
        "children": FactKind.CHILDREN_AT_HOME,
        "with_parents": FactKind.LIVES_WITH_PARENTS,
        "single": FactKind.SINGLE,
        "wealth": FactKind.WEALTH,
    }
    """Which fact each question is of."""

    work_income = KronerField(
        "Løn før skat på en måned",
        description="Uden ATP, arbejdsmarkedsbidrag og pension. Skriv 0, hvis der ingen er.",
    )
    other_income = KronerField(
        "Andre indtægter på en måned", description="For eksempel dagpenge eller SU."
    )
    children = WholeField("Børn, der bor hjemme og bliver forsørget", largest=20)
    with_parents = ChoiceField("Bor hos en eller begge forældre", choices=YES_NO)
    single = ChoiceField("Bor alene uden en partner (reelt enlig)", choices=YES_NO)
    wealth = KronerField("Formue: penge i banken og andet, der kan sælges")

    def supposed(self, party_id: str) -> tuple[Supposed, ...]:
        """Return what was thought otherwise; blank is as it is known."""
        return tuple(self._supposed(party_id, self.kinds))

    def _supposed(
        self, party_id: str, kinds: dict[str, FactKind], prefix: str = ""
    ) -> Iterator[Supposed]:
        for name, kind in kinds.items():
            field: Field = self[f"{prefix}{name}"]
            if field.data not in {None, AS_NOW}:
                yield Supposed(party_id, kind, self._value(field))

    def _value(self, field: Field) -> FactValue:
        value: FactValue = field.data
        return value == YES if isinstance(field, ChoiceField) and value in {YES, NO} else value


class WhatIfOnCase(WhatIfForm):
    """What a caseworker may think otherwise: more than the citizen, and of the spouse too."""

    kinds: ClassVar[dict[str, FactKind]] = {
        **WhatIfForm.kinds,
        "subsidy": FactKind.EXTRA_CHILD_SUBSIDY,
        "marital": FactKind.MARITAL_STATUS,
        "activity": FactKind.ACTIVITY_READY,
        "work_met": FactKind.WORK_MET,
        "residence_met": FactKind.RESIDENCE_MET,
    }
    spouse_kinds: ClassVar[dict[str, FactKind]] = {
        "work_income": FactKind.WORK_INCOME,
        "other_income": FactKind.OTHER_INCOME,
        "on_benefit": FactKind.SPOUSE_ON_OTHER_BENEFIT,
    }

    subsidy = ChoiceField("Ret til ekstra børnetilskud", choices=YES_NO)
    marital = ChoiceField(
        "Civilstand", choices=((AS_NOW, "Som nu"), ("ugift", "Ugift"), ("gift", "Gift"),
                               ("fraskilt", "Fraskilt"))
    )  # fmt: skip
    activity = ChoiceField("Vurderet aktivitetsparat", choices=YES_NO)
    work_met = ChoiceField("Beskæftigelseskravet er opfyldt", choices=YES_NO)
    residence_met = ChoiceField("Opholdskravet er opfyldt", choices=YES_NO)
    spouse_work_income = KronerField("Ægtefællens løn før skat på en måned")
    spouse_other_income = KronerField("Ægtefællens andre indtægter på en måned")
    spouse_on_benefit = ChoiceField("Ægtefællen får en anden offentlig ydelse", choices=YES_NO)

    @classmethod
    def of(cls, party_ids: Sequence[str]) -> type[WhatIfOnCase]:
        """Return the form without questions about a spouse when there is none."""
        if len(party_ids) > 1:
            return cls
        gone = {f"spouse_{name}": None for name in cls.spouse_kinds}
        return type("WhatIfAlone", (cls,), {**gone, "spouse_kinds": {}})

    def supposed_of(self, party_ids: Sequence[str]) -> tuple[Supposed, ...]:
        """Return what was thought otherwise of the applicant, and of the spouse."""
        first, *others = party_ids
        found = [*self.supposed(first)]
        for party_id in others[:1]:
            found += self._supposed(party_id, self.spouse_kinds, "spouse_")
        return tuple(found)
