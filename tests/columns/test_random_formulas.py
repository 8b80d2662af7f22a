"""Any formula, not only the law's: both run-times give the same, and more known is never less."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from app.law import load_rates
from processes.columns.batch import Batch, ColumnRules
from processes.columns.compiling import as_number
from processes.columns.people import population_of
from processes.domain.facts import Fact, FactKind, FactValue
from processes.domain.money import Money
from processes.domain.periods import Month, Period
from processes.domain.rates import Confidence
from processes.domain.rules.book import Rule, RuleBook
from processes.domain.rules.language import Kind, Raw, parse
from processes.domain.rules.run import Run
from tests.builders.facts import UNKNOWN, a_fact, known

RATES = load_rates()
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
"""No shrinking: a formula is short enough to read, and shrinking one takes minutes."""
MONTH = Month(2026, 3)
VALID = Period(date(2025, 1, 1))

LEAVES = {
    Kind.MONEY: (
        "kr(0)", "oere(1)", 'kr("12,50")', "fact.formue", "fact.anden_indtaegt",
        "rate.kh.grundsats", "rate.ingen.sats", "spread(fact.feriepenge)",
    ),
    Kind.NUMBER: (
        "0", "3", "fact.hjemmeboende_boern", "age(fact.foedselsdato)",
        "months_since(fact.foedselsdato)", "days_since(fact.foedselsdato)", "days", "days_in_month",
    ),
    Kind.SHARE: ("ppm(333333)", 'percent("8")'),
    Kind.YES_NO: (
        "yes", "no", "fact.reelt_enlig", "fact.staar_til_raadighed", "is_none(fact.formue)",
        "said(fact.ferie)", "happened(fact.doed)",
    ),
    Kind.WORD: ('"gift"', '"ugift"', "fact.civilstand", "fact.ferie"),
    Kind.DAY: ("first_day", 'day("1996-02-29")', "fact.foedselsdato"),
}  # fmt: skip

FACTS: dict[FactKind, st.SearchStrategy[FactValue | None]] = {
    FactKind.WEALTH: st.one_of(st.none(), st.integers(-500, 3_000_000).map(Money)),
    FactKind.OTHER_INCOME: st.one_of(st.none(), st.integers(0, 3_000_000).map(Money)),
    FactKind.HOLIDAY_PAY: st.integers(0, 100_000).map(Money),
    FactKind.CHILDREN_AT_HOME: st.one_of(st.none(), st.integers(0, 5)),
    FactKind.BIRTH_DATE: st.dates(date(1930, 1, 1), date(2020, 12, 31)),
    FactKind.SINGLE: st.one_of(st.none(), st.booleans()),
    FactKind.AVAILABLE: st.booleans(),
    FactKind.MARITAL_STATUS: st.sampled_from(["gift", "ugift", "enke"]),
    FactKind.HOLIDAY: st.sampled_from(["aftalt", "ikke_aftalt"]),
    FactKind.DEAD: st.dates(date(2026, 2, 20), date(2026, 4, 10)),
}


M, N, S, Y, D = Kind.MONEY, Kind.NUMBER, Kind.SHARE, Kind.YES_NO, Kind.DAY

WORKED: dict[Kind, tuple[tuple[str, tuple[Kind, ...]], ...]] = {
    M: (
        ("({} + {})", (M, M)),
        ("({} - {})", (M, M)),
        ("(-{} * 3)", (M,)),
        ("({} * fact.hjemmeboende_boern)", (M,)),
        ("min({}, {}, kr(500))", (M, M)),
        ("max({}, {})", (M, M)),
        ("share({}, {})", (M, S)),
        ("part({}, 7, 31)", (M,)),
        ("part({}, days, days_in_month)", (M,)),
        ('round_to({}, kr(50), "nearest")', (M,)),
        ('round_to({}, kr(1), "up")', (M,)),
        ('round_to({}, kr(1), "down")', (M,)),
    ),
    N: (
        ("({} + {})", (N, N)),
        ("how_many({}, {})", (M, M)),
        ("age({})", (D,)),
        ("max({}, 0)", (N,)),
    ),
    Y: (
        ("({} and {})", (Y, Y)),
        ("({} or {} or {})", (Y, Y, Y)),
        ("(not {})", (Y,)),
        ("all_of({}, {})", (Y, Y)),
        ("any_of({}, {})", (Y, Y)),
        ("({} < {} <= {})", (M, M, M)),
        ("({} >= {})", (N, N)),
        ("({} > {})", (D, D)),
        ("({} == {})", (M, M)),
        ("({} != {})", (Y, Y)),
        ('(fact.civilstand in ("gift", "aftalt"))', ()),
        ('(fact.civilstand != "enke")', ()),
    ),
}
"""Formulas with holes, and the type of each hole."""

DEEPEST = 4


def _chosen(kind: Kind) -> tuple[tuple[str, tuple[Kind, ...]], ...]:
    return (
        ("if_({}, {}, {})", (Y, kind, kind)),
        ("if_({}, {}, {}, {}, {})", (Y, kind, Y, kind, kind)),
        ("choose(fact.civilstand, gift={}, enke={}, otherwise={})", (kind, kind, kind)),
        ('require({}, fact.formue, "Mangler.", {})', (Y, kind)),
    )


@st.composite
def formulas(draw: st.DrawFn, kind: Kind, depth: int = DEEPEST) -> str:
    """Draw a formula of a type."""
    if depth == 0 or (depth < DEEPEST and draw(st.integers(0, 3)) == 0):
        return draw(st.sampled_from(LEAVES[kind]))
    template, holes = draw(st.sampled_from((*WORKED.get(kind, ()), *_chosen(kind))))
    return template.format(*(draw(formulas(each, depth - 1)) for each in holes))


@dataclass(frozen=True)
class Case:
    """A formula and what is known, some of it by nobody."""

    text: str
    facts: tuple[Fact, ...]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from([Kind.MONEY, Kind.NUMBER, Kind.YES_NO, Kind.WORD]))
    facts: list[Fact] = []
    for fact, values in FACTS.items():
        know = draw(st.integers(0, 4))
        if know == 0:
            continue
        value = UNKNOWN if know == 1 else draw(values)
        valid = MONTH.period() if fact is FactKind.HOLIDAY_PAY else VALID
        facts.append(a_fact(fact, value, valid=valid))
    return Case(draw(formulas(kind)), tuple(facts))


def a_book(text: str) -> RuleBook:
    return RuleBook(
        [
            Rule(
                "proeve.regel", 1, VALID, "LAS § 1", "Prøve", "En prøve.", Confidence.HIGH,
                parse(text),
            )
        ]
    )  # fmt: skip


def a_run(book: RuleBook, facts: tuple[Fact, ...]) -> Run:
    return Run(
        "anna", who="ansøgeren", month=MONTH, facts=known(*facts), rates=RATES, rules=book, given={}
    )


def scalar(book: RuleBook, facts: tuple[Fact, ...]) -> Raw | None:
    return a_run(book, facts).result("proeve.regel").raw


@settings(max_examples=200, phases=PHASES)
@given(cases(), cases())
def test_any_formula_gives_the_same_for_one_and_for_many(one: Case, other: Case) -> None:
    book = a_book(one.text)
    runs = [a_run(book, one.facts), a_run(book, other.facts)]

    batch = Batch(population_of(runs), MONTH, rates=RATES, rules=ColumnRules(book))
    column = batch.result("proeve.regel")

    raws = [run.result("proeve.regel").raw for run in runs]
    got = zip(column.whole(2).tolist(), column.mask(2).tolist(), strict=True)
    assert [value if is_known else None for value, is_known in got] == [
        None if raw is None else as_number(raw) for raw in raws
    ]


@settings(max_examples=150, phases=PHASES)
@given(cases(), st.data())
def test_more_known_facts_never_make_an_answer_another_one(case: Case, data: st.DataObject) -> None:
    # What nobody said is an answer to said, happened and spread, so those facts stay.
    kept = {FactKind.HOLIDAY, FactKind.HOLIDAY_PAY, FactKind.DEAD}
    fewer = tuple(
        fact for fact in case.facts if fact.kind in kept or data.draw(st.booleans(), fact.kind)
    )
    book = a_book(case.text)

    with_fewer = scalar(book, fewer)

    if with_fewer is not None:
        assert scalar(book, case.facts) == with_fewer


@given(cases(), st.randoms())
def test_the_order_facts_came_in_changes_nothing(case: Case, random) -> None:  # type: ignore[no-untyped-def] – hypothesis' own random
    shuffled = list(case.facts)
    random.shuffle(shuffled)
    book = a_book(case.text)

    assert scalar(book, tuple(shuffled)) == scalar(book, case.facts)


@given(cases())
def test_unknown_says_what_is_missing_and_known_does_not(case: Case) -> None:
    result = a_run(a_book(case.text), case.facts).result("proeve.regel")

    assert (result.raw is None) == bool(result.missing)
    assert all(each.sentence.endswith((".", "!")) for each in result.missing)
