"""Answers: which instances stand still though nobody knows it, and which messages nobody ever took?

The engine says at once when it has nothing left to wait for. Here is the other half: an instance
whose rows say that it waits for nothing at all, whoever removed them, becomes an incident that
somebody sees; and a message that was kept long enough is forgotten.
"""

from __future__ import annotations

from dataclasses import replace

from processes.operations.control import Control
from processes.ports.records import Incident, InstanceState

AT_ONCE = 200
"""Instances looked at in a day and municipality; there should be none."""


class Upkeep:
    """Looks after what no step looks after (driftspleje)."""

    def __init__(self, control: Control) -> None:
        self.control = control
        self.env = control.env

    def find_stuck(self, municipality_id: int) -> int:
        """Raise an incident on every instance that waits for nothing; return how many."""
        with self.env.uow(municipality_id) as uow:
            suspects = uow.processes.waiting_for_nothing(limit=AT_ONCE)
        found = 0
        for instance_id in suspects:
            with self.env.uow(municipality_id) as uow:
                instance = uow.processes.lock_instance(instance_id)
                # Held now: whoever was moving it has finished, and may have given it something.
                if instance_id not in uow.processes.waiting_for_nothing(
                    limit=1, instance_id=instance_id
                ):
                    continue
                uow.processes.add_incident(
                    Incident(
                        0,
                        instance.id,
                        instance.case_id,
                        "stuck",
                        None,
                        None,
                        "Forløbet venter ikke på noget, som nogen kan give det. Se dets historie,"
                        " og flyt det til en version eller et trin, hvor det kan gå videre.",
                        self.env.now(),
                    )
                )
                uow.processes.save_instance(replace(instance, state=InstanceState.INCIDENT))
                uow.commit()
                found += 1
        return found

    def forget_messages(self, municipality_id: int) -> int:
        """Forget messages that were kept for somebody who never came; return how many."""
        with self.env.uow(municipality_id) as uow:
            gone = uow.processes.forget_messages(before=self.env.now())
            uow.commit()
        return gone
