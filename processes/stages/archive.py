"""Tell other systems what happened to a case (hændelser), and the index how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from processes.domain.cases import PartyRole
from processes.domain.identifiers import Cvr
from processes.ports.gateways import CaseEvent, CaseIndexEntry, Gateways, Receipt
from processes.steps import StepContext, Variables, sends, step


@step("archive.publish")
def publish(ctx: StepContext, *, case_id: str, event: str) -> Variables:
    """Put an event about the case in the outbox (udsend hændelse)."""
    ctx.leave(
        "send.event", case_id, {"case_id": case_id, "kind": event}, key=f"event:{case_id}:{event}"
    )
    return {}


def prepare_event(ctx: StepContext, body: Mapping[str, object]) -> CaseEvent:
    """Read what the event says of the case."""
    case = ctx.uow.cases.get(str(body["case_id"]))
    kind = str(body["kind"])
    # What can happen to a case more than once names what it is about.
    subject = f":{body['subject']}" if "subject" in body else ""
    return CaseEvent(
        idempotency_key=f"event:{case.id}:{kind}{subject}",
        kind=kind,
        case_id=case.id,
        case_number=case.number,
        kle_subject=case.kle.subject,
        at=ctx.now,
        municipality_cvr=Cvr(ctx.uow.setup.municipality().cvr),
    )


def ask_distributor(gateways: Gateways, request: CaseEvent) -> Receipt:
    """Hand the event over."""
    return gateways.events.publish(request)


def event_refused(ctx: StepContext, body: Mapping[str, object], reason: str) -> None:
    """The distributor will not take the event: it is noted on the case, which goes on."""
    ctx.note(str(body["case_id"]), f"Hændelsen {body['kind']} blev afvist: {reason}.")


@sends("send.event", prepare=prepare_event, ask=ask_distributor, given_up=event_refused)
def published(ctx: StepContext, answer: Receipt, body: Mapping[str, object]) -> None:
    """An event that was taken needs no more; the outbox row says when it left."""


# ---- the case index ---------------------------------------------------------------------------

INDEXED = {PartyRole.PRIMARY, PartyRole.SPOUSE}
"""Whose cases others may find here: the people it is about, not those who speak for them."""


def prepare_registration(ctx: StepContext, body: Mapping[str, object]) -> CaseIndexEntry:
    """Read what one registration says; the same one always says the same."""
    case = ctx.uow.cases.get(str(body["case_id"]))
    kept = cast(list[str], body["parties"])
    parties = [each for each in case.parties if each.id in kept and each.role in INDEXED]
    states = cast(list[tuple[str, str]], body["states"])
    return CaseIndexEntry(
        idempotency_key=f"index:{case.id}:{body['registration']}",
        case_id=case.id,
        case_number=case.number,
        title=case.title,
        kle_subject=case.kle.subject,
        kle_facet=case.kle.facet,
        unit=case.unit,
        states=tuple((state, datetime.fromisoformat(since)) for state, since in states),
        primary_party=case.primary_party.cpr,
        other_parties=tuple(each.cpr for each in parties if each.role is not PartyRole.PRIMARY),
        opened_at=case.opened_at,
        registered_at=datetime.fromisoformat(str(body["at"])),
        municipality_cvr=Cvr(ctx.uow.setup.municipality().cvr),
    )


def ask_index(gateways: Gateways, request: CaseIndexEntry) -> Receipt:
    """Hand the registration over."""
    return gateways.case_index.register(request)


def registration_refused(ctx: StepContext, body: Mapping[str, object], reason: str) -> None:
    """The index will not take the case: it is noted, and the next change is told all the same."""
    ctx.note(str(body["case_id"]), f"Sagsindekset afviste sagen: {reason}.")


@sends("send.index", prepare=prepare_registration, ask=ask_index, given_up=registration_refused)
def registered(ctx: StepContext, answer: Receipt, body: Mapping[str, object]) -> None:
    """A registration that was taken needs no more."""
