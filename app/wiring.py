"""The composition root: settings to real gateways, stores, steps and clock, as one `Core`.

The only file that names everything; nothing else decides what is real.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from app import law
from app.calendars import danish_calendar
from app.config import Mode, Settings
from app.judging import LimitedJudge
from app.rendering import TypstRenderer
from app.security.interim_login import DemoCitizen
from app.stores.claims import SqlClaims
from app.stores.engine import make_engine
from app.stores.listener import Listener
from app.stores.sessions import CentralStore
from app.stores.unit_of_work import SqlUnitOfWorkFactory
from app.trials import LimitedRunner
from app.wakeup import Waker
from integrations import distribution, jobcentre, person_events
from integrations.calls import STANDARD_LIMITS, Limits
from integrations.clamd import scanner_at
from integrations.cpr import PersonLookup
from integrations.debtor import Debtors
from integrations.events import EventDistributor
from integrations.income import IncomeLookup
from integrations.income_report import IncomeReporting
from integrations.indexes import CaseIndexWriter
from integrations.ledger import Ledger
from integrations.nemkonto import NemKonto
from integrations.post import DigitalPost
from integrations.taxcard import TaxCardLookup
from processes.domain.identifiers import Cpr, Cvr
from processes.operations.books import Books
from processes.operations.casework import Casework
from processes.operations.cessations import Cessations
from processes.operations.citizen import Citizen
from processes.operations.cockpit import Cockpit
from processes.operations.complaints import Complaints
from processes.operations.control import Control, Environment
from processes.operations.deadlines import Deadlines
from processes.operations.deployment import Deployment, catalogue_of
from processes.operations.desk import Desk
from processes.operations.drafts import Drafts
from processes.operations.explaining import Explaining
from processes.operations.inbox import Inbox
from processes.operations.incomes import IncomeChecks
from processes.operations.intake import FormChannel, Intake
from processes.operations.life import Life, PersonChannel
from processes.operations.messages import Messages
from processes.operations.migration import TOPIC, Migration
from processes.operations.production import Production
from processes.operations.regulation import Regulations
from processes.operations.relay import Relay
from processes.operations.repayments import Repayments
from processes.operations.replay import Replays
from processes.operations.rulebook import Rulebook
from processes.operations.runs import PaymentRuns
from processes.operations.sanctions import JobcentreChannel, Sanctions
from processes.operations.spouses import SpouseParts
from processes.operations.teamlead import TeamLead
from processes.operations.tryouts import Tryouts
from processes.operations.upkeep import Upkeep
from processes.operations.whatif import WhatIfs
from processes.operations.workbench import Workbench
from processes.ports.gateways import Clock, Gateways
from processes.ports.records import Claim
from processes.steps import REGISTER

STAGES = (
    "applications",
    "archive",
    "calculations",
    "cessations",
    "complaints",
    "claims",
    "decisions",
    "delays",
    "documents",
    "drafts",
    "facts",
    "hearings",
    "immediate_help",
    "incomes",
    "law_trials",
    "letters",
    "messages",
    "money_management",
    "life",
    "matters",
    "payments",
    "postings",
    "reassessments",
    "registers",
    "repayments",
    "runs",
    "sanctions",
    "spouses",
    "tryouts",
)
"""Every stage registers its steps when it is imported."""
DEMO_CITIZENS = "demo-citizens.json"
"""Where the demo says who lives in it; beside the other files, never in the code."""
CALENDAR_YEARS = (2015, 2035)
"""Years the closing days are made for: the oldest recalculation, the farthest deadline."""
SHIPPED_BPMN = Path(__file__).resolve().parents[1] / "bpmn"
"""The shipped diagrams and decision tables."""


class SystemClock:
    """The system's clock; in demo it is set to another day, and ticks from there."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self._offset = offset
        self._zone = ZoneInfo("Europe/Copenhagen")

    def now(self) -> datetime:
        """Return the moment (UTC)."""
        return datetime.now(UTC) + self._offset  # noqa: TID251 – this is the clock

    def today(self) -> date:
        """Return the day in Denmark."""
        return self.now().astimezone(self._zone).date()


@dataclass
class Core:
    """All that views, tasks and commands may use."""

    settings: Settings
    env: Environment
    control: Control
    relay: Relay
    inbox: Inbox
    desk: Desk
    complaints: Complaints
    cases: Casework
    team: TeamLead
    production: Production
    deadlines: Deadlines
    runs: PaymentRuns
    books: Books
    repayments: Repayments
    citizen: Citizen
    drafts: Drafts
    messages: Messages
    spouses: SpouseParts
    intake: Intake
    life: Life
    explaining: Explaining
    replays: Replays
    regulations: Regulations
    what_if: WhatIfs
    sanctions: Sanctions
    incomes: IncomeChecks
    cessations: Cessations
    deployment: Deployment
    workbench: Workbench
    law: Rulebook
    cockpit: Cockpit
    tryouts: Tryouts
    migration: Migration
    upkeep: Upkeep
    central: CentralStore
    claims: SqlClaims
    listener: Listener
    engine: Engine

    @property
    def demo_citizens(self) -> Sequence[DemoCitizen]:
        """The made-up people somebody may log in as; nobody in production."""
        file = self.settings.files_dir / DEMO_CITIZENS
        if self.settings.mode is Mode.PRODUCTION or not file.exists():
            return ()
        return tuple(DemoCitizen(**each) for each in json.loads(file.read_text()))

    @property
    def clock(self) -> Clock:
        """The clock everything asks."""
        return self.env.gateways.clock

    def claims_due(self, kind: str, *, limit: int) -> Sequence[Claim]:
        """Lease due rows of a kind: `jobs`, `outbox` or `timers`."""
        take = {
            "jobs": self.claims.jobs,
            "outbox": self.claims.outbox,
            "timers": self.claims.timers,
        }[kind]
        return take(now=self.clock.now(), limit=limit, lease_seconds=self.settings.lease_seconds)

    def is_passing(self, error: Exception) -> bool:
        """Tell whether only the database went away, or two transactions crossed: try again."""
        return isinstance(error, OperationalError | InterfaceError)

    def wait_for_work(self, timeout_seconds: float) -> bool:
        """Wait until the database says that there is work, or the time is up."""
        return self.listener.wait(timeout_seconds)

    def close(self) -> None:
        """Let go of every connection."""
        self.listener.close()
        self.engine.dispose()


def build_core(
    settings: Settings, *, clock: Clock | None = None, limits: Limits = STANDARD_LIMITS
) -> Core:
    """Make the core from settings; `clock` replaces the system's in tests and stories.

    `limits` is how patient calls to other systems are.
    """
    for stage in STAGES:
        import_module(f"processes.stages.{stage}")
    engine = make_engine(settings.database_url)
    clock = clock or SystemClock(timedelta(seconds=settings.clock_offset_seconds))
    central = CentralStore(engine)
    env = Environment(
        uow=SqlUnitOfWorkFactory(engine),
        gateways=_gateways(settings, clock, limits),
        register=REGISTER,
        rules=law.load_rules(),
        postings=law.load_posting_book(),
        benefits=law.load_benefits(),
        calendar=danish_calendar(*CALENDAR_YEARS),
        mode=settings.mode,
        wake=Waker(settings.broker_url),
        digest=_digester(settings.key_of_digests),
    )
    control = Control(env)
    cases = Casework(control)
    deployment = Deployment(
        env,
        shipped=_shipped_bundle,
        municipalities=lambda: [each.id for each in central.municipalities()],
    )
    migration = Migration(control)
    rulebook = Rulebook(
        control,
        benefits=law.load_benefits(),
        stories=law.load_stories,
        situations=lambda text: law.situations_from(text, law.load_benefits()),
        municipalities=lambda: {each.id: each.name for each in central.municipalities()},
        read_file=law.read_rate_file,
        write_file=law.write_rate_file,
    )
    return Core(
        settings=settings,
        env=env,
        control=control,
        relay=Relay(control, inside={TOPIC: migration.carry_on}),
        inbox=Inbox(control, cases),
        desk=Desk(control),
        complaints=Complaints(control),
        cases=cases,
        team=TeamLead(control),
        production=Production(control),
        deadlines=Deadlines(control),
        runs=PaymentRuns(control),
        books=Books(control),
        repayments=Repayments(control),
        citizen=Citizen(control, distribution.application_form),
        drafts=Drafts(env),
        messages=Messages(control),
        spouses=SpouseParts(control),
        intake=Intake(
            control,
            FormChannel(
                parse=distribution.parse,
                fields=distribution.parse_application,
                received=distribution.answer_received,
                rejected=distribution.answer_rejected,
                unreadable=distribution.fault,
            ),
            municipality_of=lambda cvr: _municipality_of(central, cvr),
            municipalities=lambda: [each.id for each in central.municipalities()],
        ),
        explaining=Explaining(control),
        replays=Replays(env),
        regulations=Regulations(
            control,
            propose=lambda text, by, title: rulebook.read_in(text, by, title=title),
            write_file=law.write_rate_file,
        ),
        what_if=WhatIfs(control),
        incomes=IncomeChecks(control),
        cessations=Cessations(control),
        sanctions=Sanctions(
            control,
            JobcentreChannel(
                parse=jobcentre.parse,
                received=jobcentre.answer_received,
                unreadable=jobcentre.answer_unreadable,
            ),
            municipality_of=lambda cvr: _municipality_of(central, cvr),
        ),
        life=Life(
            control,
            PersonChannel(
                parse=person_events.parse,
                received=person_events.answer_received,
                unreadable=person_events.answer_unreadable,
            ),
            municipality_of=lambda cvr: _municipality_of(central, cvr),
        ),
        deployment=deployment,
        cockpit=Cockpit(control),
        tryouts=Tryouts(control),
        law=rulebook,
        workbench=Workbench(
            control, deployment, LimitedJudge(catalogue_of(REGISTER)), law.load_catalogue
        ),
        migration=migration,
        upkeep=Upkeep(control),
        central=central,
        claims=SqlClaims(engine),
        listener=Listener(engine),
        engine=engine,
    )


def _shipped_bundle() -> Mapping[str, bytes]:
    return {
        file.name: file.read_bytes()
        for file in sorted(SHIPPED_BPMN.rglob("*"))
        if file.suffix in {".bpmn", ".dmn"}
    }


def _municipality_of(central: CentralStore, cvr: Cvr) -> int | None:
    return next((each.id for each in central.municipalities() if each.cvr == cvr.digits), None)


def _gateways(settings: Settings, clock: Clock, limits: Limits) -> Gateways:
    return Gateways(
        clock=clock,
        persons=PersonLookup(settings.cpr_url, clock=clock, limits=limits),
        income=IncomeLookup(settings.income_url, clock=clock, limits=limits),
        payments=NemKonto(settings.payment_url, clock=clock, limits=limits),
        ledger=Ledger(settings.ledger_url, clock=clock, limits=limits),
        debts=Debtors(settings.debtor_url, clock=clock, limits=limits),
        post=DigitalPost(settings.post_url, clock=clock, limits=limits),
        events=EventDistributor(settings.events_url, clock=clock, limits=limits),
        renderer=TypstRenderer(),
        tax_cards=TaxCardLookup(settings.taxcard_url, clock=clock, limits=limits),
        case_index=CaseIndexWriter(settings.index_url, clock=clock, limits=limits),
        scanner=scanner_at(settings.scanner_url, seconds=limits.seconds),
        trials=LimitedRunner(),
        reporting=IncomeReporting(settings.income_url, clock=clock, limits=limits),
    )


def _digester(key: str) -> Callable[[Cpr], str]:
    def digest(cpr: Cpr) -> str:
        return hmac.new(key.encode(), cpr.digits.encode(), hashlib.sha256).hexdigest()

    return digest
