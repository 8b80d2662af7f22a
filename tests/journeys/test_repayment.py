"""Repayment from the question to the last krone: heard, decided, sent, claimed, paid or lapsed."""

from collections.abc import Mapping

import pytest

from app.local.driver import Answer, Values, approve, conclude_hearing
from processes.domain.cases import CaseState
from processes.domain.claims import ClaimEventKind
from processes.domain.errors import RuleError
from processes.domain.matter_views import ClaimView, MatterView
from processes.domain.matters import MatterKind
from processes.domain.money import Money
from processes.domain.recovery import ClaimFacts, Ground
from processes.ports.pages import TaskPage
from tests.journeys.conftest import World
from tests.journeys.test_life import pay_out

EVIDENCE = "Anna fik vejledning om lønnen den 2. marts og skrev under på den."


def ground(**months: str) -> Answer:
    def values(page: TaskPage) -> Values:
        assert page.matter is not None
        (month,) = page.matter.months
        return {
            "claims": True,
            "facts": ClaimFacts(
                Ground.BAD_FAITH, withheld_information=True, against_better_knowledge=True
            ),
            "months": {month.month_key: Money.kroner(months.get("claimed", "4000"))},
            "compensation": {},
            "evidence": EVIDENCE,
            "days_abroad": int(months.get("days_abroad", "0")),
        }

    return values


def hear(page: TaskPage) -> Values:
    assert page.matter is not None
    return {
        "statement": page.matter.statement_draft,
        "hearing_days": 14,
        "facts_unknown_to_party": True,
    }


def propose(page: TaskPage) -> Values:
    return {
        "reassess": False,
        "reasoning": "Du havde løn i marts, som du ikke fortalte os om.",
        "hearing_exception": "",
    }


CLAIMS: Mapping[str, Answer] = {
    "repayment.assess": ground(),
    "matter.prepare_hearing": hear,
    "casework.hearing_lapsed": conclude_hearing("Anna har ikke svaret."),
    "casework.hearing_reply": conclude_hearing("Svaret ændrer ikke noget."),
    "matter.propose": propose,
    "matter.approve": approve,
    "claim.confirm": lambda _page: {"goes": True, "note": "Ingen klage i journalen."},
}


def raise_it(world: World, case_id: str, cause: str = "Løn, der ikke var oplyst.") -> None:
    team = world.driver.team
    party = world.core.cases.page(case_id, team.caseworker).case.primary_party
    world.core.repayments.raise_matter(
        case_id, MatterKind.REPAYMENT, party.id, cause, team.caseworker
    )
    world.driver.settle()


def matter(world: World, case_id: str) -> MatterView:
    (found,) = world.core.repayments.of_case(case_id, world.driver.team.caseworker).matters
    return found


def claim(world: World, case_id: str) -> ClaimView:
    found = matter(world, case_id).claim
    assert found is not None
    return found


def decided(world: World) -> str:
    """Bring a repayment until its letter has left."""
    case_id = pay_out(world)
    raise_it(world, case_id)
    world.driver.work(case_id, CLAIMS)
    world.move(days=16)
    world.driver.work(case_id, CLAIMS)
    return case_id


def claimed(world: World) -> str:
    """Bring a repayment until its claim is registered."""
    case_id = decided(world)
    world.move(days=31)
    world.driver.work(case_id, CLAIMS)
    return case_id


def pay(world: World, case_id: str, kroner: str) -> None:
    today = world.clock.today().isoformat()
    oere = Money.kroner(kroner).oere
    made = claim(world, case_id).claim
    world.control("debtor", {"claim": made.id, "on": today, "oere": oere})
    world.driver.settle()


def test_nothing_is_claimed_before_the_letter_and_the_time_to_complain(world: World) -> None:
    case_id = decided(world)

    view = matter(world, case_id)
    assert view.decision is not None
    assert view.decision.sent_at is not None
    assert view.decision.hearing_id is not None
    assert view.decision.amount == Money.kroner(4000)
    assert view.claim is None
    assert world.control("received")["claims"] == []

    world.move(days=31)
    assert world.forms(case_id) == ["claim.confirm"]
    world.driver.work(case_id, CLAIMS)

    (sent,) = world.control("received")["claims"]
    assert sent["amount_oere"] == 400_000
    assert sent["type"] == "KTTIBAK"
    registered = claim(world, case_id)
    assert [each.kind for each in registered.events] == [ClaimEventKind.REGISTERED]
    assert registered.claim.limitation_on.year == registered.claim.founded_on.year + 3


def test_the_letter_says_what_must_be_paid_and_why(world: World) -> None:
    case_id = decided(world)

    page = world.core.cases.page(case_id, world.driver.team.caseworker)
    titles = [each.title for each in page.letters]
    assert "Du skal betale hjælp tilbage" in titles
    assert "Vi overvejer, om du skal betale hjælp tilbage" in titles


def test_without_a_ground_nothing_is_claimed_and_the_reason_is_kept(world: World) -> None:
    case_id = pay_out(world)
    raise_it(world, case_id)

    world.driver.work(
        case_id,
        {
            "repayment.assess": lambda _page: {
                "claims": False,
                "facts": None,
                "months": {},
                "compensation": {},
                "evidence": "Fejlen var kommunens, og borgeren var i god tro.",
                "days_abroad": 0,
            }
        },
    )

    view = matter(world, case_id)
    assert str(view.matter.state) == "frafaldet"
    assert "i god tro" in view.matter.closed_because
    assert world.forms(case_id) == []


def test_what_nobody_knows_is_no_ground(world: World) -> None:
    case_id = pay_out(world)
    raise_it(world, case_id)

    def unsure(page: TaskPage) -> Values:
        return {**ground()(page), "facts": ClaimFacts(Ground.BAD_FAITH)}

    with pytest.raises(RuleError, match="uvist"):
        world.driver.work(case_id, {"repayment.assess": unsure})


def test_more_than_was_paid_cannot_be_claimed(world: World) -> None:
    case_id = pay_out(world)
    raise_it(world, case_id)

    with pytest.raises(RuleError, match="der kan ikke kræves"):
        world.driver.work(case_id, {"repayment.assess": ground(claimed="99000")})


def test_whoever_lives_on_help_is_put_off_and_told(world: World) -> None:
    case_id = claimed(world)

    arranged = claim(world, case_id).arrangement
    assert arranged is not None
    assert arranged.kind.value == "henstand"
    assert arranged.by == "system"
    page = world.core.cases.page(case_id, world.driver.team.caseworker)
    assert "Du skal ikke betale af på din gæld nu" in [each.title for each in page.letters]
    assert world.forms(case_id) == []


def test_whoever_stops_to_live_on_help_is_asked_what_can_be_paid_within_a_month(
    world: World,
) -> None:
    case_id = claimed(world)
    with world.core.env.uow(world.driver.team.caseworker.municipality_id) as uow:
        uow.cases.set_state(case_id, CaseState.CLOSED)
        uow.commit()

    world.move(days=45)

    assert world.forms(case_id) == ["claim.income"]
    answers: Mapping[str, Answer] = {
        "claim.income": lambda _page: {
            "net_income": Money.kroner(180_000),
            "provides": False,
            "evidence": "Årsopgørelse 2025.",
        },
        "claim.agree": lambda _page: {
            "kind": "afdrag",
            "monthly": Money.kroner(500),
            "reason": "Du har råd til 500 kr. om måneden.",
        },
    }
    world.driver.work(case_id, answers)
    arranged = claim(world, case_id).arrangement
    assert arranged is not None
    assert (arranged.kind.value, arranged.monthly) == ("afdrag", Money.kroner(500))

    # Nothing is paid: two reminders, and then a person decides; nothing goes by itself.
    for _ in range(4):
        world.move(days=35)
    kinds = [each.kind for each in claim(world, case_id).events]
    assert kinds.count(ClaimEventKind.REMINDED) == 2
    assert ClaimEventKind.TRANSFERRED not in kinds
    assert world.forms(case_id) == ["claim.transfer"]
    world.driver.work(
        case_id,
        {"claim.transfer": lambda _page: {"transfer": True, "reason": "Ingen svar i tre måneder."}},
    )
    assert claim(world, case_id).events[-1].kind is ClaimEventKind.TRANSFERRED
    assert world.control("received")["claims"][-1]["transfer"] == claim(world, case_id).claim.id


def test_a_claim_that_is_paid_ends_by_itself_and_counts_a_payment_once(world: World) -> None:
    case_id = claimed(world)

    pay(world, case_id, "1500")
    assert claim(world, case_id).standing.left == Money.kroner(2500)
    world.driver.settle()
    assert claim(world, case_id).standing.left == Money.kroner(2500)
    pay(world, case_id, "2500")

    assert claim(world, case_id).standing.left == Money(0)
    assert not world.core.control.incidents(world.driver.team.team_lead)


def test_a_claim_the_debtor_system_turns_down_is_somebodys_task(world: World) -> None:
    world.control("debtor", {"refuse_type": "KTTIBAK"})
    case_id = claimed(world)

    assert world.forms(case_id) == ["claim.rejected"]
    world.control("debtor", {"accept_type": "KTTIBAK"})
    world.driver.work(case_id, {"claim.rejected": lambda _page: {"note": "Typen er oprettet."}})

    kinds = [each.kind for each in claim(world, case_id).events]
    assert kinds == [ClaimEventKind.REJECTED, ClaimEventKind.REGISTERED]


def test_the_police_are_a_person_s_to_tell_when_the_law_says_so(world: World) -> None:
    case_id = pay_out(world)
    raise_it(world, case_id)
    abroad = {**CLAIMS, "repayment.assess": ground(days_abroad="15")}
    world.driver.work(case_id, abroad)
    world.move(days=16)
    world.driver.work(case_id, abroad)

    assert world.forms(case_id) == ["repayment.police"]
    told: Answer = lambda _page: {"reported": True, "note": "J.nr. 1234"}  # noqa: E731 – one line
    world.driver.work(case_id, {"repayment.police": told})
    assert world.forms(case_id) == []
