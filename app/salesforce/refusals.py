"""From Salesforce's answer to a typed error: the one place that reads error bodies.

Shapes met in practice: a list of {message, errorCode, fields} (REST), entries with ``statusCode``
for the code (collections), {error, error_description} (OAuth), and HTML or plain text (proxies,
maintenance pages).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from app.salesforce.errors import (
    ApiNotAllowed,
    AppNotApproved,
    IpNotAllowed,
    LimitReached,
    RequestRefused,
    SalesforceDown,
    SalesforceError,
    SalesforceSlow,
    SessionOver,
)

_BY_CODE: dict[str, type[SalesforceError]] = {
    "INVALID_SESSION_ID": SessionOver,
    "INVALID_AUTH_HEADER": SessionOver,
    "API_DISABLED_FOR_ORG": ApiNotAllowed,
    "API_CURRENTLY_DISABLED": ApiNotAllowed,
    "INVALID_LOGIN": IpNotAllowed,
    "LOGIN_DURING_RESTRICTED_DOMAIN": IpNotAllowed,
    "OAUTH_APP_ACCESS_DENIED": AppNotApproved,
    "OAUTH_APP_BLOCKED": AppNotApproved,
    "OAUTH_APPROVAL_ERROR_GENERIC": AppNotApproved,
    "invalid_app_access": AppNotApproved,
    "REQUEST_LIMIT_EXCEEDED": LimitReached,
    "QUERY_TIMEOUT": SalesforceSlow,
    "SERVER_UNAVAILABLE": SalesforceDown,
}
# "ip restricted" (OAuth), "Restricted IP", "login must be within allowed IP ranges", and the like.
_IP_POLICY = re.compile(
    r"\bip (?:address )?(?:is )?restricted\b|\brestricted ip\b|\bip ranges?\b|\bfrom this ip\b",
    re.IGNORECASE,
)
_APPROVAL = re.compile(
    r"not admin approved|must be installed into org|hasn.t approved this consumer", re.IGNORECASE
)
# A session without the API scope: a new session of the same kind would fare no better.
_NO_API_SCOPE = re.compile(r"not valid for use with the \w+ api", re.IGNORECASE)
_CONCURRENT = re.compile(r"concurrent", re.IGNORECASE)
_POLICY_STATUSES = frozenset({400, 401, 403})
_TOKEN = re.compile(r"00D[A-Za-z0-9]{12,15}![A-Za-z0-9._~+/=-]+")


@dataclass(frozen=True, slots=True)
class Refusal:
    """One error of an answer: Salesforce's code, text and the fields it blames."""

    code: str
    text: str
    fields: tuple[str, ...] = ()


def read_refusals(body: object) -> list[Refusal]:
    """All errors in a decoded body; empty when the body has none of the known shapes."""
    entries = body if isinstance(body, list) else [body]
    return [_refusal(entry) for entry in entries if isinstance(entry, dict) and _has_code(entry)]


def read_row_error(text: str) -> Refusal:
    """The error of a row of a Bulk job (``sf__Error``): ``CODE:what is wrong:fields --``."""
    code, _, rest = text.partition(":")
    message, _, fields = rest.rpartition(":")
    named = [field.strip() for field in fields.removesuffix("--").split(",")]
    return Refusal(
        code=code.strip()[:80],
        text=message or rest,
        fields=tuple(field for field in named if field),
    )


def error_of(status: int, body: object, *, is_read: bool = False) -> SalesforceError:
    """The typed error of one answer, of a whole call or of a part of a composite.

    Args:
        status: HTTP status of the call or the part.
        body: Decoded JSON; None when it could not be decoded (its text is then not kept).
        is_read: Whether nothing could have been changed, so that no outcome is ambiguous.
    """
    refusals = read_refusals(body)
    first = refusals[0] if refusals else Refusal("", "" if body is not None else "not JSON")
    kind = _kind_of(status, first)
    return kind(
        code=first.code,
        detail=without_tokens(first.text),
        fields=first.fields,
        status=status,
        is_ambiguous=not is_read and status >= 500,
    )


def without_tokens(text: str) -> str:
    """The text with everything that looks like an access token taken out."""
    return _TOKEN.sub("(token)", text)


def _kind_of(status: int, refusal: Refusal) -> type[SalesforceError]:
    if status in _POLICY_STATUSES:
        if _IP_POLICY.search(refusal.text):
            return IpNotAllowed
        if _APPROVAL.search(refusal.text):
            return AppNotApproved
    if refusal.code == "INVALID_SESSION_ID" and _NO_API_SCOPE.search(refusal.text):
        return ApiNotAllowed
    if refusal.code == "REQUEST_LIMIT_EXCEEDED" and _CONCURRENT.search(refusal.text):
        return SalesforceSlow
    return _BY_CODE.get(refusal.code) or _kind_of_status(status)


def _kind_of_status(status: int) -> type[SalesforceError]:
    if status == 401:
        return SessionOver
    if status in {408, 429, 504}:
        return SalesforceSlow
    return SalesforceDown if status >= 500 else RequestRefused


def _has_code(entry: dict[Any, Any]) -> bool:
    return any(name in entry for name in ("errorCode", "statusCode", "error", "message"))


def _refusal(entry: dict[Any, Any]) -> Refusal:
    code = entry.get("errorCode") or entry.get("statusCode") or entry.get("error") or ""
    text = entry.get("message") or entry.get("error_description") or ""
    fields = entry.get("fields")
    return Refusal(
        code=str(code)[:80],
        text=str(text),
        fields=tuple(map(str, fields)) if isinstance(fields, list) else (),
    )
