"""A sanction through the pages: typed in, conditions, the citizen's answer on a phone, decided.

Everybody works at 320 px or at a desk, and every page on the way is looked at by axe.
"""

import re
from pathlib import Path

from playwright.sync_api import expect

from app.local import demo
from app.local.driver import Driver
from processes.domain.money import Money
from processes.domain.periods import Month
from tests.journeys.conftest import World
from tests.journeys.letters import letters_of
from tests.journeys.screens import LogIn, browser, log_in, site
from tests.journeys.test_life import GRANT
from tests.journeys.test_sanctions import page_of, requests_of, taken

__all__ = ["browser", "log_in", "site"]

ANNA = "7205911142"
NARROW = 320


def test_a_sanction_from_the_telephone_to_the_letter(
    world: World, log_in: LogIn, tmp_path: Path
) -> None:
    case_id = world.apply("anna")
    world.driver.work(case_id, GRANT)
    world.move(days=18)
    driver: Driver = world.driver

    # Mette types in what the jobcentre told, on a narrow screen; what is missing is asked for.
    mette = log_in("mette", width=NARROW)
    mette.go(f"/sager/{case_id}/aendringer")
    mette.page.get_by_role("link", name=re.compile("Det, jobcentret har bedt om")).click()
    mette.look()
    mette.page.get_by_role("link", name="Registrér en anmodning").click()
    mette.send("Gem på sagen")
    expect(mette.main).to_contain_text("Vælg, hvad der er sket.")
    mette.answer("party", "Anna")
    mette.answer("paragraph", "Udeblivelse fra en jobsamtale")
    mette.page.fill("#from_on", "16.03.2026")
    mette.answer("group", "Jobparat")
    mette.page.fill("#text", "Mødte ikke til jobsamtalen kl. 10.")
    mette.send("Gem på sagen")
    expect(mette.main).to_contain_text("Under behandling")
    driver.settle()

    # The conditions: guidance that is too old is no guidance, and what was typed stays.
    mette.open_task("Gennemgå betingelserne for en sanktion")
    expect(mette.main).to_contain_text("Hjælpen er uændret.")
    mette.answer("had_duty", "Ja")
    mette.page.fill("#guided_on", "01.06.2025")
    mette.answer("convened_correctly", "Ja")
    mette.answer("group", "Jobparat")
    mette.page.fill("#contact_on", "19.03.2026")
    mette.answer("choice", "Ja, betingelserne er opfyldt")
    mette.page.fill("#conclusion", "Indkaldelsen lå i Digital Post den 2. marts.")
    mette.send("Afslut opgaven")
    expect(mette.main).to_contain_text("Der er vejledt skriftligt")
    expect(mette.page.locator("#contact_on")).to_have_value("19.03.2026")
    mette.page.fill("#guided_on", "03.02.2026")
    mette.finish("Afslut opgaven", "Gennemgå betingelserne")
    driver.settle()
    mette.open_task("Gennemgå høringsbrevet")
    expect(mette.page.locator("#statement")).to_have_value(re.compile("1.800"))
    mette.finish("Send høringen", "Gennemgå høringsbrevet")
    driver.settle()

    # Anna reads and answers on her phone.
    anna = log_in(ANNA, width=NARROW)
    anna.look()
    (hearing,) = page_of(world, case_id).hearings
    anna.go(f"/selvbetjening/hoering/{hearing.id}")
    expect(anna.main).to_contain_text("sanktion")
    anna.page.get_by_role("radio", name=re.compile("^Nej, det passer ikke")).check()
    anna.page.get_by_label("Fortæl med dine egne ord").fill("Jeg glemte tiden.")
    anna.send("Send mit svar")
    expect(anna.main).to_contain_text("Vi har fået dit svar")
    driver.settle()

    mette.open_task("Vurdér partens svar")
    mette.answer("changes_facts", "Nej")
    mette.page.fill("#conclusion", "At glemme tiden er ikke en rimelig grund.")
    mette.finish("Afslut opgaven", "Vurdér partens svar")
    driver.settle()
    mette.open_task("Vurdér, om der var en rimelig grund")
    expect(mette.main).to_contain_text("Jeg glemte tiden.")
    mette.answer("ground", "Nej, der var ingen rimelig grund")
    mette.page.fill("#conclusion", "Ingen grund efter § 13.")
    mette.finish("Afslut opgaven", "Vurdér, om der var en rimelig grund")
    driver.settle()
    mette.open_task("Foreslå afgørelse")
    expect(mette.main).to_contain_text("Forslag om en sanktion")
    mette.answer("choice", "Foreslå afgørelsen")
    mette.page.fill("#reasoning", "Du kom ikke til jobsamtalen og havde ingen rimelig grund.")
    mette.finish("Send forslaget", "Foreslå afgørelse")
    driver.settle()
    assert taken(world, case_id) == []

    # Another one approves, and only the letter that was sent lets anything be taken.
    karin = log_in("karin", "999-approver")
    karin.open_task("Godkend afgørelse")
    karin.answer("approval", "Godkend")
    karin.finish("Send din beslutning", "Godkend afgørelse")
    driver.settle()

    (each,) = taken(world, case_id)
    assert (each.deduction.amount, each.deduction.from_month) == (
        Money.kroner("1800"),
        Month(2026, 4),
    )
    mette.go(f"/sager/{case_id}/sanktioner")
    expect(mette.main).to_contain_text("Sanktion givet")
    expect(mette.main).to_contain_text("Trækkes med 1.800")
    (request,) = requests_of(world, case_id)
    with world.core.env.uow(demo.MUNICIPALITY.id) as uow:
        own = uow.calculations.get(str(request.calculation_id))
    # The clock stands still here, so the order of letters written in one moment is nobody's.
    sent = {each.kind: each for each in letters_of(world, case_id, tmp_path, beside=[own])}
    letter = sent["sanktion_afgoerelse"]
    assert "Jeg glemte tiden." in letter.text
