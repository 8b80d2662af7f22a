"""Every letter of a case, read back from its PDF and held against the rows it tells of."""

import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import outloud
import pdfua
import pypdf

from processes.domain.calculation import Calculation
from processes.domain.cases import Party
from processes.domain.decisions import Decision
from processes.domain.letters import receivers
from processes.domain.money import Money
from processes.domain.periods import danish_day
from processes.domain.rules.prose import (
    day_in_words,
    days_in_words,
    month_in_words,
    paragraph_of,
)
from processes.ports.pages import CasePage
from tests.journeys.conftest import World

AMOUNT = re.compile(r"[−-]?\d{1,3}(?:\.\d{3})*,\d{2} kr\.")
DECISIONS = {"bevilling_forsoergelse", "delvis_bevilling_forsoergelse", "afslag_forsoergelse"}


@dataclass(frozen=True)
class ReadLetter:
    """One letter as its receiver reads it."""

    kind: str
    party: Party
    text: str
    """Words only, one blank between them."""


def plain(words: str) -> str:
    """Return words with one ordinary blank between them."""
    return re.sub(r"\s+", " ", words.replace("\u00a0", " ")).strip()


def letters_of(
    world: World, case_id: str, tmp_path: Path, *, beside: Sequence[Calculation] = ()
) -> list[ReadLetter]:
    """Return every letter of a case, oldest first, once each has passed every check.

    `beside` are calculations of something else than the support, as of a sanction.
    """
    page = world.core.cases.page(case_id, world.driver.team.caseworker)
    posted = {
        each["key"].split(":")[1]: each["pdf_sha256"]
        for each in world.control("received")["letters"]
    }
    read = []
    for row in reversed(page.letters):
        record = row.record
        document, content = world.core.cases.document(
            str(record.document_id), world.driver.team.caseworker
        )
        digest = hashlib.sha256(content).hexdigest()
        assert digest == record.sha256 == document.sha256 == posted[record.id]
        pdf = tmp_path / f"{record.id}.pdf"
        pdf.write_bytes(content)
        _is_archival_and_accessible(pdf)
        letter = ReadLetter(
            str(record.kind), page.case.party(record.party_id), _text(pypdf.PdfReader(pdf))
        )
        says_what_the_rows_say(letter, page, beside)
        read.append(letter)
    assert len(posted) == len(read), "nothing is posted that is not on the case"
    return read


def _text(reader: pypdf.PdfReader) -> str:
    return plain(" ".join(page.extract_text() for page in reader.pages))


def _is_archival_and_accessible(pdf: Path) -> None:
    report, result = pdfua.validate(pdf), outloud.check(pdf)
    assert list(report.findings) == []
    assert (result.verdict, result.errors, result.warnings) == ("pass", 0, 0)
    reader = pypdf.PdfReader(io.BytesIO(pdf.read_bytes()))
    assert reader.xmp_metadata is not None
    xmp = reader.xmp_metadata.stream.get_data().decode()
    for mark in ("pdfaid:part>2<", "pdfaid:conformance>A<", "pdfuaid:part>1<"):
        assert mark in xmp
    fonts = [
        descendant.get_object()["/FontDescriptor"]
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
        for descendant in font.get_object()["/DescendantFonts"]
    ]
    assert all({"/FontFile2", "/FontFile3"} & set(each.get_object()) for each in fonts)


def says_what_the_rows_say(
    letter: ReadLetter, page: CasePage, beside: Sequence[Calculation] = ()
) -> None:
    """Find in a letter what was decided, asked or heard, and no amount besides."""
    wanted = list(_wanted(letter, page))
    assert wanted
    assert [each for each in wanted if plain(each) not in letter.text] == []
    if page.calculation is not None:
        known = {amount for each in (page.calculation, *beside) for amount in _amounts(each)}
        invented = set(AMOUNT.findall(letter.text)) - known
        assert invented == set(), "an amount in the letter that nobody has calculated"


def _wanted(letter: ReadLetter, page: CasePage) -> Iterator[str]:
    yield page.case.number
    yield letter.party.name
    yield from letter.party.address_lines
    if letter.kind in DECISIONS:
        (decision,) = page.decisions
        yield from _decided(letter, decision, page)
    elif letter.kind == "partshoering_afslag":
        hearing = page.hearings[0]
        assert hearing.deadline_at is not None
        yield from (hearing.statement, f"{hearing.days} dage", "forvaltningsloven § 19")
        yield day_in_words(hearing.last_day)
    elif letter.kind == "sanktion_afgoerelse":
        yield from ("§ 35", "tidligst i hjælpen for", "Ankestyrelsen")
    else:
        for paper in page.papers:
            yield from (paper.name, paper.why)
        yield "§ 11 b"


def _decided(letter: ReadLetter, decision: Decision, page: CasePage) -> Iterator[str]:
    yield from (decision.number, decision.appeal_instruction, decision.reasoning)
    yield day_in_words(danish_day(decision.issued_at))
    yield from (paragraph_of(law) for law in decision.legal_basis)
    assert page.calculation is not None
    assert page.calculation.id == decision.calculation_id
    months = {(each.party_id, each.month): each for each in page.calculation.months}
    for line in decision.lines:
        who = "Du" if line.party_id == letter.party.id else page.case.party(line.party_id).name
        month = months[line.party_id, line.from_month]
        days = [days_in_words(each) for each in month.help_periods] if month.is_part else []
        assert who in letter.text
        yield (
            f"{line.amount.danish()} før skat for {' og '.join(days)}"
            if days
            else (
                f"{line.amount.danish()} om måneden før skat fra {month_in_words(line.from_month)}"
            )
        )
        for row in month.lines:
            yield f"{row.label} {row.amount.danish()}"
    for month in page.calculation.months:
        for condition in month.refused_because:
            yield condition.reason
    first = min((row.line.month for row in page.payments), default=None)
    for row in page.payments:
        if row.line.month == first:
            yield day_in_words(row.line.disposition_on)
    assert {each.id for each in receivers(page.case)} == {
        each.record.party_id for each in page.letters if str(each.record.kind) == letter.kind
    }


def _amounts(calculation: Calculation) -> set[str]:
    """Return every amount a calculation knows, as it is written."""
    found = [
        node.value
        for month in calculation.months
        for tree in (
            *(line.explanation for line in month.lines),
            *(condition.explanation for condition in month.conditions),
        )
        for node in tree.walk()
        if isinstance(node.value, Money)
    ]
    found += [line.amount for month in calculation.months for line in month.lines]
    found += [month.gross for month in calculation.months if month.gross is not None]
    return {plain(each.danish()) for amount in found for each in (amount, -amount)} | {
        plain(Money(0).danish())
    }
