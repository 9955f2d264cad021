"""Where a token, a secret or a person may be sent: the table of Salesforce's hosts, with ours.

The table is ``canvas.clouds``. An operator adds a cloud that it lacks by its domain
(``INLAY_SALESFORCE_EXTRA_DOMAINS``), and one host, such as a test org's, by its origin
(``INLAY_SALESFORCE_EXTRA_ORIGINS``). Whatever a person types goes through here before anything is
sent: an address outside the table is never asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from app.config import Config
from app.salesforce.errors import ForeignHost
from canvas.clouds import CLOUDS, Cloud
from canvas.errors import HostError
from canvas.framing import check_instance_url, check_login_url

PRODUCTION = "https://login.salesforce.com"
SANDBOX = "https://test.salesforce.com"
#: Since enhanced domains (Winter '24) every sandbox has this partition in its My Domain.
_SANDBOX_PARTITION = ".sandbox."


@dataclass(frozen=True, slots=True)
class Hosts:
    """The hosts of Salesforce, as this installation knows them."""

    extra_origins: tuple[str, ...] = ()
    clouds: tuple[Cloud, ...] = CLOUDS

    @classmethod
    def of(cls, config: Config) -> Self:
        """The table with what the operator added."""
        added = (_cloud(domain) for domain in config.salesforce_extra_domains)
        return cls(config.salesforce_extra_origins, (*CLOUDS, *added))

    def instance(self, url: str) -> str:
        """The origin of an org's API, if a token may be sent there.

        Raises:
            ForeignHost: It is no host of Salesforce's; ``code`` says what is wrong with it.
        """
        try:
            return check_instance_url(url, extra_origins=self.extra_origins, clouds=self.clouds)
        except HostError as error:
            raise ForeignHost(code=error.reason.upper()) from None

    def login(self, url: str) -> str:
        """The origin where people of an org log in: shared by all orgs, or the org's own.

        Raises:
            ForeignHost: It is no host of Salesforce's, or more than an origin.
        """
        try:
            found = check_login_url(url, extra_origins=self.extra_origins, clouds=self.clouds)
        except HostError as error:
            raise ForeignHost(code=error.reason.upper()) from None
        if urlsplit(found).path.strip("/") or "?" in found:
            raise ForeignHost(code="BAD_URL")
        return found.rstrip("/")

    def typed(self, text: str) -> str:
        """The address of an org as people write it: the scheme and what follows may be missing.

        ``acme.my.salesforce.com``, ``https://acme.lightning.force.com/lightning/page`` and the like
        name the same org; its API is at the first.

        Raises:
            ForeignHost: It is no host of Salesforce's.
        """
        given = text.strip()
        whole = given if "://" in given else f"https://{given}"
        try:
            parts = urlsplit(whole)
        except ValueError:  # brackets that hold no address
            raise ForeignHost(code="BAD_URL") from None
        origin = f"{parts.scheme}://{parts.netloc.lower()}"
        if origin in self.extra_origins:
            return origin
        return self.instance(self._of_api(origin))

    def _of_api(self, origin: str) -> str:
        """The API's host of an org whose pages' host was given."""
        for cloud in self.clouds:
            name = origin.removesuffix(f".{cloud.lightning}")
            if name != origin:
                return f"{name}.{cloud.instance}"
        return origin


def is_sandbox(url: str) -> bool:
    """Whether the host is a sandbox's, or the login host that sandboxes share."""
    return url.startswith(SANDBOX) or _SANDBOX_PARTITION in url


def audience(instance_url: str) -> str:
    """Who a JWT is meant for: the login host of the org's kind (Help: OAuth 2.0 JWT Bearer)."""
    return SANDBOX if is_sandbox(instance_url) else PRODUCTION


def shared_logins(clouds: Sequence[Cloud] = CLOUDS) -> tuple[str, ...]:
    """The login hosts that orgs share, production first."""
    return tuple(f"https://{host}" for cloud in clouds for host in cloud.login_hosts)


def _cloud(domain: str) -> Cloud:
    """A cloud that we know no more of than where its APIs are."""
    return Cloud(
        instance=domain, lightning=domain, visualforce=domain, setup=domain, wide=(domain,)
    )
