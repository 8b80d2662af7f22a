"""Answers: what do I want to see, and what becomes of many tasks at once? (skrivebord).

What somebody does to their tasks is done at once and can be undone for a day, as long as nobody
has touched them; what cannot be done is named with its reason, and the rest is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from processes.domain.access import Actor, may, require
from processes.domain.errors import ConflictError, NotFoundError, RuleError
from processes.operations.casework import search_words
from processes.operations.control import Control
from processes.operations.moves import changed, give_back, in_lock_order, report
from processes.operations.sharing import Team
from processes.operations.teams import names_of, people_of, team_of
from processes.ports.pages import DeskAct, DeskChange, MoveReport, TaskStays
from processes.ports.records import (
    AuditEvent,
    InboxWish,
    SavedFilter,
    TaskFilter,
    TaskMove,
    TaskRow,
    UserTask,
)
from processes.ports.stores import UnitOfWork

UNDO_WITHIN = timedelta(hours=24)
KEPT_FOR_NOW = timedelta(days=1)
"""How long a filter without a name is remembered."""
LIST_LIMIT = 200
"""How many tasks are changed at once."""
DONE_AS = {
    DeskAct.CLAIM: "task.claim",
    DeskAct.GIVE: "task.delegate",
    DeskAct.PUT_BACK: "task.release",
    DeskAct.FOLLOW_UP: "task.follow_up",
}


class Desk:
    """A caseworker's desk (skrivebord)."""

    def __init__(self, control: Control) -> None:
        self.env = control.env

    # ---- many at once --------------------------------------------------------------------

    def colleagues(self, by: Actor) -> Mapping[str, str]:
        """Return who else works in one's units: name by user."""
        require(by, "inbox.read")
        with self.env.uow(by.municipality_id) as uow:
            people = people_of(uow.setup.users(by.municipality_id), by)
        return {
            user: person.name
            for user, person in sorted(people.items(), key=lambda each: each[1].name)
            if user != by.user
        }

    def change(self, task_ids: Sequence[int], wanted: DeskChange, by: Actor) -> MoveReport:
        """Take, give, lay back or put away tasks; one that cannot be stays, and says why."""
        require(by, "task.claim")
        reason = wanted.reason.strip()
        if wanted.act in {DeskAct.GIVE, DeskAct.PUT_BACK} and not reason:
            raise RuleError("Skriv, hvorfor opgaverne skifter hænder, så den næste kan gå videre.")
        batch, now = self.env.new_id(), self.env.now()
        done: list[TaskMove] = []
        stays: list[TaskStays] = []
        with self.env.uow(by.municipality_id) as uow:
            rows = self._ours(uow, task_ids, by)
            team = team_of(self.env, uow, rows, by)
            for row in in_lock_order(rows):
                task = uow.processes.lock_task(row.task.id)
                if why := _why_not(task, wanted, team, by):
                    stays.append(TaskStays(task.id, task.name, row.case_number, why))
                    continue
                after = _after(task, wanted, by)
                uow.processes.save_task(after)
                # At the moment of the move itself: a later look of the receiver is then a touch.
                uow.audit.add(
                    AuditEvent(
                        now, by.user, str(by.role), DONE_AS[wanted.act], f"task:{task.id}", reason
                    )
                )
                done.append(
                    TaskMove(
                        id=0,
                        batch_id=batch,
                        task_id=task.id,
                        from_user=task.assignee,
                        to_user=after.assignee,
                        revision=task.revision,
                        reason=reason,
                        moved_by=by.user,
                        moved_at=now,
                        from_follow_up=task.follow_up_on,
                        to_follow_up=after.follow_up_on,
                    )
                )
            uow.team.add_moves(done)
            uow.commit()
        if not done:
            return MoveReport("", now, by.user, reason, (), (), tuple(stays))
        return report(done, team.names, stays=stays, can_undo=len(done))

    def undo(self, batch_id: str, by: Actor) -> MoveReport:
        """Take back what one did to several tasks, as far as nobody has touched them since."""
        require(by, "task.claim")
        now = self.env.now()
        with self.env.uow(by.municipality_id) as uow:
            moves = {each.task_id: each for each in uow.team.moves(batch_id)}
            if not moves or any(each.moved_by != by.user for each in moves.values()):
                raise NotFoundError("Der er ikke noget at fortryde. Se dine opgaver.")
            if any(now - each.moved_at > UNDO_WITHIN for each in moves.values()):
                raise ConflictError(
                    "Det er mere end 24 timer siden og kan ikke fortrydes. Flyt opgaverne igen."
                )
            names = names_of(uow.setup.users(by.municipality_id))
            back, stays = give_back(uow, moves, self._ours(uow, list(moves), by), names)
            uow.audit.add(
                *(
                    AuditEvent(now, by.user, str(by.role), "task.move_back", f"task:{each.task_id}")
                    for each in back
                )
            )
            uow.team.undo_moves([each.id for each in back], at=now)
            uow.commit()
        if not back:
            return MoveReport(batch_id, now, by.user, "", (), (), tuple(stays))
        return report(back, names, stays=stays, can_undo=0)

    def _ours(self, uow: UnitOfWork, task_ids: Sequence[int], by: Actor) -> list[TaskRow]:
        """Return these tasks as far as this role may see them."""
        rows = uow.team.rows(task_ids[:LIST_LIMIT], show_protected=may(by, "protected.read"))
        return [row for row in rows if row.task.unit in by.units and row.task.role == str(by.role)]

    # ---- filters -------------------------------------------------------------------------

    def want(self, wanted: InboxWish, by: Actor) -> SavedFilter:
        """Remember what somebody wants to see now; the answer's id stands in the address."""
        require(by, "inbox.read")
        now = self.env.now()
        saved = SavedFilter(self.env.new_id(), by.user, "", "", wanted, now)
        with self.env.uow(by.municipality_id) as uow:
            uow.desk.add_filter(saved)
            if wanted.words:
                # What was looked for may be a personal number: only that somebody looked is kept.
                require(by, "person.search")
                uow.audit.add(AuditEvent(now, by.user, str(by.role), "person.search", "inbox"))
            uow.commit()
        return saved

    def listed(self, view: str, wanted: InboxWish) -> TaskFilter:
        """Return the filter of a view: what is asked for, in days and words of today."""
        before = None
        if wanted.due_within is not None:
            day = self.env.gateways.clock.today() + timedelta(days=wanted.due_within + 1)
            before = datetime.combine(day, time(), self.env.zone)
        return TaskFilter(
            view=view,
            form_key=wanted.form_key or None,
            due_before=before,
            party_tokens=tuple(search_words(wanted.words)),
            sort=wanted.sort,
        )

    def filters(self, by: Actor) -> Sequence[SavedFilter]:
        """Return the filters one keeps, and those shared with one's units."""
        require(by, "inbox.read")
        with self.env.uow(by.municipality_id) as uow:
            return uow.desk.kept_filters(by.user, by.units)

    def filter(self, filter_id: str, by: Actor) -> SavedFilter:
        """Return a filter of one's own, or one shared with one's units."""
        require(by, "inbox.read")
        with self.env.uow(by.municipality_id) as uow:
            found = uow.desk.filter(filter_id)
        if found.owner != by.user and found.unit not in by.units:
            raise NotFoundError("Filteret findes ikke hos dig. Vælg et på listen.")
        return found

    def keep(self, filter_id: str, name: str, unit: str, by: Actor) -> SavedFilter:
        """Keep a filter under a name, for oneself or for the unit."""
        require(by, "inbox.read")
        title = name.strip()
        if not title:
            raise RuleError("Skriv, hvad filteret skal hedde.")
        if unit and unit not in by.units:
            raise RuleError("Du kan kun dele filtre med dine egne enheder. Vælg en af dem.")
        with self.env.uow(by.municipality_id) as uow:
            found = uow.desk.filter(filter_id)
            if found.owner != by.user:
                raise NotFoundError("Filteret findes ikke hos dig. Vælg et på listen.")
            if found.wanted.words:
                raise RuleError(
                    "Et filter, der leder efter en person, kan ikke gemmes. Tøm søgefeltet først."
                )
            if any(
                each.name.casefold() == title.casefold() and each.id != filter_id
                for each in uow.desk.kept_filters(by.user, by.units)
            ):
                raise ConflictError(
                    f"Der er allerede et filter, der hedder {title}. Vælg et andet."
                )
            uow.desk.keep_filter(filter_id, name=title, unit=unit)
            uow.commit()
        return replace(found, name=title, unit=unit)

    def forget(self, filter_id: str, by: Actor) -> str:
        """Forget a filter one keeps; the answer is what it was called."""
        require(by, "inbox.read")
        with self.env.uow(by.municipality_id) as uow:
            found = uow.desk.filter(filter_id)
            if found.owner != by.user:
                raise NotFoundError("Kun den, der har lavet filteret, kan slette det.")
            uow.desk.delete_filter(filter_id)
            uow.commit()
        return found.name

    def forget_old(self, municipality_id: int) -> int:
        """Forget what was wanted for now before today; the answer is how many."""
        before: datetime = self.env.now() - KEPT_FOR_NOW
        with self.env.uow(municipality_id) as uow:
            count = uow.desk.forget_filters(before)
            uow.commit()
        return count


def _why_not(task: UserTask, wanted: DeskChange, team: Team, by: Actor) -> str:
    """Return why this cannot become of a task, or nothing."""
    if why := changed(task, task.assignee, team.names):
        return why
    if task.assignee not in {None, by.user}:
        return f"{team.name(task.assignee or '')} har opgaven."
    if wanted.act is DeskAct.CLAIM:
        return team.why_not(task, by.user)
    if wanted.act is DeskAct.GIVE:
        return team.why_not(task, wanted.receiver)
    if task.assignee is None:
        return "Opgaven er ufordelt. Tag den først."
    return ""


def _after(task: UserTask, wanted: DeskChange, by: Actor) -> UserTask:
    """Return the task as it is afterwards."""
    if wanted.act is DeskAct.CLAIM:
        return replace(task, assignee=by.user)
    if wanted.act is DeskAct.GIVE:
        return replace(task, assignee=wanted.receiver, reason=wanted.reason.strip())
    if wanted.act is DeskAct.PUT_BACK:
        return replace(task, assignee=None, reason=wanted.reason.strip())
    return replace(task, follow_up_on=wanted.day)
