"""Answers: how is a situation in a file calculated, without a server and without a database?

`./ky calculate SITUATION.yaml`. Reads the file, lets the domain calculate, and writes the answer in
Danish or as JSON. A file that cannot be read is an error in Danish and exit code 2.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from app.law import load_benefits, load_rates, load_rules, situations_from
from processes.domain.benefits.single import Benefit
from processes.domain.benefits.situations import (
    Situation,
    SituationError,
    moment,
)
from processes.domain.calculation import Calculation, ConditionOutcome, Line, PersonMonth
from processes.domain.errors import CoreError
from processes.domain.facts import Facts
from processes.domain.money import Money
from processes.domain.periods import ONE_DAY, Month, Period, danish_day
from processes.domain.rates import RateBook
from processes.domain.recalculation import (
    Inputs,
    MonthDifference,
    Recalculation,
    in_prose,
    recalculate,
)
from processes.domain.rules.book import RuleBook
from processes.domain.rules.prose import (
    day_in_words,
    days_in_words,
    in_words,
    law_in_words,
    month_in_words,
    spoken,
)
from processes.domain.rules.trace import Missing, Node, NodeValue

CANNOT = 2
Json = dict[str, Any]

OUTCOMES = {
    "bevilget": "bevilget",
    "delvis": "delvis bevilget",
    "afslag": "afslag",
    "ukendt": "kan ikke afgøres endnu",
}


def calculate(arguments: list[str]) -> int:
    """Calculate the situation in a file; 0 is an answer, 2 is a call or file that is wrong."""
    options = _options(arguments)
    try:
        known_at = moment(options.as_known_at, "--as-known-at") if options.as_known_at else None
        since = moment(options.changed_since, "--changed-since") if options.changed_since else None
        benefits, rates, rules = load_benefits(), load_rates(), load_rules()
        situations = read_file(Path(options.file), benefits)
        if since is not None:
            changes = [
                (each, _changes(each, since, known_at, (rates, rules, benefits)))
                for each in situations
            ]
            _say(_changed(changes, since, as_json=options.json))
            return 0
        answers = [
            (each, each.calculate(rates=rates, rules=rules, benefits=benefits, known_at=known_at))
            for each in situations
        ]
    except CoreError as error:
        print(f"{options.file}: {error}", file=sys.stderr)
        return CANNOT
    _say(_answered(answers, options))
    return 0


def _changes(
    situation: Situation,
    since: datetime,
    known_at: datetime | None,
    law: tuple[RateBook, RuleBook, Mapping[str, Benefit]],
) -> Recalculation:
    """Compare what was known at a moment with what is known now (ændringer).

    What the facts of then give stands in place of a decision.
    """
    rates, rules, benefits = law

    def calculated(inputs: Inputs, months: Sequence[Month]) -> Calculation:
        # They are chosen already: what was replaced later still stands beside what replaced it.
        facts = tuple(replace(fact, known_to=None) for fact in inputs.facts.all)
        chosen = replace(
            situation, facts=facts, known_at=inputs.facts.known_at, months=tuple(months)
        )
        return chosen.calculate(rates=inputs.rates, rules=inputs.rules, benefits=benefits)

    newest = max((fact.known_from for fact in situation.facts), default=since)
    now = known_at or situation.known_at or max(newest, since)
    before = Inputs(Facts.as_known(situation.facts, since), rates, rules)
    decided = {
        (month.party_id, month.month): month.gross
        for month in calculated(before, situation.months).months
        if month.gross is not None
    }
    return recalculate(
        calculated,
        before=before,
        after=Inputs(Facts.as_known(situation.facts, now), rates, rules),
        decided=decided,
        months=situation.months,
    )


def _changed(
    changes: Sequence[tuple[Situation, Recalculation]], since: datetime, *, as_json: bool
) -> str:
    if as_json:
        made = [
            {"title": situation.title, "changed": [_change_json(each) for each in found.changed]}
            for situation, found in changes
        ]
        return json.dumps(made[0] if len(made) == 1 else made, ensure_ascii=False, indent=2)
    day = day_in_words(danish_day(since))
    lines: list[str] = []
    for situation, found in changes:
        about = f"{situation.title}: " if situation.title else ""
        told = in_prose(found)
        head = f"ændret siden den {day}" if told else f"intet beløb er ændret siden den {day}"
        lines += [f"{about}{head}", *told]
    return "\n".join(lines)


def _change_json(month: MonthDifference) -> Json:
    return {
        "person": month.party_id,
        "month": str(month.month),
        "before": _plain(month.decided),
        "now": _plain(month.now),
        "causes": [
            {
                "amount": _plain(cause.amount),
                "changes": [
                    {"kind": str(change.kind), "key": change.key, "says": change.says}
                    for change in cause.changes
                ],
            }
            for cause in month.causes
        ],
        "missing": [_missing_json(each) for each in month.missing],
    }


def _say(text: str) -> None:
    """Write the answer; whoever reads only the beginning of it does no harm."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _answered(answers: Sequence[tuple[Situation, Calculation]], options: argparse.Namespace) -> str:
    if options.json:
        made = [as_json(*answer) for answer in answers]
        whole = made[0] if len(made) == 1 else made
        return json.dumps(whole, ensure_ascii=False, indent=2)
    said = [_in_danish(*answer, explain=options.explain) for answer in answers]
    return "\n\n".join("\n".join(lines) for lines in said)


class _Parser(argparse.ArgumentParser):
    """Says in Danish what is wrong with a call."""

    def error(self, message: str) -> NoReturn:
        """Say how it is called, and stop."""
        print(
            f"Brug: {self.usage}\nKaldet kan ikke læses ({message}).",
            file=sys.stderr,
        )
        sys.exit(CANNOT)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = _Parser(
        add_help=False,
        usage="./ky calculate SITUATION.yaml [--as-known-at DATO] [--changed-since DATO]"
        " [--explain] [--json]",
    )
    parser.add_argument("file")
    parser.add_argument("--as-known-at", default="")
    parser.add_argument("--changed-since", default="")
    parser.add_argument("--explain", action="store_true")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def read_file(path: Path, benefits: Mapping[str, Benefit]) -> list[Situation]:
    """Read every situation of a file; `---` stands between them."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SituationError("", "Filen findes ikke.", "Se efter, om stien er rigtig.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SituationError(
            "", f"Filen kan ikke læses ({type(error).__name__}).", "Gem den som tekst i UTF-8."
        ) from None
    return situations_from(text, benefits)


# --- JSON -----------------------------------------------------------------------------------------


def as_json(situation: Situation, calculation: Calculation) -> Json:
    """Return a calculation as JSON with every tree; amounts are kroner as text, never floats."""
    return {
        "benefit": situation.benefit,
        "as_known_at": calculation.known_at.isoformat(),
        "outcome": str(calculation.outcome),
        "provisional": calculation.is_provisional,
        "persons": [
            {
                "person": party,
                "months": [_month_json(month) for month in calculation.of(party)],
            }
            for party in calculation.party_ids
        ],
        "missing": [_missing_json(each) for each in calculation.missing],
        "notes": list(calculation.notes),
        "rules": list(calculation.rule_versions),
    }


def _month_json(month: PersonMonth) -> Json:
    return {
        "month": str(month.month),
        "days": _days_json(month.days),
        "gross": _plain(month.gross),
        "lines": [_line_json(line) for line in month.lines],
        "conditions": [_condition_json(each) for each in month.conditions],
        "missing": [_missing_json(each) for each in month.missing],
    }


def _line_json(line: Line) -> Json:
    return {
        "key": line.key,
        "label": line.label,
        "amount": _plain(line.amount),
        "days": _days_json(line.days),
        "laws": list(line.laws),
        "tree": _tree(line.explanation),
    }


def _condition_json(condition: ConditionOutcome) -> Json:
    return {
        "key": condition.key,
        "label": condition.label,
        "met": condition.met,
        "law": condition.law,
        "reason": condition.reason,
        "days": _days_json(condition.days),
        "tree": _tree(condition.explanation),
    }


def _missing_json(missing: Missing) -> Json:
    return {"person": missing.party_id, "what": missing.what, "sentence": missing.sentence}


def _days_json(days: Period | None) -> Json | None:
    if days is None or days.end is None:
        return None
    return {"from": days.start.isoformat(), "to": (days.end - ONE_DAY).isoformat()}


def _tree(node: Node) -> Json:
    return {
        "kind": node.kind,
        "id": node.id,
        "label": node.label,
        "value": _plain(node.value),
        "law": node.law,
        "source": node.source,
        "confidence": str(node.confidence),
        "derived": node.derived,
        "inputs": [_tree(each) for each in node.inputs],
    }


def _plain(value: NodeValue) -> str | int | bool | None:
    if isinstance(value, Money):
        sign = "-" if value.oere < 0 else ""
        return f"{sign}{abs(value.oere) // 100}.{abs(value.oere) % 100:02d}"
    if value is None or isinstance(value, str | int):
        return value
    return value.isoformat()


# --- Danish ---------------------------------------------------------------------------------------


def _in_danish(situation: Situation, calculation: Calculation, *, explain: bool) -> list[str]:
    said = [f"{situation.title or situation.benefit}: {OUTCOMES[str(calculation.outcome)]}"]
    for party in calculation.party_ids:
        for month in calculation.of(party):
            said += _month_in_danish(month, party, explain=explain)
    said += [f"Mangler: {each.sentence} ({each.party_id})" for each in calculation.missing]
    said += [f"Bemærk: {note}" for note in calculation.notes]
    return said


def _month_in_danish(month: PersonMonth, party: str, *, explain: bool) -> list[str]:
    days = f", {days_in_words(month.days)}" if month.days else ""
    said = ["", f"{party}, {month_in_words(month.month)}{days}: {in_words(month.gross)}"]
    for line in month.lines:
        laws = "; ".join(law_in_words(law) for law in line.laws if law)
        said.append(f"  {line.amount.danish():>16}  {line.label} ({laws})")
        if explain:
            said += _spoken(line.explanation)
    for condition in month.conditions:
        if condition.met is not True or explain:
            sign = {True: "opfyldt", False: "ikke opfyldt", None: "ved ikke"}[condition.met]
            said.append(f"  {condition.label}: {sign}. {condition.reason}")
            if explain:
                said += _spoken(condition.explanation)
    return said


def _spoken(node: Node) -> list[str]:
    return [
        f"{'  ' * (line.depth + 3)}{line.text}{f' [{line.law}]' if line.law else ''}"
        for line in spoken(node)
    ]
