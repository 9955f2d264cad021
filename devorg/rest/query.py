"""Queries: `query`, `queryAll` and their further pages."""

from __future__ import annotations

import re
from typing import Any

from devorg.errors import ApiError
from devorg.rest.call import Answer, Call
from devorg.rest.routing import resource
from devorg.soql import columns, run


def _page_size(call: Call) -> int:
    """`Sforce-Query-Options: batchSize=500`, which real orgs keep within 200 and 2,000."""
    match = re.search(r"batchSize=(\d+)", call.headers.get("sforce-query-options", ""))
    return min(max(int(match[1]), 200), run.PAGE) if match else run.PAGE


def _answer(call: Call, result: run.Result) -> Answer:
    body: dict[str, Any] = {"totalSize": result.total, "done": result.locator is None}
    if result.locator:
        body["nextRecordsUrl"] = f"{call.root}/query/{result.locator}"
    return Answer(body={**body, "records": result.records})


def _text(call: Call) -> str:
    text = call.query.get("q")
    if "explain" in call.query and not text:
        message = "devorg has no query plans: it runs on SQLite, whose plans are not Salesforce's."
        raise ApiError(501, "NOT_IMPLEMENTED", message)
    if not text:
        raise ApiError(400, "MALFORMED_QUERY", "SOQL statements cannot be empty or null")
    return text


@resource("GET", "query")
def query(call: Call) -> Answer:
    """Live rows; with `columns=true` what a query would select, and no rows."""
    if call.query.get("columns", "").lower() == "true":
        return Answer(body=columns.describe(call, _text(call)))
    return _answer(call, run.begin(call, _text(call), deleted=False, page=_page_size(call)))


@resource("GET", "queryAll")
def query_all(call: Call) -> Answer:
    """Deleted and archived rows too."""
    return _answer(call, run.begin(call, _text(call), deleted=True, page=_page_size(call)))


@resource("GET", "query/<locator>")
def query_more(call: Call, locator: str) -> Answer:
    """A further page."""
    return _answer(call, run.go_on(call, locator, page=_page_size(call)))


@resource("GET", "queryAll/<locator>")
def query_all_more(call: Call, locator: str) -> Answer:
    """A further page; the locator knows whether deleted rows belong to it."""
    return _answer(call, run.go_on(call, locator, page=_page_size(call)))
