"""What bank, ledger or post will not take is somebody's task, and in the end is done once."""

from dataclasses import replace

from app.local.driver import Answer
from integrations.simulator.scenarios import Person
from processes.domain.cases import CaseState
from processes.domain.payments import PaymentState
from processes.ports.pages import TaskPage
from processes.ports.records import LetterState
from tests.journeys.conftest import World
from tests.journeys.test_straight_path import GRANT, page_of

HELP_ACCOUNT = "5.57.73.007"
"""The account cash assistance is posted to."""


def solved(cause: str, note: str) -> Answer:
    """Say what was wrong and what was done."""

    def values(_page: TaskPage) -> dict[str, object]:
        return {"cause": cause, "note": note}

    return values


ACCOUNT_OPENED = solved("konto_aabnet", "Kontoen er åbnet for 2026.")


def ledger_account(world: World, *, is_open: bool) -> None:
    world.control("ledger_account", {"account": HELP_ACCOUNT, "open": is_open})


def loses_address(world: World, who: str) -> Person:
    """Let somebody move away to nowhere, as the post knows it; return what they were before."""
    people = world.registers.simulator.world.people
    before = people[who]
    people[who] = replace(before, address=None)  # type: ignore[index]  # a dict behind a Mapping
    return before


def test_a_rejected_voucher_is_a_task_of_finance_and_is_posted_once_when_it_is_solved(
    world: World,
) -> None:
    ledger_account(world, is_open=False)
    case_id = world.apply("anna")
    world.driver.work(case_id, GRANT)

    (task,) = world.driver.rest(case_id)
    assert (task.form_key, task.role) == ("payment.voucher_rejected", "finance")
    assert task.variables["rejected_because"] == "KONTO_LUKKET"
    (rejected,) = page_of(world, case_id).vouchers
    assert (rejected.rejected_reason, rejected.accepted_at) == ("KONTO_LUKKET", None)

    ledger_account(world, is_open=True)
    world.driver.work(case_id, {"payment.voucher_rejected": ACCOUNT_OPENED})
    assert world.driver.rest(case_id) == []

    page = page_of(world, case_id)
    (voucher,) = page.vouchers
    assert voucher.accepted_at is not None
    assert (voucher.rejected_reason, voucher.tries) == ("", 1)
    assert sum(int(str(entry["amount_oere"])) for entry in voucher.entries) == 0
    assert world.control("effects")["oekonomi"] == {f"voucher:{voucher.id}:1": 1}
    assert world.control("received")["payments"][0]["key"] == f"payment:{voucher.id}"
    assert page.instances[0].instance.end_element == "end_granted"
    assert any("Afvist bilag: konto_aabnet" in note.text for note in page.notes)


def test_a_voucher_that_is_rejected_again_comes_back_until_it_is_solved(world: World) -> None:
    ledger_account(world, is_open=False)
    case_id = world.apply("anna")
    world.driver.work(case_id, GRANT)
    (first,) = world.driver.rest(case_id)
    by = world.driver.team.finance

    world.core.inbox.complete(first.id, ACCOUNT_OPENED(world.core.inbox.open(first.id, by)), by)
    (second,) = world.driver.rest(case_id)
    assert (second.form_key, second.id != first.id) == (first.form_key, True)

    ledger_account(world, is_open=True)
    world.driver.work(case_id, {"payment.voucher_rejected": ACCOUNT_OPENED})
    (voucher,) = page_of(world, case_id).vouchers
    assert voucher.accepted_at is not None
    assert world.control("effects")["oekonomi"] == {f"voucher:{voucher.id}:2": 1}


def test_only_the_rejected_one_of_two_vouchers_is_sent_again(world: World) -> None:
    world.control("settle", {"hold": True})
    case_id = world.apply("bo")
    world.driver.work(case_id, GRANT)
    world.driver.rest(case_id)
    page = page_of(world, case_id)
    first, second = sorted(row.line.id for row in page.payments)
    world.control("settle", {"hold": False})
    world.misbehave("oekonomi", "fault", times=1)
    (task,) = world.driver.rest(case_id)

    assert task.form_key == "payment.voucher_rejected"
    taken = set(world.control("effects")["oekonomi"])
    assert len(taken) == 1
    world.driver.work(case_id, {"payment.voucher_rejected": ACCOUNT_OPENED})

    keys = world.control("effects")["oekonomi"]
    assert all(times == 1 for times in keys.values())
    assert {key.split(":")[1] for key in keys} == {first, second}
    assert taken < set(keys)
    assert all(voucher.accepted_at for voucher in page_of(world, case_id).vouchers)


def test_a_payment_to_a_closed_account_is_solved_by_finance_and_paid_exactly_once(
    world: World,
) -> None:
    case_id = world.apply("thomas")
    world.driver.work(case_id, GRANT)
    (task,) = world.driver.rest(case_id)
    assert (task.form_key, task.role) == ("payment.rejected", "finance")
    page = page_of(world, case_id)
    assert [(row.state, row.reason_code) for row in page.payments] == [
        (PaymentState.REJECTED, "KONTO_LUKKET")
    ]
    assert page.vouchers == []

    world.control("account", {"cpr": page.case.primary_party.cpr.digits, "open": True})
    new_account = solved("nemkonto_rettet", "Thomas har anvist en ny konto.")
    world.driver.work(case_id, {"payment.rejected": new_account})
    assert world.driver.rest(case_id) == []

    page = page_of(world, case_id)
    by_sequence = {row.line.sequence: row for row in page.payments}
    assert {number: row.state for number, row in by_sequence.items()} == {
        0: PaymentState.REJECTED,
        1: PaymentState.SETTLED,
    }
    assert by_sequence[1].line.net == by_sequence[0].line.net
    paid = [
        each["key"] for each in world.control("received")["receipts"] if each["status"] == "ACPT"
    ]
    assert paid == [f"payment:{by_sequence[1].line.id}"]
    assert [voucher.id for voucher in page.vouchers] == [by_sequence[1].line.id]
    assert page.case.state is CaseState.CARRIED_OUT


def test_a_letter_nobody_can_deliver_is_handed_over_and_only_then_is_anything_paid(
    world: World,
) -> None:
    case_id = world.apply("yrsa")
    world.driver.rest(case_id)
    loses_address(world, "yrsa")
    world.driver.work(case_id, GRANT)

    (task,) = world.driver.rest(case_id)
    page = page_of(world, case_id)
    assert (task.form_key, task.role) == ("post.undelivered", "caseworker")
    assert [row.record.reason_code for row in page.letters] == ["ADRESSE_UKENDT"]
    assert page.decisions[0].sent_at is None
    assert page.payments == []

    by_hand = solved("afleveret_paa_anden_maade", "Udleveret i borgerservice mod legitimation.")
    world.driver.work(case_id, {**GRANT, "post.undelivered": by_hand})
    assert world.driver.rest(case_id) == []

    page = page_of(world, case_id)
    (letter,) = page.letters
    assert (letter.record.state, letter.record.channel) == (LetterState.DELIVERED, "afleveret")
    assert page.decisions[0].sent_at is not None
    assert [row.state for row in page.payments] == [PaymentState.SETTLED]
    assert world.control("received")["letters"] == []


def test_a_letter_is_sent_again_when_the_address_is_right(world: World) -> None:
    case_id = world.apply("yrsa")
    world.driver.rest(case_id)
    before = loses_address(world, "yrsa")
    world.driver.work(case_id, GRANT)
    assert world.forms(case_id) == ["post.undelivered"]

    world.registers.simulator.world.people["yrsa"] = before  # type: ignore[index]  # a dict behind a Mapping
    right = solved("ny_adresse", "Borgeren har meldt flytning.")
    world.driver.work(case_id, {**GRANT, "post.undelivered": right})
    assert world.driver.rest(case_id) == []

    (letter,) = page_of(world, case_id).letters
    assert (letter.record.state, letter.record.channel) == (LetterState.DELIVERED, "fysisk_post")
    assert len(world.control("received")["letters"]) == 1


def test_who_is_exempt_from_digital_post_gets_the_same_letter_on_paper(world: World) -> None:
    case_id = world.apply("yrsa")
    world.driver.work(case_id, GRANT)
    assert world.driver.rest(case_id) == []

    (letter,) = page_of(world, case_id).letters
    (received,) = world.control("received")["letters"]
    assert (letter.record.state, letter.record.channel) == (LetterState.DELIVERED, "fysisk_post")
    assert received["channel"] == "fysisk_post"
    assert received["pdf_sha256"] == letter.record.sha256
