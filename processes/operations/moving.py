"""Answers: which rows change when an instance is moved to another version, and how back again?

Works in the transaction of one move, with the instance held. Tasks, jobs, timers and messages
follow their tokens; what the move changed of them is kept, so that it can be restored exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import cast

from processes.engine import effects as fx
from processes.engine.moving import Moved
from processes.engine.runtime import where_is
from processes.operations.control import Control
from processes.operations.holders import first_holder
from processes.operations.reasons import priority_of, why_here
from processes.ports.migrations import MigrationBatch, MigrationItem
from processes.ports.records import (
    HistoryEvent,
    Incident,
    InstanceState,
    Job,
    ProcessInstance,
)
from processes.ports.stores import UnitOfWork

Kept = Mapping[str, object]
TASK_WORDS = (
    "element_id", "name", "form_key", "role", "assignee", "draft", "priority", "reason",
)  # fmt: skip
"""What a move can change of a task, besides its deadline."""


class Carrying:
    """Carries what an instance waits for from one version to another (flytning af rækker)."""

    def __init__(self, control: Control) -> None:
        self.control = control
        self.env = control.env

    def take_over(
        self, uow: UnitOfWork, batch: MigrationBatch, instance: ProcessInstance, moved: Moved
    ) -> tuple[ProcessInstance, Kept]:
        """Write an instance under its new version; return it, and what must be kept of before."""
        before = uow.migrations.waits(instance.id)
        withdrawn = [each.token for each in moved.effects if isinstance(each, fx.Withdraw)]
        reworded = [token for each in moved.reworded if (token := getattr(each, "token", ""))]
        wanted = [
            again
            for effect in moved.reworded
            for again in self._reword(uow, batch, instance, effect, before)
        ]
        healed = self._heal(uow, instance, moved, by=batch.started_by)
        instance = replace(
            instance,
            definition_id=batch.to_definition,
            state=InstanceState.RUNNING if not _open(uow, instance) else instance.state,
        )
        instance = self._save(uow, instance, moved.state, (*moved.effects, *wanted))
        self._note(uow, batch, instance)
        after = uow.migrations.waits(instance.id)
        kept = {
            "waits": {token: before[token] for token in (*withdrawn, *reworded) if token in before},
            "added": [token for token in after if token not in before],
            "incidents": [
                {
                    "code": each.code,
                    "element_id": each.element_id,
                    "token": each.token,
                    "message": each.message,
                }
                for each in healed
            ],
        }
        return instance, kept

    def _save(
        self,
        uow: UnitOfWork,
        instance: ProcessInstance,
        state: bytes,
        effects: tuple[fx.Effect, ...],
    ) -> ProcessInstance:
        definition = self.control.definition(uow, instance.definition_id)
        places = tuple(
            f"{each.process_id}/{each.element_id}" for each in where_is(definition, state)
        )
        advanced = fx.Advanced(state, effects, ended=False, places=places)
        return self.control.carry_out(uow, instance, advanced)

    def _reword(
        self,
        uow: UnitOfWork,
        batch: MigrationBatch,
        instance: ProcessInstance,
        effect: fx.Effect,
        before: Mapping[str, Kept],
    ) -> list[fx.Effect]:
        """Change what a token waits for; return what has to be wanted anew for it."""
        match effect:
            case fx.OpenTask():
                self._reword_task(uow, instance, effect, before.get(effect.token, {}))
            case fx.RunStep():
                return self._reword_step(uow, batch, instance, effect)
            case fx.Await():
                uow.processes.withdraw(instance.id, effect.token)
                return [effect]
            case fx.SetTimer():
                uow.migrations.rename(instance.id, effect.token, effect.element_id)
            case _:
                pass  # nothing else waits under a token
        return []

    def _reword_task(
        self, uow: UnitOfWork, instance: ProcessInstance, effect: fx.OpenTask, before: Kept
    ) -> None:
        words: dict[str, object] = {
            "element_id": effect.element_id,
            "name": effect.name,
            "form_key": effect.form_key,
            "role": effect.role,
            "due_at": None if effect.due is None else datetime.fromisoformat(effect.due),
        }
        if before.get("form_key") != effect.form_key:
            words |= {
                "draft": {},
                "priority": priority_of(effect.form_key, effect.variables),
                "reason": why_here(effect.form_key, effect.variables),
            }
        if before.get("role") != effect.role:
            case = uow.cases.get(instance.case_id)
            words["assignee"] = first_holder(
                uow, case, effect.role, on=self.env.gateways.clock.today(), digest=self.env.digest
            )
        uow.migrations.reword_task(instance.id, effect.token, words=words)

    def _reword_step(
        self,
        uow: UnitOfWork,
        batch: MigrationBatch,
        instance: ProcessInstance,
        effect: fx.RunStep,
    ) -> list[fx.Effect]:
        """Let a step be asked as it is drawn now; one that is only renamed goes on as it was."""
        job = uow.processes.job_of_token(instance.id, effect.token)
        if job is not None and (job.step, dict(job.arguments)) == (
            effect.step,
            dict(effect.arguments),
        ):
            uow.migrations.rename(instance.id, effect.token, effect.element_id)
            return []
        # A worker that has the old one in its hands finds it withdrawn, and its answer is dropped.
        uow.processes.withdraw(instance.id, effect.token)
        if self.control.is_inline(effect):
            return [effect]
        step = self.env.register.step(effect.step)
        uow.processes.add_job(
            Job(
                id=0,
                instance_id=instance.id,
                case_id=instance.case_id,
                token=effect.token,
                element_id=effect.element_id,
                step=effect.step,
                arguments=effect.arguments,
                attempts=0,
                max_attempts=step.max_attempts,
                next_at=self.env.now(),
                idempotency_key=f"{instance.id}:{effect.token}:{batch.id}",
            )
        )
        return []

    def _heal(
        self, uow: UnitOfWork, instance: ProcessInstance, moved: Moved, *, by: str
    ) -> list[Incident]:
        """Say of incidents whose cause the new version has taken away that they are dealt with."""
        afresh = {each.token for each in moved.reworded if isinstance(each, fx.RunStep)}
        healed = [
            each
            for each in _open(uow, instance)
            if each.token in afresh or (each.token is None and each.code == "stuck")
        ]
        for each in healed:
            uow.processes.resolve_incident(each.id, by=by, at=self.env.now())
        return healed

    def _note(self, uow: UnitOfWork, batch: MigrationBatch, instance: ProcessInstance) -> None:
        old = uow.definitions.get(batch.from_definition)
        new = uow.definitions.get(batch.to_definition)
        uow.processes.record(
            [
                HistoryEvent(
                    instance.id,
                    instance.process_key,
                    "process",
                    "migrated",
                    self.env.now(),
                    batch.started_by,
                    {"from": old.version, "to": new.version, "batch": batch.id},
                    instance.process_key,
                )
            ]
        )

    # ---- back --------------------------------------------------------------------------

    def restore(
        self,
        uow: UnitOfWork,
        batch: MigrationBatch,
        before: MigrationItem,
        instance: ProcessInstance,
    ) -> None:
        """Put an instance back exactly as it was: nothing has happened in it since it was moved."""
        kept = before.kept
        for token in cast(list[str], kept.get("added", [])):
            uow.processes.withdraw(instance.id, token)
        wanted: list[fx.Effect] = []
        for token, wait in cast(Mapping[str, Kept], kept.get("waits", {})).items():
            wanted += self._rewait(uow, instance, token, wait)
        for each in cast(list[dict[str, str]], kept.get("incidents", [])):
            uow.processes.add_incident(
                Incident(
                    0,
                    instance.id,
                    instance.case_id,
                    each["code"],
                    each["element_id"],
                    each["token"],
                    each["message"],
                    self.env.now(),
                )
            )
            instance = replace(instance, state=InstanceState.INCIDENT)
        instance = replace(instance, definition_id=batch.to_definition)
        self._save(uow, instance, before.before or b"", tuple(wanted))
        self._note(uow, batch, instance)

    def _rewait(
        self, uow: UnitOfWork, instance: ProcessInstance, token: str, wait: Kept
    ) -> list[fx.Effect]:
        element = str(wait["element_id"])
        match wait["kind"]:
            case "task":
                uow.migrations.reopen(instance.id, "task", cast(int, wait["id"]))
                due = wait["due_at"]
                words = {key: wait[key] for key in TASK_WORDS}
                due_at = None if due is None else datetime.fromisoformat(str(due))
                uow.migrations.reword_task(instance.id, token, words={**words, "due_at": due_at})
            case "message":
                uow.processes.withdraw(instance.id, token)
                return [fx.Await(token, element, str(wait["message"]), str(wait["key"]))]
            case "job":
                uow.processes.withdraw(instance.id, token)
                uow.migrations.reopen(instance.id, "job", cast(int, wait["id"]))
                uow.migrations.rename(instance.id, token, element)
            case _:
                uow.migrations.reopen(instance.id, "timer", cast(int, wait["id"]))
                uow.migrations.rename(instance.id, token, element)
        return []


def _open(uow: UnitOfWork, instance: ProcessInstance) -> list[Incident]:
    """Return what an instance still stands still on."""
    if not instance.case_id:
        return []
    return [
        each
        for each in uow.processes.incidents(case_id=instance.case_id)
        if each.instance_id == instance.id
    ]
