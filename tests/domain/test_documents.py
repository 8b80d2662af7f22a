"""Papers: which are asked for, until when, what a file is, and that every state has a way on."""

from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import pytest

from processes.domain import documents
from processes.domain.cases import PartyRole
from processes.domain.documents import (
    JPEG,
    KIND_NAMES,
    KIND_REASONS,
    PDF,
    PNG,
    DocumentKind,
    DocumentRequest,
    RequestState,
)
from processes.domain.errors import ConflictError, RuleError
from processes.domain.letters import LetterKind, Sender, check_letter, compose_documents
from processes.engine.tables import decide
from tests.bpmn import shipped
from tests.builders.cases import a_case
from tests.builders.days import a_calendar
from tests.builders.people import an_adult

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
SENDER = Sender("Egekøb Kommune", ("Torvet 1", "9999 Egekøb"), "Karin Holm", phone="70 00 00 00")


def a_paper(state: RequestState = RequestState.ASKED, **changes: Any) -> DocumentRequest:
    fields: dict[str, Any] = {
        "id": "papir-1",
        "case_id": "sag-1",
        "party_id": an_adult().id,
        "kind": DocumentKind.MEDICAL,
        "asked_at": NOW,
        **changes,
    }
    return DocumentRequest(state=state, **fields)


@pytest.mark.parametrize(
    ("told_at", "days", "last"),
    [
        (NOW, 14, date(2026, 3, 24)),
        # Half past eleven in the evening by UTC is tomorrow in Denmark.
        (datetime(2026, 3, 10, 23, 30, tzinfo=UTC), 14, date(2026, 3, 25)),
        # The fourteenth day is Good Friday; the next working day is Tuesday.
        (datetime(2026, 3, 20, 12, 0, tzinfo=UTC), 14, date(2026, 4, 7)),
    ],
)
def test_the_last_day_is_counted_from_delivery_and_is_never_a_closing_day(
    told_at: datetime, days: int, last: date
) -> None:
    assert documents.last_day(told_at, days, a_calendar()) == last


def test_a_deadline_ends_when_its_danish_day_is_over() -> None:
    assert documents.end_of_last_day(date(2026, 3, 24)).isoformat() == "2026-03-25T00:00:00+01:00"


@pytest.mark.parametrize(("before", "after"), list(product(RequestState, RequestState)))
def test_a_paper_moves_as_the_table_says_and_no_other_way(
    before: RequestState, after: RequestState
) -> None:
    if after in documents.MOVES[before]:
        moved = documents.move(a_paper(before), after, at=NOW, note="Set.")
        assert (moved.state, moved.changed_at, moved.note) == (after, NOW, "Set.")
    else:
        with pytest.raises(ConflictError):
            documents.move(a_paper(before), after, at=NOW)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n....", PNG),
        (b"\xff\xd8\xff\xe1....", JPEG),
        (b"%PDF-1.4\n", PDF),
        (b"\r\n rubbish before %PDF-1.4\n", PDF),
    ],
)
def test_what_a_file_is_its_content_says(content: bytes, media_type: str) -> None:
    assert documents.media_type_of(content, name="navn.exe") == media_type


@pytest.mark.parametrize("content", [b"GIF89a", b"PK\x03\x04", b"<svg/>", b"x" * 2000 + b"%PDF-"])
def test_what_we_cannot_show_is_refused_whatever_it_is_called(content: bytes) -> None:
    with pytest.raises(RuleError, match="ikke en PDF eller et billede"):
        documents.media_type_of(content, name="brev.pdf")


def test_ten_megabytes_are_taken_and_one_byte_more_is_not() -> None:
    whole = b"%PDF-" + b"0" * (documents.LARGEST_FILE_BYTES - 5)

    assert documents.media_type_of(whole) == PDF
    with pytest.raises(RuleError, match="højst fylde 10 MB"):
        documents.media_type_of(whole + b"0")


@pytest.mark.parametrize("kind", DocumentKind)
def test_every_kind_has_a_name_and_a_reason(kind: DocumentKind) -> None:
    assert KIND_NAMES[kind] != kind
    assert KIND_REASONS[kind].endswith(".")


# ---- the list ---------------------------------------------------------------------------------

REASONS = ("ledig", "sygdom", "samlivsophoer", "udlaert", "andet", "", None)


@pytest.mark.parametrize(
    ("benefit", "reason", "explained", "income_unknown"),
    list(
        product(("kontanthjaelp", "andet", None), REASONS, (True, False, None), (True, False, None))
    ),
)
def test_whatever_is_known_one_rule_says_which_papers_and_each_is_a_kind(
    benefit: object, reason: object, explained: object, income_unknown: object
) -> None:
    scope = {
        "benefit": benefit,
        "reason": reason,
        "explained": explained,
        "income_unknown": income_unknown,
    }

    said = decide(shipped.tables()["documents_needed"], scope)

    kinds = documents.kinds_in(str(said.outputs["document_kinds"]))
    assert said.source
    assert kinds or said.outputs["list_ready"] is True
    if (benefit, explained, income_unknown) == ("kontanthjaelp", True, False):
        assert not kinds


# ---- the letter -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("is_reminder", "kind", "days", "by"),
    [
        (False, LetterKind.DOCUMENTS, "14 dage", "24. marts 2026"),
        (True, LetterKind.DOCUMENTS_REMINDER, "7 dage", "17. marts 2026"),
    ],
)
def test_the_letter_says_what_why_by_when_and_what_happens_else(
    *, is_reminder: bool, kind: LetterKind, days: str, by: str
) -> None:
    papers = [a_paper(note="Billedet er for mørkt."), a_paper(kind=DocumentKind.PAYSLIPS)]

    letter = compose_documents(
        papers,
        case=a_case(),
        receiver=next(each for each in a_case().parties if each.role is PartyRole.PRIMARY),
        sender=SENDER,
        letter_id="brev-1",
        told_at=NOW,
        calendar=a_calendar(),
        days=7 if is_reminder else 14,
        is_reminder=is_reminder,
    )

    check_letter(letter)
    assert letter.kind is kind
    for said in (
        "Lægeerklæring. Vi skal kunne se, at du er syg",
        "Billedet er for mørkt.",
        "Lønsedler",
        days,
        by,
        "Det er ikke en afgørelse.",
        "Der sker intet af sig selv",
        "§\xa011 b",
    ):
        assert said in letter.text
    for code in ("RSL", "laegeerklaering", "_"):
        assert code not in letter.text
