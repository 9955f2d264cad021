"""X2: what the UI API's batch answers, and how it is asked."""

from __future__ import annotations

from typing import Any

import pytest

from app.salesforce.errors import SalesforceDown, SalesforceError
from app.salesforce.ui_records import MAX_URL, paths_of, read_batch
from canvas.ids import to_18

CONTACT = to_18("0035e00000AAAA1")
HIDDEN = to_18("0035e00000AAAA2")


def _contact() -> dict[str, Any]:
    account = {
        "apiName": "Account",
        "id": "0015e00000AAAA1AAA",
        "fields": {"Name": {"displayValue": None, "value": "Acme"}},
    }
    return {
        "apiName": "Contact",
        "id": CONTACT[:15],
        "fields": {
            "Name": {"displayValue": None, "value": "Ada"},
            "LastActivityDate": {"displayValue": "2/1/2026", "value": "2026-02-01"},
            "Account": {"displayValue": "Acme", "value": account},
            "Owner": {"displayValue": None, "value": None},
        },
    }


def _batch(*results: tuple[int, Any]) -> dict[str, Any]:
    return {"hasErrors": False, "results": [{"statusCode": s, "result": r} for s, r in results]}


def test_fields_are_flat_and_hidden_records_are_none() -> None:
    hidden = [{"errorCode": "NOT_FOUND", "message": "gone"}]
    found = read_batch([CONTACT, HIDDEN], _batch((200, _contact()), (404, hidden)))
    record = found[CONTACT]
    assert found[HIDDEN] is None
    assert record is not None
    assert (record.id, record.sobject) == (CONTACT, "Contact")
    assert record.fields["Account.Name"] == "Acme"
    assert record.fields["Account.Id"] == "0015e00000AAAA1AAA"
    assert record.display == {"LastActivityDate": "2/1/2026"}
    assert (record.text("Name"), record.text("Owner"), record.text("Nope")) == ("Ada", "", "")


@pytest.mark.parametrize("status", [401, 500, 503])
def test_trouble_is_not_taken_for_a_hidden_record(status: int) -> None:
    with pytest.raises(SalesforceError):
        read_batch([CONTACT], _batch((status, None)))


@pytest.mark.parametrize("body", [None, [], {"results": []}, {"results": ["?"]}])
def test_an_odd_answer_shows_nothing(body: object) -> None:
    with pytest.raises(SalesforceDown):
        read_batch([CONTACT], body)


def test_ids_are_asked_once_and_addresses_stay_short() -> None:
    ids = [to_18(f"0035e00000{number:05d}") for number in range(450)]
    fields = [f"Contact.Field_{number}__c" for number in range(80)]
    calls = list(paths_of([*ids, *ids, ids[0][:15]], fields))
    assert [each for _, chunk in calls for each in chunk] == ids
    assert all(len(chunk) <= 200 for _, chunk in calls)
    assert all(len(path) <= MAX_URL for path, _ in calls)


def test_two_hundred_records_are_one_call() -> None:
    ids = [to_18(f"0035e00000{number:05d}") for number in range(200)]
    assert len(list(paths_of(ids, ["Contact.Name", "Contact.Account.Name"]))) == 1


def test_what_is_no_id_never_reaches_an_address() -> None:
    with pytest.raises(ValueError):
        list(paths_of(["../../limits"], ["Contact.Name"]))
