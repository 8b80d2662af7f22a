"""Answers: how do the systems outside look over HTTP, and how are they told to misbehave?

A Werkzeug application. Services answer under the addresses they have in operation; everything
under `/__control/` is for people, tests and the demo. Never runs in production.
"""

from __future__ import annotations

import argparse
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from integrations.simulator import happenings, jobcentre, registers, scenarios
from integrations.simulator.contracts import ContractError, soap_fault
from integrations.simulator.debtors import Debtors
from integrations.simulator.deliveries import deliver, delivery
from integrations.simulator.effects import Effects
from integrations.simulator.takers import Takers, post_answer, standard_return

SERVICES: Final = {
    "/service/CPR/PersonBaseDataExtended/4": "cpr",
    "/service/SKAT/EIndkomst/4": "eindkomst",
    "/provisional/SF1590_E": "nemkonto",
    "/provisional/SF1590_A": "oekonomi",
    "/provisional/SF1590_B": "debitor",
    "/provisional/SF0770_B": "eindkomst_indberet",
    "/service/KombiPostAfsend_1/kombi": "digital_post",
    "/provisional/SF1462": "beskedfordeler",
    "/provisional/SF0770_D": "eskattekort",
    "/provisional/SF1470": "sagsindeks",
}
MODES: Final = ("normal", "slow", "down", "wrong", "strange", "fault", "lost")
LISTS: Final = {
    "payments": "nemkonto",
    "vouchers": "oekonomi",
    "claims": "debitor",
    "reports": "eindkomst_indberet",
    "letters": "digital_post",
    "events": "beskedfordeler",
    "registrations": "sagsindeks",
}
DEFAULT_PORT: Final = 8099
STOP_SECONDS: Final = 0.05
"""How soon a simulator in threads notices that it should stop."""
DEFAULT_SLOWNESS_SECONDS: Final = 5.0


@dataclass
class Mode:
    """How one service behaves, and for how many requests."""

    name: str = "normal"
    seconds: float = 0.0
    times: int | None = None
    """None: until told otherwise."""
    changed: threading.Event = field(default_factory=threading.Event)
    """Set when the service is told otherwise, so that nobody waits for a slow one in vain."""


class Simulator:
    """The application: a world, what it took, and how it behaves."""

    def __init__(self, world: scenarios.World, *, state: Path | None = None) -> None:
        self.world = world
        self.effects = Effects(state)
        self.takers = Takers(world, self.effects)
        self.debtors = Debtors(world, self.effects)
        self._modes = {name: Mode() for name in SERVICES.values()}
        self._lock = threading.Lock()
        self._handlers: Mapping[str, Callable[[bytes], tuple[int, bytes]]] = {
            "cpr": lambda body: registers.person_lookup(body, self.world),
            "eindkomst": lambda body: registers.income_lookup(body, self.world),
            "nemkonto": self.takers.payment,
            "oekonomi": self.takers.voucher,
            "debitor": self.debtors.answer,
            "eindkomst_indberet": self.takers.report,
            "digital_post": self.takers.letter,
            "beskedfordeler": self.takers.event,
            "eskattekort": lambda body: registers.tax_card_lookup(body, self.world),
            "sagsindeks": self.takers.registration,
        }
        self._controls: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
            "health": lambda _: {"ok": True, "world": self.world.name},
            "mode": self._set_mode,
            "modes": lambda _: {name: mode.name for name, mode in self._modes.items()},
            "effects": lambda _: self.effects.counts(),
            "asked": lambda _: self._asked(),
            "received": lambda _: self._received(),
            "settle": self._settle,
            "account": self._account,
            "ledger_account": self._ledger_account,
            "bank": self._bank,
            "debtor": self.debtors.control,
            "people": self._people,
            "deliver": self._deliver,
            "person_event": self._person_event,
            "sanction_request": self._sanction_request,
            "reset": lambda _: self._reset(),
        }

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterator[bytes]:
        """Answer one request."""
        request = Request(environ)
        # Read to the end always: the connection is used again.
        body = request.get_data()
        if request.path.startswith("/__control/"):
            response = self._control(request.path.removeprefix("/__control/"), body)
        elif request.path in SERVICES and request.method == "POST":
            response = self._serve(SERVICES[request.path], body)
        else:
            response = Response("unknown address", status=404)
        return iter(response(environ, start))

    # --- The services ---

    def _serve(self, service: str, body: bytes) -> Response:
        mode = self._mode_of(service)
        if mode.name == "down":
            return Response("unavailable", status=503)
        if mode.name == "fault":
            return _xml(*_refusal(service, body))
        try:
            status, answer = self._handlers[service](body)
        except ContractError as error:
            if service == "digital_post":
                return _xml(400, post_answer(error=("VALIDERING", str(error))))
            return _xml(500, soap_fault("VALIDATION", str(error)))
        return _misbehaved(mode, status, answer)

    def _mode_of(self, service: str) -> Mode:
        with self._lock:
            mode = self._modes[service]
            if mode.times is not None:
                mode.times -= 1
                if mode.times <= 0:
                    self._modes[service] = Mode()
            return mode

    # --- The control ---

    def _control(self, name: str, body: bytes) -> Response:
        control = self._controls.get(name)
        if control is None:
            return Response(f"no such control; there are {', '.join(self._controls)}", status=404)
        try:
            answer = control(json.loads(body or b"{}"))
        except (ContractError, KeyError, TypeError, ValueError) as error:
            return Response(f"{type(error).__name__}: {error}", status=400)
        return Response(json.dumps(answer, ensure_ascii=False), mimetype="application/json")

    def _set_mode(self, wanted: Mapping[str, Any]) -> Any:
        if wanted["mode"] not in MODES:
            raise ValueError(f"a mode is one of {', '.join(MODES)}")
        asked = wanted.get("service", "*")
        services = list(self._modes) if asked == "*" else [asked]
        for service in services:
            with self._lock:
                self._modes[service].changed.set()
                self._modes[service] = Mode(
                    wanted["mode"],
                    float(wanted.get("seconds", DEFAULT_SLOWNESS_SECONDS)),
                    wanted.get("times"),
                )
        return {"services": services, "mode": wanted["mode"]}

    def _asked(self) -> dict[str, dict[str, int]]:
        counted: dict[str, dict[str, int]] = {}
        for (service, key), times in dict(self.effects.asked).items():
            counted.setdefault(service, {})[key] = times
        return counted

    def _received(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            name: [{"key": each.key, **each.content} for each in self.effects.of(service)]
            for name, service in LISTS.items()
        }
        found["receipts"] = list(self.effects.receipts)
        return found

    def _settle(self, wanted: Mapping[str, Any]) -> Any:
        if "hold" in wanted:
            self.takers.hold_settlement = bool(wanted["hold"])
        if "on_the_day" in wanted:
            self.takers.settle_on_the_day = bool(wanted["on_the_day"])
        keys = set(wanted["keys"]) if "keys" in wanted else None
        settled = []
        if "at" in wanted:
            settled = self.takers.settle(at=wanted["at"], keys=keys)
        return {"hold": self.takers.hold_settlement, "settled": settled}

    def _account(self, wanted: Mapping[str, Any]) -> Any:
        if wanted["open"]:
            self.takers.open_accounts.add(wanted["cpr"])
        else:
            self.takers.open_accounts.discard(wanted["cpr"])
        return {"open": bool(wanted["open"])}

    def _bank(self, wanted: Mapping[str, Any]) -> Any:
        """Let the bank say things twice, or nothing at all about somebody."""
        if "doubles" in wanted:
            self.takers.doubles_answers = bool(wanted["doubles"])
        for cpr, is_silent in wanted.get("silent", {}).items():
            (self.takers.silent_about.add if is_silent else self.takers.silent_about.discard)(cpr)
        for number, is_closed in wanted.get("closed_payees", {}).items():
            (self.takers.closed_payees.add if is_closed else self.takers.closed_payees.discard)(
                number
            )
        return {"silent": len(self.takers.silent_about)}

    def _people(self, wanted: Mapping[str, Any]) -> Any:
        """Let made-up people move in; the registers know no more of them than this."""
        for each in wanted["move_in"]:
            scenarios.move_in(self.world, **each)
        return {"people": len(self.world.people)}

    def _ledger_account(self, wanted: Mapping[str, Any]) -> Any:
        if wanted["open"]:
            self.takers.closed_ledger_accounts.discard(wanted["account"])
        else:
            self.takers.closed_ledger_accounts.add(wanted["account"])
        return {"open": bool(wanted["open"])}

    def _deliver(self, wanted: Mapping[str, Any]) -> Any:
        body = delivery(
            wanted["form"].encode(),
            municipality_cvr=wanted.get("municipality_cvr", self.world.municipality_cvr),
            form_id=wanted.get("form_id"),
            transaction_id=wanted.get("transaction_id"),
        )
        return deliver(wanted["url"], body)

    def _person_event(self, wanted: Mapping[str, Any]) -> Any:
        """Let something happen to somebody, and tell it to `url`, or hand the message back.

        `cpr` tells of somebody this world does not know.
        """
        cpr = wanted["cpr"] if "cpr" in wanted else happenings.change(self.world, wanted).cpr
        body = happenings.message(
            kind=wanted["kind"],
            cpr=cpr,
            on=wanted["on"],
            municipality_cvr=wanted.get("municipality_cvr", self.world.municipality_cvr),
            message_id=wanted.get("message_id"),
        )
        if "url" not in wanted:
            return {"body": body.decode()}
        return happenings.tell(wanted["url"], body)

    def _sanction_request(self, wanted: Mapping[str, Any]) -> Any:
        """Let the jobcentre ask for a sanction of somebody, at `url`, or hand the message back."""
        cpr = wanted["cpr"] if "cpr" in wanted else self.world.people[wanted["who"]].cpr
        body = jobcentre.request(wanted, cpr=cpr, municipality_cvr=self.world.municipality_cvr)
        if "url" not in wanted:
            return {"body": body.decode()}
        return happenings.tell(wanted["url"], body)

    def _reset(self) -> Any:
        self._set_mode({"mode": "normal"})
        self.effects.forget()
        self.takers.hold_settlement = False
        self.takers.open_accounts.clear()
        self.takers.closed_payees.clear()
        self.takers.closed_ledger_accounts.clear()
        self.takers.turned_down.clear()
        self.takers.doubles_answers = False
        self.takers.silent_about.clear()
        self.takers.unreportable.clear()
        self.debtors.refused_types.clear()
        self.debtors.movements.clear()
        return {"ok": True}


def _misbehaved(mode: Mode, status: int, answer: bytes) -> Response:
    """Spoil an answer; what was taken stays taken."""
    if mode.name == "lost":
        return Response("the answer was lost on the way", status=503)
    if mode.name == "wrong":
        return _xml(200, answer[: len(answer) // 2])
    if mode.name == "strange":
        return _xml(200, b"<hilsen>Goddag mand</hilsen>")
    if mode.name == "slow":
        mode.changed.wait(mode.seconds)
    return _xml(status, answer)


def _refusal(service: str, body: bytes) -> tuple[int, bytes]:
    """Refuse in the shape the service has for it."""
    if service == "eindkomst":
        return 200, registers.income_error(body)
    if service == "digital_post":
        return 200, post_answer(error=("9999", "Intern fejl"))
    if service == "beskedfordeler":
        return 200, standard_return(41, "Beskeden kan ikke læses")
    return 500, soap_fault("INTERNAL_ERROR", "Intern fejl")


def _xml(status: int, body: bytes) -> Response:
    return Response(body, status=status, content_type="text/xml; charset=utf-8")


# --- Running --------------------------------------------------------------------------------


class _Handler(WSGIRequestHandler):
    """Keeps connections, answers at once, and logs nothing: a request may hold a number."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 – the library's name
        """Say nothing."""


@dataclass(frozen=True)
class Running:
    """A simulator that answers."""

    url: str
    simulator: Simulator


@contextmanager
def start(world: str = "demo", *, port: int = 0, state: Path | None = None) -> Iterator[Running]:
    """Run a simulator in threads of this process, for as long as the block lasts."""
    simulator = Simulator(scenarios.load(world), state=state)
    server = _server(simulator, "127.0.0.1", port)
    thread = threading.Thread(
        target=server.serve_forever, args=(STOP_SECONDS,), daemon=True, name="simulator"
    )
    thread.start()
    try:
        yield Running(f"http://127.0.0.1:{server.port}", simulator)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _server(simulator: Simulator, host: str, port: int) -> BaseWSGIServer:
    return make_server(host, port, simulator, threaded=True, request_handler=_Handler)


def main(arguments: list[str] | None = None) -> None:
    """Run a simulator until it is stopped."""
    parser = argparse.ArgumentParser(
        prog="python -m integrations.simulator", description="The systems outside, simulated."
    )
    environment_port = int(os.environ.get("KY_SIMULATOR_PORT", DEFAULT_PORT))
    parser.add_argument("--port", type=int, default=environment_port)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--world", default="demo", choices=scenarios.names())
    parser.add_argument("--state", type=Path, help="remember what was accepted in this file")
    options = parser.parse_args(arguments)
    simulator = Simulator(scenarios.load(options.world), state=options.state)
    # A program of its own plays the real world: money arrives on its day. In a test's own threads
    # it arrives at once, unless the test says otherwise.
    simulator.takers.settle_on_the_day = True
    server = _server(simulator, options.host, options.port)
    print(f"simulator: http://{options.host}:{server.port} ({options.world})", flush=True)  # noqa: T201 – the starter waits for this line
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
