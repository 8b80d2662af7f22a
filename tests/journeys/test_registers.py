"""A register that is away holds nobody up, and what it says when it is back is looked at."""

from collections.abc import Mapping

import pytest

from app.local import demo
from app.local.driver import Answer, Values, answer, approve, assess, propose, tax_card
from processes.domain.cases import Case, CaseState, PartyRole, Protection
from processes.domain.facts import FactKind, FactStatus, SourceKind
from processes.domain.registers import PersonAnswer
from processes.ports.pages import CasePage, TaskPage
from tests.journeys.conftest import World

GRANT: Mapping[str, Answer] = {
    "casework.assess": assess(text="Betingelserne er opfyldt.", single=True),
    "decision.propose": propose("Du er blevet ledig og kan ikke forsørge dig selv."),
    "decision.approve": approve,
    "payment.tax_card": tax_card(rate=38, deduction="4358"),
}
"""Assessed without touching what registers say of the family."""


def page_of(world: World, case_id: str) -> CasePage:
    return world.core.cases.page(case_id, world.driver.team.caseworker)


def typed(
    *, marital_status: str = "ugift", children: int = 0, name: str = "Anna Lindegaard Toft"
) -> Answer:
    """Type in what CPR would have said, seen in a document."""

    def values(page: TaskPage) -> Values:
        adults = [p for p in page.case.parties if p.role in {PartyRole.PRIMARY, PartyRole.SPOUSE}]
        return {
            "answers": tuple(
                each
                for party in adults
                for each in (
                    answer(party.id, FactKind.MARITAL_STATUS, marital_status),
                    answer(party.id, FactKind.CHILDREN_AT_HOME, children),
                )
            ),
            "people": tuple(
                PersonAnswer(
                    party.id, name, ("Bøgevænget 4, 2. tv", "9999 Egekøb"), Protection.NORMAL
                )
                for party in adults
            ),
            "source": "Dokument fra borgeren",
            "evidence": "Sundhedskort og vielsesattest, set i original",
            "valid_from": page.application.requested_from if page.application else None,
        }

    return values


def wait_out_the_retries(world: World) -> None:
    world.driver.settle()
    for _try in range(10):
        world.move(minutes=21)


def facts_by(world: World, case_id: str, kind: FactKind) -> dict[SourceKind, object]:
    (row,) = [
        row
        for row in page_of(world, case_id).facts
        if row.kind is kind and row.party_id == page_of(world, case_id).case.primary_party.id
    ]
    said = [row.fact, *row.others] if row.fact else []
    return {fact.source.kind: fact.value for fact in said}


def test_with_cpr_down_the_case_is_decided_on_evidence_and_checked_when_cpr_is_back(
    world: World,
) -> None:
    world.misbehave("cpr", "down")
    case_id = world.apply("anna")
    wait_out_the_retries(world)
    assert world.forms(case_id) == ["casework.register_data"]

    # Anna has no child; whoever types it in has misread a certificate, and she gets too much.
    world.driver.work(case_id, {**GRANT, "casework.register_data": typed(children=1)})
    world.driver.rest(case_id)

    page = page_of(world, case_id)
    (decision,) = page.decisions
    assert decision.sent_at is not None
    assert page.case.state is CaseState.CARRIED_OUT
    paid = [(row.line.gross, row.line.net, row.state) for row in page.payments]
    assert not page.incidents
    (marital,) = [r.fact for r in page.facts if r.kind is FactKind.MARITAL_STATUS and r.fact]
    assert marital.source.kind is SourceKind.CASEWORKER
    assert "Sundhedskort" in marital.source.evidence

    world.misbehave("cpr", "normal")
    world.move(hours=7)

    (task,) = world.driver.open_tasks(case_id)
    assert task.form_key == "casework.recheck"
    shown = world.core.inbox.open(task.id, world.driver.team.caseworker)
    assert [(each.kind, [fact.value for fact in each.facts]) for each in shown.contradictions] == [
        (FactKind.CHILDREN_AT_HOME, [1, 0])
    ]
    after = page_of(world, case_id)
    assert [(row.line.gross, row.line.net, row.state) for row in after.payments] == paid
    assert len(after.decisions) == 1


@pytest.mark.parametrize(
    ("choice", "holds", "end"), [("register", 1, "end_reassess"), ("before", 0, "end_settled")]
)
def test_a_person_says_which_answer_holds_and_nothing_decided_changes_by_itself(
    world: World, choice: str, holds: int, end: str
) -> None:
    world.misbehave("cpr", "down")
    case_id = world.apply("freja")
    wait_out_the_retries(world)
    world.driver.work(case_id, {"casework.register_data": typed(name="Freja Bruun Enghave")})
    world.misbehave("cpr", "normal")
    world.move(hours=7)

    def compare(page: TaskPage) -> Values:
        return {
            "chosen": {(each.party_id, each.kind): choice for each in page.contradictions},
            "conclusion": "Gustav bor hos sin mor.",
            "reassess": choice == "register",
        }

    world.driver.work(case_id, {"casework.recheck": compare})

    page = page_of(world, case_id)
    children = facts_by(world, case_id, FactKind.CHILDREN_AT_HOME)
    assert children[SourceKind.CASEWORKER] == holds
    assert children[SourceKind.REGISTER] == 1
    assert end in {each.instance.end_element for each in page.instances}
    assert any("Gustav bor hos sin mor." in note.text for note in page.notes)
    # The first process still stands where it stood, and so does the question of help now: nobody
    # has looked at that in time, which a team lead has been told.
    assert world.forms(case_id) == [
        "casework.assess",
        "casework.help_overdue",
        "casework.immediate_help",
    ]


def test_an_answer_that_says_the_same_is_noted_and_nobodys_task(world: World) -> None:
    world.misbehave("cpr", "down")
    case_id = world.apply("anna")
    wait_out_the_retries(world)
    world.driver.work(case_id, {"casework.register_data": typed()})

    world.misbehave("cpr", "normal")
    world.move(hours=7)

    page = page_of(world, case_id)
    assert world.forms(case_id) == ["casework.assess"]
    assert any("Svaret ændrer ingen oplysninger" in note.text for note in page.notes)
    assert "end_same" in {each.instance.end_element for each in page.instances}


def test_a_register_that_stays_away_is_asked_on_and_is_nobodys_incident(world: World) -> None:
    world.misbehave("cpr", "down")
    case_id = world.apply("anna")
    wait_out_the_retries(world)
    world.driver.work(case_id, {"casework.register_data": typed()})

    for _day in range(8):
        world.move(days=1)

    page = page_of(world, case_id)
    assert not page.incidents
    assert "casework.assess" in world.forms(case_id)


def test_only_the_register_that_failed_is_asked_again(world: World) -> None:
    world.misbehave("eindkomst", "down", times=3)
    asked = count_calls(world)
    case_id = world.apply("anna")
    world.driver.settle()
    for _try in range(4):
        world.move(minutes=1)

    assert world.forms(case_id) == ["casework.assess"]
    assert asked["cpr"] == 1
    assert asked["eindkomst"] == 4
    page = page_of(world, case_id)
    births = [row for row in page.facts if row.kind is FactKind.BIRTH_DATE and row.fact]
    assert [row.others for row in births] == [()]


def count_calls(world: World) -> dict[str, int]:
    """Count what the simulator's registers are asked from now on."""
    simulator = world.registers.simulator
    counted = dict.fromkeys(("cpr", "eindkomst", "eskattekort"), 0)
    serve = simulator._serve  # noqa: SLF001 – a listener on the wire; nothing is replaced

    def listen(service: str, body: bytes) -> object:
        if service in counted:
            counted[service] += 1
        return serve(service, body)

    simulator._serve = listen  # type: ignore[method-assign,assignment]  # noqa: SLF001 – as above
    return counted


def test_an_earlier_answer_stands_in_and_says_from_which_day_it_is(world: World) -> None:
    world.apply("hjalte")
    world.driver.settle()
    world.misbehave("eindkomst", "down")
    world.move(days=10)
    second = apply_again(world, "hjalte")
    wait_out_the_retries(world)

    page = page_of(world, second)
    assert world.forms(second) == ["casework.assess"]
    evidence = {
        fact.source.evidence
        for row in page.facts
        for fact in ([row.fact] if row.fact else [])
        if fact.source.name == "eIndkomst"
    }
    assert evidence <= {"forældet, fra 02.03.2026"}
    assert any("Et tidligere svar er brugt" in note.text for note in page.notes)


def test_an_answer_that_is_too_old_does_not_stand_in(world: World) -> None:
    world.apply("hjalte")
    world.driver.settle()
    world.misbehave("cpr", "down")
    world.move(days=31)
    second = apply_again(world, "hjalte")
    wait_out_the_retries(world)

    assert "casework.register_data" in world.forms(second)


def apply_again(world: World, who: str) -> str:
    """Hand in the same person's application once more, as a new one."""
    before = {case.id for case in cases_of(world, who)}
    fields = world.registers.simulator.world.applications[who]
    again = demo.delivered(f"{who}-igen", submitted_at=world.clock.now(), fields=fields)
    world.core.intake.deliver(again)
    (new,) = [case.id for case in cases_of(world, who) if case.id not in before]
    return new


def cases_of(world: World, who: str) -> list[Case]:
    cpr = world.registers.simulator.world.people[who].cpr
    return list(world.core.cases.search(cpr, world.driver.team.caseworker))


def test_only_what_is_missing_is_asked_for(world: World) -> None:
    world.misbehave("eindkomst", "down")
    case_id = world.apply("anna")
    wait_out_the_retries(world)

    (task,) = world.driver.open_tasks(case_id)
    assert task.variables["missing_registers"] == ["eIndkomst"]
    assert task.variables["registers_away"] == ["eIndkomst"]


# ---- tax cards --------------------------------------------------------------------------------


def test_a_card_the_register_has_needs_no_person(world: World) -> None:
    case_id = world.apply("hjalte")

    world.driver.work(case_id, {k: v for k, v in GRANT.items() if k != "payment.tax_card"})
    world.driver.rest(case_id)

    page = page_of(world, case_id)
    assert page.case.state is CaseState.CARRIED_OUT
    assert world.forms(case_id) == []
    rate = [row.fact for row in page.facts if row.kind is FactKind.TAX_CARD_RATE and row.fact]
    assert [(fact.value, fact.source.name) for fact in rate] == [(38, "eSkattekort")]


def test_no_card_in_the_register_is_asked_of_a_person(world: World) -> None:
    case_id = world.apply("anna")

    world.driver.work(case_id, GRANT, until="payment.tax_card")

    assert world.forms(case_id) == ["payment.tax_card"]
    page = page_of(world, case_id)
    kind = [row.fact for row in page.facts if row.kind is FactKind.TAX_CARD_KIND and row.fact]
    assert [(fact.status, fact.source.name) for fact in kind] == [(FactStatus.NONE, "eSkattekort")]


def test_a_tax_register_that_is_away_holds_no_decision_back_and_answers_later(
    world: World,
) -> None:
    world.misbehave("eskattekort", "down")
    case_id = world.apply("hjalte")
    world.driver.work(case_id, GRANT, until="payment.tax_card")
    assert world.forms(case_id) == ["payment.tax_card"]

    world.misbehave("eskattekort", "normal")
    world.driver.work(case_id, {"payment.tax_card": tax_card(rate=41, deduction="4358")})
    paid = [row.line.tax for row in page_of(world, case_id).payments]
    world.move(hours=7)

    (task,) = [t for t in world.driver.open_tasks(case_id) if t.form_key == "casework.recheck"]
    shown = world.core.inbox.open(task.id, world.driver.team.caseworker)
    assert {each.kind for each in shown.contradictions} == {
        FactKind.TAX_CARD_KIND,
        FactKind.TAX_CARD_RATE,
    }
    assert [row.line.tax for row in page_of(world, case_id).payments] == paid


# ---- the case index ---------------------------------------------------------------------------


def test_every_change_of_a_case_is_told_to_the_index_once(world: World) -> None:
    case_id = world.apply("bo")
    world.driver.work(case_id, {**GRANT, "casework.assess": assess(text="Begge.", single=False)})
    world.driver.rest(case_id)

    told = world.control("received")["registrations"]
    assert [each["states"][-1] for each in told] == [
        "Opstaaet",
        "Oplyst",
        "Afgjort",
        "Bestilt",
        "Udfoert",
    ]
    assert told[-1]["states"] == ["Opstaaet", "Oplyst", "Afgjort", "Bestilt", "Udfoert"]
    assert set(world.control("asked")["sagsindeks"].values()) == {1}
    camilla = world.registers.simulator.world.people["camilla"].cpr
    assert ["Sekundaer part", f"urn:oio:cpr-nr:{camilla}"] in told[-1]["relations"]


def test_an_index_that_is_away_holds_no_payment_back(world: World) -> None:
    world.misbehave("sagsindeks", "down")
    case_id = world.apply("hjalte")
    world.driver.work(case_id, GRANT)
    world.driver.rest(case_id)
    assert page_of(world, case_id).case.state is CaseState.CARRIED_OUT

    world.misbehave("sagsindeks", "normal")
    for _try in range(8):
        world.move(minutes=5)

    told = world.control("received")["registrations"]
    assert told[-1]["states"][-1] == "Udfoert"
    assert len({each["key"] for each in told}) == len(told)


def test_the_index_learns_no_name(world: World) -> None:
    case_id = world.apply("anna")
    world.driver.rest(case_id)

    said = str(world.control("received")["registrations"])

    assert page_of(world, case_id).case.primary_party.name not in said
