"""Answers: what did employers report for a person (eIndkomst, SF0770_A)? Reads; changes nothing.

An answer is a tree of forms with numbered fields. Form 16001 holds one income; the fields of the
forms around it hold for every income inside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from integrations.calls import (
    NO_CREDENTIALS,
    REAL_PACING,
    STANDARD_LIMITS,
    Attempt,
    Counterpart,
    Credentials,
    Limits,
    Pacing,
)
from integrations.provisional import (
    INCOME_PURPOSE,
    INCOME_SUBSCRIBER_TYPE,
    INCOME_SUBSCRIPTION,
)
from integrations.soap import SoapService
from processes.domain.identifiers import Cpr, Cvr
from processes.domain.money import Money
from processes.domain.periods import Month
from processes.ports.gateways import Clock, IncomeAnswer, IncomeLine

OPERATION: Final = "SF0770_A_IndkomstoplysningerLaes_IndkomstoplysningerLaes"
DEEPEST_LEVEL: Final = 4

INCOME_FORM: Final = "16001"
FIELD_DIGITS: Final = 1000
"""A field number is a long constant plus the field; its last three digits are the field."""
REPORT_KIND: Final = 11
TAKEN_BACK: Final = "T"
"""The value of field 011 that takes an earlier report back (tilbageførsel)."""
INCOME_TYPE: Final = 12
INCOME_KIND: Final = 19
INCOME_WITH_AM: Final = 57
INCOME_WITHOUT_AM: Final = 58
TAX: Final = 59
AM_CONTRIBUTION: Final = 60
ATP_BOTH_SHARES: Final = 76
PAID_HOURS: Final = 96
ATP_OWN_SHARE: Final = 199
AMOUNTS: Final = frozenset(
    {INCOME_WITH_AM, INCOME_WITHOUT_AM, TAX, AM_CONTRIBUTION, ATP_BOTH_SHARES, PAID_HOURS}
    | {ATP_OWN_SHARE}
)
ATP_PARTS: Final = 3
"""The employee pays one third of ATP."""

WAGE: Final = "loen"
TYPES: Final = {"0": WAGE, "00": WAGE, "5": "b_indkomst", "6": "kontanthjaelp", "9": "skattefri"}
KINDS: Final = {
    "0003": "sygedagpenge",
    "0005": "arbejdsloeshedsdagpenge",
    "0006": "pension",
    "0041": "kontanthjaelp",
    "0042": "revalidering",
    "0083": "fleksloentilskud",
    "0084": "ressourceforloebsydelse",
    "0086": "fleksydelse",
    "0087": "uddannelseshjaelp",
    "0103": "sygedagpenge",
    "0116": "tidlig_pension",
}
"""Indtægtsart, field 019, in words."""


class IncomeLookup:
    """The port `IncomeRegistry`, by SF0770_A."""

    def __init__(
        self,
        url: str,
        *,
        clock: Clock,
        limits: Limits = STANDARD_LIMITS,
        credentials: Credentials = NO_CREDENTIALS,
        pacing: Pacing = REAL_PACING,
    ) -> None:
        self._skat = Counterpart(
            "eindkomst", "eIndkomst", url, clock, limits, credentials, pacing=pacing
        )
        self._service = SoapService(
            self._skat, wsdl="sf0770a/income.wsdl", path="/service/SKAT/EIndkomst/4"
        )

    def income_of(
        self, cpr: Cpr, *, months: Sequence[Month], municipality_cvr: Cvr
    ) -> IncomeAnswer:
        """Return every reported line in the months asked for."""
        if not months:
            raise ValueError("income is asked for at least one month")
        answer, call = self._service.call(
            OPERATION,
            lambda attempt: self._question(attempt, cpr, min(months), max(months)),
            municipality_cvr=municipality_cvr,
        )
        with self._skat.reading():
            lines = tuple(line for line in _lines(answer, cpr) if line.month in months)
        return IncomeAnswer(lines, call)

    def _question(self, attempt: Attempt, cpr: Cpr, first: Month, last: Month) -> Mapping[str, Any]:
        return {
            "HovedOplysninger": {
                "TransaktionsId": attempt.correlation_id,
                "TransaktionsTid": self._skat.clock.now(),
            },
            "IndkomstOplysningPersonInddata": {
                "AbonnentAdgangStruktur": {
                    "AbonnentTypeKode": INCOME_SUBSCRIBER_TYPE,
                    "AbonnementTypeKode": INCOME_SUBSCRIPTION,
                    "AdgangFormaalTypeKode": INCOME_PURPOSE,
                },
                "AbonnentStruktur": {
                    "AbonnentVirksomhedStruktur": {
                        "AbonnentVirksomhed": {
                            "VirksomhedSENummerIdentifikator": attempt.municipality_cvr.digits
                        }
                    }
                },
                "IndkomstOplysningValg": {
                    "IndkomstPersonSamling": {
                        "PersonIndkomstSoegeStruktur": [
                            {
                                "PersonCivilRegistrationIdentifier": cpr.digits,
                                "SoegeAarMaanedLukketStruktur": {
                                    "SoegeAarMaanedFraKode": _code(first),
                                    "SoegeAarMaanedTilKode": _code(last),
                                },
                            }
                        ]
                    }
                },
            },
        }


def _code(month: Month) -> int:
    return month.year * 100 + month.number


@dataclass
class _Income:
    """The fields of one income: codes as they stand, amounts added up."""

    codes: dict[int, str] = field(default_factory=dict)
    amounts: dict[int, Decimal] = field(default_factory=dict)

    def add(self, number: int, text: str) -> None:
        if number in AMOUNTS:
            self.amounts[number] = self.amounts.get(number, Decimal(0)) + Decimal(text)
        else:
            self.codes[number] = text


def _lines(answer: Any, cpr: Cpr) -> Iterator[IncomeLine]:
    if answer.IndkomstPersonUddata is None:
        raise ValueError("an answer without an error has data, if only an empty set")
    people = answer.IndkomstPersonUddata.IndkomstOplysningPersonSamling
    for person in _each(people, "IndkomstOplysningPersonStruktur"):
        if person.PersonCivilRegistrationIdentifier != cpr.digits:
            raise ValueError("the answer is about somebody else")
        for report in _each(person.IndkomstOplysningSamling, "IndberetningPligtigVirksomhed"):
            employer = report.IndberetningPligtigVirksomhedStruktur.IndberetningPligtigVirksomhed
            for period in _each(report.IndkomstLoenPeriodeSamling, "LoenPeriodeOplysningStruktur"):
                yield from _lines_of(period, employer.VirksomhedSENummerIdentifikator)


def _each(parent: Any, name: str) -> Sequence[Any]:
    return (getattr(parent, name) or ()) if parent is not None else ()


def _lines_of(period: Any, employer: str) -> Iterator[IncomeLine]:
    month = Month.of(period.AngivelsePeriodeStruktur.AngivelsePeriode.EndDate)
    paid_on: date = period.IndkomstPersonGruppeDispositionDato
    forms = period.AngivelseBlanketIndholdStruktur.AngivelseOplysningSamling
    for form in _each(forms, "AngivelseNiveau1"):
        for income in _incomes(form):
            yield _line(income, employer, month, paid_on)


def _incomes(form: Any) -> list[_Income]:
    """Share the fields of one tree of forms out on the incomes in it."""
    around, incomes = _Income(), []
    for number, fields in _forms(form, level=1):
        if number == INCOME_FORM:
            incomes.append(_Income())
        target = incomes[-1] if number == INCOME_FORM else around
        for field_number, text in fields:
            target.add(field_number, text)
    if not incomes:
        return [around] if around.amounts else []
    for income in incomes:
        income.codes = {**around.codes, **income.codes}
    # An amount around several incomes is counted once.
    for field_number, amount in around.amounts.items():
        first = incomes[0].amounts
        first[field_number] = first.get(field_number, Decimal(0)) + amount
    return incomes


def _forms(form: Any, *, level: int) -> Iterator[tuple[str, list[tuple[int, str]]]]:
    fields = [
        (
            int(each.BlanketFeltEnhedStruktur.BlanketFeltNummerIdentifikator) % FIELD_DIGITS,
            each.AngivelseFeltIndholdTekst.strip(),
        )
        for each in _each(form.AngivelseFeltSamling, "AngivelseFeltIndholdStruktur")
        if each.AngivelseFeltIndholdTekst
    ]
    yield form.BlanketNummerIdentifikator, fields
    if level < DEEPEST_LEVEL:
        below = level + 1
        for inner in _each(form.UnderAngivelseSamling, f"AngivelseNiveau{below}"):
            yield from _forms(inner, level=below)


def _line(income: _Income, employer: str, month: Month, paid_on: date) -> IncomeLine:
    sign = -1 if income.codes.get(REPORT_KIND) == TAKEN_BACK else 1

    def amount(number: int) -> Money:
        return Money.kroner(income.amounts.get(number, Decimal(0))) * sign

    hours = income.amounts.get(PAID_HOURS)
    return IncomeLine(
        month=month,
        employer_cvr=employer,
        # The register knows the number only; the name is in the CVR register.
        employer_name=f"SE-nr. {employer}",
        gross=amount(INCOME_WITH_AM) + amount(INCOME_WITHOUT_AM),
        am_contribution=amount(AM_CONTRIBUTION),
        atp=(
            amount(ATP_OWN_SHARE)
            if ATP_OWN_SHARE in income.amounts
            else amount(ATP_BOTH_SHARES).shared(ATP_PARTS)[-1]
        ),
        withheld_tax=amount(TAX),
        hours_hundredths=None if hours is None else int(hours * 100) * sign,
        kind=_kind(income.codes),
        paid_on=paid_on,
    )


def _kind(codes: Mapping[int, str]) -> str:
    income_type, income_kind = codes.get(INCOME_TYPE, ""), codes.get(INCOME_KIND, "")
    if TYPES.get(income_type) == WAGE:
        return WAGE
    return KINDS.get(income_kind) or TYPES.get(income_type) or f"indkomsttype_{income_type}"
