"""Repayment, money management and claims: seen, raised with a reason, and called off."""

from collections.abc import Callable

from processes.domain.matters import MatterKind
from tests.web.client import Client, words
from tests.web.fake_core import FakeCore

Login = Callable[[str], Client]
CASE = "/sager/sag-1/krav"


def test_the_page_of_a_case_shows_claim_bills_and_who_gets_the_money(karin: Client) -> None:
    page = karin.get(CASE)

    assert page.heading == "Krav og administration"
    assert any("Tilbagebetaling" in words(each) for each in page.all("h2"))
    assert "2026-000123-T1" in page.text
    assert "Egekøb Boligforening" in page.text
    assert "2.500,00" in page.text


def test_a_question_is_raised_with_a_kind_a_person_and_a_reason(
    karin: Client, world: FakeCore
) -> None:
    page = karin.get(CASE)
    answers = {"kind": "tilbagebetaling", "party": "anna", "cause": "eIndkomst viser løn."}

    refused = karin.send_and_see(page, CASE, {}, status=422)
    karin.send(page, CASE, answers)

    assert refused.problems()
    assert world.repayments.raised == [(MatterKind.REPAYMENT, "anna", "eIndkomst viser løn.")]


def test_what_the_citizen_calls_off_is_handed_on(karin: Client, world: FakeCore) -> None:
    karin.send(karin.get(CASE), "/saerskilt/administration-1/opsig", {})

    assert world.repayments.called_off == ["administration-1"]


def test_finance_sees_each_claim_with_what_is_left_and_what_became_of_it(as_user: Login) -> None:
    finance = as_user("finn")

    every = finance.get("/krav")
    one = finance.get("/krav/krav-1")

    assert "Anna Eksempel" in every.text
    assert "2.500,00" in every.text
    assert "FORDRINGSTYPE_UKENDT" in one.text
    assert "ikke bekræftet" in one.text
    assert "500,00" in one.text
