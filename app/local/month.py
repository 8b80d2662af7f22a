"""One month of a demo municipality without anybody at the screen: `./ky month`.

Everybody has running help; then the month goes by as it does: somebody dies, somebody has earned
money, tax cards are missing, an account is closed, the bank says things twice and late, one payment
is held and released the day after. At the end everything agrees to the øre, or the command fails.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from time import monotonic
from typing import Any, TextIO
from zoneinfo import ZoneInfo

import requests

from app.config import Settings
from app.local import demo, town
from app.local.database import create_database
from app.local.driver import Driver
from app.local.installation import DATABASE, demo_settings, offset_of_demo
from app.local.month_people import ANSWERS, AWAY_ON, BACK_ON, EARNED, LANDLORD, answer_hearings
from app.local.postgres import EmbeddedServer
from app.local.story import StoryClock, Teller
from app.migrations.run import upgrade
from app.wiring import Core, build_core
from integrations.simulator import server as simulator
from processes.domain.access import Actor
from processes.domain.deductions import (
    DEDUCTION_NAMES,
    DeductionDecision,
    DeductionKind,
    PaymentDeduction,
)
from processes.domain.facts import Fact, FactKind, FactStatus, FactValue, Source, SourceKind
from processes.domain.matters import MatterKind
from processes.domain.money import Money, total
from processes.domain.payments import receipt_expected_by
from processes.domain.periods import Month, Period
from processes.domain.runs import Accounted, Verdict, reconcile
from processes.operations.inbox import Inbox
from processes.ports.records import TaskState, UserTask
from processes.ports.runs import RunItem, RunPage

DENMARK = ZoneInfo("Europe/Copenhagen")
FIRST_PAID, MONTH = Month(2026, 2), Month(2026, 3)
STARTS_AT = datetime(2026, 3, 2, 8, 0, tzinfo=DENMARK)
CITIZENS = 30
NOTE = "Set efter og i orden."
REJECTED_EVERY, NO_CARD_EVERY = 10, 15
SECOND, THIRD, SILENT, AWAY, RENTER, EARNER = 1, 2, 3, 4, 5, 8
"""Whose income changes, who dies, whom the bank says nothing about, who is away from a
jobsamtale, whose rent is paid, and who earned money and told nobody: by number."""

TAKEN = (
    (4, DeductionKind.SANCTION, 600),
    (5, DeductionKind.ADMINISTRATION, 4_000),
    (6, DeductionKind.SET_OFF, 350),
    (7, DeductionKind.SET_OFF_GROSS, 1_200),
)
"""What comes off whose payment: by number."""
LAWS = {
    DeductionKind.SANCTION: "LAS § 36",
    DeductionKind.SET_OFF_GROSS: "LAS § 94",
    DeductionKind.SET_OFF: "LAS § 91",
    DeductionKind.ADMINISTRATION: "LAS § 90",
}

Control = Callable[[str, Mapping[str, Any]], Any]
Figures = dict[str, int]


class MonthPlay:
    """Works one month of a municipality through the core, as its people would."""

    def __init__(
        self,
        core: Core,
        driver: Driver,
        move_to: Callable[[datetime], None],
        control: Control,
        tell: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self.core, self.driver, self.move_to, self.control = core, driver, move_to, control
        self.tell = tell
        self.finance, self.lead = driver.team.finance, driver.team.team_lead
        self.run_id = ""
        self.month = MONTH
        self.claimed, self.differs = Money(0), 0
        self.people: list[town.Inhabitant] = []
        self.seconds: dict[str, float] = {}

    # ---- the town --------------------------------------------------------------------------

    def settle_in(self, count: int) -> None:
        """Let people move in and have running help since last month."""
        self.people = town.inhabitants(count, rejected_every=REJECTED_EVERY)
        moved = [dict(each.moved_in) for each in self.people]
        if len(moved) > EARNER:
            moved[EARNER]["income"] = EARNED
        self.control("people", {"move_in": moved})
        self.control("settle", {"on_the_day": True})
        town.settle_in(
            self.core,
            self.people,
            municipality_id=demo.MUNICIPALITY.id,
            unit=demo.UNIT,
            month=FIRST_PAID,
            without_card_every=NO_CARD_EVERY,
        )

    def disturb(self, *, by_hand: bool = True) -> None:
        """Let the month be a real one: income, a death, and a bank that is not at its best.

        `by_hand` also decides the sanction and the rent here; else they come by their processes.
        """
        first = MONTH.first_day
        self.learn(self.people[SECOND], FactKind.WORK_INCOME, Money.kroner(4000), first)
        self.learn(self.people[THIRD], FactKind.DEAD, date(2026, 3, 12), first)
        silent = self.people[SILENT].cpr
        self.control("bank", {"doubles": True, "silent": {silent: True}})
        self.control("bank", {"closed_payees": {LANDLORD.number: True}})
        for number, kind, kroner in TAKEN:
            is_cases = kind in {DeductionKind.SANCTION, DeductionKind.ADMINISTRATION}
            if number < len(self.people) and (by_hand or not is_cases):
                self._decide_to_take(self.people[number], kind, Money.kroner(kroner))

    def _decide_to_take(self, person: town.Inhabitant, kind: DeductionKind, amount: Money) -> None:
        """Let something be decided and sent that comes off somebody's March."""
        new_id, now = self.core.env.new_id, self.core.clock.now()
        with self.core.env.uow(demo.MUNICIPALITY.id) as uow:
            case = uow.cases.of_person(person.cpr)[0]
            decision = DeductionDecision(
                id=new_id(),
                case_id=case.id,
                party_id=case.primary_party.id,
                kind=kind,
                number=f"{case.number}-F",
                law=LAWS[kind],
                reasoning="Det fremgår af sagen.",
                hearing_id=None,
                hearing_exception="Borgeren har selv oplyst det og er enig.",
                decided_by=self.driver.team.caseworker.user,
                approved_by=None,
                issued_at=now,
            )
            deduction = PaymentDeduction(
                id=new_id(),
                decision_id=decision.id,
                case_id=case.id,
                party_id=case.primary_party.id,
                kind=kind,
                amount=amount,
                from_month=MONTH,
                to_month=MONTH,
                law=LAWS[kind],
                label=DEDUCTION_NAMES[kind],
                payee=LANDLORD if kind is DeductionKind.ADMINISTRATION else None,
                reference=f"Husleje {MONTH}" if kind is DeductionKind.ADMINISTRATION else "",
            )
            uow.deductions.decide(decision, [deduction])
            uow.deductions.mark_sent(decision.id, now)
            uow.commit()

    def learn(self, person: town.Inhabitant, kind: FactKind, value: FactValue, since: date) -> None:
        """Let a register say something of somebody from a day on."""
        with self.core.env.uow(demo.MUNICIPALITY.id) as uow:
            case = uow.cases.of_person(person.cpr)[0]
            fact = Fact(
                id=self.core.env.new_id(),
                case_id=case.id,
                party_id=case.primary_party.id,
                kind=kind,
                status=FactStatus.VALUE,
                value=value,
                valid=Period(since),
                source=Source(SourceKind.REGISTER, "CPR", "month"),
                known_from=self.core.clock.now(),
            )
            uow.facts.add([fact])
            uow.commit()

    # ---- the month -------------------------------------------------------------------------

    def play(self) -> Figures:
        """Play the whole month; returns every sum, count and difference."""
        self.disturb(by_hand=False)
        self._timed("sager", self.begin_cases)
        self._timed("indkomst", self.look_at_income)
        self._timed("blokeringer", self.look_for_blockers)
        self._timed("beregn", self.freeze)
        held = self.review()
        self.approve()
        self._timed("send", self.send)
        self._timed("kvittering", self.take_receipts)
        self.answer_late()
        self.release(held)
        self._timed("afviste", self.try_rejected_again)
        self._timed("afgørelser", self.end_cases)
        self._timed("afstemning", self.reconcile_books)
        return self.figures()

    def _timed(self, phase: str, act: Callable[[], object]) -> None:
        began = monotonic()
        act()
        self.seconds[phase] = round(monotonic() - began, 3)

    def begin_cases(self) -> None:
        """Let the jobcentre ask for a sanction, and somebody agree that the rent is paid."""
        away = self.people[AWAY]
        wanted = {"cpr": away.cpr, "on": AWAY_ON.isoformat(), "contact_on": BACK_ON.isoformat()}
        body = str(self.control("sanction_request", wanted)["body"])
        self.move_to(datetime.combine(BACK_ON, time(9), DENMARK))
        self.core.sanctions.deliver(body.encode())
        renter = self.people[RENTER]
        self.core.repayments.raise_matter(
            town.case_id(renter),
            MatterKind.MANAGEMENT,
            town.party_id(renter),
            "Huslejen er ikke betalt i to måneder.",
            self.driver.team.caseworker,
        )
        self._work_cases(away, renter)
        heard = answer_hearings(self.core, away, "Jeg glemte tiden.")
        self._work_cases(away, renter)
        self.tell(f"Hørt om sanktion: {heard}; aftale om husleje: 1")

    def look_at_income(self) -> None:
        """Hold February's reported income against what the help rests on."""
        self.move_to(datetime(2026, 3, 11, 8, 0, tzinfo=DENMARK))
        self.driver.settle()
        self.core.incomes.start_due(demo.MUNICIPALITY.id)
        self._work_cases(self.people[EARNER])
        (row,) = self.core.incomes.all(self.finance)
        self.tell(
            f"Indkomst for {row.check.month}: {row.figures.asked} spurgt om,"
            f" {row.figures.findings} afviger og bliver hørt"
        )

    def end_cases(self) -> None:
        """Let what was heard about be decided, told and, where too much was paid, claimed."""
        heard = [self.people[number] for number in (EARNER, AWAY, RENTER)]
        for _ in range(3):
            self._work_cases(*heard)
            self.move_to(self.core.clock.now() + timedelta(days=20))
        self._work_cases(*heard)
        with self.core.env.uow(self.finance.municipality_id) as uow:
            claims = uow.claims.all()
        self.claimed = total(each.amount for each in claims)
        self.tell(f"Krav om tilbagebetaling: {len(claims)}, {self.claimed.danish()}")

    def _work_cases(self, *people: town.Inhabitant) -> None:
        for person in people:
            self.driver.work(town.case_id(person), ANSWERS)

    def reconcile_books(self) -> None:
        """Hold every day's sent against its answers, and what was decided against what came."""
        self.differs = self.core.books.reconcile(demo.MUNICIPALITY.id)
        self.driver.settle()
        self.tell(f"Daglig afstemning: {self.differs} differencer")

    def look_for_blockers(self) -> None:
        """Plan the run, and look at what stands in the way ten banking days before."""
        self.run_id = self.core.runs.plan(self.month, self.finance)
        self.driver.settle()
        self.move_to(self.page().run.blockers_at)
        self.driver.settle()
        found = len(self.page().blockers)
        self.tell(f"Blokeringer ti bankdage før: {found}")
        self.work("run.blockers", {"note": NOTE}, self.finance)

    def freeze(self) -> None:
        """Let the grants be frozen and everything be calculated."""
        self.move_to(self.page().run.freeze_at)
        self.driver.settle()
        figures = self.page().figures
        self.tell(
            f"Frosset {figures.lines} bevillinger, beregnet {figures.calculated}:"
            f" {figures.gross.danish()} før skat, {figures.net.danish()} efter"
        )

    def review(self) -> list[RunItem]:
        """Release what can be paid, hold the rest; hold one that is released the day after."""
        held = []
        while found := self.page(which="aabne").items:
            for item in found:
                self._decide(item)
        closed = {town.party_id(each) for each in self.people if each.is_rejected}
        ready = [
            item
            for item in self.page(which="alle").items
            if item.may_go and item.line.grant.party_id not in closed
        ]
        for item in ready[-1:]:
            self.core.runs.rule(item.line.id, Verdict.HELD, "Adressen undersøges.", self.finance)
            held.append(item)
        figures = self.page().figures
        self.tell(
            f"Gennemgået: {figures.to_pay} til udbetaling, {figures.held} holdt tilbage"
            f" ({figures.held_net.danish()})"
        )
        self.work("run.review", {"note": NOTE}, self.finance)
        return held

    def _decide(self, item: RunItem) -> None:
        """Release what can be paid, unless somebody has died; hold the rest."""
        result = item.result
        remarks = () if result is None else result.remarks
        is_dead = any(each["kind"] == "doed" for each in remarks)
        may_pay = result is not None and result.is_payable and not is_dead
        verdict = Verdict.RELEASED if may_pay else Verdict.HELD
        self.core.runs.rule(item.line.id, verdict, NOTE, self.finance)

    def approve(self) -> None:
        """Let another person approve."""
        self.work("run.approve", {"approved": True, "reason": ""}, self.lead)
        self.tell(f"Godkendt af {self.lead.name}")

    def send(self) -> None:
        """Let the time to stop run out, so that the bank gets the payments."""
        self.move_to(self.page().run.send_at)
        self.driver.settle()
        figures = self.page().figures
        self.tell(f"Sendt til banken: {figures.ordered} betalinger, {figures.ordered_net.danish()}")

    def take_receipts(self) -> None:
        """Let the day of payment come, and the days the bank has to answer."""
        run = self.page().run
        self.move_to(datetime.combine(run.disposition_on, time(6), DENMARK))
        self.driver.settle()
        self.move_to(
            receipt_expected_by(run.disposition_on, calendar=self.core.env.calendar)
            + timedelta(minutes=1)
        )
        self.driver.settle()
        figures = self.page().figures
        self.tell(
            f"Banken: {figures.settled} udbetalt ({figures.settled_net.danish()}),"
            f" {figures.rejected} afvist"
        )
        self._tell_reconciliation()

    def answer_late(self) -> None:
        """Let the bank say the last word late; what differed until then is reconciled again."""
        self.control("bank", {"silent": {self.people[SILENT].cpr: False}})
        self.control("bank", {"closed_payees": {LANDLORD.number: False}})
        self.driver.settle()
        while self.work("run.differences", {"note": NOTE}, self.finance):
            self._tell_reconciliation()

    def release(self, held: list[RunItem]) -> None:
        """Release what was held, the day after; another person than who held it."""
        for item in held:
            self.core.runs.rule(item.line.id, Verdict.RELEASED, NOTE, self.lead)
        self.driver.settle()
        self.tell(f"Frigivet efter kørslen: {len(held)}")

    def try_rejected_again(self) -> None:
        """Let closed accounts be opened, and each rejected payment be tried again."""
        again = 0
        self.driver.settle()
        for person in self.people:
            if person.is_rejected:
                self.control("account", {"cpr": person.cpr, "open": True})
                again += self._work_now(
                    "payment.rejected",
                    {"cause": "nemkonto_rettet", "note": NOTE},
                    self.finance,
                    case_id=town.case_id(person),
                )
        # Ordered today is there the next banking day.
        self.move_to(self.core.clock.now() + timedelta(days=5))
        self.driver.settle()
        self.tell(f"Afviste betalinger prøvet igen: {again}")

    # ---- parts -----------------------------------------------------------------------------

    def page(self, which: str = "bemaerket") -> RunPage:
        """Return the run as finance sees it."""
        return self.core.runs.page(self.run_id, self.finance, which=which)

    def _tell_reconciliation(self) -> None:
        rows = self.page().reconciliations
        if rows:
            figures = rows[0].figures
            self.tell(
                f"Afstemning {rows[0].number}: udbetalt {Money(figures['paid_gross']).danish()},"
                f" bogført {Money(figures['posted_gross']).danish()},"
                f" indberettet {Money(figures['reported_gross']).danish()},"
                f" {figures['differences']} differencer"
            )

    def finish(self, form_key: str, values: Mapping[str, object], by: Actor) -> None:
        """Do one task of the run there must be."""
        if not self.work(form_key, values, by):
            raise LookupError(f"the run has no task '{form_key}'")

    def give_tax_card(self, party_id: str) -> None:
        """Let somebody's tax card be found after all."""
        person = next(each for each in self.people if town.party_id(each) == party_id)
        self.learn(person, FactKind.TAX_CARD_KIND, "hovedkort", MONTH.first_day)

    def work(
        self, form_key: str, values: Mapping[str, object], by: Actor, *, case_id: str = ""
    ) -> bool:
        """Do one task of the run, or of a case; False when there is none."""
        self.driver.settle()
        is_done = self._work_now(form_key, values, by, case_id=case_id)
        self.driver.settle()
        return is_done

    def _work_now(
        self, form_key: str, values: Mapping[str, object], by: Actor, *, case_id: str = ""
    ) -> bool:
        """Do one task that is there, and let nothing else happen meanwhile."""
        task = next((each for each in self._tasks(case_id) if each.form_key == form_key), None)
        if task is None:
            return False
        inbox: Inbox = self.core.inbox
        inbox.claim(task.id, by)
        inbox.complete(task.id, values, by)
        return True

    def _tasks(self, case_id: str) -> list[UserTask]:
        with self.core.env.uow(self.finance.municipality_id) as uow:
            case_id = case_id or uow.runs.get(self.run_id).case_id
            tasks = uow.processes.tasks_of_case(case_id)
        return [task for task in tasks if task.state is TaskState.OPEN]

    def figures(self) -> Figures:
        """Return every sum, count and difference of the month, sums in øre."""
        page = self.page()
        run = page.figures
        first, last = page.reconciliations[-1].figures, page.reconciliations[0].figures
        with self.core.env.uow(self.finance.municipality_id) as uow:
            now = self._reconciled_now(uow.runs.accounted(page.run))
        return {
            "lines": run.lines,
            "calculated": run.calculated,
            "gross": run.gross.oere,
            "tax": run.tax.oere,
            "net": run.net.oere,
            "remarked": sum(each.lines for each in page.remarks),
            "sanction": run.sanction.oere,
            "set_off": run.set_off.oere,
            "administration": run.administration.oere,
            "pension": run.pension.oere,
            "held": run.held,
            "sent": run.ordered,
            "sent_net": run.ordered_net.oere,
            "rejected": run.rejected,
            "rejected_net": run.rejected_net.oere,
            "reconciliations": len(page.reconciliations),
            "differences_at_first": first["differences"],
            "differences_when_ended": last["differences"],
            **now,
        }

    def _reconciled_now(self, rows: Sequence[Accounted]) -> Figures:
        found = reconcile(rows)
        refund = self.core.runs.refund(self.month, self.finance)
        return {
            "paid": found.paid_count,
            "paid_gross": found.paid_gross.oere,
            "paid_tax": found.paid_tax.oere,
            "paid_net": found.paid_net.oere,
            "paid_income": found.paid_income.oere,
            "paid_cost": found.paid_cost.oere,
            "others": found.others.oere,
            "others_paid": found.others_paid.oere,
            "unanswered": found.unanswered_count,
            "posted_gross": found.posted_gross.oere,
            "reported_gross": found.reported_gross.oere,
            "reported_tax": found.reported_tax.oere,
            # What the state refunds is what was paid less sanctions, to the øre.
            "differences": len(found.differences)
            + (refund.cost != found.paid_gross - found.paid_sanction),
            "claimed": self.claimed.oere,
            "refund_basis": refund.cost.oere,
            "refund_state": refund.state.oere,
            "book_differences": self.differs,
        }


def run(arguments: list[str], *, out: TextIO = sys.stdout) -> int:
    """Play a month on a database that is thrown away afterwards: `[--json] [--citizens N]`."""
    as_json = "--json" in arguments
    count = int(arguments[arguments.index("--citizens") + 1]) if "--citizens" in arguments else 0
    with tempfile.TemporaryDirectory(prefix="ky-month-") as folder:
        home = Path(folder)
        with (
            EmbeddedServer(home / "pg", throw_away=True) as server,
            simulator.start("demo") as registers,
        ):
            create_database(server, DATABASE)
            settings = demo_settings(
                server,
                DATABASE,
                files_dir=home / "files",
                simulator_port=int(registers.url.rsplit(":", 1)[1]),
                secret_key="only-for-one-month-then-gone-for-good",  # noqa: S106 - guards nothing
                clock_offset_seconds=offset_of_demo(),
            )
            if settings.owner_url is None:
                raise RuntimeError("the demo has an owner")
            upgrade(settings.owner_url)
            return _play(settings, registers.url, count or CITIZENS, as_json=as_json, out=out)


def _play(settings: Settings, url: str, count: int, *, as_json: bool, out: TextIO) -> int:
    began = monotonic()
    clock = StoryClock(STARTS_AT)
    core = build_core(settings, clock=clock)
    teller = Teller(clock, sys.stderr if as_json else out)

    def control(word: str, body: Mapping[str, Any]) -> Any:
        answer = requests.post(f"{url}/__control/{word}", json=dict(body), timeout=60)
        answer.raise_for_status()
        return answer.json()

    try:
        demo.load_setup(core)
        play = MonthPlay(core, Driver(core, demo.team(core)), clock.move_to, control, teller.say)
        play.settle_in(count)
        teller.say(f"{count} borgere i {demo.MUNICIPALITY.name} har løbende hjælp")
        figures = play.play()
        summary = {
            "month": str(MONTH),
            "citizens": count,
            **figures,
            "incidents": len(core.control.incidents(play.lead)),
            "seconds": round(monotonic() - began, 1),
            "seconds_by_phase": play.seconds,
        }
        _tell_sums(teller, figures)
    finally:
        core.close()
    if as_json:
        out.write(json.dumps(summary, ensure_ascii=False) + "\n")
    return 0 if not figures["differences"] and not summary["incidents"] else 1


def _tell_sums(teller: Teller, figures: Figures) -> None:
    teller.show()
    for key, label in (
        ("paid_gross", "Bevilget, før skat"),
        ("paid_cost", "Udgift med pension"),
        ("posted_gross", "Bogført"),
        ("paid_income", "A-indkomst"),
        ("reported_gross", "Indberettet"),
        ("others_paid", "Til andre modtagere"),
        ("refund_basis", "Refusionsgrundlag"),
        ("refund_state", "Statens andel"),
        ("claimed", "Krævet tilbage"),
        ("paid_net", "På borgernes konti"),
    ):
        teller.show(f"  {label:<22} {Money(figures[key]).danish():>20}")
    teller.show(f"  {'Differencer':<22} {figures['differences']:>20}")
