"""Settings of the domain's tests: an amount is right or wrong, however busy the machine is."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("domain", deadline=None)
settings.load_profile("domain")
