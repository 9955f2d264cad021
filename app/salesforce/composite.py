"""The parts of a composite call: one counted API call that does up to 25 things.

Limits (REST API Developer Guide, "Composite"): 25 subrequests, of which 5 may be queries or
sObject collections.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import msgspec

from app.config import API_VERSION
from app.salesforce.errors import SalesforceDown, SalesforceError
from app.salesforce.refusals import error_of

DATA_PATH = f"/services/data/v{API_VERSION}"
MAX_SUBREQUESTS = 25
MAX_HEAVY = 5
#: Rows that one sObject collection takes.
MAX_ROWS = 200

_HEAVY = re.compile(r"/(?:query|queryAll)(?:/|\?)|/composite/sobjects(?:/|\?|$)")
_REFERENCE = re.compile(r"[A-Za-z0-9_]{1,40}")


def data_url(path: str, params: Mapping[str, str] | None = None) -> str:
    """Path below this release's API version, from the host's root, with its query encoded."""
    return f"{DATA_PATH}/{path}" + (f"?{urlencode(params)}" if params else "")


@dataclass(frozen=True, slots=True)
class Subrequest:
    """One part; ``url`` is relative to the host's root (``data_url`` makes it)."""

    method: str
    url: str
    reference_id: str
    body: Any = field(default=None, repr=False)
    headers: Mapping[str, str] | None = None

    @classmethod
    def query(cls, reference_id: str, soql: str, *, include_deleted: bool = False) -> Subrequest:
        """A SOQL query; its answer's body holds ``records`` (see ``SubResponse.records``)."""
        resource = "queryAll" if include_deleted else "query"
        return cls("GET", data_url(resource, {"q": soql}), reference_id)

    @classmethod
    def upsert(
        cls,
        reference_id: str,
        sobject: str,
        key_field: str,
        rows: Sequence[Mapping[str, Any] | msgspec.Raw],
        *,
        all_or_none: bool = False,
    ) -> Subrequest:
        """Upsert up to 200 rows by an external id; answers one result per row, in order.

        Rows that are JSON already (``Raw``) name their type themselves.
        """
        if len(rows) > MAX_ROWS:
            raise ValueError(f"a collection takes {MAX_ROWS} rows, not {len(rows)}")
        kind = {"attributes": {"type": sobject}}
        records = [row if isinstance(row, msgspec.Raw) else {**kind, **row} for row in rows]
        body = {"allOrNone": all_or_none, "records": records}
        path = f"composite/sobjects/{sobject}/{key_field}"
        return cls("PATCH", data_url(path), reference_id, body)

    def wire(self) -> dict[str, Any]:
        """The form inside the call's body."""
        form: dict[str, Any] = {
            "method": self.method,
            "url": self.url,
            "referenceId": self.reference_id,
        }
        if self.body is not None:
            form["body"] = self.body
        if self.headers:
            form["httpHeaders"] = dict(self.headers)
        return form


@dataclass(frozen=True, slots=True)
class SubResponse:
    """The answer to one part. ``is_read`` tells that it could not have changed anything."""

    status: int
    body: Any = field(repr=False)
    reference_id: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    is_read: bool = False

    @property
    def is_ok(self) -> bool:
        """Whether this part was done (rows of a collection may have errors all the same)."""
        return 200 <= self.status < 300 or self.status == 304

    def error(self) -> SalesforceError | None:
        """What went wrong with this part as a whole, or None."""
        return None if self.is_ok else error_of(self.status, self.body, is_read=self.is_read)

    def records(self) -> list[dict[str, Any]]:
        """The rows of a query (its first page).

        Raises:
            SalesforceError: The query was refused, or the answer is no query's.
        """
        error = self.error()
        if error is not None:
            raise error
        rows = self.body.get("records") if isinstance(self.body, dict) else None
        if not isinstance(rows, list):
            raise SalesforceDown(code="UNREADABLE_ANSWER", status=self.status)
        return rows


def check(subrequests: Sequence[Subrequest]) -> None:
    """Raises ValueError when the parts cannot be one call: it is a mistake of ours."""
    if not 1 <= len(subrequests) <= MAX_SUBREQUESTS:
        raise ValueError(f"a composite takes 1 to {MAX_SUBREQUESTS} parts, not {len(subrequests)}")
    if sum(_HEAVY.search(part.url) is not None for part in subrequests) > MAX_HEAVY:
        raise ValueError(f"a composite takes {MAX_HEAVY} queries and collections at most")
    references = [part.reference_id for part in subrequests]
    if len(set(references)) < len(references) or not all(map(_REFERENCE.fullmatch, references)):
        raise ValueError("reference ids must be plain and differ from each other")


def read_answers(subrequests: Sequence[Subrequest], body: object) -> list[SubResponse] | None:
    """The answers in the order of the parts; None when the body is not a composite's."""
    given = body.get("compositeResponse") if isinstance(body, dict) else None
    if not isinstance(given, list):
        return None
    by_reference = {part.get("referenceId"): part for part in given if isinstance(part, dict)}
    answers = []
    for part in subrequests:
        answer = by_reference.get(part.reference_id)
        if answer is None or not isinstance(answer.get("httpStatusCode"), int):
            return None
        answers.append(_response(part, answer))
    return answers


def _response(part: Subrequest, answer: dict[str, Any]) -> SubResponse:
    return SubResponse(
        status=answer["httpStatusCode"],
        body=answer.get("body"),
        reference_id=part.reference_id,
        headers=answer.get("httpHeaders") or {},
        is_read=part.method == "GET",
    )
