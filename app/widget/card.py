"""The card: everything that a rep sees, put together from what their rights allow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from app.clock import utcnow
from app.crm.models import SObject
from app.crm.queries import people_of_records
from app.db import Database, TenantReads
from app.engagement.kinds import asked_for, facts_of
from app.engagement.queries import Summary, memberships, summary
from app.orgs.features import Feature
from app.salesforce.models import ConnectionState
from app.web.i18n import _, ngettext
from app.widget import frames, sharing
from app.widget.bearer import Frame
from app.widget.changes import version
from app.widget.frames import Admitted
from app.widget.groups import Group, groups_of
from app.widget.opening import Opening
from app.widget.reader import Reader, reader_of
from app.widget.sharing import Shared
from app.widget.sparkline import Sparkline, draw
from app.widget.timeline import TimelineView, read_timeline, since_of
from app.widget.views import View, view_of


@dataclass(frozen=True, slots=True)
class Score:
    """Engagement in one number, one word and 30 bars."""

    value: int
    label: str
    is_high: bool
    line: str
    spark: Sparkline


@dataclass(frozen=True, slots=True)
class KindOption:
    """A choice of the timeline's filter; the empty value is everything."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Card:
    """The parts that change while a frame is open; ``version`` is their ETag."""

    view: View
    version: str
    notice: str
    score: Score
    shared: Shared | None
    may_create: bool
    create_hint: str
    groups: list[Group]
    kinds: list[KindOption]
    timeline: TimelineView
    others: str


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which page is wanted, with links where, and which kind its timeline shows."""

    view: View
    pages_url: str
    kind: str = ""


#: Rows of a glance.
_GLANCE_ROWS = 6


def of_opening(database: Database, opening: Opening, pages_url: str) -> Card:
    """The card of a frame that opens: its people are known, its features were just read."""
    with database.asking(opening.org.id) as session:
        found = version(session, opening.frame.claims)
        admitted = Admitted(found, opening.features)
        wanted = _Wanted(view_of(opening.envelope), pages_url)
        return _assemble(session, opening.frame, opening.people, admitted, wanted)


def of_frame(
    database: Database, frame: Frame, pages_url: str, *, view: View = View.CARD, kind: str = ""
) -> Card:
    """The card of an open frame, as it is now."""
    with database.reading(frames.org_id_of(frame)) as session:
        admitted = frames.admit(session, frame)
        people = people_of_records(session, frame.claims.people)
        wanted = _Wanted(view, pages_url, asked_for(kind))
        return _assemble(session, frame, people, admitted, wanted)


def timeline_of_frame(
    database: Database, frame: Frame, *, kind: str = "", before: str = ""
) -> TimelineView:
    """A page of an open frame's timeline.

    Raises:
        CursorError: ``before`` is none of ours.
    """
    with database.reading(frames.org_id_of(frame)) as session:
        frames.admit(session, frame)
        people = people_of_records(session, frame.claims.people)
        return read_timeline(
            session, frame, people, _reader(frame), kind=asked_for(kind), before=before
        )


def _reader(frame: Frame) -> Reader:
    return reader_of(frame.claims.time_zone, frame.claims.locale, utcnow())


def _assemble(
    session: TenantReads,
    frame: Frame,
    people: Mapping[str, UUID],
    admitted: Admitted,
    wanted: _Wanted,
) -> Card:
    reader, ids = _reader(frame), list(dict.fromkeys(people.values()))
    total = summary(session, ids, today=reader.now.date(), since=since_of(frame))
    return Card(
        view=wanted.view,
        version=admitted.version.tag,
        notice=_notice(admitted),
        score=_score(total, reader),
        shared=sharing.of_record(session, frame, people, reader, wanted.pages_url),
        may_create=Feature.CREATE_DESTINATION in admitted.features,
        create_hint=_create_hint(frame),
        groups=groups_of(memberships(session, ids), frame, people, reader),
        kinds=_kinds(total, wanted.kind),
        timeline=_timeline(session, frame, people, reader, wanted),
        others=_others(frame),
    )


def _timeline(
    session: TenantReads,
    frame: Frame,
    people: Mapping[str, UUID],
    reader: Reader,
    wanted: _Wanted,
) -> TimelineView:
    """The first page; of a glance a few rows, and no further."""
    if wanted.view is View.GLANCE:
        few = read_timeline(session, frame, people, reader, limit=_GLANCE_ROWS)
        return replace(few, before="")
    return read_timeline(session, frame, people, reader, kind=wanted.kind)


def _notice(admitted: Admitted) -> str:
    """What a rep should know of the connection: what is shown is complete, what is sent is not."""
    writes = Feature.ACTIVITY_TO_SALESFORCE in admitted.features
    if not writes or admitted.version.connection is not ConnectionState.RECONNECT_NEEDED:
        return ""
    return _(
        "Activities wait: the connection to Salesforce is lost. Ask your admin to connect again."
    )


def _score(total: Summary, reader: Reader) -> Score:
    if total.last_engaged_at is None:
        line = _("No engagement yet")
    else:
        events = ngettext("%(n)d event in 30 days", "%(n)d events in 30 days", total.total_30d)
        last = _("last activity: %(day)s") % {"day": reader.day(total.last_engaged_at)}
        line = f"{events % {'n': total.total_30d}} · {last}"
    return Score(total.score, _(total.label), total.score >= _HIGH, line, draw(total.sparkline))


#: From here on the score is set off by colour too.
_HIGH = 40


def _kinds(total: Summary, chosen: str) -> list[KindOption]:
    found = sorted({*total.kinds, *([chosen] if chosen else [])})
    if not found:
        return []
    named = [KindOption(kind, _(facts_of(kind).label)) for kind in found]
    return [KindOption("", _("All activity")), *sorted(named, key=lambda option: option.label)]


def _create_hint(frame: Frame) -> str:
    match frame.claims.sobject:
        case SObject.OPPORTUNITY | SObject.ACCOUNT:
            return _("One page for these people, with a link for each, so you see who looks at it.")
        case _:
            return _("A page for this person, with a link of their own, so you see when they look.")


def _others(frame: Frame) -> str:
    """People who are not named: those beyond the user's rights, and those beyond the page."""
    told = []
    if hidden := frame.claims.others:
        text = ngettext(
            "and %(n)d more person you can't see in Salesforce",
            "and %(n)d more people you can't see in Salesforce",
            hidden,
        )
        told.append(text % {"n": hidden})
    if more := frame.names.more:
        text = ngettext(
            "%(n)d further contact is not counted here",
            "%(n)d further contacts are not counted here",
            more,
        )
        told.append(text % {"n": more})
    return " · ".join(told)
