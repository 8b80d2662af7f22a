"""Rows to sanctions, ends of help and the month's income, and back."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, select, text, update

from app.models.sanctions import (
    CessationRow,
    IncomeBatchRow,
    IncomeCheckRow,
    IncomeFindingRow,
    SanctionRow,
)
from app.stores.rows import Store, known_id
from processes.domain.cessations import (
    Cessation,
    CessationGround,
    CessationSource,
    CessationState,
)
from processes.domain.incomes import Difference, FindingState, IncomeFinding, ReportedIncome
from processes.domain.money import Money
from processes.domain.periods import Month
from processes.domain.sanction_cases import (
    Answers,
    SanctionRequest,
    SanctionSource,
    SanctionState,
    Told,
)
from processes.domain.sanctions import Group, Paragraph
from processes.ports.changes import IncomeBatch, IncomeCheck, IncomeFigures


def request_of(row: SanctionRow) -> SanctionRequest:
    """Make a request for a sanction of its row."""
    return SanctionRequest(
        id=row.id,
        case_id=row.case_id,
        party_id=row.party_id,
        told=Told(
            Paragraph(row.paragraph),
            row.from_on,
            Group(row.target_group),
            row.text,
            row.contact_on,
        ),
        source=SanctionSource(row.source),
        message_id=row.message_id,
        received_at=row.received_at,
        received_by=row.received_by,
        state=SanctionState(row.state),
        answers=Answers(
            had_duty=row.had_duty,
            guided_on=row.guided_on,
            convened_correctly=row.convened_correctly,
            personal_contact_tried=row.personal_contact_tried,
            furthers_availability=row.furthers_availability,
            reason=row.reason,
            sharpened_guided_on=row.sharpened_guided_on,
            spouse_guided_on=row.spouse_guided_on,
            sanctioned_before=row.sanctioned_before,
            no_reasonable_ground=row.no_reasonable_ground,
        ),
        calculation_id=row.calculation_id,
        decision_id=row.decision_id,
        conclusion=row.conclusion,
        settled_at=row.settled_at,
        settled_by=row.settled_by,
    )


class SqlSanctionStore(Store):
    """Requests for sanctions."""

    def save(self, request: SanctionRequest) -> None:
        """Insert a request, or write what was found and what came of it."""
        state: dict[str, object] = {
            "contact_on": request.told.contact_on,
            "target_group": request.told.group.value,
            "state": request.state.value,
            **asdict(request.answers),
            "calculation_id": request.calculation_id,
            "decision_id": request.decision_id,
            "conclusion": request.conclusion,
            "settled_at": request.settled_at,
            "settled_by": request.settled_by,
        }
        changed = self.count_changed(
            update(SanctionRow).where(SanctionRow.id == request.id).values(state)
        )
        if not changed:
            told: dict[str, object] = {
                "id": request.id,
                "case_id": request.case_id,
                "party_id": request.party_id,
                "paragraph": request.told.paragraph.value,
                "from_on": request.told.from_on,
                "text": request.told.text,
                "source": request.source.value,
                "message_id": request.message_id,
                "received_at": request.received_at,
                "received_by": request.received_by,
            }
            self.insert(SanctionRow, [told | state])

    def get(self, sanction_id: str) -> SanctionRequest:
        """Return one request."""
        wanted = select(SanctionRow).where(SanctionRow.id == known_id(sanction_id, "Sanktionen"))
        return request_of(self.one(wanted, "Sanktionen"))

    def of_case(self, case_id: str) -> Sequence[SanctionRequest]:
        """Return a case's requests, newest first."""
        rows = self.session.scalars(
            select(SanctionRow)
            .where(SanctionRow.case_id == known_id(case_id, "Sagen"))
            .order_by(SanctionRow.received_at.desc(), SanctionRow.id)
        )
        return [request_of(row) for row in rows]

    def of_calculation(self, calculation_id: str) -> SanctionRequest | None:
        """Return the request a calculation was made for."""
        row = self.session.scalars(
            select(SanctionRow).where(
                SanctionRow.calculation_id == known_id(calculation_id, "Beregningen")
            )
        ).first()
        return None if row is None else request_of(row)


def cessation_of(row: CessationRow) -> Cessation:
    """Make an end of its row."""
    return Cessation(
        id=row.id,
        case_id=row.case_id,
        party_id=row.party_id,
        ground=CessationGround(row.ground),
        ends_on=row.ends_on,
        text=row.text,
        source=CessationSource(row.source),
        received_at=row.received_at,
        received_by=row.received_by,
        state=CessationState(row.state),
        calculation_id=row.calculation_id,
        decision_id=row.decision_id,
        conclusion=row.conclusion,
        settled_at=row.settled_at,
        settled_by=row.settled_by,
    )


class SqlCessationStore(Store):
    """Ends of running help."""

    def save(self, cessation: Cessation) -> None:
        """Insert an end, or write what came of it."""
        state: dict[str, object] = {
            "ground": cessation.ground.value,
            "ends_on": cessation.ends_on,
            "state": cessation.state.value,
            "calculation_id": cessation.calculation_id,
            "decision_id": cessation.decision_id,
            "conclusion": cessation.conclusion,
            "settled_at": cessation.settled_at,
            "settled_by": cessation.settled_by,
        }
        changed = self.count_changed(
            update(CessationRow).where(CessationRow.id == cessation.id).values(state)
        )
        if not changed:
            told: dict[str, object] = {
                "id": cessation.id,
                "case_id": cessation.case_id,
                "party_id": cessation.party_id,
                "text": cessation.text,
                "source": cessation.source.value,
                "received_at": cessation.received_at,
                "received_by": cessation.received_by,
            }
            self.insert(CessationRow, [told | state])

    def get(self, cessation_id: str) -> Cessation:
        """Return one."""
        wanted = select(CessationRow).where(CessationRow.id == known_id(cessation_id, "Ophøret"))
        return cessation_of(self.one(wanted, "Ophøret"))

    def of_case(self, case_id: str) -> Sequence[Cessation]:
        """Return a case's, newest first."""
        rows = self.session.scalars(
            select(CessationRow)
            .where(CessationRow.case_id == known_id(case_id, "Sagen"))
            .order_by(CessationRow.received_at.desc(), CessationRow.id)
        )
        return [cessation_of(row) for row in rows]

    def of_calculation(self, calculation_id: str) -> Cessation | None:
        """Return the end a calculation was made for."""
        row = self.session.scalars(
            select(CessationRow).where(
                CessationRow.calculation_id == known_id(calculation_id, "Beregningen")
            )
        ).first()
        return None if row is None else cessation_of(row)


# ---- the month's income ------------------------------------------------------------------------

BEGIN = text(
    """
    WITH granted AS (
        SELECT DISTINCT ON (line.party_id)
               decision.case_id, line.party_id, line.amount_oere
        FROM decided_line AS line
        JOIN decision ON decision.id = line.decision_id
        WHERE decision.sent_at IS NOT NULL AND decision.help_kind = 'forsoergelse'
          AND line.from_month <= :month
        ORDER BY line.party_id, decision.issued_at DESC, line.from_month DESC
    ),
    numbered AS (
        SELECT case_id, (row_number() OVER (ORDER BY case_id) - 1) / :batch_size AS number
        FROM (
            SELECT DISTINCT granted.case_id FROM granted
            JOIN case_file ON case_file.id = granted.case_id AND case_file.state <> 'afsluttet'
            WHERE granted.amount_oere > 0
        ) AS running
    )
    INSERT INTO income_batch (check_id, number, case_ids, reported, asked, unanswered)
    SELECT :check_id, number, array_agg(case_id ORDER BY case_id), '{}', 0, 0
    FROM numbered GROUP BY number
    ON CONFLICT DO NOTHING
    """
)
"""The cases with running help in a month, shared out on batches: one statement for any number."""

UNCLASSIFIED = text(
    """
    SELECT DISTINCT line ->> 'kind' AS kind
    FROM income_batch
    CROSS JOIN LATERAL json_each(income_batch.reported) AS person
    CROSS JOIN LATERAL json_array_elements(person.value) AS line
    JOIN income_check ON income_check.id = income_batch.check_id
    WHERE income_batch.check_id = :check_id
      AND income_check.classes -> (line ->> 'kind') IS NULL
    ORDER BY kind
    """
)
"""The kinds of income that were reported and that the decision table was not asked about yet."""


def finding_of(row: IncomeFindingRow) -> IncomeFinding:
    """Make a finding of its row."""
    return IncomeFinding(
        id=row.id,
        check_id=row.check_id,
        case_id=row.case_id,
        party_id=row.party_id,
        month=Month.of(row.month),
        difference=Difference(row.difference),
        lines=tuple(_line_of(each) for each in row.lines),
        work=Money(row.work_oere),
        other=Money(row.other_oere),
        known_work=None if row.known_work_oere is None else Money(row.known_work_oere),
        known_other=None if row.known_other_oere is None else Money(row.known_other_oere),
        found_at=row.found_at,
        state=FindingState(row.state),
        conclusion=row.conclusion,
        settled_at=row.settled_at,
        settled_by=row.settled_by,
    )


def _line_of(said: dict[str, Any]) -> ReportedIncome:
    return ReportedIncome(
        employer=said["employer"],
        kind=said["kind"],
        counted=Money(said["counted_oere"]),
        hours_hundredths=said["hours_hundredths"],
        income_class=said["income_class"],
    )


def _as_data(line: ReportedIncome) -> dict[str, object]:
    return {
        "employer": line.employer,
        "kind": line.kind,
        "counted_oere": line.counted.oere,
        "hours_hundredths": line.hours_hundredths,
        "income_class": line.income_class,
    }


class SqlIncomeCheckStore(Store):
    """The month's income of everybody with running help."""

    def hold_month(self, month: Month) -> None:
        """Hold a month until the transaction ends, so that two cannot begin it."""
        self.hold("income-check", month)

    def add(self, check: IncomeCheck) -> None:
        """Insert a look."""
        self.insert(
            IncomeCheckRow,
            [
                {
                    "id": check.id,
                    "case_id": check.case_id,
                    "month": check.month.first_day,
                    "classes": dict(check.classes),
                    "started_by": check.started_by,
                    "started_at": check.started_at,
                }
            ],
        )

    def get(self, check_id: str) -> IncomeCheck:
        """Return a look."""
        wanted = select(IncomeCheckRow).where(
            IncomeCheckRow.id == known_id(check_id, "Indkomstopgørelsen")
        )
        return _check_of(self.one(wanted, "Indkomstopgørelsen"))

    def of_month(self, month: Month) -> IncomeCheck | None:
        """Return the look at a month; None when there was none."""
        row = self.session.scalars(
            select(IncomeCheckRow).where(IncomeCheckRow.month == month.first_day)
        ).first()
        return None if row is None else _check_of(row)

    def begin(self, check_id: str, month: Month, *, batch_size: int) -> int:
        """Share the cases with running help in a month out on batches; return how many."""
        self.session.execute(
            BEGIN, {"check_id": check_id, "month": month.first_day, "batch_size": batch_size}
        )
        count = select(func.count()).where(IncomeBatchRow.check_id == check_id)
        return self.session.scalar(count) or 0

    def batch(self, check_id: str, number: int) -> IncomeBatch:
        """Return a batch, held until the transaction ends."""
        wanted = (
            select(IncomeBatchRow)
            .where(
                IncomeBatchRow.check_id == known_id(check_id, "Indkomstopgørelsen"),
                IncomeBatchRow.number == number,
            )
            .with_for_update()
        )
        row = self.one(wanted, "Portionen")
        return IncomeBatch(
            row.check_id,
            row.number,
            tuple(row.case_ids),
            {
                party_id: tuple(_line_of(each) for each in lines)
                for party_id, lines in row.reported.items()
            },
            row.asked,
            row.unanswered,
            row.asked_at,
            row.compared_at,
        )

    def save_batch(self, batch: IncomeBatch) -> None:
        """Write what a batch has come to."""
        self.session.execute(
            update(IncomeBatchRow)
            .where(IncomeBatchRow.check_id == batch.check_id, IncomeBatchRow.number == batch.number)
            .values(
                reported={
                    party_id: [_as_data(each) for each in lines]
                    for party_id, lines in batch.reported.items()
                },
                asked=batch.asked,
                unanswered=batch.unanswered,
                asked_at=batch.asked_at,
                compared_at=batch.compared_at,
            )
        )

    def left(self, check_id: str) -> tuple[int, int]:
        """Count the batches still to be asked about, and still to be compared; one at a time."""
        # Two that end at once must not each think that the other is still at it.
        self.hold("income-batches", check_id)
        row = self.session.execute(
            select(
                func.count().filter(IncomeBatchRow.asked_at.is_(None)),
                func.count().filter(IncomeBatchRow.compared_at.is_(None)),
            ).where(IncomeBatchRow.check_id == check_id)
        ).one()
        return int(row[0]), int(row[1])

    def classify(self, check_id: str, kind: str, income_class: str) -> None:
        """Keep what the decision table calls a kind of income."""
        check = self.get(check_id)
        self.session.execute(
            update(IncomeCheckRow)
            .where(IncomeCheckRow.id == check_id)
            .values(classes={**check.classes, kind: income_class})
        )

    def unclassified(self, check_id: str) -> Sequence[str]:
        """Return the kinds that were reported and have no class yet, in order."""
        rows = self.session.scalars(
            UNCLASSIFIED, {"check_id": known_id(check_id, "Indkomstopgørelsen")}
        )
        return [str(kind) for kind in rows]

    def figures(self, check_id: str) -> IncomeFigures:
        """Count how a look came out."""
        batches = self.session.execute(
            select(
                func.count(),
                func.count(IncomeBatchRow.compared_at),
                func.coalesce(func.sum(IncomeBatchRow.asked), 0),
                func.coalesce(func.sum(IncomeBatchRow.unanswered), 0),
            ).where(IncomeBatchRow.check_id == check_id)
        ).one()
        found = self.session.execute(
            select(
                func.count(),
                func.count().filter(IncomeFindingRow.state == FindingState.FOUND.value),
            ).where(IncomeFindingRow.check_id == check_id)
        ).one()
        return IncomeFigures(*(int(each) for each in (*batches, *found)))

    def save_finding(self, finding: IncomeFinding) -> bool:
        """Insert a finding, or write what was made of it; False when it was there already."""
        made: dict[str, object] = {
            "state": finding.state.value,
            "conclusion": finding.conclusion,
            "settled_at": finding.settled_at,
            "settled_by": finding.settled_by,
        }
        if self.count_changed(
            update(IncomeFindingRow).where(IncomeFindingRow.id == finding.id).values(made)
        ):
            return False
        there = select(func.count()).where(
            IncomeFindingRow.check_id == finding.check_id,
            IncomeFindingRow.case_id == finding.case_id,
            IncomeFindingRow.party_id == finding.party_id,
        )
        if self.session.scalar(there):
            return False
        found: dict[str, object] = {
            "id": finding.id,
            "check_id": finding.check_id,
            "case_id": finding.case_id,
            "party_id": finding.party_id,
            "month": finding.month.first_day,
            "difference": finding.difference.value,
            "lines": [_as_data(each) for each in finding.lines],
            "work_oere": finding.work.oere,
            "other_oere": finding.other.oere,
            "hours_hundredths": finding.hours_hundredths,
            "known_work_oere": None if finding.known_work is None else finding.known_work.oere,
            "known_other_oere": None if finding.known_other is None else finding.known_other.oere,
            "found_at": finding.found_at,
        }
        self.insert(IncomeFindingRow, [found | made])
        return True

    def finding(self, finding_id: str) -> IncomeFinding:
        """Return a finding."""
        wanted = select(IncomeFindingRow).where(
            IncomeFindingRow.id == known_id(finding_id, "Fundet")
        )
        return finding_of(self.one(wanted, "Fundet"))

    def findings_of_case(self, case_id: str) -> Sequence[IncomeFinding]:
        """Return a case's findings, newest first."""
        rows = self.session.scalars(
            select(IncomeFindingRow)
            .where(IncomeFindingRow.case_id == known_id(case_id, "Sagen"))
            .order_by(IncomeFindingRow.found_at.desc(), IncomeFindingRow.id)
        )
        return [finding_of(row) for row in rows]

    def findings(self, check_id: str, *, limit: int) -> Sequence[IncomeFinding]:
        """Return a look's findings, those nobody has looked at first."""
        rows = self.session.scalars(
            select(IncomeFindingRow)
            .where(IncomeFindingRow.check_id == known_id(check_id, "Indkomstopgørelsen"))
            .order_by(IncomeFindingRow.settled_at.desc().nulls_first(), IncomeFindingRow.id)
            .limit(limit)
        )
        return [finding_of(row) for row in rows]


def _check_of(row: IncomeCheckRow) -> IncomeCheck:
    return IncomeCheck(
        row.id, row.case_id, Month.of(row.month), row.started_by, row.started_at, row.classes
    )
