"""The safeguards: whatever a diagram does, nothing to a citizen's harm passes here."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processes.domain.calculation import Calculation, Node, Outcome
from processes.domain.decisions import DecidedLine, Decision
from processes.domain.errors import SafeguardError
from processes.domain.hearings import HearingState, PartyHearing
from processes.domain.money import Money
from processes.domain.payments import PaymentLine
from processes.domain.safeguards import (
    check_issue,
    check_issue_favourable,
    check_lapse,
    check_payment,
    check_same_day,
)
from tests.builders.cases import MARCH, NOW, a_decision, a_hearing, a_proposal
from tests.domain.strategies import positive_amounts
from tests.domain.test_decisions import a_calculation, a_month

EXCEPTION = "Parten har selv givet alle oplysninger, FVL § 19, stk. 1."
REFUSAL = a_calculation(a_month(0), outcome=Outcome.REFUSED)
GRANT = a_calculation(a_month(14201))


def a_line(gross: Money, decision: Decision) -> PaymentLine:
    return PaymentLine(
        id="udbetaling-1",
        plan_id="plan-1",
        case_id=decision.case_id,
        decision_id=decision.id,
        party_id="anna",
        month=MARCH,
        sequence=0,
        gross=gross,
        tax=Money(0),
        net=gross,
        disposition_on=MARCH.last_day,
        explanation=Node("rule", "betaling.netto", "Til udbetaling", gross),
    )


def decided(
    kroner: int | Money, *, outcome: Outcome = Outcome.GRANTED, **changes: object
) -> Decision:
    amount = kroner if isinstance(kroner, Money) else Money.kroner(kroner)
    decision = a_decision(outcome=outcome, lines=[DecidedLine("anna", MARCH, amount)])
    return replace(decision, **changes)  # type: ignore[arg-type] – a builder's shorthand


def ordered(
    line: PaymentLine,
    decision: Decision | None,
    *,
    last_decided: tuple[DecidedLine, ...] = (),
    calculation: Calculation = GRANT,
    provisional_allowed: bool = False,
) -> None:
    check_payment(
        line,
        decision=decision,
        last_decided=last_decided,
        calculation=calculation,
        provisional_allowed=provisional_allowed,
    )


# --- issuing ------------------------------------------------------------------------------------


def test_a_grant_with_an_approver_passes() -> None:
    check_issue(
        a_proposal(approved_by="gerda"), calculation=GRANT, hearing=None, contributors={"karin"}
    )


def test_a_refusal_passes_with_a_person_reasons_and_a_hearing() -> None:
    proposal = a_proposal(outcome=Outcome.REFUSED, approved_by="gerda", hearing_id="hoering-1")

    check_issue(proposal, calculation=REFUSAL, hearing=a_hearing(), contributors={"karin"})


def test_a_refusal_passes_without_a_hearing_only_when_the_exception_has_a_reason() -> None:
    proposal = a_proposal(outcome=Outcome.REFUSED, approved_by="gerda", hearing_exception=EXCEPTION)

    check_issue(proposal, calculation=REFUSAL, hearing=None, contributors={"karin"})


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"proposed_by": "system"}, "Systemet må ikke selv"),
        ({"proposed_by": ""}, "Systemet må ikke selv"),
        ({"reasoning": "  "}, "ingen begrundelse"),
        ({"legal_basis": ()}, "ingen hjemmel"),
        ({"legal_basis": (" ",)}, "ingen hjemmel"),
        ({"hearing_id": None}, "ikke hørt"),
        ({"hearing_id": "en-anden"}, "ikke hørt"),
        ({"hearing_id": None, "hearing_exception": "nej"}, "ikke hørt"),
        ({"approved_by": None}, "godkendes af en anden"),
        ({"approved_by": "karin"}, "selv arbejdet på sagen"),
        ({"approved_by": "jonas"}, "selv arbejdet på sagen"),
        ({"approved_by": "system"}, "selv arbejdet på sagen"),
        ({"second_person_needed": None}, "ikke afgjort, om en anden"),
        ({"calculation_id": "en-anden"}, "en anden beregning"),
        ({"outcome": Outcome.PARTIAL}, "men beregningen siger"),
        ({"outcome": Outcome.UNKNOWN}, "mangler oplysninger"),
    ],
)
def test_a_refusal_that_lacks_one_thing_is_not_issued(
    changes: dict[str, object], says: str
) -> None:
    whole = a_proposal(outcome=Outcome.REFUSED, approved_by="gerda", hearing_id="hoering-1")
    proposal = replace(whole, **changes)  # type: ignore[arg-type] – parametrised fields

    with pytest.raises(SafeguardError, match=says):
        check_issue(
            proposal, calculation=REFUSAL, hearing=a_hearing(), contributors={"karin", "jonas"}
        )


@pytest.mark.parametrize(
    "hearing",
    [
        *(a_hearing(state=state) for state in HearingState if state is not HearingState.CONCLUDED),
        a_hearing(sent_at=None),
        a_hearing(calculation_id="en-anden"),
        replace(a_hearing(), case_id="en-anden"),
    ],
    ids=lambda hearing: f"{hearing.state}-{hearing.calculation_id}-{hearing.case_id}",
)
def test_a_hearing_that_was_not_held_about_this_is_no_hearing(hearing: PartyHearing) -> None:
    proposal = a_proposal(outcome=Outcome.REFUSED, approved_by="gerda", hearing_id="hoering-1")

    with pytest.raises(SafeguardError):
        check_issue(proposal, calculation=REFUSAL, hearing=hearing, contributors={"karin"})


@given(
    outcome=st.sampled_from(Outcome),
    proposer=st.sampled_from(["karin", "system", ""]),
    approver=st.sampled_from([None, "karin", "gerda", "system", ""]),
    second=st.sampled_from([True, False, None]),
    reasoning=st.sampled_from(["", "Formuen er over grænsen."]),
    exception=st.sampled_from(["", "nej", EXCEPTION]),
    held=st.sampled_from([None, *HearingState]),
)
def test_nothing_adverse_is_ever_issued_without_person_reasons_and_hearing(
    outcome: Outcome,
    proposer: str,
    approver: str | None,
    second: bool | None,  # noqa: FBT001 – drawn
    reasoning: str,
    exception: str,
    held: HearingState | None,
) -> None:
    hearing = None if held is None else a_hearing(state=held)
    proposal = replace(
        a_proposal(outcome=outcome, proposed_by=proposer, reasoning=reasoning),
        approved_by=approver,
        second_person_needed=second,
        hearing_exception=exception,
        hearing_id="hoering-1" if hearing else None,
    )

    try:
        check_issue(
            proposal,
            calculation=a_calculation(a_month(100), outcome=outcome),
            hearing=hearing,
            contributors={"karin"},
        )
    except SafeguardError:
        return
    assert outcome is not Outcome.UNKNOWN
    if second:
        assert approver == "gerda"
    if outcome in {Outcome.REFUSED, Outcome.PARTIAL}:
        assert proposer == "karin"
        assert reasoning
        assert exception == EXCEPTION or held is HearingState.CONCLUDED


def test_the_system_may_issue_a_full_grant_and_nothing_else() -> None:
    proposal = a_proposal(proposed_by="system", second_person_needed=False)

    check_issue_favourable(proposal, calculation=GRANT)
    for outcome in (Outcome.PARTIAL, Outcome.REFUSED, Outcome.UNKNOWN):
        with pytest.raises(SafeguardError):
            check_issue_favourable(
                replace(proposal, outcome=outcome),
                calculation=a_calculation(a_month(100), outcome=outcome),
            )


# --- paying -------------------------------------------------------------------------------------


def test_what_was_decided_and_sent_may_be_paid() -> None:
    decision = decided(14201)

    ordered(a_line(Money.kroner(14201), decision), decision)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"sent_at": None}, "ikke sendt"),
        ({"id": "en-anden"}, "ingen afgørelse"),
        ({"case_id": "en-anden"}, "ingen afgørelse"),
        ({"lines": ()}, "ikke modtageren noget"),
        ({"lines": (DecidedLine("bo", MARCH, Money.kroner(14201)),)}, "ikke modtageren noget"),
        ({"lines": (DecidedLine("anna", MARCH.next(), Money.kroner(14201)),)}, "ikke modtageren"),
        ({"calculation_id": "en-anden"}, "ikke den, der er afgjort på"),
    ],
)
def test_a_payment_its_decision_does_not_carry_is_refused(
    changes: dict[str, object], says: str
) -> None:
    line = a_line(Money.kroner(14201), decided(14201))

    with pytest.raises(SafeguardError, match=says):
        ordered(line, decided(14201, **changes))


def test_a_payment_without_any_decision_is_refused() -> None:
    with pytest.raises(SafeguardError, match="ingen afgørelse"):
        ordered(a_line(Money.kroner(14201), decided(14201)), None)


@given(positive_amounts, positive_amounts)
def test_exactly_what_was_decided_is_paid_and_never_less_or_more(
    gross: Money, amount: Money
) -> None:
    decision = decided(amount)
    line = a_line(gross, decision)

    if gross == amount:
        ordered(line, decision)
    else:
        with pytest.raises(SafeguardError):
            ordered(line, decision)


@given(before=positive_amounts, now=positive_amounts, outcome=st.sampled_from(Outcome))
def test_less_than_before_is_paid_only_when_a_decision_says_so(
    before: Money, now: Money, outcome: Outcome
) -> None:
    decision = decided(now, outcome=outcome)
    last = (DecidedLine("anna", MARCH, before),)

    try:
        ordered(a_line(now, decision), decision, last_decided=last)
    except SafeguardError:
        assert now < before
        assert not decision.is_adverse
    else:
        assert now >= before or decision.is_adverse


def test_a_reduction_takes_effect_after_its_decision_was_sent_and_not_the_same_day() -> None:
    last = (DecidedLine("anna", MARCH, Money.kroner(14201)),)
    decision = decided(10000, outcome=Outcome.PARTIAL)
    line = a_line(Money.kroner(10000), decision)

    ordered(line, decision, last_decided=last)
    late = replace(decision, sent_at=NOW + timedelta(days=21))
    with pytest.raises(SafeguardError, match="hidtidige beløb"):
        ordered(line, late, last_decided=last)


@pytest.mark.parametrize(
    "changes",
    [
        {"tax": Money(1)},
        {"net": Money.kroner(14202), "tax": Money.kroner(-1)},
        {"net": Money.kroner(-1), "tax": Money.kroner(14202)},
    ],
)
def test_a_payment_whose_parts_do_not_fit_is_refused(changes: dict[str, Money]) -> None:
    decision = decided(14201)

    with pytest.raises(SafeguardError, match="passer ikke sammen"):
        ordered(replace(a_line(Money.kroner(14201), decision), **changes), decision)


def test_rates_nobody_confirmed_are_paid_only_where_they_are_allowed() -> None:
    month = a_month(14201)
    rate = Node("rate", "kh.x.2026", "Sats", Money.kroner(14201), derived=True)
    line = replace(month.lines[0], explanation=replace(month.lines[0].explanation, inputs=(rate,)))
    calculation = a_calculation(replace(month, lines=(line,)))
    decision = decided(14201)

    ordered(
        a_line(Money.kroner(14201), decision),
        decision,
        calculation=calculation,
        provisional_allowed=True,
    )
    with pytest.raises(SafeguardError, match="ikke er bekræftet"):
        ordered(a_line(Money.kroner(14201), decision), decision, calculation=calculation)


# --- a deadline ---------------------------------------------------------------------------------


def test_a_lapse_that_only_changes_the_state_passes() -> None:
    before = a_hearing(state=HearingState.SENT)

    check_lapse(before, replace(before, state=HearingState.LAPSED))


@pytest.mark.parametrize(
    "changes",
    [
        {"changes_facts": True},
        {"conclusion": "Vi giver afslag."},
        {"state": HearingState.CONCLUDED},
        {"answer": "Ingen."},
    ],
)
def test_a_lapse_that_changes_anything_else_is_refused(changes: dict[str, object]) -> None:
    before = a_hearing(state=HearingState.SENT)
    after = replace(before, **{"state": HearingState.LAPSED, **changes})  # type: ignore[arg-type] – parametrised fields

    with pytest.raises(SafeguardError, match="udløbet"):
        check_lapse(before, after)


def test_every_safeguard_says_the_way_out() -> None:
    with pytest.raises(SafeguardError) as refused:
        ordered(a_line(Money.kroner(1), decided(1)), decided(1, sent_at=None))

    assert str(refused.value).count(".") >= 2


# --- money for today ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("is_stopped", "is_dead", "says"),
    [(True, False, "afsluttet"), (False, True, "død"), (True, True, "død")],
)
def test_no_money_for_today_to_the_dead_or_on_a_case_that_has_stopped(
    *, is_stopped: bool, is_dead: bool, says: str
) -> None:
    with pytest.raises(SafeguardError, match=says):
        check_same_day(is_stopped=is_stopped, is_dead=is_dead)


def test_money_for_today_goes_to_the_living_on_an_open_case() -> None:
    check_same_day(is_stopped=False, is_dead=False)
