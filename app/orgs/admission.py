"""From a posted signed request to an org that is served: verified, fresh, admitted."""

from __future__ import annotations

import time
from dataclasses import dataclass

from app.config import Config
from app.db import Database
from app.keys import Keyring
from app.orgs import apps, known, service
from app.orgs.apps import SigningApp
from app.orgs.known import KnownOrg
from app.orgs.sandboxes import MyDomain, is_taken, learn, my_domain
from canvas import freshness, signed_request
from canvas.envelope import Envelope


@dataclass(frozen=True, slots=True)
class Verified:
    """A request that one of the app's secrets signed, freshly; nobody is admitted yet.

    ``org`` is whose request it is, if that org was seen before.
    """

    app: SigningApp
    envelope: Envelope
    mac: str
    org: KnownOrg | None

    @property
    def app_key(self) -> str:
        """Path of a customer-owned app; empty for the vendor's packaged app."""
        return "" if self.app.key == apps.PACKAGED else self.app.key


def verify(
    database: Database, config: Config, keyring: Keyring, text: str, app_key: str = ""
) -> Verified:
    """What a signed request says, if the path's own app signed it.

    Args:
        database: Of the application.
        config: Of the application.
        keyring: Of the application.
        text: The signed request.
        app_key: Of a customer-owned app's path; empty for the vendor's packaged app.

    Raises:
        CanvasError: The request is not to be believed.
        NotAdmittedError: ``unknown_app``.
    """
    with database.system_asking() as system:
        app = apps.find(system, app_key or apps.PACKAGED)
        envelope = signed_request.verify(text, apps.secrets_of(app, keyring))
        org = known.find(system, envelope.organization.id)
    freshness.check(
        envelope.issued_at,
        int(time.time() * 1000),
        window_ms=config.freshness_seconds * 1000,
        skew_ms=config.skew_seconds * 1000,
    )
    return Verified(app, envelope, signed_request.mac_of(text), org)


def admit(database: Database, config: Config, request: Verified) -> KnownOrg:
    """The org, if it is served; one that is not known yet is remembered.

    Raises:
        NotAdmittedError: With the reason and a sentence for whoever asks.
    """
    service.check_sender(config, request.app, request.envelope, request.org)
    org = request.org
    domain = _domain(request)
    if org is None:
        org = _remember(database, config, request.envelope, domain)
    elif domain is not None and domain.name != org.domain:
        org = _learn(database, org, domain)
    service.check_served(org)
    return org


def _domain(request: Verified) -> MyDomain | None:
    """Where the org lives, unless its own admins could have written that."""
    return None if request.app.org_id else my_domain(request.envelope.client.instance_url)


def _remember(
    database: Database, config: Config, envelope: Envelope, domain: MyDomain | None
) -> KnownOrg:
    """A sandbox at a known domain waits: staff says whether it was refreshed."""
    with database.system_writing() as system:
        is_refreshed = domain is not None and domain.is_sandbox and is_taken(system, domain)
        org = service.remember(system, config, envelope, waits=is_refreshed)
        if domain is not None:
            learn(system, org, domain)
        return known.known(org)


def _learn(database: Database, org: KnownOrg, domain: MyDomain) -> KnownOrg:
    with database.system_writing() as system:
        row = service.required(system, org.salesforce_id)
        learn(system, row, domain)
        return known.known(row)
