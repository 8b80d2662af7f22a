"""Finance takes a month from blockers to reconciled at the screen, and so does who approves it."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from app.local.month import LANDLORD, SILENT, MonthPlay
from processes.domain.payments import receipt_expected_by
from tests.journeys.conftest import World
from tests.journeys.screens import LogIn, Reader, browser, log_in, site

__all__ = ["browser", "log_in", "site"]

DENMARK = ZoneInfo("Europe/Copenhagen")
NARROW = 320


def a_month(world: World) -> MonthPlay:
    play = MonthPlay(world.core, world.driver, world.clock.move_to, world.control)
    play.settle_in(12)
    play.disturb()
    return play


def decide(reader: Reader, button: str, reason: str) -> None:
    """Release or hold the payment whose page is open."""
    reader.main.get_by_label("Hvorfor?").fill(reason)
    reader.send(button)
    expect(reader.page.locator(".alert-success")).to_be_visible()


def test_finance_takes_a_run_from_blockers_to_reconciled(world: World, log_in: LogIn) -> None:
    play = a_month(world)
    sanne = log_in("sanne")
    sanne.go("/udbetaling")
    # Any day: what would be paid today, and why is it another than last month?
    sanne.main.get_by_role("link", name="Hvad ville blive udbetalt i dag?").click()
    expect(sanne.main).to_contain_text("Hvorfor afviger det fra sidste måned?")
    expect(sanne.main).to_contain_text("Sanktioner")
    sanne.look()
    sanne.go("/udbetaling")
    sanne.send("Planlæg marts 2026")
    run = sanne.page.url
    play.run_id = run.rsplit("/", 1)[1]
    world.driver.settle()

    # A login ends with the day, so each day begins with one.
    # Ten banking days before: two tax cards are missing, and somebody is told.
    play.move_to(play.page().run.blockers_at)
    world.driver.settle()
    sanne = log_in("sanne")
    sanne.open_task("Ryd blokeringer")
    sanne.main.get_by_role("link", name="Se kørslen").click()
    expect(sanne.main).to_contain_text("Der er intet skattekort for udbetalingsdagen")
    sanne.look()
    sanne.open_task("Ryd blokeringer")
    sanne.main.get_by_label("Hvad er der gjort ved blokeringerne?").fill("Borgerne er ringet op.")
    sanne.finish("Afslut opgaven", "Ryd blokeringer")

    # Frozen and calculated: each exception is held or released, with a reason.
    play.move_to(play.page().run.freeze_at)
    world.driver.settle()
    sanne = log_in("sanne")
    sanne.open_task("Gennemgå kørslen")
    sanne.main.get_by_label("Hvad skal den, der godkender, vide?").fill("Alt er set.")
    sanne.send("Klargjort")
    expect(sanne.main).to_contain_text("undtagelser er ikke afgjort")
    sanne.go(f"{run}?vis=aabne")
    for _ in range(len(play.page(which="aabne").items)):
        sanne.page.locator("#betalinger").locator("xpath=ancestor::section").get_by_role(
            "link"
        ).filter(
            has_not_text=re.compile("Undtagelser|Åbne|Holdt|Frigivet|Afvist|Alle")
        ).first.click()
        decide(sanne, "Hold tilbage", "Afventer skattekort eller boet.")
        sanne.go(f"{run}?vis=aabne")
    held = next(item for item in play.page(which="alle").items if item.may_go)
    sanne.go(f"/udbetaling/betaling/{held.line.id}")
    expect(sanne.main).to_contain_text("Hvorfor dette beløb?")
    decide(sanne, "Hold tilbage", "Adressen undersøges.")
    sanne.open_task("Gennemgå kørslen")
    sanne.main.get_by_label("Hvad skal den, der godkender, vide?").fill("Alt er set.")
    sanne.finish("Klargjort", "Gennemgå kørslen")

    lars = log_in("lars", "999-team_lead")
    lars.open_task("Godkend kørslen")
    lars.answer("approval", "Godkend")
    lars.finish("Send din beslutning", "Godkend kørslen")
    lars.go(run)
    expect(lars.main.locator("summary", has_text="Stop kørslen")).to_be_visible()

    # The bank has it, the day comes, and what it has not answered by then differs.
    play.move_to(play.page().run.send_at)
    world.driver.settle()
    day = play.page().run.disposition_on
    play.move_to(datetime.combine(day, time(6), DENMARK))
    world.driver.settle()
    late = receipt_expected_by(day, calendar=world.core.env.calendar) + timedelta(minutes=1)
    play.move_to(late)
    world.driver.settle()
    sanne = log_in("sanne")
    sanne.go(run)
    expect(sanne.main).to_contain_text("Banken har ikke svaret")
    expect(sanne.main).to_contain_text("Betaling til en anden modtager er afvist")
    world.control("bank", {"silent": {play.people[SILENT].cpr: False}})
    world.control("bank", {"closed_payees": {LANDLORD.number: False}})
    world.driver.settle()
    # The landlord is paid again, and the bank says so after that.
    for said in ("Udlejerens konto er åben igen.", "Banken har svaret nu."):
        sanne.open_task("Afklar differencer")
        sanne.main.get_by_label("Hvad er der gjort?").fill(said)
        sanne.finish("Afstem igen", "Afklar differencer")
        world.driver.settle()
    sanne.go(run)
    expect(sanne.main).to_contain_text("Stemmer til øren")

    # The day after: another person releases what was held.
    play.move_to(late + timedelta(days=1))
    lars, sanne = log_in("lars", "999-team_lead"), log_in("sanne")
    lars.go(f"/udbetaling/betaling/{held.line.id}")
    decide(lars, "Frigiv", "Adressen er bekræftet.")
    world.driver.settle()
    lars.go(f"/udbetaling/betaling/{held.line.id}")
    expect(lars.main).to_contain_text("Modtaget hos NemKonto")

    # A closed account: finance deals with it in the citizen's own case, and it is tried again.
    rejected = next(each for each in play.people if each.is_rejected)
    world.control("account", {"cpr": rejected.cpr, "open": True})
    name = f"{rejected.first_name} {rejected.last_name}"
    sanne.open_task("Afklar den afviste udbetaling", about=name)
    sanne.answer("cause", "NemKontoen")
    sanne.main.get_by_label("Hvad er der gjort?").fill("Kontoen er åbnet igen.")
    sanne.finish("Prøv betalingen igen", "Afklar den afviste udbetaling")
    world.driver.settle()

    narrow = log_in("sanne", width=NARROW)
    payment = f"/udbetaling/betaling/{held.line.id}"
    for path in ("/udbetaling", "/udbetaling/proeve", run, f"{run}?vis=alle", payment):
        narrow.go(path)
