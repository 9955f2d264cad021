"""What the org is asked: one composite call for all, a second only where records tell more.

Describes are asked in full, without If-Modified-Since: rights can change while metadata does not.
A part that is refused is no error here; it makes what it would have told *unknown*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.salesforce import me, profile
from app.salesforce.client import Client
from app.salesforce.composite import Subrequest, SubResponse, data_url
from app.salesforce.errors import SalesforceError
from app.salesforce.names import own_objects
from app.salesforce.package import DESTINATION
from app.salesforce.soql import soql

FEATURE = "preflight"
#: Objects that features read or write, besides the package's own.
OBJECTS = (*profile.STANDARD, "Opportunity")
#: The object that is there only where a Task may have several people.
SHARED_ACTIVITIES = "TaskRelation"
#: So many records that Inlay knows are looked for, of each object.
KNOWN_RECORDS = 25

_ORGANIZATION = (
    "Name,OrganizationType,IsSandbox,InstanceName,TimeZoneSidKey,"
    "DefaultAccountAccess,DefaultContactAccess,DefaultLeadAccess,DefaultOpportunityAccess"
)
_USER = "Name,Username,Email,IsActive,UserType,ProfileId"
_SETS = (
    "SELECT Id, Name, Label, NamespacePrefix, IsOwnedByProfile, PermissionsViewAllData, "
    "PermissionsModifyAllData FROM PermissionSet WHERE Id IN "
    "(SELECT PermissionSetId FROM PermissionSetAssignment WHERE AssigneeId = {})"
)
_VIEW_ALL = (
    "SELECT SobjectType, PermissionsViewAllRecords FROM ObjectPermissions WHERE "
    "PermissionsViewAllRecords = true AND ParentId IN "
    "(SELECT PermissionSetId FROM PermissionSetAssignment WHERE AssigneeId = {})"
)
_SHARING = (
    "SELECT QualifiedApiName, InternalSharingModel FROM EntityDefinition "
    "WHERE QualifiedApiName IN ('Task', 'Event')"
)
_DUPLICATES = (
    "SELECT SobjectType, MasterLabel FROM DuplicateRule WHERE IsActive = true "
    "AND SobjectType IN ('Account', 'Contact', 'Lead')"
)
_STATUSES = (
    "SELECT ApiName, MasterLabel, IsDefault, SortOrder FROM TaskStatus WHERE IsClosed = true"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the org answered. What it did not tell is absent, and ``why`` says the code.

    Attributes:
        describes: By API name, of the objects that the integration user may see.
        rows: By name of the query: its rows; absent where it was refused.
        one: Single records and resources: ``organization``, ``user``, ``userprofile``, ``limits``.
        why: By name of a part: Salesforce's code for its refusal.
        visible: Of records that Inlay knows, how many there are and how many are visible.
        version: The package's, by its own word; empty where it did not tell.
    """

    describes: Mapping[str, Mapping[str, Any]]
    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    one: Mapping[str, Mapping[str, Any]]
    why: Mapping[str, str]
    facts: Mapping[str, Any]
    calls: int
    visible: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    version: str = ""
    has_shared_activities: bool = False

    def own_object(self) -> str | None:
        """API name of the package's object, where it is to be seen."""
        kept: str | None = self.facts["package"]["object"]
        return kept

    def describe(self, sobject: str) -> Mapping[str, Any] | None:
        """The describe of a bare object; None where it is hidden or not there."""
        name = self.own_object() if sobject == DESTINATION else sobject
        return self.describes.get(name) if name else None


def read(client: Client, organization: str, user_id: str, guesses: set[str]) -> Seen:
    """Ask the org, by one counted call (two when the package's object has an unknown name).

    Args:
        client: The integration user's.
        organization: The org's 18-character id.
        user_id: The integration user's; empty where it is not known.
        guesses: What the package's object may be called.

    Raises:
        SalesforceError: The org could not be asked at all.
    """
    owns = sorted(guesses or {DESTINATION})[: profile.MAX_GUESSES]
    answers = _asked(client, _parts(organization, user_id, owns))
    described = {name: answers[_reference(name)] for name in (*OBJECTS, *owns)}
    calls = 1
    found = own_objects(profile.children_of(described)) - set(owns)
    if found:
        more = [profile.describe(name) for name in sorted(found)[: profile.MAX_GUESSES]]
        described |= dict(zip(sorted(found), client.composite(more, feature=FEATURE), strict=False))
        calls += 1
    return _seen(described, answers, calls)


def with_version(client: Client, seen: Seen) -> Seen:
    """The same, with the package's version by its own word: one more call, if it is there.

    Its class is granted to the integration user by Inlay_Integration, as its fields are.
    """
    namespace = seen.facts["package"]["namespace"]
    if namespace is None:
        return seen
    try:
        version = me.package_version(client, namespace, feature=FEATURE)
    except SalesforceError:  # an old version, or not now: fields tell "at least" which it is
        version = ""
    return replace(seen, version=version, calls=seen.calls + 1)


def with_known(client: Client, seen: Seen, known: Mapping[str, Sequence[str]]) -> Seen:
    """The same, with how many of these records (ids by object) are visible: one more call."""
    asked = {name: list(ids)[:KNOWN_RECORDS] for name, ids in known.items() if ids}
    if not asked:
        return seen
    parts = [
        Subrequest.query(
            name,
            soql(f"SELECT Id FROM {name} WHERE Id IN {{}}", ids),  # noqa: S608 - our own names
            include_deleted=True,
        )
        for name, ids in asked.items()
    ]
    answers = client.composite(parts, feature=FEATURE)
    visible = {
        answer.reference_id: (len(asked[answer.reference_id]), len(answer.records()))
        for answer in answers
        if answer.is_ok
    }
    return replace(seen, visible=visible, calls=seen.calls + 1)


def _parts(organization: str, user_id: str, owns: Sequence[str]) -> list[Subrequest]:
    parts = [profile.describe(name) for name in (*OBJECTS, *owns)]
    parts += [
        Subrequest("GET", data_url(f"sobjects/{SHARED_ACTIVITIES}/describe"), "shared"),
        _record("organization", f"Organization/{organization}", _ORGANIZATION),
        Subrequest("GET", data_url("limits"), "limits"),
        Subrequest.query("statuses", _STATUSES),
        Subrequest.query("sharing", _SHARING),
        Subrequest.query("duplicates", _DUPLICATES),
    ]
    if user_id:
        parts += [
            _record("user", f"User/{user_id}", _USER),
            _record("userprofile", "Profile/@{user.ProfileId}", "Name,UserLicenseId"),
            _record("license", "UserLicense/@{userprofile.UserLicenseId}", "Name"),
            Subrequest.query("sets", soql(_SETS, user_id)),
            Subrequest.query("view_all", soql(_VIEW_ALL, user_id)),
        ]
    return parts


def _record(reference: str, path: str, fields: str) -> Subrequest:
    return Subrequest("GET", f"{data_url(f'sobjects/{path}')}?fields={fields}", reference)


def _reference(sobject: str) -> str:
    return profile.describe(sobject).reference_id


def _asked(client: Client, parts: Sequence[Subrequest]) -> dict[str, SubResponse]:
    return {each.reference_id: each for each in client.composite(parts, feature=FEATURE)}


def _seen(
    described: Mapping[str, SubResponse], answers: Mapping[str, SubResponse], calls: int
) -> Seen:
    rows: dict[str, Sequence[Mapping[str, Any]]] = {}
    one: dict[str, Mapping[str, Any]] = {}
    why: dict[str, str] = {}
    for name, answer in answers.items():
        error = answer.error()
        if error is not None:
            why[name] = error.code or error.reason
        elif name in {"organization", "user", "userprofile", "license", "limits"}:
            one[name] = answer.body
        elif name in {"statuses", "sharing", "duplicates", "sets", "view_all"}:
            rows[name] = answer.records()
    readable = {name: answer for name, answer in described.items() if answer.status == 200}
    return Seen(
        describes={name: answer.body for name, answer in readable.items()},
        rows=rows,
        one=one,
        why=why,
        facts=_facts(described, rows.get("statuses", ()), one.get("organization", {})),
        calls=calls,
        has_shared_activities=answers["shared"].status == 200,
    )


def _facts(
    described: Mapping[str, SubResponse],
    statuses: Sequence[Mapping[str, Any]],
    organization: Mapping[str, Any],
) -> dict[str, Any]:
    """The org's profile, which is so read along; what is hidden is told of, no error."""
    empty = {
        "names": {},
        "has_key_field": False,
        "multi_currency": False,
        "time_zone": str(organization.get("TimeZoneSidKey") or ""),
    }
    readable = {
        name: answer
        for name, answer in described.items()
        if answer.status == 200
        and (name in profile.STANDARD or own_objects([{"childSObject": name}]))
    }
    return profile.gathered(empty, readable, statuses)
