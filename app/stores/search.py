"""Answers: how is a person or a case found by what somebody types?

By equality or beginning of normalised words: those comparisons can use an index behind row-level
security, `LIKE` and trigrams cannot. Names are found by their words, cases by number, persons by
all ten digits.
"""

import re
import unicodedata
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from app.models.cases import CaseRow, PartyRow, PartyTokenRow

AFTER_ALL = "\U0010ffff"
"""No text begins with anything later."""


def name_words(name: str) -> list[str]:
    """Return the words of a name as they are stored and searched, each once.

    >>> name_words("Åse  Møller-Jensen")
    ['åse', 'møller', 'jensen']
    """
    folded = unicodedata.normalize("NFC", name).casefold()
    return list(dict.fromkeys(re.findall(r"\w+", folded)))


def case_matches(tokens: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a case fits every token."""
    return and_(true(), *[_fits(token) for token in tokens])


def _fits(token: str) -> ColumnElement[bool]:
    digits = re.sub(r"[\s-]", "", token)
    if re.fullmatch(r"\d{10}", digits):
        # A personal number and a case number (2026-000123) are both ten digits.
        found = select(PartyRow.case_id).where(PartyRow.cpr == digits)
        return or_(CaseRow.number == token, CaseRow.id.in_(found))
    named = [_named(word) for word in name_words(token)]
    return or_(CaseRow.number == token, and_(*named) if named else false())


def _named(word: str) -> ColumnElement[bool]:
    found = select(PartyTokenRow.case_id).where(
        PartyTokenRow.token >= word, PartyTokenRow.token < word + AFTER_ALL
    )
    return CaseRow.id.in_(found)
