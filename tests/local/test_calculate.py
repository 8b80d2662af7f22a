"""`./ky calculate`: a situation in a file to an answer, and every mistake with its place."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from app.local.calculating import calculate
from app.local.places import ROOT

SITUATION = """
title: Prøve
period: 2026-03..2026-04
people:
  anna:
    foedselsdato: 1990-01-01
    civilstand: ugift
    reelt_enlig: true
    hjemmeboende_boern: 0
    opholdskrav_opfyldt: true
    beskaeftigelseskrav_opfyldt: true
    social_begivenhed: ledig
    kan_ikke_forsoerge_sig: true
    anden_ydelse_daekker: false
    lovligt_ophold: true
    staar_til_raadighed: true
    formue: 0
    arbejdsindtaegt:
      - {value: ingen}
      - value: "4.000,00"
        from: 2026-04-01
        to: 2026-04-30
        known_from: 2026-05-04
        source: register
    anden_indtaegt: ingen
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "situation.yaml"
    path.write_text(SITUATION, encoding="utf-8")
    return path


def amounts(said: str) -> list[str]:
    return [month["gross"] for month in json.loads(said)["persons"][0]["months"]]


def test_the_answer_is_danish_and_says_amount_and_paragraph(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calculate([str(file)]) == 0

    said = capsys.readouterr().out.replace("\u00a0", " ")
    assert "anna, marts 2026: 14.201,00 kr." in said
    assert "−1.500,00 kr.  Fradrag for egen indtægt (lov om aktiv socialpolitik § 30)" in said


def test_what_was_not_known_yet_does_not_count(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calculate([str(file), "--json"])
    assert amounts(capsys.readouterr().out) == ["14201.00", "12701.00"]

    calculate([str(file), "--json", "--as-known-at", "2026-05-03"])
    assert amounts(capsys.readouterr().out) == ["14201.00", "14201.00"]

    calculate([str(file), "--json", "--as-known-at", "2026-05-04"])
    assert amounts(capsys.readouterr().out) == ["14201.00", "12701.00"]


def test_json_holds_the_tree_down_to_fact_and_rate(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calculate([str(file), "--json"])

    answer = json.loads(capsys.readouterr().out)
    line = answer["persons"][0]["months"][0]["lines"][0]
    assert (line["key"], line["amount"]) == ("forhoejet_sats", "13060.00")
    kinds = {each["kind"] for each in walk(line["tree"])}
    assert kinds == {"rule", "rate", "fact"}
    assert not any(isinstance(each["value"], float) for each in walk(line["tree"]))


def walk(tree: dict) -> list[dict]:  # type: ignore[type-arg] – JSON
    return [tree, *(each for child in tree["inputs"] for each in walk(child))]


def test_explain_reads_the_tree_aloud(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calculate([str(file), "--explain"])

    said = capsys.readouterr().out.replace("\u00a0", " ")
    assert "Alder: 36. Alderen i hele år" in said
    assert "Fyldt 18 år: opfyldt. Alderen er 36 år." in said


def test_what_is_missing_is_said_with_who_can_answer_and_is_no_error(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = SITUATION.replace("    formue: 0\n", "").replace(
        "reelt_enlig: true", "reelt_enlig: ukendt"
    )
    file.write_text(text, encoding="utf-8")

    assert calculate([str(file)]) == 0

    said = capsys.readouterr().out
    assert "Prøve: kan ikke afgøres endnu" in said
    assert "Mangler: Det vides ikke, hvilken formue ansøgeren har; borgeren kan oplyse det." in said
    assert "sagsbehandleren skal vurdere det." in said
    assert "anna, marts 2026: ved ikke" in said


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("period: 2026-03..2026-04", "period: 2026", "period: '2026' er ikke måneder."),
        ("period: 2026-03..2026-04", "period: 2026-04..2026-03", "den første måned først"),
        ("period: 2026-03..2026-04", "period: 1026-03..2026-04", "højst 600 måneder"),
        ("title: Prøve", "benefit: dagpenge", "Ydelsen 'dagpenge' kan ikke beregnes."),
        ("title: Prøve", "tittel: Prøve", "tittel: Det navn kendes ikke."),
        ("formue: 0", "formue: 12.5", "people.anna.formue: '12.5' er ikke et beløb."),
        ("formue: 0", 'formue: "12,345"', "people.anna.formue: '12,345' er ikke et beløb."),
        ("formue: 0", "formuen: 0", "'formuen' kendes ikke. Mente du formue?"),
        ("formue: 0", "formue: 0\n    formue: 1", "'formue' står to gange."),
        ("formue: 0", "formue: {value: 0, fra: 2026-01-01}", "people.anna.formue.fra"),
        ("formue: 0", "formue: {from: 2026-01-01}", "Værdien mangler."),
        ("formue: 0", "formue: {value: 0, from: 2026-02-30}", "En dag eller et tal i filen"),
        ("formue: 0", "formue: {value: 0, from: 2026-02-03, to: 2026-02-02}", "før den første"),
        ("formue: 0", "formue: {value: 0, source: nabo}", "Kilden 'nabo' kendes ikke."),
        ("reelt_enlig: true", "reelt_enlig: maaske", "'maaske' er ikke ja eller nej."),
        ("hjemmeboende_boern: 0", "hjemmeboende_boern: -1", "'-1' er ikke et antal."),
        ("foedselsdato: 1990-01-01", "foedselsdato: i går", "'i går' er ikke en dag."),
        ("people:", "folk:", "folk: Det navn kendes ikke."),
        ("  anna:", "  anna: [", "linje"),
    ],
)
def test_a_mistake_in_the_file_is_danish_with_its_place_and_code_two(
    file: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, says: str
) -> None:
    file.write_text(SITUATION.replace(old, new), encoding="utf-8")

    assert calculate([str(file)]) == 2

    answer = capsys.readouterr()
    assert says in answer.err
    assert answer.out == ""


def test_a_file_that_is_not_there_or_not_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "billede.yaml").write_bytes(b"\xff\xd8\xff")
    (tmp_path / "tom.yaml").write_text("", encoding="utf-8")

    names = ("nix.yaml", "billede.yaml", "tom.yaml")
    assert {calculate([str(tmp_path / name)]) for name in names} == {2}

    said = capsys.readouterr().err
    assert re.findall(r"(Filen \w+ \w+)", said) == [
        "Filen findes ikke",
        "Filen kan ikke",
        "Filen er tom",
    ]


def test_a_wrong_call_says_how_it_is_called(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        calculate([])

    assert stopped.value.code == 2
    assert "Brug: ./ky calculate SITUATION.yaml" in capsys.readouterr().err


def test_a_day_that_is_none_is_refused(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert calculate([str(file), "--as-known-at", "i går"]) == 2
    assert "--as-known-at: 'i går' er ikke en dag." in capsys.readouterr().err


def test_the_command_itself_answers(file: Path) -> None:
    answer = subprocess.run(
        [ROOT / "ky", "calculate", file], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert answer.stdout.startswith("Prøve: ")


def test_what_changed_since_a_day_is_told_with_the_fact_that_changed_it(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calculate([str(file), "--changed-since", "2026-05-01"]) == 0

    said = capsys.readouterr().out.replace("\u00a0", " ").splitlines()
    assert said[0] == "Prøve: ændret siden den 1. maj 2026"
    assert said[1:] == [
        (
            "April 2026: 12.701,00 kr. i stedet for 14.201,00 kr. −1.500,00 kr.: Arbejdsindtægt i"
            " måneden er 4.000,00 kr. fra den 1. april 2026 (register) og var ingen."
        )
    ]


def test_nothing_changed_is_said_too(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert calculate([str(file), "--changed-since", "2026-05-04"]) == 0

    assert "intet beløb er ændret siden den 4. maj 2026" in capsys.readouterr().out


def test_the_causes_as_json_add_up(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert calculate([str(file), "--changed-since", "2026-05-01", "--json"]) == 0

    (april,) = json.loads(capsys.readouterr().out)["changed"]
    assert (april["before"], april["now"]) == ("14201.00", "12701.00")
    assert [cause["amount"] for cause in april["causes"]] == ["-1500.00"]
    assert april["causes"][0]["changes"][0]["key"] == "anna.arbejdsindtaegt"
