"""A rate or a rule is changed by two people, and counts from its day: everywhere, at once."""

from collections.abc import Callable, Mapping
from datetime import date

import psycopg
import pytest
from sqlalchemy import text

from app.local import demo
from app.wiring import Core
from integrations.simulator import scenarios
from integrations.simulator.server import Running
from processes.domain.access import Actor, Role
from processes.domain.errors import (
    ConflictError,
    NotAllowedError,
    RateMissingError,
    RuleError,
    TwoPersonError,
)
from processes.domain.facts import Facts
from processes.domain.law_changes import DraftState, ItemKind
from processes.domain.money import Money
from processes.ports.law import Population
from processes.ports.law_pages import DraftPage, LawFilter
from processes.stages.calculations import calculate
from tests.database import Database
from tests.journeys.conftest import World
from tests.journeys.test_straight_path import GRANT

PETER = demo.actor("peter", Role.PROCESS_OWNER)
GITTE = demo.actor("gitte", Role.PROCESS_OWNER)
RATE = "kh.forhoejet_sats"
"""What Anna and Ida get: over thirty, and every requirement met."""
MAY = date(2026, 5, 1)
NEW = Money.kroner(13_500)
CHANGED = {
    "value": "13.500,00",
    "law": "LAS § 16 a, stk. 1",
    "source": "BEK nr. 1 af 1. marts 2026",
    "derived": "false",
    "confidence": "hoej",
}
WHY = "Folketinget har vedtaget en ny sats fra maj."


def begun(world: World, *, first: date = MAY, subject: str = RATE, how: str = "") -> str:
    return world.core.law.begin(ItemKind.RATE, subject, PETER, first=first, how=how)


def saved(
    world: World,
    draft_id: str,
    fields: Mapping[str, str] = CHANGED,
    *,
    by: Actor = PETER,
    number: int = 0,
    **head: str,
) -> DraftPage:
    law = world.core.law
    law.save(
        draft_id,
        by,
        revision=law.page(draft_id, by).draft.revision,
        head={"reason": WHY, **head},
        number=number,
        fields=fields,
        meant={},
    )
    return law.page(draft_id, by)


def tried(world: World, draft_id: str, population: Population = Population.MADE_UP) -> DraftPage:
    world.core.law.try_out(draft_id, population, PETER)
    world.driver.settle()
    return world.core.law.page(draft_id, PETER)


def ready(world: World, draft_id: str) -> None:
    """Say of each story that it shall come out differently, and try the draft."""
    page = world.core.law.page(draft_id, PETER)
    world.core.law.save(
        draft_id,
        PETER,
        revision=page.draft.revision,
        head={},
        number=None,
        fields={},
        meant={story.key: "Satsen er ny, så beløbet er et andet." for story in page.failing},
    )
    tried(world, draft_id)


def approved(world: World, draft_id: str, *, recalculates: bool = False, reason: str = "") -> None:
    ready(world, draft_id)
    law = world.core.law
    law.submit(draft_id, PETER, recalculates=recalculates)
    law.approve(draft_id, GITTE, reason=reason, recalculates=recalculates)


def applied(world: World, who: str, first: str) -> str:
    """Hand in somebody's application for help from another day; return the case."""
    fields = {
        **scenarios.load("demo").applications[who],
        "requested_from": first,
        "contact_on": first,
    }
    now = world.clock.now()
    world.core.intake.deliver(demo.delivered(who, submitted_at=now, fields=fields))
    return world.core.cases.search(fields["applicant_cpr"], world.driver.team.caseworker)[0].id


def in_force(core: Core, key: str, day: date) -> Money:
    with core.env.uow(999) as uow:
        return core.env.context(uow).rates.on(key, day).amount


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand made-up people are enough where a trial is not what is looked at."""
    monkeypatch.setattr("processes.operations.rulebook.MADE_UP_PERSONS", 1_000)
    monkeypatch.setattr("processes.operations.rulebook.MADE_UP_AT_ONCE", 500)


@pytest.fixture
def another(
    world: World, make_core: Callable[..., Core], registers: Running, database: Database
) -> Core:
    """Another process on the same database, that has read the law already."""
    core = make_core(registers, world.clock)
    assert in_force(core, RATE, MAY) != NEW
    return core


# ---- two people ----------------------------------------------------------------------------


def test_what_two_people_approve_counts_from_its_day_in_every_process_at_once(
    world: World, another: Core
) -> None:
    draft_id = begun(world)
    saved(world, draft_id)
    old = in_force(another, RATE, MAY)
    approved(world, draft_id, reason="Læst i bekendtgørelsen.")

    for core in (world.core, another):
        assert in_force(core, RATE, date(2026, 4, 30)) == old
        assert in_force(core, RATE, MAY) == NEW
    page = world.core.law.page(draft_id, GITTE)
    assert page.draft.state is DraftState.APPROVED
    assert page.draft.decided_by == "gitte"
    assert [each.what for each in page.events] == [
        "Godkendt", "Sendt til godkendelse", "Begyndt",
    ]  # fmt: skip


def test_nobody_approves_what_they_wrote_not_even_in_the_database(
    world: World, database: Database
) -> None:
    draft_id = begun(world)
    saved(world, draft_id)
    ready(world, draft_id)
    world.core.law.submit(draft_id, PETER, recalculates=False)

    assert "Du har selv skrevet i den" in " ".join(
        world.core.law.page(draft_id, PETER).why_not_approve
    )
    with pytest.raises(TwoPersonError, match="en anden procesejer"):
        world.core.law.approve(draft_id, PETER, reason="", recalculates=False)
    url = database.superuser.render_as_string(hide_password=False).replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute(
                "UPDATE law_draft SET state = 'godkendt', decided_by = 'peter', decided_at = now()"
            )
        with pytest.raises(psycopg.Error, match="comes out of an approved draft"):
            connection.execute(
                "INSERT INTO law_change (draft_id, kind, subject, version, valid_from, known_from,"
                " written_by, approved_by) SELECT id, 'sats', 'x', 1, '2026-05-01', now(),"
                " 'peter', 'gitte' FROM law_draft"
            )
        with pytest.raises(psycopg.Error, match="stays its author"):
            connection.execute("UPDATE law_draft SET authors = '{gitte}', written_by = 'gitte'")
        with pytest.raises(psycopg.Error, match="as it was handed in"):
            connection.execute("UPDATE law_draft SET title = 'noget andet'")


def test_whoever_helped_write_it_does_not_approve_it_either(world: World) -> None:
    draft_id = begun(world)
    saved(world, draft_id)
    saved(world, draft_id, {**CHANGED, "value": "13.600"}, by=GITTE)
    ready(world, draft_id)
    world.core.law.submit(draft_id, PETER, recalculates=False)

    with pytest.raises(TwoPersonError):
        world.core.law.approve(draft_id, GITTE, reason="", recalculates=False)


def test_it_is_sent_back_with_a_reason_and_handed_in_again(world: World) -> None:
    draft_id = begun(world)
    saved(world, draft_id)
    ready(world, draft_id)
    law = world.core.law
    law.submit(draft_id, PETER, recalculates=False)
    with pytest.raises(ConflictError, match="sendt til godkendelse"):
        saved(world, draft_id, {"value": "1"})
    with pytest.raises(RuleError, match="Skriv hvorfor"):
        law.send_back(draft_id, GITTE, reason=" ")
    law.send_back(draft_id, GITTE, reason="Kilden mangler et link.")

    page = law.page(draft_id, PETER)
    assert page.draft.is_open
    assert page.draft.decision == "Kilden mangler et link."
    law.submit(draft_id, PETER, recalculates=False)
    law.approve(draft_id, GITTE, reason="", recalculates=False)
    assert in_force(world.core, RATE, MAY) == NEW


def test_a_draft_is_not_handed_in_before_it_is_right_told_and_tried(world: World) -> None:
    draft_id = begun(world)
    page = saved(world, draft_id, {"value": "13.5x", "law": "paragraf 16"})
    said = {each.field for each in page.checked.errors}
    assert {"value", "law"} <= said
    assert page.draft.items[0].fields["value"] == "13.5x"
    with pytest.raises(RuleError, match=r"fejl skal rettes.*Prøv kladden"):
        world.core.law.submit(draft_id, PETER, recalculates=False)

    page = saved(world, draft_id, {**CHANGED, "valid_from": "01.03.2026"})
    assert page.failing
    assert any("historie" in each for each in page.missing)


def test_two_who_save_at_once_lose_nothing_unseen(world: World) -> None:
    draft_id = begun(world)
    law = world.core.law
    seen = law.page(draft_id, PETER).draft.revision
    saved(world, draft_id, by=GITTE)

    with pytest.raises(ConflictError, match="En anden har gemt"):
        law.save(draft_id, PETER, revision=seen, head={}, number=0, fields={"value": "1"}, meant={})


def test_caseworkers_read_the_law_and_write_nothing(world: World) -> None:
    mette = world.driver.team.caseworker
    page = world.core.law.rate(RATE, MAY, mette)
    assert not page.may_draft
    for forbidden in (
        lambda: world.core.law.begin(ItemKind.RATE, RATE, mette, first=MAY),
        lambda: world.core.law.drop("x", mette, reason="fordi"),
        lambda: world.core.law.approve("x", mette, reason="", recalculates=False),
        lambda: world.core.law.try_out("x", Population.MADE_UP, mette),
    ):
        with pytest.raises(NotAllowedError):
            forbidden()


# ---- what it does --------------------------------------------------------------------------


def test_a_decision_for_a_month_from_the_day_cites_the_new_paragraph_and_one_before_does_not(
    world: World,
) -> None:
    before = world.apply("anna")
    world.driver.work(before, GRANT)
    world.driver.rest(before)
    draft_id = begun(world)
    saved(world, draft_id)
    approved(world, draft_id)
    world.move(days=63)
    after = applied(world, "ida", "2026-05-01")
    world.driver.work(after, GRANT)
    world.driver.rest(after)

    page = world.core.cases.page
    (old,), (new,) = (
        page(case_id, world.driver.team.caseworker).decisions for case_id in (before, after)
    )
    assert "LAS § 16, stk. 1, nr. 2" in old.legal_basis
    assert "LAS § 16 a, stk. 1" not in old.legal_basis
    assert "LAS § 16 a, stk. 1" in new.legal_basis
    assert "LAS § 16, stk. 1, nr. 2" not in new.legal_basis


def test_a_calculation_keeps_the_version_it_used_and_the_law_of_then_can_be_asked_for(
    world: World,
) -> None:
    case_id = world.apply("ida")
    world.driver.work(case_id, {}, until="casework.assess")
    then = world.clock.now()
    world.move(minutes=1)
    draft_id = begun(world, first=date(2026, 3, 1))
    saved(world, draft_id)
    approved(world, draft_id)

    with world.core.env.uow(999) as uow:
        ctx = world.core.env.context(uow)
        assert ctx.rates.on(RATE, date(2026, 3, 1)).id == f"{RATE}.2026_v2"
        old = ctx.law_known_at(then)
        assert old.rates.on(RATE, date(2026, 3, 1)).id == f"{RATE}.2026"
        assert ctx.law_known_at(world.clock.now()) is ctx.law
        application = ctx.uow.cases.application_of_case(case_id)
        found = calculate(ctx, case_id=case_id, application_id=application.id)
        calculation = uow.calculations.get(str(found["calculation_id"]))
        assert Facts.as_known(uow.facts.of_case(case_id), then).known_at == then
        used = {
            node.id
            for month in calculation.months
            for line in month.lines
            for node in line.explanation.walk()
            if node.kind == "rate"
        }
    assert calculation.known_at == world.clock.now()
    assert not any(name == f"{RATE}.2026" for name in used)


def test_a_derived_rate_that_two_have_confirmed_is_one_to_pay_by(world: World) -> None:
    with world.core.env.uow(999) as uow:
        assert world.core.env.context(uow).rates.on(RATE, MAY).is_provisional
    draft_id = begun(world, how="bekraeft", first=MAY)
    page = world.core.law.page(draft_id, PETER)
    assert {each.field for each in page.checked.errors} >= {"source"}
    assert page.draft.items[0].fields["valid_from"] == "01.01.2026"
    saved(world, draft_id, {"source": "BEK nr. 1 af 1. december 2025, retsinformation.dk"})
    approved(world, draft_id)

    with world.core.env.uow(999) as uow:
        rate = world.core.env.context(uow).rates.on(RATE, MAY)
    assert not rate.is_provisional
    assert rate.amount == Money.kroner(13_060)


def test_an_earlier_version_is_used_again_as_a_new_one(world: World) -> None:
    draft_id = begun(world)
    saved(world, draft_id)
    old = in_force(world.core, RATE, MAY)
    approved(world, draft_id)
    world.move(minutes=1)
    back = world.core.law.begin(
        ItemKind.RATE, RATE, PETER, first=date(2026, 6, 1), how="igen", name=f"{RATE}.2026"
    )
    saved(world, back, {"source": "Den nye lov er ophævet.", "valid_to": "31.12.2026"})
    approved(world, back)

    assert in_force(world.core, RATE, date(2026, 5, 31)) == NEW
    assert in_force(world.core, RATE, date(2026, 6, 1)) == old
    versions = world.core.law.rate(RATE, MAY, PETER).versions
    assert [row.name for row in versions][:3] == [
        f"{RATE}.2026_v3", f"{RATE}.2026_v2", f"{RATE}.2026",
    ]  # fmt: skip
    assert [row.subject for row in world.core.law.history(PETER).rows] == [RATE, RATE]


def test_a_rate_nobody_asks_for_can_end_and_is_missing_from_then_on(world: World) -> None:
    key = "tilbagebetaling.politianmeldelse"
    draft_id = begun(world, subject=key, how="ophaev")
    saved(world, draft_id, {})
    approved(world, draft_id)

    with world.core.env.uow(999) as uow:
        rates = world.core.env.context(uow).rates
        assert rates.on(key, date(2026, 4, 30)).amount
        with pytest.raises(RateMissingError):
            rates.on(key, MAY)


def test_months_that_are_paid_are_named_before_anything_is_approved(world: World) -> None:
    case_id = world.apply("anna")
    world.driver.work(case_id, GRANT)
    world.driver.rest(case_id)
    draft_id = begun(world, first=date(2026, 3, 1))
    page = saved(world, draft_id)

    ((place, months),) = page.paid
    assert place == demo.MUNICIPALITY.name
    assert [(str(each.month), each.cases) for each in months] == [("2026-03", 1)]
    with pytest.raises(RuleError, match="skal regnes om"):
        approved(world, draft_id, recalculates=False)
    world.core.law.submit(draft_id, PETER, recalculates=True)
    with pytest.raises(RuleError, match="skal regnes om"):
        world.core.law.approve(draft_id, GITTE, reason="", recalculates=False)
    world.core.law.approve(draft_id, GITTE, reason="", recalculates=True)
    assert in_force(world.core, RATE, date(2026, 3, 1)) == NEW


# ---- trying out ----------------------------------------------------------------------------


def test_a_draft_is_tried_on_the_municipalitys_own_citizens_without_naming_them(
    world: World,
) -> None:
    case_id = world.apply("anna")
    world.driver.work(case_id, GRANT)
    world.driver.rest(case_id)
    draft_id = begun(world)
    saved(world, draft_id)
    page = tried(world, draft_id, Population.CITIZENS)

    (view,) = page.trials
    assert view.is_current
    assert view.report is not None
    tally = view.report.tallies["kontanthjaelp"]
    assert (tally.persons, tally.up, tally.down) == (1, 1, 0)
    assert tally.up_oere == (NEW - Money.kroner(13_060)).oere
    (story,) = view.report.stories
    assert story.who.startswith("Enlig, ")
    assert "år" in story.who
    assert any("Forhøjet sats" in why for why in story.why)
    whole = str(view.trial.report)
    case = world.core.cases.page(case_id, world.driver.team.caseworker).case
    for name in (*case.parties[0].name.split(), case.number, case.id, case.parties[0].id):
        assert name not in whole


@pytest.mark.long
def test_a_draft_is_tried_on_a_hundred_thousand_who_are_made_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    draft_id = begun(world)
    saved(world, draft_id)
    page = tried(world, draft_id)

    (view,) = page.trials
    assert view.report is not None
    tally = view.report.tallies["kontanthjaelp"]
    assert view.trial.persons >= 100_000
    assert tally.up > 5_000
    assert tally.down == 0
    assert tally.up + tally.same == tally.persons
    assert sum(bar.count for bar in view.bars) == view.report.whole.changed
    assert len(view.report.stories) == 10


def test_a_trial_of_an_older_draft_says_nothing_of_the_new_one(world: World) -> None:
    draft_id = begun(world)
    saved(world, draft_id)
    tried(world, draft_id)
    page = saved(world, draft_id, {"value": "13.400"})

    assert not page.trials[0].is_current
    with pytest.raises(RuleError, match="Prøv kladden"):
        world.core.law.submit(draft_id, PETER, recalculates=False)


def test_a_draft_that_changes_while_it_is_tried_gives_a_report_that_says_so(world: World) -> None:
    draft_id = begun(world)
    saved(world, draft_id)
    world.core.law.try_out(draft_id, Population.MADE_UP, PETER)
    saved(world, draft_id, {"value": "13.400"})
    world.driver.settle()

    view = world.core.law.page(draft_id, PETER).trials[0]
    assert view.report is not None
    assert view.report.is_stale
    assert not view.is_current


# ---- rules ---------------------------------------------------------------------------------


def test_a_rule_is_changed_like_a_rate_and_its_mistakes_stand_at_their_place(
    world: World,
) -> None:
    law = world.core.law
    draft_id = law.begin(ItemKind.RULE, "kh.boernetillaeg", PETER, first=MAY)
    page = saved(world, draft_id, {"expression": "if_(kh.forsoerger, rate.kh.boernetillaeg, 0)"})
    (error,) = page.checked.errors
    assert (error.field, error.place) == ("expression", "linje 1, tegn 43")
    assert "beløb" in error.what

    page = saved(
        world,
        draft_id,
        {
            "expression": "if_(kh.forsoerger, rate.kh.boernetillaeg + kr(100), kr(0))",
            "law": "LAS § 17, stk. 2",
        },
    )
    assert page.checked.errors == ()
    assert page.stories
    assert page.failing
    approved(world, draft_id)
    with world.core.env.uow(999) as uow:
        rules = world.core.env.context(uow).rules
    assert rules.on("kh.boernetillaeg", date(2026, 4, 30)).name == "kh.boernetillaeg@1"
    assert rules.on("kh.boernetillaeg", MAY).name == "kh.boernetillaeg@2"


def test_a_drafts_own_story_must_come_true(world: World) -> None:
    draft_id = begun(world)
    story = """
title: Enlig over 30 i maj
period: 2026-05
people:
  anna: {foedselsdato: 1985-01-01}
expect: {outcome: bevilget}
"""
    page = saved(world, draft_id, stories=story)
    (told,) = page.own_stories
    assert not told.passes
    page = saved(world, draft_id, stories="title: [")
    assert "Det er ikke YAML" in page.stories_trouble
    assert any("egne historier" in each for each in page.missing)


def test_the_pages_of_a_rule_say_who_uses_it_and_run_its_stories(world: World) -> None:
    page = world.core.law.rule("kh.sats", MAY, PETER, stories=True)

    assert page.rule is not None
    assert page.gives == "beløb"
    assert "Kontanthjælp" in page.benefits
    assert {each.subject for each in page.asks if each.kind == "sats"} >= {RATE}
    assert page.asked_by
    assert page.stories is not None
    assert len(page.stories) > 50
    assert all(each.passes for each in page.stories)


def test_the_list_is_narrowed_by_day_act_area_and_words(world: World) -> None:
    law = world.core.law
    everything = law.index(LawFilter(day=MAY), PETER)
    assert len(everything.rows) > 150
    only = law.index(LawFilter(day=MAY, kind="sats", area="Sanktioner", words="interval"), PETER)
    assert only.rows
    assert {row.area for row in only.rows} == {"Sanktioner"}
    assert all("interval" in row.label.lower() for row in only.rows)
    unsure = law.index(LawFilter(day=MAY, only_unsure=True), PETER)
    assert len(unsure.rows) == everything.unsure
    assert not law.index(LawFilter(day=date(2027, 2, 1), words=RATE, kind="sats"), PETER).rows


# ---- files ---------------------------------------------------------------------------------


def test_what_is_exported_and_read_in_again_changes_nothing(world: World) -> None:
    text_of_rates = world.core.law.export(PETER)
    with pytest.raises(RuleError, match="Intet er ændret"):
        world.core.law.read_in(text_of_rates, PETER, title="")


def test_a_file_becomes_a_draft_with_what_is_another_and_what_is_wrong(world: World) -> None:
    file = f"""
{RATE}:
  values:
    2027-01-01:
      value: 13648.00
      metadata: {{reference: "LAS § 16, stk. 1, nr. 2", source: BEK nr. 9, confidence: hoej}}
    2028-01-01: null
kh.boernetillaeg:
  values:
    2027-01-01: {{value: tusind, metadata: {{source: BEK nr. 9}}}}
"""
    page = world.core.law.page(world.core.law.read_in(file, PETER, title="Satser 2027"), PETER)

    assert page.draft.title == "Satser 2027"
    assert [view.item.subject for view in page.items] == [RATE, "kh.boernetillaeg"]
    assert page.items[0].item.fields["value"] == "13648.00"
    assert not page.items[0].is_wrong
    assert page.items[1].is_wrong
    with pytest.raises(RuleError, match=r"2027-01-01: 'wert' kendes ikke"):
        world.core.law.read_in("x:\n  values:\n    2027-01-01: {wert: 1}", PETER, title="")


# ---- cost ----------------------------------------------------------------------------------


def test_a_calculation_asks_once_whether_the_law_is_the_one_it_knows(world: World) -> None:
    with world.core.env.uow(999) as uow:
        assert world.core.env.context(uow).law.changes == ()
    asked: list[str] = []
    with world.core.env.uow(999) as uow:
        connection = uow.session.connection()  # type: ignore[attr-defined]
        original = connection.execute
        ctx = world.core.env.context(uow)
        uow.law.digest = _counted(uow.law.digest, asked)  # type: ignore[method-assign]
        for _ in range(3):
            assert ctx.rates.on(RATE, MAY)
            assert ctx.rules.on("kh.sats", MAY)
        original(text("SELECT 1"))
    assert asked == ["digest"]


def _counted(ask: Callable[[], str], asked: list[str]) -> Callable[[], str]:
    def counted() -> str:
        asked.append("digest")
        return ask()

    return counted


def test_each_municipality_can_read_in_its_own_log_what_came_in_force(world: World) -> None:
    draft_id = begun(world)
    saved(world, draft_id)
    approved(world, draft_id)

    for municipality in (demo.MUNICIPALITY.id, demo.NEIGHBOUR.id):
        with world.core.env.uow(municipality) as uow:
            said = uow.session.execute(  # type: ignore[attr-defined]
                text("SELECT subject FROM audit_event WHERE action = 'rule.approve'")
            ).scalars()
            assert list(said) == [f"sats:{RATE}.2026_v2"]
