"""Rows to cases, parties, applications, documents, notes and assessments, and back."""

from collections.abc import Sequence

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from app.models.cases import (
    ApplicationRow,
    AssessmentRow,
    CaseCounterRow,
    CaseRow,
    DocumentRow,
    NoteRow,
    PartyRow,
    PartyTokenRow,
)
from app.stores.files import FileStore
from app.stores.rows import Store, known_id, missing
from app.stores.search import name_words
from processes.domain.cases import Application, Case, CaseState, Party, PartyRole, Protection
from processes.domain.documents import Direction, Document, JournalNote
from processes.domain.identifiers import Cpr, Kle
from processes.ports.records import Assessment


def party_of(row: PartyRow) -> Party:
    """Make a party of its row."""
    return Party(
        id=row.id,
        case_id=row.case_id,
        role=PartyRole(row.role),
        cpr=Cpr(row.cpr),
        name=row.name,
        address_lines=tuple(row.address_lines),
        protection=Protection(row.protection),
    )


def case_of(row: CaseRow, parties: Sequence[PartyRow]) -> Case:
    """Make a case of its row and its parties' rows."""
    return Case(
        id=row.id,
        number=row.number,
        municipality_id=row.municipality_id,
        kle=Kle(row.kle_subject, row.kle_facet),
        benefit=row.benefit,
        title=row.title,
        state=CaseState(row.state),
        unit=row.unit,
        caseworker=row.caseworker,
        protection=Protection(row.protection),
        opened_at=row.opened_at,
        parties=tuple(party_of(party) for party in parties),
    )


def cases_of(session: Session, rows: Sequence[CaseRow]) -> list[Case]:
    """Make cases of their rows, in the same order; all parties in one statement."""
    wanted = select(PartyRow).where(PartyRow.case_id.in_([row.id for row in rows]))
    parties: dict[str, list[PartyRow]] = {}
    for party in session.scalars(wanted.order_by(PartyRow.position)):
        parties.setdefault(party.case_id, []).append(party)
    return [case_of(row, parties.get(row.id, [])) for row in rows]


def application_of(row: ApplicationRow) -> Application:
    """Make an application of its row."""
    return Application(
        id=row.id,
        case_id=row.case_id,
        received_at=row.received_at,
        contact_on=row.contact_on,
        requested_from=row.requested_from,
        applies_jointly=row.applies_jointly,
        channel=row.channel,
        answers=row.answers,
        message_id=row.message_id,
    )


def document_of(row: DocumentRow) -> Document:
    """Make a document's record of its row."""
    return Document(
        id=row.id,
        case_id=row.case_id,
        title=row.title,
        direction=Direction(row.direction),
        media_type=row.media_type,
        sha256=row.sha256,
        size_bytes=row.size_bytes,
        recorded_at=row.recorded_at,
        party_id=row.party_id,
        subject_id=row.subject_id,
        is_scanned=row.is_scanned,
    )


class SqlCaseStore(Store):
    """Cases, parties, applications, documents, notes."""

    def __init__(self, session: Session, municipality_id: int) -> None:
        super().__init__(session)
        self.municipality_id = municipality_id
        self.files = FileStore(session)

    def add(self, case: Case) -> None:
        """Save a new case with its parties."""
        if case.municipality_id != self.municipality_id:
            raise ValueError(
                f"case of municipality {case.municipality_id} in a unit of work of"
                f" {self.municipality_id}"
            )
        self.insert(
            CaseRow,
            [
                {
                    "id": case.id,
                    "number": case.number,
                    "kle_subject": case.kle.subject,
                    "kle_facet": case.kle.facet,
                    "benefit": case.benefit,
                    "title": case.title,
                    "state": case.state.value,
                    "unit": case.unit,
                    "caseworker": case.caseworker,
                    "protection": case.protection.value,
                    "opened_at": case.opened_at,
                }
            ],
        )
        for position, party in enumerate(case.parties):
            self._insert_party(party, position)

    def get(self, case_id: str) -> Case:
        """Return a case with its parties."""
        wanted = (
            select(CaseRow, PartyRow)
            .outerjoin(PartyRow, PartyRow.case_id == CaseRow.id)
            .where(CaseRow.id == known_id(case_id, "Sagen"))
            .order_by(PartyRow.position)
        )
        rows = self.session.execute(wanted).all()
        if not rows:
            raise missing("Sagen")
        return case_of(rows[0][0], [party for _, party in rows if party is not None])

    def lock(self, case_id: str) -> Case:
        """Return a case and hold its row until the transaction ends."""
        return self._case(select(CaseRow).with_for_update(key_share=True), case_id)

    def _case(self, statement: Select[CaseRow], case_id: str) -> Case:
        wanted = statement.where(CaseRow.id == known_id(case_id, "Sagen"))
        return cases_of(self.session, [self.one(wanted, "Sagen")])[0]

    def next_number(self, year: int) -> str:
        """Return the next case number of the year; others wait for it until the commit."""
        counted = (
            upsert(CaseCounterRow)
            .values(year=year, last_number=1)
            .on_conflict_do_update(
                index_elements=["municipality_id", "year"],
                set_={"last_number": CaseCounterRow.last_number + 1},
            )
            .returning(CaseCounterRow.last_number)
        )
        return f"{year}-{self.session.execute(counted).scalar_one():06d}"

    def set_state(self, case_id: str, state: CaseState) -> None:
        """Write a state the domain has checked the move to."""
        self.session.execute(update(CaseRow).where(CaseRow.id == case_id).values(state=state.value))

    def set_caseworker(self, case_id: str, user: str) -> None:
        """Say who has the case."""
        self.session.execute(update(CaseRow).where(CaseRow.id == case_id).values(caseworker=user))

    def add_party(self, party: Party) -> None:
        """Add a party found later."""
        position = select(func.count()).where(PartyRow.case_id == party.case_id)
        self._insert_party(party, self.session.execute(position).scalar_one())

    def _insert_party(self, party: Party, position: int) -> None:
        self.insert(
            PartyRow,
            [
                {
                    "id": party.id,
                    "case_id": party.case_id,
                    "position": position,
                    "role": party.role.value,
                    "cpr": party.cpr.digits,
                    "name": party.name,
                    "address_lines": list(party.address_lines),
                    "protection": party.protection.value,
                }
            ],
        )
        self._insert_tokens(party)

    def _insert_tokens(self, party: Party) -> None:
        self.insert(
            PartyTokenRow,
            [
                {"token": word, "party_id": party.id, "case_id": party.case_id}
                for word in name_words(party.name)
            ],
        )

    def update_party(self, party: Party) -> None:
        """Refresh name, address and protection of a party."""
        self.session.execute(
            update(PartyRow)
            .where(PartyRow.id == party.id)
            .values(
                role=party.role.value,
                name=party.name,
                address_lines=list(party.address_lines),
                protection=party.protection.value,
            )
        )
        self.session.execute(delete(PartyTokenRow).where(PartyTokenRow.party_id == party.id))
        self._insert_tokens(party)

    def of_person(self, cpr_digits: str) -> Sequence[Case]:
        """Return the cases a person is party to, newest first."""
        mine = select(PartyRow.case_id).where(PartyRow.cpr == cpr_digits)
        newest = select(CaseRow).where(CaseRow.id.in_(mine))
        rows = self.session.scalars(newest.order_by(CaseRow.opened_at.desc(), CaseRow.id)).all()
        return cases_of(self.session, rows)

    def add_application(self, application: Application) -> None:
        """Save an application as received."""
        self.insert(
            ApplicationRow,
            [
                {
                    "id": application.id,
                    "case_id": application.case_id,
                    "received_at": application.received_at,
                    "contact_on": application.contact_on,
                    "requested_from": application.requested_from,
                    "applies_jointly": application.applies_jointly,
                    "channel": application.channel,
                    "answers": application.answers,
                    "message_id": application.message_id,
                }
            ],
        )

    def application(self, application_id: str) -> Application:
        """Return an application."""
        wanted = known_id(application_id, "Ansøgningen")
        return application_of(
            self.one(select(ApplicationRow).where(ApplicationRow.id == wanted), "Ansøgningen")
        )

    def application_of_case(self, case_id: str) -> Application:
        """Return the newest application of a case."""
        newest = (
            select(ApplicationRow)
            .where(ApplicationRow.case_id == known_id(case_id, "Sagen"))
            .order_by(ApplicationRow.received_at.desc(), ApplicationRow.id.desc())
            .limit(1)
        )
        return application_of(self.one(newest, "Ansøgningen"))

    def application_by_message(self, channel: str, message_id: str) -> Application | None:
        """Return what a channel's message already became, if it did."""
        row = self.session.scalars(
            select(ApplicationRow).where(
                ApplicationRow.channel == channel, ApplicationRow.message_id == message_id
            )
        ).first()
        return None if row is None else application_of(row)

    def add_document(self, document: Document, content: bytes) -> None:
        """Save a document and its content by digest, written once."""
        self.files.put(document.sha256, content)
        self.insert(
            DocumentRow,
            [
                {
                    "id": document.id,
                    "case_id": document.case_id,
                    "title": document.title,
                    "direction": document.direction.value,
                    "media_type": document.media_type,
                    "sha256": document.sha256,
                    "size_bytes": document.size_bytes,
                    "recorded_at": document.recorded_at,
                    "party_id": document.party_id,
                    "subject_id": document.subject_id,
                    "is_scanned": document.is_scanned,
                }
            ],
        )

    def documents(self, case_id: str) -> Sequence[Document]:
        """Return a case's documents, newest first."""
        rows = self.session.scalars(
            select(DocumentRow)
            .where(DocumentRow.case_id == known_id(case_id, "Sagen"))
            .order_by(DocumentRow.recorded_at.desc(), DocumentRow.id)
        )
        return [document_of(row) for row in rows]

    def document(self, document_id: str) -> Document:
        """Return one document's record."""
        wanted = known_id(document_id, "Dokumentet")
        return document_of(
            self.one(select(DocumentRow).where(DocumentRow.id == wanted), "Dokumentet")
        )

    def content(self, document_id: str) -> bytes:
        """Return a document's exact bytes."""
        return self.files.get(self.document(document_id).sha256)

    def add_note(self, note: JournalNote) -> None:
        """Add a journal note."""
        row = {"id": note.id, "case_id": note.case_id, "text": note.text, "by": note.by}
        self.insert(NoteRow, [{**row, "at": note.at}])

    def notes(self, case_id: str) -> Sequence[JournalNote]:
        """Return a case's notes, newest first."""
        rows = self.session.scalars(
            select(NoteRow)
            .where(NoteRow.case_id == known_id(case_id, "Sagen"))
            .order_by(NoteRow.at.desc(), NoteRow.id)
        )
        return [JournalNote(row.id, row.case_id, row.text, row.by, row.at) for row in rows]

    def add_assessment(self, assessment: Assessment) -> None:
        """Save what a caseworker made of facts and conditions."""
        self.insert(
            AssessmentRow,
            [
                {
                    "id": assessment.id,
                    "case_id": assessment.case_id,
                    "by": assessment.by,
                    "at": assessment.at,
                    "discretion": assessment.discretion,
                    "text": assessment.text,
                }
            ],
        )

    def assessments(self, case_id: str) -> Sequence[Assessment]:
        """Return a case's assessments, newest first."""
        rows = self.session.scalars(
            select(AssessmentRow)
            .where(AssessmentRow.case_id == known_id(case_id, "Sagen"))
            .order_by(AssessmentRow.at.desc(), AssessmentRow.id)
        )
        return [
            Assessment(row.id, row.case_id, row.by, row.at, row.discretion, row.text)
            for row in rows
        ]
