"""Records fit for the real tables: UUIDs that say what they are, everything else fixed."""

import hashlib
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.stores.unit_of_work import SqlUnitOfWork
from processes.domain.calculation import (
    Calculation,
    ConditionOutcome,
    Line,
    Missing,
    Node,
    Outcome,
    PersonMonth,
)
from processes.domain.cases import Application, Case, CaseState, Party, PartyRole, Protection
from processes.domain.complaints import Complaint, ComplaintChannel, ComplaintState
from processes.domain.deadlines import DeadlineKind, DeadlineSetting, DelayNotice
from processes.domain.decisions import DecidedLine, Decision, Proposal
from processes.domain.documents import Direction, Document
from processes.domain.facts import Fact, FactKind, FactStatus, Source, SourceKind
from processes.domain.hearings import HearingState, PartyHearing
from processes.domain.identifiers import Cpr, Kle
from processes.domain.immediate_help import ImmediateHelp, QuestionState
from processes.domain.life import EventKind, EventSource, LifeEvent
from processes.domain.money import Money
from processes.domain.payments import PaymentLine, PaymentPlan
from processes.domain.periods import Month, Period
from processes.domain.rates import Confidence
from processes.ports.cockpit import TokenMove
from processes.ports.records import (
    Absence,
    Assessment,
    InboxWish,
    InstanceState,
    Job,
    LetterRecord,
    LetterState,
    OutboxItem,
    ProcessDefinition,
    ProcessInstance,
    SavedFilter,
    TaskMove,
    TaskState,
    Timer,
    UserTask,
    VoucherRecord,
)
from processes.ports.tryouts import Population, Tryout, TryoutState

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
MARCH = Month(2026, 3)
AMOUNT = Money.kroner("14201.00")


def an_id(name: str) -> str:
    """Return the UUID a name stands for; the same name is the same UUID."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, name))


CASE, ANNA, BO = an_id("case"), an_id("anna"), an_id("bo")
APPLICATION, CALCULATION, HEARING = an_id("application"), an_id("calculation"), an_id("hearing")
PROPOSAL, DECISION, PLAN = an_id("proposal"), an_id("decision"), an_id("plan")


def a_party(**changes: Any) -> Party:
    """Return the person the case is about."""
    anna = Party(
        id=ANNA,
        case_id=CASE,
        role=PartyRole.PRIMARY,
        cpr=Cpr("6101901234"),
        name="Anna Ågård Møller",
        address_lines=("Egevej 1", "9999 Egekøb"),
        protection=Protection.NORMAL,
    )
    return replace(anna, **changes)


def a_token_move(instance_id: int, **changes: Any) -> TokenMove:
    """Return a wish to move a token by hand."""
    move = TokenMove(
        id=an_id("token move"),
        instance_id=instance_id,
        token=an_id("token"),
        from_place="p/task_a",
        from_name="A",
        to_place="p/task_b",
        to_name="B",
        reason="Sprang over",
        asked_by="eva",
        asked_at=NOW,
    )
    return replace(move, **changes)


def a_tryout(**changes: Any) -> Tryout:
    """Return a try-out that has not begun."""
    tryout = Tryout(
        id=an_id("tryout"),
        subject="draft:1",
        digest="1",
        process_key="p",
        name="Prøve",
        files={"p.bpmn": b"<x/>"},
        population=Population(case_numbers=("2026-000123",)),
        state=TryoutState.WAITING,
        total=1,
        done=0,
        asked_by="eva",
        asked_at=NOW,
    )
    return replace(tryout, **changes)


def a_case(**changes: Any) -> Case:
    """Return a case with one party."""
    case = Case(
        id=CASE,
        number="2026-000123",
        municipality_id=999,
        kle=Kle("32.24.04", "G01"),
        benefit="kontanthjaelp",
        title="Kontanthjælp",
        state=CaseState.RAISED,
        unit="ydelse-nord",
        caseworker=None,
        protection=Protection.NORMAL,
        opened_at=NOW,
        parties=(a_party(),),
    )
    return replace(case, **changes)


def an_application(**changes: Any) -> Application:
    """Return an application as received."""
    application = Application(
        id=APPLICATION,
        case_id=CASE,
        received_at=NOW,
        contact_on=date(2026, 3, 1),
        requested_from=date(2026, 3, 1),
        applies_jointly=False,
        channel="selvbetjening",
        answers={"social_begivenhed": "ledig", "formue": "0", "a": "æøå"},
        message_id="besked-1",
    )
    return replace(application, **changes)


def a_tree() -> Node:
    """Return an explanation with every kind of value a node can hold."""
    leaves = (
        Node("rate", "kh.grundsats.2026", "Grundsats", Money(710_000), law="LAS § 16"),
        Node("fact", "f1", "Hjemmeboende børn", 2, source="CPR", confidence=Confidence.MEDIUM),
        Node("fact", "f2", "Reelt enlig", value=True),
        Node("fact", "f3", "Begivenhed", "ledig", derived=True),
        Node("fact", "f4", "Fødselsdato", date(1990, 1, 1)),
        Node("fact", "f5", "Formue", None),
    )
    return Node("rule", "base_rate@1", "Grundsatsen", AMOUNT, law="LAS § 16", inputs=leaves)


def a_condition(key: str, *, met: bool | None) -> ConditionOutcome:
    """Return a condition as judged."""
    return ConditionOutcome(key, key.capitalize(), met, "LAS § 11", "Begrundelse", a_tree())


def an_assessment(by: str, **changes: Any) -> Assessment:
    """Return what a caseworker made of the case."""
    assessment = Assessment(an_id(by), CASE, by, NOW, discretion=True, text="Skøn")
    return replace(assessment, **changes)


def a_calculation(**changes: Any) -> Calculation:
    """Return a calculation that grants March."""
    month = PersonMonth(
        party_id=ANNA,
        month=MARCH,
        conditions=(
            a_condition("ophold", met=True),
            a_condition("arbejde", met=None),
        ),
        lines=(Line("grundsats", "Grundsats", AMOUNT, a_tree()),),
        missing=(Missing(ANNA, "formue", "Det vides ikke, om der er formue."),),
    )
    calculation = Calculation(
        id=CALCULATION,
        case_id=CASE,
        application_id=APPLICATION,
        made_at=NOW,
        known_at=NOW,
        rule_versions=("base_rate@1",),
        months=(month,),
        notes=("Marts er en hel måned.",),
        outcome=Outcome.GRANTED,
    )
    return replace(calculation, **changes)


def a_fact(name: str = "fact", **changes: Any) -> Fact:
    """Return something a register said."""
    fact = Fact(
        id=an_id(name),
        case_id=CASE,
        party_id=ANNA,
        kind=FactKind.WEALTH,
        status=FactStatus.VALUE,
        value=Money(10_000),
        valid=Period(date(2026, 3, 1)),
        source=Source(SourceKind.REGISTER, "eIndkomst", "kald-1"),
        known_from=NOW,
    )
    return replace(fact, **changes)


def a_hearing(**changes: Any) -> PartyHearing:
    """Return a hearing that was prepared."""
    hearing = PartyHearing(
        id=HEARING,
        case_id=CASE,
        calculation_id=CALCULATION,
        state=HearingState.PREPARED,
        statement="Kommunen overvejer at give afslag.",
        days=14,
        opened_at=NOW,
    )
    return replace(hearing, **changes)


def a_question(**changes: Any) -> ImmediateHelp:
    """Return a question of immediate help that nobody has answered."""
    asked = ImmediateHelp(an_id("help"), CASE, APPLICATION, QuestionState.OPEN, NOW)
    return replace(asked, **changes)


def a_deadline(**changes: Any) -> DeadlineSetting:
    """Return a proposed deadline."""
    proposed = DeadlineSetting(
        an_id("deadline"), "kontanthjaelp", DeadlineKind.CASE, 20, date(2026, 4, 1), "lars", NOW
    )
    return replace(proposed, **changes)


def a_notice(**changes: Any) -> DelayNotice:
    """Return a notice of delay that was not sent."""
    written = DelayNotice(
        an_id("notice"), CASE, NOW, date(2026, 4, 10), "Vi venter på svar.", "karin", NOW
    )
    return replace(written, **changes)


def a_life_event(**changes: Any) -> LifeEvent:
    """Return something a citizen told."""
    event = LifeEvent(
        id=an_id("life event"),
        case_id=CASE,
        party_id=ANNA,
        kind=EventKind.JOB,
        source=EventSource.CITIZEN,
        happened_on=date(2026, 3, 16),
        text="Jeg begynder at arbejde i en butik.",
        message_id="selvbetjening-1",
        received_at=NOW,
        received_by="",
    )
    return replace(event, **changes)


def a_proposal(**changes: Any) -> Proposal:
    """Return a proposal that grants."""
    proposal = Proposal(
        id=PROPOSAL,
        case_id=CASE,
        calculation_id=CALCULATION,
        outcome=Outcome.GRANTED,
        reasoning="Betingelserne er opfyldt.",
        legal_basis=("LAS § 11", "LAS § 16"),
        repayment_condition="",
        hearing_id=None,
        hearing_exception="",
        proposed_by="karin",
        proposed_at=NOW,
    )
    return replace(proposal, **changes)


def a_decision(**changes: Any) -> Decision:
    """Return a decision that grants, not sent yet."""
    decision = Decision(
        id=DECISION,
        case_id=CASE,
        proposal_id=PROPOSAL,
        calculation_id=CALCULATION,
        number="2026-000123-1",
        outcome=Outcome.GRANTED,
        reasoning="Betingelserne er opfyldt.",
        legal_basis=("LAS § 11", "LAS § 16"),
        repayment_condition="",
        appeal_instruction="Du kan klage inden 4 uger.",
        lines=(DecidedLine(ANNA, MARCH, AMOUNT),),
        valid_from=MARCH.first_day,
        hearing_id=None,
        hearing_exception="",
        contributors=("karin",),
        approved_by="gerda",
        issued_at=NOW,
    )
    return replace(decision, **changes)


def a_payment(name: str = "payment", **changes: Any) -> PaymentLine:
    """Return the payment of March, exactly as decided."""
    line = PaymentLine(
        id=an_id(name),
        plan_id=PLAN,
        case_id=CASE,
        decision_id=DECISION,
        party_id=ANNA,
        month=MARCH,
        sequence=0,
        gross=AMOUNT,
        tax=Money(300_000),
        net=AMOUNT - Money(300_000),
        disposition_on=date(2026, 3, 31),
        explanation=a_tree(),
    )
    return replace(line, **changes)


def a_plan(*lines: PaymentLine) -> PaymentPlan:
    """Return the plan of the decision."""
    return PaymentPlan(PLAN, CASE, DECISION, NOW, lines)


def a_document(content: bytes = b"%PDF-1.7", **changes: Any) -> Document:
    """Return the record of a document with this content."""
    document = Document(
        id=an_id("document"),
        case_id=CASE,
        title="Afgørelse",
        direction=Direction.OUT,
        media_type="application/pdf",
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        recorded_at=NOW,
        party_id=ANNA,
        subject_id=an_id("letter"),
    )
    return replace(document, **changes)


def a_letter(**changes: Any) -> LetterRecord:
    """Return a letter whose words are written."""
    letter = LetterRecord(
        id=an_id("letter"),
        batch_id=an_id("batch"),
        case_id=CASE,
        party_id=ANNA,
        kind="bevilling_forsoergelse",
        subject_id=DECISION,
        body={"title": "Du får kontanthjælp", "sections": [{"heading": "Afgørelse"}]},
        state=LetterState.COMPOSED,
        composed_at=NOW,
    )
    return replace(letter, **changes)


def a_voucher(**changes: Any) -> VoucherRecord:
    """Return a voucher that balances."""
    voucher = VoucherRecord(
        id=an_id("voucher"),
        plan_id=PLAN,
        case_id=CASE,
        posted_on=date(2026, 3, 31),
        entries=(
            {"account": "5.57.73.1", "amount_oere": AMOUNT.oere, "text": "Kontanthjælp"},
            {"account": "9.59", "amount_oere": -AMOUNT.oere, "text": "Til udbetaling"},
        ),
    )
    return replace(voucher, **changes)


def a_definition(**changes: Any) -> ProcessDefinition:
    """Return a deployed process."""
    definition = ProcessDefinition(
        id=0,
        key="subsistence_application",
        version=1,
        name="Ansøgning om kontanthjælp",
        digest="0" * 64,
        bundle={"subsistence_application.bpmn": b"<definitions/>", "a.dmn": b"<dmn/>"},
        valid_from=date(2026, 1, 1),
        deployed_by="pia",
        deployed_at=NOW,
        start_message="application-received",
    )
    return replace(definition, **changes)


def an_instance(definition_id: int, **changes: Any) -> ProcessInstance:
    """Return a running instance of the case."""
    instance = ProcessInstance(
        id=0,
        definition_id=definition_id,
        process_key="subsistence_application",
        case_id=CASE,
        state=InstanceState.RUNNING,
        blob=b"state",
        started_at=NOW,
    )
    return replace(instance, **changes)


def a_task(instance_id: int, **changes: Any) -> UserTask:
    """Return an open task of the unit."""
    task = UserTask(
        id=0,
        instance_id=instance_id,
        case_id=CASE,
        token=an_id("token"),
        element_id="task_assess",
        name="Vurdér oplysninger og betingelser",
        form_key="casework.assess",
        role="caseworker",
        unit="ydelse-nord",
        state=TaskState.OPEN,
        assignee=None,
        due_at=NOW + timedelta(days=7),
        follow_up_on=None,
        priority=0,
        reason="Ny ansøgning",
        variables={"case_id": CASE, "missing": 0, "late": False, "list": ["a", 1, None]},
        created_at=NOW,
    )
    return replace(task, **changes)


def a_complaint(**changes: Any) -> Complaint:
    made = Complaint(
        id=an_id("complaint"),
        case_id=CASE,
        decision_id=an_id("decision"),
        party_id=ANNA,
        channel=ComplaintChannel.PHONE,
        text="Det er ikke rigtigt.",
        received_on=date(2026, 3, 10),
        is_late=False,
        state=ComplaintState.RECEIVED,
        registered_by="karin",
        registered_at=NOW,
    )
    return replace(made, **changes)


def a_filter(**changes: Any) -> SavedFilter:
    kept = SavedFilter(an_id("filter"), "karin", "", "", InboxWish(words="anna"), NOW)
    return replace(kept, **changes)


def a_move(task_id: int, **changes: Any) -> TaskMove:
    """Return a task moved from Karin to Jonas."""
    move = TaskMove(0, an_id("move"), task_id, "karin", "jonas", 0, "Karin er syg", "tina", NOW)
    return replace(move, **changes)


def an_absence(**changes: Any) -> Absence:
    """Return a week that Karin is away and nobody stands in."""
    days = Period(date(2026, 3, 9), date(2026, 3, 16))
    return replace(Absence(0, "karin", days, None, "tina", NOW), **changes)


def a_job(instance_id: int, name: str = "job", **changes: Any) -> Job:
    """Return a job that is due."""
    job = Job(
        id=0,
        instance_id=instance_id,
        case_id=CASE,
        token=an_id(name),
        element_id="step_collect",
        step="facts.collect",
        arguments={"case_id": CASE},
        attempts=0,
        max_attempts=5,
        next_at=NOW,
        idempotency_key=name,
    )
    return replace(job, **changes)


def a_timer(instance_id: int, **changes: Any) -> Timer:
    """Return a timer that is due."""
    timer = Timer(0, instance_id, an_id("token"), "on_deadline", NOW)
    return replace(timer, **changes)


def an_item(name: str = "item", **changes: Any) -> OutboxItem:
    """Return something that is ready to leave."""
    item = OutboxItem(
        id=0,
        topic="send.letter",
        ordering_key=CASE,
        body={"letter_id": an_id("letter"), "n": 1},
        idempotency_key=name,
        created_at=NOW,
        available_at=NOW,
    )
    return replace(item, **changes)


def store_case(uow: SqlUnitOfWork, **changes: Any) -> Case:
    """Store a case with its application."""
    case = a_case(municipality_id=uow.municipality_id, **changes)
    uow.cases.add(case)
    uow.cases.add_application(an_application())
    return case


def store_decision(uow: SqlUnitOfWork, *, sent: bool = True) -> Decision:
    """Store a case with everything up to its decision."""
    store_case(uow)
    uow.calculations.add(a_calculation())
    uow.decisions.save_proposal(a_proposal())
    uow.decisions.add(a_decision())
    if sent:
        uow.decisions.mark_sent(DECISION, NOW)
    return uow.decisions.get(DECISION)


def store_instance(uow: SqlUnitOfWork, *, with_case: bool = True) -> ProcessInstance:
    """Store a running instance, with its definition and case."""
    if with_case:
        store_case(uow)
    definition = uow.definitions.latest("subsistence_application")
    if definition is None:
        definition = uow.definitions.add(a_definition())
    return uow.processes.add_instance(an_instance(definition.id))
