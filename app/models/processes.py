"""Tables of running processes: definitions, instances, and everything an instance waits for."""

from datetime import date, datetime

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import (
    Model,
    Moment,
    Numbered,
    belongs_to,
    found_by,
    known,
    number_column,
    uuid_column,
)

DUE_OR_NEVER = "coalesce(due_at, 'infinity'::timestamptz)"
"""What an inbox is sorted by within a priority: a task without a deadline comes last."""
HIGHEST_FIRST = "(- priority)"
"""What an inbox is sorted by first; negative, so that one row comparison pages through it."""


class DefinitionRow(Model):
    """One deployed version of a process (procesdefinition); never changed; not municipal."""

    __tablename__ = "process_definition"
    __table_args__ = (
        Index("process_definition_version", "key", "version", unique=True),
        Index("process_definition_by_message", "start_message"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    key: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    start_message: Mapped[str | None] = mapped_column(Text)
    valid_from: Mapped[date] = mapped_column(Date)
    deployed_by: Mapped[str] = mapped_column(Text)
    deployed_at: Mapped[datetime] = mapped_column(Moment)


class DefinitionFileRow(Model):
    """One file of a deployed process; never changed; not municipal."""

    __tablename__ = "process_definition_file"

    definition_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("process_definition.id"), primary_key=True, autoincrement=False
    )
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class DecisionTableRow(Model):
    """One deployed version of a decision table (beslutningstabel); not municipal."""

    __tablename__ = "decision_table"
    __table_args__ = (Index("decision_table_version", "key", "version", unique=True),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    key: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(Text)
    xml: Mapped[bytes] = mapped_column(LargeBinary)
    valid_from: Mapped[date] = mapped_column(Date)
    deployed_by: Mapped[str] = mapped_column(Text)
    deployed_at: Mapped[datetime] = mapped_column(Moment)


class InstanceRow(Numbered, Model):
    """One run of a process (procesforløb)."""

    __tablename__ = "process_instance"
    __table_args__ = (
        belongs_to("case_file", "case_id"),
        known("state", "running", "ended", "incident", "paused"),
        found_by("process_instance_of_case", "case_id"),
        found_by("process_instance_going_on", "definition_id", "id", where="state <> 'ended'"),
        found_by("process_instance_newest", "definition_id", "id"),
        found_by("process_instance_ended", "ended_at", where="ended_at IS NOT NULL"),
    )

    definition_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("process_definition.id"))
    process_key: Mapped[str] = mapped_column(Text)
    case_id: Mapped[str | None] = uuid_column(nullable=True)
    state: Mapped[str] = mapped_column(Text)
    blob: Mapped[bytes] = mapped_column(LargeBinary)
    started_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    end_element: Mapped[str | None] = mapped_column(Text)
    places: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'::text[]"))


class UserTaskRow(Numbered, Model):
    """Something a person must do (opgave)."""

    __tablename__ = "user_task"
    __table_args__ = (
        belongs_to("process_instance", "instance_id"),
        belongs_to("case_file", "case_id"),
        known("state", "open", "done", "cancelled"),
        Index(
            "user_task_inbox",
            "municipality_id",
            "unit",
            "role",
            text(HIGHEST_FIRST),
            text(DUE_OR_NEVER),
            "id",
            postgresql_include=["assignee", "follow_up_on", "due_at"],
            postgresql_where=text("state = 'open'"),
        ),
        Index(
            "user_task_mine",
            "municipality_id",
            "assignee",
            text(HIGHEST_FIRST),
            text(DUE_OR_NEVER),
            "id",
            postgresql_include=["unit", "role", "follow_up_on", "due_at"],
            postgresql_where=text("state = 'open'"),
        ),
        found_by("user_task_oldest", "unit", "role", "created_at", "id", where="state = 'open'"),
        found_by("user_task_mine_oldest", "assignee", "created_at", "id", where="state = 'open'"),
        found_by("user_task_done", "unit", "completed_at", where="state = 'done'"),
        found_by("user_task_came", "unit", "created_at"),
        found_by("user_task_of_case", "case_id"),
        found_by("user_task_of_token", "instance_id", "token"),
    )

    instance_id: Mapped[int] = number_column()
    case_id: Mapped[str | None] = uuid_column(nullable=True)
    token: Mapped[str] = mapped_column(Text)
    element_id: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    form_key: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    assignee: Mapped[str | None] = mapped_column(Text)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    follow_up_on: Mapped[date | None] = mapped_column(Date)
    priority: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    variables: Mapped[dict[str, object]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Moment)
    completed_at: Mapped[datetime | None] = mapped_column(Moment)
    completed_by: Mapped[str | None] = mapped_column(Text)
    draft: Mapped[dict[str, str]] = mapped_column(JSON)
    revision: Mapped[int] = mapped_column(Integer)


class JobRow(Numbered, Model):
    """A step waiting for a worker (kørsel)."""

    __tablename__ = "job"
    __table_args__ = (
        belongs_to("process_instance", "instance_id"),
        belongs_to("case_file", "case_id"),
        known("state", "waiting", "done", "failed", "cancelled", "paused"),
        found_by("job_once", "idempotency_key", unique=True),
        found_by("job_of_token", "instance_id", "token"),
        Index("job_due", "next_at", "id", postgresql_where=text("state = 'waiting'")),
        found_by("job_waiting", "next_at", "id", where="state = 'waiting'"),
        Index(
            "job_waiting_of_instance",
            "municipality_id",
            "instance_id",
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    instance_id: Mapped[int] = number_column()
    case_id: Mapped[str | None] = uuid_column(nullable=True)
    token: Mapped[str] = mapped_column(Text)
    element_id: Mapped[str] = mapped_column(Text)
    step: Mapped[str] = mapped_column(Text)
    arguments: Mapped[dict[str, object]] = mapped_column(JSON)
    attempts: Mapped[int] = mapped_column(Integer)
    max_attempts: Mapped[int] = mapped_column(Integer)
    next_at: Mapped[datetime] = mapped_column(Moment)
    idempotency_key: Mapped[str] = mapped_column(Text)
    last_error: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="waiting")
    lease: Mapped[str | None] = uuid_column(nullable=True)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)


class TimerRow(Numbered, Model):
    """A moment to wake a token at (tidsfrist)."""

    __tablename__ = "timer"
    __table_args__ = (
        belongs_to("process_instance", "instance_id"),
        known("state", "waiting", "done", "cancelled", "paused"),
        found_by("timer_of_token", "instance_id", "token"),
        Index("timer_due", "due_at", "id", postgresql_where=text("state = 'waiting'")),
        found_by("timer_waiting", "due_at", "id", where="state = 'waiting'"),
    )

    instance_id: Mapped[int] = number_column()
    token: Mapped[str] = mapped_column(Text)
    element_id: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(Text, server_default="waiting")
    lease: Mapped[str | None] = uuid_column(nullable=True)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)


class SubscriptionRow(Numbered, Model):
    """A token that waits for a message (afventning)."""

    __tablename__ = "subscription"
    __table_args__ = (
        belongs_to("process_instance", "instance_id"),
        found_by("subscription_by_key", "message", "key"),
        found_by("subscription_of_token", "instance_id", "token"),
    )

    instance_id: Mapped[int] = number_column()
    token: Mapped[str] = mapped_column(Text)
    element_id: Mapped[str] = mapped_column(Text)
    message: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)


class BufferedMessageRow(Numbered, Model):
    """A message nobody waits for yet (gemt besked)."""

    __tablename__ = "buffered_message"
    __table_args__ = (found_by("buffered_message_once", "message", "key", unique=True),)

    message: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    result: Mapped[dict[str, object]] = mapped_column(JSON)
    until: Mapped[datetime] = mapped_column(Moment)


class IncidentRow(Numbered, Model):
    """Something a process cannot get past by itself (hændelsesfejl)."""

    __tablename__ = "incident"
    __table_args__ = (
        belongs_to("process_instance", "instance_id"),
        belongs_to("case_file", "case_id"),
        found_by("incident_open", "raised_at", where="resolved_at IS NULL"),
        found_by("incident_of_instance", "instance_id"),
    )

    instance_id: Mapped[int] = number_column()
    case_id: Mapped[str | None] = uuid_column(nullable=True)
    code: Mapped[str] = mapped_column(Text)
    element_id: Mapped[str | None] = mapped_column(Text)
    token: Mapped[str | None] = mapped_column(Text)
    message: Mapped[str] = mapped_column(Text)
    raised_at: Mapped[datetime] = mapped_column(Moment)
    resolved_at: Mapped[datetime | None] = mapped_column(Moment)
    resolved_by: Mapped[str | None] = mapped_column(Text)


class OutboxRow(Numbered, Model):
    """Something that must leave, or a message to deliver (udbakke)."""

    __tablename__ = "outbox"
    __table_args__ = (
        found_by("outbox_once", "idempotency_key", unique=True),
        found_by("outbox_of_key", "ordering_key", "id"),
        Index("outbox_waiting", "id", postgresql_where=text("sent_at IS NULL")),
        Index(
            "outbox_waiting_of_key",
            "municipality_id",
            "ordering_key",
            "id",
            postgresql_where=text("sent_at IS NULL"),
        ),
    )

    topic: Mapped[str] = mapped_column(Text)
    ordering_key: Mapped[str] = mapped_column(Text)
    body: Mapped[dict[str, object]] = mapped_column(JSON)
    idempotency_key: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    available_at: Mapped[datetime] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(Integer)
    last_error: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    lease: Mapped[str | None] = uuid_column(nullable=True)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)


class HistoryEventRow(Numbered, Model):
    """One line of an instance's history (forløb); append-only, one partition a month."""

    __tablename__ = "history_event"
    __table_args__ = (
        belongs_to("process_instance", "instance_id"),
        found_by("history_event_of_instance", "instance_id", "id"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    at: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    instance_id: Mapped[int] = number_column()
    process_id: Mapped[str] = mapped_column(Text)
    element_id: Mapped[str] = mapped_column(Text)
    element_kind: Mapped[str] = mapped_column(Text)
    what: Mapped[str] = mapped_column(Text)
    by: Mapped[str | None] = mapped_column(Text)
    result: Mapped[dict[str, object]] = mapped_column(JSON)
