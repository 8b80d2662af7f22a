"""Answers: what did the world outside take, and has it taken this before?

Every accepted effect has an idempotency key; the same key never acts twice. With a file, what
was accepted is on disk before it is answered, so a killed simulator knows it when it is back.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

EFFECT: Final = "effect"
RECEIPT: Final = "receipt"


class KeyReusedError(Exception):
    """The same key came with something else in it."""


@dataclass(frozen=True)
class Effect:
    """Something a service took."""

    service: str
    key: str
    digest: str
    """Of what makes it this effect and no other."""
    content: Mapping[str, Any]


@dataclass
class Effects:
    """All that was accepted, in memory and, when there is a file, on disk."""

    file: Path | None = None
    accepted: list[Effect] = field(default_factory=list)
    receipts: list[Mapping[str, Any]] = field(default_factory=list)
    asked: dict[tuple[str, str], int] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        if self.file is not None and self.file.exists():
            self._read(self.file)

    def accept(self, effect: Effect) -> Effect:
        """Take an effect, or return the one taken earlier by the same key."""
        with self.lock:
            place = (effect.service, effect.key)
            self.asked[place] = self.asked.get(place, 0) + 1
            earlier = self.find(effect.service, effect.key)
            if earlier is None:
                self._write({"type": EFFECT, **_plain(effect)})
                self.accepted.append(effect)
                return effect
            if earlier.digest != effect.digest:
                raise KeyReusedError(effect.key)
            return earlier

    def find(self, service: str, key: str) -> Effect | None:
        """Return what a key did, if anything."""
        with self.lock:
            for effect in self.accepted:
                if (effect.service, effect.key) == (service, key):
                    return effect
            return None

    def of(self, service: str) -> list[Effect]:
        """Return everything one service took."""
        with self.lock:
            return [effect for effect in self.accepted if effect.service == service]

    def add_receipt(self, receipt: Mapping[str, Any]) -> None:
        """Remember an answer that waits to be fetched."""
        with self.lock:
            self._write({"type": RECEIPT, **receipt})
            self.receipts.append(dict(receipt))

    def counts(self) -> dict[str, dict[str, int]]:
        """Count accepted effects, by service and key."""
        counted: dict[str, dict[str, int]] = {}
        with self.lock:
            for effect in self.accepted:
                keys = counted.setdefault(effect.service, {})
                keys[effect.key] = keys.get(effect.key, 0) + 1
        return counted

    def forget(self) -> None:
        """Forget everything, the file's content too."""
        with self.lock:
            self.accepted.clear()
            self.receipts.clear()
            self.asked.clear()
            if self.file is not None:
                self.file.write_bytes(b"")

    def _write(self, record: Mapping[str, Any]) -> None:
        if self.file is None:
            return
        with self.file.open("ab") as out:
            out.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")
            out.flush()
            os.fsync(out.fileno())

    def _read(self, file: Path) -> None:
        content = file.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if whole != content:
            # A line cut short by a kill was never answered, so it never happened.
            file.write_bytes(whole)
        for line in whole.splitlines():
            record = json.loads(line)
            kind = record.pop("type")
            if kind == EFFECT:
                self.accepted.append(Effect(**record))
            else:
                self.receipts.append(record)


def _plain(effect: Effect) -> dict[str, Any]:
    return {
        "service": effect.service,
        "key": effect.key,
        "digest": effect.digest,
        "content": dict(effect.content),
    }
