"""A draft is judged in a process of its own: whatever is in it, there is an answer in time."""

import pytest

from app.judging import LimitedJudge
from processes.domain.errors import RuleError
from processes.engine.lint import registered
from tests.bpmn import shipped

KEY = "hear_party"
FILE = f"{KEY}.bpmn"
MINUTE = 60.0
"""The tests say what is said, not how soon: the machine may be busy."""


def files() -> dict[str, bytes]:
    folder = shipped.BPMN / "processes"
    return {name: (folder / name).read_bytes() for name in (FILE, "send_letter.bpmn")}


def test_a_good_draft_has_a_digest_its_text_and_no_findings() -> None:
    said = LimitedJudge(registered(), seconds=MINUTE)(files(), base=files(), key=KEY)

    assert (said.findings, said.changes) == ((), ())
    assert len(said.digest) == 64
    assert list(said.titles) == [KEY, "send_letter"]
    assert said.outlines[KEY][0].id == "start_hearing"


def test_a_finding_is_told_with_its_element_by_the_name_people_see() -> None:
    drawn = files() | {FILE: files()[FILE].replace(b"casework.hearing_reply", b"casework.nothing")}

    said = LimitedJudge(registered(), seconds=MINUTE)(drawn, base=files(), key=KEY)

    assert [(each.element, each.name, each.rule) for each in said.errors] == [
        ("task_assess_reply", "Vurdér partens svar", "form.unknown")
    ]
    assert [each.element for each in said.changes] == ["task_assess_reply"]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "xml.syntax"),
        (b"\x00\xff", "xml.syntax"),
        (b"<a><b></a>", "xml.syntax"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "xml.doctype"),
        (b"<a/>", "bpmn.namespace"),
    ],
)
def test_what_is_no_diagram_is_refused_in_words(content: bytes, rule: str) -> None:
    said = LimitedJudge(registered(), seconds=MINUTE)({"x.bpmn": content}, base={}, key="x")

    assert rule in {each.rule for each in said.errors}
    assert said.digest == ""


def test_a_judge_that_is_late_says_so_and_does_not_blame_the_drawing() -> None:
    said = LimitedJudge(registered(), seconds=0.001)(files(), base={}, key=KEY)

    assert [each.rule for each in said.errors] == ["check.time"]


def test_when_all_turns_are_taken_somebody_is_asked_to_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.judging.SECONDS_TO_WAIT", 0.001)
    judge = LimitedJudge(registered(), at_once=1)

    with judge.turns, pytest.raises(RuleError, match="travlt"):
        judge(files(), base={}, key=KEY)
