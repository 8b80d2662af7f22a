"""Whatever is killed during a monthly run, everybody is paid once, and everything agrees.

A town with running help, a run whose days have come, and processes that are killed at random while
it is frozen, calculated, sent, posted, reported and reconciled. People do their tasks meanwhile.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import DBAPIError

from app.local import demo, town
from app.wiring import Core, build_core
from processes.domain.access import Actor
from processes.domain.errors import ConflictError
from processes.domain.periods import Month
from processes.domain.runs import Verdict
from processes.ports.records import TaskState, UserTask
from processes.ports.runs import RunPage
from tests.journeys.stack import Stack, running_stack

T = TypeVar("T")
VICTIMS = ("worker", "database", "web")
HERE = demo.MUNICIPALITY.id
THE_DAYS_HAVE_COME = datetime(2026, 3, 27, 15, 30, tzinfo=ZoneInfo("Europe/Copenhagen"))
PATIENCE_SECONDS = 120.0
NO_CARD_EVERY = 100
NOTE = "Set efter og i orden."
ANSWERS: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "run.blockers": ("finance", {"note": NOTE}),
    "run.escalated": ("team_lead", {"note": NOTE}),
    "run.review": ("finance", {"note": NOTE}),
    "run.approve": ("team_lead", {"approved": True, "reason": ""}),
    "run.differences": ("finance", {"note": NOTE}),
    "run.vouchers": ("finance", {"note": NOTE}),
}


@pytest.fixture
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One installation, whose clock stands where a run of March has everything to do at once."""
    home = tmp_path_factory.mktemp("run-kills")
    now = datetime.now(UTC)  # noqa: TID251 – how far the installation's clock is from the machine's
    offset = (THE_DAYS_HAVE_COME - now).total_seconds()
    with running_stack(home, clock_offset_seconds=offset) as stack:
        stack.control("settle", {"on_the_day": False})
        yield stack


class People:
    """Finance and a team lead, who do not give up because a machine is away."""

    def __init__(self, stack: Stack, core: Core) -> None:
        self.stack, self.core = stack, core
        team = demo.team(core)
        self.by_role: dict[str, Actor] = {"finance": team.finance, "team_lead": team.team_lead}
        self.run_id = ""
        self.deadline = time.monotonic() + PATIENCE_SECONDS

    def patiently(self, act: Callable[[], T | None]) -> T:
        """Do something until it gives an answer; machines that are dead are started meanwhile."""
        while True:
            self.stack.revive()
            try:
                answer = act()
            except DBAPIError:
                answer = None
            if answer is not None:
                return answer
            assert time.monotonic() < self.deadline, "the run did not come to an end"
            time.sleep(0.05)

    def run(self) -> RunPage:
        """Plan the run, and do every task that comes, until it is reconciled."""
        march = Month(2026, 3)
        self.run_id = self.patiently(lambda: self.core.runs.plan(march, self.by_role["finance"]))
        while (page := self.patiently(self.page)).run.ended_at is None:
            for task in self.patiently(self.tasks):
                self.patiently(lambda task=task: self.work(task))  # type: ignore[misc]
            assert time.monotonic() < self.deadline, page.phases
            time.sleep(0.05)
        return page

    def page(self, which: str = "bemaerket") -> RunPage:
        """Return the run as finance sees it."""
        return self.core.runs.page(self.run_id, self.by_role["finance"], which=which)

    def tasks(self) -> list[UserTask]:
        """Return what people must do in the run."""
        with self.core.env.uow(HERE) as uow:
            found = uow.processes.tasks_of_case(uow.runs.get(self.run_id).case_id)
        return [task for task in found if task.state is TaskState.OPEN]

    def work(self, task: UserTask) -> bool:
        """Do one task; one that somebody has done, or that is withdrawn, is done."""
        role, values = ANSWERS[task.form_key]
        by = self.by_role[role]
        if task.form_key == "run.review":
            for item in self.page(which="aabne").items:
                self.core.runs.rule(item.line.id, Verdict.HELD, NOTE, by)
        try:
            self.core.inbox.complete(task.id, values, by)
        except ConflictError:
            return True
        return True


def kill_now_and_then(stack: Stack, seed: int, kills: int, over: threading.Event) -> list[str]:
    """Kill somebody at random moments, until that many were killed or the run is over."""
    dice = random.Random(seed)  # noqa: S311 – the same seed, the same kills
    killed = []
    for _ in range(kills):
        if over.wait(dice.uniform(0.2, 1.0)):
            break
        victim = dice.choice(VICTIMS)
        try:
            stack.kill(victim)
        except ProcessLookupError:
            # It is dead already, and nobody has started it again yet.
            continue
        killed.append(victim)
    return killed


def run_with_kills(stack: Stack, *, citizens: int, kills: int, seed: int) -> None:
    core = build_core(stack.settings)
    over = threading.Event()
    killed: list[str] = []
    try:
        demo.load_setup(core)
        people = town.inhabitants(citizens)
        stack.control("people", {"move_in": [each.moved_in for each in people]})
        town.settle_in(
            core,
            people,
            municipality_id=HERE,
            unit=demo.UNIT,
            month=Month(2026, 2),
            without_card_every=NO_CARD_EVERY,
        )
        began = time.monotonic()
        killer = threading.Thread(
            target=lambda: killed.extend(kill_now_and_then(stack, seed, kills, over))
        )
        killer.start()
        try:
            page = People(stack, core).run()
        finally:
            over.set()
            killer.join()
            stack.revive()
        seconds = time.monotonic() - began
        print(f"\n{citizens} citizens in {seconds:.1f} s, killed: {', '.join(killed)}")  # noqa: T201 – tells what happened
        check(page, stack, core, citizens)
        assert killed, "the run was over before anything was killed"
    finally:
        core.close()


def check(page: RunPage, stack: Stack, core: Core, citizens: int) -> None:
    """Hold the final state against what must be true whatever happened on the way."""
    held = -(-citizens // NO_CARD_EVERY)
    figures, agreed = page.figures, page.reconciliations[0]
    assert (figures.lines, figures.calculated, figures.held) == (citizens, citizens, held)
    assert figures.ordered == figures.settled == citizens - held
    assert agreed.differences == ()
    assert agreed.figures["paid_count"] == citizens - held
    with core.env.uow(HERE) as uow:
        assert not uow.processes.incidents()
        paid = {each.payment_id for each in uow.runs.accounted(page.run)}
    effects = stack.effects()
    assert effects["nemkonto"] == {f"payment:{each}": 1 for each in paid}
    assert effects["oekonomi"] == {f"voucher:{each}": 1 for each in paid}
    reported = {f"indberetning:{each}" for each in paid}
    assert reported <= set(effects["eindkomst_indberet"])
    assert set(effects["eindkomst_indberet"].values()) == {1}
    assert sum(
        each["amount_oere"] for each in stack.control("received")["payments"]
    ) == agreed.figures["paid_net"]  # fmt: skip


def test_five_kills_over_a_run_of_two_hundred_citizens_end_the_same(stack: Stack) -> None:
    run_with_kills(stack, citizens=200, kills=5, seed=4)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_fifty_kills_over_runs_of_a_thousand_citizens_end_the_same(stack: Stack, seed: int) -> None:
    run_with_kills(stack, citizens=1000, kills=5, seed=100 + seed)
