"""Calls to one org, as one of its users or as the integration."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from app.salesforce.accounting import Accounting
from app.salesforce.composite import (
    DATA_PATH,
    Subrequest,
    SubResponse,
    check,
    data_url,
    read_answers,
)
from app.salesforce.errors import (
    SalesforceDown,
    SalesforceError,
    SalesforceSlow,
    SessionOver,
)
from app.salesforce.limits import InFlight
from app.salesforce.refusals import error_of
from app.salesforce.transport import Answer, NoAnswer, Request, Timeouts, Transport
from app.salesforce.ui_records import UiRecord, paths_of, read_batch
from app.web.metrics import SALESFORCE_CALLS

#: A longer SOQL goes in the body of a composite: addresses of about 16 kB are refused (414).
MAX_QUERY_URL = 8000
_NEXT_PAGE = re.compile(r"/services/data/v\d{2,3}\.0/query(?:All)?/[A-Za-z0-9_-]+")
_TOKEN = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Credentials:
    """Where an org is and what opens it; ``organization`` is its 18-character id."""

    organization: str
    instance_url: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Port:
    """What all clients of one process share. ``in_flight`` is None where calls need no turn."""

    transport: Transport
    accounting: Accounting
    timeouts: Timeouts
    in_flight: InFlight | None


@dataclass(frozen=True, slots=True)
class Description:
    """The describe of an object, as its user may see it; ``last_modified`` is for the next time."""

    body: Mapping[str, Any] = field(repr=False)
    last_modified: str = ""

    @property
    def fields(self) -> list[dict[str, Any]]:
        """The fields' own descriptions."""
        return list(self.body.get("fields", ()))


class Client:
    """Calls to one org. Every call names the feature it is booked to.

    All methods raise SalesforceError; the subclass says what to do. A client may be used by several
    threads. ``renew`` trades a token that Salesforce refused for a fresh one, once per call.
    ``watch`` hears how each call ended.
    """

    def __init__(
        self,
        port: Port,
        credentials: Credentials,
        renew: Callable[[Credentials], Credentials] | None = None,
        watch: Callable[[SalesforceError | None], None] | None = None,
    ) -> None:
        if not _TOKEN.fullmatch(credentials.token):
            raise SessionOver(code="BAD_TOKEN")
        self._port = port
        self._credentials = credentials
        self._renew = renew
        self._watch = watch

    def __repr__(self) -> str:
        return f"<Client of {self._credentials.organization}>"

    def query(
        self, soql: str, *, feature: str, include_deleted: bool = False
    ) -> list[dict[str, Any]]:
        """All rows of a query, page after page (each page is a counted call).

        Write ``soql`` with ``app.salesforce.soql``. ``include_deleted`` also gives rows in the
        recycle bin and archived activities.
        """
        page = self._first_page(soql, feature, include_deleted)
        rows = list(page["records"])
        seen: set[str] = set()
        while not page.get("done", True):
            following = page.get("nextRecordsUrl")
            # only a page of this host's own query is followed, and none twice
            if not isinstance(following, str) or following in seen:
                raise _unreadable(200)
            if _NEXT_PAGE.fullmatch(following) is None:
                raise _unreadable(200)
            seen.add(following)
            page = _query_page(self.call("GET", following, feature=feature))
            rows += page["records"]
        return rows

    def composite(
        self, subrequests: Sequence[Subrequest], *, feature: str, all_or_none: bool = False
    ) -> list[SubResponse]:
        """Several things in one counted call, answered in their order.

        Raises:
            ValueError: More parts than one call takes.
        """
        check(subrequests)
        body = {
            "allOrNone": all_or_none,
            "compositeRequest": [part.wire() for part in subrequests],
        }
        is_read = all(part.method == "GET" for part in subrequests)
        answer = self.call(
            "POST", data_url("composite"), feature=feature, body=body, is_read=is_read
        )
        answers = read_answers(subrequests, answer.body)
        if answers is None:
            raise _unreadable(answer.status, is_read=is_read)
        return answers

    def ui_records(
        self, ids: Iterable[str], optional_fields: Sequence[str], *, feature: str
    ) -> dict[str, UiRecord | None]:
        """Records as the token's user may see them, by 18-character id; None for hidden ones.

        ``optional_fields`` are qualified by object (``Contact.Name``, ``Contact.Account.Name``);
        those an object lacks or the user may not see are left out. One call for up to 200 ids.

        Raises:
            ValueError: One of the ids is none.
        """
        found: dict[str, UiRecord | None] = {}
        for path, chunk in paths_of(ids, optional_fields):
            found |= read_batch(chunk, self.call("GET", path, feature=feature).body)
        return found

    def describe(
        self, sobject: str, *, feature: str, if_modified_since: str = ""
    ) -> Description | None:
        """The describe of an object, or None when unchanged since that Last-Modified."""
        headers = {"If-Modified-Since": if_modified_since} if if_modified_since else None
        path = data_url(f"sobjects/{quote(sobject, safe='')}/describe")
        answer = self.call("GET", path, feature=feature, headers=headers)
        if answer.status == 304:
            return None
        return Description(_dict(answer), answer.headers.get("Last-Modified", ""))

    def resources(self, *, feature: str) -> dict[str, Any]:
        """What the API version offers, by name."""
        return _dict(self.call("GET", f"{DATA_PATH}/", feature=feature))

    def call(
        self,
        method: str,
        path: str,
        *,
        feature: str,
        body: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        is_read: bool | None = None,
        read: Callable[[Iterator[bytes]], Any] | None = None,
    ) -> Answer:
        """One call to a path of the org (from the host's root, query encoded).

        ``is_read`` says that nothing can be changed by it; a GET is by itself. ``content`` and
        ``read`` are for what is not JSON, see ``transport.Request``.
        """
        if not path.startswith("/services/"):
            raise ValueError("a path of the API starts with /services/")
        exchange = _Exchange(
            Request(method, path, headers=headers, body=body, content=content, read=read),
            feature,
            method == "GET" if is_read is None else is_read,
        )
        try:
            answer = self._renewed_exchange(exchange)
        except SalesforceError as error:
            self._tell(error)
            raise
        self._tell(None)
        return answer

    def _renewed_exchange(self, exchange: _Exchange) -> Answer:
        try:
            return self._exchange(exchange)
        except SessionOver:
            if self._renew is None:
                raise
            self._credentials = self._renew(self._credentials)
            return self._exchange(exchange)

    def _tell(self, error: SalesforceError | None) -> None:
        if self._watch is not None:
            self._watch(error)

    def _first_page(self, soql: str, feature: str, include_deleted: bool) -> dict[str, Any]:
        part = Subrequest.query("page", soql, include_deleted=include_deleted)
        if len(part.url) <= MAX_QUERY_URL:
            return _query_page(self.call("GET", part.url, feature=feature))
        answer = self.composite([part], feature=feature)[0]
        answer.records()
        return dict(answer.body)

    def _exchange(self, exchange: _Exchange) -> Answer:
        outcome = "ok"
        try:
            if self._port.in_flight is None:
                return self._send(exchange)
            with self._port.in_flight.turn(self._credentials.organization):
                return self._send(exchange)
        except SalesforceError as error:
            outcome = error.reason
            raise
        finally:
            SALESFORCE_CALLS.labels(feature=exchange.feature, outcome=outcome).inc()

    def _send(self, exchange: _Exchange) -> Answer:
        credentials = self._credentials
        url = credentials.instance_url + exchange.request.url
        request = replace(exchange.request, url=url, token=credentials.token)
        try:
            answer = self._port.transport.send(request, self._port.timeouts)
        except NoAnswer as failure:
            if failure.was_sent:
                self._book(exchange, None)
            raise exchange.unanswered(failure) from None
        self._book(exchange, answer.headers.get("Sforce-Limit-Info"))
        exchange.check(answer)
        return answer

    def _book(self, exchange: _Exchange, limit_info: str | None) -> None:
        accounting = self._port.accounting
        accounting.book(self._credentials.organization, exchange.feature, limit_info)


@dataclass(frozen=True, slots=True)
class _Exchange:
    """One request with what its errors depend on."""

    request: Request
    feature: str
    is_read: bool

    def unanswered(self, failure: NoAnswer) -> SalesforceError:
        kind = SalesforceSlow if failure.is_slow else SalesforceDown
        return kind(is_ambiguous=failure.was_sent and not self.is_read)

    def check(self, answer: Answer) -> None:
        """Raises the error of an answer that is none of 2xx and 304 with readable JSON."""
        if not (200 <= answer.status < 300 or answer.status == 304):
            raise error_of(
                answer.status, answer.body if answer.is_readable else None, is_read=self.is_read
            )
        if not answer.is_readable:
            raise _unreadable(answer.status, is_read=self.is_read)


def _query_page(answer: Answer) -> dict[str, Any]:
    page = _dict(answer)
    if not isinstance(page.get("records"), list):
        raise _unreadable(answer.status)
    return page


def _dict(answer: Answer) -> dict[str, Any]:
    if not isinstance(answer.body, dict):
        raise _unreadable(answer.status)
    return answer.body


def _unreadable(status: int, *, is_read: bool = True) -> SalesforceDown:
    return SalesforceDown(code="UNREADABLE_ANSWER", status=status, is_ambiguous=not is_read)
