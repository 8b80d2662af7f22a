"""What pages show of a case as a whole, and what is found by what somebody types."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.stores.search import name_words
from app.stores.unit_of_work import SqlUnitOfWorkFactory
from processes.domain.documents import JournalNote
from processes.domain.identifiers import Cpr
from processes.domain.payments import PaymentReceipt, PaymentState
from processes.domain.periods import Period
from processes.ports.records import TaskState
from tests.stores import builders as a


def test_words_of_a_name_are_normalised() -> None:
    assert name_words("Åse  MØLLER-Jensen møller") == ["åse", "møller", "jensen"]


def test_a_case_is_found_by_name_number_and_whole_personal_number(
    uow_factory: SqlUnitOfWorkFactory,
) -> None:
    bo = a.a_party(id=a.BO, case_id=a.an_id("bos"), name="Bo Ågård", cpr=Cpr("6202881235"))
    newer = a.a_case(
        id=a.an_id("bos"),
        number="2026-000124",
        parties=(bo,),
        opened_at=a.NOW + timedelta(days=1),
    )
    with uow_factory(999) as uow:
        case = a.store_case(uow)
        uow.cases.add(newer)

        def found(*tokens: str, limit: int = 10) -> list[str]:
            return [each.number for each in uow.read.search_cases(tokens, limit=limit)]

        assert found("ågård") == [newer.number, case.number]
        assert found("ågård", limit=1) == [newer.number]
        assert found("Ågå", "ann") == [case.number]
        assert found("620288-1235") == [newer.number]
        assert found("2026-000123") == [case.number]
        assert found("6202881") == []
        assert found("gård") == []
        assert found("%") == []
        assert found("", "  ") == []


@pytest.mark.parametrize("typed", ["' OR 1=1 --", "\\", "å%", "😀"])
def test_nothing_typed_breaks_the_search(uow_factory: SqlUnitOfWorkFactory, typed: str) -> None:
    with uow_factory(999) as uow:
        a.store_case(uow)
        assert len(uow.read.search_cases([typed], limit=5)) <= 1


def test_the_time_line_tells_everything_newest_first(uow_factory: SqlUnitOfWorkFactory) -> None:
    def later(hours: int) -> datetime:
        return a.NOW + timedelta(hours=hours)

    with uow_factory(999) as uow:
        a.store_decision(uow)
        instance = a.store_instance(uow, with_case=False)
        uow.facts.add([a.a_fact("1"), a.a_fact("2", valid=Period(a.MARCH.last_day))])
        task = uow.processes.open_task(a.a_task(instance.id))
        uow.processes.save_task(
            replace(task, state=TaskState.DONE, completed_by="karin", completed_at=later(1))
        )
        uow.cases.add_note(JournalNote(a.an_id("n"), a.CASE, "Ringet op", "tove", later(2)))
        uow.letters.add([a.a_letter(composed_at=later(3))])
        uow.payments.add_plan(a.a_plan(a.a_payment()))
        uow.payments.append_receipt(
            PaymentReceipt(a.an_id("payment"), PaymentState.SETTLED, "1", "", later(4))
        )

        line = uow.read.case_timeline(a.CASE)
        newest = [(item.kind, item.detail) for item in line[:4]]
        assert newest == [
            ("udbetaling", "Udbetalt"),
            ("brev", "Brevet er skrevet"),
            ("notat", "Ringet op"),
            ("opgave", "Opgaven er løst"),
        ]
        assert {item.kind for item in line} >= {"oplysning", "afgoerelse"}
        assert [item.title for item in line if item.kind == "oplysning"] == [
            "2 oplysninger fra eIndkomst"
        ]
        titles = {item.title for item in line}
        assert any(title.startswith("Udbetaling for marts 2026: ") for title in titles)
        (decided,) = [item for item in line if item.title.startswith("Afgørelse")]
        assert decided.detail.startswith("Lov om aktiv socialpolitik §")
        assert not any("610190" in item.title + item.detail + item.by for item in line)
