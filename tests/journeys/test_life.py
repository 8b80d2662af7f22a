"""What happens in a citizen's life meanwhile and afterwards: nothing is decided by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

import pytest

from app.local import demo
from app.local.driver import (
    Answer,
    Driver,
    Values,
    approve,
    assess,
    conclude_hearing,
    prepare_hearing,
    propose,
    tax_card,
)
from app.wiring import Core
from processes.domain.access import Actor
from processes.domain.cases import CaseState, PartyRole
from processes.domain.errors import ConflictError, NotAllowedError, NotFoundError, SafeguardError
from processes.domain.facts import FactKind, SourceKind
from processes.domain.hearings import HearingState
from processes.domain.life import EventKind, EventState, Told
from processes.domain.money import Money
from processes.domain.payments import PaymentState
from processes.ports.pages import CasePage, TaskPage
from processes.ports.records import LetterState
from tests.journeys.conftest import World
from tests.journeys.test_registers import typed

REASONS = "Du er blevet ledig og kan ikke forsørge dig selv."
GRANT: Mapping[str, Answer] = {
    "casework.assess": assess(text="Betingelserne er opfyldt."),
    "decision.propose": propose(REASONS),
    "decision.approve": approve,
    "payment.tax_card": tax_card(rate=38, deduction="4358"),
}
JOB_ON = date(2026, 3, 16)
JOB = Told(EventKind.JOB, JOB_ON, "Jeg skal arbejde i en butik.", amount=Money.kroner("9000"))


def tell(world: World, case_id: str, told: Told, who: str = "hjalte") -> None:
    """Tell of a change, some minutes after whatever happened last."""
    world.move(minutes=11)
    world.core.life.tell(case_id, told, citizen(world, who))


def page_of(world: World, case_id: str) -> CasePage:
    return world.core.cases.page(case_id, world.driver.team.caseworker)


def citizen(world: World, who: str) -> Actor:
    return demo.citizen(world.registers.simulator.world.people[who].cpr)


def work_to(world: World, case_id: str, form: str, answers: Mapping[str, Answer] = GRANT) -> None:
    world.driver.work(case_id, answers, until=form)
    assert form in world.forms(case_id)


def tell_cpr(world: World, who: str, kind: str, on: date, **more: object) -> str:
    """Let something happen to somebody, and Beskedfordeler bring the news; return the message."""
    wanted = {"who": who, "kind": kind, "on": on.isoformat(), **more}
    body: str = world.control("person_event", wanted)["body"]
    world.core.life.deliver(body.encode())
    return body


def concluding(**values: object) -> Answer:
    def answered(_page: TaskPage) -> Values:
        return {"conclusion": "Set i sagens papirer.", **values}

    return answered


def events_sent(world: World, case_id: str) -> list[str]:
    with world.core.env.uow(demo.MUNICIPALITY.id) as uow:
        return [
            str(item.body["kind"])
            for item in uow.outbox.of_case(case_id)
            if item.topic == "send.event"
        ]


def new_start(world: World, make_core: Callable[..., Core]) -> World:
    """Go on with a core that has only the database: what was saved is all there is."""
    core = make_core(world.registers, world.clock)
    return replace(world, core=core, driver=Driver(core, demo.team(core)))


# ---- withdrawal -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form",
    [
        "casework.assess",
        pytest.param("decision.propose", marks=pytest.mark.long),
        "decision.approve",
    ],
)
def test_a_withdrawn_application_stops_and_every_party_gets_a_letter(
    world: World, make_core: Callable[..., Core], form: str
) -> None:
    case_id = world.apply("bo")
    work_to(world, case_id, form)

    world.core.life.withdraw(case_id, "Jeg har fået arbejde.", citizen(world, "bo"))
    world = new_start(world, make_core)
    world.driver.rest(case_id)

    page = page_of(world, case_id)
    assert page.case.state is CaseState.CLOSED
    assert world.forms(case_id) == []
    assert not page.decisions
    letters = {(row.title, row.record.state) for row in page.letters}
    assert letters == {("Ansøgningen om kontanthjælp er trukket tilbage", LetterState.DELIVERED)}
    receivers = {page.case.party(row.record.party_id).role for row in page.letters}
    assert receivers == {PartyRole.PRIMARY, PartyRole.SPOUSE}
    assert events_sent(world, case_id)[-1] == "sag.afsluttet"
    assert not page.incidents
    (mine,) = world.core.citizen.overview(citizen(world, "bo"))
    assert "trukket tilbage" in mine.state_words


def test_a_withdrawal_ends_the_hearing_and_the_party_need_not_answer(world: World) -> None:
    case_id = world.apply("ulla")
    refuse = {**GRANT, "casework.assess": assess(text="For stor formue.", wealth=Money(90_000_00)),
              "casework.prepare_hearing": prepare_hearing}  # fmt: skip
    world.driver.work(case_id, refuse, until="decision.propose")
    (hearing,) = page_of(world, case_id).hearings
    assert hearing.state is HearingState.SENT

    world.core.life.withdraw(case_id, "", citizen(world, "ulla"))
    world.driver.rest(case_id)

    (hearing,) = page_of(world, case_id).hearings
    assert hearing.state is HearingState.DROPPED
    with pytest.raises(ConflictError, match="bortfaldet"):
        world.core.citizen.answer_hearing(hearing.id, "Jeg er uenig", citizen(world, "ulla"))


def test_after_the_decision_is_sent_it_says_what_to_do_instead(world: World) -> None:
    case_id = world.apply("anna")
    work_to(world, case_id, "payment.tax_card")

    with pytest.raises(ConflictError, match="fortæl om en ændring") as refused:
        world.core.life.withdraw(case_id, "", citizen(world, "anna"))

    assert "klag" in str(refused.value)
    assert world.core.life.mine(case_id, citizen(world, "anna")).may_withdraw is False


def test_a_second_withdrawal_and_a_stranger_change_nothing(world: World) -> None:
    case_id = world.apply("anna")
    world.driver.rest(case_id)
    caseworker = world.driver.team.caseworker
    own = page_of(world, case_id).case.primary_party.id
    world.core.life.withdraw_for(case_id, own, "Sagt i telefonen i dag.", caseworker)

    with pytest.raises(ConflictError, match="allerede stoppet"):
        world.core.life.withdraw(case_id, "", citizen(world, "anna"))
    with pytest.raises(NotFoundError):
        world.core.life.withdraw(case_id, "", citizen(world, "ida"))
    world.driver.rest(case_id)

    page = page_of(world, case_id)
    assert [each.kind for each in page.events] == [EventKind.WITHDRAWAL]
    assert len(page.letters) == 1
    assert page.events[0].state is EventState.SETTLED


def test_a_spouse_who_did_not_apply_cannot_stop_the_application(world: World) -> None:
    case_id = world.apply("jonas")
    world.driver.rest(case_id)

    with pytest.raises(NotAllowedError):
        world.core.life.withdraw(case_id, "", citizen(world, "karen"))


def test_nothing_is_decided_between_the_wish_and_its_hearing(world: World) -> None:
    case_id = world.apply("anna")
    work_to(world, case_id, "decision.approve")
    (task,) = world.driver.open_tasks(case_id)
    world.core.life.withdraw(case_id, "", citizen(world, "anna"))

    # The worker has not been round yet, and the approver is fast.
    with pytest.raises(SafeguardError, match="trukket tilbage"):
        _complete(world, task.id, {"approved": True, "reason": ""})

    world.driver.rest(case_id)
    assert page_of(world, case_id).case.state is CaseState.CLOSED


def _complete(world: World, task_id: int, values: Values) -> None:
    by = world.driver.team.approver
    world.core.inbox.claim(task_id, by)
    world.core.inbox.complete(task_id, values, by)


# ---- death ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form",
    [
        "casework.assess",
        pytest.param("decision.approve", marks=pytest.mark.long),
        "payment.tax_card",
    ],
)
def test_after_a_death_nothing_is_sent_or_paid_and_one_person_looks(
    world: World, make_core: Callable[..., Core], form: str
) -> None:
    case_id = world.apply("anna")
    work_to(world, case_id, form)
    before = len(page_of(world, case_id).letters)

    tell_cpr(world, "anna", "doedsfald", date(2026, 3, 2))
    world = new_start(world, make_core)
    world.driver.rest(case_id)

    assert world.forms(case_id) == ["casework.death"]
    world.driver.work(case_id, {"casework.death": concluding()})
    page = page_of(world, case_id)
    assert page.case.state is CaseState.CLOSED
    assert len(page.letters) == before
    assert not page.payments
    assert not page.incidents
    assert world.forms(case_id) == []


def test_a_payment_that_waits_for_the_bank_does_not_go_to_the_dead(world: World) -> None:
    case_id = world.apply("anna")
    world.misbehave("nemkonto", "down")
    world.driver.work(case_id, GRANT)
    ((ordered),) = page_of(world, case_id).payments
    assert ordered.state is PaymentState.ORDERED

    tell_cpr(world, "anna", "doedsfald", date(2026, 3, 2))
    world.driver.rest(case_id)
    world.misbehave("nemkonto", "normal")
    world.move(hours=7)

    assert world.control("received")["payments"] == []
    (stopped,) = page_of(world, case_id).payments
    assert stopped.state is PaymentState.REJECTED
    assert "casework.death" in world.forms(case_id)


def test_when_one_of_two_applicants_dies_the_others_part_goes_on(world: World) -> None:
    case_id = world.apply("bo")
    work_to(world, case_id, "decision.approve")

    tell_cpr(world, "camilla", "doedsfald", date(2026, 3, 2))
    world.driver.rest(case_id)
    world.driver.work(case_id, {"casework.death": concluding()})

    assert world.forms(case_id) == ["casework.assess"]
    world.driver.work(
        case_id,
        {
            **GRANT,
            "casework.assess": assess(text="Bo er nu alene med børnene.", single=True),
            "casework.prepare_hearing": prepare_hearing,
            "casework.hearing_reply": conclude_hearing("Intet nyt."),
        },
    )
    page = page_of(world, case_id)
    bo = page.case.primary_party.id
    assert page.case.state is not CaseState.CLOSED
    assert {row.record.party_id for row in page.letters if row.record.delivered_at} == {bo}
    assert {row.line.party_id for row in page.payments} <= {bo}


def test_a_death_told_twice_and_by_two_sources_is_one_task(world: World) -> None:
    case_id = world.apply("anna")
    world.driver.rest(case_id)
    own = page_of(world, case_id).case.primary_party.id
    died = Told(EventKind.DEATH, date(2026, 3, 2), "Dødsattest set.")
    world.core.life.tell_for(case_id, own, died, world.driver.team.caseworker)
    body = tell_cpr(world, "anna", "doedsfald", date(2026, 3, 2))
    world.core.life.deliver(body.encode())
    world.driver.rest(case_id)

    assert world.forms(case_id) == ["casework.death"]
    assert len(page_of(world, case_id).events) == 2


def test_cpr_that_is_away_does_not_hide_a_death(world: World) -> None:
    case_id = world.apply("anna")
    world.driver.rest(case_id)
    world.misbehave("cpr", "down")

    tell_cpr(world, "anna", "doedsfald", date(2026, 3, 2))
    for _try in range(11):
        world.move(minutes=21)

    # Nobody but CPR's message says so: a person finds out before anything stops.
    assert world.forms(case_id) == ["casework.assess", "casework.change"]


def test_of_somebody_unknown_nothing_is_kept(world: World) -> None:
    world.apply("anna")
    world.driver.settle()

    unknown = {"cpr": "7101901239", "kind": "doedsfald", "on": "2026-03-02"}
    answer_ = world.core.life.deliver(world.control("person_event", unknown)["body"].encode())

    assert b">20<" in answer_
    with world.core.engine.connect() as connection:
        count = connection.exec_driver_sql("SELECT set_config('app.municipality', '999', true)")
        assert count.scalar_one() == "999"
        kept = connection.exec_driver_sql("SELECT count(*) FROM life_event").scalar_one()
    assert kept == 0


def test_an_event_after_the_end_changes_nothing(world: World) -> None:
    case_id = world.apply("anna")
    world.driver.rest(case_id)
    world.core.life.withdraw(case_id, "", citizen(world, "anna"))
    world.driver.rest(case_id)

    tell_cpr(world, "anna", "doedsfald", date(2026, 3, 2))
    world.driver.rest(case_id)

    page = page_of(world, case_id)
    assert [each.kind for each in page.events] == [EventKind.WITHDRAWAL]
    assert world.forms(case_id) == []


# ---- move -------------------------------------------------------------------------------------


def test_who_moves_away_is_told_where_to_apply_once_a_person_has_said_so(world: World) -> None:
    case_id = world.apply("anna")
    work_to(world, case_id, "decision.propose")

    tell_cpr(world, "anna", "flytning", date(2026, 3, 9))
    world.driver.rest(case_id)
    assert world.forms(case_id) == ["casework.assess_move", "decision.propose"]
    left = concluding(still_ours=False, place="Nabokøb Kommune", has_consent=False)
    world.driver.work(case_id, {"casework.assess_move": left})

    page = page_of(world, case_id)
    assert page.case.state is CaseState.CLOSED
    assert world.forms(case_id) == []
    (letter,) = page.letters
    assert letter.record.state is LetterState.DELIVERED
    assert "Nabokøb Kommune" in str(letter.record.body)
    assert any("ikke givet samtykke" in note.text for note in page.notes)
    assert events_sent(world, case_id)[-1] == "sag.afsluttet"


@pytest.mark.long
def test_who_moves_but_is_still_ours_is_not_disturbed(world: World) -> None:
    case_id = world.apply("anna")
    work_to(world, case_id, "decision.propose")
    tell_cpr(world, "anna", "flytning", date(2026, 3, 9))
    ours = concluding(still_ours=True, place="", has_consent=False)
    world.driver.work(case_id, {"casework.assess_move": ours})

    world.driver.work(case_id, GRANT)

    page = page_of(world, case_id)
    assert len(page.decisions) == 1
    assert page.payments


def test_a_move_within_the_municipality_is_nobodys_task(world: World) -> None:
    case_id = world.apply("anna")
    world.driver.rest(case_id)

    tell_cpr(world, "anna", "flytning", date(2026, 3, 9), away=False)

    assert world.driver.rest(case_id)[0].form_key == "casework.assess"
    assert world.forms(case_id) == ["casework.assess"]
    assert page_of(world, case_id).events[0].state is EventState.SETTLED


# ---- changes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form", [pytest.param("decision.propose", marks=pytest.mark.long), "decision.approve"]
)
def test_a_job_told_of_brings_the_case_back_and_nothing_old_is_decided(
    world: World, make_core: Callable[..., Core], form: str
) -> None:
    case_id = world.apply("hjalte")
    work_to(world, case_id, form)
    first = page_of(world, case_id).calculation
    assert first is not None

    tell(world, case_id, JOB)
    world = new_start(world, make_core)
    world.driver.rest(case_id)

    # Nothing is torn down before a person has looked.
    assert world.forms(case_id) == ["casework.change", form]
    world.driver.work(case_id, {"casework.change": concluding(matters=True)})
    assert world.forms(case_id) == ["casework.assess"]
    said = [fact for row in page_of(world, case_id).facts if row.kind is FactKind.WORK_INCOME
            for fact in (row.fact, *row.others) if fact]  # fmt: skip
    assert (SourceKind.CITIZEN, Money.kroner("9000")) in {(f.source.kind, f.value) for f in said}

    earns = assess(text="Løn fra 16. marts.", work_income=Money.kroner("9000"))
    world.driver.work(case_id, {**GRANT, "casework.assess": earns})
    page = page_of(world, case_id)
    # Less than without the job, so the party is heard before anything is decided.
    assert world.forms(case_id) == ["casework.prepare_hearing"]
    assert not page.decisions
    assert page.calculation is not None
    assert page.calculation.id != first.id
    assert page.calculation.months[0].gross != first.months[0].gross


def test_a_decision_on_facts_that_changed_since_is_refused_whatever_the_diagram_does(
    world: World,
) -> None:
    case_id = world.apply("hjalte")
    work_to(world, case_id, "decision.approve")
    (task,) = world.driver.open_tasks(case_id)

    tell(world, case_id, JOB)  # and no worker has been round since

    with pytest.raises(SafeguardError, match="arbejdsindtægt i måneden"):
        _complete(world, task.id, {"approved": True, "reason": ""})
    assert not page_of(world, case_id).decisions


def test_what_does_not_matter_but_counts_is_calculated_again_all_the_same(world: World) -> None:
    case_id = world.apply("hjalte")
    work_to(world, case_id, "decision.approve")

    tell(world, case_id, JOB)
    world.driver.work(case_id, {"casework.change": concluding(matters=False)})

    assert world.forms(case_id) == ["casework.assess"]


@pytest.mark.long
def test_what_changes_no_fact_and_does_not_matter_disturbs_nobody(world: World) -> None:
    case_id = world.apply("hjalte")
    work_to(world, case_id, "decision.approve")
    other = Told(EventKind.OTHER, JOB_ON, "Jeg har fået et nyt telefonnummer.")

    tell(world, case_id, other)
    tell(world, case_id, other)
    world.driver.work(case_id, {"casework.change": concluding(matters=False)})

    assert world.forms(case_id) == ["decision.approve"]
    assert len(page_of(world, case_id).events) == 1


# ---- reassessment -----------------------------------------------------------------------------

PAID = {k: v for k, v in GRANT.items() if k != "payment.tax_card"}


def pay_out(world: World, **facts: object) -> str:
    """Decide and pay Hjalte's case."""
    case_id = world.apply("hjalte")
    first = assess(text="Betingelserne er opfyldt.", **facts)  # type: ignore[arg-type]  # fact values
    world.driver.work(
        case_id,
        {
            **PAID,
            "casework.assess": first,
            "casework.prepare_hearing": prepare_hearing,
            "casework.hearing_reply": conclude_hearing("Intet nyt."),
        },
        until="casework.hearing_lapsed",
    )
    world.driver.rest(case_id)
    assert page_of(world, case_id).case.state is CaseState.CARRIED_OUT
    return case_id


def test_less_after_the_decision_is_heard_decided_and_never_taken_back(world: World) -> None:
    case_id = pay_out(world)
    paid = page_of(world, case_id).payments

    tell(world, case_id, JOB)
    world.driver.work(case_id, {"casework.change": concluding(matters=True)})
    assert world.forms(case_id) == ["casework.assess"]
    earns = assess(text="Løn fra 16. marts.", work_income=Money.kroner("9000"))
    answers = {**PAID, "casework.assess": earns, "casework.prepare_hearing": prepare_hearing}
    world.driver.work(case_id, answers)
    assert len(page_of(world, case_id).decisions) == 1
    (hearing,) = page_of(world, case_id).hearings
    world.core.citizen.answer_hearing(hearing.id, "Det er rigtigt.", citizen(world, "hjalte"))
    world.driver.work(
        case_id, {**answers, "casework.hearing_reply": conclude_hearing("Ingen indvending.")}
    )

    page = page_of(world, case_id)
    assert len(page.decisions) == 2
    assert page.decisions[0].sent_at is not None
    # The journal says which fact made it less.
    said = [note.text for note in page.notes if "i stedet for" in note.text]
    assert any("Arbejdsindtægt i måneden er 9.000,00" in each for each in said), said
    assert world.forms(case_id) == ["casework.overpaid"]
    assert [row.line.id for row in page.payments] == [row.line.id for row in paid]
    world.driver.work(case_id, {"casework.overpaid": lambda _page: {"note": "Sag oprettet."}})
    page = page_of(world, case_id)
    assert page.case.state is CaseState.CARRIED_OUT
    assert events_sent(world, case_id)[-1] == "ydelse.aendret"
    assert not page.incidents


def test_more_after_the_decision_pays_the_difference_and_nothing_twice(world: World) -> None:
    case_id = world.apply("hjalte")
    earns = assess(text="Løn i marts.", work_income=Money.kroner("9000"))
    hear = {"casework.prepare_hearing": prepare_hearing,
            "casework.hearing_reply": conclude_hearing("Intet nyt.")}  # fmt: skip
    world.driver.work(case_id, {**PAID, "casework.assess": earns, **hear})
    for hearing in page_of(world, case_id).hearings:
        world.core.citizen.answer_hearing(hearing.id, "Rigtigt.", citizen(world, "hjalte"))
    world.driver.work(case_id, {**PAID, **hear})
    (before,) = page_of(world, case_id).payments
    assert before.state is PaymentState.SETTLED

    lost = Told(EventKind.OTHER, JOB_ON, "Jeg fik ikke jobbet alligevel.")
    tell(world, case_id, lost)
    world.driver.work(case_id, {"casework.change": concluding(matters=True)})
    world.driver.work(case_id, PAID)

    page = page_of(world, case_id)
    assert len(page.decisions) == 2
    month = [row for row in page.payments if row.line.month == before.line.month]
    whole = page.calculation.months[0].gross if page.calculation else None
    assert whole is not None
    assert len(month) == 2
    assert sum(row.line.gross.oere for row in month) == whole.oere
    assert all(row.state is PaymentState.SETTLED for row in month)
    assert page.case.state is CaseState.CARRIED_OUT
    assert world.forms(case_id) == []


@pytest.mark.long
def test_a_reassessment_that_changes_nothing_decides_nothing(world: World) -> None:
    case_id = pay_out(world)
    other = Told(EventKind.OTHER, JOB_ON, "Min søster er flyttet ind i opgangen.")

    tell(world, case_id, other)
    world.driver.work(case_id, {"casework.change": concluding(matters=True)})
    world.driver.work(case_id, PAID)

    page = page_of(world, case_id)
    assert len(page.decisions) == 1
    assert page.case.state is CaseState.CARRIED_OUT
    assert world.forms(case_id) == []


@pytest.mark.long
def test_a_second_change_under_a_reassessment_starts_no_other(world: World) -> None:
    case_id = pay_out(world)
    for words in ("Jeg tror, jeg får et job.", "Nu er jeg sikker."):
        told = Told(EventKind.OTHER, JOB_ON, words)
        tell(world, case_id, told)
        world.driver.work(case_id, {"casework.change": concluding(matters=True)})

    assert world.forms(case_id) == ["casework.assess"]


def test_a_register_that_proves_otherwise_starts_a_reassessment(world: World) -> None:
    world.misbehave("cpr", "down")
    case_id = world.apply("anna")
    world.driver.settle()
    for _try in range(10):
        world.move(minutes=21)
    world.driver.work(case_id, {**GRANT, "casework.register_data": _typed_with_a_child})
    world.driver.rest(case_id)
    assert page_of(world, case_id).case.state is CaseState.CARRIED_OUT
    world.misbehave("cpr", "normal")
    world.move(hours=7)

    def compare(page: TaskPage) -> Values:
        chosen = {(each.party_id, each.kind): "register" for each in page.contradictions}
        return {"chosen": chosen, "conclusion": "Intet barn.", "reassess": True}

    world.driver.work(case_id, {"casework.recheck": compare})

    assert world.forms(case_id) == ["casework.assess"]
    names = {each.instance.process_key for each in page_of(world, case_id).instances}
    assert "reassessment" in names


def _typed_with_a_child(page: TaskPage) -> Values:
    return typed(children=1)(page)
