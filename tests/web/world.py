"""A small municipality for tests of pages: staff in every role, one case, a task of every form."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.security.interim_login import DemoCitizen
from forms.registry import FORMS
from processes.domain.calculation import (
    Calculation,
    ConditionOutcome,
    Line,
    Missing,
    Node,
    Outcome,
    PersonMonth,
)
from processes.domain.cases import Application, CaseState, Party, Protection
from processes.domain.documents import (
    Collecting,
    Direction,
    Document,
    DocumentKind,
    DocumentRequest,
    JournalNote,
    RequestState,
    UploadedFile,
)
from processes.domain.facts import Contradiction, FactKind, SourceKind
from processes.domain.hearings import HearingState
from processes.domain.letters import Letter, LetterKind, LetterSection, LetterTable
from processes.domain.life import EventKind, EventSource, EventState, LifeEvent
from processes.domain.messages import CaseMessage, MessageKind
from processes.domain.money import Money
from processes.domain.payments import PaymentLine, PaymentState
from processes.domain.periods import Month
from processes.domain.spouses import SpousePart, SpousePartState
from processes.ports.pages import (
    CasePage,
    CitizenCase,
    CitizenStep,
    ExplainLine,
    FactRow,
    InstanceView,
    LetterRow,
    LifePage,
    MessageThread,
    PapersPage,
    PaymentRow,
    ProcessStep,
    SpousePage,
    StepState,
    TaskPage,
)
from processes.ports.records import (
    AuditEvent,
    Incident,
    InstanceState,
    LetterRecord,
    LetterState,
    Municipality,
    ProcessInstance,
    TaskState,
    TimelineItem,
    User,
    UserTask,
    VoucherRecord,
)
from tests.builders.cases import a_case, a_decision, a_hearing, a_proposal
from tests.builders.facts import UNKNOWN, a_fact, facts_of
from tests.builders.people import a_child, a_spouse, an_adult
from tests.web.fake_changes import (
    GATE,
    a_cessation,
    a_cessations_page,
    a_finding,
    a_sanction,
    a_sanctions_page,
)
from tests.web.fake_complaints import a_complaint
from tests.web.fake_core import NOW, FakeCentral, FakeCore, row_of
from tests.web.fake_matters import a_view
from tests.web.fake_team import a_team_page

MARCH = Month(2026, 3)
MET = True
NAMES = {"karin": "Karin Holm", "gerda": "Gerda Lund", "jonas": "Jonas Brandt", "tina": "Tina Bech"}
ROLE_OF = {
    "decision.approve": "approver",
    "casework.deadline_passed": "team_lead",
    "casework.help_overdue": "team_lead",
    "payment.pay_otherwise": "finance",
    "payment.rejected": "finance",
    "payment.voucher_rejected": "finance",
    "payment.no_receipt": "finance",
    "run.blockers": "finance",
    "matter.approve": "approver",
    "repayment.police": "team_lead",
    "claim.rejected": "finance",
    "claim.income": "finance",
    "claim.agree": "finance",
    "claim.transfer": "finance",
    "run.review": "finance",
    "run.approve": "team_lead",
    "run.escalated": "team_lead",
    "run.vouchers": "finance",
    "run.differences": "finance",
    "books.differences": "finance",
}
PAYMENT_OF = {
    "payment.rejected": PaymentState.REJECTED,
    "payment.voucher_rejected": PaymentState.SETTLED,
    "payment.no_receipt": PaymentState.ACCEPTED,
}
"""How far the payment is that a task is about."""
VARIABLES_OF: dict[str, dict[str, object]] = {
    "payment.voucher_rejected": {"rejected_because": "KONTO_LUKKET"},
    "casework.recheck": {"register": "eIndkomst", "checked_at": NOW.isoformat()},
    "casework.death": {"case_goes_on": False},
    "claim.agree": {"net_income_kroner": 180000},
    **{
        f"run.{what}": {"run_id": "7d8a8827-7132-49df-b7aa-0b8cdf261288"}
        for what in ("blockers", "review", "approve", "escalated", "vouchers", "differences")
    },
}
TITLES = {
    "casework.assess": "Vurdér oplysninger og betingelser",
    "casework.register_data": "Indtast registeroplysninger med kilde",
    "casework.recheck": "Registret er tilbage: sammenlign oplysninger",
    "casework.death": "Dødsfald: se sagen igennem",
    "casework.assess_move": "Flytning: er vi stadig opholdskommune?",
    "casework.change": "Ændring: betyder den noget for hjælpen?",
    "sanctions.conditions": "Gennemgå betingelserne for en sanktion",
    "incomes.difference": "Sammenlign indberettet indkomst med det oplyste",
    "incomes.unanswered": "Indkomst, der ikke kunne hentes",
    "cessations.review": "Gennemgå, om hjælpen skal stoppe",
    "sanctions.ground": "Vurdér, om der var en rimelig grund",
    "casework.overpaid": "Udbetalt for meget: opret sag om tilbagebetaling",
    "casework.complete_facts": "Indhent og registrér manglende oplysninger",
    "casework.review_documents": "Gennemgå listen over papirer, der mangler",
    "casework.check_documents": "Se papirerne igennem",
    "casework.documents_lapsed": "Papirer kom ikke: afgør på det, vi har",
    "casework.late_paper": "Se på papir, der kom sent",
    "casework.answer_message": "Besvar borgerens besked",
    "complaint.reassess": "Genvurdér afgørelsen",
    "complaint.escalated": "Sørg for, at klagen bliver set på i tide",
    "complaint.forward": "Send sagen til Ankestyrelsen",
    "complaint.board": "Registrér Ankestyrelsens afgørelse",
    "casework.prepare_hearing": "Gennemgå høringsbrevet",
    "casework.hearing_reply": "Vurdér partens svar",
    "casework.hearing_lapsed": "Fristen er udløbet: vurdér sagen",
    "casework.immediate_help": "Vurdér behovet for engangshjælp",
    "casework.delay_reason": "Skriv, hvorfor fristen ikke kan holdes",
    "casework.deadline_passed": "Fristen er overskredet uden begrundelse",
    "casework.help_overdue": "Sørg for svar om engangshjælp",
    "payment.pay_otherwise": "Udbetal på anden måde",
    "decision.propose": "Foreslå afgørelse",
    "decision.approve": "Godkend afgørelse",
    "payment.tax_card": "Registrér skattekort",
    "matter.prepare_hearing": "Gennemgå høringsbrevet",
    "matter.propose": "Foreslå afgørelse",
    "matter.approve": "Godkend afgørelsen",
    "repayment.assess": "Vurdér grundlaget for tilbagebetaling",
    "repayment.police": "Anmeld til politiet",
    "claim.confirm": "Rejs kravet, hvis der ikke er klaget",
    "claim.rejected": "Ret det afviste krav",
    "claim.income": "Oplys indtægt efter skat",
    "claim.agree": "Aftal, hvordan kravet betales",
    "claim.transfer": "Beslut, om gælden overdrages",
    "money.plan": "Aftal eller foreslå, hvad der betales",
    "money.follow_up": "Følg op på administrationen",
    "payment.rejected": "Udbetaling afvist",
    "payment.voucher_rejected": "Ret det afviste bilag",
    "payment.no_receipt": "Undersøg bankens manglende kvittering",
    "run.blockers": "Ryd blokeringer",
    "run.review": "Gennemgå kørslen",
    "run.approve": "Godkend kørslen",
    "run.escalated": "Følg op på gennemgangen",
    "run.vouchers": "Ret de afviste bilag",
    "run.differences": "Afklar differencer",
    "books.differences": "Afklar den daglige afstemning",
    "post.undelivered": "Brev kunne ikke afleveres",
}

ADDRESS = ("Torvet 1", "9999 Egekøb")
MUNICIPALITY = Municipality(999, "Egekøb Kommune", "99000015", ADDRESS, "70 00 00 00")

USERS = (
    User("karin", "Karin Holm", "", ((999, "caseworker", "Ydelse Nord"),)),
    User("gerda", "Gerda Lund", "", ((999, "approver", "Ydelse Nord"),)),
    User(
        "tina",
        "Tina Bech",
        "",
        ((999, "team_lead", "Ydelse Nord"), (999, "caseworker", "Ydelse Nord")),
    ),
    User("finn", "Finn Øster", "", ((999, "finance", "Ydelse Nord"),)),
    User("rita", "Rita Vig", "", ((999, "auditor", ""),)),
    User("lars", "Lars Fog", "", ((999, "local_admin", ""),)),
    User("mette", "Mette Krog", "", ((999, "local_admin", ""),)),
    User("poul", "Poul Ager", "", ((999, "process_owner", ""),)),
    User("jonas", "Jonas Brandt", "", ((999, "caseworker", "Ydelse Nord"),)),
)


def a_node(label: str, *, law: str = "") -> Node:
    return Node("rule", "regel@1", label, None, law)


def a_calculation(*, outcome: Outcome = Outcome.GRANTED, is_missing: bool = False) -> Calculation:
    conditions = (
        ConditionOutcome(
            "begivenhed",
            "Der er sket en social begivenhed",
            MET,
            "LAS § 11, stk. 2, nr. 1",
            "Anna har mistet sit arbejde.",
            a_node("Social begivenhed"),
        ),
        ConditionOutcome(
            "formue",
            "Formuen er ikke over grænsen",
            None if is_missing else True,
            "LAS § 14",
            "Det vides ikke, om der er formue." if is_missing else "Der er ingen formue.",
            a_node("Formue"),
        ),
        ConditionOutcome(
            "raadighed",
            "Står til rådighed",
            outcome is not Outcome.REFUSED,
            "LAS § 13",
            "Anna er tilmeldt som ledig.",
            a_node("Rådighed"),
        ),
    )
    lines = (
        Line("grundsats", "Forhøjet sats", Money.kroner("14201"), a_node("Sats", law="LAS § 16")),
        Line(
            "boernetillaeg",
            "Børnetillæg for 1 barn",
            Money.kroner("2784"),
            a_node("Børnetillæg", law="LAS § 17"),
        ),
        Line(
            "indtaegt",
            "Løn efter fradrag",
            Money.kroner("-3614.24"),
            a_node("Indtægt", law="LAS § 30"),
        ),
    )
    missing = (
        (
            Missing(
                "anna",
                FactKind.WEALTH.value,
                "Det vides ikke, hvor stor formuen er; borgeren kan oplyse det.",
            ),
        )
        if is_missing
        else ()
    )
    return Calculation(
        id="beregning-1",
        case_id="sag-1",
        application_id="ansoegning-1",
        made_at=NOW,
        known_at=NOW,
        rule_versions=("regel@1",),
        months=(PersonMonth("anna", MARCH, conditions, lines, missing),),
        notes=("Satser for 2026 er udledt og ikke offentliggjort.",),
        outcome=Outcome.UNKNOWN if is_missing else outcome,
    )


EXPLANATION = (
    ExplainLine(0, "Anna Prøve, marts 2026, før skat", "13.370,76\u00a0kr."),
    ExplainLine(1, "Forhøjet sats", "14.201,00\u00a0kr.", "lov om aktiv socialpolitik § 16"),
    ExplainLine(2, "Anna er fyldt 30 år", "Ja", "", "CPR"),
    ExplainLine(3, "Fødselsdato", "01.01.1990", "", "CPR"),
    ExplainLine(2, "Satsen er 14.201,00 kr.", "", "", "Satstabel 2026", "demosats"),
    ExplainLine(
        1, "Børnetillæg for 1 barn", "2.784,00\u00a0kr.", "lov om aktiv socialpolitik § 17"
    ),
    ExplainLine(1, "Løn efter fradrag", "−3.614,24\u00a0kr.", "lov om aktiv socialpolitik § 30"),
    ExplainLine(2, "Løn i marts", "4.812,00\u00a0kr.", "", "eIndkomst"),
    ExplainLine(0, "Satser for 2026 er udledt og ikke offentliggjort.", ""),
)


def a_party(name: str = "Anna Prøve", *, protection: Protection = Protection.NORMAL) -> Party:
    return an_adult(name=name, protection=protection)


def fact_rows(*, is_disputed: bool = True) -> tuple[tuple[FactRow, ...], tuple[Contradiction, ...]]:
    changes = {FactKind.WEALTH: UNKNOWN}
    rows = [
        FactRow(fact.party_id, fact.kind, fact, (), 5)
        for fact in facts_of("anna", changes)
        if fact.kind not in {FactKind.CANNOT_SUPPORT, FactKind.WORK_INCOME, FactKind.ACTIVITY_READY}
    ]
    rows.append(FactRow("anna", FactKind.CANNOT_SUPPORT, None))
    rows.append(FactRow("anna", FactKind.ACTIVITY_READY, None))
    register = a_fact(FactKind.WORK_INCOME, Money.kroner("4812"), source=SourceKind.REGISTER)
    stated = a_fact(FactKind.WORK_INCOME, Money.kroner("5240"))
    rows.append(FactRow("anna", FactKind.WORK_INCOME, register, (stated,), 1))
    rows += [FactRow(fact.party_id, fact.kind, fact, (), 5) for fact in facts_of("bo")]
    disputed = (Contradiction(FactKind.WORK_INCOME, "anna", (register, stated)),)
    return tuple(rows), disputed if is_disputed else ()


def an_application() -> Application:
    return Application(
        id="ansoegning-1",
        case_id="sag-1",
        received_at=NOW - timedelta(days=12),
        contact_on=date(2026, 3, 1),
        requested_from=date(2026, 3, 1),
        applies_jointly=False,
        channel="selvbetjening",
        answers={
            "reason": "ledig",
            "cohabitation": "gift",
            "spouse_cpr": "6202912345",
            "children_at_home": "1",
            "wealth_applicant_kroner": "ved_ikke",
            "income_this_month_kroner": "5240",
            "phone": "70 00 00 00",
        },
        message_id="besked-1",
    )


def a_letter() -> Letter:
    return Letter(
        id="brev-1",
        kind=LetterKind.GRANT,
        case_number="2026-000123",
        title="Du får kontanthjælp fra 1. marts 2026",
        dated_on=date(2026, 3, 16),
        municipality_name="Egekøb Kommune",
        municipality_lines=ADDRESS,
        receiver_name="Anna Prøve",
        receiver_lines=("Prøvevej 1", "9999 Egekøb"),
        caseworker_name="Karin Holm",
        sections=(
            LetterSection("Afgørelse", ("Du får 13.370,76 kr. om måneden før skat.",)),
            LetterSection(
                "Sådan har vi regnet",
                ("Du har mistet dit arbejde.",),
                LetterTable(
                    "Marts 2026",
                    (("Sats", "14.201,00 kr."), ("I alt", "13.370,76 kr.")),
                    has_sum=True,
                ),
            ),
        ),
        facts=("13.370,76 kr.",),
    )


def a_payment(state: PaymentState = PaymentState.ACCEPTED) -> PaymentRow:
    line = PaymentLine(
        id="betaling-1",
        plan_id="plan-1",
        case_id="sag-1",
        decision_id="afgoerelse-1",
        party_id="anna",
        month=MARCH,
        sequence=0,
        gross=Money.kroner("13370.76"),
        tax=Money.kroner("3459"),
        net=Money.kroner("9911.76"),
        disposition_on=date(2026, 3, 31),
        explanation=a_node("Netto"),
    )
    reason = "NemKonto findes ikke" if state is PaymentState.REJECTED else ""
    return PaymentRow(line, state, reason)


def a_letter_row(state: LetterState = LetterState.DELIVERED) -> LetterRow:
    record = LetterRecord(
        id="brev-1",
        batch_id="pakke-1",
        case_id="sag-1",
        party_id="anna",
        kind="bevilling_forsoergelse",
        subject_id="afgoerelse-1",
        body={"title": "Du får kontanthjælp fra 1. marts 2026"},
        state=state,
        composed_at=NOW,
        document_id="dokument-1",
        channel="digital_post",
        delivered_at=NOW if state is LetterState.DELIVERED else None,
        reason_code="Ukendt adresse" if state is LetterState.REJECTED else "",
    )
    return LetterRow(record, "Du får kontanthjælp fra 1. marts 2026")


def a_document() -> Document:
    return Document(
        id="dokument-1",
        case_id="sag-1",
        title="Du får kontanthjælp.pdf",
        direction=Direction.OUT,
        media_type="application/pdf",
        sha256="0" * 64,
        size_bytes=28_000,
        recorded_at=NOW,
        party_id="anna",
        subject_id="brev-1",
    )


def a_paper(
    state: RequestState = RequestState.ASKED, kind: DocumentKind = DocumentKind.MEDICAL
) -> DocumentRequest:
    return DocumentRequest(
        id=f"papir-{kind}",
        case_id="sag-1",
        party_id="anna",
        kind=kind,
        state=state,
        asked_at=NOW - timedelta(days=8),
        due_on=date(2026, 3, 24),
        note="Billedet er for mørkt." if state is RequestState.ASKED else "",
    )


PAPERS = (
    a_paper(),
    a_paper(RequestState.RECEIVED, DocumentKind.PAYSLIPS),
    a_paper(RequestState.ACCEPTED, DocumentKind.LEASE),
)


def a_photograph() -> Document:
    return replace(
        a_document(),
        id="billede-1",
        title="Lønsedler",
        direction=Direction.IN,
        media_type="image/jpeg",
        subject_id=PAPERS[1].id,
    )


def a_papers_page() -> PapersPage:
    chosen = UploadedFile(
        "fil-1", PAPERS[0].id, "sag-1", "anna", "side-1.jpg", "image/jpeg", 480_000, NOW
    )
    return PapersPage(
        case=a_case(parties=(an_adult(),), state=CaseState.INFORMED),
        papers=PAPERS,
        chosen={PAPERS[0].id: (chosen,)},
        sent={PAPERS[1].id: (a_photograph(),)},
        collecting=Collecting.UNDER_WAY,
        is_decided=False,
    )


def a_message(kind: MessageKind, text: str, **changes: object) -> CaseMessage:
    """Return a message between Anna and the municipality."""
    by = "borger-1" if kind is MessageKind.FROM_CITIZEN else "karin"
    message = CaseMessage(f"besked-{text[:4]}", "sag-1", "anna", kind, text, by, NOW)
    return replace(message, **changes)


def a_thread() -> MessageThread:
    """Return a thread with a new answer, and a question nobody has answered."""
    case = a_case(parties=(an_adult(), a_spouse()), state=CaseState.INFORMED)
    first = a_message(
        MessageKind.FROM_CITIZEN,
        "Har I fået min lønseddel?",
        at=NOW - timedelta(days=3),
        read_at=NOW - timedelta(days=2),
        answered_at=NOW - timedelta(days=2),
    )
    answer = a_message(
        MessageKind.FROM_MUNICIPALITY, "Ja, den er kommet.", at=NOW - timedelta(days=2)
    )
    again = a_message(MessageKind.FROM_CITIZEN, "Hvornår får jeg svar?")
    return MessageThread(
        case=case,
        party_id=case.primary_party.id,
        messages=tuple(
            replace(each, party_id=case.primary_party.id) for each in (first, answer, again)
        ),
        attachments={first.id: (replace(a_photograph(), is_scanned=False),)},
        answer_task=TASK_IDS["casework.answer_message"],
        names=NAMES,
    )


def a_spouse_page(state: SpousePartState = SpousePartState.ASKED) -> SpousePage:
    """Return what Anna sees when her husband has applied."""
    part = SpousePart("sag-2", "anna", state, NOW - timedelta(days=1), date(2026, 3, 22))
    return SpousePage(part, "2026-000124", "Bo Prøve", date(2026, 3, 15), applies_jointly=True)


def a_task(
    form_key: str,
    *,
    id: int = 1,  # noqa: A002 – the field is called so
    assignee: str | None = None,
    due_at: datetime | None = None,
) -> UserTask:
    return UserTask(
        id=id,
        instance_id=1,
        case_id="sag-1",
        token="t1",  # noqa: S106 – where a process stands, no secret
        element_id="task_x",
        name=TITLES[form_key],
        form_key=form_key,
        role=ROLE_OF.get(form_key, "caseworker"),
        unit="Ydelse Nord",
        state=TaskState.OPEN,
        assignee=assignee,
        due_at=due_at or NOW + timedelta(days=4),
        follow_up_on=None,
        priority=0,
        reason="Søgt 04.03.2026: nyt grundlag skal vurderes",
        variables=VARIABLES_OF.get(form_key, {}),
        created_at=NOW - timedelta(days=2),
    )


OWNERS = {"caseworker": "karin", "approver": "gerda", "team_lead": "tina", "finance": "finn"}
TASK_IDS = {
    # 50 and 51 are tasks of their own, see `a_world`.
    key: number if number < 50 else number + 50
    for number, key in enumerate(FORMS, start=1)
}


EVENT_OF = {
    "casework.death": EventKind.DEATH,
    "casework.assess_move": EventKind.MOVE,
    "casework.change": EventKind.JOB,
}


def an_event(kind: EventKind, **changes: Any) -> LifeEvent:
    """Return something that happened to whoever applied."""
    event = LifeEvent(
        id=f"haendelse-{kind}",
        case_id="sag-1",
        party_id=an_adult().id,
        kind=kind,
        source=EventSource.CPR if kind is EventKind.DEATH else EventSource.CITIZEN,
        happened_on=date(2026, 3, 16),
        text="" if kind is EventKind.DEATH else "Jeg begynder i en butik.",
        message_id=str(kind),
        received_at=NOW,
        received_by="",
        place="Nabokøb Kommune" if kind is EventKind.MOVE else "",
    )
    return replace(event, **changes)


def a_life_page(*, is_decided: bool = False, may_withdraw: bool = True) -> LifePage:
    """Return what can be told about a case: one event waits, one is dealt with."""
    settled = an_event(
        EventKind.INCOME, state=EventState.SETTLED, conclusion="Set på.", settled_by="karin"
    )
    return LifePage(
        case=a_case(parties=(an_adult(), a_spouse(), a_child())),
        applicants=(an_adult(), a_spouse()),
        events=(an_event(EventKind.JOB), settled),
        may_withdraw=may_withdraw,
        is_decided=is_decided,
        is_closed=False,
    )


def a_task_page(form_key: str, *, assignee: str | None = "owner") -> TaskPage:
    """Return the page of a task, taken by whoever has its role."""
    task = a_task(form_key, id=TASK_IDS[form_key])
    owner = OWNERS[task.role] if assignee == "owner" else assignee
    rows, disputed = fact_rows()
    is_missing = form_key == "casework.complete_facts"
    hearing = None
    if form_key in {"casework.hearing_reply", "casework.hearing_lapsed"}:
        hearing = replace(
            a_hearing(state=HearingState.ANSWERED),
            answer="Jeg ringede den 2. og sagde det til jer.\n\nDet passer ikke.",
            answered_at=NOW,
            deadline_at=NOW - timedelta(days=1),
            conclusion="",
        )
    calculation = a_calculation(is_missing=is_missing)
    return TaskPage(
        task=replace(task, assignee=owner),
        case=a_case(parties=(an_adult(), a_spouse(), a_child()), state=CaseState.INFORMED),
        revision=0,
        application=an_application(),
        facts=rows,
        contradictions=disputed if form_key.startswith("casework") else (),
        calculation=None if form_key == "casework.assess" else calculation,
        explanation=EXPLANATION,
        proposal=replace(a_proposal(), legal_basis=("LAS § 16", "LAS § 93")),
        hearing=hearing,
        missing=calculation.missing if is_missing else (),
        letters=(a_letter_row(LetterState.REJECTED),),
        letter_preview=a_letter() if form_key.startswith("decision") else None,
        statement_draft="Kommunen overvejer at give afslag.",
        payments=(a_payment(PAYMENT_OF[form_key]),) if form_key in PAYMENT_OF else (),
        papers=PAPERS,
        documents=(a_photograph(),),
        thread=a_thread() if form_key == "casework.answer_message" else None,
        event=an_event(EVENT_OF[form_key]) if form_key in EVENT_OF else None,
        matter=a_view(form_key),
        sanction=a_sanction(an_adult().id) if form_key.startswith("sanctions") else None,
        finding=a_finding(an_adult().id) if form_key == "incomes.difference" else None,
        cessation=a_cessation(an_adult().id) if form_key.startswith("cessations") else None,
        gate=GATE if form_key.startswith("sanctions") else None,
        complaint=a_complaint(party_id=an_adult().id, forwarded_on=NOW.date())
        if form_key.startswith("complaint")
        else None,
        complained_of=a_decision() if form_key.startswith("complaint") else None,
        told=[a_fact(FactKind.WORK_INCOME, Money.kroner("9000"))]
        if form_key == "casework.change"
        else (),
        names=NAMES,
    )


DIAGRAM = "bpmn/processes/subsistence_application.bpmn"


def a_case_page(diagram_xml: str = "") -> CasePage:
    rows, disputed = fact_rows()
    case = a_case(parties=(an_adult(), a_spouse(), a_child()), state=CaseState.DECIDED)
    return CasePage(
        case=case,
        application=an_application(),
        facts=rows,
        contradictions=disputed,
        calculation=a_calculation(),
        decisions=(a_decision(),),
        letters=(a_letter_row(),),
        payments=(a_payment(),),
        vouchers=(
            VoucherRecord(
                "bilag-1",
                "plan-1",
                "sag-1",
                date(2026, 3, 16),
                (
                    {"account": "5.57.73", "amount_oere": 1_337_076, "text": "Kontanthjælp"},
                    {"account": "9.95.00", "amount_oere": -1_337_076, "text": "Udbetaling"},
                ),
                NOW,
                "F-1",
            ),
        ),
        documents=(a_document(), a_photograph()),
        papers=PAPERS,
        notes=(
            JournalNote("notat-1", "sag-1", "Anna ringede.\n\nHun sender lønsedler.", "karin", NOW),
        ),
        timeline=(
            TimelineItem(
                NOW, "afgoerelse", "Afgørelse: bevilget", "13.370,76 kr. før skat", "gerda"
            ),
            TimelineItem(
                NOW - timedelta(days=1), "oplysning", "eIndkomst: løn 4.812,00 kr.", "", "system"
            ),
        ),
        tasks=(
            replace(a_task("payment.tax_card", id=TASK_IDS["payment.tax_card"]), assignee="karin"),
        ),
        instances=(
            InstanceView(
                ProcessInstance(
                    1, 1, "subsistence_application", "sag-1", InstanceState.RUNNING, b"", NOW
                ),
                "Ansøgning om kontanthjælp",
                diagram_xml,
                ("call_pay_once",),
                ("start_application_received", "task_assess"),
                (
                    ProcessStep(
                        "task_assess", "Vurdér oplysninger", StepState.DONE, "15.03.2026", "karin"
                    ),
                    ProcessStep("call_pay_once", "Effektuér", StepState.ACTIVE, "", ""),
                ),
            ),
        ),
        audit=(AuditEvent(NOW, "karin", "caseworker", "case.read", "case:sag-1"),),
        names=NAMES,
    )


def a_citizen_case(*, is_heard: bool = False) -> CitizenCase:
    hearing = replace(
        a_hearing(state=HearingState.SENT), deadline_at=NOW + timedelta(days=9), conclusion=""
    )
    return CitizenCase(
        case=a_case(parties=(an_adult(),), state=CaseState.DECIDED),
        state_words="Hjælpen er på vej og udbetales 31.03.2026.",
        steps=(
            CitizenStep("Ansøgning sendt", "done", "", date(2026, 3, 4)),
            CitizenStep("Afgørelse truffet", "done", "", date(2026, 3, 16)),
            CitizenStep("Udbetaling", "now", "Hos kommunen", date(2026, 3, 31)),
        ),
        answer_by=date(2026, 3, 25),
        application=an_application(),
        calculation=a_calculation(),
        decision=None if is_heard else a_decision(),
        payments=() if is_heard else (a_payment(),),
        letters=() if is_heard else (a_letter_row(),),
        documents=(replace(a_document(), direction=Direction.IN, title="Ansøgning"),),
        hearing=hearing if is_heard else None,
    )


def an_incident() -> Incident:
    return Incident(
        1, 1, "sag-1", "timeout", "step_order", "t1", "NemKonto svarede ikke efter 5 forsøg.", NOW
    )


def a_world(diagram_xml: str = "") -> FakeCore:
    """Return a core that knows one case and a task of every form."""
    core = FakeCore(FakeCentral(USERS, (MUNICIPALITY,)))
    core.demo_citizens = (
        DemoCitizen("Anna Prøve", "6101901234", 999, "Enlig, 36 år, ingen indtægt"),
    )
    for key, number in TASK_IDS.items():
        core.inbox.pages[number] = a_task_page(key)
    protected = a_task_page("casework.assess", assignee=None)
    core.inbox.pages[50] = replace(
        protected,
        task=replace(protected.task, id=50, priority=2, due_at=NOW - timedelta(days=3)),
        case=a_case(parties=(a_party(protection=Protection.PROTECTED),)),
    )
    soon = a_task_page("decision.propose", assignee="karin")
    core.inbox.pages[51] = replace(
        soon, task=replace(soon.task, id=51, due_at=datetime(2026, 3, 17, 17, 0, tzinfo=UTC))
    )
    core.cases.pages["sag-1"] = a_case_page(diagram_xml)
    core.complaints.decisions = (replace(a_decision(), sent_at=NOW),)
    core.cases.lines = EXPLANATION
    core.cases.files["dokument-1"] = (a_document(), b"%PDF-1.7 prove")
    core.citizen.cases.append(a_citizen_case())
    core.citizen.lines = EXPLANATION
    core.citizen.paper_page = a_papers_page()
    core.messages.thread = a_thread()
    core.life.page = a_life_page()
    core.sanctions.page = a_sanctions_page(core.life.page.case)
    core.cessations.page = a_cessations_page(core.life.page.case)
    core.spouses.shown = a_spouse_page()
    core.citizen.files["dokument-1"] = (a_document(), b"%PDF-1.7 prove")
    core.control.stopped.append(an_incident())
    core.team.shown = a_team_page(
        [row_of(core.inbox.pages[TASK_IDS[key]]) for key in ("casework.assess", "decision.propose")]
    )
    return core
