"""Rows to calculations with their trees, and back."""

from sqlalchemy import select

from app.models.decisions import CalculationRow
from app.stores.codecs import calculation_parts, calculation_to_data
from app.stores.rows import Store, known_id
from processes.domain.calculation import Calculation, HelpKind, Outcome


def calculation_of(row: CalculationRow) -> Calculation:
    """Make a calculation of its row."""
    rule_versions, notes, months = calculation_parts(row.body)
    return Calculation(
        id=row.id,
        case_id=row.case_id,
        application_id=row.application_id,
        made_at=row.made_at,
        known_at=row.known_at,
        rule_versions=rule_versions,
        months=months,
        notes=notes,
        outcome=Outcome(row.outcome),
        help_kind=HelpKind(row.help_kind),
    )


class SqlCalculationStore(Store):
    """Calculations with their trees."""

    def add(self, calculation: Calculation) -> None:
        """Save a calculation; it never changes."""
        self.insert(
            CalculationRow,
            [
                {
                    "id": calculation.id,
                    "case_id": calculation.case_id,
                    "application_id": calculation.application_id,
                    "made_at": calculation.made_at,
                    "known_at": calculation.known_at,
                    "outcome": calculation.outcome.value,
                    "help_kind": calculation.help_kind.value,
                    "body": calculation_to_data(calculation),
                }
            ],
        )

    def get(self, calculation_id: str) -> Calculation:
        """Return a calculation."""
        wanted = known_id(calculation_id, "Beregningen")
        return calculation_of(
            self.one(select(CalculationRow).where(CalculationRow.id == wanted), "Beregningen")
        )

    def latest(self, case_id: str) -> Calculation | None:
        """Return the newest calculation of a case's support (forsørgelse)."""
        row = self.session.scalars(
            select(CalculationRow)
            .where(
                CalculationRow.case_id == known_id(case_id, "Sagen"),
                CalculationRow.help_kind == HelpKind.SUPPORT.value,
            )
            .order_by(CalculationRow.made_at.desc(), CalculationRow.id.desc())
            .limit(1)
        ).first()
        return None if row is None else calculation_of(row)
