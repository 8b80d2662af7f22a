"""What a story can say of questions of their own: repayment and bills paid from the help.

Each phrase is a function here, found in one table that `app.local.player` takes in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import requests

from app.local.driver import Values, approve
from app.local.storybook import Happening, StoryError, day, known, yes_or_no
from processes.domain.deductions import Payee, PayeeKind
from processes.domain.matters import MATTER_NAMES, MatterKind
from processes.domain.money import Money
from processes.domain.money_management import Bill
from processes.domain.periods import Month, danish_day
from processes.domain.recovery import ClaimFacts, Ground
from processes.domain.rules.prose import month_in_words
from processes.ports.pages import TaskPage

if TYPE_CHECKING:
    from app.local.player import StoryPlayer

CONTROL_SECONDS = 10
QUESTIONS = {
    "fortiet": "withheld_information",
    "mod bedre vidende": "against_better_knowledge",
    "oplyst ved udbetaling": "told_at_payment",
    "situationen passer": "situation_met",
    "samme tid og formål": "same_time_and_purpose",
    "forbehold i brevet": "reserved_in_writing",
}


def raise_matter(player: StoryPlayer, it: Happening) -> None:
    """Somebody finds that a question of its own must be looked at."""
    known(it.details, must=("om", "grund"), of=it.phrase)
    kinds = {name.lower(): kind for kind, name in MATTER_NAMES.items()}
    if it.details["om"] not in kinds:
        raise StoryError(f"'{it.details['om']}' er ikke et spørgsmål; der er " + ", ".join(kinds))
    case = player.core.cases.page(player.case_id, player.team.caseworker).case
    player.core.repayments.raise_matter(
        player.case_id,
        kinds[it.details["om"]],
        case.primary_party.id,
        " ".join(str(it.details["grund"]).split()),
        player.team.caseworker,
    )


def assess_ground(player: StoryPlayer, it: Happening) -> None:
    """Assess the ground for repayment, with what is claimed month by month."""
    said = it.details
    known(
        said, must=("paragraf", "kræves", "bygger på"), may=(*QUESTIONS, "kom senere"), of=it.phrase
    )
    answers = {QUESTIONS[key]: yes_or_no(said[key]) for key in QUESTIONS if key in said}

    def values(page: TaskPage) -> Values:
        if page.matter is None:
            raise StoryError("opgaven handler ikke om tilbagebetaling")
        return {
            "claims": True,
            "facts": ClaimFacts(Ground(str(said["paragraf"])), **answers),
            "months": _by_month(page, said["kræves"]),
            "compensation": _by_month(page, said.get("kom senere", {})),
            "evidence": " ".join(str(said["bygger på"]).split()),
            "days_abroad": 0,
        }

    player.complete("repayment.assess", values)


def _by_month(page: TaskPage, said: Mapping[str, str]) -> dict[str, Money]:
    months = {
        month_in_words(each.month): each.month_key
        for each in (page.matter.months if page.matter else ())
    }
    if unknown := set(said) - set(months):
        raise StoryError(f"der er ikke udbetalt for {', '.join(unknown)}")
    return {months[month]: Money.kroner(str(amount)) for month, amount in said.items()}


def drop_question(player: StoryPlayer, it: Happening) -> None:
    """Find that there is no ground for a claim."""
    player.complete(
        "repayment.assess",
        lambda _page: {
            "claims": False,
            "facts": None,
            "months": {},
            "compensation": {},
            "evidence": it.text,
            "days_abroad": 0,
        },
    )


def hear(player: StoryPlayer, it: Happening) -> None:
    """Send the hearing about a question of its own as it was drafted."""
    known(it.details, must=("dage til at svare",), of=it.phrase)

    def values(page: TaskPage) -> Values:
        return {
            "statement": page.matter.statement_draft if page.matter else "",
            "hearing_days": it.details["dage til at svare"],
            "facts_unknown_to_party": True,
        }

    player.complete("matter.prepare_hearing", values)


def propose(player: StoryPlayer, it: Happening) -> None:
    """Propose an answer to a question of its own."""
    player.complete(
        "matter.propose",
        lambda _page: {"reassess": False, "reasoning": it.text, "hearing_exception": ""},
    )


def pay(player: StoryPlayer, it: Happening) -> None:
    """Somebody pays on a claim, by the debtor system."""
    known(it.details, must=("beløb",), of=it.phrase)
    views = player.core.repayments.of_case(player.case_id, player.team.caseworker).matters
    claims = [view.claim for view in views if view.claim is not None]
    if not claims:
        raise StoryError("der er intet krav at betale på")
    body = {
        "claim": claims[0].claim.id,
        "on": danish_day(player.clock.now()).isoformat(),
        "oere": Money.kroner(str(it.details["beløb"])).oere,
    }
    answer = requests.post(
        f"{player.registers_url}/__control/debtor", json=body, timeout=CONTROL_SECONDS
    )
    answer.raise_for_status()


def plan_bills(player: StoryPlayer, it: Happening) -> None:
    """Say which bill is paid from the help, and whether the citizen agreed."""
    said = it.details
    known(
        said,
        must=("aftalt", "fra", "regning", "beløb", "til", "konto", "henvisning", "fordi"),
        may=("mildere",),
        of=it.phrase,
    )
    bill = Bill(
        str(said["regning"]),
        Payee(PayeeKind.ACCOUNT, str(said["konto"]), str(said["til"])),
        str(said["henvisning"]),
        Money.kroner(str(said["beløb"])),
    )
    plan = {
        "is_agreed": yes_or_no(said["aftalt"]),
        "from_month": Month.of(day(said["fra"])),
        "evidence": " ".join(str(said["fordi"]).split()),
        "milder": " ".join(str(said.get("mildere", "")).split()),
        "bills": (bill,),
    }
    player.complete("money.plan", lambda _page: plan)


def call_off(player: StoryPlayer, _it: Happening) -> None:
    """The citizen calls the bills off."""
    views = player.core.repayments.of_case(player.case_id, player.team.caseworker).matters
    wanted = [view for view in views if view.matter.kind is MatterKind.MANAGEMENT]
    if not wanted:
        raise StoryError("der betales ingen regninger")
    player.core.repayments.call_off(wanted[0].matter.id, player.team.caseworker)


PHRASES: Mapping[str, Callable[[StoryPlayer, Happening], None]] = {
    "der skal ses på": raise_matter,
    "sagsbehandleren vurderer grundlaget": assess_ground,
    "sagsbehandleren frafalder kravet": drop_question,
    "sagsbehandleren hører om spørgsmålet": hear,
    "sagsbehandleren foreslår svaret": propose,
    "godkenderen godkender svaret": lambda player, _it: player.complete("matter.approve", approve),
    "sagsbehandleren rejser kravet": lambda player, it: player.complete(
        "claim.confirm", lambda _page: {"goes": True, "note": it.text}
    ),
    "borgeren betaler på gælden": pay,
    "sagsbehandleren planlægger regningerne": plan_bills,
    "borgeren vil selv betale": call_off,
}
"""Everything a story can say of it."""
