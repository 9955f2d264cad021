"""API keys of an org, as its admin makes and ends them."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask

from app.console.permissions import Role
from app.orgs.models import Org
from tests.console.conftest import Visitor

SignedIn = Callable[[Role], Visitor]


def test_keys_are_shown_once_and_end_at_once(
    app: Flask, org: Org, other: Org, signed_in: SignedIn
) -> None:
    """Its digest alone is kept; a key of another org cannot be ended."""
    admin, keys = signed_in(Role.ORG_ADMIN), f"/console/orgs/{org.salesforce_id}/keys"
    assert admin.post(keys).status_code == 422
    shown = re.search(r'value="(inlay_[^"]+)"', admin.post(keys, label="Backend").text)
    assert shown is not None
    assert shown[1] not in admin.get(keys).text
    (end,) = re.findall(r'action="([^"]+/end)"', admin.get(keys).text)
    operator = signed_in(Role.OPERATOR)
    operator.post(end.replace(org.salesforce_id, other.salesforce_id))
    assert end in admin.get(keys).text
    assert admin.post(end).status_code == 303
    assert end not in admin.get(keys).text
