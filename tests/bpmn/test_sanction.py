"""A sanction is heard, decided and sent before it is taken; a time that runs out takes nothing."""

import pytest

from tests.bpmn import shipped
from tests.bpmn.answers import DEADLINE, FORMS, STEPS
from tests.bpmn.walker import Scope, Script, Standing, Walker, every_path, walk

PROCESS = "sanction"
ENTRIES: tuple[Scope, ...] = (
    {
        "case_id": "case",
        "application_id": "application",
        "sanction_id": "sanction",
        "party_id": "party",
        "sanction_due_at": DEADLINE,
        "sanction_warn_at": "2026-06-01T00:00:00+02:00",
        "sanction_expires_at": "2026-07-01T00:00:00+02:00",
    },
)
GOES_ON, DROPPED = FORMS["sanctions.conditions"]
WANTED, GROUND = FORMS["sanctions.ground"]
DEFINITION = shipped.definition(PROCESS)
EVERYWHERE = ["task_conditions", "task_prepare_hearing", "wait_answer", "task_ground",
              "task_propose", "task_approve"]  # fmt: skip


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {"end_not_relevant", "end_none", "end_lapsed", "end_stopped", "end_taken"}


def test_what_is_taken_was_heard_decided_and_sent_first() -> None:
    here = walk({}, ENTRIES[0], definition=DEFINITION)

    order = ["task_conditions", "task_prepare_hearing", "task_ground", "task_propose",
             "task_approve", "step_issue", "step_mark_sent", "step_take"]  # fmt: skip
    places = [here.asked.index(each) for each in order if each != "step_mark_sent"]
    assert places == sorted(places)
    sent = [at for at, each in enumerate(here.asked) if each == "step_mark_sent"]
    assert here.asked.index("step_issue") < sent[-1] < here.asked.index("step_take")
    assert shipped.register().step("sanctions.take").adverse


@pytest.mark.parametrize("place", EVERYWHERE)
@pytest.mark.parametrize(
    ("edge", "step"), [("on_expired", "step_lapse"), ("on_stopped", "step_stop")]
)
def test_time_that_runs_out_and_a_stop_end_it_wherever_it_is(
    place: str, edge: str, step: str
) -> None:
    here = walk({}, ENTRIES[0], definition=DEFINITION, until=place)

    there = _let(here, edge)

    assert there.elements == {step}
    assert not any(shipped.register().step(f"sanctions.{it}").adverse for it in ("lapse", "stop"))


def test_a_near_deadline_lets_the_tasks_stand_out_and_changes_nothing() -> None:
    here = walk({}, ENTRIES[0], definition=DEFINITION, until="wait_answer")

    there = _let(here, "on_time_short")

    assert there.elements == (here.elements - {"on_time_short"}) | {"step_hurry"}


@pytest.mark.parametrize(
    "script",
    [
        {"task_conditions": [DROPPED]},
        {"task_ground": [GROUND]},
        {"step_weigh": [STEPS["sanctions.weigh"][1]]},
    ],
    ids=["condition", "ground", "registers"],
)
def test_no_sanction_is_decided_when_one_thing_speaks_against_it(script: Script) -> None:
    here = walk(script, ENTRIES[0], definition=DEFINITION)

    assert "step_issue" not in here.asked
    assert "step_take" not in here.asked


def _let(here: Standing, element: str) -> Standing:
    walker = Walker(DEFINITION)
    return walker.take(here, next(m for m in walker.moves(here) if m.label.startswith(element)))
