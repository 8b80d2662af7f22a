"""The table says whether a letter tells of a message; the diagram asks nothing else."""

import pytest

from processes.engine.tables import decide
from tests.bpmn import answers, shipped
from tests.bpmn.walker import every_path, walk

PROCESS = "tell_about_message"
DEFINITION = shipped.definition(PROCESS)
ENTRIES = ({"case_id": "case", "party_id": "party", "message_id": "message"},)
NEW, HELD, SEEN = answers.STEPS["messages.notice_grounds"]


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {"end_told", "end_known"}


def test_a_new_message_is_told_of_by_letter() -> None:
    here = walk({"step_notice_grounds": [NEW]}, ENTRIES[0], definition=DEFINITION)

    assert "step_compose" in here.asked


def test_what_was_read_already_needs_no_letter() -> None:
    here = walk({"step_notice_grounds": [SEEN]}, ENTRIES[0], definition=DEFINITION)

    assert "step_compose" not in here.asked


@pytest.mark.parametrize(
    ("kind", "seen", "earlier", "sent"),
    [
        ("fra_kommune", False, False, True),
        ("fra_kommune", False, True, True),
        ("ventesvar", False, False, True),
        ("ventesvar", False, True, False),
        ("fra_kommune", True, False, False),
        ("ventesvar", True, True, False),
    ],
)
def test_the_table_has_one_answer_for_each_message(
    kind: str,
    seen: bool,  # noqa: FBT001 – one row of the table a line
    earlier: bool,  # noqa: FBT001 – as above
    sent: bool,  # noqa: FBT001 – as above
) -> None:
    table = shipped.tables()["message_notice"]

    said = decide(table, {"message_kind": kind, "seen_already": seen, "earlier_unread": earlier})

    assert said.outputs == {"send_notice": sent}
