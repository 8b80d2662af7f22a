"""Letters: they say exactly what was decided, to everyone concerned, in words people use."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from processes.domain.calculation import Calculation, Outcome
from processes.domain.cases import Case, PartyRole
from processes.domain.decisions import Decision, issue, legal_basis
from processes.domain.errors import SafeguardError
from processes.domain.facts import Fact, FactKind
from processes.domain.hearings import draft_statement, open_hearing
from processes.domain.letters import (
    LINE_WORDS,
    Letter,
    LetterKind,
    Sender,
    check_decision_letter,
    check_letter,
    check_letters,
    compose_decision,
    compose_hearing,
    from_body,
    receivers,
    to_body,
)
from processes.domain.money import Money
from processes.domain.periods import Month, Period
from tests.builders.cases import NOW, TODAY, a_case, a_proposal
from tests.builders.days import a_calendar
from tests.builders.facts import a_fact, facts_of
from tests.builders.people import a_child, a_spouse, an_adult
from tests.domain.test_cash_assistance import calculate

SENDER = Sender(
    "Egekøb Kommune", ("Rådhuspladsen 1", "9999 Egekøb"), "Karin Holm", phone="99 99 99 99"
)
COUPLE = a_case(parties=[an_adult(), a_spouse(), a_child()])


def decided(calculation: Calculation, *, reasoning: str = "Betingelserne er opfyldt.") -> Decision:
    proposal = a_proposal(
        outcome=calculation.outcome,
        legal_basis=legal_basis(calculation),
        reasoning=reasoning,
        approved_by="gerda",
    )
    return issue(
        proposal,
        calculation,
        decision_id="afgoerelse-1",
        number="2026-000123-1",
        municipality_name="Egekøb Kommune",
        contributors=["karin"],
        at=NOW,
    )


def written(
    *facts: Fact,
    case: Case | None = None,
    jointly: bool = False,
    to: PartyRole = PartyRole.PRIMARY,
    **when: Any,
) -> tuple[Letter, Decision]:
    case = case or a_case()
    couple = any(party.role is PartyRole.SPOUSE for party in case.parties)
    calculation = calculate(*facts, couple=couple, jointly=jointly, **when)
    decision = decided(calculation)
    return (
        compose_decision(
            decision,
            calculation=calculation,
            case=case,
            receiver=next(party for party in case.parties if party.role is to),
            sender=SENDER,
            letter_id="brev-1",
            dated_on=TODAY,
            calendar=a_calendar(),
        ),
        decision,
    )


def married(**changes: object) -> dict[FactKind, object]:
    return {FactKind.MARITAL_STATUS: "gift", **{FactKind[k]: v for k, v in changes.items()}}


def test_a_grant_says_amount_month_day_law_duties_and_appeal() -> None:
    letter, decision = written(*facts_of())

    check_decision_letter(letter, decision)
    for said in (
        "Du får 14.201,00\u00a0kr. om måneden før skat fra marts 2026.",
        "Pengene for marts 2026 er på NemKontoen den 31. marts 2026.",
        "§\u00a016, stk.\u00a01, nr.\u00a02; §\u00a018",
        "Du skal straks give Egekøb Kommune besked",
        "skal du betale den tilbage",
        "senest 4 uger efter",
        "Ankestyrelsen",
    ):
        assert said in letter.text
    assert letter.kind is LetterKind.GRANT


def test_the_table_adds_up_to_what_was_decided() -> None:
    letter, _ = written(*facts_of(changes={FactKind.WORK_INCOME: Money.kroner("8799.25")}))

    table = next(section.table for section in letter.sections if section.table)
    amounts = [Money.kroner(amount) for _, amount in table.rows]
    assert sum(amount.oere for amount in amounts[:-1]) == amounts[-1].oere
    assert table.rows[-1] == ("Hjælp før skat om måneden", "7.901,75\u00a0kr.")
    assert "indtægten ved arbejde 8.799,25\u00a0kr. og fribeløbet 2.500,00\u00a0kr." in letter.text


def test_each_of_a_couple_is_told_of_both() -> None:
    facts = (*facts_of("anna", married(CHILDREN_AT_HOME=2)), *facts_of("bo", married()))

    to_anna, decision = written(*facts, case=COUPLE, jointly=True)
    to_bo, _ = written(*facts, case=COUPLE, jointly=True, to=PartyRole.SPOUSE)

    assert "Du får 15.969,00\u00a0kr." in to_anna.text
    assert "Bo Prøve får 13.060,00\u00a0kr." in to_anna.text
    assert "Du får 13.060,00\u00a0kr." in to_bo.text
    assert "Anna Prøve får 15.969,00\u00a0kr." in to_bo.text
    check_letters([to_anna, to_bo], decision=decision, case=COUPLE)


def test_a_decision_is_not_sent_while_one_of_the_parties_gets_no_letter() -> None:
    facts = (*facts_of("anna", married()), *facts_of("bo", married()))
    to_anna, decision = written(*facts, case=COUPLE, jointly=True)

    with pytest.raises(SafeguardError, match="1 af sagens parter"):
        check_letters([to_anna], decision=decision, case=COUPLE)


def test_children_get_no_letter_and_representatives_do() -> None:
    helper = an_adult(id="hans", name="Hans Hjælper", role=PartyRole.REPRESENTATIVE)

    told = receivers(a_case(parties=[an_adult(), a_child(), helper]))

    assert [party.id for party in told] == ["anna", "hans"]


def test_a_refusal_says_which_condition_and_why_and_nothing_of_payment() -> None:
    letter, decision = written(*facts_of(changes={FactKind.WEALTH: Money.kroner(20000)}))

    check_decision_letter(letter, decision)
    assert letter.kind is LetterKind.REFUSAL
    assert "Du får ikke kontanthjælp fra marts 2026." in letter.text
    assert "Formuen er 20.000,00\u00a0kr., og det er mere end grænsen" in letter.text
    assert "NemKonto" not in letter.text
    assert "lov om aktiv socialpolitik §\u00a014." in letter.text


def test_a_letter_that_lost_a_fact_is_not_sent() -> None:
    letter, decision = written(*facts_of())
    cut = replace(letter, sections=letter.sections[1:])

    with pytest.raises(SafeguardError, match="siger ikke det, det skal"):
        check_letter(cut)
    with pytest.raises(SafeguardError):
        check_decision_letter(cut, decision)


def test_a_letter_with_another_amount_than_the_decision_is_not_sent() -> None:
    letter, decision = written(*facts_of())
    more = replace(decision, lines=(replace(decision.lines[0], amount=Money.kroner(14202)),))

    with pytest.raises(SafeguardError, match=re.escape("14.202,00")):
        check_decision_letter(letter, more)


def test_a_letter_whose_table_adds_up_to_something_else_is_not_sent() -> None:
    letter, decision = written(*facts_of())
    sections = tuple(
        replace(
            section,
            table=section.table
            and replace(section.table, rows=(*section.table.rows[:-1], ("Sum", "1,00\u00a0kr."))),
        )
        for section in letter.sections
    )

    with pytest.raises(SafeguardError, match=re.escape("1,00")):
        check_decision_letter(replace(letter, sections=sections), decision)


def test_a_grant_letter_does_not_tell_of_a_refusal() -> None:
    letter, decision = written(*facts_of())

    with pytest.raises(SafeguardError, match="afgørelsen er 'afslag'"):
        check_decision_letter(letter, replace(decision, outcome=Outcome.REFUSED))


def test_a_letter_without_receiver_is_not_sent() -> None:
    letter, _ = written(*facts_of())

    with pytest.raises(SafeguardError, match="ingen modtager"):
        check_letter(replace(letter, receiver_name=""))

    check_letter(replace(letter, receiver_lines=()))  # Digital Post needs no address


def test_rates_of_our_own_making_are_marked_in_the_letter() -> None:
    letter, _ = written(*facts_of())

    assert "Satserne i dette brev er eksempler" in letter.text


def test_a_part_month_is_told_with_its_days_and_the_amount_from_then_on() -> None:
    letter, decision = written(
        *facts_of(), months=(Month(2026, 3), Month(2026, 4)), start=date(2026, 3, 16)
    )

    check_decision_letter(letter, decision)
    for said in (
        "Du får 7.329,55\u00a0kr. før skat for 16.–31. marts 2026 og 14.201,00\u00a0kr. om måneden",
        "om måneden før skat fra april 2026.",
        "Pengene for marts 2026 er på NemKontoen den 31. marts 2026.",
        "Derefter bliver hjælpen udbetalt bagud for en måned ad gangen",
        "Forhøjet sats, 16.–31. marts 2026 (ikke bekræftet)",
        "§\u00a089, stk.\u00a01",
    ):
        assert said in letter.text
    assert "30. april" not in letter.text
    sums = [section.table.rows[-1] for section in letter.sections if section.table]
    assert sums == [
        ("Hjælp før skat for en del af marts 2026", "7.329,55\u00a0kr."),
        ("Hjælp før skat om måneden", "14.201,00\u00a0kr."),
    ]


def test_an_unconfirmed_reading_is_said_in_full_in_the_letter() -> None:
    letter, _ = written(*facts_of(), start=date(2026, 3, 16))

    section = next(
        each
        for each in letter.sections
        if each.heading == "Regler i dette brev, der ikke er bekræftet"
    )
    assert section.paragraphs[0].startswith(
        "Sådan regnes en del af en måned: kalenderdage. Hjælpen er for en måned."
    )


def test_a_letter_of_a_whole_month_speaks_of_no_unconfirmed_rule() -> None:
    letter, _ = written(*facts_of())

    assert "ikke bekræftet" not in letter.text
    assert "Til sagsbehandleren" not in letter.text


def test_where_help_ends_is_told() -> None:
    letter, decision = written(*facts_of(), until=date(2026, 3, 15))

    check_decision_letter(letter, decision)
    assert (
        "Du får 6.413,35\u00a0kr. før skat for 1.–14. marts 2026"
        " og ikke hjælp (0,00\u00a0kr.) fra april 2026." in letter.text
    )
    assert "Derefter bliver hjælpen udbetalt" not in letter.text


def test_days_without_help_are_told_with_the_condition() -> None:
    holiday = a_fact(
        FactKind.HOLIDAY, "ikke_aftalt", valid=Period(date(2026, 3, 10), date(2026, 3, 20))
    )

    letter, decision = written(*facts_of(), holiday)

    check_decision_letter(letter, decision)
    assert letter.kind is LetterKind.PARTIAL_GRANT
    assert "før skat for 1.–9. marts 2026 og 20.–31. marts 2026" in letter.text
    assert (
        "Betingelsen »Ferie, der giver ret til hjælp« er ikke opfyldt."
        " Det er ferie, der ikke er aftalt. Det gælder 10.–19. marts 2026." in letter.text
    )


def test_holiday_pay_is_told_in_figures() -> None:
    pay = a_fact(
        FactKind.HOLIDAY_PAY,
        Money.kroner("1500"),
        valid=Period(date(2026, 3, 9), date(2026, 3, 14)),
    )

    letter, _ = written(*facts_of(), pay)

    assert "I marts 2026 er feriepengene 1.500,00\u00a0kr." in letter.text


def test_a_repayment_condition_is_said_with_its_paragraph() -> None:
    calculation = calculate(*facts_of())
    decision = replace(decided(calculation), repayment_condition="LAS § 93, stk. 1, nr. 1")

    letter = compose_decision(
        decision,
        calculation=calculation,
        case=a_case(),
        receiver=an_adult(),
        sender=SENDER,
        letter_id="brev-1",
        dated_on=TODAY,
        calendar=a_calendar(),
    )

    assert "lov om aktiv socialpolitik §\u00a093, stk.\u00a01, nr.\u00a01" in letter.text


def test_a_hearing_says_what_is_considered_by_when_and_that_nothing_happens_by_itself() -> None:
    calculation = calculate(*facts_of(changes={FactKind.WEALTH: Money.kroner(20000)}))
    hearing = open_hearing(
        hearing_id="hoering-1",
        case_id="sag-1",
        calculation_id="beregning-1",
        statement=draft_statement(calculation, a_case()),
        days=14,
        at=NOW,
    )

    letter = compose_hearing(
        hearing,
        calculation=calculation,
        case=a_case(),
        receiver=an_adult(),
        sender=SENDER,
        letter_id="brev-1",
        dated_on=TODAY,
        calendar=a_calendar(),
    )

    check_letter(letter)
    assert "20.000,00\u00a0kr." in letter.text
    assert "Du har 14 dage til at svare" in letter.text
    assert "24. marts 2026" in letter.text
    assert "Der sker intet af sig selv" in letter.text
    assert "Det er ikke en afgørelse." in letter.text


def test_a_letter_survives_being_kept_as_data() -> None:
    letter, _ = written(*facts_of())

    assert from_body(json.loads(json.dumps(to_body(letter)))) == letter


def test_every_line_a_calculation_can_give_has_words_of_its_own() -> None:
    keys = {
        "mindstesats",
        "grundsats",
        "forhoejet_sats",
        "hjemmeboende",
        "boernetillaeg",
        "tillaeg_enlig_forsoerger",
        "tillaeg_enlig_ikke_forsoerger",
        "ungetillaeg",
        "feriepenge",
        "indtaegt",
        "aegtefaelles_indtaegt",
    }

    assert keys <= set(LINE_WORDS)


def test_no_letter_holds_a_personal_number_or_a_code_only_we_understand() -> None:
    young = {
        FactKind.BIRTH_DATE: date(2000, 1, 1),
        FactKind.WORK_MET: False,
        FactKind.REQUIREMENTS_EXEMPT: True,
    }

    letter, _ = written(*facts_of(changes=young))

    for code in ("LAS", "RSL", "kh.", "_", an_adult().cpr.digits, an_adult().cpr.written()):
        assert code not in letter.text
    assert "tilpasningstillæg" in letter.text
