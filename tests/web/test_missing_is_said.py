"""What is missing – a fact, a rate, a rule – is said as such everywhere, and never becomes zero."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.law import load_rates, load_rules
from app.local import calculating
from processes.domain.calculation import Calculation, Outcome
from processes.domain.decisions import decided_lines
from processes.domain.errors import RuleError, UnknownFactError
from processes.domain.facts import Facts
from processes.domain.periods import Month
from processes.domain.recalculation import Inputs
from processes.domain.rules.book import RuleBook
from processes.operations.casework import explain_lines
from processes.operations.explaining import calculator
from tests.builders.cases import NOW, a_case, an_application
from tests.web.client import Client
from tests.web.fake_core import FakeCore
from tests.web.fake_explaining import facts_of

MARCH, JANUARY = Month(2026, 3), Month(2027, 1)
SAID = {
    "fact": "Det vides ikke, hvilken formue ansøgeren har; borgeren kan oplyse det.",
    "rate": "Der er ingen sats 'kh.forhoejet_sats' på 01.01.2027; kendte perioder:",
    "rule": "Der er ingen regel 'kh.boernetillaeg' på 01.03.2026; kendte:",
}
WAY_OUT = {"fact": "borgeren kan oplyse det", "rate": "Indlæs satsen", "rule": "indlæs reglen"}


def without_a_rule() -> RuleBook:
    """Return the book as if a version had ended without a new one."""
    return RuleBook(
        replace(rule, valid=replace(rule.valid, end=date(2026, 1, 1)))
        if rule.name == "kh.boernetillaeg@1"
        else rule
        for rule in load_rules()
    )


def calculated(what: str) -> Calculation:
    case, facts = a_case(), facts_of("anna")
    if what == "fact":
        facts = Facts(facts.known_at, tuple(f for f in facts.all if f.kind.value != "formue"))
    rules = without_a_rule() if what == "rule" else load_rules()
    months = [JANUARY if what == "rate" else MARCH]
    return calculator(an_application(), case, NOW)(Inputs(facts, load_rates(), rules), months)


@pytest.mark.parametrize("what", ["fact", "rate"])
def test_a_page_of_the_case_says_what_is_missing(what: str, karin: Client, world: FakeCore) -> None:
    calculation = calculated(what)
    world.cases.pages["sag-1"] = replace(
        world.cases.pages["sag-1"],
        calculation=calculation,
        missing=calculation.missing,
        explanation=explain_lines(a_case(), calculation),
    )

    for tail in ("", "/beregning"):
        page = karin.get(f"/sager/sag-1{tail}")
        assert SAID[what].partition(";")[0] in page.text
        assert "Kan ikke regnes ud endnu" in page.text
        assert "I alt 0,00" not in page.text


@pytest.mark.parametrize("what", ["fact", "rate"])
def test_no_decision_and_so_no_letter_is_made_of_it(what: str) -> None:
    calculation = calculated(what)

    assert calculation.outcome is Outcome.UNKNOWN
    assert [month.gross for month in calculation.months] == [None]
    assert any(WAY_OUT[what] in each.sentence for each in calculation.missing)
    with pytest.raises(UnknownFactError, match="kan ikke beregnes endnu"):
        decided_lines(calculation)


def test_a_rule_that_is_not_there_stops_the_calculation_with_the_way_out() -> None:
    with pytest.raises(RuleError) as raised:
        calculated("rule")

    assert SAID["rule"] in str(raised.value)
    assert WAY_OUT["rule"] in str(raised.value)


@pytest.mark.parametrize("what", ["fact", "rate", "rule"])
def test_the_command_says_it_in_json_and_in_words(
    what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "situation.yaml"
    facts = {
        "foedselsdato": "1990-01-01",
        "civilstand": "ugift",
        "reelt_enlig": "true",
        "hjemmeboende_boern": "0",
        "bor_hos_foraeldre": "false",
        "opholdskrav_opfyldt": "true",
        "beskaeftigelseskrav_opfyldt": "true",
        "aktivitetsparat": "false",
        "social_begivenhed": "ledig",
        "kan_ikke_forsoerge_sig": "true",
        "anden_ydelse_daekker": "false",
        "lovligt_ophold": "true",
        "staar_til_raadighed": "true",
        "formue": "ukendt" if what == "fact" else "0",
        "arbejdsindtaegt": "ingen",
        "anden_indtaegt": "ingen",
    }
    said = "".join(f"    {name}: {value}\n" for name, value in facts.items())
    month = "2027-01" if what == "rate" else "2026-03"
    file.write_text(f"period: {month}\npeople:\n  anna:\n{said}", encoding="utf-8")
    if what == "rule":
        monkeypatch.setattr(calculating, "load_rules", without_a_rule)

    code = calculating.calculate([str(file), "--json"])

    told = capsys.readouterr()
    if what == "rule":
        assert code == calculating.CANNOT
        assert SAID["rule"] in told.err
        assert told.out == ""
    else:
        answer = json.loads(told.out)
        (person,) = answer["persons"]
        assert answer["outcome"] == "ukendt"
        assert person["months"][0]["gross"] is None
        assert any(SAID[what].partition(";")[0] in each["sentence"] for each in answer["missing"])


@pytest.mark.parametrize("what", ["fact", "rate"])
def test_a_citizen_is_told_what_we_do_not_know(what: str, anna: Client, world: FakeCore) -> None:
    calculation = calculated(what)
    world.citizen.lines = explain_lines(a_case(), calculation)

    page = anna.get("/selvbetjening/beregning/sag-1")

    assert "0,00" not in page.text
    assert "kr." not in page.text.partition("Mener du")[0].partition("før skat")[2]
