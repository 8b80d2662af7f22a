"""Any day, two months, a file and `hvad nu hvis`, in a browser on a wide and on a narrow page."""

import json
import os
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import expect

from processes.domain.facts import FactKind, SourceKind
from processes.domain.money import Money
from processes.domain.periods import Month
from tests.domain.replays import run_checker
from tests.journeys.conftest import World
from tests.journeys.screens import LogIn, Reader, browser, log_in, site
from tests.journeys.test_explaining import granted, say

__all__ = ["browser", "log_in", "site"]

NARROW = 320
ANNA = "7205911142"


def picture(reader: Reader, name: str) -> None:
    """Keep a picture for whoever works on the pages; only where they ask for one."""
    if folder := os.environ.get("KY_TEST_PICTURES"):
        reader.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_caseworker_sees_any_day_compares_takes_the_file_and_tries(
    world: World, log_in: LogIn, tmp_path: Path
) -> None:
    case_id = granted(world)
    world.clock.forward(timedelta(days=2))
    say(
        world,
        case_id,
        FactKind.OTHER_INCOME,
        Money.kroner(2000),
        valid=Month(2026, 4).period(),
        source=SourceKind.CASEWORKER,
    )
    karin = log_in("mette")

    karin.go(f"/sager/{case_id}/beregning")
    karin.page.get_by_role("link", name="Måned for måned").click()
    expect(karin.main).to_contain_text("−2.000,00 kr. siden afgørelsen")
    expect(karin.main).to_contain_text("marts 2026 og april 2026")
    picture(karin, "months-wide")
    karin.look()
    karin.page.fill("#kendt", "03.03.2026")
    karin.send("Vis")
    expect(karin.main).to_contain_text("Som vi kendte sagen den tirsdag 3. marts 2026")
    expect(karin.main).not_to_contain_text("siden afgørelsen")

    with karin.page.expect_download() as started:
        karin.main.get_by_role("link", name="Afgørelse ").first.click()
    file = tmp_path / "sag.json"
    started.value.save_as(file)
    assert run_checker(file, "--hash", json.loads(file.read_text())["hash"]).returncode == 0

    karin.page.get_by_role("link", name="Hvad nu hvis?").click()
    karin.page.fill("#work_income", "4.000")
    karin.send("Regn det ud")
    expect(karin.main).to_contain_text("Ikke en afgørelse")
    expect(karin.main).to_contain_text("Arbejdsindtægt i måneden: 4.000,00")
    picture(karin, "what-if-wide")
    karin.look()

    narrow = log_in("mette", width=NARROW)
    narrow.go(f"/sager/{case_id}/beregning/maaneder")
    picture(narrow, "months-narrow")


def test_a_citizen_tries_on_a_small_phone(world: World, log_in: LogIn) -> None:
    granted(world)
    phone = log_in(ANNA, width=NARROW)

    phone.page.get_by_role("link", name="Hvad nu hvis? Prøv dig frem").click()
    phone.look()
    phone.page.fill("#work_income", "4.000")
    phone.send("Regn det ud")

    expect(phone.main).to_contain_text("Din hjælp ville være 1.500,00 kr. mindre")
    expect(phone.main).to_contain_text("Det ved vi ikke")
    picture(phone, "what-if-phone")
    phone.look()
