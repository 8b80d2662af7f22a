"""Answers: how is a draft that anybody may have drawn judged, without harm and in time?

Each judgement has a process of its own with limits of its own, and an end after a few seconds; a
few at a time, so that those who draw do not take the machine from those who work on cases.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

from processes.domain.errors import BrokenStateError, RuleError
from processes.engine.assessing import as_assessment, as_opened, as_opening, as_request, late, lost
from processes.engine.lint import Catalogue
from processes.ports.workbench import Assessment, Files, Opened

MODULE = "processes.engine.assessing"
ROOT = Path(__file__).resolve().parents[1]
SECONDS = 4.0
"""With the wait for a turn, a request stays below the five seconds that are promised."""
SECONDS_TO_WAIT = 0.8
AT_ONCE = 2


class LimitedJudge:
    """Judges in a child process (bedømmelse)."""

    def __init__(
        self, catalogue: Catalogue, *, seconds: float = SECONDS, at_once: int = AT_ONCE
    ) -> None:
        self.catalogue = catalogue
        self.seconds = seconds
        self.turns = threading.BoundedSemaphore(at_once)

    def __call__(self, files: Files, *, base: Files, key: str) -> Assessment:
        """Return what there is to say of a draft; a draft that takes too much is told so."""
        if not self.turns.acquire(timeout=SECONDS_TO_WAIT):
            raise RuleError(
                "Kontrollen har travlt lige nu. Kladden er ikke ændret; prøv igen om lidt."
            )
        try:
            answer = self._ask(as_request(files, base=base, key=key, catalogue=self.catalogue))
        finally:
            self.turns.release()
        return late(key) if answer is None else as_assessment(answer) if answer else lost(key)

    def open(self, file: str, content: bytes) -> Opened:
        """Return a diagram of another tool as a draft; what takes too much comes back as it is."""
        if not self.turns.acquire(timeout=SECONDS_TO_WAIT):
            raise RuleError("Kontrollen har travlt lige nu. Hent filen ind igen om lidt.")
        try:
            answer = self._ask(as_opening(file, content))
        finally:
            self.turns.release()
        return as_opened(answer) if answer else Opened(content, "", "")

    def _ask(self, request: bytes) -> bytes | None:
        """Return the answer; empty when the limits ended the child, None when it came too late."""
        # -P: what lies in the working folder is never imported. No secrets go along.
        try:
            done = subprocess.run(  # noqa: S603 – our own program, nothing of the file in it
                [sys.executable, "-P", "-m", MODULE],
                input=request,
                capture_output=True,
                env={"PYTHONPATH": str(ROOT), "PATH": os.defpath, "LANG": "C.UTF-8"},
                timeout=self.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None
        if done.returncode > 0:  # it did not run out of anything: a bug of ours, not of the file
            raise BrokenStateError(f"the judge of drafts broke: {done.stderr.decode()[-2000:]}")
        return done.stdout if done.returncode == 0 else b""
