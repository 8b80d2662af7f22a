"""Answers: how is a person or a case found by what somebody types?

By equality or beginning of normalised words: those comparisons can use an index behind row-level
security, `LIKE` and trigrams cannot. Names are found by their words, cases by number, persons by
all ten digits.
"""

import re
import unicodedata
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true, union_all
from sqlalchemy.orm import aliased

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


Cases = type[CaseRow]
"""The table of cases, or the same again under another name."""


def case_matches(tokens: Sequence[str], cases: Cases = CaseRow) -> ColumnElement[bool]:
    """Return the condition that a case fits every token."""
    return and_(true(), *[_fits(token, cases) for token in tokens])


def _fits(token: str, cases: Cases) -> ColumnElement[bool]:
    named = [_named(word, cases) for word in name_words(token)]
    if not any(each.isdigit() for each in token):
        return and_(*named) if named else false()
    # Either way of being found is a short list of its own: an OR would read every case there is.
    numbered = aliased(CaseRow)
    by_number = select(numbered.id).where(numbered.number == token)
    digits = re.sub(r"[\s-]", "", token)
    if re.fullmatch(r"\d{10}", digits):
        # A personal number and a case number (2026-000123) are both ten digits.
        by_cpr = select(PartyRow.case_id).where(PartyRow.cpr == digits)
        return cases.id.in_(union_all(by_number, by_cpr))
    words = select(PartyTokenRow.case_id).where(or_(false(), *map(_begins, name_words(token))))
    return and_(
        cases.id.in_(union_all(by_number, words)),
        or_(cases.number == token, and_(*named) if named else false()),
    )


def _begins(word: str) -> ColumnElement[bool]:
    return and_(PartyTokenRow.token >= word, PartyTokenRow.token < word + AFTER_ALL)


def _named(word: str, cases: Cases) -> ColumnElement[bool]:
    return exists().where(PartyTokenRow.case_id == cases.id, _begins(word))
