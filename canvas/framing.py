"""Which hosts are Salesforce's: for tokens and redirects narrow, for `frame-ancestors` wide.

A URL of a signed request is still checked before a token or a person is sent there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from canvas.clouds import CLOUDS, Cloud
from canvas.envelope import Envelope
from canvas.errors import HostError

_LABEL = r"(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})+", re.ASCII)
# After the host a path or query (RFC 3986): no space, backslash, fragment or anything beyond ASCII.
_REST = r"(?:[/?][A-Za-z0-9\-._~:/?@!$&'()*+,;=%\[\]]*)?"
_URL = re.compile(rf"https://([A-Za-z0-9.-]{{1,253}})({_REST})", re.ASCII)
_REST_ONLY = re.compile(_REST, re.ASCII)
_SOURCE = re.compile(r"https?://(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?", re.ASCII)


def is_salesforce_host(host: str, *, clouds: Sequence[Cloud] = CLOUDS) -> bool:
    """Whether `host` (no port) is an org's own host in one of the clouds. Never raises."""
    return _below(host, (suffix for cloud in clouds for suffix in cloud.pages))


def check_instance_url(
    url: str | None, *, extra_origins: Sequence[str] = (), clouds: Sequence[Cloud] = CLOUDS
) -> str:
    """The origin, in lower case and without a slash, to which a user's token may be sent.

    Only `https://<org>.<instance suffix>`, or exactly one of `extra_origins` (a test org, or a
    customer's own domain). Raises HostError.
    """
    origin, rest = _split(url, extra_origins)
    if rest not in ("", "/"):
        raise HostError("bad_url")
    if origin in extra_origins or _below(_host(origin), (cloud.instance for cloud in clouds)):
        return origin
    raise HostError("foreign_host")


def check_login_url(
    url: str | None, *, extra_origins: Sequence[str] = (), clouds: Sequence[Cloud] = CLOUDS
) -> str:
    """The URL, path and query kept, to which a person may be sent to log in or approve.

    `loginUrl` comes in the query of a plain GET, so anybody can write it. Raises HostError.
    """
    origin, rest = _split(url, extra_origins)
    if origin in extra_origins or _below(_host(origin), (cloud.instance for cloud in clouds)):
        return origin + rest
    if any(_host(origin) in cloud.login_hosts for cloud in clouds):
        return origin + rest
    raise HostError("foreign_host")


def check_page_origin(
    url: str | None, *, extra_origins: Sequence[str] = (), clouds: Sequence[Cloud] = CLOUDS
) -> str:
    """The origin of a Salesforce page (`targetOrigin`) the frame may talk to. Raises HostError."""
    origin, rest = _split(url, extra_origins)
    if rest not in ("", "/"):
        raise HostError("bad_url")
    if origin in extra_origins or is_salesforce_host(_host(origin), clouds=clouds):
        return origin
    raise HostError("foreign_host")


def frame_ancestors(
    *,
    envelope: Envelope | None,
    narrow: bool,
    extra: Sequence[str] = (),
    clouds: Sequence[Cloud] = CLOUDS,
) -> str:
    """The source list for CSP `frame-ancestors`; every ancestor of the frame must be in it.

    Wide: all of Salesforce. Narrow: the hosts of the verified envelope's own org; wide again when
    there is no envelope or its org has no name of its own. `extra` are origins, `https://*.` before
    the host allowed, added to both; ValueError if one is not of that form.
    """
    for source in extra:
        if _SOURCE.fullmatch(source) is None:
            raise ValueError("an extra frame ancestor is not an origin")
    own = _own_hosts(envelope, clouds) if narrow and envelope is not None else []
    if not own and not _is_extra_org(envelope, extra, narrow):
        own = [f"*.{suffix}" for cloud in clouds for suffix in cloud.wide]
    return " ".join(dict.fromkeys([*(f"https://{host}" for host in own), *extra]))


def _is_extra_org(envelope: Envelope | None, extra: Sequence[str], narrow: bool) -> bool:
    """Narrow, and the org itself stands at an extra origin: then the extras are all it needs."""
    return narrow and envelope is not None and envelope.client.instance_url in extra


def _own_hosts(envelope: Envelope, clouds: Sequence[Cloud]) -> list[str]:
    """Every host name that pages of the envelope's org can have, from its My Domain name."""
    found = _my_domain(envelope.client.instance_url, clouds)
    if found is None:
        return []
    name, partition, cloud = found
    hosts = [f"{name}{partition}.{suffix}" for suffix in cloud.pages if suffix != cloud.visualforce]
    for package in ("c", envelope.application.namespace, envelope.organization.namespace_prefix):
        if package:
            label = package.lower().replace("_", "-")
            hosts.append(f"{name}--{label}{partition}.{cloud.visualforce}")
    hosts += _named_hosts(envelope, name, clouds)
    return [host for host in hosts if _HOST.fullmatch(host)]


def _my_domain(url: str | None, clouds: Sequence[Cloud]) -> tuple[str, str, Cloud] | None:
    """("acme--uat", ".sandbox", cloud) of https://acme--uat.sandbox.my.salesforce.com."""
    parsed = _parse(url)
    for cloud in clouds:
        if parsed is not None and _below(parsed[0], [cloud.instance]):
            labels = parsed[0].removesuffix(f".{cloud.instance}")
            name, dot, partition = labels.partition(".")
            return name, dot + partition, cloud
    return None


@dataclass(frozen=True, slots=True)
class MyDomain:
    """The My Domain name of an org: ``acme``, or ``acme--uat`` of a sandbox of it."""

    name: str

    @property
    def is_sandbox(self) -> bool:
        """Whether it is a sandbox's: two hyphens stand between org and sandbox, nowhere else."""
        return "--" in self.name


def my_domain(url: str | None, *, clouds: Sequence[Cloud] = CLOUDS) -> MyDomain | None:
    """The My Domain name of an instance URL; None when it has none, as at an operator's own host.

    A name that no My Domain can have (Help: 63 characters at most) is none.
    """
    found = _my_domain(url, clouds)
    return MyDomain(found[0]) if found and 0 < len(found[0]) <= 63 else None


def _named_hosts(envelope: Envelope, name: str, clouds: Sequence[Cloud]) -> list[str]:
    """The hosts the envelope names itself, if they are of the same org."""
    hosts = []
    for url in (envelope.client.target_origin, envelope.environment.location_url):
        parsed = _parse(url)
        if parsed is not None and is_salesforce_host(parsed[0], clouds=clouds):
            first = parsed[0].partition(".")[0]
            if first == name or first.startswith(f"{name}--"):
                hosts.append(parsed[0])
    return hosts


def _split(url: str | None, extra_origins: Sequence[str]) -> tuple[str, str]:
    """Origin and the rest; an extra origin is taken as it stands, anything else must be https."""
    for origin in extra_origins:
        if url is not None and url.startswith(origin):
            rest = url[len(origin) :]
            if _REST_ONLY.fullmatch(rest):
                return origin, rest
    parsed = _parse(url)
    if parsed is None:
        raise HostError("bad_url")
    return f"https://{parsed[0]}", parsed[1]


def _parse(url: str | None) -> tuple[str, str] | None:
    """Host in lower case and the rest of a plain https URL: no user, no port, ASCII names only."""
    match = _URL.fullmatch(url or "")
    if match is None:
        return None
    host = match[1].lower()
    return (host, match[2]) if _HOST.fullmatch(host) else None


def _host(origin: str) -> str:
    return origin.partition("://")[2]


def _below(host: str, suffixes: Iterable[str]) -> bool:
    # ASCII first: lower() would turn the Kelvin sign into a k
    if not host.isascii() or _HOST.fullmatch(host.lower()) is None:
        return False
    return any(host.lower().endswith(f".{suffix}") for suffix in suffixes)
