"""One transaction in one municipality, committed once; no Flask application is needed."""

from types import TracebackType
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.security.row_level import checked, enter_municipality
from app.stores.audit import SqlAuditStore
from app.stores.books import SqlBookStore
from app.stores.calculations import SqlCalculationStore
from app.stores.cases import SqlCaseStore
from app.stores.cockpit import SqlCockpitStore
from app.stores.complaints import SqlComplaintStore
from app.stores.decisions import SqlDecisionStore, SqlHearingStore
from app.stores.deductions import SqlDeductionStore
from app.stores.desk import SqlDeskStore
from app.stores.drafts import SqlDraftStore
from app.stores.engine import ALWAYS_FRESH
from app.stores.facts import SqlFactStore
from app.stores.letters import SqlLetterStore
from app.stores.life import SqlLifeStore
from app.stores.matters import SqlClaimStore, SqlMatterStore
from app.stores.messages import SqlMessageStore, SqlSpousePartStore
from app.stores.migrations import SqlMigrationStore
from app.stores.outbox import SqlOutboxStore
from app.stores.papers import SqlPaperStore
from app.stores.payments import SqlPaymentStore
from app.stores.processes import SqlDefinitionStore, SqlProcessStore
from app.stores.production import SqlProductionStore
from app.stores.promises import SqlDeadlineStore, SqlImmediateHelpStore
from app.stores.reads import SqlReadStore
from app.stores.rulebook import SqlLawStore
from app.stores.runs import SqlRunStore
from app.stores.sanctions import SqlCessationStore, SqlIncomeCheckStore, SqlSanctionStore
from app.stores.setup import SqlSetupStore
from app.stores.team import SqlTeamStore
from app.stores.tryouts import SqlTryoutStore
from app.stores.workbench import SqlProcessDraftStore
from processes.ports import changes, stores
from processes.ports.books import BookStore
from processes.ports.cockpit import CockpitStore
from processes.ports.deductions import DeductionStore
from processes.ports.law import LawStore
from processes.ports.matters import ClaimStore, MatterStore
from processes.ports.migrations import MigrationStore
from processes.ports.production import ProductionStore
from processes.ports.runs import RunStore
from processes.ports.tryouts import TryoutStore
from processes.ports.workbench import ProcessDraftStore


class SqlUnitOfWork:
    """One transaction in one municipality; a store is an attribute, `commit()` makes it so.

    Everything is over with the commit: the next statement would find no municipality and fail.
    """

    def __init__(self, engine: Engine, municipality_id: int) -> None:
        self.municipality_id = checked(municipality_id)
        session = Session(engine, autoflush=False, execution_options=ALWAYS_FRESH)
        self.session = session
        self.cases: stores.CaseStore = SqlCaseStore(session, municipality_id)
        self.facts: stores.FactStore = SqlFactStore(session)
        self.calculations: stores.CalculationStore = SqlCalculationStore(session)
        self.hearings: stores.HearingStore = SqlHearingStore(session)
        self.decisions: stores.DecisionStore = SqlDecisionStore(session)
        self.papers: stores.PaperStore = SqlPaperStore(session)
        self.life: stores.LifeStore = SqlLifeStore(session)
        self.sanctions: changes.SanctionStore = SqlSanctionStore(session)
        self.cessations: changes.CessationStore = SqlCessationStore(session)
        self.incomes: changes.IncomeCheckStore = SqlIncomeCheckStore(session)
        self.immediate_help: stores.ImmediateHelpStore = SqlImmediateHelpStore(session)
        self.deadlines: stores.DeadlineStore = SqlDeadlineStore(session)
        self.letters: stores.LetterStore = SqlLetterStore(session)
        self.payments: stores.PaymentStore = SqlPaymentStore(session)
        self.processes: stores.ProcessStore = SqlProcessStore(session)
        self.definitions: stores.DefinitionStore = SqlDefinitionStore(session)
        self.law: LawStore = SqlLawStore(session)
        self.cockpit: CockpitStore = SqlCockpitStore(session)
        self.tryouts: TryoutStore = SqlTryoutStore(session)
        self.setup: stores.SetupStore = SqlSetupStore(session, municipality_id)
        self.outbox: stores.OutboxStore = SqlOutboxStore(session)
        self.audit: stores.AuditStore = SqlAuditStore(session)
        self.read: stores.ReadStore = SqlReadStore(session, municipality_id)
        self.drafts: stores.DraftStore = SqlDraftStore(session)
        self.process_drafts: ProcessDraftStore = SqlProcessDraftStore(session)
        self.runs: RunStore = SqlRunStore(session)
        self.deductions: DeductionStore = SqlDeductionStore(session)
        self.books: BookStore = SqlBookStore(session)
        self.team: stores.TeamStore = SqlTeamStore(session)
        self.desk: stores.DeskStore = SqlDeskStore(session)
        self.complaints: stores.ComplaintStore = SqlComplaintStore(session)
        self.production: ProductionStore = SqlProductionStore(session)
        self.messages: stores.MessageStore = SqlMessageStore(session)
        self.matters: MatterStore = SqlMatterStore(session)
        self.claims: ClaimStore = SqlClaimStore(session)
        self.migrations: MigrationStore = SqlMigrationStore(session)
        self.spouse_parts: stores.SpousePartStore = SqlSpousePartStore(session)

    def __enter__(self) -> Self:
        enter_municipality(self.session.connection(), self.municipality_id)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.session.close()

    def commit(self) -> None:
        """Make it so, all at once."""
        self.session.commit()


class SqlUnitOfWorkFactory:
    """Opens units of work on one engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def __call__(self, municipality_id: int) -> SqlUnitOfWork:
        """Open one transaction in one municipality; rolled back unless committed."""
        return SqlUnitOfWork(self.engine, municipality_id)
