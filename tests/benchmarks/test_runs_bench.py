"""What a monthly run costs: statements that do not grow with the batch, and citizens a second."""

from __future__ import annotations

import resource
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import text

from app.local import demo, town
from app.local.month import FIRST_PAID, MONTH
from processes.domain.runs import Verdict
from processes.ports.gateways import (
    BenefitReport,
    BenefitReportAnswer,
    PaymentRequest,
    Receipt,
    ReceiptState,
)
from processes.stages import runs as stage
from tests.benchmarks.test_pages_bench import counted
from tests.journeys.conftest import World

HERE = demo.MUNICIPALITY.id
TEMPLATE = 100
OURS = {
    "case_file": {"id", "number"},
    "party": {"id", "case_id", "cpr"},
    "application": {"id", "case_id", "message_id"},
    "fact": {"id", "case_id", "party_id"},
    "calculation": {"id", "case_id", "application_id"},
    "proposal": {"id", "case_id", "calculation_id"},
    "decision": {"id", "case_id", "proposal_id", "calculation_id", "number"},
    "decided_line": {"decision_id", "party_id"},
    "payment_plan": {"id", "case_id", "decision_id"},
    "payment": {"id", "plan_id", "case_id", "decision_id", "party_id"},
    "payment_receipt": {"payment_id"},
}
"""What must be another's in a copy of a case, table by table in the order they point back."""
NEW = {
    "number": "{0} || '-' || :copy",
    "message_id": "{0} || '-' || :copy",
    "cpr": "substr({0}, 1, 6) || lpad(((3000 + :copy * 100 + right({0}, 2)::int))::text, 4, '0')",
}
COLUMNS = """
    SELECT column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = :name AND is_identity = 'NO'
      AND column_name <> 'municipality_id'
"""


def grow(world: World, citizens: int) -> None:
    """Let so many people have running help: the first hundred made as any, the others like them."""
    town.settle_in(
        world.core,
        town.inhabitants(min(citizens, TEMPLATE)),
        municipality_id=HERE,
        unit=demo.UNIT,
        month=FIRST_PAID,
    )
    with world.core.env.uow(HERE) as uow:
        run = uow.session.execute  # type: ignore[attr-defined]
        originals = [str(row[0]) for row in run(text("SELECT id FROM case_file"))]
        for copy in range(1, citizens // TEMPLATE):
            for table, ours in OURS.items():
                names = [row[0] for row in run(text(COLUMNS), {"name": table})]
                values = [_copied(table, name, name in ours) for name in names]
                run(
                    text(
                        f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)}"  # noqa: S608 – names of our own tables
                        f" FROM {table} AS it WHERE {_of_originals(table)}"
                    ),
                    {"copy": copy, "originals": originals},
                )
                if table == "decided_line":
                    run(text("UPDATE decision SET sent_at = issued_at WHERE sent_at IS NULL"))
        uow.commit()


def _copied(table: str, name: str, is_ours: bool) -> str:  # noqa: FBT001 – read by position
    if name == "sent_at" and table == "decision":
        return "NULL"
    if not is_ours:
        return f"it.{name}"
    return NEW.get(name, "md5({0}::text || :copy)::uuid").format(f"it.{name}")


def _of_originals(table: str) -> str:
    mine = "CAST(:originals AS uuid[])"
    if table == "case_file":
        return f"it.id = ANY({mine})"
    if table == "decided_line":
        return f"it.decision_id IN (SELECT id FROM decision WHERE case_id = ANY({mine}))"  # noqa: S608 – our own words
    if table == "payment_receipt":
        return f"it.payment_id IN (SELECT id FROM payment WHERE case_id = ANY({mine}))"  # noqa: S608 – our own words
    return f"it.case_id = ANY({mine})"


class Everybody:
    """Takes everything at once: what is measured is the run, not the world around it."""

    def __init__(self, world: World) -> None:
        self.clock = world.clock

    def order_many(self, requests: Sequence[PaymentRequest]) -> Sequence[Receipt]:
        return [self._taken(each.idempotency_key) for each in requests]

    def post_many(self, vouchers, *, municipality_cvr):  # type: ignore[no-untyped-def]
        return [self._taken(key) for key, _ in vouchers]

    def report(self, report: BenefitReport) -> BenefitReportAnswer:
        gross = sum((line.gross for line in report.lines[1:]), report.lines[0].gross)
        tax = sum((line.tax for line in report.lines[1:]), report.lines[0].tax)
        return BenefitReportAnswer("r", len(report.lines), gross, tax, (), self.clock.now())

    def _taken(self, key: str) -> Receipt:
        return Receipt(key, ReceiptState.ACCEPTED, "r", "", self.clock.now())


def the_month(world: World, citizens: int) -> dict[str, float]:
    """Work a whole run; returns the seconds of each phase."""
    core, driver, seconds = world.core, world.driver, {}
    everybody = Everybody(world)
    core.env.gateways = replace(
        core.env.gateways, payments=everybody, ledger=everybody, reporting=everybody
    )
    finance, lead = driver.team.finance, driver.team.team_lead
    run_id = core.runs.plan(MONTH, finance)

    def rows_only() -> None:
        while True:
            claims = [
                (act, claim)
                for kind, act in (
                    ("outbox", core.relay.deliver),
                    ("timers", core.control.fire_timer),
                )
                for claim in core.claims_due(kind, limit=20)
            ]
            for act, claim in claims:
                act(claim)
            if not claims:
                return

    def timed(phase: str) -> None:
        began = time.perf_counter()
        rows_only()
        seconds[phase] = time.perf_counter() - began

    rows_only()
    run = core.runs.page(run_id, finance).run
    world.clock.move_to(run.freeze_at)
    timed("freeze and calculate")
    for item in core.runs.page(run_id, finance, which="aabne").items:
        core.runs.rule(item.line.id, Verdict.HELD, "Holdes.", finance)
    for form_key, by, values in (
        ("run.review", finance, {"note": "Set."}),
        ("run.approve", lead, {"approved": True, "reason": ""}),
    ):
        task = next(t for t in core.runs.page(run_id, finance).tasks if t.form_key == form_key)
        core.inbox.complete(task.id, values, by)
        rows_only()
    world.clock.move_to(run.send_at)
    timed("order and send")
    began = time.perf_counter()
    with core.env.uow(HERE) as uow:
        answers = [
            Receipt(f"payment:{each.payment_id}", ReceiptState.SETTLED, "s", "", world.clock.now())
            for each in uow.runs.accounted(run)
        ]
        stage.receipts_came(core.env.context(uow), answers)
        uow.commit()
    seconds["receipts"] = time.perf_counter() - began
    timed("post, report, reconcile")
    page = core.runs.page(run_id, finance)
    assert page.run.ended_at is not None
    assert page.figures.settled == citizens - page.figures.held
    assert page.reconciliations[0].differences == ()
    return seconds


def test_a_batch_asks_the_same_statements_whatever_its_size(world: World) -> None:
    grow(world, 60)
    run_id = world.core.runs.plan(MONTH, world.driver.team.finance)
    counts = []
    with world.core.env.uow(HERE) as uow:
        run = uow.runs.get(run_id)
        # The law is read once for everybody in the process.
        assert world.core.env.context(uow).law
        for size in (5, 60):
            uow.session.execute(text("SAVEPOINT size"))  # type: ignore[attr-defined]
            uow.runs.freeze(run, batch_size=size)
            with counted(world.core.engine) as statements:
                wanted = stage.prepare_batch(
                    world.core.env.context(uow), {"run_id": run_id, "batch": 0}
                )
                results = stage.calculate(wanted)
                uow.runs.add_results(results)
            assert len(results) == size
            counts.append(len(statements))
            uow.session.execute(text("ROLLBACK TO SAVEPOINT size"))  # type: ignore[attr-defined]

    print(f"\nrun: {counts[0]} statements for a batch of 5, {counts[1]} for 60")  # noqa: T201 – a benchmark prints
    assert counts[0] == counts[1] <= 20


def test_a_whole_run_of_some_hundred_citizens(world: World) -> None:
    grow(world, 500)

    tell(500, the_month(world, 500))


@pytest.mark.long
def test_a_whole_run_of_thousands_of_citizens(world: World) -> None:
    grow(world, 5000)

    tell(5000, the_month(world, 5000))


def tell(citizens: int, seconds: dict[str, float]) -> None:
    """Print the throughput of each phase, and what one citizen costs."""
    for phase, took in seconds.items():
        print(f"\nrun: {phase}: {took:.2f} s, {citizens / took:,.0f} citizens a second", end="")  # noqa: T201 – a benchmark prints
    whole = sum(seconds.values())
    print(f"\nrun: {citizens} citizens in {whole:.1f} s, {1000 * whole / citizens:.2f} ms each")  # noqa: T201 – a benchmark prints
    for many in (100_000, 150_000):
        minutes = whole / citizens * many / 60
        print(f"run: {many:,} citizens at that cost: {minutes:.1f} min of one worker")  # noqa: T201 – a benchmark prints
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"run: at most {peak:,.0f} MB of memory in the process")  # noqa: T201 – a benchmark prints
