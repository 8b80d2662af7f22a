"""Rows to instances, incidents, history and deployed definitions, and back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Select, exists, func, insert, select, true, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from app.models.processes import (
    DecisionTableRow,
    DefinitionFileRow,
    DefinitionRow,
    HistoryEventRow,
    IncidentRow,
    InstanceRow,
    JobRow,
    SubscriptionRow,
    TimerRow,
    UserTaskRow,
)
from app.models.workbench import ProcessRetirementRow
from app.stores.codecs import plain_map
from app.stores.queues import WAITING, SqlQueueStore
from app.stores.rows import Store, known_id, missing
from app.stores.tasks import instance_of
from processes.ports.records import (
    DecisionTableVersion,
    HistoryEvent,
    Incident,
    InstanceState,
    ProcessDefinition,
    ProcessInstance,
    TaskState,
)


def incident_of(row: IncidentRow) -> Incident:
    """Make an incident of its row."""
    return Incident(
        id=row.id,
        instance_id=row.instance_id,
        case_id=row.case_id or "",
        code=row.code,
        element_id=row.element_id,
        token=row.token,
        message=row.message,
        raised_at=row.raised_at,
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by,
    )


class SqlProcessStore(SqlQueueStore):
    """Instances with what they wait for: tasks, jobs, timers, messages, incidents, history.

    Locks are taken in one order: the instance, then what belongs to it, then the case.
    """

    def add_instance(self, instance: ProcessInstance) -> ProcessInstance:
        """Insert an instance; the answer has its id."""
        added = (
            insert(InstanceRow)
            .values(
                definition_id=instance.definition_id,
                process_key=instance.process_key,
                case_id=instance.case_id or None,
                state=instance.state.value,
                blob=instance.blob,
                started_at=instance.started_at,
                ended_at=instance.ended_at,
                end_element=instance.end_element,
            )
            .returning(InstanceRow.id)
        )
        return replace(instance, id=self.session.execute(added).scalar_one())

    def save_instance(self, instance: ProcessInstance) -> None:
        """Write an instance's state."""
        changed = self.count_changed(
            update(InstanceRow)
            .where(InstanceRow.id == instance.id)
            .values(
                definition_id=instance.definition_id,
                state=instance.state.value,
                blob=instance.blob,
                ended_at=instance.ended_at,
                end_element=instance.end_element,
                places=list(instance.places),
            )
        )
        if not changed:
            raise missing("Procesforløbet")

    def instances_of_case(self, case_id: str) -> Sequence[ProcessInstance]:
        """Return a case's instances, newest first."""
        wanted = select(InstanceRow).where(InstanceRow.case_id == known_id(case_id, "Sagen"))
        return [
            instance_of(row) for row in self.session.scalars(wanted.order_by(InstanceRow.id.desc()))
        ]

    def add_incident(self, incident: Incident) -> Incident:
        """Insert an incident."""
        added = (
            insert(IncidentRow)
            .values(
                instance_id=incident.instance_id,
                case_id=incident.case_id or None,
                code=incident.code,
                element_id=incident.element_id,
                token=incident.token,
                message=incident.message,
                raised_at=incident.raised_at,
                resolved_at=incident.resolved_at,
                resolved_by=incident.resolved_by,
            )
            .returning(IncidentRow.id)
        )
        return replace(incident, id=self.session.execute(added).scalar_one())

    def incidents(
        self, *, open_only: bool = True, case_id: str | None = None
    ) -> Sequence[Incident]:
        """Return incidents, of one case or all, newest first."""
        wanted = select(IncidentRow).order_by(IncidentRow.raised_at.desc(), IncidentRow.id.desc())
        if case_id is not None:
            wanted = wanted.where(IncidentRow.case_id == known_id(case_id, "Sagen"))
        if open_only:
            wanted = wanted.where(IncidentRow.resolved_at.is_(None))
        return [incident_of(row) for row in self.session.scalars(wanted)]

    def incident(self, incident_id: int) -> Incident:
        """Return one incident."""
        wanted = select(IncidentRow).where(IncidentRow.id == incident_id)
        return incident_of(self.one(wanted, "Hændelsesfejlen"))

    def resolve_incident(self, incident_id: int, *, by: str, at: datetime) -> None:
        """Say an incident is dealt with; the first to say so is kept."""
        self.session.execute(
            update(IncidentRow)
            .where(IncidentRow.id == incident_id, IncidentRow.resolved_at.is_(None))
            .values(resolved_by=by, resolved_at=at)
        )

    def waiting_for_nothing(self, *, limit: int, instance_id: int | None = None) -> Sequence[int]:
        """Return running instances with no task, job, timer, wait or incident; or only one."""
        going_on = (
            (UserTaskRow, UserTaskRow.state == TaskState.OPEN.value),
            (JobRow, JobRow.state == WAITING),
            (TimerRow, TimerRow.state == WAITING),
            (SubscriptionRow, true()),
            (IncidentRow, IncidentRow.resolved_at.is_(None)),
        )
        wanted = (
            select(InstanceRow.id)
            .where(
                InstanceRow.state == InstanceState.RUNNING.value,
                *(
                    ~exists().where(
                        table.municipality_id == InstanceRow.municipality_id,
                        table.instance_id == InstanceRow.id,
                        open_,
                    )
                    for table, open_ in going_on
                ),
            )
            .order_by(InstanceRow.id)
            .limit(limit)
        )
        if instance_id is not None:
            wanted = wanted.where(InstanceRow.id == instance_id)
        return list(self.session.scalars(wanted))

    def record(self, events: Sequence[HistoryEvent]) -> None:
        """Append history."""
        if not events:
            return
        # Written whole: what the system did has nobody, and would be a statement of its own.
        self.session.execute(
            insert(HistoryEventRow).execution_options(render_nulls=True),
            [
                {
                    "instance_id": event.instance_id,
                    "process_id": event.process_id,
                    "element_id": event.element_id,
                    "element_kind": event.element_kind,
                    "what": event.what,
                    "at": event.at,
                    "by": event.by,
                    "result": plain_map(event.result),
                }
                for event in events
            ],
        )

    def history(self, instance_id: int) -> Sequence[HistoryEvent]:
        """Return an instance's history, oldest first; months before it began are not looked in."""
        began = select(InstanceRow.started_at).where(InstanceRow.id == instance_id)
        started_at = self.one(began, "Procesforløbet")
        return self._histories([instance_id], started_at)[instance_id]

    def histories(
        self, instances: Sequence[ProcessInstance]
    ) -> Mapping[int, Sequence[HistoryEvent]]:
        """Return the history of several instances, each oldest first, in one statement."""
        if not instances:
            return {}
        since = min(each.started_at for each in instances)
        return self._histories([each.id for each in instances], since)

    def _histories(
        self, instance_ids: Sequence[int], since: datetime
    ) -> dict[int, list[HistoryEvent]]:
        rows = self.session.scalars(
            select(HistoryEventRow)
            .where(HistoryEventRow.instance_id.in_(instance_ids), HistoryEventRow.at >= since)
            .order_by(HistoryEventRow.id)
        )
        found: dict[int, list[HistoryEvent]] = {each: [] for each in instance_ids}
        for row in rows:
            found[row.instance_id].append(
                HistoryEvent(
                    instance_id=row.instance_id,
                    element_id=row.element_id,
                    element_kind=row.element_kind,
                    what=row.what,
                    at=row.at,
                    by=row.by,
                    result=row.result,
                    process_id=row.process_id,
                )
            )
        return found


class SqlDefinitionStore(Store):
    """Deployed process definitions and decision tables; central, not municipal."""

    def add(self, definition: ProcessDefinition) -> ProcessDefinition:
        """Insert a version; it never changes."""
        added = (
            insert(DefinitionRow)
            .values(
                key=definition.key,
                version=definition.version,
                name=definition.name,
                digest=definition.digest,
                start_message=definition.start_message,
                valid_from=definition.valid_from,
                deployed_by=definition.deployed_by,
                deployed_at=definition.deployed_at,
            )
            .returning(DefinitionRow.id)
        )
        definition_id = self.session.execute(added).scalar_one()
        self.insert(
            DefinitionFileRow,
            [
                {"definition_id": definition_id, "name": name, "content": content}
                for name, content in definition.bundle.items()
            ],
        )
        return replace(definition, id=definition_id)

    def get(self, definition_id: int) -> ProcessDefinition:
        """Return a version."""
        wanted = select(DefinitionRow).where(DefinitionRow.id == definition_id)
        return self._whole(self.one(wanted, "Procesdefinitionen"))

    def current(self, key: str, on: date) -> ProcessDefinition:
        """Return the version new cases start on."""
        wanted = select(DefinitionRow).where(DefinitionRow.key == key)
        return self._whole(self.one(_in_force(wanted, on), "Procesdefinitionen"))

    def latest(self, key: str) -> ProcessDefinition | None:
        """Return the newest version, whatever its date."""
        wanted = select(DefinitionRow).where(DefinitionRow.key == key)
        row = self.session.scalars(wanted.order_by(DefinitionRow.version.desc()).limit(1)).first()
        return None if row is None else self._whole(row)

    def by_start_message(self, message: str, on: date) -> ProcessDefinition | None:
        """Return the version a message starts."""
        keys = select(DefinitionRow.key).where(DefinitionRow.start_message == message).distinct()
        for key in self.session.scalars(keys.order_by(DefinitionRow.key)):
            wanted = _in_force(select(DefinitionRow).where(DefinitionRow.key == key), on)
            row = self.session.scalars(wanted).first()
            # A newer version of the process may no longer start by this message.
            if row is not None and row.start_message == message:
                return self._whole(row)
        return None

    def _whole(self, row: DefinitionRow) -> ProcessDefinition:
        files = self.session.execute(
            select(DefinitionFileRow.name, DefinitionFileRow.content)
            .where(DefinitionFileRow.definition_id == row.id)
            .order_by(DefinitionFileRow.name)
        )
        return ProcessDefinition(
            id=row.id,
            key=row.key,
            version=row.version,
            name=row.name,
            digest=row.digest,
            bundle={file.name: file.content for file in files},
            valid_from=row.valid_from,
            deployed_by=row.deployed_by,
            deployed_at=row.deployed_at,
            start_message=row.start_message,
        )

    def add_table(self, table: DecisionTableVersion) -> DecisionTableVersion:
        """Insert a version of a decision table."""
        added = (
            insert(DecisionTableRow)
            .values(
                key=table.key,
                version=table.version,
                digest=table.digest,
                xml=table.xml,
                valid_from=table.valid_from,
                deployed_by=table.deployed_by,
                deployed_at=table.deployed_at,
            )
            .returning(DecisionTableRow.id)
        )
        return replace(table, id=self.session.execute(added).scalar_one())

    def tables(self, on: date) -> Mapping[str, DecisionTableVersion]:
        """Return every table in force on a legal date, by key."""
        newest = (
            select(DecisionTableRow)
            .ext(distinct_on(DecisionTableRow.key))
            .where(DecisionTableRow.valid_from <= on)
            .order_by(DecisionTableRow.key, DecisionTableRow.version.desc())
        )
        return {row.key: _table_of(row) for row in self.session.scalars(newest)}


def _in_force(wanted: Select[DefinitionRow], on: date) -> Select[DefinitionRow]:
    """Return the newest version that is switched on by a day, unless the process is retired."""
    later = aliased(DefinitionRow)
    newest = (
        select(func.max(later.version))
        .where(later.key == DefinitionRow.key, later.valid_from <= on)
        .scalar_subquery()
    )
    retired = exists().where(
        ProcessRetirementRow.key == DefinitionRow.key,
        ProcessRetirementRow.from_day <= on,
        ProcessRetirementRow.after_version >= DefinitionRow.version,
    )
    return wanted.where(DefinitionRow.version == newest, ~retired)


def _table_of(row: DecisionTableRow) -> DecisionTableVersion:
    return DecisionTableVersion(
        id=row.id,
        key=row.key,
        version=row.version,
        digest=row.digest,
        xml=row.xml,
        valid_from=row.valid_from,
        deployed_by=row.deployed_by,
        deployed_at=row.deployed_at,
    )
