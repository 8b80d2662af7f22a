"""Ask a citizen for papers, take them in, and judge them (indhent dokumentation, RSL § 11).

A deadline that runs out changes nothing: one reminder, and then a person goes on with what there is
(RSL § 11 b).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from processes.domain import documents
from processes.domain.cases import Case
from processes.domain.deadlines import DeadlineKind
from processes.domain.documents import (
    CheckedFile,
    Collecting,
    Direction,
    DocumentKind,
    DocumentRequest,
    RequestState,
    UploadedFile,
)
from processes.domain.errors import ConflictError, RuleError
from processes.domain.facts import FactKind, Facts, FactStatus
from processes.domain.periods import DENMARK
from processes.ports.records import TaskState, UserTask
from processes.steps import StepContext, Variables, receives, step

LATE_FORM = "casework.late_paper"
LATE_DAYS = 5
"""Working days to look at a paper that came after the collecting ended."""
CLOSING_TIME = time(15, 30)
ACCEPT, AGAIN, DROP = "accept", "again", "drop"
"""What a caseworker can make of a paper."""


# ---- the list ---------------------------------------------------------------------------------


@step("documents.grounds")
def grounds(ctx: StepContext, *, case_id: str) -> Variables:
    """Read what the list of papers depends on: the cause, and what is known without papers."""
    case = ctx.uow.cases.get(case_id)
    application = ctx.uow.cases.application_of_case(case_id)
    known = Facts.as_known(ctx.uow.facts.of_case(case_id), ctx.now)
    day = application.requested_from.replace(day=1)
    income = known.on(case.primary_party.id, FactKind.WORK_INCOME, day)
    return {
        "reason": application.answers.get("reason", ""),
        "explained": bool(application.answers.get("reason_text", "").strip()),
        "income_unknown": income is None or income.status is FactStatus.UNKNOWN,
    }


@step("documents.request")
def request(ctx: StepContext, *, case_id: str, document_kinds: str) -> Variables:
    """Write the list of what the party must send; what was asked for before is not asked twice."""
    asked = _ask(ctx, ctx.uow.cases.get(case_id), documents.kinds_in(document_kinds))
    if asked:
        ctx.note(case_id, f"Papirer, der mangler: {_names(asked)}.")
    return _stock(ctx, case_id)


def _ask(
    ctx: StepContext, case: Case, kinds: Iterable[DocumentKind], *, again: bool = False
) -> list[DocumentRequest]:
    party = case.primary_party
    earlier = {
        each.kind: each for each in ctx.uow.papers.of_case(case.id) if each.party_id == party.id
    }
    asked = []
    for kind in kinds:
        before = earlier.get(kind)
        if before is None:
            paper = DocumentRequest(
                id=ctx.new_id(),
                case_id=case.id,
                party_id=party.id,
                kind=kind,
                state=RequestState.ASKED,
                asked_at=ctx.now,
            )
        elif again and before.state is RequestState.DROPPED:
            paper = documents.move(before, RequestState.ASKED, at=ctx.now)
        else:
            continue
        ctx.uow.papers.save(paper)
        asked.append(paper)
    return asked


def _names(papers: Iterable[DocumentRequest]) -> str:
    return ", ".join(each.name for each in papers)


def _stock(ctx: StepContext, case_id: str) -> Variables:
    papers = ctx.uow.papers.of_case(case_id)
    return {
        "documents_missing": len(documents.still_missing(papers)),
        "documents_received": len(documents.to_look_at(papers)),
    }


@receives("casework.review_documents")
def review(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record what a caseworker took off the list, or put on it, before anybody is asked."""
    dropped = _texts(values["dropped"])
    added = [DocumentKind(each) for each in _texts(values["added"])]
    text = str(values["text"]).strip()
    papers = {each.id: each for each in ctx.uow.papers.of_case(task.case_id)}
    gone = [papers[each] for each in dropped]
    for paper in gone:
        ctx.uow.papers.save(documents.move(paper, RequestState.DROPPED, at=ctx.now, note=text))
    case = ctx.uow.cases.get(task.case_id)
    asked = _ask(ctx, case, added, again=True)
    if gone or asked or text:
        said = [
            f"Taget af listen: {_names(gone)}." if gone else "",
            f"Sat på listen: {_names(asked)}." if asked else "",
            text,
        ]
        ctx.note(task.case_id, " ".join(part for part in said if part))
    return _stock(ctx, task.case_id)


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise TypeError("a form hands over a list")
    return tuple(str(each) for each in value)


# ---- the deadline -----------------------------------------------------------------------------


@step("documents.start_deadline")
def start_deadline(ctx: StepContext, *, case_id: str, reminder: bool) -> Variables:
    """Count the deadline from the day the letter was delivered; more time after the reminder.

    Units: calendar days that never end on a closing day; an ISO moment out.
    """
    kind = DeadlineKind.REMINDER if reminder else DeadlineKind.DOCUMENTS
    days = ctx.deadline_days(ctx.uow.cases.get(case_id).benefit, kind)
    last_day = documents.last_day(ctx.now, days, ctx.calendar)
    for paper in documents.still_missing(ctx.uow.papers.of_case(case_id)):
        ctx.uow.papers.save(replace(paper, due_on=last_day))
    return {
        "documents_deadline_at": documents.end_of_last_day(last_day).isoformat(),
        "documents_reminded": reminder,
    }


@step("documents.take_stock")
def take_stock(ctx: StepContext, *, case_id: str) -> Variables:
    """Count what has come and what is missing; nothing else changes."""
    return _stock(ctx, case_id)


@receives("casework.documents_lapsed")
def conclude(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record on what a caseworker goes on when papers did not come (RSL § 11 b).

    What was asked for stays open: a paper that comes before the decision still counts.
    """
    conclusion = str(values["conclusion"]).strip()
    if not conclusion:
        raise RuleError("Skriv, hvad du lægger til grund, når papirerne ikke er kommet.")
    missing = documents.still_missing(ctx.uow.papers.of_case(task.case_id))
    ctx.note(
        task.case_id,
        f"Papirer er ikke kommet: {_names(missing) or 'ingen'}. Der afgøres på det, vi har."
        f" {conclusion}",
    )
    return {}


# ---- what comes -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Paper:
    """One file as it comes in, with what it is by its content."""

    content: bytes
    media_type: str
    is_scanned: bool = False


def receive(
    ctx: StepContext,
    request_id: str,
    papers: Sequence[Paper],
    *,
    said: str,
    collecting: Collecting = Collecting.UNDER_WAY,
) -> DocumentRequest:
    """Take in what a party sent for a request, and tell the process that waits for it.

    `said` is who brought it, for the journal: `fra borgeren på Min side`. When nobody waits any
    more, it becomes a task of its own.
    """
    if not papers:
        raise RuleError("Vælg mindst én fil, før du sender.")
    asked = ctx.uow.papers.request(request_id)
    if asked.state not in {RequestState.ASKED, RequestState.RECEIVED}:
        raise ConflictError(f"Vi mangler ikke længere '{asked.name}'. Det skal du ikke sende.")
    received = documents.move(asked, RequestState.RECEIVED, at=ctx.now)
    ctx.uow.papers.save(received)
    file(
        ctx,
        asked.case_id,
        papers,
        title=asked.name,
        party_id=asked.party_id,
        subject_id=asked.id,
        said=said,
    )
    if collecting is Collecting.ENDED:
        tell_late(ctx, asked.case_id)
    else:
        ctx.tell("documents-received", asked.case_id, {}, case_id=asked.case_id, tries=ctx.new_id())
    return received


def tell_late(ctx: StepContext, case_id: str) -> None:
    """Have somebody look at what came after the collecting ended; one task for all that comes."""
    is_open = any(
        task.form_key == LATE_FORM and task.state is TaskState.OPEN
        for task in ctx.uow.processes.tasks_of_case(case_id)
    )
    if not is_open:
        # One message for what is sent in one go, whatever the number of papers.
        ctx.tell(
            "late-paper-received",
            case_id,
            {"case_id": case_id},
            case_id=case_id,
            tries=ctx.now.isoformat(),
        )


def file(
    ctx: StepContext,
    case_id: str,
    papers: Sequence[Paper],
    *,
    title: str,
    party_id: str,
    subject_id: str | None,
    said: str,
) -> None:
    """File what came on the case, one document a file, numbered when there are several."""
    earlier = sum(
        1
        for each in ctx.uow.cases.documents(case_id)
        if subject_id is not None and each.subject_id == subject_id
    )
    total = earlier + len(papers)
    for number, paper in enumerate(papers, start=earlier + 1):
        ctx.file(
            case_id,
            f"{title} ({number})" if total > 1 else title,
            paper.content,
            direction=Direction.IN,
            media_type=paper.media_type,
            party_id=party_id,
            subject_id=subject_id,
            is_scanned=paper.is_scanned,
        )
    ctx.note(case_id, f"Papir modtaget {said}: {title}, {len(papers)} fil(er).")


def choose_file(
    ctx: StepContext, request_id: str, file: CheckedFile, *, party_id: str
) -> UploadedFile:
    """Keep a file a party has chosen, until it is sent or taken away."""
    asked = ctx.uow.papers.request(request_id)
    waiting = [each for each in ctx.uow.papers.files(asked.case_id) if each.request_id == asked.id]
    if len(waiting) >= documents.MOST_FILES_WAITING:
        raise RuleError(
            f"Du kan sende {documents.MOST_FILES_WAITING} filer ad gangen."
            " Send dem, du har valgt, og vælg så resten."
        )
    chosen = UploadedFile(
        id=ctx.new_id(),
        request_id=asked.id,
        case_id=asked.case_id,
        party_id=party_id,
        name=file.name,
        media_type=file.media_type,
        size_bytes=len(file.content),
        # Pages of one paper keep the order they were chosen in, also within one moment.
        uploaded_at=ctx.now + timedelta(microseconds=len(waiting)),
        is_scanned=file.is_scanned,
    )
    ctx.uow.papers.add_file(chosen, file.content)
    return chosen


def send_chosen(
    ctx: StepContext, case_id: str, *, party_id: str, collecting: Collecting
) -> list[DocumentRequest]:
    """Send every file a party has chosen; from now on they are documents of the case."""
    by_request: dict[str, list[Paper]] = {}
    for chosen in ctx.uow.papers.files(case_id):
        if chosen.party_id == party_id:
            content = ctx.uow.papers.take_file(chosen.id)
            paper = Paper(content, chosen.media_type, chosen.is_scanned)
            by_request.setdefault(chosen.request_id, []).append(paper)
    if not by_request:
        raise RuleError("Du har ikke valgt nogen filer endnu. Vælg dem først, og send så.")
    return [
        receive(ctx, request_id, papers, said="fra borgeren på Min side", collecting=collecting)
        for request_id, papers in by_request.items()
    ]


@receives("casework.check_documents")
def check(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record what a caseworker made of each paper: accepted, asked for again, or not needed."""
    judged = values["judged"]
    if not isinstance(judged, tuple):
        raise TypeError("the form hands over a verdict for each paper")
    verdicts = {str(paper_id): (str(verdict), str(note)) for paper_id, verdict, note in judged}
    papers = ctx.uow.papers.of_case(task.case_id)
    unseen = [each for each in documents.to_look_at(papers) if each.id not in verdicts]
    if unseen:
        raise RuleError(
            f"Der er kommet mere, siden du åbnede opgaven: {_names(unseen)}. Åbn opgaven igen."
        )
    ask_again = False
    said = [str(values["text"]).strip()]
    for paper in documents.to_look_at(papers):
        verdict, note = verdicts[paper.id]
        state = {
            ACCEPT: RequestState.ACCEPTED,
            AGAIN: RequestState.ASKED,
            DROP: RequestState.DROPPED,
        }[verdict]
        if state is RequestState.ASKED and not note.strip():
            raise RuleError(f"Skriv, hvad der er galt med '{paper.name}'. Borgeren får det at se.")
        moved = documents.move(paper, state, at=ctx.now, note=note.strip())
        ctx.uow.papers.save(replace(moved, due_on=None) if moved.is_open else moved)
        ask_again = ask_again or moved.is_open
        said.append(f"{paper.name}: {state}{f' ({note.strip()})' if note.strip() else ''}.")
    ctx.note(task.case_id, " ".join(part for part in said if part))
    return {**_stock(ctx, task.case_id), "ask_again": ask_again}


# ---- what comes late --------------------------------------------------------------------------


@step("documents.late_deadline")
def late_deadline(ctx: StepContext, *, case_id: str) -> Variables:
    """Set by when somebody looks at a paper that came late.

    Units: working days in, an ISO moment out.
    """
    last_day = ctx.calendar.working_days_after(ctx.today, LATE_DAYS)
    return {"late_paper_due_at": datetime.combine(last_day, CLOSING_TIME, DENMARK).isoformat()}


@receives(LATE_FORM)
def look_at_late(ctx: StepContext, task: UserTask, values: Mapping[str, object]) -> Variables:
    """Record what a paper means that came after the collecting ended (sent papir).

    What was decided stays decided: at most the case is assessed again.
    """
    came = documents.to_look_at(ctx.uow.papers.of_case(task.case_id))
    for paper in came:
        ctx.uow.papers.save(documents.move(paper, RequestState.ACCEPTED, at=ctx.now))
    matters = bool(values["matters"])
    then = "Sagen skal vurderes igen." if matters else "Det ændrer ikke sagen."
    ctx.note(task.case_id, f"Sent papir: {_names(came) or 'svar'}. {values['text']} {then}")
    return {"late_paper_matters": matters}
