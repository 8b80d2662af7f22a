"""People at screens: Chromium against the real pages, and what is looked at on every one of them.

A module that uses these imports the fixtures `browser`, `site` and `log_in`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Thread

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from werkzeug.serving import make_server

from app.factory import create_app
from app.local.places import ROOT
from tests.browser import chromium
from tests.journeys.conftest import World

AXE = ROOT / "app" / "static" / "dist" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESK, PHONE = 1440, 360
PATIENCE_MS = 15_000
"""How long a page may take on a busy machine."""
AXE_RUN = "rules => axe.run({exclude: [['.djs-container']]}, {runOnly: rules})"
"""What the drawing tool draws is left out: each drawing has its twin in words."""
OPEN_FOLDS = "document.querySelectorAll('details').forEach(each => each.open = true)"
TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"

LogIn = Callable[..., "Reader"]


@dataclass
class Reader:
    """Somebody at a screen, whose every page is looked at by axe and measured."""

    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    @property
    def main(self) -> Locator:
        """What the page itself says."""
        return self.page.locator("main")

    def go(self, path: str) -> None:
        """Open a page and look at it."""
        self.page.goto(path)
        self.look()

    def look(self) -> None:
        """Let axe look at the page as it stands, every fold open, and see whether it fits."""
        self.page.evaluate(OPEN_FOLDS)
        session = self.context.new_cdp_session(self.page)
        session.send("Runtime.evaluate", {"expression": AXE.read_text()})
        found = self.page.evaluate(AXE_RUN, RULES)
        self.complaints += [
            f"{self.page.url}: {each['id']}: {node['html'][:120]}"
            for each in found["violations"]
            for node in each["nodes"]
        ]
        if (too_wide := self.page.evaluate(TOO_WIDE)) > 0:
            self.complaints.append(f"{self.page.url} is {too_wide} px too wide")

    def answer(self, name: str, words: str) -> None:
        """Choose an answer by its words."""
        group = self.page.locator(f"fieldset#{name}")
        group.get_by_role("radio", name=re.compile(f"^{words}")).check()

    def unfold(self, words: str) -> None:
        """Open a fold by the words on it."""
        self.main.locator("summary").filter(has_text=words).click()

    def open_task(self, name: str, about: str = "") -> None:
        """Find a task in the unit's inbox, and take it if nobody has."""
        self.go("/opgaver?visning=enhed")
        rows = self.page.locator("tr[data-row]").filter(has_text=about)
        rows.get_by_role("link", name=name, exact=True).click()
        self.page.wait_for_url(re.compile(r"/opgaver/\d+$"))
        expect(self.page.locator("h1")).to_have_text(name)
        if self.main.get_by_role("button", name=re.compile("^Tag opgaven")).count():
            self.send("Tag opgaven")
        expect(self.page.locator("form#opgave")).to_be_visible()

    def send(self, button: str) -> None:
        """Look, press, and wait for the page that answers: the old one must not be taken for it."""
        self.look()
        with self.page.expect_navigation():
            self.main.get_by_role("button", name=re.compile(f"^{button}")).click()

    def finish(self, button: str, said: str) -> None:
        """Look, press, and wait until the inbox says what was finished."""
        self.send(button)
        self.page.wait_for_url(re.compile(r"/opgaver$"))
        expect(self.page.locator(".alert-success")).to_contain_text(f"Færdig: {said}")

    def read_pdf(self, title: str) -> bytes:
        """Fetch the PDF behind a link, with one's own login."""
        link = self.main.get_by_role("link", name=title, exact=True).first
        answer = self.context.request.get(str(link.get_attribute("href")))
        assert answer.headers["content-type"] == "application/pdf"
        return answer.body()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for a module."""
    with chromium() as started:
        yield started


@pytest.fixture
def site(world: World) -> Iterator[str]:
    """The pages of this test's core, served over HTTP."""
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
    """Log somebody in, on a screen of their own; nobody may have met a page that is not right."""
    readers: list[Reader] = []

    def log_in(who: str, role: str = "", *, width: int = DESK) -> Reader:
        context = browser.new_context(base_url=site, viewport={"width": width, "height": 900})
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        reader = Reader(context, page)
        readers.append(reader)
        page.on("pageerror", lambda error: reader.complaints.append(f"{page.url}: {error}"))
        page.goto("/log-ind")
        page.click(f'button[name=chosen][value="{who}"]')
        if role:
            page.click(f'button[name=chosen][value="{role}"]')
        page.wait_for_url(lambda address: "/log-ind" not in address and "/rolle" not in address)
        return reader

    yield log_in
    complaints = [each for reader in readers for each in reader.complaints]
    for reader in readers:
        reader.context.close()
    assert complaints == []
