"""Letters about what was promised: help until the first payment, and a deadline that is not kept.

Each says exactly what was decided or written, and nothing else. Knows nothing of PDF or post.
"""

from __future__ import annotations

from datetime import date

from processes.domain.calculation import Calculation, Outcome
from processes.domain.cases import Case, Party
from processes.domain.deadlines import DelayNotice
from processes.domain.decisions import Decision
from processes.domain.immediate_help import ImmediateHelp, PayoutWay
from processes.domain.letters import (
    Letter,
    LetterKind,
    LetterSection,
    LetterTable,
    Sender,
    appeal_section,
    confirmed_or_not,
    paragraphs_of,
    where,
    written,
)
from processes.domain.periods import danish_day
from processes.domain.rules.prose import day_in_words, law_in_words, laws_in_words, paragraph_of

TITLES = {
    Outcome.GRANTED: "Du får engangshjælp",
    Outcome.REFUSED: "Du kan ikke få engangshjælp",
}
KINDS = {
    Outcome.GRANTED: LetterKind.IMMEDIATE_GRANT,
    Outcome.REFUSED: LetterKind.IMMEDIATE_REFUSAL,
}


def compose_immediate(
    decision: Decision,
    *,
    asked: ImmediateHelp,
    calculation: Calculation,
    case: Case,
    receiver: Party,
    sender: Sender,
    letter_id: str,
    dated_on: date,
    pays_on: date,
) -> Letter:
    """Write the decision on immediate help to one party (brev om engangshjælp).

    Law: LAS § 25 a; FVL §§ 22-25 (reasons, appeal). `pays_on` is when the money is there.
    """
    granted = decision.outcome is Outcome.GRANTED
    sections = [
        LetterSection("Afgørelse", _decided(decision, asked, case, receiver, pays_on)),
        LetterSection("Begrundelse", paragraphs_of(decision.reasoning)),
        LetterSection(
            "Regler", (f"Vi har afgjort det efter {laws_in_words(decision.legal_basis)}.",)
        ),
    ]
    if granted:
        sections.insert(1, _amount(calculation, case))
    else:
        sections.append(
            LetterSection(
                "Hvis du mangler penge til mad, medicin eller husly",
                (f"Ring til os, hvis din situation ændrer sig. {where(sender)}",),
            )
        )
    sections.append(
        LetterSection(
            "Din ansøgning om kontanthjælp",
            (
                (
                    "Vi behandler stadig din ansøgning om kontanthjælp. Du får svar i et brev for"
                    " sig."
                ),
            ),
        )
    )
    sections.append(appeal_section(decision, sender))
    sections += confirmed_or_not(calculation)
    return written(
        letter_id,
        KINDS[decision.outcome],
        TITLES[decision.outcome],
        case=case,
        receiver=receiver,
        sender=sender,
        dated_on=dated_on,
        sections=sections,
        facts=(
            decision.number,
            *(line.amount.danish() for line in decision.lines),
            *((day_in_words(pays_on),) if granted and asked.payout is PayoutWay.ACCOUNT else ()),
            *((day_in_words(asked.until_on),) if granted and asked.until_on else ()),
            *(paragraph_of(law) for law in decision.legal_basis),
        ),
    )


def _decided(
    decision: Decision, asked: ImmediateHelp, case: Case, receiver: Party, pays_on: date
) -> tuple[str, ...]:
    name = case.primary_party.name
    who = "Du" if receiver.id == case.primary_party.id else name
    number = f"Afgørelsen har nummer {decision.number}."
    if not decision.lines:
        return (f"{who} får ikke engangshjælp, til den første udbetaling kommer.", number)
    amount = decision.lines[0].amount.danish()
    until = "" if asked.until_on is None else f" til og med den {day_in_words(asked.until_on)}"
    if asked.payout is PayoutWay.DESK:
        how = "Pengene kan hentes i Borgerservice. Tag legitimation med."
    else:
        how = f"Vi beder banken om at have pengene på NemKontoen den {day_in_words(pays_on)}."
    return (
        f"{who} får {amount} i engangshjælp før skat. Den skal dække{until}.",
        f"{how} Skatten bliver trukket efter skattekortet.",
        "Engangshjælpen bliver ikke trukket fra i den første udbetaling.",
        number,
    )


def _amount(calculation: Calculation, case: Case) -> LetterSection:
    month = calculation.months[0]
    rows = tuple((line.label, line.amount.danish()) for line in month.lines)
    whole = month.gross.danish() if month.gross is not None else ""
    return LetterSection(
        "Sådan er beløbet sat",
        (
            (
                "Loven nævner kun et højeste beløb. Inden for det er beløbet sat efter, hvad du"
                " mangler, til den første udbetaling kommer."
            ),
        ),
        LetterTable(
            case.primary_party.name, (*rows, ("Engangshjælp før skat", whole)), has_sum=True
        ),
    )


def compose_delay(
    notice: DelayNotice,
    *,
    case: Case,
    receiver: Party,
    sender: Sender,
    letter_id: str,
    dated_on: date,
) -> Letter:
    """Write that the deadline is not kept (fristbrev): why, and when the answer comes.

    Law: RSL § 3, stk. 2.
    """
    old, new = danish_day(notice.deadline_at), notice.new_deadline_on
    sections = [
        LetterSection(
            "Hvorfor du får dette brev",
            (
                (
                    "Vi har ikke afgjort din ansøgning om kontanthjælp inden den"
                    f" {day_in_words(old)}, som var fristen. Det er ikke en afgørelse, og du skal"
                    " ikke gøre noget."
                ),
            ),
        ),
        LetterSection("Hvorfor det tager længere tid", paragraphs_of(notice.reason)),
        LetterSection(
            "Hvornår du får svar",
            (
                f"Vi regner med at afgøre sagen senest den {day_in_words(new)}.",
                "Din ansøgning er ikke dårligere stillet, fordi det tager længere tid.",
            ),
        ),
        LetterSection(
            "Hvis du mangler penge nu",
            (
                (
                    "Mangler du penge til mad, medicin eller husly, så ring til os i dag."
                    f" {where(sender)}"
                ),
            ),
        ),
        LetterSection(
            "Regler",
            (
                (
                    "Når fristen ikke kan holdes, skal du have besked om hvorfor og om, hvornår du"
                    f" får svar, efter {law_in_words('RSL § 3, stk. 2')}."
                ),
            ),
        ),
    ]
    return written(
        letter_id,
        LetterKind.DELAY,
        "Du må vente lidt længere på svar",
        case=case,
        receiver=receiver,
        sender=sender,
        dated_on=dated_on,
        sections=sections,
        facts=(day_in_words(old), day_in_words(new), law_in_words("RSL § 3, stk. 2")),
    )
