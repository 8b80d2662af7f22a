"""Who may do what (adgang): role by action, one table, pure. Deny first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from processes.domain.errors import NotAllowedError


class Role(StrEnum):
    """A job function (rolle)."""

    CASEWORKER = "caseworker"
    APPROVER = "approver"
    TEAM_LEAD = "team_lead"
    FINANCE = "finance"
    PROCESS_OWNER = "process_owner"
    LOCAL_ADMIN = "local_admin"
    AUDITOR = "auditor"
    CITIZEN = "citizen"
    SYSTEM = "system"


ROLE_NAMES = {
    Role.CASEWORKER: "Ydelsessagsbehandler",
    Role.APPROVER: "Fagleder",
    Role.TEAM_LEAD: "Teamleder",
    Role.FINANCE: "Økonomimedarbejder",
    Role.PROCESS_OWNER: "Procesejer",
    Role.LOCAL_ADMIN: "Lokal administrator",
    Role.AUDITOR: "Revisor",
    Role.CITIZEN: "Borger",
    Role.SYSTEM: "Systemet",
}

_STAFF = frozenset({Role.CASEWORKER, Role.APPROVER, Role.TEAM_LEAD, Role.FINANCE})

ACTIONS: dict[str, frozenset[Role]] = {
    "inbox.read": _STAFF,
    "task.claim": _STAFF,
    "task.complete": _STAFF,
    "task.reassign": frozenset({Role.TEAM_LEAD}),
    "team.read": frozenset({Role.TEAM_LEAD}),
    "production.read": frozenset({Role.TEAM_LEAD}),
    "absence.register": frozenset({Role.TEAM_LEAD}),
    "case.read": _STAFF | {Role.AUDITOR},
    "case.note": _STAFF,
    "replay.read": frozenset({Role.CASEWORKER, Role.APPROVER, Role.TEAM_LEAD, Role.AUDITOR}),
    "document.read": _STAFF | {Role.AUDITOR},
    "document.add": _STAFF,
    "protected.read": frozenset({Role.CASEWORKER, Role.APPROVER, Role.TEAM_LEAD}),
    "person.search": _STAFF,
    "deadline.read": _STAFF | {Role.LOCAL_ADMIN, Role.AUDITOR},
    "deadline.set": frozenset({Role.LOCAL_ADMIN}),
    "process.read": _STAFF | {Role.PROCESS_OWNER, Role.LOCAL_ADMIN},
    "process.change": frozenset({Role.PROCESS_OWNER}),
    "process.approve": frozenset({Role.PROCESS_OWNER}),
    "instance.migrate": frozenset({Role.PROCESS_OWNER, Role.LOCAL_ADMIN}),
    "rule.read": _STAFF | {Role.PROCESS_OWNER, Role.LOCAL_ADMIN, Role.AUDITOR},
    "rule.draft": frozenset({Role.PROCESS_OWNER}),
    "rule.approve": frozenset({Role.PROCESS_OWNER}),
    "incident.read": frozenset({Role.TEAM_LEAD, Role.PROCESS_OWNER, Role.LOCAL_ADMIN}),
    "incident.resolve": frozenset({Role.TEAM_LEAD, Role.PROCESS_OWNER, Role.LOCAL_ADMIN}),
    "cockpit.read": frozenset({Role.TEAM_LEAD, Role.PROCESS_OWNER, Role.LOCAL_ADMIN}),
    "cockpit.steer": frozenset({Role.TEAM_LEAD, Role.PROCESS_OWNER, Role.LOCAL_ADMIN}),
    "tryout.read": frozenset({Role.TEAM_LEAD, Role.PROCESS_OWNER, Role.LOCAL_ADMIN}),
    "tryout.run": frozenset({Role.PROCESS_OWNER}),
    "matter.raise": frozenset({Role.CASEWORKER, Role.TEAM_LEAD}),
    "claim.read": frozenset({Role.FINANCE, Role.TEAM_LEAD, Role.AUDITOR}),
    "run.read": frozenset({Role.FINANCE, Role.TEAM_LEAD, Role.AUDITOR}),
    "run.manage": frozenset({Role.FINANCE, Role.TEAM_LEAD}),
    "event.register": frozenset({Role.CASEWORKER, Role.TEAM_LEAD}),
    "sanction.register": frozenset({Role.CASEWORKER, Role.TEAM_LEAD}),
    "complaint.register": frozenset({Role.CASEWORKER, Role.APPROVER, Role.TEAM_LEAD}),
    "application.withdraw": frozenset({Role.CASEWORKER, Role.TEAM_LEAD}),
    "citizen.apply": frozenset({Role.CITIZEN}),
    "citizen.follow": frozenset({Role.CITIZEN}),
    "citizen.write": frozenset({Role.CITIZEN}),
    "message.read": _STAFF | {Role.AUDITOR},
    "message.write": frozenset({Role.CASEWORKER, Role.APPROVER, Role.TEAM_LEAD}),
    "role.choose": frozenset(Role),
}
"""Each action and the roles that may; what is not here nobody may."""


@dataclass(frozen=True)
class Actor:
    """Who acts (aktør): one user in one chosen role for one municipality.

    `party_cpr_digits` is the citizen's own number when the actor is a citizen, else empty.
    """

    user: str
    name: str
    role: Role
    municipality_id: int
    units: frozenset[str]
    party_cpr_digits: str = ""

    def __repr__(self) -> str:
        return f"Actor({self.user}, {self.role})"


SYSTEM_NAME = "system"


def may(actor: Actor, action: str) -> bool:
    """Tell whether the role may do it; an action nobody listed is denied."""
    return actor.role in ACTIONS.get(action, frozenset())


def require(actor: Actor, action: str) -> None:
    """Refuse unless the role may do it."""
    if not may(actor, action):
        raise NotAllowedError(
            f"Din rolle som {ROLE_NAMES[actor.role].lower()} giver ikke adgang til det her."
            " Vælg en anden rolle, eller spørg din lokale administrator."
        )
