"""Every shape of refusal becomes the error that says what to do."""

from __future__ import annotations

from typing import Any

import pytest

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
from app.salesforce.refusals import error_of


def _rest(code: str, message: str = "…") -> list[dict[str, Any]]:
    return [{"message": message, "errorCode": code}]


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, _rest("INVALID_SESSION_ID", "Session expired or invalid"), SessionOver),
        (401, None, SessionOver),
        (
            401,
            _rest("INVALID_SESSION_ID", "This session is not valid for use with the REST API"),
            ApiNotAllowed,
        ),
        (403, _rest("API_DISABLED_FOR_ORG"), ApiNotAllowed),
        (403, _rest("API_CURRENTLY_DISABLED"), ApiNotAllowed),
        (403, _rest("INVALID_LOGIN", "IP restricted"), IpNotAllowed),
        (400, {"error": "invalid_grant", "error_description": "ip restricted"}, IpNotAllowed),
        (403, _rest("FORBIDDEN", "login must be within allowed IP ranges"), IpNotAllowed),
        (403, _rest("OAUTH_APP_ACCESS_DENIED"), AppNotApproved),
        (
            400,
            {
                "error": "invalid_app_access",
                "error_description": "user is not admin approved to access this app",
            },
            AppNotApproved,
        ),
        (403, _rest("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), LimitReached),
        (
            403,
            _rest("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests Limit exceeded."),
            SalesforceSlow,
        ),
        (400, _rest("QUERY_TIMEOUT"), SalesforceSlow),
        (503, _rest("SERVER_UNAVAILABLE"), SalesforceDown),
        (500, None, SalesforceDown),
        (504, None, SalesforceSlow),
        (429, None, SalesforceSlow),
        (400, _rest("INVALID_FIELD"), RequestRefused),
        (300, ["/services/data/v66.0/sobjects/Task/1"], RequestRefused),
        (302, None, RequestRefused),
    ],
)
def test_a_refusal_becomes_the_error_that_says_what_to_do(
    status: int, body: Any, kind: type[SalesforceError]
) -> None:
    error = error_of(status, body)
    assert type(error) is kind
    assert error.status == status


def test_the_code_and_the_fields_of_a_row_are_kept() -> None:
    row = {"statusCode": "STRING_TOO_LONG", "message": "too long", "fields": ["Subject"]}
    error = error_of(400, [row])
    assert (error.code, error.detail, error.fields) == (
        "STRING_TOO_LONG",
        "too long",
        ("Subject",),
    )


def test_a_long_text_is_cut_and_holds_no_token() -> None:
    token = "00D5e000000DEVO!AQ.secret_secret"
    error = error_of(400, _rest("X", f"for {token} " + "y" * 5000))
    assert len(error.detail) == 1024
    assert "secret" not in error.detail + str(error) + repr(error)


@pytest.mark.parametrize(
    ("status", "is_read", "is_ambiguous"),
    [(500, False, True), (504, False, True), (500, True, False), (400, False, False)],
)
def test_only_a_failed_server_leaves_a_write_in_doubt(
    status: int, is_read: bool, is_ambiguous: bool
) -> None:
    """X4: a write is only ever asked about again when it may have been done."""
    assert error_of(status, None, is_read=is_read).is_ambiguous is is_ambiguous
