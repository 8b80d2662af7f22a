"""Self-service (selvbetjening): apply, follow, answer. A citizen sees own cases, nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from processes.domain import life
from processes.domain.access import Actor, require
from processes.domain.calculation import DESK_NOTE
from processes.domain.cases import Application, Case, CaseState
from processes.domain.decisions import Decision
from processes.domain.documents import (
    Direction,
    Document,
    DocumentRequest,
    RequestState,
    UploadedFile,
    still_missing,
)
from processes.domain.errors import NotFoundError, RuleError
from processes.domain.hearings import HearingState, PartyHearing
from processes.domain.life import EventKind
from processes.domain.messages import unread
from processes.domain.payments import PaymentState
from processes.domain.spouses import SpousePart, SpousePartState
from processes.operations.casework import (
    explain_lines,
    letter_rows,
    may_withdraw,
)
from processes.operations.control import Control
from processes.operations.paperwork import collecting_of
from processes.operations.task_parts import payment_rows
from processes.operations.uploads import Uploads
from processes.ports.pages import CitizenCase, CitizenStep, ExplainLine, PapersPage, PaymentRow
from processes.ports.records import AuditEvent, LetterState, TaskState, UserTask
from processes.ports.stores import UnitOfWork
from processes.stages import applications
from processes.stages import documents as paper_stage
from processes.stages import hearings as hearing_stage
from processes.stages import spouses as spouse_stage

DENMARK = ZoneInfo("Europe/Copenhagen")
ANSWERABLE = {HearingState.SENT, HearingState.LAPSED}
"""A late answer still counts until the decision is made."""

WriteForm = Callable[[Mapping[str, str]], bytes]


class Citizen:
    """What a citizen can do (borger)."""

    def __init__(self, control: Control, write_form: WriteForm) -> None:
        self.control = control
        self.env = control.env
        self.write_form = write_form

    def apply(self, answers: dict[str, str], by: Actor) -> str:
        """Receive an application; the case is there when this returns."""
        require(by, "citizen.apply")
        now, today = self.env.now(), self.env.gateways.clock.today()
        application_id = answers.get("application_id") or self.env.new_id()
        fields = {
            **answers,
            "application_id": application_id,
            "submitted_at": now.astimezone(DENMARK).isoformat(),
            "contact_on": today.isoformat(),
            "applicant_cpr": by.party_cpr_digits,
        }
        received = applications.from_fields(
            fields,
            channel="selvbetjening",
            message_id=application_id,
            original=self.write_form(fields),
            media_type="application/xml",
        )
        # Whoever lacks food does not wait for a signature; the spouse is asked meanwhile.
        begins = received.spouse is None or answers.get("acute_need") == "ja"
        with self.env.uow(by.municipality_id) as uow:
            ctx = self.env.context(uow, by)
            is_known = uow.cases.application_by_message(received.channel, received.message_id)
            case = applications.receive(ctx, received, begins=begins)
            if received.spouse is not None and is_known is None:
                spouse_stage.prepare(ctx, case)
            uow.drafts.delete(by.party_cpr_digits)
            uow.commit()
        self.env.wake()
        return case.id

    def overview(self, by: Actor) -> Sequence[CitizenCase]:
        """Return one's own cases, newest first."""
        require(by, "citizen.follow")
        with self.env.uow(by.municipality_id) as uow:
            cases = uow.cases.of_person(by.party_cpr_digits)
            seen = [self._view(uow, case, by) for case in cases]
            for case in cases:
                self._look(uow, by, "case.read", f"case:{case.id}")
            uow.commit()
            return seen

    def answer_hearing(self, hearing_id: str, text: str, by: Actor) -> None:
        """Receive an answer to a hearing (høringssvar)."""
        require(by, "citizen.follow")
        with self.env.uow(by.municipality_id) as uow:
            hearing = uow.hearings.get(hearing_id)
            own = self._own(uow.cases.get(hearing.case_id), by)
            if hearing.subject_id is not None and hearing not in _beside(uow, hearing.case_id, own):
                raise NotFoundError("Høringen findes ikke.")
            hearing_stage.receive_answer(self.env.context(uow, by), hearing_id, text, party_id=own)
            uow.commit()
        self.env.wake()

    def document(self, document_id: str, by: Actor) -> tuple[Document, bytes]:
        """Return a letter to oneself, or what one sent in."""
        require(by, "citizen.follow")
        with self.env.uow(by.municipality_id) as uow:
            document = uow.cases.document(document_id)
            case = uow.cases.get(document.case_id)
            own = self._own(case, by)
            if document.id not in {each.id for each in self._documents(uow, case, own)}:
                raise NotFoundError("Dokumentet findes ikke.")
            self._look(uow, by, "document.read", f"document:{document_id}")
            content = uow.cases.content(document_id)
            uow.commit()
            return document, content

    def explain(self, case_id: str, by: Actor) -> Sequence[ExplainLine]:
        """Return how one's own help was calculated, once it is decided."""
        require(by, "citizen.follow")
        with self.env.uow(by.municipality_id) as uow:
            case = uow.cases.get(case_id)
            self._own(case, by)
            decision = _sent(uow.decisions.of_case(case_id))
            if decision is None:
                return ()
            lines = explain_lines(case, uow.calculations.get(decision.calculation_id))
            return tuple(line for line in lines if not line.label.startswith(DESK_NOTE))

    # ---- papers --------------------------------------------------------------------------

    def papers(self, case_id: str, by: Actor) -> PapersPage:
        """Return what one was asked to send, chose and sent (papirer)."""
        require(by, "citizen.follow")
        with self.env.uow(by.municipality_id) as uow:
            case = uow.cases.get(case_id)
            own = self._own(case, by)
            chosen: dict[str, list[UploadedFile]] = defaultdict(list)
            for file in uow.papers.files(case_id):
                if file.party_id == own:
                    chosen[file.request_id].append(file)
            sent: dict[str, list[Document]] = defaultdict(list)
            for document in uow.cases.documents(case_id):
                if document.direction is Direction.IN and document.party_id == own:
                    sent[document.subject_id or ""].append(document)
            page = PapersPage(
                case=case,
                papers=_asked_of(uow.papers.of_case(case_id), own),
                chosen=chosen,
                sent=sent,
                collecting=collecting_of(self.control, uow, case_id),
                is_decided=bool(uow.decisions.of_case(case_id)),
            )
            self._look(uow, by, "case.read", f"case:{case_id}")
            uow.commit()
            return page

    def choose_files(self, request_id: str, files: Sequence[tuple[str, bytes]], by: Actor) -> None:
        """Keep files until they are sent; all of them, or none when one cannot be used."""
        require(by, "citizen.follow")
        with self.env.uow(by.municipality_id) as uow:
            asked = uow.papers.request(request_id)
            own = self._own_paper(uow, asked.case_id, asked.party_id, by)
        if not files:
            raise RuleError("Vælg et billede eller en fil først.")
        checked = Uploads(self.env).checked(files, by, subject=f"case:{asked.case_id}")
        with self.env.uow(by.municipality_id) as uow:
            for file in checked:
                paper_stage.choose_file(self.env.context(uow, by), request_id, file, party_id=own)
            uow.commit()

    def remove_file(self, file_id: str, by: Actor) -> str:
        """Take a file away before it is sent; return its name."""
        require(by, "citizen.follow")
        with self.env.uow(by.municipality_id) as uow:
            chosen = uow.papers.file(file_id)
            self._own_paper(uow, chosen.case_id, chosen.party_id, by)
            uow.papers.take_file(file_id)
            uow.commit()
            return chosen.name

    def send_papers(self, case_id: str, by: Actor) -> None:
        """Send every chosen file of a case (send papirer); until now nobody else saw them."""
        require(by, "citizen.follow")
        with self.env.uow(by.municipality_id) as uow:
            own = self._own(uow.cases.get(case_id), by)
            paper_stage.send_chosen(
                self.env.context(uow, by),
                case_id,
                party_id=own,
                collecting=collecting_of(self.control, uow, case_id),
            )
            uow.commit()
        self.env.wake()

    def _own_paper(self, uow: UnitOfWork, case_id: str, party_id: str, by: Actor) -> str:
        """Return which party one is; what another was asked for does not exist, spouse or not."""
        own = self._own(uow.cases.get(case_id), by)
        if own != party_id:
            raise NotFoundError("Papiret findes ikke, eller det er ikke dig, der er bedt om det.")
        return own

    # ---- parts ---------------------------------------------------------------------------

    def _own(self, case: Case, by: Actor) -> str:
        """Return which party one is; somebody else's case does not exist."""
        for party in case.parties:
            if party.cpr.digits == by.party_cpr_digits:
                return party.id
        raise NotFoundError("Sagen findes ikke.")

    def _view(self, uow: UnitOfWork, case: Case, by: Actor) -> CitizenCase:
        own = self._own(case, by)
        application = uow.cases.application_of_case(case.id)
        decision = _sent(uow.decisions.of_case(case.id))
        hearing = _answerable(uow.hearings.of_case(case.id)) or _answerable(
            _beside(uow, case.id, own)
        )
        payments = [row for row in payment_rows(uow, case.id) if row.line.party_id == own]
        tasks = uow.processes.tasks_of_case(case.id)
        answer_by = _answer_by(tasks)
        papers = _asked_of(uow.papers.of_case(case.id), own)
        missing = still_missing(papers) if decision is None else ()
        part = uow.spouse_parts.of_case(case.id)
        is_spouse = own != case.primary_party.id
        spouse_step = None if decision is not None else _spouse_step(part, own)
        said = [each for each in uow.messages.of_case(case.id) if each.party_id == own]
        stopped = _stopped_words(uow, case)
        return CitizenCase(
            case=case,
            may_withdraw=not (is_spouse and not application.applies_jointly)
            and may_withdraw(uow, case),
            state_words=stopped
            or ("" if decision is not None else _spouse_words(part, own, is_begun=bool(tasks)))
            or _state_words(decision, hearing, missing, payments, answer_by),
            steps=_steps(
                application.received_at.astimezone(DENMARK).date(),
                decision,
                hearing,
                missing,
                payments,
                answer_by,
                spouse_step=spouse_step,
            )
            if not stopped
            else _stopped_steps(application, uow, case),
            spouse_part=part,
            is_spouse=is_spouse,
            unread_messages=len(unread(said, by_party=True)),
            answer_by=answer_by,
            application=application,
            calculation=None if decision is None else uow.calculations.get(decision.calculation_id),
            decision=decision,
            payments=payments,
            letters=[
                row
                for row in letter_rows(uow.letters.of_case(case.id))
                if row.record.party_id == own and row.record.state is LetterState.DELIVERED
            ],
            documents=self._documents(uow, case, own),
            hearing=hearing,
            papers=papers,
        )

    def _documents(self, uow: UnitOfWork, case: Case, own: str) -> list[Document]:
        delivered = {
            record.id
            for record in uow.letters.of_case(case.id)
            if record.party_id == own and record.state is LetterState.DELIVERED
        }
        said = {each.id for each in uow.messages.of_case(case.id) if each.party_id == own}
        return [
            document
            for document in uow.cases.documents(case.id)
            if document.party_id == own
            and (
                document.direction is Direction.IN
                or document.subject_id in delivered
                or document.subject_id in said
            )
        ]

    def _look(self, uow: UnitOfWork, by: Actor, action: str, subject: str) -> None:
        uow.audit.add(AuditEvent(self.env.now(), by.user, str(by.role), action, subject))


def _sent(decided: Sequence[Decision]) -> Decision | None:
    return next((each for each in decided if each.sent_at is not None), None)


def _beside(uow: UnitOfWork, case_id: str, own: str) -> list[PartyHearing]:
    """Return the hearings about questions that concern only oneself: a debt is nobody else's."""
    found = []
    for hearing in uow.hearings.beside(case_id):
        if hearing.subject_id is None:
            continue
        matter = uow.matters.get(uow.matters.basis(hearing.subject_id).matter_id)
        if matter.party_id == own:
            found.append(hearing)
    return found


def _answerable(held: Sequence[PartyHearing]) -> PartyHearing | None:
    return next((each for each in held if each.state in ANSWERABLE), None)


def _asked_of(papers: Sequence[DocumentRequest], party_id: str) -> list[DocumentRequest]:
    return [
        each
        for each in papers
        if each.party_id == party_id and each.state is not RequestState.DROPPED
    ]


def _answer_by(tasks: Sequence[UserTask]) -> date | None:
    due = [task.due_at for task in tasks if task.state is TaskState.OPEN and task.due_at]
    return max(due).astimezone(DENMARK).date() if due else None


def _state_words(
    decision: Decision | None,
    hearing: PartyHearing | None,
    missing: Sequence[DocumentRequest],
    payments: Sequence[PaymentRow],
    answer_by: date | None,
) -> str:
    if hearing is not None:
        return "Vi har brug for dit svar, før vi træffer en afgørelse."
    if missing:
        return "Vi mangler papirer fra dig, før vi kan vurdere din ansøgning."
    if decision is None:
        by = "" if answer_by is None else f" Du får svar senest {answer_by:%d.%m.%Y}."
        return f"Kommunen behandler din ansøgning.{by}"
    if any(row.state is PaymentState.SETTLED for row in payments):
        return "Hjælpen er udbetalt."
    if payments:
        return f"Hjælpen er på vej og udbetales {payments[0].line.disposition_on:%d.%m.%Y}."
    return "Der er truffet en afgørelse. Du finder brevet herunder."


def _stopped_words(uow: UnitOfWork, case: Case) -> str:
    """Return why a case has stopped without a decision; empty when it has not."""
    events = uow.life.of_case(case.id)
    if life.withdrawal(events) is not None:
        return "Ansøgningen er trukket tilbage, og sagen er stoppet. Du kan søge igen, når du vil."
    if case.state is not CaseState.CLOSED:
        return ""
    if any(each.kind is EventKind.MOVE and each.place for each in events):
        return "Sagen er stoppet her, fordi en anden kommune skal hjælpe dig. Læs brevet herunder."
    return "Sagen er afsluttet."


def _stopped_steps(application: Application, uow: UnitOfWork, case: Case) -> list[CitizenStep]:
    """Return the way of a case that has stopped: sent, and over."""
    events = uow.life.of_case(case.id)
    ended = events[0].received_at.astimezone(DENMARK).date() if events else None
    sent = application.received_at.astimezone(DENMARK).date()
    return [
        CitizenStep("Ansøgning sendt", "done", "", sent),
        CitizenStep("Sagen er stoppet", "done", "", ended),
    ]


def _spouse_words(part: SpousePart | None, own: str, *, is_begun: bool) -> str:
    """Return where an application stands that waits for the spouse; empty when it does not."""
    if part is None or part.state is not SpousePartState.ASKED:
        return ""
    if part.party_id == own:
        return "Din ægtefælle har søgt om hjælp, og vi mangler dine svar."
    if is_begun:
        return "Vi behandler din ansøgning, mens vi venter på din ægtefælles svar."
    return "Vi har din ansøgning og venter på din ægtefælles svar."


def _spouse_step(part: SpousePart | None, own: str) -> CitizenStep | None:
    if part is None or part.state is SpousePartState.NOT_ASKED:
        return None
    mine = part.party_id == own
    if mine and part.state is SpousePartState.PREPARED:
        # Nobody has been asked anything yet.
        return None
    label = "Du svarer og skriver under" if mine else "Din ægtefælle svarer og skriver under"
    if part.state is SpousePartState.SIGNED:
        on = None if part.changed_at is None else part.changed_at.astimezone(DENMARK).date()
        return CitizenStep(label, "done", "", on)
    if part.state is SpousePartState.LAPSED:
        note = "Fristen er gået, og ansøgningen er gået videre. Svaret tæller stadig med."
        return CitizenStep(label, "later", "Hos dig" if mine else "Hos din ægtefælle", None, note)
    return CitizenStep(
        label,
        "now",
        "Hos dig" if mine else "Hos din ægtefælle",
        part.due_on,
        "Svarer hun eller han ikke, går ansøgningen videre. Dagen, du søgte, tæller stadig."
        if not mine
        else "Din ægtefælle kan ikke se dine svar.",
    )


def _steps(
    received_on: date,
    decision: Decision | None,
    hearing: PartyHearing | None,
    missing: Sequence[DocumentRequest],
    payments: Sequence[PaymentRow],
    answer_by: date | None,
    *,
    spouse_step: CitizenStep | None,
) -> list[CitizenStep]:
    steps = [CitizenStep("Ansøgning sendt", "done", "", received_on)]
    if spouse_step is not None:
        steps.append(spouse_step)
    if missing:
        days = [each.due_on for each in missing if each.due_on is not None]
        steps.append(
            CitizenStep(
                "Du sender papirer",
                "now",
                "Hos dig",
                min(days, default=None),
                "Din ansøgning bliver ikke afvist af sig selv, hvis fristen passerer.",
            )
        )
    if hearing is not None:
        deadline = hearing.last_day
        steps.append(
            CitizenStep(
                "Du bliver hørt",
                "now",
                "Hos dig",
                deadline,
                "Hjælpen stopper ikke af sig selv, hvis fristen passerer.",
            )
        )
    if decision is None:
        waits = spouse_step is not None and spouse_step.state == "now"
        state = "later" if hearing is not None or missing or waits else "now"
        steps.append(CitizenStep("Vi vurderer og afgør", state, "Hos kommunen", answer_by))
        steps.append(CitizenStep("Brev og udbetaling", "later", "Hos kommunen"))
        return steps
    sent = None if decision.sent_at is None else decision.sent_at.astimezone(DENMARK).date()
    steps.append(CitizenStep("Afgørelse truffet", "done", "", sent))
    if payments:
        settled = payments[0].state is PaymentState.SETTLED
        steps.append(
            CitizenStep(
                "Udbetaling",
                "done" if settled else "now",
                "" if settled else "Hos kommunen",
                payments[0].line.disposition_on,
            )
        )
    elif decision.lines:
        steps.append(
            CitizenStep(
                "Udbetaling",
                "now",
                "Hos kommunen",
                None,
                "Beløbet efter skat kan først regnes ud, når skattekortet er kendt.",
            )
        )
    return steps
