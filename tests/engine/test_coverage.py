"""Gaps and overlaps of a table are found before a case meets them, each with an example."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processes.engine.coverage import coverage_findings
from processes.engine.findings import WARNING
from processes.engine.tables import TableError, decide, parse_table
from tests.engine.tabling import table


def said(content: bytes) -> list[tuple[str, str]]:
    found = coverage_findings("t.dmn", parse_table(content))
    assert all(each.level == WARNING and each.way_out for each in found)
    return [(each.id, each.message) for each in found]


def one(*cells: str, policy: str = "UNIQUE") -> bytes:
    """A table with one input and a row for each cell, with an answer of its own."""
    return table("t", ["x"], ["y"], [(cell, str(n)) for n, cell in enumerate(cells)], policy=policy)


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["< 14", ">= 14"], []),
        (["< 14", "> 14"], [("dmn.gap", "x = 14")]),
        (["<= 14", ">= 14"], [("dmn.overlap", "x = 14")]),
        (["[1..5]", "[6..9]", "not([1..9])"], []),
        (['"a"', '"b"'], [("dmn.gap", "x = noget andet")]),
        (['"a"', 'not("a")'], []),
        (["true", "false"], []),
        (["true"], [("dmn.gap", "x = falsk")]),
        (["true", "false", "null"], []),
        (["null"], [("dmn.gap", "x = noget andet")]),
        (["-"], []),
        (["-", "-"], [("dmn.overlap", "Reglerne 1 og 2")]),
        (['date("2026-01-01")', '< date("2026-01-01")'], [("dmn.gap", "x = 2026-01-02")]),
    ],
)
def test_each_kind_of_value_is_tried(cells: list[str], found: list[tuple[str, str]]) -> None:
    told = said(one(*cells))

    assert [rule for rule, _ in told] == [rule for rule, _ in found]
    assert all(part in text for (_, text), (_, part) in zip(told, found, strict=True))


def test_a_computed_input_may_lie_between_two_whole_numbers() -> None:
    rows = [("<= 14", "1"), (">= 15", "2")]

    assert said(table("t", ["x"], ["y"], rows)) == []
    assert "x / 2 = 14.5" in said(table("t", ["x / 2"], ["y"], rows))[0][1]


@pytest.mark.parametrize("policy", ["FIRST", "RULE ORDER", "COLLECT"])
def test_rows_may_overlap_where_the_hit_policy_says_what_then(policy: str) -> None:
    assert said(one("-", "-", policy=policy)) == []


def test_rows_that_agree_may_overlap_under_any() -> None:
    assert said(table("t", ["x"], ["y"], [("-", "1"), ("> 2", "1")], policy="ANY")) == []
    assert said(table("t", ["x"], ["y"], [("-", "1"), ("> 2", "2")], policy="ANY"))[0][0] == (
        "dmn.overlap"
    )


def test_what_can_never_come_is_no_gap() -> None:
    limited = one("[1..6]", "[7..12]").replace(
        b"</inputExpression></input>",
        b"</inputExpression><inputValues><text>[1..12]</text></inputValues></input>",
    )

    assert said(limited) == []
    assert [rule for rule, _ in said(one("[1..6]", "[7..12]"))] == ["dmn.gap", "dmn.gap"]


@pytest.mark.parametrize(
    "content",
    [
        one("z"),
        one("> z + 1"),
        table("t", list("abcdef"), ["y"], [(*(str(10 * n) for n in range(k, k + 6)), "1")
                                          for k in range(8)]),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_looked_through_says_so(content: bytes) -> None:
    assert [rule for rule, _ in said(content)] == ["dmn.not_checked"]


CELLS = st.sampled_from(
    ["-", "1", "2", "3", "< 2", ">= 2", "[1..2]", "(1..3)", "not(2)", "1, 3", "null", "not(null)"]
)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=4))
def test_what_is_said_is_what_happens(rows: list[tuple[str, str]]) -> None:
    """Every input on a grid is asked: it has no answer just where a gap or an overlap was found."""
    read = parse_table(
        table("t", ["a", "b"], ["y"], [(*cells, str(n)) for n, cells in enumerate(rows)])
    )
    codes = set()
    for a in range(-1, 6):
        for b in range(-1, 6):
            try:
                decide(read, {"a": a, "b": b})
            except TableError as error:
                codes.add({"table_no_row": "dmn.gap", "table_conflict": "dmn.overlap"}[error.code])
    found = {each.id for each in coverage_findings("t.dmn", read) if "ukendt" not in each.message}

    assert codes <= {each.id for each in coverage_findings("t.dmn", read)}
    assert found - codes == set() or any("null" in cell for row in rows for cell in row)
