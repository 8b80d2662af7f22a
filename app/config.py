"""Answers: which settings does this process run with?

Read once from the environment, in one place; every missing value is named at once. Knows nothing of
Flask, the database or the demo.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self, get_type_hints

SHORTEST_SECRET = 32
EMBEDDED_URL = "KY_EMBEDDED_URL"


class ConfigurationError(Exception):
    """The environment is missing something or contradicts itself; the process must not start."""


class Mode(StrEnum):
    """What the installation is for (driftsform)."""

    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


def _flag(text: str) -> bool:
    known = {"1": True, "true": True, "0": False, "false": False, "": False}
    return known[text.lower()]


@dataclass(frozen=True)
class Setting:
    """How one field of `Settings` is read: its variable, its meaning, its reader."""

    variable: str
    says: str
    read: Callable[[str], Any] = str
    secret: bool = False


@dataclass(frozen=True, kw_only=True, repr=False)
class Settings:
    """What the environment says (miljøindstillinger); read once when a process starts."""

    mode: Annotated[
        Mode,
        Setting("KY_MODE", "demo, test or production; demo only with the embedded server", Mode),
    ]
    database_url: Annotated[
        str,
        Setting(
            "DATABASE_URL",
            "PostgreSQL as the role ky_app, which owns nothing; in demo mode KY_EMBEDDED_URL, "
            "set by ./ky run",
            secret=True,
        ),
    ]
    secret_key: Annotated[
        str,
        Setting(
            "KY_SECRET_KEY",
            "signs sessions and form tokens; 32 characters or more, the same in every web process",
            secret=True,
        ),
    ]
    files_dir: Annotated[
        Path,
        Setting(
            "KY_FILES_DIR",
            "folder beside the database: who lives in the demo; documents are rows",
            Path,
        ),
    ]
    cpr_url: Annotated[str, Setting("KY_CPR_URL", "person lookup, SF1520")]
    income_url: Annotated[str, Setting("KY_INCOME_URL", "income register, SF0770_A")]
    payment_url: Annotated[str, Setting("KY_PAYMENT_URL", "payment orders, SF1590_E")]
    ledger_url: Annotated[str, Setting("KY_LEDGER_URL", "ledger vouchers, SF1590_A")]
    debtor_url: Annotated[str, Setting("KY_DEBTOR_URL", "claims for repayment, SF1590_B")]
    post_url: Annotated[str, Setting("KY_POST_URL", "digital post, SF1601")]
    events_url: Annotated[str, Setting("KY_EVENTS_URL", "event distribution, SF1461")]
    taxcard_url: Annotated[str, Setting("KY_TAXCARD_URL", "tax cards, SF0770_D")]
    index_url: Annotated[str, Setting("KY_INDEX_URL", "case index, SF1470")]
    scanner_url: Annotated[
        str | None,
        Setting(
            "KY_SCANNER_URL",
            "ClamAV's daemon that looks files through, e.g. tcp://127.0.0.1:3310; without it "
            "files are kept and marked as not scanned",
        ),
    ] = None
    owner_url: Annotated[
        str | None,
        Setting(
            "KY_OWNER_URL",
            "PostgreSQL as the role ky_owner; only the migrate command needs it",
            secret=True,
        ),
    ] = None
    digest_key: Annotated[
        str | None,
        Setting(
            "KY_DIGEST_KEY",
            "makes the digests that tell whether staff are party to a case; never changed, "
            "and without it KY_SECRET_KEY makes them",
            secret=True,
        ),
    ] = None
    broker_url: Annotated[
        str | None,
        Setting(
            "BROKER_URL",
            "RabbitMQ or Redis that wakes workers; without it each worker wakes itself",
            secret=True,
        ),
    ] = None
    simulator: Annotated[
        bool,
        Setting("KY_SIMULATOR", "1 when the registers are the simulator; not in production", _flag),
    ] = False
    clock_offset_seconds: Annotated[
        float,
        Setting("KY_CLOCK_OFFSET_SECONDS", "moves the clock; not in production", float),
    ] = 0.0
    lease_seconds: Annotated[
        int,
        Setting(
            "KY_LEASE_SECONDS",
            "how long a worker keeps a row it took; after a crash the next one waits so long",
            int,
        ),
    ] = 60
    receipts_seconds: Annotated[
        float,
        Setting("KY_RECEIPTS_SECONDS", "how often the bank is asked for receipts", float),
    ] = 30.0
    session_minutes: Annotated[
        int, Setting("KY_SESSION_MINUTES", "a login ends after so many idle minutes", int)
    ] = 60

    @property
    def key_of_digests(self) -> str:
        """The key of the digests of personal numbers; stored ones are worth as much as it."""
        return self.digest_key or self.secret_key

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read every setting, or say everything that is wrong in one go."""
        values: dict[str, Any] = {}
        problems: list[str] = []
        for name, setting, default in _declared():
            variable = _variable(name, setting, mode=environment.get("KY_MODE"))
            text = environment.get(variable, "")
            if text:
                try:
                    values[name] = setting.read(text)
                except (ValueError, KeyError):
                    problems.append(f"{variable} cannot be read: {setting.says}")
            elif default is MISSING:
                problems.append(f"{variable} is missing: {setting.says}")
        problems += _contradictions(values, environment)
        if problems:
            raise ConfigurationError(
                "The settings are not complete (indstillingerne er ikke komplette):\n"
                + "\n".join(f"  {problem}" for problem in problems)
            )
        return cls(**values)

    def as_environment(self) -> dict[str, str]:
        """Return the variables that make another process read these same settings."""
        result = {}
        for name, setting, _ in _declared():
            value = getattr(self, name)
            if value is not None:
                variable = _variable(name, setting, mode=self.mode)
                result[variable] = str(int(value)) if isinstance(value, bool) else str(value)
        return result

    def __repr__(self) -> str:
        """Return the settings with every secret left out: this line may reach a log."""
        shown = ", ".join(
            f"{name}={'***' if setting.secret else getattr(self, name)!r}"
            for name, setting, _ in _declared()
        )
        return f"Settings({shown})"


def _declared() -> list[tuple[str, Setting, object]]:
    """Return each field's name, how it is read, and its default or MISSING."""
    hints = get_type_hints(Settings, include_extras=True)
    return [
        (item.name, hints[item.name].__metadata__[0], item.default) for item in fields(Settings)
    ]


def _variable(name: str, setting: Setting, *, mode: str | None) -> str:
    """Return the variable a setting is read from; the demo's database has one of its own."""
    if name == "database_url" and mode == Mode.DEMO:
        return EMBEDDED_URL
    return setting.variable


def _contradictions(values: Mapping[str, Any], environment: Mapping[str, str]) -> list[str]:
    """Return what the settings say against each other or against their mode."""
    mode = values.get("mode")
    problems = []
    if mode is Mode.DEMO and environment.get("DATABASE_URL"):
        problems.append("KY_MODE=demo never runs on DATABASE_URL: use test or production")
    if mode is Mode.PRODUCTION:
        if values.get("simulator"):
            problems.append("KY_SIMULATOR is not allowed in production")
        if values.get("clock_offset_seconds"):
            problems.append("KY_CLOCK_OFFSET_SECONDS is not allowed in production")
        if "secret_key" in values and len(values["secret_key"]) < SHORTEST_SECRET:
            problems.append(f"KY_SECRET_KEY must have {SHORTEST_SECRET} characters or more")
        if len(values.get("digest_key") or "x" * SHORTEST_SECRET) < SHORTEST_SECRET:
            problems.append(f"KY_DIGEST_KEY must have {SHORTEST_SECRET} characters or more")
    return problems


def settings_table() -> str:
    """Return the settings as the Markdown table that the runbook shows."""
    lines = ["| variable | default | secret | what it is |", "|---|---|---|---|"]
    for _, setting, default in _declared():
        secret = "yes" if setting.secret else ""
        lines.append(f"| `{setting.variable}` | {_shown(default)} | {secret} | {setting.says} |")
    return "\n".join(lines) + "\n"


def _shown(default: object) -> str:
    """Return a default as the table shows it."""
    if default is MISSING:
        return "required"
    if default is None:
        return "none"
    return f"`{int(default) if isinstance(default, bool) else default}`"
