"""The audit: who did what, on which org, from where, why; of one org, or of all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from flask import Response, request
from sqlalchemy import Row, Select, false, or_, select

from app.console.csv_cells import harmless
from app.console.files import file
from app.console.pages import page
from app.console.principal import current_org, current_principal
from app.console.room import room
from app.console.support.acts import detail_of, words_of
from app.console.support.names import Names, named
from app.db import Database, SystemSession
from app.orgs import acting
from app.orgs.audit import Tag
from app.orgs.models import AuditEntry, Org
from app.web import context
from app.web.i18n import _

PAGE_SIZE = 50
_CHUNK = 1000
_MOST_LINES = 100_000


class Entry(NamedTuple):
    """One act; ``names`` are those known of the ids in it."""

    seq: int
    at: Any
    tag: str
    actor: str
    detail: Mapping[str, Any]
    org_id: str
    org_name: str
    org: UUID
    names: Names

    @property
    def told(self) -> str:
        """What is known of it besides, in one line."""
        return detail_of(self.tag, self.detail, self.name_of)

    @property
    def user_id(self) -> str:
        """Who did it, where it is a user of Salesforce whose name is known."""
        found = self.actor.removeprefix("admin:")
        return found if self.name_of(found) else ""

    @property
    def who(self) -> str:
        """The name of that user; empty without one."""
        name = self.name_of(self.user_id)
        is_admin = bool(name) and self.actor.startswith("admin:")
        return _("admin %(who)s") % {"who": name} if is_admin else name

    def name_of(self, found: str) -> str:
        """The name of a user or record of the entry's org; empty where it is not known."""
        return self.names.get((self.org, found), "")

    @property
    def what(self) -> str:
        """The act in words."""
        return words_of(self.tag)


@room.get("/console/orgs/<org_id>/audit")
def org_audit() -> Response:
    """What was done to this org; its own admin sees it too."""
    return _audit(current_org(), "console.org_audit", "console.org_audit_csv")


@room.get("/console/audit")
def audit() -> Response:
    """What was done to all orgs."""
    return _audit(None, "console.audit", "console.audit_csv")


@room.get("/console/orgs/<org_id>/audit.csv")
def org_audit_csv() -> Response:
    """The same of one org as a file."""
    return _file(current_org())


@room.get("/console/audit.csv")
def audit_csv() -> Response:
    """The same of all orgs as a file."""
    return _file(None)


def _audit(org: Org | None, here: str, file_at: str) -> Response:
    before = request.args.get("before", "")
    place = int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else None
    with context.database().system_reading() as session:
        statement = _select(session, org).limit(PAGE_SIZE + 1)
        if place is not None:
            statement = statement.where(AuditEntry.seq < place)
        found = _entries(session, session.execute(statement).all())
    return page(
        "support/audit.html",
        entries=found[:PAGE_SIZE],
        following=found[PAGE_SIZE - 1].seq if len(found) > PAGE_SIZE else 0,
        words=_words(),
        tag=_tag(),
        tags=sorted((words_of(tag), tag.value) for tag in Tag),
        here=here,
        file=file_at,
    )


def _file(org: Org | None) -> Response:
    name = f"audit-{org.salesforce_id}.csv" if org else "audit.csv"
    with context.database().system_reading() as session:
        statement = _select(session, org)
    return file(_rows(context.database(), statement), name, "text/csv")


def _rows(database: Database, statement: Select[*tuple[Any, ...]]) -> Iterator[str]:
    yield _text([("at", "org", "org_name", "actor", "actor_name", "tag", "detail")])
    last: int | None = None
    for _chunk in range(_MOST_LINES // _CHUNK):
        page_of = statement if last is None else statement.where(AuditEntry.seq < last)
        with database.system_reading() as session:
            found = _entries(session, session.execute(page_of.limit(_CHUNK)).all())
        if not found:
            return
        yield _text(
            [
                (
                    e.at.isoformat(),
                    e.org_id,
                    e.org_name,
                    e.actor,
                    e.name_of(e.user_id),
                    e.tag,
                    e.told,
                )
                for e in found
            ]
        )
        last = found[-1].seq


def _select(session: SystemSession, org: Org | None) -> Select[*tuple[Any, ...]]:
    """Newest first; words are looked for in who did it, and in names and ids of orgs."""
    statement = (
        select(
            AuditEntry.seq, AuditEntry.at, AuditEntry.tag, AuditEntry.actor, AuditEntry.detail,
            Org.salesforce_id, Org.name, AuditEntry.org_id,
        )
        .join(Org, Org.id == AuditEntry.org_id)
        .order_by(AuditEntry.seq.desc())
    )  # fmt: skip
    if org is not None:
        statement = statement.where(AuditEntry.org_id == org.id)
    if _tag():
        statement = statement.where(AuditEntry.tag == _tag())
    if words := _words():
        by = [*acting.actors(session, words, org.id if org else None)]
        by += acting.users(session, words, org.id) if org else []
        of = [] if org else _orgs(session, words)
        found = [AuditEntry.actor.in_(by)] if by else []
        found += [AuditEntry.org_id.in_(of)] if of else []
        statement = statement.where(or_(false(), *found))
    return statement


def _orgs(session: SystemSession, words: str) -> Sequence[UUID]:
    """Orgs that the words name, by a part of the name or the begin of the id: one statement."""
    named = or_(
        Org.name.icontains(words, autoescape=True),
        Org.salesforce_id.startswith(words, autoescape=True),
    )
    return session.scalars(select(Org.id).where(named).limit(acting.MOST)).all()


def _entries(session: SystemSession, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[Entry]:
    """With the names that are known; an org's admin is not told from which address staff worked."""
    known = named(session, [(row.org_id, row.actor, row.detail) for row in rows])
    entries = [Entry._make((*row, known)) for row in rows]
    if current_principal().is_staff:
        return entries
    return [
        entry
        if entry.actor.startswith("admin:")
        else entry._replace(detail={k: v for k, v in entry.detail.items() if k != "address"})
        for entry in entries
    ]


def _words() -> str:
    return request.args.get("q", "").strip()[:200]


def _tag() -> str:
    wanted = request.args.get("tag", "")
    return wanted if wanted in set(Tag) else ""


def _text(lines: Sequence[Sequence[str]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows([map(harmless, line) for line in lines])
    return written.getvalue()
