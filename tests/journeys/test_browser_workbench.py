"""A process owner changes a process that cases run on, at the screen, and a second one approves."""

import re

from playwright.sync_api import Page, expect

from app.judging import LimitedJudge
from processes.ports.records import InstanceState
from tests.journeys.conftest import World
from tests.journeys.screens import PATIENCE_MS, LogIn, Reader, browser, log_in, site

__all__ = ["browser", "log_in", "site"]

PROCESS = "/processer/subsistence_application"
NARROW = 320
FOLD_UP = "document.querySelectorAll('.who, .drop').forEach(each => each.open = false)"


def ready(reader: Reader) -> None:
    """Wait until the drawing board can be drawn on."""
    expect(reader.page.locator("#laerred[data-ready=yes]")).to_be_visible(timeout=PATIENCE_MS)


def element(page: Page, element_id: str) -> None:
    """Choose an element on the drawing by pressing it."""
    page.locator(f'[data-element-id="{element_id}"] .djs-hit').first.click()


def saved(reader: Reader) -> None:
    """Wait until what was drawn is saved, and the gate has answered."""
    expect(reader.page.locator("#gemt")).to_contain_text(
        re.compile(r"^Gemt kl\."), timeout=PATIENCE_MS
    )


def press(reader: Reader, button: str, *, looking: bool = True) -> None:
    """Look, fold up what hangs over the page, press, and wait for the page that answers."""
    if looking:
        reader.look()
        reader.page.evaluate(FOLD_UP)
    with reader.page.expect_navigation():
        reader.main.get_by_role("button", name=re.compile(f"^{button}")).click()


def found(reader: Reader, count: str) -> None:
    """Wait until the gate has found so many faults in what is drawn."""
    expect(reader.page.locator("#fund-antal")).to_contain_text(count, timeout=PATIENCE_MS)


def choose(reader: Reader, label: str, words: str) -> None:
    """Answer one of the properties of what is chosen."""
    field = reader.page.locator("#egenskaber-form").get_by_label(label, exact=True)
    if field.evaluate("field => field.tagName") == "SELECT":
        field.select_option(words)
    else:
        field.fill(words)
        field.press("Tab")


def version_of(world: World, case_id: str) -> int:
    """Return the version the case's own process runs on."""
    with world.core.env.uow(999) as uow:
        running = uow.processes.instances_of_case(case_id)
        main = next(each for each in running if each.process_key == "subsistence_application")
        assert main.state is InstanceState.RUNNING
        return uow.definitions.get(main.definition_id).version


def be_patient(world: World) -> None:
    """Let the gate take its time: the machine may be busy with other tests."""
    judge = world.core.workbench.judge_files
    assert isinstance(judge, LimitedJudge)
    judge.seconds = 60


def test_a_live_process_is_changed(world: World, log_in: LogIn) -> None:
    be_patient(world)
    case_id = world.apply("anna")
    world.driver.settle()
    assert version_of(world, case_id) == 1

    # Open: the list says what is in force, and who runs on it.
    peter = log_in("peter")
    peter.go("/processer")
    expect(peter.main).to_contain_text("Ansøgning om kontanthjælp")
    peter.go(PROCESS)
    expect(peter.main).to_contain_text("Diagrammet som tekst")
    press(peter, "Ny kladde")
    ready(peter)
    board = peter.page.url
    found(peter, "0 fejl")

    # Edit: a form goes missing, and the gate says so on the element while one draws.
    element(peter.page, "task_assess")
    choose(peter, "Formular", "")
    found(peter, "1 fejl")
    expect(peter.page.locator("#fund-liste")).to_contain_text("Vurdér oplysninger")
    expect(peter.page.locator(".djs-overlays .pin-error")).to_be_visible()
    saved(peter)
    peter.main.get_by_label("Hvorfor skal processen ændres?").fill("For at se, om den kan.")
    press(peter, "Send til godkendelse")
    expect(peter.main).to_contain_text("Kladden har 1 fejl")

    # Fix, by way of the keyboard: the next finding, then its field.
    ready(peter)
    peter.page.keyboard.press("F8")
    choose(peter, "Formular", "casework.assess")
    found(peter, "0 fejl")
    choose(peter, "Navn", "Vurdér oplysninger og betingelser nøje")
    saved(peter)
    expect(peter.page.locator("#tekst-tabel")).to_contain_text("betingelser nøje")

    # Try it on the cases there are: nobody would be harmed.
    peter.main.get_by_role("link", name=re.compile("^Prøv på sager")).click()
    press(peter, "Prøv kladden", looking=False)
    world.driver.settle()
    peter.page.reload()
    expect(peter.main).to_contain_text("Prøven fandt ingen skade")

    peter.page.goto(board)
    ready(peter)
    found(peter, "0 fejl")
    expect(peter.main).to_contain_text("1 ændring siden version 1")
    peter.main.get_by_label("Hvorfor skal processen ændres?").fill("Navnet skal sige det rigtige.")
    peter.answer("running", "De skal flyttes")
    press(peter, "Send til godkendelse")
    expect(peter.main).to_contain_text("En anden procesejer skal godkende den")
    assert peter.main.get_by_role("button", name="Godkend").count() == 0
    address = peter.page.url

    # Approve as second person: why, what is another, in words and on the drawing.
    gitte = log_in("gitte")
    gitte.go("/processer")
    expect(gitte.main).to_contain_text("Peter Dam beder dig godkende")
    gitte.go(address)
    expect(gitte.main).to_contain_text("Navnet skal sige det rigtige.")
    expect(gitte.main).to_contain_text("Ingen skade fundet")
    expect(gitte.main).to_contain_text("nu “Vurdér oplysninger og betingelser nøje”")
    expect(gitte.page.locator("[data-diagram][data-ready=yes]").first).to_be_visible()
    assert gitte.page.locator(".state-changed").count() == 2
    press(gitte, "Godkend")

    # Switched on: a case that begins now takes it, and the old one is tried before it is moved.
    expect(gitte.main).to_contain_text("1 af 1 kan flyttes")
    new = world.apply("bo")
    world.driver.settle()
    assert (version_of(world, case_id), version_of(world, new)) == (1, 2)
    gitte.main.get_by_label("Hvorfor flyttes sagerne?").fill("Alle skal se det nye navn.")
    press(gitte, "Flyt fra version 1 til version 2")
    world.driver.settle()
    gitte.page.reload()
    expect(gitte.main).to_contain_text("1 flyttet")
    assert version_of(world, case_id) == 2

    # Back: the case as it was, and the process with a second person as ever.
    gitte.main.get_by_label("Hvorfor flyttes sagerne?").fill("Den skulle ikke med.")
    press(gitte, "Før tilbage til version 1")
    world.driver.settle()
    assert version_of(world, case_id) == 1
    peter.go(PROCESS)
    form = peter.main.locator("form[action$=rul-tilbage]")
    form.get_by_label("Hvorfor?").fill("Navnet blev misforstået.")
    press(peter, "Bed om at få versionen tilbage")
    address = peter.page.url
    gitte.page.goto(address)
    press(gitte, "Godkend", looking=False)
    gitte.page.goto(PROCESS)
    expect(gitte.main.locator("tr", has_text="Version 3").first).to_contain_text("I drift")
    gitte.go(f"{PROCESS}/forskelle?fra=1&til=3")
    expect(gitte.main).to_contain_text("Der er ingen forskel")

    # On a phone everything is still there.
    narrow = log_in("gitte", width=NARROW)
    for path in ("/processer", PROCESS, f"{PROCESS}/forskelle?fra=1&til=2", f"{PROCESS}/flyt"):
        narrow.go(path)
