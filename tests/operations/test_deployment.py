"""Diagrams and tables are taken into use whole, once, and never backwards in time."""

from datetime import UTC, date, datetime, timedelta
from typing import cast

import pytest

from app import law
from app.calendars import danish_calendar
from app.stores.unit_of_work import SqlUnitOfWorkFactory
from processes.domain.errors import RuleError
from processes.engine.findings import DeploymentError
from processes.operations.control import Environment
from processes.operations.deployment import Deployment, Files
from processes.ports.gateways import Gateways
from tests.bpmn import shipped
from tests.fakes.clock import FrozenClock

HERE, NEXT_DOOR = 999, 998
TODAY = date(2026, 3, 10)
TOMORROW = date(2026, 3, 11)


class OnlyAClock:
    """Deployment asks the world for nothing but the time; anything else fails."""

    def __init__(self, clock: FrozenClock) -> None:
        self.clock = clock


def bundle() -> dict[str, bytes]:
    tables = {
        f"{key}.dmn": (shipped.BPMN / "decisions" / f"{key}.dmn").read_bytes()
        for key in shipped.DECISIONS
    }
    return {**shipped.files(), **tables}


def a_changed_bundle(file: str = "send_letter.bpmn", *, old: str, new: str) -> Files:
    files = bundle()
    text = files[file].decode()
    assert old in text
    return {**files, file: text.replace(old, new).encode()}


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(datetime(2026, 3, 10, 12, 0, tzinfo=UTC))


@pytest.fixture
def deployment(uow_factory: SqlUnitOfWorkFactory, clock: FrozenClock) -> Deployment:
    env = Environment(
        uow=uow_factory,
        gateways=cast(Gateways, OnlyAClock(clock)),
        register=shipped.register(),
        rules=law.load_rules(),
        postings=law.load_posting_book(),
        calendar=danish_calendar(2025, 2027),
        mode="test",
        wake=lambda: None,
        digest=lambda cpr: cpr.digits,
    )
    return Deployment(env, shipped=bundle, municipalities=lambda: [HERE, NEXT_DOOR])


def test_the_shipped_bundle_is_what_messages_start_and_the_tables(
    deployment: Deployment, uow_factory: SqlUnitOfWorkFactory
) -> None:
    deployed = deployment.deploy_shipped(by="system")

    started_by_message = [
        key for key in shipped.PROCESSES if shipped.definition(key).start_message is not None
    ]
    assert [(each.key, each.version) for each in deployed.definitions] == [
        (key, 1) for key in started_by_message
    ]
    assert sorted(each.key for each in deployed.tables) == sorted(shipped.DECISIONS)
    with uow_factory(HERE) as uow:
        started = uow.definitions.by_start_message("application-received", TODAY)
    assert started is not None
    assert sorted(started.bundle) == sorted(shipped.definition().files)


def test_the_same_bundle_again_deploys_nothing(
    deployment: Deployment, uow_factory: SqlUnitOfWorkFactory
) -> None:
    deployment.deploy_shipped(by="system")

    again = deployment.deploy_shipped(by="system")

    assert not again.changed
    with uow_factory(HERE) as uow:
        assert len(uow.audit.of_subject(f"process:{shipped.MAIN}")) == 1


def test_a_change_in_a_called_process_is_a_new_version_of_the_whole(
    deployment: Deployment,
) -> None:
    shipped_first = deployment.deploy_shipped(by="system")
    calling = {
        each.key
        for each in shipped_first.definitions
        if "send_letter.bpmn" in shipped.definition(each.key).files
    }
    changed = a_changed_bundle(old="Skriv brevene", new="Skriv alle brevene")

    deployed = deployment.deploy(changed, by="pia")

    assert shipped.MAIN in calling
    assert {each.key: each.version for each in deployed.definitions} == dict.fromkeys(calling, 2)
    assert deployed.tables == ()


def test_a_changed_table_is_a_version_of_its_own(deployment: Deployment) -> None:
    deployment.deploy_shipped(by="system")
    changed = a_changed_bundle("deadline_of_case.dmn", old="<text>15</text>", new="<text>10</text>")

    deployed = deployment.deploy(changed, by="pia")

    assert deployed.definitions == ()
    assert [(each.key, each.version) for each in deployed.tables] == [("deadline_of_case", 2)]


def test_a_version_for_tomorrow_is_not_used_today(
    deployment: Deployment, uow_factory: SqlUnitOfWorkFactory
) -> None:
    deployment.deploy_shipped(by="system")
    changed = a_changed_bundle(old="Skriv brevene", new="Skriv alle brevene")

    deployment.deploy(changed, by="pia", valid_from=TOMORROW)

    with uow_factory(HERE) as uow:
        assert uow.definitions.current(shipped.MAIN, TODAY).version == 1
        assert uow.definitions.current(shipped.MAIN, TOMORROW).version == 2


def test_a_version_cannot_be_dated_back(deployment: Deployment) -> None:
    with pytest.raises(RuleError, match="tidligst gælde fra i dag"):
        deployment.deploy(bundle(), by="pia", valid_from=TODAY - timedelta(days=1))


def test_a_version_cannot_overtake_one_that_is_already_planned(deployment: Deployment) -> None:
    deployment.deploy(bundle(), by="pia", valid_from=TOMORROW)
    changed = a_changed_bundle(old="Skriv brevene", new="Skriv alle brevene")

    with pytest.raises(RuleError, match="allerede en version"):
        deployment.deploy(changed, by="pia")


@pytest.mark.parametrize(
    ("file", "old", "new", "rule"),
    [
        ("send_letter.bpmn", "letters.compose", "letters.invent", "step.unknown"),
        ("pay_once.bpmn", "payment.tax_card", "payment.unknown", "form.unknown"),
        ("decide.bpmn", "Kan sagen afgøres nu?", "Sagen afgøres", "gateway.question"),
        ("decide.bpmn", "bpmn:userTask", "bpmn:scriptTask", "element.unsupported"),
        ("deadline_of_case.dmn", 'hitPolicy="UNIQUE"', 'hitPolicy="LAST"', "dmn.hit_policy"),
    ],
)
def test_one_error_refuses_the_whole_bundle_by_name(
    deployment: Deployment, uow_factory: SqlUnitOfWorkFactory, file: str, old: str, new: str,
    rule: str,
) -> None:  # fmt: skip
    with pytest.raises(DeploymentError) as refused:
        deployment.deploy(a_changed_bundle(file, old=old, new=new), by="pia")

    assert rule in {finding.id for finding in refused.value.findings}
    assert file in str(refused.value)
    with uow_factory(HERE) as uow:
        assert uow.definitions.latest(shipped.MAIN) is None
        assert not uow.definitions.tables(date.max)


def test_two_processes_cannot_start_by_the_same_message(deployment: Deployment) -> None:
    files = bundle()
    twin = files["subsistence_application.bpmn"].decode()
    for old, new in (
        ('"subsistence_application"', '"another_application"'),
        ("part_case_work", "part_of_another"),
        ("part_until_sent", "part_of_another_until_sent"),
    ):
        twin = twin.replace(old, new)

    with pytest.raises(DeploymentError, match="starter også processen"):
        deployment.deploy({**files, "another_application.bpmn": twin.encode()}, by="pia")


def test_every_municipality_can_read_who_took_what_into_use(
    deployment: Deployment, uow_factory: SqlUnitOfWorkFactory
) -> None:
    deployment.deploy_shipped(by="pia")

    for municipality in (HERE, NEXT_DOOR):
        with uow_factory(municipality) as uow:
            (event,) = uow.audit.of_subject(f"process:{shipped.MAIN}")
        assert (event.user, event.action) == ("pia", "process.deploy")
        assert event.reason == "version 1, gælder fra 10.03.2026"


def test_without_a_municipality_nothing_is_deployed(deployment: Deployment) -> None:
    nowhere = Deployment(deployment.env, shipped=bundle, municipalities=list)

    with pytest.raises(RuleError, match="ingen kommune"):
        nowhere.deploy_shipped(by="system")
