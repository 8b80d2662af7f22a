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


@pytest.mark.parametrize(
    "policy", ["FIRST", "ANY", "PRIORITY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"]
)
def test_another_hit_policy_is_refused_by_name(policy: str) -> None:
    with pytest.raises(DeploymentError, match=policy):
        parse_table(table("k", ["n"], ["kind"], [("-", '"a"')], policy=policy))


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
    wrong = table("k", ["n"], ["kind"], [("<", '"a"'), ("-", "n"), (">", "")], policy="FIRST")

    with pytest.raises(DeploymentError) as refused:
        parse_table(wrong)

    assert len(refused.value.findings) == 5


def test_a_table_is_called_as_its_file() -> None:
    assert [f.id for f in lint_table("other.dmn", parse_table(HEARING))] == ["dmn.file_name"]
