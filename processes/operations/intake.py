"""What other systems hand in (indgang): forms by SF2900, receipts from the bank."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from processes.domain.errors import RuleError
from processes.domain.identifiers import Cvr
from processes.operations.control import Control
from processes.stages import applications, claims, parts, payments, runs

LOOK_BACK = timedelta(days=40)
MOVEMENTS_BACK = timedelta(days=400)
"""A payment on a claim may be told long after it was made."""
"""How far back receipts are asked for: longer than any payment is under way."""


class DeliveredForm(Protocol):
    """A form as the distributor hands it over."""

    @property
    def distribution_id(self) -> str:
        """The distributor's own id: the same form twice has the same."""

    @property
    def municipality_cvr(self) -> str:
        """Whom it is for."""

    @property
    def payload(self) -> bytes:
        """The form itself."""


@dataclass(frozen=True)
class FormChannel:
    """How a distributor's messages are read and answered; wiring hands in the adapter's."""

    parse: Callable[[bytes], DeliveredForm]
    fields: Callable[[bytes], Mapping[str, str]]
    received: Callable[[], bytes]
    rejected: Callable[[str], bytes]
    unreadable: Callable[[str], bytes]


class Intake:
    """Takes in what other systems send (modtagelse)."""

    def __init__(
        self,
        control: Control,
        channel: FormChannel,
        municipality_of: Callable[[Cvr], int | None],
        municipalities: Callable[[], list[int]],
    ) -> None:
        self.control = control
        self.env = control.env
        self.channel = channel
        self.municipality_of = municipality_of
        self.municipalities = municipalities

    def deliver(self, raw: bytes) -> bytes:
        """Receive one SF2900 message; the answer is sent after it is safely stored.

        The same distribution id twice makes one case. What cannot be a case is refused with the
        reason, so that the sender keeps it. A message that cannot be read raises `RuleError`.
        """
        form = self.channel.parse(raw)
        try:
            municipality = self.municipality_of(Cvr(form.municipality_cvr))
            if municipality is None:
                raise RuleError("Kommunen findes ikke i systemet. Se modtagerens CVR-nummer efter.")
            received = applications.from_fields(
                self.channel.fields(form.payload),
                channel="sf2900",
                message_id=form.distribution_id,
                original=form.payload,
                media_type="application/xml",
            )
            with self.env.uow(municipality) as uow:
                applications.receive(self.env.context(uow), received)
                uow.commit()
        except RuleError as error:
            return self.channel.rejected(str(error))
        self.env.wake()
        return self.channel.received()

    def unreadable(self, reason: str) -> bytes:
        """Return the answer to a message that could not be read at all."""
        return self.channel.unreadable(reason)

    def fetch_claim_movements(self) -> int:
        """Ask the debtor system what lessened the claims; returns how many movements were new."""
        new = 0
        for municipality_id in self.municipalities():
            with self.env.uow(municipality_id) as uow:
                if not uow.claims.is_waiting():
                    continue
                cvr = Cvr(uow.setup.municipality().cvr)
            answers = self.env.gateways.debts.movements(
                since=self.env.gateways.clock.today() - MOVEMENTS_BACK, municipality_cvr=cvr
            )
            with self.env.uow(municipality_id) as uow:
                new += claims.movements_came(self.env.context(uow), answers)
                uow.commit()
        if new:
            self.env.wake()
        return new

    def fetch_receipts(self) -> int:
        """Ask the bank what became of payments under way; returns how many receipts were new."""
        new = 0
        for municipality_id in self.municipalities():
            with self.env.uow(municipality_id) as uow:
                if (
                    not uow.payments.unsettled()
                    and not uow.runs.is_waiting()
                    and not uow.deductions.parts_under_way()
                ):
                    continue
                cvr = Cvr(uow.setup.municipality().cvr)
            answers = self.env.gateways.payments.receipts(
                since=self.env.now() - LOOK_BACK, municipality_cvr=cvr
            )
            with self.env.uow(municipality_id) as uow:
                ctx = self.env.context(uow)
                new += payments.receipts_came(ctx, answers) + runs.receipts_came(ctx, answers)
                new += parts.receipts_came(ctx, answers)
                uow.commit()
        if new:
            self.env.wake()
        return new
