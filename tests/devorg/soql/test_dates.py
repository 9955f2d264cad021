"""Date literals and date functions, by the org's clock and in the user's time zone."""

# ruff: noqa: S608 - a test's own queries

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from devorg.server import RunningOrg
from devorg.soql.dates import days, is_literal
from tests.devorg.client import Client

# A Wednesday, in the second quarter of a leap year.
TODAY = date(2028, 5, 17)
RANGES = {
    "YESTERDAY": ("2028-05-16", "2028-05-16"),
    "TODAY": ("2028-05-17", "2028-05-17"),
    "TOMORROW": ("2028-05-18", "2028-05-18"),
    "LAST_WEEK": ("2028-05-07", "2028-05-13"),
    "THIS_WEEK": ("2028-05-14", "2028-05-20"),
    "NEXT_WEEK": ("2028-05-21", "2028-05-27"),
    "LAST_MONTH": ("2028-04-01", "2028-04-30"),
    "THIS_MONTH": ("2028-05-01", "2028-05-31"),
    "NEXT_MONTH": ("2028-06-01", "2028-06-30"),
    "LAST_90_DAYS": ("2028-02-17", "2028-05-17"),
    "NEXT_90_DAYS": ("2028-05-18", "2028-08-15"),
    "LAST_N_DAYS:3": ("2028-05-14", "2028-05-17"),
    "NEXT_N_DAYS:3": ("2028-05-18", "2028-05-20"),
    "N_DAYS_AGO:3": ("2028-05-14", "2028-05-14"),
    "LAST_N_WEEKS:2": ("2028-04-30", "2028-05-13"),
    "NEXT_N_WEEKS:2": ("2028-05-21", "2028-06-03"),
    "N_WEEKS_AGO:2": ("2028-04-30", "2028-05-06"),
    "LAST_N_MONTHS:3": ("2028-02-01", "2028-04-30"),
    "NEXT_N_MONTHS:8": ("2028-06-01", "2029-01-31"),
    "N_MONTHS_AGO:3": ("2028-02-01", "2028-02-29"),
    "LAST_QUARTER": ("2028-01-01", "2028-03-31"),
    "THIS_QUARTER": ("2028-04-01", "2028-06-30"),
    "NEXT_QUARTER": ("2028-07-01", "2028-09-30"),
    "LAST_N_QUARTERS:2": ("2027-10-01", "2028-03-31"),
    "NEXT_N_QUARTERS:3": ("2028-07-01", "2029-03-31"),
    "N_QUARTERS_AGO:2": ("2027-10-01", "2027-12-31"),
    "LAST_YEAR": ("2027-01-01", "2027-12-31"),
    "THIS_YEAR": ("2028-01-01", "2028-12-31"),
    "NEXT_YEAR": ("2029-01-01", "2029-12-31"),
    "LAST_N_YEARS:2": ("2026-01-01", "2027-12-31"),
    "NEXT_N_YEARS:2": ("2029-01-01", "2030-12-31"),
    "N_YEARS_AGO:2": ("2026-01-01", "2026-12-31"),
    "LAST_FISCAL_QUARTER": ("2028-01-01", "2028-03-31"),
    "THIS_FISCAL_QUARTER": ("2028-04-01", "2028-06-30"),
    "NEXT_FISCAL_QUARTER": ("2028-07-01", "2028-09-30"),
    "LAST_N_FISCAL_QUARTERS:1": ("2028-01-01", "2028-03-31"),
    "NEXT_N_FISCAL_QUARTERS:1": ("2028-07-01", "2028-09-30"),
    "N_FISCAL_QUARTERS_AGO:1": ("2028-01-01", "2028-03-31"),
    "LAST_FISCAL_YEAR": ("2027-01-01", "2027-12-31"),
    "THIS_FISCAL_YEAR": ("2028-01-01", "2028-12-31"),
    "NEXT_FISCAL_YEAR": ("2029-01-01", "2029-12-31"),
    "LAST_N_FISCAL_YEARS:1": ("2027-01-01", "2027-12-31"),
    "NEXT_N_FISCAL_YEARS:1": ("2029-01-01", "2029-12-31"),
    "N_FISCAL_YEARS_AGO:1": ("2027-01-01", "2027-12-31"),
}


@pytest.mark.parametrize(("literal", "expected"), RANGES.items())
def test_literals_are_the_days_of_the_reference(literal: str, expected: tuple[str, str]) -> None:
    """X16: first and last day of each literal, where the week begins on Sunday."""
    assert is_literal(literal)
    first, end = days(literal, TODAY, "en_US")
    assert (first.isoformat(), (end - timedelta(days=1)).isoformat()) == expected


def test_the_week_begins_where_the_locale_says() -> None:
    """X16: on Monday for a Briton."""
    assert days("THIS_WEEK", TODAY, "en_GB")[0] == date(2028, 5, 15)
    assert days("THIS_WEEK", date(2028, 5, 14), "en_US")[0] == date(2028, 5, 14)
    assert days("THIS_WEEK", date(2028, 5, 14), "en_GB")[0] == date(2028, 5, 8)


def stop_clock(org: RunningOrg, moment: str) -> None:
    """The org's time is that moment, and stays."""
    org.org.clock.stop()
    org.org.clock.set(datetime.fromisoformat(moment))


def test_today_is_the_users_day_by_the_orgs_clock(org: RunningOrg) -> None:
    """X16: it is already tomorrow for one user, and still yesterday for another."""
    # 23:30 in Los Angeles, 08:30 in Stockholm.
    stop_clock(org, "2031-03-05T07:30:00+00:00")
    client = Client(org, "admin")
    made = client.call("POST", "sobjects/Account", {"Name": "Night owl"}).json()["id"]
    earlier = "SELECT COUNT() FROM Account WHERE Id = '{}' AND CreatedDate = {}"

    def counted(user: str, literal: str) -> int:
        answer = Client(org, user).call("GET", "query", params={"q": earlier.format(made, literal)})
        return int(answer.json()["totalSize"])

    stop_clock(org, "2031-03-05T08:30:00+00:00")
    assert (counted("admin", "TODAY"), counted("admin", "YESTERDAY")) == (0, 1)
    assert (counted("rep", "TODAY"), counted("rep", "YESTERDAY")) == (1, 0)
    assert counted("admin", "LAST_N_DAYS:1") == 1
    assert [counted("rep", f"TODAY AND CreatedDate {word} TODAY") for word in ("<", ">")] == [0, 0]
    assert [counted("rep", f"TODAY AND CreatedDate {word} TODAY") for word in ("<=", ">=")] == [
        1,
        1,
    ]
    assert counted("rep", "TODAY AND CreatedDate != YESTERDAY") == 1


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("CALENDAR_YEAR", 2030), ("CALENDAR_QUARTER", 4), ("CALENDAR_MONTH", 12),
        ("FISCAL_YEAR", 2030), ("FISCAL_QUARTER", 4), ("FISCAL_MONTH", 12),
        ("DAY_IN_MONTH", 31), ("DAY_IN_WEEK", 3), ("DAY_IN_YEAR", 365),
        ("WEEK_IN_MONTH", 5), ("WEEK_IN_YEAR", 53), ("HOUR_IN_DAY", 23),
        ("DAY_ONLY", "2030-12-31"),
    ],
)  # fmt: skip
def test_date_functions_tell_parts_of_a_moment(
    org: RunningOrg, function: str, expected: int | str
) -> None:
    """X16: in UTC, and in the user's time zone inside convertTimezone()."""
    stop_clock(org, "2030-12-31T23:15:00+00:00")
    client = Client(org, "rep")
    made = client.call("POST", "sobjects/Account", {"Name": "New year"}).json()["id"]
    field = f"{function}(CreatedDate)"
    body = client.call(
        "GET",
        "query",
        params={"q": f"SELECT {field} FROM Account WHERE Id = '{made}' GROUP BY {field}"},
    ).json()
    assert body["records"][0]["expr0"] == expected
    there = datetime(2030, 12, 31, 23, 15, tzinfo=ZoneInfo("UTC")).astimezone(
        ZoneInfo("Europe/Stockholm")
    )
    local = f"{function}(convertTimezone(CreatedDate))"
    wanted = {"CALENDAR_YEAR": there.year, "HOUR_IN_DAY": there.hour, "DAY_IN_YEAR": 1}
    if function in wanted:
        rows = client.query(f"SELECT Id FROM Account WHERE {local} = {wanted[function]}")
        assert made in {row["Id"] for row in rows}
