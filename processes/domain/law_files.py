"""Rates as dated YAML in the manner of OpenFisca's parameters, out and in (eksport, indlæsning).

Each key has `values` by the day they begin; a value holds until the next begins, and null ends it.
docs/rules.md has the format. What a file says differently becomes items of a draft; nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from processes.domain.errors import RuleError
from processes.domain.law_changes import (
    DraftItem,
    ItemKind,
    Law,
    danish,
    day_from,
    days_of,
    plain_figures,
    rate_fields,
)
from processes.domain.law_checks import says_the_same
from processes.domain.periods import ONE_DAY
from processes.domain.rate_labels import RATE_LABELS
from processes.domain.rates import Rate

Parsed = Mapping[str, object]

VALUE_KEYS = frozenset({"value", "metadata"})
OF_A_VALUE = frozenset({"reference", "source", "confidence", "derived"})
OF_A_KEY = frozenset({"unit", "reference", "source", "confidence", "derived"})


def exported(rates: Iterable[Rate]) -> dict[str, object]:
    """Return rates as a file says them; texts only, so that no float is ever made."""
    by_key: dict[str, list[Rate]] = {}
    for rate in sorted(rates, key=lambda each: (each.key, each.valid.start)):
        by_key.setdefault(rate.key, []).append(rate)
    return {
        key: {
            "description": RATE_LABELS.get(key, key),
            "metadata": {"unit": rows[-1].unit},
            "values": dict(_values(rows)),
        }
        for key, rows in by_key.items()
    }


def _values(rows: Sequence[Rate]) -> Iterator[tuple[str, object]]:
    for rate, later in zip(rows, [*rows[1:], None], strict=True):
        yield (
            rate.valid.start.isoformat(),
            {
                "value": plain_figures(rate),
                "metadata": {
                    "reference": rate.law,
                    "source": rate.source,
                    "confidence": rate.confidence.value,
                    "derived": "true" if rate.derived else "false",
                },
            },
        )
        end = rate.valid.end
        if end is not None and (later is None or end < later.valid.start):
            yield end.isoformat(), {"value": None}


def drafted(said: object, law: Law) -> list[DraftItem]:
    """Return what a file says otherwise than the law in force, as items of a draft."""
    found = []
    for key, entry in _mapping(said, "Filen").items():
        for item in _items(key, _mapping(entry, key), law):
            is_new = _ends_something(item, law) if item.ends else not says_the_same(item, law)
            if is_new:
                found.append(item)
    return found


def _ends_something(item: DraftItem, law: Law) -> bool:
    days = days_of(item)
    return days is None or any(days.clipped(row.valid) for row in law.rates.of(item.subject))


def _items(key: str, entry: Parsed, law: Law) -> Iterator[DraftItem]:
    _known(entry, {"description", "metadata", "values", "documentation"}, key)
    whole = _mapping(entry.get("metadata") or {}, f"{key}.metadata")
    _known(whole, OF_A_KEY, f"{key}.metadata")
    values = _mapping(entry.get("values"), f"{key}.values")
    starts = sorted(values, key=lambda text: day_from(text) or date.max)
    for number, start in enumerate(starts):
        next_start = starts[number + 1] if number + 1 < len(starts) else ""
        yield _item(key, start, next_start, values[start], whole, law)


def _item(
    key: str, start: str, next_start: str, said: object, whole: Parsed, law: Law
) -> DraftItem:
    where = f"{key}.values.{start}"
    stated = said if isinstance(said, Mapping) else {"value": said}
    _known({str(name): each for name, each in stated.items()}, VALUE_KEYS, where)
    more = _mapping(stated.get("metadata") or {}, f"{where}.metadata")
    _known(more, OF_A_VALUE, f"{where}.metadata")
    day, then = day_from(start), day_from(next_start)
    fields = {
        **_usual(key, day, law),
        **{name: _text(each) for name, each in {**whole, **more}.items()},
        "value": _text(stated.get("value")),
        "valid_from": start if day is None else danish(day),
        "valid_to": "" if then is None else danish(then - ONE_DAY),
    }
    fields["law"] = fields.pop("reference", fields.get("law", ""))
    return DraftItem(ItemKind.RATE, key, fields, ends=stated.get("value") is None)


def _usual(key: str, day: date | None, law: Law) -> dict[str, str]:
    """Return what a rate says that a file leaves out: unit, paragraph and confidence."""
    rows: Sequence[Rate] = law.rates.of(key)
    if not rows:
        return {"unit": "", "law": "", "source": "", "confidence": "", "derived": "false"}
    near = [row for row in rows if day is None or row.valid.start <= day] or rows
    return {**rate_fields(near[-1]), "derived": "false", "source": ""}


def _text(said: object) -> str:
    if said is None:
        return ""
    if isinstance(said, bool):
        return "true" if said else "false"
    return str(said)


def _mapping(said: object, where: str) -> Parsed:
    if not isinstance(said, Mapping):
        raise RuleError(
            f"{where}: Her mangler navne med værdier. Skriv navn: værdi på hver sin linje;"
            " formatet står i docs/rules.md."
        )
    return {str(name): each for name, each in said.items()}


def _known(said: Parsed, names: Iterable[str], where: str) -> None:
    known = frozenset(names)
    strange = [name for name in said if name not in known]
    if strange:
        raise RuleError(
            f"{where}: '{strange[0]}' kendes ikke. Brug kun {', '.join(sorted(known))}."
        )
