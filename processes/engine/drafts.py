"""Answers: how does a diagram that another tool has drawn become a draft that can be worked on?

What only that tool understands is taken away and named; what is missing for a picture is drawn;
which of several processes is ours is chosen and said. Everything the gate has to say of the rest
comes with it. Only a file that is no BPMN, or that is meant to harm its reader, is no draft.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from lxml import etree

from processes.engine.findings import (
    BPMN,
    BPMNDI,
    DC,
    DI,
    ERROR,
    SPIFF,
    WARNING,
    XSI,
    DeploymentError,
    Finding,
    read_xml,
)
from processes.engine.layout import Element, draw_missing, is_flow_node
from processes.engine.lint import Catalogue, lint

KNOWN = {BPMN, BPMNDI, DC, DI, SPIFF, XSI, None, ""}
NAME = re.compile(r"[A-Za-z_][\w.-]*")
MAX_FOREIGN = 200
"""Findings on what was taken away; the rest is counted in one."""


@dataclass(frozen=True)
class Draft:
    """A diagram that can be opened in the modeler (kladde), and all that is to be said of it."""

    content: bytes
    findings: tuple[Finding, ...]
    process: str
    """The id of the process that is ours."""
    name: str


def open_draft(
    content: bytes, *, file: str = "kladde.bpmn", catalogue: Catalogue | None = None
) -> Draft:
    """Return a foreign diagram as a draft; `DeploymentError` when it is none at all."""
    opened = _Opened(file, read_xml(file, content))
    cleaned = opened.clean()
    told = lint({file: cleaned}, Catalogue() if catalogue is None else catalogue)
    return Draft(cleaned, tuple(sorted({*opened.findings, *told})), opened.process, opened.name)


class _Opened:
    def __init__(self, file: str, root: Element) -> None:
        self.file = file
        self.root = root
        self.findings: list[Finding] = []
        self.process = ""
        self.name = ""

    def note(self, element: str, rule: str, message: str, way_out: str) -> None:
        self.findings.append(Finding(self.file, element, rule, WARNING, message, way_out))

    def clean(self) -> bytes:
        """Return the diagram as it can be opened here."""
        if self.root.tag != f"{{{BPMN}}}definitions":
            raise self._refused(
                "bpmn.namespace", "Filen er ikke en BPMN 2.0-fil.", "Gem diagrammet som BPMN 2.0."
            )
        processes = self.root.findall(f"{{{BPMN}}}process")
        if not processes:
            raise self._refused(
                "process.one", "Filen har ingen proces.", "Tegn processen, og gem filen igen."
            )
        self._ids()
        self._foreign()
        self._main(processes)
        self._picture()
        etree.cleanup_namespaces(self.root, keep_ns_prefixes=["xsi"])
        return etree.tostring(self.root, xml_declaration=True, encoding="UTF-8")

    def _refused(self, rule: str, message: str, way_out: str) -> DeploymentError:
        return DeploymentError([Finding(self.file, self.file, rule, ERROR, message, way_out)])

    def _ids(self) -> None:
        """Give elements without an id one, and every second of the same id another."""
        taken = Counter(each.get("id") for each in self.root.iter(f"{{{BPMN}}}*") if each.get("id"))
        seen: set[str] = set()
        for number, each in enumerate(self.root.iter(f"{{{BPMN}}}*"), 1):
            key = each.get("id")
            needs = is_flow_node(each) or etree.QName(each).localname in {"sequenceFlow", "process"}
            if key is not None and key not in seen:
                seen.add(key)
            elif key is not None or needs:
                made = f"{etree.QName(each).localname}_{number}"
                while made in taken or made in seen:
                    made += "_"
                each.set("id", made)
                seen.add(made)
                said = "mangler" if key is None else f"'{key}' er brugt før"
                way_out = "Giv elementet et engelsk id."
                self.note(made, "draft.id", f"Elementets id {said}.", way_out)

    def _foreign(self) -> None:
        """Take away what only another tool understands, and name each of it."""
        taken = [*self._foreign_attributes(), *self._foreign_elements()]
        for element, what in taken[:MAX_FOREIGN]:
            self.note(
                element, "draft.foreign",
                f"'{what}' hører et andet værktøj til og er ikke taget med.",
                "Skriv det, det betyder, på vores måde (bpmn/README.md).",
            )  # fmt: skip
        if len(taken) > MAX_FOREIGN:
            self.note(
                self.file, "draft.foreign",
                f"Yderligere {len(taken) - MAX_FOREIGN} ting hører et andet værktøj til.",
                "Se efter i det værktøj, filen kommer fra.",
            )  # fmt: skip

    def _foreign_attributes(self) -> list[tuple[str, str]]:
        taken = []
        for each in self.root.iter(etree.Element):
            for name in list(each.attrib):
                if etree.QName(name).namespace not in KNOWN:
                    del each.attrib[name]
                    taken.append((self._place(each), etree.QName(name).localname))
        return taken

    def _foreign_elements(self) -> list[tuple[str, str]]:
        taken = []
        for each in list(self.root.iter(etree.Element)):
            if etree.QName(each).namespace in KNOWN:
                continue
            above = each.getparent()
            if above is not None and etree.QName(above).namespace in KNOWN:
                place = self._place(above)
                above.remove(each)
                taken.append((place, etree.QName(each).localname))
        for each in list(self.root.iter(f"{{{BPMN}}}extensionElements")):
            above = each.getparent()
            if not len(each) and above is not None:
                above.remove(each)
        return taken

    def _place(self, element: Element | None) -> str:
        """Return the nearest id around something."""
        while element is not None and not element.get("id"):
            element = element.getparent()
        return self.file if element is None else str(element.get("id"))

    def _main(self, processes: list[Element]) -> None:
        """Choose the process that is ours: the one that can run, or the one with most in it."""
        ready = [each for each in processes if each.get("isExecutable") == "true"]
        ours = max(
            ready or processes, key=lambda each: sum(map(is_flow_node, each.iter(etree.Element)))
        )
        self.process, self.name = ours.get("id", ""), ours.get("name", "") or self._pool(ours)
        if len(processes) > 1:
            self.note(
                self.process, "draft.process",
                f"Filen har {len(processes)} processer; den her er valgt til at køre, de andre er "
                "kun tegning.",
                "Sæt 'Executable' på den rigtige, eller del filen op.",
            )  # fmt: skip
        elif not ready:
            self.note(
                self.process, "draft.process", "Processen er sat til at kunne køre.",
                "Se efter, om tegningen er ment sådan.",
            )  # fmt: skip
        for each in processes:
            each.set("isExecutable", "true" if each is ours else "false")
        if self.name and not ours.get("name"):
            ours.set("name", self.name)

    def _pool(self, process: Element) -> str:
        return next(
            (
                pool.get("name", "")
                for pool in self.root.iter(f"{{{BPMN}}}participant")
                if pool.get("processRef", "").rpartition(":")[2] == process.get("id")
            ),
            "",
        )

    def _picture(self) -> None:
        """Draw what has no place on the picture, and leave out what is drawn of nothing."""
        there = {each.get("id") for each in self.root.iter(f"{{{BPMN}}}*")}
        for each in [
            *self.root.iter(f"{{{BPMNDI}}}BPMNShape"), *self.root.iter(f"{{{BPMNDI}}}BPMNEdge")
        ]:  # fmt: skip
            named = each.get("bpmnElement", "")
            each.set("bpmnElement", named.rpartition(":")[2])
            above = each.getparent()
            if each.get("bpmnElement") not in there and above is not None:
                above.remove(each)
                self.note(
                    self.file, "draft.picture", f"Tegningen viser '{named}', som ikke findes.",
                    "Se efter, om noget mangler.",
                )  # fmt: skip
        placed = draw_missing(self.root)
        if placed:
            self.note(
                self.process, "draft.layout",
                f"{len(placed)} elementer og pile var ikke tegnet og er sat på tegningen.",
                "Flyt dem, så diagrammet er let at læse.",
            )  # fmt: skip
