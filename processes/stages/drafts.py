"""Tell somebody that an application they began will go (meddelelse om kladde); there is no case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from processes.domain import letters, notices
from processes.domain.cases import Party, PartyRole, Protection
from processes.domain.identifiers import Cpr, Cvr
from processes.domain.letters import Sender
from processes.ports.gateways import Gateways, PostItem, PostReceipt
from processes.steps import StepContext, sends


@dataclass(frozen=True)
class NoticeRequest:
    """Whom to tell, and until when the application is kept."""

    notice_id: str
    receiver: Cpr
    kept_until: date
    dated_on: date
    sender: Sender
    municipality_cvr: Cvr


def prepare_notice(ctx: StepContext, body: Mapping[str, object]) -> NoticeRequest | None:
    """Read whom to tell; nobody, when it was sent, saved again or thrown away meanwhile."""
    notice_id = str(body["notice_id"])
    found = ctx.uow.drafts.by_notice(notice_id)
    if found is None:
        return None
    cpr_digits, draft = found
    municipality = ctx.uow.setup.municipality()
    return NoticeRequest(
        notice_id=notice_id,
        receiver=Cpr.parse(cpr_digits),
        kept_until=draft.kept_until,
        dated_on=ctx.today,
        sender=Sender(
            municipality_name=municipality.name,
            municipality_lines=municipality.address_lines,
            caseworker_name="",
            phone=municipality.phone,
        ),
        municipality_cvr=Cvr(municipality.cvr),
    )


def ask_notice(gateways: Gateways, request: NoticeRequest) -> PostReceipt:
    """Look up the name, write the letter and hand it over; no transaction is open."""
    person = gateways.persons.look_up(request.receiver, municipality_cvr=request.municipality_cvr)
    letter = notices.draft_notice(
        receiver=Party(
            request.notice_id,
            request.notice_id,
            PartyRole.PRIMARY,
            request.receiver,
            person.name,
            person.address_lines,
            Protection.NORMAL,
        ),
        sender=request.sender,
        letter_id=request.notice_id,
        dated_on=request.dated_on,
        kept_until=request.kept_until,
    )
    letters.check_letter(letter)
    return gateways.post.send(
        PostItem(
            idempotency_key=f"draft-notice:{request.notice_id}",
            receiver=request.receiver,
            title=letter.title,
            pdf=gateways.renderer.render(letter).pdf,
            municipality_cvr=request.municipality_cvr,
            sender_name=request.sender.municipality_name,
        )
    )


def notice_refused(ctx: StepContext, body: Mapping[str, object], reason: str) -> None:
    """Leave it: Min side says it too, and nothing is lost that the citizen did not leave."""


@sends(
    "send.draft_notice",
    prepare=prepare_notice,
    ask=ask_notice,
    given_up=notice_refused,
    patient=True,
)
def notice_sent(ctx: StepContext, answer: PostReceipt, body: Mapping[str, object]) -> None:
    """Leave it: that it was sent is kept in the outbox."""
