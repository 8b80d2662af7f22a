"""Read models for pages that join many tables."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Date,
    Row,
    Text,
    cast,
    exists,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from app.models.base import Moment
from app.models.cases import (
    AssessmentRow,
    CaseRow,
    DocumentRow,
    FactRow,
    NoteRow,
    PartyRow,
)
from app.models.decisions import DecisionRow, HearingRow, LetterRow
from app.models.life import LifeEventRow
from app.models.messages import CaseMessageRow
from app.models.payments import PaymentRow, ReceiptRow
from app.models.processes import UserTaskRow
from app.stores.cases import cases_of
from app.stores.rows import Store, known_id
from app.stores.search import case_matches
from processes.domain.cases import Case
from processes.domain.facts import SourceKind
from processes.domain.life import EVENT_NAMES, EventKind
from processes.domain.money import Money
from processes.domain.payments import PaymentState
from processes.domain.periods import Month
from processes.domain.rules.prose import laws_in_words, month_in_words
from processes.ports.records import TaskState, TimelineItem

OUTCOME_WORDS = {"bevilget": "Bevilget", "delvis": "Delvist bevilget", "afslag": "Afslag"}
PAYMENT_WORDS = {
    PaymentState.PLANNED: "Planlagt",
    PaymentState.ORDERED: "Bestilt",
    PaymentState.ACCEPTED: "Modtaget af NemKonto",
    PaymentState.SETTLED: "Udbetalt",
    PaymentState.REJECTED: "Afvist",
}
DIRECTION_WORDS = {"indgaaende": "Modtaget", "udgaaende": "Sendt", "internt": "Lagt på sagen"}
CHANNEL_WORDS = {
    "digital_post": "Afleveret i Digital Post",
    "fysisk_post": "Sendt som papirbrev",
    "afleveret": "Afleveret på anden måde",
}
MESSAGE_WORDS = {
    "fra_borger": "Besked fra borgeren",
    "fra_kommune": "Besked til borgeren",
    "ventesvar": "Besked til borgeren om ventetid",
}

Happened = Row[Any]
"""One line as the database gives it: source, at, what, detail, by, number, month, document_id."""


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


class SqlReadStore(Store):
    """What the pages show of a case as a whole."""

    def __init__(self, session: Session, municipality_id: int) -> None:
        super().__init__(session)
        self.municipality_id = municipality_id

    def case_timeline(self, case_id: str) -> Sequence[TimelineItem]:
        """Return everything that happened to a case, newest first; one statement."""
        happened = _everything(known_id(case_id, "Sagen")).subquery()
        newest = select(happened).order_by(
            happened.c.at.desc(), happened.c.source.desc(), happened.c.turn.desc(), happened.c.what
        )
        return [_ITEMS[row.source](row) for row in self.session.execute(newest)]

    def search_cases(self, tokens: Sequence[str], *, limit: int) -> Sequence[Case]:
        """Return cases by name prefix, case number or CPR digits, newest first."""
        wanted = [token for token in tokens if token.strip()]
        if not wanted:
            return []
        newest = (
            select(CaseRow)
            .where(case_matches(wanted))
            .order_by(CaseRow.opened_at.desc(), CaseRow.id)
            .limit(limit)
        )
        return cases_of(self.session, self.session.scalars(newest).all())


# ---- the time line ------------------------------------------------------------------------------


def _everything(case_id: str) -> CompoundSelect[Any]:
    """Return the statement that reads every table a time line tells of."""
    of = _of(case_id)
    said = (FactRow.known_from, FactRow.source_kind, FactRow.source_name)
    return union_all(
        # A register's whole answer is one line.
        _line("facts", FactRow.known_from, FactRow.source_name, func.min(FactRow.evidence),
              by=FactRow.source_kind, number=func.count())
        .where(of(FactRow)).group_by(*said),
        _line("task", UserTaskRow.created_at, UserTaskRow.name, turn=UserTaskRow.id)
        .where(of(UserTaskRow)),
        _line("task_done", UserTaskRow.completed_at, UserTaskRow.name, by=UserTaskRow.completed_by,
              turn=UserTaskRow.id)
        .where(of(UserTaskRow), UserTaskRow.state == TaskState.DONE.value),
        _line("hearing", HearingRow.opened_at).where(of(HearingRow)),
        _line("hearing_answered", HearingRow.answered_at)
        .where(of(HearingRow), HearingRow.answered_at.is_not(None)),
        _line("decision", DecisionRow.issued_at, DecisionRow.number + " " + DecisionRow.outcome,
              func.array_to_string(DecisionRow.legal_basis, "\n"), by=DecisionRow.approved_by)
        .where(of(DecisionRow)),
        _line("letter", LetterRow.composed_at, LetterRow.body["title"].as_string(),
              document_id=LetterRow.document_id).where(of(LetterRow)),
        _line("letter_delivered", LetterRow.delivered_at, LetterRow.body["title"].as_string(),
              LetterRow.channel, by=PartyRow.name, document_id=LetterRow.document_id)
        .join(PartyRow, LetterRow.party_id == PartyRow.id)
        .where(of(LetterRow), LetterRow.delivered_at.is_not(None)),
        _line("receipt", ReceiptRow.at, detail=ReceiptRow.state, number=PaymentRow.net_oere,
              month=PaymentRow.month, turn=ReceiptRow.id)
        .join(PaymentRow, ReceiptRow.payment_id == PaymentRow.id).where(of(PaymentRow)),
        _line("note", NoteRow.at, detail=NoteRow.text, by=NoteRow.by).where(of(NoteRow)),
        _line("assessment", AssessmentRow.at, detail=AssessmentRow.text, by=AssessmentRow.by)
        .where(of(AssessmentRow)),
        # A letter's copy is told of with the letter.
        _line("document", DocumentRow.recorded_at, DocumentRow.title, DocumentRow.direction,
              document_id=DocumentRow.id)
        .where(of(DocumentRow), ~exists().where(LetterRow.document_id == DocumentRow.id)),
        _line("event", LifeEventRow.received_at, LifeEventRow.kind, LifeEventRow.text,
              by=LifeEventRow.received_by).where(of(LifeEventRow)),
        _line("message", CaseMessageRow.at, CaseMessageRow.kind, by=CaseMessageRow.by)
        .where(of(CaseMessageRow)),
    )  # fmt: skip


def _of(case_id: str) -> Callable[[Any], ColumnElement[bool]]:
    def of(table: Any) -> ColumnElement[bool]:
        wanted: ColumnElement[bool] = table.case_id == case_id
        return wanted

    return of


def _line(
    source: str,
    at: Any,
    what: Any = "",
    detail: Any = "",
    *,
    by: Any = "",
    number: Any = None,
    month: Any = None,
    document_id: Any = "",
    turn: Any = 0,
) -> Any:
    """Select one kind of line; the same columns whatever it tells of."""
    return select(
        literal(source).label("source"),
        cast(at, Moment).label("at"),
        cast(what, Text).label("what"),
        cast(func.coalesce(cast(detail, Text), ""), Text).label("detail"),
        cast(func.coalesce(cast(by, Text), ""), Text).label("by"),
        cast(null() if number is None else number, BigInteger).label("number"),
        cast(null() if month is None else month, Date).label("month"),
        cast(func.coalesce(cast(document_id, Text), ""), Text).label("document_id"),
        # Of two in the same moment the one that came later is the newer.
        cast(turn, BigInteger).label("turn"),
    )


def _facts(row: Happened) -> TimelineItem:
    noun = "oplysning" if row.number == 1 else "oplysninger"
    # A caseworker's name is for the page to write: the source holds a user id.
    is_person = row.by == SourceKind.CASEWORKER.value
    source = "sagsbehandleren" if is_person else row.what
    title = f"{row.number} {noun} fra {source}"
    return TimelineItem(row.at, "oplysning", title, row.detail, row.what if is_person else "")


def _decision(row: Happened) -> TimelineItem:
    number, _, outcome = row.what.rpartition(" ")
    title = f"Afgørelse {number}: {OUTCOME_WORDS.get(outcome, outcome)}"
    laws = _sentence(laws_in_words(row.detail.split("\n")))
    return TimelineItem(row.at, "afgoerelse", title, laws, row.by)


def _receipt(row: Happened) -> TimelineItem:
    month, net = month_in_words(Month.of(row.month)), Money(row.number).danish()
    words = PAYMENT_WORDS[PaymentState(row.detail)]
    return TimelineItem(row.at, "udbetaling", f"Udbetaling for {month}: {net}", words, "")


def _delivered(row: Happened) -> TimelineItem:
    words = CHANNEL_WORDS.get(row.detail, "Brevet er afleveret")
    told = f"{words}, til {row.by}" if row.by else words
    return TimelineItem(row.at, "brev", row.what, told, "", row.document_id)


def _document(row: Happened) -> TimelineItem:
    words = DIRECTION_WORDS[row.detail]
    return TimelineItem(row.at, "dokument", row.what, words, "", row.document_id)


_ITEMS: Mapping[str, Callable[[Happened], TimelineItem]] = {
    "facts": _facts,
    "task": lambda row: TimelineItem(row.at, "opgave", row.what, "Opgaven er oprettet", ""),
    "task_done": lambda row: TimelineItem(row.at, "opgave", row.what, "Opgaven er løst", row.by),
    "hearing": lambda row: TimelineItem(row.at, "afgoerelse", "Partshøring", "Forberedt", ""),
    "hearing_answered": lambda row: TimelineItem(
        row.at, "afgoerelse", "Partshøring", "Parten har svaret", ""
    ),
    "decision": _decision,
    "letter": lambda row: TimelineItem(
        row.at, "brev", row.what or "Brev", "Brevet er skrevet", "", row.document_id
    ),
    "letter_delivered": _delivered,
    "receipt": _receipt,
    "note": lambda row: TimelineItem(row.at, "notat", "Journalnotat", row.detail, row.by),
    "assessment": lambda row: TimelineItem(row.at, "notat", "Vurdering", row.detail, row.by),
    "document": _document,
    "event": lambda row: TimelineItem(
        row.at, "haendelse", EVENT_NAMES[EventKind(row.what)], row.detail, row.by
    ),
    # What a message says stands with the messages: it is between the municipality and one party.
    "message": lambda row: TimelineItem(row.at, "besked", MESSAGE_WORDS[row.what], "", row.by),
}
"""How each kind of line is told, by the source that `_everything` names."""
