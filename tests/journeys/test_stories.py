"""Each story of `./ky demo --all` comes out as its author says, and one that does not says so."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.local import demo, storybook
from app.local.player import Played, StoryPlayer
from app.local.story import StoryClock
from app.local.storybook import Story, StoryError
from app.wiring import Core
from integrations.simulator.server import Running
from processes.domain.money import Money

Play = Callable[[Story], Played]


@pytest.fixture
def play(make_core: Callable[..., Core], registers: Running) -> Play:
    """Play a story on this test's database with registers of its own."""

    def played(story: Story) -> Played:
        clock = StoryClock(story.starts_at)
        core = make_core(registers, clock)
        demo.load_setup(core)
        return StoryPlayer(story, core, demo.team(core), clock, registers.url).play()

    return played


@pytest.mark.parametrize("name", storybook.names())
def test_the_story_comes_true(name: str, play: Play) -> None:
    assert play(storybook.load(name)).differences == ()


def test_there_are_ten_stories_or_more_each_about_a_citizen_of_its_own() -> None:
    citizens = [storybook.load(name).citizen for name in storybook.names()]

    assert len(citizens) >= 10
    assert len(set(citizens)) == len(citizens)


def ending_of(story: Story, **changes: Any) -> Story:
    return replace(story, ending=replace(story.ending, **changes))


def test_a_story_whose_ending_is_wrong_says_what_was_expected_and_what_came(play: Play) -> None:
    story = storybook.load("01_enlig_uden_indtaegt")
    (month,) = story.ending.months
    wrong = ending_of(
        story,
        months=(replace(month, net=Money.kroner("10462"), lines={"Grundsats": Money(0)}),),
        outcome="delvis",
        letters=(),
        because=("Formue under grænsen",),
        notes=("Ring til borgeren",),
        protected=True,
    )

    said = "\n".join(play(wrong).differences).replace("\u00a0", " ")

    for words in (
        "afgørelsen: ventede delvis, fik bevilget",
        "ansøger, marts 2026, til udbetaling: ventede 10.462,00 kr., fik 10.461,00 kr.",
        "ansøger, marts 2026, Grundsats: ventede 0,00 kr., fik intet",
        "ansøger, marts 2026, Forhøjet sats: ventede intet, fik 13.060,00 kr.",
        "breve: ventede ingen, fik «Du får kontanthjælp» til ansøger",
        "betingelser, der ikke er opfyldt: ventede Formue under grænsen, fik ingen",
        "i journalen: ventede «Ring til borgeren»",
        "beskyttet: ventede ja, fik nej",
    ):
        assert words in said


def test_a_story_that_stops_half_way_leaves_tasks_that_nobody_has_done(play: Play) -> None:
    story = storybook.load("01_enlig_uden_indtaegt")

    played = play(replace(story, happenings=story.happenings[:1]))

    assert "opgaven «Foreslå afgørelse» er ikke løst" in played.differences
    assert "afgørelsen: ventede bevilget, fik ingen" in played.differences


def test_a_story_that_answers_a_task_nobody_has_asked_for_stops(play: Play) -> None:
    story = storybook.load("01_enlig_uden_indtaegt")

    with pytest.raises(StoryError, match="de åbne opgaver er «Vurdér oplysninger og betingelser»"):
        play(replace(story, happenings=story.happenings[2:]))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("titel:", "overskrift:", "'titel' mangler"),
        ("borger: anna", "borger: anna\nbrugr: anna", "'brugr' er ikke et kendt ord"),
        ("Trækprocent: 38", "Trækprocenten: 38", "'Trækprocenten' er ikke en oplysning"),
        ("Reelt enlig: ja", "Reelt enlig: måske", "'måske' er hverken ja eller nej"),
        ("  - godkenderen godkender", "  - godkenderen jubler", "er ikke en kendt hændelse"),
        ("måned: marts 2026", "måned: 2026-03", "ikke en måned skrevet som marts 2026"),
        ("02.03.2026 kl. 09.14", "2. marts", "ikke et tidspunkt skrevet som"),
        ("skat: 3.740 kr.", "skat: noget", "'noget' er ikke et beløb"),
        ("sendt som: Digital Post", "sendt som: due", "hverken Digital Post eller papir"),
        ("- til: ansøger", "- til: nabo", "'nabo' er hverken ansøger eller ægtefælle"),
    ],
)
def test_a_word_nobody_knows_is_named(before: str, after: str, said: str, play: Play) -> None:
    text = (storybook.FOLDER / "01_enlig_uden_indtaegt.yaml").read_text()
    assert before in text

    with pytest.raises(StoryError, match=said):
        play(storybook.read("prøve", text.replace(before, after)))
