"""Facts with days of their own: holidays, a change in the middle of a month, a spouse by hand."""

from datetime import date
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from forms.base import AskedParty, Background, TaskForm, Token
from forms.registry import form_for
from processes.domain.cases import Protection
from processes.domain.facts import FactAnswer, FactKind, FactStatus
from processes.domain.identifiers import Cpr
from processes.domain.money import Money
from processes.domain.periods import Period
from processes.domain.registers import SpouseAnswer

ANNA = AskedParty("anna", "Anna Prøve")
ASSESSED = {"discretion": "nej", "text": "Lønsedlen er læst.", "valid_from": "01.03.2026"}
TYPED = {
    "source": "Dokument fra borgeren",
    "evidence": "Vielsesattest",
    "valid_from": "01.03.2026",
    "marital_status": "gift",
    "children_at_home": "0",
}


def background(**changes: Any) -> Background:
    known = {"today": date(2026, 3, 16), "parties": (ANNA,), "valid_from": date(2026, 3, 4)}
    return Background(**{**known, **changes})


def filled(key: str, typed: dict[str, str], **changes: Any) -> TaskForm:
    """Return a form as somebody sent it; a question of yes or no nobody touched is not known."""
    token = Token({}, b"s" * 32)
    empty = form_for(key).build(background(**changes), token=token)
    untouched = {
        each.name: "ved_ikke" if "ved_ikke" in getattr(each, "words", {}) else ""
        for each in empty.questions
    }
    sent = MultiDict({**untouched, "csrf_token": empty.csrf_token.current_token, **typed})
    return form_for(key).build(background(**changes), token=token, formdata=sent)


def answers_of(form: TaskForm, *kinds: FactKind) -> list[FactAnswer]:
    assert form.validate(), form.errors
    given: Any = form.to_variables()["answers"]
    return [each for each in given if each.kind in kinds]


def test_a_holiday_has_its_own_days_the_last_one_included() -> None:
    holiday = {
        "holiday": "aftalt",
        "holiday_first": "16.03.2026",
        "holiday_last": "20.03.2026",
        "holiday_pay": "3.150,00",
    }

    form = filled("casework.assess", {**ASSESSED, **holiday})

    days = Period(date(2026, 3, 16), date(2026, 3, 21))
    assert answers_of(form, FactKind.HOLIDAY, FactKind.HOLIDAY_PAY) == [
        FactAnswer("anna", FactKind.HOLIDAY, FactStatus.VALUE, "aftalt", days),
        FactAnswer("anna", FactKind.HOLIDAY_PAY, FactStatus.VALUE, Money(315_000), days),
    ]


def test_what_nobody_said_is_no_holiday_and_pay_left_open_is_not_known() -> None:
    none = filled("casework.assess", {**ASSESSED, "holiday": "nej"})
    assert answers_of(none, FactKind.HOLIDAY, FactKind.HOLIDAY_PAY) == []

    days = {"holiday_first": "16.03.2026", "holiday_last": "16.03.2026"}
    unpaid = filled("casework.assess", {**ASSESSED, "holiday": "ikke_aftalt", **days})

    (pay,) = answers_of(unpaid, FactKind.HOLIDAY_PAY)
    assert pay.status is FactStatus.UNKNOWN


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ({"holiday_last": "20.03.2026"}, "Skriv første feriedag"),
        ({"holiday_first": "16.03.2026"}, "Skriv sidste feriedag"),
        (
            {"holiday_first": "16.03.2026", "holiday_last": "12.03.2026"},
            "kan ikke ligge før den første",
        ),
        (
            {"holiday_first": "16.03.2026", "holiday_last": "16.03.2027"},
            "mere end 60 dage",
        ),
    ],
)
def test_days_that_are_no_holiday_are_explained(days: dict[str, str], said: str) -> None:
    form = filled("casework.assess", {**ASSESSED, "holiday": "aftalt", **days})

    assert not form.validate()
    (problem,) = [message for _, message in form.problems]
    assert said in problem


def test_a_correction_may_hold_from_the_middle_of_a_month() -> None:
    form = filled("casework.assess", {**ASSESSED, "single": "nej", "valid_from": "16.03.2026"})

    assert form.validate(), form.errors
    assert form.to_variables()["valid_from"] == date(2026, 3, 16)


@pytest.mark.parametrize("key", ["casework.assess", "casework.complete_facts"])
@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("28.02.2026", "Sagen handler om tiden fra 01.03.2026."),
        ("16.03.2062", "Se årstallet efter."),
        ("i dag", "er ikke en dato"),
    ],
)
def test_a_day_outside_the_case_is_explained(key: str, day: str, said: str) -> None:
    form = filled(key, {**ASSESSED, **TYPED, "valid_from": day})

    assert not form.validate()
    assert [message for _, message in form.problems if said in message]


def test_an_exemption_card_says_what_is_left_of_it() -> None:
    card = {
        "tax_card_kind": "frikort",
        "source": "eSkattekort",
        "evidence": "Hentet i dag",
        "valid_from": "01.01.2026",
    }

    without = filled("payment.tax_card", card)
    assert not without.validate()
    assert [m for _, m in without.problems] == ["Skriv, hvor meget der er tilbage på frikortet."]

    form = filled("payment.tax_card", {**card, "tax_card_limit": "12.000"})
    given = answers_of(form, *FactKind)
    assert [each.kind for each in given] == [FactKind.TAX_CARD_KIND, FactKind.TAX_CARD_LIMIT]


def test_with_cpr_away_a_spouse_nobody_named_is_added_with_number_and_evidence() -> None:
    spouse = {
        "person_new_spouse": "ja",
        "person_new_spouse_cpr": "810990-1238",
        "person_new_spouse_name": "Camilla Riis",
        "person_new_spouse_address": "Solbakken 21\r\n9999 Egekøb",
        "person_new_spouse_protected": "ved_ikke",
    }

    form = filled("casework.register_data", {**TYPED, **spouse}, missing_registers=("CPR",))

    assert form.validate(), form.errors
    assert form.to_variables()["spouse"] == SpouseAnswer(
        Cpr.parse("8109901238"),
        "Camilla Riis",
        ("Solbakken 21", "9999 Egekøb"),
        Protection.PROTECTED,
    )


def test_a_spouse_who_is_added_must_be_named_whole() -> None:
    form = filled(
        "casework.register_data",
        {**TYPED, "person_new_spouse": "ja"},
        missing_registers=("CPR",),
    )

    assert not form.validate()
    assert len([m for _, m in form.problems if "gtefælle" in m]) == 3


def test_a_spouse_who_is_party_already_is_not_asked_for() -> None:
    parties = (ANNA, AskedParty("bo", "Bo Prøve", "spouse_"))

    form = filled("casework.register_data", TYPED, missing_registers=("CPR",), parties=parties)

    assert not [each.name for each in form.questions if "new_spouse" in each.name]
