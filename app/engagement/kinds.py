"""Kinds of engagement: what they are called, how they look, what they weigh.

The vendor's backend may send kinds of its own, with a dot in their name
(``custom.webinar_joined``); they get a label made of their name and a middling weight. A name
without a dot that nobody knows is a typo: it would be lost to score and delivery without a word.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

#: The form of a kind's name, for known and custom ones.
KIND_PATTERN = r"^[a-z0-9_]+(\.[a-z0-9_]+)*$"
#: The form of kinds that others make: the dot keeps them apart from ours.
OTHERS_KIND_PATTERN = r"^[a-z0-9_]+(\.[a-z0-9_]+)+$"
MAX_KIND = 64
_FORM, _OTHERS_FORM = re.compile(KIND_PATTERN), re.compile(OTHERS_KIND_PATTERN)


class Kind(StrEnum):
    """Kinds that Inlay knows: engagement as the timeline shows it."""

    EMAIL_SENT = "email_sent"
    EMAIL_OPENED = "email_opened"
    EMAIL_CLICKED = "email_clicked"
    EMAIL_REPLIED = "email_replied"
    FORM_SUBMITTED = "form_submitted"
    PAGE_VISIT = "page_visit"
    CALL = "call"
    MEETING = "meeting"
    DESTINATION_VISIT = "destination_visit"


class Step(StrEnum):
    """Kinds of steps within a visit to a Destination; folded into it."""

    VIEW = "view"
    BLOCK_SEEN = "block_seen"
    LINK_CLICKED = "link_clicked"
    DOCUMENT_OPENED = "document_opened"
    FORM_SENT = "form_sent"


#: Kinds that only our own pages may tell of; an API that took them could forge visits.
OWN_KINDS = frozenset({Kind.DESTINATION_VISIT.value, *(step.value for step in Step)})


@dataclass(frozen=True, slots=True)
class KindFacts:
    """What is known of a kind.

    Attributes:
        label: Short English name, a translatable message.
        icon: Name of the icon in the widget.
        points: What one event adds to the score before decay.
        engages: Whether the person did it (a sent e-mail is ours, not theirs).
    """

    label: str
    icon: str
    points: float
    engages: bool = True


FACTS: Mapping[str, KindFacts] = {
    Kind.EMAIL_SENT: KindFacts("E-mail sent", "email", 0, engages=False),
    Kind.EMAIL_OPENED: KindFacts("E-mail opened", "email_open", 1),
    Kind.EMAIL_CLICKED: KindFacts("E-mail link clicked", "click", 4),
    Kind.EMAIL_REPLIED: KindFacts("E-mail answered", "reply", 15),
    Kind.FORM_SUBMITTED: KindFacts("Form submitted", "form", 15),
    Kind.PAGE_VISIT: KindFacts("Page visited", "page", 2),
    Kind.CALL: KindFacts("Call", "call", 10),
    Kind.MEETING: KindFacts("Meeting", "meeting", 20),
    Kind.DESTINATION_VISIT: KindFacts("Destination visited", "visit", 8),
}

STEP_LABELS: Mapping[str, str] = {
    Step.VIEW: "Page viewed",
    Step.BLOCK_SEEN: "Block seen",
    Step.LINK_CLICKED: "Link clicked",
    Step.DOCUMENT_OPENED: "Document opened",
    Step.FORM_SENT: "Form sent",
}

#: Known kinds that an API may send.
TAKEN_KINDS = tuple(kind.value for kind in Kind if kind.value not in OWN_KINDS)

_CUSTOM_POINTS = 3.0


def asked_for(kind: str) -> str:
    """A kind as somebody asks for it; "" (everything) when it is none."""
    return kind if len(kind) <= MAX_KIND and _FORM.fullmatch(kind) else ""


def why_not_taken(kind: str) -> str:
    """Why an API may not send this kind, and what to send instead; "" when it may."""
    if kind in OWN_KINDS:
        return "is a kind that only Inlay's own pages tell of"
    if len(kind) > MAX_KIND:
        return f"must not be longer than {MAX_KIND} characters"
    if kind in TAKEN_KINDS or _OTHERS_FORM.fullmatch(kind):
        return ""
    (close,) = difflib.get_close_matches(kind.lower(), TAKEN_KINDS, 1) or [""]
    hint = f"; did you mean {close}?" if close else ""
    return (
        f"must be {', '.join(TAKEN_KINDS)}, or a kind of your own with a dot between lower-case "
        f"letters, digits and underscores, such as custom.webinar_joined{hint}"
    )


def facts_of(kind: str) -> KindFacts:
    """What is known of a kind; of a custom one, what its name tells."""
    return FACTS.get(kind) or KindFacts(_label_of_custom(kind), "custom", _CUSTOM_POINTS)


def label(kind: str) -> str:
    """Short English name of a kind or step."""
    return STEP_LABELS.get(kind) or facts_of(kind).label


def engages(kind: str) -> bool:
    """Whether events of this kind are something that the person did."""
    return facts_of(kind).engages


def _label_of_custom(kind: str) -> str:
    words = kind.removeprefix("custom.").replace(".", " ").replace("_", " ").split()
    return " ".join(words).capitalize() or kind
