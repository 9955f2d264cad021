"""Lead conversion: the lead becomes an account, a contact and, if wanted, an opportunity.

Source: the public reference of `convertLead()` and of the Converted* fields of Lead. Which record
an activity of the lead is related to afterwards is not known of a real org; here it keeps its
person, who is the contact now, and no WhatId.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from devorg import moments, rows
from devorg.actions.acting import Actor
from devorg.actions.moving import move
from devorg.dml.last_activity import recount
from devorg.errors import ControlError
from devorg.rows import Record
from devorg.schema.sales import STAGES

_PARTS = ("Street", "City", "State", "PostalCode", "Country")
_ACTIVITIES = ("Task", "Event")
# The usual converted status of a new org.
CONVERTED: Final = "Closed - Converted"


@dataclass(frozen=True, slots=True)
class Conversion:
    """What the person who converts chooses; ids of records that are there, or new ones."""

    status: str = CONVERTED
    account_id: str | None = None
    contact_id: str | None = None
    opportunity: bool = True
    opportunity_name: str | None = None
    owner_id: str | None = None


@dataclass(frozen=True, slots=True)
class Converted:
    """What became of the lead."""

    account_id: str
    contact_id: str
    opportunity_id: str | None


def convert(actor: Actor, lead_id: str, chosen: Conversion) -> Converted:
    """Convert a lead. Raises ControlError."""
    objects = actor.org.schema.objects
    lead = rows.by_id(actor.connection, objects["Lead"], lead_id)
    if lead is None or lead["IsDeleted"]:
        raise ControlError("convert", f"{lead_id}: no such Lead, or it is deleted.")
    if lead["IsConverted"]:
        raise ControlError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
    owner = chosen.owner_id or lead["OwnerId"]
    account_id = chosen.account_id or actor.create(objects["Account"], _account(lead, owner))
    contact_id = chosen.contact_id or actor.create(
        objects["Contact"], _contact(lead, owner, account_id)
    )
    opportunity_id = _opportunity(actor, lead, owner, chosen, account_id, contact_id)
    made = Converted(account_id, contact_id, opportunity_id)
    _finish(actor, lead_id, chosen.status, made)
    return made


def _account(lead: Record, owner: str) -> Record:
    same = ("Phone", "Fax", "Website", "Industry", "NumberOfEmployees", "AnnualRevenue", "Rating")
    billing = {f"Billing{part}": lead.get(part) for part in _PARTS}
    return {
        "Name": lead["Company"], "OwnerId": owner, **billing,
        **{name: lead.get(name) for name in same},
    }  # fmt: skip


def _contact(lead: Record, owner: str, account_id: str) -> Record:
    same = (
        "FirstName", "LastName", "Salutation", "Title", "Email", "Phone", "MobilePhone", "Fax",
        "LeadSource", "Description",
    )  # fmt: skip
    mailing = {f"Mailing{part}": lead.get(part) for part in _PARTS}
    return {
        "AccountId": account_id, "OwnerId": owner, **mailing,
        **{name: lead.get(name) for name in same},
    }  # fmt: skip


def _opportunity(
    actor: Actor,
    lead: Record,
    owner: str,
    chosen: Conversion,
    account_id: str,
    contact_id: str,
) -> str | None:
    if not chosen.opportunity:
        return None
    objects = actor.org.schema.objects
    opportunity_id = actor.create(
        objects["Opportunity"],
        {
            "Name": chosen.opportunity_name or f"{lead['Company']}-",
            "AccountId": account_id, "OwnerId": owner, "LeadSource": lead.get("LeadSource"),
            "StageName": next(iter(STAGES)),
            "CloseDate": _quarter_end(actor.org.clock.now().date()).isoformat(),
        },
    )  # fmt: skip
    role = {"OpportunityId": opportunity_id, "ContactId": contact_id, "IsPrimary": True}
    actor.create(objects["OpportunityContactRole"], role)
    return opportunity_id


def _quarter_end(day: date) -> date:
    first = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    while first.month % 3 != 1:
        first = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first - timedelta(days=1)


def _finish(actor: Actor, lead_id: str, status: str, made: Converted) -> None:
    """Close the lead, and move its activities to the contact."""
    objects, now = actor.org.schema.objects, moments.write(actor.org.clock.now())
    stamps = {
        "LastModifiedDate": now, "LastModifiedById": actor.user.id, "SystemModstamp": now,
    }  # fmt: skip
    changes: Record = {
        "IsConverted": True, "Status": status, "ConvertedDate": now[:10],
        "ConvertedAccountId": made.account_id, "ConvertedContactId": made.contact_id,
        "ConvertedOpportunityId": made.opportunity_id, **stamps,
    }  # fmt: skip
    rows.update(actor.connection, objects["Lead"], lead_id, changes)
    people = [(objects[name], objects[name].by_name["WhoId"]) for name in _ACTIVITIES]
    people += [
        (objects[name], objects[name].by_name["RelationId"])
        for name in ("TaskRelation", "EventRelation")
        if name in objects
    ]
    move(actor.connection, people, [lead_id], made.contact_id, stamps)
    for name in _ACTIVITIES:
        actor.connection.execute(
            f'UPDATE "{name}" SET AccountId = ? WHERE WhoId = ? AND AccountId IS NULL',  # noqa: S608 - names of devorg's own tables
            [made.account_id, made.contact_id],
        )
    recount(actor.connection, actor.org.schema, [made.contact_id, made.account_id], now)
