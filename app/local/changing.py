"""What a story can say of running help: sanctions, ends, and a month's income.

Each phrase is a function here, found in one table that `app.local.player` takes in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import requests

from app.local import demo
from app.local.storybook import Happening, StoryError, day, known, yes_or_no
from integrations.simulator import scenarios
from processes.domain.cessations import CessationGround
from processes.ports.pages import TaskPage

if TYPE_CHECKING:
    from app.local.player import StoryPlayer

CONTROL_SECONDS = 10
GROUPS = ("jobparat", "uddannelsesparat", "aktivitetsparat")


def ask_for_sanction(player: StoryPlayer, it: Happening) -> None:
    """The jobcentre asks for a sanction, by Beskedfordeler; twice, as it may."""
    said = it.details
    known(
        said, must=("paragraf", "dag", "målgruppe", "oplyser"), may=("kontakt igen",), of=it.phrase
    )
    wanted = {
        "who": player.story.citizen,
        "paragraph": str(said["paragraf"]),
        "on": f"{day(said['dag'])}",
        "group": said["målgruppe"],
        "text": " ".join(str(said["oplyser"]).split()),
    }
    if "kontakt igen" in said:
        wanted["contact_on"] = f"{day(said['kontakt igen'])}"
    asked = requests.post(
        f"{player.registers_url}/__control/sanction_request", json=wanted, timeout=CONTROL_SECONDS
    )
    asked.raise_for_status()
    for _ in range(2):
        player.core.sanctions.deliver(asked.json()["body"].encode())
    player.driver.settle()


def answer_conditions(player: StoryPlayer, it: Happening) -> None:
    """Answer the conditions of a sanction, and hear the citizen or end it."""
    said = it.details
    known(
        said,
        must=("vejledt", "pligt", "korrekt indkaldt", "målgruppe", "høres", "vurdering"),
        may=("kontakt igen", "personlig kontakt", "fremmer rådigheden"),
        of=it.phrase,
    )
    if said["målgruppe"] not in GROUPS:
        raise StoryError(f"'{said['målgruppe']}' er ikke en målgruppe; der er " + ", ".join(GROUPS))
    further = str(said.get("fremmer rådigheden", ""))
    answers: dict[str, object] = {
        "had_duty": yes_or_no(said["pligt"]),
        "guided_on": day(said["vejledt"]),
        "convened_correctly": yes_or_no(said["korrekt indkaldt"]),
        "group": said["målgruppe"],
        "personal_contact_tried": yes_or_no(said["personlig kontakt"])
        if "personlig kontakt" in said
        else None,
        "furthers_availability": True if further else None,
        "reason": further,
        "contact_on": day(said["kontakt igen"]) if "kontakt igen" in said else None,
        "sharpened_guided_on": None,
        "spouse_guided_on": None,
        "choice": "gaa_videre" if yes_or_no(said["høres"]) else "ingen_sanktion",
        "conclusion": " ".join(said["vurdering"].split()),
    }
    player.complete("sanctions.conditions", lambda _page: answers)


def weigh_ground(player: StoryPlayer, it: Happening) -> None:
    """Say whether there was a reasonable ground."""
    known(it.details, must=("rimelig grund", "vurdering"), of=it.phrase)
    word = "rimelig_grund" if yes_or_no(it.details["rimelig grund"]) else "ingen_rimelig_grund"
    why = " ".join(it.details["vurdering"].split())
    player.complete("sanctions.ground", lambda _page: {"ground": word, "conclusion": why})


def look_at_income(player: StoryPlayer, it: Happening) -> None:
    """The month's income is asked for, as it is on the 11th."""
    municipality = player.team.finance.municipality_id
    if player.core.incomes.start_due(municipality) is None:
        raise StoryError("der er ingen måned, hvis indkomst skal opgøres i dag")
    player.driver.settle()


def settle_difference(player: StoryPlayer, it: Happening) -> None:
    """Say which amounts count for the month."""
    known(it.details, must=("gælder", "vurdering"), of=it.phrase)
    choice = {"det indberettede": "register", "det oplyste": "oplyst"}.get(it.details["gælder"])
    if choice is None:
        raise StoryError(f"'{it.details['gælder']}' er hverken det indberettede eller det oplyste")
    why = " ".join(it.details["vurdering"].split())
    player.complete(
        "incomes.difference",
        lambda _page: {"choice": choice, "work": None, "other": None, "conclusion": why},
    )


def wish_to_end(player: StoryPlayer, it: Happening) -> None:
    """The citizen asks that help ends."""
    known(it.details, must=("fordi", "fra"), may=("med egne ord",), of=it.phrase)
    grounds = {"job": CessationGround.JOB, "eget ønske": CessationGround.OWN_WISH}
    if it.details["fordi"] not in grounds:
        raise StoryError(f"'{it.details['fordi']}' er ikke en grund; der er " + ", ".join(grounds))
    person = scenarios.load("demo").people[player.story.citizen]
    player.core.cessations.wish(
        player.case_id,
        grounds[it.details["fordi"]],
        day(it.details["fra"]),
        " ".join(str(it.details.get("med egne ord", "")).split()),
        demo.citizen(person.cpr),
    )


def review_end(player: StoryPlayer, it: Happening) -> None:
    """Say whether help ends."""
    known(it.details, must=("hjælpen stopper", "vurdering"), of=it.phrase)
    choice = "stopper" if yes_or_no(it.details["hjælpen stopper"]) else "fortsaetter"
    why = " ".join(it.details["vurdering"].split())

    def values(page: TaskPage) -> dict[str, object]:
        asked = page.cessation
        if asked is None:
            raise StoryError("der er intet ophør på sagen")
        return {
            "choice": choice,
            "ground": asked.ground.value,
            "ends_on": asked.ends_on,
            "conclusion": why,
        }

    player.complete("cessations.review", values)


def assess_as_is(player: StoryPlayer, it: Happening) -> None:
    """Assess anew without changing what was answered before."""
    why = " ".join(it.text.split())
    player.complete(
        "casework.assess", lambda _page: {"answers": (), "discretion": True, "text": why}
    )


PHRASES: Mapping[str, Callable[[StoryPlayer, Happening], None]] = {
    "jobcentret beder om en sanktion": ask_for_sanction,
    "sagsbehandleren gennemgår betingelserne": answer_conditions,
    "sagsbehandleren vurderer grunden": weigh_ground,
    "månedens indkomst opgøres": look_at_income,
    "sagsbehandleren ser på forskellen": settle_difference,
    "sagsbehandleren vurderer sagen igen": assess_as_is,
    "borgeren beder om, at hjælpen stopper": wish_to_end,
    "sagsbehandleren ser på ophøret": review_end,
}
