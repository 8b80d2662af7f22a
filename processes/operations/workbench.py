"""The process owner's workbench: draw, ask for approval, approve as somebody else, switch on.

A draft is a unit: a diagram with every diagram it calls. It is judged by the same gate as a
deployment, and what is approved is exactly what was submitted, told by its digest. What is switched
on never changes; the way back is a new version with the old content, by two persons like any other.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from processes.domain.access import ROLE_NAMES as ROLE_WORDS
from processes.domain.access import Actor, Role, require
from processes.domain.errors import ConflictError, NotFoundError, RuleError, TwoPersonError
from processes.engine.assessing import LATE
from processes.engine.definitions import parse_bundle
from processes.engine.diagrams import Diagram
from processes.engine.difference import differences
from processes.engine.drafts import open_draft
from processes.engine.findings import ERROR, DeploymentError, Finding
from processes.engine.lint import ROLES
from processes.engine.outline import outline
from processes.engine.reading import read_diagram
from processes.operations.control import Control
from processes.operations.deployment import Deployed, Deployment
from processes.ports.records import AuditEvent
from processes.ports.stores import UnitOfWork
from processes.ports.workbench import (
    Assessment,
    Comparison,
    DraftEvent,
    DraftKind,
    DraftPage,
    DraftStage,
    Files,
    Judge,
    LibraryPage,
    LibraryRow,
    Opened,
    ProcessDraft,
    ProcessPage,
    Retired,
    Running,
    Underway,
    VersionLine,
    VersionRow,
)

MAX_UPLOAD = 2_000_000
MOST_SAID = 10
"""What a history of a draft says of what was changed when it was brought in."""
MAX_FILES = 60
DRAWN = frozenset({"created", "uploaded", "saved", "submitted"})
"""What makes somebody one of those who drew a draft."""
FILE_NAME = re.compile(r"[a-z][a-z0-9_]{0,80}\.(?:bpmn|dmn)")
KEY = re.compile(r"[^a-z0-9_]+")
DANISH = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})

Catalogue = Mapping[str, Mapping[str, object]]
"""What bpmn/catalogue.yaml says of each process and table, by key."""


class Workbench:
    """Drafts, versions and switching on (procesejerens værktøj)."""

    def __init__(
        self,
        control: Control,
        deployment: Deployment,
        judge: Judge,
        catalogue: Callable[[], Catalogue],
    ) -> None:
        self.control = control
        self.env = control.env
        self.deployment = deployment
        self.judge_files = judge
        self.catalogue = catalogue

    # ---- reading -------------------------------------------------------------------------

    def library(self, by: Actor) -> LibraryPage:
        """Return every process and table, and what waits for whoever looks."""
        require(by, "process.read")
        today = self.env.gateways.clock.today()
        with self.env.uow(by.municipality_id) as uow:
            drafts = uow.process_drafts.unfinished()
            events = {each.id: uow.process_drafts.events(each.id) for each in drafts}
            versions = uow.process_drafts.versions()
            tables = uow.process_drafts.table_versions()
            underway = uow.process_drafts.underway()
            retired = uow.process_drafts.retired()
            names = uow.setup.names(by.municipality_id)
        rows = _LibraryRows(self.catalogue(), today, underway, drafts, retired)
        return LibraryPage(
            processes=tuple(rows.of(versions, DraftKind.PROCESS)),
            tables=tuple(rows.of(tables, DraftKind.TABLE)),
            to_approve=tuple(
                each
                for each in drafts
                if each.stage is DraftStage.SUBMITTED and by.user not in _drew(events[each.id])
            ),
            mine=tuple(
                each
                for each in drafts
                if each.stage is DraftStage.OPEN and each.changed_by == by.user
            ),
            sent_back={
                each.id: events[each.id][-1]
                for each in drafts
                if events[each.id] and events[each.id][-1].what == "sent_back"
            },
            names=names,
        )

    def process(self, key: str, by: Actor, *, version: int | None = None) -> ProcessPage:
        """Return one process or table, with the text and drawing of one version."""
        require(by, "process.read")
        today = self.env.gateways.clock.today()
        with self.env.uow(by.municipality_id) as uow:
            kind, lines = self._lines(uow, key)
            retired = _retired_now(uow.process_drafts.retired(), lines[0])
            current = _in_force(lines, today)
            shown = _version(lines, version) if version is not None else current or lines[0]
            drafts = uow.process_drafts.of_key(key)
            underway = uow.process_drafts.underway() if kind is DraftKind.PROCESS else {}
            files = _files_of(uow, kind, shown)
            names = uow.setup.names(by.municipality_id)
            may_retire = self._why_not_retire(uow, kind, lines[0], retired)
        about = self.catalogue().get(key, {})
        became = {
            each.version: each
            for each in drafts
            if each.version is not None and each.kind is not DraftKind.RETIREMENT
        }
        diagrams = _diagrams(files)
        return ProcessPage(
            key=key,
            kind=kind,
            name=_title(about, lines[0].name),
            area=str(about.get("owner", "")),
            legal_basis=tuple(_texts(about.get("legal_basis"))),
            versions=tuple(
                VersionRow(
                    line,
                    underway.get(line.id, Underway()),
                    became.get(line.version),
                    in_force=current is not None and line.version == current.version,
                )
                for line in lines
            ),
            drafts=tuple(drafts),
            shown=shown,
            files=files,
            outlines={name: outline(diagram) for name, diagram in diagrams.items()},
            titles={name: diagram.name or name for name, diagram in diagrams.items()},
            retired=retired,
            names=names,
            may_retire=may_retire,
        )

    def compare(self, key: str, before: int, after: int, by: Actor) -> Comparison:
        """Return what is another in one version than in another."""
        require(by, "process.read")
        with self.env.uow(by.municipality_id) as uow:
            kind, lines = self._lines(uow, key)
            old, new = _version(lines, before), _version(lines, after)
            old_files, new_files = _files_of(uow, kind, old), _files_of(uow, kind, new)
        diagrams = {**_diagrams(old_files), **_diagrams(new_files)}
        return Comparison(
            key=key,
            name=_title(self.catalogue().get(key, {}), new.name),
            before=f"version {old.version}",
            after=f"version {new.version}",
            before_files=old_files,
            after_files=new_files,
            changes=differences(old_files, new_files),
            titles={name: diagram.name or name for name, diagram in diagrams.items()},
        )

    def _lines(self, uow: UnitOfWork, key: str) -> tuple[DraftKind, Sequence[VersionLine]]:
        lines = uow.process_drafts.versions(key)
        if lines:
            return DraftKind.PROCESS, lines
        tables = uow.process_drafts.table_versions(key)
        if tables:
            return DraftKind.TABLE, tables
        raise NotFoundError(
            f"Der er ingen proces eller tabel med nøglen '{key}'. Find den på listen over"
            " processer."
        )

    # ---- drawing -------------------------------------------------------------------------

    def open_draft(self, key: str, by: Actor, *, version: int | None = None) -> str:
        """Begin a draft from a version, the newest when none is named."""
        require(by, "process.change")
        with self.env.uow(by.municipality_id) as uow:
            kind, lines = self._lines(uow, key)
            line = lines[0] if version is None else _version(lines, version)
            draft = self._begin(
                uow,
                by,
                kind=kind,
                key=key,
                name=_title(self.catalogue().get(key, {}), line.name),
                files=_files_of(uow, kind, line),
                base=line.version,
                what="created",
                words=f"Bygger på version {line.version}.",
            )
            uow.commit()
        return draft.id

    def upload(self, name: str, content: bytes, by: Actor) -> str:
        """Begin a draft from a file drawn elsewhere; whatever is in it, the findings tell."""
        require(by, "process.change")
        _check_size(name, content)
        if not name.lower().endswith((".bpmn", ".xml", ".dmn")):
            raise RuleError(
                f"'{name}' er hverken et BPMN-diagram eller en DMN-tabel. Vælg en fil, der ender på"
                " .bpmn, .xml eller .dmn."
            )
        kind = DraftKind.TABLE if name.lower().endswith(".dmn") else DraftKind.PROCESS
        stem = KEY.sub("_", name.rsplit(".", 1)[0].lower().translate(DANISH)).strip("_")
        words = f"Hentet ind fra filen '{name}'."
        if kind is DraftKind.PROCESS:
            content, left_out = _opened_elsewhere(name, content)
            words += left_out
        opened = self._opened(kind, content, fallback=stem or "hentet")
        key, title = opened.key, opened.name
        with self.env.uow(by.municipality_id) as uow:
            known = uow.process_drafts.versions(key) or uow.process_drafts.table_versions(key)
            base = known[0] if known else None
            suffix = "dmn" if kind is DraftKind.TABLE else "bpmn"
            files = dict(_files_of(uow, kind, base)) if base is not None else {}
            files[f"{key}.{suffix}"] = opened.content
            draft = self._begin(
                uow,
                by,
                kind=kind,
                key=key,
                name=_title(self.catalogue().get(key, {}), title or key),
                files=self._with_called(uow, files),
                base=None if base is None else base.version,
                what="uploaded",
                words=words,
            )
            uow.commit()
        return draft.id

    def _opened(self, kind: DraftKind, content: bytes, *, fallback: str) -> Opened:
        """Return a file as it can be worked on; one that says no usable key gets another."""
        opened = Opened(content, "", "")
        if kind is DraftKind.PROCESS:
            opened = self.judge_files.open(f"{fallback}.bpmn", content)
        else:
            found = re.search(rb'<(?:\w+:)?decision\b[^>]*\bid="([a-z][a-z0-9_]{0,80})"', content)
            opened = replace(opened, key=found.group(1).decode() if found else "")
        is_key = re.fullmatch(r"[a-z][a-z0-9_]{0,80}", opened.key)
        return opened if is_key else replace(opened, key=fallback)

    def _begin(
        self,
        uow: UnitOfWork,
        by: Actor,
        *,
        kind: DraftKind,
        key: str,
        name: str,
        files: Files,
        base: int | None,
        what: str,
        words: str,
    ) -> ProcessDraft:
        now = self.env.now()
        draft = ProcessDraft(
            id=self.env.context(uow).new_id(),
            kind=kind,
            key=key,
            name=name,
            files=files,
            base_version=base,
            revision=1,
            stage=DraftStage.OPEN,
            created_by=by.user,
            created_at=now,
            changed_by=by.user,
            changed_at=now,
        )
        uow.process_drafts.add(draft)
        self._note(uow, draft, by, what, words)
        return draft

    def draft(self, draft_id: str, by: Actor) -> DraftPage:
        """Return a draft with what the gate says of it."""
        require(by, "process.read")
        with self.env.uow(by.municipality_id) as uow:
            draft = uow.process_drafts.get(draft_id)
            events = tuple(uow.process_drafts.events(draft_id))
            base, base_files = self._base(uow, draft)
            files = self._to_judge(uow, draft, draft.files)
            underway = uow.process_drafts.underway()
            lines = [
                each
                for each in uow.process_drafts.versions(draft.key)
                if draft.kind is not DraftKind.TABLE
            ]
            shared = self._shared(uow, draft)
            choices, arguments = self._choices(uow)
            names = uow.setup.names(by.municipality_id)
        assessment = (
            Assessment()
            if draft.kind is DraftKind.RETIREMENT
            else self.judge_files(files, base=base_files, key=draft.key)
        )
        return DraftPage(
            draft=draft,
            assessment=assessment,
            base=base,
            base_files=base_files,
            underway=sum(underway.get(line.id, Underway()).running for line in lines),
            events=events,
            names=names,
            why_not_approve=_why_not_approve(draft, events, by),
            shared=shared,
            choices=choices,
            arguments=arguments,
        )

    def judge(self, draft_id: str, file: str, content: bytes, by: Actor) -> Assessment:
        """Say what is wrong with a draft as it stands on somebody's screen; nothing is saved."""
        require(by, "process.change")
        _check_size(file, content)
        with self.env.uow(by.municipality_id) as uow:
            draft = uow.process_drafts.get(draft_id)
            _known_file(draft, file)
            files = self._to_judge(uow, draft, {**draft.files, file: content})
            base_files = self._base(uow, draft)[1]
        return self.judge_files(files, base=base_files, key=draft.key)

    def save(
        self, draft_id: str, file: str, content: bytes, by: Actor, *, revision: int
    ) -> ProcessDraft:
        """Save one file of a draft; refused when somebody else saved it meanwhile."""
        require(by, "process.change")
        _check_size(file, content)
        with self.env.uow(by.municipality_id) as uow:
            draft = uow.process_drafts.lock(draft_id)
            _known_file(draft, file)
            self._check_open(draft)
            self._check_revision(uow, draft, revision, by)
            if draft.files[file] == content:
                return draft
            uow.process_drafts.save_file(draft.id, file, content)
            files = self._with_called(uow, {**draft.files, file: content})
            for name in files.keys() - draft.files.keys():
                uow.process_drafts.save_file(draft.id, name, files[name])
            saved = replace(
                draft,
                files=files,
                revision=draft.revision + 1,
                changed_by=by.user,
                changed_at=self.env.now(),
            )
            uow.process_drafts.save(saved)
            last = uow.process_drafts.events(draft.id)[-1]
            if (last.what, last.by) != ("saved", by.user):
                self._note(uow, saved, by, "saved", "")
            uow.commit()
        return saved

    def _check_revision(
        self, uow: UnitOfWork, draft: ProcessDraft, revision: int, by: Actor
    ) -> None:
        if draft.revision == revision:
            return
        names = uow.setup.names(by.municipality_id)
        who = "du selv" if draft.changed_by == by.user else names.get(draft.changed_by, "en anden")
        at = draft.changed_at.astimezone(self.env.zone)
        raise ConflictError(
            f"Kladden er ændret af {who} kl. {at:%H.%M}, mens du tegnede. Dit er ikke gemt. Hent"
            " dit diagram som fil, og genindlæs siden, eller læg dit ind som en kladde for sig."
        )

    # ---- four eyes -----------------------------------------------------------------------

    def submit(
        self,
        draft_id: str,
        by: Actor,
        *,
        revision: int,
        reason: str,
        valid_from: date,
        running: Running,
    ) -> None:
        """Ask for approval of a draft the gate lets through."""
        require(by, "process.change")
        self.deployment.check_day(valid_from)
        with self.env.uow(by.municipality_id) as uow:
            draft = uow.process_drafts.get(draft_id)
            self._check_open(draft)
            self._check_revision(uow, draft, revision, by)
            files = self._to_judge(uow, draft, draft.files)
            base_files = self._base(uow, draft)[1]
        said = self.judge_files(files, base=base_files, key=draft.key)
        _check_in_time(said)
        if said.errors:
            raise RuleError(
                f"Kladden har {len(said.errors)} fejl, der skal rettes, før den kan sendes til"
                " godkendelse. De står på listen ved siden af diagrammet."
            )
        with self.env.uow(by.municipality_id) as uow:
            draft = uow.process_drafts.lock(draft_id)
            self._check_open(draft)
            self._check_revision(uow, draft, revision, by)
            unit = _unit(draft)
            newest = self._newest(uow, draft)
            if newest is not None and newest.digest == unit:
                raise RuleError(
                    f"Kladden er den samme som version {newest.version}. Ret noget, eller smid den"
                    " ud."
                )
            if newest is not None and valid_from < newest.valid_from:
                raise RuleError(
                    f"Version {newest.version} gælder fra {newest.valid_from:%d.%m.%Y}. Vælg den"
                    " dag eller en senere."
                )
            self._submit(uow, draft, by, reason=reason, day=valid_from, running=running, unit=unit)
            uow.commit()

    def _submit(
        self,
        uow: UnitOfWork,
        draft: ProcessDraft,
        by: Actor,
        *,
        reason: str,
        day: date,
        running: Running,
        unit: str,
    ) -> None:
        if not reason.strip():
            raise RuleError("Skriv, hvorfor processen skal ændres.")
        asked = replace(
            draft,
            stage=DraftStage.SUBMITTED,
            reason=reason.strip(),
            valid_from=day,
            running=running,
            digest=unit,
            submitted_by=by.user,
            submitted_at=self.env.now(),
        )
        uow.process_drafts.save(asked)
        self._note(uow, asked, by, "submitted", reason.strip())

    def take_back(self, draft_id: str, by: Actor) -> None:
        """Draw on in a draft that waits for approval."""
        require(by, "process.change")
        with self.env.uow(by.municipality_id) as uow:
            draft = uow.process_drafts.lock(draft_id)
            self._check_submitted(draft)
            if draft.kind is DraftKind.RETIREMENT:
                raise RuleError(
                    "Der er intet at tegne i. Smid ønsket ud, hvis processen skal blive."
                )
            uow.process_drafts.save(_opened(draft))
            self._note(uow, draft, by, "taken_back", "")
            uow.commit()

    def send_back(self, draft_id: str, by: Actor, *, reason: str) -> None:
        """Send a draft back with what must be another."""
        require(by, "process.approve")
        if not reason.strip():
            raise RuleError("Skriv, hvad der skal være anderledes.")
        with self.env.uow(by.municipality_id) as uow:
            draft = uow.process_drafts.lock(draft_id)
            self._check_submitted(draft)
            if draft.kind is DraftKind.RETIREMENT:
                uow.process_drafts.save(replace(draft, stage=DraftStage.DISCARDED))
            else:
                uow.process_drafts.save(_opened(draft))
            self._note(uow, draft, by, "sent_back", reason.strip())
            uow.commit()

    def discard(self, draft_id: str, by: Actor) -> None:
        """Throw a draft away; it stays to be seen."""
        require(by, "process.change")
        with self.env.uow(by.municipality_id) as uow:
            draft = uow.process_drafts.lock(draft_id)
            if draft.stage not in {DraftStage.OPEN, DraftStage.SUBMITTED}:
                raise RuleError("Kladden er allerede afsluttet.")
            uow.process_drafts.save(replace(draft, stage=DraftStage.DISCARDED))
            self._note(uow, draft, by, "discarded", "")
            uow.commit()

    def approve(self, draft_id: str, by: Actor, *, digest: str) -> ProcessDraft:
        """Approve a draft as somebody else, and switch it on from its day.

        `digest` is what the approver saw; should it be another by now, nothing is approved.
        """
        require(by, "process.approve")
        with self.env.uow(by.municipality_id) as uow:
            draft = uow.process_drafts.get(draft_id)
            self._check_approval(uow, draft, by, digest)
            files = self._to_judge(uow, draft, draft.files)
        if draft.kind is not DraftKind.RETIREMENT:
            # Steps and tables may have changed since it was submitted.
            said = self.judge_files(files, base={}, key=draft.key)
            _check_in_time(said)
            if said.errors:
                raise DeploymentError(
                    Finding(each.file, each.element, each.rule, ERROR, each.message, each.way_out)
                    for each in said.errors
                )
        with self.env.uow(by.municipality_id) as uow:
            draft = uow.process_drafts.lock(draft_id)
            self._check_approval(uow, draft, by, digest)
            today = self.env.gateways.clock.today()
            # A day that went by while it waited becomes today: nothing takes effect backwards.
            day = max(draft.valid_from or today, today)
            deployed, version = self._switch_on(uow, draft, day)
            approved = replace(
                draft,
                stage=DraftStage.APPROVED,
                valid_from=day,
                decided_by=by.user,
                decided_at=self.env.now(),
                version=version,
            )
            uow.process_drafts.save(approved)
            self._note(uow, approved, by, "approved", f"Gælder fra {day:%d.%m.%Y}.")
            if draft.kind is DraftKind.RETIREMENT:
                uow.process_drafts.retire(draft.id, Retired(draft.key, day, version))
            uow.commit()
        self.deployment.tell_others(deployed, by=by.user, home=by.municipality_id)
        return approved

    def _switch_on(self, uow: UnitOfWork, draft: ProcessDraft, day: date) -> tuple[Deployed, int]:
        """Store the version a draft becomes; return it with its number."""
        by = draft.submitted_by or draft.changed_by
        newest = self._newest(uow, draft)
        if draft.kind is DraftKind.RETIREMENT:
            if newest is None:
                raise NotFoundError(f"Processen '{draft.key}' findes ikke.")
            return Deployed((), (), ()), newest.version
        mains = []
        if draft.kind is DraftKind.PROCESS:
            mains = [parse_bundle(draft.files, key=draft.key)]
        tables = draft.files if draft.kind is DraftKind.TABLE else {}
        deployed = self.deployment.take_in(uow, mains, tables, (), by=by, day=day)
        made = [each.version for each in deployed.definitions]
        made += [each.version for each in deployed.tables]
        if not made:
            number = "" if newest is None else f" som version {newest.version}"
            raise RuleError(f"Kladden er allerede i drift{number}. Smid den ud.")
        return deployed, made[0]

    def _check_approval(self, uow: UnitOfWork, draft: ProcessDraft, by: Actor, digest: str) -> None:
        self._check_submitted(draft)
        events = uow.process_drafts.events(draft.id)
        if why := _why_not_approve(draft, events, by):
            raise TwoPersonError(why)
        if digest != draft.digest or _unit(draft) != draft.digest:
            raise ConflictError(
                "Kladden er en anden end den, du så. Se den igennem igen, før du godkender."
            )
        line = self._newest(uow, draft)
        if (
            draft.base_version is not None
            and line is not None
            and draft.kind is DraftKind.PROCESS
            and line.version != draft.base_version
        ):
            raise ConflictError(
                f"Version {line.version} er kommet til, siden kladden blev tegnet på version"
                f" {draft.base_version}. Send den tilbage, så ændringerne i version {line.version}"
                " kan komme med."
            )

    # ---- back and out --------------------------------------------------------------------

    def roll_back(self, key: str, version: int, by: Actor, *, reason: str, day: date) -> str:
        """Ask that an earlier version is taken into use again, as a new version."""
        require(by, "process.change")
        self.deployment.check_day(day)
        with self.env.uow(by.municipality_id) as uow:
            kind, lines = self._lines(uow, key)
            line = _version(lines, version)
            if line.digest == lines[0].digest:
                raise RuleError(f"Version {version} er det, der gælder nu eller skal til at gælde.")
            if day < lines[0].valid_from:
                raise RuleError(
                    f"Version {lines[0].version} gælder fra {lines[0].valid_from:%d.%m.%Y}. Vælg"
                    " den dag eller en senere."
                )
            draft = self._begin(
                uow,
                by,
                kind=kind,
                key=key,
                name=_title(self.catalogue().get(key, {}), line.name),
                files=_files_of(uow, kind, line),
                base=lines[0].version,
                what="created",
                words=f"Ruller tilbage til version {line.version}.",
            )
            self._submit(
                uow,
                draft,
                by,
                reason=reason,
                day=day,
                running=Running.STAY,
                unit=_unit(draft),
            )
            uow.commit()
        return draft.id

    def retire(self, key: str, by: Actor, *, reason: str, day: date) -> str:
        """Ask that no case begins on a process from a day on."""
        require(by, "process.change")
        self.deployment.check_day(day)
        with self.env.uow(by.municipality_id) as uow:
            kind, lines = self._lines(uow, key)
            retired = _retired_now(uow.process_drafts.retired(), lines[0])
            if why := self._why_not_retire(uow, kind, lines[0], retired):
                raise RuleError(why)
            draft = self._begin(
                uow,
                by,
                kind=DraftKind.RETIREMENT,
                key=key,
                name=_title(self.catalogue().get(key, {}), lines[0].name),
                files={},
                base=lines[0].version,
                what="created",
                words="Ønsket taget ud af drift.",
            )
            self._submit(
                uow,
                draft,
                by,
                reason=reason,
                day=day,
                running=Running.STAY,
                unit=_unit(draft),
            )
            uow.commit()
        return draft.id

    def _why_not_retire(
        self, uow: UnitOfWork, kind: DraftKind, line: VersionLine, retired: Retired | None
    ) -> str:
        """Say why a process cannot be taken out of use: what starts it would start nothing."""
        if kind is DraftKind.TABLE:
            return "En tabel går ud, når ingen proces slår op i den."
        if retired is not None:
            return f"Processen udgår allerede fra {retired.from_day:%d.%m.%Y}."
        if line.start_message is None:
            return ""
        others = {
            each.key
            for each in uow.process_drafts.versions()
            if each.start_message == line.start_message and each.key != line.key
        }
        if others:
            return ""
        return (
            f"Beskeden '{line.start_message}' ville ikke starte nogen sag. Sæt først den proces i"
            " drift, der skal tage imod den."
        )

    # ---- helpers -------------------------------------------------------------------------

    def _check_open(self, draft: ProcessDraft) -> None:
        if draft.stage is DraftStage.SUBMITTED:
            raise RuleError(
                "Kladden venter på godkendelse og kan ikke ændres imens. Tag den tilbage for at"
                " tegne videre."
            )
        if draft.stage is not DraftStage.OPEN:
            raise RuleError("Kladden er afsluttet. Begynd en ny kladde fra den version, den blev.")

    def _check_submitted(self, draft: ProcessDraft) -> None:
        if draft.stage is not DraftStage.SUBMITTED:
            raise RuleError("Kladden venter ikke på godkendelse.")

    def _newest(self, uow: UnitOfWork, draft: ProcessDraft) -> VersionLine | None:
        store = uow.process_drafts
        if draft.kind is DraftKind.TABLE:
            return next(iter(store.table_versions(draft.key)), None)
        return next(iter(store.versions(draft.key)), None)

    def _base(self, uow: UnitOfWork, draft: ProcessDraft) -> tuple[VersionLine | None, Files]:
        """Return the version a draft is compared with."""
        if draft.base_version is None:
            return None, {}
        kind, lines = self._lines(uow, draft.key)
        line = _version(lines, draft.base_version)
        return line, _files_of(uow, kind, line)

    def _to_judge(self, uow: UnitOfWork, draft: ProcessDraft, files: Files) -> Files:
        """Return a draft's files with what they call and look up, as it stands today."""
        if draft.kind is not DraftKind.PROCESS:
            return files
        tables = uow.definitions.tables(self.env.gateways.clock.today())
        whole = self._with_called(uow, files)
        named = b"\n".join(whole.values())
        return {
            **whole,
            **{
                f"{key}.dmn": table.xml
                for key, table in tables.items()
                if re.search(rb"\b" + re.escape(key.encode()) + rb"\b", named)
            },
        }

    def _with_called(self, uow: UnitOfWork, files: Files) -> Files:
        """Return files with those of the processes they call that are in use somewhere else."""
        known: dict[str, bytes] | None = None
        whole = dict(files)
        todo = [name for name in files if name.endswith(".bpmn")]
        while todo and len(whole) < MAX_FILES:
            for called in _called_in(whole[todo.pop()]):
                name = f"{called}.bpmn"
                if name in whole:
                    continue
                known = self._in_use(uow) if known is None else known
                if name in known:
                    whole[name] = known[name]
                    todo.append(name)
        return whole

    def _in_use(self, uow: UnitOfWork) -> dict[str, bytes]:
        """Return the diagrams of every process as its newest version has them."""
        found: dict[str, bytes] = {}
        for line in _newest_of_each(uow.process_drafts.versions()):
            found |= {
                name: content
                for name, content in uow.definitions.get(line.id).bundle.items()
                if name not in found
            }
        return found

    def _shared(self, uow: UnitOfWork, draft: ProcessDraft) -> dict[str, tuple[str, ...]]:
        """Return which other processes have a copy of a diagram: they keep theirs."""
        mine = {name for name in draft.files if name != f"{draft.key}.bpmn"}
        if draft.kind is not DraftKind.PROCESS or not mine:
            return {}
        others: dict[str, list[str]] = {}
        for line in _newest_of_each(uow.process_drafts.versions()):
            if line.key != draft.key:
                for name in mine & self.control.definition(uow, line.id).files.keys():
                    others.setdefault(name, []).append(line.name)
        return {name: tuple(sorted(found)) for name, found in others.items()}

    def _choices(
        self, uow: UnitOfWork
    ) -> tuple[dict[str, list[tuple[str, str]]], dict[str, tuple[str, ...]]]:
        """Return what a diagram may name, with the words the diagrams in use have for it."""
        words: dict[tuple[str, str], str] = {}
        processes: dict[str, str] = {}
        messages: set[str] = set()
        for line in _newest_of_each(uow.process_drafts.versions()):
            definition = self.control.definition(uow, line.id)
            messages |= definition.messages
            for diagram in definition.diagrams.values():
                if diagram.id != definition.key:
                    processes[diagram.id] = diagram.name
                for node in diagram.nodes.values():
                    for what, key in (("form", node.form_key), ("step", node.step)):
                        if key:
                            words.setdefault((what, key), node.name)
        tables = uow.definitions.tables(self.env.gateways.clock.today())
        about = self.catalogue()
        register = self.env.register
        choices = {
            "forms": _named((key, words.get(("form", key), "")) for key in register.verbs),
            "roles": [(each, ROLE_WORDS[Role(each)]) for each in sorted(ROLES)],
            "steps": _named((key, words.get(("step", key), "")) for key in register.steps),
            "tables": _named((key, _title(about.get(key, {}), key)) for key in tables),
            "processes": _named(processes.items()),
            "messages": [(each, each) for each in sorted(messages)],
        }
        return choices, {key: tuple(step.arguments) for key, step in register.steps.items()}

    def _note(self, uow: UnitOfWork, draft: ProcessDraft, by: Actor, what: str, words: str) -> None:
        now = self.env.now()
        uow.process_drafts.note(DraftEvent(draft.id, now, by.user, what, words))
        uow.audit.add(
            AuditEvent(
                now,
                by.user,
                str(by.role),
                f"draft.{what}",
                f"draft:{draft.id}",
                f"{draft.kind}:{draft.key} {words}".strip(),
            )
        )


class _LibraryRows:
    """Puts versions, drafts and those under way together, a row a process."""

    def __init__(
        self,
        catalogue: Catalogue,
        today: date,
        underway: Mapping[int, Underway],
        drafts: Sequence[ProcessDraft],
        retired: Sequence[Retired],
    ) -> None:
        self.catalogue = catalogue
        self.today = today
        self.underway = underway
        self.drafts = drafts
        self.retired = retired

    def of(self, lines: Sequence[VersionLine], kind: DraftKind) -> list[LibraryRow]:
        by_key: dict[str, list[VersionLine]] = {}
        for line in lines:
            by_key.setdefault(line.key, []).append(line)
        rows = [self.row(key, found, kind) for key, found in by_key.items()]
        rows += [
            LibraryRow(
                each.key, each.name, "", "", None, None, Underway(), (), (each,),
                each.changed_by, each.changed_at,
            )
            for each in self.drafts
            if each.key not in by_key and each.kind is kind
        ]  # fmt: skip
        return sorted(rows, key=lambda row: row.name.lower())

    def row(self, key: str, lines: Sequence[VersionLine], kind: DraftKind) -> LibraryRow:
        about = self.catalogue.get(key, {})
        newest = lines[0]
        current = _in_force(lines, self.today)
        retired = _retired_now(self.retired, newest) if kind is DraftKind.PROCESS else None
        total = [
            self.underway.get(line.id, Underway()) if kind is DraftKind.PROCESS else Underway()
            for line in lines
        ]
        drafts = tuple(each for each in self.drafts if each.key == key)
        last = max(drafts, key=lambda each: each.changed_at, default=None)
        newer = last is not None and last.changed_at > newest.deployed_at
        return LibraryRow(
            key=key,
            name=_title(about, newest.name),
            area=str(about.get("owner", "")),
            number=str(about.get("number", "")),
            current=current,
            coming=newest if current is None or newest.version > current.version else None,
            underway=Underway(sum(t.running for t in total), sum(t.stopped for t in total)),
            others=tuple(
                (line.version, found.running)
                for line, found in zip(lines, total, strict=True)
                if found.running and (current is None or line.version != current.version)
            ),
            drafts=drafts,
            changed_by=last.changed_by if last is not None and newer else newest.deployed_by,
            changed_at=last.changed_at if last is not None and newer else newest.deployed_at,
            retired=retired,
        )


def _files_of(uow: UnitOfWork, kind: DraftKind, line: VersionLine | None) -> Files:
    if line is None:
        return {}
    if kind is DraftKind.TABLE:
        return {f"{line.key}.dmn": uow.process_drafts.table_xml(line.key, line.version)}
    return uow.definitions.get(line.id).bundle


def _diagrams(files: Files) -> dict[str, Diagram]:
    """Read diagrams that were deployed once: what is in use can be read."""
    read = [
        read_diagram(name, content)
        for name, content in sorted(files.items())
        if name.endswith(".bpmn")
    ]
    return {diagram.id: diagram for diagram in read}


def _version(lines: Sequence[VersionLine], version: int) -> VersionLine:
    found = next((each for each in lines if each.version == version), None)
    if found is None:
        raise NotFoundError(f"Version {version} findes ikke. Vælg en af dem, der står på siden.")
    return found


def _in_force(lines: Sequence[VersionLine], today: date) -> VersionLine | None:
    return next((each for each in lines if each.valid_from <= today), None)


def _newest_of_each(lines: Sequence[VersionLine]) -> list[VersionLine]:
    newest: dict[str, VersionLine] = {}
    for line in lines:
        newest.setdefault(line.key, line)
    return list(newest.values())


def _retired_now(retired: Sequence[Retired], newest: VersionLine) -> Retired | None:
    return next(
        (
            each
            for each in retired
            if each.key == newest.key and each.after_version >= newest.version
        ),
        None,
    )


def _drew(events: Iterable[DraftEvent]) -> set[str]:
    return {each.by for each in events if each.what in DRAWN}


def _why_not_approve(draft: ProcessDraft, events: Iterable[DraftEvent], by: Actor) -> str:
    """Say why somebody may not approve a draft; empty when they may."""
    if draft.stage is not DraftStage.SUBMITTED:
        return "Kladden venter ikke på godkendelse."
    if by.user == draft.submitted_by:
        return "Du har selv sendt kladden til godkendelse. En anden procesejer skal godkende den."
    if by.user in _drew(events):
        return "Du har selv tegnet i kladden. En procesejer, der ikke har, skal godkende den."
    return ""


def _opened(draft: ProcessDraft) -> ProcessDraft:
    """Return a draft as it is when it can be drawn in again."""
    return replace(draft, stage=DraftStage.OPEN, digest="", submitted_by=None, submitted_at=None)


def _unit(draft: ProcessDraft) -> str:
    """Return the one digest of all a draft would switch on."""
    if draft.kind is DraftKind.PROCESS:
        return parse_bundle(draft.files, key=draft.key).digest
    if draft.kind is DraftKind.TABLE:
        return hashlib.sha256(draft.files[f"{draft.key}.dmn"]).hexdigest()
    return hashlib.sha256(f"retire {draft.key} {draft.base_version}".encode()).hexdigest()


def _opened_elsewhere(name: str, content: bytes) -> tuple[bytes, str]:
    """Return a foreign diagram as it can be opened here, and what is to be said of that.

    What is no diagram at all stays as it came: then its findings say so.
    """
    try:
        opened = open_draft(content, file=name)
    except DeploymentError:
        return content, ""
    said = [each.message for each in opened.findings if each.id.startswith("draft.")]
    more = f" Og {len(said) - MOST_SAID} ting mere." if len(said) > MOST_SAID else ""
    return opened.content, "".join(f" {each}" for each in said[:MOST_SAID]) + more


def _check_in_time(said: Assessment) -> None:
    if any(each.rule == LATE for each in said.findings):
        raise RuleError("Kontrollen blev ikke færdig i tide. Vent lidt, og prøv igen.")


def _check_size(name: str, content: bytes) -> None:
    if len(content) > MAX_UPLOAD:
        raise RuleError(
            f"'{name}' fylder {len(content) // 1000} kB; et diagram må højst fylde 2.000 kB. Del"
            " det op med fælles processer."
        )


def _known_file(draft: ProcessDraft, file: str) -> None:
    if file not in draft.files or not FILE_NAME.fullmatch(file):
        raise NotFoundError(f"Kladden har ingen fil '{file}'. Vælg en af dem, den har.")


def _called_in(content: bytes) -> list[str]:
    """Return the processes a file names as called; it may not be readable as a diagram."""
    found = re.findall(rb'calledElement="([a-z][a-z0-9_]{0,80})"', content)
    return [each.decode() for each in dict.fromkeys(found)]


def _title(about: Mapping[str, object], fallback: str) -> str:
    return str(about.get("title") or fallback)


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _named(found: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(
        ((key, f"{name} ({key})" if name else key) for key, name in found),
        key=lambda pair: pair[1].lower(),
    )
