"""A replay file holds everything, and a stranger's program gets the same øre from it."""

from __future__ import annotations

import importlib.util
import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from app.local.calculating import read_file
from processes.domain.benefits.situations import Situation
from processes.domain.calculation import HelpKind
from processes.domain.errors import RuleError
from processes.domain.replay import as_text, digest, document
from tests.builders.households import a_random_situation
from tests.domain.replays import BENEFITS, CHECKER, replay_of, run_checker

FOLDER = CHECKER.parent / "stories"
STORIES = [
    situation
    for name in ("kontanthjaelp", "kontanthjaelp_graenser", "kontanthjaelp_foer_reformen")
    for situation in read_file(FOLDER / f"{name}.yaml", BENEFITS)
    if situation.benefit == "kontanthjaelp"
]
JOB = next(each for each in STORIES if each.title == "Løn en øre over fribeløbet for forhøjet sats")

Document = dict[str, Any]


@pytest.fixture(scope="module")
def checker() -> ModuleType:
    """The checker as a module, to ask it a hundred times without starting a program for each."""
    spec = importlib.util.spec_from_file_location("check_replay", CHECKER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def as_read(situation: Situation) -> Document:
    """Return a document as it is read back from its file."""
    said: Document = json.loads(as_text(document(replay_of(situation))))
    return said


def written(folder: Path, said: Document) -> Path:
    file = folder / "sag.json"
    file.write_text(json.dumps(said), encoding="utf-8")
    return file


@pytest.mark.parametrize("story", STORIES, ids=[each.title for each in STORIES])
def test_every_story_of_kontanthjaelp_comes_out_the_same(
    story: Situation, checker: ModuleType
) -> None:
    assert checker.check(as_read(story)) == []


@pytest.mark.parametrize("seed", range(150))
def test_random_households_come_out_the_same_with_anything_changing_on_any_day(
    seed: int, checker: ModuleType
) -> None:
    assert checker.check(as_read(a_random_situation(seed))) == []


@pytest.mark.long
@pytest.mark.parametrize("batch", range(20))
def test_many_random_households_come_out_the_same(batch: int, checker: ModuleType) -> None:
    for seed in range(1_000 + batch * 1_000, 2_000 + batch * 1_000):
        assert checker.check(as_read(a_random_situation(seed))) == [], seed


def test_it_runs_in_a_bare_interpreter_and_says_the_hash(tmp_path: Path) -> None:
    said = as_read(JOB)

    done = run_checker(written(tmp_path, said))

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Alt stemmer: ")
    assert done.stdout.splitlines()[-1] == said["hash"]


def test_the_checker_imports_nothing_of_ours_and_nothing_that_is_installed() -> None:
    source = CHECKER.read_text(encoding="utf-8")
    imported = {
        line.split()[1].partition(".")[0]
        for line in source.splitlines()
        if line.startswith(("import ", "from "))
    }

    assert imported <= {
        "__future__", "ast", "collections", "datetime", "decimal", "functools", "hashlib", "json",
        "sys", "typing",
    }  # fmt: skip


def test_the_same_calculation_is_the_same_file_and_holds_no_name_and_no_number() -> None:
    once, again = (as_text(document(replay_of(JOB))) for _ in range(2))

    assert once == again
    assert "anna" not in {each["role"] for each in json.loads(once)["question"]["people"]}
    assert "6101901234" not in once


def fact(said: Document, kind: str) -> Document:
    return next(each for each in said["facts"] if each["kind"] == kind)  # type: ignore[no-any-return]


def rate(said: Document, rate_id: str) -> Document:
    return next(each for each in said["rates"] if each["id"] == rate_id)  # type: ignore[no-any-return]


def rule(said: Document, rule_id: str) -> Document:
    return next(each for each in said["rules"] if each["id"] == rule_id)  # type: ignore[no-any-return]


def month(said: Document) -> Document:
    return said["result"]["months"][0]  # type: ignore[no-any-return]


ALTERED: dict[str, tuple[Callable[[Document], None], str]] = {
    "a fact": (
        lambda said: fact(said, "arbejdsindtaegt").update(value=900_000),
        "Oplysningen 'Arbejdsindtægt i måneden' (ansøger",
    ),
    "a rate": (
        lambda said: rate(said, "kh.forhoejet_sats.2026").update(value=1_400_000),
        "Satsen kh.forhoejet_sats.2026 (",
    ),
    "a rule": (
        lambda said: rule(said, "kh.fribeloeb").update(expression="kr(1)"),
        "Reglen kh.fribeloeb@",
    ),
    "a result": (
        lambda said: month(said).update(gross=1),
        "Resultatet for ansøger i 2026-03",
    ),
    "the outcome": (
        lambda said: said["result"].update(outcome="afslag"),
        "Resultatets udfald",
    ),
    "the decision": (
        lambda said: said["decision"]["lines"][0].update(oere=1),
        "Delen 'decision'",
    ),
    "a fact taken out": (
        lambda said: said["facts"].remove(fact(said, "formue")),
        "er taget ud, efter at filen blev lavet.",
    ),
    "a rate put in": (
        lambda said: said["rates"].append({**said["rates"][0], "id": "kh.ny.2026"}),
        "Satsen kh.ny.2026",
    ),
}


@pytest.mark.parametrize("what", ALTERED)
def test_what_was_altered_is_found_and_named(what: str, tmp_path: Path) -> None:
    said = as_read(JOB)
    change, named = ALTERED[what]
    change(said)

    done = run_checker(written(tmp_path, said))

    assert done.returncode == 1
    assert any(named in line for line in done.stdout.splitlines()), done.stdout


def forged(said: Document, checker: ModuleType) -> Document:
    """Return the document with new fingerprints, as somebody who knows the format would make."""
    marks = {name: digest(piece) for name, piece in checker.pieces(said).items()}
    return {**said, "digests": marks, "hash": digest(marks)}


def test_new_fingerprints_do_not_help_when_the_result_no_longer_follows(
    checker: ModuleType,
) -> None:
    said = as_read(JOB)
    rate(said, "kh.forhoejet_sats.2026")["value"] += 100

    found = checker.check(forged(said, checker))

    assert any("kh.sats (Grundbeløb) giver 13.061,00 kr." in line for line in found)
    assert any("Afgørelsen giver ansøger 14.200,99 kr. i 2026-03" in line for line in found)


def test_a_file_that_agrees_with_itself_is_still_not_the_one_that_was_handed_out(
    tmp_path: Path, checker: ModuleType
) -> None:
    said = as_read(JOB)
    kept = said["hash"]
    said["decision"]["number"] = "2026-000001-2"

    done = run_checker(written(tmp_path, forged(said, checker)), "--hash", kept)

    assert done.returncode == 1
    assert "der skulle stå sha256:" in done.stdout


def test_a_fact_that_was_not_known_then_is_named(checker: ModuleType) -> None:
    said = as_read(JOB)
    fact(said, "formue")["known_from"] = "2030-01-01T00:00:00+00:00"

    found = checker.check(forged(said, checker))

    assert any(line.startswith("Oplysningen 'Formue") and "ikke kendt" in line for line in found)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": "ky-replay-1"}', '{"format": "ky-replay-9"}']
)
def test_what_is_no_replay_file_is_said_so(text: str, tmp_path: Path) -> None:
    file = tmp_path / "sag.json"
    file.write_text(text, encoding="utf-8")

    done: subprocess.CompletedProcess[str] = run_checker(file)

    assert done.returncode == 2
    assert str(file) in done.stderr
    assert "Traceback" not in done.stderr


def test_help_until_the_first_payment_has_no_file_and_says_why() -> None:
    replay = replay_of(JOB)

    with pytest.raises(RuleError, match="skøn"):
        document(
            replace(replay, calculation=replace(replay.calculation, help_kind=HelpKind.IMMEDIATE))
        )
