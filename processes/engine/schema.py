"""Answers: is this file BPMN 2.0 as its published schema has it?

The schema of the OMG comes with the library that reads BPMN; nothing of it is kept here. It finds
what has no meaning at all (an attribute that does not exist, a part in a place where it may not
be), before the white list asks whether we know the meaning.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from typing import Any

from lxml import etree

from processes.engine.findings import ERROR, Finding, read_xml

MAX_SHOWN = 20


@cache
def _schema() -> etree.XMLSchema:
    with as_file(files("SpiffWorkflow.bpmn.parser") / "schema") as folder:
        # Our own file on our own disk: it includes the others beside it.
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        return etree.XMLSchema(etree.parse(str(folder / "BPMN20.xsd"), parser))


def schema_findings(file: str, content: bytes) -> list[Finding]:
    """Return where a file breaks the schema, by the nearest element with an id."""
    root = read_xml(file, content)
    schema = _schema()
    if schema.validate(root):
        return []
    log: Any = schema.error_log
    return [
        Finding(
            file, _nearest(root, error.path or "", file), "xml.schema", ERROR,
            f"Filen følger ikke BPMN 2.0 (linje {error.line}): {_plain(error.message)}",
            "Ret det i tegneværktøjet, eller gem filen igen som BPMN 2.0.",
        )
        for error in list(log)[:MAX_SHOWN]
    ]  # fmt: skip


def _nearest(root: etree._Element, path: str, file: str) -> str:
    """Return the id of the element at a path of the schema checker, or of the one around it."""
    while path.count("/") > 1:
        spaces = {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
        try:
            found: Any = root.getroottree().xpath(path, namespaces=spaces)
        except etree.XPathError:  # a prefix of a part deep inside
            found = []
        if found and found[0].get("id"):
            return str(found[0].get("id"))
        path = path.rpartition("/")[0]
    return root.get("id") or file


def _plain(message: str) -> str:
    """Leave out the namespaces, which say nothing to a reader."""
    for namespace in ("MODEL", "DI"):
        message = message.replace(f"{{http://www.omg.org/spec/BPMN/20100524/{namespace}}}", "")
    return message[:200]
