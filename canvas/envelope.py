"""The content of a verified signed request, typed.

Only fields that Inlay uses are kept; the refresh token is dropped while decoding. What the browser
may choose (`environment`) is signed all the same, so it proves nothing about a record. Fields may
be missing: payloads of 2013 lack several, and a CanvasLifecycleHandler can exclude some.
Source: Canvas Developer Guide, topics "CanvasRequest", "Client", "Context" and below.
"""

from __future__ import annotations

from typing import Any, NoReturn

import msgspec

from canvas.ids import sobject_of, to_18


class _Quiet(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A struct that shows nothing of its content in logs or tracebacks, and is not to be stored."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return []

    def __reduce__(self) -> NoReturn:
        raise TypeError("an envelope holds a live token: it is not pickled, copied or stored")


class Client(_Quiet, frozen=True, kw_only=True, rename="camel"):
    """How to reach the parent frame and the org. `oauth_token` is live: never store or log it."""

    oauth_token: str | None = None
    instance_id: str | None = None
    target_origin: str | None = None
    instance_url: str | None = None


class User(_Quiet, frozen=True, kw_only=True, rename="camel"):
    """The user Salesforce vouches for; `id` has 18 characters, `time_zone` is an IANA name."""

    id: str = msgspec.field(default="", name="userId")
    user_name: str | None = None
    full_name: str | None = None
    email: str | None = None
    locale: str | None = None
    language: str | None = None
    time_zone: str | None = None
    user_type: str | None = None

    def __repr__(self) -> str:
        return f"<User {self.id}>"


class Organization(_Quiet, frozen=True, kw_only=True, rename="camel"):
    """The org Salesforce vouches for; `id` has 18 characters."""

    id: str = msgspec.field(default="", name="organizationId")
    name: str | None = None
    namespace_prefix: str | None = None

    def __repr__(self) -> str:
        return f"<Organization {self.id}>"


class Application(_Quiet, frozen=True, kw_only=True, rename="camel"):
    """The canvas app the request was made for; `namespace` may be empty, absent or null."""

    application_id: str | None = None
    developer_name: str | None = None
    namespace: str | None = None
    canvas_url: str | None = None
    name: str | None = None
    version: str | None = None
    auth_type: str | None = None
    reference_id: str | None = None


class Version(_Quiet, frozen=True, kw_only=True, rename="camel"):
    """The release of the org: `season` "WINTER", `api` "68.0"."""

    season: str | None = None
    api: str | None = None


class Links(_Quiet, frozen=True, kw_only=True, rename="camel"):
    """Addresses of the org; all but `login_url` are paths below the instance URL."""

    login_url: str | None = None
    rest_url: str | None = None
    sobject_url: str | None = None
    query_url: str | None = None
    user_url: str | None = None


class Environment(_Quiet, frozen=True, kw_only=True, rename="camel"):
    """Where the frame stands. Chosen by the user's browser before signing: a hint, not a right."""

    location_url: str | None = None
    display_location: str | None = None
    sublocation: str | None = None
    ui_theme: str | None = None
    parameters: dict[str, Any] = {}
    record: dict[str, Any] = {}
    version: Version = Version()


class RecordReference(msgspec.Struct, frozen=True):
    """The record the page is about: API name of its object and its 18-character id."""

    sobject: str
    id18: str


class Envelope(_Quiet, frozen=True, kw_only=True):
    """One verified request. `issued_at` is Salesforce's raw value (see `canvas.freshness`)."""

    algorithm: str
    issued_at: int | None
    user_id: str
    user: User
    organization: Organization
    client: Client = Client()
    application: Application = Application()
    environment: Environment = Environment()
    links: Links = Links()

    def __repr__(self) -> str:
        return f"<Envelope org={self.organization.id} user={self.user_id}>"

    def record_reference(self) -> RecordReference | None:
        """The record named by `environment.record`, else by the parameters; None if neither fits.

        Visualforce fills `record`; Aura leaves it `{}` and passes `recordId` and `sObjectName`.
        """
        record, parameters = self.environment.record, self.environment.parameters
        attributes = record.get("attributes")
        named_type = attributes.get("type") if isinstance(attributes, dict) else None
        return _reference(record.get("Id"), named_type) or _reference(
            parameters.get("recordId"), parameters.get("sObjectName")
        )


def _reference(record_id: object, named_type: object) -> RecordReference | None:
    """A reference, if the id is one, of an object we show, and of the type it claims to have."""
    if not isinstance(record_id, str):
        return None
    try:
        id18 = to_18(record_id)
    except ValueError:
        return None
    sobject = sobject_of(id18)
    if sobject is None or named_type not in (None, sobject):
        return None
    return RecordReference(sobject, id18)
