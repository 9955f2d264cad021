"""Contact roles: one primary contact, whom the opportunity names."""

from __future__ import annotations

from tests.devorg.client import Client

DEAL = {"Name": "Deal", "StageName": "Prospecting", "CloseDate": "2030-01-01"}


def roles(client: Client, opportunity: str) -> dict[str, bool]:
    """Contact -> primary, of the live roles."""
    return {
        each["ContactId"]: each["IsPrimary"]
        for each in client.records("OpportunityContactRole")
        if each["OpportunityId"] == opportunity and not each["IsDeleted"]
    }


def named(client: Client, opportunity: str) -> str | None:
    """The contact that an opportunity names."""
    found = client.call("GET", f"sobjects/Opportunity/{opportunity}").json()["ContactId"]
    assert found is None or isinstance(found, str)
    return found


def test_a_contact_given_to_a_new_opportunity_is_its_primary_role(
    rep: Client, main: dict[str, str]
) -> None:
    """X16: written on create alone."""
    body = {**DEAL, "ContactId": main["contact"]}
    made = rep.call("POST", "sobjects/Opportunity", body).json()["id"]
    assert roles(rep, made) == {main["contact"]: True}
    answer = rep.call("PATCH", f"sobjects/Opportunity/{made}", {"ContactId": None}).json()[0]
    assert answer["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"


def test_a_new_primary_role_takes_the_place_of_the_one_before(
    rep: Client, main: dict[str, str]
) -> None:
    """X16: one primary contact at most; the opportunity follows, also when it goes."""
    first, second = main["contact"], main["partial_hidden_contact"]
    made = rep.call("POST", "sobjects/Opportunity", {**DEAL, "ContactId": first}).json()["id"]
    role = {"OpportunityId": made, "ContactId": second, "IsPrimary": True}
    other = rep.call("POST", "sobjects/OpportunityContactRole", role).json()["id"]
    assert roles(rep, made) == {first: False, second: True}
    assert named(rep, made) == second
    rep.call("PATCH", f"sobjects/OpportunityContactRole/{other}", {"Role": "Evaluator"})
    assert roles(rep, made) == {first: False, second: True}
    rep.call("DELETE", f"sobjects/OpportunityContactRole/{other}")
    assert (roles(rep, made), named(rep, made)) == ({first: False}, None)


def test_a_recurring_series_is_honestly_refused(rep: Client) -> None:
    """X16: devorg makes none, and so takes none."""
    answer = rep.call("POST", "sobjects/Task", {"IsRecurrence": True}).json()[0]
    assert answer["errorCode"] == "FUNCTIONALITY_NOT_ENABLED"
