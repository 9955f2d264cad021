"""Settings: typed, named in errors, Heroku's forms taken."""

from __future__ import annotations

import pytest

from app.config import load
from app.errors import ConfigError

KEYS = {"INLAY_SECRET_KEYS": "k" * 32}


def test_defaults_make_an_embedded_installation() -> None:
    config = load(KEYS)
    assert config.database_url.startswith("sqlite:///")
    assert config.app_host == "localhost:8000"
    assert config.pages_host == "127.0.0.1:8000"
    assert not config.open_door


def test_herokus_database_url_is_taken() -> None:
    config = load({**KEYS, "DATABASE_URL": "postgres://u:p@db/inlay"})
    assert config.database_url == "postgresql+psycopg://u:p@db/inlay"
    assert config.jobs_database_url == config.database_url


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INLAY_SECRET_KEYS", ""),
        ("INLAY_SECRET_KEYS", "short"),
        ("INLAY_APP_URL", "localhost:8000"),
        ("INLAY_APP_URL", "http://127.0.0.1:8000"),
        ("INLAY_PAGES_URL", "https://pages.example.com/path"),
        ("INLAY_OPEN_DOOR", "perhaps"),
        ("INLAY_STAFF_OIDC_ISSUER", "http://login.example.com"),
        ("INLAY_STAFF_OIDC_ISSUER", "https://login.example.com/?tenant=1"),
        ("INLAY_STAFF_OIDC_CLIENT_ID", "alone"),
        ("INLAY_BEARER_SECONDS", "ten"),
        ("INLAY_REPLAY_LIMIT", "-1"),
        ("DATABASE_URL", "mysql://u:p4ssword@db/inlay"),
        ("INLAY_DATABASE_URL", "/var/lib/inlay.sqlite"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name) as refusal:
        load({**KEYS, name: value})
    assert "p4ssword" not in str(refusal.value)


def test_secrets_are_not_in_the_repr() -> None:
    config = load({**KEYS, "DATABASE_URL": "postgres://u:p4ssword@db/inlay"})
    assert "k" * 32 not in repr(config)
    assert "p4ssword" not in repr(config)
