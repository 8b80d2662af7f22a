"""A repayment through the pages: raised, assessed, answered on a phone, approved, seen as a claim.

Everybody works at 320 px or at a desk, and every page on the way is looked at by axe.
"""

import re

from playwright.sync_api import expect

from processes.domain.money import Money
from tests.journeys.conftest import World
from tests.journeys.screens import LogIn, browser, log_in, site
from tests.journeys.test_life import GRANT
from tests.journeys.test_repayment import CLAIMS, claim, matter

__all__ = ["browser", "log_in", "site"]

ANNA = "7205911142"
NARROW = 320


def test_a_repayment_from_the_question_to_the_claim(world: World, log_in: LogIn) -> None:
    case_id = world.apply("anna")
    world.driver.work(case_id, GRANT)
    world.move(days=30)

    # Mette raises it on a narrow screen; what is missing is asked for.
    mette = log_in("mette", width=NARROW)
    mette.go(f"/sager/{case_id}/krav")
    mette.look()
    mette.page.get_by_text("Se på krav eller administration").click()
    mette.send("Opret opgaven")
    expect(mette.main).to_contain_text("Vælg, hvad der skal ses på.")
    mette.answer("kind", "Tilbagebetaling")
    mette.page.fill("#cause", "eIndkomst viser løn i marts.")
    mette.send("Opret opgaven")
    expect(mette.main).to_contain_text("eIndkomst viser løn i marts.")
    world.driver.settle()

    # What nobody knows is no ground, and what was typed stays.
    mette.open_task("Vurdér grundlaget for tilbagebetaling")
    mette.answer("claims", "Ja")
    mette.answer("ground", "§ 91")
    mette.answer("withheld_information", "Ja")
    mette.answer("against_better_knowledge", "Ja")
    mette.page.fill("#claim_2026_03", "4.000")
    mette.page.fill("#evidence", "Anna fik vejledning den 2. marts og skrev under på den.")
    mette.finish("Afslut opgaven", "Vurdér grundlaget for tilbagebetaling")
    world.driver.settle()
    mette.open_task("Gennemgå høringsbrevet")
    expect(mette.page.locator("#statement")).to_have_value(re.compile("4.000"))
    mette.finish("Afslut opgaven", "Gennemgå høringsbrevet")
    world.driver.settle()

    # Anna answers on her phone.
    anna = log_in(ANNA, width=NARROW)
    hearing = matter(world, case_id).hearing
    assert hearing is not None
    anna.go(f"/selvbetjening/hoering/{hearing.id}")
    anna.look()
    expect(anna.main).to_contain_text("4.000")
    anna.page.get_by_role("radio", name=re.compile("^Nej, det passer ikke")).check()
    anna.page.get_by_label("Fortæl med dine egne ord").fill("Jeg glemte at sige det.")
    anna.send("Send mit svar")
    expect(anna.main).to_contain_text("Vi har fået dit svar")
    world.driver.settle()

    mette.open_task("Vurdér partens svar")
    mette.answer("changes_facts", "Nej")
    mette.page.fill("#conclusion", "At glemme det ændrer ikke, at lønnen var kendt.")
    mette.finish("Afslut opgaven", "Vurdér partens svar")
    world.driver.settle()
    mette.open_task("Foreslå afgørelse")
    expect(mette.main).to_contain_text("Jeg glemte at sige det.")
    mette.answer("choice", "Foreslå afgørelsen")
    mette.page.fill("#reasoning", "Du havde løn i marts, som du ikke fortalte os om.")
    mette.finish("Afslut opgaven", "Foreslå afgørelse")
    world.driver.settle()

    karin = log_in("karin", "999-approver")
    karin.open_task("Godkend afgørelsen")
    karin.answer("approval", "Godkend")
    karin.finish("Afslut opgaven", "Godkend afgørelsen")
    world.driver.settle()
    assert matter(world, case_id).claim is None

    # The time to complain is over, and somebody has looked: the claim is there.
    world.move(days=31)
    world.driver.work(case_id, CLAIMS)
    assert claim(world, case_id).standing.left == Money.kroner(4000)
    again = log_in("mette", width=NARROW)
    again.go(f"/sager/{case_id}/krav")
    again.look()
    expect(again.main).to_contain_text("Tilbagebetaling")
    expect(again.main).to_contain_text("4.000,00")
