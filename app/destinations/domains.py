"""Domains of the orgs' own, on which their public pages answer, and nothing else does (X12).

An org's admin asks for one and is told what to put into its DNS: a CNAME to our host, and a TXT
record that only whoever runs the domain can put there. That a name leads to us proves nothing: a
stranger may ask for the same name. An operator looks for the record, has a certificate made, and
opens it. Links on our own host go on working.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from app.clock import utcnow
from app.config import Config
from app.db import SystemSession, TenantSession
from app.destinations.models import Destination, PageDomain
from app.errors import InlayError
from app.orgs import audit
from app.orgs.audit import Tag
from app.orgs.models import Org
from app.web.i18n import _

#: Below which name the proof stands.
TXT_LABEL = "_inlay"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?=.{{4,253}}\Z)(?:{_LABEL}\.)+(?!\d+\Z){_LABEL}", re.ASCII)


class DomainError(InlayError):
    """A domain that cannot be asked for, or opened."""

    reason = "bad_domain"


class OrgDomain(NamedTuple):
    """A domain and whose it is, or is to be."""

    host: str
    is_open: bool
    salesforce_id: str
    proof: str


class Waiting(NamedTuple):
    """An org that asked for a domain which nobody has opened yet."""

    salesforce_id: str
    name: str
    host: str


def url_on(pages_url: str, host: str | None) -> str:
    """The origin of public pages on an own domain, or on ours: scheme and port are the same."""
    if not host:
        return pages_url
    return f"{urlsplit(pages_url).scheme}://{host}{_port(pages_url)}"


def pages_url_of(session: TenantSession, pages_url: str) -> str:
    """The origin that links of the session's org are shown with: one statement."""
    opened = select(PageDomain.host).where(PageDomain.opened_at.is_not(None))
    return url_on(pages_url, session.scalar(opened))


def host_in(pages_url: str, host: str) -> str:
    """The name of a host as a request writes it, if it may be an own domain's; "" if it may not."""
    port = _port(pages_url)
    name = host.lower().removesuffix(port)
    return name if host.endswith(port) and _HOST.fullmatch(name) else ""


def read(session: TenantSession) -> PageDomain | None:
    """The org's domain, asked for or opened."""
    return session.scalar(select(PageDomain))


def ask(session: TenantSession, config: Config, typed: str, *, by: str) -> None:
    """Ask for a domain; one that was asked for before, or opened, gives way to it.

    Raises:
        DomainError: It is no host name that an org can have.
    """
    host = _host_of(typed, config)
    # of two who ask at once, the second finds what the first left
    session.execute(select(Org.id).where(Org.id == session.org_id).with_for_update(key_share=True))
    found = read(session)
    if found is not None and found.host == host:
        return
    _forget(session, found)
    session.add(PageDomain(host=host, proof=f"inlay={secrets.token_hex(16)}", asked_by=by))
    audit.record(session, Tag.DOMAIN_ASKED, by, host=host)


def remove(session: TenantSession, *, by: str) -> None:
    """Give it up: links are shown on our own host again, and those on the domain open nothing."""
    found = read(session)
    if found is not None:
        _forget(session, found)
        audit.record(session, Tag.DOMAIN_REMOVED, by, host=found.host)


def open_domain(session: TenantSession, *, proof: str, by: str, why: str) -> None:
    """This proof stands in its DNS, says the operator: pages answer there, links are shown with it.

    Raises:
        DomainError: None was asked for, another than that of the proof, or another org has it.
    """
    found = read(session)
    if found is None:
        raise DomainError(_("No domain was asked for."))
    if found.proof != proof:
        raise DomainError(_("Another domain was asked for meanwhile. Look for the proof of it."))
    if found.opened_at is not None:
        return
    try:
        with session.begin_nested():
            found.opened_at, found.opened_by = utcnow(), by
            session.flush()
    except IntegrityError:
        raise DomainError(_("Another org has this domain. Close it there first.")) from None
    _shown_anew(session)
    audit.record(session, Tag.DOMAIN_OPENED, by, host=found.host, why=why)


def waiting(session: SystemSession) -> Sequence[Waiting]:
    """Orgs whose domain waits for an operator, the longest first; some of them."""
    statement = (
        select(Org.salesforce_id, Org.name, PageDomain.host)
        .join(PageDomain, PageDomain.org_id == Org.id)
        .where(PageDomain.opened_at.is_(None))
        .order_by(PageDomain.asked_at, PageDomain.id)
        .limit(20)
    )
    return [Waiting._make(row) for row in session.execute(statement)]


def of_all_orgs(session: SystemSession) -> Sequence[OrgDomain]:
    """All domains by name, those that wait too."""
    statement = (
        select(PageDomain.host, PageDomain.opened_at.is_not(None), Org.salesforce_id,
               PageDomain.proof)
        .join(Org, Org.id == PageDomain.org_id)
        .order_by(PageDomain.host, Org.salesforce_id)
    )  # fmt: skip
    return [OrgDomain._make(row) for row in session.execute(statement)]


def _forget(session: TenantSession, found: PageDomain | None) -> None:
    if found is None:
        return
    session.execute(
        delete(PageDomain)
        .where(PageDomain.id == found.id)
        .execution_options(synchronize_session=False)
    )
    session.expunge(found)
    if found.opened_at is not None:
        _shown_anew(session)


def _shown_anew(session: TenantSession) -> None:
    """Open widgets, and records in Salesforce, hear of the other address."""
    session.execute(
        update(Destination)
        .values(version=Destination.version + 1)
        .execution_options(synchronize_session=False)
    )


def _host_of(typed: str, config: Config) -> str:
    host = typed.strip().lower().removeprefix("https://").rstrip("/.")
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        host = ""
    if _HOST.fullmatch(host) is None:
        raise DomainError(_("Write a host name such as rooms.example.com."))
    ours = {urlsplit(url).hostname or "" for url in (config.app_url, config.pages_url)}
    if any(host == our or host.endswith(f".{our}") or our.endswith(f".{host}") for our in ours):
        raise DomainError(_("This is a name of Inlay's own. Write one of your company's."))
    return host


def _port(pages_url: str) -> str:
    port = urlsplit(pages_url).port
    return f":{port}" if port else ""
