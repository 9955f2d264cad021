"""Puts the story into an empty store. Same ids every time; dates are relative to `moment`."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from devorg import access, ids, moments, rows, users
from devorg.config import DevorgConfig
from devorg.rows import Record
from devorg.schema import STANDARD
from devorg.schema.activities import TASK_STATUSES
from devorg.schema.people import LEAD_STATUSES
from devorg.schema.sales import STAGES, forecast_of
from devorg.seed.companies import COMPANIES, PEOPLE, PROSPECTS
from devorg.seed.deals import DEALS, PASTS

_OBJECTS = STANDARD.objects
REP = users.USERS[0]


class Planter:
    """One seeding: remembers what it made, so that later rows can point at it."""

    def __init__(self, connection: sqlite3.Connection, moment: datetime) -> None:
        self.connection = connection
        self.moment = moment
        self.made: dict[tuple[str, ...], Record] = {}

    def ago(self, days: float) -> str:
        """The written moment that many days before the seed."""
        return moments.write(self.moment - timedelta(days=days))

    def day(self, days: float) -> str:
        """The date that many days after the seed (negative: before)."""
        return (self.moment + timedelta(days=days)).date().isoformat()

    def add(self, sobject: str, key: tuple[str, ...], days: float, record: Record) -> Record:
        """One record made that many days ago by the rep, remembered by its key."""
        kind = _OBJECTS[sobject]
        new_id = rows.make_ids(self.connection, kind, 1)[0]
        owner = {"OwnerId": REP.id} if "OwnerId" in kind.by_name else {}
        full = rows.stamped(REP.id, self.ago(days), {"Id": new_id, **owner, **record})
        rows.insert(self.connection, kind, [full])
        self.made[(sobject, *key)] = full
        return full


def plant(connection: sqlite3.Connection, config: DevorgConfig, moment: datetime) -> None:
    """Fill an empty store with the whole story."""
    planter = Planter(connection, moment)
    _administration(planter, config)
    _companies(planter)
    _leads(planter)
    _deals(planter)
    _activities(planter)
    _rights(planter)


def _administration(planter: Planter, config: DevorgConfig) -> None:
    organization: Record = {
        "Id": config.org_id, "Name": config.org_name, "OrganizationType": "Developer Edition",
        "InstanceName": "DEV5E", "IsSandbox": False, "PrimaryContact": users.USERS[1].name,
        "Country": "GB", "DefaultLocaleSidKey": "en_US", "LanguageLocaleKey": "en_US",
        "TimeZoneSidKey": "Europe/London",
    }  # fmt: skip
    stamped = rows.stamped(users.USERS[1].id, planter.ago(900), organization)
    rows.insert(planter.connection, _OBJECTS["Organization"], [stamped])
    for user in users.USERS:
        record: Record = {
            "Id": user.id, "Username": user.username, "FirstName": user.first_name,
            "LastName": user.last_name, "Name": user.name, "Email": user.username,
            "Title": user.title, "Alias": user.alias[:8], "IsActive": True,
            "CommunityNickname": user.alias, "EmailEncodingKey": "UTF-8", "DigestFrequency": "D",
            "TimeZoneSidKey": user.time_zone, "LocaleSidKey": user.locale,
            "LanguageLocaleKey": user.language, "UserType": "Standard",
            "ProfileId": ids.make("00e", 1),
        }  # fmt: skip
        stamped = rows.stamped(users.USERS[1].id, planter.ago(800), record)
        rows.insert(planter.connection, _OBJECTS["User"], [stamped])
    for order, (label, (closed, default)) in enumerate(TASK_STATUSES.items(), start=1):
        status: Record = {
            "MasterLabel": label, "ApiName": label, "SortOrder": order,
            "IsClosed": closed, "IsDefault": default,
        }  # fmt: skip
        planter.add("TaskStatus", (label,), 900, status)
    _choices(planter)


def _choices(planter: Planter) -> None:
    """The stages and statuses that the org's admin has set up."""
    for order, (label, (probability, closed, won)) in enumerate(STAGES.items(), start=1):
        category = forecast_of(closed=closed, won=won)
        stage: Record = {
            "MasterLabel": label, "ApiName": label, "SortOrder": order, "IsActive": True,
            "IsClosed": closed, "IsWon": won, "DefaultProbability": probability,
            "ForecastCategory": category, "ForecastCategoryName": category,
        }  # fmt: skip
        planter.add("OpportunityStage", (label,), 900, stage)
    for order, (label, converted) in enumerate(LEAD_STATUSES.items(), start=1):
        status: Record = {
            "MasterLabel": label, "ApiName": label, "SortOrder": order,
            "IsConverted": converted, "IsDefault": order == 1,
        }  # fmt: skip
        planter.add("LeadStatus", (label,), 900, status)


def _companies(planter: Planter) -> None:
    for order, company in enumerate(COMPANIES):
        record: Record = {
            "Name": company.name, "Type": company.kind, "Industry": company.industry,
            "BillingCity": company.city, "BillingCountry": company.country,
            "Website": f"https://www.{company.domain}", "Phone": f"+44 20 7946 0{order:03}",
            "NumberOfEmployees": company.employees, "AnnualRevenue": company.revenue,
        }  # fmt: skip
        planter.add("Account", (company.domain,), 400 - order, record)
    for order, person in enumerate(PEOPLE):
        account = planter.made["Account", person.company]
        record = {
            "AccountId": account["Id"], "FirstName": person.first, "LastName": person.last,
            "Name": f"{person.first} {person.last}", "Title": person.title,
            "Department": person.department, "Phone": f"+44 20 7946 0{order + 100:03}",
            "Email": mail_of(person.first, person.last, person.company),
            "MailingCity": account["BillingCity"], "MailingCountry": account["BillingCountry"],
            "LeadSource": "Event" if order % 3 else "Web",
        }  # fmt: skip
        planter.add("Contact", (person.company, person.first), 300 - order, record)


def mail_of(first: str, last: str, domain: str) -> str:
    """An ASCII address for a name."""
    plain = str.maketrans("áàâäåéèêëíìîïóòôöøúùûüñç", "aaaaaeeeeiiiiooooouuuunc")
    return f"{first}.{last}@{domain}".lower().replace(" ", "").translate(plain)


def _leads(planter: Planter) -> None:
    for order, lead in enumerate(PROSPECTS):
        record: Record = {
            "FirstName": lead.first, "LastName": lead.last, "Name": f"{lead.first} {lead.last}",
            "Title": lead.title, "Company": lead.company, "Status": lead.status,
            "Rating": lead.rating, "LeadSource": lead.source, "IsConverted": False,
            "Website": f"https://www.{lead.domain}", "Phone": f"+44 20 7946 0{order + 200:03}",
            "Email": mail_of(lead.first, lead.last, lead.domain),
        }  # fmt: skip
        planter.add("Lead", (lead.domain, lead.first), 45 - 3 * order, record)


def _deals(planter: Planter) -> None:
    for deal in DEALS:
        probability, closed, won = STAGES[deal.stage]
        contacts = [planter.made["Contact", deal.company, first] for first, _ in deal.roles]
        record: Record = {
            "Name": deal.name, "AccountId": planter.made["Account", deal.company]["Id"],
            "StageName": deal.stage, "Probability": probability, "IsClosed": closed,
            "ForecastCategoryName": forecast_of(closed=closed, won=won),
            "IsWon": won, "Amount": deal.amount, "CloseDate": planter.day(deal.closes),
            "Type": deal.kind, "LeadSource": "Event", "ContactId": contacts[0]["Id"],
        }  # fmt: skip
        opportunity = planter.add("Opportunity", (deal.name,), deal.age, record)
        for order, ((first, role), contact) in enumerate(zip(deal.roles, contacts, strict=True)):
            link: Record = {
                "OpportunityId": opportunity["Id"], "ContactId": contact["Id"],
                "Role": role, "IsPrimary": order == 0,
            }  # fmt: skip
            planter.add("OpportunityContactRole", (deal.name, first), deal.age, link)


def _activities(planter: Planter) -> None:
    for past in sorted(PASTS, key=lambda each: -each.days):
        key = (past.company, past.person)
        person = planter.made.get(("Contact", *key)) or planter.made["Lead", *key]
        deal = planter.made.get(("Opportunity", past.deal))
        record: Record = {
            "WhoId": person["Id"], "WhatId": deal["Id"] if deal else None,
            "AccountId": person.get("AccountId"), "Subject": past.subject,
            "Description": past.note, "Status": "Completed", "IsClosed": True,
            "Priority": "Normal", "IsHighPriority": False, "TaskSubtype": past.subtype,
            "ActivityDate": planter.day(-past.days), "IsArchived": False,
            "CompletedDateTime": planter.ago(past.days),
        }  # fmt: skip
        planter.add("Task", (past.subject,), past.days, record)


def _rights(planter: Planter) -> None:
    """`norecord` sees nothing of the main company, `partial` not one of the main contacts,
    `reverse` not the main opportunity.
    """
    domain = COMPANIES[0].domain
    hidden: dict[str, list[Record]] = {
        "norecord": [
            made
            for key, made in planter.made.items()
            if key[:2] in {("Account", domain), ("Contact", domain)}
            or (
                key[0] == "Opportunity" and key[1] in {d.name for d in DEALS if d.company == domain}
            )
        ],
        "partial": [planter.made["Contact", domain, "Grace"]],
        "reverse": [planter.made["Opportunity", DEALS[0].name]],
    }
    for alias, records in hidden.items():
        user = next(each for each in users.USERS if each.alias == alias)
        for record in records:
            access.set_record(planter.connection, user.id, record["Id"], visible=False)


def main_records(connection: sqlite3.Connection) -> dict[str, str]:
    """Ids of the records that demos and tests start from; made first, so their ids are fixed."""
    grace = rows.by_values(connection, _OBJECTS["Contact"], "FirstName", ["Grace"])[0]
    return {
        "account": ids.make(_OBJECTS["Account"].prefix, 1),
        "contact": ids.make(_OBJECTS["Contact"].prefix, 1),
        "opportunity": ids.make(_OBJECTS["Opportunity"].prefix, 1),
        "lead": ids.make(_OBJECTS["Lead"].prefix, 1),
        "partial_hidden_contact": grace["Id"],
    }
