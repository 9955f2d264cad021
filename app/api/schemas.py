"""What crosses the edge of the API; the OpenAPI document is made of these models."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from app.api.values import (
    MAX_PROPERTIES_BYTES,
    EventId,
    Moment,
    Name,
    PastMoment,
    Properties,
    Text,
    WebAddress,
)
from app.crm.errors import UnknownPersonError
from app.crm.schemas import PersonKey, person_key
from app.engagement.kinds import MAX_KIND, OTHERS_KIND_PATTERN, TAKEN_KINDS, why_not_taken

MAX_ITEMS = 500
_MAX_MEMBERSHIPS = 200


class _Model(BaseModel):
    """Members that are not known are refused, so that a typo is not silently lost."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


#: JSON Schema of "email or salesforce_id is needed".
_ONE_OF_BOTH: list[JsonValue] = [
    {"required": [name], "properties": {name: {"type": "string", "minLength": 1}}}
    for name in ("email", "salesforce_id")
]


class _Somebody(_Model):
    """Who: an e-mail address, a Salesforce id, or both (they are then tied to each other)."""

    email: Annotated[Text, Field(max_length=320)] | None = Field(
        None,
        description=(
            "E-mail address; upper and lower case are one. "
            "email or salesforce_id is needed; given both, salesforce_id decides who it is."
        ),
    )
    salesforce_id: Annotated[Text, Field(max_length=18)] | None = Field(
        None,
        description=(
            "Id of a Contact (003…) or Lead (00Q…), 15 or 18 characters. Given with email, a "
            "record that is not known yet is tied to the person of that address."
        ),
    )

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if not self.email and not self.salesforce_id:
            raise ValueError("email or salesforce_id is needed")
        return self

    @field_validator("email")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        return _reported(email=value) if value else value

    @field_validator("salesforce_id")
    @classmethod
    def _is_person(cls, value: str | None) -> str | None:
        return _reported(salesforce_id=value) if value else value

    @property
    def person(self) -> PersonKey:
        """Who is meant, in its normal form."""
        return person_key(email=self.email, salesforce_id=self.salesforce_id)


def _check_kind(kind: str) -> str:
    if reason := why_not_taken(kind):
        raise ValueError(reason)
    return kind


#: A kind that we know, or one of the caller's own; the schema says what the check does.
_TakenKind = Annotated[
    str,
    AfterValidator(_check_kind),
    WithJsonSchema(
        {
            "type": "string",
            "maxLength": MAX_KIND,
            "anyOf": [{"enum": list(TAKEN_KINDS)}, {"pattern": OTHERS_KIND_PATTERN}],
        }
    ),
]


class EventIn(_Somebody):
    """One thing that somebody did."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": _ONE_OF_BOTH,
            "examples": [
                {
                    "id": "click-8841",
                    "kind": "email_clicked",
                    "occurred_at": "2026-11-20T09:30:00Z",
                    "email": "ada@example.com",
                    "subject": "Your offer",
                    "url": "https://example.com/offer",
                    "properties": {"campaign": "autumn"},
                }
            ],
        }
    )

    id: EventId = Field(description="Yours; the same id is the same event, for ever.")
    kind: _TakenKind = Field(
        description=(
            f"{', '.join(TAKEN_KINDS)}, or one of your own with a dot in its name, such as "
            "custom.webinar_joined. Kinds of your own are delivered where an org's settings ask it."
        )
    )
    occurred_at: PastMoment = Field(
        description=("When; RFC 3339 with a zone, from 1970 on, at most one day in the future.")
    )
    subject: Annotated[Text, Field(max_length=255)] = ""
    url: WebAddress | None = Field(None, description="http or https.")
    user: Annotated[Text, Field(max_length=320)] = Field(
        "",
        description=(
            "Whose contact it was, of your own users: their e-mail address or id. Activities in "
            "Salesforce are assigned to the user of the org who is mapped to them."
        ),
    )
    properties: Properties = Field(
        default_factory=dict,
        description=(
            f"Kept with the event, at most {MAX_PROPERTIES_BYTES} bytes of JSON; "
            "user_agent tells robots apart."
        ),
    )


class RawEventBatch(_Model):
    """A batch of events, not yet looked into."""

    events: list[Any] = Field(min_length=1, max_length=MAX_ITEMS)
    imported: bool = Field(
        False, description="History: shown and counted, not delivered to Salesforce."
    )


class EventBatch(RawEventBatch):
    """A batch of events."""

    events: list[EventIn] = Field(min_length=1, max_length=MAX_ITEMS)


class MembershipIn(_Model):
    """One membership; a name alone may stand for it."""

    name: Name
    status: Annotated[Text, Field(max_length=64)] = ""
    url: WebAddress | None = None
    since: Moment | None = Field(None, description="Since when, or when an e-mail is to go.")


def _from_name(value: Any) -> Any:
    if isinstance(value, str):
        return {"name": value}
    if isinstance(value, dict):
        return value
    raise ValueError("must be a name, or a JSON object with a name")


_NameOrMembership = Annotated[
    MembershipIn, BeforeValidator(_from_name, json_schema_input_type=Name | MembershipIn)
]
MembershipList = Annotated[list[_NameOrMembership], Field(max_length=_MAX_MEMBERSHIPS)]


class MembershipsIn(_Somebody):
    """All memberships of a person of the kinds that are given; an empty list removes them."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": _ONE_OF_BOTH,
            "examples": [
                {
                    "email": "ada@example.com",
                    "lists": ["Newsletter", {"name": "Partners", "status": "active"}],
                    "campaigns": [],
                }
            ],
        }
    )

    lists: MembershipList | None = None
    workflows: MembershipList | None = None
    campaigns: MembershipList | None = None
    pending_emails: MembershipList | None = None


class RawMembershipBatch(_Model):
    """A batch of people with their memberships, not yet looked into."""

    memberships: list[Any] = Field(min_length=1, max_length=MAX_ITEMS)


class MembershipBatch(RawMembershipBatch):
    """A batch of people with their memberships."""

    memberships: list[MembershipsIn] = Field(min_length=1, max_length=MAX_ITEMS)


class FieldError(_Model):
    """What is wrong with one member."""

    field: str
    message: str


class Problem(BaseModel):
    """Why something was refused (RFC 9457)."""

    type: str = Field(description="A URN made of the reason.")
    title: str
    status: int
    reason: str = Field(description="Machine code.")
    detail: str = Field(description="For a human, with the next step.")
    errors: list[FieldError] = []


class EventResult(_Model):
    """What became of one event."""

    index: int = Field(description="Its place in the batch, from 0.")
    id: str | None = Field(description="Yours; null when it could not be read.")
    status: Literal["created", "duplicate", "rejected"]
    problem: Problem | None = None


class EventResults(_Model):
    """What became of the events, in their order."""

    results: list[EventResult]


class MembershipResult(_Model):
    """What became of one person's memberships."""

    index: int = Field(description="Its place in the batch, from 0.")
    status: Literal["replaced", "rejected"]
    problem: Problem | None = None


class MembershipResults(_Model):
    """What became of the memberships, in their order."""

    results: list[MembershipResult]


def _reported(*, email: str | None = None, salesforce_id: str | None = None) -> str:
    """The normal form of an address or id; a refusal in the words of the mirror."""
    try:
        key = person_key(email=email, salesforce_id=salesforce_id)
    except UnknownPersonError as error:
        raise ValueError(error.message) from None
    return key.email or key.salesforce_id or ""
