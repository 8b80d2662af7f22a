"""The published subset of FEEL: what each expression says, and what is refused."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine

from processes.engine.expressions import (
    SCRIPT_ENGINE,
    FeelEnvironment,
    as_variable,
    evaluate,
    passes,
    truth,
)
from processes.engine.syntax import ExpressionError, names_in, parse, parse_tests

MOMENT = 'date and time("2026-03-01T10:00:00+01:00")'
SCOPE: dict[str, object] = {
    "n": 3,
    "outcome": "delvis",
    "yes": True,
    "no": False,
    "nothing": None,
    "items": [1, 2, 2],
    "day": "2026-03-01",
    "map": {"a": 1},
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("-n", -3),
        ("7 / 2", Decimal("3.5")),
        ("0.1 + 0.2", Decimal("0.3")),
        ("1 / 0", None),
        ('"a" + "b"', "ab"),
        ('"a" + 1', None),
        ("n - nothing", None),
        ("n = 3", True),
        ("n != 3", False),
        ("nothing = null", True),
        ("n = null", False),
        ("unheard_of = null", True),
        ('n = "3"', None),
        ("yes = 1", None),
        ("nothing < 3", None),
        ("n >= 3 and n <= 3", True),
        ("no and nothing", False),
        ("nothing and no", False),
        ("yes and nothing", None),
        ("yes or nothing", True),
        ("nothing or yes", True),
        ("no or nothing", None),
        ("not(no)", True),
        ("not(nothing)", None),
        ("not(n)", None),
        ('outcome in ("bevilget", "delvis")', True),
        ('outcome in "afslag"', False),
        ("n in [1..3]", True),
        ("n in [1..3)", False),
        ("n in (3..5]", False),
        ("n in ([5..6], 3)", True),
        ("n in (< 2, > 2)", True),
        ("n in items", False),
        ("2 in items", True),
        ("nothing in [1..3]", None),
        ("n between 1 and 3 and yes", True),
        ('if n > 2 then "many" else "few"', "many"),
        ('if nothing then "a" else "b"', "b"),
        ('if n = 1 then "a" else if n = 3 then "c" else "d"', "c"),
        ("[1, 2] = [1, 2]", True),
        ('date("2026-02-28") < date(day)', True),
        ('date("2026-02-30")', None),
        (f'{MOMENT} = date and time("2026-03-01T09:00:00+00:00")', True),
        (f'{MOMENT} < date and time("2026-03-01T10:00:00")', None),
        ("count(items)", 3),
        ("sum(items)", 5),
        ("sum(1, n)", 4),
        ("min(items)", 1),
        ('max("b", "a")', "b"),
        ("max(1, yes)", None),
        ("floor(7 / 2)", 3),
        ("ceiling(7 / 2)", 4),
        ("abs(-n)", 3),
        ("is defined(n)", True),
        ("is defined(nothing)", False),
        ('starts with(outcome, "del")', True),
        ('ends with(outcome, "del")', False),
        ('contains(outcome, "elv")', True),
        ("contains(n, n)", None),
        ("string length(outcome)", 6),
        ("list contains(items, 2)", True),
        ('"æ \\"ø\\" \\n"', 'æ "ø" \n'),
        ("true", True),
        ("null", None),
    ],
)  # fmt: skip
def test_an_expression_says(text: str, value: object) -> None:
    said = evaluate(text, SCOPE)

    assert said == value
    assert isinstance(said, bool) == isinstance(value, bool)


@pytest.mark.parametrize(
    "text",
    [
        "", "n +", "1 2", "n = = 3", "(n", "[1..", '"open', "n & 1", "__import__('os')", "n.real",
        "items[0]", "lambda: 1",
        "x := 1", "open(1)", "eval(1)", "if n then 1", "n ** 2", "'a'", "in",
        "n in", "{a: 1}", "for x in items return x", "not n", "1..3", "n; n",
    ],
)  # fmt: skip
def test_what_is_not_in_the_language_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(text, SCOPE)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("open(1)", "Funktionen 'open' findes ikke"),
        ("n +", "slutningen"),
        ("n @ 1", "'@'"),
        ("date(1, 2, 3)", "tager 1 argument"),
    ],
)
def test_a_refusal_says_what_and_where(text: str, said: str) -> None:
    with pytest.raises(ExpressionError, match=".*".join(said.split("…"))) as refused:
        evaluate(text, SCOPE)

    assert said in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100 + "1" + ")" * 100,
        "-" * 100 + "1",
        "n + " * 700 + "n",
        " or ".join(["n in (1, 2, 3, 4, 5, 6, 7, 8, 9)"] * 60),
        "[" * 60 + "]" * 60,
    ],
)
def test_an_expression_that_is_too_large_is_refused_not_run(text: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(text, SCOPE)


def test_an_expression_ends_within_its_budget() -> None:
    scope: dict[str, object] = {"l": list(range(1000))}

    with pytest.raises(ExpressionError, match="skridt"):
        evaluate(" + ".join(["sum(l)"] * 20), scope)


def test_text_cannot_be_grown_without_end() -> None:
    with pytest.raises(ExpressionError, match="længere"):
        evaluate("t + t", {"t": "x" * 6_000})


@pytest.mark.parametrize(
    ("cell", "value", "fits"),
    [
        ("-", None, True),
        ("", 5, True),
        ('"a"', "a", True),
        ('"a", "b"', "b", True),
        ('"a"', None, False),
        ("< 14", 3, True),
        ("< 14", None, False),
        ("[1..14]", 14, True),
        ("(1..14)", 14, False),
        ("-3", -3, True),
        ('not("x")', "y", True),
        ('not("x")', "x", False),
        ('not("x", "y")', "y", False),
        ('not("x")', None, True),
        ('not("x", null)', None, False),
        ("not(null)", 1, True),
        ("not(null)", None, False),
        ("null", None, True),
        ("true", True, True),
        ("true", None, False),
        ("false", False, True),
        ("false", True, False),
        ("true", 1, False),
        ("limit", 14, True),
        ("> limit", 15, True),
        ("? > 3 and ? < 9", 5, True),
        ("? > 3 and ? < 9", 9, False),
        ("not(? = 3) and true", 4, True),
        ('contains(?, "x")', "axb", True),
        ('contains(?, "x")', "ab", False),
        ("[1, 2]", 2, True),
    ],
)
def test_a_cell_fits_a_value(cell: str, value: object, fits: bool) -> None:  # noqa: FBT001 – pytest gives it
    assert passes(parse_tests(cell), value, {"limit": 14}) is fits


@pytest.mark.parametrize("text", ["nothing", "n", "unheard_of = 1 or unheard_of < 2", '"yes"'])
def test_a_condition_that_is_neither_true_nor_false_is_an_error(text: str) -> None:
    if text.startswith("unheard_of"):
        assert truth("unheard_of = 1", SCOPE) is False
    with pytest.raises(ExpressionError, match="hverken sand eller falsk"):
        truth(text, SCOPE)


def test_the_names_an_expression_reads_are_known_without_running_it() -> None:
    text = 'if a in (b, [c..d]) then count(e) else not(f = "x") and -g < 3'

    assert names_in(parse(text)) == set("abcdefg")


def test_a_number_with_decimals_is_no_process_variable() -> None:
    assert as_variable(evaluate("7 - 2", {})) == 5
    assert as_variable(date(2026, 3, 1)) == "2026-03-01"
    with pytest.raises(ExpressionError, match="decimaler"):
        as_variable(evaluate("7 / 2", {}))


def test_the_library_evaluates_with_this_language_and_runs_nothing() -> None:
    assert isinstance(SCRIPT_ENGINE, PythonScriptEngine)
    assert isinstance(SCRIPT_ENGINE.environment, FeelEnvironment)
    environment = SCRIPT_ENGINE.environment

    assert environment.evaluate("n + 1", {"n": 1}) == 2
    with pytest.raises(ExpressionError, match="kode"):
        environment.execute("n = 1", {})
    with pytest.raises(ExpressionError, match="arbejderen"):
        environment.call_service({}, operation="x")
    with pytest.raises(ExpressionError):
        environment.evaluate("__import__('os').system('true')", {})


@given(st.text(max_size=60))
def test_no_text_makes_the_parser_do_anything_but_read_or_refuse(text: str) -> None:
    for read in (parse, parse_tests):
        with suppress(ExpressionError):
            assert read(text) is not None


words = st.sampled_from(
    ["n", "1", '"a"', "(", ")", "[", "]", "..", ",", "+", "-", "*", "/", "=", "<", ">=", "and",
     "or", "in", "if", "then", "else", "not(", "null", "true", "date(", "count(", "?", "between",
     "items"]
)  # fmt: skip


@given(st.lists(words, max_size=14).map(" ".join))
def test_whatever_can_be_read_has_an_answer_or_a_reason(text: str) -> None:
    with suppress(ExpressionError):
        answer = evaluate(text, SCOPE)
        assert answer is None or isinstance(answer, (bool, str, Decimal, date, list, dict))
