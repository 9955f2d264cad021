"""C1: a token goes to Salesforce's hosts only, and only Salesforce may frame the widget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from canvas.clouds import CLOUDS
from canvas.envelope import Envelope
from canvas.errors import HostError
from canvas.framing import (
    check_instance_url,
    check_login_url,
    check_page_origin,
    frame_ancestors,
    is_salesforce_host,
)
from canvas.signed_request import verify

Payload = dict[str, Any]
DEVORG = "http://127.0.0.1:8001"
CHECKS = [check_instance_url, check_login_url, check_page_origin]

INSTANCES = [
    "https://acme.my.salesforce.com",
    "https://acme--uat.sandbox.my.salesforce.com",
    "https://acme-dev-ed.develop.my.salesforce.com",
    "https://acme.my.salesforce.mil",
    "https://acme--uat.sandbox.my.sfcrmproducts.cn",
]

TRICKS = [
    "https://my.salesforce.com@evil.example",
    "https://acme.my.salesforce.com@evil.example",
    "https://acme.my.salesforce.com:443@evil.example/",
    "https://evil.example/.my.salesforce.com",
    "https://evil.example?.my.salesforce.com",
    "https://evil.example#.my.salesforce.com",
    "https://evil.example\\.my.salesforce.com",
    "https://evil.example\\@acme.my.salesforce.com",
    "https://evilmy.salesforce.com",
    "https://my.salesforce.com",
    "https://.my.salesforce.com",
    "https://acme..my.salesforce.com",
    "https://acme.my.salesforce.com.",
    "https://acme.my.salesforce.com.evil.example",
    "https://acme.my.salesforce.com:8443",
    "https://acme.my.salesforce.com:443",
    "https://user@acme.my.salesforce.com",
    "https://@acme.my.salesforce.com",
    "http://acme.my.salesforce.com",
    "//acme.my.salesforce.com",
    "acme.my.salesforce.com",
    "javascript:alert(1)//.my.salesforce.com",
    "https:acme.my.salesforce.com",
    "https:///acme.my.salesforce.com",
    "https:/\\acme.my.salesforce.com",
    " https://acme.my.salesforce.com",
    "https://acme.my.salesforce.com\n",
    "https://acme.my.sales\tforce.com",
    "https://acme.my.salesforce.com\x00.evil.example",
    "https://evil.example%2f.my.salesforce.com",
    "https://evil.example%00.my.salesforce.com",
    "https://evil。my.salesforce.com.evil.example",
    "https://acme.my。salesforce.com",
    "https://acme.my.ſalesforce.com",
    "https://acme.my.salesforce.ⅽom",
    "https://äcme.my.salesforce.com",
    "https://xn--cme-qla.my.salesforce.com",
    "https://127.0.0.1",
    "https://[::1]",
    "https://[::ffff:127.0.0.1].my.salesforce.com",
    "https://2130706433",
    "https://0x7f.1",
    "https://-acme.my.salesforce.com",
    "https://acme_x.my.salesforce.com",
    "https://acme.my.salesforce.com/#@evil.example",
    "https://" + "a" * 64 + ".my.salesforce.com",
    "https://" + "a." * 130 + "my.salesforce.com",
    "",
    None,
]


@pytest.mark.parametrize("url", INSTANCES)
def test_instances_of_every_cloud_may_have_a_token(url: str) -> None:
    """C1: production, sandbox, developer, military and Chinese orgs."""
    assert check_instance_url(url) == check_instance_url(url + "/") == url
    assert check_instance_url(url.replace("acme", "ACME")) == url
    assert check_page_origin(url) == url
    assert check_login_url(url + "/setup?x=1") == url + "/setup?x=1"


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("url", TRICKS)
def test_url_tricks_are_refused(url: str | None, check: Callable[..., str]) -> None:
    """C1: no way of writing a URL sends a token or a person to another host."""
    with pytest.raises(HostError) as refused:
        check(url, extra_origins=[DEVORG])
    assert refused.value.reason in {"bad_url", "foreign_host"}
    assert "evil" not in str(refused.value)


@pytest.mark.parametrize(
    "host", ["acme.lightning.force.com", "acme.my.site.com", "acme--c.vf.force.com", "x.force.com"]
)
def test_pages_of_salesforce_get_no_token(host: str) -> None:
    """C1: the API is at the instance; a page host, though Salesforce's, is not trusted with it."""
    with pytest.raises(HostError, match="foreign_host"):
        check_instance_url(f"https://{host}")


def test_instance_has_no_path() -> None:
    for rest in ("/services", "?x", "//"):
        with pytest.raises(HostError, match="bad_url"):
            check_instance_url(INSTANCES[0] + rest)


def test_login_hosts_are_exact() -> None:
    """C1: `loginUrl` comes from a query that anybody can write."""
    url = "https://login.salesforce.com/services/oauth2/authorize?client_id=1&state=a%20b"
    assert check_login_url(url) == url
    assert check_login_url("https://test.salesforce.com") == "https://test.salesforce.com"
    for other in (
        "https://a.login.salesforce.com",
        "https://www.salesforce.com",
        "https://force.com",
    ):
        with pytest.raises(HostError, match="foreign_host"):
            check_login_url(other)


def test_extra_origins_are_exact() -> None:
    """X16: devorg is let in by its whole origin: scheme, host and port."""
    extra = ["https://crm.example.com", DEVORG]
    for origin in extra:
        assert check_instance_url(origin, extra_origins=extra) == origin
        assert check_login_url(origin + "/a?b", extra_origins=extra) == origin + "/a?b"
    with pytest.raises(HostError):
        check_instance_url(DEVORG)


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize(
    "near",
    [
        "http://127.0.0.1:80011",
        "http://127.0.0.1:8001@evil.example",
        "http://127.0.0.1:8001.evil.example",
        "https://127.0.0.1:8001",
        "http://127.0.0.1",
        "https://crm.example.com.evil.example",
        "https://a.crm.example.com",
        "http://crm.example.com",
        "http://127.0.0.1:8001\\@evil.example",
    ],
)
def test_what_only_begins_like_an_extra_origin_is_refused(
    near: str, check: Callable[..., str]
) -> None:
    """C1: also for log-in links, which keep what follows the origin."""
    with pytest.raises(HostError):
        check(near, extra_origins=["https://crm.example.com", DEVORG])


HOSTILE = st.text(st.sampled_from("ae.-@:/\\?#%[]\t\n 0。ſK"), max_size=12)


@given(before=HOSTILE, between=HOSTILE, after=HOSTILE, check=st.sampled_from(CHECKS))
@example(before="https://evil.example\\", between="", after="", check=check_login_url)
def test_what_passes_is_salesforce_to_every_parser(
    before: str, between: str, after: str, check: Callable[[str], str]
) -> None:
    """C1: if a URL passes, a plain parser sees https, an org's host, no user and no port."""
    for url in (
        f"https://{before}my.salesforce.com{after}",
        f"https://acme{between}.my.salesforce.com{after}",
        f"{before}https://acme.my.salesforce{between}.com",
    ):
        try:
            parts = urlsplit(check(url))
        except HostError:
            continue
        assert parts.scheme == "https"
        assert parts.netloc == parts.hostname
        assert parts.netloc.endswith(".my.salesforce.com")
        assert "\\" not in url


@given(st.text(), st.sampled_from(CHECKS))
def test_arbitrary_text_is_only_ever_refused(text: str, check: Callable[[str], str]) -> None:
    with pytest.raises(HostError):
        check(text)
    assert not is_salesforce_host(text)


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("acme.lightning.force.com", True),
        ("ACME--uat.sandbox.lightning.force.com", True),
        ("acme--demo-ns.vf.force.com", True),
        ("acme.my.salesforce-setup.com", True),
        ("acme--c.cs5.visual.force.com", True),
        ("acme.my.site.com", True),
        ("acme.lightning.crmforce.mil", True),
        ("acme.lightning.sfcrmapps.cn", True),
        ("lightning.force.com", False),
        ("evillightning.force.com", False),
        ("acme.force.com", False),
        ("acme.lightning.force.com:443", False),
        ("acme.lightning.force.com.", False),
        ("acme.lightning.force.com.evil.example", False),
        ("\u212a.lightning.force.com", False),
    ],
)
def test_hosts_of_salesforce(host: str, known: bool) -> None:
    assert is_salesforce_host(host) is known


def test_a_cloud_can_be_added_by_the_caller() -> None:
    """C1: a host name of tomorrow is a setting, not a release."""
    new = replace(CLOUDS[0], instance="my.salesforce.example", wide=("salesforce.example",))
    url = "https://acme.my.salesforce.example"
    assert check_instance_url(url, clouds=[*CLOUDS, new]) == url
    listed = frame_ancestors(envelope=None, narrow=False, clouds=[new])
    assert listed == "https://*.salesforce.example"


@pytest.fixture
def envelope_of(sign: Callable[..., str], payload: Payload, secret: str) -> Callable[..., Envelope]:
    """An envelope of an org at the given instance URL."""

    def made(instance_url: str, location_url: str | None = None) -> Envelope:
        payload["client"] |= {"instanceUrl": instance_url, "targetOrigin": instance_url}
        payload["context"]["environment"]["locationUrl"] = location_url
        return verify(sign(payload), [secret])

    return made


def test_wide_list_covers_every_ancestor_of_every_cloud() -> None:
    """X1: one ancestor missing from the list and the frame stays empty."""
    wide = frame_ancestors(envelope=None, narrow=False).split()
    assert all(source.startswith("https://*.") for source in wide)
    for cloud in CLOUDS:
        for suffix in cloud.pages:
            assert any(f"x.{suffix}".endswith(source.removeprefix("https://*")) for source in wide)


def test_wide_list_is_used_without_an_envelope_and_by_default(
    envelope_of: Callable[..., Envelope],
) -> None:
    wide = frame_ancestors(envelope=None, narrow=False)
    assert frame_ancestors(envelope=None, narrow=True) == wide
    assert frame_ancestors(envelope=envelope_of(INSTANCES[0]), narrow=False) == wide
    assert frame_ancestors(envelope=envelope_of("https://evil.example"), narrow=True) == wide


def test_narrow_list_names_the_hosts_of_one_org(envelope_of: Callable[..., Envelope]) -> None:
    """X1: Lightning, the API host, Setup and Visualforce of this org, of nobody else."""
    location = "https://acme--uat--other.sandbox.vf.force.com/apex/Page"
    sources = frame_ancestors(envelope=envelope_of(INSTANCES[1], location), narrow=True).split()
    for host in (
        "acme--uat.sandbox.lightning.force.com",
        "acme--uat.sandbox.my.salesforce.com",
        "acme--uat.sandbox.my.salesforce-setup.com",
        "acme--uat--c.sandbox.vf.force.com",
        "acme--uat--demo-ns.sandbox.vf.force.com",
        "acme--uat--other.sandbox.vf.force.com",
    ):
        assert f"https://{host}" in sources
    assert "*" not in "".join(sources)
    assert all("//acme--uat" in source for source in sources)


@pytest.mark.parametrize(
    "location",
    [
        "https://other.lightning.force.com/x",
        "https://acmeevil.lightning.force.com",
        "https://evil.example/acme",
        "https://acme.lightning.force.com; script-src *",
    ],
)
def test_narrow_list_takes_nothing_foreign_from_the_browser(
    location: str, envelope_of: Callable[..., Envelope]
) -> None:
    """C1: `locationUrl` is chosen by the browser; only the same org's hosts are taken from it."""
    base = frame_ancestors(envelope=envelope_of(INSTANCES[0]), narrow=True)
    assert frame_ancestors(envelope=envelope_of(INSTANCES[0], location), narrow=True) == base


def test_extra_ancestors_are_added_and_checked(envelope_of: Callable[..., Envelope]) -> None:
    """X16: devorg and customers' own domains; what could end the directive is refused."""
    extra = [DEVORG, "https://*.crm.example.com"]
    wide = frame_ancestors(envelope=None, narrow=False, extra=extra)
    assert wide.endswith(f" {DEVORG} https://*.crm.example.com")
    assert frame_ancestors(envelope=envelope_of(DEVORG), narrow=True, extra=extra) == " ".join(
        extra
    )
    for bad in ("*", "'self'", "https://a; script-src *", "https://a b", "https://*", "data:", ""):
        with pytest.raises(ValueError, match="origin"):
            frame_ancestors(envelope=None, narrow=False, extra=[bad])
