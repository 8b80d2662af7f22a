"""What CPR and eIndkomst know reaches the core in its own types."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from integrations.cpr import PersonLookup
from integrations.income import IncomeLookup
from processes.domain.errors import OutsideError
from processes.domain.identifiers import Cpr
from processes.domain.money import Money
from processes.domain.periods import Month
from processes.ports.gateways import MaritalStatus
from tests.integrations.conftest import EGEKOEB, NABOKOEB, NOON, Outside, StoppedClock

Gateway = Callable[..., Any]
WINTER = [Month(2025, 12), Month(2026, 1), Month(2026, 2), Month(2026, 3)]


# --- CPR ------------------------------------------------------------------------------------


def test_a_person_has_name_address_and_municipality(gateway: Gateway) -> None:
    anna = gateway(PersonLookup).look_up(Cpr("7205911142"), municipality_cvr=EGEKOEB)

    assert anna.name == "Anna Lindegaard Toft"
    assert anna.address_lines == ("Bøgevænget 4, 2. tv", "9999 Egekøb")
    assert anna.municipality_code == 999
    assert anna.marital_status is MaritalStatus.UNMARRIED
    assert (anna.spouse, anna.children, anna.protected) == (None, (), False)
    assert (anna.dead_on, anna.emigrated_on, anna.moved_to_denmark_on) == (None, None, None)
    assert anna.call.answered_at == NOON


def test_a_family_is_known_from_both_sides(gateway: Gateway, outside: Outside) -> None:
    lookup = gateway(PersonLookup)

    bo = lookup.look_up(Cpr(outside.cpr("bo")), municipality_cvr=EGEKOEB)
    camilla = lookup.look_up(bo.spouse, municipality_cvr=EGEKOEB)

    assert camilla.spouse == bo.cpr
    assert bo.marital_status is MaritalStatus.MARRIED
    assert bo.children == camilla.children == (Cpr("7406154414"), Cpr("6211194219"))


@pytest.mark.parametrize(
    ("key", "field", "value"),
    [
        ("maria", "protected", True),
        ("niels", "dead_on", date(2026, 1, 10)),
        ("oskar", "emigrated_on", date(2025, 9, 1)),
        ("oskar", "address_lines", ()),
        ("oskar", "municipality_code", 0),
        ("samira", "moved_to_denmark_on", date(2021, 8, 15)),
        ("elin", "municipality_code", 998),
        ("ulla", "marital_status", MaritalStatus.WIDOWED),
        ("mikkel", "marital_status", MaritalStatus.PARTNERSHIP),
        ("astrid", "marital_status", MaritalStatus.DIVORCED),
    ],
)
def test_what_matters_to_a_case_is_told(
    key: str, field: str, value: object, gateway: Gateway, outside: Outside
) -> None:
    person = gateway(PersonLookup).look_up(Cpr(outside.cpr(key)), municipality_cvr=EGEKOEB)

    assert getattr(person, field) == value


def test_every_person_of_the_world_can_be_read(gateway: Gateway, outside: Outside) -> None:
    lookup = gateway(PersonLookup)

    for person in outside.world.people.values():
        assert lookup.look_up(Cpr(person.cpr), municipality_cvr=EGEKOEB).name == person.name


def test_a_number_not_in_use_is_not_found_and_not_asked_for_again(
    gateway: Gateway, outside: Outside
) -> None:
    with pytest.raises(OutsideError) as raised:
        gateway(PersonLookup).look_up(Cpr(outside.world.not_in_use[0]), municipality_cvr=EGEKOEB)

    assert (raised.value.code, raised.value.retryable) == ("not_found", False)
    assert outside.world.not_in_use[0] not in str(raised.value)


def test_one_lookup_serves_many_threads(gateway: Gateway, outside: Outside) -> None:
    lookup = gateway(PersonLookup, attempts=1)
    people = list(outside.world.people.values()) * 3

    def name_of(cpr: str) -> str:
        name: str = lookup.look_up(Cpr(cpr), municipality_cvr=EGEKOEB).name
        return name

    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(name_of, [person.cpr for person in people]))

    assert names == [person.name for person in people]


# --- eIndkomst ------------------------------------------------------------------------------


def test_no_line_is_known_to_be_no_income(gateway: Gateway, outside: Outside) -> None:
    answer = gateway(IncomeLookup).income_of(
        Cpr(outside.cpr("anna")), months=WINTER, municipality_cvr=EGEKOEB
    )

    assert answer.lines == ()
    assert answer.call.answered_at == NOON


def test_a_wage_has_its_amounts_hours_and_day_of_payment(
    gateway: Gateway, outside: Outside
) -> None:
    answer = gateway(IncomeLookup).income_of(
        Cpr(outside.cpr("karen")), months=WINTER, municipality_cvr=EGEKOEB
    )

    assert [str(line.month) for line in answer.lines] == [
        "2025-12",
        "2026-01",
        "2026-02",
        "2026-03",
    ]
    january = answer.lines[1]
    assert january.employer_cvr == "98000011"
    assert january.gross == Money.kroner("24000.00")
    assert january.am_contribution == Money.kroner("1920.00")
    assert january.atp == Money.kroner("99.00")
    assert january.withheld_tax == Money.kroner("6280.00")
    assert january.hours_hundredths == 16033
    assert january.kind == "loen"
    assert january.paid_on == date(2026, 1, 30)


def test_only_the_months_asked_for_are_answered(gateway: Gateway, outside: Outside) -> None:
    answer = gateway(IncomeLookup).income_of(
        Cpr(outside.cpr("karen")),
        months=[Month(2025, 12), Month(2026, 2)],
        municipality_cvr=EGEKOEB,
    )

    assert [str(line.month) for line in answer.lines] == ["2025-12", "2026-02"]


def test_a_benefit_is_told_by_its_kind(gateway: Gateway, outside: Outside) -> None:
    answer = gateway(IncomeLookup).income_of(
        Cpr(outside.cpr("viggo")), months=WINTER, municipality_cvr=EGEKOEB
    )

    assert {(line.kind, line.hours_hundredths) for line in answer.lines} == {("sygedagpenge", None)}


def test_no_month_is_no_question(gateway: Gateway) -> None:
    with pytest.raises(ValueError, match="at least one month"):
        gateway(IncomeLookup).income_of(Cpr("7205911142"), months=[], municipality_cvr=EGEKOEB)


@pytest.fixture
def seldom(edge: Outside, clock: StoppedClock) -> Callable[[str], Any]:
    lookup = IncomeLookup(edge.url, clock=clock)
    return lambda key: (
        lookup.income_of(Cpr(edge.cpr(key)), months=WINTER, municipality_cvr=NABOKOEB).lines
    )


def test_a_report_taken_back_counts_negative(seldom: Callable[[str], Any]) -> None:
    lines = seldom("retro")

    assert [line.gross.oere for line in lines] == [2_400_000, -2_400_000, 2_250_000]
    assert [line.hours_hundredths for line in lines] == [16033, -16033, 15025]
    assert sum(line.withheld_tax.oere for line in lines) == 571_050


def test_two_employers_in_a_month_are_two_lines(seldom: Callable[[str], Any]) -> None:
    lines = seldom("two_jobs")

    assert [(line.employer_cvr, line.gross.oere, line.hours_hundredths) for line in lines] == [
        ("98000003", 420_050, None),
        ("98000011", 800_000, 5000),
    ]


def test_income_without_am_contribution_and_b_income_are_told_apart(
    seldom: Callable[[str], Any],
) -> None:
    lines = seldom("b_income")

    assert [(line.kind, line.gross.oere) for line in lines] == [
        ("b_indkomst", 100_000),
        ("uddannelseshjaelp", 821_100),
    ]
