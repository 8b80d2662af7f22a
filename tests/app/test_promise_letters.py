"""Letters about help now and about a missed deadline are accessible, archival and exact."""

from datetime import date, datetime
from pathlib import Path

import outloud
import pdfua
import pytest

from app.rendering import TypstRenderer
from processes.domain import deadlines, decisions, immediate_help, promise_letters
from processes.domain.calculation import HelpKind
from processes.domain.immediate_help import PayoutWay
from processes.domain.letters import Letter, Sender, check_decision_letter, check_letter
from processes.domain.money import Money
from processes.domain.periods import DENMARK
from tests.builders.cases import a_case
from tests.domain.test_immediate_help import LAST, NOW, asked, calculated

CASE = a_case()
SENDER = Sender("Egekøb Kommune", ("Torvet 1", "9999 Egekøb"), "Mette Holm", "70 00 00 00")


def decided(amount: str | None, *, payout: PayoutWay = PayoutWay.ACCOUNT) -> Letter:
    calculation = calculated(None if amount is None else Money.kroner(amount))
    question = immediate_help.assessed(
        asked(acute_need="ja"),
        calculation,
        means=Money(0),
        needs="Mad",
        until_on=LAST,
        payout=payout,
        reason="Du mangler penge til mad.",
        by="mette",
        at=NOW,
    )
    proposal = decisions.Proposal(
        id="f1",
        case_id=CASE.id,
        calculation_id=calculation.id,
        outcome=calculation.outcome,
        reasoning="Du mangler penge til mad.",
        legal_basis=calculation.paragraphs,
        repayment_condition="",
        hearing_id=None,
        hearing_exception="",
        proposed_by="mette",
        proposed_at=NOW,
        help_kind=HelpKind.IMMEDIATE,
    )
    decision = decisions.issue(
        proposal,
        calculation,
        decision_id="afg1",
        number="2026-000123-1",
        municipality_name="Egekøb Kommune",
        contributors=(),
        at=NOW,
    )
    letter = promise_letters.compose_immediate(
        decision,
        asked=question,
        calculation=calculation,
        case=CASE,
        receiver=CASE.primary_party,
        sender=SENDER,
        letter_id="b1",
        dated_on=NOW.date(),
        pays_on=date(2026, 3, 2),
    )
    check_decision_letter(letter, decision)
    return letter


def delayed() -> Letter:
    notice = deadlines.write_notice(
        notice_id="n1",
        case_id=CASE.id,
        deadline_at=datetime(2026, 3, 23, 15, 30, tzinfo=DENMARK),
        new_deadline_on=date(2026, 4, 7),
        reason="Vi venter på svar fra en anden myndighed.",
        by="mette",
        at=NOW,
    )
    letter = promise_letters.compose_delay(
        notice,
        case=CASE,
        receiver=CASE.primary_party,
        sender=SENDER,
        letter_id="b1",
        dated_on=date(2026, 3, 23),
    )
    check_letter(letter)
    return letter


@pytest.mark.parametrize(
    "letter", [decided("3000"), decided(None), delayed()], ids=["granted", "refused", "delayed"]
)
def test_the_letter_passes_the_check_for_screen_readers(letter: Letter, tmp_path: Path) -> None:
    pdf = tmp_path / "brev.pdf"
    pdf.write_bytes(TypstRenderer().render(letter).pdf)

    report, heard = pdfua.validate(pdf), outloud.check(pdf)

    assert list(report.findings) == []
    assert (heard.verdict, heard.errors) == ("pass", 0)


def test_a_grant_says_amount_days_and_what_was_not_confirmed() -> None:
    words = decided("3000").text.replace("\u00a0", " ")

    for said in (
        "Du får 3.000,00 kr. i engangshjælp før skat.",
        "Den skal dække til og med den 30. marts 2026.",
        "NemKontoen den 2. marts 2026",
        "bliver ikke trukket fra i den første udbetaling",
        "Satserne i dette brev er eksempler",
        "Hvis du vil klage",
    ):
        assert said in words


def test_who_gets_the_money_at_the_desk_is_not_told_of_an_account() -> None:
    words = decided("3000", payout=PayoutWay.DESK).text

    assert "hentes i Borgerservice" in words
    assert "NemKontoen" not in words


def test_a_refusal_says_how_to_complain_and_that_the_application_goes_on() -> None:
    words = decided(None).text

    assert "får ikke engangshjælp" in words
    assert "Hvis du vil klage" in words
    assert "Vi behandler stadig din ansøgning" in words
