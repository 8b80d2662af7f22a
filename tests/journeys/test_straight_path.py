"""From application to payment through the core, with real rows and registers over HTTP."""

import hashlib
from dataclasses import replace

import pytest

from app.factory import create_app
from app.local import demo
from app.local.driver import (
    approve,
    assess,
    conclude_hearing,
    prepare_hearing,
    propose,
    tax_card,
)
from processes.domain.access import Role
from processes.domain.cases import CaseState
from processes.domain.errors import ConflictError, NotAllowedError, RuleError
from processes.domain.facts import FactKind, FactStatus, SourceKind
from processes.domain.hearings import HearingState
from processes.domain.money import Money
from processes.domain.payments import PaymentState
from processes.ports.pages import CasePage
from tests.journeys.conftest import World

REASONS = "Du er blevet ledig og kan ikke forsørge dig selv."
GRANT = {
    "casework.assess": assess(text="Betingelserne er opfyldt."),
    "decision.propose": propose(REASONS),
    "decision.approve": approve,
    "payment.tax_card": tax_card(rate=38, deduction="4358"),
}
WEALTHY = assess(text="Formuen er over grænsen.", wealth=Money.kroner("64000"))
REFUSAL = propose("Din formue er større end grænsen i § 14.")


def page_of(world: World, case_id: str) -> CasePage:
    return world.core.cases.page(case_id, world.driver.team.caseworker)


def test_a_single_person_without_income_is_granted_paid_posted_and_told(world: World) -> None:
    case_id = world.apply("anna")

    world.driver.work(case_id, GRANT)
    world.driver.rest(case_id)

    page = page_of(world, case_id)
    (decision,) = page.decisions
    (row,) = page.payments
    (letter,) = page.letters
    # rates.yaml, 2026: forhøjet sats 13.060 + enlig ikke-forsørger 1.141; (14.201 - 4.358) x 38 %
    assert row.line.gross == Money.kroner("14201")
    assert row.line.tax == Money.kroner("3740")
    assert row.line.net == Money.kroner("10461")
    assert row.state is PaymentState.SETTLED
    assert row.line.disposition_on.isoformat() == "2026-03-31"
    assert decision.sent_at is not None
    assert page.case.state is CaseState.CARRIED_OUT
    assert page.instances[0].instance.end_element == "end_granted"
    assert not page.incidents
    entries = [int(str(e["amount_oere"])) for v in page.vouchers for e in v.entries]
    assert sum(entries) == 0
    assert max(entries) == row.line.gross.oere
    document, content = world.core.cases.document(
        str(letter.record.document_id), world.driver.team.caseworker
    )
    assert hashlib.sha256(content).hexdigest() == letter.record.sha256 == document.sha256
    received = world.control("received")
    assert [each["pdf_sha256"] for each in received["letters"]] == [letter.record.sha256]
    assert len(received["payments"]) == 1
    assert len(received["vouchers"]) == 1


def test_the_same_delivery_twice_makes_one_case(world: World) -> None:
    message = demo.delivered("anna", submitted_at=world.clock.now())

    world.core.intake.deliver(message)
    world.core.intake.deliver(message)

    caseworker = world.driver.team.caseworker
    assert len(world.core.cases.search("7205911142", caseworker)) == 1


def test_a_couple_that_applies_jointly_both_get_letter_and_payment(world: World) -> None:
    case_id = world.apply("bo")

    world.driver.work(case_id, {**GRANT, "casework.assess": assess(text="Begge.", single=False)})
    world.driver.rest(case_id)

    page = page_of(world, case_id)
    adults = {party.id for party in page.case.parties if str(party.role) != "barn"}
    assert {row.line.party_id for row in page.payments} == adults
    assert {letter.record.party_id for letter in page.letters} == adults
    assert all(row.state is PaymentState.SETTLED for row in page.payments)


def test_a_refusal_is_heard_first_and_nothing_is_paid(world: World) -> None:
    case_id = world.apply("ulla")
    world.driver.work(
        case_id, {"casework.assess": WEALTHY, "casework.prepare_hearing": prepare_hearing}
    )
    world.driver.rest(case_id)
    assert page_of(world, case_id).decisions == []

    world.move(days=25)
    assert world.forms(case_id) == ["casework.deadline_passed", "casework.hearing_lapsed"]
    assert page_of(world, case_id).decisions == []

    world.driver.work(
        case_id,
        {
            "casework.hearing_lapsed": conclude_hearing("Intet svar; oplysningerne står fast."),
            "decision.propose": REFUSAL,
            "decision.approve": approve,
        },
    )
    world.driver.rest(case_id)

    page = page_of(world, case_id)
    (decision,) = page.decisions
    assert str(decision.outcome) == "afslag"
    assert decision.hearing_id == page.hearings[0].id
    assert page.hearings[0].state is HearingState.CONCLUDED
    assert page.payments == []
    assert sorted(str(letter.record.kind) for letter in page.letters) == [
        "afslag_forsoergelse",
        "fristbrev_forsinkelse",
        "partshoering_afslag",
    ]
    assert world.control("received")["payments"] == []


def test_a_refusal_without_hearing_or_exception_cannot_be_proposed(world: World) -> None:
    case_id = world.apply("ulla")
    skip_hearing = {
        "casework.assess": WEALTHY,
        "casework.prepare_hearing": lambda _page: {
            "statement": "Kendt af parten.",
            "hearing_days": 14,
            "facts_unknown_to_party": False,
        },
    }
    world.driver.work(case_id, skip_hearing)

    with pytest.raises(RuleError, match="høres"):
        world.driver.work(case_id, {"decision.propose": REFUSAL})

    assert world.forms(case_id) == ["decision.propose"]
    assert page_of(world, case_id).decisions == []


def test_a_late_answer_to_a_hearing_still_counts(world: World) -> None:
    case_id = world.apply("ulla")
    world.driver.work(
        case_id, {"casework.assess": WEALTHY, "casework.prepare_hearing": prepare_hearing}
    )
    world.driver.rest(case_id)
    (hearing,) = page_of(world, case_id).hearings
    ulla = demo.citizen("6208681216")

    world.core.citizen.answer_hearing(hearing.id, "Pengene er min søsters.", ulla)
    world.driver.settle()

    assert world.forms(case_id) == ["casework.hearing_reply"]
    world.driver.work(
        case_id,
        {
            "casework.hearing_reply": conclude_hearing(
                "Formuen er ikke hendes.", changes_facts=True
            ),
            **GRANT,
        },
    )
    world.driver.rest(case_id)
    assert [str(each.outcome) for each in page_of(world, case_id).decisions] == ["bevilget"]


def test_with_cpr_down_a_person_types_the_facts_in_and_the_case_goes_on(world: World) -> None:
    world.misbehave("cpr", "down")
    case_id = world.apply("anna")
    world.driver.settle()
    for _try in range(10):
        world.move(minutes=11)

    assert world.forms(case_id) == ["casework.register_data"]


def test_a_register_that_comes_back_is_asked_again_by_itself(world: World) -> None:
    world.misbehave("eindkomst", "down", times=2)
    case_id = world.apply("anna")
    world.driver.settle()
    for _try in range(3):
        world.move(minutes=1)

    assert world.forms(case_id) == ["casework.assess"]
    incomes = [
        row.fact
        for row in page_of(world, case_id).facts
        if row.fact is not None and row.kind is FactKind.BIRTH_DATE
    ]
    assert incomes[0].source.kind is SourceKind.REGISTER


def test_an_unknown_fact_stops_the_calculation_and_is_asked_for(world: World) -> None:
    def unsure(page):  # type: ignore[no-untyped-def]  # a page in, a form's values out
        values = dict(GRANT["casework.assess"](page))
        values["answers"] = tuple(
            each for each in values["answers"] if each.kind is not FactKind.CANNOT_SUPPORT
        )
        return values

    case_id = world.apply("anna")
    world.driver.work(case_id, {"casework.assess": unsure})

    assert world.forms(case_id) == ["casework.complete_facts"]
    page = page_of(world, case_id)
    assert [missing.what for missing in page.missing] == ["kan_ikke_forsoerge_sig"]
    assert page.calculation is not None
    assert str(page.calculation.outcome) == "ukendt"
    assert page.calculation.months[0].gross is None


def test_whoever_worked_on_the_case_may_not_approve_it(world: World) -> None:
    case_id = world.apply("anna")
    karin = demo.actor("karin", Role.CASEWORKER)
    (task,) = world.driver.rest(case_id)
    world.core.inbox.claim(task.id, karin)
    world.core.inbox.complete(
        task.id, GRANT["casework.assess"](world.core.inbox.open(task.id, karin)), karin
    )
    (proposal,) = world.driver.rest(case_id)
    world.core.inbox.release(proposal.id, "Mette skriver afgørelsen.", karin)
    world.driver.work(case_id, {"decision.propose": GRANT["decision.propose"]})
    (approval,) = world.driver.rest(case_id)
    as_approver = demo.actor("karin", Role.APPROVER)

    assert (
        "Du har selv arbejdet" in world.core.inbox.open(approval.id, as_approver).deciding_refused
    )
    with pytest.raises(NotAllowedError):
        world.core.inbox.complete(
            approval.id, approve(world.core.inbox.open(approval.id, as_approver)), as_approver
        )
    lars = demo.actor("lars", Role.APPROVER)
    world.core.inbox.complete(approval.id, {"approved": True, "reason": ""}, lars)
    assert page_of(world, case_id).decisions[0].approved_by == "lars"


def test_a_returned_proposal_is_replaced_and_then_approved(world: World) -> None:
    case_id = world.apply("anna")
    steps = {key: GRANT[key] for key in ("casework.assess", "decision.propose")}
    world.driver.work(case_id, steps, until="decision.approve")
    (approval,) = world.driver.rest(case_id)
    approver = world.driver.team.approver
    world.core.inbox.complete(
        approval.id, {"approved": False, "reason": "Skriv, hvorfor § 11 er opfyldt."}, approver
    )

    world.driver.work(case_id, GRANT)
    world.driver.rest(case_id)

    page = page_of(world, case_id)
    assert len(page.decisions) == 1
    assert any("sendt tilbage" in note.text for note in page.notes)


def test_two_people_cannot_complete_the_same_task(world: World) -> None:
    case_id = world.apply("anna")
    (task,) = world.driver.rest(case_id)
    mette, jonas = demo.actor("mette", Role.CASEWORKER), demo.actor("jonas", Role.CASEWORKER)
    values = GRANT["casework.assess"](world.core.inbox.open(task.id, mette))
    world.core.inbox.complete(task.id, values, mette)

    with pytest.raises(ConflictError, match="Mette Holm"):
        world.core.inbox.complete(task.id, values, jonas)


def test_a_rejected_payment_becomes_a_task_and_is_tried_again_once(world: World) -> None:
    case_id = world.apply("anna")
    world.misbehave("nemkonto", "normal")
    world.control("settle", {"hold": True})
    world.driver.work(case_id, GRANT)
    world.driver.settle()
    page = page_of(world, case_id)
    assert [row.state for row in page.payments] == [PaymentState.ACCEPTED]
    assert page.vouchers == []

    world.control("settle", {"hold": False})
    world.driver.rest(case_id)

    assert [row.state for row in page_of(world, case_id).payments] == [PaymentState.SETTLED]


def test_a_citizen_sees_only_own_cases_and_only_own_letters(world: World) -> None:
    case_id = world.apply("bo")
    world.driver.work(case_id, {**GRANT, "casework.assess": assess(text="Begge.", single=False)})
    world.driver.rest(case_id)
    bo, anna = demo.citizen("6302881153"), demo.citizen("7205911142")

    (seen,) = world.core.citizen.overview(bo)
    own = seen.letters[0].record
    others = next(
        letter.record
        for letter in page_of(world, case_id).letters
        if letter.record.party_id != own.party_id
    )

    assert len(seen.letters) == 1
    assert len(seen.payments) == 1
    assert world.core.citizen.overview(anna) == []
    world.core.citizen.document(str(own.document_id), bo)
    for citizen, document in ((bo, others.document_id), (anna, own.document_id)):
        with pytest.raises(RuleError, match="findes ikke"):
            world.core.citizen.document(str(document), citizen)


def test_nobody_decides_their_own_case(world: World) -> None:
    case_id = world.apply("anna")
    world.driver.rest(case_id)
    mette = world.driver.team.caseworker
    with world.core.env.uow(mette.municipality_id) as uow:
        case = uow.cases.get(case_id)
        digest = world.core.env.digest(case.primary_party.cpr)
        uow.setup.put_user(replace(uow.setup.user(mette.user), cpr_digest=digest))
        uow.commit()
    (task,) = world.driver.open_tasks(case_id)

    with pytest.raises(NotAllowedError, match="dig selv"):
        world.core.inbox.claim(task.id, mette)


def test_citizens_words_that_registers_contradict_are_shown_together(world: World) -> None:
    case_id = world.apply("ida")
    world.driver.rest(case_id)

    page = page_of(world, case_id)

    (contradiction,) = [c for c in page.contradictions if c.kind is FactKind.WORK_INCOME]
    assert {fact.source.kind for fact in contradiction.facts} == {
        SourceKind.CITIZEN,
        SourceKind.REGISTER,
    }
    assert all(fact.status is FactStatus.VALUE for fact in contradiction.facts)


def test_a_bank_that_does_not_answer_is_asked_again_and_pays_once(world: World) -> None:
    world.misbehave("nemkonto", "lost", times=3)
    case_id = world.apply("anna")
    world.driver.work(case_id, GRANT)
    world.driver.settle()
    for _try in range(4):
        world.move(minutes=1)

    (row,) = page_of(world, case_id).payments
    assert row.state is PaymentState.SETTLED
    assert world.control("effects")["nemkonto"] == {f"payment:{row.line.id}": 1}


def test_a_bank_that_is_away_for_long_is_seen_by_a_person_and_never_called_a_rejection(
    world: World,
) -> None:
    world.misbehave("nemkonto", "down")
    case_id = world.apply("anna")
    world.driver.work(case_id, GRANT)
    world.driver.settle()
    for _try in range(14):
        world.move(hours=2)
    page = page_of(world, case_id)
    assert [row.state for row in page.payments] == [PaymentState.ORDERED]
    assert [incident.code for incident in page.incidents] == ["outbox"]

    world.misbehave("nemkonto", "normal")
    world.move(hours=7)

    assert [row.state for row in page_of(world, case_id).payments] == [PaymentState.SETTLED]
    assert len(world.control("received")["payments"]) == 1


def test_what_cannot_be_read_is_a_fault_and_what_cannot_be_a_case_is_refused(world: World) -> None:
    web = create_app(world.core.settings, world.core).test_client()
    unknown_municipality = demo.delivered("anna", submitted_at=world.clock.now()).replace(
        b"99000015", b"99000031"
    )

    garbled = web.post("/indgang/sf2900", data=b"<not-soap/>", content_type="text/xml")
    refused = web.post("/indgang/sf2900", data=unknown_municipality, content_type="text/xml")

    assert garbled.status_code == 500
    assert b"Fault" in garbled.data
    assert refused.status_code == 200
    assert b"Kommunen findes ikke" in refused.data
