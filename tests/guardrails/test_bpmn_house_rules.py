"""The shipped diagrams and tables keep the house rules, and breaking one is noticed."""

from itertools import combinations

import pytest
from lxml import etree

from processes.engine.findings import BPMNDI, DC, Finding
from processes.engine.lint import Catalogue, lint
from processes.operations.deployment import catalogue_of
from tests.bpmn import shipped

SOURCE = (
    "<description>FVL § 19, stk. 1: høring kræves kun, når oplysningerne er til ugunst for parten."
    "</description>"
)

Box = tuple[float, float, float, float]


def bundle() -> dict[str, bytes]:
    tables = {
        f"{key}.dmn": (shipped.BPMN / "decisions" / f"{key}.dmn").read_bytes()
        for key in shipped.DECISIONS
    }
    return {**shipped.files(), **tables}


def catalogue() -> Catalogue:
    return catalogue_of(shipped.register())


def findings_after(file: str, *, old: str, new: str) -> list[Finding]:
    files = bundle()
    text = files[file].decode()
    assert old in text, "the diagram has changed: choose another place to break"
    return lint({**files, file: text.replace(old, new).encode()}, catalogue())


def test_the_shipped_diagrams_and_tables_have_no_findings() -> None:
    assert lint(bundle(), catalogue()) == []


@pytest.mark.parametrize(
    ("rule", "file", "old", "new"),
    [
        ("id.prefix", "decide.bpmn", "task_propose", "propose"),
        ("id.generated", "decide.bpmn", "task_propose", "Activity_0ab12c3"),
        ("name.missing", "decide.bpmn", 'name="Foreslå afgørelse"', 'name=""'),
        ("gateway.question", "decide.bpmn", "Kan sagen afgøres nu?", "Sagen afgøres"),
        ("gateway.answer", "send_letter.bpmn", 'id="not_delivered" name="Nej"',
         'id="not_delivered"'),
        ("gateway.default", "decide.bpmn", ' default="must_reassess"', ""),
        ("error.uncaught", "collect_register_data.bpmn", 'errorCode="register_unavailable"',
         'errorCode="something_else"'),
        ("step.argument", "pay_once.bpmn", 'id="plan_id" type="any"', 'id="plan" type="any"'),
        ("role.unknown", "decide.bpmn", 'value="approver"', 'value="boss"'),
        ("layout.missing", "decide.bpmn", 'bpmnElement="task_approve"', 'bpmnElement="gone"'),
        ("dmn.source", "hearing_needed.dmn", SOURCE, ""),
        ("decision.unknown", "decide.bpmn", ">automation_class<", ">automation<"),
    ],
)  # fmt: skip
def test_breaking_a_house_rule_is_noticed(rule: str, file: str, old: str, new: str) -> None:
    found = {finding.id for finding in findings_after(file, old=old, new=new)}

    assert rule in found


# ---- the drawing -----------------------------------------------------------------------------


def _boxes(process: str) -> dict[str, Box]:
    """Return the shape of each element that stands for itself: no sub-process, nothing on edges."""
    nodes = shipped.definition(process).diagrams[process].nodes
    boxes = {}
    for shape in etree.fromstring(shipped.files()[f"{process}.bpmn"]).iter(
        f"{{{BPMNDI}}}BPMNShape"
    ):
        key = shape.get("bpmnElement", "")
        if key not in nodes or nodes[key].attached_to or key.startswith("part_"):
            continue
        bounds = shape.find(f"{{{DC}}}Bounds")
        assert bounds is not None
        x, y, width, height = (
            float(bounds.get(name, "")) for name in ("x", "y", "width", "height")
        )
        boxes[key] = (x, y, x + width, y + height)
    return boxes


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@pytest.mark.parametrize("process", shipped.PROCESSES)
def test_no_element_is_drawn_on_top_of_another(process: str) -> None:
    boxes = _boxes(process)

    covered = [(a, b) for a, b in combinations(boxes, 2) if _overlap(boxes[a], boxes[b])]

    assert covered == []


@pytest.mark.parametrize("process", shipped.PROCESSES)
def test_a_way_without_turning_back_reads_from_left_to_right(process: str) -> None:
    boxes = _boxes(process)
    diagram = shipped.definition(process).diagrams[process]

    for flow in diagram.flows.values():
        source = diagram.nodes[flow.source]
        if source.kind == "startEvent" and flow.target in boxes:
            assert boxes[flow.target][0] > boxes[flow.source][0]
