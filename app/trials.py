"""Answers: how are recorded cases run through a draft that anybody may have drawn, without harm?

Each batch has a process of its own with limits of its own, and an end before the worker's lease
is over. What it had come to by then counts; the case that took too much is said to have stopped.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from processes.domain.errors import BrokenStateError
from processes.ports.tryout_json import case_in, request_out
from processes.ports.tryouts import Bench, Recording, Trial, TriedCase, TriedCourse

MODULE = "processes.engine.replaying"
ROOT = Path(__file__).resolve().parents[1]
SECONDS = 45.0
"""Below the lease of a worker, which is a minute."""
TOO_MUCH = "Sagen brugte mere tid eller hukommelse, end en prøve må. Se, om diagrammet går i ring."


class LimitedRunner:
    """Runs batches in a child process (prøvekørsel)."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self.seconds = seconds

    def run(self, bench: Bench, recordings: Sequence[Recording]) -> Trial:
        """Return how cases go; those after one that took too much are for the next batch."""
        said, is_whole = self._ask(json.dumps(request_out(bench, recordings)).encode())
        refused = next((str(line["refused"]) for line in said if "refused" in line), "")
        cases = [case_in(line) for line in said if "refused" not in line]
        done = {case.instance_id for case in cases}
        left = [each for each in recordings if each.instance_id not in done]
        if left and not is_whole and not refused:
            cases.append(_lost(left[0]))
        return Trial(tuple(cases), refused)

    def _ask(self, request: bytes) -> tuple[list[dict[str, object]], bool]:
        """Return the lines that came, and whether the child came to its end."""
        # -P: what lies in the working folder is never imported. No secrets go along.
        try:
            done = subprocess.run(  # noqa: S603 – our own program, nothing of the files in it
                [sys.executable, "-P", "-m", MODULE],
                input=request,
                capture_output=True,
                env={"PYTHONPATH": str(ROOT), "PATH": os.defpath, "LANG": "C.UTF-8"},
                timeout=self.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            return _lines(late.stdout or b""), False
        if done.returncode > 0:  # it did not run out of anything: a bug of ours, not of the draft
            raise BrokenStateError(f"the try-out broke: {done.stderr.decode()[-2000:]}")
        return _lines(done.stdout), done.returncode == 0


def _lines(output: bytes) -> list[dict[str, object]]:
    whole = output.decode(errors="replace").splitlines(keepends=True)
    return [json.loads(line) for line in whole if line.endswith("\n")]


def _lost(recording: Recording) -> TriedCase:
    nowhere = TriedCourse("-", "", "unknown", (), {})
    stopped = TriedCourse("-", "", "stopped", (), {}, why=TOO_MUCH)
    return TriedCase(
        recording.instance_id,
        recording.case_id,
        recording.case_number,
        nowhere,
        stopped,
        is_as_recorded=False,
    )
