"""What a store is given comes back as it was, and only what may change changes."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from app.stores.codecs import node_from_data, node_to_data, value_from_data, value_to_data
from app.stores.unit_of_work import SqlUnitOfWorkFactory
from processes.domain.calculation import Node, NodeValue
from processes.domain.cases import CaseState, PartyRole, Protection
from processes.domain.decisions import DecidedLine
from processes.domain.documents import JournalNote
from processes.domain.errors import ConflictError, NotFoundError
from processes.domain.facts import FactKind, Facts, FactStatus, Source, SourceKind
from processes.domain.hearings import HearingState
from processes.domain.identifiers import Cpr
from processes.domain.life import EventState
from processes.domain.money import Money
from processes.domain.payments import PaymentReceipt, PaymentState
from processes.domain.periods import Month, Period
from processes.domain.rates import Confidence, Rate
from processes.ports.records import (
    AuditEvent,
    DecisionTableVersion,
    HistoryEvent,
    InstanceState,
    LetterState,
    TaskState,
    User,
)
from tests.stores import builders as a

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(),
    st.dates(),
    st.integers(min_value=-(10**12), max_value=10**12).map(Money),
)


@given(VALUES)
def test_a_value_comes_back_with_its_type(value: NodeValue) -> None:
    back = value_from_data(value_to_data(value))

    assert back == value
    assert type(back) is type(value)


NODES = st.recursive(
    st.builds(
        Node,
        kind=st.sampled_from(["rule", "rate", "fact"]),
        id=st.text(),
        label=st.text(),
        value=VALUES,
        law=st.text(),
        source=st.text(),
        confidence=st.sampled_from(Confidence),
        derived=st.booleans(),
    ),
    lambda inputs: st.builds(
        Node,
        kind=st.just("rule"),
        id=st.text(),
        label=st.text(),
        value=VALUES,
        inputs=st.lists(inputs, max_size=4).map(tuple),
    ),
    max_leaves=12,
)


@given(NODES)
def test_a_tree_comes_back_whole(node: Node) -> None:
    assert node_from_data(node_to_data(node)) == node


def test_a_case_comes_back_with_its_parties_in_order(uow_factory: SqlUnitOfWorkFactory) -> None:
    spouse = a.a_party(
        id=a.BO, role=PartyRole.SPOUSE, cpr=Cpr("6202881235"), name="Bo", address_lines=()
    )
    case = a.a_case(parties=(a.a_party(), spouse), protection=Protection.PROTECTED)
    with uow_factory(999) as uow:
        uow.cases.add(case)
        uow.commit()

    with uow_factory(999) as uow:
        assert uow.cases.get(case.id) == case
        assert uow.cases.of_person("6202881235") == [case]


def test_nothing_is_kept_without_a_commit(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(999) as uow:
        a.store_case(uow)

    with uow_factory(999) as uow, pytest.raises(NotFoundError):
        uow.cases.get(a.CASE)


def test_an_id_that_no_row_can_have_is_not_found(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(999) as uow, pytest.raises(NotFoundError):
        uow.cases.get("../../etc/passwd")


def test_case_numbers_count_by_year_and_municipality(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(999) as uow:
        assert [uow.cases.next_number(2026) for _ in range(2)] == ["2026-000001", "2026-000002"]
        assert uow.cases.next_number(2027) == "2027-000001"
        uow.commit()

    with uow_factory(998) as uow:
        assert uow.cases.next_number(2026) == "2026-000001"


def test_a_party_is_refreshed_and_found_by_the_new_name(uow_factory: SqlUnitOfWorkFactory) -> None:
    married = a.a_party(name="Anna Skov", protection=Protection.PROTECTED, address_lines=("Ny 2",))
    with uow_factory(999) as uow:
        case = a.store_case(uow)
        uow.cases.update_party(married)
        uow.cases.set_state(case.id, CaseState.INFORMED)
        uow.cases.set_caseworker(case.id, "karin")

        after = uow.cases.lock(case.id)
        assert after == replace(
            case, parties=(married,), state=CaseState.INFORMED, caseworker="karin"
        )
        assert uow.read.search_cases(["skov"], limit=5) == [after]
        assert uow.read.search_cases(["ågård"], limit=5) == []


def test_an_application_is_found_by_its_message(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(999) as uow:
        a.store_case(uow)

        application = uow.cases.application_by_message("selvbetjening", "besked-1")
        assert application == a.an_application()
        assert list(application.answers) == list(a.an_application().answers)
        assert uow.cases.application_of_case(a.CASE) == application
        assert uow.cases.application_by_message("sf2900", "besked-1") is None


def test_papers_of_a_case_come_back_newest_first(uow_factory: SqlUnitOfWorkFactory) -> None:
    content = bytes(range(256))
    older = a.a_document(content)
    newer = replace(older, id=a.an_id("copy"), recorded_at=a.NOW + timedelta(hours=1))
    note = JournalNote(a.an_id("note"), a.CASE, "Ringet op", "karin", a.NOW)
    assessment = a.an_assessment("karin")
    with uow_factory(999) as uow:
        a.store_case(uow)
        uow.cases.add_document(older, content)
        uow.cases.add_document(newer, content)
        uow.cases.add_note(note)
        uow.cases.add_assessment(assessment)

        assert uow.cases.documents(a.CASE) == [newer, older]
        assert uow.cases.content(newer.id) == content
        assert uow.cases.notes(a.CASE) == [note]
        assert uow.cases.assessments(a.CASE) == [assessment]


def test_content_goes_under_its_own_digest_only(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(999) as uow:
        a.store_case(uow)
        with pytest.raises(ValueError, match="digest"):
            uow.cases.add_document(a.a_document(b"one"), b"another")


def test_every_kind_of_fact_comes_back(uow_factory: SqlUnitOfWorkFactory) -> None:
    facts = [
        a.a_fact("1", kind=FactKind.CHILDREN_AT_HOME, value=2),
        a.a_fact("2", kind=FactKind.SINGLE, value=False),
        a.a_fact("3", kind=FactKind.SOCIAL_EVENT, value="sygdom"),
        a.a_fact("4", kind=FactKind.BIRTH_DATE, value=date(1990, 1, 1)),
        a.a_fact("5", kind=FactKind.SPOUSE, status=FactStatus.NONE, value=None),
        a.a_fact("6", value=Money(-1), valid=Period(date(2026, 1, 1), date(2026, 2, 1))),
    ]
    with uow_factory(999) as uow:
        a.store_case(uow)
        uow.facts.add(facts)

        assert sorted(uow.facts.of_case(a.CASE), key=lambda fact: fact.id) == sorted(
            facts, key=lambda fact: fact.id
        )


def test_a_newer_fact_closes_the_one_it_replaces(uow_factory: SqlUnitOfWorkFactory) -> None:
    later = a.NOW + timedelta(days=1)
    by_hand = Source(SourceKind.CASEWORKER, "karin", "", "Set årsopgørelsen")
    first = a.a_fact("first")
    beside = a.a_fact("beside", source=by_hand)
    second = a.a_fact("second", value=Money(20_000), known_from=later)
    with uow_factory(999) as uow:
        a.store_case(uow)
        uow.facts.add([first, beside])
        uow.facts.add([second])

        held = uow.facts.of_case(a.CASE)
        assert replace(first, known_to=later) in held
        assert beside in held
        known_then = Facts.as_known(held, a.NOW)
        known_now = Facts.as_known(held, later)
        assert {fact.id for fact in known_then.all} == {first.id, beside.id}
        assert {fact.id for fact in known_now.all} == {second.id, beside.id}


def test_of_two_like_facts_in_one_batch_the_last_is_held(
    uow_factory: SqlUnitOfWorkFactory,
) -> None:
    with uow_factory(999) as uow:
        a.store_case(uow)
        uow.facts.add([a.a_fact("one", value=Money(1)), a.a_fact("two", value=Money(2))])

        held = Facts.as_known(uow.facts.of_case(a.CASE), a.NOW)
        assert [fact.value for fact in held.all] == [Money(2)]


def test_a_calculation_comes_back_with_its_trees(uow_factory: SqlUnitOfWorkFactory) -> None:
    newer = a.a_calculation(id=a.an_id("newer"), made_at=a.NOW + timedelta(seconds=1))
    with uow_factory(999) as uow:
        a.store_case(uow)
        uow.calculations.add(a.a_calculation())
        uow.calculations.add(newer)

        assert uow.calculations.get(a.CALCULATION) == a.a_calculation()
        assert uow.calculations.latest(a.CASE) == newer


def test_an_event_is_kept_once_a_message_and_only_what_it_came_to_changes(
    uow_factory: SqlUnitOfWorkFactory,
) -> None:
    settled = a.a_life_event(
        state=EventState.SETTLED, conclusion="Ny løn", settled_at=a.NOW, settled_by="karin"
    )
    with uow_factory(999) as uow:
        a.store_case(uow)
        uow.life.save(a.a_life_event())
        assert uow.life.event(a.a_life_event().id) == a.a_life_event()
        uow.life.save(settled)

        assert uow.life.of_case(a.CASE) == [settled]
        with pytest.raises(IntegrityError, match="life_event_once"):
            uow.life.save(a.a_life_event(id=a.an_id("told again")))


def test_a_hearing_is_written_state_by_state(uow_factory: SqlUnitOfWorkFactory) -> None:
    concluded = a.a_hearing(
        state=HearingState.CONCLUDED,
        sent_at=a.NOW,
        deadline_at=a.NOW + timedelta(days=14),
        answer="Jeg er uenig",
        answered_at=a.NOW,
        conclusion="Ændrer intet",
        changes_facts=False,
    )
    with uow_factory(999) as uow:
        a.store_case(uow)
        uow.calculations.add(a.a_calculation())
        uow.hearings.save(a.a_hearing())
        assert uow.hearings.get(a.HEARING) == a.a_hearing()
        uow.hearings.save(concluded)

        assert uow.hearings.of_case(a.CASE) == [concluded]


def test_a_decision_comes_back_with_its_lines(uow_factory: SqlUnitOfWorkFactory) -> None:
    approved = a.a_proposal(second_person_needed=True, approved_by="gerda", approved_at=a.NOW)
    decision = a.a_decision(
        lines=(
            DecidedLine(a.ANNA, Month(2026, 4), Money(0)),
            DecidedLine(a.ANNA, a.MARCH, a.AMOUNT),
        )
    )
    with uow_factory(999) as uow:
        a.store_case(uow)
        uow.calculations.add(a.a_calculation())
        uow.decisions.save_proposal(a.a_proposal())
        uow.decisions.save_proposal(approved)
        assert uow.decisions.latest_proposal(a.CASE) == approved
        assert uow.decisions.next_number(a.CASE) == "2026-000123-1"
        uow.decisions.add(decision)
        assert uow.decisions.next_number(a.CASE) == "2026-000123-2"

        assert uow.decisions.get(a.DECISION) == decision
        uow.decisions.mark_sent(a.DECISION, a.NOW)
        uow.decisions.mark_sent(a.DECISION, a.NOW + timedelta(days=1))
        assert uow.decisions.of_case(a.CASE) == [replace(decision, sent_at=a.NOW)]


def test_everybody_who_worked_on_a_case_is_a_contributor_and_its_judge_is_not(
    uow_factory: SqlUnitOfWorkFactory,
) -> None:
    with uow_factory(999) as uow:
        instance = a.store_instance(uow)
        for name, role in (("tove", "caseworker"), ("gerda", "approver")):
            task = uow.processes.open_task(a.a_task(instance.id, token=name, role=role))
            done = replace(task, state=TaskState.DONE, completed_by=name, completed_at=a.NOW)
            uow.processes.save_task(done)
        uow.cases.add_assessment(a.an_assessment("vera", discretion=False))
        uow.calculations.add(a.a_calculation())
        uow.decisions.save_proposal(a.a_proposal(proposed_by="system"))
        uow.decisions.save_proposal(a.a_proposal(id=a.an_id("2nd"), proposed_by="karin"))

        assert uow.decisions.contributors(a.CASE) == {"tove", "vera", "karin"}


def test_a_letter_goes_from_words_to_receipt(uow_factory: SqlUnitOfWorkFactory) -> None:
    document = a.a_document()
    delivered = a.a_letter(
        state=LetterState.DELIVERED,
        document_id=document.id,
        sha256=document.sha256,
        channel="digital_post",
        ordered_at=a.NOW,
        delivered_at=a.NOW,
        receipt_reference="r-1",
        tries=1,
    )
    with uow_factory(999) as uow:
        a.store_case(uow)
        uow.cases.add_document(document, b"%PDF-1.7")
        uow.letters.add([a.a_letter()])
        assert uow.letters.get(delivered.id) == a.a_letter()
        uow.letters.save(delivered)

        assert uow.letters.batch(delivered.batch_id) == [delivered]
        assert uow.letters.of_case(a.CASE) == [delivered]


def test_a_payment_is_as_far_as_its_receipts_say(uow_factory: SqlUnitOfWorkFactory) -> None:
    line = a.a_payment()

    def receipt(state: PaymentState, reason: str = "", days: int = 0) -> PaymentReceipt:
        return PaymentReceipt(line.id, state, "nk-1", reason, a.NOW + timedelta(days=days))

    with uow_factory(999) as uow:
        a.store_decision(uow)
        uow.payments.add_plan(a.a_plan(line))
        assert uow.payments.plan(a.PLAN) == a.a_plan(line)
        assert uow.payments.plan_of_decision(a.DECISION) == a.a_plan(line)
        assert uow.payments.states(a.PLAN) == {line.id: PaymentState.PLANNED}
        assert uow.payments.unsettled() == []

        uow.payments.mark_ordered(line.id, a.NOW)
        uow.payments.mark_ordered(line.id, a.NOW + timedelta(days=1))
        assert uow.payments.states(a.PLAN) == {line.id: PaymentState.ORDERED}
        assert uow.payments.unsettled() == [line]

        assert uow.payments.append_receipt(receipt(PaymentState.SETTLED, days=1)) is True
        assert uow.payments.append_receipt(receipt(PaymentState.SETTLED, days=2)) is False
        assert uow.payments.append_receipt(receipt(PaymentState.ACCEPTED, days=3)) is True
        assert uow.payments.of_case(a.CASE) == [(line, PaymentState.SETTLED)]
        assert uow.payments.unsettled() == []

        uow.payments.append_receipt(receipt(PaymentState.REJECTED, "KONTO_LUKKET", days=4))
        assert uow.payments.states(a.PLAN) == {line.id: PaymentState.REJECTED}
        assert uow.payments.reason_code(line.id) == "KONTO_LUKKET"

        again = a.a_payment("again", sequence=1)
        uow.payments.add_lines([again])
        assert uow.payments.states(a.PLAN)[again.id] is PaymentState.PLANNED
        assert uow.payments.line(again.id) == again


def test_a_voucher_comes_back_with_its_entries(uow_factory: SqlUnitOfWorkFactory) -> None:
    accepted = a.a_voucher(accepted_at=a.NOW, reference="b-1", tries=1)
    with uow_factory(999) as uow:
        a.store_decision(uow)
        uow.payments.add_plan(a.a_plan(a.a_payment()))
        uow.payments.save_voucher(a.a_voucher(rejected_reason="KONTO_LUKKET"))
        uow.payments.save_voucher(accepted)
        uow.commit()

    with uow_factory(999) as uow:
        assert uow.payments.voucher(accepted.id) == accepted
        assert uow.payments.vouchers(a.PLAN) == [accepted]
        assert uow.payments.vouchers_of_case(a.CASE) == [accepted]


def test_an_instance_with_its_history_comes_back(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(999) as uow:
        instance = a.store_instance(uow)
        events = [
            HistoryEvent(instance.id, "task_assess", "userTask", what, a.NOW, by, {"n": 1}, "p01")
            for what, by in (("entered", None), ("completed", "karin"))
        ]
        far_away = replace(events[0], at=a.NOW + timedelta(days=3650), what="cancelled")
        uow.processes.record([*events, far_away])
        ended = replace(
            instance,
            state=InstanceState.ENDED,
            blob=b"\x00later",
            ended_at=a.NOW,
            end_element="end_granted",
        )
        uow.processes.save_instance(ended)

        assert uow.processes.lock_instance(instance.id) == ended
        assert uow.processes.instances_of_case(a.CASE) == [ended]
        assert uow.processes.history(instance.id) == [*events, far_away]


def test_a_definition_is_found_by_key_day_and_message(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(999) as uow:
        first = uow.definitions.add(a.a_definition())
        second = uow.definitions.add(a.a_definition(version=2, valid_from=date(2026, 6, 1)))

        assert uow.definitions.get(first.id) == first
        assert uow.definitions.latest(first.key) == second
        assert uow.definitions.current(first.key, date(2026, 5, 31)) == first
        assert uow.definitions.current(first.key, date(2026, 6, 1)) == second
        assert uow.definitions.by_start_message("application-received", a.NOW.date()) == first
        assert uow.definitions.by_start_message("unheard-of", a.NOW.date()) is None
        with pytest.raises(NotFoundError):
            uow.definitions.current(first.key, date(2025, 12, 31))


def test_tables_in_force_are_chosen_by_legal_date(uow_factory: SqlUnitOfWorkFactory) -> None:
    def table(key: str, version: int, valid_from: date) -> DecisionTableVersion:
        return DecisionTableVersion(0, key, version, "0", b"<dmn/>", valid_from, "pia", a.NOW)

    with uow_factory(999) as uow:
        old = uow.definitions.add_table(table("deadline_of_case", 1, date(2026, 1, 1)))
        uow.definitions.add_table(table("deadline_of_case", 2, date(2027, 1, 1)))
        other = uow.definitions.add_table(table("hearing_needed", 1, date(2026, 1, 1)))

        in_force = uow.definitions.tables(a.NOW.date())
        assert in_force == {"deadline_of_case": old, "hearing_needed": other}


def test_rates_are_loaded_once_and_never_changed(uow_factory: SqlUnitOfWorkFactory) -> None:
    rate = Rate(
        id="kh.grundsats.2026",
        key="kh.grundsats",
        value=Money(710_000),
        unit="kr./md.",
        valid=Period(date(2026, 1, 1), date(2027, 1, 1)),
        law="LAS § 16",
        source="Vejledning",
        confidence=Confidence.MEDIUM,
        derived=True,
    )
    with uow_factory(999) as uow:
        assert uow.setup.put_rates([rate], by="pia", at=a.NOW) == 1
        assert uow.setup.put_rates([rate], by="pia", at=a.NOW) == 0
        assert uow.setup.rates() == [rate]
        with pytest.raises(ConflictError, match=r"kh\.grundsats\.2026"):
            uow.setup.put_rates([replace(rate, value=Money(1))], by="pia", at=a.NOW)


def test_a_user_has_roles_in_several_municipalities(uow_factory: SqlUnitOfWorkFactory) -> None:
    karin = User(
        "karin",
        "Karin Holm",
        "",
        ((998, "caseworker", "ydelse"), (999, "caseworker", "ydelse-nord")),
    )
    with uow_factory(999) as uow:
        uow.setup.put_user(replace(karin, roles=((999, "approver", "ydelse-nord"),)))
        uow.setup.put_user(karin)

        assert uow.setup.user("karin") == karin
        assert uow.setup.users(998) == [karin]
        with pytest.raises(NotFoundError):
            uow.setup.user("nobody")


def test_what_was_seen_is_logged_newest_first(uow_factory: SqlUnitOfWorkFactory) -> None:
    seen = [
        AuditEvent(a.NOW, "karin", "caseworker", action, f"case:{a.CASE}", "sagsbehandling")
        for action in ("case.read", "document.read")
    ]
    with uow_factory(999) as uow:
        for event in seen:
            uow.audit.add(event)

        assert uow.audit.of_subject(f"case:{a.CASE}") == seen[::-1]
