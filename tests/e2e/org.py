"""The org in a box as tests steer it: records, rights, faults, signed requests."""

from __future__ import annotations

from typing import Any, cast

import requests

Record = dict[str, Any]


class Org:
    """devorg's control API at one address."""

    def __init__(self, url: str) -> None:
        self.url = url

    def page(self, sobject: str, record_id: str, user: str = "rep", **query: str) -> str:
        """Address of a record page as a user sees it."""
        more = "".join(f"&{name}={value}" for name, value in query.items())
        return f"{self.url}/lightning/r/{sobject}/{record_id}/view?user={user}{more}"

    def main(self) -> dict[str, str]:
        """Ids of the seeded main records."""
        return cast("dict[str, str]", self._get("main"))

    def records(self, sobject: str) -> list[Record]:
        """All rows of an object, whoever may see them."""
        return cast("list[Record]", self._get(f"records/{sobject}")["records"])

    def named(self, sobject: str, name: str) -> Record:
        """The one record of that name."""
        (found,) = [row for row in self.records(sobject) if row["Name"] == name]
        return found

    def may_see(self, user: str, record_id: str) -> bool:
        """What the org itself says about a right."""
        return bool(self._get(f"access?user={user}&record={record_id}")["visible"])

    def show(self, user: str, record_id: str, *, visible: bool) -> None:
        """Grant or hide a record."""
        self._post("access", user=user, record=record_id, visible=visible)

    def sign(self, record_id: str, user: str = "rep", **more: Any) -> str:
        """A signed request, as the record page would post it."""
        answer = self._post("sign", user=user, record=record_id, **more)
        return str(answer["signed_request"])

    def fault(self, **fault: Any) -> None:
        """Let calls fail from now on."""
        self._post("faults", **fault)

    def heal(self) -> None:
        """No more faults."""
        requests.delete(f"{self.url}/_devorg/faults", timeout=60).raise_for_status()

    def _get(self, path: str) -> Any:
        response = requests.get(f"{self.url}/_devorg/{path}", timeout=60)
        response.raise_for_status()
        return response.json()

    def _post(self, path: str, **body: Any) -> Any:
        response = requests.post(f"{self.url}/_devorg/{path}", json=body, timeout=60)
        response.raise_for_status()
        return response.json()
