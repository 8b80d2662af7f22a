"""A process owner finds what stands still, tries it again, and moves a case with a colleague.

And tries a draft on cases that have been, before anybody is asked to approve it.
"""

from playwright.sync_api import expect

from app.local.driver import approve, assess, propose, tax_card
from tests.journeys.conftest import World
from tests.journeys.screens import LogIn, browser, log_in, site
from tests.journeys.test_cockpit import id_of, stop

__all__ = ["browser", "log_in", "site"]

GRANT = {
    "casework.assess": assess(text="Betingelserne er opfyldt."),
    "decision.propose": propose("Du er blevet ledig."),
    "decision.approve": approve,
    "payment.tax_card": tax_card(rate=38, deduction="4358"),
}


def test_what_stands_still_is_found_on_the_diagram_and_tried_again(
    world: World, log_in: LogIn
) -> None:
    standing = world.apply("ulla")
    world.driver.rest(standing)
    stop(world, "anna", "yrsa")

    peter = log_in("peter")
    peter.go("/drift")
    peter.main.get_by_role("link", name="Ansøgning om kontanthjælp").click()
    page = peter.page
    expect(page.locator("[data-cockpit]")).to_have_attribute("data-ready", "yes")
    expect(page.locator("[data-cockpit] .badge-stopped")).to_have_text("! 2")
    expect(page.locator("[data-cockpit] .badge-tokens").filter(has_text="1").first).to_be_visible()
    expect(page.locator("tr[data-element=task_assess]")).to_contain_text("1")
    peter.look()

    peter.go("/drift/standsede")
    for box in page.locator("input[name=valgt]").all():
        box.check()
    peter.send("Se, hvad der sker")
    expect(peter.main).to_contain_text("Intet er prøvet endnu")
    peter.look()
    peter.send("Prøv 2 sager igen")
    expect(page.locator("h1")).to_have_text("2 sager er prøvet igen")
    peter.look()
    world.driver.settle()

    peter.go(f"/drift/forloeb/{id_of(world, standing)}")
    expect(page.locator("[data-ready=yes]").first).to_be_visible()
    expect(peter.main).to_contain_text("Kræver en rolle med adgang til sager.")
    form = page.locator("form[action$='/flyt']").first
    form.locator("xpath=..").evaluate("each => each.open = true")
    form.get_by_role("button").click()
    expect(page.locator("#fejl")).to_contain_text("Vælg det trin")
    peter.look()
    form = page.locator("form[action$='/flyt']").first
    form.get_by_label("Flyt til").select_option(label="Indhent og registrér manglende oplysninger")
    form.get_by_label("Hvorfor").fill("Oplysningerne blev aldrig hentet")
    form.get_by_role("button").click()
    expect(peter.main).to_contain_text("En anden end dig skal godkende.")

    gitte = log_in("gitte", width=320)
    gitte.go("/drift")
    expect(gitte.main).to_contain_text("1 flytning venter på en anden person")
    gitte.main.get_by_role("button", name="Godkend, og flyt").click()
    expect(gitte.main).to_contain_text("Forløbet er flyttet.")
    gitte.look()
    assert world.forms(standing) == ["casework.complete_facts"]
    for path in ("/drift/koeer/timers", "/drift/koeer/kept", "/drift/standsede"):
        gitte.go(path)
    lists = gitte.main.get_by_role("link", name="Beskeder, der ventes på")
    gitte.go("/drift/koeer/jobs")
    lists.click()
    expect(gitte.page.locator("h1")).to_have_text("Beskeder, der ventes på")


def test_a_draft_is_tried_on_recorded_cases_and_the_report_follows_it(
    world: World, log_in: LogIn
) -> None:
    world.driver.work(world.apply("anna"), GRANT)
    world.driver.rest(world.apply("yrsa"))

    peter = log_in("peter")
    page = peter.page
    peter.go("/processer/subsistence_application")
    page.get_by_role("button", name="Ny kladde").press("Enter")
    page.wait_for_url("**/processer/kladder/*")
    page.get_by_role("link", name="Prøv på sager").press("Enter")
    page.wait_for_url("**/proev")
    peter.look()
    page.get_by_label("Højst så mange").fill("0")
    peter.send("Prøv kladden")
    expect(page.locator("#fejl")).to_contain_text("Skriv et helt tal")
    peter.look()
    page.get_by_label("Højst så mange").fill("50")
    peter.send("Prøv kladden")
    page.wait_for_url("**/proever/*")
    expect(peter.main).to_contain_text("0 af 2 sager er kørt")
    peter.look()
    world.driver.settle()
    expect(page.locator("h2#veje")).to_be_visible(timeout=15_000)
    expect(peter.main).to_contain_text("Prøven fandt ingen skade")
    expect(peter.main).to_contain_text("2 af 2 sager går med dagens version")
    peter.look()
    page.get_by_role("link", name="Hjælpen er bevilget: bevilget").click()
    expect(page.locator("table").last).to_contain_text("2026-000001")
    peter.look()
    with page.expect_download() as got:
        page.get_by_role("link", name="Hent sagerne som CSV").click()
    assert got.value.path().read_text(encoding="utf-8-sig").count("\n") == 3
