"""Letters as PDF: archival, accessible, exact, and the same bytes every time."""

from __future__ import annotations

import hashlib
import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import outloud
import pdfua
import pypdf
import pytest
import typst

from app.rendering import TypstRenderer
from processes.domain.facts import FactKind
from processes.domain.letters import Letter, LetterSection
from processes.domain.money import Money
from tests.builders.facts import facts_of
from tests.builders.people import an_adult
from tests.domain.test_letters import COUPLE, married, written

RENDERER = TypstRenderer()


def a_letter() -> Letter:
    facts = (
        *facts_of("anna", married(CHILDREN_AT_HOME=2, WORK_INCOME=Money.kroner("8799.25"))),
        *facts_of("bo", married(CHILDREN_AT_HOME=2)),
    )
    letter, _ = written(*facts, case=COUPLE, jointly=True)
    return letter


def text_of(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return RENDERER.render(a_letter()).pdf


def test_the_pdf_says_every_fact_exactly(pdf: bytes) -> None:
    text = text_of(pdf)

    for fact in a_letter().facts:
        assert re.sub(r"\s+", " ", fact) in text
    for said in ("9.669,75 kr.", "−6.299,25 kr.", "15.969,00 kr.", "§ 16, stk. 1, nr. 2", "æ", "ø"):
        assert said in text


def test_the_same_letter_gives_the_same_bytes_and_another_does_not(pdf: bytes) -> None:
    again = TypstRenderer().render(a_letter())

    assert again.pdf == pdf
    assert again.sha256 == hashlib.sha256(pdf).hexdigest()
    assert RENDERER.render(replace(a_letter(), title="Noget andet")).sha256 != again.sha256


def test_threads_render_side_by_side_and_agree(pdf: bytes) -> None:
    with ThreadPoolExecutor(4) as pool:
        rendered = list(pool.map(lambda _: RENDERER.render(a_letter()).pdf, range(8)))

    assert rendered == [pdf] * 8


def test_it_is_accessible_by_two_checkers(pdf: bytes, tmp_path: Path) -> None:
    path = tmp_path / "brev.pdf"
    path.write_bytes(pdf)

    report = pdfua.validate(path)
    result = outloud.check(path)

    assert list(report.findings) == []
    assert (result.verdict, result.errors, result.warnings) == ("pass", 0, 0)


def test_the_checkers_do_find_fault_with_a_careless_pdf(tmp_path: Path) -> None:
    path = tmp_path / "skødesløs.pdf"
    path.write_bytes(typst.compile(b"Hej", format="pdf"))

    assert pdfua.validate(path).findings
    assert outloud.check(path).verdict == "fail"


def test_it_is_marked_for_the_archive_with_language_title_and_date(pdf: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    metadata = reader.xmp_metadata

    assert metadata is not None
    xmp = metadata.stream.get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in xmp
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in xmp
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert reader.root_object["/Lang"] == "da-DK"
    assert reader.metadata is not None
    assert reader.metadata.title == "Du får kontanthjælp"
    assert "2026-03-10" in xmp


def test_only_our_own_fonts_are_in_it(pdf: bytes) -> None:
    names = {
        font.get_object()["/BaseFont"]
        for page in pypdf.PdfReader(io.BytesIO(pdf)).pages
        for font in page["/Resources"]["/Font"].values()
    }

    assert names
    assert all("IBMPlexSans" in name for name in names)


def test_the_receiver_stands_in_the_window_of_the_envelope(pdf: bytes) -> None:
    page = pypdf.PdfReader(io.BytesIO(pdf)).pages[0]
    places: list[tuple[float, float]] = []

    def note(text: str, page_to: list[float], text_to: list[float], *_: object) -> None:
        if an_adult().name in text and not places:
            x, y = text_to[4], text_to[5]
            a, b, c, d, e, f = page_to
            places.append((a * x + c * y + e, b * x + d * y + f))

    page.extract_text(visitor_text=note)

    millimetre = 72 / 25.4
    left, bottom = places[0]
    from_top = float(page.mediabox.height) - bottom
    assert 18 * millimetre < left < 22 * millimetre
    assert 44 * millimetre < from_top < 60 * millimetre


def test_words_with_markup_in_them_stay_words() -> None:
    wild = '#import "x": * $x^2$ *fed* _kursiv_ <label> @ref // \\ `kode` = Overskrift'
    section = LetterSection("Begrundelse #1", (wild,))

    rendered = RENDERER.render(replace(a_letter(), sections=(section,)))

    assert re.sub(r"\s+", " ", wild) in text_of(rendered.pdf)


def test_a_long_letter_numbers_its_pages() -> None:
    section = LetterSection("Begrundelse", tuple(f"Afsnit {number}." for number in range(150)))

    text = text_of(RENDERER.render(replace(a_letter(), sections=(section,))).pdf)

    assert re.search(r"Side 1 af [3-5]\b", text)


def test_a_name_with_other_letters_is_written() -> None:
    letter = replace(a_letter(), receiver_name="Łukasz Ñandú Őry Žák Øyvind Ærø")

    assert "Łukasz Ñandú Őry Žák Øyvind Ærø" in text_of(RENDERER.render(letter).pdf)


def test_a_letter_of_one_person_without_children_is_one_or_two_pages() -> None:
    letter, _ = written(*facts_of(changes={FactKind.WORK_INCOME: Money.kroner(100)}))

    pages = pypdf.PdfReader(io.BytesIO(RENDERER.render(letter).pdf)).pages

    assert len(pages) <= 2
