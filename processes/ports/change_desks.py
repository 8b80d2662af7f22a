"""What pages of sanctions, ends of help and the month's income show, and may ask for.

Frozen records (poster) and the desks as Protocols.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from processes.domain.access import Actor
from processes.domain.cases import Case, Party
from processes.domain.cessations import Cessation, CessationGround
from processes.domain.decisions import Decision
from processes.domain.incomes import IncomeFinding
from processes.domain.periods import Month
from processes.domain.sanction_cases import SanctionRequest, Told
from processes.ports.changes import IncomeCheck, IncomeFigures


@dataclass(frozen=True)
class SanctionRow:
    """One request on the page (sanktionslinje), with its decision when there is one."""

    request: SanctionRequest
    decision: Decision | None
    may_withdraw: bool


@dataclass(frozen=True)
class SanctionsPage:
    """What the page of a case's sanctions shows (sanktionsside)."""

    case: Case
    rows: Sequence[SanctionRow]
    people: Sequence[Party]
    """Who a request can be about."""
    is_closed: bool
    names: Mapping[str, str]


class SanctionDesk(Protocol):
    """Requests for sanctions (sanktioner)."""

    def deliver(self, raw: bytes) -> bytes:
        """Receive one request from the jobcentre."""

    def unreadable(self, reason: str) -> bytes:
        """Return the answer to a message that could not be taken."""

    def of_case(self, case_id: str, by: Actor) -> SanctionsPage:
        """Return what was asked for on a case, and what came of it."""

    def ask_for(self, case_id: str, party_id: str, told: Told, by: Actor) -> SanctionRequest:
        """Type in a request."""

    def withdraw(self, case_id: str, sanction_id: str, reason: str, by: Actor) -> None:
        """Take a request back."""


@dataclass(frozen=True)
class IncomeCheckRow:
    """One look at a month's income on the page (indkomstopgørelseslinje)."""

    check: IncomeCheck
    figures: IncomeFigures
    findings: Sequence[IncomeFinding]


class IncomeDesk(Protocol):
    """The month's income (indkomst- og timeopgørelse)."""

    def start(self, month: Month, by: Actor) -> str:
        """Look at a month's income."""

    def all(self, by: Actor) -> Sequence[IncomeCheckRow]:
        """Return the looks of the last year, the newest first."""


@dataclass(frozen=True)
class CessationsPage:
    """What the pages about ending help show (ophørsside)."""

    case: Case
    rows: Sequence[Cessation]
    people: Sequence[Party]
    may_end: bool
    """Help runs, and nobody has asked for an end that is not answered."""
    next_month: Month


class CessationDesk(Protocol):
    """Ends of running help (ophør)."""

    def mine(self, case_id: str, by: Actor) -> CessationsPage:
        """Return what one can stop in one's own case."""

    def wish(
        self, case_id: str, ground: CessationGround, ends_on: date, text: str, by: Actor
    ) -> Cessation:
        """Ask that one's help ends."""

    def of_case(self, case_id: str, by: Actor) -> CessationsPage:
        """Return whether help runs in a case, and what was asked for."""

    def begin(
        self,
        case_id: str,
        party_id: str,
        ground: CessationGround,
        ends_on: date,
        text: str,
        by: Actor,
    ) -> Cessation:
        """Write down that help is to end."""
