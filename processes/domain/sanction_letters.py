"""The letter about a sanction (sanktionsafgørelse): how much, for which days, and taken when.

Says exactly what was decided, which paragraph it stands on, what the citizen answered and why it
was not enough. Knows nothing of PDF or post.
"""

from __future__ import annotations

from datetime import date

from processes.domain.calculation import Calculation
from processes.domain.cases import Case, Party
from processes.domain.decisions import Decision
from processes.domain.hearings import PartyHearing
from processes.domain.letters import (
    Letter,
    LetterKind,
    LetterSection,
    LetterTable,
    Sender,
    appeal_section,
    confirmed_or_not,
    paragraphs_of,
)
from processes.domain.money import Money
from processes.domain.periods import Month, danish_day
from processes.domain.rules.prose import (
    day_in_words,
    law_in_words,
    laws_in_words,
    month_in_words,
    paragraph_of,
)
from processes.domain.sanction_cases import SanctionRequest, amount_in, in_words


def compose_sanction(
    decision: Decision,
    *,
    request: SanctionRequest,
    calculation: Calculation,
    hearing: PartyHearing | None,
    case: Case,
    receiver: Party,
    sender: Sender,
    letter_id: str,
    dated_on: date,
    first: Month,
    last: Month,
) -> Letter:
    """Write the decision on a sanction to one party (brev om sanktion).

    `first` is the first month that is paid after the letter, `last` the last one anything may be
    taken in.
    Law: LAS §§ 35-40 a; FVL §§ 22-25 (reasons, appeal).
    """
    amount = amount_in(calculation)
    party = case.party(request.party_id)
    whose = "Din hjælp" if receiver.id == party.id else f"Hjælpen til {party.name}"
    sections = [
        LetterSection("Afgørelse", _decided(decision, whose, request, amount)),
        LetterSection("Hvornår beløbet bliver trukket", _when(first, last)),
        _counted(calculation),
        LetterSection("Begrundelse", paragraphs_of(decision.reasoning)),
        LetterSection("Det har du sagt", _heard(decision, hearing)),
        LetterSection(
            "Regler",
            (
                f"Vi har afgjort det efter {laws_in_words(decision.legal_basis)}.",
                (
                    "Du skal stå til rådighed for at få hjælpen. Du kan læse om dine pligter i"
                    " den vejledning, du har fået fra jobcentret."
                ),
                (
                    "Særlig støtte til høje boligudgifter bliver ikke mindre af sanktionen. Det"
                    f" står i {law_in_words('LAS § 34, stk. 5')}."
                ),
            ),
        ),
        appeal_section(decision, sender),
        *confirmed_or_not(calculation),
    ]
    return Letter(
        id=letter_id,
        kind=LetterKind.SANCTION,
        case_number=case.number,
        title="Du får en sanktion",
        dated_on=dated_on,
        municipality_name=sender.municipality_name,
        municipality_lines=sender.lines,
        receiver_name=receiver.name,
        receiver_lines=receiver.address_lines,
        caseworker_name=sender.caseworker_name,
        sections=tuple(sections),
        facts=tuple(
            dict.fromkeys(
                (
                    decision.number,
                    amount.danish(),
                    day_in_words(request.told.from_on),
                    month_in_words(last),
                    month_in_words(first),
                    *(paragraph_of(law) for law in decision.legal_basis),
                )
            )
        ),
    )


def _decided(
    decision: Decision, whose: str, request: SanctionRequest, amount: Money
) -> tuple[str, ...]:
    return (
        (
            f"{whose} bliver sat ned med {amount.danish()} før skat. Det er en sanktion for"
            f" {in_words(request)}."
        ),
        "Beløbet bliver trukket én gang. Derefter får du hjælp som før.",
        f"Afgørelsen har nummer {decision.number}.",
    )


def _when(first: Month, last: Month) -> tuple[str, ...]:
    return (
        (
            "Vi trækker beløbet i den første hjælp, vi udbetaler, efter at du har fået dette brev:"
            f" tidligst i hjælpen for {month_in_words(first)}, og senest i hjælpen for"
            f" {month_in_words(last)}."
        ),
        (
            "Er hjælpen i den måned mindre end beløbet, trækker vi resten i den næste. Det, vi ikke"
            " når at trække i tide, bortfalder."
        ),
    )


def _counted(calculation: Calculation) -> LetterSection:
    (line,) = calculation.months[0].lines
    per_day, number = line.explanation.inputs
    helped = per_day.inputs[0]
    count, one = number.value, per_day.value
    if not isinstance(one, Money) or not isinstance(helped.value, Money):
        raise TypeError("a sanction is worked out from amounts")
    return LetterSection(
        "Sådan har vi regnet",
        (
            (
                f"Sanktionssatsen følger af din hjælp om måneden. Den er"
                f" {helped.value.danish()} før skat, så satsen er {one.danish()}"
            ),
        ),
        LetterTable(
            line.label,
            (
                ("Sanktionssats", one.danish()),
                ("Antal satser", str(count)),
                ("Sanktion før skat", (-line.amount).danish()),
            ),
            has_sum=False,
        ),
    )


def _heard(decision: Decision, hearing: PartyHearing | None) -> tuple[str, ...]:
    if hearing is None or hearing.sent_at is None:
        return (f"Vi har ikke hørt dig først. {decision.hearing_exception}",)
    asked = f"Vi skrev til dig den {day_in_words(danish_day(hearing.sent_at))} og bad om dit svar."
    answer = (
        f"Du svarede: »{' '.join(hearing.answer.split())}«"
        if hearing.answer
        else "Vi har ikke fået svar fra dig. Sagen er vurderet på de oplysninger, vi har."
    )
    weighed = f"Sådan har vi vurderet det: {hearing.conclusion}" if hearing.conclusion else ""
    return tuple(part for part in (asked, answer, weighed) if part)
