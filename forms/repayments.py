"""Forms of repayment: the ground and the months, the police, and how the claim is paid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self, cast

from forms.base import Background, BaseForm, Section, TaskForm, Token
from forms.fields import (
    ChoiceField,
    KronerField,
    Required,
    RequiredIf,
    WholeField,
    WordsField,
)
from processes.domain.cases import Party
from processes.domain.matter_views import PaidMonth
from processes.domain.matters import MatterKind
from processes.domain.money import Money
from processes.domain.periods import Month
from processes.domain.recovery import ClaimFacts, Ground
from processes.domain.rules.prose import month_in_words

YES, NO, UNKNOWN = "ja", "nej", "ved_ikke"
YES_NO_UNKNOWN = ((YES, "Ja"), (NO, "Nej"), (UNKNOWN, "Ved ikke endnu"))
KNOWN = {YES: True, NO: False}
CLAIM, NO_CLAIM = "kraev", "intet_krav"
MOST_DAYS = 999

GROUND_WORDS = {
    Ground.BAD_FAITH: "§ 91: oplysninger er fortiet, eller hjælpen er modtaget mod bedre vidende",
    Ground.IRRESPONSIBLE: "§ 92: uforsvarlig økonomi eller en arbejdskonflikt",
    Ground.SOON_ABLE: "§ 93: det var klart, at hjælpen snart kunne betales tilbage",
    Ground.COMPENSATED: "§ 94: der kom senere penge for samme tid og samme formål",
    Ground.PROVISIONAL: "§ 95: hjælpen blev givet foreløbigt, med forbehold",
}
FACTS = {
    "withheld_information": (
        "Har borgeren fortiet oplysninger?",
        "§ 91: Se, hvad borgeren er vejledt om og har skrevet under på.",
    ),
    "against_better_knowledge": (
        "Vidste borgeren, at hjælpen var forkert?",
        "§ 91: Kommunens egen fejl er ikke nok. Borgeren skal have vidst det.",
    ),
    "situation_met": (
        "Er situationen en af dem, paragraffen nævner?",
        "§§ 92 og 93.",
    ),
    "told_at_payment": (
        "Fik borgeren at vide, at hjælpen skal betales tilbage?",
        "§§ 92 og 93: Det skal være sagt, senest da hjælpen blev udbetalt.",
    ),
    "same_time_and_purpose": (
        "Er pengene for samme tid og samme formål?",
        "§ 94: Se i afgørelsen om de andre penge.",
    ),
    "reserved_in_writing": (
        "Stod forbeholdet i brevet?",
        "§ 95.",
    ),
}


def claim_field(month_key: str) -> str:
    """Return the name of the field for what is claimed of a month."""
    return f"claim_{month_key.replace('-', '_')}"


def came_field(month_key: str) -> str:
    """Return the name of the field for what came later for a month."""
    return f"came_{month_key.replace('-', '_')}"


class AssessRepayment(TaskForm):
    """Assess the ground for repayment, month by month (vurdér grundlaget)."""

    key = "repayment.assess"

    claims = ChoiceField(
        "Skal der kræves tilbagebetaling?",
        [Required("Vælg, om der skal kræves tilbagebetaling.")],
        choices=(
            (CLAIM, "Ja: paragraffens betingelser er opfyldt"),
            (NO_CLAIM, "Nej: der er ikke grundlag for et krav"),
        ),
        hints={NO_CLAIM: "For eksempel når fejlen er kommunens, og borgeren var i god tro."},
    )
    ground = ChoiceField(
        "Efter hvilken paragraf?",
        [RequiredIf("claims", CLAIM, "Vælg den paragraf, kravet bygger på.")],
        choices=tuple((ground.value, words) for ground, words in GROUND_WORDS.items()),
    )
    withheld_information = ChoiceField(
        FACTS["withheld_information"][0],
        [RequiredIf("ground", Ground.BAD_FAITH.value, "Svar på, om noget er fortiet.")],
        choices=YES_NO_UNKNOWN,
        description=FACTS["withheld_information"][1],
    )
    against_better_knowledge = ChoiceField(
        FACTS["against_better_knowledge"][0],
        [RequiredIf("ground", Ground.BAD_FAITH.value, "Svar på, om borgeren vidste det.")],
        choices=YES_NO_UNKNOWN,
        description=FACTS["against_better_knowledge"][1],
    )
    days_abroad = WholeField(
        "Dage i træk i udlandet, hvis kravet kommer af det",
        largest=MOST_DAYS,
        description="§ 91, stk. 5: mere end 14 dage i træk meldes til politiet.",
    )
    situation_met = ChoiceField(
        FACTS["situation_met"][0],
        [
            RequiredIf(
                "ground",
                (Ground.IRRESPONSIBLE.value, Ground.SOON_ABLE.value),
                "Svar på, om situationen er en af dem.",
            )
        ],
        choices=YES_NO_UNKNOWN,
        description=FACTS["situation_met"][1],
    )
    told_at_payment = ChoiceField(
        FACTS["told_at_payment"][0],
        [
            RequiredIf(
                "ground",
                (Ground.IRRESPONSIBLE.value, Ground.SOON_ABLE.value),
                "Svar på, om borgeren fik det at vide.",
            )
        ],
        choices=YES_NO_UNKNOWN,
        description=FACTS["told_at_payment"][1],
    )
    same_time_and_purpose = ChoiceField(
        FACTS["same_time_and_purpose"][0],
        [RequiredIf("ground", Ground.COMPENSATED.value, "Svar på, om det er samme tid og formål.")],
        choices=YES_NO_UNKNOWN,
        description=FACTS["same_time_and_purpose"][1],
    )
    reserved_in_writing = ChoiceField(
        FACTS["reserved_in_writing"][0],
        [RequiredIf("ground", Ground.PROVISIONAL.value, "Svar på, om forbeholdet stod i brevet.")],
        choices=YES_NO_UNKNOWN,
        description=FACTS["reserved_in_writing"][1],
    )
    evidence = WordsField(
        "Hvad bygger du det på?",
        [Required("Skriv, hvad borgeren fik at vide og hvornår, og hvad der viser resten.")],
        description=(
            "Hvad fik borgeren at vide, hvornår, og hvad viser resten? Kommer til at stå i"
            " høringsbrevet og afgørelsen."
        ),
    )

    @classmethod
    def months(cls, background: Background) -> tuple[PaidMonth, ...]:
        """Return the months help was paid for."""
        return () if background.matter is None else tuple(background.matter.months)

    @classmethod
    def asked(cls, background: Background) -> type[Self]:
        """Return the form with the amounts of each month."""
        fields: dict[str, object] = {}
        for each in cls.months(background):
            words = month_in_words(Month.parse(each.month_key))
            fields[claim_field(each.month_key)] = KronerField(
                f"Kræves tilbage for {words}",
                description=(
                    f"Udbetalt {each.paid.danish()}, ret til {each.due.danish()}, krævet før"
                    f" {each.claimed.danish()}, alt før skat."
                ),
            )
            fields[came_field(each.month_key)] = KronerField(f"Kom senere for {words}")
        return cast("type[Self]", type(cls.__name__, (cls,), fields))

    @classmethod
    def from_variables(cls, background: Background) -> dict[str, Any]:
        """Return what was paid too much, month by month, or what was assessed before."""
        start: dict[str, Any] = {
            claim_field(each.month_key): each.too_much
            for each in cls.months(background)
            if each.too_much
        }
        before = None if background.matter is None else background.matter.repayment
        if before is None:
            return start
        said = {True: YES, False: NO, None: UNKNOWN}
        for month in before.months:
            start[claim_field(str(month.month))] = month.claimed
            start[came_field(str(month.month))] = month.compensation or None
        return {
            **start,
            "claims": CLAIM,
            "ground": before.facts.ground.value,
            **{key: said[getattr(before.facts, key)] for key in FACTS},
            "evidence": before.evidence,
            "days_abroad": before.days_abroad or None,
        }

    @property
    def sections(self) -> list[Section]:
        """Return the ground, its conditions, the months, and what it rests on."""
        months = self.months(self.background)
        claimed = tuple(self[claim_field(each.month_key)] for each in months)
        came = tuple(self[came_field(each.month_key)] for each in months)
        return [
            Section(str(self.claims.label.text), (self.claims,)),
            Section(str(self.ground.label.text), (self.ground,)),
            Section(
                "Betingelser",
                (
                    self.withheld_information,
                    self.against_better_knowledge,
                    self.days_abroad,
                    self.situation_met,
                    self.told_at_payment,
                    self.same_time_and_purpose,
                    self.reserved_in_writing,
                ),
                "Svar på dem, der hører til paragraffen. Det, ingen ved, er ikke et grundlag.",
            ),
            Section(
                "Beløb pr. måned",
                claimed,
                "Det, der er udbetalt for meget, står her. Ret det, hvis kravet er et andet.",
            ),
            Section(
                "Penge, der kom senere (kun § 94)",
                came,
                "Før skat. Kravet kan aldrig være mere end det, der kom for samme måned.",
                folded=True,
            ),
            Section(str(self.evidence.label.text), (self.evidence,)),
        ]

    def to_variables(self) -> dict[str, object]:
        """Return the ground with its answers, and the amounts."""
        is_claim = self.claims.data == CLAIM
        facts = None
        if is_claim:
            said = {key: KNOWN.get(str(self[key].data)) for key in FACTS}
            facts = ClaimFacts(Ground(self.ground.data), **said)
        months = self.months(self.background)
        return {
            "claims": is_claim,
            "facts": facts,
            "months": {
                each.month_key: self._amount(claim_field(each.month_key)) for each in months
            },
            "compensation": {
                each.month_key: self._amount(came_field(each.month_key)) for each in months
            },
            "evidence": (self.evidence.data or "").strip(),
            "days_abroad": self.days_abroad.data or 0,
        }

    def _amount(self, name: str) -> Money:
        typed = self[name].data
        return typed if isinstance(typed, Money) else Money(0)


class Police(TaskForm):
    """Say whether the police were told (politianmeldelse)."""

    key = "repayment.police"

    reported = ChoiceField(
        "Er kravet meldt til politiet?",
        [Required("Vælg, om kravet er meldt til politiet.")],
        choices=(
            (YES, "Ja, det er anmeldt"),
            (NO, "Nej, det skal ikke anmeldes"),
        ),
    )
    note = WordsField(
        "Journalnummer, eller hvorfor ikke",
        [Required("Skriv politiets journalnummer, eller hvorfor der ikke er anmeldt.")],
    )

    def to_variables(self) -> dict[str, object]:
        """Return the answer."""
        return {"reported": self.reported.data == YES, "note": (self.note.data or "").strip()}


class ConfirmClaim(TaskForm):
    """Say whether a claim goes now, or waits for a complaint (klage)."""

    key = "claim.confirm"

    choice = ChoiceField(
        "Er der klaget over afgørelsen?",
        [Required("Vælg, om der er klaget.")],
        choices=(
            (NO, "Nej: kravet rejses nu"),
            (YES, "Ja: kravet venter, til klagen er behandlet"),
        ),
    )
    note = WordsField(
        "Hvad har du set efter?",
        [Required("Skriv, hvad du har set efter, eller hvad klagen handler om.")],
        description="Klager kommer på Min side, med brev og over telefonen. Se journalen.",
    )

    def to_variables(self) -> dict[str, object]:
        """Return whether it goes."""
        return {"goes": self.choice.data == NO, "note": (self.note.data or "").strip()}


class ClaimRejected(TaskForm):
    """Deal with a claim the debtor system turned down (afvist krav)."""

    key = "claim.rejected"

    note = WordsField(
        "Hvad er der gjort?",
        [Required("Skriv, hvad der er rettet, så kravet kan sendes igen.")],
        description="Kravet sendes igen, når du afslutter.",
    )

    def to_variables(self) -> dict[str, object]:
        """Return what was done."""
        return {"note": (self.note.data or "").strip()}


class ClaimIncome(TaskForm):
    """Say what somebody has a year after tax (nettoindtægt)."""

    key = "claim.income"

    net_income = KronerField(
        "Indtægt om året efter skat",
        [Required("Skriv, hvad personen har om året efter skat.")],
        description="Alle indtægter efter skat, uden børnetilskud.",
    )
    provides = ChoiceField(
        "Forsørger personen børn?",
        [Required("Vælg, om personen forsørger børn.")],
        choices=((YES, "Ja"), (NO, "Nej")),
    )
    evidence = WordsField(
        "Hvor er det set?",
        [Required("Skriv, hvor indtægten er set, fx årsopgørelse eller eIndkomst.")],
    )

    def to_variables(self) -> dict[str, object]:
        """Return the income."""
        return {
            "net_income": self.net_income.data,
            "provides": self.provides.data == YES,
            "evidence": (self.evidence.data or "").strip(),
        }


class RaiseMatter(BaseForm):
    """Say about whom and why a question of its own is raised (rejs spørgsmål)."""

    kind = ChoiceField(
        "Hvad skal der ses på?",
        [Required("Vælg, hvad der skal ses på.")],
        choices=(
            (MatterKind.REPAYMENT.value, "Tilbagebetaling: er der udbetalt for meget?"),
            (
                MatterKind.MANAGEMENT.value,
                "Administration: skal faste regninger betales af hjælpen?",
            ),
        ),
    )
    party = ChoiceField(
        "Hvem handler det om?", [Required("Vælg, hvem det handler om.")], choices=()
    )
    cause = WordsField(
        "Hvad er grunden?",
        [Required("Skriv, hvad grunden er, så den, der vurderer, kan begynde.")],
        description="Kort: hvad er sket, og hvor ved vi det fra?",
    )

    @classmethod
    def for_parties(cls, parties: Sequence[Party], formdata: Any = None, *, token: Token) -> Self:
        """Return the form with the people it can be about."""
        choices = tuple((each.id, each.name or "Navnet er ikke hentet endnu") for each in parties)
        field = ChoiceField(
            "Hvem handler det om?", [Required("Vælg, hvem det handler om.")], choices=choices
        )
        made = cast("type[Self]", type(cls.__name__, (cls,), {"party": field}))
        alone = {"party": choices[0][0]} if len(choices) == 1 else {}
        return made(formdata, token=token, data=alone)


DEFERRED, INSTALMENTS, AT_ONCE = "henstand", "afdrag", "samlet"


class ClaimAgree(TaskForm):
    """Agree how a claim is paid while no table is set up (aftal afdrag)."""

    key = "claim.agree"

    kind = ChoiceField(
        "Hvad er aftalt?",
        [Required("Vælg, hvad der er aftalt.")],
        choices=(
            (INSTALMENTS, "Afdrag hver måned"),
            (DEFERRED, "Henstand: der skal ikke betales nu"),
            (AT_ONCE, "Det hele betales på én gang"),
        ),
    )
    monthly = KronerField(
        "Beløb om måneden",
        [RequiredIf("kind", INSTALMENTS, "Skriv, hvad der skal betales om måneden.")],
        description="Kun ved afdrag.",
    )
    reason = WordsField(
        "Hvorfor, med ord til borgeren",
        [Required("Skriv, hvad der er aftalt, og hvorfor. Det står i brevet.")],
        description="Står i brevet. Skriv, hvad borgeren har råd til, og hvad I har aftalt.",
    )

    def to_variables(self) -> dict[str, object]:
        """Return what was agreed."""
        return {
            "kind": self.kind.data,
            "monthly": self.monthly.data or Money(0),
            "reason": (self.reason.data or "").strip(),
        }


class ClaimTransfer(TaskForm):
    """Decide whether an unpaid claim goes to the collector (overdragelse)."""

    key = "claim.transfer"

    transfer = ChoiceField(
        "Skal gælden overdrages til Gældsstyrelsen?",
        [Required("Vælg, om gælden skal overdrages.")],
        choices=(
            (YES, "Ja: rykkerne er ikke besvaret"),
            (NO, "Nej: aftal på ny, hvordan der betales"),
        ),
    )
    reason = WordsField(
        "Hvad lægger du vægt på?",
        [Required("Skriv, hvad du har lagt vægt på.")],
        description="Har du prøvet at få fat i borgeren? Er der grund til henstand i stedet?",
    )

    def to_variables(self) -> dict[str, object]:
        """Return the answer."""
        return {"transfer": self.transfer.data == YES, "reason": (self.reason.data or "").strip()}
