"""A rule author changes a rate at the screen, a second approves it, and a letter cites it."""

import io
import re

import pypdf
import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import World
from tests.journeys.letters import plain
from tests.journeys.screens import LogIn, Reader, browser, log_in, site
from tests.journeys.test_rulebook import applied
from tests.journeys.test_straight_path import GRANT

__all__ = ["browser", "log_in", "site"]

NARROW = 320
FEW = 2_000
NEW_LAW, OLD_LAW = "§ 16 a, stk. 1", "§ 16, stk. 1, nr. 2"


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some thousand made-up people show the same as a hundred thousand."""
    monkeypatch.setattr("processes.operations.rulebook.MADE_UP_PERSONS", FEW)
    monkeypatch.setattr("processes.operations.rulebook.MADE_UP_AT_ONCE", FEW // 2)


def decided(world: World, case_id: str) -> str:
    """Grant a case, and return what its letter says."""
    world.driver.work(case_id, GRANT)
    world.driver.rest(case_id)
    caseworker = world.driver.team.caseworker
    (letter,) = world.core.cases.page(case_id, caseworker).letters
    _, content = world.core.cases.document(str(letter.record.document_id), caseworker)
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return plain(" ".join(page.extract_text() for page in pages))


def everywhere(reader: Reader) -> None:
    """Look at the page on the narrowest phone; on a desk it is looked at before each press."""
    size = reader.page.viewport_size
    reader.page.set_viewport_size({"width": NARROW, "height": 800})
    reader.look()
    reader.page.set_viewport_size(size or {"width": 1440, "height": 900})


def test_a_rate_is_changed_tried_approved_and_cited_from_its_day(
    world: World, log_in: LogIn
) -> None:
    before = decided(world, world.apply("anna"))

    # Peter finds the rate, and begins a draft from May.
    peter = log_in("peter")
    peter.go("/regler")
    everywhere(peter)
    peter.main.get_by_label("Ord", exact=True).fill("forhøjet sats")
    peter.send("Vis")
    peter.main.get_by_role("link", name="Forhøjet sats", exact=True).click()
    expect(peter.main).to_contain_text("13.060,00")
    expect(peter.main).to_contain_text("Udledt, ikke bekræftet")
    everywhere(peter)
    peter.main.get_by_role("link", name="Kør historierne").click()
    expect(peter.main).to_contain_text(re.compile(r"(\d+) af \1 passer"))
    everywhere(peter)
    peter.main.get_by_label("Fra hvilken dag?").fill("01.05.2026")
    peter.send("Ret i en kladde")
    draft = peter.page.url

    # What is wrong stands at its field, and what he typed is still there.
    peter.main.get_by_label("Værdi").fill("13.5x")
    peter.main.get_by_label("Paragraf").fill("paragraf 16")
    peter.send("Gem kladden")
    expect(peter.main.get_by_label("Værdi")).to_have_value("13.5x")
    expect(peter.main).to_contain_text("'13.5x' kan ikke læses")
    expect(peter.main).to_contain_text("kan ikke læses som en paragraf")
    everywhere(peter)

    # He puts it right, says why each story comes out differently, and tries it on both crowds.
    peter.main.get_by_label("Værdi").fill("13.500,00")
    peter.main.get_by_label("Paragraf").fill("LAS § 16 a, stk. 1")
    peter.main.get_by_label("Kilde").fill("BEK nr. 1 af 1. marts 2026")
    peter.main.get_by_role("radio", name=re.compile("^Høj")).check()
    peter.main.get_by_role("radio", name=re.compile("^Offentliggjort")).check()
    peter.main.get_by_label("Begrundelse").fill("Folketinget har vedtaget en ny sats fra maj.")
    peter.send("Gem kladden")
    expect(peter.main).to_contain_text("Ingen fejl og ingen advarsler")
    whys = peter.main.get_by_label(re.compile("^Er det meningen"))
    for number in range(whys.count()):
        whys.nth(number).fill("Satsen er ny.")
    everywhere(peter)
    peter.send("Gem, og prøv på kommunens")
    expect(peter.main).to_contain_text("Prøven er i gang")
    everywhere(peter)
    world.driver.settle()
    peter.page.reload()
    expect(peter.main).to_contain_text("De mest berørte")
    expect(peter.main).to_contain_text("+440,00")
    everywhere(peter)
    peter.go(draft)
    peter.send("Gem, og prøv på 100")
    world.driver.settle()
    peter.page.reload()
    drawing = peter.main.locator("svg[role=img]")
    expect(drawing).to_be_visible()
    assert drawing.locator("rect").count() > 0
    expect(peter.main.get_by_role("table", name="Fordelingen som tabel")).to_be_visible()
    expect(peter.main).to_contain_text("Ingen mister hjælpen")
    everywhere(peter)
    peter.go(draft)
    peter.send("Send til godkendelse")
    expect(peter.main).to_contain_text("en anden procesejer skal godkende")
    expect(peter.main.get_by_role("button", name="Godkend", exact=True)).to_have_count(0)
    everywhere(peter)

    # Gitte sees what it does, sends it back once, and approves it.
    gitte = log_in("gitte")
    gitte.go("/regler")
    expect(gitte.main).to_contain_text("Venter på, at du godkender")
    everywhere(gitte)
    gitte.main.get_by_role("link", name="Forhøjet sats").first.click()
    expect(gitte.main).to_contain_text("får mere")
    everywhere(gitte)
    gitte.main.get_by_label("Hvad skal den").fill("Skriv bekendtgørelsens link.")
    gitte.send("Send tilbage")
    peter.go(draft)
    expect(peter.main).to_contain_text("Skriv bekendtgørelsens link.")
    everywhere(peter)
    peter.main.get_by_label("Kilde").fill("BEK nr. 1 af 1. marts 2026, retsinformation.dk/1")
    peter.send("Gem, og prøv på 100")
    world.driver.settle()
    peter.go(draft)
    peter.send("Send til godkendelse")
    gitte.go(draft)
    gitte.main.get_by_label("Hvad skal den").fill("Læst i bekendtgørelsen.")
    gitte.send("Godkend")
    expect(gitte.main).to_contain_text("Godkendt af Gitte Bang")
    everywhere(gitte)
    gitte.go("/regler/historik")
    expect(gitte.main).to_contain_text("kh.forhoejet_sats.2026_v2")
    everywhere(gitte)

    # In May somebody else is decided: that letter cites the new paragraph, the earlier does not.
    world.move(days=63)
    after = decided(world, applied(world, "ida", "2026-05-01"))
    assert NEW_LAW in after
    assert OLD_LAW not in after
    assert OLD_LAW in before
    assert NEW_LAW not in before
    mette = log_in("mette")
    mette.go("/regler/satser/kh.forhoejet_sats?dag=2026-05-01")
    expect(mette.main).to_contain_text("13.500,00")
    expect(mette.main.get_by_role("button", name="Ret i en kladde")).to_have_count(0)
    everywhere(mette)


def test_rates_from_a_file_become_a_draft_and_a_rule_has_its_mistake_at_its_place(
    world: World, log_in: LogIn
) -> None:
    peter = log_in("peter")
    peter.go("/regler/indlaes")
    everywhere(peter)
    peter.main.get_by_label("Eller sæt teksten ind her").fill("kh.grundsats: [")
    peter.send("Læs filen")
    expect(peter.main).to_contain_text("Det er ikke YAML")
    expect(peter.main.get_by_label("Eller sæt teksten ind her")).to_have_value("kh.grundsats: [")
    everywhere(peter)
    peter.main.get_by_label("Hvad skal kladden hedde?").fill("Satser for 2027")
    peter.main.get_by_label("Eller sæt teksten ind her").fill(
        "kh.grundsats:\n  values:\n    2027-01-01: {value: 7868.00, metadata: {source: BEK 9}}\n"
        "kh.mindstesats:\n  values:\n    2027-01-01: {value: tusind, metadata: {source: BEK 9}}\n"
    )
    peter.send("Læs filen")
    expect(peter.page.locator("h1")).to_have_text("Satser for 2027")
    expect(peter.main).to_contain_text("Der er også fejl i")
    everywhere(peter)

    peter.go("/regler/regler/kh.boernetillaeg")
    everywhere(peter)
    peter.main.get_by_label("Fra hvilken dag?").fill("01.05.2026")
    peter.send("Ret i en kladde")
    peter.main.get_by_label("Formel").fill("if_(kh.forsoerger, rate.kh.boernetillaeg, 0)")
    peter.send("Gem kladden")
    expect(peter.main.locator("#expression-error")).to_contain_text("linje 1, tegn 43")
    everywhere(peter)
    peter.main.get_by_label("Hvorfor?").fill("Kladden var en øvelse.")
    peter.send("Kassér")
    expect(peter.main).to_contain_text("Kladden var en øvelse.")
    everywhere(peter)
