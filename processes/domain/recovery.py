"""Repayment (tilbagebetaling, LAS §§ 91-95): on what ground, how much, how fast, and until when.

The ground is a gate a person passes; the amount, the set-off and the lapse follow from histories.
Knows gates and rates. Knows nothing of the debtor system that collects.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from processes.domain.errors import RateMissingError, RuleError
from processes.domain.gates import Check, Gate
from processes.domain.money import Money, total
from processes.domain.periods import Month
from processes.domain.rates import Confidence, RateBook


class Ground(StrEnum):
    """Why help is claimed back (grundlag)."""

    BAD_FAITH = "91"
    """Information withheld, or help taken against better knowledge: must be claimed."""
    IRRESPONSIBLE = "92"
    """Irresponsible economy (uforsvarlig økonomi), a labour conflict and the like."""
    SOON_ABLE = "93"
    """Help while it was clear that it could soon be paid back, and other cases told beforehand."""
    COMPENSATED = "94"
    """Compensation or other money came later for the same time and purpose."""
    PROVISIONAL = "95"
    """Help given provisionally, with a reservation."""


@dataclass(frozen=True)
class ClaimFacts:
    """What is known about a claim (oplysninger om kravet); None is not known."""

    ground: Ground
    withheld_information: bool | None = None
    against_better_knowledge: bool | None = None
    told_at_payment: bool | None = None
    """The duty to repay was told at the payment at the latest."""
    situation_met: bool | None = None
    """§§ 92 and 93: the situation the paragraph names is there."""
    same_time_and_purpose: bool | None = None
    reserved_in_writing: bool | None = None
    """§ 95: the reservation was in the letter."""


def ground_gate(claim: ClaimFacts) -> Gate:
    """Judge whether help can be claimed back (betingelser for tilbagebetaling).

    Law: LAS §§ 91-95. Whoever claims must also hear the party; that is another promise.
    """
    return Gate(tuple(_CHECKS[claim.ground](claim)))


def _bad_faith(claim: ClaimFacts) -> list[Check]:
    said = {claim.withheld_information, claim.against_better_knowledge}
    met = True if True in said else None if None in said else False
    return [
        Check(
            "mod_bedre_vidende",
            "Oplysninger er fortiet, eller hjælpen er modtaget mod bedre vidende",
            "LAS § 91",
            met,
            "Se, hvad borgeren er vejledt om og har skrevet under på.",
        )
    ]


def _told(claim: ClaimFacts, law: str) -> Check:
    return Check(
        "oplyst_ved_udbetaling",
        "Borgeren fik at vide, senest da hjælpen blev udbetalt, at den skal betales tilbage",
        law,
        claim.told_at_payment,
        "Find bevillingsbrevet.",
    )


def _situation(claim: ClaimFacts, law: str) -> list[Check]:
    return [
        Check(
            "situation",
            "Situationen er en af dem, paragraffen nævner",
            law,
            claim.situation_met,
            "Skriv, hvilken det er, og hvorfor.",
        ),
        _told(claim, law),
    ]


def _compensated(claim: ClaimFacts) -> list[Check]:
    return [
        Check(
            "samme_tid_og_formaal",
            "Erstatningen eller efterbetalingen er for samme tid og samme formål som hjælpen",
            "LAS § 94",
            claim.same_time_and_purpose,
            "Se i afgørelsen om erstatning, hvilken tid og hvad den dækker.",
        )
    ]


def _provisional(claim: ClaimFacts) -> list[Check]:
    return [
        Check(
            "forbehold",
            "Forbeholdet om tilbagebetaling stod i brevet",
            "LAS § 95",
            claim.reserved_in_writing,
            "Find brevet.",
        )
    ]


_CHECKS = {
    Ground.BAD_FAITH: _bad_faith,
    Ground.IRRESPONSIBLE: lambda claim: _situation(claim, "LAS § 92"),
    Ground.SOON_ABLE: lambda claim: _situation(claim, "LAS § 93"),
    Ground.COMPENSATED: _compensated,
    Ground.PROVISIONAL: _provisional,
}


def must_report(
    claim: Money,
    *,
    decided_on: date,
    bad_faith: bool,
    days_abroad_in_a_row: int,
    rates: RateBook,
) -> bool:
    """Tell whether the claim must be reported to the police (politianmeldelse).

    Law: LAS § 91, stk. 5: above 21.500 kr. (30.000 kr. for decisions before 2023), or when it
    comes from more than 14 days in a row abroad.
    """
    if not bad_faith:
        return False
    limit = rates.on("tilbagebetaling.politianmeldelse", decided_on).amount
    if claim > limit:
        return True
    # The rule of days abroad was read in the wording from 2023 only.
    if days_abroad_in_a_row == 0:
        return False
    return days_abroad_in_a_row > rates.on("tilbagebetaling.udland_dage", decided_on).number


@dataclass(frozen=True)
class SetOff:
    """A month of help against what came later for it (modregning), both before tax."""

    month: Month
    help: Money
    compensation: Money
    claim: Money


def set_off(
    help_by_month: Mapping[Month, Money], compensation_by_month: Mapping[Month, Money]
) -> tuple[SetOff, ...]:
    """Return what of the help must be paid back, month by month.

    Law: LAS § 94: gross against gross, for the same time. Never more than either of the two.
    """
    both = sorted(help_by_month.keys() & compensation_by_month.keys())
    return tuple(
        SetOff(
            month,
            help_by_month[month],
            compensation_by_month[month],
            max(min(help_by_month[month], compensation_by_month[month]), Money(0)),
        )
        for month in both
    )


@dataclass(frozen=True)
class AbilityRow:
    """From this yearly net income on, this share goes to the debt (række i betalingsevnetabel)."""

    from_income: Money
    ppm: int


@dataclass(frozen=True)
class AbilityTable:
    """A payment ability table (betalingsevnetabel), one for those who provide and one for others.

    The table itself was not read: it is set up with its source, and without it nothing is proposed.
    """

    rows: tuple[AbilityRow, ...]
    source: str
    confidence: Confidence

    def __post_init__(self) -> None:
        for before, after in pairwise(self.rows):
            if after.from_income <= before.from_income or after.ppm < before.ppm:
                raise RuleError(
                    f"Betalingsevnetabellen stiger ikke ved {after.from_income.danish()}."
                    " Ret rækkerne, så både indtægt og procent stiger."
                )

    def monthly(self, net_income_a_year: Money) -> Money:
        """Return what a person can pay a month (rate), a twelfth of the year's share.

        Rounds: down to the krone, in the debtor's favour.
        """
        ppm = max((row.ppm for row in self.rows if net_income_a_year >= row.from_income), default=0)
        return net_income_a_year.share(ppm).shared(12)[-1].down_to_krone()


@dataclass(frozen=True)
class Instalments:
    """A proposal of instalments (afdragsordning)."""

    monthly: Money
    months: int
    last: Money
    """What the last month pays."""


def instalments(debt: Money, net_income_a_year: Money, table: AbilityTable | None) -> Instalments:
    """Propose instalments by ability to pay; who cannot pay has none (henstand).

    Law: the arrangement follows the ability to pay. A person decides and may depart from it.
    """
    if table is None:
        raise RateMissingError(
            "Betalingsevnetabellen er ikke sat op. Indlæs den i central opsætning, eller aftal en"
            " rate med borgeren."
        )
    monthly = table.monthly(net_income_a_year)
    if not monthly or not debt:
        return Instalments(Money(0), 0, Money(0))
    whole, left = divmod(debt.oere, monthly.oere)
    last = Money(left) if left else min(monthly, debt)
    return Instalments(min(monthly, debt), whole + (1 if left else 0), last)


@dataclass(frozen=True)
class Recovered:
    """Something that was paid or set off (indbetaling)."""

    on: date
    amount: Money


@dataclass(frozen=True)
class Standing:
    """A claim on a day (kravets stilling)."""

    left: Money
    lapsed_on: date | None
    """When it lapsed; None while it stands."""


def standing(
    claim: Money,
    paid: Sequence[Recovered],
    *,
    help_ended_on: date | None,
    day: date,
    rates: RateBook,
) -> Standing:
    """Return what is left of a claim on a day, in the order things happened (saldo).

    The claim lapses three years after the help ended, when nothing could be recovered in them.
    """
    before = [each for each in paid if each.on <= day]
    lapses = None if help_ended_on is None else lapse_day(help_ended_on, rates=rates)
    if lapses is not None and help_ended_on is not None and day >= lapses:
        nothing = not any(help_ended_on <= each.on < lapses for each in before)
        if nothing:
            return Standing(Money(0), lapses)
    return Standing(max(claim - total(each.amount for each in before), Money(0)), None)


def lapse_day(help_ended_on: date, *, rates: RateBook) -> date:
    """Return the day a claim lapses that nothing was recovered of (bortfaldsdag)."""
    year = help_ended_on.year + rates.on("tilbagebetaling.bortfald_aar", help_ended_on).number
    leap_day = (help_ended_on.month, help_ended_on.day) == (2, 29)
    return date(year, 3, 1) if leap_day else help_ended_on.replace(year=year)


def claimed(paid: Mapping[Month, Money], due: Mapping[Month, Money]) -> Mapping[Month, Money]:
    """Return what was paid and not due, by month (krav pr. måned); never a credit.

    What was due and not paid is another matter: it is paid, and not set off here.
    """
    return {
        month: paid[month] - due.get(month, Money(0))
        for month in sorted(paid)
        if paid[month] > due.get(month, Money(0))
    }


def debt(claims: Iterable[Mapping[Month, Money]]) -> Money:
    """Add up claims (samlet krav); spouses are not liable for each other, so it is one person's."""
    return total(amount for claim in claims for amount in claim.values())
