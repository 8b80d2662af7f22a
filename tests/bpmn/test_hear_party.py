"""A hearing is sent only when a person has checked it, and its deadline harms nobody."""

from processes.engine import effects as fx
from tests.bpmn import shipped
from tests.bpmn.answers import DEADLINE
from tests.bpmn.walker import Walker, every_path, walk

PROCESS = "hear_party"
ENTRIES = (
    {
        "case_id": "case",
        "application_id": "application",
        "calculation_id": "calculation",
        "deadline_at": DEADLINE,
    },
)
DEFINITION = shipped.definition(PROCESS)


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {"end_no_hearing", "end_answered", "end_lapsed"}


def test_no_letter_is_written_before_a_person_has_checked_it() -> None:
    here = Walker(DEFINITION).start(ENTRIES[0])

    assert here.asked == ("task_prepare_hearing",)


def test_a_party_who_knows_the_facts_is_not_sent_a_letter() -> None:
    here = walk(
        {"task_prepare_hearing": [{"facts_unknown_to_party": False, "hearing_days": 14}]},
        ENTRIES[0],
        definition=DEFINITION,
    )

    assert here.asked == ("task_prepare_hearing",)
    assert here.variables["hearing_changes_facts"] is False


def test_the_deadline_counts_from_the_delivered_letter() -> None:
    here = walk({}, ENTRIES[0], definition=DEFINITION)

    order = [here.asked.index(each) for each in ("step_mark_sent", "step_start_deadline")]
    assert order == sorted(order)


def test_a_passed_deadline_leads_to_a_person_and_to_no_adverse_step() -> None:
    here = walk({"on_hearing_deadline": ["fires"]}, ENTRIES[0], definition=DEFINITION)

    fired = here.asked.index("on_hearing_deadline")
    after = [each for each in here.asked[fired:] if not each.startswith(("on_", "wait_"))]
    assert after == ["step_lapse", "task_after_deadline"]
    assert not shipped.register().step("hearings.lapse").adverse


def test_an_answer_in_time_takes_the_deadline_away() -> None:
    walker = Walker(DEFINITION)
    here = walk({}, ENTRIES[0], definition=DEFINITION, until="wait_answer")
    token = next(t for t, each in here.wanted.items() if each.element_id == "wait_answer")
    answered = next(m for m in walker.moves(here) if m.trigger == fx.MessageArrived(token, {}))

    there = walker.take(here, answered)

    assert there.elements == {"task_assess_reply"}
