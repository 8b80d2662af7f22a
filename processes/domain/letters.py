"""A letter (brev) as paragraphs and facts; no markup. Knows nothing of PDF or post.

A letter says exactly what was decided: every fact it must say stands in `facts` beside the words,
and nothing is sent before each of them has been found in the text and compared with the decision.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from processes.domain.benefits.cash_assistance_rules import YOUTH_ENDS
from processes.domain.calculation import (
    DEMO_NOTE,
    DESK_NOTE,
    UNCONFIRMED_NOTE,
    Calculation,
    HelpKind,
    Line,
    Node,
    Outcome,
    PersonMonth,
)
from processes.domain.cases import Case, Party, PartyRole
from processes.domain.decisions import DecidedLine, Decision
from processes.domain.documents import DocumentRequest
from processes.domain.documents import last_day as papers_by
from processes.domain.errors import SafeguardError
from processes.domain.facts import FACT_LABELS, FactKind
from processes.domain.hearings import PartyHearing, deadline_day
from processes.domain.life import EventKind, LifeEvent
from processes.domain.money import Money
from processes.domain.payments import disposition_day
from processes.domain.periods import Calendar, Month, danish_day
from processes.domain.rules.prose import (
    day_in_words,
    days_in_words,
    in_words,
    law_in_words,
    laws_in_words,
    month_in_words,
    paragraph_of,
)


class LetterKind(StrEnum):
    """Which letter it is (brevskabelon); values are the catalogue's keys."""

    GRANT = "bevilling_forsoergelse"
    PARTIAL_GRANT = "delvis_bevilling_forsoergelse"
    REFUSAL = "afslag_forsoergelse"
    HEARING = "partshoering_afslag"
    DOCUMENTS = "indhent_dokumentation"
    DOCUMENTS_REMINDER = "rykker_dokumentation"
    IMMEDIATE_GRANT = "bevilling_engangshjaelp"
    IMMEDIATE_REFUSAL = "afslag_engangshjaelp"
    DELAY = "fristbrev_forsinkelse"
    WITHDRAWN = "bekraeftelse_tilbagetraekning"
    MOVED = "vejledning_ny_kommune"
    MESSAGE_NOTICE = "meddelelse_ny_besked"
    SPOUSE_PART = "aegtefaelles_del"
    SPOUSE_REMINDER = "rykker_aegtefaelles_del"
    DRAFT_NOTICE = "meddelelse_kladde"
    REPAYMENT_HEARING = "partshoering_tilbagebetaling"
    REPAYMENT = "tilbagebetaling_afgoerelse"
    CLAIM_ARRANGEMENT = "afdragsordning"
    CLAIM_DEFERRED = "henstand"
    CLAIM_REMINDER = "rykker_krav"
    CLAIM_LAPSED = "bortfald_krav"
    MANAGEMENT_HEARING = "partshoering_administration"
    MANAGEMENT = "administration_afgoerelse"
    MANAGEMENT_AGREEMENT = "administration_aftale"
    MANAGEMENT_ENDED = "administration_ophoer"
    SANCTION = "sanktion_afgoerelse"
    COMPLAINT_RECEIPT = "klage_kvittering"
    COMPLAINT_OVERDUE = "klage_forsinket"
    COMPLAINT_PARTLY = "genvurdering_delvis"
    COMPLAINT_FORWARDED = "genvurdering_fastholdt"
    CESSATION = "ophoer"


@dataclass(frozen=True)
class LetterTable:
    """A table in a letter (brevtabel): caption, two columns, whether the last row is a sum."""

    caption: str
    rows: tuple[tuple[str, str], ...]
    has_sum: bool


@dataclass(frozen=True)
class LetterSection:
    """A heading with its paragraphs (brevafsnit), and a table after them when there is one."""

    heading: str
    paragraphs: tuple[str, ...]
    table: LetterTable | None = None


@dataclass(frozen=True)
class Letter:
    """One letter to one receiver (brev).

    `facts` are the values the letter must say exactly (amounts, days, paragraphs), kept beside
    the words so that a check can find each of them in the text before it is sent.
    """

    id: str
    kind: LetterKind
    case_number: str
    title: str
    dated_on: date
    municipality_name: str
    municipality_lines: tuple[str, ...]
    receiver_name: str
    receiver_lines: tuple[str, ...]
    caseworker_name: str
    sections: tuple[LetterSection, ...]
    facts: tuple[str, ...]

    @property
    def text(self) -> str:
        """Every word of the letter, one line a paragraph or cell."""
        words = [self.title]
        for section in self.sections:
            words += [section.heading, *section.paragraphs]
            if section.table:
                words.append(section.table.caption)
                words += [cell for row in section.table.rows for cell in row]
        return "\n".join(words)


@dataclass(frozen=True)
class Sender:
    """Who the letter is from (afsender)."""

    municipality_name: str
    municipality_lines: tuple[str, ...]
    """Its address."""
    caseworker_name: str
    phone: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """Address and telephone, as the letter head shows them."""
        return (*self.municipality_lines, *((f"Telefon {self.phone}",) if self.phone else ()))


TOLD = frozenset(
    {PartyRole.PRIMARY, PartyRole.SPOUSE, PartyRole.REPRESENTATIVE, PartyRole.GUARDIAN}
)
"""Who gets the letter: a decision on mutual support told to one of a couple only is invalid."""


ACTS_FOR = frozenset({PartyRole.REPRESENTATIVE, PartyRole.GUARDIAN})
"""Who gets what is meant for the person they act for."""


def receivers(case: Case, *, dead: Collection[str] = ()) -> tuple[Party, ...]:
    """Return everyone who must get the letter (modtagere); never the children, nor the dead."""
    return tuple(party for party in case.parties if party.role in TOLD and party.id not in dead)


def kind_of(outcome: Outcome, help_kind: HelpKind = HelpKind.SUPPORT) -> LetterKind:
    """Return which letter tells of an outcome."""
    if help_kind is HelpKind.SANCTION:
        return LetterKind.SANCTION
    if help_kind is HelpKind.IMMEDIATE:
        return {
            Outcome.GRANTED: LetterKind.IMMEDIATE_GRANT,
            Outcome.REFUSED: LetterKind.IMMEDIATE_REFUSAL,
        }[outcome]
    return {
        Outcome.GRANTED: LetterKind.GRANT,
        Outcome.PARTIAL: LetterKind.PARTIAL_GRANT,
        Outcome.REFUSED: LetterKind.REFUSAL,
    }[outcome]


# --- the decision -------------------------------------------------------------------------------


def compose_decision(
    decision: Decision,
    *,
    calculation: Calculation,
    case: Case,
    receiver: Party,
    sender: Sender,
    letter_id: str,
    dated_on: date,
    calendar: Calendar,
    help_words: str = "",
) -> Letter:
    """Write the decision to one party (afgørelsesbrev).

    `help_words` say how the question of immediate help was answered; whoever sends the letter must
    give them.

    Law: FVL §§ 22-25 (reasons, appeal), RSL §§ 11-12 (duty to inform, consequences).
    """
    pays_on = _pays_on(decision, calculation, calendar, dated_on)
    sections = [
        _what(decision, calculation, case, receiver, pays_on),
        *_how(calculation, case, receiver),
        _why(decision, calculation, case, receiver),
        _law(decision, calculation),
        *([LetterSection("Engangshjælp", (help_words,))] if help_words else []),
        *_open_questions(calculation),
    ]
    if decision.outcome is not Outcome.REFUSED:
        sections += [_tell_us(sender), _repay(decision)]
    sections.append(appeal_section(decision, sender))
    sections += confirmed_or_not(calculation)
    return written(
        letter_id,
        kind_of(decision.outcome),
        _TITLES[decision.outcome],
        case=case,
        receiver=receiver,
        sender=sender,
        dated_on=dated_on,
        sections=sections,
        facts=(
            decision.number,
            *(line.amount.danish() for line in decision.lines),
            *(month_in_words(line.from_month) for line in decision.lines),
            *(day_in_words(day) for day in pays_on.values()),
            *(paragraph_of(law) for law in decision.legal_basis),
        ),
    )


_TITLES = {
    Outcome.GRANTED: "Du får kontanthjælp",
    Outcome.PARTIAL: "Du får mindre i kontanthjælp, end du har søgt om",
    Outcome.REFUSED: "Du kan ikke få kontanthjælp",
}


def _pays_on(
    decision: Decision, calculation: Calculation, calendar: Calendar, dated_on: date
) -> dict[Month, date]:
    """Say when the first month is paid; those that follow are paid one by one as they end."""
    paid = sorted(line.month for line in calculation.months if line.gross)
    if not decision.lines or not paid:
        return {}
    return {paid[0]: disposition_day(paid[0], calendar=calendar, today=dated_on)}


def _what(
    decision: Decision,
    calculation: Calculation,
    case: Case,
    receiver: Party,
    pays_on: Mapping[Month, date],
) -> LetterSection:
    paragraphs: list[str] = []
    for party_id in calculation.party_ids:
        lines = [line for line in decision.lines if line.party_id == party_id]
        paragraphs.append(_amounts(lines, case.party(party_id), receiver, calculation))
    if pays_on:
        days = [
            f"for {month_in_words(month)} er på NemKontoen den {day_in_words(day)}"
            for month, day in pays_on.items()
        ]
        paragraphs.append(
            f"Pengene {_joined(days)}. Beløbet er før skat. Skatten bliver trukket efter"
            " skattekortet, og der betales ikke arbejdsmarkedsbidrag."
        )
        if max(month.month for month in calculation.months if month.gross) not in pays_on:
            paragraphs.append(
                "Derefter bliver hjælpen udbetalt bagud for en måned ad gangen, så længe du har ret"
                " til den."
            )
    paragraphs.append(f"Afgørelsen har nummer {decision.number}.")
    return LetterSection("Afgørelse", tuple(paragraphs))


def _amounts(
    lines: Sequence[DecidedLine], party: Party, receiver: Party, calculation: Calculation
) -> str:
    name = "Du" if party.id == receiver.id else party.name
    if not lines:
        first = calculation.of(party.id)[0].month
        return f"{name} får ikke kontanthjælp fra {month_in_words(first)}."
    months = {month.month: month for month in calculation.of(party.id)}
    said = [_amount(line, months.get(line.from_month)) for line in lines]
    return f"{name} får {_joined(said)}."


def _amount(line: DecidedLine, month: PersonMonth | None) -> str:
    """Say one amount: of a month, of the days of a part month, or that there is no more."""
    since = month_in_words(line.from_month)
    if not line.amount:
        return f"ikke hjælp ({line.amount.danish()}) fra {since}"
    if month is not None and month.is_part:
        days = _joined([days_in_words(each) for each in month.help_periods])
        return f"{line.amount.danish()} før skat for {days}"
    return f"{line.amount.danish()} om måneden før skat fra {since}"


def _how(calculation: Calculation, case: Case, receiver: Party) -> Iterator[LetterSection]:
    for party_id in calculation.party_ids:
        shown: tuple[tuple[str, str], ...] = ()
        for month in calculation.of(party_id):
            rows = _rows(month)
            if not rows or rows == shown:
                continue
            shown = rows
            name = case.party(party_id).name
            is_you = party_id == receiver.id
            when = month_in_words(month.month)
            yield LetterSection(
                f"Sådan har vi regnet for {'dig' if is_you else name}",
                _explanations(month, "Du" if is_you else name),
                LetterTable(
                    f"{name}, {when}" if month.is_part else f"{name}, fra {when}",
                    rows,
                    has_sum=True,
                ),
            )


def _rows(month: PersonMonth) -> tuple[tuple[str, str], ...]:
    if not month.lines or month.gross is None:
        return ()
    lines = tuple((line.label, line.amount.danish()) for line in month.lines)
    when = f"for en del af {month_in_words(month.month)}" if month.is_part else "om måneden"
    return (*lines, (f"Hjælp før skat {when}", month.gross.danish()))


LINE_WORDS = {
    "mindstesats": "{who} får mindstesatsen, fordi kravene til ophold og arbejde ikke er opfyldt.",
    "grundsats": (
        "{who} får grundsatsen, fordi {who_inside} er under 30 år og ikke opfylder betingelserne"
        " for den forhøjede sats."
    ),
    "forhoejet_sats": "{who} får den forhøjede sats, fordi {who_inside} er fyldt 30 år.",
    "forhoejet_sats_under_30": (
        "{who} får den forhøjede sats, fordi {who_inside} er fyldt 25 år og har haft 2½ års"
        " arbejde på fuld tid."
    ),
    "hjemmeboende": (
        "{who} får satsen for hjemmeboende, fordi {who_inside} er under 30 år og bor hos en eller"
        " begge forældre."
    ),
    "boernetillaeg": (
        "{who} får børnetillæg, fordi {who_inside} forsørger børn. Der er ét tillæg, uanset hvor"
        " mange børn der er."
    ),
    "tillaeg_enlig_forsoerger": (
        "{who} får tillæg som enlig forsørger med ret til ekstra børnetilskud."
    ),
    "tillaeg_enlig_ikke_forsoerger": "{who} får tillæg som enlig uden børn.",
    "ungetillaeg": (
        "{who} får særligt ungetillæg, fordi {who_inside} er under 30 år og vurderet"
        " aktivitetsparat."
    ),
    "feriepenge": (
        "Feriepenge bliver trukket fra, når ferien holdes, højst med hjælpen for de dage, de"
        " dækker."
    ),
    "indtaegt": (
        "Indtægter i måneden bliver trukket fra krone for krone. Af indtægt ved arbejde er der et"
        " fribeløb, som ikke bliver trukket fra."
    ),
    "aegtefaelles_indtaegt": (
        "Ægtefællens indtægt bliver trukket fra med den del, der er større end den hjælp,"
        " ægtefællen selv kunne have fået den måned."
    ),
}
"""Why a line is there, in the words of the letter; `{who}` begins a sentence."""

_FIGURES = {
    "kh.fribeloeb": "fribeløbet",
    FACT_LABELS[FactKind.WORK_INCOME]: "indtægten ved arbejde",
    FACT_LABELS[FactKind.OTHER_INCOME]: "andre indtægter",
    FACT_LABELS[FactKind.HOLIDAY_PAY]: "feriepengene",
}
"""What of a deduction's tree the letter shows in figures."""


def _explanations(month: PersonMonth, name: str) -> tuple[str, ...]:
    """Say why each line is there, and with which figures income was taken."""
    inside = "du" if name == "Du" else name.split()[0]
    said = []
    for line in month.lines:
        key = line.key
        if key == "forhoejet_sats" and _age(line) < YOUTH_ENDS:
            key = "forhoejet_sats_under_30"
        words = LINE_WORDS.get(key, f"{line.label}: {line.explanation.source}")
        words = words.format(who=name, who_inside=inside)
        figures = list(dict.fromkeys(_figures(line))) if line.amount < Money(0) else []
        if figures:
            words = f"{words} I {month_in_words(month.month)} er {_joined(figures)}"
        said.append(words)
    return tuple(dict.fromkeys(said))


def _age(line: Line) -> int:
    """Return the age the line was worked out with."""
    ages = (node.value for node in line.explanation.walk() if node.id.startswith("kh.alder@"))
    return next((age for age in ages if isinstance(age, int)), YOUTH_ENDS)


def _figures(line: Line) -> Iterator[str]:
    yield from _named_figures(line.explanation)


def _named_figures(node: Node) -> Iterator[str]:
    """Say a figure where it stands first; what it was worked out from is not said."""
    name = _FIGURES.get(node.label if node.kind == "fact" else node.id.partition("@")[0])
    if name and isinstance(node.value, Money):
        if node.value:
            yield f"{name} {node.value.danish()}"
        return
    for child in node.inputs:
        yield from _named_figures(child)


def _why(
    decision: Decision, calculation: Calculation, case: Case, receiver: Party
) -> LetterSection:
    paragraphs = [part.strip() for part in decision.reasoning.split("\n") if part.strip()]
    for month in calculation.months:
        for condition in month.refused_because:
            party = case.party(month.party_id)
            whose = "" if party.id == receiver.id else f"{party.name}: "
            sentence = f"{whose}Betingelsen »{condition.label}« er ikke opfyldt. {condition.reason}"
            if sentence not in paragraphs:
                paragraphs.append(sentence)
    if not decision.is_adverse and not paragraphs:
        paragraphs.append("Du opfylder betingelserne, og du har fået det, du har søgt om.")
    return LetterSection("Begrundelse", tuple(paragraphs))


def _law(decision: Decision, calculation: Calculation) -> LetterSection:
    months = [month_in_words(each) for each in sorted({each.month for each in calculation.months})]
    laws = laws_in_words(decision.legal_basis)
    return LetterSection(
        "Regler", (f"Vi har afgjort sagen efter reglerne i {_joined(months)}: {laws}.",)
    )


def _open_questions(calculation: Calculation) -> list[LetterSection]:
    elsewhere = (DEMO_NOTE, UNCONFIRMED_NOTE, DESK_NOTE)
    notes = tuple(note for note in calculation.notes if not note.startswith(elsewhere))
    heading = "Det har vi ikke taget stilling til endnu"
    return [LetterSection(heading, notes)] if notes else []


def _tell_us(sender: Sender) -> LetterSection:
    return LetterSection(
        "Du skal fortælle os, hvis noget ændrer sig",
        (
            (
                f"Du skal straks give {sender.municipality_name} besked, hvis der sker ændringer,"
                " der kan have betydning for hjælpen. Det gælder for eksempel, hvis du eller din"
                " ægtefælle får arbejde, løn, ferie eller andre indtægter, får formue, flytter,"
                " flytter sammen med eller fra nogen, bliver gift eller skilt, rejser til"
                " udlandet, begynder på en uddannelse, eller hvis et barn flytter."
            ),
            (
                "Vi kan hente oplysninger om dig hos andre myndigheder, for eksempel om løn, for at"
                f" se, om hjælpen er rigtig. Det står i {law_in_words('RSL § 11')} og følgende."
            ),
        ),
    )


def _repay(decision: Decision) -> LetterSection:
    paragraphs = [
        (
            "Hvis du ikke giver besked, eller hvis du får hjælp, som du ved, at du ikke har ret"
            " til, skal du betale den tilbage, og du kan blive anmeldt til politiet. Det står i"
            f" {law_in_words('LAS § 91')}."
        )
    ]
    if decision.repayment_condition:
        law = law_in_words(decision.repayment_condition)
        paragraphs.insert(0, f"Hjælpen er givet mod, at du betaler den tilbage. Det står i {law}.")
    return LetterSection("Hvornår du skal betale tilbage", tuple(paragraphs))


def appeal_section(decision: Decision, sender: Sender) -> LetterSection:
    """Say how to complain (klagevejledning)."""
    where = ", ".join(sender.lines)
    return LetterSection(
        "Hvis du vil klage",
        (decision.appeal_instruction, f"Skriv eller ring til {sender.municipality_name}, {where}."),
    )


def confirmed_or_not(calculation: Calculation) -> list[LetterSection]:
    """Mark a letter that rests on rates or readings nobody has confirmed."""
    sections = []
    if calculation.provisional_rates:
        sections.append(
            LetterSection(
                "Satserne i dette brev er eksempler",
                (
                    (
                        "Satserne er beregnet og ikke fundet offentliggjort. Brevet er lavet til"
                        " demonstration og test."
                    ),
                ),
            )
        )
    read = tuple(
        f"{rule.label}: {in_words(rule.value)}. {rule.source}"
        for rule in calculation.provisional_rules
    )
    if read:
        sections.append(LetterSection("Regler i dette brev, der ikke er bekræftet", read))
    return sections


# --- the hearing --------------------------------------------------------------------------------


_ABOUT = {
    HelpKind.IMMEDIATE: "om der skal gives engangshjælp, til den første udbetaling kommer",
    HelpKind.SANCTION: "om din hjælp skal sættes ned med en sanktion",
}
"""What a hearing is about, when it is not the monthly support."""


def compose_hearing(
    hearing: PartyHearing,
    *,
    calculation: Calculation,
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
    months = [month_in_words(each) for each in sorted({each.month for each in calculation.months})]
    about = _ABOUT.get(calculation.help_kind, f"en ansøgning om kontanthjælp for {_joined(months)}")
    sections = [
        LetterSection(
            "Hvorfor du får dette brev",
            (
                (
                    f"Vi er ved at afgøre {about}. Før vi gør det, skal du vide, hvad vi lægger"
                    " vægt på, og have mulighed for at sige, om det er rigtigt."
                    " Det er ikke en afgørelse."
                ),
            ),
        ),
        LetterSection(
            "Det overvejer vi",
            tuple(part.strip() for part in hearing.statement.split("\n") if part.strip()),
        ),
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
                    f"Du bliver hørt efter {law_in_words('FVL § 19')}. Du kan se sagens papirer"
                    f" efter {law_in_words('FVL § 9')}."
                ),
            ),
        ),
    ]
    return written(
        letter_id,
        LetterKind.HEARING,
        "Sig din mening, før vi afgør din sag",
        case=case,
        receiver=receiver,
        sender=sender,
        dated_on=dated_on,
        sections=sections,
        facts=(f"{hearing.days} dage", last_day, law_in_words("FVL § 19")),
    )


# --- papers -------------------------------------------------------------------------------------


def compose_documents(
    papers: Sequence[DocumentRequest],
    *,
    case: Case,
    receiver: Party,
    sender: Sender,
    letter_id: str,
    told_at: datetime,
    calendar: Calendar,
    days: int,
    is_reminder: bool = False,
) -> Letter:
    """Ask a party for papers, or remind of them (indhentelse af oplysninger, rykker).

    Law: RSL § 11 (duty to contribute), § 11 b (decision on what there is).
    """
    by = day_in_words(papers_by(told_at, days, calendar))
    where = ", ".join(sender.lines)
    begins = (
        "Vi har bedt dig om papirer, som ikke er kommet. Du får mere tid."
        if is_reminder
        else "Vi er ved at behandle din ansøgning om kontanthjælp og mangler nogle papirer."
    )
    sections = [
        LetterSection("Hvorfor du får dette brev", (f"{begins} Det er ikke en afgørelse.",)),
        LetterSection("Det mangler vi", tuple(_paper(each) for each in papers)),
        LetterSection(
            "Sådan sender du",
            (
                (
                    f"Du har {days} dage til at sende papirerne, regnet fra den dag, du får brevet."
                    f" Får du det i dag, er sidste dag den {by}."
                ),
                (
                    "Tag et billede af papiret med telefonen, eller vælg en fil, på Min side under"
                    " Papirer. Du kan også sende eller aflevere det til"
                    f" {sender.municipality_name}, {where}."
                ),
                (
                    "Kan du ikke skaffe papiret, eller har du brug for mere tid, så ring til os."
                    " Vi finder en anden måde sammen."
                ),
            ),
        ),
        LetterSection(
            "Hvis du ikke sender papirerne",
            (
                (
                    "Så afgør en sagsbehandler din sag ud fra det, vi ved. Det kan betyde, at du"
                    " får mindre hjælp, end du ellers kunne få, eller ikke får hjælp."
                ),
                (
                    "Der sker intet af sig selv, når fristen er gået. Du får altid brev om"
                    " afgørelsen, og du kan sende papirerne, så længe sagen ikke er afgjort."
                ),
            ),
        ),
        LetterSection(
            "Regler",
            (
                (
                    "Du har pligt til at medvirke til at oplyse din sag efter"
                    f" {law_in_words('RSL § 11')}. Uden papirerne afgør vi sagen på det grundlag,"
                    f" der er, efter {law_in_words('RSL § 11 b')}."
                ),
            ),
        ),
    ]
    return written(
        letter_id,
        LetterKind.DOCUMENTS_REMINDER if is_reminder else LetterKind.DOCUMENTS,
        "Vi mangler stadig papirer fra dig" if is_reminder else "Send os de papirer, vi mangler",
        case=case,
        receiver=receiver,
        sender=sender,
        dated_on=danish_day(told_at),
        sections=sections,
        facts=(*(each.name for each in papers), f"{days} dage", by, law_in_words("RSL § 11")),
    )


# --- a case that stops --------------------------------------------------------------------------


def compose_closing(
    event: LifeEvent,
    *,
    case: Case,
    receiver: Party,
    sender: Sender,
    letter_id: str,
    dated_on: date,
) -> Letter:
    """Tell a party that the case has stopped, and what they can do now (afslutningsbrev).

    Law: FVL § 7 (guidance, and the way to the right authority).
    """
    if event.kind is EventKind.WITHDRAWAL:
        kind, title = LetterKind.WITHDRAWN, "Ansøgningen om kontanthjælp er trukket tilbage"
        sections = _withdrawn(event, case, receiver, sender)
        facts: tuple[str, ...] = (day_in_words(event.happened_on), case.number)
    else:
        kind, title = LetterKind.MOVED, "Du skal søge kontanthjælp i din nye kommune"
        sections = _moved(event, sender)
        facts = (event.place, day_in_words(event.happened_on), law_in_words("RSL § 9"))
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


def _withdrawn(
    event: LifeEvent, case: Case, receiver: Party, sender: Sender
) -> list[LetterSection]:
    is_own = receiver.id == event.party_id
    who = "Du har" if is_own else f"{case.party(event.party_id).name} har"
    when = day_in_words(event.happened_on)
    return [
        LetterSection(
            "Sagen er stoppet",
            (
                (
                    f"{who} den {when} trukket ansøgningen om kontanthjælp tilbage. Vi har derfor"
                    f" stoppet sag {case.number}. Vi træffer ingen afgørelse, og der bliver ikke"
                    " udbetalt noget."
                ),
                "Du skal ikke svare på breve om sagen, som du har fået før dette brev.",
            ),
        ),
        LetterSection(
            "Hvis du får brug for hjælp",
            (
                (
                    "Du kan søge igen, når du vil. Hjælpen kan tidligst begynde den dag, du søger"
                    " igen."
                ),
                *(
                    ()
                    if is_own
                    else ("Du kan også søge for dig selv. Det skal den anden ikke være med til.",)
                ),
            ),
        ),
        LetterSection(
            "Er det en fejl?",
            (f"Ring til {sender.municipality_name}, hvis ansøgningen ikke skulle stoppes.",),
        ),
    ]


def _moved(event: LifeEvent, sender: Sender) -> list[LetterSection]:
    when = day_in_words(event.happened_on)
    return [
        LetterSection(
            "Vi stopper din sag her",
            (
                (
                    f"Du er flyttet den {when}. Det er den kommune, du bor i, der skal hjælpe dig."
                    f" Derfor kan {sender.municipality_name} ikke behandle din ansøgning færdig."
                ),
            ),
        ),
        LetterSection(
            "Søg her",
            (
                (
                    f"Du skal søge hos {event.place}. Søg med det samme: hjælpen kan tidligst"
                    " begynde den dag, du søger."
                ),
                (
                    "Vi sender dine papirer videre, hvis du siger ja til det. Ring til os, eller"
                    " skriv, at vi må. Siger du ikke ja, sender vi ikke noget."
                ),
            ),
        ),
        LetterSection(
            "Regler",
            (
                f"Din opholdskommune skal hjælpe dig efter {law_in_words('RSL § 9')}.",
                (
                    "Er du uenig i, at du er flyttet, så ring til os. Vi ser på det igen. Du kan"
                    f" også klage til {sender.municipality_name} senest 4 uger efter, at du har"
                    " fået dette brev."
                ),
            ),
        ),
    ]


def _paper(paper: DocumentRequest) -> str:
    """Say what is missing, why, and what was wrong with what came."""
    wrong = f" Det, du sendte, kan vi ikke bruge: {paper.note}" if paper.note else ""
    return f"{paper.name}. {paper.why}{wrong}"


def paragraphs_of(text: str) -> tuple[str, ...]:
    """Return what a person wrote as paragraphs, without blank lines."""
    return tuple(part.strip() for part in text.splitlines() if part.strip())


def where(sender: Sender) -> str:
    """Say where a municipality is reached."""
    return f"{sender.municipality_name}, {', '.join(sender.lines)}."


def written(
    letter_id: str,
    kind: LetterKind,
    title: str,
    *,
    case: Case,
    receiver: Party,
    sender: Sender,
    dated_on: date,
    sections: Sequence[LetterSection],
    facts: Sequence[str],
) -> Letter:
    """Put a letter together: who it is from and to, and each fact once."""
    return Letter(
        id=letter_id,
        kind=kind,
        case_number=case.number,
        title=title,
        dated_on=dated_on,
        municipality_name=sender.municipality_name,
        municipality_lines=sender.lines,
        receiver_name=receiver.name,
        receiver_lines=receiver.address_lines,
        caseworker_name=sender.caseworker_name,
        sections=tuple(sections),
        facts=tuple(dict.fromkeys(facts)),
    )


def _joined(parts: Sequence[str]) -> str:
    """Join as Danish does: `a, b og c`."""
    unique = list(dict.fromkeys(parts))
    return " og ".join([", ".join(unique[:-1]), unique[-1]] if len(unique) > 1 else unique)


# --- before it is sent --------------------------------------------------------------------------


def check_letter(letter: Letter) -> None:
    """Refuse a letter that does not say what it must, or says it nowhere in its words."""
    silent = [fact for fact in letter.facts if fact not in letter.text]
    if silent:
        raise SafeguardError(
            f"Brevet siger ikke det, det skal: {'; '.join(silent)}. Ret brevteksten."
        )
    # Digital Post needs no address, and somebody without one must be told as well: what the post
    # cannot deliver comes back as somebody's task.
    if not letter.receiver_name:
        raise SafeguardError("Brevet har ingen modtager. Hent navnet, før det sendes.")


def check_decision_letter(letter: Letter, decision: Decision) -> None:
    """Refuse a letter that says anything else than the decision: kind, amounts, law, appeal."""
    check_letter(letter)
    kinds = {kind_of(decision.outcome, decision.help_kind)}
    if decision.outcome is Outcome.REFUSED:
        kinds.add(LetterKind.CESSATION)
    if letter.kind not in kinds:
        raise SafeguardError(
            f"Brevet er '{letter.kind}', men afgørelsen er '{decision.outcome}'. Skriv det igen."
        )
    wanted = (
        decision.number,
        decision.appeal_instruction,
        *(line.amount.danish() for line in decision.lines),
        *(paragraph_of(law) for law in decision.legal_basis),
    )
    unsaid = [each for each in wanted if each not in letter.text]
    if unsaid:
        raise SafeguardError(
            f"Brevet passer ikke med afgørelsen; det siger ikke: {'; '.join(unsaid)}."
            " Skriv brevet igen."
        )
    decided = {line.amount.danish() for line in decision.lines} | {Money(0).danish()}
    for section in letter.sections:
        if section.table and section.table.has_sum and section.table.rows[-1][1] not in decided:
            raise SafeguardError(
                f"Brevet regner sig frem til {section.table.rows[-1][1]}, og det er ikke afgjort."
                " Skriv brevet igen."
            )


def check_letters(
    letters: Sequence[Letter], *, decision: Decision, case: Case, dead: Collection[str] = ()
) -> None:
    """Refuse to send a decision unless every party who lives gets a right letter (FVL § 25)."""
    addressed = {(letter.receiver_name, letter.receiver_lines) for letter in letters}
    wanted = {(party.name, party.address_lines) for party in receivers(case, dead=dead)}
    if unreached := wanted - addressed:
        raise SafeguardError(
            f"{len(unreached)} af sagens parter får ikke brevet. En afgørelse skal sendes til alle."
        )
    for letter in letters:
        check_decision_letter(letter, decision)


# --- as data ------------------------------------------------------------------------------------


def to_body(letter: Letter) -> dict[str, object]:
    """Return a letter as plain data, fit for JSON; `from_body` gives the same letter back."""
    body = asdict(letter)
    body["dated_on"] = letter.dated_on.isoformat()
    return body


def from_body(body: Mapping[str, Any]) -> Letter:
    """Return the letter that `to_body` made plain."""
    sections = tuple(
        LetterSection(
            heading=section["heading"],
            paragraphs=tuple(section["paragraphs"]),
            table=_table(section["table"]) if section["table"] else None,
        )
        for section in body["sections"]
    )
    return Letter(
        id=body["id"],
        kind=LetterKind(body["kind"]),
        case_number=body["case_number"],
        title=body["title"],
        dated_on=date.fromisoformat(body["dated_on"]),
        municipality_name=body["municipality_name"],
        municipality_lines=tuple(body["municipality_lines"]),
        receiver_name=body["receiver_name"],
        receiver_lines=tuple(body["receiver_lines"]),
        caseworker_name=body["caseworker_name"],
        sections=sections,
        facts=tuple(body["facts"]),
    )


def _table(table: Mapping[str, Any]) -> LetterTable:
    rows = tuple((label, value) for label, value in table["rows"])
    return LetterTable(table["caption"], rows, table["has_sum"])
