"""A month's income: equal is nobody's task; more is heard and decided before help is lower."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import pytest

from app.local import demo
from app.local.driver import (
    Answer,
    Values,
    approve,
    assess,
    conclude_hearing,
    prepare_hearing,
    propose,
)
from integrations.simulator import scenarios
from processes.domain.access import Actor
from processes.domain.calculation import Outcome
from processes.domain.decisions import DecidedLine
from processes.domain.errors import RuleError
from processes.domain.incomes import Difference, FindingState, IncomeFinding
from processes.domain.money import Money
from processes.domain.periods import DENMARK, Month
from processes.ports.pages import TaskPage
from tests.journeys.conftest import World
from tests.journeys.test_life import GRANT, page_of

APRIL, MAY = Month(2026, 4), Month(2026, 5)


def difference(choice: str, **amounts: object) -> Answer:
    def answered(_page: TaskPage) -> Values:
        return {
            "choice": choice,
            "work": None,
            "other": None,
            "conclusion": "Lønsedlen er set.",
            **amounts,
        }

    return answered


REASSESSED: Mapping[str, Answer] = {
    "incomes.difference": difference("register"),
    "casework.assess": assess(text="Lønnen i april regnes med.", work_income=Money(0)),
    "casework.prepare_hearing": prepare_hearing,
    "casework.hearing_lapsed": conclude_hearing("Borgeren har ikke svaret."),
    "decision.propose": propose("Du fik løn i april. Det over fribeløbet trækkes fra."),
    "decision.approve": approve,
    "casework.overpaid": lambda _page: {"note": "Sag om tilbagebetaling oprettes."},
}


def apply(world: World, who: str) -> str:
    """Hand in Anna's application as somebody else's."""
    ready, person = scenarios.load("demo"), scenarios.load("demo").people[who]
    fields = {**ready.applications["anna"], "applicant_cpr": person.cpr}
    world.core.intake.deliver(demo.delivered(who, submitted_at=world.clock.now(), fields=fields))
    return world.core.cases.search(person.cpr, world.driver.team.caseworker)[0].id


def a_month_later(world: World, who: str) -> str:
    """Let somebody have help since March, and come to after April has been reported."""
    case_id = apply(world, who)
    world.driver.work(case_id, GRANT)
    world.clock.move_to(datetime(2026, 5, 12, 8, tzinfo=DENMARK))
    world.driver.settle()
    return case_id


def look(world: World) -> None:
    world.core.incomes.start_due(demo.MUNICIPALITY.id)
    world.driver.settle()


def findings(world: World, case_id: str) -> list[IncomeFinding]:
    with world.core.env.uow(demo.MUNICIPALITY.id) as uow:
        return list(uow.incomes.findings_of_case(case_id))


def lines_of(world: World, case_id: str) -> tuple[DecidedLine, ...]:
    return page_of(world, case_id).decisions[0].lines


def test_an_income_nobody_told_of_is_found_and_is_a_task(world: World) -> None:
    case_id = a_month_later(world, "preben")

    look(world)

    (found,) = findings(world, case_id)
    assert (found.difference, found.month) == (Difference.MORE, APRIL)
    # 6.200 kr. less 496 kr. AM contribution and 33 kr. ATP.
    assert found.work == Money.kroner("5671")
    assert found.hours_hundredths == 3800
    assert world.forms(case_id) == ["incomes.difference"]
    assert lines_of(world, case_id) == (
        DecidedLine(found.party_id, Month(2026, 3), Money.kroner("14201")),
    )


def test_more_income_is_heard_and_decided_before_the_month_is_lower(world: World) -> None:
    case_id = a_month_later(world, "preben")
    look(world)

    world.driver.work(case_id, {key: it for key, it in REASSESSED.items()
                                if key != "casework.assess"})  # fmt: skip
    assert world.forms(case_id) == ["casework.assess"]
    world.driver.work(case_id, {**REASSESSED, "casework.assess": lambda page: {
        "answers": (), "discretion": True, "text": "Lønnen i april regnes med."}})  # fmt: skip
    assert lines_of(world, case_id)[0].amount == Money.kroner("14201")
    assert len(page_of(world, case_id).decisions) == 1
    world.move(days=20)
    world.driver.work(case_id, REASSESSED)

    decision = page_of(world, case_id).decisions[0]
    assert decision.outcome is Outcome.PARTIAL
    assert decision.hearing_id is not None
    # 5.671 kr. less the 2.500 kr. that are free are taken in April; May is as it was.
    assert [(line.from_month, line.amount) for line in decision.lines] == [
        (Month(2026, 3), Money.kroner("14201")),
        (APRIL, Money.kroner("11030")),
        (MAY, Money.kroner("14201")),
    ]
    assert findings(world, case_id)[0].state is FindingState.REGISTER_COUNTS
    assert not page_of(world, case_id).incidents


def test_what_was_told_may_count_and_nothing_changes(world: World) -> None:
    case_id = a_month_later(world, "preben")
    look(world)

    world.driver.work(case_id, {"incomes.difference": difference("oplyst")})

    assert world.forms(case_id) == []
    assert findings(world, case_id)[0].state is FindingState.TOLD_COUNTS
    assert len(page_of(world, case_id).decisions) == 1


def test_an_equal_month_is_nobodys_task(world: World) -> None:
    case_id = a_month_later(world, "anna")

    look(world)

    assert findings(world, case_id) == []
    assert world.forms(case_id) == []
    (row,) = world.core.incomes.all(world.driver.team.finance)
    assert (row.figures.asked, row.figures.findings, row.figures.unanswered) == (1, 0, 0)


def test_a_month_is_looked_at_once_and_not_before_it_is_reported(world: World) -> None:
    a_month_later(world, "anna")

    first = world.core.incomes.start_due(demo.MUNICIPALITY.id)
    again = world.core.incomes.start_due(demo.MUNICIPALITY.id)

    assert first is not None
    assert again is None
    world.clock.move_to(datetime(2026, 6, 2, 8, tzinfo=DENMARK))
    assert world.core.incomes.start_due(demo.MUNICIPALITY.id) is None
    by: Actor = world.driver.team.finance
    with pytest.raises(RuleError, match="ikke gået endnu"):
        world.core.incomes.start(Month.of(date(2026, 6, 2)), by)


def test_a_register_that_is_away_for_good_is_a_task_and_changes_nobodys_help(
    world: World,
) -> None:
    case_id = a_month_later(world, "preben")
    world.misbehave("eindkomst", "fault")

    look(world)
    for _ in range(40):
        world.move(hours=4)

    (row,) = world.core.incomes.all(world.driver.team.finance)
    assert row.figures.unanswered == 1
    assert [task.form_key for task in world.driver.open_tasks(row.check.case_id)] == [
        "incomes.unanswered"
    ]
    assert findings(world, case_id) == []
