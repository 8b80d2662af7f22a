"""Whatever is killed, and whenever: one decision, one payment, one letter, and nothing lost.

Each seed is one short journey over HTTP – a form delivered by SF2900, worked by a caseworker and an
approver, paid and posted – with one process killed at a moment the seed chooses.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar
from uuid import UUID

import pytest
import requests
from sqlalchemy.exc import DBAPIError

from app.local import demo
from app.local.installation import offset_of_demo
from app.wiring import Core, build_core
from integrations import distribution
from integrations.simulator import scenarios
from integrations.simulator.deliveries import delivery
from processes.domain.cases import CaseState
from processes.domain.payments import PaymentState
from processes.ports.pages import CasePage
from processes.ports.records import LetterState, TaskState, UserTask
from tests.journeys.people import AWAY, Person
from tests.journeys.stack import Stack, running_stack

T = TypeVar("T")
VICTIMS = ("worker", "web", "database")
LONGEST_JOURNEY_SECONDS = 90.0
ANSWERS = {
    "casework.assess": {
        "cannot_support": "ja",
        "other_benefit_covers": "nej",
        "available": "ja",
        "lawful_stay": "ja",
        "activity_ready": "nej",
        "single": "ja",
        "extra_child_subsidy": "nej",
        "other_income": "0",
        "discretion": "ja",
        "text": "Betingelserne er opfyldt.",
    },
    "decision.propose": {
        "choice": "propose",
        "reasoning": "Du er blevet ledig og kan ikke forsørge dig selv.",
    },
    "decision.approve": {"approval": "approved"},
    "payment.tax_card": {
        "source": "eSkattekort",
        "evidence": "eSkattekort hentet 02.03.2026.",
        "valid_from": "01.03.2026",
        "tax_card_kind": "hovedkort",
        "tax_card_rate": "38",
        "tax_card_deduction": "4.358,00",
    },
}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One installation for all the kills."""
    home = tmp_path_factory.mktemp("kills")
    with running_stack(home, clock_offset_seconds=offset_of_demo()) as stack:
        core = build_core(stack.settings)
        demo.load_setup(core)
        core.close()
        stack.control("settle", {"on_the_day": False})
        yield stack


class Journey:
    """One application from form to payment, by people who do not give up (rejse)."""

    def __init__(self, stack: Stack, core: Core, seed: int) -> None:
        self.stack = stack
        self.core = core
        self.application_id = str(UUID(int=seed + 1, version=4))
        self.people = {
            "caseworker": Person(stack.web_url, "mette", "999-caseworker", stack.revive),
            "approver": Person(stack.web_url, "karin", "999-approver", stack.revive),
        }
        self.reader = demo.team(core).caseworker
        self.case_id = ""
        self.deadline = time.monotonic() + LONGEST_JOURNEY_SECONDS

    def run(self) -> CasePage:
        """Deliver the form and do every task that appears, until the process has ended."""
        self._patiently(self._deliver)
        self.case_id = self._patiently(self._find)
        while (todo := self._patiently(self._look)) != []:
            for task in todo:
                self.people[task.role].work(task.id, ANSWERS[task.form_key])
        return self._patiently(lambda: self.core.cases.page(self.case_id, self.reader))

    def _patiently(self, act: Callable[[], T | None]) -> T:
        """Do something until it gives an answer; machines that are dead are started meanwhile."""
        while True:
            self.stack.revive()
            try:
                answer = act()
            except (DBAPIError, *AWAY):
                answer = None
            if answer is not None:
                return answer
            assert time.monotonic() < self.deadline, "the journey did not come to an end"
            time.sleep(0.05)

    def _deliver(self) -> bool | None:
        """Hand the form in; None until somebody says that it is received."""
        form = distribution.application_form(
            {
                **scenarios.load("demo").applications["anna"],
                "application_id": self.application_id,
                "submitted_at": "2026-03-02T08:00:00+01:00",
            }
        )
        answer = requests.post(
            f"{self.stack.web_url}/indgang/sf2900",
            data=delivery(
                form, municipality_cvr=demo.MUNICIPALITY.cvr, form_id=self.application_id
            ),
            headers={"Content-Type": "text/xml"},
            timeout=10,
        )
        return True if answer.ok else None

    def _find(self) -> str:
        with self.core.env.uow(demo.MUNICIPALITY.id) as uow:
            application = uow.cases.application_by_message("sf2900", self.application_id)
        assert application is not None, "an application that was received is nowhere"
        return application.case_id

    def _look(self) -> list[UserTask] | None:
        """Return what people must do; nothing left is the end, None is "not yet"."""
        with self.core.env.uow(demo.MUNICIPALITY.id) as uow:
            instances = uow.processes.instances_of_case(self.case_id)
            tasks = uow.processes.tasks_of_case(self.case_id)
        todo = [task for task in tasks if task.state is TaskState.OPEN]
        is_over = bool(instances) and instances[0].ended_at is not None
        return todo if todo or is_over else None


def kill_at_random(stack: Stack, core: Core, seed: int, *, within_seconds: float) -> CasePage:
    """Run one journey with one kill somewhere in it."""
    dice = random.Random(seed)  # noqa: S311 – the same seed, the same kill
    victim = VICTIMS[seed % len(VICTIMS)]
    pause = dice.uniform(0.0, within_seconds)
    killer = threading.Timer(pause, stack.kill, [victim])
    killer.start()
    try:
        return Journey(stack, core, seed).run()
    finally:
        killer.join()
        # The kill may have come after the last step: what is counted next must be up.
        stack.revive()


def check(page: CasePage, stack: Stack) -> None:
    """Hold the final state against what must be true whatever happened on the way."""
    (decision,) = page.decisions
    (payment,) = page.payments
    (letter,) = page.letters
    (voucher,) = page.vouchers
    assert page.case.state is CaseState.CARRIED_OUT
    assert page.instances[0].instance.end_element == "end_granted"
    assert not page.incidents
    assert decision.sent_at is not None
    assert payment.state is PaymentState.SETTLED
    assert payment.line.net.oere == 1_046_100
    assert letter.record.state is LetterState.DELIVERED
    assert sum(int(str(entry["amount_oere"])) for entry in voucher.entries) == 0
    effects = stack.effects()
    assert effects["nemkonto"][f"payment:{payment.line.id}"] == 1
    assert effects["oekonomi"][f"voucher:{voucher.id}"] == 1
    assert effects["digital_post"][f"letter:{letter.record.id}:0"] == 1


def run_seeds(stack: Stack, seeds: range, *, within_seconds: float) -> None:
    """Run seeded kills one after another, and count all effects at the end."""
    core = build_core(stack.settings)
    try:
        pages = []
        for seed in seeds:
            page = kill_at_random(stack, core, seed, within_seconds=within_seconds)
            check(page, stack)
            pages.append(page)
        accepted = stack.effects()
        ours = {f"payment:{row.line.id}" for page in pages for row in page.payments}
        assert len(ours) == len(seeds)
        assert ours <= set(accepted["nemkonto"])
        for service in ("nemkonto", "oekonomi", "digital_post"):
            # Nothing the registers accepted is unknown to us: one effect a case, no more.
            assert len(accepted[service]) == _cases(core), service
    finally:
        core.close()


def _cases(core: Core) -> int:
    with core.env.uow(demo.MUNICIPALITY.id) as uow:
        return len(uow.cases.of_person("7205911142"))


def test_ten_kills_always_end_the_same(stack: Stack) -> None:
    run_seeds(stack, range(10), within_seconds=4.0)


@pytest.mark.long
def test_two_hundred_kills_always_end_the_same(stack: Stack) -> None:
    run_seeds(stack, range(1000, 1200), within_seconds=4.0)
