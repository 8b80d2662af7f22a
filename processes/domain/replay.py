"""Answers: what is a calculation made of, all of it, so that a stranger can work it out again?

One mapping of plain values with a fingerprint for each part: facts, rates, rules and result. It is
written as JSON and checked by law/check_replay.py, which knows nothing of this system. The format
is in docs/replay.md. The same calculation always gives the same file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from processes.domain.benefits.cash_assistance import (
    CONDITIONS,
    DEDUCTIONS,
    GROUNDS_OF_DAYS,
    GROUNDS_OF_MONTH,
    HOLIDAY,
    NEED,
)
from processes.domain.benefits.cash_assistance_rules import DECISIVE_AGES, SUPPLEMENTS
from processes.domain.benefits.cash_assistance_stretches import ENDS, NEVER_CUT, Household
from processes.domain.calculation import Calculation, HelpKind, PersonMonth
from processes.domain.cases import Application, Case, PartyRole
from processes.domain.decisions import Decision
from processes.domain.errors import RuleError
from processes.domain.facts import (
    FACT_LABELS,
    INCOME_KINDS,
    MONTHLY_KINDS,
    Fact,
    FactKind,
    Facts,
)
from processes.domain.money import Money
from processes.domain.periods import ONE_DAY, Period
from processes.domain.rates import RATE_LABELS, Rate, RateBook
from processes.domain.rules.book import Rule, RuleBook
from processes.domain.rules.language import (
    COUNT,
    FACT,
    FACT_KINDS,
    PERCENT,
    RATE,
    RULE,
    Kind,
    asks,
)

FORMAT = "ky-replay-1"
TYPES = {
    Kind.MONEY: "beloeb",
    Kind.NUMBER: "tal",
    Kind.SHARE: "tal",
    Kind.YES_NO: "ja_nej",
    Kind.WORD: "ord",
    Kind.DAY: "dag",
}
ROLES = {PartyRole.PRIMARY: "ansøger", PartyRole.SPOUSE: "ægtefælle"}

Json = dict[str, object]


@dataclass(frozen=True)
class Replay:
    """What a decision or a calculation was made of (genberegningsgrundlag)."""

    case: Case
    application: Application
    calculation: Calculation
    facts: Facts
    """As known when it was calculated."""
    rates: RateBook
    rules: RuleBook
    decision: Decision | None = None


def document(replay: Replay) -> Json:
    """Return everything as plain values with its fingerprints (genberegningsfil).

    Only what the rules of the months may ask is there, and no names and no personal numbers.
    """
    calculation = replay.calculation
    if calculation.help_kind is not HelpKind.SUPPORT:
        raise RuleError(
            "Engangshjælp er et skøn under et loft og bliver ikke regnet af formler."
            " Læs begrundelsen i afgørelsen i stedet."
        )
    if not calculation.months:
        raise RuleError("Der er ingen måneder i beregningen. Beregn sagen igen.")
    months = sorted({each.month for each in calculation.months})
    span = Period(months[0].first_day, months[-1].next().first_day)
    rules = _rules(replay.rules, span)
    kinds = _kinds(rules)
    household = Household.of(replay.application, replay.case)
    people = tuple(party.id for party in household.adults)
    facts = [
        fact
        for fact in replay.facts.all
        if fact.party_id in people and fact.kind in kinds and _touches(fact.valid, span)
    ]
    said: Json = {
        "format": FORMAT,
        "decision": _decision(replay.decision),
        "question": {
            "case": replay.case.number,
            "benefit": replay.case.benefit,
            "known_at": _moment(calculation.known_at),
            "people": [
                {
                    "party": party.id,
                    "role": ROLES[party.role],
                    "applies": party in household.applying,
                }
                for party in household.adults
            ],
            "given": {name: node.value is True for name, node in household.given().items()},
            "breaks": [str(day) for day in _breaks(replay, people, kinds, span)],
        },
        "method": _method(),
        "kinds": {
            kind.value: {
                "label": FACT_LABELS[kind],
                "type": TYPES[FACT_KINDS[kind]],
                "by_month": kind in MONTHLY_KINDS,
                "income": kind in INCOME_KINDS,
            }
            for kind in sorted(kinds)
        },
        "facts": [_fact(fact) for fact in sorted(facts, key=lambda each: each.id)],
        "rates": [_rate(rate) for rate in _rates(replay.rates, rules, span)],
        "rules": [_rule(rule) for rule in rules],
        "result": {
            "outcome": str(calculation.outcome),
            "months": [_month(each) for each in calculation.months],
        },
    }
    digests = {name: digest(piece) for name, piece in _pieces(said)}
    return {**said, "digests": digests, "hash": digest(digests)}


def as_text(said: Mapping[str, object]) -> str:
    """Write a document as JSON that a person can read too; the hash does not hang on it."""
    return json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def digest(value: object) -> str:
    """Return the fingerprint of a value: of its JSON, sorted and without spaces, in UTF-8."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


# --- what was asked for ---------------------------------------------------------------------------


def _method() -> Json:
    """Say which rules a month of kontanthjælp is made of, and what cuts it."""
    return {
        "conditions": list(CONDITIONS),
        "conditions_if_said": {HOLIDAY: FactKind.HOLIDAY.value},
        "need": NEED,
        "needs_of_days": list(GROUNDS_OF_DAYS),
        "needs_of_month": list(GROUNDS_OF_MONTH),
        "adds": ["kh.sats", *SUPPLEMENTS],
        "takes": list(DEDUCTIONS),
        "ages": list(DECISIVE_AGES),
        "birth": FactKind.BIRTH_DATE.value,
        "ends": [kind.value for kind in ENDS],
        "never_cut": sorted(kind.value for kind in NEVER_CUT),
        "ranks": ["sagsbehandler", "register", "borger"],
    }


def _rules(book: RuleBook, span: Period) -> tuple[Rule, ...]:
    """Return every version that may be asked in some days, by the rules a month is made of."""
    wanted = [*CONDITIONS, HOLIDAY, NEED, *GROUNDS_OF_DAYS, *GROUNDS_OF_MONTH, *DEDUCTIONS]
    found: dict[str, Rule] = {}
    seen: set[str] = set()
    while wanted:
        rule_id = wanted.pop()
        if rule_id in seen:
            continue
        seen.add(rule_id)
        for rule in book.versions(rule_id):
            if _touches(rule.valid, span):
                found[rule.name] = rule
                wanted += _asked(rule)
    return tuple(rule for _, rule in sorted(found.items()))


def _asked(rule: Rule) -> Iterator[str]:
    if rule.folds and rule.folds != "sum":
        yield rule.folds
    if rule.expression is not None:
        yield from (each.name for each in asks(rule.expression) if each.what == RULE)


def _kinds(rules: Sequence[Rule]) -> frozenset[FactKind]:
    asked = (
        FactKind(each.name)
        for rule in rules
        if rule.expression is not None
        for each in asks(rule.expression)
        if each.what == FACT
    )
    return frozenset((*asked, FactKind.BIRTH_DATE, FactKind.HOLIDAY, *ENDS))


def _rates(book: RateBook, rules: Sequence[Rule], span: Period) -> tuple[Rate, ...]:
    keys = {
        each.name
        for rule in rules
        if rule.expression is not None
        for each in asks(rule.expression)
        if each.what in {RATE, PERCENT, COUNT}
    }
    rows = (rate for key in keys for rate in book.of(key) if _touches(rate.valid, span))
    return tuple(sorted(rows, key=lambda each: each.id))


def _breaks(
    replay: Replay, people: Sequence[str], kinds: Collection[FactKind], span: Period
) -> list[date]:
    """Return the days on which something changes that is not in the file: they cut a month too."""
    others = {
        edge
        for fact in replay.facts.all
        if fact.party_id in people and fact.kind not in kinds and fact.kind not in NEVER_CUT
        for edge in (fact.valid.start, fact.valid.end)
        if edge is not None and edge in span
    }
    return sorted({*others, *replay.rates.changes(span), *replay.rules.changes(span)})


def _touches(valid: Period, span: Period) -> bool:
    return valid.clipped(span) is not None


# --- rows -----------------------------------------------------------------------------------------


def _decision(decision: Decision | None) -> Json | None:
    if decision is None:
        return None
    return {
        "id": decision.id,
        "number": decision.number,
        "issued_at": _moment(decision.issued_at),
        "outcome": str(decision.outcome),
        "legal_basis": list(decision.legal_basis),
        "lines": [
            {
                "party": line.party_id,
                "from_month": str(line.from_month),
                "oere": line.amount.oere,
            }
            for line in decision.lines
        ],
    }


def _fact(fact: Fact) -> Json:
    return {
        "id": fact.id,
        "party": fact.party_id,
        "kind": fact.kind.value,
        "status": str(fact.status),
        "value": _plain(fact.value),
        **_valid(fact.valid),
        "source": str(fact.source.kind),
        "reference": fact.source.reference,
        "known_from": _moment(fact.known_from),
        # What replaced it came later, and is no part of what was known.
        "known_to": None,
    }


def _rate(rate: Rate) -> Json:
    return {
        "id": rate.id,
        "key": rate.key,
        "label": RATE_LABELS.get(rate.key, rate.key),
        "value": rate.whole,
        "unit": rate.unit,
        **_valid(rate.valid),
        "law": rate.law,
        "source": rate.source,
        "confidence": str(rate.confidence),
        "derived": rate.derived,
    }


def _rule(rule: Rule) -> Json:
    return {
        "id": rule.id,
        "version": rule.version,
        **_valid(rule.valid),
        "law": rule.law,
        "label": rule.label,
        "says": rule.says,
        "expression": rule.text,
        "value": rule.value,
        "per_month": rule.per_month,
        "folds": rule.folds,
        "confidence": str(rule.confidence),
    }


def _month(month: PersonMonth) -> Json:
    ended = not (month.conditions or month.lines or month.missing)
    days = month.days or month.month.period()
    return {
        "party": month.party_id,
        "month": str(month.month),
        "days": None if ended else [str(days.start), str(days.end)],
        "gross": None if month.gross is None else month.gross.oere,
        "lines": [
            {
                "rule": _rule_id(line.explanation.id),
                "label": line.label,
                "oere": line.amount.oere,
                "from": None if line.days is None else str(line.days.start),
                "laws": list(line.laws),
            }
            for line in month.lines
        ],
        "conditions": [
            {
                "rule": _rule_id(each.explanation.id),
                "met": each.met,
                "from": str(days.start if each.days is None else each.days.start),
                "law": each.law,
                "reason": each.reason,
            }
            for each in month.conditions
        ],
    }


def _rule_id(name: str) -> str:
    return name.partition("@")[0]


def _valid(valid: Period) -> Json:
    """Write days with the last one, as rates and rules are written."""
    last = None if valid.end is None else str(valid.end - ONE_DAY)
    return {"valid_from": str(valid.start), "valid_to": last}


def _plain(value: object) -> object:
    if isinstance(value, Money):
        return value.oere
    return str(value) if isinstance(value, date) else value


def _moment(moment: datetime) -> str:
    """Write a moment the same wherever it was read: in UTC."""
    return moment.astimezone(UTC).isoformat()


def _pieces(said: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Yield everything that has a fingerprint of its own, with the name it goes by."""
    for name in ("format", "decision", "question", "method", "kinds"):
        yield name, said[name]
    for part in ("facts", "rates", "rules"):
        for row in _listed(said[part]):
            version = f"@{row['version']}" if part == "rules" else ""
            yield f"{part}/{row['id']}{version}", row
    result = said["result"]
    if isinstance(result, Mapping):
        for row in _listed(result["months"]):
            yield f"result/{row['party']}/{row['month']}", row
        yield "result/outcome", result["outcome"]


def _listed(rows: object) -> Sequence[Mapping[str, object]]:
    return rows if isinstance(rows, list) else []
