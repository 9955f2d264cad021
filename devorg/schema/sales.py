"""Opportunity and its contact roles (field facts: public object reference)."""

from __future__ import annotations

from dataclasses import replace

from devorg.schema.fields import (
    SObject,
    area,
    create_only,
    lookup_key,
    number,
    picklist,
    read_only,
    reference,
    required,
    system_fields,
    text,
    typed,
    with_default,
)
from devorg.schema.people import OWNER, SOURCES

# Stage -> (probability in percent, closed, won).
STAGES: dict[str, tuple[int, bool, bool]] = {
    "Prospecting": (10, False, False),
    "Qualification": (20, False, False),
    "Needs Analysis": (30, False, False),
    "Value Proposition": (50, False, False),
    "Proposal/Price Quote": (70, False, False),
    "Negotiation/Review": (85, False, False),
    "Closed Won": (100, True, True),
    "Closed Lost": (0, True, False),
}
ROLES = (
    "Business User", "Decision Maker", "Economic Buyer", "Evaluator", "Executive Sponsor",
    "Influencer", "Technical Buyer", "Other",
)  # fmt: skip

OPPORTUNITY = SObject(
    "Opportunity", "Opportunity", "Opportunities", "006",
    (
        *system_fields("Opportunity"),
        reference("AccountId", "Account ID", "Account"),
        replace(lookup_key(required(text("Name", "Name", 120))), name_field=True),
        area("Description", "Description", 32000),
        required(picklist("StageName", "Stage", tuple(STAGES))),
        number("currency", "Amount", "Amount", 18, 2),
        replace(number("percent", "Probability", "Probability (%)", 3, 0), defaulted=True),
        required(typed("date", "CloseDate", "Close Date")),
        picklist("Type", "Opportunity Type", ("Existing Business", "New Business")),
        text("NextStep", "Next Step", 255),
        picklist("LeadSource", "Lead Source", SOURCES),
        read_only(typed("boolean", "IsClosed", "Closed")),
        read_only(typed("boolean", "IsWon", "Won")),
        OWNER,
        create_only(reference("ContactId", "Contact ID", "Contact")),
        read_only(typed("date", "LastActivityDate", "Last Activity")),
    ),
)  # fmt: skip

OPPORTUNITY_CONTACT_ROLE = SObject(
    "OpportunityContactRole", "Opportunity Contact Role", "Opportunity Contact Role", "00K",
    (
        *system_fields("Contact Role"),
        create_only(required(reference("OpportunityId", "Opportunity ID", "Opportunity"))),
        required(reference("ContactId", "Contact ID", "Contact")),
        picklist("Role", "Role", ROLES, length=40),
        with_default(typed("boolean", "IsPrimary", "Primary"), False),
    ),
    sharing="opportunity",
)  # fmt: skip
