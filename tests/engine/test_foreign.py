"""Models as other tools draw them: whatever we do not run is named by its id, all at once.

Of the kinds of the public reference models: fixed sequences, gateways, events and sub-processes,
pools, lanes and messages between them, data, vendors' own extensions.
"""

from __future__ import annotations

import pytest

from processes.engine.findings import WARNING, Finding
from processes.engine.lint import HOUSE, Catalogue, errors_in, lint
from tests.engine.drawing import SPACES

SPACES_OF_OTHERS = (
    f'{SPACES} xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:signavio="http://www.signavio.com" xmlns:bizagi="http://www.bizagi.com/bpmn20"'
)


def judge(inside: str) -> list[Finding]:
    """Everything the gate says of a file with these elements."""
    content = f'<bpmn:definitions {SPACES_OF_OTHERS} id="d" targetNamespace="urn:x">{inside}'
    return lint({"drawn.bpmn": f"{content}</bpmn:definitions>".encode()}, Catalogue())


def process(inside: str, key: str = "drawn", executable: str = "false") -> str:
    """A process; what is not an id is left to the tool."""
    return f'<bpmn:process id="{key}" isExecutable="{executable}">{inside}</bpmn:process>'


def flow(key: str, source: str, target: str, inside: str = "") -> str:
    """A sequence flow."""
    return (
        f'<bpmn:sequenceFlow id="{key}" sourceRef="{source}" targetRef="{target}">{inside}'
        "</bpmn:sequenceFlow>"
    )


STRAIGHT = (
    '<bpmn:startEvent id="s"/><bpmn:task id="t1"/><bpmn:task id="t2"/><bpmn:endEvent id="e"/>'
    + flow("f1", "s", "t1") + flow("f2", "t1", "t2") + flow("f3", "t2", "e")
)  # fmt: skip


def refusing(findings: list[Finding]) -> dict[str, set[str]]:
    """The rules that keep the engine from running it, by element."""
    found: dict[str, set[str]] = {}
    for finding in errors_in(findings):
        assert finding.message
        assert finding.way_out
        if finding.id not in HOUSE:
            found.setdefault(finding.element, set()).add(finding.id)
    return found


def test_a_fixed_sequence_of_tasks_without_type_can_be_run_but_not_taken_into_use() -> None:
    found = judge(process(STRAIGHT))

    assert refusing(found) == {}
    assert {"task.typeless", "process.executable", "layout.missing"} <= {f.id for f in found}


def test_pools_lanes_and_messages_between_them_are_each_named() -> None:
    lanes = (
        '<bpmn:laneSet id="lanes"><bpmn:lane id="lane"><bpmn:flowNodeRef>t1</bpmn:flowNodeRef>'
        "</bpmn:lane></bpmn:laneSet>"
    )
    other = '<bpmn:startEvent id="s2"/><bpmn:scriptTask id="code"/>' + flow("f9", "s2", "code")
    found = judge(
        '<bpmn:collaboration id="c"><bpmn:participant id="p1" processRef="drawn"/>'
        '<bpmn:participant id="p2" processRef="other"/>'
        '<bpmn:messageFlow id="m1" sourceRef="p1" targetRef="p2"/>'
        '<bpmn:messageFlow id="m2" sourceRef="p2" targetRef="p1"/></bpmn:collaboration>'
        + process(lanes + STRAIGHT) + process(other, "other")
    )  # fmt: skip

    # Two processes and neither says that it can be run: whose is it? The rest is only drawing.
    assert {"code", "drawn.bpmn"} <= set(refusing(found))
    assert {"m1", "m2", "lanes"} <= {each.element for each in found if each.level == WARNING}


def test_gateways_without_an_answer_or_in_another_language_are_named() -> None:
    condition = '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${a > 1}'
    found = judge(
        process(
            '<bpmn:startEvent id="s"/><bpmn:exclusiveGateway id="g"/><bpmn:endEvent id="e1"/>'
            '<bpmn:endEvent id="e2"/>' + flow("f1", "s", "g") + flow("f2", "g", "e1")
            + flow("f3", "g", "e2", f"{condition}</bpmn:conditionExpression>")
        )
    )  # fmt: skip

    assert refusing(found) == {
        "g": {"gateway.default"}, "f2": {"flow.no_condition"}, "f3": {"expression.syntax"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("element", "names"),
    [
        (('<bpmn:subProcess id="x" triggeredByEvent="true"><bpmn:startEvent id="x1">'
         '<bpmn:signalEventDefinition id="x2"/></bpmn:startEvent></bpmn:subProcess>'), {"x", "x2"}),
        (('<bpmn:boundaryEvent id="x" attachedToRef="t1"><bpmn:compensateEventDefinition id="y"/>'
         "</bpmn:boundaryEvent>"), {"x", "y"}),
        (('<bpmn:transaction id="x"/><bpmn:adHocSubProcess id="y"/>'
         '<bpmn:complexGateway id="z"/><bpmn:choreographyTask id="w"/>'), {"x", "y", "z", "w"}),
        (('<bpmn:intermediateThrowEvent id="x"><bpmn:signalEventDefinition id="y"/>'
         "</bpmn:intermediateThrowEvent>"), {"y"}),
        (('<bpmn:startEvent id="x"><bpmn:timerEventDefinition id="y"><bpmn:timeCycle>R/PT1M'
         "</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:startEvent>"), {"y"}),
        ('<bpmn:userTask id="x"><bpmn:multiInstanceLoopCharacteristics id="y"/></bpmn:userTask>',
         {"x"}),
        (('<bpmn:receiveTask id="x"><bpmn:multiInstanceLoopCharacteristics id="y"/>'
         "</bpmn:receiveTask>"), {"y"}),
        ('<bpmn:userTask id="x"><bpmn:potentialOwner id="z"/></bpmn:userTask>', {"z"}),
    ],
)  # fmt: skip
def test_every_element_outside_the_subset_is_named(element: str, names: set[str]) -> None:
    assert names <= set(refusing(judge(process(STRAIGHT + element))))


@pytest.mark.parametrize(
    "element",
    [
        '<bpmn:serviceTask id="x" camunda:class="dk.Code"/>',
        '<bpmn:serviceTask id="x" camunda:expression="${code.run()}"/>',
        ('<bpmn:serviceTask id="x"><bpmn:extensionElements><zeebe:taskDefinition type="code"/>'
        "</bpmn:extensionElements></bpmn:serviceTask>"),
        '<bpmn:userTask id="x" camunda:formKey="a"/>',
        ('<bpmn:userTask id="x"><bpmn:extensionElements><signavio:signavioMetaData metaKey="a"/>'
        "</bpmn:extensionElements></bpmn:userTask>"),
        ('<bpmn:userTask id="x"><bpmn:extensionElements><bizagi:BizagiExtensions/>'
        "</bpmn:extensionElements></bpmn:userTask>"),
        ('<bpmn:startEvent id="x"><bpmn:extensionElements><camunda:executionListener '
        'expression="${a}" event="start"/></bpmn:extensionElements></bpmn:startEvent>'),
    ],
)  # fmt: skip
def test_what_a_vendor_added_is_named_not_passed_over(element: str) -> None:
    rules = refusing(judge(process(STRAIGHT + element)))["x"]

    assert rules & {"attribute.foreign", "element.unsupported"}


def test_flows_to_what_is_refused_are_not_told_as_faults_of_their_own() -> None:
    found = refusing(
        judge(
            process(
                '<bpmn:startEvent id="s"/><bpmn:complexGateway id="x"/><bpmn:endEvent id="e"/>'
                + flow("f1", "s", "x") + flow("f2", "x", "e")
            )
        )
    )  # fmt: skip

    assert found == {"x": {"element.unsupported"}}
