"""User name, password and security token by ``login()`` of the SOAP API; marked as ending.

The call is off in new orgs, needs "Use Any API Auth" there since Summer '26, is absent from version
65 on, and ends for good with Summer '27 (Salesforce Help 005132110). It stands here for the orgs
that have nothing else yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from app.salesforce.connect import oauth
from app.salesforce.connect.oauth import NewToken
from app.salesforce.errors import ReconnectNeeded, SalesforceDown
from app.salesforce.transport import Request, Transport

#: The last version that has the call.
_VERSION = "64.0"
_PARTNER = "{urn:partner.soap.sforce.com}"


def login(transport: Transport, url: str, username: str, password: str) -> NewToken:
    """A session of the user; ``password`` with the security token behind it.

    Raises:
        SalesforceDown, SalesforceSlow: Try again later.
        ReconnectNeeded: Salesforce refused; ``code`` is its own (``INVALID_LOGIN``).
    """
    request = Request(
        "POST",
        f"{url}/services/Soap/u/{_VERSION}",
        headers={"Content-Type": "text/xml; charset=utf-8", "SOAPAction": "login"},
        content=_envelope(username, password).encode(),
        read=_parsed,
        reads_errors=True,
    )
    answer = oauth.send(transport, request)
    root: Element | None = answer.body
    if root is None:
        raise SalesforceDown(code="UNREADABLE_ANSWER", status=answer.status)
    fault = root.findtext(".//faultcode")
    if fault is not None:
        raise _refusal(fault.rpartition(":")[2], answer.status)
    token, server = _text(root, "sessionId"), urlsplit(_text(root, "serverUrl"))
    if not token or not server.netloc:
        raise SalesforceDown(code="UNREADABLE_ANSWER", status=answer.status)
    return NewToken(
        access_token=token,
        instance_url=f"{server.scheme}://{server.netloc}",
        organization=oauth.organization(_text(root, "organizationId")),
        user_id=oauth.user(_text(root, "userId")),
    )


def _refusal(code: str, status: int) -> SalesforceDown | ReconnectNeeded:
    if code in {"SERVER_UNAVAILABLE", "UNKNOWN_EXCEPTION"}:
        return SalesforceDown(code=code, status=status)
    return ReconnectNeeded(code=code, status=status)


def _envelope(username: str, password: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><e:Envelope'
        ' xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
        '<login xmlns="urn:partner.soap.sforce.com">'
        f"<username>{escape(username)}</username><password>{escape(password)}</password>"
        "</login></e:Body></e:Envelope>"
    )


def _parsed(pieces: Iterator[bytes]) -> Element:
    """The envelope. Raises ValueError for what is none."""
    try:
        root: Element = ElementTree.fromstring(b"".join(pieces), forbid_dtd=True)
    except (ParseError, LookupError, DefusedXmlException) as error:  # LookupError: its encoding
        raise ValueError("no envelope") from error
    return root


def _text(root: Element, name: str) -> str:
    return root.findtext(f".//{_PARTNER}{name}") or ""
