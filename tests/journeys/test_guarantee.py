"""Random histories: nobody is paid less than decided without a sent decision, and it all adds up.

Facts come and go, decisions are made and some are never sent, sanctions and agreements too; runs
are made ready, held, stopped, skipped through by an edited diagram; the bank turns payments down;
and somebody with the application's own password tries to write what nobody decided. Whatever
happens, every payment stands on what was decided and sent when it was ordered, and in the end what
was paid less what is claimed back is, for every person and month, what a recalculation says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.local import demo, town
from app.local.month import FIRST_PAID, LANDLORD, LAWS, MonthPlay
from processes.domain import decisions, matters
from processes.domain.benefits.cash_assistance import assess
from processes.domain.calculation import Outcome
from processes.domain.claims import ClaimMonth, RepaymentBasis, to_body
from processes.domain.decisions import Proposal
from processes.domain.deductions import (
    DeductionDecision,
    DeductionKind,
    PaymentDeduction,
)
from processes.domain.errors import CoreError
from processes.domain.facts import FactKind, Facts
from processes.domain.matters import Basis, Matter, MatterKind, MatterProposal
from processes.domain.money import Money
from processes.domain.payments import receipt_expected_by
from processes.domain.periods import Month
from processes.domain.recovery import ClaimFacts, Ground
from processes.domain.runs import Verdict
from processes.stages import repayments
from tests.journeys.conftest import World

HERE = demo.MUNICIPALITY.id
DENMARK = ZoneInfo("Europe/Copenhagen")
EXCEPTION = "Borgeren har selv oplyst det og er enig."
SECONDS_APART = 7

# What somebody with the application's password may try; each is refused, or changes nothing.
ATTACKS = (
    """INSERT INTO payment (id, plan_id, case_id, decision_id, party_id, month, sequence,
           gross_oere, tax_oere, net_oere, disposition_on, explanation)
       SELECT gen_random_uuid(), plan_id, case_id, decision_id, party_id,
              (month + interval '1 month')::date, 0, gross_oere - :oere, 0, gross_oere - :oere,
              disposition_on + 31, explanation
       FROM payment WHERE gross_oere > :oere ORDER BY random() LIMIT 1""",
    """INSERT INTO payment (id, plan_id, case_id, decision_id, party_id, month, sequence,
           gross_oere, tax_oere, sanction_oere, net_oere, disposition_on, explanation)
       SELECT gen_random_uuid(), plan_id, case_id, decision_id, party_id,
              (month + interval '1 month')::date, 0, gross_oere, 0, :oere, gross_oere - :oere,
              disposition_on + 31, explanation
       FROM payment WHERE gross_oere > :oere ORDER BY random() LIMIT 1""",
    "UPDATE payment SET net_oere = net_oere - :oere, tax_oere = tax_oere + :oere",
    "DELETE FROM payment_receipt WHERE :oere > 0",
    "UPDATE decided_line SET amount_oere = :oere",
    """INSERT INTO decided_line (decision_id, position, party_id, from_month, amount_oere)
       SELECT decision_id, 99, party_id, from_month, :oere FROM decided_line
       ORDER BY random() LIMIT 1""",
    """INSERT INTO run_result (line_id, version, gross_oere, tax_oere, net_oere, is_payable,
           weight, remarks, card_kind, allowance_oere, explanation, made_at)
       SELECT id, 99, decided_oere - :oere, 0, decided_oere - :oere, true, 'noteret', '[]', '', 0,
              '', now() FROM run_line WHERE decided_oere > :oere ORDER BY random() LIMIT 1""",
    "UPDATE run_line SET decided_oere = :oere",
    """INSERT INTO payment_part (id, payment_id, deduction_id, kind, amount_oere)
       SELECT gen_random_uuid(), payment.id, deduction.id, deduction.kind, :oere
       FROM payment JOIN payment_deduction AS deduction USING (municipality_id, party_id)
       ORDER BY random() LIMIT 1""",
    "UPDATE payment_deduction SET amount_oere = amount_oere + :oere",
    "UPDATE deduction_decision SET reasoning = 'en anden' WHERE :oere > 0",
)

LOWER_THAN_DECIDED = """
    -- Each first try of running help beside what was decided and sent when it was ordered.
    WITH ordered AS (
        SELECT payment.*, min(receipt.at) AS at FROM payment
        JOIN payment_receipt AS receipt ON receipt.payment_id = payment.id
        JOIN decision ON decision.id = payment.decision_id
        WHERE payment.sequence = 0 AND decision.help_kind = 'forsoergelse'
        GROUP BY payment.municipality_id, payment.id
    )
    SELECT mine.id, standing.amount_oere, paid.oere FROM ordered AS mine
    JOIN LATERAL (
        SELECT line.amount_oere FROM decision
        JOIN decided_line AS line ON line.decision_id = decision.id
        WHERE decision.case_id = mine.case_id AND line.party_id = mine.party_id
          AND line.from_month <= mine.month AND decision.sent_at < mine.at
          AND decision.help_kind = 'forsoergelse'
        ORDER BY decision.issued_at DESC, line.from_month DESC LIMIT 1
    ) AS standing ON true
    JOIN LATERAL (
        SELECT sum(gross_oere) AS oere FROM ordered AS each
        WHERE each.party_id = mine.party_id AND each.month = mine.month AND each.at <= mine.at
    ) AS paid ON true
    WHERE paid.oere < standing.amount_oere
"""
COMES_OFF = """
    -- What came off each payment beside the deductions that were sent before its day.
    SELECT payment.id FROM payment
    WHERE gross_oere - tax_oere - atp_oere - net_oere IS DISTINCT FROM (
        SELECT coalesce(sum(part.amount_oere), 0)
        FROM payment_part AS part
        JOIN payment AS first ON first.id = part.payment_id
        JOIN payment_deduction AS taken ON taken.id = part.deduction_id
        JOIN deduction_decision AS decided ON decided.id = taken.decision_id
        WHERE first.decision_id = payment.decision_id AND first.party_id = payment.party_id
          AND first.month = payment.month AND part.amount_oere <= taken.amount_oere
          AND (decided.sent_at AT TIME ZONE 'Europe/Copenhagen')::date < first.disposition_on
    )
"""
BALANCE = """
    -- Paid and not turned down, and claimed back, by person and month.
    SELECT payment.party_id, payment.month,
           sum(payment.gross_oere) FILTER (WHERE newest.state = 'udbetalt') AS paid
    FROM payment
    JOIN decision ON decision.id = payment.decision_id AND decision.help_kind = 'forsoergelse'
    JOIN LATERAL (
        SELECT state FROM payment_receipt WHERE payment_id = payment.id
        ORDER BY (state IN ('udbetalt', 'afvist'))::int DESC, at DESC, id DESC LIMIT 1
    ) AS newest ON true
    GROUP BY 1, 2
"""


@dataclass
class History:
    """One random history of a town, played through the core."""

    world: World
    seed: int
    citizens: int
    months: int
    refused: int = 0
    done: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)  # noqa: S311 – test data, the same for a seed
        self.play = MonthPlay(
            self.world.core, self.world.driver, self.world.clock.move_to, self.world.control
        )
        self.settled: list[Month] = [FIRST_PAID]
        self.work = self.world.driver.settle
        self.world.driver.settle = self.settle  # type: ignore[method-assign] – of this history only

    def settle(self) -> None:
        """Work what is due; what the database refuses is refused again and again, as a worker's."""
        while True:
            try:
                self.work()
            except DBAPIError:
                self.refused += 1
            else:
                return

    # ---- what happens --------------------------------------------------------------------

    def run(self) -> None:
        self.play.settle_in(self.citizens)
        for person in self.play.people:
            # Everybody has a card: what nobody can pay is another test's.
            self.play.learn(person, FactKind.TAX_CARD_KIND, "hovedkort", FIRST_PAID.first_day)
        month = FIRST_PAID
        for number in range(self.months):
            month = month.next()
            self.meanwhile(self.random.randint(3, 7))
            is_last = number == self.months - 1
            self.a_run(month, is_edited=not is_last and self.random.random() < 0.25, last=is_last)
            self.settled.append(month)
        self.meanwhile(4, only=(self.decide, self.attack))
        # What was ordered in the last days reaches its day, and what the bank refuses goes again.
        self.play.try_rejected_again()
        self.claim_back()

    def meanwhile(self, times: int, only: tuple[Callable[[], None], ...] = ()) -> None:
        acts = only or (self.learn, self.decide, self.decide, self.take, self.attack, self.stop)
        for _ in range(times):
            self.world.clock.forward(timedelta(seconds=SECONDS_APART))
            self.random.choice(acts)()
        self.world.driver.settle()

    def person(self) -> town.Inhabitant:
        return self.random.choice(self.play.people)

    def learn(self) -> None:
        kind = self.random.choice((FactKind.WORK_INCOME, FactKind.OTHER_INCOME, FactKind.WEALTH))
        amount = Money(self.random.randint(0, 900_000))
        month = self.random.choice(self.settled)
        self.play.learn(self.person(), kind, amount, month.first_day)
        self.done.append("learn")

    def decide(self) -> None:
        """Decide somebody anew from a month on, perhaps back in time; some are never sent."""
        person, core = self.person(), self.world.core
        since = self.random.choice((*self.settled, self.settled[-1].next()))
        now = core.clock.now()
        sent = self.random.random() < 0.8
        try:
            with core.env.uow(HERE) as uow:
                ctx = core.env.context(uow)
                case = uow.cases.of_person(person.cpr)[0]
                application = uow.cases.application_of_case(case.id)
                calculation = assess(
                    application,
                    case,
                    Facts.as_known(uow.facts.of_case(case.id), now),
                    rates=ctx.rates,
                    rules=ctx.rules,
                    months=months_to(since, self.settled[-1].next()),
                    calculation_id=ctx.new_id(),
                    made_at=now,
                    since=FIRST_PAID.first_day,
                )
                if not any(each.gross for each in calculation.months):
                    return
                # Whatever it comes to, it may be less than before: said so, and not heard for.
                calculation = replace(calculation, outcome=Outcome.PARTIAL)
                uow.calculations.add(calculation)
                proposal = Proposal(
                    id=ctx.new_id(),
                    case_id=case.id,
                    calculation_id=calculation.id,
                    outcome=calculation.outcome,
                    reasoning="Oplysningerne er ændret.",
                    legal_basis=("LAS § 11",),
                    repayment_condition="",
                    hearing_id=None,
                    hearing_exception=EXCEPTION,
                    proposed_by="karin",
                    proposed_at=now,
                    second_person_needed=False,
                )
                uow.decisions.save_proposal(proposal)
                decision = decisions.issue(
                    proposal,
                    calculation,
                    decision_id=ctx.new_id(),
                    number=decisions.number_after(case.number, len(uow.decisions.of_case(case.id))),
                    municipality_name="Egekøb Kommune",
                    contributors=("karin",),
                    at=now,
                )
                uow.decisions.add(decision)
                if sent:
                    uow.decisions.mark_sent(decision.id, now)
                uow.commit()
        except DBAPIError:
            self.refused += 1
            return
        self.done.append("decide" if sent else "decide, not sent")
        if sent:
            self.pay_more(decision.id)

    def pay_more(self, decision_id: str) -> None:
        """Pay at once what a decision gives more for months that were paid."""
        with self.world.core.env.uow(HERE) as uow:
            ctx = self.world.core.env.context(uow)
            decision = uow.decisions.get(decision_id)
            paid = {line.month for line, _ in uow.payments.of_case(decision.case_id)}
            if any(each.from_month <= max(paid) for each in decision.lines):
                made = self.step("payments.plan", ctx, decision_id=decision_id)
                if made["payable"]:
                    self.step("payments.order", ctx, plan_id=made["plan_id"])
            uow.commit()

    def step(self, name: str, ctx: Any, **values: object) -> Any:
        return self.world.core.env.register.step(name).run(ctx, **values)

    def take(self) -> None:
        """Decide to take something of somebody's coming months; some are never sent."""
        kind = self.random.choice(list(DeductionKind))
        person, core = self.person(), self.world.core
        first = self.settled[-1].next()
        last = first if kind is DeductionKind.SANCTION else self.random.choice((first, None))
        now, sent = core.clock.now(), self.random.random() < 0.7
        with core.env.uow(HERE) as uow:
            new_id = core.env.new_id
            case = uow.cases.of_person(person.cpr)[0]
            decision = DeductionDecision(
                id=new_id(),
                case_id=case.id,
                party_id=case.primary_party.id,
                kind=kind,
                number=f"{case.number}-F{len(self.done)}",
                law=LAWS[kind],
                reasoning="Det fremgår af sagen.",
                hearing_id=None,
                hearing_exception=EXCEPTION,
                decided_by="karin",
                approved_by=None,
                issued_at=now,
            )
            deduction = PaymentDeduction(
                id=new_id(),
                decision_id=decision.id,
                case_id=case.id,
                party_id=case.primary_party.id,
                kind=kind,
                # Some want more than there is.
                amount=Money(self.random.choice((60_000, 123_456, 900_000, 5_000_000))),
                from_month=first,
                to_month=last,
                law=LAWS[kind],
                label="Fradrag",
                payee=LANDLORD if kind is DeductionKind.ADMINISTRATION else None,
            )
            uow.deductions.decide(decision, [deduction])
            if sent:
                uow.deductions.mark_sent(decision.id, now)
            uow.commit()
        self.done.append(f"{kind}" if sent else f"{kind}, not sent")

    def stop(self) -> None:
        with self.world.core.env.uow(HERE) as uow:
            case = uow.cases.of_person(self.person().cpr)[0]
            ids = [each.deduction.id for each in uow.deductions.of_case(case.id)]
            uow.deductions.stop(ids, month=self.settled[-1].next())
            uow.commit()

    def attack(self) -> None:
        """Write what nobody decided, with the application's own rights."""
        statement = self.random.choice(ATTACKS)
        oere = self.random.choice((1, 100, 60_000))
        try:
            with self.world.core.env.uow(HERE) as uow:
                uow.session.execute(text(statement), {"oere": oere})  # type: ignore[attr-defined]
                uow.commit()
        except DBAPIError:
            self.refused += 1

    # ---- a month's run -------------------------------------------------------------------

    def a_run(self, month: Month, *, is_edited: bool, last: bool) -> None:
        play = self.play
        play.month, play.run_id = month, ""
        play.look_for_blockers()
        play.freeze()
        self.attack()
        if is_edited:
            # Whoever edited the diagram took review and approval out of it.
            self.skip_to_the_bank()
            return
        while found := play.page(which="aabne").items:
            for item in found:
                payable = item.result is not None and item.result.is_payable
                held = not payable or (not last and self.random.random() < 0.3)
                verdict = Verdict.HELD if held else Verdict.RELEASED
                play.core.runs.rule(item.line.id, verdict, "Set efter og i orden.", play.finance)
        play.finish("run.review", {"note": "Set."}, play.finance)
        self.attack()
        play.approve()
        self.meanwhile(2, only=(self.learn, self.attack))
        play.send()
        run = play.page().run
        play.move_to(datetime.combine(run.disposition_on, time(6), DENMARK))
        play.driver.settle()
        self.attack()
        play.move_to(
            receipt_expected_by(run.disposition_on, calendar=play.core.env.calendar)
            + timedelta(minutes=1)
        )
        play.driver.settle()
        play.try_rejected_again()
        while play.work("run.differences", {"note": "Set."}, play.finance):
            pass

    def skip_to_the_bank(self) -> None:
        self.done.append("edited")
        for name in ("runs.send", "runs.post", "runs.report", "runs.end"):
            try:
                with self.world.core.env.uow(HERE) as uow:
                    self.step(name, self.world.core.env.context(uow), run_id=self.play.run_id)
                    uow.commit()
            except (CoreError, DBAPIError):
                self.refused += 1
        self.world.driver.settle()

    # ---- what is claimed back ------------------------------------------------------------

    def claim_back(self) -> None:
        """Let somebody decide, with another's approval, to claim what was paid too much."""
        core = self.world.core
        for person in self.play.people:
            with core.env.uow(HERE) as uow:
                ctx = core.env.context(uow)
                case = uow.cases.of_person(person.cpr)[0]
                party_id = case.primary_party.id
                paid = repayments.paid_months(ctx, case.id, party_id)
                months = tuple(
                    ClaimMonth(each.month, each.paid, each.too_much)
                    for each in paid
                    if each.too_much
                )
                calculation = uow.calculations.latest(case.id)
                if months and calculation is not None:
                    self.decide_claim(uow, ctx, case, months, calculation.id)
                    uow.commit()

    def decide_claim(
        self, uow: Any, ctx: Any, case: Any, months: tuple[ClaimMonth, ...], calculation_id: str
    ) -> None:
        matter = Matter(
            id=ctx.new_id(),
            case_id=case.id,
            party_id=case.primary_party.id,
            kind=MatterKind.REPAYMENT,
            cause="Der er udbetalt for meget.",
            raised_by="karin",
            raised_at=ctx.now,
        )
        claim = RepaymentBasis(
            ClaimFacts(Ground.BAD_FAITH, withheld_information=True), months, "Set i sagen."
        )
        basis = Basis(
            id=ctx.new_id(),
            matter_id=matter.id,
            case_id=case.id,
            calculation_id=calculation_id,
            amount=claim.amount,
            is_adverse=True,
            legal_basis=(claim.law,),
            body=to_body(claim),
            made_by="karin",
            made_at=ctx.now,
        )
        proposal = MatterProposal(
            id=ctx.new_id(),
            matter_id=matter.id,
            basis_id=basis.id,
            case_id=case.id,
            reasoning="Oplysninger er fortiet.",
            hearing_id=None,
            hearing_exception=EXCEPTION,
            proposed_by="karin",
            proposed_at=ctx.now,
        )
        uow.matters.add(matter)
        uow.matters.add_basis(basis)
        uow.matters.save_proposal(proposal)
        approved = matters.approve(proposal, by="lars", contributors=(), at=ctx.now)
        uow.matters.save_proposal(approved)
        decision = matters.issue(
            matter,
            approved,
            basis,
            decision_id=ctx.new_id(),
            number=matters.number_after(case.number, MatterKind.REPAYMENT, 0),
            appeal_instruction="Du kan klage.",
            contributors=(),
            at=ctx.now,
        )
        uow.matters.add_decision(decision)
        uow.matters.mark_sent(decision.id, ctx.now)
        self.done.append("claim")

    # ---- what must hold ------------------------------------------------------------------

    def rows(self, statement: str) -> list[Any]:
        with self.world.core.env.uow(HERE) as uow:
            return list(uow.session.execute(text(statement)))  # type: ignore[attr-defined]

    def owed(self) -> Iterator[tuple[str, Month, Money, Money]]:
        """Yield what every person should have for each month, by recalculation, and claims."""
        core = self.world.core
        for person in self.play.people:
            with core.env.uow(HERE) as uow:
                ctx = core.env.context(uow)
                case = uow.cases.of_person(person.cpr)[0]
                application = uow.cases.application_of_case(case.id)
                party_id = case.primary_party.id
                facts = uow.facts.of_case(case.id)
                sent = [each for each in uow.decisions.of_case(case.id) if each.sent_at]
                claimed = {
                    each.month: each.claimed
                    for each in repayments.paid_months(ctx, case.id, party_id)
                }
                for month in self.settled:
                    covering = [
                        each
                        for each in sent
                        if any(line.from_month <= month for line in each.lines)
                    ]
                    newest = max(covering, key=lambda each: each.issued_at)
                    known_at = uow.calculations.get(newest.calculation_id).known_at
                    since = min(
                        line.from_month for line in newest.lines if line.party_id == party_id
                    )
                    # The month the decision's own amount was worked out for.
                    from_month = max(
                        line.from_month for line in newest.lines if line.from_month <= month
                    )
                    made = assess(
                        application,
                        case,
                        Facts.as_known(facts, known_at),
                        rates=ctx.rates,
                        rules=ctx.rules,
                        months=(from_month,),
                        calculation_id="igen",
                        made_at=known_at,
                        since=min(since, FIRST_PAID).first_day,
                    )
                    (mine,) = made.of(party_id)
                    yield party_id, month, mine.gross or Money(0), claimed.get(month, Money(0))

    def check(self) -> None:
        assert self.rows(LOWER_THAN_DECIDED) == []
        assert self.rows(COMES_OFF) == []
        paid = {
            (str(party_id), Month.of(month)): Money(int(oere or 0))
            for party_id, month, oere in self.rows(BALANCE)
        }
        for party_id, month, owed, claimed in self.owed():
            found = paid.get((party_id, month), Money(0)) - claimed
            assert found == owed, (self.seed, party_id, str(month), found, owed, self.done)


def months_to(first: Month, last: Month) -> tuple[Month, ...]:
    months = [first]
    while months[-1] < last:
        months.append(months[-1].next())
    return tuple(months)


def a_history(world: World, seed: int, *, citizens: int, months: int) -> History:
    history = History(world, seed, citizens, months)
    history.run()
    history.check()
    return history


@pytest.mark.parametrize("seed", range(3))
def test_nobody_is_paid_less_than_decided_and_everything_adds_up(world: World, seed: int) -> None:
    history = a_history(world, seed, citizens=6, months=3)

    # Else the history would show little.
    assert history.refused >= 3
    assert "decide" in history.done


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 140))
def test_the_same_over_longer_histories_of_more_people(world: World, seed: int) -> None:
    a_history(world, seed, citizens=14, months=7)
