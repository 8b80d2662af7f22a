"""The yearly regulation on running help: who is touched, by how much, and a draft for another."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.local.driver import approve, assess, propose, tax_card
from app.local.regulating import percent_of, shown
from processes.domain.access import Role
from processes.domain.errors import RuleError
from processes.domain.law_changes import DraftState
from processes.domain.money import Money
from processes.domain.regulation import Standing
from tests.journeys.conftest import World

GRANT = {
    "casework.assess": assess(text="Betingelserne er opfyldt."),
    "decision.propose": propose("Du er blevet ledig."),
    "decision.approve": approve,
    "payment.tax_card": tax_card(rate=38, deduction="4358"),
}
PERCENT = percent_of("4,05")


def test_everybody_whose_help_changes_is_listed_and_the_rates_become_a_draft(
    world: World,
) -> None:
    case_id = world.apply("anna")
    world.driver.work(case_id, GRANT)
    world.driver.rest(case_id)
    owner = replace(world.driver.team.caseworker, user="otto", role=Role.PROCESS_OWNER)
    heard: list[tuple[int, int]] = []

    with pytest.raises(RuleError, match="2027 er ikke indlæst"):
        world.core.regulations.plan(2027, owner)
    report = world.core.regulations.affected(
        2027, owner, percent_ppm=PERCENT, tell=lambda done, of: heard.append((done, of))
    )

    # 13.060 becomes 13.589 and 1.141 becomes 1.187: each part is rounded by itself.
    (anna,) = report.changed
    assert (anna.before, anna.after) == (Money.kroner(14201), Money.kroner(14776))
    assert report.difference == Money.kroner(575)
    assert (report.outliers, report.unknown, report.persons) == ((), (), 1)
    assert heard == [(1, 1)]
    assert report.plan.standing(Standing.DIFFERS) == ()

    draft_id = world.core.regulations.draft(2027, owner, percent_ppm=PERCENT)

    with world.core.env.uow(999) as uow:
        draft = uow.law.draft(draft_id)
    assert draft.state is DraftState.OPEN
    by_key = {item.subject: item for item in draft.items}
    assert by_key["kh.forhoejet_sats"].said("value") == "13589.00"
    assert len(by_key) == len(report.plan.rates)
    assert draft.authors == {"otto"}
    (said,) = shown(world.core, 2027, PERCENT, as_json=True)
    assert json.loads(said)[0]["changed"][0]["after_oere"] == 1_477_600


@pytest.mark.parametrize(("text", "ppm"), [("4,05", 40_500), ("3.2", 32_000), ("0", 0)])
def test_a_percentage_is_read_as_people_write_it(text: str, ppm: int) -> None:
    assert percent_of(text) == ppm


@pytest.mark.parametrize("text", ["fire", "4,00001"])
def test_what_is_no_percentage_is_said_so(text: str) -> None:
    with pytest.raises(RuleError, match="Skriv den som 4,05"):
        percent_of(text)
