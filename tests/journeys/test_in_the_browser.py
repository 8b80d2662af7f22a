"""The straight path as people meet it: a citizen at home, three people at work, real registers."""

import re
from datetime import datetime

from playwright.sync_api import expect

from tests.journeys.conftest import DENMARK, World
from tests.journeys.screens import PHONE, LogIn, Reader, browser, log_in, site

__all__ = ["browser", "log_in", "site"]

FIRST_OF_APRIL = datetime(2026, 4, 1, 10, 0, tzinfo=DENMARK)
ANNA = "7205911142"


def apply(citizen: Reader) -> None:
    page = citizen.page
    page.goto("/selvbetjening/ansoegning/hvorfor")
    citizen.answer("reason", "Jeg har mistet mit arbejde")
    page.fill("#requested_from", "01.04.2026")
    citizen.answer("acute_need", "Nej")
    citizen.send("Gem og fortsæt")
    citizen.answer("cohabitation", "Nej, jeg bor ikke")
    page.fill("#children_at_home", "0")
    citizen.answer("lives_with_parents", "Nej")
    citizen.answer("housing", "I en lejebolig")
    citizen.send("Gem og fortsæt")
    citizen.answer("income_known", "Jeg skriver")
    page.fill("#income_this_month_kroner", "0")
    citizen.answer("wealth_known", "Jeg skriver")
    page.fill("#wealth_applicant_kroner", "2.400")
    citizen.send("Gem og fortsæt")
    citizen.answer("residence_9_of_10_years", "Ja")
    citizen.answer("work_two_and_a_half_years", "Ja")
    citizen.send("Gem og fortsæt")
    citizen.send("Gem og fortsæt")
    citizen.answer("statement_accepted", "Ja")
    citizen.send("Send ansøgningen")
    expect(page.locator("h1")).to_have_text("Vi har fået din ansøgning")
    citizen.look()


def assess(caseworker: Reader) -> None:
    page = caseworker.page
    page.keyboard.press("n")
    page.wait_for_url(re.compile(r"/opgaver/\d+$"))
    expect(page.locator("h1")).to_have_text("Vurdér oplysninger og betingelser")
    for name, words in {
        "cannot_support": "Ja",
        "other_benefit_covers": "Nej",
        "available": "Ja",
        "lawful_stay": "Ja",
        "single": "Ja",
        "discretion": "Ja",
    }.items():
        caseworker.answer(name, words)
    page.fill("#other_income", "0")
    page.fill("#text", "Betingelserne er opfyldt.")
    caseworker.finish("Afslut opgaven", "Vurdér oplysninger")
    expect(page.locator(".alert-success")).to_contain_text("Færdig: Vurdér oplysninger")


def test_an_application_becomes_a_payment_through_the_pages(world: World, log_in: LogIn) -> None:
    world.clock.moment = FIRST_OF_APRIL
    citizen = log_in(ANNA, width=390)
    apply(citizen)
    world.driver.settle()

    mette = log_in("mette")
    assess(mette)
    world.driver.settle()
    mette.open_task("Foreslå afgørelse")
    mette.answer("choice", "Foreslå afgørelsen")
    mette.page.fill("#reasoning", "Du er blevet ledig og kan ikke forsørge dig selv.")
    mette.finish("Send forslaget", "Foreslå afgørelse")
    world.driver.settle()

    karin = log_in("karin", "999-approver")
    karin.open_task("Godkend afgørelse")
    expect(karin.page.locator("main")).to_contain_text("Du er blevet ledig")
    karin.answer("approval", "Godkend")
    karin.finish("Send din beslutning", "Godkend afgørelse")
    world.driver.settle()

    mette.open_task("Registrér skattekort")
    mette.answer("tax_card_kind", "Hovedkort")
    mette.page.fill("#tax_card_rate", "38")
    mette.page.fill("#tax_card_deduction", "4.358")
    mette.answer("source", "eSkattekort")
    mette.page.fill("#evidence", "eSkattekort, hentet i dag.")
    mette.finish("Afslut opgaven", "Registrér skattekort")
    world.driver.settle()

    # (13.060 + 1.141 - 4.358) x 38 % in tax, as in the straight path.
    citizen.page.goto("/selvbetjening")
    expect(citizen.page.locator(".amount")).to_have_text(re.compile("10.461,00"))
    citizen.look()
    citizen.page.click("text=Se, hvordan vi har regnet")
    expect(citizen.page.locator("main")).to_contain_text("14.201,00")
    citizen.look()
    citizen.page.goto("/selvbetjening")
    assert citizen.read_pdf("Du får kontanthjælp").startswith(b"%PDF")


def test_an_application_begun_on_a_phone_is_gone_on_with_on_a_computer(log_in: LogIn) -> None:
    phone = log_in(ANNA, width=PHONE)
    phone.page.goto("/selvbetjening/ansoegning/hvorfor")
    phone.answer("reason", "Jeg har mistet mit arbejde")
    phone.page.fill("#requested_from", "01.04.2026")
    phone.answer("acute_need", "Nej")
    phone.send("Gem og fortsæt")
    phone.answer("cohabitation", "Nej, jeg bor ikke")
    phone.send("Gem og hold pause")
    expect(phone.page.locator("main")).to_contain_text("Du mangler 4 dele")
    phone.look()

    computer = log_in(ANNA)
    computer.page.goto("/selvbetjening")
    computer.page.get_by_role("link", name="Fortsæt din ansøgning").click()
    computer.look()
    computer.page.get_by_role("link", name=re.compile("^Fortsæt med")).click()
    expect(computer.page.locator("h1")).to_have_text("Dig og din familie")
    expect(computer.page.get_by_role("radio", name=re.compile("^Nej, jeg bor"))).to_be_checked()
    apply(computer)

    phone.page.goto("/selvbetjening")
    expect(phone.page.locator("main")).not_to_contain_text("Du mangler")
