"""More of the same, for benchmarks: as many people and activities as one asks for.

Deterministic: the same numbers after the same history give the same rows, dates aside.
"""

from __future__ import annotations

import random
import sqlite3
from datetime import UTC, datetime, timedelta

from devorg import moments, rows, users
from devorg.rows import Record
from devorg.schema import STANDARD
from devorg.schema.people import INDUSTRIES
from devorg.schema.sales import ROLES, STAGES, forecast_of
from devorg.seed.companies import COMPANIES, PEOPLE
from devorg.seed.plant import mail_of

PEOPLE_PER_COMPANY = 5
PEOPLE_PER_DEAL = 4
_SUFFIXES = ("Group", "Works", "Partners", "Labs", "Holding", "Systems", "Trading")
_SUBJECTS = ("Call: follow-up", "Email: answer to a question", "Meeting: demo", "Call: pricing")
_OLDEST_DAYS = 360
_CHUNK = 2000


class _Grower:
    def __init__(self, connection: sqlite3.Connection, seed: int, moment: datetime) -> None:
        self.connection = connection
        self.random = random.Random(seed)  # noqa: S311 - made-up data, not a secret
        self.moment = moment

    def add(self, sobject: str, records: list[Record], oldest: int = _OLDEST_DAYS) -> list[Record]:
        """Store records, each with an id and made some days ago by the rep."""
        kind = STANDARD.objects[sobject]
        numbered = zip(rows.make_ids(self.connection, kind, len(records)), records, strict=True)
        owner = {"OwnerId": users.USERS[0].id} if "OwnerId" in kind.by_name else {}
        full = [
            rows.stamped(users.USERS[0].id, self.ago(oldest), {"Id": new_id, **owner, **record})
            for new_id, record in numbered
        ]
        rows.insert(self.connection, kind, full)
        return full

    def ago(self, oldest: int) -> str:
        """A moment of the last so many days."""
        minutes = self.random.randrange(60, oldest * 24 * 60)
        return moments.write(self.moment - timedelta(minutes=minutes))


def grow(
    connection: sqlite3.Connection,
    people: int,
    events: int,
    seed: int,
    moment: datetime | None = None,
) -> dict[str, int]:
    """Add contacts with accounts, opportunities and roles, and finished Tasks about them all,
    dated back from `moment` (now).

    Answers how many rows of each object were added.
    """
    grower = _Grower(connection, seed, moment or datetime.now(UTC))
    found = connection.execute("SELECT used FROM counter WHERE prefix = '003'").fetchone()
    # The number of contacts ever made keeps addresses apart between two calls.
    contacts, accounts = _people(grower, people, int(found["used"]) if found else 0)
    opportunities, roles = _deals(grower, contacts)
    made = _tasks(grower, events)
    return {
        "accounts": accounts,
        "contacts": len(contacts),
        "opportunities": opportunities,
        "roles": roles,
        "tasks": made,
    }


def _people(grower: _Grower, people: int, before: int) -> tuple[list[Record], int]:
    choose = grower.random.choice
    companies: list[Record] = []
    for number in range(-(-people // PEOPLE_PER_COMPANY)):
        name = f"{choose(COMPANIES).name.split()[0]} {choose(_SUFFIXES)} {before + number + 1}"
        domain = f"c{before + number + 1}.example"
        companies.append(
            {"Name": name, "Website": f"https://{domain}", "Industry": choose(INDUSTRIES)}
        )
    accounts = grower.add("Account", companies)
    records: list[Record] = []
    for number in range(people):
        account = accounts[number // PEOPLE_PER_COMPANY]
        first, like = choose(PEOPLE).first, choose(PEOPLE)
        domain = account["Website"].removeprefix("https://")
        records.append(
            {
                "AccountId": account["Id"],
                "FirstName": first,
                "LastName": like.last,
                "Name": f"{first} {like.last}",
                "Title": like.title,
                "Department": like.department,
                "Email": mail_of(first, f"{like.last}{before + number + 1}", domain),
            }
        )
    return grower.add("Contact", records), len(accounts)


def _deals(grower: _Grower, contacts: list[Record]) -> tuple[int, int]:
    groups = [
        contacts[at : at + PEOPLE_PER_DEAL] for at in range(0, len(contacts), PEOPLE_PER_DEAL)
    ]
    records: list[Record] = []
    for number, group in enumerate(groups):
        stage = grower.random.choice(list(STAGES))
        probability, closed, won = STAGES[stage]
        closes = grower.moment + timedelta(days=grower.random.randrange(5, 120))
        records.append(
            {
                "AccountId": group[0]["AccountId"],
                "Name": f"Deal {number + 1} with {group[0]['Name']}",
                "StageName": stage,
                "Probability": probability,
                "ForecastCategoryName": forecast_of(closed=closed, won=won),
                "IsClosed": closed,
                "IsWon": won,
                "Amount": grower.random.randrange(5, 400) * 1000,
                "CloseDate": closes.date().isoformat(),
                "ContactId": group[0]["Id"],
            }
        )
    deals = grower.add("Opportunity", records, oldest=90)
    links: list[Record] = [
        {
            "OpportunityId": deal["Id"],
            "ContactId": contact["Id"],
            "Role": ROLES[order % len(ROLES)],
            "IsPrimary": order == 0,
        }
        for deal, group in zip(deals, groups, strict=True)
        for order, contact in enumerate(group)
    ]
    return len(deals), len(grower.add("OpportunityContactRole", links))


def _tasks(grower: _Grower, events: int) -> int:
    query = "SELECT Id, AccountId FROM Contact WHERE IsDeleted = 0 ORDER BY Id"
    people = [dict(row) for row in grower.connection.execute(query)]
    made = 0
    while made < events and people:
        records: list[Record] = []
        for _ in range(min(_CHUNK, events - made)):
            person, when = grower.random.choice(people), grower.ago(_OLDEST_DAYS)
            records.append(
                {
                    "WhoId": person["Id"],
                    "AccountId": person["AccountId"],
                    "Subject": grower.random.choice(_SUBJECTS),
                    "Status": "Completed",
                    "IsClosed": True,
                    "Priority": "Normal",
                    "TaskSubtype": "Task",
                    "ActivityDate": when[:10],
                    "CompletedDateTime": when,
                    "CreatedDate": when,
                    "IsArchived": False,
                    "IsHighPriority": False,
                }
            )
        made += len(grower.add("Task", records))
    return made
