"""A need nobody looked at in time is a task of the team lead, and nothing else changes."""

from tests.bpmn import shipped
from tests.bpmn.answers import DEADLINE
from tests.bpmn.walker import every_path, walk

PROCESS = "help_overdue"
DEFINITION = shipped.definition(PROCESS)
ENTRIES = ({"case_id": "case", "application_id": "application", "immediate_due_at": DEADLINE},)


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {"end_lead_acted"}


def test_the_team_lead_is_asked_and_nobody_else() -> None:
    here = walk({}, ENTRIES[0], definition=DEFINITION, until="task_help_overdue")

    assert [getattr(each, "role", "") for each in here.wanted.values()] == ["team_lead"]
