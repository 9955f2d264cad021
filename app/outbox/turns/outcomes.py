"""What each answer of Salesforce means for a row: wait, retry, or a person must act.

The one table of error codes. Source of the codes: Salesforce's API documentation of status codes
and the error bodies of the REST and composite resources.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.salesforce.refusals import Refusal

#: Verdicts about one row or record; all others may be about everything of the kind (``breakers``).
ABOUT_THE_ROW = frozenset(
    {"record_gone", "lead_converted", "duplicate", "several_matches", "unsure", "record_locked"}
)
#: The org rests since Inlay's own budget of calls is spent (``app.salesforce.budget``).
BUDGET_SPENT = "budget_spent"


class Course(StrEnum):
    """What happens next with a row that was not delivered."""

    WAIT = "wait"  # the whole org rests: Salesforce is down, a limit or the storage is reached
    RETRY = "retry"  # this row again, later: a lock, a timeout, somebody's trigger over its limits
    PERSON = "person"  # only somebody can cure it: a rule, a right, a mapping


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an error means: what happens next, why, and in words for an admin.

    ``is_load``: the batch was too much for the org's automation, the next one is half as large.
    """

    course: Course
    reason: str
    words: str
    is_load: bool = False


_LOCK = Verdict(
    Course.RETRY, "record_locked", "Somebody else was changing the same record.", is_load=True
)
_TRIGGER_LIMIT = Verdict(
    Course.RETRY,
    "automation_limit",
    "Automation in the org ran into its limits while saving the activity.",
    is_load=True,
)
_TIMEOUT = Verdict(
    Course.RETRY, "salesforce_timeout", "Salesforce took too long to save it.", is_load=True
)
_ROLLED_BACK = Verdict(
    Course.RETRY, "rolled_back", "It was undone together with another row.", is_load=True
)
_LIMIT = Verdict(
    Course.WAIT, "limit_reached", "The org has used up its API requests of the last 24 hours."
)
_BUSY = Verdict(
    Course.WAIT, "salesforce_slow", "Too many long requests ran in the org at the same time."
)
_STORAGE = Verdict(
    Course.WAIT, "storage_full", "The org's data storage is full; an admin must make room."
)
_DOWN = Verdict(Course.WAIT, "salesforce_down", "Salesforce is not available at the moment.")
_RULE = Verdict(
    Course.PERSON, "validation_rule", "A validation rule or trigger of the org refused it."
)
_AUTOMATION = Verdict(Course.PERSON, "automation_failed", "Automation in the org failed on it.")
_RIGHT = Verdict(
    Course.PERSON, "right_missing", "The integration user lacks a right that this needs."
)
#: All activities of the org suffer, not this row alone.
FIELD_MISSING = "field_missing"
_FIELD = Verdict(
    Course.PERSON, FIELD_MISSING, "The org lacks a field of the package or hides it from Inlay."
)
#: Tasks or events as a whole are kept from Inlay's user: no upgrade of the package cures that.
HIDDEN = Verdict(
    Course.PERSON,
    "right_missing",
    "The integration user may not see activities at all: a permission set is missing.",
)
_REQUIRED = Verdict(
    Course.PERSON, "required_field", "The org requires a field that Inlay does not fill."
)
_VALUE = Verdict(Course.PERSON, "bad_value", "The org does not take a value of it.")
_GONE = Verdict(
    Course.PERSON, "record_gone", "The contact, lead or opportunity was deleted or merged."
)
_CONVERTED = Verdict(
    Course.PERSON, "lead_converted", "The lead was converted; link the person to the contact."
)
_DUPLICATE = Verdict(
    Course.PERSON, "duplicate", "A duplicate rule or a unique field of the org refused it."
)
_SEVERAL = Verdict(
    Course.PERSON, "several_matches", "More than one activity carries the same Inlay key."
)
#: The row goes again, Assigned To the default owner.
OWNER_UNFIT = "owner_unfit"
_OWNER = Verdict(
    Course.RETRY,
    OWNER_UNFIT,
    "The user it was assigned to is inactive or cannot own it; the default owner takes it over.",
)
_UNKNOWN = Verdict(Course.RETRY, "unknown_error", "Salesforce refused it with an unknown error.")

_OVER_LIMITS = re.compile(
    r"CPU time limit|Too many (SOQL|DML|query)|LIMIT_EXCEEDED|System\.LimitException"
    r"|heap size|UNABLE_TO_LOCK_ROW",
    re.IGNORECASE,
)

# A user without the right to create, under the code of a trigger that failed.
_NO_RIGHT = re.compile(r"\bentity type cannot be (?:inserted|updated)\b", re.IGNORECASE)

#: Codes whose message tells a limit of the org's automation from a refusal.
_AUTOMATION_CODES = frozenset(
    {
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
        "CANNOT_EXECUTE_FLOW_TRIGGER",
        "APEX_ERROR",
        "FIELD_CUSTOM_VALIDATION_EXCEPTION",
    }
)

VERDICTS: Mapping[str, Verdict] = {
    "UNABLE_TO_LOCK_ROW": _LOCK,
    "LOCK_ERROR": _LOCK,
    "QUERY_TIMEOUT": _TIMEOUT,
    "REQUEST_RUNNING_TOO_LONG": _TIMEOUT,
    "PROCESSING_HALTED": _ROLLED_BACK,
    "ALL_OR_NONE_OPERATION_ROLLED_BACK": _ROLLED_BACK,
    "TXN_SECURITY_METERING_ERROR": _TRIGGER_LIMIT,
    "LIMIT_EXCEEDED": _TRIGGER_LIMIT,
    "REQUEST_LIMIT_EXCEEDED": _LIMIT,
    "STORAGE_LIMIT_EXCEEDED": _STORAGE,
    "SERVER_UNAVAILABLE": _DOWN,
    "UNKNOWN_EXCEPTION": _DOWN,
    "INVALID_SESSION_ID": Verdict(
        Course.WAIT, "session_over", "Salesforce no longer takes Inlay's session."
    ),
    "API_CURRENTLY_DISABLED": Verdict(
        Course.WAIT, "api_not_allowed", "The org does not allow API calls at the moment."
    ),
    "API_DISABLED_FOR_ORG": Verdict(
        Course.WAIT, "api_not_allowed", "The org's edition or user has no API access."
    ),
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": _RULE,
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": _AUTOMATION,
    "CANNOT_EXECUTE_FLOW_TRIGGER": _AUTOMATION,
    "APEX_ERROR": _AUTOMATION,
    "INVALID_FIELD_FOR_INSERT_UPDATE": _RIGHT,
    "CANNOT_UPDATE_ENTITY": _RIGHT,
    "INACTIVE_OWNER_OR_USER": _OWNER,
    "OPERATION_WITH_INVALID_USER_TYPE_EXCEPTION": _OWNER,
    "INVALID_FIELD": _FIELD,
    "INVALID_TYPE": _FIELD,
    "NOT_FOUND": _FIELD,
    "REQUIRED_FIELD_MISSING": _REQUIRED,
    "STRING_TOO_LONG": _VALUE,
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": _VALUE,
    "JSON_PARSER_ERROR": _VALUE,
    "INVALID_TYPE_ON_FIELD_IN_RECORD": _VALUE,
    "NUMBER_OUTSIDE_VALID_RANGE": _VALUE,
    "FIELD_INTEGRITY_EXCEPTION": _VALUE,
    "INVALID_EMAIL_ADDRESS": _VALUE,
    "MALFORMED_ID": _GONE,
    "ENTITY_IS_DELETED": _GONE,
    "INVALID_CROSS_REFERENCE_KEY": _GONE,
    "CANNOT_UPDATE_CONVERTED_LEAD": _CONVERTED,
    "CANNOT_REFERENCE_CONVERTED_LEAD": _CONVERTED,
    "DUPLICATES_DETECTED": _DUPLICATE,
    "DUPLICATE_VALUE": _DUPLICATE,
    "DUPLICATE_EXTERNAL_ID": _SEVERAL,
}

#: Why a whole org rests, in words for an admin; the rows keep their order and lose nothing.
PAUSES: Mapping[str, str] = {
    BUDGET_SPENT: "Inlay has spent its own budget of API calls of the last 24 hours here.",
    "limit_reached": _LIMIT.words,
    "storage_full": _STORAGE.words,
    "salesforce_down": _DOWN.words,
    "salesforce_slow": "Salesforce did not answer in time.",
    FIELD_MISSING: "The package is another than before: Inlay asks the org what it has now.",
    "reconnect_needed": "Inlay has lost its access: an admin has to connect the org again.",
    "session_over": "Salesforce does not take Inlay's session; a new one is fetched.",
    "api_not_allowed": "The org's edition or the integration user has no API access.",
    "ip_not_allowed": "The org's IP rules refuse calls from Inlay.",
    "app_not_approved": "The connected app is not approved for the integration user.",
    "package_missing": "The package lacks a field that it should have; it has to be upgraded.",
    "wrong_org": "The credentials belong to another org; connect again.",
    "foreign_host": "The org's address is no address of Salesforce's.",
    "request_refused": "Salesforce refused the request as a whole.",
    "rolled_back": _ROLLED_BACK.words,
    "feature_off": "Writing activities to Salesforce is switched off for this org.",
    "no_closed_status": "No task status of the org counts as closed; an admin has to make one.",
    "roles_unread": "New people kept turning up while contact roles were read.",
    "internal_error": "A mistake of Inlay's own; it is in the log and will be tried again.",
}

UNSURE = Verdict(
    Course.PERSON,
    "unsure",
    "Inlay cannot tell whether it reached Salesforce; look at the record before sending it again.",
)
TOO_OFTEN = "It was tried as often as is sensible."


def judge(refusal: Refusal) -> Verdict:
    """What an error of one row, or of one collection, means."""
    if "converted lead" in refusal.text.lower():
        return _CONVERTED
    if refusal.code == "INVALID_CROSS_REFERENCE_KEY" and "OwnerId" in refusal.fields:
        return _OWNER
    if _NO_RIGHT.search(refusal.text):
        return _RIGHT
    if refusal.code in _AUTOMATION_CODES and _OVER_LIMITS.search(refusal.text):
        return _TRIGGER_LIMIT
    if refusal.code == "REQUEST_LIMIT_EXCEEDED" and "concurrent" in refusal.text.lower():
        return _BUSY
    if refusal.code.startswith("INSUFFICIENT_ACCESS"):
        return _RIGHT
    return VERDICTS.get(refusal.code, _UNKNOWN)


#: Salesforce's words where the record that holds the value is not for us to see.
_HIDDEN = "<unknown> duplicates value on record with id: <unknown>"


def is_hidden_duplicate(refusal: Refusal) -> bool:
    """Whether a record that we may not see holds a value; which field, Salesforce does not say."""
    return refusal.code == "DUPLICATE_VALUE" and _HIDDEN in refusal.text


_EXISTING_ID = re.compile(r"\bid:?\s*([a-zA-Z0-9]{18}|[a-zA-Z0-9]{15})\b")


def existing_id(refusal: Refusal, key_field: str | None) -> str | None:
    """The activity that already carries our key, when this is what DUPLICATE_VALUE says."""
    if refusal.code != "DUPLICATE_VALUE" or key_field is None:
        return None
    if key_field not in refusal.fields and key_field not in refusal.text:
        return None
    found = _EXISTING_ID.search(refusal.text)
    return found.group(1) if found else None
