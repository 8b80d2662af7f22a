"""The doors for other systems, and what every answer says to the browser."""

from collections.abc import Callable

from tests.web.client import Client
from tests.web.fake_core import FakeCore


def test_health_needs_neither_login_nor_session(client: Client, world: FakeCore) -> None:
    answer = client.http.get("/sundhed")

    assert (answer.status_code, answer.data) == (200, b"ok\n")
    assert world.central.logins == {}


def test_a_distributed_form_is_handed_to_the_core(client: Client, world: FakeCore) -> None:
    answer = client.http.post("/indgang/sf2900", data=b"<soap/>", content_type="text/xml")

    assert (answer.status_code, answer.data) == (200, b"<ok/>")
    assert world.intake.delivered == [b"<soap/>"]


def test_the_browser_may_run_nothing_but_our_own_files(client: Client) -> None:
    policy = client.http.get("/log-ind").headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


def test_bundles_may_be_kept_and_pages_may_not(client: Client) -> None:
    assert client.http.get("/log-ind").headers["Cache-Control"] == "no-store"
    with client.http.get("/static/dist/app.css") as bundle:
        assert "no-store" not in bundle.headers["Cache-Control"]


def test_a_bundle_costs_no_look_in_the_store(karin: Client, world: FakeCore) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("a static file asked for the login")

    world.central.session = fail  # type: ignore[method-assign,assignment]  # watched

    with karin.http.get("/static/dist/app.css") as bundle:
        assert bundle.status_code == 200


def test_a_stopped_case_is_tried_again(as_user: Callable[[str], Client], world: FakeCore) -> None:
    tina = as_user("tina")
    tina.send(tina.get("/rolle"), "/rolle", {"chosen": "999-team_lead"})

    page = tina.get("/standsede-sager")
    tina.send(page, "/standsede-sager/1/proev-igen")

    assert "NemKonto svarede ikke" in page.text
    assert world.control.retried == [1]
