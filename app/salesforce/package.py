"""What the package holds, in words of its own: objects, fields, the first release of each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NewType

Release = NewType("Release", tuple[int, int])
FIRST_RELEASE = Release((0, 1))
#: The object that Destinations are written to, without a namespace.
DESTINATION = "Inlay_Destination__c"
#: ``GET`` with a user's token tells who that is, and the package's version (class InlayMe).
ME = "inlay/me"


class ActivityField(StrEnum):
    """The fields that the package puts on Activity (and so on Task and Event)."""

    KEY = "Inlay_Key__c"
    KIND = "Inlay_Kind__c"
    OCCURRED_AT = "Inlay_Occurred_At__c"
    CONFIDENCE = "Inlay_Confidence__c"
    LINK = "Inlay_Link__c"


class PersonField(StrEnum):
    """The fields that the package puts on Contact and on Lead, but for the formula that links."""

    SCORE = "Inlay_Score__c"
    LAST_ENGAGED = "Inlay_Last_Engaged__c"
    SYNC_STATE = "Inlay_Sync_State__c"


class DestinationField(StrEnum):
    """The fields of the package's own object; its name field is the standard ``Name``."""

    EXTERNAL_ID = "External_Id__c"
    LINK = "Link__c"
    STATE = "State__c"
    VIEWS = "Views__c"
    VIEWERS = "Viewers__c"
    LAST_VIEWED = "Last_Viewed__c"
    ACCOUNT = "Account__c"
    CONTACT = "Contact__c"
    LEAD = "Lead__c"
    OPPORTUNITY = "Opportunity__c"


#: What came after the first release: "Object.Field__c" -> the release it came with.
LATER: Mapping[str, Release] = {}


def since(name: str) -> Release:
    """The release that a field (``Contact.Inlay_Score__c``, bare) came with."""
    return LATER.get(name, FIRST_RELEASE)
