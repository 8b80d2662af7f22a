"""Answers: does anybody wait for papers in this case now? Read from where its processes stand."""

from __future__ import annotations

from processes.domain.documents import Collecting
from processes.engine.runtime import where_is
from processes.operations.control import Control
from processes.ports.records import InstanceState
from processes.ports.stores import UnitOfWork

COLLECTING = "collect_documents"
CALL = "call_collect_documents"


def collecting_of(control: Control, uow: UnitOfWork, case_id: str) -> Collecting:
    """Return how far the collecting of a case's papers is."""
    has_ended = False
    for instance in uow.processes.instances_of_case(case_id):
        if instance.state is not InstanceState.ENDED:
            # Held, so that nobody stops waiting between this look and what is written on it.
            held = uow.processes.lock_instance(instance.id)
            places = where_is(control.definition(uow, held.definition_id), held.blob)
            if any(place.process_id == COLLECTING for place in places):
                return Collecting.UNDER_WAY
        has_ended = has_ended or any(
            event.element_id == CALL and event.what == "completed"
            for event in uow.processes.history(instance.id)
        )
    return Collecting.ENDED if has_ended else Collecting.BEFORE
