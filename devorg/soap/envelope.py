"""SOAP 1.1 envelopes: reading what clients send, writing answers and faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from devorg.errors import DevorgError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
NAMESPACES = {"u": "urn:partner.soap.sforce.com", "c": "urn:enterprise.soap.sforce.com"}


class SoapError(DevorgError):
    """A fault: a code of the API, or `soapenv:Client` for what is no call of it."""


@dataclass(frozen=True, slots=True)
class SoapCall:
    """One call: its name, its arguments, and the session of its header."""

    name: str
    namespace: str
    arguments: Mapping[str, str]
    session_id: str


def _parts(tag: str) -> tuple[str, str]:
    namespace, _, name = tag.rpartition("}")
    return namespace.removeprefix("{"), name


def _texts(element: Element) -> dict[str, str]:
    return {_parts(each.tag)[1]: each.text or "" for each in element}


def read(data: bytes) -> SoapCall:
    """The call in an envelope. Raises SoapError for what is none."""
    try:
        root = ElementTree.fromstring(data, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as error:
        raise SoapError("soapenv:Client", f"The envelope cannot be read: {error}") from error
    body = root.find(f"{_SOAP}Body") if root.tag == f"{_SOAP}Envelope" else None
    if body is None or len(body) != 1:
        raise SoapError("soapenv:Client", "The request is no SOAP 1.1 envelope with one call.")
    namespace, name = _parts(body[0].tag)
    return SoapCall(name, namespace, _texts(body[0]), _session(root))


def _session(root: Element) -> str:
    header = root.find(f"{_SOAP}Header")
    for each in header if header is not None else ():
        if _parts(each.tag)[1] == "SessionHeader":
            return _texts(each).get("sessionId", "").strip()
    return ""


Value = str | int | bool | None | Mapping[str, "Value"]


def _xml(name: str, value: Value) -> str:
    if value is None:
        return f'<{name} xsi:nil="true"/>'
    if isinstance(value, Mapping):
        return f"<{name}>{''.join(_xml(key, each) for key, each in value.items())}</{name}>"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{name}>{escape(text)}</{name}>"


def _envelope(attributes: str, body: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope'
        ' xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
        f' {attributes} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
    )


def answer(namespace: str, name: str, result: Value) -> str:
    """The envelope of an answer; a result of nothing is left out."""
    content: dict[str, Value] = {} if result is None else {"result": result}
    return _envelope(f'xmlns="{namespace}"', _xml(f"{name}Response", content))


def fault(kind: str, error: SoapError) -> str:
    """The envelope of a fault, in the shape of the partner (`u`) or enterprise (`c`) API."""
    if error.reason.startswith("soapenv:"):
        code, text, detail = error.reason, error.message, ""
    else:
        code, text = f"sf:{error.reason}", f"{error.reason}: {error.message}"
        name = "LoginFault" if error.reason in _LOGIN_CODES else "UnexpectedErrorFault"
        detail = (
            f'<detail><sf:{name} xsi:type="sf:{name}">'
            f"{_xml('sf:exceptionCode', error.reason)}{_xml('sf:exceptionMessage', error.message)}"
            f"</sf:{name}></detail>"
        )
    body = (
        f"<soapenv:Fault>{_xml('faultcode', code)}{_xml('faultstring', text)}{detail}"
        "</soapenv:Fault>"
    )
    sf = NAMESPACES[kind].replace("urn:", "urn:fault.")
    return _envelope(f'xmlns:sf="{sf}"', body)


_LOGIN_CODES = frozenset({"INVALID_LOGIN", "LOGIN_MUST_USE_SECURITY_TOKEN", "INVALID_OPERATION"})
