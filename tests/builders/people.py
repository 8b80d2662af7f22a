"""People for tests: boring, fixed and valid. No number here can belong to a real person."""

from __future__ import annotations

from processes.domain.cases import Party, PartyRole, Protection
from processes.domain.identifiers import Cpr

ADULT_CPR = "6101901234"
"""Born 1 January 1990."""
SPOUSE_CPR = "6202912345"
CHILD_CPR = "6303154567"


def an_adult(
    *,
    id: str = "anna",  # noqa: A002 – the field is called so
    case_id: str = "sag-1",
    cpr: str = ADULT_CPR,
    name: str = "Anna Prøve",
    role: PartyRole = PartyRole.PRIMARY,
    protection: Protection = Protection.NORMAL,
) -> Party:
    """Return a party of 36 years in 2026."""
    return Party(
        id=id,
        case_id=case_id,
        role=role,
        cpr=Cpr.parse(cpr),
        name=name,
        address_lines=("Prøvevej 1", "9999 Egekøb"),
        protection=protection,
    )


def a_spouse(*, id: str = "bo", cpr: str = SPOUSE_CPR, name: str = "Bo Prøve") -> Party:  # noqa: A002 – as above
    """Return the spouse of `an_adult`."""
    return an_adult(id=id, cpr=cpr, name=name, role=PartyRole.SPOUSE)


def a_child(*, id: str = "clara", cpr: str = CHILD_CPR, name: str = "Clara Prøve") -> Party:  # noqa: A002 – as above
    """Return a child of the case."""
    return an_adult(id=id, cpr=cpr, name=name, role=PartyRole.CHILD)
