"""Help ends by a decision that was sent, and a citizen is heard unless it is their own wish."""

from tests.bpmn import shipped
from tests.bpmn.answers import DEADLINE, FORMS
from tests.bpmn.walker import every_path, walk

PROCESS = "cessation"
ENTRIES = (
    {
        "case_id": "case",
        "application_id": "application",
        "cessation_id": "cessation",
        "party_id": "party",
        "cessation_due_at": DEADLINE,
    },
)
DEFINITION = shipped.definition(PROCESS)
WISHED, REASONED, DROPPED = FORMS["cessations.review"]


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {"end_help_goes_on", "end_closed"}


def test_a_reason_that_is_not_the_citizens_own_is_heard_first() -> None:
    here = walk(
        {"task_review": [REASONED], "wait_grace": ["fires"]}, ENTRIES[0], definition=DEFINITION
    )

    assert here.asked.index("task_prepare_hearing") < here.asked.index("step_issue")


def test_what_the_citizen_wishes_needs_no_hearing_but_a_person_a_second_one_and_a_letter() -> None:
    here = walk(
        {"task_review": [WISHED], "wait_grace": ["fires"]}, ENTRIES[0], definition=DEFINITION
    )

    assert "task_prepare_hearing" not in here.asked
    order = ["task_review", "task_propose", "task_approve", "step_issue", "step_mark_sent",
             "step_end", "wait_grace", "step_close"]  # fmt: skip
    places = [here.asked.index(each) for each in order]
    assert places == sorted(places)


def test_help_goes_on_when_a_person_finds_that_it_must() -> None:
    here = walk({"task_review": [DROPPED]}, ENTRIES[0], definition=DEFINITION)

    assert here.asked == ("task_review",)
