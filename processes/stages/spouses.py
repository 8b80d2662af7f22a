"""Ask a spouse for the part only the spouse can give (ægtefællens del), or go on without it.

Nobody is written to on an applicant's word alone: CPR must know the two as married. What the spouse
does not say is not known, and the application goes in all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from processes.domain import spouses
from processes.domain.cases import Case, Party, PartyRole, Protection
from processes.domain.documents import (
    Direction,
    DocumentKind,
    DocumentRequest,
    RequestState,
)
from processes.domain.documents import move as move_request
from processes.domain.errors import BrokenStateError
from processes.domain.facts import Fact, FactKind, FactStatus, FactValue, Source, SourceKind
from processes.domain.identifiers import Cpr, Cvr
from processes.domain.money import Money
from processes.domain.periods import DENMARK, ONE_DAY, Period
from processes.domain.spouses import SpousePart, SpousePartState
from processes.ports.gateways import Gateways, PersonRecord
from processes.steps import StepContext, Variables, step

CPR_TRIES = 4
"""Half a minute; then the application goes on, and CPR is asked again with the case."""
REMIND_AT = time(9)
YES_NO = {"ja": True, "nej": False}


def prepare(ctx: StepContext, case: Case) -> None:
    """Set up that a spouse is asked (ægtefællen skal spørges); the process writes the letter."""
    spouse = spouse_of(case)
    if spouse is None:
        raise BrokenStateError("ægtefællens del blev sat op i en sag uden ægtefælle")
    ctx.uow.spouse_parts.save(SpousePart(case.id, spouse.id, SpousePartState.PREPARED, ctx.now))
    ctx.tell("spouse-asked", case.id, {"case_id": case.id}, case_id=case.id)


def spouse_of(case: Case) -> Party | None:
    """Return the spouse of a case, if there is one."""
    return next((each for each in case.parties if each.role is PartyRole.SPOUSE), None)


def _part(ctx: StepContext, case_id: str) -> SpousePart:
    part = ctx.uow.spouse_parts.of_case(case_id)
    if part is None:
        raise BrokenStateError("sagen har ingen del, der er ægtefællens")
    return part


# ---- may they be asked ------------------------------------------------------------------------


@dataclass(frozen=True)
class CoupleRequest:
    """Whom to look up: the one who applied, and the one they named."""

    applicant: Cpr
    named: Cpr
    municipality_cvr: Cvr


@dataclass(frozen=True)
class CoupleAnswer:
    """What CPR says of the two; the spouse only when the two are married."""

    applicant: PersonRecord
    spouse: PersonRecord | None


def prepare_confirm(ctx: StepContext, *, case_id: str) -> CoupleRequest:
    """Read whom to look up."""
    case = ctx.uow.cases.get(case_id)
    return CoupleRequest(
        applicant=case.primary_party.cpr,
        named=case.party(_part(ctx, case_id).party_id).cpr,
        municipality_cvr=Cvr(ctx.uow.setup.municipality().cvr),
    )


def ask_confirm(gateways: Gateways, request: CoupleRequest) -> CoupleAnswer:
    """Ask CPR about the applicant, and about the named one only if CPR names them too."""
    cvr = request.municipality_cvr
    applicant = gateways.persons.look_up(request.applicant, municipality_cvr=cvr)
    if applicant.spouse != request.named:
        return CoupleAnswer(applicant, None)
    spouse = gateways.persons.look_up(request.named, municipality_cvr=cvr)
    return CoupleAnswer(applicant, None if spouse.dead_on is not None else spouse)


@step(
    "spouses.confirm",
    prepare=prepare_confirm,
    ask=ask_confirm,
    errors=("register_unavailable",),
    max_attempts=CPR_TRIES,
)
def confirm(ctx: StepContext, answer: CoupleAnswer, *, case_id: str) -> Variables:
    """Ask the spouse when CPR knows the two as married (bekræft ægteskab).

    Units: calendar days from the day the application was sent; ISO moments out.
    """
    case, part = ctx.uow.cases.lock(case_id), _part(ctx, case_id)
    _introduce(ctx, case.primary_party, answer.applicant)
    received = ctx.uow.cases.application_of_case(case_id).received_at.astimezone(DENMARK).date()
    due_on = received + timedelta(days=spouses.SPOUSE_DAYS)
    remind_on = received + timedelta(days=spouses.REMINDER_AFTER_DAYS)
    if answer.spouse is None:
        ctx.uow.spouse_parts.save(spouses.move(part, SpousePartState.NOT_ASKED, at=ctx.now))
        ctx.note(case_id, "CPR viser ikke, at de to er gift. Ægtefællen er ikke kontaktet.")
    else:
        _introduce(ctx, case.party(part.party_id), answer.spouse)
        asked = spouses.move(part, SpousePartState.ASKED, at=ctx.now)
        ctx.uow.spouse_parts.save(replace(asked, due_on=due_on))
        ctx.note(case_id, f"Ægtefællen er bedt om sin del senest {due_on:%d.%m.%Y}.")
    return {
        "spouse_confirmed": answer.spouse is not None,
        "spouse_remind_at": datetime.combine(remind_on, REMIND_AT, DENMARK).isoformat(),
        "spouse_due_at": datetime.combine(due_on + ONE_DAY, time(), DENMARK).isoformat(),
    }


def _introduce(ctx: StepContext, party: Party, record: PersonRecord) -> None:
    """Write name and address of a party, as CPR has them; a letter needs them."""
    known = replace(
        party,
        name=record.name,
        address_lines=record.address_lines,
        protection=Protection.PROTECTED if record.protected else Protection.NORMAL,
    )
    if known != party:
        ctx.uow.cases.update_party(known)


@step("spouses.not_asked")
def not_asked(ctx: StepContext, *, case_id: str) -> Variables:
    """Note that CPR did not answer, so that nobody was written to (ægtefællen er ikke spurgt)."""
    part = _part(ctx, case_id)
    ctx.uow.spouse_parts.save(spouses.move(part, SpousePartState.NOT_ASKED, at=ctx.now))
    ctx.note(case_id, "CPR svarer ikke. Ægtefællen er ikke kontaktet, og ansøgningen går videre.")
    return {}


# ---- signed, or not ---------------------------------------------------------------------------


def sign(
    ctx: StepContext,
    case: Case,
    answers: Mapping[str, str],
    *,
    party_id: str,
    original: bytes,
    is_looked_at: bool,
) -> SpousePart:
    """Take in the spouse's own answers and signature (ægtefællens underskrift).

    `is_looked_at` says that a person is going through the case's papers: then this is one of them.
    """
    part = spouses.move(_part(ctx, case.id), SpousePartState.SIGNED, at=ctx.now)
    ctx.uow.spouse_parts.save(part)
    ctx.uow.facts.add(_stated_facts(ctx, case, party_id, answers))
    request = next(
        (
            each
            for each in ctx.uow.papers.of_case(case.id)
            if each.party_id == party_id and each.kind is DocumentKind.SPOUSE_PART
        ),
        None,
    )
    ctx.file(
        case.id,
        "Ægtefællens del, underskrevet",
        original,
        direction=Direction.IN,
        media_type="text/plain",
        party_id=party_id,
        subject_id=request.id if request is not None else case.id,
    )
    ctx.note(case.id, "Ægtefællen har svaret og skrevet under på Min side.")
    if answers.get("applies_too") == "nej":
        ctx.note(
            case.id,
            "Ansøgningen siger, at begge søger. Ægtefællen oplyser, at hun eller han ikke søger.",
        )
    if request is not None and request.state is RequestState.ASKED:
        _close(ctx, request, is_looked_at=is_looked_at)
    ctx.tell("spouse-signed", case.id, {}, case_id=case.id)
    return part


def _close(ctx: StepContext, request: DocumentRequest, *, is_looked_at: bool) -> None:
    """Note that what was asked for as a paper came as answers; a person looks, if one waits."""
    came = move_request(request, RequestState.RECEIVED, at=ctx.now)
    if is_looked_at:
        ctx.uow.papers.save(came)
        ctx.tell(
            "documents-received", request.case_id, {}, case_id=request.case_id, tries=ctx.new_id()
        )
        return
    ctx.uow.papers.save(move_request(came, RequestState.ACCEPTED, at=ctx.now))


def _stated_facts(
    ctx: StepContext, case: Case, party_id: str, answers: Mapping[str, str]
) -> list[Fact]:
    """Turn the spouse's answers into facts with the spouse as source; `ved_ikke` is unknown."""
    application = ctx.uow.cases.application_of_case(case.id)
    said: dict[FactKind, FactValue | None] = {
        FactKind.WORK_INCOME: _money(answers.get("spouse_income_kroner", "")),
        FactKind.WEALTH: _money(answers.get("spouse_wealth_kroner", "")),
        FactKind.SPOUSE_ON_OTHER_BENEFIT: YES_NO.get(answers.get("spouse_other_benefit", "")),
    }
    if application.applies_jointly:
        said |= {
            FactKind.RESIDENCE_MET: YES_NO.get(answers.get("residence_9_of_10_years", "")),
            FactKind.WORK_MET: YES_NO.get(answers.get("work_two_and_a_half_years", "")),
        }
    return [
        Fact(
            id=ctx.new_id(),
            case_id=case.id,
            party_id=party_id,
            kind=kind,
            status=FactStatus.UNKNOWN if value is None else FactStatus.VALUE,
            value=value,
            valid=Period(application.requested_from.replace(day=1)),
            source=Source(SourceKind.CITIZEN, "Ægtefællens del", application.id),
            known_from=ctx.now,
        )
        for kind, value in said.items()
    ]


def _money(answer: str) -> Money | None:
    return None if answer in {"", "ved_ikke"} else Money.kroner(answer)


@step("spouses.lapse")
def lapse(ctx: StepContext, *, case_id: str) -> Variables:
    """Go on without the spouse's answers; they are asked for once more with the papers.

    Law: RSL § 11 b: what does not come is no reason to stop; it is not known.
    """
    part = _part(ctx, case_id)
    ctx.uow.spouse_parts.save(spouses.move(part, SpousePartState.LAPSED, at=ctx.now))
    ctx.uow.papers.save(
        DocumentRequest(
            id=ctx.new_id(),
            case_id=case_id,
            party_id=part.party_id,
            kind=DocumentKind.SPOUSE_PART,
            state=RequestState.ASKED,
            asked_at=ctx.now,
        )
    )
    ctx.note(
        case_id, "Ægtefællen har ikke skrevet under i tide. Ansøgningen går videre uden svarene."
    )
    return {}


@step("spouses.hand_in")
def hand_in(ctx: StepContext, *, case_id: str) -> Variables:
    """Let the case begin (ansøgningen går videre); one that was urgent has begun already."""
    case = ctx.uow.cases.get(case_id)
    application = ctx.uow.cases.application_of_case(case_id)
    ctx.tell(
        "application-received",
        application.id,
        {
            "case_id": case_id,
            "application_id": application.id,
            "acute": application.answers.get("acute_need") == "ja",
            "benefit": case.benefit,
        },
        case_id=case_id,
    )
    return {}
