"""What a person sees of a case (sagsoverblik), read in one transaction; every look is noted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from processes.domain import documents, life
from processes.domain.access import Actor, may, require
from processes.domain.calculation import Calculation, PersonMonth
from processes.domain.cases import Case, CaseState, Party, PartyRole, Protection
from processes.domain.complaints import Complaint
from processes.domain.documents import Document, JournalNote, RequestState
from processes.domain.errors import NotAllowedError, RuleError
from processes.domain.facts import ELSEWHERE_KINDS, Fact, FactKind, Facts
from processes.domain.identifiers import Cpr
from processes.domain.life import LifeEvent
from processes.domain.rules.prose import (
    UNCONFIRMED,
    in_words,
    law_in_words,
    mark_of,
    month_in_words,
    spoken,
)
from processes.engine.outline import outline
from processes.engine.runtime import where_is
from processes.operations.control import Control
from processes.operations.messages import thread_of
from processes.operations.paperwork import collecting_of
from processes.operations.previews import letter_preview
from processes.operations.task_parts import TaskParts, payment_rows
from processes.operations.uploads import Uploads
from processes.ports.pages import (
    CasePage,
    CaseTab,
    ExplainLine,
    FactRow,
    FormSource,
    InstanceView,
    LetterRow,
    MessageThread,
    ProcessStep,
    StepState,
    TaskPage,
)
from processes.ports.records import (
    AuditEvent,
    HistoryEvent,
    InstanceState,
    LetterRecord,
    LetterState,
    ProcessInstance,
    UserTask,
)
from processes.ports.stores import UnitOfWork
from processes.stages import documents as paper_stage
from processes.stages.messages import ANSWER_FORM

ADULTS = {PartyRole.PRIMARY, PartyRole.SPOUSE}
SEARCH_LIMIT = 20
PEOPLE_STEPS = {"userTask", "serviceTask", "receiveTask", "startEvent", "endEvent"}
"""Kinds of element worth a line in words; gateways and tables speak through what follows."""


class Casework:
    """Cases and what belongs to them (sager)."""

    def __init__(self, control: Control) -> None:
        self.control = control
        self.env = control.env

    # ---- the page of a case --------------------------------------------------------------

    def page(self, case_id: str, by: Actor, tab: CaseTab | None = None) -> CasePage:
        """Return what a page of a case shows; without a page's name everything is read."""
        require(by, "case.read")
        with self.env.uow(by.municipality_id) as uow:
            case = self._case(uow, case_id, by)
            application = uow.cases.application_of_case(case_id)
            start = application.requested_from.replace(day=1)
            known = self._known(uow, case)
            action = "calculation.read" if tab is CaseTab.CALCULATION else "case.read"
            self._look(uow, by, action, f"case:{case_id}")
            page = CasePage(
                case=case,
                application=application,
                facts=self._fact_rows(case, known, start),
                contradictions=known.contradictions(start),
                decisions=uow.decisions.of_case(case_id),
                incidents=uow.processes.incidents(case_id=case_id),
                names=uow.setup.names(by.municipality_id),
            )
            for part in PARTS if tab is None else SHOWN[tab]:
                page = PARTS[part](self, uow, page)
            uow.commit()
            return page

    def task_page(self, uow: UnitOfWork, task: UserTask, case: Case, by: Actor) -> TaskPage:
        """Return what the page of a task shows of its case."""
        self._check_protection(case, by)
        if not case.parties:
            # An administrative case, as of a payment run: nobody applied for anything in it.
            return TaskPage(task, case, task.revision, names=uow.setup.names(by.municipality_id))
        ctx = self.env.context(uow, by)
        parts = TaskParts(ctx, task, case, self._fact_rows)
        calculation, hearing, proposal = parts.calculation, parts.hearing, parts.proposal
        decided = uow.decisions.of_case(case.id)
        return TaskPage(
            task=task,
            case=case,
            revision=task.revision,
            application=parts.application,
            facts=parts.facts,
            contradictions=parts.contradictions,
            calculation=calculation,
            explanation=() if calculation is None else explain_lines(case, calculation),
            proposal=proposal,
            decision=decided[0] if decided else None,
            hearing=hearing,
            matter=parts.matter,
            missing=parts.missing,
            letters=letter_rows(uow.letters.of_case(case.id)),
            letter_preview=letter_preview(ctx, task, case, proposal=proposal, hearing=hearing),
            statement_draft=parts.statement_draft,
            payments=parts.payments,
            papers=parts.papers,
            documents=uow.cases.documents(case.id),
            thread=self._thread(uow, task, case),
            answered_registers=parts.answered_registers,
            event=(event := _event_of(uow, task)),
            told=_told(uow, event),
            help_now=parts.help_now,
            sanction=parts.sanction,
            gate=parts.gate,
            cessation=parts.cessation,
            finding=parts.finding,
            complaint=(complaint := _complaint_of(uow, task)),
            complained_of=None if complaint is None else uow.decisions.get(complaint.decision_id),
            hearing_days=parts.hearing_days,
            names=uow.setup.names(by.municipality_id),
        )

    def form_source(self, uow: UnitOfWork, task: UserTask, case: Case, by: Actor) -> FormSource:
        """Return what a task's form starts from; what it does not ask for is not read."""
        self._check_protection(case, by)
        if not case.parties:
            return TaskPage(task, case, task.revision)
        return TaskParts(self.env.context(uow, by), task, case, self._fact_rows)

    def _thread(self, uow: UnitOfWork, task: UserTask, case: Case) -> MessageThread | None:
        party_id = task.variables.get("party_id")
        if task.form_key != ANSWER_FORM or party_id is None:
            return None
        return thread_of(uow, case, str(party_id))

    def explain(self, case_id: str, by: Actor) -> Sequence[ExplainLine]:
        """Return the newest calculation, line by line."""
        require(by, "case.read")
        with self.env.uow(by.municipality_id) as uow:
            case = self._case(uow, case_id, by)
            calculation = uow.calculations.latest(case_id)
            self._look(uow, by, "calculation.read", f"case:{case_id}")
            uow.commit()
            return () if calculation is None else explain_lines(case, calculation)

    def document(self, document_id: str, by: Actor) -> tuple[Document, bytes]:
        """Return a document and its exact bytes."""
        require(by, "document.read")
        with self.env.uow(by.municipality_id) as uow:
            document = uow.cases.document(document_id)
            self._case(uow, document.case_id, by)
            self._look(uow, by, "document.read", f"document:{document_id}")
            content = uow.cases.content(document_id)
            uow.commit()
            return document, content

    def add_documents(
        self, case_id: str, kind: str, party_id: str, files: Sequence[tuple[str, bytes]], by: Actor
    ) -> None:
        """File what came by post or at the desk (tilføj papir).

        What was asked for is told to the process, as if the citizen had sent it.
        """
        require(by, "document.add")
        if not files:
            raise RuleError("Vælg mindst én fil, før du gemmer.")
        papers = [
            paper_stage.Paper(each.content, each.media_type, each.is_scanned)
            for each in Uploads(self.env).checked(files, by, subject=f"case:{case_id}")
        ]
        said = f"ved {by.name}"
        with self.env.uow(by.municipality_id) as uow:
            party = self._case(uow, case_id, by).party(party_id)
            ctx = self.env.context(uow, by)
            asked = next(
                (
                    each
                    for each in uow.papers.of_case(case_id)
                    if (each.kind, each.party_id) == (kind, party.id)
                    and each.state in {RequestState.ASKED, RequestState.RECEIVED}
                ),
                None,
            )
            if asked is not None:
                collecting = collecting_of(self.control, uow, case_id)
                paper_stage.receive(ctx, asked.id, papers, said=said, collecting=collecting)
            else:
                title = documents.KIND_NAMES[documents.DocumentKind(kind)]
                paper_stage.file(
                    ctx,
                    case_id,
                    papers,
                    title=title,
                    party_id=party.id,
                    subject_id=None,
                    said=said,
                )
            self._look(uow, by, "document.add", f"case:{case_id}")
            uow.commit()
        self.env.wake()

    def add_note(self, case_id: str, text: str, by: Actor) -> None:
        """Write a journal note (journalnotat)."""
        require(by, "case.note")
        if not text.strip():
            raise RuleError("Skriv noget i notatet, før du gemmer det.")
        with self.env.uow(by.municipality_id) as uow:
            self._case(uow, case_id, by)
            uow.cases.add_note(
                JournalNote(self.env.new_id(), case_id, text.strip(), by.user, self.env.now())
            )
            uow.commit()

    def search(self, text: str, by: Actor) -> Sequence[Case]:
        """Return cases by the beginning of names, by case number or by personal number."""
        require(by, "person.search")
        words = search_words(text)
        if not words:
            return ()
        with self.env.uow(by.municipality_id) as uow:
            found = uow.read.search_cases(words, limit=SEARCH_LIMIT)
            # What was looked for may be a personal number, so only that somebody looked is kept.
            self._look(uow, by, "person.search", f"found:{len(found)}")
            uow.commit()
            return [case for case in found if case.parties and self._may_see(case, by)]

    # ---- parts ---------------------------------------------------------------------------

    def _case(self, uow: UnitOfWork, case_id: str, by: Actor) -> Case:
        case = uow.cases.get(case_id)
        self._check_protection(case, by)
        return case

    def _check_protection(self, case: Case, by: Actor) -> None:
        check_may_see(case, by)

    def _may_see(self, case: Case, by: Actor) -> bool:
        return _may_see(case, by)

    def _known(self, uow: UnitOfWork, case: Case) -> Facts:
        return Facts.as_known(uow.facts.of_case(case.id), self.env.now())

    def _fact_rows(self, case: Case, known: Facts, day: date) -> list[FactRow]:
        now = self.env.now()
        rows = []
        for party in case.parties:
            if party.role not in ADULTS:
                continue
            for kind in FactKind:
                said = [
                    fact
                    for fact in known.all
                    if fact.party_id == party.id and fact.kind is kind and day in fact.valid
                ]
                if not said and kind in ELSEWHERE_KINDS:
                    continue
                counts = known.on(party.id, kind, day)
                rows.append(
                    FactRow(
                        party_id=party.id,
                        kind=kind,
                        fact=counts,
                        others=tuple(
                            sorted(
                                (fact for fact in said if fact is not counts),
                                key=lambda fact: fact.known_from,
                                reverse=True,
                            )
                        ),
                        age_days=None if counts is None else (now - counts.known_from).days,
                    )
                )
        return rows

    def instance_views(
        self, uow: UnitOfWork, instances: Sequence[ProcessInstance]
    ) -> list[InstanceView]:
        """Return runs of processes as pictures with their twins in words."""
        histories = uow.processes.histories(instances)
        return [self._instance_view(uow, each, histories[each.id]) for each in instances]

    def _instance_view(
        self, uow: UnitOfWork, instance: ProcessInstance, events: Sequence[HistoryEvent]
    ) -> InstanceView:
        definition = self.control.definition(uow, instance.definition_id)
        standing = (
            () if instance.state is InstanceState.ENDED else where_is(definition, instance.blob)
        )
        here = {place.element_id for place in standing if place.process_id == definition.key}
        stopped = {place.element_id for place in standing if place.incident}
        diagram = definition.diagrams[definition.key]
        steps = [
            ProcessStep(
                element_id=event.element_id,
                name=_name(definition.element(event.process_id, event.element_id), event),
                state=StepState.DONE,
                at=f"{event.at.astimezone(self.env.zone):%d.%m.%Y kl. %H.%M}",
                by=event.by or "",
            )
            for event in events
            if event.what == "completed" and event.element_kind in PEOPLE_STEPS
        ]
        steps += [
            ProcessStep(
                place.element_id,
                place.name,
                StepState.INCIDENT if place.element_id in stopped else StepState.ACTIVE,
                "",
            )
            for place in standing
            if place.kind != "callActivity"
        ]
        return InstanceView(
            instance=instance,
            name=definition.name,
            diagram_xml=definition.files[f"{definition.key}.bpmn"].decode(),
            active=tuple(sorted(here)),
            visited=tuple(
                dict.fromkeys(
                    event.element_id
                    for event in events
                    if event.what == "completed" and event.element_id in diagram.nodes
                )
            ),
            steps=tuple(steps),
            text=outline(diagram),
        )

    def _look(self, uow: UnitOfWork, by: Actor, action: str, subject: str) -> None:
        uow.audit.add(AuditEvent(self.env.now(), by.user, str(by.role), action, subject))


def check_may_see(case: Case, by: Actor) -> None:
    """Refuse whoever may not see a protected case."""
    if not _may_see(case, by):
        raise NotAllowedError(
            "Sagen er beskyttet, og din rolle giver ikke adgang."
            " Søg adgang med en begrundelse hos din teamleder."
        )


def _may_see(case: Case, by: Actor) -> bool:
    protected = case.protection is not Protection.NORMAL or any(
        party.protection is not Protection.NORMAL for party in case.parties
    )
    return not protected or may(by, "protected.read")


# ---- the parts of a case's page -------------------------------------------------------------


Part = Callable[[Casework, UnitOfWork, CasePage], CasePage]
"""Reads one part of a page, and returns the page with it."""


def _with_calculation(_it: Casework, uow: UnitOfWork, page: CasePage) -> CasePage:
    calculation = uow.calculations.latest(page.case.id)
    if calculation is None:
        return page
    return replace(
        page,
        calculation=calculation,
        missing=calculation.missing,
        explanation=explain_lines(page.case, calculation),
    )


def _with_proposal(_it: Casework, uow: UnitOfWork, page: CasePage) -> CasePage:
    proposal = uow.decisions.latest_proposal(page.case.id)
    issued = {decision.proposal_id for decision in page.decisions}
    return page if proposal is None or proposal.id in issued else replace(page, proposal=proposal)


def _with_process(it: Casework, uow: UnitOfWork, page: CasePage) -> CasePage:
    instances = uow.processes.instances_of_case(page.case.id)
    return replace(page, instances=it.instance_views(uow, instances))


PARTS: Mapping[str, Part] = {
    "calculation": _with_calculation,
    "proposal": _with_proposal,
    "hearings": lambda _it, uow, page: replace(page, hearings=uow.hearings.of_case(page.case.id)),
    "letters": lambda _it, uow, page: replace(
        page, letters=letter_rows(uow.letters.of_case(page.case.id))
    ),
    "payments": lambda _it, uow, page: replace(page, payments=payment_rows(uow, page.case.id)),
    "vouchers": lambda _it, uow, page: replace(
        page, vouchers=uow.payments.vouchers_of_case(page.case.id)
    ),
    "documents": lambda _it, uow, page: replace(page, documents=uow.cases.documents(page.case.id)),
    "papers": lambda _it, uow, page: replace(page, papers=uow.papers.of_case(page.case.id)),
    "events": lambda _it, uow, page: replace(page, events=uow.life.of_case(page.case.id)),
    "may_withdraw": lambda _it, uow, page: replace(page, may_withdraw=may_withdraw(uow, page.case)),
    "notes": lambda _it, uow, page: replace(page, notes=uow.cases.notes(page.case.id)),
    "timeline": lambda _it, uow, page: replace(page, timeline=uow.read.case_timeline(page.case.id)),
    "tasks": lambda _it, uow, page: replace(page, tasks=uow.processes.tasks_of_case(page.case.id)),
    "instances": _with_process,
    "audit": lambda _it, uow, page: replace(
        page, audit=uow.audit.of_subject(f"case:{page.case.id}")
    ),
}
"""What a page can show besides who it is about, what is known and what was decided."""

SHOWN: Mapping[CaseTab, Sequence[str]] = {
    CaseTab.OVERVIEW: ("calculation", "payments", "tasks", "timeline"),
    CaseTab.FACTS: (),
    CaseTab.CALCULATION: ("calculation", "payments"),
    CaseTab.PAYMENTS: ("payments", "vouchers"),
    CaseTab.DOCUMENTS: ("letters", "documents", "papers"),
    CaseTab.MESSAGES: (),
    CaseTab.CHANGES: (),
    CaseTab.JOURNAL: ("notes",),
    CaseTab.TIMELINE: ("timeline",),
    CaseTab.COURSE: ("instances", "audit"),
    CaseTab.COMPLAINTS: (),
}
"""What each page shows of it; the rest is not read."""


def may_withdraw(uow: UnitOfWork, case: Case) -> bool:
    """Tell whether an application can still be withdrawn: it is open, and no decision has left."""
    running = any(
        each.state is not InstanceState.ENDED for each in uow.processes.instances_of_case(case.id)
    )
    if case.state is CaseState.CLOSED or not running:
        return False
    if life.withdrawal(uow.life.of_case(case.id)) is not None:
        return False
    issued = {each.id for each in uow.decisions.of_case(case.id)}
    left = {LetterState.ORDERED, LetterState.DELIVERED}
    return not any(
        each.subject_id in issued and each.state in left for each in uow.letters.of_case(case.id)
    )


def _event_of(uow: UnitOfWork, task: UserTask) -> LifeEvent | None:
    event_id = task.variables.get("event_id")
    return None if event_id is None else uow.life.event(str(event_id))


def _told(uow: UnitOfWork, event: LifeEvent | None) -> list[Fact]:
    """Return the facts that whoever told of an event gave with it."""
    if event is None:
        return []
    facts = uow.facts.of_case(event.case_id)
    return [fact for fact in facts if fact.source.reference == event.id]


def _name(element: object, event: HistoryEvent) -> str:
    return getattr(element, "name", "") or event.element_id


def _complaint_of(uow: UnitOfWork, task: UserTask) -> Complaint | None:
    complaint_id = task.variables.get("complaint_id")
    return None if complaint_id is None else uow.complaints.get(str(complaint_id))


def search_words(text: str) -> list[str]:
    """Return what somebody typed to find a person or a case, as stores look for it."""
    digits = "".join(each for each in text if each.isdigit())
    if len(digits) == 10 and not any(each.isalpha() for each in text):  # noqa: PLR2004
        return [Cpr.parse(digits).digits]
    return [word.casefold() for word in text.split()]


def letter_rows(records: Iterable[LetterRecord]) -> list[LetterRow]:
    """Return letters with the titles a list shows."""
    return [LetterRow(record, str(record.body.get("title", record.kind))) for record in records]


def explain_lines(case: Case, calculation: Calculation) -> tuple[ExplainLine, ...]:
    """Return a calculation as lines that can be read aloud: sum, lines and conditions, grounds."""
    return tuple(
        line for month in calculation.months for line in _month_lines(case, month)
    ) + tuple(ExplainLine(0, note, "") for note in calculation.notes)


def _month_lines(case: Case, month: PersonMonth) -> list[ExplainLine]:
    party: Party = case.party(month.party_id)
    gross = "ved ikke endnu" if month.gross is None else month.gross.danish()
    marks = {mark_of(line.explanation) for line in month.lines}
    lines = [
        ExplainLine(
            0,
            f"{party.name}, {month_in_words(month.month)}, før skat",
            gross,
            mark=UNCONFIRMED if UNCONFIRMED in marks else "",
        )
    ]
    for line in month.lines:
        lines.append(
            ExplainLine(
                1,
                line.label,
                line.amount.danish(),
                law_in_words(line.explanation.law),
                mark=mark_of(line.explanation),
            )
        )
        lines += [
            ExplainLine(
                said.depth + 1, said.label, said.value, said.law, said.source, said.mark, said.why
            )
            for said in spoken(line.explanation)
            if said.depth > 0
        ]
    for condition in month.conditions:
        lines.append(
            ExplainLine(
                1,
                condition.label,
                in_words(condition.met),
                law_in_words(condition.law),
                condition.reason,
            )
        )
    return lines
