"""Diagrams from other tools open as drafts, whatever is in them, with all that is to be said.

Models of our own, of the kinds the public reference models are: a line of tasks, pools and lanes,
vendors' extensions, half a picture or none, several processes, everything the subset lacks.
"""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from processes.engine.drafts import Draft, open_draft
from processes.engine.findings import BPMN, BPMNDI, DC, DeploymentError
from processes.engine.lint import HOUSE, errors_in
from processes.engine.reading import read_diagram

OTHERS = (
    f'xmlns="{BPMN}" xmlns:bpmndi="{BPMNDI}" xmlns:dc="{DC}" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:vendor="http://vendor.example/bpmn" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI"'
)


def file(inside: str) -> bytes:
    """A file as another tool saves it, without a picture."""
    return f'<definitions {OTHERS} id="d" targetNamespace="urn:x">{inside}</definitions>'.encode()


def flows(*keys: str) -> str:
    return "".join(
        f'<sequenceFlow id="f_{a}_{b}" sourceRef="{a}" targetRef="{b}"/>'
        for a, b in itertools.pairwise(keys)
    )


LINE = '<startEvent id="s"/><task id="t1"/><task id="t2"/><endEvent id="e"/>' + flows(
    "s", "t1", "t2", "e"
)
LANES = (
    '<laneSet id="ls"><lane id="l1"><flowNodeRef>s</flowNodeRef><flowNodeRef>t1</flowNodeRef>'
    '</lane><lane id="l2"><flowNodeRef>t2</flowNodeRef></lane></laneSet>'
)
EVERYTHING = (
    '<startEvent id="s"/><scriptTask id="code"><script>import os</script></scriptTask>'
    '<complexGateway id="g"/><transaction id="tr"/><adHocSubProcess id="ad"/>'
    '<intermediateThrowEvent id="c"><compensateEventDefinition id="cd"/></intermediateThrowEvent>'
    '<endEvent id="e"><signalEventDefinition id="sd"/></endEvent>'
    '<userTask id="u"><standardLoopCharacteristics id="lc"/></userTask>'
    + flows("s", "code", "g", "tr", "ad", "c", "u", "e")
)
POOLS = (
    '<collaboration id="co"><participant id="p1" name="Kommunen" processRef="ours"/>'
    '<participant id="p2" name="Borger" processRef="theirs"/><participant id="p3" name="Banken"/>'
    '<messageFlow id="m1" sourceRef="p2" targetRef="p1"/></collaboration>'
)
VENDOR = (
    '<process id="p" isExecutable="true" vendor:history="30"><extensionElements><vendor:x>1'
    '</vendor:x></extensionElements><startEvent id="s"/><userTask id="u" vendor:assignee="demo">'
    '<extensionElements><vendor:form><vendor:field id="a"/></vendor:form></extensionElements>'
    '</userTask><endEvent id="e"/>' + flows("s", "u", "e") + "</process>"
)
MODELS = {
    "line": file(f'<process id="p">{LINE}</process>'),
    "lanes": file(f'<process id="p">{LANES}{LINE}</process>'),
    "pools": file(
        f'{POOLS}<process id="ours">{LINE}</process><process id="theirs"><task id="x"/></process>'
    ),
    "vendor": file(VENDOR),
    "everything": file(f'<process id="p" isExecutable="false">{EVERYTHING}</process>'),
    "part": file(
        '<process id="p"><startEvent id="s"/><subProcess id="sub"><startEvent id="s2"/>'
        '<task id="in"/><endEvent id="e2"/>' + flows("s2", "in", "e2") + "</subProcess>"
        '<boundaryEvent id="b" attachedToRef="sub"><errorEventDefinition/></boundaryEvent>'
        '<endEvent id="e"/>' + flows("s", "sub", "e") + flows("b", "e") + "</process>"
    ),
    "ids": file('<process><startEvent/><task id="t"/><task id="t"/><endEvent/></process>'),
}


def shapes(draft: Draft) -> set[str]:
    root = etree.fromstring(draft.content)
    return {each.get("bpmnElement", "") for each in root.iter(f"{{{BPMNDI}}}BPMNShape")}


def stopping(draft: Draft) -> set[str]:
    return {e.id for e in errors_in(list(draft.findings)) if e.id not in HOUSE}


@pytest.mark.parametrize("model", MODELS)
def test_every_kind_opens_with_a_picture_of_every_element(model: str) -> None:
    draft = open_draft(MODELS[model])

    root = etree.fromstring(draft.content)
    nodes = {
        each.get("id", "")
        for each in root.iter(f"{{{BPMN}}}*")
        if etree.QName(each).localname.endswith(("Event", "Task", "task", "Gateway", "Process"))
    }
    assert nodes <= shapes(draft)
    assert draft.process
    assert all(each.message and each.way_out for each in draft.findings)
    assert open_draft(draft.content).content == draft.content


@pytest.mark.parametrize("model", ["line", "lanes", "pools"])
def test_plain_ones_can_be_run(model: str) -> None:
    draft = open_draft(MODELS[model])

    assert stopping(draft) == set()
    assert read_diagram("p.bpmn", draft.content).id == draft.process


def test_what_only_another_tool_understands_is_taken_away_and_named() -> None:
    draft = open_draft(MODELS["vendor"])

    taken = {
        (e.element, e.message.split("'")[1]) for e in draft.findings if e.id == "draft.foreign"
    }
    assert taken == {("p", "history"), ("p", "x"), ("u", "assignee"), ("u", "form")}
    assert b"vendor:" not in draft.content


def test_what_the_engine_does_not_run_stays_on_the_drawing_with_its_findings() -> None:
    draft = open_draft(MODELS["everything"])

    assert {"code", "g", "tr", "ad", "cd", "sd", "lc"} <= {
        each.element for each in draft.findings if each.id == "element.unsupported"
    }
    assert b"scriptTask" in draft.content


def test_of_several_processes_the_fullest_is_ours_and_has_the_name_of_its_pool() -> None:
    draft = open_draft(MODELS["pools"])

    assert (draft.process, draft.name) == ("ours", "Kommunen")
    assert "draft.process" in {each.id for each in draft.findings}


def test_half_a_picture_is_kept_and_the_rest_is_drawn_below_it() -> None:
    picture = (
        '<bpmndi:BPMNDiagram id="di"><bpmndi:BPMNPlane id="pl" bpmnElement="p">'
        '<bpmndi:BPMNShape id="x" bpmnElement="s"><dc:Bounds x="7" y="9" width="36" height="36"/>'
        '</bpmndi:BPMNShape><bpmndi:BPMNShape id="y" bpmnElement="nothing"><dc:Bounds x="0" y="0"'
        ' width="1" height="1"/></bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
    )
    draft = open_draft(file(f'<process id="p">{LINE}</process>{picture}'))

    tops = {
        shape.get("bpmnElement"): float(shape[0].get("y", ""))
        for shape in etree.fromstring(draft.content).iter(f"{{{BPMNDI}}}BPMNShape")
    }
    assert tops.pop("s") == 9
    assert set(tops) == {"t1", "t2", "e"}
    assert min(tops.values()) > 45
    assert {"draft.picture", "draft.layout"} <= {each.id for each in draft.findings}


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"<html/>", "bpmn.namespace"),
        (b"no xml", "xml.syntax"),
        (b'<!DOCTYPE x [<!ENTITY e "x">]><x>&e;</x>', "xml.doctype"),
        (file(""), "process.one"),
        (b"x" * 2_000_001, "xml.size"),
    ],
)
def test_what_is_no_diagram_at_all_is_refused_with_a_reason(content: bytes, rule: str) -> None:
    with pytest.raises(DeploymentError) as refused:
        open_draft(content)
    assert [each.id for each in refused.value.findings] == [rule]


TAGS = [
    "task", "userTask", "subProcess", "exclusiveGateway", "boundaryEvent", "startEvent", "lane",
    "dataObject", "textAnnotation", "adHocSubProcess", "sequenceFlow", "group",
]  # fmt: skip
ELEMENT = st.recursive(
    st.builds(
        lambda tag, key, host: (
            f'<{tag} id="{key}" attachedToRef="{host}" sourceRef="{host}" targetRef="{key}"/>'
        ),
        st.sampled_from(TAGS), st.sampled_from("abcd"), st.sampled_from("abcdz"),
    ),
    lambda inner: st.builds(
        lambda tag, key, parts: f'<{tag} id="{key}" vendor:a="1">{"".join(parts)}</{tag}>',
        st.sampled_from(TAGS), st.sampled_from("efgh"), st.lists(inner, max_size=4),
    ),
    max_leaves=12,
)  # fmt: skip


@given(st.lists(ELEMENT, max_size=6))
def test_nothing_well_formed_is_ever_an_error_page(elements: list[str]) -> None:
    draft = open_draft(file(f'<process id="p">{"".join(elements)}</process>'))

    assert draft.process == "p"
    assert open_draft(draft.content).content == draft.content
