"""Messages (beskeder) in a case, from both sides: read, write, and have them answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from processes.domain.access import Actor, may, require
from processes.domain.cases import Case, PartyRole, Protection
from processes.domain.documents import Document
from processes.domain.errors import NotAllowedError, NotFoundError, RuleError
from processes.domain.messages import unread
from processes.operations.control import Control
from processes.operations.uploads import Uploads
from processes.ports.pages import MessageThread
from processes.ports.records import AuditEvent, TaskState
from processes.ports.stores import UnitOfWork
from processes.stages import messages as message_stage

WRITES = frozenset(
    {PartyRole.PRIMARY, PartyRole.SPOUSE, PartyRole.REPRESENTATIVE, PartyRole.GUARDIAN}
)
"""Who can be written to; never a child."""
MOST_FILES = 10
PLAIN = "text/plain"


class Messages:
    """What citizens and caseworkers write to each other (beskeder)."""

    def __init__(self, control: Control) -> None:
        self.control = control
        self.env = control.env

    # ---- the citizen ---------------------------------------------------------------------

    def mine(self, case_id: str, by: Actor) -> MessageThread:
        """Return one's own messages in a case; what was new is read from now on."""
        require(by, "citizen.follow")
        with self.env.uow(by.municipality_id) as uow:
            case = uow.cases.get(case_id)
            thread = thread_of(uow, case, own_party(case, by))
            new = [each.id for each in unread(thread.messages, by_party=True)]
            uow.messages.mark_read(new, at=self.env.now())
            self._look(uow, by, "message.read", case_id)
            uow.commit()
            return thread

    def write(self, case_id: str, text: str, files: Sequence[tuple[str, bytes]], by: Actor) -> None:
        """Write to the municipality about one's own case (skriv til kommunen)."""
        require(by, "citizen.write")
        with self.env.uow(by.municipality_id) as uow:
            own = own_party(uow.cases.get(case_id), by)
        attachments = self._attachments(case_id, files, by)
        with self.env.uow(by.municipality_id) as uow:
            # One message at a time: two at once would open two tasks.
            uow.cases.lock(case_id)
            message_stage.receive(
                self.env.context(uow, by), case_id, text, attachments, party_id=own
            )
            uow.commit()
        self.env.wake()

    # ---- the desk ------------------------------------------------------------------------

    def of_case(self, case_id: str, by: Actor) -> Sequence[MessageThread]:
        """Return what each adult of a case and the municipality wrote to each other."""
        require(by, "message.read")
        with self.env.uow(by.municipality_id) as uow:
            case = self._case(uow, case_id, by)
            threads = [
                thread_of(uow, case, party.id) for party in case.parties if party.role in WRITES
            ]
            if may(by, "message.write"):
                said = [each for thread in threads for each in thread.messages]
                new = [each.id for each in unread(said, by_party=False)]
                uow.messages.mark_read(new, at=self.env.now())
            self._look(uow, by, "message.read", case_id)
            uow.commit()
            return threads

    def write_to(
        self,
        case_id: str,
        party_id: str,
        text: str,
        files: Sequence[tuple[str, bytes]],
        by: Actor,
    ) -> None:
        """Write to a party of a case (skriv til borgeren)."""
        require(by, "message.write")
        with self.env.uow(by.municipality_id) as uow:
            case = self._case(uow, case_id, by)
        if party_id not in {each.id for each in case.parties if each.role in WRITES}:
            raise NotFoundError("Parten findes ikke i sagen. Vælg, hvem du skriver til.")
        attachments = self._attachments(case_id, files, by)
        with self.env.uow(by.municipality_id) as uow:
            message_stage.write(
                self.env.context(uow, by), case_id, text, attachments, party_id=party_id
            )
            self._look(uow, by, "message.write", case_id)
            uow.commit()
        self.env.wake()

    # ---- parts ---------------------------------------------------------------------------

    def _attachments(
        self, case_id: str, files: Sequence[tuple[str, bytes]], by: Actor
    ) -> list[message_stage.Attachment]:
        if len(files) > MOST_FILES:
            raise RuleError(
                f"Du kan vedhæfte {MOST_FILES} filer ad gangen. Send resten i en besked mere."
            )
        return [
            message_stage.Attachment(each.name, each.content, each.media_type, each.is_scanned)
            for each in Uploads(self.env).checked(files, by, subject=f"case:{case_id}")
        ]

    def _case(self, uow: UnitOfWork, case_id: str, by: Actor) -> Case:
        case = uow.cases.get(case_id)
        is_protected = case.protection is not Protection.NORMAL or any(
            each.protection is not Protection.NORMAL for each in case.parties
        )
        if is_protected and not may(by, "protected.read"):
            raise NotAllowedError(
                "Sagen er beskyttet, og din rolle giver ikke adgang."
                " Søg adgang med en begrundelse hos din teamleder."
            )
        return case

    def _look(self, uow: UnitOfWork, by: Actor, action: str, case_id: str) -> None:
        uow.audit.add(AuditEvent(self.env.now(), by.user, str(by.role), action, f"case:{case_id}"))


def own_party(case: Case, by: Actor) -> str:
    """Return which party one is; somebody else's case does not exist."""
    for party in case.parties:
        if party.cpr.digits == by.party_cpr_digits and party.role is not PartyRole.CHILD:
            return party.id
    raise NotFoundError("Sagen findes ikke, eller den er ikke din. Gå til Min side.")


def thread_of(uow: UnitOfWork, case: Case, party_id: str) -> MessageThread:
    """Return the messages of one party, each with its files; the words' own copies are no files."""
    said = [each for each in uow.messages.of_case(case.id) if each.party_id == party_id]
    ids = {each.id for each in said}
    files: dict[str, list[Document]] = defaultdict(list)
    for document in uow.cases.documents(case.id):
        if document.subject_id in ids and document.media_type != PLAIN:
            files[str(document.subject_id)].append(document)
    task = next(
        (
            task.id
            for task in uow.processes.tasks_of_case(case.id)
            if task.form_key == message_stage.ANSWER_FORM
            and task.state is TaskState.OPEN
            and task.variables.get("party_id") == party_id
        ),
        None,
    )
    names = {
        each.by: uow.setup.user(each.by).name
        for each in said
        if not each.is_from_citizen and each.by != "system"
    }
    return MessageThread(case, party_id, said, files, task, names)
