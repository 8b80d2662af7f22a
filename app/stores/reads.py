"""Read models for pages that join many tables."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.cases import CaseRow
from app.models.processes import HistoryEventRow, InstanceRow
from app.stores.cases import SqlCaseStore, cases_of
from app.stores.decisions import SqlDecisionStore, SqlHearingStore
from app.stores.facts import SqlFactStore
from app.stores.letters import SqlLetterStore
from app.stores.payments import SqlPaymentStore
from app.stores.processes import SqlProcessStore
from app.stores.rows import Store, known_id
from app.stores.search import case_matches
from processes.domain.cases import Case
from processes.domain.facts import SourceKind
from processes.domain.payments import PaymentState
from processes.domain.rules.prose import laws_in_words, month_in_words
from processes.ports.records import TaskState, TimelineItem

SEEN_ON_THE_LINE = ("userTask", "serviceTask", "businessRuleTask", "callActivity", "endEvent")
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


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


class SqlReadStore(Store):
    """What the pages show of a case as a whole."""

    def __init__(self, session: Session, municipality_id: int) -> None:
        super().__init__(session)
        self.municipality_id = municipality_id

    def case_timeline(self, case_id: str) -> Sequence[TimelineItem]:
        """Return everything that happened to a case, newest first."""
        known_id(case_id, "Sagen")
        sources = (
            self._facts,
            self._tasks,
            self._decisions,
            self._letters,
            self._payments,
            self._papers,
            self._process,
        )
        items = [item for source in sources for item in source(case_id)]
        return sorted(items, key=lambda item: item.at, reverse=True)

    def _facts(self, case_id: str) -> Iterator[TimelineItem]:
        """Yield one item for each source and moment, so that a register answer is one line."""
        counted: dict[tuple[object, str, str], int] = {}
        for fact in SqlFactStore(self.session).of_case(case_id):
            said = (fact.known_from, fact.source.kind.value, fact.source.name)
            counted[said] = counted.get(said, 0) + 1
        for fact in SqlFactStore(self.session).of_case(case_id):
            said = (fact.known_from, fact.source.kind.value, fact.source.name)
            if (count := counted.pop(said, 0)) > 0:
                noun = "oplysning" if count == 1 else "oplysninger"
                # A caseworker's name is for the page to write: the source holds a user id.
                is_person = fact.source.kind is SourceKind.CASEWORKER
                source = "sagsbehandleren" if is_person else fact.source.name
                yield TimelineItem(
                    fact.known_from,
                    "oplysning",
                    f"{count} {noun} fra {source}",
                    fact.source.evidence,
                    fact.source.name if is_person else "",
                )

    def _tasks(self, case_id: str) -> Iterator[TimelineItem]:
        for task in SqlProcessStore(self.session).tasks_of_case(case_id):
            yield TimelineItem(task.created_at, "opgave", task.name, "Opgaven er oprettet", "")
            if task.state is TaskState.DONE and task.completed_at is not None:
                by = task.completed_by or ""
                yield TimelineItem(task.completed_at, "opgave", task.name, "Opgaven er løst", by)

    def _decisions(self, case_id: str) -> Iterator[TimelineItem]:
        for hearing in SqlHearingStore(self.session).of_case(case_id):
            yield TimelineItem(hearing.opened_at, "afgoerelse", "Partshøring", "Forberedt", "")
            if hearing.answered_at is not None:
                yield TimelineItem(
                    hearing.answered_at, "afgoerelse", "Partshøring", "Parten har svaret", ""
                )
        for decision in SqlDecisionStore(self.session).of_case(case_id):
            words = OUTCOME_WORDS.get(decision.outcome.value, decision.outcome.value)
            yield TimelineItem(
                decision.issued_at,
                "afgoerelse",
                f"Afgørelse {decision.number}: {words}",
                _sentence(laws_in_words(decision.legal_basis)),
                decision.approved_by or "",
            )

    def _letters(self, case_id: str) -> Iterator[TimelineItem]:
        for letter in SqlLetterStore(self.session).of_case(case_id):
            title = str(letter.body.get("title", "Brev"))
            yield TimelineItem(letter.composed_at, "brev", title, "Brevet er skrevet", "")
            if letter.delivered_at is not None:
                words = CHANNEL_WORDS.get(letter.channel or "", "Brevet er afleveret")
                yield TimelineItem(letter.delivered_at, "brev", title, words, "")

    def _payments(self, case_id: str) -> Iterator[TimelineItem]:
        store = SqlPaymentStore(self.session)
        for line, receipts in store.receipts_of_case(case_id):
            title = f"Udbetaling for {month_in_words(line.month)}: {line.net.danish()}"
            for receipt in receipts:
                yield TimelineItem(
                    receipt.at, "udbetaling", title, PAYMENT_WORDS[receipt.state], ""
                )

    def _papers(self, case_id: str) -> Iterator[TimelineItem]:
        store = SqlCaseStore(self.session, self.municipality_id)
        for note in store.notes(case_id):
            yield TimelineItem(note.at, "notat", "Journalnotat", note.text, note.by)
        for assessment in store.assessments(case_id):
            yield TimelineItem(assessment.at, "notat", "Vurdering", assessment.text, assessment.by)
        for document in store.documents(case_id):
            words = DIRECTION_WORDS[document.direction.value]
            yield TimelineItem(document.recorded_at, "notat", document.title, words, "")

    def _process(self, case_id: str) -> Iterator[TimelineItem]:
        wanted = (
            select(HistoryEventRow, InstanceRow.process_key)
            .join(InstanceRow, HistoryEventRow.instance_id == InstanceRow.id)
            .where(
                InstanceRow.case_id == case_id,
                HistoryEventRow.what == "completed",
                HistoryEventRow.element_kind.in_(SEEN_ON_THE_LINE),
            )
            .order_by(HistoryEventRow.id)
        )
        for event, process_key in self.session.execute(wanted):
            yield TimelineItem(event.at, "proces", event.element_id, process_key, event.by or "")

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
