"""What states, facts and answers are called on a page; one table for each.

Knows the Danish words of the domain's values. Knows nothing of amounts and days but how to ask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from app.web.shell.words import NBSP, UNKNOWN, dato
from forms.decision import OUTCOME_WORDS
from forms.questions import QUESTIONS
from processes.domain.access import ROLE_NAMES, Role
from processes.domain.calculation import (
    DEMO_NOTE,
    DESK_NOTE,
    UNCONFIRMED_NOTE,
    Calculation,
    ConditionOutcome,
    Outcome,
)
from processes.domain.cases import CaseState, PartyRole
from processes.domain.documents import Direction, RequestState
from processes.domain.facts import FACT_LABELS, Fact, FactKind, FactStatus
from processes.domain.hearings import HearingState
from processes.domain.life import EVENT_NAMES, EventKind, EventSource
from processes.domain.money import Money
from processes.domain.payments import PaymentState
from processes.domain.rules.prose import law_in_words, paragraph_of
from processes.operations.reasons import WHY
from processes.ports.records import LetterState, UserTask
from processes.ports.tryouts import TryoutState

CASE_STATES = {
    CaseState.RAISED: "Ny",
    CaseState.INFORMED: "Oplyst",
    CaseState.DECIDED: "Afgjort",
    CaseState.ORDERED: "Udbetaling bestilt",
    CaseState.CARRIED_OUT: "Udført",
    CaseState.CLOSED: "Afsluttet",
}
PAYMENT_STATES = {
    PaymentState.PLANNED: "Planlagt",
    PaymentState.ORDERED: "Bestilt",
    PaymentState.ACCEPTED: "Modtaget hos NemKonto",
    PaymentState.SETTLED: "Udbetalt",
    PaymentState.REJECTED: "Afvist",
}
LETTER_STATES = {
    LetterState.COMPOSED: "Skrevet",
    LetterState.RENDERED: "Klar til afsendelse",
    LetterState.ORDERED: "Sendt til levering",
    LetterState.DELIVERED: "Afleveret",
    LetterState.REJECTED: "Kunne ikke afleveres",
}
HEARING_STATES = {
    HearingState.PREPARED: "Forberedt",
    HearingState.SENT: "Sendt, venter på svar",
    HearingState.ANSWERED: "Besvaret",
    HearingState.LAPSED: "Fristen er udløbet",
    HearingState.CONCLUDED: "Afsluttet",
    HearingState.DROPPED: "Bortfaldet",
}
DIRECTIONS = {
    Direction.IN: "Modtaget",
    Direction.OUT: "Sendt",
    Direction.INTERNAL: "Internt",
}
REQUEST_STATES = {
    RequestState.ASKED: "Mangler",
    RequestState.RECEIVED: "Modtaget",
    RequestState.ACCEPTED: "Godtaget",
    RequestState.DROPPED: "Skal ikke bruges",
}
PARTY_ROLES = {
    PartyRole.PRIMARY: "Borger",
    PartyRole.SPOUSE: "Ægtefælle",
    PartyRole.CHILD: "Barn",
    PartyRole.REPRESENTATIVE: "Partsrepræsentant",
    PartyRole.GUARDIAN: "Værge",
}
CHANNELS = {"digital_post": "Digital Post", "fysisk_post": "papirbrev"}
BENEFITS = {"kontanthjaelp": "Kontanthjælp"}
STATE_WORDS: dict[type, Mapping[Any, str]] = {
    CaseState: CASE_STATES,
    PaymentState: PAYMENT_STATES,
    LetterState: LETTER_STATES,
    HearingState: HEARING_STATES,
    Direction: DIRECTIONS,
    RequestState: REQUEST_STATES,
    PartyRole: PARTY_ROLES,
    Outcome: OUTCOME_WORDS,
    Role: ROLE_NAMES,
}
"""By type: states of different things share spellings, such as `afvist`."""
ANSWER_LABELS = {
    "reason": "Grund",
    "reason_text": "Med egne ord",
    "acute_need": "Mangler penge nu",
    "cohabitation": "Samliv",
    "applies_jointly": "Ægtefælle søger også",
    "children_at_home": "Børn hjemme",
    "lives_with_parents": "Bor hos forældre",
    "housing": "Bolig",
    "income_this_month_kroner": "Indtægt i måneden",
    "wealth_applicant_kroner": "Formue",
    "wealth_spouse_kroner": "Ægtefælles formue",
    "residence_9_of_10_years": "Boet her 9 af 10 år",
    "work_two_and_a_half_years": "2½ års arbejde i 10 år",
    "phone": "Telefon",
    "email": "E-mail",
}
"""What an application's answers are called; personal numbers are not among them."""
ANSWER_WORDS = {
    "ja": "Ja",
    "nej": "Nej",
    "ved_ikke": "Ved ikke",
    "ledig": "Har mistet sit arbejde",
    "sygdom": "Er blevet syg",
    "samlivsophoer": "Samlivet er ophørt",
    "udlaert": "Færdig med en uddannelse",
    "andet": "Andet",
    "enlig": "Bor uden partner",
    "gift": "Gift",
    "samlevende": "Samlevende",
    "lejebolig": "Lejebolig",
    "andelsbolig": "Andelsbolig",
    "ejerbolig": "Ejerbolig",
    "vaerelse": "Værelse",
}


def tilstand(value: object) -> str:
    """Write a state, outcome, role or direction in words."""
    return STATE_WORDS[type(value)][value]


def udfald(outcome: Outcome) -> str:
    """Write an outcome."""
    return OUTCOME_WORDS[outcome]


def oplysning(fact: Fact | None) -> str:
    """Write a fact's value."""
    if fact is None or fact.status is FactStatus.UNKNOWN:
        return UNKNOWN
    if fact.status is FactStatus.NONE or fact.value is None:
        return "Ingen"
    if fact.kind is FactKind.SPOUSE:
        return "Ja"
    return _value(fact)


def _value(fact: Fact) -> str:
    value = fact.value
    if isinstance(value, bool):
        return "Ja" if value else "Nej"
    if isinstance(value, Money):
        return value.danish()
    if isinstance(value, date):
        return dato(value)
    if fact.kind in QUESTIONS:
        words = dict(QUESTIONS[fact.kind].choices)
        percent = f"{NBSP}%" if fact.kind is FactKind.TAX_CARD_RATE else ""
        return words.get(str(value), f"{value}{percent}")
    return str(value)


def betingelse(condition: ConditionOutcome) -> tuple[str, str, str]:
    """Return a condition's class, icon and word."""
    if condition.met is None:
        return "unknown", "help", UNKNOWN
    return ("met", "success", "Opfyldt") if condition.met else ("unmet", "error", "Ikke opfyldt")


def paragraffer(calculation: Calculation | None) -> tuple[str, ...]:
    """Return the paragraphs a calculation rests on."""
    return calculation.paragraphs if calculation else ()


def love(paragraphs: Iterable[str]) -> str:
    """Write paragraphs with each act named once: `lov om … § 2, § 3; forvaltningsloven § 19`."""
    acts: dict[str, list[str]] = {}
    for law in paragraphs:
        acts.setdefault(law.partition(" ")[0], []).append(law)
    return "; ".join(
        ", ".join([law_in_words(first), *(paragraph_of(law) for law in rest)])
        for first, *rest in acts.values()
    )


SUMMARIES = {
    DEMO_NOTE: "Nogle satser er regnet ud af os og ikke offentliggjort endnu",
    UNCONFIRMED_NOTE: "En læsning af reglerne skal bekræftes",
    DESK_NOTE: "",
}
"""What a fold of notes is called, by how its notes begin; without words they need no fold."""


def bemaerkninger(notes: Iterable[str]) -> list[tuple[str, str, list[str]]]:
    """Return a calculation's notes as mark, summary of the fold, and texts; plain ones last."""
    groups: dict[str, list[str]] = {mark: [] for mark in (*SUMMARIES, "")}
    for note in notes:
        mark, _, text = note.partition(": ")
        groups[mark if mark in SUMMARIES else ""].append(text if mark in SUMMARIES else note)
    return [(mark, SUMMARIES.get(mark, ""), texts) for mark, texts in groups.items() if texts]


def regler(calculation: Calculation) -> list[str]:
    """Return the rules a calculation was made with, in words and with their versions."""
    labels = {node.id: node.label for node in calculation.nodes() if node.kind == "rule"}
    named = (
        f"{labels.get(rule, rule.partition('@')[0])}, version {rule.partition('@')[2]}"
        for rule in calculation.rule_versions
    )
    return sorted(dict.fromkeys(named), key=str.casefold)


def kilde(source: str) -> str:
    """Write where a rate was read; of an address only whose it is."""
    return source.split("/")[2] if source.startswith("https://") else source


REASONS = {
    "ADRESSE_UKENDT": "Adressen er ukendt",
    "KONTO_LUKKET": "Kontoen er lukket",
    "MODTAGER_DOED": "Modtageren er død",
    "MODTAGER_UKENDT": "Modtageren er ukendt",
    "UKENDT": "Der er ikke sagt hvorfor",
}


def aarsag(code: str) -> str:
    """Write why a counterpart turned something down; a code nobody knows stays a code."""
    return REASONS.get(code, code)


TRYOUT_STATES = {
    TryoutState.WAITING: ("hourglass", "Venter på en arbejder", "plain"),
    TryoutState.RUNNING: ("hourglass", "Kører", "info"),
    TryoutState.DONE: ("success", "Færdig", "info"),
    TryoutState.STOPPED: ("error", "Standset", "serious"),
}
"""How far a try-out is: its drawing, word and weight."""

HANDLINGS = {
    "instance.read": "så sagens forløb i driften",
    "calculation.read": "så beregningen",
    "case.note": "skrev et notat",
    "case.read": "åbnede sagen",
    "document.read": "åbnede et dokument",
    "person.search": "søgte",
    "task.claim": "tog en opgave",
    "task.complete": "afsluttede en opgave",
    "task.read": "åbnede en opgave",
    "task.release": "lagde en opgave tilbage",
}


def handling(action: str) -> str:
    """Write what somebody did with a case (opslag)."""
    return HANDLINGS.get(action, "brugte sagen")


def rollenavne(roles: Iterable[str]) -> str:
    """Write the names of roles."""
    return ", ".join(ROLE_NAMES[Role(role)] for role in roles)


def haendelse(word: EventKind | EventSource) -> str:
    """Say what happened, or who told of it."""
    return EVENT_NAMES[word] if isinstance(word, EventKind) else TOLD_BY[word]


TOLD_BY = {
    EventSource.CPR: "CPR",
    EventSource.CITIZEN: "Borgeren",
    EventSource.CASEWORKER: "En sagsbehandler",
}


def hvorfor(task: UserTask) -> str:
    """Say why a task is here: its own reason, or what its kind is for."""
    return task.reason or WHY.get(task.form_key, "")


def svar(answers: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return an application's answers with the words of its questions, in the form's order."""
    known = [
        (key, ANSWER_LABELS[key], text) for key, text in answers.items() if key in ANSWER_LABELS
    ]
    order = list(ANSWER_LABELS)
    return [
        (label, _answer(key, text))
        for key, label, text in sorted(known, key=lambda each: order.index(each[0]))
        if text
    ]


def _answer(key: str, text: str) -> str:
    if key.endswith("_kroner") and text.replace(".", "").isdigit():
        return Money.kroner(text).danish()
    if key in {"requested_from", "contact_on"}:
        return dato(date.fromisoformat(text))
    return ANSWER_WORDS.get(text, text)


FILTERS: dict[str, Callable[..., object]] = {
    "aarsag": aarsag,
    "bemaerkninger": bemaerkninger,
    "betingelse": betingelse,
    "haendelse": haendelse,
    "handling": handling,
    "hvorfor": hvorfor,
    "kilde": kilde,
    "lov": law_in_words,
    "love": love,
    "navn_paa": FACT_LABELS.__getitem__,
    "oplysning": oplysning,
    "paragraffer": paragraffer,
    "rollenavne": rollenavne,
    "regler": regler,
    "svar": svar,
    "tilstand": tilstand,
    "udfald": udfald,
}
