"""Memberships of people in lists, workflows and campaigns, and e-mails about to go to them.

Opportunities are memberships too as a rep sees it (L13), but they come from the CRM.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, tuple_

from app.crm.schemas import PersonKey
from app.crm.service import people_for
from app.db import Prepared, TenantReads, TenantSession
from app.engagement import rollups
from app.engagement.models import Membership, MembershipKind
from app.ids import new_id


@dataclass(frozen=True, slots=True)
class NewMembership:
    """One membership as the vendor's backend tells it; the name tells it apart from others."""

    name: str
    status: str = ""
    url: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class PersonMemberships:
    """All memberships of a person of the kinds that are named; others stay as they are."""

    person: PersonKey
    kinds: Mapping[MembershipKind, Sequence[NewMembership]] = field(default_factory=dict)


def replace(session: TenantSession, items: Sequence[PersonMemberships]) -> None:
    """Put these memberships in the place of those that are kept; one that comes last holds.

    A fixed number of statements whatever the number of people.
    """
    people = people_for(session, list(dict.fromkeys(item.person for item in items)))
    wanted = {
        (people[item.person], kind): {one.name: one for one in memberships}
        for item in items
        for kind, memberships in item.kinds.items()
    }
    if not wanted:
        return
    # the state's row first: it makes two writers of one person's memberships take turns
    rollups.touch(session, {person: None for person, _ in wanted})
    session.execute(
        delete(Membership)
        .where(tuple_(Membership.person_id, Membership.kind).in_(sorted(wanted)))
        .execution_options(synchronize_session=False)
    )
    session.insert_many(
        Membership,
        [
            {
                "id": new_id(),
                "person_id": person,
                "kind": kind,
                "name": one.name,
                "status": one.status,
                "url": one.url,
                "since": one.since,
            }
            for (person, kind), named in wanted.items()
            for one in named.values()
        ],
    )


class Member(NamedTuple):
    """A membership as it is shown."""

    person_id: UUID
    kind: MembershipKind
    name: str
    status: str
    url: str
    since: datetime | None


_OF_PEOPLE = Prepared(
    select(
        Membership.person_id, Membership.kind, Membership.name, Membership.status, Membership.url,
        Membership.since,
    )
    .where(Membership.person_id.in_(bindparam("people", expanding=True)))
    .order_by(func.lower(Membership.name), Membership.person_id)
)  # fmt: skip


def memberships(
    session: TenantReads, person_ids: Collection[UUID]
) -> dict[MembershipKind, list[Member]]:
    """What these people are members of, by kind, in the order of names."""
    found: dict[MembershipKind, list[Member]] = {kind: [] for kind in MembershipKind}
    for row in session.read(_OF_PEOPLE, people=list(person_ids)):
        member = Member._make(row)
        found[member.kind].append(member)
    return found
