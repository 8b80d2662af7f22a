"""What goes wrong outside reaches the core as one error type, whichever system it was."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest

from processes.domain.errors import OutsideError
from processes.ports.gateways import ReceiptState
from tests.integrations.conftest import Outside, Pauses
from tests.integrations.questions import CHANGES, QUESTIONS, Question

each_operation = pytest.mark.parametrize("question", QUESTIONS, ids=lambda it: it.name)
each_change = pytest.mark.parametrize("question", CHANGES, ids=lambda it: it.name)
Gateway = Callable[..., Any]


@each_operation
def test_a_healthy_counterpart_answers(question: Question, gateway: Gateway) -> None:
    assert question.ask(gateway(question.gateway)) is not None


@each_operation
def test_a_counterpart_that_is_down_is_unavailable_and_asked_again(
    question: Question, gateway: Gateway, outside: Outside, pauses: Pauses
) -> None:
    outside.behave(question.service, "down")

    with pytest.raises(OutsideError) as raised:
        question.ask(gateway(question.gateway, attempts=3, pause_seconds=0.4))

    assert (raised.value.code, raised.value.retryable) == ("unavailable", True)
    assert raised.value.system == question.service
    assert pauses.seconds == [0.2, 0.4]


@each_operation
def test_a_counterpart_that_is_back_answers_the_second_attempt(
    question: Question, gateway: Gateway, outside: Outside, pauses: Pauses
) -> None:
    outside.behave(question.service, "down", times=1)

    question.ask(gateway(question.gateway))

    assert len(pauses.seconds) == 1


@each_operation
def test_a_slow_counterpart_is_a_timeout(
    question: Question, gateway: Gateway, outside: Outside
) -> None:
    outside.behave(question.service, "slow", seconds=30)

    with pytest.raises(OutsideError) as raised:
        question.ask(gateway(question.gateway, seconds=0.3))

    assert (raised.value.code, raised.value.retryable) == ("timeout", True)


@each_operation
def test_an_answer_cut_in_half_is_unreadable_but_may_be_asked_again(
    question: Question, gateway: Gateway, outside: Outside
) -> None:
    outside.behave(question.service, "wrong")

    with pytest.raises(OutsideError) as raised:
        question.ask(gateway(question.gateway, attempts=2))

    assert (raised.value.code, raised.value.retryable) == ("invalid_answer", True)


@each_operation
def test_an_answer_to_another_question_is_unreadable_for_good(
    question: Question, gateway: Gateway, outside: Outside, pauses: Pauses
) -> None:
    outside.behave(question.service, "strange")

    with pytest.raises(OutsideError) as raised:
        question.ask(gateway(question.gateway))

    assert raised.value.system == question.service
    assert (raised.value.code, raised.value.retryable) == ("invalid_answer", False)
    assert pauses.seconds == []


@pytest.mark.parametrize(
    "question", [it for it in QUESTIONS if it.name != "send"], ids=lambda it: it.name
)
def test_a_refusal_says_why_and_is_not_asked_again(
    question: Question, gateway: Gateway, outside: Outside, pauses: Pauses
) -> None:
    outside.behave(question.service, "fault")

    with pytest.raises(OutsideError, match=r"Intern fejl|kan ikke læses") as raised:
        question.ask(gateway(question.gateway))

    assert (raised.value.code, raised.value.retryable) == ("rejected", False)
    assert pauses.seconds == []


def test_a_letter_that_is_refused_is_a_receipt_not_an_error(
    gateway: Gateway, outside: Outside
) -> None:
    outside.behave("digital_post", "fault")
    send = next(it for it in QUESTIONS if it.name == "send")

    answer = send.ask(gateway(send.gateway))

    assert answer.receipt.state is ReceiptState.REJECTED
    assert answer.receipt.reason_code == "9999"


@each_operation
def test_nobody_at_the_address_is_unavailable(
    question: Question, clock: Any, pauses: Pauses
) -> None:
    nobody = question.gateway("http://127.0.0.1:9", clock=clock, pacing=pauses.pacing())

    with pytest.raises(OutsideError) as raised:
        question.ask(nobody)

    assert raised.value.code == "unavailable"


@each_change
def test_the_same_key_twice_acts_once(
    question: Question, gateway: Gateway, outside: Outside
) -> None:
    it = gateway(question.gateway)

    first, second = question.ask(it), question.ask(it)

    assert first == second
    assert list(outside.effects(question.service).values()) == [1]
    assert list(outside.asked(question.service).values()) == [2]


@each_change
def test_an_answer_lost_on_the_way_is_asked_for_again_and_acts_once(
    question: Question, gateway: Gateway, outside: Outside
) -> None:
    outside.behave(question.service, "lost", times=2)

    question.ask(gateway(question.gateway, attempts=3))

    assert list(outside.effects(question.service).values()) == [1]
    assert list(outside.asked(question.service).values()) == [3]


@each_operation
def test_the_log_tells_of_a_call_without_its_content(
    question: Question, gateway: Gateway, outside: Outside, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    outside.behave(question.service, "down", times=1)

    question.ask(gateway(question.gateway))

    told = [each.getMessage() for each in caplog.records if each.name == "integrations.calls"]
    assert [text.split("outcome=")[1].split()[0] for text in told] == ["unavailable", "ok"]
    assert len({text.split("correlation=")[1].split()[0] for text in told}) == 1
    assert "7205911142" not in caplog.text
    assert "720591-1142" not in caplog.text
