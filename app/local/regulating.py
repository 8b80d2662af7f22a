"""Answers: what do the rates become next year, and whose help do they change?

`./ky regulate --year 2027 --percent 4,05`. Shows the rates against the table where there is one,
and lists everybody whose help in January changes; `--draft` proposes what no table says yet, for
another to approve under Regler og satser. It pays nothing and sends nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from sqlalchemy.exc import OperationalError

from app.config import ConfigurationError
from app.local.replaying import NO_DATABASE, settings_here
from app.wiring import Core, build_core
from processes.domain.access import Actor, Role
from processes.domain.errors import CoreError, RuleError
from processes.domain.money import PPM, Money
from processes.domain.regulation import RegulatedRate, Standing
from processes.domain.rules.prose import percent_in_words
from processes.operations.regulation import RegulatedHelp, RegulationReport

CANNOT = 2
ROBOT = "ky-regulate"


class _Parser(argparse.ArgumentParser):
    """Says in Danish what is wrong with a call."""

    def error(self, message: str) -> NoReturn:
        """Say how it is called, and stop."""
        print(f"Brug: {self.usage}\nKaldet kan ikke læses ({message}).", file=sys.stderr)
        sys.exit(CANNOT)


def regulate(arguments: list[str]) -> int:
    """Show a year's regulation in every municipality; 0 is shown, 2 cannot be answered."""
    parser = _Parser(
        add_help=False, usage="./ky regulate --year ÅR [--percent 4,05] [--draft] [--json]"
    )
    parser.add_argument("--year", type=int, required=True)
    parser.add_argument("--percent", default="")
    parser.add_argument("--draft", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    try:
        percent = percent_of(options.percent) if options.percent else None
        with settings_here() as settings, closing(build_core(settings)) as core:
            for said in shown(core, options.year, percent, as_json=options.json):
                print(said, flush=True)
            if options.draft:
                print(drafted(core, options.year, percent))
    except (CoreError, ConfigurationError) as error:
        print(f"{options.year}: {error}", file=sys.stderr)
        return CANNOT
    except OperationalError:
        print(NO_DATABASE, file=sys.stderr)
        return CANNOT
    return 0


def percent_of(text: str) -> int:
    """Read `4,05` as parts per million."""
    try:
        exact = Decimal(text.replace(",", ".")) * (PPM // 100)
    except InvalidOperation:
        exact = Decimal("0.5")
    if exact != exact.to_integral_value():
        raise RuleError(f"'{text}' er ikke en procent. Skriv den som 4,05.")
    return int(exact)


def _actors(core: Core) -> Iterator[tuple[str, Actor]]:
    for each in core.central.municipalities():
        yield each.name, Actor(ROBOT, "./ky regulate", Role.PROCESS_OWNER, each.id, frozenset())


def drafted(core: Core, year: int, percent_ppm: int | None) -> str:
    """Propose the rates no table says yet, once for everybody; say where the draft is."""
    _, by = next(_actors(core))
    draft_id = core.regulations.draft(year, by, percent_ppm=percent_ppm)
    return f"Kladden {draft_id} venter på en anden under Regler og satser."


def shown(
    core: Core, year: int, percent_ppm: int | None, *, as_json: bool = False
) -> Iterator[str]:
    """Yield what there is to say, municipality by municipality."""
    made: list[dict[str, Any]] = []
    for number, (name, by) in enumerate(_actors(core)):
        report = core.regulations.affected(year, by, percent_ppm=percent_ppm, tell=_progress(name))
        if as_json:
            made.append({"municipality": name, **_as_json(report)})
        else:
            yield from [] if number else _rates(report.plan.rates, report.plan.percent_ppm)
            yield from _people(name, report)
    if as_json:
        yield json.dumps(made, ensure_ascii=False, indent=1)


def _progress(name: str) -> Any:
    def tell(done: int, of: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{name}: {done} af {of} sager", end="", file=sys.stderr, flush=True)

    return tell


def _rates(rates: Sequence[RegulatedRate], percent_ppm: int) -> Iterator[str]:
    yield f"Satsregulering {percent_in_words(percent_ppm)}. {len(rates)} satser efter LAS § 109:"
    for each in rates:
        table = "" if each.loaded is None else f", tabellen siger {each.loaded.amount.danish()}"
        yield (
            f"  {each.standing:8} {each.before.key}: {each.before.amount.danish()} bliver"
            f" {each.expected.danish()}{table}"
        )


def _people(name: str, report: RegulationReport) -> Iterator[str]:
    yield ""
    yield (
        f"{name}: {len(report.changed)} af {report.persons} personers hjælp ændres i januar,"
        f" i alt {report.difference.danish()} om måneden før skat."
        f" {len(report.unknown)} kan ikke beregnes, {len(report.outliers)} skal ses efter."
    )
    for each in report.changed:
        mark = "  SE EFTER" if each.is_outlier else ""
        yield f"  {each.case_number}: {_amount(each.before)} bliver {_amount(each.after)}{mark}"
    for each in report.unknown:
        yield f"  {each.case_number}: kan ikke beregnes. {' '.join(each.missing)}"


def _amount(amount: Money | None) -> str:
    return "ukendt" if amount is None else amount.danish()


def _as_json(report: RegulationReport) -> dict[str, Any]:
    def person(each: RegulatedHelp) -> dict[str, Any]:
        return {
            "case": each.case_number,
            "party": each.party_id,
            "before_oere": None if each.before is None else each.before.oere,
            "after_oere": None if each.after is None else each.after.oere,
            "look_at": each.is_outlier,
            "missing": list(each.missing),
        }

    return {
        "year": report.plan.year,
        "percent_ppm": report.plan.percent_ppm,
        "persons": report.persons,
        "rates": {
            str(standing): [each.before.key for each in report.plan.standing(standing)]
            for standing in Standing
        },
        "changed": [person(each) for each in report.changed],
        "unknown": [person(each) for each in report.unknown],
    }
