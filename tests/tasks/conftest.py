"""The whole core on a real database, as the journeys use it."""

from tests.journeys.conftest import make_core, registers, world

__all__ = ["make_core", "registers", "world"]
