"""Who a user's token is, by the org's own word: the package's REST resource ``me`` (InlayMe)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from app.salesforce.client import Client
from app.salesforce.errors import RequestRefused, SalesforceDown, SalesforceError, WrongOrg
from app.salesforce.names import Names
from canvas.ids import to_18

_ORGANIZATION = "SELECT Id FROM Organization"


class PackageMissing(SalesforceError):
    """The org's package has no such resource: it is not installed, or too old."""

    reason = "package_missing"
    sentence = "Inlay's package is not installed in this org, or is too old. Install it again."


class _Answer(msgspec.Struct, rename="camel"):
    user_id: str
    organization_id: str
    package_version: str
    is_user: bool
    is_admin: bool


@dataclass(frozen=True, slots=True)
class Me:
    """The user behind a token, and which of the package's permissions they have.

    Whoever holds none of its permission sets may not ask: ``user_id`` is then empty.
    """

    user_id: str
    package_version: str
    is_user: bool
    is_admin: bool


def ask(client: Client, organization_id: str, namespaces: Sequence[str], *, feature: str) -> Me:
    """Who the client's token is; two counted calls, one more per namespace that is none.

    Args:
        client: Of the user's token.
        organization_id: 18 characters; the token must belong to it.
        namespaces: Where the package may be, the likeliest first; "" is none.
        feature: What the calls are booked to.

    Raises:
        WrongOrg: The token, or the answer, is of another org.
        PackageMissing: None of the namespaces has the resource.
        SalesforceError: The token is refused, or Salesforce has trouble.
    """
    rows = client.query(_ORGANIZATION, feature=feature)
    if not rows or to_18(str(rows[0]["Id"])) != organization_id:
        raise WrongOrg
    answer = _answer(client, namespaces, feature)
    if answer is None:
        return Me("", "", is_user=False, is_admin=False)
    if to_18(answer.organization_id) != organization_id:
        raise WrongOrg
    return Me(to_18(answer.user_id), answer.package_version, answer.is_user, answer.is_admin)


def package_version(client: Client, namespace: str, *, feature: str) -> str:
    """The package's version by its own word; "" for who may not ask. One counted call.

    Raises:
        PackageMissing: There is no such resource under this namespace.
        SalesforceError: The token is refused, or Salesforce has trouble.
    """
    answer = _answer(client, [namespace], feature)
    return answer.package_version if answer is not None else ""


def _answer(client: Client, namespaces: Sequence[str], feature: str) -> _Answer | None:
    """What the resource says; None for a user who may not even use it."""
    for namespace in dict.fromkeys(namespaces):
        try:
            body = client.call("GET", Names({}, namespace=namespace).me, feature=feature).body
            return msgspec.convert(body, _Answer)
        except RequestRefused as error:
            if error.status == 403:  # not even the class: they hold none of our permission sets
                return None
            if error.status != 404:
                raise
        except msgspec.ValidationError:
            raise SalesforceDown(code="UNREADABLE_ANSWER") from None
    raise PackageMissing
