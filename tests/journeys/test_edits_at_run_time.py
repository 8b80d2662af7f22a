"""Whatever a diagram says, nothing adverse is done to a citizen without person, hearing and letter.

Diagrams are changed at random and put into use, behind the gate's back when the gate refuses them,
and a case is worked by people who answer anything: real steps, real rows, every register over
HTTP. A case may stand still; it may not end in harm. What harm is, is written down here once more
and shares nothing with the safeguards.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from app.local import demo
from app.local.driver import (
    Answer,
    Driver,
    approve,
    assess,
    conclude_hearing,
    prepare_hearing,
    propose,
    tax_card,
)
from app.wiring import Core
from integrations.simulator import scenarios
from integrations.simulator.server import Running
from processes.domain.calculation import Outcome
from processes.domain.errors import CoreError
from processes.domain.hearings import HearingState
from processes.domain.letters import Letter
from processes.domain.money import Money
from processes.domain.payments import PaymentState
from processes.engine.definitions import parse_bundle
from processes.engine.findings import DeploymentError
from processes.operations.deployment import Files
from processes.ports.gateways import RenderedLetter
from processes.ports.pages import CasePage
from processes.ports.records import Claim, LetterState, ProcessDefinition, UserTask
from tests.bpmn import shipped
from tests.bpmn.edits import KINDS, Edit
from tests.bpmn.test_edits import changed, gate
from tests.database import Database
from tests.fakes.clock import FrozenClock
from tests.journeys.conftest import MORNING

EXAMPLES, EXAMPLES_LONG = 15, 500
ACTS = 22
AT_WORK = 0.85
"""How often somebody does a task, rather than time going by."""
USUAL = 0.4
"""How often the usual answer is given, so that cases come to decisions and payments too."""
BATCH, ROUNDS = 20, 6
APPLICANTS = ("anna", "ulla", "jonas", "bo")
ADVERSE = {Outcome.REFUSED, Outcome.PARTIAL}
LEAST_WORDS = 20
BROKEN = (CoreError, DBAPIError, LookupError, TypeError, ValueError, AttributeError)
"""What an edited diagram may make a step stumble over; the transaction is undone each time."""

numbers = st.integers(0, 100_000)
one_edit = st.builds(Edit, st.sampled_from(sorted(KINDS)), numbers, numbers)
bundles_of_edits = st.dictionaries(
    st.sampled_from(sorted(shipped.files())),
    st.lists(one_edit, min_size=1, max_size=3),
    min_size=1,
    max_size=3,
)


class Blank:
    """A renderer that is quick: what a letter looks like is no matter here."""

    def render(self, _letter: Letter) -> RenderedLetter:
        """Return no more than a beginning."""
        pdf = b"%PDF-1.7"
        return RenderedLetter(pdf, hashlib.sha256(pdf).hexdigest())


class Careless:
    """People who answer anything, and a worker that stumbles and goes on (sjuskefejl)."""

    def __init__(self, core: Core, clock: FrozenClock, chance: Random) -> None:
        self.core, self.clock, self.chance = core, clock, chance
        self.driver = Driver(core, demo.team(core))
        self.case_id = ""

    def work(self, who: str) -> None:
        """Apply, and let anything happen for a while."""
        self.core.intake.deliver(demo.delivered(who, submitted_at=self.clock.now()))
        cpr = scenarios.load("demo").applications[who]["applicant_cpr"]
        (case,) = self.core.cases.search(cpr, self.driver.team.caseworker)
        self.case_id = case.id
        self.settle()
        for _ in range(ACTS):
            tasks = [
                task for task in self.driver.open_tasks(self.case_id) if task.form_key in ANSWERS
            ]
            if tasks and self.chance.random() < AT_WORK:
                self.answer(self.chance.choice(tasks))
            else:
                self.clock.forward(timedelta(days=self.chance.choice((1, 3, 16, 30))))
            self.settle()

    def answer(self, task: UserTask) -> None:
        """Do a task, as the role it asks for, with any of the answers there are."""
        by = self.driver.team.for_role(task.role)
        usual, *_ = answers = ANSWERS[task.form_key]
        how = usual if self.chance.random() < USUAL else self.chance.choice(answers)
        with suppress(*BROKEN):
            page = self.core.inbox.open(task.id, by)
            self.core.inbox.claim(task.id, by)
            self.core.inbox.complete(task.id, how(page), by)

    def settle(self) -> None:
        """Do what a worker does: a row that cannot be worked is somebody's, and the next is taken.

        No further than a worker comes in a while: a diagram may well go in rounds.
        """
        it = self.core
        acts: tuple[tuple[str, Callable[[Claim], None], Callable[[Claim, Exception], None]], ...]
        acts = (
            ("outbox", it.relay.deliver, it.relay.broke),
            ("jobs", it.control.run_job, it.control.job_broke),
            ("timers", it.control.fire_timer, it.control.timer_broke),
        )
        for _ in range(ROUNDS):
            worked = 0
            for kind, act, broke in acts:
                for claim in it.claims_due(kind, limit=BATCH):
                    worked += 1
                    try:
                        act(claim)
                    except BROKEN as error:
                        broke(claim, error)
            with suppress(*BROKEN):
                worked += it.intake.fetch_receipts()
            if not worked:
                return


SURE = "Oplysningen er partens egen og til gunst for parten."
ANSWERS: Mapping[str, tuple[Answer, ...]] = {
    "casework.assess": (
        assess(text="Opfyldt."),
        assess(text="Opfyldt, uden skøn.", discretion=False),
        assess(text="Formuen er for stor.", wealth=Money.kroner("64000"), discretion=False),
        assess(text="Formuen er for stor.", wealth=Money.kroner("64000")),
    ),
    "casework.prepare_hearing": (
        prepare_hearing,
        lambda page: {**prepare_hearing(page), "facts_unknown_to_party": False},
    ),
    "casework.hearing_reply": (conclude_hearing("Svaret er set."),),
    "casework.hearing_lapsed": (
        conclude_hearing("Intet svar."),
        conclude_hearing("Vurdér igen.", changes_facts=True),
    ),
    "decision.propose": (
        propose("Se vurderingen i sagen."),
        propose("Se vurderingen i sagen."),
        propose(""),
        propose("Se vurderingen i sagen.", hearing_exception="nej"),
        propose("Se vurderingen i sagen.", hearing_exception=SURE),
        lambda page: {**propose("")(page), "hear_first": True},
        lambda page: {**propose("")(page), "reassess": True},
    ),
    "decision.approve": (
        approve,
        approve,
        lambda _page: {"approved": False, "reason": "Skriv mere."},
    ),
    "payment.tax_card": (tax_card(rate=38, deduction="4358"),),
    "payment.rejected": (lambda _page: {"cause": "andet", "note": "Prøv igen."},),
    "payment.no_receipt": (lambda _page: {"note": "Banken er spurgt."},),
    "post.undelivered": (lambda _page: {"cause": "proev_igen", "note": "Ny adresse."},),
}


# ---- what harm is -------------------------------------------------------------------------------


def harm_in(page: CasePage, core: Core, bank: list[Mapping[str, object]]) -> Iterator[str]:
    """Yield everything that was done to the citizens of a case and must not be."""
    with core.env.uow(page.case.municipality_id) as uow:
        calculations = {
            each.id: uow.calculations.get(each.calculation_id).outcome for each in page.decisions
        }
        proposals = {each.id: uow.decisions.proposal(each.proposal_id) for each in page.decisions}
    people = {user for user, _, _ in demo.STAFF}
    for decision in page.decisions:
        proposer = proposals[decision.id].proposed_by
        adverse = {decision.outcome, calculations[decision.id]} & ADVERSE
        if proposer not in people and decision.outcome is not Outcome.GRANTED:
            yield f"{decision.outcome} foreslået af {proposer}"
        if decision.outcome is not calculations[decision.id]:
            yield f"{decision.outcome}, men beregnet {calculations[decision.id]}"
        if decision.approved_by == proposer:
            yield "godkendt af den, der foreslog"
        if adverse and not decision.reasoning.strip():
            yield f"{decision.outcome} uden begrundelse"
        heard = any(
            hearing.id == decision.hearing_id
            and hearing.state is HearingState.CONCLUDED
            and hearing.sent_at is not None
            and hearing.sent_at <= decision.issued_at
            and hearing.conclusion
            for hearing in page.hearings
        )
        if adverse and not heard and len(decision.hearing_exception.strip()) < LEAST_WORDS:
            yield f"{decision.outcome} uden partshøring"
    yield from _harm_by_money(page, bank)


def _harm_by_money(page: CasePage, bank: list[Mapping[str, object]]) -> Iterator[str]:
    decisions = {each.id: each for each in page.decisions}
    told = {
        (letter.record.subject_id, letter.record.party_id)
        for letter in page.letters
        if letter.record.state is LetterState.DELIVERED
    }
    for row in page.payments:
        decision = decisions.get(row.line.decision_id)
        if decision is None or decision.sent_at is None:
            yield f"{row.line.net.danish()} uden en afgørelse, der er sendt"
            continue
        if (decision.id, row.line.party_id) not in told:
            yield f"{row.line.net.danish()} til en, der ikke har fået brev"
        decided = [
            each.amount
            for each in decision.lines
            if each.party_id == row.line.party_id and each.from_month <= row.line.month
        ]
        if row.line.gross not in decided:
            yield f"{row.line.gross.danish()}, men der er afgjort {decided}"
    settled = [
        (row.line.party_id, row.line.month, row.line.decision_id)
        for row in page.payments
        if row.state is PaymentState.SETTLED
    ]
    if len(settled) != len(set(settled)):
        yield "den samme måned er udbetalt to gange"
    if len(bank) > len(page.payments):
        yield "banken har fået mere, end der er bestilt"


# ---- the property -------------------------------------------------------------------------------


def deploy(core: Core, files: Files) -> bool:
    """Put a bundle into use, behind the gate's back when the gate refuses it; tell if it can be."""
    if not gate(files):
        core.deployment.deploy(files, by="peter")
        event("through the gate")
        return True
    try:
        main = parse_bundle(files, key=shipped.MAIN)
    except DeploymentError:
        event("cannot be run at all")
        return False
    event("behind the gate's back")
    with core.env.uow(demo.MUNICIPALITY.id) as uow:
        uow.definitions.add(
            ProcessDefinition(
                id=0,
                key=main.key,
                version=2,
                name=main.name,
                digest=main.digest,
                bundle=dict(main.files),
                valid_from=core.clock.today(),
                deployed_by="peter",
                deployed_at=core.clock.now(),
                start_message="application-received",
            )
        )
        uow.commit()
    return True


Play = Callable[[Mapping[str, list[Edit]], Random, str], list[str]]


@pytest.fixture
def play(make_core: Callable[..., Core], registers: Running, database: Database) -> Play:
    """Play one case on edited diagrams; return the harm that was done."""
    clock = FrozenClock(MORNING)
    core = make_core(registers, clock)
    core.env.gateways = replace(core.env.gateways, renderer=Blank())

    def played(edits: Mapping[str, list[Edit]], chance: Random, who: str) -> list[str]:
        database.empty()
        registers.simulator.effects.forget()
        clock.moment = MORNING
        demo.load_setup(core)
        if not deploy(core, changed(edits)):
            return []
        people = Careless(core, clock, chance)
        people.work(who)
        page = core.cases.page(people.case_id, people.driver.team.caseworker)
        for decision in page.decisions:
            event(f"decided: {decision.outcome}")
        if page.payments:
            event("paid")
        bank = [each.content for each in registers.simulator.effects.of("nemkonto")]
        return list(harm_in(page, core, bank))

    return played


QUIET = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
Chances = st.randoms(use_true_random=False)


@given(bundles_of_edits, Chances, st.sampled_from(APPLICANTS))
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=QUIET)
def test_no_edited_diagram_and_no_careless_person_harms_a_citizen(
    play: Play, edits: dict[str, list[Edit]], chance: Random, who: str
) -> None:
    assert play(edits, chance, who) == []


@pytest.mark.long
@given(bundles_of_edits, Chances, st.sampled_from(APPLICANTS))
@settings(max_examples=EXAMPLES_LONG, deadline=None, suppress_health_check=QUIET)
def test_no_edited_diagram_and_no_careless_person_harms_a_citizen_at_length(
    play: Play, edits: dict[str, list[Edit]], chance: Random, who: str
) -> None:
    assert play(edits, chance, who) == []
