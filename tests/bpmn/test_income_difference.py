"""A difference in income changes nothing by itself: a person says which counts."""

from tests.bpmn import shipped
from tests.bpmn.answers import DEADLINE, FORMS
from tests.bpmn.walker import every_path, walk

PROCESS = "income_difference"
ENTRIES = (
    {"case_id": "case", "finding_id": "finding", "party_id": "party", "finding_due_at": DEADLINE},
)
CHANGES, NOTHING = FORMS["incomes.difference"]


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {"end_assessed_again", "end_told_counts"}


def test_the_case_is_assessed_again_only_after_a_person_has_looked() -> None:
    here = walk({"task_difference": [CHANGES]}, ENTRIES[0], definition=shipped.definition(PROCESS))

    assert here.asked == ("task_difference", "step_assess_again")


def test_what_was_told_may_count() -> None:
    here = walk({"task_difference": [NOTHING]}, ENTRIES[0], definition=shipped.definition(PROCESS))

    assert here.asked == ("task_difference",)
