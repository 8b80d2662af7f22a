"""A part month and the whole months after it, from application to payment, on real rows."""

from datetime import timedelta

from app.local import demo
from app.local.driver import approve, assess, propose, tax_card
from integrations.simulator import scenarios
from processes.domain.letters import from_body
from processes.domain.money import Money
from processes.domain.payments import PaymentState
from processes.domain.periods import Month
from tests.journeys.conftest import World

GRANT = {
    "casework.assess": assess(text="Betingelserne er opfyldt."),
    "decision.propose": propose("Du er blevet ledig og kan ikke forsørge dig selv."),
    "decision.approve": approve,
    "payment.tax_card": tax_card(rate=38, deduction="4358"),
}


def apply_on_the_16th(world: World) -> str:
    """Hand in Anna's application on 16 March, for help from that day."""
    world.move(days=14)
    today = world.clock.now().date()
    fields = {
        **scenarios.load("demo").applications["anna"],
        "contact_on": today.isoformat(),
        "requested_from": today.isoformat(),
    }
    world.core.intake.deliver(
        demo.delivered("anna", submitted_at=world.clock.now() - timedelta(minutes=5), fields=fields)
    )
    caseworker = world.driver.team.caseworker
    return world.core.cases.search(fields["applicant_cpr"], caseworker)[0].id


def test_half_a_month_is_decided_told_and_paid_and_the_running_amount_is_decided_too(
    world: World,
) -> None:
    case_id = apply_on_the_16th(world)

    world.driver.work(case_id, GRANT)
    world.driver.rest(case_id)

    page = world.core.cases.page(case_id, world.driver.team.caseworker)
    (decision,) = page.decisions
    (row,) = page.payments
    (letter,) = page.letters
    # (13.060 + 1.141) x 16/31, then (13.060 + 1.141); (7.329,55 - 4.358) x 38 % = 1.129,18
    assert [(line.from_month, line.amount) for line in decision.lines] == [
        (Month(2026, 3), Money.kroner("7329.55")),
        (Month(2026, 4), Money.kroner("14201")),
    ]
    assert (row.line.month, row.line.gross) == (Month(2026, 3), Money.kroner("7329.55"))
    assert row.line.tax == Money.kroner("1129")
    assert row.state is PaymentState.SETTLED
    text = from_body(letter.record.body).text
    assert "7.329,55\u00a0kr. før skat for 16.–31. marts 2026" in text
    assert "14.201,00\u00a0kr. om måneden før skat fra april 2026" in text
    assert "Regler i dette brev, der ikke er bekræftet" in text
    assert not page.incidents


def test_the_mark_of_the_divisor_survives_being_saved_and_is_read_aloud(world: World) -> None:
    case_id = apply_on_the_16th(world)
    world.driver.work(case_id, {"casework.assess": GRANT["casework.assess"]})

    caseworker = world.driver.team.caseworker
    calculation = world.core.cases.page(case_id, caseworker).calculation
    lines = world.core.cases.explain(case_id, caseworker)

    assert calculation is not None
    assert calculation.months[0].is_part
    assert [rule.id for rule in calculation.provisional_rules] == ["kh.deling_af_maaned@1"]
    marked = [line.label for line in lines if line.mark == "ikke bekræftet"]
    assert any(label.startswith("Anna") for label in marked)
    assert any("Sådan regnes en del af en måned" in label for label in marked)
