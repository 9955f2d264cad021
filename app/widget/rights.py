"""What the user may see of a record, read with the user's own token in this very visit (X2).

Two counted calls: one composite (whose org is this token, what hangs on the record), one batch of
the UI API over the record and everything the card could name. The mirror supplies ids only; what
the user may not see is counted, never named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from app.crm.models import SObject
from app.salesforce.client import Client
from app.salesforce.composite import Subrequest, SubResponse
from app.salesforce.errors import RequestRefused, WrongOrg
from app.salesforce.soql import soql
from app.salesforce.ui_records import UiRecord
from app.widget.errors import no_access
from canvas.envelope import RecordReference
from canvas.ids import to_18

#: People and opportunities that one card names; the bearer has room for no more.
MAX_PEOPLE = 80
MAX_OPPORTUNITIES = 20
_FEATURE = "widget"

_FIELDS = (
    "Contact.Name", "Contact.FirstName", "Contact.Title", "Contact.Email",
    "Lead.Name", "Lead.FirstName", "Lead.Title", "Lead.Email", "Lead.Company",
    "Account.Name", "Account.Industry",
    "Opportunity.Name", "Opportunity.StageName", "Opportunity.CreatedDate", "Opportunity.IsClosed",
)  # fmt: skip

_ORGANIZATION = Subrequest.query("organization", "SELECT Id FROM Organization")
_ACCOUNT_OF = "SELECT Id, AccountId FROM {:literal} WHERE Id = {} LIMIT 1"
_ROLES_OF_CONTACT = (
    "SELECT OpportunityId, Role, IsPrimary FROM OpportunityContactRole WHERE ContactId = {}"
    " ORDER BY CreatedDate DESC LIMIT 100"
)
_ROLES_OF_OPPORTUNITY = (
    "SELECT ContactId, Role, IsPrimary FROM OpportunityContactRole WHERE OpportunityId = {}"
    " ORDER BY IsPrimary DESC LIMIT 150"
)
_CONTACTS_OF_ACCOUNT = (
    "SELECT Id FROM Contact WHERE AccountId = {} ORDER BY LastModifiedDate DESC LIMIT 120"
)
_OPPORTUNITIES_OF_ACCOUNT = (
    "SELECT Id FROM Opportunity WHERE AccountId = {} ORDER BY CreatedDate DESC LIMIT 40"
)


@dataclass(frozen=True, slots=True)
class Role:
    """A contact's part in an opportunity, both by 18-character id."""

    opportunity_id: str
    contact_id: str
    role: str = ""
    is_primary: bool = False


@dataclass(frozen=True, slots=True)
class Rights:
    """What may be shown. ``people`` and ``opportunities`` are visible; the rest is numbers."""

    record: UiRecord
    account: UiRecord | None = None
    people: Mapping[str, UiRecord] = field(default_factory=dict)
    opportunities: Mapping[str, UiRecord] = field(default_factory=dict)
    roles: tuple[Role, ...] = ()
    others: int = 0
    hidden_opportunities: int = 0
    more: int = 0


@dataclass(frozen=True, slots=True)
class _Live:
    """What Salesforce says hangs on the record; ids only, visible or not."""

    account_id: str = ""
    people: tuple[str, ...] = ()
    opportunities: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()


def prove(
    client: Client, organization_id: str, reference: RecordReference, mirrored: Collection[str]
) -> Rights:
    """Read the record, and all that may be named with it, as the token's user.

    Args:
        client: Of the user's token.
        organization_id: 18 characters; the token must belong to it.
        reference: The record that the page claims to be about.
        mirrored: Record ids that the mirror relates to it: Contacts of an Opportunity,
            Opportunities of a Contact.

    Raises:
        WidgetError: ``no_access``.
        SalesforceError: The token is refused, belongs to another org, or Salesforce has trouble.
    """
    live = _ask(client, organization_id, reference)
    extra = list(mirrored)[: 2 * MAX_PEOPLE]
    named = dict.fromkeys(
        (reference.id18, live.account_id, *live.people, *live.opportunities, *extra)
    )
    seen = client.ui_records(filter(None, named), _FIELDS, feature=_FEATURE)
    record = seen.get(reference.id18)
    if record is None or record.sobject != reference.sobject:
        raise no_access()
    return _rights(record, live, mirrored, seen)


def _rights(
    record: UiRecord,
    live: _Live,
    mirrored: Iterable[str],
    seen: Mapping[str, UiRecord | None],
) -> Rights:
    hidden = {each for each in (*live.people, *live.opportunities, *mirrored) if not seen.get(each)}
    people = {each: found for each in live.people if (found := seen.get(each)) is not None}
    opportunities = {each: found for each in live.opportunities if (found := seen.get(each))}
    shown = dict(list(people.items())[:MAX_PEOPLE])
    hidden_opportunities = sum(_sobject(each) == SObject.OPPORTUNITY for each in hidden)
    return Rights(
        record=record,
        account=record if record.sobject == SObject.ACCOUNT else seen.get(live.account_id),
        people=shown,
        opportunities=dict(list(opportunities.items())[:MAX_OPPORTUNITIES]),
        roles=live.roles,
        others=len(hidden) - hidden_opportunities,
        hidden_opportunities=hidden_opportunities,
        more=len(people) - len(shown),
    )


def _sobject(id18: str) -> str:
    return SObject.OPPORTUNITY if id18.startswith("006") else SObject.CONTACT


def _ask(client: Client, organization_id: str, reference: RecordReference) -> _Live:
    parts = [_ORGANIZATION]
    parts += [Subrequest.query(name, text) for name, text in _questions(reference).items()]
    answers = {a.reference_id: a for a in client.composite(parts, feature=_FEATURE)}
    organizations = answers["organization"].records()
    if not organizations or to_18(organizations[0]["Id"]) != organization_id:
        raise WrongOrg
    return _READERS[SObject(reference.sobject)](answers, reference.id18)


def _questions(reference: RecordReference) -> dict[str, str]:
    record_id = reference.id18
    match SObject(reference.sobject):
        case SObject.CONTACT:
            return {
                "record": soql(_ACCOUNT_OF, SObject.CONTACT.value, record_id),
                "roles": soql(_ROLES_OF_CONTACT, record_id),
            }
        case SObject.OPPORTUNITY:
            return {
                "record": soql(_ACCOUNT_OF, SObject.OPPORTUNITY.value, record_id),
                "roles": soql(_ROLES_OF_OPPORTUNITY, record_id),
            }
        case SObject.ACCOUNT:
            return {
                "people": soql(_CONTACTS_OF_ACCOUNT, record_id),
                "opportunities": soql(_OPPORTUNITIES_OF_ACCOUNT, record_id),
            }
        case SObject.LEAD:
            return {}


def _rows(answer: SubResponse) -> list[dict[str, object]]:
    """Rows, or none where the user lacks the object or a field: that is their right, no error."""
    try:
        return answer.records()
    except RequestRefused:
        return []


def _ids(rows: Iterable[Mapping[str, object]], name: str = "Id") -> tuple[str, ...]:
    return tuple(dict.fromkeys(to_18(str(row[name])) for row in rows if row.get(name)))


def _read_contact(answers: Mapping[str, SubResponse], record_id: str) -> _Live:
    rows = _rows(answers["roles"])
    return _Live(
        account_id=next(iter(_ids(_rows(answers["record"]), "AccountId")), ""),
        people=(record_id,),
        opportunities=_ids(rows, "OpportunityId"),
        roles=tuple(_role(row, contact_id=record_id) for row in rows if row.get("OpportunityId")),
    )


def _read_opportunity(answers: Mapping[str, SubResponse], record_id: str) -> _Live:
    rows = _rows(answers["roles"])
    return _Live(
        account_id=next(iter(_ids(_rows(answers["record"]), "AccountId")), ""),
        people=_ids(rows, "ContactId"),
        opportunities=(record_id,),
        roles=tuple(_role(row, opportunity_id=record_id) for row in rows if row.get("ContactId")),
    )


def _read_account(answers: Mapping[str, SubResponse], _record_id: str) -> _Live:
    return _Live(
        people=_ids(_rows(answers["people"])),
        opportunities=_ids(_rows(answers["opportunities"])),
    )


def _read_lead(_answers: Mapping[str, SubResponse], record_id: str) -> _Live:
    return _Live(people=(record_id,))


def _role(row: Mapping[str, object], *, contact_id: str = "", opportunity_id: str = "") -> Role:
    return Role(
        opportunity_id=opportunity_id or to_18(str(row["OpportunityId"])),
        contact_id=contact_id or to_18(str(row["ContactId"])),
        role=str(row.get("Role") or ""),
        is_primary=bool(row.get("IsPrimary")),
    )


_READERS = {
    SObject.CONTACT: _read_contact,
    SObject.OPPORTUNITY: _read_opportunity,
    SObject.ACCOUNT: _read_account,
    SObject.LEAD: _read_lead,
}
