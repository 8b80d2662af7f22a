"""A month is paid when two people stand in for it, and is over when everything agrees."""

from tests.bpmn import shipped
from tests.bpmn.walker import Script, Walker, every_path, walk

PROCESS = "monthly_payment_run"
DEFINITION = shipped.definition(PROCESS)
ENTRIES = (
    {
        "case_id": "case",
        "run_id": "run",
        "month_number": 3,
        "blockers_at": "2026-03-17T06:00:00+01:00",
        "freeze_at": "2026-03-23T06:00:00+01:00",
        "review_by": "2026-03-25T18:00:00+01:00",
        "send_at": "2026-03-27T15:00:00+01:00",
    },
)

DAYS: Script = {
    "wait_blockers": ["fires"],
    "wait_freeze": ["fires"],
    "on_send_due": ["fires"],
}
"""The calendar, as it goes by."""


def test_every_flow_is_taken_and_every_end_reached() -> None:
    seen = every_path(PROCESS, ENTRIES)

    assert not seen.untaken
    assert seen.ends == {"end_reconciled"}


def test_nothing_is_sent_before_one_has_reviewed_and_another_approved() -> None:
    here = walk(DAYS, ENTRIES[0], definition=DEFINITION)

    order = [each for each in here.asked if each in {"task_review", "task_approve", "step_send"}]
    assert order == ["task_review", "task_approve", "step_send"]


def test_a_run_that_is_sent_back_is_reviewed_and_approved_anew() -> None:
    script: Script = {**DAYS, "task_approve": [{"approved": False}, {"approved": True}]}

    here = walk(script, ENTRIES[0], definition=DEFINITION)

    assert here.asked.count("task_review") == 2
    assert here.asked.count("step_send") == 1


def test_a_review_that_is_late_is_a_team_leads_task_and_releases_nothing() -> None:
    walker = Walker(DEFINITION)
    here = walk(DAYS, ENTRIES[0], definition=DEFINITION, until="task_review")
    fires = next(move for move in walker.moves(here) if move.label == "on_review_due fires")

    there = walker.take(here, fires)

    assert there.elements == {"task_review", "task_escalated"}


def test_it_can_be_stopped_until_the_bank_gets_it() -> None:
    walker = Walker(DEFINITION)
    here = walk(DAYS, ENTRIES[0], definition=DEFINITION, until="wait_stop")

    after = {element for move in walker.moves(here) for element in walker.take(here, move).elements}

    assert {"task_review", "step_send"} <= after


def test_a_bank_that_does_not_answer_does_not_hold_up_the_others() -> None:
    walker = Walker(DEFINITION)
    here = walk(DAYS, ENTRIES[0], definition=DEFINITION, until="wait_receipts")
    fires = next(move for move in walker.moves(here) if move.label == "on_receipts_due fires")

    assert walker.take(here, fires).elements == {"step_post"}


def test_differences_are_dealt_with_until_there_are_none() -> None:
    script: Script = {**DAYS, "step_reconcile": [{"differences": 2}, {"differences": 0}]}

    here = walk(script, ENTRIES[0], definition=DEFINITION)

    kept = {"step_post", "step_report", "step_reconcile", "task_differences", "step_end"}
    assert [each for each in here.asked if each in kept] == [
        "step_post", "step_report", "step_reconcile", "task_differences",
        "step_post", "step_report", "step_reconcile", "step_end",
    ]  # fmt: skip
