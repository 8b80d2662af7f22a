"""The core as views see it: its desks, its clock, and who asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

from flask import g, session

from app.config import Settings
from app.security.interim_login import DemoCitizen, UserStore
from app.security.sessions import ServerSession, SessionStore
from processes.domain.access import Actor
from processes.operations.migration import Migration
from processes.ports.books import BookDesk
from processes.ports.change_desks import CessationDesk, IncomeDesk, SanctionDesk
from processes.ports.cockpit import CockpitDesk
from processes.ports.explaining import ExplainDesk, ReplayDesk, WhatIfDesk
from processes.ports.gateways import Clock
from processes.ports.law_pages import LawDesk
from processes.ports.matters import RepaymentDesk
from processes.ports.pages import (
    CaseDesk,
    CitizenDesk,
    ComplaintDesk,
    ControlDesk,
    DeadlineDesk,
    DraftDesk,
    InboxDesk,
    IntakeDesk,
    LifeDesk,
    MessageDesk,
    SpouseDesk,
    TeamDesk,
    WorkDesk,
)
from processes.ports.production import ProductionDesk
from processes.ports.runs import RunDesk
from processes.ports.tryouts import TryoutDesk
from processes.ports.workbench import WorkbenchDesk


class CentralStore(UserStore, SessionStore, Protocol):
    """What belongs to no municipality: users, municipalities, logins."""


class Core(Protocol):
    """Everything a view may ask for."""

    @property
    def inbox(self) -> InboxDesk:
        """The inbox."""

    @property
    def desk(self) -> WorkDesk:
        """Many tasks at once, and kept filters."""

    @property
    def cases(self) -> CaseDesk:
        """Cases."""

    @property
    def team(self) -> TeamDesk:
        """The team lead's team."""

    @property
    def complaints(self) -> ComplaintDesk:
        """Complaints."""

    @property
    def production(self) -> ProductionDesk:
        """A team's work in figures."""

    @property
    def deadlines(self) -> DeadlineDesk:
        """The municipality's own deadlines."""

    @property
    def books(self) -> BookDesk:
        """Daily reconciliations."""

    @property
    def repayments(self) -> RepaymentDesk:
        """Repayment, money management, and claims."""

    @property
    def runs(self) -> RunDesk:
        """Monthly payment runs."""

    @property
    def explaining(self) -> ExplainDesk:
        """How a case was calculated, as it was known on any day."""

    @property
    def replays(self) -> ReplayDesk:
        """Decisions as files."""

    @property
    def what_if(self) -> WhatIfDesk:
        """Next month as it would be."""

    @property
    def cessations(self) -> CessationDesk:
        """Ends of running help."""

    @property
    def incomes(self) -> IncomeDesk:
        """The month's income."""

    @property
    def sanctions(self) -> SanctionDesk:
        """Requests for sanctions."""

    @property
    def workbench(self) -> WorkbenchDesk:
        """Processes, their versions and drafts."""

    @property
    def cockpit(self) -> CockpitDesk:
        """What runs, and steering it by hand."""

    @property
    def law(self) -> LawDesk:
        """Rules and rates."""

    @property
    def migration(self) -> Migration:
        """Moving cases under way to another version."""

    @property
    def tryouts(self) -> TryoutDesk:
        """Drafts tried on recorded cases."""

    @property
    def citizen(self) -> CitizenDesk:
        """Self-service."""

    @property
    def drafts(self) -> DraftDesk:
        """Applications under way."""

    @property
    def messages(self) -> MessageDesk:
        """Messages in a case."""

    @property
    def life(self) -> LifeDesk:
        """What happens in a citizen's life."""

    @property
    def spouses(self) -> SpouseDesk:
        """The spouse's own part of an application."""

    @property
    def control(self) -> ControlDesk:
        """Stopped cases."""

    @property
    def intake(self) -> IntakeDesk:
        """What other systems hand in."""

    @property
    def central(self) -> CentralStore:
        """Users and logins."""

    @property
    def clock(self) -> Clock:
        """The time."""

    @property
    def settings(self) -> Settings:
        """What the environment says."""

    @property
    def demo_citizens(self) -> Sequence[DemoCitizen]:
        """Made-up citizens to log in as; empty in production."""


def core() -> Core:
    """Return the core of this request."""
    return cast("Core", g.core)


def actor() -> Actor:
    """Return who asks; a guard has made sure that somebody does."""
    return cast("Actor", g.actor)


def login() -> ServerSession:
    """Return this request's session."""
    return cast("ServerSession", session._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 – a werkzeug proxy has no other way to its object
