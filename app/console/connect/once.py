"""A form that is sent twice (a double click, a reload) is one try; the second hears how it ended.

It matters where a refresh token rotates: it is spent when it is first shown; shown again it ends
all access of its family. The form carries a mark of its own; with what was typed it names the try,
so that a form which was corrected, or shown anew, is another one.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

from flask import request

from app.console.connect import words
from app.errors import InlayError
from app.keys import Purpose
from app.salesforce.connect import attempts
from app.salesforce.errors import SalesforceError, SalesforceSlow
from app.salesforce.gateway import current_gateway
from app.salesforce.limits import CONNECT_BUSY
from app.web import context

_MARK = "mark"
#: Only the answer to a second click waits, and not for long: it holds a thread.
_WAIT_SECONDS, _LOOK_SECONDS = 10.0, 0.2


def once(org_id: UUID, actor: str, connect: Callable[[], None]) -> str:
    """Connect, or wait for whoever does by the same form: ``connected``, or why the first did not.

    Raises:
        InlayError: What ``connect`` raises, to the first alone.
    """
    if not request.form.get(_MARK):  # of no page of ours
        connect()
        return "connected"
    ticket = _ticket(org_id)
    with context.database().writing(org_id) as session:
        claimed = attempts.claim(session, ticket, actor=actor)
    if claimed is None:
        return _outcome_of_first(org_id, ticket)
    outcome = "attempt_over"
    try:
        connect()
        outcome = "connected"
    except SalesforceError as error:
        outcome = "" if error.code == CONNECT_BUSY else words.reason_of(error)
        raise
    except InlayError:  # nothing was shown to Salesforce
        outcome = ""
        raise
    finally:
        with context.database().writing(org_id) as session:
            if outcome:
                attempts.conclude(session, claimed, outcome)
            else:
                attempts.forget(session, claimed)
    return outcome


def _ticket(org_id: UUID) -> str:
    """Names the try; keyed, since secrets are in it."""
    told = repr((str(org_id), request.path, sorted(request.form.items()))).encode()
    key = context.keyring().keys_for(Purpose.COOKIE)[0]
    return hmac.new(key, told, hashlib.sha256).hexdigest()


def _outcome_of_first(org_id: UUID, ticket: str) -> str:
    """How it ended; ``still_trying`` where that takes long, or others wait for it already."""
    outcome = _look(org_id, ticket)
    if outcome == "":
        with suppress(SalesforceSlow), current_gateway().ways_in.waiting(org_id):
            until = time.monotonic() + _WAIT_SECONDS
            while outcome == "" and time.monotonic() < until:
                time.sleep(_LOOK_SECONDS)
                outcome = _look(org_id, ticket)
    return outcome or "still_trying"


def _look(org_id: UUID, ticket: str) -> str | None:
    with context.database().reading(org_id) as session:
        return attempts.outcome_of(session, ticket)
