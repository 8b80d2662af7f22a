"""Who may open what: each role at each page, as the one table says."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.security.guards import GUARD
from processes.domain.access import ACTIONS, Role
from tests.web.client import Client
from tests.web.world import TASK_IDS

PEOPLE = {
    Role.CASEWORKER: ("karin", ""),
    Role.APPROVER: ("gerda", ""),
    Role.TEAM_LEAD: ("tina", "999-team_lead"),
    Role.FINANCE: ("finn", ""),
    Role.AUDITOR: ("rita", ""),
    Role.PROCESS_OWNER: ("poul", ""),
    Role.CITIZEN: ("6101901234", ""),
}
VALUES = {
    "task_id": str(TASK_IDS["casework.assess"]),
    "case_id": "sag-1",
    "decision_id": "afgoerelse-1",
    "document_id": "dokument-1",
    "hearing_id": "hoering-1",
    "incident_id": "1",
    "instance_id": "1",
    "definition_id": "1",
    "move_id": "flytning-1",
    "tryout_id": "proeve-1",
    "slug": "hvorfor",
    "kind": "job",
    "run_id": "koersel-1",
    "claim_id": "krav-1",
    "matter_id": "tilbagebetaling-1",
    "process_key": "subsistence_application",
    "element_id": "task_assess",
    "line_id": "linje-1",
    "draft_id": "kladde-1",
    "version": "1",
    "name": "hear_party.bpmn",
    "batch_id": "flytning-1",
    "trial_id": "proeve-1",
    "rule_id": "kh.sats",
    "key": "kh.grundsats",
    "sanction_id": "sanktion-1",
}


def pages_of(app: Flask) -> dict[str, str]:
    """Return the action each page to be read asks for, by its address."""
    found = {}
    for rule in app.url_map.iter_rules():
        words = getattr(app.view_functions[rule.endpoint], GUARD, "")
        if words.startswith("allow ") and "GET" in (rule.methods or set()):
            _, path = rule.build({name: VALUES[name] for name in rule.arguments}) or ("", "")
            found[path] = words.removeprefix("allow ")
    return found


@pytest.mark.parametrize("role", PEOPLE, ids=str)
def test_a_role_opens_what_the_table_allows_and_nothing_else(
    app: Flask, as_user: Callable[[str], Client], role: Role
) -> None:
    who, chosen = PEOPLE[role]
    client = as_user(who)
    if chosen:
        client.send(client.get("/rolle"), "/rolle", {"chosen": chosen})
    # A task is closed to other roles by the core, with the task at hand.
    pages = {
        path: action
        for path, action in pages_of(app).items()
        if f"/opgaver/{VALUES['task_id']}" != path
    }

    closed = {path for path in pages if client.http.get(path).status_code == 403}

    assert closed == {path for path, action in pages.items() if role not in ACTIONS[action]}


def test_nobody_opens_a_page_without_a_login(app: Flask, client: Client) -> None:
    for path in pages_of(app):
        assert client.http.get(path).location.startswith("/log-ind"), path
