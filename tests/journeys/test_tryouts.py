"""A draft is tried on cases that have been, and what it would have done to them is told."""

import re
from collections.abc import Callable

import pytest

from app.local import demo
from app.local.driver import approve, conclude_hearing, prepare_hearing
from processes.domain.access import Role
from processes.domain.errors import ConflictError, NotAllowedError, NotFoundError, RuleError
from processes.domain.money import Money
from processes.ports.tryouts import Harm, Population, Tryout, TryoutReport, TryoutState
from tests.journeys.conftest import World
from tests.journeys.test_straight_path import GRANT, REFUSAL, WEALTHY

OWNER = demo.actor("peter", Role.PROCESS_OWNER)
LEAD = demo.actor("lars", Role.TEAM_LEAD)
MAIN = "subsistence_application"
HEARING = {
    "casework.assess": WEALTHY,
    "casework.prepare_hearing": prepare_hearing,
    "casework.hearing_lapsed": conclude_hearing("Intet svar; oplysningerne står fast."),
    "decision.propose": REFUSAL,
    "decision.approve": approve,
}


def shipped(world: World, name: str) -> bytes:
    return world.core.deployment.shipped()[name]


def edited(world: World, name: str, *changes: tuple[str, str]) -> dict[str, bytes]:
    """Return a diagram as somebody changed it."""
    text = shipped(world, name).decode()
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    return {name: text.encode()}


def tried(world: World, files: dict[str, bytes], population: Population | None = None) -> Tryout:
    tryout_id = world.core.tryouts.begin(
        files,
        population or Population(),
        OWNER,
        process_key=MAIN,
        subject="draft:1",
        digest="abc",
    )
    world.driver.settle()
    return world.core.tryouts.tryout(tryout_id, OWNER)


def reported(world: World, files: dict[str, bytes]) -> TryoutReport:
    done = tried(world, files)
    assert (done.state, done.why) == (TryoutState.DONE, "")
    assert done.report is not None
    return done.report


@pytest.fixture
def past(world: World) -> World:
    """One case granted and paid, one refused after a hearing, one still being assessed."""
    world.driver.work(world.apply("anna"), GRANT)
    refused = world.apply("ulla")
    world.driver.work(refused, HEARING)
    for _ in range(25):  # day by day, so that clocks ring when they are due
        world.move(days=1)
    world.driver.work(refused, HEARING)
    world.driver.rest(world.apply("yrsa"))
    return world


def effects(world: World) -> object:
    """Return what the outside has received, and what the database has of each case."""
    with world.core.env.uow(999) as uow:
        cases = world.core.cases.search("", LEAD)
        rows = [
            [(x.id, x.blob, x.state) for x in uow.processes.instances_of_case(each.id)]
            for each in cases
        ]
        waiting = uow.outbox.waiting()
    return world.control("received"), rows, waiting


def test_todays_version_gives_what_was_recorded_and_changes_nothing(past: World) -> None:
    before = effects(past)

    report = reported(past, edited(past, f"{MAIN}.bpmn"))

    assert (report.tried, report.same, report.as_recorded) == (3, 3, 3)
    assert (report.is_clean, report.tasks_added, report.decisions, report.unknown) == (
        True, 0, 0, 0,
    )  # fmt: skip
    assert {each.name: each.today for each in report.paths} == {
        "Hjælpen er bevilget: bevilget": 1,
        "Ansøgningen er afslået: afslag": 1,
        "Venter ved Vurdér oplysninger og betingelser": 1,
    }
    assert effects(past) == before


def test_a_way_to_refusal_past_the_hearing_is_harm_whatever_the_totals_say(past: World) -> None:
    draft = edited(
        past, "hear_and_decide.bpmn", ("hearing_needed = false", "hearing_needed != null")
    )

    report = reported(past, draft)

    harms = {each.key: each.draft for each in report.harms}
    assert (harms[Harm.UNHEARD], report.is_clean) == (1, False)
    page = past.core.tryouts.page(
        past.core.tryouts.of_subject("draft:1", OWNER)[0].id, OWNER, which=Harm.UNHEARD
    )
    assert [each.draft.decision for each in page.cases] == ["afslag"]
    assert page.cases[0].today.is_heard
    assert report.tasks_added < 0, "nobody writes the hearing or closes it"


def test_a_case_that_would_stop_is_told_with_element_and_cause(past: World) -> None:
    draft = edited(
        past,
        "hear_and_decide.bpmn",
        ("hearing_needed = false", 'date(hearing_needed) &lt; date("2026-01-01")'),
    )

    report = reported(past, draft)

    (stop,) = report.stops
    assert (stop.name, stop.cases) == ("Skal parten høres?", 2)
    assert stop.why
    assert not report.is_clean


def test_a_new_task_is_counted_with_its_minutes_and_its_answer_is_assumed(past: World) -> None:
    draft = edited(
        past,
        f"{MAIN}.bpmn",
        (
            'sourceRef="task_assess" targetRef="when_to_calculate"',
            'sourceRef="task_assess" targetRef="task_second_look"',
        ),
        (
            '<bpmn:exclusiveGateway id="when_to_calculate">\n          <bpmn:incoming>assessed</',
            (
                '<bpmn:userTask id="task_second_look" name="Se på det igen">'
                "<bpmn:extensionElements><spiffworkflow:properties>"
                '<spiffworkflow:property name="formKey" value="casework.look_again"/>'
                '<spiffworkflow:property name="role" value="caseworker"/>'
                "</spiffworkflow:properties></bpmn:extensionElements>"
                "<bpmn:incoming>assessed</bpmn:incoming><bpmn:outgoing>looked</bpmn:outgoing>"
                "</bpmn:userTask>"
                '<bpmn:sequenceFlow id="looked" sourceRef="task_second_look"'
                ' targetRef="when_to_calculate"/>'
                '<bpmn:exclusiveGateway id="when_to_calculate">\n          <bpmn:incoming>looked</'
            ),
        ),
    )

    report = reported(past, draft)

    (new,) = [each for each in report.tasks if each.name == "Se på det igen"]
    assert (new.today, new.draft) == (0, 2)
    assert (report.tasks_added, report.minutes) == (2, 40)
    assert (report.assumed, report.is_clean, report.decisions) == (2, True, 0)


def test_a_decision_that_is_no_longer_reached_is_harm_and_its_amount_is_lost(past: World) -> None:
    draft = edited(
        past,
        f"{MAIN}.bpmn",
        (
            'id="to_calculate" sourceRef="when_to_calculate" targetRef="step_calculate"',
            'id="to_calculate" sourceRef="when_to_calculate" targetRef="when_wanted"',
        ),
        (
            '<bpmn:serviceTask id="step_calculate"',
            (
                '<bpmn:exclusiveGateway id="when_wanted" name="Skal der afgøres?"'
                ' default="unwanted"><bpmn:incoming>to_calculate</bpmn:incoming>'
                "<bpmn:outgoing>unwanted</bpmn:outgoing><bpmn:outgoing>wanted</bpmn:outgoing>"
                "</bpmn:exclusiveGateway>"
                '<bpmn:sequenceFlow id="unwanted" name="Nej" sourceRef="when_wanted"'
                ' targetRef="end_assessed_only"/>'
                '<bpmn:sequenceFlow id="wanted" name="Ja" sourceRef="when_wanted"'
                ' targetRef="step_calculate"><bpmn:conditionExpression'
                ' xsi:type="bpmn:tFormalExpression">case_id = null</bpmn:conditionExpression>'
                "</bpmn:sequenceFlow>"
                '<bpmn:endEvent id="end_assessed_only" name="Kun vurderet">'
                "<bpmn:incoming>unwanted</bpmn:incoming><bpmn:terminateEventDefinition/>"
                "</bpmn:endEvent>"
                '<bpmn:serviceTask id="step_calculate"'
            ),
        ),
        (
            "<bpmn:incoming>to_calculate</bpmn:incoming>\n          <bpmn:outgoing>calculated",
            "<bpmn:incoming>wanted</bpmn:incoming>\n          <bpmn:outgoing>calculated",
        ),
    )

    report = reported(past, draft)

    harms = {each.key: each.draft for each in report.harms}
    assert (report.less, report.money_less, report.more) == (1, Money.kroner("14201"), 0)
    assert report.decisions == 2
    assert [each.cases for each in report.steps] == [1, 0, 0, 0, 0, 0]
    assert harms[Harm.UNDECIDED] == 0 or not report.is_clean


def test_a_draft_that_runs_in_a_ring_or_cannot_be_read_is_told_and_takes_nothing_with_it(
    past: World,
) -> None:
    (condition,) = re.findall(
        r'id="calculable".*?Expression">(.*?)<', shipped(past, f"{MAIN}.bpmn").decode(), re.DOTALL
    )
    ring = edited(past, f"{MAIN}.bpmn", (f">{condition}<", ">case_id = null<"))

    report = reported(past, ring)
    assert [each.cases for each in report.stops] == [2]

    broken = tried(
        past, {f"{MAIN}.bpmn": b"<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>"}
    )
    assert broken.state is TryoutState.STOPPED
    assert "kan ikke køres" in broken.why


def test_the_population_is_chosen_by_days_state_number_and_size(past: World) -> None:
    count = past.core.tryouts.count
    today = past.core.clock.today()

    def held(**wanted: object) -> int:
        return count(MAIN, Population(**wanted), OWNER)  # type: ignore[arg-type]  # one at a time

    assert held() == 3
    assert (held(is_open=False), held(is_closed=False)) == (2, 1)
    assert (held(since=today), held(until=today)) == (1, 2)
    assert (held(most=2), held(case_numbers=("2026-000002",))) == (2, 1)
    nothing = Population(case_numbers=("2026-999999",))
    refused: tuple[tuple[Callable[[], object], str], ...] = (
        (lambda: tried(past, {}, nothing), "Ingen optagne sager"),
        (lambda: tried(past, {}, Population(most=5_000)), "2000"),
        (lambda: tried(past, {}, Population(is_open=False, is_closed=False)), "begge dele"),
    )
    for act, why in refused:
        with pytest.raises(RuleError, match=why):
            act()


def test_a_tryout_is_kept_with_its_draft_and_can_be_given_up_while_it_runs(past: World) -> None:
    first = tried(past, {})
    waiting = past.core.tryouts.begin(
        {}, Population(), OWNER, process_key=MAIN, subject="draft:1", digest="def"
    )

    past.core.tryouts.stop(waiting, OWNER)
    past.driver.settle()

    kept = past.core.tryouts.of_subject("draft:1", LEAD)
    assert [(each.id, each.state) for each in kept] == [
        (waiting, TryoutState.STOPPED),
        (first.id, TryoutState.DONE),
    ]
    assert kept[1].report == first.report
    with pytest.raises(ConflictError):
        past.core.tryouts.stop(waiting, OWNER)
    with pytest.raises(NotAllowedError):
        past.core.tryouts.begin(
            {}, Population(), LEAD, process_key=MAIN, subject="draft:1", digest="ghi"
        )


def test_another_municipality_neither_sees_a_tryout_nor_tries_on_others_cases(past: World) -> None:
    mine = tried(past, {})
    nadia = demo.actor("nadia", Role.TEAM_LEAD)

    with pytest.raises(NotFoundError):
        past.core.tryouts.tryout(mine.id, nadia)
    assert past.core.tryouts.of_subject("draft:1", nadia) == []
