"""Papers are asked for once, reminded of once, and then a person goes on with what there is."""

from processes.engine import effects as fx
from tests.bpmn import answers, shipped
from tests.bpmn.answers import DEADLINE
from tests.bpmn.walker import Scope, Script, Standing, Walker, every_path, walk

PROCESS = "collect_documents"
ENTRIES = ({"case_id": "case", "benefit": "kontanthjaelp", "deadline_at": DEADLINE},)
DEFINITION = shipped.definition(PROCESS)

KNOWN, ILL, OTHER = answers.STEPS["documents.grounds"]
NOTHING, SOMETHING = answers.STEPS["documents.request"]
ONCE, TWICE = answers.STEPS["documents.start_deadline"]
CAME, NONE_CAME = answers.STEPS["documents.take_stock"]
ACCEPTED, AGAIN, REST = answers.FORMS["casework.check_documents"]
MISSING: Script = {
    "step_grounds": [ILL],
    "step_request": [SOMETHING],
    "step_start_deadline": [ONCE],
    "step_extend_deadline": [TWICE],
}


def walked(script: Script, *, until: str | None = None) -> Standing:
    return walk({**MISSING, **script}, ENTRIES[0], definition=DEFINITION, until=until)


def complete(variables: Scope) -> object:
    return variables["documents_complete"]


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {
        "end_nothing_missing",
        "end_nothing_needed",
        "end_all_accepted",
        "end_lapsed",
    }


def test_nobody_is_written_to_when_nothing_is_missing() -> None:
    here = walk({"step_request": [NOTHING]}, ENTRIES[0], definition=DEFINITION)

    assert here.asked == ("step_grounds", "step_request")
    assert complete(here.variables) is True


def test_a_standard_list_is_sent_as_it_is_and_any_other_is_seen_by_a_person_first() -> None:
    standard = walked({}, until="wait_documents")
    other = walked({"step_grounds": [OTHER]}, until="task_review_documents")

    assert "task_review_documents" not in standard.asked
    assert "step_compose" in standard.asked
    assert "step_compose" not in other.asked


def test_the_deadline_counts_from_the_delivered_letter() -> None:
    here = walked({}, until="wait_documents")

    assert here.asked.index("step_mark_sent") < here.asked.index("step_start_deadline")


def test_what_comes_is_looked_at_by_a_person() -> None:
    here = walked({"step_take_stock": [CAME], "task_check_documents": [ACCEPTED]})

    assert here.asked[-2:] == ("step_take_stock", "task_check_documents")
    assert complete(here.variables) is True


def test_a_paper_that_cannot_be_used_is_asked_for_again_by_letter() -> None:
    here = walked({"step_take_stock": [CAME], "task_check_documents": [AGAIN, ACCEPTED]})

    assert here.asked.count("step_compose") == 2
    assert here.asked.count("task_check_documents") == 2


def test_when_a_part_came_the_rest_is_waited_for_without_another_letter() -> None:
    here = walked({"step_take_stock": [CAME], "task_check_documents": [REST, ACCEPTED]})

    assert here.asked.count("step_compose") == 1
    assert here.asked.count("wait_documents") == 2


def test_a_message_that_brought_nothing_new_bothers_nobody() -> None:
    here = walked({"step_take_stock": [NONE_CAME, CAME], "task_check_documents": [ACCEPTED]})

    assert here.asked.count("wait_documents") == 2
    assert here.asked.count("task_check_documents") == 1


def test_silence_is_reminded_of_once_and_then_a_person_decides() -> None:
    here = walked(
        {
            "on_documents_deadline": ["fires", "fires"],
            "step_take_stock_due": [NONE_CAME],
            "step_take_stock_late": [NONE_CAME],
        }
    )

    assert here.asked.count("step_compose") == 2
    assert here.asked[-2:] == ("task_documents_lapsed", "step_take_stock_late")
    assert complete(here.variables) is False


def test_what_came_just_before_the_deadline_is_neither_reminded_of_nor_lost() -> None:
    here = walked(
        {
            "on_documents_deadline": ["fires"],
            "step_take_stock_due": [CAME],
            "task_check_documents": [ACCEPTED],
        }
    )

    assert here.asked.count("step_compose") == 1
    assert complete(here.variables) is True


def test_what_comes_while_a_person_gives_up_waiting_is_looked_at() -> None:
    here = walked(
        {
            "on_documents_deadline": ["fires", "fires"],
            "step_take_stock_due": [NONE_CAME],
            "step_take_stock_late": [CAME],
            "task_check_documents": [ACCEPTED],
        }
    )

    assert here.asked[-1] == "task_check_documents"
    assert complete(here.variables) is True


def test_papers_in_time_take_the_deadline_away() -> None:
    walker = Walker(DEFINITION)
    here = walked({}, until="wait_documents")
    token = next(t for t, each in here.wanted.items() if each.element_id == "wait_documents")

    came = next(m for m in walker.moves(here) if m.trigger == fx.MessageArrived(token, {}))

    assert walker.take(here, came).elements == {"step_take_stock"}


def test_no_step_here_is_adverse() -> None:
    steps = [node.step for node in DEFINITION.diagrams[PROCESS].nodes.values() if node.step]

    assert steps
    assert not [step for step in steps if shipped.register().step(step).adverse]
