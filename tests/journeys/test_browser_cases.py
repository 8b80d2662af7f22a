"""Cases as life brings them, through the pages: papers late, a couple, a refusal, CPR away.

What nobody looks at in a story is done by the driver; every letter that comes of it is read.
"""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from app.local import demo
from app.local.driver import conclude_hearing, prepare_hearing
from integrations.simulator import scenarios
from processes.domain.cases import CaseState
from processes.domain.documents import RequestState
from processes.domain.money import Money
from processes.domain.periods import Month
from processes.ports.pages import CasePage
from tests.journeys.conftest import World
from tests.journeys.letters import letters_of, plain, says_what_the_rows_say
from tests.journeys.screens import PHONE, LogIn, Reader, browser, log_in, site
from tests.journeys.test_documents import ANSWERS
from tests.journeys.test_registers import wait_out_the_retries
from tests.journeys.test_straight_path import GRANT

__all__ = ["browser", "log_in", "site"]

ANNA, ULLA, OLE, TOVE = "7205911142", "6208681216", "6906721437", "7310741324"
MOST_TABS = 120


def page_of(world: World, case_id: str) -> CasePage:
    return world.core.cases.page(case_id, world.driver.team.caseworker)


def tab_to(reader: Reader, wanted: Locator) -> None:
    """Press Tab until something has the focus, as somebody without a mouse does."""
    for _ in range(MOST_TABS):
        if wanted.evaluate("each => each === document.activeElement"):
            return
        reader.page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} is not reached by keyboard on {reader.page.url}")


def test_a_paper_that_is_missing_comes_late_by_phone_and_the_case_is_decided(
    world: World, log_in: LogIn, tmp_path: Path
) -> None:
    case_id = world.core.citizen.apply({**ANSWERS, "reason": "sygdom"}, demo.citizen(ANNA))
    world.driver.settle()
    world.move(days=15)
    world.move(days=3)

    phone = log_in(ANNA, width=PHONE)
    expect(phone.main).to_contain_text("Send os 1 papir: Lægeerklæring. Senest tirsdag 24. marts")
    phone.look()
    phone.page.get_by_role("link", name="Se og send papirer").click()
    expect(phone.page.locator("h1")).to_have_text("Papirer")
    photograph = phone.page.screenshot(type="jpeg", quality=40)
    chosen = phone.main.locator("input[type=file]")
    chosen.set_input_files({"name": "IMG_0412.txt", "mimeType": "text/plain", "buffer": b"Hej"})
    phone.send("Gem filen")
    expect(phone.page.locator("#fejl")).to_contain_text("IMG_0412.txt")
    phone.look()
    chosen.set_input_files({"name": "IMG_0412.jpg", "mimeType": "image/jpeg", "buffer": photograph})
    phone.send("Gem filen")
    expect(phone.main).to_contain_text("1 fil klar, men ikke sendt")
    phone.send("Send papirerne")
    phone.page.wait_for_url("**/kvittering")
    expect(phone.page.locator("h1")).to_have_text("Vi har fået dine papirer")
    phone.look()
    world.driver.settle()

    mette = log_in("mette")
    mette.open_task("Se papirerne igennem")
    expect(mette.main).to_contain_text("Lægeerklæring")
    mette.answer("paper_medical", "Ja, det viser")
    mette.page.fill("#text", "Lægen skriver, at hun er syg til maj.")
    mette.finish("Afslut opgaven", "Se papirerne igennem")
    world.driver.work(case_id, GRANT)
    world.driver.rest(case_id)

    page = page_of(world, case_id)
    assert [paper.state for paper in page.papers] == [RequestState.ACCEPTED]
    assert [str(each.outcome) for each in page.decisions] == ["bevilget"]
    read = letters_of(world, case_id, tmp_path)
    assert [each.kind for each in read] == [
        "indhent_dokumentation",
        "rykker_dokumentation",
        "bevilling_forsoergelse",
    ]
    # Two weeks from Monday 2 March, then a week from the Tuesday the reminder was delivered.
    assert "14 dage" in read[0].text
    assert "16. marts 2026" in read[0].text
    assert "24. marts 2026" in read[1].text
    mette.go(f"/sager/{case_id}/dokumenter")
    expect(mette.main).to_contain_text("Vi mangler stadig papirer fra dig")
    phone.go("/selvbetjening")
    assert phone.read_pdf("Du får kontanthjælp").startswith(b"%PDF")


def test_a_couple_with_one_income_and_part_of_a_month_reads_the_same_amounts_everywhere(
    world: World, log_in: LogIn, tmp_path: Path
) -> None:
    world.move(days=14)
    case_id = apply_as_a_couple(world)
    mette = log_in("mette")
    mette.open_task("Vurdér oplysninger og betingelser")
    for whose in ("", "spouse_"):
        for name, words in {
            "cannot_support": "Ja",
            "other_benefit_covers": "Nej",
            "available": "Ja",
            "lawful_stay": "Ja",
        }.items():
            mette.answer(f"{whose}{name}", words)
        mette.page.fill(f"#{whose}other_income", "0")
    mette.answer("spouse_social_event", "Noget andet er sket")
    mette.answer("spouse_residence_met", "Ja")
    mette.answer("spouse_work_met", "Ja")
    mette.answer("spouse_lives_with_parents", "Nej")
    mette.answer("discretion", "Ja")
    mette.page.fill("#text", "Tove har løn fra Torvets Dagligvarer, Ole har ingen indtægt.")
    mette.finish("Afslut opgaven", "Vurdér oplysninger")
    world.move(minutes=11)
    # eIndkomst has her wage of March; what she will earn in April a person must say.
    mette.open_task("Indhent og registrér manglende oplysninger")
    mette.page.fill("#spouse_work_income", "5.106")
    mette.answer("source", "Et dokument")
    mette.page.fill("#evidence", "Ansættelsesbevis, set i original: 37 timer om måneden.")
    mette.page.fill("#valid_from", "01.04.2026")
    mette.finish("Afslut opgaven", "Indhent")
    world.move(minutes=11)
    world.driver.work(case_id, {"casework.prepare_hearing": prepare_hearing})
    world.driver.settle()
    (hearing,) = page_of(world, case_id).hearings
    world.core.citizen.answer_hearing(hearing.id, "Ja, det passer.", demo.citizen(OLE))
    world.move(minutes=11)
    agreed = conclude_hearing("Lønnen står fast.")
    world.driver.work(case_id, {**GRANT, "casework.hearing_reply": agreed})
    world.driver.rest(case_id)

    page = page_of(world, case_id)
    assert not page.incidents
    assert page.calculation is not None
    names = {party.id: party.name.split()[0] for party in page.case.parties}
    gross = {(names[each.party_id], each.month): each.gross for each in page.calculation.months}
    # 13.060 x 16/31 = 6.740,65. Tove: 5.550 - 444 in AM = 5.106, of which 2.500 are free.
    march, april = Month(2026, 3), Month(2026, 4)
    assert gross == {
        ("Ole", march): Money.kroner("6740.65"),
        ("Tove", march): Money.kroner("4134.65"),
        ("Ole", april): Money.kroner("13060"),
        ("Tove", april): Money.kroner("10454"),
    }
    assert [str(each.outcome) for each in page.decisions] == ["delvis"]
    paid = {names[row.line.party_id]: row.line for row in page.payments}
    assert {name: line.gross for name, line in paid.items()} == {
        name: gross[name, march] for name in ("Ole", "Tove")
    }
    mette.go(f"/sager/{case_id}/beregning")
    said = plain(mette.main.inner_text())
    for each in page.calculation.months:
        assert each.gross is not None
        for amount in (each.gross, *(line.amount for line in each.lines)):
            assert plain(amount.danish()) in said
    assert "Ikke bekræftet" in said
    mette.go(f"/sager/{case_id}/udbetalinger")
    for line in paid.values():
        for amount in (line.gross, line.net):
            expect(mette.main).to_contain_text(amount.danish())

    read = letters_of(world, case_id, tmp_path)
    assert [each.kind for each in read] == [
        *["partshoering_afslag"] * 2,
        *["delvis_bevilling_forsoergelse"] * 2,
    ]
    for name, cpr in (("Ole", OLE), ("Tove", TOVE)):
        phone = log_in(cpr, width=PHONE)
        phone.look()
        expect(phone.page.locator(".amount")).to_have_text(paid[name].net.danish())
        phone.page.get_by_role("link", name="Se, hvordan vi har regnet").click()
        expect(phone.main).to_contain_text(paid[name].gross.danish())
        phone.look()
        (told,) = [
            each
            for each in read
            if each.kind.startswith("delvis") and each.party.name.startswith(name)
        ]
        assert f"Du får {plain(paid[name].gross.danish())} før skat for 16.–31. marts" in told.text


def apply_as_a_couple(world: World) -> str:
    """Hand in the joint application of Ole, who earns nothing, and Tove, who earns a little."""
    today = world.clock.now().date()
    fields = {
        **scenarios.load("demo").applications["bo"],
        "applicant_cpr": OLE,
        "spouse_cpr": TOVE,
        "reason": "ledig",
        "reason_text": "Butikken lukkede, og jeg er ikke medlem af en a-kasse.",
        "housing": "lejebolig",
        "children_at_home": "0",
        "contact_on": today.isoformat(),
        "requested_from": today.isoformat(),
    }
    submitted_at = world.clock.now() - timedelta(minutes=5)
    world.core.intake.deliver(demo.delivered("ole", submitted_at=submitted_at, fields=fields))
    world.driver.settle()
    return world.core.cases.search(OLE, world.driver.team.caseworker)[0].id


def test_a_refusal_is_heard_answered_by_keyboard_decided_by_two_and_told_by_letter(
    world: World, log_in: LogIn, tmp_path: Path
) -> None:
    case_id = world.apply("ulla")
    world.driver.settle()
    mette = log_in("mette")
    mette.open_task("Vurdér oplysninger og betingelser")
    for name, words in {
        "cannot_support": "Ja",
        "other_benefit_covers": "Nej",
        "available": "Ja",
        "lawful_stay": "Ja",
        "single": "Ja",
        "discretion": "Ja",
    }.items():
        mette.answer(name, words)
    mette.page.fill("#other_income", "0")
    mette.unfold("Det ved vi allerede")
    mette.page.fill("#wealth", "76.000")
    mette.page.fill("#text", "86.000 kr., hvoraf 10.000 kr. er til en begravelse.")
    mette.finish("Afslut opgaven", "Vurdér oplysninger")
    world.driver.settle()
    mette.open_task("Gennemgå høringsbrevet")
    expect(mette.page.locator("#statement")).to_have_value(re.compile("76.000,00"))
    mette.finish("Send høringen", "Gennemgå høringsbrevet")
    world.driver.settle()
    world.move(days=5)

    ulla = log_in(ULLA, width=PHONE)
    ulla.look()
    answer_by_keyboard(ulla, "Pengene er sat af til tag på huset.")
    world.driver.settle()

    mette = log_in("mette")
    mette.open_task("Vurdér partens svar")
    expect(mette.main).to_contain_text("Pengene er sat af til tag på huset.")
    mette.answer("changes_facts", "Nej")
    mette.page.fill("#conclusion", "Penge til et tag er formue.")
    mette.finish("Afslut opgaven", "Vurdér partens svar")
    world.driver.settle()
    mette.open_task("Foreslå afgørelse")
    mette.answer("choice", "Foreslå afgørelsen")
    mette.page.fill("#reasoning", "Du har hørt fra os og svaret. Penge til et tag er formue.")
    mette.finish("Send forslaget", "Foreslå afgørelse")
    world.driver.settle()
    assert page_of(world, case_id).decisions == [], "nothing is decided by one person"
    karin = log_in("karin", "999-approver")
    karin.open_task("Godkend afgørelse")
    karin.answer("approval", "Godkend")
    karin.finish("Send din beslutning", "Godkend afgørelse")
    world.driver.rest(case_id)

    page = page_of(world, case_id)
    (decision,) = page.decisions
    assert (str(decision.outcome), decision.approved_by) == ("afslag", "karin")
    assert page.payments == []
    heard, refused = letters_of(world, case_id, tmp_path)
    assert (heard.kind, refused.kind) == ("partshoering_afslag", "afslag_forsoergelse")
    for said in ("76.000,00 kr.", "16.200,00 kr.", "§ 14", "Penge til et tag er formue."):
        assert said in refused.text
    ulla = log_in(ULLA, width=PHONE)
    ulla.look()
    assert ulla.read_pdf("Du kan ikke få kontanthjælp").startswith(b"%PDF")
    mette.go(f"/sager/{case_id}")
    expect(mette.main).to_contain_text("Afslag")
    mette.go(f"/sager/{case_id}/forloeb")


def answer_by_keyboard(citizen: Reader, words: str) -> None:
    """Answer a hearing from the front page on, without touching a mouse."""
    page = citizen.page
    tab_to(citizen, page.get_by_role("link", name="Læs og svar"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/hoering/**")
    expect(page.locator("h1")).to_have_text("Sig din mening, før vi afgør din sag")
    citizen.look()
    tab_to(citizen, page.get_by_role("radio", name=re.compile("^Ja, det passer")))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name=re.compile("^Nej, det passer ikke"))).to_be_checked()
    tab_to(citizen, page.get_by_label("Fortæl med dine egne ord"))
    page.keyboard.type(words)
    tab_to(citizen, page.get_by_role("button", name="Send mit svar"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/selvbetjening")
    expect(citizen.main).to_contain_text("Vi har fået dit svar")
    citizen.look()


def test_with_cpr_down_a_person_types_in_and_the_difference_is_found_when_it_is_back(
    world: World, log_in: LogIn, tmp_path: Path
) -> None:
    world.misbehave("cpr", "down")
    case_id = world.apply("anna")
    wait_out_the_retries(world)

    mette = log_in("mette")
    mette.open_task("Indtast registeroplysninger med kilde")
    mette.page.fill("#person_name", "Anna Lindegaard Toft")
    mette.page.fill("#person_address", "Bøgevænget 4, 2. tv\n9999 Egekøb")
    mette.answer("person_protected", "Nej")
    # She has no child; whoever typed it in has misread a certificate.
    mette.answer("marital_status", "Ugift")
    mette.unfold("Det ved vi allerede")
    mette.page.fill("#children_at_home", "1")
    mette.answer("source", "Et dokument")
    mette.send("Afslut opgaven")
    expect(mette.page.locator("#fejl")).to_contain_text("Skriv, hvad du har set")
    mette.look()
    mette.page.fill("#evidence", "Sundhedskort og attest af 27.02.2026, set i original")
    mette.finish("Afslut opgaven", "Indtast registeroplysninger")
    world.driver.work(case_id, GRANT)
    world.driver.rest(case_id)
    decided = page_of(world, case_id)
    assert decided.case.state is CaseState.CARRIED_OUT
    (letter,) = letters_of(world, case_id, tmp_path)
    assert letter.kind == "bevilling_forsoergelse"
    (line,) = decided.decisions[0].lines
    amount = plain(line.amount.danish())
    for said, instead in (
        (amount, "1,00 kr."),
        ("§ 16", "§ 61"),
        ("31. marts 2026", "30. marts 2026"),
        ("Venlig hilsen", "Du får desuden 500,00 kr."),
    ):
        assert said in letter.text
        with pytest.raises(AssertionError):
            # What is read back would be noticed if it said anything else.
            says_what_the_rows_say(
                replace(letter, text=letter.text.replace(said, instead)), decided
            )

    world.misbehave("cpr", "normal")
    world.move(hours=7)
    mette = log_in("mette")
    mette.open_task("Registret er tilbage: sammenlign oplysninger")
    expect(mette.main).to_contain_text("Hjemmeboende børn, der forsørges")
    mette.answer("children_at_home", "Registrets svar gælder")
    mette.answer("reassess", "Ja")
    mette.page.fill("#conclusion", "Attesten var læst forkert. Anna har ingen børn.")
    mette.finish("Afslut opgaven", "Registret er tilbage")
    mette.go(f"/sager/{case_id}/oplysninger")
    expect(mette.main).to_contain_text("Sammenlignet med CPR: Attesten var læst forkert")
    mette.go(f"/sager/{case_id}/journal")
    expect(mette.main).to_contain_text("Anna har ingen børn.")

    after = page_of(world, case_id)
    assert [(row.line.gross, row.state) for row in after.payments] == [
        (row.line.gross, row.state) for row in decided.payments
    ], "what was decided and paid stays until somebody decides anew"
    assert after.decisions == decided.decisions
