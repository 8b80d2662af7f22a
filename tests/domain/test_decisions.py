"""Decisions: two persons, no own case, lines whenever the amount changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from processes.domain.calculation import Calculation, Line, Missing, Node, Outcome, PersonMonth
from processes.domain.decisions import (
    DecidedLine,
    appeal_instruction,
    approve,
    check_impartial,
    decided_lines,
    issue,
    legal_basis,
    send_back,
)
from processes.domain.errors import (
    ConflictError,
    NotAllowedError,
    RuleError,
    TwoPersonError,
    UnknownFactError,
)
from processes.domain.money import Money
from processes.domain.periods import Month
from tests.builders.cases import MARCH, NOW, a_proposal

APRIL = MARCH.next()
MAY = APRIL.next()


def a_month(kroner: int, month: Month = MARCH, *, party_id: str = "anna") -> PersonMonth:
    amount = Money.kroner(kroner)
    node = Node("rule", "kh.sats@1", "Grundbeløb", amount, law="LAS § 16")
    lines = (Line("forhoejet_sats", "Forhøjet sats", amount, node),) if kroner else ()
    return PersonMonth(party_id, month, (), lines, ())


def a_calculation(*months: PersonMonth, outcome: Outcome = Outcome.GRANTED) -> Calculation:
    return Calculation(
        id="beregning-1",
        case_id="sag-1",
        application_id="ansoegning-1",
        made_at=NOW,
        known_at=NOW,
        rule_versions=("kh.sats@1",),
        months=months,
        notes=(),
        outcome=outcome,
    )


def issued(outcome: Outcome, *months: PersonMonth):  # type: ignore[no-untyped-def] – a shorthand
    return issue(
        a_proposal(outcome=outcome, approved_by="gerda"),
        a_calculation(*months, outcome=outcome),
        decision_id="afgoerelse-1",
        number="2026-000123-1",
        municipality_name="Egekøb Kommune",
        contributors=["karin", "system"],
        at=NOW,
    )


@pytest.mark.parametrize("who", ["karin", "jonas", ""])
def test_whoever_worked_on_it_may_not_approve(who: str) -> None:
    with pytest.raises(TwoPersonError):
        approve(a_proposal(proposed_by="karin"), by=who, contributors={"jonas"}, at=NOW)


def test_somebody_else_may_approve_once() -> None:
    approved = approve(a_proposal(), by="gerda", contributors={"jonas"}, at=NOW)

    assert approved.approved_by == "gerda"
    with pytest.raises(ConflictError):
        approve(approved, by="hans", contributors=(), at=NOW)


def test_a_proposal_is_sent_back_with_what_must_be_changed() -> None:
    returned = send_back(a_proposal(), by="gerda", reason=" Formuen er ikke dokumenteret. ")

    assert returned.returned_reason == "Formuen er ikke dokumenteret."
    with pytest.raises(ConflictError):
        approve(returned, by="gerda", contributors=(), at=NOW)


def test_a_proposal_is_not_sent_back_without_a_reason_or_by_its_maker() -> None:
    with pytest.raises(RuleError, match="hvad der skal ændres"):
        send_back(a_proposal(), by="gerda", reason=" ")
    with pytest.raises(TwoPersonError):
        send_back(a_proposal(proposed_by="karin"), by="karin", reason="Forkert.")


@pytest.mark.parametrize(("own", "relatives"), [("a1", []), ("x", ["b2"])])
def test_nobody_decides_their_own_or_a_relatives_case(own: str, relatives: list[str]) -> None:
    with pytest.raises(NotAllowedError):
        check_impartial(own_digest=own, relatives=relatives, parties=["a1", "b2"])


def test_an_unknown_number_matches_nobody() -> None:
    check_impartial(own_digest="", relatives=[""], parties=["", "a1"])


def test_a_person_gets_a_line_whenever_the_amount_changes() -> None:
    lines = decided_lines(a_calculation(a_month(100), a_month(100, APRIL), a_month(90, MAY)))

    assert lines == (
        DecidedLine("anna", MARCH, Money.kroner(100)),
        DecidedLine("anna", MAY, Money.kroner(90)),
    )


def test_nothing_after_something_is_a_line_of_zero_and_nothing_before_is_no_line() -> None:
    lines = decided_lines(a_calculation(a_month(0), a_month(100, APRIL), a_month(0, MAY)))

    assert lines == (
        DecidedLine("anna", APRIL, Money.kroner(100)),
        DecidedLine("anna", MAY, Money(0)),
    )


def test_what_is_not_known_cannot_be_decided() -> None:
    missing = Missing("anna", "formue", "Det vides ikke.")
    month = replace(a_month(100), missing=(missing,))

    with pytest.raises(UnknownFactError):
        decided_lines(a_calculation(month, outcome=Outcome.UNKNOWN))


def test_a_decision_names_people_as_contributors_and_never_the_system() -> None:
    decision = issued(Outcome.GRANTED, a_month(100))

    assert decision.contributors == ("karin",)
    assert decision.approved_by == "gerda"
    assert decision.valid_from == MARCH.first_day
    assert decision.sent_at is None


def test_a_refusal_has_no_lines() -> None:
    decision = issued(Outcome.REFUSED, a_month(0))

    assert decision.lines == ()
    assert decision.valid_from is None


def test_a_proposal_on_another_calculation_or_outcome_is_refused() -> None:
    with pytest.raises(ConflictError):
        issue(
            a_proposal(outcome=Outcome.GRANTED),
            a_calculation(a_month(0), outcome=Outcome.REFUSED),
            decision_id="x",
            number="x",
            municipality_name="x",
            contributors=(),
            at=NOW,
        )


def test_the_appeal_instruction_says_where_when_and_how() -> None:
    text = appeal_instruction("Egekøb Kommune")

    for word in ("Egekøb Kommune", "4 uger", "skriftligt eller mundtligt", "Ankestyrelsen"):
        assert word in text


def test_the_legal_basis_is_the_calculations() -> None:
    assert legal_basis(a_calculation(a_month(100))) == ("LAS § 16",)
