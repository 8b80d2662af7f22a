"""Papers that are missing: asked for, sent late, never sent, of the wrong kind, or another's."""

from collections.abc import Mapping

import pytest

from app.local import demo
from processes.domain.access import Actor
from processes.domain.documents import JPEG, LARGEST_FILE_BYTES, PDF, RequestState
from processes.domain.errors import NotFoundError, RuleError
from processes.ports.pages import TaskPage
from tests.journeys.conftest import World
from tests.journeys.test_straight_path import GRANT, page_of

PHOTOGRAPH = b"\xff\xd8\xff\xe0" + b"a photograph of a paper" * 40
SCAN = b"%PDF-1.7\na scanned paper"
ANSWERS = {
    "requested_from": "2026-03-02",
    "acute_need": "nej",
    "cohabitation": "enlig",
    "applies_jointly": "nej",
    "children_at_home": "0",
    "lives_with_parents": "nej",
    "housing": "lejebolig",
    "income_this_month_kroner": "0",
    "wealth_applicant_kroner": "900",
    "residence_9_of_10_years": "ja",
    "work_two_and_a_half_years": "ja",
    "statement_accepted": "ja",
}


def applied(world: World, who: Actor, *, reason: str = "sygdom") -> str:
    """Hand in an application that says nothing about the illness, as self-service does."""
    case_id = world.core.citizen.apply({**ANSWERS, "reason": reason}, who)
    world.driver.settle()
    return case_id


@pytest.fixture
def anna() -> Actor:
    return demo.citizen("7205911142")


def sent(world: World, case_id: str, who: Actor, *files: bytes) -> None:
    """Choose files for what is missing, and send them."""
    paper = next(each for each in world.core.citizen.papers(case_id, who).papers if each.is_open)
    world.core.citizen.choose_files(
        paper.id, [(f"side-{n}.jpg", content) for n, content in enumerate(files, 1)], who
    )
    world.core.citizen.send_papers(case_id, who)
    world.driver.settle()


def accepts(page: TaskPage) -> Mapping[str, object]:
    judged = tuple(
        (paper.id, "accept", "") for paper in page.papers if paper.state is RequestState.RECEIVED
    )
    return {"judged": judged, "text": "Lægen skriver, at hun er syg til maj."}


def too_dark(page: TaskPage) -> Mapping[str, object]:
    judged = tuple((paper.id, "again", "Billedet er for mørkt.") for paper in page.papers)
    return {"judged": judged, "text": "Datoen kan ikke læses."}


def goes_on(_page: TaskPage) -> Mapping[str, object]:
    return {"conclusion": "Hendes egen forklaring i telefonen lægges til grund."}


def letters(world: World, case_id: str) -> list[str]:
    return [str(row.record.kind) for row in reversed(page_of(world, case_id).letters)]


def states(world: World, case_id: str) -> list[RequestState]:
    return [paper.state for paper in page_of(world, case_id).papers]


def test_what_registers_and_the_citizen_told_is_not_asked_for(world: World) -> None:
    case_id = world.apply("anna")
    world.driver.settle()

    assert page_of(world, case_id).papers == []
    assert world.forms(case_id) == ["casework.assess"]


def test_a_missing_paper_is_asked_for_by_letter_with_reason_deadline_and_consequence(
    world: World, anna: Actor
) -> None:
    case_id = applied(world, anna)

    page = page_of(world, case_id)
    (paper,) = page.papers
    (row,) = page.letters
    # Two weeks from Monday 2 March.
    assert (str(paper.kind), str(paper.due_on)) == ("laegeerklaering", "2026-03-16")
    words = str(row.record.body)
    for said in ("Lægeerklæring", "14 dage", "16. marts 2026", "§\xa011", "ikke får hjælp"):
        assert said in words.replace("\\xa0", "\xa0")
    assert world.driver.open_tasks(case_id) == []
    (mine,) = world.core.citizen.overview(anna)
    assert [(step.label, step.who) for step in mine.steps][1] == ("Du sender papirer", "Hos dig")


def test_a_paper_that_comes_after_the_reminder_is_accepted_and_the_case_goes_on(
    world: World, anna: Actor
) -> None:
    case_id = applied(world, anna)
    world.move(days=15)
    assert letters(world, case_id) == ["indhent_dokumentation", "rykker_dokumentation"]
    # A week from the Tuesday the reminder was delivered.
    assert str(page_of(world, case_id).papers[0].due_on) == "2026-03-24"
    world.move(days=3)

    sent(world, case_id, anna, PHOTOGRAPH, SCAN)

    assert "casework.check_documents" in world.forms(case_id)
    documents = [each for each in page_of(world, case_id).documents if each.subject_id]
    kinds = {each.title: each.media_type for each in documents}
    assert kinds["Lægeerklæring (1)"] == JPEG
    assert kinds["Lægeerklæring (2)"] == PDF
    world.driver.work(case_id, {"casework.check_documents": accepts, **GRANT})
    world.driver.rest(case_id)
    page = page_of(world, case_id)
    assert states(world, case_id) == [RequestState.ACCEPTED]
    assert [str(each.outcome) for each in page.decisions] == ["bevilget"]
    assert not page.incidents


def test_when_nothing_comes_a_person_goes_on_with_what_there_is(world: World, anna: Actor) -> None:
    case_id = applied(world, anna)
    world.move(days=15)
    world.move(days=8)

    assert "casework.documents_lapsed" in world.forms(case_id)
    assert page_of(world, case_id).decisions == []
    world.driver.work(case_id, {"casework.documents_lapsed": goes_on})
    assert "casework.assess" in world.forms(case_id)
    assert states(world, case_id) == [RequestState.ASKED], "what comes later still counts"
    world.driver.work(case_id, GRANT)
    world.driver.rest(case_id)

    page = page_of(world, case_id)
    assert [str(each.outcome) for each in page.decisions] == ["bevilget"]
    assert letters(world, case_id)[:2] == ["indhent_dokumentation", "rykker_dokumentation"]
    assert any("forklaring i telefonen" in note.text for note in page.notes)


def test_what_comes_while_the_task_of_giving_up_is_open_is_looked_at(
    world: World, anna: Actor
) -> None:
    case_id = applied(world, anna)
    world.move(days=15)
    world.move(days=8)
    sent(world, case_id, anna, PHOTOGRAPH)

    world.driver.work(case_id, {"casework.documents_lapsed": goes_on})
    assert "casework.check_documents" in world.forms(case_id)
    world.driver.work(case_id, {"casework.check_documents": accepts})

    assert "casework.assess" in world.forms(case_id)


def test_a_paper_that_cannot_be_read_is_asked_for_again_with_the_reason(
    world: World, anna: Actor
) -> None:
    case_id = applied(world, anna)
    sent(world, case_id, anna, PHOTOGRAPH)
    world.driver.work(case_id, {"casework.check_documents": too_dark})
    world.driver.settle()

    assert letters(world, case_id) == ["indhent_dokumentation"] * 2
    said = [str(letter.record.body) for letter in page_of(world, case_id).letters]
    assert sum("for mørkt" in each for each in said) == 1
    assert world.driver.open_tasks(case_id) == []
    sent(world, case_id, anna, SCAN)
    world.driver.work(case_id, {"casework.check_documents": accepts})
    assert world.forms(case_id) == ["casework.assess"]


def test_what_comes_by_post_is_filed_at_the_desk_and_moves_the_case(
    world: World, anna: Actor
) -> None:
    case_id = applied(world, anna)
    page = page_of(world, case_id)
    mette = world.driver.team.caseworker

    world.core.cases.add_documents(
        case_id, "laegeerklaering", page.case.primary_party.id, [("brev.pdf", SCAN)], mette
    )
    world.driver.settle()

    assert world.forms(case_id) == ["casework.check_documents"]


def test_a_list_that_is_not_standard_is_seen_by_a_person_who_can_drop_and_add(
    world: World, anna: Actor
) -> None:
    case_id = applied(world, anna, reason="andet")
    assert world.forms(case_id) == ["casework.review_documents"]
    assert letters(world, case_id) == []

    def instead(page: TaskPage) -> Mapping[str, object]:
        return {"dropped": (page.papers[0].id,), "added": ("opsigelse",), "text": "Ringet op."}

    world.driver.work(case_id, {"casework.review_documents": instead})
    world.driver.settle()

    papers = {str(each.kind): each.state for each in page_of(world, case_id).papers}
    assert papers == {"begivenhed": RequestState.DROPPED, "opsigelse": RequestState.ASKED}
    assert letters(world, case_id) == ["indhent_dokumentation"]
    (shown,) = world.core.citizen.papers(case_id, anna).papers
    assert str(shown.kind) == "opsigelse"


def test_a_list_a_person_takes_everything_off_sends_no_letter(world: World, anna: Actor) -> None:
    case_id = applied(world, anna, reason="andet")

    def nothing(page: TaskPage) -> Mapping[str, object]:
        return {"dropped": (page.papers[0].id,), "added": (), "text": ""}

    world.driver.work(case_id, {"casework.review_documents": nothing})

    assert letters(world, case_id) == []
    assert world.forms(case_id) == ["casework.assess"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("stort.jpg", b"\xff\xd8\xff" + b"\0" * LARGEST_FILE_BYTES, "højst fylde 10 MB"),
        ("brev.pdf", b"MZ\x90\0 a program that calls itself a letter", "ikke en PDF"),
        ("side.html", b"<script>alert(1)</script>", "ikke en PDF"),
        ("IMG_1.HEIC", b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        ("tom.pdf", b"", "er tom"),
    ],
)
def test_a_file_is_judged_by_its_content_and_refused_in_plain_words(
    world: World, anna: Actor, name: str, content: bytes, said: str
) -> None:
    case_id = applied(world, anna)
    (paper,) = world.core.citizen.papers(case_id, anna).papers

    with pytest.raises(RuleError, match=said) as refused:
        world.core.citizen.choose_files(
            paper.id, [("side-1.jpg", PHOTOGRAPH), (name, content)], anna
        )

    assert name in str(refused.value)
    assert not world.core.citizen.papers(case_id, anna).chosen, "all of them, or none"


def test_a_chosen_file_is_nobody_elses_until_it_is_sent_and_can_be_taken_away(
    world: World, anna: Actor
) -> None:
    case_id = applied(world, anna)
    (paper,) = world.core.citizen.papers(case_id, anna).papers
    before = len(page_of(world, case_id).documents)
    world.core.citizen.choose_files(paper.id, [("1.jpg", PHOTOGRAPH), ("2.pdf", SCAN)], anna)
    first, _ = world.core.citizen.papers(case_id, anna).chosen[paper.id]

    assert len(page_of(world, case_id).documents) == before
    assert world.core.citizen.remove_file(first.id, anna) == "1.jpg"
    world.core.citizen.send_papers(case_id, anna)

    page = world.core.citizen.papers(case_id, anna)
    assert not page.chosen
    assert [each.media_type for each in page.sent[paper.id]] == [PDF]
    with pytest.raises(RuleError, match="ikke valgt nogen filer"):
        world.core.citizen.send_papers(case_id, anna)


def test_another_citizen_can_neither_see_nor_add_nor_remove(world: World, anna: Actor) -> None:
    case_id = applied(world, anna)
    (paper,) = world.core.citizen.papers(case_id, anna).papers
    world.core.citizen.choose_files(paper.id, [("1.jpg", PHOTOGRAPH)], anna)
    ((chosen,),) = world.core.citizen.papers(case_id, anna).chosen.values()
    bo = demo.citizen("6302881153")

    citizen = world.core.citizen
    for forbidden in (
        lambda: citizen.papers(case_id, bo),
        lambda: citizen.choose_files(paper.id, [("2.jpg", PHOTOGRAPH)], bo),
        lambda: citizen.remove_file(chosen.id, bo),
        lambda: citizen.send_papers(case_id, bo),
    ):
        with pytest.raises(NotFoundError):
            forbidden()

    assert len(citizen.papers(case_id, anna).chosen[paper.id]) == 1
