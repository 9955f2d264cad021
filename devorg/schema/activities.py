"""Task and Event.

Facts: the recorded describe of Event; the public object reference of Task and TaskStatus.
"""

# ruff: noqa: E501 - one field, one line, like a table

from __future__ import annotations

from zoneinfo import available_timezones

from devorg.schema.fields import SObject
from devorg.schema.notation import Choices, fields

SUBJECTS = ("Call", "Email", "Send Letter", "Send Quote", "Meeting", "Other")
# Label -> (closed, default). Two closed values, so that no client can hard-code one.
TASK_STATUSES: dict[str, tuple[bool, bool]] = {
    "Not Started": (False, True),
    "In Progress": (False, False),
    "Waiting on someone else": (False, False),
    "Completed": (True, False),
    "Closed - Won't do": (True, False),
}

_CHOICES: Choices = {
    "Subject": SUBJECTS,
    "Status": tuple(TASK_STATUSES),
    "Priority": ("High", "Normal", "Low"),
    "CallType": ("Internal", "Inbound", "Outbound"),
    "TaskSubtype": {
        "Task": "Task", "Email": "Email", "ListEmail": "List Email", "Cadence": "Cadence",
        "Call": "Call", "LinkedIn": "LinkedIn",
    },
    "EventSubtype": ("Event",),
    "ShowAs": {"Busy": "Busy", "OutOfOffice": "Out of Office", "Free": "Free"},
    "GroupEventType": {
        "0": "Non-group Event", "1": "Group Event", "2": "Proposed Event",
        "3": "IsRecurrence2 Series Pattern",
    },
    "RecurrenceTimeZoneSidKey": tuple(
        sorted(zone for zone in available_timezones() if "/" in zone)
    ),
    "RecurrenceType": {
        "RecursDaily": "Recurs Daily", "RecursEveryWeekday": "Recurs Every Weekday",
        "RecursMonthly": "Recurs Monthly", "RecursMonthlyNth": "Recurs Monthly Nth",
        "RecursWeekly": "Recurs Weekly", "RecursYearly": "Recurs Yearly",
        "RecursYearlyNth": "Recurs Yearly Nth",
    },
    "RecurrenceInstance": {
        "First": "1st", "Second": "2nd", "Third": "3rd", "Fourth": "4th", "Last": "last",
    },
    "RecurrenceMonthOfYear": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ),
    "RecurrenceRegeneratedType": {
        "RecurrenceRegenerateAfterDueDate": "After due date",
        "RecurrenceRegenerateAfterToday": "After date completed",
        "RecurrenceRegenerated": "(Task Closed)",
    },
    "Recurrence2PatternVersion": {"1": "RFC 5545 v4 RRULE", "2": "RFC 5545 v4_2 RRULE"},
}  # fmt: skip

TASK = SObject(
    "Task", "Task", "Tasks", "00T",
    fields(
        """
        Id                        id                                      di     Activity ID
        WhoId                     reference Contact,Lead                  cunpx  Name ID  kids=Tasks!
        WhatId                    reference Account,Campaign,Opportunity  cunpx  Related To ID  kids=Tasks!
        Subject                   combobox 255                            cun    Subject  name
        ActivityDate              date                                    cun-a  Due Date Only
        Status                    picklist 255                            cud    Status  default=Not_Started
        Priority                  picklist 255                            cud    Priority  default=Normal
        IsHighPriority            boolean                                 d      High Priority
        OwnerId                   reference Group,User                    cud    Assigned To ID
        Description               textarea 32000                          cunp   Description
        IsDeleted                 boolean                                 d      Deleted
        AccountId                 reference Account                       nx     Account ID
        IsClosed                  boolean                                 d      Closed
        CreatedDate               datetime                                d      Created Date
        CreatedById               reference User                          d      Created By ID
        LastModifiedDate          datetime                                d      Last Modified Date
        LastModifiedById          reference User                          d      Last Modified By ID
        SystemModstamp            datetime                                d      System Modstamp
        IsArchived                boolean                                 d      Archived
        CallDurationInSeconds     int 8                                   cun    Call Duration
        CallType                  picklist 40                             cunpr  Call Type
        CallDisposition           string 255                              cun    Call Result
        CallObject                string 255                              cun    Call Object Identifier
        ReminderDateTime          datetime                                cun    Reminder Date/Time
        IsReminderSet             boolean                                 cud    Reminder Set
        RecurrenceActivityId      reference Task                          n      Recurrence Activity ID  path= kids=RecurringTasks
        IsRecurrence              boolean                                 cd     Create Recurring Series of Tasks
        RecurrenceStartDateOnly   date                                    cun    Recurrence Start
        RecurrenceEndDateOnly     date                                    cun    Recurrence End
        RecurrenceTimeZoneSidKey  picklist 40                             cunr   Recurrence Time Zone
        RecurrenceType            picklist 40                             cunr   Recurrence Type
        RecurrenceInterval        int 9                                   cun    Recurrence Interval
        RecurrenceDayOfWeekMask   int 9                                   cun    Recurrence Day of Week Mask
        RecurrenceDayOfMonth      int 9                                   cun    Recurrence Day of Month
        RecurrenceInstance        picklist 40                             cunr   Recurrence Instance
        RecurrenceMonthOfYear     picklist 40                             cunr   Recurrence Month of Year
        RecurrenceRegeneratedType  picklist 40                            cunr   Repeat This Task
        TaskSubtype               picklist 40                             cnr    Task Subtype
        CompletedDateTime         datetime                                n      Completed Date
        """,
        _CHOICES,
    ),
    sharing="activity",
    sharing_model="ControlledByParent",
)  # fmt: skip

EVENT = SObject(
    "Event", "Event", "Events", "00U",
    fields(
        """
        Id                           id                                      di     Activity ID
        WhoId                        reference Contact,Lead                  cunpx  Name ID  kids=Events!
        WhatId                       reference Account,Campaign,Opportunity  cunpx  Related To ID  kids=Events!
        Subject                      combobox 255                            cun    Subject  name
        Location                     string 255                              cunp   Location
        IsAllDayEvent                boolean                                 cudp   All-Day Event
        ActivityDateTime             datetime                                cun    Due Date Time
        ActivityDate                 date                                    cun-a  Due Date Only
        DurationInMinutes            int 8                                   cun    Duration
        StartDateTime                datetime                                cun    Start Date Time
        EndDateTime                  datetime                                cun    End Date Time
        EndDate                      date                                    n      End Date
        Description                  textarea 32000                          cunp   Description
        AccountId                    reference Account                       nx     Account ID
        OwnerId                      reference Calendar,User                 cud    Assigned To ID
        IsPrivate                    boolean                                 cud    Private
        ShowAs                       picklist 40                             cundr  Show Time As  default=Busy
        IsDeleted                    boolean                                 d      Deleted
        IsChild                      boolean                                 d      Is Child
        IsGroupEvent                 boolean                                 d      Is Group Event
        GroupEventType               picklist 40                             ndr    Group Event Type  default=0
        CreatedDate                  datetime                                d      Created Date
        CreatedById                  reference User                          d      Created By ID
        LastModifiedDate             datetime                                d      Last Modified Date
        LastModifiedById             reference User                          d      Last Modified By ID
        SystemModstamp               datetime                                d      System Modstamp
        IsArchived                   boolean                                 d      Archived
        RecurrenceActivityId         reference Event                         n      Recurrence Activity ID  path= kids=RecurringEvents
        IsRecurrence                 boolean                                 cd     Create Recurring Series of Events
        RecurrenceStartDateTime      datetime                                cun    Recurrence Start
        RecurrenceEndDateOnly        date                                    cun    Recurrence End
        RecurrenceTimeZoneSidKey     picklist 40                             cunr   Recurrence Time Zone
        RecurrenceType               picklist 40                             cunr   Recurrence Type
        RecurrenceInterval           int 9                                   cun    Recurrence Interval
        RecurrenceDayOfWeekMask      int 9                                   cun    Recurrence Day of Week Mask
        RecurrenceDayOfMonth         int 9                                   cun    Recurrence Day of Month
        RecurrenceInstance           picklist 40                             cunr   Recurrence Instance
        RecurrenceMonthOfYear        picklist 40                             cunr   Recurrence Month of Year
        ReminderDateTime             datetime                                cun    Reminder Date/Time
        IsReminderSet                boolean                                 cud    Reminder Set
        EventSubtype                 picklist 40                             cnr    Event Subtype
        IsRecurrence2Exclusion       boolean                                 d      Historical Event, Not Following Recurrence
        Recurrence2PatternText       textarea 512                            cn     Recurrence Pattern
        Recurrence2PatternVersion    picklist 40                             nr     Pattern Version
        IsRecurrence2                boolean                                 d      Repeat
        IsRecurrence2Exception       boolean                                 d      Is Exception
        Recurrence2PatternStartDate  datetime                                n      Recurrence Pattern Start Date
        Recurrence2PatternTimeZone   string 255                              n      Recurrence Pattern Time Zone Reference
        """,
        _CHOICES,
        {"EndDate": 'substr("EndDateTime", 1, 10)'},
    ),
    sharing="activity",
    sharing_model="ControlledByParent",
)  # fmt: skip

TASK_STATUS = SObject(
    "TaskStatus", "Task Status Value", "Task Status Value", "01j",
    fields(
        """
        Id                id              di  Task Status Value ID
        MasterLabel       string 255      n   Master Label  name
        ApiName           string 255      .   API Name
        SortOrder         int 8           n   Sort Order
        IsDefault         boolean         d   Is Default
        IsClosed          boolean         d   Is Closed
        CreatedById       reference User  d   Created By ID
        CreatedDate       datetime        d   Created Date
        LastModifiedById  reference User  d   Last Modified By ID
        LastModifiedDate  datetime        d   Last Modified Date
        SystemModstamp    datetime        d   System Modstamp
        """
    ),
    sharing="all",
    writable=False,
)  # fmt: skip
