"""`./ky bpmn` and `./ky dmn`: one JSON line a file, and an answer in time whatever the file is."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.local import models
from app.local.places import ROOT
from tests.engine.drawing import both, draw, either, end, part, path, service, start, user

Lines = list[dict[str, object]]
Command = Callable[..., tuple[int, Lines]]


@pytest.fixture
def ky(capsys: pytest.CaptureFixture[str]) -> Command:
    """A command as the user gives it: its exit code, and the lines it printed."""

    def command(*words: object) -> tuple[int, Lines]:
        what, *rest = [str(word) for word in words]
        code = {"bpmn": models.bpmn, "dmn": models.dmn}[what](rest)
        return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return command


def rules(line: dict[str, object]) -> set[str]:
    """The rules a file broke."""
    findings = line["findings"]
    assert isinstance(findings, list)
    for finding in findings:
        assert set(finding) == {"id", "element", "message", "way_out", "rule", "severity"}
        assert finding["element"]
        assert finding["message"]
        assert finding["way_out"]
    return {finding["rule"] for finding in findings}


def test_what_is_shipped_is_accepted(ky: Command) -> None:
    shipped = sorted((ROOT / "bpmn" / "processes").glob("*.bpmn"))

    code, lines = ky("bpmn", "check", *shipped)

    assert code == 0
    assert [line["file"] for line in lines] == [str(file) for file in shipped]
    assert all(line["accepted"] and line["deployable"] for line in lines)


def test_a_sound_drawing_that_breaks_house_rules_is_accepted_but_not_deployable(
    ky: Command, tmp_path: Path
) -> None:
    file = tmp_path / "a.bpmn"
    file.write_bytes(draw("a", start(), user("Activity_0abc123"), end(),
                          path("start", "Activity_0abc123", "end")))  # fmt: skip

    code, [line] = ky("bpmn", "check", file)

    assert (code, line["accepted"], line["deployable"]) == (0, True, False)
    assert "id.generated" in rules(line)


def test_a_drawing_the_engine_would_misread_is_refused_with_element_and_way_out(
    ky: Command, tmp_path: Path
) -> None:
    file = tmp_path / "a.bpmn"
    script = '<bpmn:scriptTask id="do_it" name="x"><bpmn:script>import os</bpmn:script>'
    file.write_bytes(draw("a", start(), script + "</bpmn:scriptTask>", end(),
                          path("start", "do_it", "end")))  # fmt: skip

    code, [line] = ky("bpmn", "check", file)
    ran, [run] = ky("bpmn", "run", file)

    assert (code, line["accepted"]) == (1, False)
    assert "element.unsupported" in rules(line)
    assert (ran, run["status"], run["path"]) == (1, "refused", [])


def test_a_run_tells_the_path_and_what_is_waited_for(ky: Command, tmp_path: Path) -> None:
    file = tmp_path / "p.bpmn"
    file.write_bytes(
        draw("p", start(), either("when", default="when_to_small"), user("large"), end("small"),
             end("done"), path("start", "when", "small"),
             path("when", "[n > 10]", "large", "done"))
    )  # fmt: skip

    waits, [waiting] = ky("bpmn", "run", file, "--data", '{"n": 11}')
    ends, [ended] = ky("bpmn", "run", file, "--data", '{"n": 3}')
    stops, [stopped] = ky("bpmn", "run", file)

    assert (waits, waiting["status"], waiting["path"]) == (0, "waiting", ["start", "when", "large"])
    assert isinstance(waiting["waiting"], list)
    assert [each["element"] for each in waiting["waiting"]] == ["large"]
    assert (ends, ended["status"], ended["path"]) == (0, "ended", ["start", "when", "small"])
    assert ended["waiting"] == []
    assert (stops, stopped["status"]) == (1, "incident")
    assert isinstance(stopped["incident"], dict)
    assert stopped["incident"]["element"] == "when"


def _bomb(folder: Path) -> Path:
    file = folder / "bomb.bpmn"
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    file.write_text(f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY l0 "lol">{levels}]><d>&l11;</d>')
    return file


def _outside(folder: Path) -> Path:
    file = folder / "outside.bpmn"
    secret = folder / "secret"
    secret.write_text("do not read")
    file.write_text(f'<!DOCTYPE d [<!ENTITY x SYSTEM "file://{secret}">]><d>&x;</d>')
    return file


def _huge(folder: Path) -> Path:
    file = folder / "huge.bpmn"
    with file.open("wb") as stream:
        stream.truncate(1 << 34)  # sixteen gigabytes, and no disk
    return file


def _deep(folder: Path) -> Path:
    file = folder / "deep.bpmn"
    file.write_text("<d>" * 100_000)
    return file


def _deep_parts(folder: Path) -> Path:
    inside = end("e")
    for n in range(200):
        inside = part(f"part_{n}", inside)
    file = folder / "p.bpmn"
    file.write_bytes(draw("p", start(), inside, end(), path("start", "part_199", "end")))
    return file


def _wide(folder: Path) -> Path:
    ways = range(4_000)
    flows = "".join(path("all", f"t{n}", "end") for n in ways)
    drawn = draw("p", start(), both("all"), *(user(f"t{n}") for n in ways), end(),
                 path("start", "all"), flows)  # fmt: skip
    file = folder / "p.bpmn"
    file.write_bytes(drawn[: drawn.index(b"<bpmndi")] + b"</bpmn:definitions>")
    return file


def _no_xml(folder: Path) -> Path:
    file = folder / "noise.bpmn"
    file.write_bytes(bytes(range(256)) * 50)
    return file


@pytest.mark.parametrize(
    "make", [_bomb, _outside, _huge, _deep, _deep_parts, _wide, _no_xml, lambda folder: folder]
)
def test_a_harmful_file_is_refused_in_words(
    ky: Command, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    sound = ROOT / "bpmn" / "processes" / "decide.bpmn"

    code, [refused, accepted] = ky("bpmn", "check", make(tmp_path), sound)

    assert code == 1
    assert not refused["accepted"]
    assert rules(refused)
    assert "do not read" not in json.dumps(refused)
    assert accepted["accepted"]


def test_a_file_that_costs_the_child_its_life_is_named_and_the_others_are_judged(
    ky: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child that is told to die at one file stands for all that cannot be foreseen."""
    fatal = tmp_path / "fatal.py"
    fatal.write_text(
        "import os, runpy, sys\n"
        "from processes.engine import offline\n"
        "whole = offline.content_of\n"
        "offline.content_of = lambda f: os.abort() if 'fatal' in f else whole(f)\n"
        "sys.exit(offline.main(sys.argv[1:]))\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(models, "ROOT", f"{ROOT}:{tmp_path}")
    monkeypatch.setattr(models, "MODULE", "fatal")
    sound = ROOT / "bpmn" / "processes" / "decide.bpmn"

    code, [lost, judged] = ky("bpmn", "check", tmp_path / "fatal.bpmn", sound)

    assert code == 1
    assert rules(lost) == {"check.limits"}
    assert judged["accepted"]


@pytest.mark.parametrize(
    "words",
    [["bpmn"], ["bpmn", "check"], ["bpmn", "run"], ["bpmn", "run", "x", "--data"],
     ["bpmn", "run", "x", "--data", "{"], ["bpmn", "run", "x", "--data", "[]"],
     ["bpmn", "check", "--nothing"], ["dmn"], ["dmn", "test", "/no/such/folder"]],
)  # fmt: skip
def test_a_wrong_call_says_how_it_is_done(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code = {"bpmn": models.bpmn, "dmn": models.dmn}[words[0]](words[1:])

    assert code == models.USAGE_ERROR
    assert "Brug: ./ky" in capsys.readouterr().err


def test_files_are_found_from_where_the_user_stands(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('imported from the folder of the files')")
    (tmp_path / "p.bpmn").write_bytes(
        draw("p", start(), service("s"), end(), path("start", "s", "end"))
    )

    done = subprocess.run(
        [sys.executable, str(ROOT / "ky"), "bpmn", "check", "p.bpmn"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert json.loads(done.stdout.splitlines()[-1])["file"] == "p.bpmn"
