"""A spouse answers for themselves; without an answer the application goes in all the same."""

from collections.abc import Mapping

import pytest

from app.local import demo
from processes.domain.access import Actor
from processes.domain.errors import ConflictError, NotFoundError
from processes.domain.facts import Fact, FactKind, FactStatus
from processes.domain.money import Money
from processes.domain.spouses import SpousePartState
from processes.ports.pages import CitizenCase
from tests.journeys.conftest import World
from tests.journeys.test_documents import ANSWERS
from tests.journeys.test_straight_path import page_of

CAMILLA_CPR = "8109901238"
SAID = {"spouse_income_kroner": "8412.50", "spouse_wealth_kroner": "3100"}
SHOWN = "Løn\n8.412,50 kr.\n\nUnderskrevet af Camilla."


@pytest.fixture
def bo() -> Actor:
    return demo.citizen("6302881153")


@pytest.fixture
def camilla() -> Actor:
    return demo.citizen(CAMILLA_CPR)


def applied(world: World, who: Actor, **changes: str) -> str:
    """Apply as a married citizen, on Min side."""
    married = {
        **ANSWERS,
        "cohabitation": "gift",
        "spouse_cpr": CAMILLA_CPR,
        "reason": "ledig",
        "children_at_home": "2",
    }
    case_id = world.core.citizen.apply({**married, **changes}, who)
    world.driver.settle()
    return case_id


def signed(world: World, case_id: str, who: Actor, said: Mapping[str, str] = SAID) -> None:
    world.core.spouses.sign(case_id, said, SHOWN, who)
    world.driver.settle()


def mine(world: World, who: Actor) -> CitizenCase:
    (case,) = world.core.citizen.overview(who)
    return case


def letters(world: World, case_id: str) -> list[tuple[str, str]]:
    """Return kind and receiver of each letter, oldest first."""
    page = page_of(world, case_id)
    return [
        (str(row.record.kind), str(page.case.party(row.record.party_id).role))
        for row in reversed(page.letters)
    ]


def said_by_spouse(world: World, case_id: str, kind: FactKind) -> Fact | None:
    page = page_of(world, case_id)
    spouse = next(each for each in page.case.parties if each.cpr.digits == CAMILLA_CPR)
    return next(row.fact for row in page.facts if (row.party_id, row.kind) == (spouse.id, kind))


def is_begun(world: World, case_id: str) -> bool:
    keys = {each.instance.process_key for each in page_of(world, case_id).instances}
    return "subsistence_application" in keys


def test_the_spouse_is_asked_by_letter_and_the_case_waits(
    world: World, bo: Actor, camilla: Actor
) -> None:
    case_id = applied(world, bo)

    assert letters(world, case_id) == [("aegtefaelles_del", "aegtefaelle")]
    assert not is_begun(world, case_id)
    hers, his = mine(world, camilla), mine(world, bo)
    assert hers.is_spouse
    assert hers.spouse_part is not None
    # A week from Monday 2 March.
    assert (hers.spouse_part.state, str(hers.spouse_part.due_on)) == ("oensket", "2026-03-09")
    assert [(step.label, step.who) for step in hers.steps][1] == (
        "Du svarer og skriver under",
        "Hos dig",
    )
    assert [step.who for step in his.steps][1] == "Hos din ægtefælle"


def test_a_signature_lets_the_case_begin_on_the_day_of_the_first_contact(
    world: World, bo: Actor, camilla: Actor
) -> None:
    case_id = applied(world, bo)
    world.move(days=3)

    signed(world, case_id, camilla)

    assert is_begun(world, case_id)
    application = page_of(world, case_id).application
    assert application is not None
    assert str(application.contact_on) == str(application.requested_from) == "2026-03-02"
    wealth = said_by_spouse(world, case_id, FactKind.WEALTH)
    assert wealth is not None
    assert (wealth.value, wealth.source.name) == (Money(310_000), "Ægtefællens del")
    with pytest.raises(ConflictError):
        signed(world, case_id, camilla)


def test_the_applicant_does_not_see_what_the_spouse_answered(
    world: World, bo: Actor, camilla: Actor
) -> None:
    case_id = applied(world, bo)
    signed(world, case_id, camilla)

    paper = next(
        each for each in page_of(world, case_id).documents if each.title.startswith("Ægtefællens")
    )
    assert world.core.citizen.document(paper.id, camilla)[1] == SHOWN.encode()
    with pytest.raises(NotFoundError):
        world.core.citizen.document(paper.id, bo)
    assert "8412" not in str(mine(world, bo))
    with pytest.raises(NotFoundError):
        world.core.spouses.page(case_id, bo)


def test_silence_is_reminded_of_once_and_then_the_case_begins_with_it_unknown(
    world: World, bo: Actor, camilla: Actor
) -> None:
    case_id = applied(world, bo)
    world.move(days=5)
    assert [kind for kind, _ in letters(world, case_id)] == [
        "aegtefaelles_del",
        "rykker_aegtefaelles_del",
    ]
    assert not is_begun(world, case_id)

    world.move(days=4)

    assert is_begun(world, case_id)
    part = mine(world, camilla).spouse_part
    assert part is not None
    assert part.state is SpousePartState.LAPSED
    wealth = said_by_spouse(world, case_id, FactKind.WEALTH)
    assert wealth is None or wealth.status is FactStatus.UNKNOWN
    # The documents process asks for it, and asks only the spouse.
    (paper,) = page_of(world, case_id).papers
    assert (str(paper.kind), str(paper.state)) == ("aegtefaelles_del", "oensket")
    assert letters(world, case_id)[-1] == ("indhent_dokumentation", "aegtefaelle")


def test_a_late_signature_is_looked_at_with_the_papers_and_the_case_goes_on(
    world: World, bo: Actor, camilla: Actor
) -> None:
    case_id = applied(world, bo)
    world.move(days=9)

    signed(world, case_id, camilla)

    assert world.forms(case_id) == ["casework.check_documents"]
    wealth = said_by_spouse(world, case_id, FactKind.WEALTH)
    assert wealth is not None
    assert wealth.value == Money(310_000)


def test_whoever_lacks_food_does_not_wait_for_a_signature(
    world: World, bo: Actor, camilla: Actor
) -> None:
    case_id = applied(world, bo, acute_need="ja")

    assert is_begun(world, case_id)
    signed(world, case_id, camilla)
    runs = [each.instance.process_key for each in page_of(world, case_id).instances]
    assert runs.count("subsistence_application") == 1


def test_a_stranger_somebody_names_gets_no_letter(world: World, bo: Actor) -> None:
    case_id = applied(world, bo, spouse_cpr="7205911142")

    assert letters(world, case_id) == []
    assert is_begun(world, case_id)
    notes = [note.text for note in page_of(world, case_id).notes]
    assert "CPR viser ikke, at de to er gift. Ægtefællen er ikke kontaktet." in notes


def test_with_cpr_away_nobody_is_written_to_and_the_application_is_not_lost(
    world: World, bo: Actor
) -> None:
    world.misbehave("cpr", "down")
    case_id = applied(world, bo)

    for _ in range(6):
        world.move(minutes=2)

    assert letters(world, case_id) == []
    assert is_begun(world, case_id)
