"""Answers: which number stands for a word in a column? The same one all through a process."""

from __future__ import annotations

from threading import Lock


class Words:
    """Words by number (ordliste); 0 is the empty word, which known to be none is."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {"": 0}
        self._lock = Lock()

    def code(self, word: str) -> int:
        """Return the number of a word, a new one if it has none."""
        found = self._codes.get(word)
        if found is None:
            with self._lock:
                found = self._codes.setdefault(word, len(self._codes))
        return found

    def word(self, code: int) -> str:
        """Return the word of a number."""
        return list(self._codes)[code]

    def __len__(self) -> int:
        return len(self._codes)


WORDS = Words()
"""The words of this process."""
