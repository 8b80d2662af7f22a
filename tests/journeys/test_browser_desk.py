"""A caseworker filters, ticks several tasks and gives them away, with the keyboard alone."""

from playwright.sync_api import expect

from tests.journeys.conftest import World
from tests.journeys.screens import LogIn, browser, log_in, site
from tests.journeys.test_desk import JONAS, METTE, mine, unassigned

__all__ = ["browser", "log_in", "site"]


def test_several_tasks_are_filtered_ticked_given_and_taken_back_by_keyboard(
    world: World, log_in: LogIn
) -> None:
    tasks = unassigned(world, "anna", "yrsa", "ulla")
    for task in tasks:
        world.core.inbox.claim(task.id, METTE)
    everything = {each.id for each in tasks}

    mette = log_in("mette")
    mette.go("/opgaver")
    page, keys = mette.page, mette.page.keyboard
    page.reload()  # with every fold closed again
    keys.press("f")
    page.get_by_label("Rækkefølge").focus()
    page.get_by_label("Rækkefølge").select_option(label="De ældste først")
    mette.look()
    keys.press("Tab")
    keys.press("Enter")
    page.wait_for_url("**f=*")
    expect(mette.main).to_contain_text("De ældste først")
    mette.look()
    page.get_by_label("Hvad skal filteret hedde?").fill("Gamle først")
    keys.press("Enter")
    expect(mette.main).to_contain_text("Filteret Gamle først er gemt.")

    page.reload()
    for key in ("j", "x", "j", "x"):
        keys.press(key)
    expect(page.locator("input[name=opgave]:checked")).to_have_count(2)
    keys.press("m")
    page.get_by_label("Giv til").focus()
    page.get_by_label("Giv til").select_option(label="Jonas Brandt")
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Enter")
    expect(page.locator("#fejl")).to_be_focused()
    mette.look()
    assert mine(world, METTE) == everything, "nothing is given without a reason"
    page.fill("#hvorfor", "Jonas har tid i dag")
    mette.main.get_by_role("button", name="Giv videre").focus()
    keys.press("Enter")
    expect(mette.main).to_contain_text("2 opgaver er givet til Jonas Brandt.")
    mette.look()
    assert len(mine(world, JONAS)) == 2

    keys.press("Control+z")
    expect(mette.main).to_contain_text("Fortrudt: 2 opgaver er som før.")
    assert mine(world, METTE) == everything

    narrow = log_in("mette", width=320)
    narrow.go("/opgaver")
    expect(narrow.main.get_by_text("Gamle først")).to_be_visible()
