"""Replay files of situations, and the checker as a stranger runs it: a bare interpreter."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from app.law import load_benefits, load_rates, load_rules
from processes.domain.benefits.situations import Situation
from processes.domain.calculation import Calculation, Outcome
from processes.domain.decisions import Decision, decided_lines
from processes.domain.facts import Facts
from processes.domain.replay import Replay

CHECKER = Path(str(files("processes").joinpath("law", "check_replay.py")))
RATES, RULES, BENEFITS = load_rates(), load_rules(), load_benefits()


def replay_of(situation: Situation) -> Replay:
    """Return what a situation is calculated from, with the decision it would become."""
    calculation = situation.calculate(rates=RATES, rules=RULES, benefits=BENEFITS)
    return Replay(
        case=situation.case,
        application=situation.application,
        calculation=calculation,
        facts=Facts.as_known(situation.facts, calculation.known_at),
        rates=RATES,
        rules=RULES,
        decision=None if calculation.missing else decision_on(calculation),
    )


def decision_on(calculation: Calculation) -> Decision:
    """Return the decision that gives what was calculated."""
    refused = calculation.outcome is Outcome.REFUSED
    return Decision(
        id="afgoerelse-1",
        case_id="sag-1",
        proposal_id="forslag-1",
        calculation_id=calculation.id,
        number="2026-000001-1",
        outcome=calculation.outcome,
        reasoning="",
        legal_basis=calculation.paragraphs,
        repayment_condition="",
        appeal_instruction="",
        lines=() if refused else decided_lines(calculation),
        valid_from=None,
        hearing_id=None,
        hearing_exception="",
        contributors=(),
        approved_by=None,
        issued_at=datetime(2026, 3, 10, 12, 0, tzinfo=UTC),
    )


def run_checker(file: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run the checker isolated, without the packages of the project and of the environment."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(CHECKER), str(file), *more],
        capture_output=True,
        text=True,
        check=False,
        cwd=file.parent,
    )
