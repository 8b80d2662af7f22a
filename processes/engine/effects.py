"""What the engine is told (triggers), and what it wants done (effects).

The engine reads and writes nothing. `operations.control` turns effects into rows in the same
transaction as the state, and rows into triggers. A `token` is the engine's id (a UUID as text) of
one visit to one element; it stays the same through save and load.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

Variables = Mapping[str, object]
"""Ids and decision scalars (text, whole number, bool, None, lists, maps of them); never money."""


# ---- triggers ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Start:
    """Begin a new instance with these variables."""

    variables: Variables
    seed: str = ""
    """Anything no other instance has, e.g. its id: tokens are derived from it, so the same start
    gives the same tokens again and two instances never share one."""


@dataclass(frozen=True)
class StepDone:
    """A service or business-rule step has its result; the worker or the inline loop says so."""

    token: str
    result: Variables


@dataclass(frozen=True)
class StepFailed:
    """A step ended in a BPMN error (`register_unavailable`, `rejected`); goes to its boundary."""

    token: str
    error_code: str


@dataclass(frozen=True)
class TaskCompleted:
    """A person completed a user task; `result` is what its verb returned (ids and scalars)."""

    token: str
    result: Variables
    by: str


@dataclass(frozen=True)
class TimerFired:
    """A timer is due."""

    token: str


@dataclass(frozen=True)
class MessageArrived:
    """A message reached a waiting catch event or receive task."""

    token: str
    result: Variables


@dataclass(frozen=True)
class Retry:
    """A person has looked at an incident; try its token again.

    `corrections` are variables that person put right; they are merged into the token's scope
    first. A service step that failed for good gets its `RunStep` again, under the same token.
    """

    token: str
    corrections: Variables = field(default_factory=dict)
    by: str | None = None


Trigger = Retry | Start | StepDone | StepFailed | TaskCompleted | TimerFired | MessageArrived


# ---- effects -------------------------------------------------------------------------------


@dataclass(frozen=True)
class OpenTask:
    """A person must do something (opgave)."""

    token: str
    element_id: str
    name: str
    form_key: str
    role: str
    """Who may take it, by role key: `caseworker`, `approver`, `team_lead`, `finance`."""
    due: str | None
    """An ISO moment with offset, computed from a variable; None without deadline."""
    variables: Variables
    """The process variables at that moment, for the form to start from (ids and scalars)."""


@dataclass(frozen=True)
class RunStep:
    """A registered step must run; inline or as a job, which `operations.control` decides."""

    token: str
    element_id: str
    step: str
    arguments: Variables


@dataclass(frozen=True)
class SetTimer:
    """Fire this token at an absolute moment."""

    token: str
    element_id: str
    due_at: datetime


@dataclass(frozen=True)
class Await:
    """Wait for a message with this key (a correlation value, e.g. a case or batch id)."""

    token: str
    element_id: str
    message: str
    key: str


@dataclass(frozen=True)
class Send:
    """Send a message to whoever waits for it with this key, once this is saved."""

    token: str
    """Of this visit to the element that throws it, so that it is sent once."""
    element_id: str
    message: str
    key: str
    variables: Variables


@dataclass(frozen=True)
class Withdraw:
    """Whatever was wanted for this token (task, step, timer, wait) is no longer wanted."""

    token: str


@dataclass(frozen=True)
class RaiseIncident:
    """The instance cannot go on by itself; somebody must look. The state is still valid."""

    code: str
    """`stuck`, `budget`, `merge_conflict`, `expression`, `table_no_row`, `table_conflict` …"""
    element_id: str | None
    message: str
    token: str | None = None


@dataclass(frozen=True)
class Record:
    """One line of history: an element was entered, completed or cancelled."""

    element_id: str
    element_kind: str
    what: str
    """`entered`, `completed`, `cancelled`, `retried`; `dropped`: nobody waited for the trigger."""
    at: datetime
    by: str | None = None
    result: Variables = field(default_factory=dict)
    process_id: str = ""
    """The diagram the element stands in: a called process has its own."""


@dataclass(frozen=True)
class Ended:
    """The instance has ended at this end event; `variables` are what it ended with."""

    element_id: str
    variables: Variables


Effect = OpenTask | RunStep | SetTimer | Await | Send | Withdraw | RaiseIncident | Record | Ended


@dataclass(frozen=True)
class Advanced:
    """The result of `advance`: the new state, what is wanted now, and whether it has ended."""

    state: bytes
    effects: tuple[Effect, ...]
    ended: bool
    flows: tuple[str, ...] = ()
    """The sequence flows taken, as `process/flow`, in order: for the picture and the walkers."""
    places: tuple[str, ...] | None = None
    """Where its tokens stand now, as `process/element`, calls too; None when nothing changed."""
