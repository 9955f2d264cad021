"""The ways in that are offered, and what each asks an admin to type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.console.errors import ConsoleError
from app.orgs.models import Org
from app.salesforce.connect.hosts import PRODUCTION, SANDBOX, audience, is_sandbox
from app.salesforce.connect.ways import Access
from app.salesforce.gateway import Gateway
from app.salesforce.models import Method
from app.web.i18n import N_, _

#: Longer than any key, secret or token of Salesforce's.
_LONGEST = 4096


class Field(StrEnum):
    """What may be typed; the value is the form field's name."""

    ADDRESS = "address"
    CLIENT_ID = "client_id"
    CLIENT_SECRET = "client_secret"  # noqa: S105  # a field's name, no secret
    REFRESH_TOKEN = "refresh_token"  # noqa: S105
    USERNAME = "username"
    PASSWORD = "password"  # noqa: S105
    SECURITY_TOKEN = "security_token"  # noqa: S105


#: Never shown again, not even to whoever just typed them.
SECRETS = frozenset(
    {Field.CLIENT_SECRET, Field.REFRESH_TOKEN, Field.PASSWORD, Field.SECURITY_TOKEN}
)

LABELS: Mapping[Field, str] = {
    Field.ADDRESS: N_("My Domain address of the org"),
    Field.CLIENT_ID: N_("Consumer key"),
    Field.CLIENT_SECRET: N_("Consumer secret"),
    Field.REFRESH_TOKEN: N_("Refresh token"),
    Field.USERNAME: N_("User name of the integration user"),
    Field.PASSWORD: N_("Password"),
    Field.SECURITY_TOKEN: N_("Security token"),
}

FIELDS: Mapping[Method, tuple[Field, ...]] = {
    Method.CLIENT_CREDENTIALS: (Field.ADDRESS, Field.CLIENT_ID, Field.CLIENT_SECRET),
    Method.JWT_BEARER: (Field.ADDRESS, Field.CLIENT_ID, Field.USERNAME),
    Method.OWN_APP: (Field.ADDRESS, Field.CLIENT_ID, Field.CLIENT_SECRET, Field.REFRESH_TOKEN),
    Method.PASSWORD: (
        Field.ADDRESS,
        Field.USERNAME,
        Field.PASSWORD,
        Field.SECURITY_TOKEN,
        Field.CLIENT_ID,
        Field.CLIENT_SECRET,
    ),
}

#: May stay empty, by way in.
OPTIONAL: Mapping[Method, frozenset[Field]] = {
    Method.PASSWORD: frozenset({Field.SECURITY_TOKEN, Field.CLIENT_ID, Field.CLIENT_SECRET}),
}

#: What a page for secrets offers to somebody who is not signed in.
BY_LINK = (Method.CLIENT_CREDENTIALS, Method.OWN_APP)


@dataclass(frozen=True, slots=True)
class Input:
    """One field as the page shows it; ``value`` is always empty for a secret."""

    name: str
    label: str
    value: str
    is_secret: bool
    is_required: bool


def offered(gateway: Gateway) -> tuple[Method, ...]:
    """The ways in that the operator allows, the recommended first."""
    return tuple(method for method in Method if gateway.policy.allows(method))


def typed_method(text: str, offers: Sequence[Method]) -> Method:
    """The way in that a form names.

    Raises:
        ConsoleError: It is none of those that are offered.
    """
    found = next((method for method in offers if method.value == text), None)
    if found is None:
        raise ConsoleError(_("There is no such way in."), reason="unknown_way", status=404)
    return found


def inputs(method: Method, given: Mapping[str, str]) -> list[Input]:
    """The fields of a way in, with what was typed before as far as it is no secret."""
    optional = OPTIONAL.get(method, frozenset())
    return [
        Input(
            field.value,
            _(LABELS[field]),
            "" if field in SECRETS else given.get(field.value, "").strip()[:255],
            field in SECRETS,
            field not in optional,
        )
        for field in FIELDS[method]
    ]


def read(gateway: Gateway, method: Method, form: Mapping[str, str]) -> Access:
    """What was typed for a way in.

    Raises:
        ConsoleError: ``incomplete``.
        ForeignHost: The address is no host of Salesforce's.
    """
    given = {field: form.get(field.value, "").strip()[:_LONGEST] for field in FIELDS[method]}
    missing = [
        field
        for field, text in given.items()
        if not text and field not in OPTIONAL.get(method, frozenset())
    ]
    if missing:
        raise incomplete([_(LABELS[field]) for field in missing])
    url = gateway.hosts.typed(given[Field.ADDRESS])
    return Access(
        method,
        url,
        client_id=given.get(Field.CLIENT_ID, "")[:255],
        client_secret=given.get(Field.CLIENT_SECRET, ""),
        login_url=audience(url) if method is Method.JWT_BEARER else "",
        username=given.get(Field.USERNAME, "")[:255],
        refresh_token=given.get(Field.REFRESH_TOKEN, ""),
        password=given.get(Field.PASSWORD, "") + given.get(Field.SECURITY_TOKEN, ""),
    )


def logins(gateway: Gateway) -> list[tuple[str, str]]:
    """Where people of an org may log in: address and label; test orgs only as configured."""
    shared = [
        (PRODUCTION, _("Production: login.salesforce.com")),
        (SANDBOX, _("Sandbox: test.salesforce.com")),
    ]
    added = [(url, _("Test org: %(url)s") % {"url": url}) for url in gateway.hosts.extra_origins]
    return [*shared, *added]


def likely_login(gateway: Gateway, org: Org | None, instance_url: str, *, is_test: bool) -> str:
    """Which of ``logins`` an org most likely has, by what is known of it; production if nothing is.

    Args:
        gateway: Of the application.
        org: Whose people log in; None where nobody is known yet.
        instance_url: Where the org is or was connected; empty if it never was.
        is_test: People reach this installation without HTTPS, as no real org does: who is not
            known to live at Salesforce's is at a test org.
    """
    added = gateway.hosts.extra_origins
    if instance_url in added:
        return instance_url
    if is_sandbox(instance_url) or (org is not None and org.is_sandbox):
        return SANDBOX
    lives_at_salesforce = bool(instance_url or (org is not None and org.domain))
    return added[0] if added and is_test and not lives_at_salesforce else PRODUCTION


def login_url(gateway: Gateway, chosen: str, address: str) -> str:
    """Where somebody wants to log in: a login host of the table, or the org's own address.

    Raises:
        ForeignHost: It is neither.
    """
    return gateway.hosts.typed(address) if chosen == "own" else gateway.hosts.login(chosen)


def incomplete(labels: list[str]) -> ConsoleError:
    """Something that the way in needs was left empty."""
    return ConsoleError(
        _("Please fill in: %(fields)s.") % {"fields": ", ".join(labels)},
        reason="incomplete",
        status=422,
    )
