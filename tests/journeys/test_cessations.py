"""Help ends by a decision that was sent: on the citizen's wish, or heard and decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from app.local import demo
from app.local.driver import Answer, Values, approve, conclude_hearing, prepare_hearing, propose
from processes.domain.cases import CaseState
from processes.domain.cessations import Cessation, CessationGround, CessationState
from processes.domain.decisions import DecidedLine
from processes.domain.errors import ConflictError, RuleError, SafeguardError
from processes.domain.money import Money
from processes.domain.periods import Month
from processes.ports.pages import TaskPage
from tests.journeys.conftest import World
from tests.journeys.test_life import GRANT, citizen, page_of

MAY = date(2026, 5, 1)


def review(choice: str = "stopper", **changes: object) -> Answer:
    def answered(page: TaskPage) -> Values:
        asked = page.cessation
        assert asked is not None
        return {
            "choice": choice,
            "ground": asked.ground.value,
            "ends_on": asked.ends_on,
            "conclusion": "Set på sagens papirer.",
            **changes,
        }

    return answered


ENDED: Mapping[str, Answer] = {
    "cessations.review": review(),
    "casework.prepare_hearing": prepare_hearing,
    "casework.hearing_lapsed": conclude_hearing("Borgeren har ikke svaret."),
    "decision.propose": propose("Du har ikke længere ret til hjælpen."),
    "decision.approve": approve,
}


def a_recipient(world: World) -> str:
    case_id = world.apply("anna")
    world.driver.work(case_id, GRANT)
    world.move(days=35)
    return case_id


def wish(world: World, case_id: str, ends_on: date = MAY) -> None:
    world.core.cessations.wish(
        case_id, CessationGround.JOB, ends_on, "Jeg begynder i en butik.", citizen(world, "anna")
    )
    world.driver.settle()


def reason(world: World, case_id: str) -> None:
    party = page_of(world, case_id).case.primary_party.id
    world.core.cessations.begin(
        case_id,
        party,
        CessationGround.WEALTH,
        MAY,
        "Kontoudtog viser en arv.",
        world.driver.team.caseworker,
    )
    world.driver.settle()


def cessation_of(world: World, case_id: str) -> Cessation:
    return world.core.cessations.of_case(case_id, world.driver.team.caseworker).rows[0]


def test_the_citizens_own_wish_is_decided_without_a_hearing_and_stops_help_from_its_month(
    world: World,
) -> None:
    case_id = a_recipient(world)

    wish(world, case_id)
    assert world.forms(case_id) == ["cessations.review"]
    world.driver.work(case_id, ENDED)

    page = page_of(world, case_id)
    decision = page.decisions[0]
    party = page.case.primary_party.id
    assert decision.lines == (DecidedLine(party, Month(2026, 5), Money(0)),)
    assert decision.hearing_exception.startswith("Parten har selv bedt om")
    assert decision.sent_at is not None
    assert cessation_of(world, case_id).state is CessationState.DECIDED
    assert "Din kontanthjælp stopper" in [row.title for row in page.letters]
    assert not page.incidents
    with world.core.env.uow(demo.MUNICIPALITY.id) as uow:
        assert uow.runs.has_running(Month(2026, 4))


def test_a_reason_of_the_municipality_is_heard_first_and_a_deadline_stops_nothing(
    world: World,
) -> None:
    case_id = a_recipient(world)
    reason(world, case_id)

    world.driver.work(case_id, ENDED, until="casework.hearing_lapsed")
    world.move(days=30)

    assert world.forms(case_id) == ["casework.hearing_lapsed"]
    assert len(page_of(world, case_id).decisions) == 1
    world.driver.work(case_id, ENDED)
    decision = page_of(world, case_id).decisions[0]
    assert decision.hearing_id is not None
    assert decision.lines[0].amount == Money(0)


def test_a_wish_that_a_caseworker_changes_is_heard(world: World) -> None:
    case_id = a_recipient(world)
    wish(world, case_id, ends_on=date(2026, 6, 1))

    world.driver.work(case_id, {"cessations.review": review(ends_on=MAY)})

    assert world.forms(case_id) == ["casework.prepare_hearing"]


def test_a_reason_cannot_be_decided_without_a_hearing_or_words_why_not(world: World) -> None:
    case_id = a_recipient(world)
    reason(world, case_id)
    known = {**ENDED, "casework.prepare_hearing": lambda page: {
        **prepare_hearing(page), "facts_unknown_to_party": False}}  # fmt: skip

    with pytest.raises((RuleError, SafeguardError), match="høres"):
        world.driver.work(case_id, known)


def test_help_goes_on_when_a_person_finds_so(world: World) -> None:
    case_id = a_recipient(world)
    before = page_of(world, case_id).case.state
    wish(world, case_id)

    world.driver.work(case_id, {"cessations.review": review("fortsaetter")})

    assert cessation_of(world, case_id).state is CessationState.DROPPED
    assert page_of(world, case_id).case.state is before
    assert world.forms(case_id) == []


def test_one_end_at_a_time_from_the_first_of_a_month_that_is_not_over(world: World) -> None:
    case_id = a_recipient(world)

    with pytest.raises(RuleError, match="den første i en måned"):
        wish(world, case_id, ends_on=date(2026, 5, 15))
    with pytest.raises(RuleError, match="en måned, der er gået"):
        wish(world, case_id, ends_on=date(2026, 3, 1))
    wish(world, case_id)
    with pytest.raises(ConflictError, match="allerede et ophør"):
        wish(world, case_id)


def test_the_case_closes_three_months_after_and_not_before(world: World) -> None:
    case_id = a_recipient(world)
    wish(world, case_id)
    world.driver.work(case_id, ENDED)

    world.move(days=100)
    assert page_of(world, case_id).case.state is not CaseState.CLOSED
    world.move(days=20)

    assert page_of(world, case_id).case.state is CaseState.CLOSED
