"""A citizen applies, two people decide, the citizen is paid and sees it: in a real browser.

Everything behind the pages is real: the database, the process, the registers, the letter.
"""

from collections.abc import Iterator
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from app.factory import create_app
from app.local.places import ROOT
from tests.browser import chromium
from tests.journeys.conftest import World

AXE = ROOT / "app" / "static" / "dist" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 780}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def site(world: World) -> Iterator[str]:
    """The real application on the real core, at an address of its own."""
    server = make_server("127.0.0.1", 0, create_app(world.core.settings, world.core), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


def a_page(browser: Browser, site: str, *, viewport: dict[str, int], who: str) -> Page:
    """Open a browser of one's own and log in."""
    context = browser.new_context(base_url=site, viewport=viewport, locale="da-DK")
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
    page.goto("/log-ind")
    page.get_by_role("button", name=who).first.click()
    return page


def look(page: Page) -> None:
    """Let axe look at the page as it stands."""
    # By the debugger's own door: the page's policy lets no script in but ours.
    page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": AXE.read_text()})
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    said = [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]]
    assert not said, (page.url, said)
    width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert width <= 0, f"{page.url} scrolls sideways by {width} px"


def fill(page: Page, values: dict[str, str]) -> None:
    """Answer fields by name: radios are checked, the rest is typed."""
    for name, text in values.items():
        radio = page.locator(f"main input[type=radio][name='{name}'][value='{text}']")
        if radio.count():
            radio.check(force=True)
        else:
            page.locator(f"main [name='{name}']").first.fill(text)


def send(page: Page) -> None:
    """Press the page's one primary button."""
    page.locator("main button.button-primary").first.click()
    page.wait_for_load_state()


PARTS = {
    "hvorfor": {
        "reason": "ledig",
        "reason_text": "Min stilling ophørte, og jeg er ikke medlem af en a-kasse.",
        "requested_from": "01.04.2026",
        "acute_need": "nej",
    },
    "familie": {
        "cohabitation": "enlig",
        "children_at_home": "0",
        "lives_with_parents": "nej",
        "housing": "lejebolig",
    },
    "penge": {
        "income_known": "beloeb",
        "income_this_month_kroner": "0",
        "wealth_known": "beloeb",
        "wealth_applicant_kroner": "2400",
    },
    "aar": {"residence_9_of_10_years": "ja", "work_two_and_a_half_years": "ja"},
    "kontakt": {"phone": "70000001", "email": "anna@eksempel.invalid"},
}
ASSESS = {
    "cannot_support": "ja",
    "other_benefit_covers": "nej",
    "available": "ja",
    "lawful_stay": "ja",
    "single": "ja",
    "other_income": "0",
    "discretion": "ja",
    "text": "Ansøger er blevet ledig og er uden indtægt og formue af betydning.",
}


def work(page: Page, world: World, name: str, values: dict[str, str], *, view: str) -> None:
    """Take a task from the inbox, fill its form in and send it."""
    world.driver.settle()
    page.goto(f"/opgaver?visning={view}")
    look(page)
    page.get_by_role("link", name=name).first.click()
    look(page)
    take = page.get_by_role("button", name="Tag opgaven")
    if take.count():
        take.click()
        page.wait_for_load_state()
    fill(page, values)
    look(page)
    page.locator("form#opgave button.button-primary").first.click()
    page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text(f"Færdig: {name}")


def test_from_application_on_a_phone_to_a_paid_and_explained_decision(
    browser: Browser, site: str, world: World
) -> None:
    anna = a_page(browser, site, viewport=PHONE, who="Anna Lindegaard Toft")
    anna.goto("/selvbetjening/ansoegning")
    look(anna)
    for part, answers in PARTS.items():
        anna.goto(f"/selvbetjening/ansoegning/{part}")
        fill(anna, answers)
        look(anna)
        send(anna)
    anna.goto("/selvbetjening/ansoegning/send")
    look(anna)
    anna.locator("main input[name='statement_accepted']").check(force=True)
    send(anna)
    expect(anna.locator("h1")).to_be_focused()
    look(anna)
    anna.goto("/selvbetjening")
    expect(anna.locator("main")).to_contain_text("Kommunen behandler din ansøgning")
    look(anna)

    mette = a_page(browser, site, viewport=WIDE, who="Mette Holm")
    work(mette, world, "Vurdér oplysninger og betingelser", ASSESS, view="ufordelte")
    work(
        mette,
        world,
        "Foreslå afgørelse",
        {"choice": "propose", "reasoning": "Du er blevet ledig og kan ikke forsørge dig selv."},
        view="mine",
    )
    karin = a_page(browser, site, viewport=WIDE, who="Karin Lund")
    karin.get_by_role("button", name="Fagleder").first.click()
    work(karin, world, "Godkend afgørelse", {"approval": "approved"}, view="ufordelte")
    work(
        mette,
        world,
        "Registrér skattekort",
        {
            "source": "eSkattekort",
            "evidence": "eSkattekort hentet 02.03.2026.",
            "valid_from": "01.03.2026",
            "tax_card_kind": "hovedkort",
            "tax_card_rate": "38",
            "tax_card_deduction": "4.358,00",
        },
        view="mine",
    )
    world.driver.settle()

    anna.goto("/selvbetjening")
    look(anna)
    expect(anna.locator("main")).to_contain_text("10.461,00")
    with anna.expect_response(lambda answer: "/dokumenter/" in answer.url) as letter:
        anna.get_by_role("link", name="Du får kontanthjælp").first.click()
    assert letter.value.ok
    mette.goto("/sager")
    mette.locator("header input[name=text]").fill("Lindegaard")
    mette.keyboard.press("Enter")
    mette.wait_for_load_state()
    mette.get_by_role("link", name="Anna Lindegaard Toft").first.click()
    expect(mette.locator("main")).to_contain_text("14.201,00")
    for page in ("", "/oplysninger", "/beregning", "/udbetalinger", "/dokumenter", "/journal"):
        mette.goto(mette.url.split("/sager/")[0] + _case_path(mette) + page)
        look(mette)
    mette.goto(_case_path(mette) + "/forloeb")
    expect(mette.locator(".bjs-container svg").first).to_be_visible()
    expect(mette.locator(".bjs-powered-by")).to_be_visible()


def _case_path(page: Page) -> str:
    return "/sager/" + page.url.split("/sager/")[1].split("/")[0].split("?")[0]
