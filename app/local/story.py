"""`./ky demo`: one case from application to payment, told as it happens.

Everything on the way is real: the form comes in as SF2900 delivers it, registers are asked over
SOAP, people answer forms, the worker's rows are worked, and the clock is only ever moved on.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import monotonic
from typing import TextIO
from zoneinfo import ZoneInfo

from app.config import Settings
from app.local import demo
from app.local.driver import Driver, approve, assess, propose, tax_card
from app.local.places import VAR
from app.wiring import Core, build_core
from integrations.simulator import scenarios
from processes.domain.calculation import Calculation
from processes.domain.money import Money
from processes.ports.pages import CasePage

DENMARK = ZoneInfo("Europe/Copenhagen")
STARTS_AT = datetime(2026, 3, 2, 9, 14, tzinfo=DENMARK)
WHO = "anna"
GRANT = {
    "casework.assess": assess(
        text="Ansøger er blevet ledig, er uden a-kasse og har ingen indtægt eller formue af"
        " betydning. Opholds- og beskæftigelseskravet er opfyldt. Ansøger bor alene.",
        wealth=Money.kroner("2400"),
    ),
    "decision.propose": propose(
        "Du er blevet ledig og kan ikke forsørge dig selv. Ingen anden ydelse dækker dit behov,"
        " og din formue er under grænsen. Du opfylder opholdskravet og beskæftigelseskravet og har"
        " derfor ret til kontanthjælp på den forhøjede sats."
    ),
    "decision.approve": approve,
    "payment.tax_card": tax_card(rate=38, deduction="4358"),
}


class StoryClock:
    """A clock that stands still until it is moved on."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment (UTC)."""
        return self._at

    def today(self) -> date:
        """Return the day in Denmark."""
        return self._at.astimezone(DENMARK).date()

    def move(self, by: timedelta) -> None:
        """Move on."""
        self._at += by

    def move_to(self, at: datetime) -> None:
        """Move on to a moment; never back."""
        self._at = max(self._at, at.astimezone(UTC))


def run(settings: Settings, *, as_json: bool = False, out: TextIO = sys.stdout) -> int:
    """Tell the story; returns 0 when the citizen was paid and nothing stands still."""
    started = monotonic()
    clock = StoryClock(STARTS_AT)
    core = build_core(settings, clock=clock)
    teller = Teller(clock, sys.stderr if as_json else out)
    try:
        demo.load_setup(core)
        case_id = apply(core, teller)
        driver = Driver(core, demo.team(core), tell=teller.say)
        tell_registers(driver, case_id, teller)
        for form_key in GRANT:
            clock.move(timedelta(minutes=11))
            driver.work(case_id, {form_key: GRANT[form_key]})
        pay_day = core.cases.page(case_id, demo.team(core).caseworker).payments[0]
        teller.say(f"Udbetalingen er bestilt til {pay_day.line.disposition_on:%d.%m.%Y}")
        clock.move_to(datetime.combine(pay_day.line.disposition_on, time(6), DENMARK))
        driver.rest(case_id)
        page = core.cases.page(case_id, demo.team(core).caseworker)
        tell_the_end(core, page, teller)
        summary = summarise(core, page, seconds=monotonic() - started)
        if as_json:
            out.write(json.dumps(summary, ensure_ascii=False) + "\n")
        return 0 if summary["payments"] and not summary["incidents"] else 1
    finally:
        core.close()


class Teller:
    """Writes each step with the story's own time."""

    def __init__(self, clock: StoryClock, out: TextIO) -> None:
        self._clock = clock
        self._out = out

    def say(self, line: str) -> None:
        """Write one line."""
        at = self._clock.now().astimezone(DENMARK)
        self._out.write(f"{at:%d.%m. kl. %H.%M}  {line}\n")
        self._out.flush()

    def show(self, line: str = "") -> None:
        """Write a line without time."""
        self._out.write(f"{line}\n")
        self._out.flush()


def apply(core: Core, teller: Teller) -> str:
    """Hand in the application as the distributor does, twice: the second one changes nothing."""
    message = demo.delivered(WHO, submitted_at=core.clock.now())
    core.intake.deliver(message)
    core.intake.deliver(message)
    teller.say("Ansøgning om kontanthjælp modtaget fra Fordelingskomponenten (SF2900)")
    cpr = scenarios.load("demo").applications[WHO]["applicant_cpr"]
    found = core.cases.search(cpr, demo.team(core).caseworker)
    if len(found) != 1:
        raise RuntimeError(f"one application made {len(found)} cases")
    teller.say(f"Sag {found[0].number} er oprettet i {demo.MUNICIPALITY.name}")
    return found[0].id


def tell_registers(driver: Driver, case_id: str, teller: Teller) -> None:
    """Let the worker ask the registers, and say what they answered."""
    driver.rest(case_id)
    page = driver.core.cases.page(case_id, driver.team.caseworker)
    known = [
        row
        for row in page.facts
        if row.fact is not None and str(row.fact.source.kind) == "register"
    ]
    teller.say(f"CPR og eIndkomst har svaret: {len(known)} oplysninger med kilde og tidspunkt")


def tell_the_end(core: Core, page: CasePage, teller: Teller) -> None:
    """Say what was decided, paid, posted, sent and told, and why the amount is what it is."""
    for decision in page.decisions:
        teller.say(
            f"Afgørelse {decision.number}: {decision.outcome}, sendt {_when(decision.sent_at)}"
        )
    for letter in page.letters:
        teller.say(
            f"Brev «{letter.title}» {letter.record.state} via {letter.record.channel},"
            f" kopi sha256 {(letter.record.sha256 or '')[:16]}…"
        )
    for row in page.payments:
        teller.say(
            f"Udbetaling {row.line.net.danish()} ({row.line.gross.danish()} før skat,"
            f" {row.line.tax.danish()} i skat) til disposition {row.line.disposition_on:%d.%m.%Y}:"
            f" {row.state}"
        )
    tell_postings(page, teller)
    for file in keep_letters(core, page):
        teller.show(f"  Brevet som PDF: {file}")
    teller.show("\nHændelser sendt")
    for kind in _events(core, page):
        teller.show(f"  {kind}")
    tell_why(core, page, teller)


def keep_letters(core: Core, page: CasePage) -> list[Path]:
    """Write the letters' exact copies where somebody can open them."""
    kept: list[Path] = []
    for letter in page.letters:
        _, pdf = core.cases.document(str(letter.record.document_id), demo.team(core).caseworker)
        file = VAR / "demo" / f"{page.case.number}-{len(kept) + 1}.pdf"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(pdf)
        kept.append(file)
    return kept


def tell_postings(page: CasePage, teller: Teller) -> None:
    """Say what was posted, entry by entry."""
    teller.show("\nBogføring")
    for voucher in page.vouchers:
        for entry in voucher.entries:
            amount = Money(int(str(entry["amount_oere"]))).danish()
            teller.show(f"  {entry['account']:<28} {amount:>18}  {entry['text']}")


def tell_why(core: Core, page: CasePage, teller: Teller) -> None:
    """Read the explanation aloud, down to paragraph, rate and source."""
    teller.show("\nHvorfor beløbet er, som det er")
    for line in core.cases.explain(page.case.id, demo.team(core).caseworker):
        law = f"  [{line.law}]" if line.law else ""
        value = f": {line.value}" if line.value else ""
        teller.show(f"  {'  ' * line.depth}{line.label}{value}{law}")
    for row in page.payments:
        teller.show(f"\n  Fra brutto til netto: {row.line.explanation.label}")


def _when(at: datetime | None) -> str:
    return "ikke endnu" if at is None else f"{at.astimezone(DENMARK):%d.%m.%Y kl. %H.%M}"


def _events(core: Core, page: CasePage) -> list[str]:
    with core.env.uow(page.case.municipality_id) as uow:
        return [
            str(item.body["kind"])
            for item in uow.outbox.of_case(page.case.id)
            if item.topic == "send.event"
        ]


def summarise(core: Core, page: CasePage, *, seconds: float) -> dict[str, object]:
    """Return the story as one JSON object; amounts are øre."""
    decision = page.decisions[0] if page.decisions else None
    return {
        "application": None if page.application is None else page.application.id,
        "decision": None
        if decision is None
        else {"number": decision.number, "outcome": str(decision.outcome)},
        "amounts": _amounts(page.calculation),
        "payments": [
            {
                "gross": row.line.gross.oere,
                "tax": row.line.tax.oere,
                "net": row.line.net.oere,
                "month": str(row.line.month),
                "disposition_on": row.line.disposition_on.isoformat(),
                "state": str(row.state),
            }
            for row in page.payments
        ],
        "postings": [dict(entry) for voucher in page.vouchers for entry in voucher.entries],
        "letters": [
            {
                "title": letter.title,
                "state": str(letter.record.state),
                "channel": letter.record.channel,
                "sha256": letter.record.sha256,
            }
            for letter in page.letters
        ],
        "events": _events(core, page),
        "incidents": [incident.message for incident in page.incidents],
        "seconds": round(seconds, 2),
    }


def _amounts(calculation: Calculation | None) -> dict[str, int | None]:
    if calculation is None:
        return {}
    return {
        f"{month.month}:{line.key}": line.amount.oere
        for month in calculation.months
        for line in month.lines
    }
