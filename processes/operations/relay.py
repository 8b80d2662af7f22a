"""Answers: how does what is in the outbox leave? In order per case, safe to run twice.

`message` goes to whoever waits in this system; every other topic to its gateway, asked with no
transaction open and with the item's own idempotency key, so that a crash between the two costs
one repeated call and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from processes.domain.errors import OutsideError
from processes.operations.control import Control, plain, retry_at
from processes.ports.records import Claim, OutboxItem
from processes.ports.stores import UnitOfWork
from processes.steps import Sender, Variables

TRIES_BEFORE_INCIDENT = 3
"""Unplanned failures of one item before a person can see it."""
TRIES_BEFORE_PERSON = 12
"""Unanswered calls, over an hour with their pauses, before a person can see it."""
CERTAINLY_NOT_DONE = frozenset({"rejected", "not_found"})
"""What a counterpart answers when it has not acted: only then is it somebody's task."""


InsideWork = Callable[[int, Mapping[str, object]], None]
"""Work of ours that an item calls for, given municipality and body; it may be done twice."""


class Relay:
    """Delivers outbox items (udbakken)."""

    def __init__(self, control: Control, *, inside: Mapping[str, InsideWork] | None = None) -> None:
        self.control = control
        self.env = control.env
        self.inside = inside or {}

    def deliver(self, claim: Claim) -> None:
        """Deliver one claimed item."""
        with self.env.uow(claim.municipality_id) as uow:
            item = uow.outbox.item(claim)
            if item is None:
                return
            if item.topic in self.inside:
                sender = None
            elif item.topic == "message":
                self._tell(uow, item)
                sender = None
            else:
                sender = self.env.register.sender(item.topic)
                request = sender.prepare(self.env.context(uow), item.body)
                if request is None:
                    # Somebody has found another way meanwhile.
                    uow.outbox.sent(item.id, at=self.env.now())
                    uow.commit()
                    sender = None
        if sender is None:
            self._work(claim, item)
            self.env.wake()
            return
        try:
            answer = sender.ask(self.env.gateways, request)
        except OutsideError as error:
            self._failed(claim, item, sender, error)
            return
        with self.env.uow(claim.municipality_id) as uow:
            if uow.outbox.item(claim) is None:
                return
            sender.run(self.env.context(uow), answer, item.body)
            uow.outbox.sent(item.id, at=self.env.now())
            uow.commit()
        self.env.wake()

    def _tell(self, uow: UnitOfWork, item: OutboxItem) -> None:
        """Bring a message to whoever waits for it, in this transaction."""
        body = item.body
        self.control.deliver(
            uow, str(body["message"]), str(body["key"]), cast(Variables, body["variables"])
        )
        uow.outbox.sent(item.id, at=self.env.now())
        uow.commit()

    def _work(self, claim: Claim, item: OutboxItem) -> None:
        """Do work of ours, which commits by itself, and say then that it was called for."""
        if item.topic not in self.inside:
            return
        self.inside[item.topic](claim.municipality_id, item.body)
        with self.env.uow(claim.municipality_id) as uow:
            if uow.outbox.item(claim) is not None:
                uow.outbox.sent(item.id, at=self.env.now())
                uow.commit()

    def _failed(self, claim: Claim, item: OutboxItem, sender: Sender, error: OutsideError) -> None:
        """Give up only what was certainly not done; anything else is asked again, by the same key.

        A counterpart that did not answer may have acted all the same: calling that "rejected" and
        ordering anew under another key would pay twice.
        """
        now = self.env.now()
        with self.env.uow(claim.municipality_id) as uow:
            if uow.outbox.item(claim) is None:
                return
            reason = f"{error.system}: {error.code}"
            if error.code in CERTAINLY_NOT_DONE:
                sender.given_up(self.env.context(uow), item.body, reason)
                uow.outbox.sent(item.id, at=now)
            else:
                if item.attempts + 1 == TRIES_BEFORE_PERSON and not sender.patient:
                    self.control.incident_of_case(
                        uow,
                        _case_of(item),
                        "outbox",
                        f"{reason}. Der prøves stadig; intet er sendt to gange.",
                    )
                uow.outbox.retry(
                    item.id,
                    available_at=retry_at(now, item.attempts),
                    error=f"{error.system}: {error}",
                )
            uow.commit()
        self.env.wake()

    def broke(self, claim: Claim, error: Exception) -> None:
        """Note that an item could not be delivered in a way nobody planned.

        It is tried again, and from the third time on a person can see it too.
        """
        with self.env.uow(claim.municipality_id) as uow:
            item = uow.outbox.item(claim)
            if item is None:
                return
            if item.attempts + 1 == TRIES_BEFORE_INCIDENT and item.topic not in self.inside:
                self.control.incident_of_case(uow, _case_of(item), "outbox", plain(error))
            uow.outbox.retry(
                item.id,
                available_at=retry_at(self.env.now(), item.attempts),
                error=plain(error),
            )
            uow.commit()


def _case_of(item: OutboxItem) -> str:
    """Return the case an item is about, also when it travels in a lane of its own."""
    return str(item.body.get("case_id", item.ordering_key))
