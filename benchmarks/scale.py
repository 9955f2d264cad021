"""How much is measured: as the goals state it, or little, to see that everything works."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes and rounds.

    Attributes:
        verify_rounds: Rounds of 200 verifications.
        opens: Opens of the widget, on each database.
        events_small, events_large: Events on the record whose growth is measured.
        batches: Batches of 500 events for intake.
        activities: Delivered without latency, in each of ``rounds``.
        slow_activities: Delivered at 8 ms a row, in each of ``slow_rounds``.
        created: Sample of the plain create loop.
        backfill: Events of the past that are written on request.
        opens_beside: Opens in each of ``phases`` with and without a hung org beside.
        deliveries_beside: Deliveries with and without a hung org beside.
        flood: Activities that another org has waiting in one row.
        connected_orgs: Numbers of orgs whose idle cost is measured.
        list_orgs, list_lines: Orgs, and lines of their logs together, of the console's lists.
        list_rounds: How often each list is opened.
        org_contacts: Contacts in the org that is measured itself.
        org_rounds, org_calls: Rounds, and single-record calls in each.
        org_rows, org_jobs: Rows of a Bulk job, and jobs.
    """

    verify_rounds: int
    opens: int
    events_small: int
    events_large: int
    batches: int
    activities: int
    rounds: int
    slow_activities: int
    slow_rounds: int
    created: int
    backfill: int
    opens_beside: int
    phases: int
    deliveries_beside: int
    flood: int
    connected_orgs: tuple[int, ...]
    list_orgs: int
    list_lines: int
    list_rounds: int
    org_contacts: int
    org_rounds: int
    org_calls: int
    org_rows: int
    org_jobs: int


FULL = Scale(
    verify_rounds=200,
    opens=150,
    events_small=100,
    events_large=100_000,
    batches=16,
    activities=5000,
    rounds=3,
    slow_activities=1000,
    slow_rounds=2,
    created=200,
    backfill=100_000,
    opens_beside=30,
    phases=3,
    deliveries_beside=6,
    flood=20_000,
    connected_orgs=(10, 100, 1000),
    list_orgs=1000,
    list_lines=1_000_000,
    list_rounds=15,
    org_contacts=1_000_000,
    org_rounds=30,
    org_calls=100,
    org_rows=20_000,
    org_jobs=3,
)

QUICK = Scale(
    verify_rounds=10,
    opens=5,
    events_small=50,
    events_large=1000,
    batches=2,
    activities=400,
    rounds=1,
    slow_activities=20,
    slow_rounds=1,
    created=10,
    backfill=2500,
    opens_beside=3,
    phases=1,
    deliveries_beside=1,
    flood=1000,
    connected_orgs=(3, 6),
    list_orgs=120,
    list_lines=12_000,
    list_rounds=1,
    org_contacts=20_000,
    org_rounds=3,
    org_calls=20,
    org_rows=1000,
    org_jobs=1,
)

#: What the lists are promised for: a quarter of an hour and some twenty gigabytes on each database.
WHOLE_LISTS = replace(FULL, list_orgs=10_000, list_lines=10_000_000)
