"""What is said of a day that is over stays the same, whatever comes later; on the real stores."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from app.local import demo
from app.local.driver import approve, assess, propose, tax_card
from app.local.replaying import handed_out
from integrations.simulator import scenarios
from processes.domain.errors import CoreError, NotAllowedError, RuleError
from processes.domain.facts import Fact, FactKind, FactStatus, Source, SourceKind
from processes.domain.law_changes import (
    DraftItem,
    DraftState,
    ItemKind,
    LawChange,
    LawDraft,
    next_version,
)
from processes.domain.money import Money
from processes.domain.periods import Month, Period, danish_day
from processes.domain.what_if import Supposed
from processes.ports.explaining import CalculationView
from tests.builders.households import ASKED, a_value
from tests.domain.replays import run_checker
from tests.journeys.conftest import World

GRANT = {
    "casework.assess": assess(text="Betingelserne er opfyldt."),
    "decision.propose": propose("Du er blevet ledig."),
    "decision.approve": approve,
    "payment.tax_card": tax_card(rate=38, deduction="4358"),
}


@dataclass(frozen=True)
class Answer:
    """What a page says of a day (svar)."""

    view: CalculationView

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Answer) and self.parts == other.parts

    __hash__ = None  # type: ignore[assignment]

    @property
    def parts(self) -> tuple[object, ...]:
        """Everything but what there is to choose from."""
        view = self.view
        return (
            view.known_on,
            None if view.decision is None else replace(view.decision, sent_at=None),
            replace(view.calculation, made_at=view.case.opened_at),
            view.people,
            view.explanation,
        )


def granted(world: World) -> str:
    case_id = world.apply("anna")
    world.driver.work(case_id, GRANT)
    world.driver.rest(case_id)
    return case_id


def say(
    world: World,
    case_id: str,
    kind: FactKind,
    value: object,
    *,
    valid: Period,
    source: SourceKind = SourceKind.REGISTER,
) -> None:
    with world.core.env.uow(999) as uow:
        party_id = uow.cases.get(case_id).primary_party.id
        status = FactStatus.NONE if value is None else FactStatus.VALUE
        uow.facts.add(
            [
                Fact(
                    id=str(uuid.uuid4()),
                    case_id=case_id,
                    party_id=party_id,
                    kind=kind,
                    status=status,
                    value=value,  # type: ignore[arg-type]
                    valid=valid,
                    source=Source(source, str(source), "historie"),
                    known_from=world.clock.now(),
                )
            ]
        )
        uow.commit()


def raise_a_rate(world: World, key: str, kroner: int) -> None:
    """Put another amount in force from March on, known from now on, approved by two."""
    now = world.clock.now()
    draft = LawDraft(
        id=str(uuid.uuid4()),
        title="Rettet sats",
        reason="Prøve",
        state=DraftState.OPEN,
        items=(DraftItem(ItemKind.RATE, key, {}),),
        written_by="otto",
        written_at=now,
        authors=frozenset({"otto"}),
        saved_by="otto",
        saved_at=now,
    )
    with world.core.env.uow(999) as uow:
        ctx = world.core.env.context(uow)
        rate = ctx.rates.on(key, date(2026, 3, 1))
        version = next_version(ctx.law, ItemKind.RATE, key)
        uow.law.save_draft(draft, was=0)
        handed_in = replace(
            draft, state=DraftState.SUBMITTED, submitted_by="otto", submitted_at=now, revision=2
        )
        uow.law.save_draft(handed_in, was=1)
        approved = replace(
            handed_in,
            state=DraftState.APPROVED,
            decided_by="petra",
            decided_at=now,
            decision="I orden.",
            revision=3,
        )
        uow.law.save_draft(approved, was=2)
        row = {
            "valid_from": "2026-03-01",
            "valid_to": "2026-12-31",
            "value": str(kroner),
            "unit": rate.unit,
            "law": rate.law,
            "source": "prøve",
            "confidence": "hoej",
            "derived": "false",
        }
        uow.law.add_changes(
            [
                LawChange(
                    id=0,
                    draft_id=draft.id,
                    kind=ItemKind.RATE,
                    subject=key,
                    version=version,
                    valid=Period(date(2026, 3, 1), date(2027, 1, 1)),
                    row=row,
                    known_from=now,
                    written_by="otto",
                    approved_by="petra",
                )
            ]
        )
        uow.commit()


def asked(world: World, case_id: str, day: date) -> Answer:
    by = world.driver.team.caseworker
    return Answer(world.core.explaining.view(case_id, by, known_on=day))


SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 20))]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_day_that_is_over_says_the_same_after_anything_that_comes_later(
    world: World, seed: int
) -> None:
    random = Random(seed)  # noqa: S311 – test data, the same for a seed
    case_id = granted(world)
    told: dict[date, Answer] = {}

    for step in range(8):
        if step in {3, 6}:
            raise_a_rate(world, "kh.forhoejet_sats", 13060 + 100 * step)
        else:
            kind = random.choice(ASKED)
            start = date(2026, random.randint(3, 6), random.choice((1, 1, 12)))
            say(
                world,
                case_id,
                kind,
                a_value(random, kind),
                valid=Period(start, random.choice((None, start + timedelta(days=31)))),
                source=random.choice(list(SourceKind)),
            )
        today = danish_day(world.clock.now())
        world.clock.forward(timedelta(days=random.randint(1, 3)))
        told[today] = asked(world, case_id, today)

    assert len({str(each.parts) for each in told.values()}) > 3
    for day, said in told.items():
        assert asked(world, case_id, day) == said, day


def test_a_change_is_seen_from_the_day_it_was_known_and_its_cause_is_said(world: World) -> None:
    case_id = granted(world)
    before = danish_day(world.clock.now())
    world.clock.forward(timedelta(days=2))
    say(
        world,
        case_id,
        FactKind.OTHER_INCOME,
        Money.kroner(2000),
        valid=Month(2026, 4).period(),
        source=SourceKind.CASEWORKER,
    )

    then, now = (
        asked(world, case_id, before).view,
        asked(world, case_id, danish_day(world.clock.now())).view,
    )

    party_id = then.case.primary_party.id
    april = Month(2026, 4)
    was, is_now = then.month(party_id, april), now.month(party_id, april)
    assert was is not None
    assert is_now is not None
    assert was.gross == Money.kroner(14201)
    assert is_now.gross == Money.kroner(12201)
    difference = now.people[0].differences[april]
    assert difference.difference == -Money.kroner(2000)
    assert "Anden indtægt i måneden er 2.000,00" in difference.causes[0].says
    assert now.people[0].decided[april] == Money.kroner(14201)
    assert then.people[0].differences == {}


def test_a_day_before_the_case_and_a_day_to_come_are_refused_with_the_way_out(
    world: World,
) -> None:
    case_id = granted(world)

    with pytest.raises(RuleError, match="Vælg den dag eller en senere"):
        asked(world, case_id, date(2020, 1, 1))
    with pytest.raises(RuleError, match="Vælg en dag til og med i dag"):
        asked(world, case_id, date(2030, 1, 1))


def test_a_decision_is_a_file_that_a_stranger_can_check_and_stays_the_same(
    world: World, tmp_path: Path
) -> None:
    case_id = granted(world)
    by = world.driver.team.caseworker
    decision = world.core.cases.page(case_id, by).decisions[0]

    name, content = world.core.replays.file(decision.id, by)
    world.clock.forward(timedelta(days=3))
    say(world, case_id, FactKind.WEALTH, Money.kroner(90000), valid=Period(date(2026, 3, 1)))
    raise_a_rate(world, "kh.forhoejet_sats", 13900)
    _, again = world.core.replays.file(decision.id, by)

    file = tmp_path / name
    file.write_bytes(content)
    done = run_checker(file, "--hash", json.loads(content)["hash"])
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert again == content
    assert name == f"afgoerelse-{decision.number}.json"
    assert "610190" not in content.decode()
    for reference in (case_id, decision.id, decision.number, decision.number.rpartition("-")[0]):
        assert world.core.replays.find(999, reference) == world.core.replays.find(
            999, decision.id
        ), reference
    assert world.core.replays.find(999, "2019-999999") is None
    assert handed_out(world.core, decision.number) == (name, content)
    with pytest.raises(CoreError, match="ingen sag eller afgørelse"):
        handed_out(world.core, "2019-999999-1")
    with world.core.env.uow(999) as uow:
        noted = {event.action for event in uow.audit.of_subject(f"case:{case_id}")}
    assert "replay.read" in noted


def test_finance_gets_no_file_of_a_decision(world: World) -> None:
    case_id = granted(world)
    decision = world.core.cases.page(case_id, world.driver.team.caseworker).decisions[0]

    with pytest.raises(NotAllowedError):
        world.core.replays.file(decision.id, world.driver.team.finance)


def rows(world: World) -> dict[str, int]:
    """Count the rows of every table but the log of who looked."""
    with world.core.engine.connect() as connection:
        tables = connection.exec_driver_sql(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace ="
            " 'public'::regnamespace AND NOT relispartition AND relname NOT LIKE 'audit%%'"
        ).scalars()
        connection.exec_driver_sql("SELECT set_config('app.municipality', '999', false)")
        return {
            name: connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one()  # noqa: S608 – names from the database itself
            for name in list(tables)
            if connection.exec_driver_sql(
                f"SELECT has_table_privilege('{name}', 'SELECT')"
            ).scalar_one()
        }


def test_what_if_stores_nothing_and_says_what_next_month_would_be(world: World) -> None:
    case_id = granted(world)
    by = world.driver.team.caseworker
    party_id = world.core.cases.page(case_id, by).case.primary_party.id
    before = rows(world)

    page = world.core.what_if.of_case(
        case_id, [Supposed(party_id, FactKind.WORK_INCOME, Money.kroner(4000))], by
    )

    assert page.result is not None
    now, then = page.result.of(party_id)
    assert page.month == Month(2026, 4)
    assert (now.gross, then.gross) == (Money.kroner(14201), Money.kroner(12701))
    assert rows(world) == before
    change = page.result.changes(party_id)[0]
    assert change.difference == -Money.kroner(1500)
    assert any("4.000,00" in reason for reason in change.because)


def test_a_citizen_tries_only_own_facts_and_only_when_it_is_decided(world: World) -> None:
    case_id = world.apply("anna")
    anna = demo.citizen(scenarios.load("demo").applications["anna"]["applicant_cpr"])
    with pytest.raises(RuleError, match="når vi har afgjort din sag"):
        world.core.what_if.mine(case_id, (), anna)
    world.driver.work(case_id, GRANT)
    world.driver.rest(case_id)
    (own,) = world.core.what_if.mine(case_id, (), anna).party_ids

    page = world.core.what_if.mine(
        case_id, [Supposed(own, FactKind.OTHER_INCOME, Money.kroner(20000))], anna
    )

    assert page.result is not None
    _, then = page.result.of(own)
    assert then.gross == Money(0)
    assert [each.key for each in then.refused_because] == ["behov"]
    with pytest.raises(RuleError, match="kan ikke prøves her"):
        world.core.what_if.mine(
            case_id, [Supposed("en-anden", FactKind.OTHER_INCOME, Money(1))], anna
        )
    with pytest.raises(RuleError, match="kan ikke prøves her"):
        world.core.what_if.mine(case_id, [Supposed(own, FactKind.CANNOT_SUPPORT, value=True)], anna)
