"""Rows of the daily reconciliation, and what it looks for: one statement, one line a difference."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select, text

from app.models.books import BookReconciliationRow
from app.stores.deductions import PARTS
from app.stores.rows import Store
from processes.domain.books import (
    LETTER_DAYS,
    NEXT_STEP_DAYS,
    BookDifference,
    BookDifferenceKind,
)
from processes.domain.money import Money
from processes.ports.books import BookReconciliation

LOOK = text(
    f"""
    WITH paid AS (
        SELECT payment.*, newest.state, newest.at FROM payment
        LEFT JOIN LATERAL (
            SELECT state, at FROM payment_receipt WHERE payment_id = payment.id
            ORDER BY (state IN ('udbetalt', 'afvist'))::int DESC, at DESC, id DESC LIMIT 1
        ) AS newest ON true
    ),
    found AS (
        SELECT 'betaling_uden_kvittering' AS kind, case_id, id AS subject_id, net_oere AS oere
        FROM paid WHERE state IN ('bestilt', 'modtaget') AND disposition_on <= :answered_by
        UNION ALL
        SELECT 'andre_uden_kvittering', part.case_id, part.id, part.amount_oere
        FROM ({PARTS}) AS part JOIN paid ON paid.id = part.payment_id
        WHERE part.state <> 'udbetalt' AND paid.disposition_on <= :answered_by
          AND paid.state IS NOT NULL
        UNION ALL
        SELECT 'bilag_uden_svar', case_id, id, NULL::bigint FROM voucher
        WHERE accepted_at IS NULL AND posted_on <= :answered_by
        UNION ALL
        SELECT 'indberetning_uden_svar', payment.case_id, payment.id, line.gross_oere
        FROM income_report_line AS line JOIN payment ON payment.id = line.payment_id
        WHERE line.accepted_at IS NULL AND line.rejected_reason = ''
          AND line.paid_on <= :answered_by
        UNION ALL
        SELECT 'brev_uden_kvittering', case_id, id, NULL FROM letter
        WHERE state = 'bestilt' AND ordered_at < :letters_before
        UNION ALL
        -- A month that a run of ours has ended for, granted and sent before, and nothing of it.
        SELECT 'afgoerelse_uden_udbetaling', line.case_id, line.decision_id, line.decided_oere
        FROM run_line AS line JOIN payment_run AS run ON run.id = line.run_id
        WHERE run.ended_at IS NOT NULL
          AND NOT EXISTS (
              SELECT FROM payment WHERE payment.case_id = line.case_id
                AND payment.party_id = line.party_id AND payment.month = line.month
          )
          AND NOT EXISTS (
              SELECT FROM run_ruling WHERE run_ruling.line_id = line.id
                AND run_ruling.verdict = 'tilbageholdt'
          )
        UNION ALL
        SELECT 'afgoerelse_uden_brev', case_id, id, NULL FROM decision
        WHERE sent_at IS NOT NULL AND sent_at >= :letters_since
          AND NOT EXISTS (SELECT FROM letter WHERE letter.case_id = decision.case_id
                            AND letter.subject_id = decision.id)
          -- What was taken over from elsewhere has its letters there.
          AND EXISTS (SELECT FROM process_instance AS instance
                      WHERE instance.case_id = decision.case_id)
        UNION ALL
        SELECT 'fradrag_uden_afgoerelsesbrev', payment.case_id, part.deduction_id,
               part.amount_oere
        FROM payment_part AS part
        JOIN payment ON payment.id = part.payment_id
        JOIN payment_deduction AS deduction ON deduction.id = part.deduction_id
        JOIN deduction_decision AS decided ON decided.id = deduction.decision_id
        WHERE decided.sent_at IS NULL
        UNION ALL
        SELECT 'udbetaling_uden_afgoerelse', payment.case_id, payment.id, payment.net_oere
        FROM payment JOIN decision ON decision.id = payment.decision_id
        WHERE decision.sent_at IS NULL
        UNION ALL
        SELECT 'sag_uden_naeste_skridt', id, id, NULL FROM case_file
        WHERE state IN ('opstaaet', 'oplyst', 'afgjort', 'bestilt')
          AND opened_at < :steps_before
          AND NOT EXISTS (SELECT FROM process_instance AS instance
                          WHERE instance.case_id = case_file.id AND instance.state <> 'ended')
          -- A case of accounts is about nobody, and over with its process.
          AND EXISTS (SELECT FROM party WHERE party.case_id = case_file.id)
    )
    SELECT found.kind, found.case_id, case_file.number, found.subject_id,
           coalesce(found.oere, 0) AS oere
    FROM found JOIN case_file ON case_file.id = found.case_id
    ORDER BY found.kind, case_file.number, found.subject_id
    """  # noqa: S608 – our own words, and nothing from outside
)


def difference_of(row: dict[str, object]) -> BookDifference:
    """Make a difference of what was kept of it."""
    return BookDifference(
        BookDifferenceKind(str(row["kind"])),
        str(row["case_id"]),
        str(row["case_number"]),
        str(row["subject_id"]),
        Money(int(str(row["oere"]))),
    )


class SqlBookStore(Store):
    """Daily reconciliations."""

    def look(self, *, answered_by: date, now: datetime) -> Sequence[BookDifference]:
        """Return everything that does not agree now; what was sent after a day may still wait."""
        found = self.session.execute(
            LOOK,
            {
                "answered_by": answered_by,
                "letters_before": now - LETTER_DAYS,
                "letters_since": now - LETTER_DAYS * 18,
                "steps_before": now - NEXT_STEP_DAYS,
            },
        )
        return [
            BookDifference(
                BookDifferenceKind(kind), str(case_id), number, str(subject_id), Money(int(oere))
            )
            for kind, case_id, number, subject_id, oere in found
        ]

    def add(self, found: BookReconciliation) -> None:
        """Append a reconciliation."""
        self.insert(
            BookReconciliationRow,
            [
                {
                    "id": found.id,
                    "case_id": found.case_id,
                    "at": found.at,
                    "figures": dict(found.figures),
                    "differences": [
                        {
                            "kind": each.kind.value,
                            "case_id": each.case_id,
                            "case_number": each.case_number,
                            "subject_id": each.subject_id,
                            "oere": each.amount.oere,
                        }
                        for each in found.differences
                    ],
                }
            ],
        )

    def newest(self, *, limit: int) -> Sequence[BookReconciliation]:
        """Return the newest reconciliations, the newest first."""
        rows = self.session.scalars(
            select(BookReconciliationRow)
            .order_by(BookReconciliationRow.at.desc(), BookReconciliationRow.id)
            .limit(limit)
        )
        return [
            BookReconciliation(
                row.id,
                row.case_id,
                row.at,
                row.figures,
                tuple(difference_of(each) for each in row.differences),
            )
            for row in rows
        ]

    def open_case(self) -> str | None:
        """Return the case somebody has an open task about differences in; None without one."""
        found = self.session.execute(
            text(
                "SELECT case_id FROM process_instance WHERE process_key = 'reconcile_books'"
                " AND state <> 'ended' ORDER BY id LIMIT 1"
            )
        ).scalar()
        return None if found is None else str(found)
