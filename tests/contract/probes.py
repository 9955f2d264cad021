"""A probe for each open assumption: true, false, or not run with the reason.

A probe answers about the org it is asked of. What the API cannot show says so.
"""

# ruff: noqa: S608 - queries of ids and names that the suite made itself

from __future__ import annotations

from collections.abc import Callable

from tests.contract import jobs
from tests.contract import probes_of_records as records
from tests.contract.assumptions import NOT_RUN, Finding, found
from tests.contract.keys import key_fields
from tests.contract.org import Org, Row
from tests.contract.probes_of_records import codes

Probe = Callable[[Org, Org | None], Finding]
_EVENT = {"StartDateTime": "2026-03-01T10:00:00Z", "DurationInMinutes": 5}
_MISSING_ID = "003000000000000AAA"


def _not_run(reason: str) -> Probe:
    return lambda _org, _limited: Finding(NOT_RUN, reason)


def _activity_key(org: Org) -> str:
    """A unique external id that Task and Event share; empty where there is none."""
    shared = set(key_fields(org, "Task")) & set(key_fields(org, "Event"))
    return min(shared, default="")


_NO_KEY = Finding(NOT_RUN, "needs the package, or another unique external id on Activity")


def key_spans_task_and_event(org: Org, _limited: Org | None) -> Finding:
    """The same key on a Task and on an Event."""
    field = _activity_key(org)
    if not field:
        return _NO_KEY
    key = org.name()
    org.create("Task", Subject=org.name(), **{field: key})
    answer = org.call("POST", "sobjects/Event", {"Subject": org.name(), field: key, **_EVENT})
    if answer.status_code == 201:
        org.note(answer.json()["id"])
        return found(False, f"an Event took the {field} of a Task")
    return found(codes(answer.json()) == {"DUPLICATE_VALUE"}, f"the Event: {answer.json()}")


def key_spans_recycle_bin(org: Org, _limited: Org | None) -> Finding:
    """An upsert by the key of a deleted Task."""
    field = _activity_key(org)
    if not field:
        return _NO_KEY
    key = org.name()
    task = org.create("Task", Subject=org.name(), **{field: key})
    org.call("DELETE", f"sobjects/Task/{task}")
    answer = org.call("PATCH", f"sobjects/Task/{field}/{key}", {"Subject": org.name()})
    if answer.status_code == 201:
        org.note(answer.json()["id"])
        return found(False, "a new Task took the key of a deleted one")
    return found(codes(answer.json()) == {"DUPLICATE_VALUE"}, f"the upsert: {answer.json()}")


def key_spans_archive(org: Org, _limited: Org | None) -> Finding:
    """A new Task with the key of an archived one, if the org has such a one."""
    field = _activity_key(org)
    if not field:
        return _NO_KEY
    soql = f"SELECT {field} FROM Task WHERE IsArchived = true AND {field} != null LIMIT 1"
    archived = org.query(soql, path="queryAll")
    if not archived:
        return Finding(NOT_RUN, f"needs an archived Task with a {field}: a year of history")
    body = {"Subject": org.name(), field: archived[0][field]}
    answer = org.call("POST", "sobjects/Task", body)
    if answer.status_code == 201:
        org.note(answer.json()["id"])
        return found(False, "a new Task took the key of an archived one")
    return found(codes(answer.json()) == {"DUPLICATE_VALUE"}, f"the Task: {answer.json()}")


def activity_fields_in_packaged_sets(org: Org, limited: Org | None) -> Finding:
    """The packaged key of activities, as the user of a packaged permission set sees it."""
    packaged = [name for name in org.fields("Task") if name.endswith("__Inlay_Key__c")]
    if not packaged:
        return Finding(NOT_RUN, "needs the package")
    if limited is None:
        return Finding(NOT_RUN, "needs ORG_LIMITED_TOKEN, of a user with the packaged set alone")
    seen = limited.fields("Task").get(packaged[0], {})
    holds = bool(seen.get("createable") and seen.get("updateable"))
    return found(holds, f"{packaged[0]} {'can' if holds else 'cannot'} be written")


def minimum_access_reads_organization(_org: Org, limited: Org | None) -> Finding:
    """Organization, asked with the token of a user who may see little."""
    if limited is None:
        return Finding(NOT_RUN, "needs ORG_LIMITED_TOKEN, of a minimum-access user")
    answer = limited.call("GET", "query?q=SELECT+Id,Name+FROM+Organization")
    return found(answer.status_code == 200, f"the query answers {answer.status_code}")


def collections_inside_composite(org: Org, _limited: Org | None) -> Finding:
    """The same good and bad rows, alone and inside a composite."""
    org.needs("Task", "createable", "Subject", "WhoId")
    rows = [
        {"attributes": {"type": "Task"}, "Subject": org.name()},
        {"attributes": {"type": "Task"}, "Subject": "x" * 256},
        {"attributes": {"type": "Task"}, "Subject": org.name(), "WhoId": _MISSING_ID},
    ]
    body = {"records": rows, "allOrNone": False}
    alone = org.note_all(org.call("POST", "composite/sobjects", body).json())
    url = f"{org.api}/composite/sobjects"
    part = {"method": "POST", "url": url, "referenceId": "rows", "body": body}
    answer = org.call("POST", "composite", {"compositeRequest": [part], "allOrNone": False})
    inside = org.note_all(answer.json()["compositeResponse"][0]["body"])
    outcomes = [[_outcome(each) for each in results] for results in (alone, inside)]
    return found(outcomes[0] == outcomes[1], f"alone {outcomes[0]}, inside {outcomes[1]}")


def completed_date_time_writable(org: Org, _limited: Org | None) -> Finding:
    """A moment given for a Task that is closed."""
    org.needs("Task", "createable", "Subject", "Status", "CompletedDateTime")
    statuses = org.query("SELECT ApiName FROM TaskStatus WHERE IsClosed = true LIMIT 1")
    body = {
        "Subject": org.name(),
        "Status": statuses[0]["ApiName"],
        "CompletedDateTime": "2026-03-01T10:00:00Z",
    }
    answer = org.call("POST", "sobjects/Task", body)
    if answer.status_code != 201:
        return found(False, f"refused with {', '.join(codes(answer.json()))}")
    task = org.note(answer.json()["id"])
    shown = org.read("Task", task, "CompletedDateTime")["CompletedDateTime"]
    return found(shown == "2026-03-01T10:00:00.000+0000", f"given for March 1, it shows {shown}")


def unknown_field_fails_its_row(org: Org, _limited: Org | None) -> Finding:
    """A collection with a good row, and one with a field that is not there."""
    org.needs("Account", "createable")
    rows = [
        {"attributes": {"type": "Account"}, "Name": org.name()},
        {"attributes": {"type": "Account"}, "Name": org.name(), "Nope__c": 1},
    ]
    answer = org.call("POST", "composite/sobjects", {"records": rows})
    if answer.status_code != 200:
        return found(False, f"the whole call is refused with {answer.status_code}")
    results = org.note_all(answer.json())
    return found([each["success"] for each in results] == [True, False], f"{results}")


def unknown_object_fails_its_row(org: Org, _limited: Org | None) -> Finding:
    """A collection with a good row, and one of an object that is not there."""
    org.needs("Account", "createable")
    rows = [
        {"attributes": {"type": "Account"}, "Name": org.name()},
        {"attributes": {"type": "Nothing__c"}, "Name": org.name()},
    ]
    answer = org.call("POST", "composite/sobjects", {"records": rows})
    if answer.status_code != 200:
        return found(False, f"the whole call is refused with {answer.status_code}")
    results = org.note_all(answer.json())
    return found([_outcome(each) for each in results] == ["ok", "INVALID_TYPE"], f"{results}")


def usage_is_told_with_errors(org: Org, _limited: Org | None) -> Finding:
    """The header of a refused call."""
    answer = org.call("GET", "query?q=SELECT")
    told = "Sforce-Limit-Info" in answer.headers
    return found(told, f"a {answer.status_code} {'has' if told else 'lacks'} Sforce-Limit-Info")


def na_clears_in_bulk(org: Org, _limited: Org | None) -> Finding:
    """A contact's title, by an update of #N/A."""
    contact = org.create("Contact", LastName=org.name(), Title="T")
    _, bad = jobs.outcome(org, jobs.load(org, "update", f"Id,Title\n{contact},#N/A\n"))
    shown = org.read("Contact", contact, "Title")["Title"]
    return found(shown is None, f"the title is {shown!r}; refused rows: {len(bad)}")


def who_by_external_id(org: Org, _limited: Org | None) -> Finding:
    """A Task whose person is named by e-mail in place of an id."""
    org.needs("Task", "createable", "Subject", "WhoId")
    mail = org.mail()
    contact = org.create("Contact", LastName=org.name(), Email=mail)
    who: Row = {"attributes": {"type": "Contact"}, "Email": mail}
    answer = org.call("POST", "sobjects/Task", {"Subject": org.name(), "Who": who})
    if answer.status_code != 201:
        return found(False, f"refused with {', '.join(codes(answer.json()))}")
    task = org.note(answer.json()["id"])
    return found(org.read("Task", task, "WhoId")["WhoId"] == contact, "the Task was made")


def _outcome(result: Row) -> str:
    return "ok" if result["success"] else str(result["errors"][0]["statusCode"])


#: In the order of the table in docs/assumptions.md.
PROBES: dict[str, Probe] = {
    "canvas-frame-messages": _not_run("needs a browser in the org"),
    "key-spans-task-and-event": key_spans_task_and_event,
    "key-spans-recycle-bin": key_spans_recycle_bin,
    "key-spans-archive": key_spans_archive,
    "activity-fields-in-packaged-sets": activity_fields_in_packaged_sets,
    "minimum-access-reads-organization": minimum_access_reads_organization,
    "issued-at-is-low-32-bits": _not_run("needs the package, and a browser in the org"),
    "lifecycle-parameters-merge": _not_run("needs the package, and a browser in the org"),
    "collections-inside-composite": collections_inside_composite,
    "no-trusted-url": _not_run("needs a browser in the org"),
    "package-installs": _not_run("needs a Dev Hub, and an org to install into"),
    "hyperlink-reads-as-anchor": records.hyperlink_reads_as_anchor,
    "run-as-for-a-packaged-app": _not_run("needs the package, and its client id and secret"),
    "completed-date-time-writable": completed_date_time_writable,
    "unknown-field-fails-its-row": unknown_field_fails_its_row,
    "unknown-object-fails-its-row": unknown_object_fails_its_row,
    "usage-is-told-with-errors": usage_is_told_with_errors,
    "na-clears-in-bulk": na_clears_in_bulk,
    "who-by-external-id": who_by_external_id,
    "text-is-counted-in-utf-16": records.text_is_counted_in_utf_16,
    "all-day-event-is-of-its-utc-day": records.all_day_event_is_of_its_utc_day,
    "owner-of-a-lead-tells-whether-active": records.owner_of_a_lead_tells_whether_active,
    "id-tokens-are-issued-by-the-host": records.id_tokens_are_issued_by_the_host,
    "app-is-not-asked-for-consent-again": _not_run("needs a browser in the org"),
    "missing-right-to-create-is-named": records.missing_right_to_create_is_named,
    "deleted-destination-keeps-its-key": records.deleted_destination_keeps_its_key,
    "hidden-holder-is-called-unknown": records.hidden_holder_is_called_unknown,
}
