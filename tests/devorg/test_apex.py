"""The REST resource that the package brings: who asks, and what they may do in Inlay."""

from __future__ import annotations

import pytest
import requests

from devorg.server import RunningOrg
from tests.devorg.client import Client

PATH = "/services/apexrest/inlay/me"


def me(client: Client, path: str = PATH) -> requests.Response:
    """A call of the resource."""
    return client.http.get(client.url + path, timeout=30)


@pytest.mark.parametrize(
    ("alias", "is_user", "is_admin"),
    [("rep", True, False), ("admin", True, True), ("integration", False, False)],
)
def test_says_who_asks_and_what_they_may(
    org: RunningOrg, alias: str, is_user: bool, is_admin: bool
) -> None:
    """X16, C5: the answer of InlayMe.cls, from the permission sets that the user holds."""
    user = Client(org, alias)
    answer = me(user).json()
    assert {key: answer[key] for key in ("isUser", "isAdmin")} == {
        "isUser": is_user,
        "isAdmin": is_admin,
    }
    assert list(answer) == ["userId", "organizationId", "packageVersion", "isUser", "isAdmin"]
    ids = {each["alias"]: each["Id"] for each in user.control("GET", "users")["users"]}
    assert answer["userId"] == ids[alias]
    assert answer["organizationId"] == org.org.config.org_id
    assert answer["packageVersion"] == "0.1.0"


def test_in_a_namespace_its_path_has_the_namespace(rep: Client) -> None:
    """X16: as in an org that installed the managed package."""
    rep.control("POST", "namespace", {"namespace": "inl"})
    assert me(rep).status_code == 404
    assert me(rep, "/services/apexrest/inl/inlay/me").json()["isUser"] is True


def test_who_holds_no_set_may_not_call_the_class(rep: Client) -> None:
    """X16: class access is a right of its own, that packaged sets keep."""
    rep.control("POST", "assign", {"user": "rep", "permission_set": "Inlay_Rep", "remove": True})
    refused = me(rep)
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (403, "FORBIDDEN")
    admin = Client(rep.org, "admin")
    admin.control(
        "POST", "assign", {"user": "admin", "permission_set": "Inlay_Admin", "remove": True}
    )
    assert me(admin).json()["isAdmin"] is False


def test_refuses_strangers_other_methods_and_other_paths(rep: Client) -> None:
    """X16: with the bodies of a real org; a fault strikes it as any call; it is counted."""
    assert requests.get(rep.url + PATH, timeout=30).status_code == 401
    posted = rep.http.post(rep.url + PATH, timeout=30)
    assert (posted.status_code, posted.json()[0]["errorCode"]) == (405, "METHOD_NOT_ALLOWED")
    assert me(rep, "/services/apexrest/mine/x").status_code == 404
    rep.control("POST", "usage/reset")
    rep.control(
        "POST", "faults", {"kind": "status", "status": 503, "match": "apexrest", "times": 1}
    )
    assert [me(rep).status_code, me(rep).status_code] == [503, 200]
    assert rep.control("GET", "usage")["counted_calls"] == 2
