"""HTTPS under devorg's own authority."""

from __future__ import annotations

import socket
import ssl
import stat
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from devorg import DevorgConfig
from devorg.errors import ConfigError
from devorg.server import running
from devorg.tls import Authority


def get(url: str, verify: Path | bool) -> requests.Response:
    """A call of the versions list, trusting that authority."""
    kept = verify if isinstance(verify, bool) else str(verify)
    return requests.get(f"{url}/services/data", verify=kept, timeout=30)


def test_a_client_that_trusts_the_authority_calls_by_https() -> None:
    """X16: by name and by address; addresses in answers say https."""
    with running(DevorgConfig(), tls=True) as served:
        assert served.authority is not None
        assert served.url.startswith("https://127.0.0.1:")
        by_name = served.url.replace("127.0.0.1", "localhost")
        for url in (served.url, by_name):
            assert get(url, served.authority).status_code == 200
        found = requests.get(
            f"{by_name}/.well-known/openid-configuration", verify=str(served.authority), timeout=30
        ).json()
        assert found["token_endpoint"] == f"{by_name}/services/oauth2/token"


def test_a_client_that_does_not_trust_it_is_not_fooled() -> None:
    """X16: no switch of ours makes a client less careful."""
    with running(DevorgConfig(), tls=True) as served, pytest.raises(requests.exceptions.SSLError):
        get(served.url, verify=True)


def test_the_authority_stays_with_the_data(tmp_path: Path) -> None:
    """X16: a second run is trusted by who trusted the first; only its owner reads the key."""
    config = DevorgConfig(data_path=tmp_path / "org.sqlite")
    with running(config, tls=True) as served:
        first = served.authority
        assert first is not None
        certificate = first.read_bytes()
    with running(config, tls=True) as served:
        assert served.authority == first
        assert first.read_bytes() == certificate
        assert get(served.url, first).status_code == 200
    key = tmp_path / "devorg-tls" / "ca-key.pem"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_without_data_nothing_is_left_behind() -> None:
    """X16: the authority ends with the run."""
    with running(DevorgConfig(), tls=True) as served:
        path = served.authority
        assert path is not None
        assert path.exists()
    assert not path.parent.exists()


def test_a_silent_client_holds_up_no_other() -> None:
    """X16: the handshake of one is not waited for by all."""
    with running(DevorgConfig(), tls=True) as served:
        parts = urlsplit(served.url)
        with socket.create_connection((parts.hostname, parts.port), timeout=30):
            assert served.authority is not None
            assert get(served.url, served.authority).status_code == 200


def test_plain_http_at_the_https_port_gets_nothing() -> None:
    """X16: and the org goes on."""
    with running(DevorgConfig(), tls=True) as served:
        assert served.authority is not None
        with pytest.raises(requests.ConnectionError):
            requests.get(served.url.replace("https", "http"), timeout=30)
        assert get(served.url, served.authority).status_code == 200


def test_a_dropped_connection_is_dropped_under_tls_too() -> None:
    """X16: the client sees it end without an answer, and the next call works."""
    with running(DevorgConfig(), tls=True) as served:
        assert served.authority is not None
        fault = {"kind": "drop", "match": "oauth2"}
        ca, faults = str(served.authority), f"{served.url}/_devorg/faults"
        assert requests.post(faults, json=fault, verify=ca, timeout=30).ok
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{served.url}/services/oauth2/userinfo", verify=ca, timeout=30)
        assert get(served.url, served.authority).status_code == 200


def test_the_certificate_holds_further_names(tmp_path: Path) -> None:
    """X16: for hosts that a client insists on, by way of the hosts file."""
    authority = Authority(tmp_path)
    server = authority.context(["org.my.example"])
    client = ssl.create_default_context(cafile=str(authority.path))
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = server.wrap_bio(to_server, to_client, server_side=True)
    theirs = client.wrap_bio(to_client, to_server, server_hostname="org.my.example")
    for _ in range(3):
        for side in (theirs, ours):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    certificate = theirs.getpeercert() or {}
    assert ("DNS", "org.my.example") in certificate["subjectAltName"]


def test_an_authority_that_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    """X16: not replaced behind the back of those who trust it."""
    Authority(tmp_path)
    (tmp_path / "ca.pem").write_text("not a certificate")
    with pytest.raises(ConfigError, match="remove it"):
        Authority(tmp_path)


def test_names_that_cannot_be_certified_are_refused(tmp_path: Path) -> None:
    """X16: said at the start."""
    with pytest.raises(ConfigError):
        Authority(tmp_path).context(["not a name!"])
