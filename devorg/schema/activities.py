"""Task and Event, with the fields that the Inlay package puts on Activity.

Facts: public object reference of Task, Event and TaskStatus; one custom field of Activity
appears on both objects.
"""

from __future__ import annotations

from dataclasses import replace

from devorg.schema.fields import (
    Field,
    SObject,
    area,
    create_only,
    picklist,
    read_only,
    reference,
    system_fields,
    text,
    typed,
    with_default,
)
from devorg.schema.people import OWNER

SUBJECTS = ("Call", "Email", "Send Letter", "Send Quote", "Meeting", "Other")
# Label -> (closed, default). Two closed values, so that no client can hard-code one.
TASK_STATUSES: dict[str, tuple[bool, bool]] = {
    "Not Started": (False, True),
    "In Progress": (False, False),
    "Waiting on someone else": (False, False),
    "Completed": (True, False),
    "Closed - Won't do": (True, False),
}

PACKAGE_FIELDS = tuple(
    replace(one, packaged=True)
    for one in (
        replace(
            text("Inlay_Key__c", "Inlay Key", 80),
            external_id=True, unique=True, case_sensitive=True, id_lookup=True,
        ),
        text("Inlay_Kind__c", "Inlay Kind", 80),
        typed("datetime", "Inlay_Occurred_At__c", "Inlay Occurred At"),
        text("Inlay_Confidence__c", "Inlay Confidence", 40),
        typed("url", "Inlay_Link__c", "Inlay Link", 255),
    )
)  # fmt: skip

COMMON: tuple[Field, ...] = (
    reference("WhoId", "Name ID", "Contact", "Lead"),
    reference("WhatId", "Related To ID", "Account", "Opportunity"),
    replace(Field("Subject", "combobox", "Subject", 255, values=SUBJECTS), name_field=True),
    typed("date", "ActivityDate", "Due Date Only"),
    area("Description", "Description", 32000),
    OWNER,
    read_only(reference("AccountId", "Account ID", "Account")),
    read_only(typed("boolean", "IsArchived", "Archived")),
    *PACKAGE_FIELDS,
)

TASK = SObject(
    "Task", "Task", "Tasks", "00T",
    (
        *system_fields("Activity"),
        *COMMON,
        with_default(picklist("Status", "Status", tuple(TASK_STATUSES)), "Not Started"),
        with_default(picklist("Priority", "Priority", ("High", "Normal", "Low")), "Normal"),
        read_only(typed("boolean", "IsClosed", "Closed")),
        read_only(typed("boolean", "IsHighPriority", "High Priority")),
        read_only(typed("datetime", "CompletedDateTime", "Completed Date")),
        create_only(
            with_default(picklist("TaskSubtype", "Task Subtype", ("Task", "Email", "Call")), "Task")
        ),
        picklist("CallType", "Call Type", ("Internal", "Inbound", "Outbound"), length=40),
        replace(typed("int", "CallDurationInSeconds", "Call Duration"), precision=8),
        text("CallDisposition", "Call Result", 255),
        text("CallObject", "Call Object Identifier", 255),
    ),
    sharing="activity",
)  # fmt: skip

EVENT = SObject(
    "Event", "Event", "Events", "00U",
    (
        *system_fields("Activity"),
        *COMMON,
        text("Location", "Location", 255),
        with_default(typed("boolean", "IsAllDayEvent", "All-Day Event"), False),
        typed("datetime", "ActivityDateTime", "Due Date Time"),
        replace(typed("int", "DurationInMinutes", "Duration"), precision=8),
        typed("datetime", "StartDateTime", "Start Date Time"),
        typed("datetime", "EndDateTime", "End Date Time"),
        with_default(typed("boolean", "IsPrivate", "Private"), False),
        with_default(
            picklist("ShowAs", "Show Time As", ("Busy", "OutOfOffice", "Free"), length=40), "Busy"
        ),
        create_only(picklist("EventSubtype", "Event Subtype", ("Event",), length=40)),
    ),
    sharing="activity",
)  # fmt: skip

TASK_STATUS = SObject(
    "TaskStatus", "Task Status Value", "Task Status Value", "01j",
    (
        *system_fields("Task Status Value"),
        replace(read_only(text("MasterLabel", "Master Label", 255)), name_field=True),
        read_only(text("ApiName", "API Name", 255)),
        read_only(typed("int", "SortOrder", "Sort Order")),
        read_only(typed("boolean", "IsDefault", "Is Default")),
        read_only(typed("boolean", "IsClosed", "Is Closed")),
    ),
    sharing="all",
    writable=False,
)  # fmt: skip
