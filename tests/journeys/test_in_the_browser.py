"""The straight path as people meet it: a citizen at home, three people at work, real registers."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from threading import Thread

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from app.factory import create_app
from app.local.places import ROOT
from tests.browser import chromium
from tests.journeys.conftest import DENMARK, World

AXE = ROOT / "app" / "static" / "dist" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FIRST_OF_APRIL = datetime(2026, 4, 1, 10, 0, tzinfo=DENMARK)
ANNA = "7205911142"

LogIn = Callable[..., "Reader"]


@dataclass
class Reader:
    """Somebody at a screen, whose every page is looked at by axe."""

    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    def look(self) -> None:
        """Let axe look at the page as it stands, every fold open."""
        self.page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
        session = self.context.new_cdp_session(self.page)
        session.send("Runtime.evaluate", {"expression": AXE.read_text()})
        found = self.page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        self.complaints += [f"{self.page.url}: {each['id']}" for each in found["violations"]]

    def answer(self, name: str, words: str) -> None:
        """Choose an answer by its words."""
        group = self.page.locator(f"fieldset#{name}")
        group.get_by_role("radio", name=re.compile(f"^{words}")).check()

    def open_task(self, name: str) -> None:
        """Find a task in the unit's inbox, and take it if nobody has."""
        self.page.goto("/opgaver?visning=enhed")
        self.look()
        self.page.get_by_role("link", name=name, exact=True).click()
        if self.page.locator("main button:has-text('Tag opgaven')").count():
            self.send("Tag opgaven")
        expect(self.page.locator("h1")).to_have_text(name)

    def send(self, button: str) -> None:
        """Look, then press."""
        self.look()
        self.page.click(f"main button:has-text('{button}')")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def site(world: World) -> Iterator[str]:
    app = create_app(world.core.settings, world.core)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def log_in(browser: Browser, site: str) -> Iterator[LogIn]:
    opened: list[BrowserContext] = []

    def log_in(who: str, role: str = "", *, width: int = 1440) -> Reader:
        size = {"width": width, "height": 900}
        context = browser.new_context(base_url=site, viewport=size)
        opened.append(context)
        page = context.new_page()
        page.goto("/log-ind")
        page.click(f'button[name=chosen][value="{who}"]')
        if role:
            page.click(f'button[name=chosen][value="{role}"]')
        page.wait_for_url(lambda address: "/log-ind" not in address and "/rolle" not in address)
        return Reader(context, page)

    yield log_in
    for context in opened:
        context.close()


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
    caseworker.send("Afslut opgaven")
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
    mette.send("Send forslaget")
    expect(mette.page.locator(".alert-success")).to_be_visible()
    world.driver.settle()

    karin = log_in("karin", "999-approver")
    karin.open_task("Godkend afgørelse")
    expect(karin.page.locator("main")).to_contain_text("Du er blevet ledig")
    karin.answer("approval", "Godkend")
    karin.send("Send din beslutning")
    expect(karin.page.locator(".alert-success")).to_be_visible()
    world.driver.settle()

    mette.open_task("Registrér skattekort")
    mette.answer("tax_card_kind", "Hovedkort")
    mette.page.fill("#tax_card_rate", "38")
    mette.page.fill("#tax_card_deduction", "4.358")
    mette.answer("source", "eSkattekort")
    mette.page.fill("#evidence", "eSkattekort, hentet i dag.")
    mette.send("Afslut opgaven")
    expect(mette.page.locator(".alert-success")).to_be_visible()
    world.driver.settle()

    # (13.060 + 1.141 - 4.358) x 38 % in tax, as in the straight path.
    citizen.page.goto("/selvbetjening")
    expect(citizen.page.locator(".amount")).to_have_text(re.compile("10.461,00"))
    citizen.look()
    citizen.page.click("text=Se, hvordan vi har regnet")
    expect(citizen.page.locator("main")).to_contain_text("14.201,00")
    citizen.look()
    citizen.page.goto("/selvbetjening")
    letter = citizen.page.get_by_role("link", name="Du får kontanthjælp")
    answer = citizen.context.request.get(letter.get_attribute("href"))
    assert answer.body().startswith(b"%PDF")
    assert [*citizen.complaints, *mette.complaints, *karin.complaints] == []


def test_an_application_begun_on_a_phone_is_gone_on_with_on_a_computer(log_in: LogIn) -> None:
    phone = log_in(ANNA, width=360)
    phone.page.goto("/selvbetjening/ansoegning/hvorfor")
    phone.answer("reason", "Jeg har mistet mit arbejde")
    phone.page.fill("#requested_from", "01.04.2026")
    phone.answer("acute_need", "Nej")
    phone.send("Gem og fortsæt")
    phone.answer("cohabitation", "Nej, jeg bor ikke")
    phone.send("Gem og hold pause")
    expect(phone.page.locator("main")).to_contain_text("Du mangler 4 dele")
    phone.look()
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 360

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
    assert [*phone.complaints, *computer.complaints] == []
