"""Forms of money management: which bills are paid from the help, and the look at it afterwards."""

from __future__ import annotations

from typing import Any, Self, cast

from wtforms import StringField

from forms.base import Background, Section, TaskForm
from forms.fields import ChoiceField, KronerField, MonthField, Required, RequiredIf, WordsField
from processes.domain.deductions import Payee, PayeeKind
from processes.domain.errors import RuleError
from processes.domain.money import Money
from processes.domain.money_management import REFERENCE_CHARACTERS, Bill, from_body

BILLS = (1, 2, 3, 4)
AGREED, DECIDED = "aftale", "afgoerelse"
GO_ON, CHANGE, STOP = "fortsaet", "aendr", "stop"
PAYEE_WORDS = {
    PayeeKind.ACCOUNT: "Registrerings- og kontonummer (14 cifre)",
    PayeeKind.CVR: "CVR-nummer (NemKonto)",
    PayeeKind.EAN: "EAN-nummer",
}
PARTS = ("name", "amount", "payee_name", "payee_kind", "payee_number", "reference")


class PlanManagement(TaskForm):
    """Say which bills are paid from the help, and by whose wish (administrationsplan)."""

    key = "money.plan"

    wish = ChoiceField(
        "Er det aftalt med borgeren?",
        [Required("Vælg, om borgeren har aftalt det, eller om det skal afgøres.")],
        choices=(
            (AGREED, "Ja: borgeren har selv aftalt det"),
            (DECIDED, "Nej: det skal afgøres, og borgeren høres først"),
        ),
    )
    from_month = MonthField(
        "Fra hvilken måneds hjælp?",
        [Required("Skriv den første måned, fx 04.2026.")],
    )
    evidence = WordsField(
        "Hvordan er det aftalt, eller hvorfor kan borgeren ikke selv?",
        [Required("Skriv, hvordan aftalen er givet, eller hvorfor borgeren ikke kan selv.")],
        description="Står i høringsbrevet, når det skal afgøres.",
    )
    milder = WordsField(
        "Hvilke mildere løsninger er prøvet?",
        [RequiredIf("wish", DECIDED, "Skriv, hvilke mildere løsninger der er prøvet.")],
        description="Kun når det ikke er aftalt. Det mindst indgribende skal vælges.",
    )

    @classmethod
    def asked(cls, background: Background) -> type[Self]:
        """Return the form with room for some bills."""
        made: dict[str, object] = {}
        for number in BILLS:
            needed = [Required("Skriv mindst én regning, der skal betales.")] if number == 1 else []
            made[f"name_{number}"] = StringField("Hvad er regningen for?", needed)
            made[f"amount_{number}"] = KronerField("Beløb om måneden")
            made[f"payee_name_{number}"] = StringField("Hvem skal have pengene?")
            made[f"payee_kind_{number}"] = ChoiceField(
                "Hvordan betales der?",
                choices=tuple((kind.value, words) for kind, words in PAYEE_WORDS.items()),
            )
            made[f"payee_number_{number}"] = StringField("Nummer")
            made[f"reference_{number}"] = StringField(
                "Henvisning til modtageren",
                description=(
                    f"Lejer- eller kundenummer, højst {REFERENCE_CHARACTERS} tegn. Skriv aldrig,"
                    " hvilken hjælp det er."
                ),
            )
        return cast("type[Self]", type(cls.__name__, (cls,), made))

    @classmethod
    def from_variables(cls, background: Background) -> dict[str, Any]:
        """Return the plan as it is, when it is to be changed."""
        basis = None if background.matter is None else background.matter.basis
        if basis is None:
            return {}
        plan = from_body(basis)
        start: dict[str, Any] = {
            "wish": AGREED if plan.is_agreed else DECIDED,
            "from_month": plan.from_month,
            "evidence": plan.evidence,
            "milder": plan.milder,
        }
        for number, bill in zip(BILLS, plan.bills, strict=False):
            start |= {
                f"name_{number}": bill.name,
                f"amount_{number}": bill.amount,
                f"payee_name_{number}": bill.payee.name,
                f"payee_kind_{number}": bill.payee.kind.value,
                f"payee_number_{number}": bill.payee.number,
                f"reference_{number}": bill.reference,
            }
        return start

    @property
    def sections(self) -> list[Section]:
        """Return the wish, the bills in the order they are paid, and the reasons."""
        bills = [
            Section(
                f"Regning {number}",
                tuple(self[f"{part}_{number}"] for part in PARTS),
                "Rækker hjælpen ikke, betales denne før de næste." if number == 1 else "",
                folded=number > 1 and not self[f"name_{number}"].data,
            )
            for number in BILLS
        ]
        asked = (self.wish, self.from_month), (self.evidence, self.milder)
        first, last = (
            [Section(str(each.label.text), (each,)) for each in group] for group in asked
        )
        return [*first, *bills, *last]

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse a bill that is half written."""
        good = bool(super().validate(extra_validators))
        for number in BILLS:
            if str(self[f"name_{number}"].data or "").strip():
                try:
                    self._bill(number)
                except RuleError as error:
                    self[f"name_{number}"].errors = [str(error)]
                    good = False
        return good

    def _bill(self, number: int) -> Bill:
        def text(part: str) -> str:
            return str(self[f"{part}_{number}"].data or "").strip()

        kind = text("payee_kind")
        if not kind:
            raise RuleError("Vælg, hvordan der betales.")
        digits = "".join(each for each in text("payee_number") if each.isdigit())
        amount = self[f"amount_{number}"].data
        return Bill(
            name=text("name"),
            payee=Payee(PayeeKind(kind), digits, text("payee_name")),
            reference=text("reference"),
            amount=amount if isinstance(amount, Money) else Money(0),
        )

    def to_variables(self) -> dict[str, object]:
        """Return the plan's parts."""
        return {
            "is_agreed": self.wish.data == AGREED,
            "from_month": self.from_month.data,
            "evidence": (self.evidence.data or "").strip(),
            "milder": (self.milder.data or "").strip(),
            "bills": tuple(
                self._bill(number)
                for number in BILLS
                if str(self[f"name_{number}"].data or "").strip()
            ),
        }


class FollowUpManagement(TaskForm):
    """Say whether bills are still to be paid from the help (opfølgning på administration)."""

    key = "money.follow_up"

    choice = ChoiceField(
        "Hvad skal der ske?",
        [Required("Vælg, hvad der skal ske.")],
        choices=(
            (GO_ON, "Fortsæt, som det er"),
            (CHANGE, "Ret regningerne: der aftales eller afgøres på ny"),
            (STOP, "Stop: borgeren betaler selv"),
        ),
    )
    reason = WordsField(
        "Hvorfor, med ord til borgeren",
        [Required("Skriv, hvorfor.")],
        description="Står i brevet, hvis det stopper.",
    )

    def to_variables(self) -> dict[str, object]:
        """Return the answer."""
        return {"choice": self.choice.data, "reason": (self.reason.data or "").strip()}
