"""Rates, municipalities and users: central setup, seen from one municipality."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from app.models.security import UserRoleRow, UserRow
from app.models.setup import MunicipalityRow, RateRow
from app.stores.rows import Store, missing
from processes.domain.errors import ConflictError
from processes.domain.periods import Period
from processes.domain.rates import Confidence, Rate, value_of
from processes.ports.records import Municipality, User


def rate_of(row: RateRow) -> Rate:
    """Make a rate of its row."""
    return Rate(
        id=row.id,
        key=row.key,
        value=value_of(row.unit, row.amount_oere),
        unit=row.unit,
        valid=Period(row.valid_from, row.valid_to),
        law=row.law,
        source=row.source,
        confidence=Confidence(row.confidence),
        derived=row.derived,
    )


def municipality_of(row: MunicipalityRow) -> Municipality:
    """Make a municipality of its row."""
    return Municipality(row.id, row.name, row.cvr, tuple(row.address_lines), row.phone)


def users_of(session: Session, rows: Sequence[UserRow]) -> list[User]:
    """Make users of their rows, in the same order; all roles in one statement."""
    wanted = select(UserRoleRow).where(UserRoleRow.user_id.in_([row.id for row in rows]))
    roles: dict[str, list[tuple[int, str, str]]] = {}
    for role in session.scalars(
        wanted.order_by(UserRoleRow.municipality_id, UserRoleRow.role, UserRoleRow.unit)
    ):
        roles.setdefault(role.user_id, []).append((role.municipality_id, role.role, role.unit))
    return [
        User(row.id, row.name, row.cpr_digest, tuple(roles.get(row.id, [])), row.active)
        for row in rows
    ]


def user_of(session: Session, user_id: str) -> User | None:
    """Return one user with every role, in one statement; None when there is none."""
    wanted = (
        select(UserRow, UserRoleRow)
        .outerjoin(UserRoleRow, UserRoleRow.user_id == UserRow.id)
        .where(UserRow.id == user_id)
        .order_by(UserRoleRow.municipality_id, UserRoleRow.role, UserRoleRow.unit)
    )
    found = session.execute(wanted).all()
    if not found:
        return None
    row = found[0][0]
    roles = tuple(
        (role.municipality_id, role.role, role.unit) for _, role in found if role is not None
    )
    return User(row.id, row.name, row.cpr_digest, roles, row.active)


class SqlSetupStore(Store):
    """Central and local setup: rates, municipality, users."""

    def __init__(self, session: Session, municipality_id: int) -> None:
        super().__init__(session)
        self.municipality_id = municipality_id

    def rates(self) -> Sequence[Rate]:
        """Return every rate."""
        rows = self.session.scalars(select(RateRow).order_by(RateRow.key, RateRow.valid_from))
        return [rate_of(row) for row in rows]

    def put_rates(self, rates: Sequence[Rate], *, by: str, at: datetime) -> int:
        """Insert rates that are not there; a changed one is an error. Returns how many were new."""
        held = {rate.id: rate for rate in self.rates()}
        changed = [rate.id for rate in rates if rate.id in held and held[rate.id] != rate]
        if changed:
            raise ConflictError(
                f"Satserne {', '.join(sorted(changed))} er indlæst med andre værdier."
                " Indlæs en ny sats med sit eget id; en sats, der er brugt, ændres ikke."
            )
        new = [rate for rate in rates if rate.id not in held]
        self.insert(RateRow, _rate_rows(new, by=by, at=at))
        return len(new)

    def municipality(self) -> Municipality:
        """Return the municipality of this unit of work."""
        wanted = select(MunicipalityRow).where(MunicipalityRow.id == self.municipality_id)
        return municipality_of(self.one(wanted, "Kommunen"))

    def put_municipality(self, municipality: Municipality) -> None:
        """Insert or rename a municipality."""
        values = {
            "name": municipality.name,
            "cvr": municipality.cvr,
            "address_lines": list(municipality.address_lines),
            "phone": municipality.phone,
        }
        self.session.execute(
            upsert(MunicipalityRow)
            .values(id=municipality.id, **values)
            .on_conflict_do_update(index_elements=["id"], set_=values)
        )

    def user(self, user_id: str) -> User:
        """Return a user."""
        user = user_of(self.session, user_id)
        if user is None:
            raise missing("Brugeren")
        return user

    def users(self, municipality_id: int) -> Sequence[User]:
        """Return the users with a role in a municipality."""
        ours = select(UserRoleRow.user_id).where(UserRoleRow.municipality_id == municipality_id)
        rows = self.session.scalars(
            select(UserRow).where(UserRow.id.in_(ours)).order_by(UserRow.name, UserRow.id)
        )
        return users_of(self.session, rows.all())

    def names(self, municipality_id: int) -> Mapping[str, str]:
        """Return the names of everybody with a role in a municipality, by user."""
        ours = select(UserRoleRow.user_id).where(UserRoleRow.municipality_id == municipality_id)
        found = select(UserRow.id, UserRow.name).where(UserRow.id.in_(ours))
        return {row.id: row.name for row in self.session.execute(found)}

    def put_user(self, user: User) -> None:
        """Insert or replace a user with roles."""
        values = {"name": user.name, "cpr_digest": user.cpr_digest, "active": user.active}
        self.session.execute(
            upsert(UserRow)
            .values(id=user.id, **values)
            .on_conflict_do_update(index_elements=["id"], set_=values)
        )
        self.session.execute(delete(UserRoleRow).where(UserRoleRow.user_id == user.id))
        self.insert(
            UserRoleRow,
            [
                {"user_id": user.id, "municipality_id": municipality, "role": role, "unit": unit}
                for municipality, role, unit in dict.fromkeys(user.roles)
            ],
        )


def _rate_rows(rates: Iterable[Rate], *, by: str, at: datetime) -> list[dict[str, object]]:
    return [
        {
            "id": rate.id,
            "key": rate.key,
            "amount_oere": rate.whole,
            "unit": rate.unit,
            "valid_from": rate.valid.start,
            "valid_to": rate.valid.end,
            "law": rate.law,
            "source": rate.source,
            "confidence": rate.confidence.value,
            "derived": rate.derived,
            "loaded_by": by,
            "loaded_at": at,
        }
        for rate in rates
    ]
