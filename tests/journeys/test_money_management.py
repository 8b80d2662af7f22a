"""Money management: agreed or decided, approved by another, paid by the payment itself, stopped."""

from collections.abc import Mapping
from dataclasses import replace

from app.local.driver import Answer, Values, approve, conclude_hearing
from processes.domain.deductions import DeductionKind, Payee, PayeeKind
from processes.domain.matters import MatterKind, MatterState
from processes.domain.money import Money
from processes.domain.money_management import Bill
from processes.domain.periods import Month
from processes.ports.pages import TaskPage
from tests.journeys.conftest import World
from tests.journeys.test_life import pay_out
from tests.journeys.test_repayment import hear

RENT = Bill(
    "Husleje",
    Payee(PayeeKind.ACCOUNT, "12341234567890", "Egekøb Boligforening"),
    "Lejer 4711",
    Money.kroner(4200),
)


def plan(*, agreed: bool) -> Answer:
    def values(_page: TaskPage) -> Values:
        return {
            "is_agreed": agreed,
            "from_month": Month(2026, 5),
            "evidence": "Huslejen er ikke betalt i tre måneder.",
            "milder": "Budgetrådgivning er prøvet.",
            "bills": (RENT,),
        }

    return values


def propose(_page: TaskPage) -> Values:
    return {
        "reassess": False,
        "reasoning": "Huslejen bliver betalt, så du kan blive boende.",
        "hearing_exception": "",
    }


AGREED: Mapping[str, Answer] = {
    "money.plan": plan(agreed=True),
    "matter.propose": propose,
    "matter.approve": approve,
}
AGAINST: Mapping[str, Answer] = {
    **AGREED,
    "money.plan": plan(agreed=False),
    "matter.prepare_hearing": hear,
    "casework.hearing_lapsed": conclude_hearing("Borgeren har ikke svaret."),
}


def managed(world: World, answers: Mapping[str, Answer]) -> str:
    case_id = pay_out(world)
    team = world.driver.team
    party = world.core.cases.page(case_id, team.caseworker).case.primary_party
    world.core.repayments.raise_matter(
        case_id, MatterKind.MANAGEMENT, party.id, "Huslejen er ikke betalt.", team.caseworker
    )
    world.driver.work(case_id, answers)
    return case_id


def letters(world: World, case_id: str) -> list[str]:
    page = world.core.cases.page(case_id, world.driver.team.caseworker)
    return [each.title for each in page.letters]


def taken(world: World, case_id: str) -> list[tuple[str, str, Money, Month | None]]:
    with world.core.env.uow(world.driver.team.caseworker.municipality_id) as uow:
        return [
            (
                str(each.deduction.payee and each.deduction.payee.name),
                each.deduction.reference,
                each.deduction.amount,
                each.deduction.stopped_from,
            )
            for each in uow.deductions.of_case(case_id)
            if each.deduction.kind is DeductionKind.ADMINISTRATION
            and each.decision.sent_at is not None
        ]


def test_an_agreement_two_people_stand_behind_is_what_the_payment_reads(world: World) -> None:
    case_id = managed(world, AGREED)

    assert taken(world, case_id) == [
        ("Egekøb Boligforening", "Lejer 4711", Money.kroner(4200), None)
    ]
    assert "Vi betaler dine faste regninger af din hjælp" in letters(world, case_id)
    assert world.forms(case_id) == []


def test_against_somebodys_wish_nothing_is_paid_before_hearing_and_letter(world: World) -> None:
    case_id = managed(world, AGAINST)
    assert taken(world, case_id) == []

    world.move(days=16)
    world.driver.work(case_id, AGAINST)

    assert len(taken(world, case_id)) == 1
    assert "Vi overvejer at betale dine faste regninger af din hjælp" in letters(world, case_id)


def test_it_stops_when_the_citizen_says_so_and_the_letter_tells_from_when(world: World) -> None:
    case_id = managed(world, AGREED)
    team = world.driver.team
    (view,) = world.core.repayments.of_case(case_id, team.caseworker).matters

    world.core.repayments.call_off(view.matter.id, team.caseworker)
    world.driver.settle()

    (_, _, _, stopped), *rest = taken(world, case_id)
    assert stopped is not None
    assert not rest
    assert "Vi betaler ikke længere dine faste regninger" in letters(world, case_id)
    (after,) = world.core.repayments.of_case(case_id, team.caseworker).matters
    assert after.matter.state is MatterState.ENDED
    assert replace(after.matter, state=view.matter.state, closed_because="") == view.matter
    assert not world.core.control.incidents(team.team_lead)


def test_after_half_a_year_somebody_looks_at_it_and_it_goes_on_meanwhile(world: World) -> None:
    case_id = managed(world, AGREED)

    world.move(days=185)

    assert world.forms(case_id) == ["money.follow_up"]
    assert taken(world, case_id)[0][3] is None
    world.driver.work(
        case_id, {"money.follow_up": lambda _page: {"choice": "fortsaet", "reason": "Det går."}}
    )
    assert world.forms(case_id) == []
