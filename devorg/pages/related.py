"""Related people and deals of a record, as short lists of links."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from devorg.pages.reading import Named, Reader, path_of
from devorg.rows import Record
from devorg.schema import STANDARD, SObject

_SHOWN = 6
_LOCKED = Named("A contact you cannot open", None)
CONTACT, OPPORTUNITY = STANDARD.objects["Contact"], STANDARD.objects["Opportunity"]
ROLE, LEAD = STANDARD.objects["OpportunityContactRole"], STANDARD.objects["Lead"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list; without `href` it is a record that the reader may not open."""

    name: str
    href: str | None = None
    note: str = ""
    badge: str = ""


@dataclass(frozen=True, slots=True)
class RelatedList:
    """A titled list; `total` counts what is not shown too."""

    title: str
    icon: str
    empty: str
    entries: tuple[Entry, ...]
    total: int


def related_lists(reader: Reader, sobject_name: str, record: Record) -> list[RelatedList]:
    """The related lists of a record's page, in order."""
    return [build(reader, record) for build in _BUILDERS.get(sobject_name, ())]


def _person(sobject: SObject, record: Record) -> Entry:
    return Entry(record["Name"], path_of(sobject, record["Id"]), record.get("Title") or "")


def _deal(record: Record) -> Entry:
    amount = record.get("Amount")
    note = " · ".join(
        each for each in (record.get("StageName"), f"${amount:,.0f}" if amount else None) if each
    )
    badge = "Won" if record.get("IsWon") else "Closed" if record.get("IsClosed") else ""
    return Entry(record["Name"], path_of(OPPORTUNITY, record["Id"]), note, badge)


def _roles_of_opportunity(reader: Reader, record: Record) -> RelatedList:
    where, values = "t.OpportunityId = :id", {"id": record["Id"]}
    roles = reader.select(ROLE, where, values, order="t.IsPrimary DESC, t.Id", limit=50)
    names = reader.names(role["ContactId"] for role in roles)
    entries = tuple(
        Entry(
            names.get(role["ContactId"], _LOCKED).name,
            names.get(role["ContactId"], _LOCKED).href,
            role.get("Role") or "",
            "Primary" if role.get("IsPrimary") else "",
        )
        for role in roles
    )
    empty = "No contact has a role in this opportunity yet."
    return RelatedList(
        "Contact Roles", "contact", empty, entries, reader.count(ROLE, where, values)
    )


def _opportunities_of_contact(reader: Reader, record: Record) -> RelatedList:
    where = (
        "t.Id IN (SELECT r.OpportunityId FROM OpportunityContactRole AS r"
        " WHERE r.ContactId = :id AND r.IsDeleted = 0)"
    )
    return _deals(reader, where, record["Id"], "This contact has no role in an opportunity.")


def _opportunities_of_account(reader: Reader, record: Record) -> RelatedList:
    return _deals(reader, "t.AccountId = :id", record["Id"], "No opportunities yet.")


def _deals(reader: Reader, where: str, record_id: str, empty: str) -> RelatedList:
    values = {"id": record_id}
    order = "t.IsClosed, t.CloseDate"
    found = reader.select(OPPORTUNITY, where, values, order=order, limit=_SHOWN)
    total = reader.count(OPPORTUNITY, where, values)
    return RelatedList("Opportunities", "opportunity", empty, tuple(map(_deal, found)), total)


def _people(
    title: str, empty: str, where: str, key: str
) -> Callable[[Reader, Record], RelatedList]:
    """A list of contacts that share the account in the record's field `key`."""

    def build(reader: Reader, record: Record) -> RelatedList:
        values = {"account": record.get(key), "id": record["Id"]}
        found = reader.select(CONTACT, where, values, order="t.Id", limit=_SHOWN)
        total = reader.count(CONTACT, where, values)
        entries = tuple(_person(CONTACT, each) for each in found)
        return RelatedList(title, "contact", empty, entries, total)

    return build


def _same_company(reader: Reader, record: Record) -> RelatedList:
    # There is no index by company: in a large org, of the newest leads only.
    where = f"t.Company = :company AND t.Id <> :id AND {reader.newest(LEAD)}"
    values = {"company": record.get("Company"), "id": record["Id"]}
    found = reader.select(LEAD, where, values, limit=_SHOWN)
    empty = "No other lead of this company."
    total = reader.count(LEAD, where, values)
    return RelatedList(
        "Leads of the same company", "lead", empty,
        tuple(_person(LEAD, each) for each in found), total,
    )  # fmt: skip


_BUILDERS: dict[str, tuple[Callable[[Reader, Record], RelatedList], ...]] = {
    "Contact": (
        _opportunities_of_contact,
        _people(
            "Colleagues",
            "No other contact of this account.",
            "t.AccountId = :account AND t.Id <> :id",
            "AccountId",
        ),
    ),
    "Opportunity": (_roles_of_opportunity,),
    "Account": (
        _people("Contacts", "No contacts yet.", "t.AccountId = :account", "Id"),
        _opportunities_of_account,
    ),
    "Lead": (_same_company,),
}
