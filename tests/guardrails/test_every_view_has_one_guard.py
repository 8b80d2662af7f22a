"""Every view has exactly one guard, and an open one says why."""

import pytest
from flask import Flask

from app.factory import create_app
from app.security.guards import GUARD, allow, public, system, unguarded
from processes.domain.access import ACTIONS
from tests.web.world import a_world

SHORTEST_REASON = 15
OPEN_DOORS = {
    "auth.choose_role",
    "auth.log_in_citizen",
    "auth.log_in_staff",
    "auth.log_out",
    "auth.login",
    "auth.take_role",
    "inbound.receive_distribution",
    "inbound.receive_person_event",
    "inbound.receive_sanction_request",
    "setup.published",
    "shell.front_door",
    "shell.health",
}
"""What needs no role; one more is a decision, and is written here."""


@pytest.fixture(scope="module")
def app() -> Flask:
    world = a_world()
    return create_app(world.settings, world)


def test_no_view_is_without_a_guard(app: Flask) -> None:
    assert unguarded(app) == []


def test_the_open_doors_are_the_ones_we_know(app: Flask) -> None:
    doors = {
        endpoint
        for endpoint, view in app.view_functions.items()
        if not getattr(view, GUARD, "allow").startswith("allow")
    }

    assert doors == OPEN_DOORS


def test_an_open_door_says_why(app: Flask) -> None:
    for endpoint in OPEN_DOORS:
        reason = getattr(app.view_functions[endpoint], GUARD).partition(": ")[2]
        assert len(reason) >= SHORTEST_REASON, endpoint


def test_two_guards_are_refused() -> None:
    def view() -> str:
        return ""

    with pytest.raises(TypeError, match="two guards"):
        public(reason="a view may not be open and closed at once")(allow("case.read")(view))


def test_an_action_nobody_has_is_refused_at_import() -> None:
    with pytest.raises(LookupError, match=r"case\.burn"):
        allow("case.burn")


def test_an_unguarded_view_keeps_the_application_from_starting() -> None:
    app = Flask("bare")
    app.add_url_rule("/aaben", "open_by_mistake", lambda: "")
    app.add_url_rule("/lukket", "closed", system(reason="for another system")(lambda: ""))

    assert unguarded(app) == ["open_by_mistake"]


def test_every_action_a_person_can_take_has_a_view(app: Flask) -> None:
    """An action without a view is dead, or its view asks for the wrong one.

    Some are asked by the core or by a later area of pages.
    """
    guarded = {getattr(view, GUARD, "") for view in app.view_functions.values()}
    asked_elsewhere = {
        "protected.read",
        "process.read",
        "role.choose",
    }

    used = {words.removeprefix("allow ") for words in guarded if words.startswith("allow ")}

    assert set(ACTIONS) - used - asked_elsewhere == set()
