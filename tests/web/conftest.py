"""What tests of pages may use: a made-up municipality, and people at their keyboards."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.factory import create_app
from tests.web.client import Client
from tests.web.fake_core import FakeCore
from tests.web.world import a_world


@pytest.fixture
def world() -> FakeCore:
    """The core the pages talk to."""
    return a_world()


@pytest.fixture
def app(world: FakeCore) -> Flask:
    """The application on that core."""
    return create_app(world.settings, world)


@pytest.fixture
def client(app: Flask) -> Client:
    """Somebody who is not logged in."""
    return Client(app)


@pytest.fixture
def as_user(app: Flask) -> Callable[[str], Client]:
    """Log somebody in: `as_user("karin")`."""

    def log_in(who: str) -> Client:
        client = Client(app)
        client.log_in(who)
        return client

    return log_in


@pytest.fixture
def karin(as_user: Callable[[str], Client]) -> Client:
    """A caseworker at work."""
    return as_user("karin")


@pytest.fixture
def anna(as_user: Callable[[str], Client]) -> Client:
    """A citizen at home."""
    return as_user("6101901234")
