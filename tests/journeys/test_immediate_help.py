"""Help until the first payment: asked in every application, answered the same day, told always."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from app.local import demo
from app.local.driver import (
    Answer,
    approve,
    assess,
    conclude_hearing,
    help_not_needed,
    help_now,
    pay_otherwise,
    prepare_hearing,
    propose,
    tax_card,
)
from integrations.simulator import scenarios
from processes.domain.access import Actor
from processes.domain.cases import CaseState
from processes.domain.errors import RuleError, TwoPersonError
from processes.domain.letters import from_body
from processes.domain.money import Money
from processes.domain.payments import PaymentState
from processes.ports.pages import CasePage, HelpNow
from tests.journeys.conftest import World

DENMARK = ZoneInfo("Europe/Copenhagen")
WHY = "Du har 40 kr. og mangler penge til mad, til den første udbetaling kommer."
CARD = {"payment.tax_card": tax_card(rate=38, deduction="4358")}
GRANT_NOW = {
    "casework.immediate_help": help_now(WHY, amount="3000"),
    "decision.approve": approve,
    **CARD,
}
SUPPORT = {
    "casework.assess": assess(text="Betingelserne er opfyldt."),
    "decision.propose": propose("Du er blevet alene og kan ikke forsørge dig selv."),
    "decision.approve": approve,
    **CARD,
}


def apply_in_need(world: World, who: str = "anna") -> str:
    """Hand in a ready-made application that says that money is lacking now."""
    fields = {**scenarios.load("demo").applications[who], "acute_need": "ja"}
    message = demo.delivered(who, submitted_at=world.clock.now(), fields=fields)
    world.core.intake.deliver(message)
    caseworker = world.driver.team.caseworker
    return world.core.cases.search(fields["applicant_cpr"], caseworker)[0].id


def page_of(world: World, case_id: str) -> CasePage:
    return world.core.cases.page(case_id, world.driver.team.caseworker)


def text_of(page: CasePage, title: str) -> str:
    (letter,) = [each for each in page.letters if each.title == title]
    return from_body(letter.record.body).text


def test_money_is_there_the_same_day_and_the_case_goes_on_for_itself(world: World) -> None:
    case_id = apply_in_need(world)
    world.driver.rest(case_id)
    acute = {task.form_key: task for task in world.driver.open_tasks(case_id)}
    assert acute["casework.immediate_help"].priority == 2

    world.driver.work(case_id, GRANT_NOW)

    page = page_of(world, case_id)
    (row,) = page.payments
    # The whole month's deduction covers it: nothing is taxed.
    assert (row.line.gross, row.line.tax) == (Money.kroner("3000"), Money(0))
    assert row.line.disposition_on.isoformat() == "2026-03-02"
    assert row.state is PaymentState.SETTLED
    assert page.decisions == []
    assert page.case.state is CaseState.RAISED
    (voucher,) = page.vouchers
    assert {entry["text"].split(" ")[0] for entry in voucher.entries} == {"Engangshjælp", "Til"}
    assert "3.000,00\u00a0kr." in text_of(page, "Du får engangshjælp")
    assert "casework.assess" in world.forms(case_id)


def test_the_ordinary_letter_says_how_it_was_answered_and_the_deduction_is_had_once(
    world: World,
) -> None:
    case_id = apply_in_need(world)
    world.driver.work(case_id, GRANT_NOW)

    world.driver.work(case_id, SUPPORT)
    world.driver.rest(case_id)

    page = page_of(world, case_id)
    assert "Du har fået engangshjælp" in text_of(page, "Du får kontanthjælp")
    (decision,) = page.decisions
    assert decision.number.endswith("-2")
    monthly = next(row.line for row in page.payments if row.line.decision_id == decision.id)
    left = Money.kroner("4358") - Money.kroner("3000")
    assert monthly.tax == (monthly.gross - left).share(380_000).down_to_krone()


def test_the_letter_of_who_lacks_nothing_says_so_too(world: World) -> None:
    case_id = world.apply("anna")

    world.driver.work(case_id, SUPPORT)

    page = page_of(world, case_id)
    said = text_of(page, "Du får kontanthjælp")
    assert "Du har selv oplyst, at du ikke mangler penge" in said
    assert "casework.immediate_help" not in {task.form_key for task in page.tasks}


def test_the_application_is_not_assessed_before_the_question_is_answered(world: World) -> None:
    case_id = apply_in_need(world)
    world.driver.rest(case_id)

    with pytest.raises(RuleError, match="engangshjælp"):
        world.driver.work(case_id, {"casework.assess": SUPPORT["casework.assess"]})

    world.driver.work(
        case_id, {"casework.immediate_help": help_not_needed("Anna har lånt af sin søster.")}
    )
    world.driver.work(case_id, SUPPORT)
    said = text_of(page_of(world, case_id), "Du får kontanthjælp")
    assert "Anna har lånt af sin søster." in said


def test_a_refusal_is_heard_decided_by_two_and_told_in_both_letters(world: World) -> None:
    case_id = apply_in_need(world)
    world.driver.work(
        case_id,
        {
            "casework.immediate_help": help_now("Du har 20.000 kr. på en konto.", amount=None),
            "casework.prepare_hearing": prepare_hearing,
        },
    )
    page = page_of(world, case_id)
    assert page.decisions == []
    assert "engangshjælp" in text_of(page, "Sig din mening, før vi afgør din sag")

    world.move(days=17)
    world.driver.work(
        case_id,
        {
            "casework.hearing_lapsed": conclude_hearing("Intet svar; kontoen står fast."),
            "decision.propose": propose("Du har 20.000 kr. på en konto og kan klare dig."),
            "decision.approve": approve,
        },
    )

    page = page_of(world, case_id)
    assert "Hvis du vil klage" in text_of(page, "Du kan ikke få engangshjælp")
    assert page.payments == []
    world.driver.work(case_id, SUPPORT)
    said = text_of(page_of(world, case_id), "Du får kontanthjælp")
    assert "Du har fået afslag på engangshjælp" in said


def test_who_assessed_the_need_does_not_approve_it(world: World) -> None:
    case_id = apply_in_need(world)
    world.driver.work(case_id, {"casework.immediate_help": GRANT_NOW["casework.immediate_help"]})
    (task,) = [each for each in world.driver.open_tasks(case_id) if each.role == "approver"]
    with world.core.env.uow(world.driver.team.approver.municipality_id) as uow:
        ctx = world.core.env.context(uow, world.driver.team.caseworker)
        verb = world.core.env.register.verb("decision.approve")
        with pytest.raises(TwoPersonError):
            verb(ctx, task, {"approved": True, "reason": ""})

    assert page_of(world, case_id).payments == []


def test_no_more_than_the_ceiling_is_given(world: World) -> None:
    case_id = apply_in_need(world)

    with pytest.raises(RuleError, match=r"højst være 7\.131,00"):
        world.driver.work(case_id, {"casework.immediate_help": help_now(WHY, amount="7131.01")})


def test_after_the_banks_cut_off_the_money_is_there_the_next_banking_day(world: World) -> None:
    case_id = apply_in_need(world)
    world.clock.move_to(datetime(2026, 3, 6, 14, 5, tzinfo=DENMARK))

    world.driver.work(case_id, GRANT_NOW)

    (row,) = page_of(world, case_id).payments
    assert row.line.disposition_on.isoformat() == "2026-03-09"


def test_who_has_no_account_gets_the_money_at_the_desk_and_it_is_posted_as_cash(
    world: World,
) -> None:
    case_id = apply_in_need(world)
    world.driver.work(
        case_id,
        {**GRANT_NOW, "casework.immediate_help": help_now(WHY, amount="3000", payout="kasse")},
    )
    assert "payment.pay_otherwise" in world.forms(case_id)

    world.driver.work(
        case_id,
        {"payment.pay_otherwise": pay_otherwise(way="kasse", reference="K-17", note="Set pas.")},
    )
    world.driver.rest(case_id)

    page = page_of(world, case_id)
    (row,) = page.payments
    assert row.state is PaymentState.SETTLED
    accounts = {entry["account"] for each in page.vouchers for entry in each.entries}
    assert accounts == {"5.57.73.007", "8.22.01"}
    assert world.control("received")["payments"] == []


def test_the_task_shows_what_must_be_known(world: World) -> None:
    case_id = apply_in_need(world)
    (task,) = [
        each for each in world.driver.rest(case_id) if each.form_key == "casework.immediate_help"
    ]

    page = world.core.inbox.open(task.id, world.driver.team.caseworker)

    assert isinstance(page.help_now, HelpNow)
    assert page.help_now.first_payment_on.isoformat() == "2026-03-31"
    assert page.help_now.until_on.isoformat() == "2026-03-30"
    assert page.help_now.ceiling is not None
    assert page.help_now.ceiling.is_provisional
    # 7.131 kr. over 31 days, 29 of them from the 2nd to the 30th, whole kroner down.
    assert page.help_now.ceiling.suggested == Money.kroner("6670")


# ---- a case that stops --------------------------------------------------------------------------

UNTIL: dict[str, Mapping[str, Answer]] = {
    "casework.immediate_help": {},
    "decision.approve": {"casework.immediate_help": GRANT_NOW["casework.immediate_help"]},
    "payment.tax_card": {
        "casework.immediate_help": GRANT_NOW["casework.immediate_help"],
        "decision.approve": approve,
    },
}
"""Where help now can wait: the need is open, the second person has it, the money is to be sent."""


@pytest.mark.parametrize("form", UNTIL)
def test_a_withdrawn_application_stops_help_now_too(world: World, form: str) -> None:
    case_id = apply_in_need(world)
    world.driver.work(case_id, UNTIL[form])
    assert form in world.forms(case_id)
    decided = [row.title for row in page_of(world, case_id).letters]

    world.core.life.withdraw(case_id, "Jeg har lånt penge.", citizen_of(world, "anna"))
    world.driver.rest(case_id)

    page = page_of(world, case_id)
    assert page.case.state is CaseState.CLOSED
    assert world.forms(case_id) == []
    assert page.payments == []
    assert not page.incidents
    told = [row.title for row in page.letters]
    assert sorted(told) == sorted([*decided, "Ansøgningen om kontanthjælp er trukket tilbage"])


@pytest.mark.parametrize("form", UNTIL)
def test_after_a_death_help_now_is_neither_decided_nor_paid(world: World, form: str) -> None:
    case_id = apply_in_need(world)
    world.driver.work(case_id, UNTIL[form])
    assert form in world.forms(case_id)
    before = len(page_of(world, case_id).letters)

    told = {"who": "anna", "kind": "doedsfald", "on": "2026-03-02"}
    world.core.life.deliver(world.control("person_event", told)["body"].encode())
    world.driver.rest(case_id)

    page = page_of(world, case_id)
    assert world.forms(case_id) == ["casework.death"]
    assert page.payments == []
    assert len(page.letters) == before
    assert not page.incidents


def citizen_of(world: World, who: str) -> Actor:
    return demo.citizen(world.registers.simulator.world.people[who].cpr)


def test_a_need_nobody_looked_at_in_time_is_told_to_the_team_lead_and_stays_open(
    world: World,
) -> None:
    case_id = apply_in_need(world)
    world.driver.rest(case_id)

    world.move(days=1)

    late = {task.form_key: task for task in world.driver.open_tasks(case_id)}
    assert late["casework.help_overdue"].role == "team_lead"
    assert late["casework.help_overdue"].priority == 2
    assert "casework.immediate_help" in late, "the need itself is still to be looked at"
    world.driver.work(
        case_id,
        {"casework.help_overdue": lambda _page: {"note": "Mette ringer nu."}, **GRANT_NOW},
    )
    notes = [each.text for each in page_of(world, case_id).notes]
    assert any("ikke vurderet i tide. Mette ringer nu." in each for each in notes)
    assert "casework.help_overdue" not in world.forms(case_id)
