"""The yearly regulation (satsregulering, P28): the new rates, and whose help they change.

The rates become a draft that somebody else approves. Who is touched is worked out case by case in
short transactions, so that a batch can be stopped and begun again; it changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from processes.domain.access import Actor, require
from processes.domain.calculation import Calculation
from processes.domain.errors import RuleError
from processes.domain.facts import Facts
from processes.domain.law_files import exported
from processes.domain.money import PPM, Money, total
from processes.domain.periods import Month
from processes.domain.rates import RateBook
from processes.domain.recalculation import Inputs
from processes.domain.regulation import RegulatedRate, Standing, as_regulated, regulated_rates
from processes.domain.what_if import carried
from processes.operations.control import Control
from processes.operations.explaining import as_known, calculator
from processes.ports.law import TrialBasis
from processes.ports.records import AuditEvent
from processes.steps import StepContext

PERCENT = "regulering.las"
AT_ONCE = 100
SLACK_PPM = 5_000
"""Half a percent: each part of the help is rounded by itself."""


@dataclass(frozen=True)
class RegulationPlan:
    """The rates of a new year, each regulated and held against the table (reguleringsplan)."""

    year: int
    percent_ppm: int
    rates: tuple[RegulatedRate, ...]

    def standing(self, standing: Standing) -> tuple[RegulatedRate, ...]:
        """Return the rates that stand in one way."""
        return tuple(each for each in self.rates if each.standing is standing)


@dataclass(frozen=True)
class RegulatedHelp:
    """One person's help in January without and with the regulation (reguleret hjælp)."""

    case_id: str
    case_number: str
    party_id: str
    before: Money | None
    after: Money | None
    is_outlier: bool
    """It rose by more than the percentage, or fell: somebody must look."""
    missing: tuple[str, ...] = ()
    """What must be known first, when it cannot be calculated."""

    @property
    def difference(self) -> Money | None:
        """How much more it becomes."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True)
class RegulationReport:
    """Whose help a regulation changes, and by how much (reguleringsliste)."""

    plan: RegulationPlan
    persons: int
    changed: tuple[RegulatedHelp, ...]
    unknown: tuple[RegulatedHelp, ...]

    @property
    def outliers(self) -> tuple[RegulatedHelp, ...]:
        """Those somebody must look at before a letter is sent."""
        return tuple(each for each in self.changed if each.is_outlier)

    @property
    def difference(self) -> Money:
        """What it costs a month, before tax."""
        return total(each.difference for each in self.changed if each.difference is not None)


class Regulations:
    """The yearly regulation (satsregulering)."""

    def __init__(
        self,
        control: Control,
        *,
        propose: Callable[[str, Actor, str], str],
        write_file: Callable[[object], str],
    ) -> None:
        self.env = control.env
        self._propose = propose
        self._write_file = write_file

    def plan(self, year: int, by: Actor, *, percent_ppm: int | None = None) -> RegulationPlan:
        """Return every rate regulated; the percentage is the loaded one unless it is given."""
        require(by, "rule.read")
        with self.env.uow(by.municipality_id) as uow:
            return _plan(self.env.context(uow, by), year, percent_ppm)

    def draft(self, year: int, by: Actor, *, percent_ppm: int | None = None) -> str:
        """Propose what no table says yet as a draft; another must approve it."""
        plan = self.plan(year, by, percent_ppm=percent_ppm)
        first_day = date(year, 1, 1)
        missing = [
            each.proposed(first_day, plan.percent_ppm)
            for each in plan.standing(Standing.IS_MISSING)
        ]
        if not missing:
            raise RuleError(f"Alle satser for {year} er indlæst. Der er ikke noget at foreslå.")
        text = self._write_file(exported(missing))
        return self._propose(text, by, f"Satsregulering {year}")

    def affected(
        self,
        year: int,
        by: Actor,
        *,
        percent_ppm: int | None = None,
        tell: Callable[[int, int], None] = lambda _done, _all: None,
    ) -> RegulationReport:
        """Return whose help in January the regulation changes; `tell` hears how far it is."""
        require(by, "rule.read")
        month = Month(year, 1)
        with self.env.uow(by.municipality_id) as uow:
            ctx = self.env.context(uow, by)
            plan = _plan(ctx, year, percent_ppm)
            cases = [case_id for case_id, _ in uow.law.running_cases(month)]
            subject = f"regulation:{year}"
            uow.audit.add(AuditEvent(ctx.now, by.user, str(by.role), "regulation.read", subject))
            uow.commit()
        found: list[RegulatedHelp] = []
        for start in range(0, len(cases), AT_ONCE):
            with self.env.uow(by.municipality_id) as uow:
                ctx = self.env.context(uow, by)
                portion = cases[start : start + AT_ONCE]
                found += _regulated(ctx, plan, month, uow.law.basis(portion))
            tell(min(start + AT_ONCE, len(cases)), len(cases))
        return RegulationReport(
            plan,
            len(found),
            tuple(each for each in found if each.difference),
            tuple(each for each in found if each.difference is None),
        )


def _plan(ctx: StepContext, year: int, percent_ppm: int | None) -> RegulationPlan:
    first_day = date(year, 1, 1)
    known = ctx.rates.in_force(first_day).get(PERCENT)
    if percent_ppm is None and known is None:
        raise RuleError(
            f"Satsreguleringsprocenten for {year} er ikke indlæst. Skriv den, når bekendtgørelsen"
            " er kommet, eller indlæs den under Regler og satser."
        )
    percent = known.ppm if percent_ppm is None and known is not None else percent_ppm or 0
    rates = regulated_rates(ctx.rates, first_day=first_day, growth_ppm=percent)
    if not rates:
        raise RuleError(
            f"Der er ingen satser for {year - 1} at regulere. Indlæs dem først, eller vælg et andet"
            " år."
        )
    return RegulationPlan(year, percent, rates)


def _regulated(
    ctx: StepContext, plan: RegulationPlan, month: Month, basis: TrialBasis
) -> Iterator[RegulatedHelp]:
    old, new = as_regulated(
        ctx.rates, plan.rates, first_day=month.first_day, percent_ppm=plan.percent_ppm
    )
    for case_id, case in basis.cases.items():
        facts, _ = carried(Facts.as_known(basis.facts.get(case_id, ()), ctx.now), month)
        application = basis.applications[case_id]
        calculate = calculator(application, as_known(case, facts), ctx.now)

        def made(
            rates: RateBook, facts: Facts = facts, calculate: _Calculate = calculate
        ) -> Calculation:
            return calculate(Inputs(facts, rates, ctx.rules), [month])

        before, after = made(old), made(new)
        for was, now in zip(before.months, after.months, strict=True):
            yield RegulatedHelp(
                case_id,
                case.number,
                was.party_id,
                was.gross,
                now.gross,
                _is_outlier(was.before_income, now.before_income, plan.percent_ppm),
                tuple(each.sentence for each in now.missing),
            )


_Calculate = Callable[[Inputs, Sequence[Month]], Calculation]


def _is_outlier(before: Money | None, after: Money | None, percent_ppm: int) -> bool:
    """Tell whether full help falls or rises by more than the percentage, rounding allowed for."""
    if before is None or after is None:
        return False
    most = before.oere * (PPM + percent_ppm + SLACK_PPM) // PPM
    return after < before or after.oere > most
