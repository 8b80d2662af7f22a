"""Who lives in the demo municipality, and which cases its months before are made of."""

from collections import Counter
from datetime import timedelta

from app.local import demo, history
from app.local.story import STARTS_AT
from integrations.simulator import inhabitants, scenarios

WORLD = scenarios.load("demo")
PLANNED = list(history.planned(WORLD, STARTS_AT))


def test_about_two_hundred_people_live_there_and_a_story_is_told_of_those_who_can_log_in() -> None:
    made_up = [person for person in WORLD.people.values() if person.is_generated]

    assert 180 <= len(WORLD.people) <= 230
    assert len(made_up) > 100
    assert not {each.cpr for each in made_up} & {each.cpr_digits for each in demo.citizens()}


def test_the_same_seed_gives_the_same_town_and_another_seed_another() -> None:
    def town(seed: int) -> object:
        return inhabitants.made_up(
            {"seed": seed, "households": 12},
            as_of=WORLD.as_of,
            taken=set(),
            employers=["bageri"],
        )

    assert town(1) == town(1)
    assert town(1) != town(2)


def test_the_plan_goes_from_the_new_law_to_now_one_case_a_person() -> None:
    moments = [each.at for each in PLANNED]

    assert len(PLANNED) == history.OVER + history.WAITING
    assert len({each.who.cpr for each in PLANNED}) == len(PLANNED)
    assert moments[0].date() >= history.FIRST_DAY
    assert max(moments) <= STARTS_AT - history.LAST_BEFORE_NOW
    assert all(each.at.weekday() < history.SATURDAY for each in PLANNED)


def test_what_is_waiting_came_within_three_weeks_in_every_state() -> None:
    waiting = PLANNED[history.OVER :]

    assert all(STARTS_AT - each.at < timedelta(days=23) for each in waiting)
    assert set(Counter(each.until for each in waiting)) == {form for form, _, _ in history.WAITS_AT}
