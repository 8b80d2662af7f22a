"""Rows of the monthly payment run, and back; what takes many lines at once is one statement.

The municipality stands in no query: row-level security puts it into each of them.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, cast
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import RowMapping, Table, bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.types import BigInteger

from app.models.cases import ApplicationRow, CaseRow, FactRow, PartyRow
from app.models.decisions import DecidedLineRow, DecisionRow
from app.models.payments import PaymentRow, PlanRow, ReceiptRow, VoucherEntryRow, VoucherRow
from app.models.runs import (
    DifferenceRow,
    IncomeReportLineRow,
    IncomeReportRow,
    ReconciliationRowOfRun,
    RunBatchRow,
    RunLineRow,
    RunResultRow,
    RunRow,
    RunRulingRow,
)
from app.stores.cases import application_of, cases_of
from app.stores.codecs import node_from_data, node_to_data
from app.stores.decisions import decision_of
from app.stores.deductions import PARTS, SqlDeductionStore, add_parts, amounts_of, taken_by
from app.stores.facts import fact_of
from app.stores.payments import line_of
from app.stores.rows import Store, known_id, missing
from processes.domain.calculation import Node
from processes.domain.decisions import Decision
from processes.domain.deductions import DeductionKind
from processes.domain.deviations import PaidOut
from processes.domain.facts import Fact
from processes.domain.grants import RunningGrant
from processes.domain.money import Money
from processes.domain.payments import PaymentLine, PaymentReceipt, PaymentState
from processes.domain.periods import Month
from processes.domain.pipeline import Taken
from processes.domain.runs import Accounted, Difference, DifferenceKind, Verdict
from processes.ports.records import VoucherRecord
from processes.ports.runs import (
    Blocker,
    MonthOfBenefit,
    PaymentRun,
    PhaseProgress,
    ReconciliationRow,
    RemarkCount,
    ReportLine,
    RunBasis,
    RunFigures,
    RunItem,
    RunLine,
    RunResult,
    RunRuling,
)

CATCH_UP = "interval '12 months'"
"""How far back a month nobody has paid is looked for."""

GRANTED = f"""
    months AS (
        SELECT generate_series(
            CAST(:month AS date) - {CATCH_UP}, CAST(:month AS date), interval '1 month'
        )::date AS month
    ),
    granted AS (
        SELECT DISTINCT ON (line.party_id, months.month)
               decision.case_id, line.party_id, months.month, decision.id AS decision_id,
               decision.number AS decision_number, line.amount_oere
        FROM months
        JOIN decided_line AS line ON line.from_month <= months.month
        JOIN decision ON decision.id = line.decision_id
        WHERE decision.sent_at IS NOT NULL AND decision.help_kind = 'forsoergelse'
        ORDER BY line.party_id, months.month, decision.issued_at DESC, line.from_month DESC
    ),
    first_of_case AS (
        -- The first month of a case's first grant is paid by itself, when it is decided.
        SELECT DISTINCT ON (decision.case_id) decision.case_id, decision.id AS decision_id,
               (SELECT min(line.from_month) FROM decided_line AS line
                WHERE line.decision_id = decision.id AND line.amount_oere > 0) AS month
        FROM decision
        WHERE decision.sent_at IS NOT NULL AND decision.help_kind = 'forsoergelse'
          AND decision.outcome IN ('bevilget', 'delvis')
        ORDER BY decision.case_id, decision.issued_at
    ),
    running AS (
        SELECT granted.* FROM granted
        JOIN case_file ON case_file.id = granted.case_id AND case_file.state <> 'afsluttet'
        LEFT JOIN first_of_case ON first_of_case.case_id = granted.case_id
        WHERE granted.amount_oere > 0
          AND granted.month IS DISTINCT FROM first_of_case.month
          AND NOT EXISTS (
              SELECT FROM payment JOIN decision ON decision.id = payment.decision_id
              WHERE payment.case_id = granted.case_id AND payment.party_id = granted.party_id
                AND payment.month = granted.month AND decision.help_kind = 'forsoergelse'
          )
    )
"""  # noqa: S608 – our own words, and nothing from outside
"""The running grants up to a month, and of those the ones that nothing has been paid for."""

FREEZE = text(
    f"""
    WITH {GRANTED}
    INSERT INTO run_line (id, run_id, batch, case_id, party_id, decision_id, month, decided_oere)
    SELECT gen_random_uuid(), :run_id,
           (dense_rank() OVER (ORDER BY case_id) - 1) / :batch_size,
           case_id, party_id, decision_id, month, amount_oere
    FROM running
    ON CONFLICT DO NOTHING
    """  # noqa: S608 – our own words, and nothing from outside
)

BLOCKERS = text(
    f"""
    WITH {GRANTED},
    now_running AS (SELECT * FROM running WHERE month = :month),
    found AS (
        SELECT 'hoering' AS kind, running.case_id, 'En partshøring er ikke afsluttet.' AS said
        FROM now_running AS running
        WHERE EXISTS (
            SELECT FROM hearing WHERE hearing.case_id = running.case_id
              AND hearing.state NOT IN ('afsluttet', 'bortfaldet')
        )
        UNION
        SELECT 'skattekort', running.case_id, 'Der er intet skattekort for udbetalingsdagen.'
        FROM now_running AS running
        WHERE NOT EXISTS (
            SELECT FROM fact
            WHERE fact.case_id = running.case_id AND fact.party_id = running.party_id
              AND fact.kind = 'skattekort' AND fact.status = 'vaerdi' AND fact.known_to IS NULL
              AND fact.valid_from <= :pays_on
              AND (fact.valid_to IS NULL OR fact.valid_to > :pays_on)
        )
        UNION
        SELECT 'register', running.case_id, 'Registeroplysningerne er mere end 90 dage gamle.'
        FROM now_running AS running
        WHERE NOT EXISTS (
            SELECT FROM fact
            WHERE fact.case_id = running.case_id AND fact.source_kind = 'register'
              AND fact.known_from > CAST(:pays_on AS date) - interval '90 days'
        )
        UNION
        SELECT 'standset', running.case_id, 'Sagens proces er standset.'
        FROM now_running AS running
        WHERE EXISTS (
            SELECT FROM incident
            WHERE incident.case_id = running.case_id AND incident.resolved_at IS NULL
        )
        UNION
        SELECT 'afvist', running.case_id, 'Den seneste udbetaling blev afvist.'
        FROM now_running AS running
        WHERE (
            SELECT receipt.state FROM payment
            JOIN payment_receipt AS receipt ON receipt.payment_id = payment.id
            WHERE payment.case_id = running.case_id AND payment.party_id = running.party_id
            ORDER BY payment.month DESC, payment.sequence DESC, receipt.id DESC LIMIT 1
        ) = 'afvist'
    )
    SELECT found.kind, found.case_id, case_file.number, found.said
    FROM found JOIN case_file ON case_file.id = found.case_id
    ORDER BY found.kind, case_file.number
    """  # noqa: S608 – our own words, and nothing from outside
)

STATE_OF = """
    LATERAL (
        SELECT receipt.state, receipt.at FROM payment_receipt AS receipt
        WHERE receipt.payment_id = payment.id
        ORDER BY CASE receipt.state WHEN 'bestilt' THEN 1 WHEN 'modtaget' THEN 2 ELSE 3 END DESC,
                 receipt.at DESC, receipt.id DESC
        LIMIT 1
    )
"""
"""How far a payment is: of two last words the newer counts, as in the domain."""

STANDING = f"""
    standing AS (
        SELECT line.id, line.batch, line.case_id, line.party_id, line.month, line.decided_oere,
               result.version, result.gross_oere, result.tax_oere, result.net_oere,
               result.sanction_oere,
               result.set_off_gross_oere + result.set_off_oere AS set_off_oere,
               result.atp_oere, result.administration_oere,
               result.pension_oere + result.atp_municipality_oere AS pension_oere,
               result.is_payable, result.weight, result.remarks, result.card_kind,
               result.allowance_oere, ruling.verdict, receipt.state,
               result.line_id IS NOT NULL AND ruling.verdict IS NULL
                   AND (result.weight <> 'noteret' OR NOT result.is_payable) AS is_open
        FROM run_line AS line
        LEFT JOIN LATERAL (
            SELECT * FROM run_result WHERE run_result.line_id = line.id
            ORDER BY version DESC LIMIT 1
        ) AS result ON true
        LEFT JOIN LATERAL (
            SELECT run_ruling.verdict FROM run_ruling
            WHERE run_ruling.line_id = line.id AND run_ruling.version = result.version
            ORDER BY run_ruling.id DESC LIMIT 1
        ) AS ruling ON true
        LEFT JOIN payment ON payment.id = line.id
        LEFT JOIN {STATE_OF} AS receipt ON payment.id IS NOT NULL
        WHERE line.run_id = :run_id
    )
"""  # noqa: S608 – our own words, and nothing from outside
"""Each line of a run as it stands: its newest result, what was decided on it, its payment."""

MAY_GO = "is_payable AND NOT is_open AND verdict IS DISTINCT FROM 'tilbageholdt'"

FIGURES = text(
    f"""
    WITH {STANDING}
    SELECT count(*) AS lines,
           count(version) AS calculated,
           coalesce(sum(gross_oere), 0) AS gross,
           coalesce(sum(tax_oere), 0) AS tax,
           coalesce(sum(net_oere), 0) AS net,
           coalesce(sum(sanction_oere), 0) AS sanction,
           coalesce(sum(set_off_oere), 0) AS set_off,
           coalesce(sum(atp_oere), 0) AS atp,
           coalesce(sum(administration_oere), 0) AS administration,
           coalesce(sum(pension_oere), 0) AS pension,
           count(*) FILTER (WHERE is_open) AS open,
           count(*) FILTER (WHERE verdict = 'tilbageholdt') AS held,
           coalesce(sum(net_oere) FILTER (WHERE verdict = 'tilbageholdt'), 0) AS held_net,
           count(*) FILTER (WHERE is_open AND weight = 'alvorlig') AS serious,
           count(*) FILTER (WHERE {MAY_GO}) AS to_pay,
           coalesce(sum(net_oere) FILTER (WHERE {MAY_GO}), 0) AS to_pay_net,
           count(*) FILTER (WHERE card_kind = 'hovedkort') AS main_cards,
           count(*) FILTER (WHERE card_kind = 'hovedkort' AND allowance_oere = 0)
               AS without_allowance,
           count(state) AS ordered,
           coalesce(sum(net_oere) FILTER (WHERE state IS NOT NULL), 0) AS ordered_net,
           count(*) FILTER (WHERE state = 'modtaget') AS accepted,
           count(*) FILTER (WHERE state = 'udbetalt') AS settled,
           coalesce(sum(net_oere) FILTER (WHERE state = 'udbetalt'), 0) AS settled_net,
           count(*) FILTER (WHERE state = 'afvist') AS rejected,
           coalesce(sum(net_oere) FILTER (WHERE state = 'afvist'), 0) AS rejected_net
    FROM standing
    """  # noqa: S608 – our own words, and nothing from outside
)

REMARKS = text(
    f"""
    WITH {STANDING}
    SELECT remark ->> 'kind' AS kind, remark ->> 'weight' AS weight, count(*) AS lines,
           sum(decided_oere) AS gross, count(*) FILTER (WHERE is_open) AS open,
           count(*) FILTER (WHERE verdict = 'tilbageholdt') AS held
    FROM standing, LATERAL json_array_elements(remarks) AS remark
    GROUP BY 1, 2
    ORDER BY CASE remark ->> 'weight' WHEN 'alvorlig' THEN 0 WHEN 'skal_ses' THEN 1 ELSE 2 END,
             count(*) FILTER (WHERE is_open) DESC, 1
    """  # noqa: S608 – our own words, and nothing from outside
)

COMPARED = text(
    """
    WITH run AS (SELECT * FROM payment_run WHERE id = :run_id),
    now AS (
        SELECT case_file.benefit, count(*) AS lines, sum(line.decided_oere) AS gross
        FROM run_line AS line JOIN case_file ON case_file.id = line.case_id
        JOIN run ON run.id = line.run_id
        GROUP BY 1
    ),
    before AS (
        SELECT case_file.benefit, count(*) AS lines, sum(payment.gross_oere) AS gross
        FROM run
        JOIN payment ON payment.month = run.month - interval '1 month' AND payment.sequence = 0
        JOIN case_file ON case_file.id = payment.case_id
        GROUP BY 1
    )
    SELECT benefit, coalesce(now.lines, 0) AS count, coalesce(now.gross, 0) AS gross,
           coalesce(before.lines, 0) AS last_count, coalesce(before.gross, 0) AS last_gross
    FROM now FULL JOIN before USING (benefit)
    ORDER BY 3 DESC, 1
    """
)

ITEMS = f"""
    WITH {STANDING}
    SELECT standing.id FROM standing
    WHERE {{of_batch}}
      AND (:kind = '' OR EXISTS (
          SELECT FROM json_array_elements(remarks) AS remark WHERE remark ->> 'kind' = :kind
      ))
      AND CASE :which WHEN 'aabne' THEN is_open
                      WHEN 'holdt' THEN verdict = 'tilbageholdt'
                      WHEN 'frigivet' THEN verdict = 'frigivet'
                      WHEN 'bemaerket' THEN json_array_length(remarks) > 0
                      WHEN 'afvist' THEN state = 'afvist'
                      WHEN 'klar' THEN state IS NULL AND {MAY_GO}
                      ELSE true END
    ORDER BY CASE weight WHEN 'alvorlig' THEN 0 WHEN 'skal_ses' THEN 1 ELSE 2 END, case_id,
             month, standing.id
    LIMIT :limit
"""  # noqa: S608 – our own words, and nothing from outside

OF_RUN = "payment.id = payment.plan_id"
"""A payment a run sent has the line's id and a plan of the same id; others have their own."""

SETTLED_OF_BATCH = text(
    f"""
    SELECT payment.id, case_file.benefit
    FROM run_line AS line
    JOIN payment ON payment.id = line.id AND {OF_RUN}
    JOIN case_file ON case_file.id = payment.case_id
    JOIN {STATE_OF} AS receipt ON receipt.state = 'udbetalt'
    WHERE line.run_id = :run_id AND line.batch = :batch
      AND NOT EXISTS (SELECT FROM voucher WHERE voucher.id = payment.id)
    """  # noqa: S608 – our own words, and nothing from outside
)

UNREPORTED = text(
    f"""
    INSERT INTO income_report_line
        (report_id, payment_id, gross_oere, tax_oere, paid_on, reference, rejected_reason)
    SELECT :report_id, payment.id,
           payment.gross_oere - payment.sanction_oere - payment.set_off_gross_oere,
           payment.tax_oere,
           (receipt.at AT TIME ZONE 'Europe/Copenhagen')::date, '', ''
    FROM payment
    JOIN {STATE_OF} AS receipt ON receipt.state = 'udbetalt'
    WHERE payment.disposition_on <= :until
      AND (CAST(:plan_id AS uuid) IS NULL OR payment.plan_id = CAST(:plan_id AS uuid))
      AND NOT EXISTS (
          SELECT FROM income_report_line AS line
          WHERE line.payment_id = payment.id AND line.rejected_reason = ''
      )
    ORDER BY payment.id
    LIMIT :limit
    ON CONFLICT DO NOTHING
    """  # noqa: S608 – our own words, and nothing from outside
)

OF_THE_MONTH = """
    EXISTS (
        SELECT FROM run_line AS line
        WHERE line.run_id = :run_id AND line.id IN (payment.plan_id, payment.id)
    )
    OR (payment.disposition_on BETWEEN :first AND :last
        AND NOT EXISTS (
            SELECT FROM run_line AS line WHERE line.id IN (payment.plan_id, payment.id)
        ))
"""
"""What a month answers for: its run, later tries of that, and other payments of the month."""

REFUNDED = text(
    f"""
    SELECT payment.party_id, payment.month,
           sum(payment.gross_oere - payment.sanction_oere) AS oere
    FROM payment
    JOIN decision ON decision.id = payment.decision_id AND decision.help_kind = 'forsoergelse'
    JOIN case_file ON case_file.id = payment.case_id AND case_file.benefit = 'kontanthjaelp'
    JOIN {STATE_OF} AS receipt ON receipt.state = 'udbetalt'
    WHERE payment.month <= :until
    GROUP BY 1, 2 ORDER BY 1, 2
    """  # noqa: S608 – our own words, and nothing from outside
)

PAID_OUT = text(
    """
    SELECT payment.party_id, sum(gross_oere) AS gross, sum(sanction_oere) AS sanction,
           sum(set_off_gross_oere) AS set_off_gross, sum(tax_oere) AS tax, sum(atp_oere) AS atp,
           sum(set_off_oere) AS set_off, sum(administration_oere) AS administration
    FROM payment JOIN decision ON decision.id = payment.decision_id
    WHERE payment.month = :month AND payment.sequence = 0 AND decision.help_kind = 'forsoergelse'
    GROUP BY 1
    """
)
"""What was paid for a month; one that is tried again is the same amounts."""

ACCOUNTED = text(
    f"""
    SELECT payment.id, payment.case_id, payment.gross_oere, payment.tax_oere, payment.net_oere,
           payment.sanction_oere, payment.set_off_gross_oere,
           payment.atp_municipality_oere + payment.pension_oere AS on_top,
           others.oere AS others, others.paid_oere AS others_paid,
           others.rejected_oere AS others_rejected,
           receipt.state, posted.oere AS posted, report.gross_oere AS reported_gross,
           report.tax_oere AS reported_tax
    FROM payment
    JOIN {STATE_OF} AS receipt ON true
    LEFT JOIN LATERAL (
        SELECT sum(entry.amount_oere) FILTER (WHERE entry.amount_oere > 0) AS oere
        FROM voucher JOIN voucher_entry AS entry ON entry.voucher_id = voucher.id
        WHERE voucher.id = payment.id AND voucher.accepted_at IS NOT NULL
    ) AS posted ON true
    LEFT JOIN income_report_line AS report
      ON report.payment_id = payment.id AND report.accepted_at IS NOT NULL
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(part.amount_oere), 0) AS oere,
               coalesce(sum(part.amount_oere) FILTER (WHERE part.state = 'udbetalt'), 0)
                   AS paid_oere,
               coalesce(sum(part.amount_oere) FILTER (WHERE part.state = 'afvist'), 0)
                   AS rejected_oere
        FROM ({PARTS}) AS part WHERE part.payment_id = payment.id
    ) AS others
    WHERE {OF_THE_MONTH}
    ORDER BY payment.case_id, payment.id
    """  # noqa: S608 – our own words, and nothing from outside
)


def packed(node: Node | None) -> bytes:
    """Pack an explanation: some kilobytes of repeated words become a few hundred bytes."""
    if node is None:
        return b""
    return zlib.compress(
        json.dumps(node_to_data(node), ensure_ascii=False, separators=(",", ":")).encode(), 6
    )


def unpacked(data: bytes) -> Node | None:
    """Read an explanation back."""
    return node_from_data(json.loads(zlib.decompress(data))) if data else None


def run_of(row: RunRow) -> PaymentRun:
    """Make a run of its row."""
    return PaymentRun(
        id=row.id,
        case_id=row.case_id,
        month=Month.of(row.month),
        blockers_at=row.blockers_at,
        freeze_at=row.freeze_at,
        review_by=row.review_by,
        send_at=row.send_at,
        disposition_on=row.disposition_on,
        started_by=row.started_by,
        started_at=row.started_at,
        frozen_at=row.frozen_at,
        change_percent=row.change_percent,
        largest=Money(row.largest_oere),
        stop_reason=row.stop_reason,
        reviewed_by=row.reviewed_by,
        reviewed_at=row.reviewed_at,
        approved_by=row.approved_by,
        approved_at=row.approved_at,
        sent_at=row.sent_at,
        ended_at=row.ended_at,
    )


def _progress(run: PaymentRun) -> dict[str, object]:
    return {
        "frozen_at": run.frozen_at,
        "change_percent": run.change_percent,
        "largest_oere": run.largest.oere,
        "stop_reason": run.stop_reason,
        "reviewed_by": run.reviewed_by,
        "reviewed_at": run.reviewed_at,
        "approved_by": run.approved_by,
        "approved_at": run.approved_at,
        "sent_at": run.sent_at,
        "ended_at": run.ended_at,
    }


def result_of(row: RunResultRow) -> RunResult:
    """Make a result of its row."""
    return RunResult(
        line_id=row.line_id,
        version=row.version,
        calculated=None if row.calculated_oere is None else Money(row.calculated_oere),
        gross=Money(row.gross_oere),
        tax=Money(row.tax_oere),
        net=Money(row.net_oere),
        is_payable=row.is_payable,
        weight=row.weight,
        remarks=tuple(row.remarks),
        card_kind=row.card_kind,
        allowance=Money(row.allowance_oere),
        explanation=unpacked(row.explanation),
        made_at=row.made_at,
        sanction=Money(row.sanction_oere),
        set_off_gross=Money(row.set_off_gross_oere),
        atp=Money(row.atp_oere),
        set_off=Money(row.set_off_oere),
        administration=Money(row.administration_oere),
        atp_municipality=Money(row.atp_municipality_oere),
        pension=Money(row.pension_oere),
        taken=tuple(
            Taken(
                str(each["deduction"]),
                DeductionKind(str(each["kind"])),
                Money(int(str(each["oere"]))),
            )
            for each in row.taken
        ),
    )


class SqlRunStore(Store):
    """Monthly runs: lines, results, rulings, batches, reports, reconciliations."""

    # ---- the run --------------------------------------------------------------------------

    def add(self, run: PaymentRun) -> None:
        """Save a new run; a second one of the same month is refused by the database."""
        key = {
            "id": run.id,
            "case_id": run.case_id,
            "month": run.month.first_day,
            "blockers_at": run.blockers_at,
            "freeze_at": run.freeze_at,
            "review_by": run.review_by,
            "send_at": run.send_at,
            "disposition_on": run.disposition_on,
            "started_by": run.started_by,
            "started_at": run.started_at,
        }
        self.insert(RunRow, [key | _progress(run)])

    def get(self, run_id: str) -> PaymentRun:
        """Return a run."""
        wanted = select(RunRow).where(RunRow.id == known_id(run_id, "Kørslen"))
        return run_of(self.one(wanted, "Kørslen"))

    def lock(self, run_id: str) -> PaymentRun:
        """Return a run and hold its row until the transaction ends."""
        wanted = select(RunRow).where(RunRow.id == known_id(run_id, "Kørslen"))
        return run_of(self.one(wanted.with_for_update(key_share=True), "Kørslen"))

    def hold_month(self, month: Month) -> None:
        """Let one transaction at a time plan a month."""
        self.hold("payment-run", month)

    def of_month(self, month: Month) -> PaymentRun | None:
        """Return the run of a month, if there is one."""
        row = self.session.scalars(
            select(RunRow).where(RunRow.month == month.first_day)
        ).one_or_none()
        return None if row is None else run_of(row)

    def all(self) -> Sequence[PaymentRun]:
        """Return every run, the newest month first."""
        return [run_of(row) for row in self.session.scalars(
            select(RunRow).order_by(RunRow.month.desc())
        )]  # fmt: skip

    def save(self, run: PaymentRun) -> None:
        """Write how far a run is."""
        changed = self.count_changed(
            update(RunRow).where(RunRow.id == run.id).values(_progress(run))
        )
        if not changed:
            raise missing("Kørslen")

    # ---- lines ----------------------------------------------------------------------------

    def freeze(self, run: PaymentRun, *, batch_size: int) -> int:
        """Write a line for each running grant of the month; returns how many batches there are."""
        if self.batches(run.id) == 0:
            self.session.execute(
                FREEZE,
                {"month": run.month.first_day, "run_id": run.id, "batch_size": batch_size},
            )
        return self.batches(run.id)

    def batches(self, run_id: str) -> int:
        """Return how many batches of lines a run has."""
        highest = select(func.max(RunLineRow.batch)).where(RunLineRow.run_id == run_id)
        number = self.session.scalars(highest).one()
        return 0 if number is None else number + 1

    def has_running(self, month: Month) -> bool:
        """Tell whether anybody has running help that nobody has paid for a month."""
        found = self.session.execute(
            text(f"WITH {GRANTED} SELECT EXISTS (SELECT FROM running)"),  # noqa: S608 – our own words, and nothing from outside
            {"month": month.first_day},
        )
        return bool(found.scalar_one())

    def blockers(self, month: Month, *, pays_on: date) -> Sequence[Blocker]:
        """Return what stands in the way of the month's running grants."""
        found = self.session.execute(BLOCKERS, {"month": month.first_day, "pays_on": pays_on})
        return [Blocker(kind, str(case_id), number, said) for kind, case_id, number, said in found]

    def basis(self, run_id: str, batch: int | None, *, line_id: str | None = None) -> RunBasis:
        """Return what a batch, or one line, is calculated from."""
        wanted = select(RunLineRow).where(RunLineRow.run_id == known_id(run_id, "Kørslen"))
        if line_id is not None:
            wanted = wanted.where(RunLineRow.id == known_id(line_id, "Linjen"))
        else:
            wanted = wanted.where(RunLineRow.batch == batch)
        rows = self.session.scalars(wanted.order_by(RunLineRow.id)).all()
        month = self.get(run_id).month
        lines = [_line_of(row, {}) for row in rows]
        return self._basis(lines, month, self._shared(run_id, [row.party_id for row in rows]))

    def basis_of(self, lines: Sequence[RunLine], month: Month) -> RunBasis:
        """Return what some lines are calculated from, whether or not they are in a run."""
        return self._basis(lines, month, frozenset())

    def _basis(self, frozen: Sequence[RunLine], month: Month, shared: frozenset[str]) -> RunBasis:
        ids = sorted({line.grant.case_id for line in frozen})
        party_ids = [line.grant.party_id for line in frozen]
        decisions = self._decisions(ids)
        numbers = {each.id: each.number for held in decisions.values() for each in held}
        cases = cases_of(
            self.session, self.session.scalars(select(CaseRow).where(CaseRow.id.in_(ids))).all()
        )
        applications = self.session.scalars(
            select(ApplicationRow)
            .where(ApplicationRow.case_id.in_(ids))
            .order_by(ApplicationRow.received_at, ApplicationRow.id)
        )
        facts: dict[str, list[Fact]] = {}
        # Plain rows: some hundred thousand of them are read in a run, and none is ever changed.
        for row in self.session.execute(
            select(*cast(Table, FactRow.__table__).columns)
            .where(FactRow.case_id.in_(ids), FactRow.known_to.is_(None))
            .order_by(FactRow.known_from, FactRow.id)
        ):
            facts.setdefault(row.case_id, []).append(fact_of(cast(FactRow, row)))
        named = [
            replace(
                line,
                grant=replace(line.grant, decision_number=numbers.get(line.grant.decision_id, "")),
            )
            for line in frozen
        ]
        return RunBasis(
            lines=named,
            cases={each.id: each for each in cases},
            applications={each.case_id: application_of(each) for each in applications},
            facts=facts,
            decisions=decisions,
            last_gross=self._last_gross(party_ids, month.first_day),
            shared=shared,
            deductions=SqlDeductionStore(self.session).of_cases(ids),
        )

    def running(self, month: Month) -> Sequence[RunLine]:
        """Return what would be frozen if the month's run began now; nothing is written."""
        found = self.session.execute(
            text(f"WITH {GRANTED} SELECT * FROM running ORDER BY case_id, party_id, month"),  # noqa: S608 – our own words, and nothing from outside
            {"month": month.first_day},
        ).mappings()
        return [
            RunLine(
                id=str(uuid5(NAMESPACE_OID, f"{row['party_id']}:{row['month']}")),
                run_id="",
                batch=0,
                grant=RunningGrant(
                    case_id=str(row["case_id"]),
                    party_id=str(row["party_id"]),
                    decision_id=str(row["decision_id"]),
                    decision_number=row["decision_number"],
                    month=Month.of(row["month"]),
                    amount=Money(row["amount_oere"]),
                ),
            )
            for row in found
        ]

    def paid_out(self, month: Month) -> Mapping[str, PaidOut]:
        """Return what each party was paid for a month of running help, by party."""
        found = self.session.execute(PAID_OUT, {"month": month.first_day}).mappings()
        return {
            str(row["party_id"]): PaidOut(
                Money(int(row["gross"])),
                Money(int(row["sanction"])),
                Money(int(row["set_off_gross"])),
                Money(int(row["tax"])),
                Money(int(row["atp"])),
                Money(int(row["set_off"])),
                Money(int(row["administration"])),
            )
            for row in found
        }

    def refunded(self, until: Month) -> Mapping[str, Sequence[tuple[Month, Money]]]:
        """Return what each party was paid of kontanthjælp, month by month up to one, at cost."""
        paid: dict[str, list[tuple[Month, Money]]] = {}
        for party_id, month, oere in self.session.execute(REFUNDED, {"until": until.first_day}):
            paid.setdefault(str(party_id), []).append((Month.of(month), Money(int(oere))))
        return paid

    def people(self, party_ids: Sequence[str]) -> Mapping[str, tuple[str, str, str, str]]:
        """Return name, protection, case and case number of some parties."""
        rows = self.session.execute(
            select(PartyRow.id, PartyRow.name, PartyRow.protection, CaseRow)
            .join(CaseRow, CaseRow.id == PartyRow.case_id)
            .where(PartyRow.id.in_(party_ids))
        )
        return {
            party_id: (
                name,
                max(protection, case.protection, key=lambda word: word != "normal"),
                case.id,
                case.number,
            )
            for party_id, name, protection, case in rows
        }

    def checks(self, run_id: str, batch: int) -> RunBasis:
        """Return what the safeguards ask about a batch, and nothing else."""
        rows = self.session.scalars(
            select(RunLineRow).where(RunLineRow.run_id == run_id, RunLineRow.batch == batch)
        ).all()
        ids = sorted({row.case_id for row in rows})
        decisions = self._decisions(ids)
        numbers = {each.id: each.number for held in decisions.values() for each in held}
        return RunBasis(
            lines=[_line_of(row, numbers) for row in rows],
            cases={},
            applications={},
            facts={},
            decisions=decisions,
            last_gross={},
            shared=frozenset(),
            deductions=SqlDeductionStore(self.session).of_cases(ids),
        )

    def _decisions(self, case_ids: Sequence[str]) -> dict[str, list[Decision]]:
        rows = self.session.scalars(
            select(DecisionRow).where(
                DecisionRow.case_id.in_(case_ids),
                DecisionRow.sent_at.is_not(None),
                DecisionRow.help_kind == "forsoergelse",
            )
        ).all()
        lines: dict[str, list[DecidedLineRow]] = {}
        for line in self.session.scalars(
            select(DecidedLineRow)
            .where(DecidedLineRow.decision_id.in_([row.id for row in rows]))
            .order_by(DecidedLineRow.position)
        ):
            lines.setdefault(line.decision_id, []).append(line)
        held: dict[str, list[Decision]] = {}
        for row in rows:
            held.setdefault(row.case_id, []).append(decision_of(row, lines.get(row.id, [])))
        return held

    def _last_gross(self, party_ids: Sequence[str], month: date) -> dict[str, Money]:
        before = date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
        found = self.session.execute(
            select(PaymentRow.party_id, func.sum(PaymentRow.gross_oere).cast(BigInteger))
            .where(
                PaymentRow.party_id.in_(party_ids),
                PaymentRow.month == before,
                PaymentRow.sequence == 0,
            )
            .group_by(PaymentRow.party_id)
        )
        return {party_id: Money(oere) for party_id, oere in found}

    def _shared(self, run_id: str, party_ids: Sequence[str]) -> frozenset[str]:
        found = self.session.execute(
            text(
                "SELECT mine.id FROM party AS mine"
                " WHERE mine.id = ANY(CAST(:ids AS uuid[])) AND EXISTS ("
                " SELECT FROM party AS other JOIN run_line AS line ON line.party_id = other.id"
                " WHERE other.cpr = mine.cpr AND other.case_id <> mine.case_id"
                " AND line.run_id = :run_id)"
            ),
            {"ids": list(party_ids), "run_id": run_id},
        )
        return frozenset(str(each) for (each,) in found)

    def add_results(self, results: Sequence[RunResult]) -> None:
        """Save what lines came to; the same version twice is kept once."""
        if results:
            self.session.execute(
                upsert(RunResultRow).on_conflict_do_nothing(),
                [
                    {
                        "line_id": each.line_id,
                        "version": each.version,
                        "calculated_oere": None
                        if each.calculated is None
                        else each.calculated.oere,
                        "gross_oere": each.gross.oere,
                        "tax_oere": each.tax.oere,
                        "net_oere": each.net.oere,
                        "is_payable": each.is_payable,
                        "weight": each.weight,
                        "remarks": [dict(remark) for remark in each.remarks],
                        "card_kind": each.card_kind,
                        "allowance_oere": each.allowance.oere,
                        "explanation": packed(each.explanation),
                        "made_at": each.made_at,
                        "sanction_oere": each.sanction.oere,
                        "set_off_gross_oere": each.set_off_gross.oere,
                        "atp_oere": each.atp.oere,
                        "set_off_oere": each.set_off.oere,
                        "administration_oere": each.administration.oere,
                        "atp_municipality_oere": each.atp_municipality.oere,
                        "pension_oere": each.pension.oere,
                        "taken": [
                            {
                                "deduction": taken.deduction_id,
                                "kind": taken.kind.value,
                                "oere": taken.amount.oere,
                            }
                            for taken in each.taken
                        ],
                    }
                    for each in results
                ],
            )

    def add_ruling(self, ruling: RunRuling) -> None:
        """Append what a person decided about a line."""
        self.insert(
            RunRulingRow,
            [
                {
                    "line_id": ruling.line_id,
                    "version": ruling.version,
                    "verdict": ruling.verdict.value,
                    "reason": ruling.reason,
                    "by_user": ruling.by,
                    "at": ruling.at,
                }
            ],
        )

    def rulers(self, run_id: str) -> frozenset[str]:
        """Return everybody who has decided about a line of a run."""
        found = self.session.scalars(
            select(RunRulingRow.by_user)
            .join(RunLineRow, RunLineRow.id == RunRulingRow.line_id)
            .where(RunLineRow.run_id == run_id)
            .distinct()
        )
        return frozenset(found)

    def item(self, line_id: str) -> RunItem:
        """Return one line as it stands."""
        found = self._items([known_id(line_id, "Linjen")])
        if not found:
            raise missing("Linjen")
        return found[0]

    def items(
        self, run_id: str, *, batch: int | None = None, kind: str = "", which: str = "", limit: int
    ) -> Sequence[RunItem]:
        """Return lines as they stand, the most serious first."""
        asked = {"run_id": run_id, "batch": batch, "kind": kind, "which": which, "limit": limit}
        # Said apart, so that a batch is found by its index and not among all the others.
        words = ITEMS.format(of_batch="true" if batch is None else "batch = :batch")
        ids = [str(each) for (each,) in self.session.execute(text(words), asked)]
        place = {each: number for number, each in enumerate(ids)}
        return sorted(self._items(ids), key=lambda item: place[item.line.id])

    def _items(self, ids: Sequence[str]) -> list[RunItem]:
        lines = self.session.execute(
            select(RunLineRow, PartyRow, CaseRow.number, CaseRow.protection, DecisionRow.number)
            .join(PartyRow, PartyRow.id == RunLineRow.party_id)
            .join(CaseRow, CaseRow.id == RunLineRow.case_id)
            .join(DecisionRow, DecisionRow.id == RunLineRow.decision_id)
            .where(RunLineRow.id.in_(ids))
        ).all()
        results = {
            row.line_id: result_of(row)
            for row in self.session.scalars(
                select(RunResultRow)
                .where(RunResultRow.line_id.in_(ids))
                .order_by(RunResultRow.version)
            )
        }
        rulings: dict[str, RunRuling] = {}
        for ruling in self.session.scalars(
            select(RunRulingRow).where(RunRulingRow.line_id.in_(ids)).order_by(RunRulingRow.id)
        ):
            result = results.get(ruling.line_id)
            if result is not None and ruling.version == result.version:
                rulings[ruling.line_id] = RunRuling(
                    ruling.line_id,
                    ruling.version,
                    Verdict(ruling.verdict),
                    ruling.reason,
                    ruling.by_user,
                    ruling.at,
                )
        states = {
            str(payment_id): PaymentState(state)
            for payment_id, state in self.session.execute(
                text(
                    f"SELECT payment.id, receipt.state FROM payment JOIN {STATE_OF} AS receipt"  # noqa: S608 – our own words, and nothing from outside
                    " ON true WHERE payment.id = ANY(CAST(:ids AS uuid[]))"
                ),
                {"ids": list(ids)},
            )
        }
        return [
            RunItem(
                line=_line_of(line, {line.decision_id: decision_number}),
                result=results.get(line.id),
                ruling=rulings.get(line.id),
                payment=states.get(line.id),
                name=party.name,
                protection=max(party.protection, protection, key=lambda word: word != "normal"),
                case_number=number,
            )
            for line, party, number, protection, decision_number in lines
        ]

    # ---- figures --------------------------------------------------------------------------

    def figures(self, run_id: str) -> RunFigures:
        """Return a run in figures, in one statement."""
        row = self.session.execute(FIGURES, {"run_id": run_id}).mappings().one()
        return RunFigures(**{key: _figure(key, value) for key, value in row.items()})

    def remarks(self, run_id: str) -> Sequence[RemarkCount]:
        """Return what was remarked, by kind, in one statement."""
        found = self.session.execute(REMARKS, {"run_id": run_id}).mappings()
        return [
            RemarkCount(
                row["kind"],
                row["weight"],
                row["lines"],
                Money(int(row["gross"])),
                row["open"],
                row["held"],
            )
            for row in found
        ]

    def compared(self, run_id: str) -> Sequence[MonthOfBenefit]:
        """Return the run beside what was paid for the month before, by benefit."""
        found = self.session.execute(COMPARED, {"run_id": run_id}).mappings()
        return [
            MonthOfBenefit(
                row["benefit"],
                row["count"],
                Money(int(row["gross"])),
                row["last_count"],
                Money(int(row["last_gross"])),
            )
            for row in found
        ]

    # ---- batches --------------------------------------------------------------------------

    def add_batches(self, run_id: str, phase: str, count: int) -> None:
        """Say how many batches a phase has."""
        if count:
            self.session.execute(
                upsert(RunBatchRow).on_conflict_do_nothing(),
                [{"run_id": run_id, "phase": phase, "number": each} for each in range(count)],
            )

    def finish_batch(self, run_id: str, phase: str, number: int, *, at: datetime) -> int:
        """Say a batch is done; returns how many of its phase are left. Holds the run."""
        self.lock(run_id)
        mine = (RunBatchRow.run_id == run_id, RunBatchRow.phase == phase)
        self.session.execute(
            update(RunBatchRow)
            .where(*mine, RunBatchRow.number == number, RunBatchRow.done_at.is_(None))
            .values(done_at=at)
        )
        left = select(func.count()).where(*mine, RunBatchRow.done_at.is_(None))
        return self.session.scalars(left).one()

    def phases(self, run_id: str) -> Sequence[PhaseProgress]:
        """Return how far each phase is."""
        found = self.session.execute(
            select(
                RunBatchRow.phase,
                func.count(),
                func.count(RunBatchRow.done_at),
                func.max(RunBatchRow.done_at),
            )
            .where(RunBatchRow.run_id == run_id)
            .group_by(RunBatchRow.phase)
        )
        return [PhaseProgress(*row) for row in found]

    # ---- the bank -------------------------------------------------------------------------

    def order(self, run: PaymentRun, lines: Sequence[PaymentLine], *, at: datetime) -> None:
        """Save one plan and payment a line, ordered; what is there stays as it is."""
        if not lines:
            return
        plans = [
            {
                "id": line.plan_id,
                "case_id": line.case_id,
                "decision_id": line.decision_id,
                "made_at": at,
            }
            for line in lines
        ]
        self.session.execute(upsert(PlanRow).on_conflict_do_nothing(), plans)
        self.session.execute(
            upsert(PaymentRow).on_conflict_do_nothing(index_elements=["municipality_id", "id"]),
            [
                {
                    "id": line.id,
                    "plan_id": line.plan_id,
                    "case_id": line.case_id,
                    "decision_id": line.decision_id,
                    "party_id": line.party_id,
                    "month": line.month.first_day,
                    "sequence": line.sequence,
                    "disposition_on": line.disposition_on,
                    "explanation": node_to_data(line.explanation),
                }
                | amounts_of(line)
                for line in lines
            ],
        )
        add_parts(self.session, lines)
        self.append_receipts(
            [PaymentReceipt(line.id, PaymentState.ORDERED, "", "", at) for line in lines]
        )

    def ordered(self, run_id: str, batch: int) -> Sequence[PaymentLine]:
        """Return a batch's payments that the bank has not answered yet."""
        answered = select(ReceiptRow.payment_id).where(
            ReceiptRow.payment_id == PaymentRow.id, ReceiptRow.state != PaymentState.ORDERED.value
        )
        rows = self.session.scalars(
            select(PaymentRow)
            .join(RunLineRow, RunLineRow.id == PaymentRow.id)
            .where(
                RunLineRow.run_id == run_id,
                RunLineRow.batch == batch,
                PaymentRow.plan_id == PaymentRow.id,
                ~answered.exists(),
            )
            .order_by(PaymentRow.id)
        ).all()
        taken = taken_by(self.session, rows)
        return [line_of(row, taken.get(row.id, ())) for row in rows]

    def payees(self, case_ids: Sequence[str]) -> Mapping[str, str]:
        """Return the personal number of each party of some cases."""
        wanted = select(PartyRow.id, PartyRow.cpr).where(PartyRow.case_id.in_(case_ids))
        return {row[0]: row[1] for row in self.session.execute(wanted)}

    def is_waiting(self) -> bool:
        """Tell whether any run waits for the bank."""
        waiting = self.session.execute(
            text(
                f"SELECT EXISTS (SELECT FROM payment_run JOIN run_line ON run_line.run_id ="  # noqa: S608 – our own words, and nothing from outside
                f" payment_run.id JOIN payment ON payment.id = run_line.id AND {OF_RUN}"
                " WHERE payment_run.sent_at IS NOT NULL AND NOT EXISTS ("
                " SELECT FROM payment_receipt AS receipt WHERE receipt.payment_id = payment.id"
                " AND receipt.state IN ('udbetalt', 'afvist')))"
            )
        )
        return bool(waiting.scalar_one())

    def of_run(self, payment_ids: Sequence[str]) -> Mapping[str, tuple[str, str]]:
        """Return run and case of those payments that a run sent."""
        found = self.session.execute(
            select(RunLineRow.id, RunLineRow.run_id, RunLineRow.case_id)
            .join(PaymentRow, PaymentRow.id == RunLineRow.id)
            .where(RunLineRow.id.in_(payment_ids), PaymentRow.plan_id == PaymentRow.id)
        )
        return {line_id: (run_id, case_id) for line_id, run_id, case_id in found}

    def append_receipts(self, receipts: Sequence[PaymentReceipt]) -> Sequence[PaymentReceipt]:
        """Append receipts in one statement; returns those that were new."""
        once = {(each.payment_id, each.state, each.reference): each for each in receipts}
        if not once:
            return ()
        appended = self.session.execute(
            upsert(ReceiptRow)
            .values(
                [
                    {
                        "payment_id": each.payment_id,
                        "state": each.state.value,
                        "reference": each.reference,
                        "reason_code": each.reason_code,
                        "at": each.at,
                    }
                    for each in once.values()
                ]
            )
            .on_conflict_do_nothing(
                index_elements=["municipality_id", "payment_id", "state", "reference"]
            )
            .returning(ReceiptRow.payment_id, ReceiptRow.state, ReceiptRow.reference)
        )
        return [once[row[0], PaymentState(row[1]), row[2]] for row in appended]

    def unanswered(self, run_id: str) -> int:
        """Return how many payments of a run the bank has neither settled nor rejected."""
        found = self.session.execute(
            text(
                f"SELECT count(*) FROM run_line AS line JOIN payment ON payment.id = line.id"  # noqa: S608 – our own words, and nothing from outside
                f" AND {OF_RUN} WHERE line.run_id = :run_id AND NOT EXISTS ("
                " SELECT FROM payment_receipt AS receipt WHERE receipt.payment_id = payment.id"
                " AND receipt.state IN ('udbetalt', 'afvist'))"
            ),
            {"run_id": run_id},
        )
        return int(found.scalar_one())

    # ---- the ledger -----------------------------------------------------------------------

    def to_post(self, run_id: str, batch: int) -> Sequence[tuple[PaymentLine, str]]:
        """Return a batch's settled payments without a voucher, each with its benefit."""
        found = {
            str(payment_id): benefit
            for payment_id, benefit in self.session.execute(
                SETTLED_OF_BATCH, {"run_id": run_id, "batch": batch}
            )
        }
        rows = self.session.scalars(
            select(PaymentRow).where(PaymentRow.id.in_(list(found))).order_by(PaymentRow.id)
        )
        return [(line_of(row), found[row.id]) for row in rows]

    def add_vouchers(self, vouchers: Sequence[VoucherRecord]) -> None:
        """Insert vouchers with their entries; the same one twice is kept once."""
        if not vouchers:
            return
        added = self.session.execute(
            upsert(VoucherRow)
            .values(
                [
                    {
                        "id": each.id,
                        "plan_id": each.plan_id,
                        "case_id": each.case_id,
                        "posted_on": each.posted_on,
                        "reference": "",
                        "rejected_reason": "",
                        "tries": 0,
                    }
                    for each in vouchers
                ]
            )
            .on_conflict_do_nothing()
            .returning(VoucherRow.id)
        )
        new = {row[0] for row in added}
        self.insert(
            VoucherEntryRow,
            [
                {
                    "voucher_id": each.id,
                    "position": position,
                    "account": entry["account"],
                    "amount_oere": entry["amount_oere"],
                    "text": entry["text"],
                }
                for each in vouchers
                if each.id in new
                for position, entry in enumerate(each.entries)
            ],
        )

    def to_book(self, run_id: str, batch: int) -> Sequence[VoucherRecord]:
        """Return a batch's vouchers the finance system has neither taken nor rejected."""
        rows = self.session.scalars(
            select(VoucherRow)
            .join(RunLineRow, RunLineRow.id == VoucherRow.id)
            .where(
                RunLineRow.run_id == run_id,
                RunLineRow.batch == batch,
                VoucherRow.plan_id == VoucherRow.id,
                VoucherRow.accepted_at.is_(None),
                VoucherRow.rejected_reason == "",
            )
            .order_by(VoucherRow.id)
        ).all()
        entries: dict[str, list[Mapping[str, object]]] = {}
        for entry in self.session.scalars(
            select(VoucherEntryRow)
            .where(VoucherEntryRow.voucher_id.in_([row.id for row in rows]))
            .order_by(VoucherEntryRow.position)
        ):
            entries.setdefault(entry.voucher_id, []).append(
                {"account": entry.account, "amount_oere": entry.amount_oere, "text": entry.text}
            )
        return [
            VoucherRecord(
                row.id,
                row.plan_id,
                row.case_id,
                row.posted_on,
                tuple(entries.get(row.id, ())),
                tries=row.tries,
            )
            for row in rows
        ]

    def book(
        self, accepted: Mapping[str, str], rejected: Mapping[str, str], *, at: datetime
    ) -> None:
        """Write the finance system's answers: reference or reason, by voucher."""
        vouchers = cast(Table, VoucherRow.__table__)
        open_ = vouchers.c.accepted_at.is_(None)
        if accepted:
            self.session.connection().execute(
                vouchers.update()
                .where(vouchers.c.id == bindparam("which"), open_)
                .values(accepted_at=bindparam("noted_at"), reference=bindparam("named")),
                [
                    {"which": each, "noted_at": at, "named": reference}
                    for each, reference in accepted.items()
                ],
            )
        if rejected:
            self.session.connection().execute(
                vouchers.update()
                .where(vouchers.c.id == bindparam("which"), open_)
                .values(rejected_reason=bindparam("why")),
                [{"which": each, "why": reason} for each, reason in rejected.items()],
            )

    def _vouchers_rejected(self, run_id: str) -> Any:
        return (
            VoucherRow.rejected_reason != "",
            VoucherRow.accepted_at.is_(None),
            VoucherRow.id.in_(select(RunLineRow.id).where(RunLineRow.run_id == run_id)),
            VoucherRow.plan_id == VoucherRow.id,
        )

    def rejected_vouchers(self, run_id: str) -> int:
        """Return how many of a run's vouchers stand rejected."""
        wanted = select(func.count(VoucherRow.id)).where(*self._vouchers_rejected(run_id))
        return self.session.scalars(wanted).one()

    def retry_vouchers(self, run_id: str) -> int:
        """Give a run's rejected vouchers another try; returns how many."""
        return self.count_changed(
            update(VoucherRow)
            .where(*self._vouchers_rejected(run_id))
            .values(rejected_reason="", tries=VoucherRow.tries + 1)
        )

    # ---- the income register --------------------------------------------------------------

    def open_report(
        self, report_id: str, *, until: date, limit: int, run_id: str | None, plan_id: str | None
    ) -> int:
        """Put settled, unreported payments into a report; returns how many there were."""
        # One at a time: two would put the same payments into both.
        self.hold("income-report")
        made = upsert(IncomeReportRow).values(id=report_id, run_id=run_id, made_at=func.now())
        self.session.execute(made.on_conflict_do_nothing())
        asked = {"report_id": report_id, "until": until, "limit": limit, "plan_id": plan_id}
        self.session.execute(UNREPORTED, asked)
        return self.session.scalars(
            select(func.count()).where(IncomeReportLineRow.report_id == report_id)
        ).one()

    def report_lines(self, report_id: str) -> Sequence[ReportLine]:
        """Return a report's lines without an answer."""
        found = self.session.execute(
            select(IncomeReportLineRow, PaymentRow, PartyRow.cpr, CaseRow.benefit)
            .join(PaymentRow, PaymentRow.id == IncomeReportLineRow.payment_id)
            .join(PartyRow, PartyRow.id == PaymentRow.party_id)
            .join(CaseRow, CaseRow.id == PaymentRow.case_id)
            .where(
                IncomeReportLineRow.report_id == report_id,
                IncomeReportLineRow.accepted_at.is_(None),
                IncomeReportLineRow.rejected_reason == "",
            )
            .order_by(PaymentRow.id)
        )
        return [
            ReportLine(
                payment.id,
                payment.case_id,
                cpr,
                benefit,
                Month.of(payment.month),
                line.paid_on,
                Money(line.gross_oere),
                Money(line.tax_oere),
            )
            for line, payment, cpr, benefit in found
        ]

    def answer_report(
        self,
        report_id: str,
        *,
        accepted: Sequence[str],
        rejected: Mapping[str, str],
        reference: str,
        at: datetime,
    ) -> None:
        """Write what the income register answered, by payment."""
        mine = (
            IncomeReportLineRow.report_id == report_id,
            IncomeReportLineRow.accepted_at.is_(None),
        )
        if accepted:
            self.session.execute(
                update(IncomeReportLineRow)
                .where(*mine, IncomeReportLineRow.payment_id.in_(accepted))
                .values(accepted_at=at, reference=reference)
            )
        for payment_id, reason in rejected.items():
            self.session.execute(
                update(IncomeReportLineRow)
                .where(*mine, IncomeReportLineRow.payment_id == payment_id)
                .values(rejected_reason=reason)
            )

    # ---- does it agree? -------------------------------------------------------------------

    def accounted(self, run: PaymentRun) -> Sequence[Accounted]:
        """Return every payment of a run's month with what must agree with it, in one statement."""
        asked = {"run_id": run.id, "first": run.month.first_day, "last": run.month.last_day}
        return [_accounted(row) for row in self.session.execute(ACCOUNTED, asked).mappings()]

    def add_reconciliation(self, run_id: str, row: ReconciliationRow) -> None:
        """Append a reconciliation with its differences."""
        self.insert(
            ReconciliationRowOfRun,
            [
                {
                    "run_id": run_id,
                    "number": row.number,
                    "at": row.at,
                    "figures": dict(row.figures),
                }
            ],
        )
        self.insert(
            DifferenceRow,
            [
                {
                    "run_id": run_id,
                    "number": row.number,
                    "position": position,
                    "kind": each.kind.value,
                    "payment_id": each.payment_id,
                    "case_id": each.case_id,
                    "expected_oere": each.expected.oere,
                    "found_oere": each.found.oere,
                }
                for position, each in enumerate(row.differences)
            ],
        )

    def reconciliations(self, run_id: str) -> Sequence[ReconciliationRow]:
        """Return a run's reconciliations, the newest first."""
        rows = self.session.scalars(
            select(ReconciliationRowOfRun)
            .where(ReconciliationRowOfRun.run_id == run_id)
            .order_by(ReconciliationRowOfRun.number.desc())
        ).all()
        differences: dict[int, list[Difference]] = {}
        for row in self.session.scalars(
            select(DifferenceRow)
            .where(DifferenceRow.run_id == run_id)
            .order_by(DifferenceRow.number, DifferenceRow.position)
        ):
            differences.setdefault(row.number, []).append(
                Difference(
                    DifferenceKind(row.kind),
                    row.payment_id,
                    row.case_id,
                    Money(row.expected_oere),
                    Money(row.found_oere),
                )
            )
        return [
            ReconciliationRow(
                row.number, row.at, row.figures, tuple(differences.get(row.number, ()))
            )
            for row in rows
        ]


COUNTS = frozenset(
    {
        "lines", "calculated", "open", "held", "serious", "to_pay", "main_cards",
        "without_allowance", "ordered", "accepted", "settled", "rejected",
    }
)  # fmt: skip
"""The figures that are numbers of lines; the others are amounts."""


def _figure(key: str, value: Any) -> Any:
    return int(value) if key in COUNTS else Money(int(value))


def _line_of(row: RunLineRow, numbers: Mapping[str, str]) -> RunLine:
    return RunLine(
        id=row.id,
        run_id=row.run_id,
        batch=row.batch,
        grant=RunningGrant(
            case_id=row.case_id,
            party_id=row.party_id,
            decision_id=row.decision_id,
            decision_number=numbers.get(row.decision_id, ""),
            month=Month.of(row.month),
            amount=Money(row.decided_oere),
        ),
    )


def _accounted(row: RowMapping) -> Accounted:
    def money(oere: Any) -> Money | None:
        return None if oere is None else Money(int(oere))

    return Accounted(
        payment_id=str(row["id"]),
        case_id=str(row["case_id"]),
        state=PaymentState(row["state"]),
        gross=Money(row["gross_oere"]),
        tax=Money(row["tax_oere"]),
        net=Money(row["net_oere"]),
        posted=money(row["posted"]),
        reported_gross=money(row["reported_gross"]),
        reported_tax=money(row["reported_tax"]),
        sanction=Money(row["sanction_oere"]),
        set_off_gross=Money(row["set_off_gross_oere"]),
        on_top=Money(row["on_top"]),
        others=Money(int(row["others"])),
        others_paid=Money(int(row["others_paid"])),
        others_rejected=Money(int(row["others_rejected"])),
    )
