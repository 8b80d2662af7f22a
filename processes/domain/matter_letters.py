"""Letters about questions of their own: repayment, the claim it ends in, and money management.

Each says exactly what was decided or arranged, and nothing else. Knows nothing of PDF or post.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from processes.domain.cases import Case, Party
from processes.domain.claims import (
    Arrangement,
    ArrangementKind,
    DebtClaim,
    RepaymentBasis,
)
from processes.domain.errors import SafeguardError
from processes.domain.hearings import PartyHearing, deadline_day
from processes.domain.letters import (
    ACTS_FOR,
    Letter,
    LetterKind,
    LetterSection,
    LetterTable,
    Sender,
    check_letter,
    paragraphs_of,
    receivers,
    written,
)
from processes.domain.matters import Basis, Matter, MatterDecision, MatterKind
from processes.domain.money import Money
from processes.domain.money_management import ManagementPlan, bills_in_words
from processes.domain.periods import Calendar
from processes.domain.rules.prose import (
    day_in_words,
    law_in_words,
    laws_in_words,
    month_in_words,
    paragraph_of,
)

HEARING_KINDS = {
    MatterKind.REPAYMENT: LetterKind.REPAYMENT_HEARING,
    MatterKind.MANAGEMENT: LetterKind.MANAGEMENT_HEARING,
}
HEARING_TITLES = {
    MatterKind.REPAYMENT: "Vi overvejer, om du skal betale hjælp tilbage",
    MatterKind.MANAGEMENT: "Vi overvejer at betale dine faste regninger af din hjælp",
}
_ABOUT = {
    MatterKind.REPAYMENT: "om du skal betale hjælp tilbage til kommunen",
    MatterKind.MANAGEMENT: "om vi skal betale nogle af dine faste regninger af din hjælp",
}


def told(matter: Matter, case: Case, *, dead: Collection[str] = ()) -> tuple[Party, ...]:
    """Return who is told: the person it is about and who acts for them, nobody else.

    Spouses are not liable for each other's debt, and a debt is nobody else's business.
    """
    return tuple(
        party
        for party in receivers(case, dead=dead)
        if party.id == matter.party_id or party.role in ACTS_FOR
    )


def compose_hearing(
    hearing: PartyHearing,
    *,
    matter: Matter,
    basis: Basis,
    case: Case,
    receiver: Party,
    sender: Sender,
    letter_id: str,
    dated_on: date,
    calendar: Calendar,
) -> Letter:
    """Write the hearing to one party (partshøringsbrev).

    Law: FVL §§ 9 (access), 19 (hearing).
    """
    last_day = day_in_words(deadline_day(dated_on, hearing.days, calendar))
    where = ", ".join(sender.lines)
    sections = [
        LetterSection(
            "Hvorfor du får dette brev",
            (
                (
                    f"Vi er ved at afgøre, {_ABOUT[matter.kind]}. Før vi gør det, skal du vide,"
                    " hvad vi lægger vægt på, og have mulighed for at sige, om det er rigtigt."
                    " Det er ikke en afgørelse, og der ændres intet imens."
                ),
            ),
        ),
        LetterSection("Det overvejer vi", paragraphs_of(hearing.statement)),
        LetterSection(
            "Sådan svarer du",
            (
                (
                    f"Du har {hearing.days} dage til at svare, regnet fra den dag, du får brevet."
                    f" Får du det i dag, er sidste dag den {last_day}. Svar på Min side, eller"
                    f" skriv eller ring til {sender.municipality_name}, {where}."
                ),
                "Du har ret til at se sagens papirer, før du svarer, og du kan bede om mere tid.",
            ),
        ),
        LetterSection(
            "Hvis du ikke svarer",
            (
                (
                    "Når fristen er gået, vurderer en sagsbehandler sagen på de oplysninger, vi"
                    " har. Der sker intet af sig selv, og du får brev om afgørelsen."
                ),
            ),
        ),
        LetterSection(
            "Regler",
            (
                (
                    f"Vi hører dig efter {laws_in_words(['FVL § 9', 'FVL § 19'])}. Det, vi"
                    f" overvejer, står i {laws_in_words(basis.legal_basis)}."
                ),
            ),
        ),
    ]
    return written(
        letter_id,
        HEARING_KINDS[matter.kind],
        HEARING_TITLES[matter.kind],
        case=case,
        receiver=receiver,
        sender=sender,
        dated_on=dated_on,
        sections=sections,
        facts=(last_day, *(paragraph_of(law) for law in basis.legal_basis)),
    )


# ---- repayment -------------------------------------------------------------------------------


def compose_repayment(
    decision: MatterDecision,
    *,
    basis: RepaymentBasis,
    case: Case,
    receiver: Party,
    sender: Sender,
    letter_id: str,
    dated_on: date,
) -> Letter:
    """Write the decision on repayment (afgørelse om tilbagebetaling).

    Law: LAS §§ 91-95; FVL §§ 22-25 (reasons, appeal).
    """
    who = "Du" if receiver.id == decision.party_id else case.party(decision.party_id).name
    months = [each for each in basis.months if each.claimed]
    amount = decision.amount.danish()
    paragraphs = [
        f"{who} skal betale {amount} tilbage til {sender.municipality_name}.",
        "Beløbet er før skat. Det er hjælp, som er udbetalt for de måneder, der står her.",
        f"Afgørelsen har nummer {decision.number}.",
    ]
    sections = [
        LetterSection(
            "Afgørelse",
            tuple(paragraphs),
            LetterTable(
                "Det skal betales tilbage, før skat",
                (
                    *((month_in_words(each.month), each.claimed.danish()) for each in months),
                    ("I alt", amount),
                ),
                has_sum=True,
            ),
        ),
        LetterSection("Begrundelse", paragraphs_of(decision.reasoning)),
        LetterSection("Det har vi lagt vægt på", paragraphs_of(basis.evidence)),
        LetterSection(
            "Sådan skal det betales",
            (
                (
                    "Du skal ikke betale noget nu. Når fristen for at klage er gået, får du et"
                    " brev om, hvordan og hvornår det skal betales. Har du ikke råd, kan du få"
                    " henstand. Så længe du får kontanthjælp, skal du ikke betale af på gælden."
                ),
                "Vi trækker ikke beløbet i din hjælp.",
            ),
        ),
        LetterSection(
            "Regler", (f"Vi har afgjort sagen efter {laws_in_words(decision.legal_basis)}.",)
        ),
        _appeal(decision, sender),
    ]
    return written(
        letter_id,
        LetterKind.REPAYMENT,
        "Du skal betale hjælp tilbage",
        case=case,
        receiver=receiver,
        sender=sender,
        dated_on=dated_on,
        sections=sections,
        facts=(
            decision.number,
            amount,
            *(each.claimed.danish() for each in months),
            *(month_in_words(each.month) for each in months),
            *(paragraph_of(law) for law in decision.legal_basis),
        ),
    )


ARRANGED = {
    ArrangementKind.DEFERRED: (LetterKind.CLAIM_DEFERRED, "Du skal ikke betale af på din gæld nu"),
    ArrangementKind.INSTALMENTS: (LetterKind.CLAIM_ARRANGEMENT, "Sådan betaler du af på din gæld"),
    ArrangementKind.AT_ONCE: (LetterKind.CLAIM_ARRANGEMENT, "Sådan betaler du din gæld"),
}


def compose_arrangement(
    arrangement: Arrangement,
    *,
    claim: DebtClaim,
    left: Money,
    decision: MatterDecision,
    case: Case,
    receiver: Party,
    sender: Sender,
    letter_id: str,
    dated_on: date,
) -> Letter:
    """Write how a claim is paid (afdragsordning, henstand). Law: LAS § 95."""
    kind, title = ARRANGED[arrangement.kind]
    due = arrangement.first_due_on
    day = "" if due is None else day_in_words(due)
    again = day_in_words(arrangement.recheck_on)
    said = {
        ArrangementKind.DEFERRED: (
            f"Du har henstand. Det betyder, at du ikke skal betale noget på gælden nu."
            f" Vi ser på det igen senest den {again}."
        ),
        ArrangementKind.INSTALMENTS: (
            f"Du skal betale {arrangement.monthly.danish()} om måneden. Første gang er den {day}."
            f" Vi ser på beløbet igen senest den {again}, eller før, hvis din indtægt ændrer sig."
        ),
        ArrangementKind.AT_ONCE: f"Du skal betale {left.danish()} senest den {day}.",
    }[arrangement.kind]
    sections = [
        LetterSection(
            "Sådan er det",
            (
                said,
                (
                    f"Gælden er på {left.danish()}. Den kommer fra afgørelse {decision.number}, som"
                    " du har fået i et brev før."
                ),
            ),
        ),
        LetterSection("Hvorfor", (arrangement.reason, arrangement.source)),
        LetterSection(
            "Hvis du ikke kan betale, eller noget ændrer sig",
            (
                (
                    f"Ring eller skriv til {sender.municipality_name}, {', '.join(sender.lines)}."
                    " Du kan altid bede om, at vi ser på det igen. Du kan også betale før tid."
                ),
            ),
        ),
        LetterSection("Regler", (f"Det står i {law_in_words('LAS § 95')}.",)),
    ]
    facts = [left.danish(), decision.number, paragraph_of("LAS § 95")]
    if arrangement.kind is not ArrangementKind.AT_ONCE:
        facts.append(again)
    if due is not None:
        facts.append(day)
    if arrangement.kind is ArrangementKind.INSTALMENTS:
        facts.append(arrangement.monthly.danish())
    return written(
        letter_id,
        kind,
        title,
        case=case,
        receiver=receiver,
        sender=sender,
        dated_on=dated_on,
        sections=sections,
        facts=facts,
    )


def compose_reminder(
    *,
    behind: Money,
    left: Money,
    pay_by: date,
    decision: MatterDecision,
    case: Case,
    receiver: Party,
    sender: Sender,
    letter_id: str,
    dated_on: date,
) -> Letter:
    """Write that an instalment is missing (rykker). Nothing but the reminder follows by itself."""
    day = day_in_words(pay_by)
    sections = [
        LetterSection(
            "Vi mangler en betaling",
            (
                (
                    f"Du er bagud med {behind.danish()} på gælden fra afgørelse {decision.number}."
                    f" Betal senest den {day}. Hele gælden er på {left.danish()}."
                ),
                "Har du betalt i mellemtiden, kan du se bort fra brevet.",
            ),
        ),
        LetterSection(
            "Hvis du ikke kan betale",
            (
                (
                    f"Ring til {sender.municipality_name}, {', '.join(sender.lines)}, før fristen."
                    " Så kan vi lave en anden aftale eller give henstand."
                ),
            ),
        ),
        LetterSection(
            "Hvad der kan ske",
            (
                (
                    "Hører vi ikke fra dig, vurderer en medarbejder, om gælden skal sendes til"
                    " Gældsstyrelsen. Det sker ikke af sig selv, og vi trækker ikke i din hjælp."
                ),
            ),
        ),
        LetterSection("Regler", (f"Det står i {law_in_words('LAS § 95')}.",)),
    ]
    return written(
        letter_id,
        LetterKind.CLAIM_REMINDER,
        "Du mangler at betale et afdrag",
        case=case,
        receiver=receiver,
        sender=sender,
        dated_on=dated_on,
        sections=sections,
        facts=(
            behind.danish(),
            left.danish(),
            day,
            decision.number,
            paragraph_of("LAS § 95"),
        ),
    )


def compose_lapse(
    *,
    left: Money,
    decision: MatterDecision,
    case: Case,
    receiver: Party,
    sender: Sender,
    letter_id: str,
    dated_on: date,
) -> Letter:
    """Write that a claim has lapsed (bortfald). Law: LAS § 95."""
    sections = [
        LetterSection(
            "Du skal ikke betale mere",
            (
                (
                    f"Resten af gælden fra afgørelse {decision.number}, {left.danish()}, er"
                    " bortfaldet. Du skal ikke betale mere på den."
                ),
            ),
        ),
        LetterSection(
            "Hvorfor",
            (
                (
                    "Der er gået tre år, siden hjælpen hørte op, og det har ikke været muligt at få"
                    " noget betalt."
                ),
            ),
        ),
        LetterSection("Regler", (f"Det står i {law_in_words('LAS § 95')}.",)),
    ]
    return written(
        letter_id,
        LetterKind.CLAIM_LAPSED,
        "Din gæld er bortfaldet",
        case=case,
        receiver=receiver,
        sender=sender,
        dated_on=dated_on,
        sections=sections,
        facts=(left.danish(), decision.number, paragraph_of("LAS § 95")),
    )


# ---- money management ------------------------------------------------------------------------


def compose_management(
    decision: MatterDecision,
    *,
    plan: ManagementPlan,
    case: Case,
    receiver: Party,
    sender: Sender,
    letter_id: str,
    dated_on: date,
) -> Letter:
    """Write the agreement or decision on money management (administration).

    Law: LAS § 90; FVL §§ 22-25 when it is decided.
    """
    since = month_in_words(plan.from_month)
    rows = (*bills_in_words(plan.bills), ("I alt om måneden", decision.amount.danish()))
    opening = (
        "Vi har aftalt, at vi betaler nogle af dine faste regninger af din hjælp"
        if plan.is_agreed
        else "Vi betaler nogle af dine faste regninger af din hjælp"
    )
    end = (
        "Du kan altid sige aftalen op. Ring eller skriv, så stopper vi fra næste udbetaling."
        if plan.is_agreed
        else "Vi ser på det igen inden seks måneder. Du kan altid bede om, at det stopper."
    )
    sections = [
        LetterSection(
            "Aftale" if plan.is_agreed else "Afgørelse",
            (
                (
                    f"{opening} fra hjælpen for {since}: {decision.amount.danish()} om måneden."
                    " Resten får du selv udbetalt."
                ),
                f"{'Aftalen' if plan.is_agreed else 'Afgørelsen'} har nummer {decision.number}.",
            ),
            LetterTable("Det betaler vi for dig", rows, has_sum=True),
        ),
        LetterSection("Begrundelse", paragraphs_of(decision.reasoning)),
        LetterSection(
            "Hvis hjælpen ikke rækker",
            (
                (
                    "Rækker hjælpen ikke til det hele, betaler vi regningerne i den rækkefølge, de"
                    " står. Du kan se hver måned på Min side, hvad der er betalt."
                ),
            ),
        ),
        LetterSection(
            "Det får de andre at vide",
            (
                (
                    "Den, der får pengene, ser kun beløbet, din henvisning og kommunens navn. Vi"
                    " skriver ikke, hvilken hjælp du får, eller hvorfor vi betaler."
                ),
            ),
        ),
        LetterSection("Hvordan det hører op", (end,)),
        LetterSection("Regler", (f"Det står i {laws_in_words(decision.legal_basis)}.",)),
        _appeal(decision, sender),
    ]
    return written(
        letter_id,
        LetterKind.MANAGEMENT_AGREEMENT if plan.is_agreed else LetterKind.MANAGEMENT,
        "Vi betaler dine faste regninger af din hjælp",
        case=case,
        receiver=receiver,
        sender=sender,
        dated_on=dated_on,
        sections=sections,
        facts=(
            decision.number,
            decision.amount.danish(),
            since,
            *(bill.amount.danish() for bill in plan.bills),
            *(paragraph_of(law) for law in decision.legal_basis),
        ),
    )


def compose_management_ended(
    *,
    plan: ManagementPlan,
    since: str,
    because: str,
    decision: MatterDecision,
    case: Case,
    receiver: Party,
    sender: Sender,
    letter_id: str,
    dated_on: date,
) -> Letter:
    """Write that the bills are not paid any more (ophør af administration)."""
    sections = [
        LetterSection(
            "Nu betaler du selv",
            (
                (
                    f"Fra hjælpen for {since} betaler vi ikke længere dine faste regninger. Du får"
                    " hele din hjælp udbetalt og skal selv betale dem."
                ),
                f"Det ændrer det, der stod i {decision.number}.",
            ),
            LetterTable("Det skal du selv betale", bills_in_words(plan.bills), has_sum=False),
        ),
        LetterSection("Hvorfor", paragraphs_of(because)),
        LetterSection(
            "Husk",
            ("Sørg for, at regningerne bliver betalt til tiden, fx med Betalingsservice.",),
        ),
        LetterSection("Regler", (f"Det står i {laws_in_words(decision.legal_basis)}.",)),
        _appeal(decision, sender),
    ]
    return written(
        letter_id,
        LetterKind.MANAGEMENT_ENDED,
        "Vi betaler ikke længere dine faste regninger",
        case=case,
        receiver=receiver,
        sender=sender,
        dated_on=dated_on,
        sections=sections,
        facts=(since, decision.number, *(paragraph_of(law) for law in decision.legal_basis)),
    )


# ---- before it is sent -----------------------------------------------------------------------


def check_decision_letters(
    letters: Sequence[Letter], *, decision: MatterDecision, wanted: Sequence[Party]
) -> None:
    """Refuse to tell a decision to fewer than all, or in other words than it says (FVL § 25)."""
    reached = {(letter.receiver_name, letter.receiver_lines) for letter in letters}
    if not wanted or {(each.name, each.address_lines) for each in wanted} - reached:
        raise SafeguardError("Afgørelsen skal sendes til alle, den er om. Skriv brevene igen.")
    for letter in letters:
        check_letter(letter)
        must = (
            decision.number,
            decision.amount.danish(),
            decision.appeal_instruction,
            *(paragraph_of(law) for law in decision.legal_basis),
        )
        unsaid = [each for each in must if each not in letter.text]
        if unsaid:
            raise SafeguardError(
                f"Brevet passer ikke med afgørelsen; det siger ikke: {'; '.join(unsaid)}."
                " Skriv brevet igen."
            )


def _appeal(decision: MatterDecision, sender: Sender) -> LetterSection:
    where = ", ".join(sender.lines)
    return LetterSection(
        "Hvis du vil klage",
        (decision.appeal_instruction, f"Skriv eller ring til {sender.municipality_name}, {where}."),
    )
