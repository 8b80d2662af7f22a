"""Users and logins are found before a municipality is known."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from app.security.sessions import WebSession
from app.stores.sessions import CentralStore
from app.stores.unit_of_work import SqlUnitOfWorkFactory
from processes.domain.errors import NotFoundError
from processes.ports.records import User
from tests.stores import builders as a

LOGIN = WebSession("digest", "karin", b'{"role": "caseworker"}', a.NOW, a.NOW, a.NOW)


@pytest.fixture
def central(engine: Engine) -> CentralStore:
    return CentralStore(engine)


def test_a_user_has_roles_everywhere_and_leaves_the_list_when_inactive(
    uow_factory: SqlUnitOfWorkFactory, central: CentralStore
) -> None:
    karin = User("karin", "Karin", "", ((998, "caseworker", "y"), (999, "approver", "y")))
    with uow_factory(999) as uow:
        uow.setup.put_user(karin)
        uow.setup.put_user(replace(karin, id="gone", name="Anders", active=False))
        uow.commit()

    assert central.user("karin") == karin
    assert central.user("gone").active is False
    assert central.all_users() == [karin]
    with pytest.raises(NotFoundError):
        central.user("nobody")


def test_municipalities_are_listed_by_name(central: CentralStore) -> None:
    assert [(each.id, each.name) for each in central.municipalities()] == [
        (999, "Egekøb Kommune"),
        (998, "Nabokøb Kommune"),
    ]


def test_a_login_lasts_until_it_expires(central: CentralStore) -> None:
    login = replace(LOGIN, expires_at=a.NOW + timedelta(hours=1))
    central.create_session(login)

    assert central.session("digest", now=a.NOW) == login
    assert central.session("digest", now=login.expires_at) is None
    longer = replace(login, expires_at=a.NOW + timedelta(hours=2), body=b"{}")
    assert central.save_session(longer) is True
    assert central.session("digest", now=login.expires_at) == longer
    assert central.delete_expired_sessions(now=login.expires_at) == 0
    assert central.delete_expired_sessions(now=longer.expires_at) == 1


def test_a_revoked_login_does_not_come_back_by_being_saved(central: CentralStore) -> None:
    login = replace(LOGIN, expires_at=a.NOW + timedelta(hours=1))
    central.create_session(login)
    central.create_session(replace(login, token_digest="other"))  # noqa: S106 – no secret
    central.delete_session("digest")

    assert central.save_session(login) is False
    assert central.session("digest", now=a.NOW) is None
    assert central.delete_sessions_of("karin") == 1
    assert central.session("other", now=a.NOW) is None
