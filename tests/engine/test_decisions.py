"""Decision models: what the subset says, what is refused by name, and that nothing runs away."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from processes.engine.cases import FAILED, PASSED, REFUSED, run_folder, same
from processes.engine.decisions import Model, RefusedError, parse_model
from processes.engine.findings import DeploymentError
from processes.engine.syntax import ExpressionError

KIT = Path(__file__).parent / "kit"
NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def model(*elements: str) -> Model:
    """A model of a few elements."""
    inside = "".join(elements)
    return parse_model(
        f'<definitions xmlns="{NAMESPACE}" id="d" name="d" namespace="urn:x">{inside}'
        "</definitions>".encode()
    )


def needs(*keys: str) -> str:
    """The requirements of a decision: `i_` inputs, `k_` knowledge, others decisions."""
    kinds = {"i": "Input", "k": "Knowledge"}
    return "".join(
        f'<{"knowledge" if key[0] == "k" else "information"}Requirement id="r_{key}">'
        f'<required{kinds.get(key[0], "Decision")} href="#{key}"/>'
        f"</{'knowledge' if key[0] == 'k' else 'information'}Requirement>"
        for key in keys
    )


def literal(text: str) -> str:
    """A literal expression."""
    return f'<literalExpression id="text"><text>{text}</text></literalExpression>'


def decision(key: str, inside: str, *required: str) -> str:
    """A decision whose name is its id."""
    return f'<decision id="{key}" name="{key}">{needs(*required)}{inside}</decision>'


def knowledge(key: str, text: str, *required: str) -> str:
    """A function of one number, `n`."""
    return (
        f'<businessKnowledgeModel id="{key}" name="{key}"><encapsulatedLogic>'
        f'<formalParameter name="n"/>{literal(text)}</encapsulatedLogic>{needs(*required)}'
        "</businessKnowledgeModel>"
    )


def test_our_own_cases_pass_and_what_is_outside_the_subset_is_refused_by_name() -> None:
    outcomes = {each.name.partition("/")[2]: each for each in run_folder(KIT)}

    assert {name: each.result for name, each in outcomes.items()} == {
        "young": PASSED, "unknown": PASSED, "outside": REFUSED,
    }, outcomes  # fmt: skip
    assert "each_text" in outcomes["outside"].why


def test_a_case_that_expects_something_else_fails_and_says_what_came(tmp_path: Path) -> None:
    shutil.copy(KIT / "support.dmn", tmp_path)
    cases = (KIT / "support-test-01.xml").read_text()
    (tmp_path / "a.xml").write_text(cases.replace(">4000.50<", ">4000.51<"))

    first = next(run_folder(tmp_path))

    assert first.result == FAILED
    assert "4000.50" in first.why


def test_a_case_without_its_model_is_refused(tmp_path: Path) -> None:
    shutil.copy(KIT / "support-test-01.xml", tmp_path)

    assert {each.result for each in run_folder(tmp_path)} == {REFUSED}


def test_a_case_reads_no_file_outside_its_folder(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    shutil.copy(KIT / "support.dmn", tmp_path)
    cases = (KIT / "support-test-01.xml").read_text()
    (inner / "a.xml").write_text(cases.replace(">support.dmn<", ">../support.dmn<"))

    assert {each.result for each in run_folder(inner)} == {REFUSED}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2 ** 3 + 1", Decimal(9)),
        ("(1 + 1) ** -1", Decimal("0.5")),
        ("10 ** 2 ** 2", Decimal(10_000)),
        ("{a: 1, b: a + 1}.b", Decimal(2)),
        ("{a: {b: 3}}.a.b", Decimal(3)),
        ("{a: 1}.c", None),
        ("null ** 2", None),
        ('"a".length', None),
    ],
)
def test_a_model_has_powers_and_maps(text: str, value: object) -> None:
    assert model(decision("d_a", literal(text))).decide("d_a", {}) == value


@pytest.mark.parametrize(
    ("elements", "rule"),
    [
        ([decision("d_a", literal("unknown + 1"))], "dmn.name"),
        ([decision("d_a", literal("1 +"))], "expression.syntax"),
        ([decision("d_a", literal("for x in [1] return x"))], "expression.syntax"),
        ([decision("d_a", literal("__import__(&quot;os&quot;)"))], "expression.syntax"),
        ([decision("d_a", literal("1"), "missing")], "dmn.requirement"),
        ([decision("d_a", literal("d_b"), "d_b"), decision("d_b", literal("d_a"), "d_a")],
         "dmn.circle"),
        ([decision("d_a", "")], "dmn.logic"),
        ([decision("d_a", '<relation id="x"/>')], "dmn.unsupported"),
        ([decision("d_a", '<functionDefinition id="x"/>')], "dmn.unsupported"),
        ([knowledge("k_f", "k_f(n)", "k_f"), decision("d_a", literal("k_f(1)"), "k_f")],
         "dmn.circle"),
        ([decision("d_a", literal("1").replace('id="', 'expressionLanguage="python" id="'))],
         "dmn.language"),
        ([knowledge("k_f", "n").replace("<encapsulatedLogic", '<encapsulatedLogic kind="Java"'),
          decision("d_a", literal("k_f(1)"), "k_f")], "dmn.unsupported"),
    ],
)  # fmt: skip
def test_what_cannot_be_run_is_refused_by_name_and_the_rest_still_runs(
    elements: list[str], rule: str
) -> None:
    whole = model(*elements, decision("d_sound", literal("1 + 1")))

    assert rule in {finding.id for finding in whole.findings}
    assert all(finding.element and finding.way_out for finding in whole.findings)
    with pytest.raises(RefusedError):
        whole.decide("d_a", {})
    assert whole.decide("d_sound", {}) == 2


def test_functions_that_double_each_other_end_within_the_budget() -> None:
    levels = [knowledge("k_0", "n + 1")]
    levels += [knowledge(f"k_{n}", f"k_{n - 1}(n) + k_{n - 1}(n)", f"k_{n - 1}")
               for n in range(1, 60)]  # fmt: skip
    deep = model(*levels, decision("d_a", literal("k_59(1)"), "k_59"))

    with pytest.raises(ExpressionError, match="skridt"):
        deep.decide("d_a", {})


def test_lists_that_double_each_other_are_stopped_before_they_fill_the_memory() -> None:
    entries = "".join(
        f'<contextEntry><variable name="l{n}"/>{literal(f"[l{n - 1}, l{n - 1}]" if n else "[1]")}'
        "</contextEntry>"
        for n in range(60)
    )
    growing = model(decision("d_a", f"<context>{entries}</context>"))

    with pytest.raises(ExpressionError, match="led"):
        growing.decide("d_a", {})


def test_a_file_that_is_no_model_is_refused() -> None:
    with pytest.raises(DeploymentError) as refused:
        parse_model(b"<definitions/>")

    assert [finding.id for finding in refused.value.findings] == ["dmn.namespace"]


def test_numbers_are_the_same_to_the_eighth_decimal_and_kinds_always_count() -> None:
    assert same(Decimal("1.000000001"), Decimal(1))
    assert not same(Decimal("1.0000001"), Decimal(1))
    for expected in (True, "1", [], None):
        assert not same(expected, Decimal(1))
