"""A team lead reads the team's figures on a wide and a narrow screen."""

from playwright.sync_api import expect

from tests.journeys.conftest import World
from tests.journeys.screens import LogIn, browser, log_in, site
from tests.journeys.test_teamlead import METTE, held_by, work

__all__ = ["browser", "log_in", "site"]


def test_figures_lead_to_their_tasks_and_fit_every_screen(world: World, log_in: LogIn) -> None:
    done, still = held_by(world, METTE, ("anna", "yrsa"))
    work(world, done, METTE)

    lars = log_in("lars", "999-team_lead")
    lars.go("/produktion")
    expect(lars.main.locator(".draw svg").first).to_be_visible()
    lars.main.get_by_role("link", name="Seneste kvartal").click()
    expect(lars.main).to_contain_text("Seneste kvartal:")
    lars.look()
    lars.main.get_by_role("link", name=still.name).click()
    expect(lars.main.get_by_role("heading", level=1)).to_have_text(still.name)
    lars.look()

    narrow = log_in("lars", "999-team_lead", width=320)
    narrow.go("/produktion")
    narrow.look()
