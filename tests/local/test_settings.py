"""Settings: all problems at once, nothing secret in a log, no demo on a real database."""

from pathlib import Path

import pytest

from app.config import ConfigurationError, Mode, Settings, settings_table

PRODUCTION = {
    "KY_MODE": "production",
    "DATABASE_URL": "postgresql+psycopg://ky_app@db/ky",
    "KY_SECRET_KEY": "x" * 32,
    "KY_FILES_DIR": "/srv/files",
    "KY_CPR_URL": "https://cpr.example",
    "KY_INCOME_URL": "https://income.example",
    "KY_PAYMENT_URL": "https://payment.example",
    "KY_LEDGER_URL": "https://ledger.example",
    "KY_DEBTOR_URL": "https://debtor.example",
    "KY_POST_URL": "https://post.example",
    "KY_EVENTS_URL": "https://events.example",
    "KY_TAXCARD_URL": "https://taxcard.example",
    "KY_INDEX_URL": "https://index.example",
}


def problems_of(environment: dict[str, str]) -> str:
    with pytest.raises(ConfigurationError) as caught:
        Settings.from_environment(environment)
    return str(caught.value)


def test_a_complete_environment_is_read() -> None:
    settings = Settings.from_environment(PRODUCTION)

    assert settings.mode is Mode.PRODUCTION
    assert settings.files_dir == Path("/srv/files")
    assert settings.broker_url is None
    assert settings.clock_offset_seconds == 0


def test_digests_have_a_key_of_their_own_or_share_the_secret_one() -> None:
    shared = Settings.from_environment(PRODUCTION)
    own = Settings.from_environment({**PRODUCTION, "KY_DIGEST_KEY": "d" * 32})

    assert shared.key_of_digests == "x" * 32
    assert (own.key_of_digests, own.secret_key) == ("d" * 32, "x" * 32)
    assert "KY_DIGEST_KEY must have 32" in problems_of({**PRODUCTION, "KY_DIGEST_KEY": "short"})


def test_every_missing_setting_is_named_at_once() -> None:
    problems = problems_of({})

    for variable in PRODUCTION:
        assert f"{variable} is missing" in problems


def test_a_value_that_cannot_be_read_is_named_with_its_meaning() -> None:
    problems = problems_of(PRODUCTION | {"KY_SESSION_MINUTES": "an hour"})

    assert "KY_SESSION_MINUTES cannot be read: a login ends after so many idle minutes" in problems


@pytest.mark.parametrize(
    ("variable", "value"),
    [("KY_SIMULATOR", "1"), ("KY_CLOCK_OFFSET_SECONDS", "3600"), ("KY_SECRET_KEY", "short")],
)
def test_production_refuses_what_belongs_to_a_demonstration(variable: str, value: str) -> None:
    assert variable in problems_of(PRODUCTION | {variable: value})


def test_demo_never_runs_on_a_given_database() -> None:
    environment = PRODUCTION | {"KY_MODE": "demo", "KY_EMBEDDED_URL": "postgresql://embedded"}

    assert "DATABASE_URL" in problems_of(environment)


@pytest.mark.parametrize("mode", list(Mode))
def test_settings_survive_the_way_to_another_process(mode: Mode) -> None:
    environment = PRODUCTION | {"KY_MODE": mode, "KY_SESSION_MINUTES": "15"}
    if mode is Mode.DEMO:
        environment["KY_EMBEDDED_URL"] = environment.pop("DATABASE_URL")
        environment |= {"KY_SIMULATOR": "1", "KY_CLOCK_OFFSET_SECONDS": "-12.5"}
    settings = Settings.from_environment(environment)

    assert Settings.from_environment(settings.as_environment()) == settings


def test_no_secret_reaches_a_log() -> None:
    environment = PRODUCTION | {
        "BROKER_URL": "amqp://user:sesame@broker",
        "KY_OWNER_URL": "postgresql://owner:sesame@db/ky",
    }

    shown = repr(Settings.from_environment(environment))

    assert "sesame" not in shown
    assert PRODUCTION["KY_SECRET_KEY"] not in shown
    assert PRODUCTION["DATABASE_URL"] not in shown


def test_a_secret_is_never_shown_with_a_default() -> None:
    rows = [line.split("|") for line in settings_table().splitlines()[2:]]

    assert len(rows) >= 15
    for _, variable, default, secret, *_ in rows:
        if secret.strip() == "yes":
            assert default.strip() in {"required", "none"}, variable
