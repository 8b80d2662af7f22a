"""Letters that only say that something waits on Min side (meddelelser), or that a draft will go.

A notice carries nothing private: it lies in a hallway, or shows on a locked screen. Knows nothing
of what waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from processes.domain.cases import Case, Party
from processes.domain.letters import Letter, LetterKind, LetterSection, Sender
from processes.domain.rules.prose import day_in_words, law_in_words

NO_CASE = "Ingen sag endnu"


def message_notice(
    *, case: Case, receiver: Party, sender: Sender, letter_id: str, dated_on: date
) -> Letter:
    """Say that there is a message on Min side (meddelelse om ny besked), not what it says."""
    where = ", ".join(sender.lines)
    return _letter(
        letter_id,
        LetterKind.MESSAGE_NOTICE,
        "Du har fået en besked på Min side",
        case_number=case.number,
        receiver=receiver,
        sender=sender,
        dated_on=dated_on,
        sections=(
            LetterSection(
                "Hvorfor du får dette brev",
                (
                    (
                        "Vi har skrevet til dig på Min side. Beskeden står ikke i dette brev, så"
                        " ingen"
                        " andre kommer til at læse den. Det er ikke en afgørelse."
                    ),
                ),
            ),
            LetterSection(
                "Sådan læser du beskeden",
                (
                    "Log ind på Min side, og vælg din sag. Der kan du også svare.",
                    (
                        f"Kan du ikke logge ind, så ring eller skriv til"
                        f" {sender.municipality_name},"
                        f" {where}. Så læser vi beskeden op eller sender den på papir."
                    ),
                ),
            ),
            LetterSection(
                "Hvis du ikke læser den",
                ("Der sker intet af sig selv, og din hjælp ændrer sig ikke.",),
            ),
        ),
        facts=(),
    )


def spouse_part(
    *,
    case: Case,
    receiver: Party,
    sender: Sender,
    letter_id: str,
    dated_on: date,
    due_on: date,
    is_reminder: bool,
) -> Letter:
    """Ask a spouse for the part only the spouse can give (anmodning om ægtefællens del).

    Law: LAS § 2 (spouses support each other), RSL § 11 (duty to contribute), § 11 b.
    """
    applicant = case.primary_party.name or "Din ægtefælle"
    by = day_in_words(due_on)
    where = ", ".join(sender.lines)
    begins = (
        f"Vi har bedt dig svare, fordi {applicant} har søgt om hjælp. Vi har ikke fået dine svar."
        if is_reminder
        else f"{applicant} har søgt om hjælp og har oplyst, at I er gift."
    )
    return _letter(
        letter_id,
        LetterKind.SPOUSE_REMINDER if is_reminder else LetterKind.SPOUSE_PART,
        "Vi mangler stadig dine svar" if is_reminder else "Vi har brug for dine svar",
        case_number=case.number,
        receiver=receiver,
        sender=sender,
        dated_on=dated_on,
        sections=(
            LetterSection(
                "Hvorfor du får dette brev",
                (
                    (
                        f"{begins} Ægtefæller forsørger hinanden efter {law_in_words('LAS § 2')},"
                        " så"
                        " det, du tjener og har, tæller med. Det er ikke en afgørelse."
                    ),
                ),
            ),
            LetterSection(
                "Sådan gør du",
                (
                    (
                        f"Log ind på Min side med dit eget MitID, og svar senest den {by}. Det"
                        " tager"
                        " cirka fem minutter, og du skriver under til sidst."
                    ),
                    (
                        f"Kan du ikke logge ind, så ring eller skriv til"
                        f" {sender.municipality_name},"
                        f" {where}."
                    ),
                ),
            ),
            LetterSection(
                "Hvem ser dine svar",
                (
                    (
                        "Din ægtefælle kan ikke se dine svar. De tal, hjælpen bliver regnet ud fra,"
                        " står i afgørelsen, som I begge får."
                    ),
                ),
            ),
            LetterSection(
                "Hvis du ikke svarer",
                (
                    (
                        "Så går ansøgningen videre uden dine svar, og vi beder dig om dem igen. Der"
                        " sker intet af sig selv. Uden dine svar kan det tage længere tid, og"
                        " hjælpen"
                        " kan blive mindre."
                    ),
                ),
            ),
            LetterSection(
                "Regler",
                (
                    (
                        "Du har pligt til at medvirke til at oplyse sagen efter"
                        f" {law_in_words('RSL § 11')}. Uden svar afgør vi sagen på det grundlag,"
                        " der"
                        f" er, efter {law_in_words('RSL § 11 b')}."
                    ),
                ),
            ),
        ),
        facts=(by, law_in_words("LAS § 2"), law_in_words("RSL § 11")),
    )


def draft_notice(
    *, receiver: Party, sender: Sender, letter_id: str, dated_on: date, kept_until: date
) -> Letter:
    """Say that an application under way will be deleted (meddelelse om sletning af kladde)."""
    by = day_in_words(kept_until)
    return _letter(
        letter_id,
        LetterKind.DRAFT_NOTICE,
        "Din ansøgning er ikke sendt",
        case_number=NO_CASE,
        receiver=receiver,
        sender=sender,
        dated_on=dated_on,
        sections=(
            LetterSection(
                "Hvorfor du får dette brev",
                (
                    (
                        "Du er begyndt på en ansøgning på Min side, men den er ikke sendt. Vi har"
                        " ikke"
                        " læst den."
                    ),
                ),
            ),
            LetterSection(
                "Det kan du gøre",
                (
                    (
                        f"Vil du søge, så log ind på Min side, og send ansøgningen senest den {by}."
                        " Derefter sletter vi den. Gemmer du igen, beholder vi den 30 dage mere."
                    ),
                    "Vil du ikke søge, skal du ikke gøre noget. Du kan altid begynde forfra.",
                    "Hjælp kan tidligst begynde den dag, ansøgningen bliver sendt.",
                ),
            ),
        ),
        facts=(by,),
    )


def _letter(
    letter_id: str,
    kind: LetterKind,
    title: str,
    *,
    case_number: str,
    receiver: Party,
    sender: Sender,
    dated_on: date,
    sections: Sequence[LetterSection],
    facts: Sequence[str],
) -> Letter:
    return Letter(
        id=letter_id,
        kind=kind,
        case_number=case_number,
        title=title,
        dated_on=dated_on,
        municipality_name=sender.municipality_name,
        municipality_lines=sender.lines,
        receiver_name=receiver.name,
        receiver_lines=receiver.address_lines,
        caseworker_name=sender.caseworker_name,
        sections=tuple(sections),
        facts=tuple(facts),
    )
