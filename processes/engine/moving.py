"""Answers: what becomes of a running instance under another version of its process?

A pure function of two definitions and a state. What is in the way comes with its element, a reason
and a way out, and then nothing is changed. What a token waits for keeps its token.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from processes.engine.ahead import IsAdverse
from processes.engine.definitions import Definition
from processes.engine.effects import Effect
from processes.engine.matching import ByHand
from processes.engine.opening import Opening
from processes.engine.relocating import Hindrance, Mover
from processes.engine.tables import DecisionTable


@dataclass(frozen=True)
class Moved:
    """What a move comes to: a new state and what is wanted, or what is in the way."""

    state: bytes
    """As it was, when anything is in the way."""
    effects: tuple[Effect, ...] = ()
    """What is newly wanted, or no longer."""
    reworded: tuple[Effect, ...] = ()
    """What tokens that stay are to wait for from now; a timer among them keeps its moment."""
    changes: tuple[str, ...] = ()
    hindrances: tuple[Hindrance, ...] = ()
    stands_at: tuple[str, ...] = ()


def move(
    old: Definition,
    new: Definition,
    state: bytes,
    now: datetime,
    *,
    by_hand: ByHand | None = None,
    tables: Mapping[str, DecisionTable] | None = None,
    is_adverse: IsAdverse = lambda _step: False,
) -> Moved:
    """Return an instance's state under another version, or what is in the way.

    `by_hand` says where elements without a namesake go; `is_adverse` which steps can do harm.
    """
    mover = Mover(old, new, state, by_hand or {})
    stands_at = tuple(
        dict.fromkeys(
            visit.node.name or visit.node.id
            for flow in mover.flows
            for visit in flow.visits
            if visit.live and not visit.listens and visit.node and "arrived" not in visit.internal
        )
    )
    if mover.body[3]:
        mover.hinder(None, "Forløbet er slut.", "Der er intet at flytte.")
    elif old.key != new.key:
        mover.hinder(None, f"'{new.name}' er en anden proces.", "Vælg en version af samme proces.")
    else:
        mover.place()
        if not mover.hindrances:
            mover.look_ahead(is_adverse)
    if mover.hindrances:
        return Moved(state, (), (), (), tuple(dict.fromkeys(mover.hindrances)), stands_at)
    done = Opening(mover, now, {} if tables is None else tables).open()
    if mover.hindrances:
        return Moved(state, (), (), (), tuple(dict.fromkeys(mover.hindrances)), stands_at)
    written, effects, reworded = done
    return Moved(written, effects, reworded, tuple(mover.changes), (), stands_at)
