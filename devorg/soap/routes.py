"""`/services/Soap/u/<version>` and `/c/<version>`: login, logout, getUserInfo."""

from __future__ import annotations

import re

from flask import Blueprint, Response, current_app, request

from devorg import history
from devorg.errors import ApiError, DropError
from devorg.org import Org, org_of
from devorg.rest.dispatch import drop_connection
from devorg.soap import envelope
from devorg.soap.calls import CALLS
from devorg.soap.envelope import SoapError

blueprint = Blueprint("soap", __name__, url_prefix="/services/Soap")
_VERSION = re.compile(r"(\d{1,3})(?:\.0)?", re.ASCII)
# Versions 21 to 30 were retired in Summer '25; 68 is the newest this org speaks.
FIRST, LAST = 31, 68
_ABSENT = {"m": "the Metadata API", "T": "the Tooling API by SOAP", "s": "the Apex SOAP API"}
_TEXT = "text/xml;charset=UTF-8"


@blueprint.post("/<any(u, c):kind>/<version>")
@blueprint.post("/<any(u, c):kind>/<version>/<org_id>")
def call(kind: str, version: str, org_id: str = "") -> Response:
    """One call of the SOAP API; a fault has status 500, as in a real org."""
    org = org_of(current_app)
    try:
        org.faults.strike_call([request.path], 0, after=False)
        org.faults.strike_status(request.path, after=False)
        text = _answer(org, kind, version)
    except SoapError as error:
        history.tell(note=f"{error.reason}: {error.message}")
        return Response(envelope.fault(kind, error), 500, content_type=_TEXT)
    except ApiError as error:
        refusal = SoapError(error.reason, error.message)
        return Response(envelope.fault(kind, refusal), error.status, content_type=_TEXT)
    except DropError:
        return drop_connection()
    return Response(text, content_type=_TEXT)


@blueprint.post("/<any(m, T, s):kind>/<path:rest>")
def refuse(kind: str, rest: str) -> Response:
    """The other APIs that speak SOAP are not here, and say so in SOAP."""
    message = f"devorg does not have {_ABSENT[kind]}; docs/devorg.md says what it has."
    error = SoapError("soapenv:Server", message)
    return Response(envelope.fault("u", error), 500, content_type=_TEXT)


def _answer(org: Org, kind: str, version: str) -> str:
    match = _VERSION.fullmatch(version)
    number = int(match[1]) if match else 0
    if not FIRST <= number <= LAST:
        raise SoapError("UNSUPPORTED_API_VERSION", "Invalid Api version specified on URL")
    asked = envelope.read(request.get_data())
    namespace = envelope.NAMESPACES[kind]
    known = CALLS.get(asked.name) if asked.namespace == namespace else None
    if known is None:
        name = f"{{{asked.namespace}}}{asked.name}"
        raise SoapError("soapenv:Client", f"No operation available for request {name}")
    return envelope.answer(namespace, asked.name, known(org, asked, kind, number))
