"""Salesforce record ids: 15 characters that depend on case, or 18 with a checksum that does not.

Source: Salesforce Help, "Convert 15-character IDs to 18-character IDs": each of the three added
characters stands for five of the original, one bit (lowest first) per upper-case letter.
"""

from __future__ import annotations

import re

_ID = re.compile(r"[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?", re.ASCII)
_CHECKSUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_UPPER_BITS = {
    code: "1" if chr(code).isupper() else "0" for code in range(128) if chr(code).isalnum()
}

CONTACT, OPPORTUNITY, LEAD, ACCOUNT = "Contact", "Opportunity", "Lead", "Account"

# The objects whose record pages the widget knows, by key prefix (same in every org).
SOBJECT_BY_PREFIX = {"003": CONTACT, "006": OPPORTUNITY, "00Q": LEAD, "001": ACCOUNT}
USER_PREFIX = "005"
ORGANIZATION_PREFIX = "00D"


def to_18(record_id: str) -> str:
    """The 18-character form of a 15- or 18-character id.

    Raises ValueError for any other text, and for 18 characters whose checksum does not fit.
    """
    if not isinstance(record_id, str) or _ID.fullmatch(record_id) is None:
        raise ValueError("not a Salesforce id")
    short = record_id[:15]
    bits = short.translate(_UPPER_BITS)
    full = (
        short
        + _CHECKSUM[int(bits[4::-1], 2)]
        + _CHECKSUM[int(bits[9:4:-1], 2)]
        + _CHECKSUM[int(bits[14:9:-1], 2)]
    )
    if len(record_id) == 18 and record_id != full:
        raise ValueError("the checksum of this Salesforce id does not fit")
    return full


def sobject_of(id18: str) -> str | None:
    """The object an id belongs to, by its key prefix; None for objects the widget does not show."""
    return SOBJECT_BY_PREFIX.get(id18[:3])
