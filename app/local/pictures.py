"""`./ky pictures`: takes the pictures of the main pages for the documentation, always the same way.

The demo municipality on a database that is thrown away, its clock standing still, the web server in
this process, and the browser that the tests use. Needs the test packages.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Thread

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from app.factory import create_app
from app.local import demo
from app.local.chromium import environment_for_tests
from app.local.database import create_database, create_tables
from app.local.driver import Driver
from app.local.frontend import ensure_bundles
from app.local.installation import DATABASE, demo_settings
from app.local.machine import LOOPBACK
from app.local.places import ROOT
from app.local.postgres import EmbeddedServer
from app.local.story import STARTS_AT, StoryClock
from app.local.terminal import say
from app.wiring import Core, build_core
from integrations.simulator import scenarios
from integrations.simulator.server import start

FOLDER = ROOT / "docs" / "pictures"
SWITCHES = ["--no-sandbox", "--disable-background-networking", "--disable-gpu"]
"""The browser may run as root here: it sees pages of our own only."""
A_WHILE = timedelta(minutes=7)
LATER = timedelta(hours=3)
"""So that what was made does not look made this minute."""
DESK, PHONE = (1280, 900), (390, 844)


@dataclass(frozen=True)
class Picture:
    """One picture (skærmbillede): who looks at what, on how large a screen."""

    name: str
    who: str
    """A member of staff, or the key of a citizen in the demo municipality."""
    path: str
    """`{case}` is the case of `about`; `{task}` its open task."""
    about: str = ""
    size: tuple[int, int] = DESK
    answers: tuple[str, ...] = ()
    """Words of answers to choose before the picture is taken."""
    folds: tuple[str, ...] = ()
    """Words of folds to open first."""


PICTURES = (
    Picture("inbox", "mette", "/opgaver?visning=enhed"),
    Picture("case", "mette", "/sager/{case}", about="anna", size=(1280, 1100)),
    Picture("task", "mette", "/opgaver/{task}", about="ida", size=(1280, 1100)),
    Picture(
        "calculation",
        "mette",
        "/sager/{case}/beregning",
        about="anna",
        size=(1280, 1100),
        folds=("Forhøjet sats", "den forhøjede sats", "Alder"),
    ),
    Picture("timeline", "mette", "/sager/{case}/tidslinje", about="anna", size=(1280, 1100)),
    Picture("process", "mette", "/sager/{case}/forloeb", about="ulla", size=(1280, 1100)),
    Picture(
        "apply",
        "pernille",
        "/selvbetjening/ansoegning/hvorfor",
        size=PHONE,
        answers=("Jeg har mistet mit arbejde",),
    ),
    Picture("citizen", "anna", "/selvbetjening", size=PHONE),
)


def run(arguments: list[str]) -> int:
    """Take every picture, or those that are named."""
    ensure_bundles()
    wanted = [each for each in PICTURES if each.name in arguments or not arguments]
    take(wanted, FOLDER)
    return 0 if wanted else 1


def take(wanted: list[Picture], folder: Path) -> None:
    """Make the municipality, open the browser and write the files."""
    folder.mkdir(parents=True, exist_ok=True)
    with municipality() as core, site(core) as address, browser() as chromium:
        for picture in wanted:
            page = _logged_in(chromium, address, picture)
            page.goto(_path(core, picture), wait_until="networkidle")
            for words in picture.answers:
                page.get_by_role("radio", name=re.compile(f"^{words}")).check()
            for words in picture.folds:
                page.locator("main summary").filter(has_text=words).first.click()
            file = folder / f"{picture.name}.png"
            page.screenshot(path=file, animations="disabled", caret="hide")
            page.context.close()
            say(f"  {file.name}: {picture.size[0]} × {picture.size[1]}")


@contextmanager
def municipality() -> Iterator[Core]:
    """Yield a core with the demo's cases, on a database of its own and a clock that stands."""
    with (
        tempfile.TemporaryDirectory(prefix="ky-pictures-") as home,
        EmbeddedServer(Path(home) / "pg", throw_away=True) as server,
        start("demo") as registers,
    ):
        create_database(server, DATABASE)
        settings = demo_settings(
            server,
            DATABASE,
            files_dir=Path(home) / "files",
            simulator_port=int(registers.url.rpartition(":")[2]),
            secret_key="only-for-the-pictures-and-then-gone",  # noqa: S106 - guards nothing
            clock_offset_seconds=0,
        )
        create_tables(settings)
        clock = StoryClock(STARTS_AT)
        core = build_core(settings, clock=clock)
        try:
            demo.load_setup(core)
            # Somebody takes a while over each task, so that a time line has an order.
            demo.make_cases(core, tell=lambda _line: clock.move(A_WHILE))
            clock.move(LATER)
            yield core
        finally:
            core.close()


@contextmanager
def site(core: Core) -> Iterator[str]:
    """Serve the pages in this process; yield their address."""

    class Silent(WSGIRequestHandler):
        """Says nothing of each request."""

        def log_request(self, *_: object) -> None:
            """Say nothing."""

    app = create_app(core.settings, core)
    server = make_server(LOOPBACK, 0, app, threaded=True, request_handler=Silent)
    thread = Thread(target=server.serve_forever, daemon=True, name="web")
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def browser() -> Iterator[Browser]:
    """Start the browser the tests use."""
    found = environment_for_tests()
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = found["PLAYWRIGHT_NODEJS_PATH"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=found["KY_CHROMIUM"],
            args=SWITCHES,
            env={**os.environ, **json.loads(found["KY_CHROMIUM_ENV"])},
        )
        try:
            yield started
        finally:
            started.close()


def _logged_in(chromium: Browser, address: str, picture: Picture) -> Page:
    width, height = picture.size
    context: BrowserContext = chromium.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        locale="da-DK",
        timezone_id="Europe/Copenhagen",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/log-ind")
    people = scenarios.load("demo").people
    chosen = people[picture.who].cpr if picture.size == PHONE else picture.who
    page.locator(f'button[name=chosen][value="{chosen}"]').click()
    page.wait_for_url(lambda url: "/log-ind" not in url)
    return page


def _path(core: Core, picture: Picture) -> str:
    """Return the address, with the case and task it is about; the task is taken first."""
    if not picture.about:
        return picture.path
    team = demo.team(core)
    cpr = scenarios.load("demo").applications[picture.about]["applicant_cpr"]
    (case,) = core.cases.search(cpr, team.caseworker)
    tasks = Driver(core, team).open_tasks(case.id)
    if "{task}" in picture.path:
        core.inbox.claim(tasks[0].id, team.caseworker)
    return picture.path.format(case=case.id, task=tasks[0].id if tasks else "")
