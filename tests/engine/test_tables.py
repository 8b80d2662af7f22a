"""Decision tables: exactly one row, or somebody is told."""

from __future__ import annotations

import pytest

from processes.engine.findings import DeploymentError
from processes.engine.tables import TableError, decide, lint_table, parse_table
from tests.engine.tabling import table

HEARING = table(
    "hearing_needed",
    ["is_adverse", "facts"],
    ["hearing_needed", "hearing_reason"],
    [
        ("true", "> 0", "true", '"new_facts"', "FVL § 19"),
        ("true", "0", "false", "null", "FVL § 19, stk. 2"),
        ("false", "-", "false", '"favourable"', "FVL § 19, stk. 2, nr. 1"),
    ],
)


@pytest.mark.parametrize(
    ("adverse", "facts", "needed", "rule"),
    [(True, 2, True, 1), (True, 0, False, 2), (False, None, False, 3)],
)
def test_the_row_that_fits_answers_and_says_which_it_is(
    adverse: bool, facts: int | None, needed: bool, rule: int  # noqa: FBT001 – pytest gives them
) -> None:  # fmt: skip
    decided = decide(parse_table(HEARING), {"is_adverse": adverse, "facts": facts})

    assert decided.outputs["hearing_needed"] is needed
    assert (decided.rule, decided.source.startswith("FVL")) == (rule, True)


def test_no_row_is_an_error_that_shows_what_was_asked() -> None:
    with pytest.raises(TableError, match=r"ingen regel for is_adverse = ja, facts = ukendt") as no:
        decide(parse_table(HEARING), {"is_adverse": True, "facts": None})

    assert no.value.code == "table_no_row"


def test_two_rows_are_an_error_that_names_both() -> None:
    both = table("k", ["n"], ["kind"], [("> 1", '"a"'), ("> 2", '"b"'), ("< 0", '"c"')])

    with pytest.raises(TableError, match=r"flere regler \(1 og 2\)") as conflict:
        decide(parse_table(both), {"n": 3})

    assert conflict.value.code == "table_conflict"


def test_two_rows_with_the_same_answer_are_a_conflict_too() -> None:
    both = table("k", ["n"], ["kind"], [("> 1", '"a"'), ("> 2", '"a"')])

    with pytest.raises(TableError):
        decide(parse_table(both), {"n": 3})


def test_the_variables_a_table_reads_are_known() -> None:
    assert parse_table(HEARING).reads == {"is_adverse", "facts"}


ROWS = [(">= 10", '"refuse"', "7"), (">= 5", '"hear"', "3"), ("-", '"grant"', "3")]


def several(policy: str, *, aggregation: str = "", amounts: bool = False) -> bytes:
    """A table whose rows overlap: three fit 10, two fit 5, one fits 1."""
    rows = [(test, amount) if amounts else (test, kind) for test, kind, amount in ROWS]
    content = table("k", ["n"], ["kind"], rows, policy=policy)
    if aggregation:
        content = content.replace(b"hitPolicy", f'aggregation="{aggregation}" hitPolicy'.encode())
    ranks = b'<outputValues><text>"hear", "refuse", "grant"</text></outputValues></output>'
    return content.replace(b'name="kind"/>', b'name="kind">' + ranks)


@pytest.mark.parametrize(
    ("policy", "answer", "rules"),
    [
        ("FIRST", "refuse", (1,)),
        ("PRIORITY", "hear", (2,)),
        ("RULE ORDER", ["refuse", "hear", "grant"], (1, 2, 3)),
        ("COLLECT", ["refuse", "hear", "grant"], (1, 2, 3)),
        ("OUTPUT ORDER", ["hear", "refuse", "grant"], (2, 1, 3)),
    ],
)
def test_the_hit_policy_says_which_of_the_rows_that_fit_count(
    policy: str, answer: object, rules: tuple[int, ...]
) -> None:
    decided = decide(parse_table(several(policy)), {"n": 10})

    assert (decided.outputs, decided.rules) == ({"kind": answer}, rules)


@pytest.mark.parametrize(
    ("aggregation", "answer"), [("SUM", 13), ("MIN", 3), ("MAX", 7), ("COUNT", 3)]
)
def test_what_is_collected_can_be_put_together(aggregation: str, answer: int) -> None:
    collected = parse_table(several("COLLECT", aggregation=aggregation, amounts=True))

    assert decide(collected, {"n": 10}).outputs == {"kind": answer}


def test_any_takes_rows_that_say_the_same_and_no_others() -> None:
    same = [("< 5", '"a"'), ("< 9", '"a"'), ("> 7", '"b"')]
    any_of = parse_table(table("k", ["n"], ["kind"], same, policy="ANY"))

    assert decide(any_of, {"n": 3}).outputs == {"kind": "a"}
    with pytest.raises(TableError, match="2 og 3"):
        decide(any_of, {"n": 8})


@pytest.mark.parametrize(
    "content",
    [
        table("k", ["n"], ["kind"], [("-", '"a"')], policy="LAST"),
        table("k", ["n"], ["kind"], [("-", '"a"')], policy="PRIORITY"),
        table("k", ["n"], ["kind"], [("-", '"a"')], policy="OUTPUT ORDER"),
        several("COLLECT", aggregation="AVERAGE"),
        several("FIRST", aggregation="SUM"),
        table("k", ["n"], ["kind", "why"], [("-", '"a"', '"b"')], policy="COLLECT").replace(
            b"hitPolicy", b'aggregation="SUM" hitPolicy'
        ),
    ],
)
def test_a_hit_policy_that_says_nothing_is_refused(content: bytes) -> None:
    with pytest.raises(DeploymentError) as refused:
        parse_table(content)

    assert [finding.id for finding in refused.value.findings] == ["dmn.hit_policy"]


@pytest.mark.parametrize(
    ("content", "rule_id"),
    [
        (table("k", ["n +"], ["kind"], [("-", '"a"')]), "dmn.input"),
        (table("k", ["n"], ["kind"], [("<", '"a"')]), "dmn.cell"),
        (table("k", ["n"], ["kind"], [("-", "n + 1")]), "dmn.output"),
        (table("k", ["n"], ["kind"], [("-", "1.5")]), "dmn.output"),
        (table("k", ["n"], ["kind"], [("-", "")]), "dmn.output"),
        (table("k", ["n"], ["the kind"], [("-", '"a"')]), "dmn.outputs"),
        (table("k", ["n"], ["kind"], []), "dmn.rules"),
        (table("k", [], ["kind"], [('"a"',)]), "dmn.inputs"),
        (table("k", ["n", "m"], ["kind"], [("-",)]), "dmn.cells"),
        (HEARING.replace(b"20191111", b"20151101"), "dmn.namespace"),
        (HEARING.replace(b"<inputExpression ", b'<inputExpression expressionLanguage="python" '),
         "dmn.language"),
        (HEARING.replace(b"<decisionTable", b'<informationRequirement id="r"/><decisionTable'),
         "dmn.requirement"),
        (b"<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/'/>",
         "dmn.one_decision"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_run_is_refused_with_a_way_out(content: bytes, rule_id: str) -> None:
    with pytest.raises(DeploymentError) as refused:
        parse_table(content)

    assert rule_id in [finding.id for finding in refused.value.findings]
    assert all(finding.way_out for finding in refused.value.findings)


def test_all_that_is_wrong_with_a_table_is_told_at_once() -> None:
    wrong = table("k", ["n"], ["kind"], [("<", '"a"'), ("-", "n"), (">", "")], policy="LAST")

    with pytest.raises(DeploymentError) as refused:
        parse_table(wrong)

    assert len(refused.value.findings) == 5


def test_a_table_is_called_as_its_file() -> None:
    assert [f.id for f in lint_table("other.dmn", parse_table(HEARING))] == ["dmn.file_name"]
