"""A letter to PDF/A-2a and PDF/UA-1: the port `LetterRenderer`, by typst.

The same letter gives the same bytes: fonts are ours, none of the machine's; the only time in the
file is the letter's own date. typst hangs in a process that was forked after its first use, so
worker pools are threads, and each thread makes its own compiler the first time it needs one.
"""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import UTC, datetime, time
from importlib.resources import as_file, files

import typst

from processes.domain.errors import BrokenStateError
from processes.domain.letters import Letter, to_body
from processes.domain.rules.prose import day_in_words
from processes.ports.gateways import RenderedLetter


class TypstRenderer:
    """Renders letters (brevdannelse); safe to share between threads, never across a fork."""

    def __init__(self) -> None:
        self._mine = threading.local()

    def render(self, letter: Letter) -> RenderedLetter:
        """Render one letter; the same letter gives the same bytes."""
        body = {**to_body(letter), "dated_on": day_in_words(letter.dated_on)}
        pdf = self._compiler().compile(
            format="pdf",
            sys_inputs={"letter": json.dumps(body, ensure_ascii=False, sort_keys=True)},
            pdf_standards=["a-2a", "ua-1"],
            timestamp=datetime.combine(letter.dated_on, time(), UTC),
        )
        if not isinstance(pdf, bytes):
            raise BrokenStateError(f"letter {letter.id} was not rendered to one PDF file")
        return RenderedLetter(pdf, hashlib.sha256(pdf).hexdigest())

    def _compiler(self) -> typst.Compiler:
        compiler = getattr(self._mine, "compiler", None)
        if compiler is None:
            compiler = self._mine.compiler = _new_compiler()
        return compiler


def _new_compiler() -> typst.Compiler:
    with as_file(files("app").joinpath("templates", "letters")) as folder:
        fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(folder / "fonts")],
        )
        return typst.Compiler(str(folder / "letter.typ"), root=str(folder), font_paths=fonts)
