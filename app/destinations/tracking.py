"""From what a page tells to a visit: nothing is believed that the page does not really hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urljoin
from uuid import UUID

from app.crm import service as crm
from app.db import TenantSession
from app.destinations.beacons import Beacon, PageStep, StepName
from app.destinations.counting import count, forget_viewer
from app.destinations.door import Entry
from app.destinations.forms import Message
from app.destinations.page import Page, read_page
from app.destinations.passes import Passed
from app.destinations.tokens import preview_url
from app.engagement import refusals, visits
from app.engagement.confidence import Behaviour, judge
from app.engagement.kinds import Step
from app.engagement.models import Visit
from app.engagement.ports import Recorded
from app.engagement.visits import NewStep, Place

#: A page that was visible for less was not looked at.
FIRST_VIEW_MS = 1000
#: Steps of one page load that are kept; nobody does more.
MOST_STEPS = 500

_ACTS = frozenset({StepName.LINK_CLICKED, StepName.DOCUMENT_OPENED})


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who knocks: through which link, with which browser, when, and where the page is.

    ``passed`` is how they came through its gate; None where nothing was asked of them. ``viewer``
    is a code of their address, where it is counted how many look; else "".
    """

    entry: Entry
    user_agent: str
    now: datetime
    pages_url: str
    passed: Passed | None = None
    viewer: str = ""

    @property
    def person_id(self) -> UUID | None:
        """Whose link it is, unless they say that they are somebody else.

        Who that would be is not verified, so nobody's: a stranger never becomes a known person.
        """
        is_other = self.passed is not None and self.passed.email != self.entry.email
        return None if is_other else self.entry.person_id

    @property
    def place(self) -> Place:
        """The address that is kept shows the page without recording whoever follows it."""
        entry = self.entry
        url = preview_url(self.pages_url, entry.token)
        viewer = "" if self.person_id else self.viewer
        return Place(entry.link_id, entry.destination_id, entry.title, url, self._gate(), viewer)

    def _gate(self) -> dict[str, str]:
        passed = self.passed
        if passed is None or passed.objected:
            return {}
        at = passed.at.isoformat(timespec="seconds")
        return {"email": passed.email, "agreed": passed.agreed, "agreed_at": at}


def take_beacon(
    session: TenantSession, visitor: Visitor, beacon: Beacon, recorded: Recorded
) -> Visit | None:
    """Fold a beacon into the visit of its page load; None when nobody looked at the page yet.

    Raises:
        BeaconError: Never; what the page does not hold is left out.
    """
    if beacon.visible < FIRST_VIEW_MS:
        return None
    page = read_page(session, visitor.entry.destination_id) if _has_targets(beacon) else None
    beat = visits.beat(
        session,
        visitor.place,
        visitor=beacon.load,
        person_id=visitor.person_id,
        now=visitor.now,
        steps=list(_steps_of(beacon, page, visitor)),
        visible_seconds_so_far=beacon.visible / 1000,
        judgement=judge(visitor.user_agent, _behaviour(beacon, page)),
    )
    count(session, beat, visitor.now)
    if beacon.bye:
        visits.end(session, beat.visit, now=visitor.now, recorded=recorded)
    return beat.visit


def take_message(
    session: TenantSession, visitor: Visitor, message: Message, recorded: Recorded
) -> Visit:
    """A form that was sent: a step of the page load's visit, or a visit of its own without one.

    Through the general link, and after a refusal, the sender becomes the person of the visit: the
    form says so. A link of somebody's own that was passed on stays theirs; what was written is
    told with the sender's own address.
    """
    owner = None if message.is_refused else visitor.person_id
    place = visitor.place
    if message.is_refused:
        place = replace(place, gate={}, viewer=visitor.viewer)
    written = {"name": message.name, "email": message.email, "message": message.text}
    step = NewStep(
        f"form-{message.form_id}",
        Step.FORM_SENT,
        visitor.now,
        details=written | ({"agreed": message.agreed} if message.agreed else {}),
    )
    beat = visits.beat(
        session,
        place,
        visitor=message.load or f"form-{message.form_id}",
        person_id=owner or _sender(session, message),
        now=visitor.now,
        steps=[step],
        judgement=judge(visitor.user_agent),
    )
    count(session, beat, visitor.now)
    if not message.load:
        visits.end(session, beat.visit, now=visitor.now, recorded=recorded)
    return beat.visit


def take_refusal(session: TenantSession, visitor: Visitor, load: str) -> None:
    """The visitor does not want to be known: the visit of this page load loses its person (X13)."""
    refusal = refusals.refuse(session, link_id=visitor.entry.link_id, visitor=load)
    if refusal is not None:
        forget_viewer(session, refusal.visit, refusal.person_id, visitor.now)


def _sender(session: TenantSession, message: Message) -> UUID:
    return crm.person_for(session, email=message.email, name=message.name).id


def _has_targets(beacon: Beacon) -> bool:
    return any(step.kind is not StepName.VIEW for step in beacon.steps)


def _steps_of(beacon: Beacon, page: Page | None, visitor: Visitor) -> Iterator[NewStep]:
    for step in beacon.steps:
        named = _named(step, page) if step.id <= MOST_STEPS else None
        if named is not None:
            target, label = named
            if step.kind is StepName.LINK_CLICKED:
                target = urljoin(visitor.place.url, target)
            moment = visitor.now - timedelta(milliseconds=max(0, beacon.age - step.at))
            yield NewStep(str(step.id), Step(step.kind.value), moment, target, label)


def _named(step: PageStep, page: Page | None) -> tuple[str, str] | None:
    """Target and label of a step, from the page itself; None when it holds no such thing."""
    if step.kind is StepName.VIEW:
        return "", ""
    if page is None:
        return None
    match step.kind:
        case StepName.BLOCK_SEEN:
            block = page.block_of.get(step.target)
            return (block.id, block.label) if block else None
        case StepName.LINK_CLICKED:
            link = page.link_of.get(step.target)
            return (link.url, link.label) if link else None
        case StepName.DOCUMENT_OPENED:
            document = page.document_of.get(step.target)
            return (document.id, document.label) if document else None


def _behaviour(beacon: Beacon, page: Page | None) -> Behaviour:
    acts = _acts(beacon.steps)
    links = len(page.link_of) + len(page.document_of) if page else 0
    return Behaviour(
        seconds_to_first_click=acts[0].at / 1000 if acts else None,
        links_on_page=links,
        links_clicked=len({step.target for step in acts}),
        click_span_seconds=(acts[-1].at - acts[0].at) / 1000 if acts else None,
        is_automated=beacon.automated,
        visible_seconds=beacon.visible / 1000,
        has_input=beacon.input,
    )


def _acts(steps: Iterable[PageStep]) -> Sequence[PageStep]:
    return sorted((step for step in steps if step.kind in _ACTS), key=lambda step: step.at)
