"""Works cases through the core as the right people would, for the demo and its stories.

Answers forms with domain values and claims rows like a worker does; it writes nothing by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from app.wiring import Core
from processes.domain.access import Actor
from processes.domain.cases import PartyRole
from processes.domain.errors import OutsideError
from processes.domain.facts import FactAnswer, FactKind, FactStatus, FactValue
from processes.domain.money import Money
from processes.domain.periods import danish_day
from processes.ports.pages import TaskPage
from processes.ports.records import TaskState, UserTask

BATCH = 20

Values = Mapping[str, object]
Answer = Callable[[TaskPage], Values]


@dataclass(frozen=True)
class Team:
    """Who works: one person a role, so that the approver is none of the others (hold)."""

    caseworker: Actor
    approver: Actor
    team_lead: Actor
    finance: Actor

    def for_role(self, role: str) -> Actor:
        """Return who takes a task of a role."""
        return {
            "caseworker": self.caseworker,
            "approver": self.approver,
            "team_lead": self.team_lead,
            "finance": self.finance,
        }[role]


class Driver:
    """Works tasks until a case rests (gennemspiller)."""

    def __init__(
        self,
        core: Core,
        team: Team,
        *,
        tell: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self.core = core
        self.team = team
        self.tell = tell

    def settle(self) -> None:
        """Do what a worker does, until nothing is due."""
        it = self.core
        while True:
            worked = 0
            for kind, act in (
                ("outbox", it.relay.deliver),
                ("jobs", it.control.run_job),
                ("timers", it.control.fire_timer),
            ):
                for claim in it.claims_due(kind, limit=BATCH):
                    act(claim)
                    worked += 1
            if not worked and not self._fetch_receipts():
                return

    def _fetch_receipts(self) -> int:
        try:
            return self.core.intake.fetch_receipts() + self.core.intake.fetch_claim_movements()
        except OutsideError:
            # As for a worker: the next round asks again.
            return 0

    def open_tasks(self, case_id: str) -> list[UserTask]:
        """Return the tasks of a case that somebody must do.

        Read without the pages: nobody has looked at the case, so nobody shall be noted for it.
        """
        with self.core.env.uow(self.team.caseworker.municipality_id) as uow:
            tasks = uow.processes.tasks_of_case(case_id)
        return [task for task in tasks if task.state is TaskState.OPEN]

    def rest(self, case_id: str) -> list[UserTask]:
        """Work rows until nothing is due; return what people must do then."""
        self.settle()
        return self.open_tasks(case_id)

    def work(self, case_id: str, answers: Mapping[str, Answer], *, until: str = "") -> None:
        """Work every task of a case that has an answer, stopping before the form `until`."""
        while True:
            todo = [
                task
                for task in self.rest(case_id)
                if task.form_key in answers and task.form_key != until
            ]
            if not todo:
                return
            task = todo[0]
            by = self.team.for_role(task.role)
            self.tell(f"{by.name} åbner opgaven «{task.name}»")
            page = self.core.inbox.open(task.id, by)
            self.core.inbox.claim(task.id, by)
            self.core.inbox.complete(task.id, answers[task.form_key](page), by)


# ---- what people usually answer -----------------------------------------------------------------


def answer(party_id: str, kind: FactKind, value: FactValue) -> FactAnswer:
    """Return an answer with a value."""
    return FactAnswer(party_id, kind, FactStatus.VALUE, value)


def assess(*, text: str, discretion: bool = True, **overrides: FactValue) -> Answer:
    """Assess: the applicant meets every condition, unless a fact kind's name says otherwise.

    `overrides` are fact kinds by lower-case name, for every adult: `single=False`.
    """
    usual: dict[FactKind, FactValue] = {
        FactKind.SOCIAL_EVENT: "ledig",
        FactKind.CANNOT_SUPPORT: True,
        FactKind.OTHER_BENEFIT_COVERS: False,
        FactKind.LAWFUL_STAY: True,
        FactKind.AVAILABLE: True,
        FactKind.RESIDENCE_MET: True,
        FactKind.WORK_MET: True,
        FactKind.ACTIVITY_READY: False,
        FactKind.SINGLE: True,
        FactKind.EXTRA_CHILD_SUBSIDY: True,
        FactKind.LIVES_WITH_PARENTS: False,
        FactKind.WEALTH: Money(0),
        FactKind.WORK_INCOME: Money(0),
        FactKind.OTHER_INCOME: Money(0),
        FactKind.SPOUSE_ON_OTHER_BENEFIT: False,
    }
    chosen = usual | {FactKind[name.upper()]: value for name, value in overrides.items()}

    def values(page: TaskPage) -> Values:
        adults = [
            party
            for party in page.case.parties
            if party.role in {PartyRole.PRIMARY, PartyRole.SPOUSE}
        ]
        return {
            "answers": tuple(
                answer(party.id, kind, value) for party in adults for kind, value in chosen.items()
            ),
            "discretion": discretion,
            "text": text,
        }

    return values


def propose(reasoning: str, *, hearing_exception: str = "") -> Answer:
    """Propose what was calculated."""

    def values(page: TaskPage) -> Values:
        calculation = page.calculation
        return {
            "choice": "propose",
            "hear_first": False,
            "reassess": False,
            "reasoning": reasoning,
            "legal_basis": () if calculation is None else calculation.paragraphs,
            "repayment_condition": "",
            "hearing_exception": hearing_exception,
        }

    return values


def approve(_page: TaskPage) -> Values:
    """Approve."""
    return {"approved": True, "reason": ""}


def tax_card(*, rate: int, deduction: str) -> Answer:
    """Type in a main card (hovedkort) that was seen."""

    def values(page: TaskPage) -> Values:
        application = page.application
        if application is None:
            raise LookupError("a task without an application has no tax card")
        adults = [
            party
            for party in page.case.parties
            if party.role is PartyRole.PRIMARY
            or (party.role is PartyRole.SPOUSE and application.applies_jointly)
        ]
        return {
            "answers": tuple(
                each
                for party in adults
                for each in (
                    answer(party.id, FactKind.TAX_CARD_KIND, "hovedkort"),
                    answer(party.id, FactKind.TAX_CARD_RATE, rate),
                    answer(party.id, FactKind.TAX_CARD_DEDUCTION, Money.kroner(deduction)),
                )
            ),
            "source": "Skattekort vist af borgeren",
            "evidence": f"Forskudsopgørelse {application.requested_from.year}, set i original",
            "valid_from": application.requested_from.replace(day=1),
        }

    return values


def prepare_hearing(page: TaskPage) -> Values:
    """Send the hearing as drafted."""
    return {
        "statement": page.statement_draft,
        "hearing_days": 14,
        "facts_unknown_to_party": True,
    }


def conclude_hearing(conclusion: str, *, changes_facts: bool = False) -> Answer:
    """Conclude a hearing."""

    def values(_page: TaskPage) -> Values:
        return {"conclusion": conclusion, "changes_facts": changes_facts}

    return values


# ---- help until the first payment ---------------------------------------------------------------


def help_now(
    reasoning: str, *, amount: str | None, needs: str = "", payout: str = "nemkonto"
) -> Answer:
    """Assess the need until the first payment: a grant of an amount, or none."""

    def values(page: TaskPage) -> Values:
        if page.help_now is None:
            raise LookupError("a task about help now without the question")
        return {
            "choice": "afslaa" if amount is None else "bevilg",
            "means": Money(0),
            "needs": needs,
            "until_on": page.help_now.until_on,
            "amount": None if amount is None else Money.kroner(amount),
            "payout": payout,
            "reasoning": reasoning,
        }

    return values


def help_not_needed(said: str) -> Answer:
    """Note that the citizen says it is not needed after all."""

    def values(page: TaskPage) -> Values:
        return {
            "choice": "ikke_noedvendig",
            "means": None,
            "needs": "",
            "until_on": danish_day(page.task.created_at),
            "amount": None,
            "payout": "nemkonto",
            "reasoning": said,
        }

    return values


def pay_otherwise(*, way: str, reference: str, note: str) -> Answer:
    """Hand the money over, or try the account again."""

    def values(_page: TaskPage) -> Values:
        return {"way": way, "reference": reference, "note": note}

    return values


# ---- deadlines ----------------------------------------------------------------------------------


def delay_reason(reason: str, *, new_deadline_on: date) -> Answer:
    """Write why the deadline is not kept, and the new day."""

    def values(_page: TaskPage) -> Values:
        return {"choice": "forsinket", "reason": reason, "new_deadline_on": new_deadline_on}

    return values


def note_passed(note: str) -> Answer:
    """Say what the team lead does about a deadline nobody wrote a reason for."""

    def values(_page: TaskPage) -> Values:
        return {"note": note}

    return values
