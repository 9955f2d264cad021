"""A plain HTTP client of one org as one user, for the tests."""

from __future__ import annotations

from typing import Any

import requests

from devorg.server import RunningOrg

API = "/services/data/v68.0"


class Client:
    """Calls one org as one user, with plain `requests`."""

    def __init__(self, org: RunningOrg, user: str) -> None:
        self.org, self.url = org, org.url
        self.http = requests.Session()
        self.http.trust_env = False
        token = self.control("POST", "token", {"user": user})["access_token"]
        self.http.headers["Authorization"] = f"Bearer {token}"

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """A call of the control API that must succeed; its JSON."""
        answer = self.http.request(method, f"{self.url}/_devorg/{path}", json=body, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> requests.Response:
        """A call of the REST API, whatever it answers."""
        more.setdefault("timeout", 30)
        return self.http.request(method, f"{self.url}{API}/{path}", json=body, **more)

    def query(self, soql: str, *values: str, path: str = "query") -> list[dict[str, Any]]:
        """The first page of a query that must succeed, without `attributes`.

        Each `{}` of the text is one of the values, quoted.
        """
        quoted = ("'" + each.replace("'", "\\'") + "'" for each in values)
        answer = self.call("GET", path, params={"q": soql.format(*quoted)})
        assert answer.status_code == 200, answer.text
        records = answer.json()["records"]
        return [{k: v for k, v in each.items() if k != "attributes"} for each in records]

    def records(self, sobject: str) -> list[dict[str, Any]]:
        """All rows of an object, whoever may see them."""
        found = self.control("GET", f"records/{sobject}")["records"]
        assert isinstance(found, list)
        return found
