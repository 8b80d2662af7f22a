"""The house rules: each has a drawing that breaks it and no other, and a clean one beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from processes.engine.findings import MAX_BYTES, DeploymentError, read_xml
from processes.engine.lint import Catalogue, StepFacts, errors_in, lint, main
from processes.engine.reading import read_diagram
from tests.engine.drawing import (
    both,
    call,
    draw,
    either,
    end,
    on_error,
    on_message,
    on_timer,
    part,
    path,
    receive,
    rule,
    service,
    start,
    user,
)
from tests.engine.tabling import table

CATALOGUE = Catalogue(
    steps={
        "cases.note": StepFacts(arguments=("case_id",)),
        "facts.collect": StepFacts(
            asks=True, arguments=("case_id",), errors=("register_unavailable",)
        ),
        "decisions.issue": StepFacts(adverse=True, arguments=("proposal_id",)),
        "decisions.propose": StepFacts(arguments=("case_id",)),
    },
    forms=frozenset({"casework.assess"}),
    messages=frozenset({"hearing-answered"}),
)


def rules(*drawings: bytes, tables: tuple[bytes, ...] = ()) -> list[str]:
    """The rules broken by drawings that belong together, in order."""
    files = {}
    for drawing in drawings:
        found = re.search(rb'<bpmn:process id="([^"]+)"', drawing)
        assert found is not None
        files[f"{found[1].decode()}.bpmn"] = drawing
    for each in tables:
        found = re.search(rb'<decision id="([^"]+)"', each)
        assert found is not None
        files[f"{found[1].decode()}.dmn"] = each
    return [finding.id for finding in lint(files, CATALOGUE)]


def _drawing(*inside: str, key: str = "assess_case") -> bytes:
    return draw(key, start("start_case"), end("end_case"), *inside)


NOTE = service("step_note", case_id="case_id")


def test_a_clean_drawing_has_no_findings() -> None:
    clean = _drawing(
        user("task_assess"), on_timer("on_late", "task_assess", interrupting=False),
        user("task_late"), end("end_late"), rule("rule_kind", "kind_of_case"),
        either("when_large", default="when_large_to_step_note").replace(
            'name="when_large"', 'name="Er sagen stor?"'
        ),
        both("all_begin"), user("task_one"), user("task_two"), both("all_end"),
        receive("wait_answer", "hearing-answered", "case_id"), NOTE,
        path("start_case", "task_assess", "rule_kind", "when_large", "step_note", "end_case"),
        path("when_large", '[kind = "large"]', "all_begin", "task_one", "all_end", "wait_answer",
             "end_large"),
        path("all_begin", "task_two", "all_end"), path("on_late", "task_late", "end_late"),
        end("end_large"),
    )  # fmt: skip
    kinds = table("kind_of_case", ["n"], ["kind"], [("-", '"large"', "LAS § 1")])

    assert rules(clean, tables=(kinds,)) == []


BAD = [
    ("id.prefix", _drawing(user("assess"), path("start_case", "assess", "end_case"))),
    (
        "id.prefix",
        _drawing(user("task_A"), path("start_case", "task_A", "end_case"))
        .replace(b"_to_task_A", b"_to_task").replace(b"task_A_to", b"task_to"),
    ),
    (
        "id.form",
        _drawing(path("start_case", "end_case")).replace(b"start_case_to_end_case", b"toEnd"),
    ),
    (
        "id.generated",
        _drawing(user("Activity_0abc12x"), path("start_case", "Activity_0abc12x", "end_case"))
        .replace(b"_to_Activity_0abc12x", b"_to_task").replace(b"Activity_0abc12x_to", b"task_to"),
    ),
    (
        "id.generated",
        _drawing(path("start_case", "end_case")).replace(b"start_case_to_end_case", b"Flow_12y3z4"),
    ),
    (
        "name.missing",
        _drawing(NOTE, path("start_case", "step_note", "end_case")).replace(
            b'name="step_note"', b'name=""'
        ),
    ),
    (
        "layout.missing",
        _drawing(NOTE, path("start_case", "step_note", "end_case")).replace(
            b'bpmnElement="step_note"', b'bpmnElement="gone"'
        ),
    ),
    ("process.name", draw("assess_case", start("start_case"), end("end_case"),
                          path("start_case", "end_case"), name="")),
    (
        "gateway.question",
        _drawing(
            either("when_large", default="when_large_to_end_case"), end("end_large"),
            path("start_case", "when_large", "end_case"),
            path("when_large", "[n = 1]", "end_large"),
        ),
    ),
    (
        "gateway.answer",
        _drawing(
            either("when_large", default="when_large_to_end_case").replace(
                'name="when_large"', 'name="Stor?"'
            ),
            end("end_large"), path("start_case", "when_large", "end_case"),
            path("when_large", "[n = 1]", "end_large").replace(
                'name="when_large_to_end_large"', 'name=""'
            ),
        ),
    ),
    ("form.unknown", _drawing(user("task_a", form="casework.dream"),
                              path("start_case", "task_a", "end_case"))),
    ("role.unknown", _drawing(user("task_a").replace("caseworker", "wizard"),
                              path("start_case", "task_a", "end_case"))),
    ("step.unknown", _drawing(service("step_a", "cases.dream"),
                              path("start_case", "step_a", "end_case"))),
    ("step.argument", _drawing(service("step_a"), path("start_case", "step_a", "end_case"))),
    ("step.argument", _drawing(service("step_a", case_id="c", other="1"),
                               path("start_case", "step_a", "end_case"))),
    ("decision.unknown", _drawing(rule("rule_a", "nothing"),
                                  path("start_case", "rule_a", "end_case"))),
    ("message.unknown", _drawing(receive("wait_a", "dream-dreamt", "case_id"),
                                 path("start_case", "wait_a", "end_case"))),
    ("error.uncaught", _drawing(service("step_a", "facts.collect", case_id="case_id"),
                                path("start_case", "step_a", "end_case"))),
    (
        "error.never",
        _drawing(NOTE, on_error("on_down", "step_note", "down"), user("task_a"), end("end_down"),
                 path("start_case", "step_note", "end_case"),
                 path("on_down", "task_a", "end_down")),
    ),
    (
        "circle.no_wait",
        _drawing(
            either("when_again"), NOTE,
            either("when_more", default="when_more_to_when_again").replace(
                'name="when_more"', 'name="Mere?"'
            ),
            path("start_case", "when_again", "step_note", "when_more", "when_again"),
            path("when_more", "[n = 1]", "end_case"),
        ),
    ),
    (
        "branch.rejoins",
        _drawing(
            user("task_a"), on_timer("on_late", "task_a", interrupting=False), NOTE,
            path("start_case", "task_a", "step_note", "end_case"), path("on_late", "step_note"),
        ),
    ),
    ("adverse.no_person", _drawing(service("step_issue", "decisions.issue", proposal_id="p"),
                                   path("start_case", "step_issue", "end_case"))),
    ("element.unsupported", _drawing('<bpmn:complexGateway id="all_a" name="Alle"/>',
                                     path("start_case", "end_case"))),
    ("task.typeless", _drawing('<bpmn:task id="task_a" name="Opgave"/>',
                               path("start_case", "task_a", "end_case"))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule_id", "drawing"), BAD, ids=[f"{n}-{bad[0]}" for n, bad in enumerate(BAD)]
)
def test_a_drawing_that_breaks_one_rule_is_told_so_with_a_way_out(
    rule_id: str, drawing: bytes
) -> None:
    findings = lint({"assess_case.bpmn": drawing}, CATALOGUE)

    assert {finding.id for finding in findings} == {rule_id}
    assert all(finding.element and finding.message and finding.way_out for finding in findings)


def test_the_process_is_called_as_its_file() -> None:
    drawing = _drawing(path("start_case", "end_case"))

    assert [f.id for f in lint({"other.bpmn": drawing}, CATALOGUE)] == ["process.file_name"]


# ---- ways to an adverse step ---------------------------------------------------------------

ISSUE = draw(
    "issue", start("start_issue"), service("step_issue", "decisions.issue", proposal_id="p"),
    end("end_issue"), path("start_issue", "step_issue", "end_issue"),
)  # fmt: skip
CALL = call("call_issue", "issue", {"p": "p"}, {})


def test_an_adverse_step_in_a_called_process_needs_a_person_before_the_call() -> None:
    bare = _drawing(NOTE, CALL, path("start_case", "step_note", "call_issue", "end_case"))
    seen = _drawing(
        user("task_propose"), CALL, path("start_case", "task_propose", "call_issue", "end_case")
    )

    assert rules(bare, ISSUE) == ["adverse.no_person"]
    assert rules(seen, ISSUE) == []


def test_a_person_in_a_called_process_counts_when_no_way_goes_round_them() -> None:
    look = draw(
        "look", start("start_look"), user("task_look"), end("end_look"),
        path("start_look", "task_look", "end_look"),
    )  # fmt: skip
    skip = draw(
        "look", start("start_look"),
        either("when_known", default="when_known_to_task_look").replace(
            'name="when_known"', 'name="Kendt?"'
        ),
        user("task_look"), end("end_look"), end("end_known"),
        path("start_look", "when_known", "task_look", "end_look"),
        path("when_known", "[known = true]", "end_known"),
    )  # fmt: skip
    both_calls = _drawing(
        call("call_look", "look", {}, {}), CALL,
        path("start_case", "call_look", "call_issue", "end_case"),
    )  # fmt: skip

    assert rules(both_calls, look, ISSUE) == []
    assert rules(both_calls, skip, ISSUE) == ["adverse.no_person"]


def test_a_deadline_that_passes_is_no_person() -> None:
    drawing = _drawing(
        user("task_assess"), on_timer("on_late", "task_assess"), CALL, end("end_late"), NOTE,
        path("start_case", "task_assess", "step_note", "end_case"),
        path("on_late", "call_issue", "end_late"),
    )  # fmt: skip

    assert rules(drawing, ISSUE) == ["adverse.no_person"]


def test_a_person_inside_a_sub_process_counts() -> None:
    def inside(*lines: str) -> bytes:
        return _drawing(
            part("part_work", start("start_work"), end("end_work"), *lines), CALL,
            path("start_case", "part_work", "call_issue", "end_case"),
        )  # fmt: skip

    assert rules(inside(user("task_a"), path("start_work", "task_a", "end_work")), ISSUE) == []
    assert rules(inside(NOTE, path("start_work", "step_note", "end_work")), ISSUE) == [
        "adverse.no_person"
    ]


def test_a_branch_beside_a_person_is_no_way_round_them() -> None:
    beside = _drawing(
        part(
            "part_work", start("start_work"), user("task_a"), end("end_work"),
            on_timer("on_late", "task_a", interrupting=False), NOTE, end("end_noted"),
            path("start_work", "task_a", "end_work"), path("on_late", "step_note", "end_noted"),
        ),
        CALL, path("start_case", "part_work", "call_issue", "end_case"),
    )  # fmt: skip

    assert rules(beside, ISSUE) == []


def test_an_error_a_called_process_can_end_in_must_be_caught() -> None:
    failing = draw(
        "fail", start("start_fail"), user("task_fail"), end("end_fail", error="rejected"),
        path("start_fail", "task_fail", "end_fail"),
    )  # fmt: skip
    bare = _drawing(call("call_fail", "fail", {}, {}), path("start_case", "call_fail", "end_case"))
    caught = _drawing(
        call("call_fail", "fail", {}, {}), on_error("on_rejected", "call_fail", "rejected"),
        user("task_mend"), end("end_mend"), path("start_case", "call_fail", "end_case"),
        path("on_rejected", "task_mend", "end_mend"),
    )  # fmt: skip

    assert rules(bare, failing) == ["error.uncaught"]
    assert rules(caught, failing) == []


def test_a_circle_with_a_called_wait_is_no_circle_without_one() -> None:
    look = draw(
        "look", start("start_look"), user("task_look"), end("end_look"),
        path("start_look", "task_look", "end_look"),
    )  # fmt: skip
    drawing = _drawing(
        either("when_again"), call("call_look", "look", {}, {"more": "more"}),
        either("when_more", default="when_more_to_end_case").replace(
            'name="when_more"', 'name="Mere?"'
        ),
        path("start_case", "when_again", "call_look", "when_more", "end_case"),
        path("when_more", "[more = true]", "when_again"),
    )  # fmt: skip

    assert rules(drawing, look) == []


# ---- files from strangers ------------------------------------------------------------------

SCRIPT = "<spiffworkflow:preScript>x</spiffworkflow:preScript>"
HOSTILE = [
    b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/evil.dtd"><a/>',
    b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    b"<!DOCTYPE html><a/>",
]


@pytest.mark.parametrize("content", HOSTILE)
def test_a_file_with_a_doctype_is_refused(content: bytes) -> None:
    with pytest.raises(DeploymentError) as refused:
        read_xml("x.bpmn", content)

    assert [finding.id for finding in refused.value.findings] == ["xml.doctype"]


@pytest.mark.parametrize(
    ("content", "rule_id"),
    [
        (b"<a>" + b"x" * MAX_BYTES + b"</a>", "xml.size"),
        (b"<a><b></a>", "xml.syntax"),
        (b"", "xml.syntax"),
        (b"<a>" * 100_000, "xml.syntax"),
    ],
)
def test_a_file_that_is_too_large_or_broken_is_refused(content: bytes, rule_id: str) -> None:
    with pytest.raises(DeploymentError) as refused:
        read_xml("x.bpmn", content)

    assert [finding.id for finding in refused.value.findings] == [rule_id]


@pytest.mark.parametrize(
    ("before", "after", "rule_id"),
    [
        ('<bpmn:userTask id="task_a"', '<bpmn:userTask xmlns:c="urn:c" c:form="x" id="task_a"',
         "attribute.foreign"),
        ('<bpmn:userTask id="task_a"', '<bpmn:userTask isForCompensation="true" id="task_a"',
         "attribute.unsupported"),
        ('name="role"', 'name="rolle"', "property.unknown"),
        ("<spiffworkflow:properties>", f"{SCRIPT}<spiffworkflow:properties>",
         "element.unsupported"),
        ('isExecutable="true"', 'isExecutable="false"', "process.executable"),
        ('value="casework.assess"', 'value=""', "task.unassigned"),
        ('targetRef="end_case"', 'targetRef="nowhere"', "flow.ends"),
        ('id="task_a_to_end_case"', 'id="task_a"', "id.unique"),
        ('<bpmn:process id', '<bpmn:choreography id="c"/><bpmn:process id', "element.unsupported"),
        ('<bpmn:process id', '<bpmn:signal id="c"/><bpmn:process id', "element.unsupported"),
    ],
)  # fmt: skip
def test_what_another_tool_wrote_is_named_not_passed_over(
    before: str, after: str, rule_id: str
) -> None:
    good = _drawing(user("task_a"), path("start_case", "task_a", "end_case")).decode()
    assert before in good

    problems = read_diagram("assess_case.bpmn", good.replace(before, after).encode()).problems

    assert rule_id in [finding.id for finding in problems]


@pytest.mark.parametrize(
    ("inside", "rule_id"),
    [
        ([end("end_b"), path("start_case", "end_case")], "flow.unreachable"),
        ([user("task_a"), path("start_case", "task_a")], "flow.dead_end"),
        ([either("when_a", default="when_a_to_end_case"), user("task_a"), user("task_b"),
          path("start_case", "when_a", "end_case"), path("when_a", "[x = 1]", "task_a", "task_b"),
          path("task_b", "task_a")], "flow.no_end"),
        ([user("task_a"), user("task_b"), path("start_case", "task_a", "end_case"),
          path("task_a", "task_b", "end_case")], "flow.implicit_split"),
        ([both("all_a"), user("task_a"), user("task_b"), path("start_case", "all_a", "task_a"),
          path("all_a", "task_b", "all_a"), path("task_a", "end_case")], "gateway.both"),
        ([either("when_a"), user("task_a"), path("start_case", "when_a", "end_case"),
          path("when_a", "[x = 1]", "task_a", "end_case")], "gateway.default"),
        ([either("when_a", default="when_a_to_end_case"), user("task_a"),
          path("start_case", "when_a", "end_case"), path("when_a", "task_a", "end_case")],
         "flow.no_condition"),
        ([user("task_a"), on_error("on_x", "task_a", "down"), path("start_case", "task_a"),
          path("task_a", "end_case"), path("on_x", "end_case")], "boundary.host"),
        ([user("task_a"), on_message("on_x", "task_a", "case-left"),
          on_message("on_y", "task_a", "case-left"), path("start_case", "task_a", "end_case"),
          path("on_x", "end_case"), path("on_y", "end_case")], "boundary.message"),
        ([user("task_a"), on_message("on_x", "task_a", "case-left", ""),
          path("start_case", "task_a", "end_case"), path("on_x", "end_case")], "property.missing"),
        ([start("start_b"), path("start_case", "end_case"), path("start_b", "end_case")],
         "process.start"),
        ([either("when_a", default="when_a_to_end_case"), user("task_a"),
          path("start_case", "when_a", "end_case"), path("when_a", "[x = ]", "task_a", "end_case")],
         "expression.syntax"),
        ([receive("wait_a", "hearing-answered", ""), path("start_case", "wait_a", "end_case")],
         "property.missing"),
    ],
)  # fmt: skip
def test_what_does_not_hang_together_is_refused_with_its_place(
    inside: list[str], rule_id: str
) -> None:
    problems = read_diagram("assess_case.bpmn", _drawing(*inside)).problems

    assert rule_id in [finding.id for finding in problems]


def test_the_command_tells_what_is_wrong_and_stops(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("processes.engine.lint.registered", lambda: CATALOGUE)
    (tmp_path / "assess_case.bpmn").write_bytes(
        _drawing(user("assess"), path("start_case", "assess", "end_case"))
    )

    stopped = main([str(tmp_path)])

    assert stopped == 1
    assert "1 diagrammer og tabeller, 1 fejl, 0 advarsler." in capsys.readouterr().out


def test_the_command_passes_a_clean_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("processes.engine.lint.registered", lambda: CATALOGUE)
    (tmp_path / "assess_case.bpmn").write_bytes(
        _drawing(user("task_a"), path("start_case", "task_a", "end_case"))
    )

    assert main([str(tmp_path)]) == 0
    assert "0 fejl" in capsys.readouterr().out


def test_a_table_without_a_source_is_a_warning_only() -> None:
    drawing = _drawing(rule("rule_a", "kind"), path("start_case", "rule_a", "end_case"))
    kinds = table("kind", ["n"], ["kind"], [("-", '"large"')])

    findings = lint({"assess_case.bpmn": drawing, "kind.dmn": kinds}, CATALOGUE)

    assert [finding.id for finding in findings] == ["dmn.source"]
    assert errors_in(findings) == []


def test_a_table_no_diagram_uses_is_told_of() -> None:
    drawing = _drawing(path("start_case", "end_case"))
    kinds = table("kind", ["n"], ["kind"], [("-", '"large"', "LAS § 1")])

    assert rules(drawing, tables=(kinds,)) == ["decision.unused"]
