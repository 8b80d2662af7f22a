"""Answers: may these diagrams and tables be taken into use, and which of them are new?

A bundle is judged as a whole and refused as a whole. What is stored never changes: a changed file
is a new version, an unchanged one is none, and a running instance keeps the version it began with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from processes.domain.access import Role
from processes.domain.errors import RuleError
from processes.engine.definitions import Definition, parse_bundle
from processes.engine.findings import ERROR, DeploymentError, Finding
from processes.engine.lint import Catalogue, StepFacts, errors_in, lint, read_all
from processes.operations.control import Environment
from processes.ports.records import AuditEvent, DecisionTableVersion, ProcessDefinition
from processes.ports.stores import UnitOfWork
from processes.steps import Register

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Deployed:
    """What a deployment changed (idriftsættelse): only what is new, and what to be wary of."""

    definitions: tuple[ProcessDefinition, ...]
    tables: tuple[DecisionTableVersion, ...]
    warnings: tuple[Finding, ...]

    @property
    def changed(self) -> bool:
        """Whether there is any new version."""
        return bool(self.definitions or self.tables)


class Deployment:
    """Takes diagrams and decision tables into use (idriftsættelse)."""

    def __init__(
        self,
        env: Environment,
        *,
        shipped: Callable[[], Files],
        municipalities: Callable[[], Sequence[int]],
    ) -> None:
        self.env = env
        self.shipped = shipped
        self.municipalities = municipalities

    def deploy_shipped(self, *, by: str) -> Deployed:
        """Take what is new of the shipped diagrams and tables into use from today.

        What came with the system once is not brought again: a process owner may have changed it
        since, and an installation that starts anew must not take that back.
        """
        files = self.shipped()
        found = self.findings(files)
        if errors_in(found):
            raise DeploymentError(errors_in(found))
        home = self._home()[0]
        with self.env.uow(home) as uow:
            seen = {(each.key, each.digest) for each in uow.process_drafts.versions()}
            held = {(each.key, each.digest) for each in uow.process_drafts.table_versions()}
            deployed = self.take_in(
                uow,
                [main for main in _mains(files) if (main.key, main.digest) not in seen],
                {
                    f"{key}.dmn": content
                    for key, content in _tables(files).items()
                    if (key, hashlib.sha256(content).hexdigest()) not in held
                },
                found,
                by=by,
                day=self.env.gateways.clock.today(),
            )
            uow.commit()
        self.tell_others(deployed, by=by, home=home)
        return deployed

    def findings(self, files: Files) -> list[Finding]:
        """Return everything wrong with a bundle, warnings too; nothing is stored."""
        found = lint(files, catalogue_of(self.env.register))
        if errors_in(found):
            return found
        return found + _doubled_starts(_mains(files))

    def deploy(self, files: Files, *, by: str, valid_from: date | None = None) -> Deployed:
        """Store what is new in a bundle as versions that cases started from a day on will use.

        One error refuses it all, with the whole list in Danish.
        """
        found = self.findings(files)
        if errors_in(found):
            raise DeploymentError(errors_in(found))
        day = self.env.gateways.clock.today() if valid_from is None else valid_from
        self.check_day(day)
        home = self._home()[0]
        with self.env.uow(home) as uow:
            deployed = self.take_in(uow, _mains(files), files, found, by=by, day=day)
            uow.commit()
        self.tell_others(deployed, by=by, home=home)
        return deployed

    def check_day(self, day: date) -> None:
        """Refuse a day that is over: what has happened keeps the version it happened under."""
        today = self.env.gateways.clock.today()
        if day < today:
            raise RuleError(
                f"En ny version kan tidligst gælde fra i dag ({today:%d.%m.%Y}), ikke fra"
                f" {day:%d.%m.%Y}: igangværende sager må ikke skifte regler bagud i tid."
            )

    def take_in(
        self,
        uow: UnitOfWork,
        mains: Iterable[Definition],
        files: Files,
        found: Iterable[Finding],
        *,
        by: str,
        day: date,
    ) -> Deployed:
        """Store what is new of a bundle that was judged, in a transaction that others share."""
        deployed = Deployed(
            tuple(self._new_definitions(uow, mains, by=by, day=day)),
            tuple(self._new_tables(uow, files, by=by, day=day)),
            tuple(found),
        )
        self._log(uow, deployed, by=by)
        return deployed

    def tell_others(self, deployed: Deployed, *, by: str, home: int) -> None:
        """Write the copy of the log that each other municipality can read itself."""
        others = [each for each in self._home() if each != home]
        for municipality_id in others if deployed.changed else ():
            with self.env.uow(municipality_id) as uow:
                self._log(uow, deployed, by=by)
                uow.commit()

    def _home(self) -> Sequence[int]:
        municipalities = self.municipalities()
        if not municipalities:
            raise RuleError(
                "Der er ingen kommune endnu. Opret en kommune, før diagrammer tages i brug."
            )
        return municipalities

    def _new_definitions(
        self, uow: UnitOfWork, mains: Iterable[Definition], *, by: str, day: date
    ) -> Iterable[ProcessDefinition]:
        for main in mains:
            latest = uow.definitions.latest(main.key)
            if latest is not None and latest.digest == main.digest:
                continue
            if latest is not None:
                _check_order(f"Processen '{main.name}'", latest.valid_from, day)
            yield uow.definitions.add(
                ProcessDefinition(
                    id=0,
                    key=main.key,
                    version=1 if latest is None else latest.version + 1,
                    name=main.name,
                    digest=main.digest,
                    bundle=dict(main.files),
                    valid_from=day,
                    deployed_by=by,
                    deployed_at=self.env.now(),
                    start_message=main.start_message,
                )
            )

    def _new_tables(
        self, uow: UnitOfWork, files: Files, *, by: str, day: date
    ) -> Iterable[DecisionTableVersion]:
        # On the last day there is, every version is in force, so these are the newest ones.
        newest = uow.definitions.tables(date.max)
        for key, content in sorted(_tables(files).items()):
            digest = hashlib.sha256(content).hexdigest()
            latest = newest.get(key)
            if latest is not None and latest.digest == digest:
                continue
            if latest is not None:
                _check_order(f"Tabellen '{key}'", latest.valid_from, day)
            yield uow.definitions.add_table(
                DecisionTableVersion(
                    id=0,
                    key=key,
                    version=1 if latest is None else latest.version + 1,
                    digest=digest,
                    xml=content,
                    valid_from=day,
                    deployed_by=by,
                    deployed_at=self.env.now(),
                )
            )

    def _log(self, uow: UnitOfWork, deployed: Deployed, *, by: str) -> None:
        said = [
            ("process.deploy", f"process:{each.key}", each.version, each.valid_from)
            for each in deployed.definitions
        ] + [
            ("table.deploy", f"table:{each.key}", each.version, each.valid_from)
            for each in deployed.tables
        ]
        for action, subject, version, day in said:
            reason = f"version {version}, gælder fra {day:%d.%m.%Y}"
            uow.audit.add(
                AuditEvent(self.env.now(), by, str(Role.PROCESS_OWNER), action, subject, reason)
            )


def catalogue_of(register: Register) -> Catalogue:
    """Return what diagrams may name: the registered steps, and the forms somebody receives."""
    return Catalogue(
        {
            key: StepFacts(step.ask is not None, step.adverse, step.arguments, step.errors)
            for key, step in register.steps.items()
        },
        frozenset(register.verbs),
    )


def _mains(files: Files) -> list[Definition]:
    """Return the processes that no other calls, each with all it calls."""
    diagrams, _, _ = read_all(files)
    called = {node.called for each in diagrams.values() for node in each.nodes.values()}
    return [parse_bundle(files, key=key) for key in sorted(diagrams) if key not in called]


def _tables(files: Files) -> dict[str, bytes]:
    return {
        file.rsplit("/", 1)[-1].removesuffix(".dmn"): content
        for file, content in files.items()
        if file.endswith(".dmn")
    }


def _doubled_starts(mains: Iterable[Definition]) -> list[Finding]:
    starts: dict[str, str] = {}
    findings = []
    for main in mains:
        message = main.start_message
        if message is not None and message in starts:
            findings.append(
                Finding(
                    f"{main.key}.bpmn",
                    main.diagrams[main.key].start.id,
                    "message.two_starts",
                    ERROR,
                    f"Beskeden '{message}' starter også processen '{starts[message]}'.",
                    "Lad hver besked starte én proces.",
                )
            )
        elif message is not None:
            starts[message] = main.key
    return findings


def _check_order(what: str, latest: date, day: date) -> None:
    if day < latest:
        raise RuleError(
            f"{what} har allerede en version, der gælder fra {latest:%d.%m.%Y}; en nyere version"
            f" kan ikke gælde fra {day:%d.%m.%Y}. Vælg {latest:%d.%m.%Y} eller en senere dag."
        )
