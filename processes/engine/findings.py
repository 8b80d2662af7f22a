"""Answers: what is wrong with a diagram or a table, where, and what is the way out?

Knows the shape of a finding and how to read foreign XML without being harmed by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from processes.domain.errors import RuleError

MAX_BYTES = 2_000_000

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
DMN_NAMESPACES = (
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
)

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True, order=True)
class Finding:
    """One thing wrong with a diagram or table (bemærkning), and the way out; both in Danish."""

    file: str
    element: str
    """The id of the element, or of the process, or the file name when there is neither."""
    id: str
    """The rule, e.g. `gateway.default`: stable, so that it can be looked up and listed."""
    level: str
    """`error` stops the deployment, `warning` does not."""
    message: str
    way_out: str

    def __str__(self) -> str:
        return f"{self.file}: {self.element}: {self.message} {self.way_out} [{self.id}]"


class DeploymentError(RuleError):
    """A diagram or table cannot be taken into use (idriftsættes); says all that is wrong."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(sorted(findings))
        super().__init__("\n".join(str(finding) for finding in self.findings))


def read_xml(file: str, content: bytes) -> etree._Element:
    """Read XML that a stranger may have written: no DOCTYPE, no entities, no network, 2 MB."""
    if len(content) > MAX_BYTES:
        raise DeploymentError(
            [
                Finding(
                    file, file, "xml.size", ERROR,
                    f"Filen fylder {len(content)} byte; den må højst fylde {MAX_BYTES}.",
                    "Del diagrammet op med kaldte processer.",
                )
            ]
        )  # fmt: skip
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise DeploymentError(
            [
                Finding(
                    file, file, "xml.syntax", ERROR,
                    f"Filen er ikke gyldig XML (linje {error.lineno}).",
                    "Gem filen igen fra tegneværktøjet.",
                )
            ]
        ) from error  # fmt: skip
    if root.getroottree().docinfo.internalDTD is not None:
        raise DeploymentError(
            [
                Finding(
                    file, file, "xml.doctype", ERROR,
                    "Filen har en DOCTYPE; den slags filer tages ikke ind.",
                    "Fjern DOCTYPE-linjen, eller gem filen igen fra tegneværktøjet.",
                )
            ]
        )  # fmt: skip
    return root
