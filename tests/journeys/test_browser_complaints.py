"""A citizen complains on a phone; other eyes look again, and Ankestyrelsen gets the papers."""

from playwright.sync_api import expect

from tests.journeys.conftest import World
from tests.journeys.screens import PHONE, LogIn, browser, log_in, site
from tests.journeys.test_complaints import WORDS, decided
from tests.journeys.test_in_the_browser import ANNA

__all__ = ["browser", "log_in", "site"]


def test_a_complaint_made_on_a_phone_reaches_the_board(world: World, log_in: LogIn) -> None:
    case_id, _ = decided(world)

    anna = log_in(ANNA, width=PHONE)
    anna.go("/selvbetjening")
    anna.main.get_by_role("link", name="Klag over en afgørelse").click()
    anna.look()
    anna.main.get_by_role("link", name="Afgørelse").first.click()
    anna.send("Send klagen")
    expect(anna.page.locator("#fejl")).to_be_focused()
    anna.look()
    anna.page.fill("#text", WORDS)
    anna.send("Send klagen")
    expect(anna.main).to_contain_text("En anden medarbejder ser på afgørelsen igen.")
    anna.look()

    world.driver.settle()
    jonas = log_in("jonas")
    jonas.open_task("Genvurdér afgørelsen")
    expect(jonas.main).to_contain_text(WORDS)
    jonas.answer("verdict", "Afgørelsen fastholdes")
    jonas.send("Afslut opgaven")
    expect(jonas.page.locator("#fejl")).to_contain_text("Skriv begrundelsen.")
    jonas.page.fill("#reasons", "Huslejen indgår ikke i beregningen efter aktivlovens § 16.")
    jonas.finish("Afslut opgaven", "Genvurdér afgørelsen")

    world.driver.settle()
    mette = log_in("mette")
    mette.open_task("Send sagen til Ankestyrelsen")
    with mette.page.expect_download() as started:
        mette.main.get_by_role("link", name="Hent Sagens akter").click()
    assert started.value.suggested_filename.endswith(".zip")
    mette.page.fill("#sent_on", "01.01.2020")
    mette.send("Afslut opgaven")
    expect(mette.main).to_contain_text("Skriv den dag, sagen blev sendt.")
    mette.page.fill("#sent_on", f"{world.clock.today():%d.%m.%Y}")
    mette.finish("Afslut opgaven", "Send sagen til Ankestyrelsen")
    mette.go(f"/sager/{case_id}/klager")
    expect(mette.main).to_contain_text("Klagen ligger hos Ankestyrelsen.")

    anna.go(f"/selvbetjening/klage/{case_id}")
    expect(anna.main).to_contain_text("Klagen ligger hos Ankestyrelsen.")
