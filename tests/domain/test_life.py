"""What life changes after a calculation, who may stop a case, and what a change says of facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from processes.domain import life
from processes.domain.errors import ConflictError, RuleError
from processes.domain.facts import Fact, FactKind, Facts, SourceKind
from processes.domain.life import EventKind, EventSource, EventState, LifeEvent, Told
from processes.domain.money import Money
from processes.domain.periods import Month, Period
from tests.builders.facts import KNOWN_AT, a_fact

MARCH = Month(2026, 3)
PARTY = "ansoeger"
LATER = KNOWN_AT + timedelta(days=1)


def income(
    kroner: str, *, by: SourceKind, later: bool = False, start: date = MARCH.first_day
) -> Fact:
    fact = a_fact(
        FactKind.WORK_INCOME,
        Money.kroner(kroner),
        party_id=PARTY,
        source=by,
        valid=Period(start),
        known_from=LATER if later else KNOWN_AT,
    )
    return replace(fact, id=f"{by}-{kroner}-{later}")


def changed(*facts: Fact) -> tuple[FactKind, ...]:
    return life.changed_kinds(
        Facts.as_known(facts, KNOWN_AT),
        Facts.as_known(facts, LATER),
        parties=[PARTY],
        months=[MARCH],
    )


def test_a_register_that_repeats_itself_changes_nothing() -> None:
    first = income("9000", by=SourceKind.REGISTER)
    again = income("9000", by=SourceKind.REGISTER, later=True)

    assert changed(first, again) == ()


def test_a_register_that_does_not_count_changes_nothing() -> None:
    counts = income("0", by=SourceKind.CASEWORKER)

    assert changed(counts, income("9000", by=SourceKind.REGISTER, later=True)) == ()


def test_the_citizens_new_word_changes_what_was_applied_for() -> None:
    counts = income("0", by=SourceKind.CASEWORKER)

    told = changed(counts, income("9000", by=SourceKind.CITIZEN, later=True))

    assert told == (FactKind.WORK_INCOME,)


def test_what_begins_within_the_months_is_seen_and_what_begins_after_them_is_not() -> None:
    first = income("0", by=SourceKind.CITIZEN)
    within = income("9000", by=SourceKind.CITIZEN, later=True, start=date(2026, 3, 16))
    after = income("9000", by=SourceKind.CITIZEN, later=True, start=date(2026, 4, 1))

    assert changed(first, within) == (FactKind.WORK_INCOME,)
    assert changed(first, after) == ()


def test_a_tax_card_is_no_reason_to_calculate_again() -> None:
    card = a_fact(
        FactKind.TAX_CARD_RATE,
        38,
        party_id=PARTY,
        source=SourceKind.REGISTER,
        known_from=LATER,
    )

    assert changed(card) == ()


# ---- stopping ---------------------------------------------------------------------------------


def an_event(kind: EventKind = EventKind.WITHDRAWAL) -> LifeEvent:
    return LifeEvent(
        id="h",
        case_id="sag",
        party_id=PARTY,
        kind=kind,
        source=EventSource.CITIZEN,
        happened_on=date(2026, 3, 9),
        text="",
        message_id="m",
        received_at=KNOWN_AT,
        received_by="",
    )


def test_an_open_application_may_be_withdrawn_once() -> None:
    life.check_can_withdraw([an_event(EventKind.JOB)], decision_left=False, ended=False)
    with pytest.raises(ConflictError, match="allerede stoppet"):
        life.check_can_withdraw([an_event()], decision_left=False, ended=False)
    with pytest.raises(ConflictError, match="allerede stoppet"):
        life.check_can_withdraw([], decision_left=False, ended=True)


def test_after_the_decision_left_the_way_out_is_named() -> None:
    with pytest.raises(ConflictError, match="klag"):
        life.check_can_withdraw([], decision_left=True, ended=False)


def test_an_event_is_settled_once_and_keeps_what_was_told() -> None:
    event = an_event(EventKind.MOVE)

    settled = life.settle(event, conclusion="Flyttet", by="karin", at=LATER, place="Nabokøb")
    again = life.settle(settled, conclusion="Noget andet", by="jonas", at=LATER)

    assert again is settled
    assert (settled.state, settled.place) == (EventState.SETTLED, "Nabokøb")
    assert replace(settled, state=event.state, place="", conclusion="", settled_at=None,
                   settled_by="") == event  # fmt: skip


# ---- what is told -----------------------------------------------------------------------------

DAY = date(2026, 3, 16)


@pytest.mark.parametrize(
    ("told", "facts"),
    [
        (
            Told(EventKind.JOB, DAY, amount=Money.kroner("9000")),
            ((FactKind.WORK_INCOME, Money.kroner("9000"), Period(MARCH.first_day)),),
        ),
        (Told(EventKind.JOB, DAY), ()),
        (
            Told(EventKind.INCOME, DAY, amount=Money.kroner("500")),
            ((FactKind.OTHER_INCOME, Money.kroner("500"), Period(MARCH.first_day)),),
        ),
        (
            Told(EventKind.COHABITATION, DAY, lives_together=True),
            ((FactKind.SINGLE, False, Period(DAY)),),
        ),
        (
            Told(EventKind.HOLIDAY, DAY, until=date(2026, 3, 20), is_agreed=False),
            ((FactKind.HOLIDAY, "ikke_aftalt", Period(DAY, date(2026, 3, 21))),),
        ),
        (Told(EventKind.ABROAD, DAY, until=date(2026, 3, 20), place="Sverige"), ()),
        (Told(EventKind.OTHER, DAY, "Ny telefon"), ()),
    ],
    ids=["job", "job unknown", "income", "together", "holiday", "abroad", "other"],
)
def test_what_is_told_becomes_the_facts_a_rule_can_read(told: Told, facts: object) -> None:
    assert told.stated() == facts


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (Told(EventKind.OTHER, DAY, " "), "Skriv kort"),
        (Told(EventKind.JOB, date(2031, 1, 1)), "mere end et år"),
        (Told(EventKind.DEATH, DAY), "Vælg, hvad der er sket"),
        (Told(EventKind.JOB, DAY, "x" * 2001), "højst"),
        (Told(EventKind.HOLIDAY, DAY, until=date(2026, 3, 1)), "før den første"),
    ],
)
def test_what_nobody_could_act_on_is_refused_with_a_way_out(told: Told, why: str) -> None:
    with pytest.raises(RuleError, match=why):
        told.check(date(2026, 3, 10))


def test_a_caseworker_may_write_down_a_death_but_not_one_to_come() -> None:
    Told(EventKind.DEATH, DAY, "Attest").check(DAY, by_staff=True)
    with pytest.raises(RuleError, match="fremtiden"):
        Told(EventKind.DEATH, DAY, "Attest").check(DAY - timedelta(days=1), by_staff=True)
