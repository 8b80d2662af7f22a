"""Typed in by a person: a spouse nobody named, days of their own, and a register that came back."""

from datetime import date

import pytest

from processes.domain.cases import PartyRole, Protection
from processes.domain.errors import RuleError
from processes.domain.facts import FactAnswer, FactKind, FactStatus, SourceKind
from processes.domain.identifiers import Cpr
from processes.domain.money import Money
from processes.domain.periods import Period
from processes.domain.registers import SpouseAnswer
from processes.ports.pages import TaskPage
from tests.journeys.conftest import World
from tests.journeys.test_registers import page_of, typed, wait_out_the_retries

CAMILLA = Cpr.parse("8109901238")


def open_page(world: World, case_id: str, form_key: str) -> TaskPage:
    task = next(each for each in world.driver.open_tasks(case_id) if each.form_key == form_key)
    return world.core.inbox.open(task.id, world.driver.team.caseworker)


@pytest.fixture
def silent(world: World) -> str:
    """A case whose applicant CPR cannot be asked about."""
    world.misbehave("cpr", "down")
    case_id = world.apply("anna")
    wait_out_the_retries(world)
    assert world.forms(case_id) == ["casework.register_data"]
    return case_id


def test_a_spouse_typed_in_is_party_with_source_and_the_case_goes_on(
    world: World, silent: str
) -> None:
    page = open_page(world, silent, "casework.register_data")
    spouse = SpouseAnswer(
        CAMILLA, "Camilla Riis", ("Solbakken 21", "9999 Egekøb"), Protection.NORMAL
    )
    values = {**typed(marital_status="gift")(page), "spouse": spouse}

    world.core.inbox.complete(page.task.id, values, world.driver.team.caseworker)
    world.driver.settle()

    case = page_of(world, silent)
    added = next(each for each in case.case.parties if each.role is PartyRole.SPOUSE)
    assert (added.cpr, added.name) == (CAMILLA, "Camilla Riis")
    known = {row.kind: row.fact for row in case.facts if row.party_id == added.id and row.fact}
    assert known[FactKind.BIRTH_DATE].value == CAMILLA.birth_date
    marital = known[FactKind.MARITAL_STATUS]
    assert (marital.value, marital.source.kind) == ("gift", SourceKind.CASEWORKER)
    assert "vielsesattest" in marital.source.evidence
    assert "casework.assess" in world.forms(silent)


def test_the_applicant_cannot_be_their_own_spouse(world: World, silent: str) -> None:
    page = open_page(world, silent, "casework.register_data")
    own = page.case.primary_party.cpr
    spouse = SpouseAnswer(own, "Anna", ("Torvet 1",), Protection.NORMAL)

    with pytest.raises(RuleError, match="ansøgerens eget"):
        world.core.inbox.complete(
            page.task.id,
            {**typed()(page), "spouse": spouse},
            world.driver.team.caseworker,
        )


def test_a_register_that_is_back_while_somebody_types_is_shown_in_the_task(
    world: World, silent: str
) -> None:
    before = open_page(world, silent, "casework.register_data")
    assert before.answered_registers == ()
    world.misbehave("cpr", "normal")
    world.move(hours=7)

    page = open_page(world, silent, "casework.register_data")

    assert page.answered_registers == ("CPR",)
    (marital,) = [
        row.fact for row in page.facts if row.kind is FactKind.MARITAL_STATUS and row.fact
    ]
    assert marital.source.name == "CPR"
    assert world.forms(silent) == ["casework.register_data"], "nobody has two tasks about it"
    by = world.driver.team.caseworker
    unseen = {**typed()(page), "answered_registers": ()}
    with pytest.raises(RuleError, match="CPR har svaret, siden du åbnede"):
        world.core.inbox.complete(page.task.id, unseen, by)
    seen = {**typed()(page), "answers": (), "people": (), "answered_registers": ("CPR",)}
    world.core.inbox.complete(page.task.id, seen, by)
    world.driver.settle()
    (after,) = [
        row.fact
        for row in page_of(world, silent).facts
        if row.kind is FactKind.MARITAL_STATUS and row.fact
    ]
    assert after.source.kind is SourceKind.REGISTER, "the register's word stays the register's"


def test_a_holiday_counts_for_its_own_days_and_a_change_from_its_own_day(world: World) -> None:
    case_id = world.apply("anna")
    world.driver.settle()
    page = open_page(world, case_id, "casework.assess")
    anna = page.case.primary_party.id
    days = Period(date(2026, 3, 16), date(2026, 3, 21))
    values = {
        "answers": (
            FactAnswer(anna, FactKind.SINGLE, FactStatus.VALUE, value=False),
            FactAnswer(anna, FactKind.WORK_INCOME, FactStatus.VALUE, Money(100_000)),
            FactAnswer(anna, FactKind.HOLIDAY, FactStatus.VALUE, "aftalt", days),
        ),
        "valid_from": date(2026, 3, 16),
        "discretion": True,
        "text": "Flyttede sammen med en kæreste den 16.",
    }

    world.core.inbox.complete(page.task.id, values, world.driver.team.caseworker)

    with world.core.env.uow(page.case.municipality_id) as uow:
        said = {
            fact.kind: fact.valid
            for fact in uow.facts.of_case(case_id)
            if fact.source.kind is SourceKind.CASEWORKER
        }
    assert said[FactKind.SINGLE] == Period(date(2026, 3, 16))
    assert said[FactKind.HOLIDAY] == days
    # A sum of a whole month begins with the month.
    assert said[FactKind.WORK_INCOME] == Period(date(2026, 3, 1))
