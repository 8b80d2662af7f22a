"""Answers: how do the local commands talk to the person at the terminal?

Standard library only: `ky` uses this before there is a virtual environment.
Knows nothing of what the steps do.
"""

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

SECONDS_BETWEEN_SIGNS_OF_LIFE = 5.0
LOG_TAIL_LINES = 15


class SetupError(Exception):
    """Something the person at the terminal must put right; the message says how, in Danish."""


def say(text: str = "") -> None:
    """Print one line at once, even when the output is a pipe."""
    print(text, flush=True)


def long_step(
    title: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    progress: Callable[[str], str] | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> None:
    """Run a command that takes a while: output to a log, a sign of life every few seconds.

    `progress` turns what the command has written so far into a short sentence.
    """
    started = time.monotonic()
    say(f"{title} …")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        child = subprocess.Popen(
            [str(part) for part in command],
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=env,
            cwd=cwd,
        )
        while True:
            try:
                code = child.wait(timeout=SECONDS_BETWEEN_SIGNS_OF_LIFE)
                break
            except subprocess.TimeoutExpired:
                written = log.read_text(errors="replace")
                sentence = progress(written) if progress else "arbejder stadig"
                say(f"  {time.monotonic() - started:4.0f} s  {sentence}")
    if code != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:])
        raise SetupError(f"{title}: det lykkedes ikke (kode {code}).\n{tail}\nHele loggen: {log}")
    say(f"  {time.monotonic() - started:4.0f} s  færdig")
