"""A whole month, from planned to reconciled, with what goes wrong on the way."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from app.local import town
from app.local.month import LANDLORD, SECOND, MonthPlay
from processes.domain.errors import ConflictError, RuleError, TwoPersonError
from processes.domain.runs import Verdict
from tests.journeys.conftest import World

RUNBOOK = Path(__file__).resolve().parents[2] / "docs" / "runbook.md"
HERE = 999


def a_month(world: World, citizens: int = 16) -> MonthPlay:
    """Return a month about to begin; nobody has planned it yet."""
    play = MonthPlay(world.core, world.driver, world.clock.move_to, world.control)
    play.settle_in(citizens)
    return play


def until_reviewed(play: MonthPlay) -> None:
    play.look_for_blockers()
    play.freeze()
    play.review()


def recomputed(world: World) -> dict[str, int]:
    """Run the runbook's own statements, as the application's role."""
    section = RUNBOOK.read_text().partition("### The monthly run")[2].partition("\n## ")[0]
    found: dict[str, int] = {}
    statements = re.findall(r"```sql\n(.*?)```", section, flags=re.DOTALL)
    with world.core.env.uow(HERE) as uow:
        for statement in statements:
            asked = text(statement.replace(":month", "CAST(:month AS date)").rstrip().rstrip(";"))
            row = uow.session.execute(asked, {"month": date(2026, 3, 1)}).mappings().one()  # type: ignore[attr-defined]
            found |= {key: int(value or 0) for key, value in row.items()}
    return found


def test_a_month_agrees_to_the_oere_and_the_runbook_finds_the_same_sums(world: World) -> None:
    figures = a_month(world).play()

    assert figures == recomputed(world)
    assert figures["lines"] == figures["calculated"] == 16
    # Two without a tax card and one who died are held; one more was, and was released.
    assert (figures["held"], figures["sent"], figures["rejected"]) == (3, 13, 1)
    assert figures["refund_basis"] == figures["paid_gross"] - figures["sanction"]
    assert 0 < figures["refund_state"] < figures["refund_basis"]
    assert figures["claimed"] > 0
    assert figures["book_differences"] == 0
    # The bank had said nothing of one payment, and the landlord's account was closed.
    assert figures["differences_at_first"] == 2
    assert figures["differences_when_ended"] == figures["differences"] == 0
    assert figures["paid_cost"] == figures["posted_gross"] > 0
    assert figures["paid_income"] == figures["reported_gross"] > 0
    assert (figures["sanction"], figures["set_off"]) == (700_00, 1_550_00)
    assert figures["others"] == figures["others_paid"] == figures["administration"] == 4_000_00
    taken = world.control("received")
    assert sum(each["amount_oere"] for each in taken["payments"]) == (
        # What was turned down was ordered twice.
        figures["paid_net"] + figures["rejected_net"] + 2 * figures["others_paid"]
    )
    others = [each for each in taken["payments"] if each.get("payee_other")]
    assert {(each["payee_name"], each["text"], each["payee_cpr"]) for each in others} == {
        (LANDLORD.name, "Husleje 2026-03", "")
    }
    assert len(taken["vouchers"]) == figures["paid"]
    # The town's first month had not been reported: what is left is caught up with.
    assert len(taken["reports"]) == figures["paid"] + 16


def test_somebody_who_earned_money_is_paid_as_decided_until_a_decision_says_less(
    world: World,
) -> None:
    play = a_month(world)
    play.disturb()
    play.look_for_blockers()
    play.freeze()

    earned = town.party_id(play.people[SECOND])
    found = play.core.runs.page(play.run_id, play.finance, kind="lavere").items
    item = next(each for each in found if each.line.grant.party_id == earned)

    assert item.result is not None
    assert item.result.calculated is not None
    assert item.result.calculated < item.line.grant.amount == item.result.gross
    assert item.may_go


def test_a_run_with_undecided_exceptions_cannot_be_called_ready(world: World) -> None:
    play = a_month(world)
    play.look_for_blockers()
    play.freeze()

    with pytest.raises(RuleError, match="2 undtagelser er ikke afgjort"):
        play.finish("run.review", {"note": ""}, play.finance)


def test_who_decided_about_a_payment_cannot_approve_the_run(world: World) -> None:
    play = a_month(world)
    play.look_for_blockers()
    play.freeze()
    for item in play.page(which="aabne").items:
        play.core.runs.rule(item.line.id, Verdict.HELD, "Skattekortet mangler.", play.lead)
    play.finish("run.review", {"note": "I orden."}, play.finance)

    with pytest.raises(TwoPersonError):
        play.finish("run.approve", {"approved": True, "reason": ""}, play.lead)


def test_what_cannot_be_paid_cannot_be_released_before_it_is_put_right(world: World) -> None:
    play = a_month(world)
    play.look_for_blockers()
    play.freeze()
    lacking = play.page(which="aabne").items[0]
    with pytest.raises(RuleError, match="Beregn igen"):
        play.core.runs.rule(lacking.line.id, Verdict.RELEASED, "Borgeren venter.", play.finance)

    play.give_tax_card(lacking.line.grant.party_id)
    play.core.runs.calculate_again(lacking.line.id, play.finance)

    again = play.core.runs.line(lacking.line.id, play.finance).item
    assert again.may_go
    assert again.result is not None
    assert again.result.version == 1


def test_a_run_can_be_stopped_until_the_bank_has_it_and_not_later(world: World) -> None:
    play = a_month(world)
    until_reviewed(play)
    play.approve()

    play.core.runs.stop(play.run_id, "Satsen er forkert.", play.lead)
    play.driver.settle()
    play.move_to(play.page().run.send_at)
    play.driver.settle()

    assert play.page().run.sent_at is None
    assert [task.form_key for task in play.page().tasks if task.role == "finance"] == ["run.review"]
    play.finish("run.review", {"note": "Satsen var rigtig."}, play.finance)
    play.approve()
    play.driver.settle()
    assert play.page().figures.ordered == 13
    with pytest.raises(ConflictError, match="sendt til banken"):
        play.core.runs.stop(play.run_id, "For sent.", play.lead)


def test_a_voucher_the_ledger_turns_down_goes_again_when_the_account_is_open(
    world: World,
) -> None:
    play = a_month(world, citizens=12)
    world.control("ledger_account", {"account": "5.57.73.007", "open": False})
    until_reviewed(play)
    play.approve()
    play.send()
    play.take_receipts()
    figures = play.page().figures
    assert [task.form_key for task in play.page().tasks] == ["run.vouchers"]

    world.control("ledger_account", {"account": "5.57.73.007", "open": True})
    play.finish("run.vouchers", {"note": "Kontoen er åbnet."}, play.finance)

    assert len(world.control("received")["vouchers"]) == figures.settled
    assert play.page().run.ended_at is not None


def test_planning_a_month_twice_gives_one_run(world: World) -> None:
    play = a_month(world, citizens=3)
    play.look_for_blockers()

    assert play.core.runs.plan(play.page().run.month, play.finance) == play.run_id


def test_a_month_plans_itself_where_there_is_something_to_pay(world: World) -> None:
    assert world.core.runs.plan_ahead(HERE) is None
    play = a_month(world, citizens=3)

    play.run_id = world.core.runs.plan_ahead(HERE) or ""

    assert play.page().run.started_by == "system"
    assert world.core.runs.plan_ahead(HERE) is None


def test_a_batch_that_is_worked_twice_writes_the_same_once(world: World) -> None:
    """Its lease ran out, and two workers did it: one of them finds it done."""
    play = a_month(world, citizens=5)
    play.look_for_blockers()
    play.move_to(play.page().run.freeze_at)
    play.freeze()
    with world.core.env.uow(HERE) as uow:
        item = next(each for each in uow.outbox.of_case(f"run.calculate:{play.run_id}:beregn:0"))
        sender = world.core.env.register.sender("run.calculate")
        ctx = world.core.env.context(uow)
        sender.run(
            ctx, sender.ask(world.core.env.gateways, sender.prepare(ctx, item.body)), item.body
        )
        uow.commit()

    assert play.page().figures.calculated == 5
    assert {each.done for each in play.page().phases if each.name == "Beregn"} == {1}
