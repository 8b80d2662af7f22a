"""A team lead moves a sick colleague's tasks, thinks again, and picks some by keyboard."""

import re

from playwright.sync_api import expect

from app.local import demo
from processes.domain.access import Role
from processes.ports.records import TaskFilter
from tests.journeys.conftest import World
from tests.journeys.screens import LogIn, browser, log_in, site

__all__ = ["browser", "log_in", "site"]

METTE = demo.actor("mette", Role.CASEWORKER)
JONAS = demo.actor("jonas", Role.CASEWORKER)


def held(world: World, who: demo.Actor) -> int:
    return len(world.core.inbox.rows(TaskFilter(view="mine"), who))


def test_a_sick_colleagues_tasks_go_to_the_substitute_and_a_move_can_be_undone(
    world: World, log_in: LogIn
) -> None:
    for applicant in ("anna", "yrsa", "ulla"):
        (task,) = world.driver.rest(world.apply(applicant))
        world.core.inbox.claim(task.id, METTE)

    lars = log_in("lars", "999-team_lead")
    lars.go("/hold")
    page = lars.page
    lars.main.get_by_label("Hvem er fraværende?").select_option(label="Mette Holm")
    lars.main.get_by_label("Afløser").select_option(label="Jonas Brandt")
    lars.send("Registrér fravær")
    expect(page.locator(".alert-warning")).to_contain_text("3 åbne opgaver venter")
    assert held(world, METTE) == 3, "an absence moves nothing by itself"

    lars.send("Flyt til Jonas")
    page.wait_for_url("**/hold/flyt")
    expect(lars.main).to_contain_text("Forhåndsvisning: intet er flyttet endnu")
    expect(lars.main.get_by_role("row", name=re.compile("^Jonas"))).to_contain_text("3")
    lars.send("Flyt 3 opgaver")
    expect(page.locator("#fejl")).to_be_focused()
    lars.look()
    assert held(world, JONAS) == 0, "a preview moves nothing, nor does a move without a reason"
    page.fill("#grund", "Vi er færre i dag")
    lars.send("Flyt 3 opgaver")
    page.wait_for_url("**/hold")
    expect(page.locator(".alert-success")).to_contain_text("3 opgaver er flyttet fra Mette Holm")
    lars.look()
    assert (held(world, METTE), held(world, JONAS)) == (0, 3)

    page.keyboard.press("Control+z")
    expect(lars.main).to_contain_text("3 opgaver er lagt tilbage hos Mette Holm.")
    lars.look()
    assert (held(world, METTE), held(world, JONAS)) == (3, 0)

    lars.go("/hold?hos=mette")
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    expect(page.locator("input[name=opgave]:checked")).to_have_count(2)
    page.keyboard.press("m")
    page.wait_for_url("**/hold/flyt")
    page.fill("#grund", "Vi er færre i dag")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/hold")
    expect(page.locator(".alert-success")).to_contain_text("2 opgaver er flyttet fra Mette Holm")
    assert (held(world, METTE), held(world, JONAS)) == (1, 2)

    jonas = log_in("jonas", width=320)
    jonas.go("/opgaver")
    expect(jonas.page.locator("tr[data-row]")).to_have_count(2)
    jonas.page.locator("tr[data-row] a.title").first.click()
    expect(jonas.page.locator("form#opgave")).to_be_visible()
    jonas.look()
