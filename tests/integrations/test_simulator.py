"""The simulator keeps contracts, remembers what it took, and does as it is told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import requests

from integrations.cpr import PersonLookup
from integrations.nemkonto import NemKonto
from integrations.simulator.effects import Effect, Effects, KeyReusedError
from integrations.simulator.scenarios import World, load, names
from integrations.simulator.server import SERVICES
from processes.domain.identifiers import Cpr, Cvr
from processes.ports.gateways import ReceiptState
from tests.integrations.conftest import EGEKOEB, NOON, Outside, StoppedClock
from tests.integrations.questions import ANNA, a_payment

worlds = pytest.mark.parametrize("world", [load(name) for name in names()], ids=names())


# --- The people -----------------------------------------------------------------------------


@worlds
def test_nobody_in_a_world_can_exist(world: World) -> None:
    numbers = [person.cpr for person in world.people.values()] + list(world.not_in_use)

    assert all(Cpr.parse(number).is_synthetic for number in numbers)
    assert len(set(numbers)) == len(numbers)
    assert all(Cvr.parse(se).digits[:2] in {"97", "98", "99"} for se in world.employers)
    assert Cvr.parse(world.municipality_cvr).digits.startswith("99")


@worlds
def test_the_simulator_and_the_core_agree_on_birthdays(world: World) -> None:
    for person in world.people.values():
        assert person.born_on == Cpr(person.cpr).birth_date


@worlds
def test_families_agree_with_themselves(world: World) -> None:
    for person in world.people.values():
        if person.spouse:
            assert world.people[person.spouse].spouse == person.key
        for child in person.children:
            assert person.key in {world.people[child].mother, world.people[child].father}
        for parent in filter(None, (person.mother, person.father)):
            assert person.key in world.people[parent].children
            assert world.people[parent].born_on.year + 15 < person.born_on.year


@worlds
def test_am_contribution_is_eight_percent_or_none(world: World) -> None:
    for person in world.people.values():
        for income in person.income:
            gross, am = (int(each.replace(".", "")) for each in (income.gross, income.am))
            assert am in {0, round(gross * 8 / 100)}


def test_pay_day_is_a_weekday() -> None:
    karen = load("demo").people["karen"]

    assert [income.paid_on for income in karen.income] == [
        date(2025, 12, 30),
        date(2026, 1, 30),
        date(2026, 2, 27),
        date(2026, 3, 31),
    ]


def test_a_world_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match="demo, edge"):
        load("utopia")


# --- Contracts ------------------------------------------------------------------------------


def post(outside: Outside, path: str, body: bytes) -> requests.Response:
    return requests.post(outside.url + path, data=body, timeout=10)


@pytest.mark.parametrize("path", [it for it in SERVICES if "1462" not in it])
@pytest.mark.parametrize("body", [b"", b"<x/>", b"<s:Envelope xmlns:s='x'/>"], ids=["0", "x", "s"])
def test_a_request_that_breaks_its_contract_is_refused_with_a_reason(
    path: str, body: bytes, outside: Outside
) -> None:
    answer = post(outside, path, body)

    assert answer.status_code in {400, 500}
    assert "VALID" in answer.text


def test_an_event_that_breaks_its_contract_gets_status_41(outside: Outside) -> None:
    answer = post(outside, "/provisional/SF1462", b"<x/>")

    assert "<ns0:StatusKode" in answer.text
    assert ">41<" in answer.text


def test_a_lookup_without_authority_is_refused_as_in_operation(outside: Outside) -> None:
    body = b"""<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
      <PersonLookupRequest xmlns="http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/4/">
        <PNR xmlns="http://serviceplatformen.dk/xml/schemas/cpr/PNR/1/">7205911142</PNR>
      </PersonLookupRequest></s:Body></s:Envelope>"""

    answer = post(outside, "/service/CPR/PersonBaseDataExtended/4", body)

    assert answer.status_code == 500
    assert "Security model for the called operation was not provided" in answer.text


def test_an_unknown_address_is_not_found(outside: Outside) -> None:
    assert post(outside, "/service/Ukendt/1", b"").status_code == 404


# --- The control ----------------------------------------------------------------------------


def test_a_mode_can_last_for_some_requests(outside: Outside) -> None:
    outside.behave("cpr", "down", times=2)

    statuses = [
        post(outside, "/service/CPR/PersonBaseDataExtended/4", b"").status_code for _ in range(3)
    ]

    assert statuses == [503, 503, 500]


def test_all_services_can_be_told_at_once(outside: Outside) -> None:
    outside.behave("*", "down")

    assert set(outside.tell("modes").values()) == {"down"}
    assert set(outside.tell("modes")) == set(SERVICES.values())


@pytest.mark.parametrize(
    ("control", "wanted"),
    [
        ("mode", {"service": "cpr", "mode": "drunk"}),
        ("mode", {"service": "nobody", "mode": "down"}),
        ("mode", {}),
        ("account", {}),
        ("ledger_account", {}),
        ("deliver", {"url": "http://127.0.0.1:9", "form": "no xml"}),
    ],
)
def test_a_control_that_makes_no_sense_is_refused(
    control: str, wanted: dict[str, Any], outside: Outside
) -> None:
    answer = requests.post(f"{outside.url}/__control/{control}", json=wanted, timeout=10)

    assert answer.status_code == 400


def test_an_unknown_control_lists_those_there_are(outside: Outside) -> None:
    answer = requests.get(f"{outside.url}/__control/dance", timeout=10)

    assert answer.status_code == 404
    assert "effects" in answer.text


def test_reset_lets_go_of_whoever_waits_for_a_slow_answer(
    outside: Outside, clock: StoppedClock
) -> None:
    outside.behave("cpr", "slow", seconds=300)
    found: list[str] = []

    def ask() -> None:
        lookup = PersonLookup(outside.url, clock=clock)
        found.append(lookup.look_up(ANNA, municipality_cvr=EGEKOEB).name)

    waiting = threading.Thread(target=ask)
    waiting.start()
    # Assumes: a request that comes after the reset is answered at once too, so whichever
    # comes first, the thread ends.
    outside.tell("reset")
    waiting.join(timeout=10)

    assert found == ["Anna Lindegaard Toft"]


# --- What it took ---------------------------------------------------------------------------


def an_effect(*, key: str = "k", digest: str = "d") -> Effect:
    return Effect("nemkonto", key, digest, {"amount_oere": 1})


def test_what_was_taken_is_known_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "state.jsonl"
    Effects(file).accept(an_effect())

    again = Effects(file)
    again.accept(an_effect())

    assert again.counts() == {"nemkonto": {"k": 1}}
    assert len(file.read_text("utf-8").splitlines()) == 1


def test_a_line_cut_short_by_a_kill_never_happened(tmp_path: Path) -> None:
    file = tmp_path / "state.jsonl"
    Effects(file).accept(an_effect(key="whole"))
    with file.open("ab") as out:
        out.write(b'{"type": "effect", "service": "nemk')

    effects = Effects(file)
    effects.accept(an_effect(key="next"))

    assert Effects(file).counts() == {"nemkonto": {"whole": 1, "next": 1}}


def test_a_key_with_something_else_in_it_is_refused() -> None:
    effects = Effects()
    effects.accept(an_effect())

    with pytest.raises(KeyReusedError):
        effects.accept(an_effect(digest="other"))


def test_many_threads_with_one_key_act_once(tmp_path: Path) -> None:
    effects = Effects(tmp_path / "state.jsonl")
    threads = [threading.Thread(target=lambda: effects.accept(an_effect())) for _ in range(20)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert effects.counts() == {"nemkonto": {"k": 1}}
    assert effects.asked == {("nemkonto", "k"): 20}


# --- As a process ---------------------------------------------------------------------------


@contextmanager
def a_process(state: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [sys.executable, "-m", "integrations.simulator", "--port", "0", "--state", str(state)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            yield line.split()[1], process
        finally:
            process.kill()


def test_a_killed_simulator_remembers_what_it_took(tmp_path: Path, clock: StoppedClock) -> None:
    state = tmp_path / "state.jsonl"
    with a_process(state) as (url, process):
        first = NemKonto(url, clock=clock).order(a_payment())
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    with a_process(state) as (url, _):
        requests.post(f"{url}/__control/settle", json={"on_the_day": False}, timeout=10)
        nemkonto = NemKonto(url, clock=clock)
        again = nemkonto.order(a_payment())
        receipts = nemkonto.receipts(since=NOON, municipality_cvr=EGEKOEB)
        counted = requests.get(f"{url}/__control/effects", timeout=10).json()

    assert again == first
    assert [it.state for it in receipts] == [ReceiptState.ACCEPTED, ReceiptState.SETTLED]
    assert counted == {"nemkonto": {"betaling-1": 1}}
    assert [json.loads(line)["type"] for line in state.read_text("utf-8").splitlines()] == [
        "effect",
        "receipt",
    ]
