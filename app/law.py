"""Reads the law that is shipped as data: rates, rule texts and posting rules (processes/law).

Here and not in the domain, since YAML is no part of the standard library. Everything is text until
the domain parses it, so that no float is ever made.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from processes.domain.accounting import PostingBook, posting_book_from_rows
from processes.domain.benefits.single import Benefit, benefits_from_rows
from processes.domain.rates import Rate, RateBook, rate_from_row
from processes.domain.rules.book import RuleBook, rules_from_rows


def rate_rows() -> tuple[Rate, ...]:
    """Return every shipped rate (satser)."""
    return tuple(rate_from_row(row) for row in _rows_of_folder("rates"))


def shipped_rows(name: str) -> list[dict[str, Any]]:
    """Return the rows of a folder of files as they stand there, notes and all."""
    return _rows_of_folder(name)


def load_rates() -> RateBook:
    """Return the shipped rates as a book."""
    return RateBook(rate_rows())


def load_rules() -> RuleBook:
    """Return the shipped rules, every formula checked (regelbog)."""
    return RuleBook(rules_from_rows([*_rows("rules"), *_rows_of_folder("rules")]))


def load_benefits() -> Mapping[str, Benefit]:
    """Return the benefits besides kontanthjælp, by id (ydelser)."""
    return benefits_from_rows(_rows("benefits"))


def load_posting_book() -> PostingBook:
    """Return the shipped posting rules (konteringsregler)."""
    return posting_book_from_rows(_rows("postings"))


def _rows(name: str) -> list[dict[str, Any]]:
    return _read(files("processes").joinpath("law", f"{name}.yaml"), name)


def _rows_of_folder(name: str) -> list[dict[str, Any]]:
    """Read every file of a folder: one an act or a benefit."""
    folder = files("processes").joinpath("law", name)
    if not folder.is_dir():
        return []
    shipped = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".yaml")),
        key=lambda file: file.name,
    )
    return [row for file in shipped for row in _read(file, name)]


def _read(file: Traversable, name: str) -> list[dict[str, Any]]:
    # The loader in C: the same safe YAML in an eighth of the time, and start-up waits for it.
    rows: list[dict[str, Any]] = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)[name]
    return rows
