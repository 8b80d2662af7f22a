"""Plays a story through the core and says where what came out differs from what must.

A phrase of a story is a method here, found in one table. People answer with domain values in the
order of the story; a task that is not there, or an answer nobody asked for, ends the story.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Protocol

import requests

from app.local import changing, demo, owing
from app.local.driver import (
    Answer,
    Driver,
    Team,
    Values,
    approve,
    delay_reason,
    help_not_needed,
    help_now,
    note_passed,
    pay_otherwise,
    prepare_hearing,
    propose,
)
from app.local.storybook import (
    APPLICANT,
    DENMARK,
    SPOUSE,
    Answers,
    Ending,
    ExpectedHelp,
    ExpectedMonth,
    Happening,
    Story,
    StoryError,
    day,
    fact_kind,
    facts,
    facts_by_person,
    known,
    usual_answers,
    yes_or_no,
)
from app.wiring import Core
from integrations.simulator import scenarios
from processes.domain.calculation import PersonMonth
from processes.domain.cases import Party, PartyRole, Protection
from processes.domain.facts import FACT_LABELS, FactAnswer, FactKind, FactStatus
from processes.domain.life import EVENT_NAMES, Told
from processes.domain.money import Money, total
from processes.domain.registers import PersonAnswer
from processes.domain.rules.prose import law_in_words, month_in_words
from processes.ports.pages import CasePage, TaskPage
from processes.ports.records import Incident, UserTask

PAUSE = timedelta(minutes=11)
"""Between two things that people do."""
STEPS_A_WAIT = 60
"""A wait is walked in so many steps, so that what falls due on the way is done in its order."""
CONTROL_SECONDS = 10
READY = "anna"
"""Whose ready-made application is used for a citizen who has none."""
ROLES = {PartyRole.PRIMARY: APPLICANT, PartyRole.SPOUSE: SPOUSE}
HOLDS = {"registeret": "register", "det indtastede": "before"}
"""Which of two answers holds, and how the form calls it."""
UNITS = {"minutter": "minutes", "timer": "hours", "time": "hours", "dage": "days", "dag": "days"}


class MovedClock(Protocol):
    """A clock that stands until it is moved on (ur)."""

    def now(self) -> datetime:
        """Return the moment."""

    def move(self, by: timedelta) -> None:
        """Move on."""


@dataclass(frozen=True)
class Played:
    """What came of a story (udfald)."""

    story: Story
    outcome: str
    gross: Money
    """All persons and months together, before tax."""
    net: Money
    """What was paid."""
    why: str
    """In one sentence: the lines the amount is made of, or the condition that is not met."""
    case_number: str
    differences: tuple[str, ...]
    """Where it differs from what must come out; empty when the story came true."""

    @property
    def came_true(self) -> bool:
        """Whether everything came out as the story says."""
        return not self.differences

    def as_json(self) -> dict[str, object]:
        """Return it as one JSON object; amounts are øre."""
        return {
            "story": self.story.name,
            "title": self.story.title,
            "case": self.case_number,
            "outcome": self.outcome,
            "gross": self.gross.oere,
            "net": self.net.oere,
            "why": self.why,
            "came_true": self.came_true,
            "differences": list(self.differences),
        }


@dataclass
class StoryPlayer:
    """Plays one story on a core of its own (fortælleren)."""

    story: Story
    core: Core
    team: Team
    clock: MovedClock
    registers_url: str
    """The simulator's address."""
    case_id: str = ""
    driver: Driver = field(init=False)
    usual: Answers = field(default_factory=usual_answers)

    def __post_init__(self) -> None:
        self.driver = Driver(self.core, self.team)

    def play(self) -> Played:
        """Play the story to its end and compare."""
        self.apply()
        for happening in self.story.happenings:
            act = PHRASES.get(happening.phrase)
            if act is None:
                raise StoryError(
                    f"'{happening.phrase}' er ikke en kendt hændelse; der er " + ", ".join(PHRASES)
                )
            self.clock.move(PAUSE)
            act(self, happening)
            self.driver.settle()
        return self.compare()

    def apply(self) -> None:
        """Hand in the application as the distributor does."""
        person = scenarios.load("demo").people[self.story.citizen]
        ready = scenarios.load("demo").applications
        fields = {
            **ready.get(self.story.citizen, ready[READY]),
            "applicant_cpr": person.cpr,
            **self.story.answers,
        }
        at = self.clock.now()
        message = demo.delivered(self.story.citizen, submitted_at=at, fields=fields)
        self._before_registers()
        self.core.intake.deliver(message)
        (case,) = self.core.cases.search(person.cpr, self.team.caseworker)
        self.case_id = case.id
        self.driver.settle()

    def _before_registers(self) -> None:
        """Let a register be away from the start, when the story begins so."""
        first = self.story.happenings[0]
        if first.phrase in AWAY:
            self.away(first)

    # ---- what people do --------------------------------------------------------------------------

    def complete(self, form_key: str, answer: Answer) -> None:
        """Let the right person answer a task that must be open now."""
        tasks = {task.form_key: task for task in self.driver.rest(self.case_id)}
        if form_key not in tasks:
            there = ", ".join(f"«{task.name}»" for task in tasks.values()) or "ingen"
            raise StoryError(f"fortællingen løser {form_key}, men de åbne opgaver er {there}")
        task = tasks[form_key]
        by = self.team.for_role(task.role)
        page = self.core.inbox.open(task.id, by)
        self.core.inbox.claim(task.id, by)
        self.core.inbox.complete(task.id, answer(page), by)

    def assess(self, it: Happening) -> None:
        """Assess (vurdér): the usual answers, and what this story says differently."""
        people, said = _people_and_rest(it.details)
        known(said, must=("vurdering",), may=("skøn",), of=it.phrase)
        about = {
            person: {**self._usual(person), **facts(answers, of=it.phrase)}
            for person, answers in ({APPLICANT: {}} | self._spouse() | people).items()
        }
        self.complete(
            "casework.assess",
            lambda page: {
                "answers": _answers(page, about),
                "discretion": yes_or_no(said.get("skøn", "nej")),
                "text": " ".join(said["vurdering"].split()),
            },
        )

    def _spouse(self) -> dict[str, dict[str, Any]]:
        case = self.core.cases.page(self.case_id, self.team.caseworker).case
        return {ROLES[p.role]: {} for p in case.parties if p.role is PartyRole.SPOUSE}

    def _usual(self, person: str) -> Mapping[FactKind, Any]:
        page = self.core.cases.page(self.case_id, self.team.caseworker)
        jointly = page.application is not None and page.application.applies_jointly
        return self.usual[APPLICANT if person == APPLICANT or jointly else SPOUSE]

    def type_in(self, it: Happening) -> None:
        """Type in what a register did not say: name and address besides, while CPR is away."""
        people, said = _people_and_rest(it.details)
        who = {
            person: (answers.pop("Navn"), tuple(answers.pop("Adresse").split(", ")))
            for person, answers in people.items()
            if {"Navn", "Adresse"} <= set(answers)
        }

        def people_of(page: TaskPage) -> tuple[PersonAnswer, ...]:
            return tuple(
                PersonAnswer(_party(page, person).id, name, lines, Protection.NORMAL)
                for person, (name, lines) in who.items()
            )

        self.evidenced("casework.register_data", it, people, said, people_of=people_of)

    def evidenced(
        self,
        form_key: str,
        it: Happening,
        people: Mapping[str, Any] | None = None,
        said: Mapping[str, Any] | None = None,
        *,
        people_of: Callable[[TaskPage], tuple[PersonAnswer, ...]] = lambda _page: (),
    ) -> None:
        """Type in facts with where they were seen."""
        if people is None or said is None:
            people, said = _people_and_rest(it.details)
        known(said, must=("kilde", "dokumentation", "gælder fra"), of=it.phrase)
        about = facts_by_person(people, of=it.phrase)
        self.complete(
            form_key,
            lambda page: {
                "answers": _answers(page, about),
                "source": said["kilde"],
                "evidence": said["dokumentation"],
                "valid_from": day(said["gælder fra"]),
                "people": people_of(page),
            },
        )

    def compare_answers(self, it: Happening) -> None:
        """Say which holds where a register that is back says otherwise than what was typed in."""
        known(it.details, must=("forskelle", "vurdering", "vurderes igen"), of=it.phrase)
        expected = {fact_kind(label): holds for label, holds in it.details["forskelle"].items()}

        def values(page: TaskPage) -> Values:
            found = {each.kind for each in page.contradictions}
            if found != set(expected):
                there = ", ".join(FACT_LABELS[kind] for kind in sorted(found)) or "ingen"
                raise StoryError(f"«{it.phrase}» venter andre forskelle; der er {there}")
            return {
                "chosen": {
                    (each.party_id, each.kind): HOLDS[expected[each.kind]]
                    for each in page.contradictions
                },
                "conclusion": " ".join(it.details["vurdering"].split()),
                "reassess": yes_or_no(it.details["vurderes igen"]),
            }

        self.complete("casework.recheck", values)

    def conclude(self, form_key: str, it: Happening) -> None:
        """Say what a hearing leads to."""
        known(it.details, must=("vurdering", "ændrer sagens oplysninger"), of=it.phrase)
        changes = yes_or_no(it.details["ændrer sagens oplysninger"])
        self.complete(
            form_key,
            lambda _page: {
                "conclusion": " ".join(it.details["vurdering"].split()),
                "changes_facts": changes,
            },
        )

    def hear(self, it: Happening) -> None:
        """Send the hearing letter as it was drafted."""
        known(it.details, must=("dage til at svare",), of=it.phrase)
        days = it.details["dage til at svare"]
        self.complete(
            "casework.prepare_hearing",
            lambda page: {**prepare_hearing(page), "hearing_days": days},
        )

    def immediate_help(self, it: Happening) -> None:
        """Say whether the citizen needs help until the first payment, and how much."""
        said = it.details
        may = ("beløb", "udbetales", "mangler")
        known(said, must=("svar", "begrundelse"), may=may, of=it.phrase)
        why = " ".join(str(said["begrundelse"]).split())
        if said["svar"] not in HELP_ANSWERS:
            raise StoryError(f"'{said['svar']}' er ikke et svar; der er " + ", ".join(HELP_ANSWERS))
        if said["svar"] == "ikke nødvendig":
            self.complete("casework.immediate_help", help_not_needed(why))
            return
        amount = str(said["beløb"]) if said["svar"] == "bevilling" else None
        self.complete(
            "casework.immediate_help",
            help_now(
                why,
                amount=amount,
                needs=str(said.get("mangler", "")),
                payout=HELP_WAYS[str(said.get("udbetales", "NemKonto"))],
            ),
        )

    def hand_over(self, it: Happening) -> None:
        """Hand money over that cannot go to an account."""
        known(it.details, must=("kvittering", "notat"), of=it.phrase)
        self.complete(
            "payment.pay_otherwise",
            pay_otherwise(
                way="kasse",
                reference=str(it.details["kvittering"]),
                note=str(it.details["notat"]),
            ),
        )

    def why_late(self, it: Happening) -> None:
        """Write why the deadline is not kept."""
        known(it.details, must=("ny frist", "fordi"), of=it.phrase)
        self.complete(
            "casework.delay_reason",
            delay_reason(
                " ".join(str(it.details["fordi"]).split()),
                new_deadline_on=day(it.details["ny frist"]),
            ),
        )

    def reply(self, it: Happening) -> None:
        """The citizen answers the hearing."""
        person = scenarios.load("demo").people[self.story.citizen]
        hearings = self.core.cases.page(self.case_id, self.team.caseworker).hearings
        if not hearings:
            raise StoryError("der er ingen partshøring at svare på")
        self.core.citizen.answer_hearing(hearings[0].id, it.text, demo.citizen(person.cpr))

    # ---- what happens in a life ------------------------------------------------------------------

    def withdraw(self, it: Happening) -> None:
        """The citizen withdraws the application."""
        person = scenarios.load("demo").people[self.story.citizen]
        self.core.life.withdraw(self.case_id, it.text, demo.citizen(person.cpr))

    def tell(self, it: Happening) -> None:
        """The citizen tells of a change."""
        said = it.details
        known(said, must=("hvad", "fra"), may=("beløb", "med egne ord"), of=it.phrase)
        kinds = {name.lower(): kind for kind, name in EVENT_NAMES.items()}
        if said["hvad"] not in kinds:
            raise StoryError(f"'{said['hvad']}' er ikke en ændring; der er " + ", ".join(kinds))
        told = Told(
            kinds[said["hvad"]],
            day(said["fra"]),
            " ".join(str(said.get("med egne ord", "")).split()),
            amount=Money.kroner(str(said["beløb"])) if "beløb" in said else None,
        )
        person = scenarios.load("demo").people[self.story.citizen]
        self.core.life.tell(self.case_id, told, demo.citizen(person.cpr))

    def cpr_tells(self, it: Happening) -> None:
        """CPR tells that something happened, by Beskedfordeler; twice, as it may."""
        known(it.details, must=("hvem", "hændelse", "dag"), of=it.phrase)
        kind = {"dødsfald": "doedsfald", "flytning": "flytning"}.get(it.details["hændelse"])
        if kind is None:
            raise StoryError(f"'{it.details['hændelse']}' er hverken dødsfald eller flytning")
        said = requests.post(
            f"{self.registers_url}/__control/person_event",
            json={"who": it.details["hvem"], "kind": kind, "on": f"{day(it.details['dag'])}"},
            timeout=CONTROL_SECONDS,
        )
        said.raise_for_status()
        for _ in range(2):
            self.core.life.deliver(said.json()["body"].encode())

    def look_at_death(self, it: Happening) -> None:
        """Look through the case after a death."""
        self.complete("casework.death", lambda _page: {"conclusion": it.text})

    def judge_move(self, it: Happening) -> None:
        """Say whether we are still the municipality that must help."""
        said = it.details
        must = ("stadig opholdskommune", "samtykke", "vurdering")
        known(said, must=must, may=("ny kommune",), of=it.phrase)
        self.complete(
            "casework.assess_move",
            lambda _page: {
                "still_ours": yes_or_no(said["stadig opholdskommune"]),
                "place": said.get("ny kommune", ""),
                "has_consent": yes_or_no(said["samtykke"]),
                "conclusion": " ".join(said["vurdering"].split()),
            },
        )

    def judge_change(self, it: Happening) -> None:
        """Say whether a change can matter for the help."""
        known(it.details, must=("kan betyde noget", "vurdering"), of=it.phrase)
        matters = yes_or_no(it.details["kan betyde noget"])
        self.complete(
            "casework.change",
            lambda _page: {
                "matters": matters,
                "conclusion": " ".join(it.details["vurdering"].split()),
            },
        )

    # ---- what happens without people -------------------------------------------------------------

    def away(self, it: Happening) -> None:
        """Let a register be away, or come back."""
        service, mode = AWAY[it.phrase]
        requests.post(
            f"{self.registers_url}/__control/mode",
            json={"service": service, "mode": mode},
            timeout=CONTROL_SECONDS,
        ).raise_for_status()

    def wait(self, it: Happening) -> None:
        """Let time pass; what falls due on the way is done."""
        count, _, unit = it.text.partition(" ")
        if not count.isdigit() or unit not in UNITS:
            raise StoryError(f"'{it.text}' er ikke et tidsrum som 15 dage")
        self._pass(timedelta(**{UNITS[unit]: int(count)}))

    def _pass(self, time_to_pass: timedelta) -> None:
        for _ in range(STEPS_A_WAIT):
            self.clock.move(time_to_pass / STEPS_A_WAIT)
            self.driver.settle()

    def wait_for_money(self, _it: Happening) -> None:
        """Wait until the day the money is there."""
        page = self.core.cases.page(self.case_id, self.team.caseworker)
        if not page.payments:
            raise StoryError("der er ingen udbetaling at vente på")
        last = max(row.line.disposition_on for row in page.payments)
        self.clock.move(datetime.combine(last, time(6), DENMARK) - self.clock.now())
        self.driver.rest(self.case_id)

    # ---- what came out ---------------------------------------------------------------------------

    def compare(self) -> Played:
        """Return what came out, and where it differs from what must."""
        page = self.core.cases.page(self.case_id, self.team.caseworker)
        decision = page.decisions[0] if page.decisions else None
        months = () if page.calculation is None else page.calculation.months
        return Played(
            story=self.story,
            outcome="ingen" if decision is None else str(decision.outcome),
            gross=total(month.gross or Money(0) for month in months),
            net=total(row.line.net for row in page.payments),
            why=_why(page, months),
            case_number=page.case.number,
            differences=tuple(differences(page, self.story.ending, self.core)),
        )


Act = Callable[[StoryPlayer, Happening], None]

HELP_ANSWERS = ("bevilling", "afslag", "ikke nødvendig")
HELP_WAYS = {"NemKonto": "nemkonto", "i kassen": "kasse"}

AWAY = {
    "CPR svarer ikke": ("cpr", "down"),
    "CPR svarer igen": ("cpr", "normal"),
    "eIndkomst svarer ikke": ("eindkomst", "down"),
    "eIndkomst svarer igen": ("eindkomst", "normal"),
}

PHRASES: Mapping[str, Act] = {
    "sagsbehandleren vurderer": StoryPlayer.assess,
    "sagsbehandleren indtaster registeroplysninger": StoryPlayer.type_in,
    "sagsbehandleren sammenligner med registeret": StoryPlayer.compare_answers,
    "sagsbehandleren indtaster det, der mangler": lambda player, it: player.evidenced(
        "casework.complete_facts", it
    ),
    "sagsbehandleren registrerer skattekort": lambda player, it: player.evidenced(
        "payment.tax_card", it
    ),
    "sagsbehandleren sender partshøring": StoryPlayer.hear,
    "sagsbehandleren vurderer svaret": lambda player, it: player.conclude(
        "casework.hearing_reply", it
    ),
    "sagsbehandleren går videre uden svar": lambda player, it: player.conclude(
        "casework.hearing_lapsed", it
    ),
    "sagsbehandleren foreslår afgørelsen": lambda player, it: player.complete(
        "decision.propose", propose(it.text)
    ),
    "godkenderen godkender": lambda player, _it: player.complete("decision.approve", approve),
    "godkenderen sender forslaget tilbage": lambda player, it: player.complete(
        "decision.approve", lambda _page: {"approved": False, "reason": it.text}
    ),
    "sagsbehandleren tager stilling til engangshjælp": StoryPlayer.immediate_help,
    "økonomien udbetaler i kassen": StoryPlayer.hand_over,
    "sagsbehandleren begrunder forsinkelsen": StoryPlayer.why_late,
    "teamlederen følger op på fristen": lambda player, it: player.complete(
        "casework.deadline_passed", note_passed(it.text)
    ),
    "borgeren svarer": StoryPlayer.reply,
    "borgeren trækker ansøgningen tilbage": StoryPlayer.withdraw,
    "borgeren fortæller om en ændring": StoryPlayer.tell,
    "CPR melder": StoryPlayer.cpr_tells,
    "sagsbehandleren ser på dødsfaldet": StoryPlayer.look_at_death,
    "sagsbehandleren vurderer flytningen": StoryPlayer.judge_move,
    "sagsbehandleren ser på ændringen": StoryPlayer.judge_change,
    "der går": StoryPlayer.wait,
    "pengene er til disposition": StoryPlayer.wait_for_money,
    **dict.fromkeys(AWAY, StoryPlayer.away),
    **changing.PHRASES,
    **owing.PHRASES,
}
"""Everything a story can say."""


def _people_and_rest(details: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split what is said of people from what is said of the whole."""
    people = {key: said for key, said in details.items() if key in ROLES.values()}
    return people, {key: said for key, said in details.items() if key not in people}


def _party(page: TaskPage, person: str) -> Party:
    return next(each for each in page.case.parties if ROLES.get(each.role) == person)


def _answers(page: TaskPage, about: Answers) -> tuple[FactAnswer, ...]:
    return tuple(
        FactAnswer(_party(page, person).id, kind, FactStatus.VALUE, value)
        for person, said in about.items()
        for kind, value in said.items()
    )


# ---- comparing ----------------------------------------------------------------------------------


def differences(page: CasePage, ending: Ending, core: Core) -> Iterator[str]:
    """Yield every difference between what came out and what must, in plain words."""
    outcome = str(page.decisions[0].outcome) if page.decisions else "ingen"
    yield from _differ("afgørelsen", ending.outcome, outcome)
    yield from _differ("beskyttet", ending.protected, _protected(page))
    months = () if page.calculation is None else page.calculation.months
    reasons = sorted({each.label for month in months for each in month.refused_because})
    yield from _differ("betingelser, der ikke er opfyldt", sorted(ending.because), reasons)
    yield from _month_differences(page, ending.months)
    yield from _help_differences(page, ending.help_now)
    yield from _differ("breve", sorted(_expected_letters(ending)), sorted(_letters(page)))
    yield from _source_differences(page, ending)
    journal = "\n".join(note.text for note in page.notes)
    for words in ending.notes:
        if words not in journal:
            yield f"i journalen: ventede «{words}», men det står der ikke"
    yield from _standing_still(page.tasks, page.incidents)
    if page.payments and total(
        Money(int(str(entry["amount_oere"]))) for each in page.vouchers for entry in each.entries
    ):
        yield "bogføringen går ikke op"


def _differ(what: str, expected: object, got: object) -> Iterator[str]:
    if expected != got:
        yield f"{what}: ventede {_say(expected)}, fik {_say(got)}"


def _say(value: object) -> str:
    if isinstance(value, Money):
        return value.danish()
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, list):
        return "; ".join(str(each) for each in value) or "ingen"
    return "intet" if value is None else str(value)


def _protected(page: CasePage) -> bool:
    return page.case.primary_party.protection is Protection.PROTECTED


def _by_person(page: CasePage) -> dict[str, Party]:
    return {ROLES[each.role]: each for each in page.case.parties if each.role in ROLES}


def _month_differences(page: CasePage, expected: Sequence[ExpectedMonth]) -> Iterator[str]:
    parties = _by_person(page)
    calculated = {} if page.calculation is None else _paying(page.calculation.months)
    for month in expected:
        where = f"{month.person}, {month_in_words(month.month)}"
        party = parties.get(month.person)
        got = None if party is None else calculated.pop((party.id, month.month), None)
        if party is None or got is None:
            yield f"{where}: ventede {month.gross.danish()}, men intet er beregnet"
            continue
        yield from _line_differences(where, month, got)
        own = {decision.id for decision in page.decisions}
        rows = [
            row
            for row in page.payments
            if row.line.decision_id in own
            and row.line.party_id == party.id
            and row.line.month == month.month
        ]
        paid = rows[0] if rows else None
        yield from _differ(f"{where}, skat", month.tax, paid and paid.line.tax)
        yield from _differ(f"{where}, til udbetaling", month.net, paid and paid.line.net)
        if paid is not None:
            yield from _differ(f"{where}, udbetalingen er", "udbetalt", str(paid.state))
    for party_id, number in calculated:
        name = page.case.party(party_id).name
        yield f"{name}, {month_in_words(number)}: ikke ventet, men beregnet"


def _help_differences(page: CasePage, expected: ExpectedHelp | None) -> Iterator[str]:
    own = {decision.id for decision in page.decisions}
    rows = [row for row in page.payments if row.line.decision_id not in own]
    paid = rows[0] if rows else None
    if expected is None:
        yield from _differ("engangshjælp", None, paid and paid.line.net)
        return
    yield from _differ("engangshjælp før skat", expected.gross, paid and paid.line.gross)
    yield from _differ("engangshjælp til udbetaling", expected.net, paid and paid.line.net)
    yield from _differ("engangshjælp den", expected.on, paid and paid.line.disposition_on)
    yield from _differ("engangshjælp er", "udbetalt", str(paid.state) if paid else None)


def _paying(months: Sequence[PersonMonth]) -> dict[tuple[str, Any], PersonMonth]:
    return {(each.party_id, each.month): each for each in months if each.gross}


def _line_differences(where: str, expected: ExpectedMonth, got: PersonMonth) -> Iterator[str]:
    lines = {line.label: line.amount for line in got.lines}
    for label in dict.fromkeys([*expected.lines, *lines]):
        yield from _differ(f"{where}, {label}", expected.lines.get(label), lines.get(label))
    yield from _differ(f"{where}, før skat", expected.gross, got.gross)


def _expected_letters(ending: Ending) -> list[str]:
    return [f"«{each.title}» til {each.person} ({each.channel})" for each in ending.letters]


def _letters(page: CasePage) -> list[str]:
    person = {party.id: name for name, party in _by_person(page).items()}
    return [
        f"«{letter.title}» til {person[letter.record.party_id]} ({letter.record.channel})"
        for letter in page.letters
    ]


def _source_differences(page: CasePage, ending: Ending) -> Iterator[str]:
    parties = _by_person(page)
    for each in ending.sources:
        said = [
            fact
            for row in page.facts
            if row.kind is each.kind and row.party_id == parties[each.person].id
            for fact in (row.fact, *row.others)
            if fact is not None
        ]
        if not any(
            fact.source.name == each.name and each.evidence in fact.source.evidence for fact in said
        ):
            got = [f"{fact.source.name} ({fact.source.evidence})" for fact in said]
            yield (
                f"kilden til {each.kind} for {each.person}: ventede {each.name}"
                f" ({each.evidence}), fik {_say(got)}"
            )


def _standing_still(tasks: Sequence[UserTask], incidents: Sequence[Incident]) -> Iterator[str]:
    for task in tasks:
        if task.completed_at is None and str(task.state) == "open":
            yield f"opgaven «{task.name}» er ikke løst"
    for incident in incidents:
        yield f"sagen står stille: {incident.message}"


def _why(page: CasePage, months: Sequence[PersonMonth]) -> str:
    """Say in one sentence why: what the amount is made of, or what stands in the way."""
    refused = [each for month in months for each in month.refused_because]
    if refused:
        return "; ".join(
            dict.fromkeys(f"{each.reason} ({law_in_words(each.law)})" for each in refused)
        )
    people = len({month.party_id for month in months}) > 1
    return "; ".join(
        (f"{page.case.party(month.party_id).name}: " if people else "")
        + " + ".join(f"{line.label} {line.amount.danish()}" for line in month.lines)
        for month in months
    ).replace("+ " + "\u2212", "\u2212")
