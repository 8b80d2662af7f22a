"""Answers: who may have a task, and who gets a new one?

Knows roles, units, absence, impartiality and four eyes. Knows nothing of how a task is moved.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from processes.domain import decisions
from processes.domain.access import Role
from processes.domain.cases import Case
from processes.domain.errors import NotAllowedError
from processes.domain.identifiers import Cpr
from processes.ports.records import User
from processes.ports.stores import UnitOfWork

APPROVALS = frozenset({"decision.approve", "matter.approve"})
"""Forms that need somebody who has not worked on the case."""
OTHER_EYES = frozenset({"complaint.reassess"})
"""Forms for anybody but who has the case: what they made is judged."""

Digest = Callable[[Cpr], str]


def works_as(user: User, role: str, unit: str, *, municipality_id: int) -> bool:
    """Tell whether somebody has a role in a unit now."""
    return user.active and (municipality_id, role, unit) in user.roles


def is_party(user: User, case: Case, digest: Digest) -> bool:
    """Tell whether somebody would decide their own case (habilitet)."""
    try:
        decisions.check_impartial(
            own_digest=user.cpr_digest,
            relatives=(),
            parties={digest(party.cpr) for party in case.parties},
        )
    except NotAllowedError:
        return True
    return False


def first_holder(
    uow: UnitOfWork, case: Case, role: str, *, on: date, digest: Digest, form_key: str = ""
) -> str | None:
    """Return who gets a new task of a case, or None: then it is anybody's in the unit.

    The person who has the case gets its tasks; while away, the substitute. An approver's task
    belongs to nobody yet, since the one who has the case must not approve it.
    """
    if role != Role.CASEWORKER or case.caseworker is None or form_key in OTHER_EYES:
        return None
    absence = uow.team.absent(case.caseworker, on)
    if absence is None:
        return case.caseworker
    substitute = absence.substitute
    if substitute is None or uow.team.absent(substitute, on) is not None:
        return None
    user = uow.setup.user(substitute)
    may = works_as(user, role, case.unit, municipality_id=uow.municipality_id)
    return substitute if may and not is_party(user, case, digest) else None
