"""The letter that help ends (ophørsbrev): from when, why, the last payment, and what then.

Says exactly what was decided. Knows nothing of PDF or post.
"""

from __future__ import annotations

from datetime import date

from processes.domain.calculation import Calculation
from processes.domain.cases import Case, Party
from processes.domain.cessations import GROUND_NAMES, Cessation
from processes.domain.decisions import Decision
from processes.domain.hearings import PartyHearing
from processes.domain.letters import (
    Letter,
    LetterKind,
    LetterSection,
    Sender,
    appeal_section,
    confirmed_or_not,
)
from processes.domain.money import Money
from processes.domain.periods import ONE_DAY, Calendar, Month, danish_day
from processes.domain.rules.prose import (
    day_in_words,
    law_in_words,
    laws_in_words,
    month_in_words,
    paragraph_of,
)


def compose_cessation(
    decision: Decision,
    *,
    cessation: Cessation,
    calculation: Calculation,
    hearing: PartyHearing | None,
    case: Case,
    receiver: Party,
    sender: Sender,
    letter_id: str,
    dated_on: date,
    calendar: Calendar,
) -> Letter:
    """Write to one party that help ends (brev om ophør).

    Law: FVL §§ 22-25 (reasons, appeal); RSL § 11 (duty to tell, until help has ended).
    """
    last = Month.of(cessation.ends_on - ONE_DAY)
    pays_on = calendar.last_banking_day(last)
    nothing = Money(0).danish()
    ends = day_in_words(cessation.ends_on)
    sections = [
        LetterSection(
            "Afgørelse",
            (
                (
                    f"{_whose(calculation, case, receiver)} stopper fra den {ends}"
                    f" ({nothing} om måneden fra {month_in_words(Month.of(cessation.ends_on))})."
                ),
                f"Den sidste hjælp er for {month_in_words(last)}. {_paid(pays_on, dated_on)}",
                f"Afgørelsen har nummer {decision.number}.",
            ),
        ),
        LetterSection(
            "Begrundelse",
            (
                f"{GROUND_NAMES[cessation.ground]}.",
                *(part.strip() for part in decision.reasoning.split("\n") if part.strip()),
            ),
        ),
        *_heard(hearing, cessation),
        LetterSection(
            "Hvad sker der nu?",
            (
                (
                    "Har du haft løn, ferie eller andre ændringer, mens du har fået hjælp, skal"
                    f" du stadig fortælle os om det. Det står i {law_in_words('RSL § 11')}."
                ),
                (
                    "Er der en sanktion, som ikke er trukket endnu, bortfalder det, der ikke kan"
                    " trækkes i den sidste hjælp."
                ),
                (
                    "Får du brug for hjælp igen, så søg med det samme. Hjælpen kan tidligst begynde"
                    " den dag, du søger."
                ),
            ),
        ),
        LetterSection(
            "Regler", (f"Vi har afgjort det efter {laws_in_words(decision.legal_basis)}.",)
        ),
        appeal_section(decision, sender),
        *confirmed_or_not(calculation),
    ]
    return Letter(
        id=letter_id,
        kind=LetterKind.CESSATION,
        case_number=case.number,
        title="Din kontanthjælp stopper",
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
                    ends,
                    month_in_words(last),
                    *(paragraph_of(law) for law in decision.legal_basis),
                )
            )
        ),
    )


def _whose(calculation: Calculation, case: Case, receiver: Party) -> str:
    names = [
        case.party(party_id).name for party_id in calculation.party_ids if party_id != receiver.id
    ]
    if receiver.id not in calculation.party_ids:
        return f"Hjælpen til {' og '.join(names)}"
    return f"Hjælpen til dig og {' og '.join(names)}" if names else "Din hjælp"


def _paid(pays_on: date, dated_on: date) -> str:
    if pays_on < dated_on:
        return f"Den var på NemKontoen den {day_in_words(pays_on)}."
    return f"Den er på NemKontoen den {day_in_words(pays_on)}."


def _heard(hearing: PartyHearing | None, cessation: Cessation) -> list[LetterSection]:
    if hearing is None or hearing.sent_at is None:
        said = "Du har selv bedt om det." if cessation.is_wished else ""
        return [LetterSection("Det har du sagt", (said,))] if said else []
    answer = (
        f"Du svarede: »{' '.join(hearing.answer.split())}«"
        if hearing.answer
        else "Vi har ikke fået svar fra dig."
    )
    asked = f"Vi skrev til dig den {day_in_words(danish_day(hearing.sent_at))}. {answer}"
    return [LetterSection("Det har du sagt", (asked, hearing.conclusion))]
