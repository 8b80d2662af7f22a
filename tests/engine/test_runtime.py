"""What a diagram does when it runs; every walk saves and loads between two triggers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from processes.domain.errors import BrokenStateError
from processes.engine.effects import (
    Ended,
    OpenTask,
    Record,
    Retry,
    RunStep,
    SetTimer,
    Start,
    StepDone,
    TaskCompleted,
    Withdraw,
)
from processes.engine.runtime import advance, where_is
from processes.engine.tables import parse_table
from tests.engine.drawing import (
    NOW,
    Walk,
    both,
    call,
    define,
    draw,
    either,
    end,
    on_error,
    on_message,
    on_timer,
    part,
    path,
    pause,
    receive,
    rule,
    service,
    start,
    user,
)
from tests.engine.tabling import table


def test_a_user_task_says_form_role_deadline_and_what_is_known() -> None:
    walk = Walk(
        define(
            draw(
                "p", start(), user("task_a", due="deadline_at", form="casework.assess"), end(),
                path("start", "task_a", "end"),
            )
        )
    )  # fmt: skip

    walk.begin(case_id="c1", deadline_at="2026-04-01T23:59:00+02:00")

    (wanted,) = walk.open.values()
    assert isinstance(wanted, OpenTask)
    assert (wanted.form_key, wanted.role) == ("casework.assess", "caseworker")
    assert wanted.due == "2026-04-01T21:59:00+00:00"
    assert wanted.variables["case_id"] == "c1"


def test_a_user_task_without_known_deadline_has_none() -> None:
    walk = Walk(
        define(draw("p", start(), user("t", due="later"), end(), path("start", "t", "end")))
    )

    walk.begin()

    (wanted,) = walk.open.values()
    assert isinstance(wanted, OpenTask)
    assert wanted.due is None


def test_what_a_step_returns_can_be_read_by_the_next() -> None:
    walk = Walk(
        define(
            draw(
                "p", start(), service("step_a", "cases.open"),
                service("step_b", "cases.note", case_id="case_id", kind='"new"'), end(),
                path("start", "step_a", "step_b", "end"),
            )
        )
    )  # fmt: skip
    walk.begin()

    walk.done("step_a", case_id="c7")

    (wanted,) = walk.open.values()
    assert isinstance(wanted, RunStep)
    assert (wanted.step, wanted.arguments) == ("cases.note", {"case_id": "c7", "kind": "new"})


def test_an_instance_ends_at_an_end_event_with_what_it_knows() -> None:
    walk = Walk(
        define(draw("p", start(), user("t"), end(reason='"ok"'), path("start", "t", "end")))
    )
    walk.begin(case_id="c1")

    last = walk.done("t", approved=True)

    assert last.ended
    assert walk.ended == Ended("end", {"case_id": "c1", "approved": True, "reason": "ok"})
    assert last.flows == ("p/t_to_end",)


def test_a_task_that_is_done_twice_counts_once() -> None:
    walk = Walk(
        define(draw("p", start(), user("t"), user("u"), end(), path("start", "t", "u", "end")))
    )
    walk.begin()
    token = walk.find("t")
    walk.done("t", answer=1)
    before = walk.state

    again = walk.send(TaskCompleted(token, {"answer": 2}, "bo"))

    assert again.state == before
    assert [effect.what for effect in again.effects if isinstance(effect, Record)] == ["dropped"]


def test_a_trigger_of_the_wrong_kind_changes_nothing() -> None:
    walk = Walk(define(draw("p", start(), user("t"), end(), path("start", "t", "end"))))
    walk.begin()
    before = walk.state

    walk.send(StepDone(walk.find("t"), {"x": 1}))

    assert walk.state == before


def test_an_interrupting_timer_withdraws_the_task_and_goes_its_own_way() -> None:
    walk = Walk(
        define(
            draw(
                "p", start(), user("t"), on_timer("on_late", "t", duration="P2D"), user("late"),
                end(), end("end_late"), path("start", "t", "end"),
                path("on_late", "late", "end_late"),
            )
        )
    )  # fmt: skip
    walk.begin()
    task = walk.find("t")

    fired = walk.done("on_late")

    assert Withdraw(task) in fired.effects
    assert walk.waiting == ["late"]


def test_a_way_from_the_edge_back_to_the_same_task_opens_it_again() -> None:
    walk = Walk(
        define(
            draw(
                "p", start(), user("t"), on_timer("on_late", "t", duration="P2D"), end(),
                path("start", "t", "end"), path("on_late", "t"),
            )
        )
    )  # fmt: skip
    walk.begin()
    first = walk.find("t")

    walk.done("on_late")
    walk.done("on_late")

    assert walk.waiting == ["on_late", "t"]
    assert walk.find("t") != first
    assert walk.done("t").ended


def test_a_timer_that_does_not_interrupt_leaves_the_task_open() -> None:
    walk = Walk(
        define(
            draw(
                "p", start(), user("t"), on_timer("on_late", "t", interrupting=False),
                user("late"), end(), end("end_late"), path("start", "t", "end"),
                path("on_late", "late", "end_late"),
            )
        )
    )  # fmt: skip
    walk.begin()

    walk.done("on_late")

    assert walk.waiting == ["late", "t"]
    assert not walk.done("t").ended
    assert walk.done("late").ended


def test_a_side_branch_gives_no_variables_back() -> None:
    walk = Walk(
        define(
            draw(
                "p", start(), user("t"), on_timer("on_late", "t", interrupting=False),
                user("late"), end(), end("end_late"), path("start", "t", "end"),
                path("on_late", "late", "end_late"),
            )
        )
    )  # fmt: skip
    walk.begin(n=0)
    walk.done("on_late")

    walk.done("t", n=1)
    walk.done("late", n=2)

    assert walk.ended is not None
    assert walk.ended.variables == {"n": 1}
    assert walk.ended.element_id == "end"


def test_a_task_that_is_done_withdraws_its_timer() -> None:
    walk = Walk(
        define(
            draw(
                "p", start(), user("t"), on_timer("on_late", "t"), end(), user("u"),
                path("start", "t", "u", "end"), path("on_late", "u"),
            )
        )
    )  # fmt: skip
    walk.begin()
    timer = walk.find("on_late")

    assert Withdraw(timer) in walk.done("t").effects
    assert walk.waiting == ["u"]


@pytest.mark.parametrize(
    ("now", "duration", "due"),
    [
        # The night between 28 and 29 March 2026 has 23 hours in Denmark.
        ("2026-03-28T11:00:00+00:00", "P1D", "2026-03-29T10:00:00+00:00"),
        ("2026-03-28T11:00:00+00:00", "PT24H", "2026-03-29T11:00:00+00:00"),
        # The night between 24 and 25 October has 25.
        ("2026-10-24T10:00:00+00:00", "P1D", "2026-10-25T11:00:00+00:00"),
        ("2026-01-31T08:00:00+00:00", "P1DT2H", "2026-02-01T10:00:00+00:00"),
    ],
)
def test_a_duration_in_days_is_counted_on_the_danish_clock(
    now: str, duration: str, due: str
) -> None:
    walk = Walk(
        define(draw("p", start(), pause("w", duration=duration), end(), path("start", "w", "end"))),
        now=datetime.fromisoformat(now),
    )

    walk.begin()

    (timer,) = walk.open.values()
    assert isinstance(timer, SetTimer)
    assert timer.due_at == datetime.fromisoformat(due)


@pytest.mark.parametrize("moment", [None, "2026-04-01", "2026-04-01T12:00:00", "snart"])
def test_a_moment_without_time_zone_is_an_incident_not_a_guess(moment: str | None) -> None:
    walk = Walk(
        define(draw("p", start(), pause("w", until="at"), end(), path("start", "w", "end")))
    )
    walk.begin(at=moment)
    assert [(i.code, i.element_id) for i in walk.incidents] == [("timer", "w")]

    walk.retry(at="2026-04-01T12:00:00+02:00")

    (timer,) = walk.open.values()
    assert isinstance(timer, SetTimer)
    assert timer.due_at == datetime(2026, 4, 1, 10, tzinfo=UTC)


def test_a_message_reaches_the_task_that_waits_with_its_key() -> None:
    walk = Walk(
        define(
            draw(
                "p", start(), receive("w", "hearing-answered", "hearing_id"), end(),
                path("start", "w", "end"),
            )
        )
    )  # fmt: skip
    walk.begin(hearing_id=12)
    (wanted,) = walk.open.values()
    assert (wanted.message, wanted.key) == ("hearing-answered", "12")  # type: ignore[union-attr]

    assert walk.done("w", answered=True).ended


def test_a_message_on_an_edge_gives_up_all_that_goes_on_inside_and_brings_what_it_says() -> None:
    walk = Walk(
        define(
            draw(
                "p", start(),
                part("part_a", start("s2"), user("t"), end("e2"), path("s2", "t", "e2")),
                on_timer("on_late", "part_a", interrupting=False), user("late"), end("end_l"),
                on_message("on_withdrawn", "part_a", "application-withdrawn"), user("u"), end(),
                end("end_w"), path("start", "part_a", "end"), path("on_late", "late", "end_l"),
                path("on_withdrawn", "u", "end_w"),
            )
        )
    )  # fmt: skip
    walk.begin(case_id="c1")
    inner = walk.find("t")

    heard = walk.done("on_withdrawn", why="job")

    assert Withdraw(inner) in heard.effects
    assert walk.waiting == ["u"]
    (wanted,) = walk.open.values()
    assert isinstance(wanted, OpenTask)
    assert wanted.variables == {"case_id": "c1", "why": "job"}


def test_a_message_on_an_edge_is_no_longer_waited_for_once_the_element_is_done() -> None:
    walk = Walk(
        define(
            draw(
                "p", start(),
                part("part_a", start("s2"), user("t"), end("e2"), path("s2", "t", "e2")),
                on_message("on_withdrawn", "part_a", "application-withdrawn"), user("u"), end(),
                end("end_w"), path("start", "part_a", "u", "end"), path("on_withdrawn", "end_w"),
            )
        )
    )  # fmt: skip
    walk.begin(case_id="c1")
    waits = walk.find("on_withdrawn")

    done = walk.done("t")

    assert Withdraw(waits) in done.effects
    assert walk.waiting == ["u"]


def test_an_error_of_a_step_goes_to_its_event() -> None:
    walk = Walk(
        define(
            draw(
                "p", start(), service("s"), on_error("on_down", "s", "register_unavailable"),
                user("manual"), end(), end("end_m"), path("start", "s", "end"),
                path("on_down", "manual", "end_m"),
            )
        )
    )  # fmt: skip
    walk.begin()

    walk.fail("s", "register_unavailable")

    assert walk.waiting == ["manual"]


def test_an_error_nobody_catches_is_an_incident_that_can_be_tried_again() -> None:
    walk = Walk(define(draw("p", start(), service("s", id="n"), end(), path("start", "s", "end"))))
    walk.begin(n=1)
    token = walk.find("s")

    walk.fail("s", "rejected")
    assert [(i.code, i.token) for i in walk.incidents] == [("unhandled_error", token)]
    again = walk.retry(n=2)

    assert RunStep(token, "s", "cases.note", {"id": 2}) in again.effects
    assert walk.done("s").ended


CALLED = draw(
    "called", start("cs"), user("ct"), either("when", default="when_to_good"),
    end("good", outcome='"good"'), end("bad", error="rejected"),
    path("cs", "ct", "when", "good"), path("when", "[ok = false]", "bad"),
)  # fmt: skip


def _caller() -> Walk:
    return Walk(
        define(
            draw(
                "p", start(),
                call("call_it", "called", {"id": "case_id"}, {"result": "outcome", "seen": "id"}),
                on_error("on_rejected", "call_it", "rejected"), user("mend"), end(), end("end_m"),
                path("start", "call_it", "end"), path("on_rejected", "mend", "end_m"),
            ),
            CALLED,
        )
    )  # fmt: skip


def test_nothing_crosses_a_call_that_is_not_listed() -> None:
    walk = _caller()
    walk.begin(case_id="c1", unlisted="s")
    (wanted,) = walk.open.values()
    assert isinstance(wanted, OpenTask)
    assert wanted.variables == {"id": "c1"}

    walk.done("ct", ok=True, inner=1)

    assert walk.ended is not None
    assert walk.ended.variables == {
        "case_id": "c1", "unlisted": "s", "result": "good", "seen": "c1",
    }  # fmt: skip


def test_an_error_end_in_a_called_process_reaches_the_event_on_the_call() -> None:
    walk = _caller()
    walk.begin(case_id="c1")

    walk.done("ct", ok=False)

    assert walk.waiting == ["mend"]
    assert walk.done("mend").ended


def test_a_timer_on_a_call_gives_up_all_that_goes_on_inside() -> None:
    walk = Walk(
        define(
            draw(
                "p", start(), call("call_it", "called", {}, {}), on_timer("on_late", "call_it"),
                user("late"), end(), end("end_l"), path("start", "call_it", "end"),
                path("on_late", "late", "end_l"),
            ),
            CALLED,
            key="p",
        )
    )  # fmt: skip
    walk.begin()
    inner = walk.find("ct")

    fired = walk.done("on_late")

    assert Withdraw(inner) in fired.effects
    assert walk.waiting == ["late"]


def test_a_sub_process_works_in_its_parents_variables() -> None:
    walk = Walk(
        define(
            draw(
                "p", start(),
                part("part_a", start("s2"), user("t"), end("e2"), path("s2", "t", "e2")),
                on_timer("on_late", "part_a", interrupting=False), user("late"), user("u"), end(),
                end("end_l"), path("start", "part_a", "u", "end"),
                path("on_late", "late", "end_l"),
            )
        )
    )  # fmt: skip
    walk.begin(a=1)
    assert walk.waiting == ["on_late", "t"]

    walk.done("on_late")
    walk.done("t", b=2)

    assert walk.waiting == ["late", "u"]
    (wanted,) = [e for e in walk.open.values() if getattr(e, "element_id", "") == "u"]
    assert isinstance(wanted, OpenTask)
    assert wanted.variables == {"a": 1, "b": 2}


def test_an_error_in_a_sub_process_brings_its_variables_along() -> None:
    walk = Walk(
        define(
            draw(
                "p", start(),
                part(
                    "part_a", start("s2"), user("t"), end("e2", error="rejected", why='"no"'),
                    path("s2", "t", "e2"),
                ),
                on_error("on_rejected", "part_a", "rejected"), user("u"), end(), end("end_r"),
                path("start", "part_a", "end"), path("on_rejected", "u", "end_r"),
            )
        )
    )  # fmt: skip
    walk.begin(a=1)

    walk.done("t", b=2)

    (wanted,) = walk.open.values()
    assert isinstance(wanted, OpenTask)
    assert wanted.variables == {"a": 1, "b": 2, "why": "no"}


def test_a_terminate_end_gives_up_the_other_branches() -> None:
    walk = Walk(
        define(
            draw(
                "p", start(), both("split"), user("a"), user("b"), end("stop", terminate=True),
                end(), path("start", "split", "a", "stop"), path("split", "b", "end"),
            )
        )
    )  # fmt: skip
    walk.begin()
    other = walk.find("b")

    last = walk.done("a", x=1)

    assert last.ended
    assert Withdraw(other) in last.effects
    assert walk.ended == Ended("stop", {"x": 1})


def test_branches_that_end_apart_are_put_together_at_the_end() -> None:
    walk = Walk(
        define(
            draw(
                "p", start(), both("split"), user("a"), user("b"), end("end_a"), end("end_b"),
                path("start", "split", "a", "end_a"), path("split", "b", "end_b"),
            )
        )
    )  # fmt: skip
    walk.begin()
    walk.done("b", y=2)
    assert not walk.last.ended  # type: ignore[union-attr]

    walk.done("a", x=1)

    assert walk.ended is not None
    assert walk.ended.variables == {"x": 1, "y": 2}


KIND = table("kind_of_case", ["n"], ["kind"], [("[1..9]", '"small"'), (">= 10", '"large"')])


def _ruled() -> Walk:
    definition = define(
        draw(
            "p", start(), user("t"), rule("r", "kind_of_case"), end(),
            path("start", "t", "r", "end"),
        )
    )  # fmt: skip
    return Walk(definition, {"kind_of_case": parse_table(KIND)})


def test_a_table_answers_inside_the_same_advance() -> None:
    walk = _ruled()
    walk.begin()

    walk.done("t", n=12)

    assert walk.ended is not None
    assert walk.ended.variables == {"n": 12, "kind": "large"}


def test_a_table_without_a_row_is_an_incident_and_a_corrected_table_goes_on() -> None:
    walk = _ruled()
    walk.begin()
    walk.done("t", n=0)
    assert [(i.code, i.element_id) for i in walk.incidents] == [("table_no_row", "r")]
    corrected = table("kind_of_case", ["n"], ["kind"], [("-", '"any"')])

    walk.tables = {"kind_of_case": parse_table(corrected)}
    walk.retry()

    assert walk.ended is not None
    assert walk.ended.variables == {"n": 0, "kind": "any"}


def test_two_rows_of_a_table_are_a_conflict_never_the_first() -> None:
    walk = _ruled()
    walk.tables = {
        "kind_of_case": parse_table(
            table("kind_of_case", ["n"], ["kind"], [("> 1", '"a"'), ("> 2", '"b"')])
        )
    }
    walk.begin()

    walk.done("t", n=3)

    assert [i.code for i in walk.incidents] == ["table_conflict"]
    assert walk.ended is None


def test_a_table_not_in_force_is_an_incident() -> None:
    walk = _ruled()
    walk.tables = {}
    walk.begin()

    walk.done("t", n=3)

    assert [i.code for i in walk.incidents] == ["table_missing"]


def _choosing() -> Walk:
    return Walk(
        define(
            draw(
                "p", start(), user("t"), either("when", default="when_to_no"), end("yes"),
                end("also"), end("no"), path("start", "t", "when"),
                path("when", "[n > 3]", "yes"), path("when", "[n > 5]", "also"),
                path("when", "no"),
            )
        )
    )  # fmt: skip


@pytest.mark.parametrize(("n", "where"), [(1, "no"), (4, "yes")])
def test_a_gateway_takes_the_answer_that_is_true_or_the_default(n: int, where: str) -> None:
    walk = _choosing()
    walk.begin()

    walk.done("t", n=n)

    assert walk.ended is not None
    assert walk.ended.element_id == where


def test_an_unknown_answer_is_an_incident_never_the_default() -> None:
    walk = _choosing()
    walk.begin()

    walk.done("t", n=None)

    assert [(i.code, i.element_id) for i in walk.incidents] == [("expression", "when")]
    assert "n er ikke kendt" in walk.incidents[0].message
    walk.retry(n=4)
    assert walk.ended is not None
    assert walk.ended.element_id == "yes"


def test_two_true_answers_are_an_incident_never_the_first() -> None:
    walk = _choosing()
    walk.begin()

    walk.done("t", n=9)

    assert [i.code for i in walk.incidents] == ["ambiguous"]


def test_an_incident_in_one_branch_does_not_stop_the_other() -> None:
    walk = Walk(
        define(
            draw(
                "p", start(), both("split"), user("a"), pause("w", until="at"), user("b"),
                both("join"), end(), path("start", "split", "a", "join", "end"),
                path("split", "w", "b", "join"),
            )
        )
    )  # fmt: skip
    walk.begin(at=None)
    assert walk.waiting == ["a"]

    walk.done("a")
    walk.retry(at="2026-04-01T12:00:00+02:00")
    walk.done("w")

    assert walk.done("b").ended


def test_a_correction_belongs_to_an_incident_only() -> None:
    walk = Walk(define(draw("p", start(), user("t"), end(), path("start", "t", "end"))))
    walk.begin()
    before = walk.state

    walk.send(Retry(walk.find("t"), {"x": 1}))

    assert walk.state == before


def test_where_is_names_each_element_with_a_token() -> None:
    walk = _caller()
    walk.begin(case_id="c1")
    assert walk.state is not None

    places = where_is(walk.definition, walk.state)

    assert [(p.process_id, p.element_id) for p in places] == [("p", "call_it"), ("called", "ct")]
    assert places[1].token == walk.find("ct")


def test_history_names_who_what_and_in_which_process() -> None:
    walk = _caller()
    walk.begin(case_id="c1")

    last = walk.done("ct", ok=True)

    records = [effect for effect in last.effects if isinstance(effect, Record)]
    assert [(r.process_id, r.element_id, r.what, r.by) for r in records] == [
        ("called", "ct", "completed", "anna"),
        ("called", "when", "completed", None),
        ("called", "good", "completed", None),
        ("p", "call_it", "completed", None),
        ("p", "end", "completed", None),
    ]
    assert records[0].result == {"ok": True}


def test_the_same_start_gives_the_same_tokens_and_another_seed_others() -> None:
    definition = define(draw("p", start(), user("t"), end(), path("start", "t", "end")))

    def token(seed: str) -> str:
        done = advance(definition, None, Start({"a": 1}, seed), NOW)
        return next(effect.token for effect in done.effects if isinstance(effect, OpenTask))

    assert token("one") == token("one")
    assert token("one") != token("two")


def test_advance_needs_a_moment_with_a_time_zone() -> None:
    definition = define(draw("p", start(), user("t"), end(), path("start", "t", "end")))

    with pytest.raises(BrokenStateError, match="time zone"):
        advance(definition, None, Start({}), NOW.replace(tzinfo=None))


def test_a_message_start_is_named_by_the_definition() -> None:
    definition = define(
        draw("p", start(message="application-received"), user("t"), end(),
             path("start", "t", "end"))
    )  # fmt: skip

    assert definition.start_message == "application-received"
    assert definition.form_keys == {"casework.assess"}
    walk = Walk(definition, now=NOW + timedelta(days=1))
    walk.begin(case_id="c")
    assert walk.waiting == ["t"]
