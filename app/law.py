"""Reads the law that is shipped as data: rates, rule texts and posting rules (processes/law).

Here and not in the domain, since YAML is no part of the standard library. Everything is text until
the domain parses it, so that no float is ever made.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

from processes.domain.accounting import PostingBook, posting_book_from_rows
from processes.domain.benefits.single import Benefit, benefits_from_rows
from processes.domain.benefits.situations import Situation, SituationError, read_situation
from processes.domain.rates import Rate, RateBook, rate_from_row
from processes.domain.rules.book import RuleBook, rules_from_rows

EVERYBODY = "everybody"
"""The first part of a file may say what is known of everybody in it."""


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


def load_catalogue() -> Mapping[str, Mapping[str, object]]:
    """Return what is said of each shipped process and table, by key (bpmn/catalogue.yaml)."""
    file = Path(__file__).resolve().parents[1] / "bpmn" / "catalogue.yaml"
    said = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {each["key"]: each for part in ("processes", "decisions") for each in said[part]}


def load_posting_book() -> PostingBook:
    """Return the shipped posting rules (konteringsregler)."""
    return posting_book_from_rows(_rows("postings"))


def load_stories() -> tuple[tuple[str, Situation], ...]:
    """Return the shipped stories, each with the file it stands in (historier)."""
    folder = files("processes").joinpath("law", "stories")
    benefits = load_benefits()
    return tuple(
        (file.name.removesuffix(".yaml"), situation)
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".yaml")
        for situation in situations_from(file.read_text(encoding="utf-8"), benefits)
    )


def situations_from(text: str, benefits: Mapping[str, Benefit]) -> list[Situation]:
    """Read every situation of a text; `---` stands between them."""
    said = read_yaml(text)
    if not said:
        raise SituationError("", "Filen er tom.", "Skriv en situation; se docs/rules.md.")
    return [read_situation(each, benefits=benefits) for each in _with_everybody(said)]


def read_yaml(text: str, loader: type[yaml.CSafeLoader] | None = None) -> list[Any]:
    """Read the parts of a text somebody wrote; what is wrong is said with its place."""
    try:
        parts = yaml.load_all(text, loader or _Loader)
        return [each for each in parts if each is not None]
    except ValueError as error:  # a day that looks like one and is none, such as 30 February
        raise SituationError(
            "", f"En dag eller et tal i filen findes ikke ({error}).", "Ret det."
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"linje {mark.line + 1}, tegn {mark.column + 1}" if mark else ""
        raise SituationError(
            where, "Det er ikke YAML.", "Se efter indrykning, kolon og anførselstegn."
        ) from None


def read_rate_file(text: str) -> object:
    """Read a file of rates somebody made; figures stay as they were typed."""
    said = read_yaml(text, _TextLoader)
    if len(said) != 1:
        raise SituationError("", "Filen skal have én del.", "Slet linjer med ---, og prøv igen.")
    return said[0]


def write_rate_file(said: object) -> str:
    """Write rates as YAML, in the order they are handed in."""
    text: str = yaml.dump(
        said, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=100
    )
    return text


class _Loader(yaml.CSafeLoader):
    """The loader in C, as safe as the other and much faster; refuses a name said twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 – PyYAML's own signature
        """Refuse a name that stands twice: the first would be lost without a word."""
        names = [self.construct_object(name, deep=deep) for name, _ in node.value]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise SituationError(
                f"linje {node.start_mark.line + 1}", f"'{twice}' står to gange.", "Slet den ene."
            )
        return super().construct_mapping(node, deep=deep)


class _TextLoader(_Loader):
    """Reads figures and days as text: an amount with a point in it never becomes a float."""

    yaml_implicit_resolvers = {  # noqa: RUF012 – PyYAML's own way to say what a plain word is
        first: [
            (tag, pattern)
            for tag, pattern in resolvers
            if tag
            in {"tag:yaml.org,2002:null", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:merge"}
        ]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }


def _with_everybody(said: list[Any]) -> list[Any]:
    """Give everybody in a file the facts its first part says of everybody."""
    first = said[0]
    if not isinstance(first, dict) or set(first) != {EVERYBODY}:
        return said
    shared = first[EVERYBODY] or {}
    return [_completed(each, shared) for each in said[1:]]


def _completed(each: Any, shared: dict[str, Any]) -> Any:
    people = each.get("people") if isinstance(each, dict) else None
    if not isinstance(people, dict) or not isinstance(shared, dict):
        return each
    # What the situation itself says comes last and counts.
    with_shared = {name: {**shared, **(facts or {})} for name, facts in people.items()}
    return {**each, "people": with_shared}


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
