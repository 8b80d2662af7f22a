"""What is told of children, housing and illness becomes facts only where a rule can read them."""

from datetime import date

from forms.life import TELL_FORMS, TELL_NAMES
from processes.domain.facts import FactKind
from processes.domain.life import TOLD_BY_PEOPLE, EventKind, Told
from processes.domain.periods import Period

MARCH_16 = date(2026, 3, 16)


def test_a_number_of_children_counts_from_its_day() -> None:
    told = Told(EventKind.CHILDREN, MARCH_16, children=2)

    assert told.stated() == ((FactKind.CHILDREN_AT_HOME, 2, Period(MARCH_16)),)


def test_no_children_is_a_number_too() -> None:
    assert Told(EventKind.CHILDREN, MARCH_16, children=0).stated()[0][1] == 0


def test_housing_and_illness_are_for_a_person_to_judge() -> None:
    for kind in (EventKind.HOUSING, EventKind.ILLNESS):
        assert Told(kind, MARCH_16, "Huslejen stiger.").stated() == ()


def test_everything_a_citizen_can_tell_has_a_form_and_a_name() -> None:
    assert set(TELL_FORMS) == set(TELL_NAMES) == set(TOLD_BY_PEOPLE)
