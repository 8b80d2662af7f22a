"""What a party is asked for comes back as it was, once a kind; a chosen file can be taken away."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from app.stores.unit_of_work import SqlUnitOfWorkFactory
from processes.domain.documents import (
    PDF,
    DocumentKind,
    DocumentRequest,
    RequestState,
    UploadedFile,
)
from processes.domain.errors import NotFoundError
from tests.stores import builders as a

LIST = a.an_id("paper")
FILE = a.an_id("file")


def a_request(**changes: Any) -> DocumentRequest:
    request = DocumentRequest(
        id=LIST,
        case_id=a.CASE,
        party_id=a.ANNA,
        kind=DocumentKind.MEDICAL,
        state=RequestState.ASKED,
        asked_at=a.NOW,
    )
    return replace(request, **changes)


def a_file(**changes: Any) -> UploadedFile:
    file = UploadedFile(
        id=FILE,
        request_id=LIST,
        case_id=a.CASE,
        party_id=a.ANNA,
        name="side-1.pdf",
        media_type=PDF,
        size_bytes=8,
        uploaded_at=a.NOW,
    )
    return replace(file, **changes)


def test_a_request_comes_back_in_its_newest_state(uow_factory: SqlUnitOfWorkFactory) -> None:
    came = a_request(
        state=RequestState.RECEIVED,
        due_on=date(2026, 3, 24),
        changed_at=a.NOW + timedelta(days=2),
        note="Kom med posten.",
    )
    with uow_factory(999) as uow:
        a.store_case(uow)
        uow.papers.save(a_request())
        assert uow.papers.request(LIST) == a_request()

        uow.papers.save(came)

        assert uow.papers.of_case(a.CASE) == [came]


def test_one_thing_is_asked_of_one_person_once(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(999) as uow:
        a.store_case(uow)
        uow.papers.save(a_request())

        with pytest.raises(IntegrityError, match="document_request_once"):
            uow.papers.save(a_request(id=a.an_id("another")))


def test_a_chosen_file_is_there_until_it_is_taken(uow_factory: SqlUnitOfWorkFactory) -> None:
    later = a_file(id=a.an_id("later"), uploaded_at=a.NOW + timedelta(microseconds=1))
    with uow_factory(999) as uow:
        a.store_case(uow)
        uow.papers.save(a_request())
        uow.papers.add_file(later, b"%PDF-two")
        uow.papers.add_file(a_file(), b"%PDF-one")
        assert uow.papers.files(a.CASE) == [a_file(), later]

        assert uow.papers.take_file(FILE) == b"%PDF-one"

        assert uow.papers.files(a.CASE) == [later]
        with pytest.raises(NotFoundError):
            uow.papers.file(FILE)


def test_another_municipality_sees_neither(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(999) as uow:
        a.store_case(uow)
        uow.papers.save(a_request())
        uow.papers.add_file(a_file(), b"%PDF-one")
        uow.commit()

    with uow_factory(998) as uow:
        assert uow.papers.of_case(a.CASE) == []
        assert uow.papers.files(a.CASE) == []
        with pytest.raises(NotFoundError):
            uow.papers.request(LIST)
        with pytest.raises(NotFoundError):
            uow.papers.take_file(FILE)
