"""An org as the contract suite sees it: an address, a token, and what was made there."""

from __future__ import annotations

import re
import secrets
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn

import pytest
import requests

from tools.contract import NO_ORG, VERSIONS, session_of

_SECONDS = 120
_LIMIT_INFO = re.compile(r"api-usage=(\d+)/(\d+)")
_BATCH = 200
#: Without it the duplicate rules that a new org comes with refuse the suite's own rows.
_HEADERS = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}

Row = dict[str, Any]


class Org:
    """Calls one org with one token, and remembers what to take away again.

    `is_devorg` says that nothing may stay unanswered: devorg has all that the suite asks for.
    """

    def __init__(self, url: str, token: str, *, prefix: str, is_devorg: bool) -> None:
        self.url = url.rstrip("/")
        self.prefix = prefix
        self.is_devorg = is_devorg
        self.usage = ""
        self.made: list[str] = []
        self._describes: dict[str, Row | None] = {}
        self.http = session_of(self.url)
        self.http.headers.update({"Authorization": f"Bearer {token}", **_HEADERS})
        listed = self.http.get(f"{self.url}/services/data/", timeout=_SECONDS).json()
        self.version = max({int(float(each["version"])) for each in listed} & set(VERSIONS))

    def __repr__(self) -> str:
        """Without the token."""
        return f"<org at {self.url}>"

    @property
    def api(self) -> str:
        """The path that all resources begin with."""
        return f"/services/data/v{self.version}.0"

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> requests.Response:
        """One call, whatever it answers; a path from the root, or one of the API's."""
        url = self.url + (path if path.startswith("/") else f"{self.api}/{path}")
        more.setdefault("timeout", _SECONDS)
        answer = self.http.request(method, url, json=body, allow_redirects=False, **more)
        self.usage = answer.headers.get("Sforce-Limit-Info", self.usage)
        if answer.status_code == 401:
            pytest.exit(f"The org takes the token no longer; {self.prefix}… is left in it.", NO_ORG)
        return answer

    def get(self, path: str, **more: Any) -> Any:
        """The JSON of a GET that must succeed."""
        answer = self.call("GET", path, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def name(self) -> str:
        """A name that nobody else has, and that says whose it is."""
        return f"{self.prefix}{secrets.token_hex(4)}"

    def mail(self) -> str:
        """An address that nobody else has."""
        return f"{self.name()}@{self.prefix}.example.com"

    def create(self, sobject: str, **fields: Any) -> str:
        """The id of a new record, which is taken away after the test."""
        self.needs(sobject, "createable", *fields)
        answer = self.call("POST", f"sobjects/{sobject}", fields)
        assert answer.status_code == 201, answer.text
        return self.note(answer.json()["id"])

    def note(self, record_id: str) -> str:
        """Remember a record that a test made in another way."""
        self.made.append(record_id)
        return record_id

    def note_all(self, results: list[Row]) -> list[Row]:
        """Remember what a collection made."""
        for each in results:
            if each.get("id"):
                self.note(each["id"])
        return results

    def read(self, sobject: str, record_id: str, *fields: str) -> Row:
        """Some fields of a record that must be there."""
        found: Row = self.get(f"sobjects/{sobject}/{record_id}?fields={','.join(fields)}")
        return found

    def query(self, soql: str, path: str = "query", **more: Any) -> list[Row]:
        """The first page of a query that must succeed, without `attributes`."""
        records = self.get(path, params={"q": soql}, **more)["records"]
        return [{key: value for key, value in each.items() if key != "attributes"}
                for each in records]  # fmt: skip

    def refusal(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, Row]:
        """Status and first error of a call that must be refused."""
        answer = self.call(method, path, body, **more)
        assert answer.status_code >= 400, answer.text
        errors = answer.json()
        assert isinstance(errors, list), errors
        return answer.status_code, errors[0]

    def clock(self) -> Any:
        """The org's own time."""
        return parsedate_to_datetime(self.call("GET", "/services/data/").headers["Date"])

    def used(self) -> str:
        """Calls of the last day and their limit, as the last answer told."""
        found = _LIMIT_INFO.search(self.usage)
        return f"{found[1]} of {found[2]}" if found else "unknown"

    def describe(self, sobject: str) -> Row | None:
        """What the user may know of an object; None if it is not there for them."""
        if sobject not in self._describes:
            answer = self.call("GET", f"sobjects/{sobject}/describe")
            self._describes[sobject] = answer.json() if answer.status_code == 200 else None
        return self._describes[sobject]

    def fields(self, sobject: str) -> dict[str, Row]:
        """The fields of an object by name."""
        found = self.describe(sobject) or {"fields": []}
        return {each["name"]: each for each in found["fields"]}

    def needs(self, sobject: str, right: str, *fields: str) -> None:
        """End the test as not run where the user has not that right or those fields."""
        found = self.describe(sobject)
        if found is None:
            self.cannot(f"the user does not see {sobject}")
        # What is made must be taken away again.
        for each in (right, "deletable") if right == "createable" else (right,):
            if not found[each]:
                self.cannot(f"{sobject} is not {each} for the user")
        for name in fields:
            if name not in self.fields(sobject):
                self.cannot(f"the user does not see {sobject}.{name}")

    def cannot(self, reason: str) -> NoReturn:
        """This org cannot answer the question of the test."""
        if self.is_devorg:
            pytest.fail(f"devorg must be able to answer: {reason}")
        pytest.skip(reason)

    def clean(self) -> None:
        """Take away what was made, the last first; what is gone already is fine."""
        ids = list(dict.fromkeys(reversed(self.made)))
        self.made.clear()
        left = []
        for at in range(0, len(ids), _BATCH):
            parameters = {"ids": ",".join(ids[at : at + _BATCH]), "allOrNone": "false"}
            results = self.call("DELETE", "composite/sobjects", params=parameters).json()
            left += [each for each in results if not each["success"]]
        codes = {error["statusCode"] for each in left for error in each["errors"]}
        assert codes <= {"ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY"}, left
