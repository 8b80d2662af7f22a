"""What others than finance do in the month of `./ky month`: at desks, at home, in a jobcentre.

An income nobody told of is found and heard about, somebody is away from a jobsamtale and is heard
before a sanction, and somebody agrees that the rent is paid from the help. Everything goes the way
it always does: tasks that are opened and done, letters that leave, deadlines that run.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from app.local import demo, town
from app.local.driver import Answer, Values, approve, conclude_hearing, prepare_hearing, propose
from app.wiring import Core
from processes.domain.access import Actor, Role
from processes.domain.deductions import Payee, PayeeKind
from processes.domain.hearings import HearingState
from processes.domain.money import Money
from processes.domain.money_management import Bill
from processes.domain.periods import Month
from processes.domain.recovery import ClaimFacts, Ground
from processes.ports.pages import TaskPage

LANDLORD = Payee(PayeeKind.ACCOUNT, "10010012345678", "Egekøb Boligforening")
"""Whose account is closed when it is paid first."""
RENT, MONTH = Money.kroner(4_000), Month(2026, 3)
AWAY_ON, BACK_ON = date(2026, 3, 2), date(2026, 3, 3)
EARNED = {
    "months": ["2026-02"],
    "gross": "6200.00",
    "am": "496.00",
    "atp": "33.00",
    "tax": "1400.00",
    "hours": "38.00",
}
"""What somebody earned in February and told nobody of."""


def _say(**said: object) -> Answer:
    def answered(_page: TaskPage) -> Values:
        return dict(said)

    return answered


def _plan(_page: TaskPage) -> Values:
    return {
        "is_agreed": True,
        "from_month": MONTH,
        "evidence": "Borgeren har skrevet under på aftalen den 2. marts.",
        "milder": "Budgetrådgivning er prøvet.",
        "bills": (Bill("Husleje", LANDLORD, f"Husleje {MONTH}", RENT),),
    }


def _hear(page: TaskPage) -> Values:
    if page.matter is None:
        raise LookupError("a hearing about a question has the question")
    return {
        "statement": page.matter.statement_draft,
        "hearing_days": 14,
        "facts_unknown_to_party": True,
    }


def _claim(page: TaskPage) -> Values:
    if page.matter is None:
        raise LookupError("what is assessed is a question of the case")
    return {
        "claims": True,
        "facts": ClaimFacts(
            Ground.BAD_FAITH, withheld_information=True, against_better_knowledge=True
        ),
        "months": {each.month_key: each.too_much for each in page.matter.months if each.too_much},
        "compensation": {},
        "evidence": "Borgeren er vejledt om at oplyse løn og har skrevet under på det.",
        "days_abroad": 0,
    }


ANSWERS: Mapping[str, Answer] = {
    "incomes.difference": _say(
        choice="register", work=None, other=None, conclusion="Lønsedlen er set."
    ),
    "casework.assess": _say(answers=(), discretion=True, text="Lønnen i februar regnes med."),
    "casework.prepare_hearing": prepare_hearing,
    "casework.hearing_reply": conclude_hearing("Svaret ændrer ikke oplysningerne."),
    "casework.hearing_lapsed": conclude_hearing("Borgeren har ikke svaret."),
    "decision.propose": propose("Du er hørt, og oplysningerne står ved magt."),
    "decision.approve": approve,
    "casework.overpaid": _say(note="Der er rejst en sag om tilbagebetaling."),
    "sanctions.conditions": _say(
        had_duty=True,
        guided_on=date(2026, 2, 3),
        convened_correctly=True,
        group="jobparat",
        personal_contact_tried=None,
        furthers_availability=None,
        reason="",
        contact_on=BACK_ON,
        sharpened_guided_on=None,
        spouse_guided_on=None,
        choice="gaa_videre",
        conclusion="Indkaldelsen lå i Digital Post den 23. februar.",
    ),
    "sanctions.ground": _say(
        ground="ingen_rimelig_grund", conclusion="Der er ikke oplyst en grund."
    ),
    "money.plan": _plan,
    "matter.prepare_hearing": _hear,
    "matter.propose": _say(
        reassess=False, reasoning="Det er drøftet med borgeren.", hearing_exception=""
    ),
    "matter.approve": approve,
    "repayment.assess": _claim,
    "claim.confirm": lambda _page: {"goes": True, "note": "Der er ikke klaget."},
}
"""How each task of theirs is done."""


def answer_hearings(core: Core, person: town.Inhabitant, said: str) -> int:
    """Let a citizen answer the hearings that were sent; returns how many."""
    name = f"{person.first_name} {person.last_name}"
    citizen = Actor(
        f"borger-{person.number}", name, Role.CITIZEN, demo.MUNICIPALITY.id, frozenset(), person.cpr
    )
    with core.env.uow(demo.MUNICIPALITY.id) as uow:
        waiting = [
            each.id
            for each in uow.hearings.of_case(town.case_id(person))
            if each.state is HearingState.SENT
        ]
    for hearing_id in waiting:
        core.citizen.answer_hearing(hearing_id, said, citizen)
    return len(waiting)
