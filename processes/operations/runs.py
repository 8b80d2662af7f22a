"""The monthly payment run as finance works it: plan, look, release, hold, stop (udbetaling).

The run itself is a process; here is what people do to it between its tasks, and what they see.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from processes.domain import runs
from processes.domain.access import SYSTEM_NAME, Actor, may, require
from processes.domain.calculation import Node
from processes.domain.cases import Case, CaseState, Protection
from processes.domain.deviations import PaidOut, by_kind, deviations
from processes.domain.errors import ConflictError, RuleError
from processes.domain.grants import REMARK_NAMES
from processes.domain.identifiers import Kle
from processes.domain.periods import Month
from processes.domain.reimbursement import MonthRefund, of_month
from processes.domain.rules.prose import month_in_words, spoken
from processes.domain.runs import Verdict
from processes.operations.control import Control
from processes.ports.pages import ExplainLine
from processes.ports.records import AuditEvent, TaskState
from processes.ports.runs import (
    PaymentRun,
    PhaseProgress,
    RunFigures,
    RunItem,
    RunLinePage,
    RunPage,
    RunPhase,
    RunResult,
    RunRuling,
    SimulatedLine,
    SimulatedRun,
)
from processes.ports.stores import UnitOfWork
from processes.stages import runs as stage
from processes.steps import StepContext

ACCOUNTS = Kle("00.32.02", "G01")
"""Regnskab: what the administrative case of a run is about."""
PROCESS = "monthly_payment_run"
SHOWN = 100
"""Lines on a page; more are found by narrowing."""
WHICH = ("bemaerket", "aabne", "holdt", "frigivet", "afvist", "alle")


class PaymentRuns:
    """Monthly runs (udbetalingskørsler)."""

    def __init__(self, control: Control) -> None:
        self.control = control
        self.env = control.env

    # ---- planning --------------------------------------------------------------------------

    def plan(self, month: Month, by: Actor) -> str:
        """Plan the run of a month; the one that is there is returned."""
        require(by, "run.manage")
        with self.env.uow(by.municipality_id) as uow:
            run = self._plan(uow, month, unit=min(by.units, default=""), user=by.user)
            self._note(uow, by, "run.plan", run.id)
            uow.commit()
        self.env.wake()
        return run.id

    def plan_ahead(self, municipality_id: int) -> str | None:
        """Plan this month's run where there is anything to pay; None when there is nothing.

        Called every day by nobody in particular: the run that is there stays as it is.
        """
        month = Month.of(self.env.gateways.clock.today())
        with self.env.uow(municipality_id) as uow:
            if uow.definitions.latest(PROCESS) is None or uow.runs.of_month(month) is not None:
                return None
            days = runs.schedule(month, calendar=self.env.calendar)
            if self.env.now() > days.send_at:
                return None
            if not uow.runs.has_running(month):
                return None
            unit = next(
                (
                    role_unit
                    for user in uow.setup.users(municipality_id)
                    for place, role, role_unit in user.roles
                    if place == municipality_id and role == "finance"
                ),
                "",
            )
            run = self._plan(uow, month, unit=unit, user=SYSTEM_NAME)
            uow.commit()
        self.env.wake()
        return run.id

    def _plan(self, uow: UnitOfWork, month: Month, *, unit: str, user: str) -> PaymentRun:
        uow.runs.hold_month(month)
        known = uow.runs.of_month(month)
        if known is not None:
            return known
        ctx = self.env.context(uow)
        days = runs.schedule(month, calendar=ctx.calendar)
        case = Case(
            id=ctx.new_id(),
            number=uow.cases.next_number(ctx.today.year),
            municipality_id=uow.municipality_id,
            kle=ACCOUNTS,
            benefit="udbetalingskoersel",
            title=f"Udbetaling for {month_in_words(month)}",
            state=CaseState.RAISED,
            unit=unit,
            caseworker=None,
            protection=Protection.NORMAL,
            opened_at=ctx.now,
            parties=(),
        )
        uow.cases.add(case)
        run = PaymentRun(
            id=ctx.new_id(),
            case_id=case.id,
            month=month,
            blockers_at=days.blockers_at,
            freeze_at=days.freeze_at,
            review_by=days.review_by,
            send_at=days.send_at,
            disposition_on=days.disposition_on,
            started_by=user,
            started_at=ctx.now,
        )
        uow.runs.add(run)
        self._tell_planned(ctx, run)
        return run

    def _tell_planned(self, ctx: StepContext, run: PaymentRun) -> None:
        ctx.tell(
            "payment-run-planned",
            run.id,
            {
                "case_id": run.case_id,
                "run_id": run.id,
                "month_number": run.month.number,
                "blockers_at": run.blockers_at.isoformat(),
                "freeze_at": run.freeze_at.isoformat(),
                "review_by": run.review_by.isoformat(),
                "send_at": run.send_at.isoformat(),
            },
            case_id=run.case_id,
        )

    # ---- what is seen ----------------------------------------------------------------------

    def all(self, by: Actor) -> Sequence[tuple[PaymentRun, RunFigures]]:
        """Return every run with its figures, the newest first."""
        require(by, "run.read")
        with self.env.uow(by.municipality_id) as uow:
            return [(run, uow.runs.figures(run.id)) for run in uow.runs.all()[:24]]

    def page(self, run_id: str, by: Actor, *, which: str = "bemaerket", kind: str = "") -> RunPage:
        """Return what the page of a run shows; `which` and `kind` narrow its lines."""
        require(by, "run.read")
        with self.env.uow(by.municipality_id) as uow:
            run = uow.runs.get(run_id)
            figures = uow.runs.figures(run_id)
            items = uow.runs.items(
                run_id,
                which=which if which in WHICH else "bemaerket",
                kind=kind if kind in REMARK_NAMES else "",
                limit=SHOWN,
            )
            reconciliations = uow.runs.reconciliations(run_id)
            page = RunPage(
                run=run,
                figures=figures,
                phases=phases_of(run, figures, uow.runs.phases(run_id)),
                remarks=uow.runs.remarks(run_id),
                compared=uow.runs.compared(run_id),
                blockers=()
                if run.frozen_at is not None
                else uow.runs.blockers(run.month, pays_on=run.disposition_on),
                items=items,
                reconciliations=reconciliations,
                tasks=[
                    task
                    for task in uow.processes.tasks_of_case(run.case_id)
                    if task.state is TaskState.OPEN
                ],
                names=self._names(uow, by),
                ruled=sorted(uow.runs.rulers(run_id)),
                may_stop=may(by, "run.manage")
                and run.approved_by is not None
                and run.sent_at is None,
            )
            self._note(uow, by, "run.read", run_id)
            uow.commit()
            return page

    def line(self, line_id: str, by: Actor) -> RunLinePage:
        """Return what the page of one payment shows: every amount with its reason."""
        require(by, "run.read")
        with self.env.uow(by.municipality_id) as uow:
            item = uow.runs.item(line_id)
            basis = uow.runs.basis(item.line.run_id, None, line_id=line_id)
            self._note(uow, by, "run_line.read", line_id)
            page = RunLinePage(
                run=uow.runs.get(item.line.run_id),
                item=item,
                explanation=_explained(stage.explained(self.env.context(uow, by), item, basis)),
                last_gross=basis.last_gross.get(item.line.grant.party_id),
                names=self._names(uow, by),
            )
            uow.commit()
            return page

    def refund(self, month: Month, by: Actor) -> MonthRefund:
        """Estimate the state's share of a month's kontanthjælp, person by person (refusion)."""
        require(by, "run.read")
        with self.env.uow(by.municipality_id) as uow:
            rates = self.env.context(uow).rates
            found = MonthRefund()
            for paid in uow.runs.refunded(month).values():
                found = found.plus(of_month(paid, month, rates=rates))
            self._note(uow, by, "run.refund", str(month))
            uow.commit()
        return found

    def simulate(self, by: Actor) -> SimulatedRun:
        """Work out what would be paid today, and why it differs from last month (prøvekørsel).

        Nothing is written and nothing is frozen: the same calculation as the run's, on today's
        decisions, facts and cards.
        """
        require(by, "run.read")
        month = Month.of(self.env.gateways.clock.today())
        with self.env.uow(by.municipality_id) as uow:
            ctx = self.env.context(uow, by)
            lines = [line for line in uow.runs.running(month) if line.grant.month == month]
            before = uow.runs.paid_out(month.previous())
            results = stage.simulated(ctx, lines, month)
            now = {
                line.grant.party_id: _paid_out(results[line.id])
                for line in lines
                if results[line.id].is_payable
            }
            remarks = {line.grant.party_id: results[line.id].remarks for line in lines}
            paid_already = uow.runs.paid_out(month)
            for party_id, paid in paid_already.items():
                now[party_id] = now.get(party_id, PaidOut()).plus(paid)
            pays_on = runs.schedule(month, calendar=self.env.calendar).disposition_on
            page = self._simulated(uow, month, pays_on, now, before, remarks)
            self._note(uow, by, "run.simulate", str(month))
            uow.commit()
        return page

    def _simulated(
        self,
        uow: UnitOfWork,
        month: Month,
        pays_on: date,
        now: Mapping[str, PaidOut],
        before: Mapping[str, PaidOut],
        remarks: Mapping[str, tuple[Mapping[str, str], ...]],
    ) -> SimulatedRun:
        why = {
            party_id: deviations(now.get(party_id), before.get(party_id))
            for party_id in sorted({*now, *before})
        }
        differing = sorted(
            (party_id for party_id, found in why.items() if found),
            key=lambda party_id: -abs(sum(each.amount.oere for each in why[party_id])),
        )
        people = uow.runs.people(differing[:SHOWN])
        counted = Counter(
            (each["kind"], each["weight"]) for found in remarks.values() for each in found
        )
        return SimulatedRun(
            month=month,
            pays_on=pays_on,
            people=len(now),
            people_before=len(before),
            now=_summed(now.values()),
            before=_summed(before.values()),
            causes=by_kind(why.values()),
            remarks=tuple((kind, weight, many) for (kind, weight), many in counted.most_common()),
            lines=tuple(
                SimulatedLine(
                    party_id=party_id,
                    case_id=people[party_id][2],
                    case_number=people[party_id][3],
                    name=people[party_id][0],
                    protection=people[party_id][1],
                    now=now.get(party_id),
                    before=before.get(party_id),
                    deviations=why[party_id],
                    remarks=remarks.get(party_id, ()),
                )
                for party_id in differing[:SHOWN]
            ),
            hidden=max(len(differing) - SHOWN, 0),
        )

    # ---- what is done ----------------------------------------------------------------------

    def rule(self, line_id: str, verdict: Verdict, reason: str, by: Actor) -> None:
        """Release or hold one payment, with a reason (frigiv, tilbagehold)."""
        require(by, "run.manage")
        said = runs.check_reason(reason)
        with self.env.uow(by.municipality_id) as uow:
            run = uow.runs.lock(uow.runs.item(line_id).line.run_id)
            item = uow.runs.item(line_id)
            self._check_ruling(run, item, verdict, by)
            version = 0 if item.result is None else item.result.version
            ctx = self.env.context(uow, by)
            uow.runs.add_ruling(RunRuling(line_id, version, verdict, said, by.user, ctx.now))
            if verdict is Verdict.RELEASED and run.sent_at is not None:
                stage.release_late(ctx, run, item)
            self._note(uow, by, f"run_line.{verdict}", line_id, said)
            uow.commit()
        self.env.wake()

    def _check_ruling(self, run: PaymentRun, item: RunItem, verdict: Verdict, by: Actor) -> None:
        if item.result is None:
            raise ConflictError("Betalingen er ikke beregnet endnu. Vent, til den er det.")
        if item.payment is not None:
            raise ConflictError("Betalingen er sendt til banken og kan ikke ændres her.")
        if verdict is Verdict.RELEASED and not item.result.is_payable:
            raise RuleError(
                "Betalingen kan ikke frigives, før det, der mangler, er rettet. Ret det på sagen,"
                " og vælg «Beregn igen»."
            )
        if run.sent_at is None and run.approved_by is not None:
            raise ConflictError(
                "Kørslen er godkendt. Stop den først, så den bliver klargjort og godkendt igen."
            )
        if run.sent_at is not None and verdict is Verdict.HELD:
            raise ConflictError("Kørslen er sendt. Betalingen er ikke med i den.")
        if run.sent_at is not None and item.ruling is not None and item.ruling.by == by.user:
            # After the run nobody approves it as a whole, so a second person releases.
            raise RuleError(
                "Du har selv holdt betalingen tilbage. Bed en anden om at frigive den, nu kørslen"
                " er sendt."
            )

    def calculate_again(self, line_id: str, by: Actor) -> None:
        """Calculate one line again, now that something was put right; earlier rulings lapse."""
        require(by, "run.manage")
        with self.env.uow(by.municipality_id) as uow:
            run = uow.runs.lock(uow.runs.item(line_id).line.run_id)
            item = uow.runs.item(line_id)
            if run.sent_at is None and run.approved_by is not None:
                raise ConflictError("Kørslen er godkendt. Stop den først.")
            stage.again(self.env.context(uow, by), run, item)
            self._note(uow, by, "run_line.recalculate", line_id)
            uow.commit()

    def stop(self, run_id: str, reason: str, by: Actor) -> None:
        """Stop an approved run before the bank gets it; it is reviewed and approved anew."""
        require(by, "run.manage")
        said = runs.check_reason(reason)
        with self.env.uow(by.municipality_id) as uow:
            run = uow.runs.lock(run_id)
            if run.sent_at is not None:
                raise ConflictError("Kørslen er sendt til banken og kan ikke stoppes mere.")
            if run.approved_by is None:
                raise ConflictError("Kørslen er ikke godkendt, så der er intet at stoppe.")
            ctx = self.env.context(uow, by)
            number = len(uow.cases.notes(run.case_id))
            ctx.tell("run-stopped", run.id, {}, case_id=run.case_id, tries=str(number))
            ctx.note(run.case_id, f"Kørslen er stoppet: {said}")
            self._note(uow, by, "run.stop", run_id, said)
            uow.commit()
        self.env.wake()

    # ---- parts -----------------------------------------------------------------------------

    def _names(self, uow: UnitOfWork, by: Actor) -> dict[str, str]:
        return {user.id: user.name for user in uow.setup.users(by.municipality_id)}

    def _note(self, uow: UnitOfWork, by: Actor, action: str, run_id: str, reason: str = "") -> None:
        uow.audit.add(
            AuditEvent(self.env.now(), by.user, str(by.role), action, f"run:{run_id}", reason)
        )


def _paid_out(result: RunResult) -> PaidOut:
    return PaidOut(
        result.gross,
        result.sanction,
        result.set_off_gross,
        result.tax,
        result.atp,
        result.set_off,
        result.administration,
    )


def _summed(found: Iterable[PaidOut]) -> PaidOut:
    whole = PaidOut()
    for each in found:
        whole = whole.plus(each)
    return whole


def _explained(tree: Node | None) -> tuple[ExplainLine, ...]:
    if tree is None:
        return ()
    return tuple(
        ExplainLine(said.depth, said.text, "", said.law, said.source, said.mark)
        for said in spoken(tree)
    )


def phases_of(
    run: PaymentRun, figures: RunFigures, batches: Sequence[PhaseProgress]
) -> list[RunPhase]:
    """Return how far a run is, phase by phase, in words."""
    by_name = {each.phase: each for each in batches}
    posted = _newest(batches, "bogfoer")
    reported = _newest(batches, "indberet")
    over = figures.settled + figures.rejected
    reviewed = figures.open == 0 and run.reviewed_at is not None
    phases = [
        _phase("Frys", run.frozen_at is not None, f"{figures.lines} linjer", run.frozen_at),
        _batched("Beregn", by_name.get(stage.CALCULATE), figures.calculated, figures.lines),
        _phase(
            "Gennemgå",
            reviewed,
            f"{figures.open} åbne undtagelser",
            run.reviewed_at,
        ),
        _phase(
            "Godkend",
            run.approved_at is not None,
            "Af en anden end den, der klargjorde",
            run.approved_at,
        ),
        _batched("Send", by_name.get(stage.SEND), figures.ordered, figures.ordered),
        RunPhase(
            "Kvittering",
            _state_of_receipts(run, is_over=over == figures.ordered),
            f"{over} af {figures.ordered} har fået svar",
            None,
            over,
            figures.ordered,
        ),
        _batched("Bogfør", posted, figures.settled, figures.settled),
        _batched("Indberet", reported, figures.settled, figures.settled),
        _phase("Afstem", run.ended_at is not None, "Skal stemme til øren", run.ended_at),
    ]
    return _with_the_next_busy(phases)


def _newest(batches: Sequence[PhaseProgress], phase: str) -> PhaseProgress | None:
    mine = [each for each in batches if each.phase.split(" ")[0] == phase]
    return max(mine, key=lambda each: len(each.phase) * 100 + len(mine), default=None)


def _phase(name: str, is_done: bool, said: str, at: datetime | None) -> RunPhase:  # noqa: FBT001 – read by position, next to its name
    return RunPhase(name, "done" if is_done else "todo", said, at)


def _batched(name: str, phase: PhaseProgress | None, done: int, total: int) -> RunPhase:
    if phase is None:
        return RunPhase(name, "todo", "Ikke begyndt")
    is_done = phase.done == phase.batches
    said = f"{done} af {total}" if total else "Intet"
    return RunPhase(
        name, "done" if is_done else "busy", said, phase.last_done_at, phase.done, phase.batches
    )


def _state_of_receipts(run: PaymentRun, *, is_over: bool) -> str:
    # What is released or tried again after the run waits for the bank by itself.
    if run.sent_at is None:
        return "todo"
    return "done" if is_over or run.ended_at is not None else "busy"


def _with_the_next_busy(phases: list[RunPhase]) -> list[RunPhase]:
    """Mark the first phase that is not done as the one the run stands at."""
    here = next((each for each in phases if each.state != "done"), None)
    return [replace(each, state="busy") if each is here else each for each in phases]
