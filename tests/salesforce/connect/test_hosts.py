"""Addresses that people type: only the table's hosts are ever asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.config import Config, load
from app.errors import ConfigError
from app.salesforce.connect.hosts import PRODUCTION, SANDBOX, Hosts, audience
from app.salesforce.errors import ForeignHost

SECRET = {"INLAY_SECRET_KEYS": "test-secret-key-of-forty-characters-long"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("https://acme.my.salesforce.com", "https://acme.my.salesforce.com"),
        (" ACME.my.salesforce.com/ ", "https://acme.my.salesforce.com"),
        ("https://acme.my.salesforce.com/services/x?y=1", "https://acme.my.salesforce.com"),
        ("https://acme.lightning.force.com/lightning/page", "https://acme.my.salesforce.com"),
        (
            "acme--uat.sandbox.lightning.force.com",
            "https://acme--uat.sandbox.my.salesforce.com",
        ),
        ("acme.my.salesforce.mil", "https://acme.my.salesforce.mil"),
        ("http://127.0.0.1:8001/x", "http://127.0.0.1:8001"),
        ("acme.my.salesforce.example", "https://acme.my.salesforce.example"),
    ],
)
def test_an_org_is_known_by_any_of_its_addresses(config: Config, typed: str, meant: str) -> None:
    """M1: whatever an admin copies from the browser."""
    hosts = Hosts.of(
        replace(
            config,
            salesforce_extra_origins=("http://127.0.0.1:8001",),
            salesforce_extra_domains=("my.salesforce.example",),
        )
    )
    assert hosts.typed(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "", "localhost", "http://127.0.0.1:8001", "http://169.254.169.254/latest",
        "https://acme.my.salesforce.com@evil.example", "https://evil.example/.my.salesforce.com",
        "https://my.salesforce.com.evil.example", "http://acme.my.salesforce.com",
        "https://acme.my.salesforce.com:8443", "file:///etc/passwd", "https://[::1]/", "https://[",
        "javascript://acme.my.salesforce.com", "https://login.salesforce.com",
        "https://acme.my.salesforce.com\\@evil.example", "https://аcme.my.salesforce.com",
    ],
)  # fmt: skip
def test_no_other_address_is_asked(typed: str) -> None:
    """SSRF: neither our own network nor anybody else's."""
    with pytest.raises(ForeignHost):
        Hosts().typed(typed)


@pytest.mark.parametrize(
    "url", ["https://evil.example", "https://login.salesforce.com/x", "https://login.evil.com", ""]
)
def test_nobody_is_sent_to_log_in_elsewhere(url: str) -> None:
    with pytest.raises(ForeignHost):
        Hosts().login(url)


def test_the_login_host_is_shared_or_the_orgs_own() -> None:
    assert Hosts().login(PRODUCTION) == PRODUCTION
    assert Hosts().login("https://acme.my.salesforce.com/") == "https://acme.my.salesforce.com"
    assert audience("https://acme--uat.sandbox.my.salesforce.com") == SANDBOX
    assert audience("https://acme.my.salesforce.com") == PRODUCTION


@pytest.mark.parametrize(
    "variables",
    [
        {"INLAY_SALESFORCE_EXTRA_DOMAINS": "com"},
        {"INLAY_SALESFORCE_EXTRA_DOMAINS": "salesforce.com"},
        {"INLAY_OUTBOUND_ADDRESSES": "203.0.113"},
        {"INLAY_CONNECT_CLIENT_ID": "alone"},
    ],
)
def test_settings_that_would_open_too_much_are_refused(variables: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        load({**SECRET, **variables})


def test_settings_are_read() -> None:
    """M7: our addresses, for the customer's policies."""
    config = load(
        {
            **SECRET,
            "INLAY_SALESFORCE_EXTRA_DOMAINS": "*.my.salesforce.example",
            "INLAY_OUTBOUND_ADDRESSES": "203.0.113.7, 2001:db8::/64",
        }
    )
    assert config.salesforce_extra_domains == ("my.salesforce.example",)
    assert config.outbound_addresses == ("203.0.113.7", "2001:db8::/64")
