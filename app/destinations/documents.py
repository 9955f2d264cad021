"""The papers of the default template: short, and true of any seller."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from app.web.i18n import _


class Paper(msgspec.Struct, frozen=True):
    """A document of a template: label, a line of what it is, Markdown; all with merge fields."""

    label: str
    note: str = ""
    markdown: str = ""


def default_documents() -> Sequence[Paper]:
    """Those that every seller can send."""
    return (
        Paper(
            _("How we work together"),
            _("The way from here to a decision, step by step"),
            _steps(),
        ),
        Paper(
            _("Questions worth asking us"),
            _("A checklist to take into the next talk"),
            _questions(),
        ),
    )


def _steps() -> str:
    return _(
        "{{company|We}} and {{account|you}} each have a part in this. A plan that both "
        "have agreed on keeps it short.\n\n"
        "## The steps\n\n"
        "1. **Understand.** You tell us what has to change, for whom, and by when.\n"
        "2. **Show.** We show how that looks, with your own examples.\n"
        "3. **Check.** The people who have to agree ask what they need to ask: use, "
        "security, data protection, cost.\n"
        "4. **Decide.** You decide, with all answers in writing.\n"
        "5. **Begin.** A start date, and a name on each side.\n\n"
        "## What helps\n\n"
        "- One person on each side who knows where things stand.\n"
        "- A date for the next step, agreed at the end of each talk.\n"
        "- A clear “no” as early as possible, if it is one."
    )


def _questions() -> str:
    return _(
        "Good questions save time on both sides. These are asked by teams who decide "
        "well; strike out those that do not matter to {{account|you}}.\n\n"
        "## Use\n\n"
        "- Who will work with it every day, and what changes for them?\n"
        "- What has to be in place before we can begin?\n"
        "- How will we know after three months that it was right?\n\n"
        "## Safety\n\n"
        "- Which of our data is touched, where is it kept, and for how long?\n"
        "- Who can see it, and how do we get it back?\n\n"
        "## Cost\n\n"
        "- What is the full price in the first year, and what in the second?\n"
        "- What does it cost us in time?\n\n"
        "Send your answers or further questions to {{rep|us}}."
    )
