"""A word the domain can say is a word the table knows, and no table knows another."""

import re
from enum import StrEnum

import pytest

from app.models.catalogue import METADATA
from processes.domain.calculation import Outcome
from processes.domain.cases import CaseState, PartyRole, Protection
from processes.domain.documents import Direction
from processes.domain.facts import FactStatus, SourceKind
from processes.domain.hearings import HearingState
from processes.domain.payments import PaymentState
from processes.domain.rates import Confidence
from processes.ports.records import InstanceState, LetterState, TaskState

WORDS: dict[str, type[StrEnum]] = {
    "calculation.outcome": Outcome,
    "case_file.protection": Protection,
    "case_file.state": CaseState,
    "decision.outcome": Outcome,
    "document.direction": Direction,
    "fact.source_kind": SourceKind,
    "fact.status": FactStatus,
    "hearing.state": HearingState,
    "letter.state": LetterState,
    "party.protection": Protection,
    "party.role": PartyRole,
    "process_instance.state": InstanceState,
    "proposal.outcome": Outcome,
    "rate.confidence": Confidence,
    "user_task.state": TaskState,
}


def known_words(column: str) -> set[str]:
    table, name = column.split(".")
    checks = [str(check.name) for check in METADATA.tables[table].constraints]
    assert f"{table}_{name}_known" in checks
    (check,) = (
        check
        for check in METADATA.tables[table].constraints
        if str(check.name) == f"{table}_{name}_known"
    )
    return set(re.findall(r"'([^']*)'", str(check.sqltext)))  # type: ignore[attr-defined]


@pytest.mark.parametrize(("column", "words"), WORDS.items())
def test_a_column_knows_the_words_of_the_domain(column: str, words: type[StrEnum]) -> None:
    assert known_words(column) == {word.value for word in words}


def test_a_receipt_says_everything_but_planned() -> None:
    appended = {state.value for state in PaymentState if state is not PaymentState.PLANNED}

    assert known_words("payment_receipt.state") == appended
