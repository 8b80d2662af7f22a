"""Drafts of processes: nothing is lost when two draw at once, and nobody approves their own."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import DBAPIError

from app.judging import LimitedJudge
from processes.domain.access import Actor, Role
from processes.domain.errors import (
    ConflictError,
    NotAllowedError,
    NotFoundError,
    RuleError,
    TwoPersonError,
)
from processes.operations.workbench import Workbench
from processes.ports.workbench import DraftEvent, DraftKind, DraftStage, Running
from tests.bpmn import shipped
from tests.journeys.conftest import World

KEY = "answer_message"
FILE = f"{KEY}.bpmn"
MAIN = "subsistence_application"
HERE = 999


@pytest.fixture(autouse=True)
def _patient(world: World) -> None:
    """Let the gate take its time: the tests say what it says, not how soon."""
    judge = world.core.workbench.judge_files
    assert isinstance(judge, LimitedJudge)
    judge.seconds = 60


def person(user: str, role: Role = Role.PROCESS_OWNER) -> Actor:
    """Return somebody of the demo municipality."""
    return Actor(user, user.title(), role, HERE, frozenset())


PETER, GITTE = person("peter"), person("gitte")


def renamed(name: str) -> bytes:
    """Return the diagram with another name of its process."""
    drawn = (shipped.BPMN / "processes" / FILE).read_bytes()
    return drawn.replace(b'name="Besvar en besked"', f'name="{name}"'.encode())


def submit(world: World, draft_id: str, by: Actor = PETER) -> None:
    bench = world.core.workbench
    bench.submit(
        draft_id,
        by,
        revision=bench.draft(draft_id, by).draft.revision,
        reason="Navnet skal sige det rigtige.",
        valid_from=world.core.clock.today(),
        running=Running.STAY,
    )


def a_change(world: World, name: str = "Svar på en besked") -> str:
    """Draw a change and ask for approval of it; return the draft."""
    bench = world.core.workbench
    draft_id = bench.open_draft(KEY, PETER)
    bench.save(draft_id, FILE, renamed(name), PETER, revision=1)
    submit(world, draft_id)
    return draft_id


def approve(bench: Workbench, draft_id: str, by: Actor = GITTE) -> None:
    bench.approve(draft_id, by, digest=bench.draft(draft_id, by).draft.digest)


def test_two_who_draw_at_once_lose_nothing(world: World) -> None:
    bench = world.core.workbench
    draft_id = bench.open_draft(KEY, PETER)

    bench.save(draft_id, FILE, renamed("Peters"), PETER, revision=1)
    with pytest.raises(ConflictError, match="Dit er ikke gemt"):
        bench.save(draft_id, FILE, renamed("Gittes"), GITTE, revision=1)

    assert bench.draft(draft_id, PETER).draft.files[FILE] == renamed("Peters")


def test_a_draft_is_approved_by_somebody_who_has_not_drawn_in_it(world: World) -> None:
    bench = world.core.workbench
    draft_id = bench.open_draft(KEY, PETER)
    bench.save(draft_id, FILE, renamed("Svar på en besked"), PETER, revision=1)
    submit(world, draft_id, by=GITTE)

    for who in (PETER, GITTE):
        with pytest.raises(TwoPersonError):
            approve(bench, draft_id, who)

    approve(bench, draft_id, person("karl"))
    assert bench.process(KEY, PETER).name == "Besvar en besked"
    assert [each.line.version for each in bench.process(KEY, PETER).versions] == [2, 1]


def test_the_database_too_refuses_that_whoever_drew_it_approves_it(world: World) -> None:
    draft_id = a_change(world)

    with world.core.env.uow(HERE) as uow:
        draft = uow.process_drafts.lock(draft_id)
        own = replace(draft, stage=DraftStage.APPROVED, decided_by="peter", version=2)
        with pytest.raises(DBAPIError, match=r"process_draft_two_persons|drew a process"):
            uow.process_drafts.save(own)
    with world.core.env.uow(HERE) as uow:
        draft = uow.process_drafts.lock(draft_id)
        uow.process_drafts.note(DraftEvent(draft_id, world.core.clock.now(), "karl", "saved"))
        drew = replace(draft, stage=DraftStage.APPROVED, decided_by="karl", version=2)
        with pytest.raises(DBAPIError, match="drew a process"):
            uow.process_drafts.save(drew)


def test_what_was_seen_is_what_is_approved(world: World) -> None:
    bench = world.core.workbench
    draft_id = a_change(world)
    seen = bench.draft(draft_id, GITTE).draft.digest
    bench.take_back(draft_id, PETER)
    bench.save(draft_id, FILE, renamed("Noget helt andet"), PETER, revision=2)
    submit(world, draft_id)

    with pytest.raises(ConflictError, match="en anden end den, du så"):
        bench.approve(draft_id, GITTE, digest=seen)


def test_a_draft_that_waits_is_not_drawn_in_and_comes_back_with_a_reason(world: World) -> None:
    bench = world.core.workbench
    draft_id = a_change(world)
    with pytest.raises(RuleError, match="venter på godkendelse"):
        bench.save(draft_id, FILE, renamed("X"), PETER, revision=2)
    assert [each.id for each in bench.library(GITTE).to_approve] == [draft_id]
    assert bench.library(PETER).to_approve == ()

    bench.send_back(draft_id, GITTE, reason="Det hedder en henvendelse.")

    back = bench.library(PETER)
    assert back.sent_back[draft_id].words == "Det hedder en henvendelse."
    assert [each.id for each in back.mine] == [draft_id]


def test_a_draft_with_faults_or_without_changes_is_not_sent(world: World) -> None:
    bench = world.core.workbench
    same = bench.open_draft(KEY, PETER)
    with pytest.raises(RuleError, match="den samme som version 1"):
        submit(world, same)

    broken = bench.open_draft(KEY, PETER)
    bench.save(broken, FILE, b"<ikke et diagram", PETER, revision=1)
    with pytest.raises(RuleError, match="der skal rettes"):
        submit(world, broken)


def test_a_version_that_came_meanwhile_is_not_overwritten(world: World) -> None:
    bench = world.core.workbench
    first, second = a_change(world, "Den ene"), a_change(world, "Den anden")
    approve(bench, first)

    with pytest.raises(ConflictError, match="Version 2 er kommet til"):
        approve(bench, second)


def test_what_was_drawn_elsewhere_opens_as_a_draft_with_all_its_findings(world: World) -> None:
    bench = world.core.workbench
    script = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"
      targetNamespace="x"><process id="Process_0abc123"><startEvent id="StartEvent_1"/>
      <scriptTask id="Activity_1"><script>import os</script></scriptTask></process></definitions>"""

    draft = bench.draft(bench.upload("Fra Signavio.xml", script, PETER), PETER)

    assert draft.draft.key == "fra_signavio"
    assert draft.draft.base_version is None
    assert "element.unsupported" in {each.rule for each in draft.assessment.errors}
    for name, content in (("x.bpmn", b"\x00"), ("tom.bpmn", b"")):
        opened = bench.draft(bench.upload(name, content, PETER), PETER)
        assert opened.assessment.errors
    with pytest.raises(RuleError, match="hverken et BPMN-diagram"):
        bench.upload("brev.pdf", b"%PDF", PETER)
    with pytest.raises(RuleError, match="højst fylde"):
        bench.upload("stor.bpmn", b" " * 2_000_001, PETER)


def test_a_diagram_brings_along_what_it_calls_and_tells_who_has_their_own(world: World) -> None:
    bench = world.core.workbench
    drawn = (shipped.BPMN / "processes" / f"{MAIN}.bpmn").read_bytes()

    page = bench.draft(bench.upload(f"{MAIN}.bpmn", drawn, PETER), PETER)

    assert page.assessment.errors == ()
    assert page.draft.base_version == 1
    assert "send_letter.bpmn" in page.draft.files
    assert page.shared["send_letter.bpmn"]


def test_a_process_goes_back_and_out_only_by_two(world: World) -> None:
    bench, today = world.core.workbench, world.core.clock.today()
    approve(bench, a_change(world))

    back = bench.roll_back(KEY, 1, PETER, reason="Det nye navn er værre.", day=today)
    with pytest.raises(TwoPersonError):
        approve(bench, back, PETER)
    approve(bench, back)

    page = bench.process(KEY, PETER)
    digests = {each.line.version: each.line.digest for each in page.versions}
    assert digests[3] == digests[1] != digests[2]
    with pytest.raises(RuleError, match="ville ikke starte nogen sag"):
        bench.retire(KEY, PETER, reason="Bruges ikke.", day=today)


def test_a_table_goes_the_same_way(world: World) -> None:
    bench = world.core.workbench
    draft_id = bench.open_draft("hearing_needed", PETER)
    draft = bench.draft(draft_id, PETER).draft
    assert draft.kind is DraftKind.TABLE
    xml = draft.files["hearing_needed.dmn"]
    changed = xml.replace(
        "Afgørelsen er ikke til ugunst for parten.".encode(),
        "Parten får, hvad der er søgt.".encode(),
    )
    bench.save(draft_id, "hearing_needed.dmn", changed, PETER, revision=1)
    submit(world, draft_id)
    approve(bench, draft_id)

    page = bench.process("hearing_needed", GITTE)
    assert page.shown.version == 2
    assert page.files["hearing_needed.dmn"] == changed


def test_only_process_owners_draw_and_every_deed_is_logged(world: World) -> None:
    bench = world.core.workbench
    with pytest.raises(NotAllowedError):
        bench.open_draft(KEY, person("karin", Role.CASEWORKER))
    with pytest.raises(NotFoundError):
        bench.open_draft("ingenting", PETER)

    draft_id = a_change(world)
    approve(bench, draft_id)

    with world.core.env.uow(HERE) as uow:
        done = [(each.user, each.action) for each in uow.audit.of_subject(f"draft:{draft_id}")]
        deployed = uow.audit.of_subject(f"process:{KEY}")
    assert done == [
        ("gitte", "draft.approved"),
        ("peter", "draft.submitted"),
        ("peter", "draft.saved"),
        ("peter", "draft.created"),
    ]
    assert "version 2" in deployed[0].reason


def test_an_installation_that_starts_anew_takes_no_change_back(world: World) -> None:
    approve(world.core.workbench, a_change(world))

    again = world.core.deployment.deploy_shipped(by="system")

    assert not again.changed
    assert world.core.workbench.process(KEY, PETER).versions[0].line.version == 2
