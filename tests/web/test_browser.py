"""What only a browser can tell: axe, width, focus, keys, drafts, the picture of a process."""

import re
from collections.abc import Iterator
from dataclasses import replace
from threading import Thread

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from app.factory import create_app
from app.local.places import ROOT
from processes.domain.documents import LARGEST_FILE_BYTES
from tests.browser import chromium
from tests.web.fake_core import FakeCore
from tests.web.world import ROLE_OF, TASK_IDS, a_citizen_case, a_world

DIAGRAM = ROOT / "bpmn" / "processes" / "subsistence_application.bpmn"
AXE = ROOT / "app" / "static" / "dist" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OTHERS = set(ROLE_OF)
ASSESS = f"/opgaver/{TASK_IDS['casework.assess']}"

PAGES = [
    ("karin", "/opgaver?visning=enhed"),
    *[("karin", f"/opgaver/{number}") for key, number in TASK_IDS.items() if key not in OTHERS],
    ("karin", "/opgaver/50"),
    ("karin", "/sager"),
    ("karin", "/sager/sag-1"),
    ("karin", "/sager/sag-1/oplysninger"),
    ("karin", "/sager/sag-1/beregning"),
    ("karin", "/sager/sag-1/udbetalinger"),
    ("karin", "/sager/sag-1/dokumenter"),
    ("karin", "/sager/sag-1/krav"),
    ("finn", "/krav"),
    ("finn", "/krav/krav-1"),
    ("karin", "/sager/sag-1/beskeder"),
    ("karin", "/sager/sag-1/journal"),
    ("karin", "/sager/sag-1/tidslinje"),
    ("karin", "/sager/sag-1/forloeb"),
    ("karin", "/findes-ikke"),
    ("gerda", f"/opgaver/{TASK_IDS['decision.approve']}"),
    ("gerda", f"/opgaver/{TASK_IDS['matter.approve']}"),
    *[("finn", f"/opgaver/{TASK_IDS[key]}") for key, role in ROLE_OF.items() if role == "finance"],
    ("tina", "/rolle"),
    ("6101901234", "/selvbetjening"),
    ("6101901234", "/selvbetjening/ansoegning"),
    ("6101901234", "/selvbetjening/ansoegning/familie"),
    ("6101901234", "/selvbetjening/kvittering/sag-1"),
    ("6101901234", "/selvbetjening/beregning/sag-1"),
    ("6101901234", "/selvbetjening/aendring/sag-1"),
    ("6101901234", "/selvbetjening/aendring/sag-1/ferie"),
    ("6101901234", "/selvbetjening/traek-tilbage/sag-1"),
    ("karin", "/sager/sag-1/aendringer"),
    ("karin", "/sager/sag-1/sanktioner"),
    ("karin", "/sager/sag-1/sanktioner/ny"),
    ("karin", "/sager/sag-1/ophoer"),
    ("finn", "/indkomst"),
    ("6101901234", "/selvbetjening/stop-hjaelp/sag-1"),
    ("karin", "/sager/sag-1/aendringer/doedsfald"),
    ("6101901234", "/selvbetjening/beskeder/sag-1"),
    ("6101901234", "/selvbetjening/aegtefaelle/sag-2"),
    ("6101901234", "/selvbetjening/papirer/sag-1"),
    ("6101901234", "/selvbetjening/papirer/sag-1/kvittering"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def world() -> FakeCore:
    return a_world(DIAGRAM.read_text())


@pytest.fixture
def site(world: FakeCore) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(world.settings, world), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def context(browser: Browser, site: str) -> Iterator[BrowserContext]:
    with browser.new_context(base_url=site, viewport={"width": 1440, "height": 900}) as opened:
        yield opened


def log_in(context: BrowserContext, who: str) -> Page:
    page = context.new_page()
    page.goto("/log-ind")
    page.click(f'button[name=chosen][value="{who}"]')
    page.wait_for_url(lambda address: "/log-ind" not in address)
    return page


def violations(context: BrowserContext, page: Page) -> list[str]:
    """Return what axe finds with every fold open; the policy lets no script in but ours."""
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    session = context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": AXE.read_text()})
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [
        f"{each['id']}: {node['html'][:120]}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("width", [1440, 320])
@pytest.mark.parametrize("who", sorted({who for who, _ in PAGES}))
def test_every_page_is_for_everybody_and_fits(
    browser: Browser, site: str, who: str, width: int
) -> None:
    complaints: list[str] = []
    with browser.new_context(base_url=site, viewport={"width": width, "height": 900}) as context:
        page = log_in(context, who)
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else 0)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        for path in (path for name, path in PAGES if name == who):
            page.goto(path)
            too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            complaints += [f"{path}: {each}" for each in violations(context, page)]
            if too_wide > 0:
                complaints.append(f"{path} scrolls sideways by {too_wide} px at {width}")

    assert [each for each in complaints if "404" not in each] == []


def test_keys_walk_the_list_and_open_a_row(context: BrowserContext) -> None:
    page = log_in(context, "karin")
    titles = page.locator("tr[data-row] a.title")

    page.keyboard.press("j")
    expect(titles.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(titles.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(titles.nth(0)).to_be_focused()
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/opgaver/\d+$"))


def test_a_key_in_a_field_is_a_letter(context: BrowserContext) -> None:
    page = log_in(context, "karin")

    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("nnn")

    expect(page.locator("#find")).to_have_value("nnn")
    expect(page).to_have_url(re.compile(r"/opgaver$"))


def test_single_keys_can_be_switched_off_and_stay_off(context: BrowserContext) -> None:
    page = log_in(context, "karin")
    page.click("#keys-off")

    page.reload()
    page.keyboard.press("n")
    page.keyboard.press("j")

    expect(page.locator("#keys-off")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("tr.chosen")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/opgaver$"))


def test_n_takes_the_next_task(context: BrowserContext, world: FakeCore) -> None:
    page = log_in(context, "karin")

    page.keyboard.press("n")

    expect(page).to_have_url(re.compile(r"/opgaver/50$"))
    assert world.inbox.pages[50].task.assignee == "karin"


def test_a_draft_keeps_itself_two_seconds_after_the_last_key(
    context: BrowserContext, world: FakeCore
) -> None:
    page = log_in(context, "karin")
    page.goto(ASSESS)

    page.fill("#text", "Lønsedlen er læst.")
    expect(page.locator("#udkast")).to_have_text(re.compile("Udkast gemt kl."))
    page.reload()

    expect(page.locator("#text")).to_have_value("Lønsedlen er læst.")
    expect(page.locator("[name=revision]")).to_have_value("1")


def test_a_conflict_is_told_and_the_words_stay(context: BrowserContext, world: FakeCore) -> None:
    page = log_in(context, "karin")
    page.goto(ASSESS)
    number = TASK_IDS["casework.assess"]
    world.inbox.pages[number] = replace(world.inbox.pages[number], revision=7)

    page.fill("#text", "Mine ord")

    expect(page.locator("#konflikt")).to_be_visible()
    expect(page.locator("#konflikt")).to_contain_text("ændret et andet sted")
    expect(page.locator("#text")).to_have_value("Mine ord")


def test_a_line_that_is_down_is_told_and_tried_again(context: BrowserContext) -> None:
    page = log_in(context, "karin")
    page.goto(ASSESS)
    page.route("**/udkast", lambda route: route.abort())

    page.fill("#text", "Mine ord")

    expect(page.locator("#udkast")).to_contain_text("Ikke gemt")
    page.unroute("**/udkast")
    page.keyboard.press("Control+s")
    expect(page.locator("#udkast")).to_have_text(re.compile("Udkast gemt kl."))


def test_control_enter_sends_and_mistakes_take_the_focus(context: BrowserContext) -> None:
    page = log_in(context, "karin")
    page.goto(ASSESS)

    page.keyboard.press("Control+Enter")

    expect(page.locator("#fejl")).to_be_focused()
    page.locator("#fejl a").first.click()
    assert page.evaluate("document.activeElement.id").startswith("cannot_support")


def test_a_whole_application_needs_no_script(browser: Browser, site: str, world: FakeCore) -> None:
    with browser.new_context(base_url=site, java_script_enabled=False) as context:
        page = log_in(context, "6101901234")
        page.click("text=Begynd en ansøgning")
        page.click("text=Begynd med")
        page.click("text=Jeg har mistet mit arbejde")
        page.fill("#requested_from", "16.03.2026")
        page.click("label[for=acute_need-1]")
        page.click("text=Gem og fortsæt")
        page.click("label[for=cohabitation-0]")
        page.fill("#children_at_home", "0")
        page.click("label[for=lives_with_parents-1]")
        page.click("label[for=housing-0]")
        page.click("text=Gem og fortsæt")
        page.click("label[for=income_known-1]")
        page.click("label[for=wealth_known-1]")
        page.click("text=Gem og fortsæt")
        page.click("label[for=residence_9_of_10_years-2]")
        page.click("label[for=work_two_and_a_half_years-2]")
        page.click("text=Gem og fortsæt")
        page.click("text=Gem og fortsæt")
        page.click("label[for=statement_accepted-0]")
        page.click("text=Send ansøgningen")

        expect(page.locator("h1")).to_have_text("Vi har fået din ansøgning")
    assert len(world.citizen.applied) == 1


def test_a_hearing_page_is_for_everybody(context: BrowserContext, world: FakeCore) -> None:
    world.citizen.cases = [a_citizen_case(is_heard=True)]
    page = log_in(context, "6101901234")
    page.click("text=Læs og svar")

    assert violations(context, page) == []


def test_the_mark_of_the_drawing_library_is_never_covered(context: BrowserContext) -> None:
    page = log_in(context, "karin")
    page.goto("/sager/sag-1/forloeb")
    drawing = page.locator("[data-diagram]").first
    expect(drawing).to_have_attribute("data-ready", "yes")
    drawing.scroll_into_view_if_needed()

    uncovered = page.evaluate(
        """() => {
          const mark = document.querySelector(".bjs-powered-by");
          const box = mark.getBoundingClientRect();
          return [0.1, 0.5, 0.9].every((part) => {
            const x = box.left + box.width * part;
            const found = document.elementFromPoint(x, box.top + box.height / 2);
            return mark === found || mark.contains(found);
          });
        }"""
    )

    assert uncovered


def test_the_drawing_marks_where_the_case_has_been_and_stands(context: BrowserContext) -> None:
    page = log_in(context, "karin")
    page.goto("/sager/sag-1/forloeb")

    expect(page.locator("[data-element-id=task_assess].state-done")).to_have_count(1)
    expect(page.locator("[data-element-id=call_pay_once].state-active")).to_have_count(1)


def as_team_lead(context: BrowserContext) -> Page:
    page = log_in(context, "tina")
    page.click('button[name=chosen][value="999-team_lead"]')
    page.wait_for_url("**/opgaver")
    return page


@pytest.mark.parametrize("width", [1440, 320])
def test_the_pages_of_a_team_are_for_everybody_and_fit(
    browser: Browser, site: str, width: int
) -> None:
    complaints: list[str] = []
    with browser.new_context(base_url=site, viewport={"width": width, "height": 900}) as context:
        page = as_team_lead(context)

        def look(what: str) -> None:
            too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            complaints.extend(f"{what}: {each}" for each in violations(context, page))
            if too_wide > 0:
                complaints.append(f"{what} is {too_wide} px too wide")

        page.goto("/hold")
        look("team")
        page.goto("/hold?hos=karin")
        look("tasks")
        page.click("text=Alle 2")
        page.wait_for_url("**/hold/flyt")
        look("plan")
        page.click("button:has-text('Flyt 2 opgaver')")
        expect(page.locator("#fejl")).to_be_visible()
        look("plan without a reason")
    assert complaints == []


def test_a_team_lead_chooses_and_moves_by_keyboard(
    context: BrowserContext, world: FakeCore
) -> None:
    page = as_team_lead(context)
    page.goto("/hold?hos=karin")

    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.locator("input[name=opgave]:checked")).to_have_count(2)
    page.keyboard.press("x")
    expect(page.locator("input[name=opgave]:checked")).to_have_count(1)
    page.keyboard.press("m")
    page.wait_for_url("**/hold/flyt")
    page.fill("#grund", "Vi er færre")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/hold")

    assert [each[0] for each in world.team.asked] == ["plan", "move"]
    assert world.team.asked[0] == ("plan", (TASK_IDS["casework.assess"],), "jonas")


def test_the_last_move_is_undone_by_keyboard_but_not_while_writing(
    context: BrowserContext, world: FakeCore
) -> None:
    page = as_team_lead(context)
    page.goto("/hold")

    page.click("text=Registrér fravær")
    page.fill("#sidste-dag", "27.03.2026")
    page.keyboard.press("Control+z")
    page.locator("h1").click()
    page.keyboard.press("Control+z")
    expect(page.locator(".alert-success").first).to_contain_text("lagt tilbage hos Karin Holm")

    assert [each[0] for each in world.team.asked] == ["undo"]


def test_moving_needs_no_script(browser: Browser, site: str, world: FakeCore) -> None:
    with browser.new_context(base_url=site, java_script_enabled=False) as context:
        page = as_team_lead(context)
        page.goto("/hold?hos=karin")
        page.locator("input[name=opgave]").first.check(force=True)
        page.click("text=Se forslag for valgte")
        page.fill("#grund", "Vi er færre")
        page.click("button:has-text('Flyt 2 opgaver')")
        expect(page.locator("h1")).to_have_text("Holdet i dag")

    assert [each[0] for each in world.team.asked] == ["plan", "move"]


def test_a_file_too_large_is_told_where_it_was_chosen_and_nothing_is_sent(
    browser: Browser, site: str, world: FakeCore
) -> None:
    large = {
        "name": "stor.pdf",
        "mimeType": "application/pdf",
        "buffer": b"%PDF-" + b"0" * LARGEST_FILE_BYTES,
    }
    with browser.new_context(base_url=site, viewport={"width": 320, "height": 800}) as context:
        page = log_in(context, "6101901234")
        page.goto("/selvbetjening/beskeder/sag-1")
        page.get_by_label("Din besked").fill("Her er mit papir.")
        page.set_input_files("#filer", large)
        expect(page.get_by_role("alert")).to_contain_text("“stor.pdf” fylder 10,0 MB")
        page.get_by_label("Din besked").focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")

        expect(page.locator("#filer")).to_be_focused()
        expect(page.get_by_label("Din besked")).to_have_value("Her er mit papir.")
    assert world.messages.written == []
