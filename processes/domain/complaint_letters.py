"""Letters about a complaint (klagebreve): that it came, that it is late, and what became of it.

The reasons of a new look stand in the letter word for word as they were written.
"""

from __future__ import annotations

from datetime import date

from processes.domain.cases import Case, Party
from processes.domain.complaints import MAINTAIN_WEEKS, Complaint, ComplaintChannel, ReviewOutcome
from processes.domain.decisions import Decision
from processes.domain.errors import SafeguardError
from processes.domain.letters import (
    Letter,
    LetterKind,
    LetterSection,
    Sender,
    paragraphs_of,
    where,
    written,
)
from processes.domain.periods import danish_day
from processes.domain.rules.prose import day_in_words, law_in_words

PARTLY_LAW = "RSL § 66"
COMPLAINT_LAW = "RSL § 67"


def compose_receipt(
    complaint: Complaint,
    *,
    decision: Decision,
    case: Case,
    receiver: Party,
    sender: Sender,
    letter_id: str,
    dated_on: date,
) -> Letter:
    """Say that a complaint came, and what happens when (kvittering for klage).

    Law: RSL §§ 66-67.
    """
    by = day_in_words(complaint.forward_by)
    said = (
        "Vi har skrevet det ned, du sagde, sådan her:"
        if complaint.channel in {ComplaintChannel.PHONE, ComplaintChannel.MEETING}
        else "Du skrev:"
    )
    late = (
        (
            "Klagen er kommet mere end fire uger efter afgørelsen. Det er Ankestyrelsen, der"
            " bestemmer, om den kan behandles alligevel. Vi ser på sagen igen under alle"
            " omstændigheder."
        ),
    )
    sections = [
        LetterSection(
            "Vi har fået din klage",
            (
                (
                    f"Vi fik din klage den {day_in_words(complaint.received_on)}. Den er over"
                    f" afgørelsen {decision.number}. Det er ikke en ny afgørelse."
                ),
                *(late if complaint.is_late else ()),
            ),
        ),
        LetterSection("Det klager du over", (said, *paragraphs_of(complaint.text))),
        LetterSection(
            "Hvad der sker nu",
            (
                (
                    "En anden medarbejder end den, der traf afgørelsen, ser på sagen igen. Du får"
                    f" svar senest den {by}."
                ),
                (
                    "Giver vi dig ikke medhold i det hele, sender vi klagen og sagens papirer til"
                    " Ankestyrelsen. Du skal ikke selv gøre noget."
                ),
            ),
        ),
        LetterSection(
            "Mens du venter",
            (
                "Afgørelsen gælder, mens vi ser på klagen.",
                (
                    "Har du papirer eller oplysninger, vi ikke kender, så send dem på Min side"
                    f" eller til {where(sender)}"
                ),
            ),
        ),
        LetterSection(
            "Regler",
            (
                (
                    f"Din ret til at klage står i {law_in_words(COMPLAINT_LAW)}, og at vi skal se"
                    f" på sagen igen, i {law_in_words(PARTLY_LAW)}."
                ),
            ),
        ),
    ]
    return written(
        letter_id,
        LetterKind.COMPLAINT_RECEIPT,
        "Vi har fået din klage",
        case=case,
        receiver=receiver,
        sender=sender,
        dated_on=dated_on,
        sections=sections,
        facts=(decision.number, by, day_in_words(complaint.received_on)),
    )


def compose_overdue(
    complaint: Complaint,
    *,
    decision: Decision,
    case: Case,
    receiver: Party,
    sender: Sender,
    letter_id: str,
    dated_on: date,
) -> Letter:
    """Say that four weeks have passed without an answer (forsinket genvurdering).

    Law: RSL § 66; the municipality's own fault is said as it is.
    """
    by = day_in_words(complaint.forward_by)
    sections = [
        LetterSection(
            "Du har ikke fået svar til tiden",
            (
                (
                    f"Du klagede over afgørelsen {decision.number}. Du skulle have haft svar senest"
                    f" den {by}. Det har du ikke, og det beklager vi."
                ),
                (
                    "Klagen er ikke glemt. Teamlederen har fået besked, og klagen kommer foran"
                    " andet arbejde."
                ),
            ),
        ),
        LetterSection(
            "Hvad du kan gøre",
            (
                f"Ring til os, hvis du vil vide, hvor langt vi er. {where(sender)}",
                "Du mister ingen rettigheder ved, at det tager længere tid.",
            ),
        ),
        LetterSection(
            "Regler",
            (f"Fristen på fire uger følger af {law_in_words(PARTLY_LAW)}.",),
        ),
    ]
    return written(
        letter_id,
        LetterKind.COMPLAINT_OVERDUE,
        "Svaret på din klage er forsinket",
        case=case,
        receiver=receiver,
        sender=sender,
        dated_on=dated_on,
        sections=sections,
        facts=(decision.number, by),
    )


def compose_partly(
    complaint: Complaint,
    *,
    decision: Decision,
    case: Case,
    receiver: Party,
    sender: Sender,
    letter_id: str,
    dated_on: date,
) -> Letter:
    """Say what was met and ask whether the rest stands (genvurdering, delvist medhold).

    Law: RSL § 66.
    """
    _needs(complaint, ReviewOutcome.PARTLY)
    by = day_in_words(answer_by(complaint))
    sections = [
        LetterSection(
            "Du får medhold i en del af din klage",
            (
                (
                    f"Vi har set på afgørelsen {decision.number} igen. Noget af den er lavet om, og"
                    " du har fået en ny afgørelse."
                ),
            ),
        ),
        LetterSection("Begrundelse", paragraphs_of(complaint.reasons)),
        LetterSection(
            "Vil du fastholde resten?",
            (
                (
                    "Er du stadig uenig i den nye afgørelse, så sig det til os senest den"
                    f" {by}. Så sender vi klagen og sagens papirer til Ankestyrelsen."
                ),
                f"Du kan gøre det på Min side eller hos {where(sender)}",
                (
                    "Hører vi ikke fra dig inden fire uger, regner vi med, at du er tilfreds."
                    " Du kan stadig klage over den nye afgørelse, som der står i den."
                ),
            ),
        ),
        LetterSection(
            "Regler", (f"Reglerne om at se på sagen igen står i {law_in_words(PARTLY_LAW)}.",)
        ),
    ]
    return written(
        letter_id,
        LetterKind.COMPLAINT_PARTLY,
        "Du får medhold i en del af din klage",
        case=case,
        receiver=receiver,
        sender=sender,
        dated_on=dated_on,
        sections=sections,
        facts=(decision.number, by),
    )


def compose_forwarded(
    complaint: Complaint,
    *,
    decision: Decision,
    case: Case,
    receiver: Party,
    sender: Sender,
    letter_id: str,
    dated_on: date,
) -> Letter:
    """Say why the decision stands, and that Ankestyrelsen gets the case (genvurdering, fastholdt).

    Law: RSL § 66; FVL §§ 22-24 (reasons).
    """
    _needs(complaint, ReviewOutcome.UPHELD, ReviewOutcome.PARTLY)
    sections = [
        LetterSection(
            "Vi sender din klage til Ankestyrelsen",
            (
                (
                    f"Vi har set på afgørelsen {decision.number} igen. Vi er ikke enige med dig i"
                    " det hele. Derfor sender vi klagen og sagens papirer til Ankestyrelsen, som"
                    " afgør den."
                ),
            ),
        ),
        LetterSection("Begrundelse", paragraphs_of(complaint.reasons)),
        LetterSection(
            "Hvad der sker nu",
            (
                (
                    "Ankestyrelsen skriver til dig. Det tager som regel nogle måneder. Du skal ikke"
                    " selv gøre noget."
                ),
                "Afgørelsen gælder, indtil Ankestyrelsen har afgjort klagen.",
                (
                    "Du kan se de papirer, vi sender. Skriv på Min side, eller ring til"
                    f" {where(sender)}"
                ),
            ),
        ),
        LetterSection(
            "Regler",
            ((f"Vi skal se på sagen igen og sende den videre efter {law_in_words(PARTLY_LAW)}."),),
        ),
    ]
    return written(
        letter_id,
        LetterKind.COMPLAINT_FORWARDED,
        "Vi fastholder afgørelsen og sender din klage til Ankestyrelsen",
        case=case,
        receiver=receiver,
        sender=sender,
        dated_on=dated_on,
        sections=sections,
        facts=(decision.number,),
    )


def answer_by(complaint: Complaint) -> date:
    """Return the last day to say that a complaint met in part stands."""
    if complaint.judged_at is None:
        raise SafeguardError("en klage, der ikke er genvurderet, har ingen frist for svar")
    return date.fromordinal(danish_day(complaint.judged_at).toordinal() + 7 * MAINTAIN_WEEKS)


def _needs(complaint: Complaint, *verdicts: ReviewOutcome) -> None:
    if complaint.verdict not in verdicts or not complaint.reasons:
        raise SafeguardError("Brevet om klagen passer ikke med genvurderingen. Skriv den igen.")
