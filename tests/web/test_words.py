"""How values look on a page."""

from datetime import UTC, date, datetime

import pytest

from app.web.shell import labels, tree, words
from forms.registry import FORMS
from processes.domain.documents import Direction, RequestState
from processes.domain.facts import FactKind
from processes.domain.hearings import HearingState
from processes.domain.money import Money
from processes.domain.payments import PaymentState
from processes.operations.reasons import WHY
from processes.ports.pages import ExplainLine
from processes.ports.records import LetterState
from tests.builders.facts import UNKNOWN, a_fact

MONDAY = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)


def moment(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (moment(13, 15), ("over", "Fr. 13.03.", "3 dage over", "Frist overskredet")),
        (moment(16, 8, 59), ("over", "Ma. 16.03.", "overskredet i dag", "Frist overskredet")),
        (moment(16, 14, 30), ("today", "I dag", "inden kl. 15.30", "I dag og i morgen")),
        (moment(17, 17), ("soon", "Ti. 17.03. kl. 18.00", "i morgen", "I dag og i morgen")),
        (moment(22, 10), ("later", "Sø. 22.03.", "om 6 dage", "Senere i ugen")),
        (moment(23, 10), ("later", "Ma. 23.03.", "om 7 dage", "Næste uge")),
        (moment(30, 10), ("later", "Ma. 30.03.", "om 14 dage", "Senere")),
        (None, ("none", "Ingen frist", "", "Uden frist")),
    ],
)
def test_a_deadline_carries_its_distance(
    at: datetime | None, shown: tuple[str, str, str, str]
) -> None:
    due = words.due(at, MONDAY)

    said = (due.level, due.when, due.distance, due.band)
    assert tuple(each.replace("\u00a0", " ") for each in said) == shown


def test_a_deadline_at_midnight_in_denmark_belongs_to_the_danish_day() -> None:
    late_on_the_sixteenth = datetime(2026, 3, 16, 23, 30, tzinfo=UTC)

    assert words.due(late_on_the_sixteenth, MONDAY).distance == "i morgen"


def test_summer_time_is_danish_time() -> None:
    assert words.klokken(datetime(2026, 7, 1, 10, 0, tzinfo=UTC)) == "kl.\u00a012.00"


def test_what_is_not_known_is_neither_zero_nor_a_dash() -> None:
    assert words.kroner(None) == "ved ikke endnu"
    assert labels.oplysning(None) == "Ved ikke endnu"
    assert labels.oplysning(a_fact(FactKind.WEALTH, UNKNOWN)) == "Ved ikke endnu"


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (FactKind.WEALTH, Money.kroner("3150"), "3.150,00\u00a0kr."),
        (FactKind.SINGLE, True, "Ja"),
        (FactKind.WORK_INCOME, None, "Ingen"),
        (FactKind.SOCIAL_EVENT, "ledig", "Har mistet sit arbejde"),
        (FactKind.BIRTH_DATE, date(1990, 1, 1), "01.01.1990"),
        (FactKind.TAX_CARD_RATE, 37, "37\u00a0%"),
        (FactKind.SPOUSE, "6202912345", "Ja"),
    ],
)
def test_a_fact_in_words(kind: FactKind, value: object, shown: str) -> None:
    assert labels.oplysning(a_fact(kind, value)) == shown  # type: ignore[arg-type]  # any value


def test_states_that_share_a_spelling_keep_their_own_words() -> None:
    assert labels.tilstand(PaymentState.REJECTED) == "Afvist"
    assert labels.tilstand(LetterState.REJECTED) == "Kunne ikke afleveres"


@pytest.mark.parametrize("kind", [PaymentState, LetterState, HearingState, Direction, RequestState])
def test_every_state_has_a_word(kind: type) -> None:
    for state in kind:  # type: ignore[attr-defined]  # an enumeration
        assert labels.tilstand(state) != str(state)


def test_an_act_is_named_once() -> None:
    laws = ("LAS § 11, stk. 2", "LAS § 16", "FVL § 19")

    said = labels.love(laws).replace("\u00a0", " ")

    assert said == "lov om aktiv socialpolitik § 11, stk. 2, § 16; forvaltningsloven § 19"


def test_every_form_says_why_it_is_here() -> None:
    assert set(WHY) == set(FORMS)


def test_an_application_is_read_in_the_words_of_its_questions() -> None:
    answers = {"wealth_applicant_kroner": "3150", "reason": "ledig", "spouse_cpr": "6202912345"}

    assert labels.svar(answers) == [
        ("Grund", "Har mistet sit arbejde"),
        ("Formue", "3.150,00\u00a0kr."),
    ]


def test_free_text_becomes_paragraphs_and_stays_text() -> None:
    assert words.afsnit("Hej <b>\r\n\r\nFarvel") == "<p>Hej &lt;b&gt;</p><p>Farvel</p>"


def test_flat_lines_become_branches() -> None:
    lines = [ExplainLine(depth, str(place), "") for place, depth in enumerate((0, 1, 2, 2, 1, 0))]

    roots = tree.branches(lines)

    assert [root.line.label for root in roots] == ["0", "5"]
    assert [each.line.label for each in roots[0].below] == ["1", "4"]
    assert [each.line.label for each in roots[0].below[0].below] == ["2", "3"]
