"""A sanction: asked for, heard, decided, sent – and only then taken, in the months the law says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from app.local import demo
from app.local.driver import Answer, Values, approve, conclude_hearing, prepare_hearing, propose
from processes.domain.access import Actor
from processes.domain.cases import CaseState
from processes.domain.deductions import DecidedDeduction
from processes.domain.errors import RuleError
from processes.domain.hearings import HearingState
from processes.domain.money import Money
from processes.domain.periods import Month
from processes.domain.sanction_cases import SanctionRequest, SanctionState, Told
from processes.domain.sanctions import Group, Paragraph
from processes.ports.pages import TaskPage
from tests.journeys.conftest import World
from tests.journeys.test_life import GRANT, citizen, page_of, tell_cpr

AWAY_ON, BACK_ON = date(2026, 3, 16), date(2026, 3, 19)
NO_ANSWER = "Borgeren har ikke svaret. Jobcentret har ikke hørt om en grund."
CONDITIONS: Values = {
    "had_duty": True,
    "guided_on": date(2026, 2, 3),
    "convened_correctly": True,
    "group": "jobparat",
    "personal_contact_tried": None,
    "furthers_availability": None,
    "reason": "",
    "contact_on": BACK_ON,
    "sharpened_guided_on": None,
    "spouse_guided_on": None,
    "choice": "gaa_videre",
    "conclusion": "Indkaldelsen lå i Digital Post den 2. marts.",
}


def conditions(**changes: object) -> Answer:
    def answered(_page: TaskPage) -> Values:
        return {**CONDITIONS, **changes}

    return answered


def ground(word: str) -> Answer:
    def answered(_page: TaskPage) -> Values:
        return {"ground": word, "conclusion": "Der er ikke oplyst en grund."}

    return answered


ASKED: Mapping[str, Answer] = {"sanctions.conditions": conditions(),
                               "casework.prepare_hearing": prepare_hearing}  # fmt: skip
SANCTIONED: Mapping[str, Answer] = {
    **ASKED,
    "casework.hearing_reply": conclude_hearing("Svaret ændrer ikke oplysningerne."),
    "casework.hearing_lapsed": conclude_hearing(NO_ANSWER),
    "sanctions.ground": ground("ingen_rimelig_grund"),
    "decision.propose": propose("Du kom ikke til jobsamtalen og havde ingen rimelig grund."),
    "decision.approve": approve,
}


def a_recipient(world: World, who: str = "anna") -> str:
    """Let somebody have running help, and go on to after the missed interview."""
    case_id = world.apply(who)
    world.driver.work(case_id, GRANT)
    assert page_of(world, case_id).case.state is not CaseState.INFORMED
    world.move(days=18)
    return case_id


def ask_for(world: World, who: str = "anna", **more: object) -> bytes:
    """Let the jobcentre ask for a sanction, through Beskedfordeler."""
    wanted = {"who": who, "on": f"{AWAY_ON}", "contact_on": f"{BACK_ON}", **more}
    body: str = world.control("sanction_request", wanted)["body"]
    return world.core.sanctions.deliver(body.encode())


def requests_of(world: World, case_id: str) -> list[SanctionRequest]:
    rows = world.core.sanctions.of_case(case_id, world.driver.team.caseworker).rows
    return [row.request for row in rows]


def taken(world: World, case_id: str) -> list[DecidedDeduction]:
    with world.core.env.uow(demo.MUNICIPALITY.id) as uow:
        return list(uow.deductions.of_case(case_id))


def events_sent(world: World, case_id: str) -> list[str]:
    with world.core.env.uow(demo.MUNICIPALITY.id) as uow:
        return [
            str(item.body["kind"])
            for item in uow.outbox.of_case(case_id)
            if item.topic == "send.event"
        ]


def test_a_sanction_is_heard_decided_and_sent_before_anything_is_taken(world: World) -> None:
    case_id = a_recipient(world)

    ask_for(world)
    world.driver.work(case_id, SANCTIONED)
    assert taken(world, case_id) == []
    (hearing,) = page_of(world, case_id).hearings
    assert hearing.state is HearingState.SENT
    world.move(days=20)  # Easter lies between
    world.driver.work(case_id, SANCTIONED)

    (request,) = requests_of(world, case_id)
    assert request.state is SanctionState.DECIDED
    (each,) = taken(world, case_id)
    # Three days at 600 kr., by Anna's help of 14.201 kr. April is the first month that is paid
    # after the letter.
    assert (each.deduction.amount, each.deduction.from_month) == (
        Money.kroner("1800"),
        Month(2026, 4),
    )
    assert each.decision.sent_at is not None
    assert each.decision.hearing_id == hearing.id
    assert events_sent(world, case_id)[-1] == "sanktion.afgjort"
    assert not page_of(world, case_id).incidents


def test_the_letter_says_paragraph_hearing_reasons_months_and_how_to_complain(
    world: World,
) -> None:
    case_id = a_recipient(world)
    ask_for(world)
    world.driver.work(case_id, SANCTIONED)
    (hearing,) = page_of(world, case_id).hearings
    world.core.citizen.answer_hearing(hearing.id, "Jeg glemte tiden.", citizen(world, "anna"))
    world.driver.work(case_id, SANCTIONED)

    (letter,) = [
        row for row in page_of(world, case_id).letters if row.title == "Du får en sanktion"
    ]
    body = str(letter.record.body)
    for said in (
        "1.800",
        "§\\xa037",
        "Jeg glemte tiden.",
        "havde ingen rimelig grund",
        "tidligst i hjælpen for april 2026, og senest i hjælpen for juni 2026",
        "Ankestyrelsen",
    ):
        assert said in body, said


def test_a_deadline_that_runs_out_lowers_nothing(world: World) -> None:
    case_id = a_recipient(world)
    ask_for(world)
    world.driver.work(case_id, ASKED)

    world.move(days=30)

    assert world.forms(case_id) == ["casework.hearing_lapsed"]
    assert taken(world, case_id) == []
    assert requests_of(world, case_id)[0].is_open


def test_after_three_whole_months_the_request_lapses_for_good(world: World) -> None:
    case_id = a_recipient(world)
    ask_for(world)
    world.driver.work(case_id, ASKED)

    world.move(days=110)

    (request,) = requests_of(world, case_id)
    assert request.state is SanctionState.LAPSED
    assert world.forms(case_id) == []
    assert taken(world, case_id) == []
    (hearing,) = page_of(world, case_id).hearings
    assert hearing.state is HearingState.DROPPED
    assert events_sent(world, case_id)[-1] == "sanktion.bortfaldet"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"guided_on": date(2025, 8, 1)}, "vejledt skriftligt"),
        ({"guided_on": None}, "uvist"),
        ({"had_duty": False}, "Pligten gjaldt"),
        ({"convened_correctly": None}, "Indkaldelsen"),
        ({"contact_on": None}, "kontakt igen"),
        ({"group": "aktivitetsparat"}, "personlig kontakt"),
    ],
    ids=["guided_too_long_ago", "guidance_unknown", "no_duty", "unknown", "away", "group"],
)
def test_nobody_is_heard_while_a_condition_is_not_known_to_be_met(
    world: World, change: Mapping[str, object], said: str
) -> None:
    case_id = a_recipient(world)
    ask_for(world)

    with pytest.raises(RuleError, match=said):
        world.driver.work(case_id, {"sanctions.conditions": conditions(**change)})

    assert world.forms(case_id) == ["sanctions.conditions"]


def test_a_reasonable_ground_ends_it_and_the_jobcentre_is_told(world: World) -> None:
    case_id = a_recipient(world)
    ask_for(world)
    world.driver.work(case_id, ASKED)
    (hearing,) = page_of(world, case_id).hearings
    world.core.citizen.answer_hearing(hearing.id, "Mit barn var sygt.", citizen(world, "anna"))

    world.driver.work(case_id, {**SANCTIONED, "sanctions.ground": ground("rimelig_grund")})

    assert requests_of(world, case_id)[0].state is SanctionState.DROPPED
    assert taken(world, case_id) == []
    assert events_sent(world, case_id)[-1] == "sanktion.ingen_sanktion"


def test_the_same_message_twice_is_one_request(world: World) -> None:
    case_id = a_recipient(world)
    body = world.control(
        "sanction_request", {"who": "anna", "on": f"{AWAY_ON}", "contact_on": f"{BACK_ON}"}
    )["body"]

    for _ in range(2):
        world.core.sanctions.deliver(body.encode())
    world.driver.settle()

    assert len(requests_of(world, case_id)) == 1
    assert world.forms(case_id) == ["sanctions.conditions"]


def test_a_request_that_comes_too_late_is_nobodys_task(world: World) -> None:
    case_id = a_recipient(world)
    world.move(days=110)

    ask_for(world)
    world.driver.settle()

    assert requests_of(world, case_id)[0].state is SanctionState.DROPPED
    assert world.forms(case_id) == []


def test_a_request_that_is_taken_back_ends_the_hearing(world: World) -> None:
    case_id = a_recipient(world)
    ask_for(world)
    world.driver.work(case_id, ASKED)
    (request,) = requests_of(world, case_id)

    by: Actor = world.driver.team.caseworker
    world.core.sanctions.withdraw(case_id, request.id, "Forkert person indkaldt.", by)
    world.driver.settle()

    assert requests_of(world, case_id)[0].state is SanctionState.DROPPED
    assert world.forms(case_id) == []
    assert page_of(world, case_id).hearings[0].state is HearingState.DROPPED


def test_a_death_ends_it(world: World) -> None:
    case_id = a_recipient(world)
    ask_for(world)
    world.driver.work(case_id, ASKED)

    tell_cpr(world, "anna", "doedsfald", date(2026, 3, 19))
    world.driver.settle()

    assert requests_of(world, case_id)[0].state is SanctionState.DROPPED
    assert taken(world, case_id) == []


def test_what_a_caseworker_types_in_is_a_request_like_the_jobcentres(world: World) -> None:
    case_id = a_recipient(world)
    told = Told(Paragraph.INTERVIEW, AWAY_ON, Group.JOB_READY, "Ringet ind af jobcentret.")
    party = page_of(world, case_id).case.primary_party.id

    world.core.sanctions.ask_for(case_id, party, told, world.driver.team.caseworker)
    world.driver.settle()

    assert world.forms(case_id) == ["sanctions.conditions"]
