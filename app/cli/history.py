"""A believable history for the demo: the same people always get the same story."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.clock import utcnow
from app.crm.schemas import ContactFacts, person_key
from app.engagement.confidence import Reason
from app.engagement.intake import NewEvent
from app.engagement.kinds import Kind
from app.engagement.memberships import NewMembership, PersonMemberships
from app.engagement.models import Confidence, MembershipKind, Source

_DAYS = 75
_SITE = "https://www.example.com"
_MAILS = (
    "Your onboarding plan, step by step",
    "What changed in the November release",
    "How Fabrikam cut review time in half",
    "Three questions before you renew",
    "Invitation: working session on roll-out",
)
_PAGES = ("/pricing", "/security", "/customers/fabrikam", "/docs/getting-started", "/integrations")
_REACTIONS = ((Kind.EMAIL_OPENED, 1.4), (Kind.EMAIL_CLICKED, 0.8), (Kind.EMAIL_REPLIED, 0.3))
_LISTS = ("Newsletter", "Product updates", "Security reviewers", "Webinar guests")
_WORKFLOWS = ("Trial nurture", "Renewal in 90 days", "New stakeholder welcome")
_CAMPAIGNS = ("Autumn launch", "Road show", "Customer council")


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of a customer's company."""

    facts: ContactFacts
    company: str

    @property
    def warmth(self) -> float:
        """How much they engage, 0 to 1."""
        return _dice(self, "warmth").betavariate(2.4, 1.8)


def _dice(person: Colleague, purpose: str) -> random.Random:
    seed = f"{person.facts.salesforce_id}/{purpose}"
    return random.Random(seed)  # noqa: S311  # nosec B311  # a story, not a secret


def events_of(people: Sequence[Colleague]) -> list[NewEvent]:
    """What these people did in the past weeks, oldest first."""
    now = utcnow()
    events = [event for person in people for event in _story(person, now)]
    return sorted(events, key=lambda event: event.occurred_at)


def _story(person: Colleague, now: datetime) -> Iterator[NewEvent]:
    dice = _dice(person, "story")
    for week in range(_DAYS // 7):
        sent = _at_work(now - timedelta(days=_DAYS - 7 * week), dice)
        yield from _mail(person, dice, sent, now)
    for number in range(int(person.warmth * 20)):
        when = _at_work(now - timedelta(days=1 + _DAYS * dice.random() ** 2), dice)
        page = dice.choice(_PAGES)
        title = page.rsplit("/", 1)[-1].replace("-", " ").capitalize()
        yield _event(person, f"page-{number}", Kind.PAGE_VISIT, when, title, _SITE + page)
    yield from _talk(person, dice, now)


def _at_work(day: datetime, dice: random.Random) -> datetime:
    """A moment of that day's working hours, in whole minutes; a weekend becomes its Friday."""
    day -= timedelta(days=max(0, day.weekday() - 4))
    hour, minute = dice.randint(8, 16), dice.randint(0, 59)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


def _mail(
    person: Colleague, dice: random.Random, sent: datetime, now: datetime
) -> Iterator[NewEvent]:
    subject = dice.choice(_MAILS)
    name = f"{sent:%Y%m%d%H}"
    yield _event(person, f"sent-{name}", Kind.EMAIL_SENT, sent, subject)
    if dice.random() < 0.12:  # a gateway follows every link within seconds
        yield _event(
            person, f"scan-{name}", Kind.EMAIL_CLICKED, sent + timedelta(seconds=4), subject,
            _SITE + "/pricing", scanner=True,
        )  # fmt: skip
    chance, moment = person.warmth, sent
    for kind, odds in (
        (Kind.EMAIL_OPENED, 1.4),
        (Kind.EMAIL_CLICKED, 0.8),
        (Kind.EMAIL_REPLIED, 0.3),
    ):
        moment += timedelta(minutes=dice.uniform(4, 90))
        if dice.random() > chance * odds or moment > now:
            return
        url = _SITE + dice.choice(_PAGES) if kind is Kind.EMAIL_CLICKED else ""
        yield _event(person, f"{kind}-{name}", kind, moment, subject, url)


def _talk(person: Colleague, dice: random.Random, now: datetime) -> Iterator[NewEvent]:
    for kind, odds, subject in (
        (Kind.FORM_SUBMITTED, 0.8, "Request for a security questionnaire"),
        (Kind.CALL, 0.7, "Questions about roll-out"),
        (Kind.MEETING, 0.5, "Working session with the project team"),
    ):
        if dice.random() < person.warmth * odds:
            when = _at_work(now - timedelta(days=dice.uniform(2, 30)), dice)
            yield _event(person, str(kind), kind, when, subject)


def _event(
    person: Colleague,
    name: str,
    kind: Kind,
    when: datetime,
    subject: str,
    url: str = "",
    *,
    scanner: bool = False,
) -> NewEvent:
    return NewEvent(
        id=f"demo-{person.facts.salesforce_id}-{name}",
        kind=kind.value,
        occurred_at=when,
        person=person_key(email=person.facts.email, salesforce_id=person.facts.salesforce_id),
        subject=subject,
        url=url,
        confidence=Confidence.LIKELY_SCANNER if scanner else Confidence.HUMAN,
        confidence_reason=Reason.TOO_FAST if scanner else "",
        source=Source.IMPORT,
    )


def memberships_of(people: Sequence[Colleague]) -> list[PersonMemberships]:
    """Lists, workflows, campaigns and pending e-mails of these people."""
    return [_memberships(person) for person in people]


def _memberships(person: Colleague) -> PersonMemberships:
    dice = _dice(person, "memberships")
    since = utcnow() - timedelta(days=dice.uniform(10, 200))
    pending = (NewMembership("Invitation: working session on roll-out", status="Tomorrow, 9:00"),)
    return PersonMemberships(
        person_key(email=person.facts.email, salesforce_id=person.facts.salesforce_id),
        {
            MembershipKind.LIST: [
                NewMembership(name, since=since) for name in dice.sample(_LISTS, dice.randint(1, 2))
            ],
            MembershipKind.WORKFLOW: [NewMembership(dice.choice(_WORKFLOWS), status="Step 2 of 4")],
            MembershipKind.CAMPAIGN: [
                NewMembership(name, status="Sent") for name in dice.sample(_CAMPAIGNS, 1)
            ],
            MembershipKind.PENDING_EMAIL: pending if dice.random() < 0.4 else (),
        },
    )
