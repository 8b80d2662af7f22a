"""Rows to immediate help, deadlines and notices of delay, and back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from app.models.promises import DeadlineSettingRow, DelayNoticeRow, ImmediateHelpRow
from app.stores.rows import Store, known_id
from processes.domain.deadlines import DeadlineKind, DeadlineSetting, DelayNotice
from processes.domain.immediate_help import ImmediateHelp, PayoutWay, QuestionState
from processes.domain.money import Money


def help_of(row: ImmediateHelpRow) -> ImmediateHelp:
    """Make the question of immediate help of its row."""
    return ImmediateHelp(
        id=row.id,
        case_id=row.case_id,
        application_id=row.application_id,
        state=QuestionState(row.state),
        asked_at=row.asked_at,
        reason=row.reason,
        means=None if row.means_oere is None else Money(row.means_oere),
        needs=row.needs,
        until_on=row.until_on,
        payout=PayoutWay(row.payout),
        calculation_id=row.calculation_id,
        answered_by=row.answered_by,
        answered_at=row.answered_at,
    )


def setting_of(row: DeadlineSettingRow) -> DeadlineSetting:
    """Make a deadline setting of its row."""
    return DeadlineSetting(
        id=row.id,
        benefit=row.benefit,
        kind=DeadlineKind(row.kind),
        days=row.days,
        valid_from=row.valid_from,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        approved_by=row.approved_by,
        approved_at=row.approved_at,
        dropped_by=row.dropped_by,
        dropped_at=row.dropped_at,
    )


def notice_of(row: DelayNoticeRow) -> DelayNotice:
    """Make a notice of delay of its row."""
    return DelayNotice(
        id=row.id,
        case_id=row.case_id,
        deadline_at=row.deadline_at,
        new_deadline_on=row.new_deadline_on,
        reason=row.reason,
        written_by=row.written_by,
        written_at=row.written_at,
        sent_at=row.sent_at,
    )


class SqlImmediateHelpStore(Store):
    """The question of immediate help, one an application."""

    def save(self, asked: ImmediateHelp) -> None:
        """Insert the question, or write its answer."""
        answer: dict[str, object] = {
            "state": asked.state.value,
            "reason": asked.reason,
            "means_oere": None if asked.means is None else asked.means.oere,
            "needs": asked.needs,
            "until_on": asked.until_on,
            "payout": asked.payout.value,
            "calculation_id": asked.calculation_id,
            "answered_by": asked.answered_by,
            "answered_at": asked.answered_at,
        }
        changed = self.count_changed(
            update(ImmediateHelpRow).where(ImmediateHelpRow.id == asked.id).values(answer)
        )
        if not changed:
            key: dict[str, object] = {
                "id": asked.id,
                "case_id": asked.case_id,
                "application_id": asked.application_id,
                "asked_at": asked.asked_at,
            }
            self.insert(ImmediateHelpRow, [key | answer])

    def of_application(self, application_id: str) -> ImmediateHelp | None:
        """Return the question of an application; None before it was put."""
        row = self.session.scalars(
            select(ImmediateHelpRow).where(
                ImmediateHelpRow.application_id == known_id(application_id, "Ansøgningen")
            )
        ).first()
        return None if row is None else help_of(row)

    def of_case(self, case_id: str) -> ImmediateHelp | None:
        """Return the newest question of a case."""
        row = self.session.scalars(
            select(ImmediateHelpRow)
            .where(ImmediateHelpRow.case_id == known_id(case_id, "Sagen"))
            .order_by(ImmediateHelpRow.asked_at.desc(), ImmediateHelpRow.id)
            .limit(1)
        ).first()
        return None if row is None else help_of(row)


class SqlDeadlineStore(Store):
    """A municipality's deadlines, and what was told when one was not kept."""

    def add_setting(self, setting: DeadlineSetting) -> None:
        """Insert a proposed deadline."""
        self.insert(
            DeadlineSettingRow,
            [
                {
                    "id": setting.id,
                    "benefit": setting.benefit,
                    "kind": setting.kind.value,
                    "days": setting.days,
                    "valid_from": setting.valid_from,
                    "proposed_by": setting.proposed_by,
                    "proposed_at": setting.proposed_at,
                }
            ],
        )

    def answer_setting(self, setting: DeadlineSetting) -> None:
        """Write what the second person answered; the rest never changes."""
        self.session.execute(
            update(DeadlineSettingRow)
            .where(DeadlineSettingRow.id == setting.id)
            .values(
                approved_by=setting.approved_by,
                approved_at=setting.approved_at,
                dropped_by=setting.dropped_by,
                dropped_at=setting.dropped_at,
            )
        )

    def setting(self, setting_id: str) -> DeadlineSetting:
        """Return one setting and hold it until the transaction ends."""
        wanted = known_id(setting_id, "Fristen")
        held = select(DeadlineSettingRow).where(DeadlineSettingRow.id == wanted)
        return setting_of(self.one(held.with_for_update(), "Fristen"))

    def settings(self) -> Sequence[DeadlineSetting]:
        """Return every setting, the newest day first."""
        rows = self.session.scalars(
            select(DeadlineSettingRow).order_by(
                DeadlineSettingRow.valid_from.desc(), DeadlineSettingRow.id
            )
        )
        return [setting_of(row) for row in rows]

    def add_notice(self, notice: DelayNotice) -> None:
        """Insert what the citizen will be told."""
        self.insert(
            DelayNoticeRow,
            [
                {
                    "id": notice.id,
                    "case_id": notice.case_id,
                    "deadline_at": notice.deadline_at,
                    "new_deadline_on": notice.new_deadline_on,
                    "reason": notice.reason,
                    "written_by": notice.written_by,
                    "written_at": notice.written_at,
                }
            ],
        )

    def notice(self, notice_id: str) -> DelayNotice:
        """Return one notice."""
        wanted = known_id(notice_id, "Fristbrevet")
        return notice_of(
            self.one(select(DelayNoticeRow).where(DelayNoticeRow.id == wanted), "Fristbrevet")
        )

    def notices(self, case_id: str) -> Sequence[DelayNotice]:
        """Return a case's notices, newest first."""
        rows = self.session.scalars(
            select(DelayNoticeRow)
            .where(DelayNoticeRow.case_id == known_id(case_id, "Sagen"))
            .order_by(DelayNoticeRow.deadline_at.desc())
        )
        return [notice_of(row) for row in rows]

    def mark_notice_sent(self, notice_id: str, at: datetime) -> None:
        """Note when the notice had reached every party; a second time changes nothing."""
        self.session.execute(
            update(DelayNoticeRow)
            .where(DelayNoticeRow.id == notice_id, DelayNoticeRow.sent_at.is_(None))
            .values(sent_at=at)
        )
