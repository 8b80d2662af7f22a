"""Tell other systems what happened to a case (hændelser), without personal data."""

from __future__ import annotations

from collections.abc import Mapping

from processes.domain.identifiers import Cvr
from processes.ports.gateways import CaseEvent, Gateways, Receipt
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
    return CaseEvent(
        idempotency_key=f"event:{case.id}:{kind}",
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
