"""What a page asks of the database: counted, and held to grow neither with cases nor with age."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from lxml import html
from sqlalchemy import Engine, event

from app.factory import create_app
from app.local.driver import approve, assess, propose, tax_card
from processes.ports.pages import CaseTab
from processes.ports.records import TaskFilter
from tests.journeys.conftest import World

GRANT = {
    "casework.assess": assess(text="Betingelserne er opfyldt."),
    "decision.propose": propose("Du er blevet ledig og kan ikke forsørge dig selv."),
    "decision.approve": approve,
    "payment.tax_card": tax_card(rate=38, deduction="4358"),
}
APPLICANTS = ("hjalte", "ida", "samira", "freja")
MOST_FOR_INBOX = 15
MOST_FOR_A_PAGE = 15
"""As the plan says: all of it, the login and the note of who looked included."""
MOST_OF_TWO_DESKS = {CaseTab.MESSAGES: 17, CaseTab.CHANGES: 20, CaseTab.COMPLAINTS: 17}
"""Pages that show what another desk than the case's own has read, in a transaction of its own."""
TAILS = {
    CaseTab.OVERVIEW: "",
    CaseTab.FACTS: "/oplysninger",
    CaseTab.CALCULATION: "/beregning",
    CaseTab.PAYMENTS: "/udbetalinger",
    CaseTab.DOCUMENTS: "/dokumenter",
    CaseTab.MESSAGES: "/beskeder",
    CaseTab.CHANGES: "/aendringer",
    CaseTab.COMPLAINTS: "/klager",
    CaseTab.JOURNAL: "/journal",
    CaseTab.TIMELINE: "/tidslinje",
    CaseTab.COURSE: "/forloeb",
}


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Collect the statements that are sent."""
    statements: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def statements_of_inbox(world: World) -> int:
    by = world.driver.team.caseworker
    with counted(world.core.engine) as statements:
        world.core.inbox.rows(TaskFilter(view="unit"), by)
        world.core.inbox.counts(by)
    return len(statements)


def statements_of_case(world: World, case_id: str) -> dict[CaseTab, int]:
    """Count what each page of a case asks, by somebody who has been there before."""
    web = create_app(world.core.settings, world.core).test_client()
    login = html.fromstring(web.get("/log-ind").data)
    token = login.xpath("//input[@name='csrf_token']/@value")[0]
    web.post("/log-ind/medarbejder", data={"csrf_token": token, "chosen": "mette"})
    asked = {}
    for tab, tail in TAILS.items():
        web.get(f"/sager/{case_id}{tail}")
        with counted(world.core.engine) as statements:
            assert web.get(f"/sager/{case_id}{tail}").status_code == 200
        asked[tab] = len(statements)
    return asked


def test_pages_ask_no_more_when_there_is_more(world: World) -> None:
    young = world.apply("anna")
    world.driver.rest(young)
    inbox_of_one, case_when_young = statements_of_inbox(world), statements_of_case(world, young)
    world.driver.work(young, GRANT)
    for who in APPLICANTS:
        world.driver.rest(world.apply(who))
    world.clock.forward(timedelta(days=30))
    world.driver.settle()

    inbox_of_many, case_when_old = statements_of_inbox(world), statements_of_case(world, young)

    print(f"\ninbox: {inbox_of_one} statements with 1 task, {inbox_of_many} with {len(APPLICANTS)}")  # noqa: T201 – a benchmark prints
    for tab, tail in TAILS.items():
        print(f"/sager/…{tail}: {case_when_young[tab]} when new, {case_when_old[tab]} when paid")  # noqa: T201 – a benchmark prints
    assert inbox_of_many == inbox_of_one <= MOST_FOR_INBOX
    assert set(TAILS) == set(CaseTab)
    most = dict.fromkeys(TAILS, MOST_FOR_A_PAGE) | MOST_OF_TWO_DESKS
    for asked in (case_when_young, case_when_old):
        assert {tab: n for tab, n in asked.items() if n > most[tab]} == {}


def test_an_instance_at_rest_is_a_few_hundred_bytes(world: World) -> None:
    case_id = world.apply("anna")
    world.driver.rest(case_id)
    sizes = []
    for form_key in GRANT:
        with world.core.env.uow(999) as uow:
            sizes.append(len(uow.processes.instances_of_case(case_id)[0].blob))
        world.driver.work(case_id, {form_key: GRANT[form_key]})

    print(f"\ninstance: {sizes} bytes before each of {len(sizes)} tasks")  # noqa: T201 – a benchmark prints
    assert max(sizes) <= 8_192
    assert max(sizes) <= 3 * min(sizes)
