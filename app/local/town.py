"""A town of any size with running help, for the demo of a month, for tests and benchmarks.

Everybody applied in January, was decided and told, and has their first month behind them: made by
the same domain functions as any case, written through the same stores, past the same constraints.
Only the letters and the talk between are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, uuid5

from app.wiring import Core
from processes.domain import decisions, payments
from processes.domain.benefits.cash_assistance import assess
from processes.domain.calculation import Calculation
from processes.domain.cases import Application, Case, CaseState, Party, PartyRole, Protection
from processes.domain.decisions import Proposal
from processes.domain.errors import RuleError
from processes.domain.facts import Fact, FactKind, Facts, FactStatus, FactValue, Source, SourceKind
from processes.domain.identifiers import Cpr, Kle
from processes.domain.immediate_help import NO, ask
from processes.domain.money import Money
from processes.domain.payments import PaymentLine, PaymentReceipt, PaymentState
from processes.domain.periods import Month, Period, danish_day
from processes.domain.rates import RateBook
from processes.ports.stores import UnitOfWork

KINDS = 12
"""How many different households there are; the others are like one of them."""
BATCH = 100
FIRST_NAMES = (
    "Ada", "Bo", "Carla", "David", "Ellen", "Frank", "Gerda", "Hans", "Ingrid", "Jens", "Karla",
    "Leo", "Maja", "Niels", "Olga", "Poul", "Rita", "Svend", "Tove", "Ulla", "Viggo", "Willy",
)  # fmt: skip
LAST_NAMES = (
    "Ager", "Birk", "Dal", "Eng", "Falk", "Gran", "Hede", "Ingstrup", "Juul", "Kær", "Lind",
    "Mose", "Næs", "Overgaard", "Pil", "Rask", "Skov", "Toft", "Ulv", "Vang", "Wiig",
)  # fmt: skip
CASH_ASSISTANCE = Kle("32.24.04", "G01")


@dataclass(frozen=True)
class Inhabitant:
    """Somebody with running help (borger med løbende hjælp)."""

    number: int
    cpr: str
    first_name: str
    last_name: str
    is_rejected: bool
    """Their bank turns the payment down until it is put right."""

    @property
    def moved_in(self) -> dict[str, object]:
        """What the simulator is told of them."""
        return {
            "cpr": self.cpr,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "rejected": "KONTO_LUKKET" if self.is_rejected else None,
        }


def inhabitants(count: int, *, rejected_every: int = 0) -> list[Inhabitant]:
    """Return the first people of the town, the same each time; nobody real can have the numbers."""
    found = []
    for number in range(count):
        day, month, year = 61 + number % 28, 1 + number // 28 % 12, 60 + number // 336 % 35
        serial = number // 11760
        found.append(
            Inhabitant(
                number,
                f"{day:02d}{month:02d}{year:02d}{2000 + serial * 2 + number % 2:04d}",
                FIRST_NAMES[number % len(FIRST_NAMES)],
                LAST_NAMES[number // len(FIRST_NAMES) % len(LAST_NAMES)],
                bool(rejected_every) and number % rejected_every == rejected_every - 1,
            )
        )
    return found


def settle_in(
    core: Core,
    people: list[Inhabitant],
    *,
    municipality_id: int,
    unit: str,
    month: Month,
    without_card_every: int = 0,
) -> None:
    """Give everybody a case, a sent decision from a month on, and that month paid and settled."""
    for start in range(0, len(people), BATCH):
        with core.env.uow(municipality_id) as uow:
            made = _Made(core, uow, unit, month)
            for person in people[start : start + BATCH]:
                lacks = bool(without_card_every) and person.number % without_card_every == 0
                made.add(person, has_card=not lacks)
            made.pay()
            uow.commit()


class _Made:
    """The cases of one batch as they are made."""

    def __init__(self, core: Core, uow: UnitOfWork, unit: str, month: Month) -> None:
        self.core, self.uow, self.unit, self.month = core, uow, unit, month
        self.rates = RateBook(uow.setup.rates())
        first = month.first_day
        zone = core.env.zone
        self.applied_at = datetime(first.year, first.month, 2, 9, 0, tzinfo=zone)
        self.decided_at = self.applied_at + timedelta(days=5)
        self.lines: list[PaymentLine] = []

    def add(self, person: Inhabitant, *, has_card: bool) -> None:
        """Make one case up to its sent decision, and plan its first month."""
        case = self._case(person)
        application = self._application(case, person)
        self.uow.cases.add(case)
        self.uow.cases.add_application(application)
        self.uow.immediate_help.save(
            ask(
                {"acute_need": NO},
                help_id=_id("help", person),
                case_id=case.id,
                application_id=application.id,
                at=self.applied_at,
            )
        )
        facts = list(
            _facts(case.primary_party, person, self.month, self.applied_at, has_card=has_card)
        )
        self.uow.facts.add(facts)
        calculation = self._calculation(application, case, facts)
        self.uow.calculations.add(calculation)
        decision = decisions.issue(
            self._proposal(case, calculation),
            calculation,
            decision_id=_id("decision", person),
            number=decisions.number_after(case.number, 0),
            municipality_name=self.uow.setup.municipality().name,
            contributors=("mette",),
            at=self.decided_at,
        )
        self.uow.decisions.save_proposal(self._proposal(case, calculation))
        self.uow.decisions.add(decision)
        sent = self.decided_at + timedelta(hours=2)
        self.uow.decisions.mark_sent(decision.id, sent)
        planning = payments.plan(
            replace(decision, sent_at=sent),
            calculation,
            facts=Facts.as_known(facts, self.decided_at),
            rules=self.core.env.rules,
            calendar=self.core.env.calendar,
            today=danish_day(self.decided_at),
            plan_id=_id("plan", person),
            new_id=lambda: _id("payment", person),
            made_at=self.decided_at,
            mode=self.core.env.mode,
        )
        if planning.plan is None:
            raise RuleError(planning.reason)
        self.uow.payments.add_plan(planning.plan)
        self.lines += planning.plan.lines

    def pay(self) -> None:
        """Let the first month have left, come, and been posted and reported long ago."""
        receipts = []
        for line in self.lines:
            self.uow.payments.mark_ordered(line.id, self.decided_at)
            settled = datetime.combine(
                line.disposition_on, self.decided_at.time(), self.core.env.zone
            )
            receipts.append(PaymentReceipt(line.id, PaymentState.SETTLED, "town", "", settled))
        self.uow.runs.append_receipts(receipts)

    def _case(self, person: Inhabitant) -> Case:
        case_id = _id("case", person)
        party = Party(
            _id("party", person),
            case_id,
            PartyRole.PRIMARY,
            Cpr(person.cpr),
            f"{person.first_name} {person.last_name}",
            ("Rådhustorvet 1", "9999 Egekøb"),
            Protection.NORMAL,
        )
        return Case(
            id=case_id,
            number=f"{self.month.year}-9{person.number:05d}",
            municipality_id=self.uow.municipality_id,
            kle=CASH_ASSISTANCE,
            benefit="kontanthjaelp",
            title="Ansøgning om kontanthjælp",
            state=CaseState.CARRIED_OUT,
            unit=self.unit,
            caseworker=None,
            protection=Protection.NORMAL,
            opened_at=self.applied_at,
            parties=(party,),
        )

    def _application(self, case: Case, person: Inhabitant) -> Application:
        return Application(
            id=_id("application", person),
            case_id=case.id,
            received_at=self.applied_at,
            contact_on=self.month.first_day,
            requested_from=self.month.first_day,
            applies_jointly=False,
            channel="selvbetjening",
            answers={},
            message_id=f"town-{person.number}",
        )

    def _calculation(self, application: Application, case: Case, facts: list[Fact]) -> Calculation:
        return assess(
            application,
            case,
            Facts.as_known(facts, self.decided_at),
            rates=self.rates,
            rules=self.core.env.rules,
            months=(self.month,),
            calculation_id=_id("calculation", case.id),
            made_at=self.decided_at,
        )

    def _proposal(self, case: Case, calculation: Calculation) -> Proposal:
        return Proposal(
            id=_id("proposal", case.id),
            case_id=case.id,
            calculation_id=calculation.id,
            outcome=calculation.outcome,
            reasoning="Betingelserne er opfyldt.",
            legal_basis=decisions.legal_basis(calculation),
            repayment_condition="",
            hearing_id=None,
            hearing_exception="",
            proposed_by="mette",
            proposed_at=self.decided_at,
            second_person_needed=False,
        )


def party_id(person: Inhabitant) -> str:
    """Return who somebody is in their case."""
    return _id("party", person)


def case_id(person: Inhabitant) -> str:
    """Return the case of somebody."""
    return _id("case", person)


def _id(what: str, whose: Inhabitant | str) -> str:
    name = whose if isinstance(whose, str) else str(whose.number)
    return str(uuid5(NAMESPACE_OID, f"town:{what}:{name}"))


def _facts(
    party: Party, person: Inhabitant, month: Month, at: datetime, *, has_card: bool
) -> Iterator[Fact]:
    kind = person.number % KINDS
    values: dict[FactKind, FactValue | None] = {
        FactKind.BIRTH_DATE: party.birth_date,
        FactKind.MARITAL_STATUS: "ugift",
        FactKind.SPOUSE: None,
        FactKind.CHILDREN_AT_HOME: kind % 3,
        FactKind.SOCIAL_EVENT: "ledig",
        FactKind.CANNOT_SUPPORT: True,
        FactKind.OTHER_BENEFIT_COVERS: False,
        FactKind.LAWFUL_STAY: True,
        FactKind.AVAILABLE: True,
        FactKind.RESIDENCE_MET: True,
        FactKind.WORK_MET: True,
        FactKind.ACTIVITY_READY: False,
        FactKind.SINGLE: True,
        FactKind.EXTRA_CHILD_SUBSIDY: kind % 2 == 0,
        FactKind.LIVES_WITH_PARENTS: False,
        FactKind.WEALTH: Money(0),
        FactKind.WORK_INCOME: Money(0),
        FactKind.OTHER_INCOME: Money(0),
        FactKind.SPOUSE_ON_OTHER_BENEFIT: False,
        FactKind.DEAD: None,
        FactKind.EMIGRATED: None,
        FactKind.TAX_CARD_KIND: "hovedkort",
        FactKind.TAX_CARD_RATE: 36 + kind % 4,
        FactKind.TAX_CARD_DEDUCTION: Money.kroner(4000 + 100 * kind),
    }
    for number, (each, value) in enumerate(values.items()):
        yield Fact(
            id=_id(f"fact:{number}", person),
            case_id=party.case_id,
            party_id=party.id,
            kind=each,
            status=FactStatus.NONE if value is None else FactStatus.VALUE,
            value=value,
            valid=_valid(each, party, month, has_card=has_card),
            source=Source(SourceKind.REGISTER, "CPR", "town"),
            known_from=at,
        )


def _valid(kind: FactKind, party: Party, month: Month, *, has_card: bool) -> Period:
    if kind is FactKind.BIRTH_DATE:
        return Period(party.birth_date)
    if kind is FactKind.TAX_CARD_KIND and not has_card:
        # It was good for the first month; nobody has fetched the next.
        return month.period()
    return Period(month.first_day)
