"""Forms by themselves: no application, no database."""

from datetime import date
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form

from forms.base import AskedParty, Background, EmptyForm, Token
from forms.casework import may_matter
from forms.citizen import PARTS, MoneyPart, written
from forms.fields import CprField, DanishDateField, KronerField, MonthField, ParsedField, WholeField
from forms.questions import QUESTIONS, Shape
from forms.registry import FORMS, form_for, registered
from processes.domain.errors import BrokenStateError
from processes.domain.facts import FactKind, FactStatus
from processes.domain.identifiers import Cpr
from processes.domain.money import Money
from processes.domain.periods import Month
from tests.builders.facts import a_fact

SECRET = b"s" * 32


def parsed(field: type[ParsedField], typed: str) -> tuple[Any, list[str], str]:
    """Return what a field made of a text: its value, its complaints, and what it shows."""
    form = type("One", (Form,), {"one": field("Et felt")})(MultiDict({"one": typed}))
    form.validate()
    return form.one.data, list(form.one.errors), form.one._value()  # noqa: SLF001 – what the template shows


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        (KronerField, "1.234,50", Money(123450)),
        (KronerField, "0", Money(0)),
        (DanishDateField, "1.3.2026", date(2026, 3, 1)),
        (DanishDateField, "2026-03-01", date(2026, 3, 1)),
        (MonthField, "11.2026", Month(2026, 11)),
        (MonthField, "2026-11", Month(2026, 11)),
        (CprField, "610190 1234", Cpr("6101901234")),
        (WholeField, "3", 3),
        (KronerField, "  ", None),
    ],
)
def test_a_field_parses_once_to_a_domain_value(
    field: type[ParsedField], typed: str, value: object
) -> None:
    assert parsed(field, typed)[:2] == (value, [])


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        (KronerField, "-5"),
        (KronerField, "1,234"),
        (DanishDateField, "31.02.2026"),
        (DanishDateField, "i går"),
        (MonthField, "13.2026"),
        (CprField, "123"),
        (WholeField, "tre"),
        (WholeField, "100"),
    ],
)
def test_what_cannot_be_parsed_is_explained_and_shown_again(
    field: type[ParsedField], typed: str
) -> None:
    value, complaints, shown = parsed(field, typed)

    assert value is None
    assert len(complaints) == 1
    assert shown == typed


def test_a_form_needs_its_own_sessions_token() -> None:
    session: dict[str, Any] = {}
    text = EmptyForm(token=Token(session, SECRET))["csrf_token"].current_token  # type: ignore[attr-defined]
    sent = MultiDict({"csrf_token": text})

    assert EmptyForm(sent, token=Token(session, SECRET)).validate()
    assert not EmptyForm(sent, token=Token({}, SECRET)).validate()
    assert not EmptyForm(MultiDict(), token=Token(session, SECRET)).validate()


def test_a_doubled_key_is_refused() -> None:
    form = form_for("decision.approve")

    with pytest.raises(BrokenStateError, match="used twice"):
        registered([form, form])


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(BrokenStateError, match="findes ikke"):
        form_for("decision.burn")


@pytest.mark.parametrize("key", sorted(FORMS))
def test_every_form_can_start_from_nothing(key: str) -> None:
    form = form_for(key).build(Background(today=date(2026, 3, 1)), token=Token({}, SECRET))

    assert form.key == key
    assert form.sections


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=lambda each: each.kind.value)
def test_what_a_question_starts_with_is_what_it_would_answer(question: Any) -> None:
    value: Any = {
        Shape.YES_NO: True,
        Shape.KRONER: Money(5),
        Shape.NUMBER: 2,
        Shape.CHOICE: question.choices[0][0] if question.choices else "",
    }[question.shape]
    fact = a_fact(question.kind, value)

    assert question.answered(question.start(fact)) == (FactStatus.VALUE, value)


ANNA = AskedParty("anna", "Anna Prøve")
BO = AskedParty("bo", "Bo Prøve", "spouse_")


def background(*parties: AskedParty, applies_jointly: bool = False, **known: Any) -> Background:
    facts = {("anna", FactKind[name.upper()]): value for name, value in known.items()}
    return Background(
        today=date(2026, 3, 1),
        parties=parties,
        facts={key: a_fact(key[1], value) for key, value in facts.items()},
        applies_jointly=applies_jointly,
    )


@pytest.mark.parametrize(
    ("case", "party", "kind", "asked"),
    [
        (background(ANNA), ANNA, FactKind.SINGLE, True),
        (background(ANNA, BO), ANNA, FactKind.SINGLE, False),
        (background(ANNA, BO), BO, FactKind.AVAILABLE, False),
        (background(ANNA, BO, applies_jointly=True), BO, FactKind.AVAILABLE, True),
        (background(ANNA, BO), BO, FactKind.SPOUSE_ON_OTHER_BENEFIT, True),
        (background(ANNA, BO), ANNA, FactKind.SPOUSE_ON_OTHER_BENEFIT, False),
        (background(ANNA, children_at_home=0), ANNA, FactKind.EXTRA_CHILD_SUBSIDY, False),
        (background(ANNA, children_at_home=1), ANNA, FactKind.EXTRA_CHILD_SUBSIDY, True),
        (background(ANNA), ANNA, FactKind.EXTRA_CHILD_SUBSIDY, True),
        (background(ANNA, residence_met=False), ANNA, FactKind.REQUIREMENTS_EXEMPT, True),
        (background(ANNA, residence_met=True), ANNA, FactKind.REQUIREMENTS_EXEMPT, False),
        (background(ANNA, birth_date=date(2001, 5, 1)), ANNA, FactKind.ACTIVITY_READY, True),
        (background(ANNA, birth_date=date(1990, 5, 1)), ANNA, FactKind.ACTIVITY_READY, False),
    ],
)
def test_a_question_is_asked_when_its_answer_may_matter(
    case: Background, party: AskedParty, kind: FactKind, *, asked: bool
) -> None:
    assert may_matter(case, party, kind) is asked


def test_not_knowing_ones_money_is_an_answer() -> None:
    typed = MultiDict({"income_known": "ved_ikke", "wealth_known": "ved_ikke"})

    form = MoneyPart(typed, token=None)

    assert form.validate()
    assert form.answers() == {
        "income_this_month_kroner": "ved_ikke",
        "wealth_applicant_kroner": "ved_ikke",
    }


def test_the_parts_ask_nothing_twice() -> None:
    names = [field.name for part in PARTS for field in part(None, token=None).questions]

    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (date(2026, 3, 1), "2026-03-01"),
        (Money(960050), "9600.50"),
        (Money(960000), "9600"),
        (Cpr("6101901234"), "6101901234"),
        (2, "2"),
    ],
)
def test_answers_are_kept_as_text(value: object, text: str) -> None:
    assert written(value) == text
