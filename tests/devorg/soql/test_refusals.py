"""What a query is refused for: code, place and words as real orgs have them."""

# ruff: noqa: E501, S608 - one case, one line; a test's own queries

from __future__ import annotations

import pytest

from devorg.server import RunningOrg
from tests.devorg.client import Client

SUPPORTED = "be sure to append the '__c' after the entity name"


def refused(client: Client, soql: str, path: str = "query") -> tuple[str, str]:
    """Code and message of a query that must be refused."""
    answer = client.call("GET", path, params={"q": soql})
    assert answer.status_code == 400, answer.text
    error = answer.json()[0]
    assert set(error) == {"message", "errorCode"}
    return error["errorCode"], error["message"]


@pytest.mark.parametrize(
    ("soql", "code", "place", "words"),
    [
        ("SELECT Id FRM Contact", "MALFORMED_QUERY", "Row:1:Column:11", "unexpected token: 'FRM'"),
        ("SELECT Id, FROM Contact", "MALFORMED_QUERY", "Row:1:Column:12", "unexpected token: 'FROM'"),
        ("SELECT FROM Contact", "MALFORMED_QUERY", "Row:1:Column:8", "unexpected token: 'FROM'"),
        ("SELECT * FROM Contact", "MALFORMED_QUERY", "Row:1:Column:8", "unexpected token: '*'"),
        ("SELECT Id FROM Contact;", "MALFORMED_QUERY", "Row:1:Column:23", "unexpected token: ';'"),
        ("SELECT Id FROM Contact WHERE", "MALFORMED_QUERY", "Row:1:Column:29", "unexpected token: '<EOF>'"),
        ("SELECT Id FROM Contact WHERE Name = '", "MALFORMED_QUERY", "Row:1:Column:37", "unexpected token: '''"),
        ("SELECT Id FROM Task WHERE IsClosed = true AND Id = null OR Id = null", "MALFORMED_QUERY", "Column:57", "unexpected token: 'OR'"),
        ("SELECT Id FROM Task WHERE IsClosed = true AND NOT Id = null", "MALFORMED_QUERY", "Column:47", "unexpected token: 'NOT'"),
        ("SELECT Id FROM Task WHERE NOT Id = null AND IsClosed = true", "MALFORMED_QUERY", "Column:41", "unexpected token: 'AND'"),
        ("SELECT Id FROM Task WHERE Subject = :subject", "MALFORMED_QUERY", "Column:37", "Bind variables only allowed in Apex code"),
        ("SELECT Id FROM Task WHERE Subject = subject", "MALFORMED_QUERY", "Column:37", "unexpected token: 'subject'"),
        ("SELECT Id FROM Task WHERE Subject = 'a\\d'", "MALFORMED_QUERY", "Column:37", "Illegal character sequence '\\d' in string literal"),
        ("SELECT Id FROM Task WHERE CreatedDate = LAST_N_FORTNIGHTS:2", "MALFORMED_QUERY", "Column:41", "unexpected token"),
        ("SELECT Id FROM Task WHERE ActivityDate = 2026-02-30", "MALFORMED_QUERY", "Column:42", "unexpected token"),
        ("SELECT Id FROM Task WHERE CreatedDate = N_YEARS_AGO:99999", "MALFORMED_QUERY", "Column:41", "Invalid date"),
        ("SELECT Id FROM Task\nWHERE Nope = 1", "INVALID_FIELD", "Row:2:Column:7", "No such column 'Nope' on entity 'Task'"),
        ("SELECT Id, Boss.Name FROM Contact", "INVALID_FIELD", "Column:12", "Didn't understand relationship 'Boss' in field path"),
        ("SELECT Account.Nope FROM Contact", "INVALID_FIELD", "Column:8", "No such column 'Nope' on entity 'Account'"),
        ("SELECT Who.Nope FROM Task", "INVALID_FIELD", "Column:8", "No such column 'Nope' on entity 'Name'"),
        ("SELECT Parent.Parent.Parent.Parent.Parent.Parent.Name FROM Account", "MALFORMED_QUERY", "Column:8", "5 parents"),
        ("SELECT Id FROM Account.Contacts", "INVALID_TYPE", "Column:16", "sObject type 'Account.Contacts' is not supported"),
        ("SELECT Id, (SELECT Id FROM Lead.Contacts) FROM Account", "INVALID_TYPE", "Column:28", "Didn't understand relationship 'Lead.Contacts' in FROM part"),
        ("SELECT Id FROM Contakt", "INVALID_TYPE", "Column:16", SUPPORTED),
        ("SELECT Id, (SELECT Id FROM Contakts) FROM Account", "INVALID_TYPE", "Column:28", "Didn't understand relationship 'Contakts' in FROM part of query call"),
        ("SELECT Id, (SELECT COUNT(Id) FROM Contacts) FROM Account", "MALFORMED_QUERY", "Column:35", "only root queries support aggregate expressions"),
        ("SELECT Id FROM Task WHERE CreatedDate > '2026-01-01T00:00:00Z'", "INVALID_FIELD", "Column:27", "must be of type dateTime and should not be enclosed in quotes"),
        ("SELECT Id FROM Task WHERE CreatedDate > 2026-01-01", "INVALID_FIELD", "Column:27", "must be of type dateTime"),
        ("SELECT Id FROM Task WHERE Subject = 5", "INVALID_FIELD", "Column:27", "must be of type string and should be enclosed in quotes"),
        ("SELECT Id FROM Account WHERE AnnualRevenue > '5'", "INVALID_FIELD", "Column:30", "must be of type double and should not be enclosed in quotes"),
        ("SELECT Id FROM Account WHERE AnnualRevenue > EUR5", "MALFORMED_QUERY", "Column:46", "one currency"),
        ("SELECT Id FROM Task WHERE Description = 'x'", "INVALID_FIELD", "Column:27", "field 'Description' can not be filtered in query call"),
        ("SELECT Id FROM Task ORDER BY Description", "INVALID_FIELD", "Column:30", "field 'Description' can not be sorted in a query call"),
        ("SELECT Id FROM Task WHERE Id = 'x'", "INVALID_QUERY_FILTER_OPERATOR", "Column:27", "invalid ID field: x"),
        ("SELECT Id FROM Task WHERE Id LIKE '00T%'", "INVALID_QUERY_FILTER_OPERATOR", "Column:27", "invalid operator on id field"),
        ("SELECT Id FROM Task WHERE IsClosed > true", "INVALID_QUERY_FILTER_OPERATOR", "Column:27", "invalid operator on boolean field"),
        ("SELECT Id FROM Task WHERE Subject INCLUDES ('x')", "INVALID_QUERY_FILTER_OPERATOR", "Column:27", "invalid operator"),
        ("SELECT Id FROM Task ALL ROWS", "MALFORMED_QUERY", "Column:21", "ALL ROWS not allowed in this context"),
        ("SELECT Id FROM Task FOR UPDATE", "MALFORMED_QUERY", "Column:21", "devorg does not support FOR UPDATE"),
        ("SELECT Id FROM Task WITH USER_MODE", "MALFORMED_QUERY", "Column:26", "devorg does not support WITH USER_MODE"),
        ("SELECT Id FROM Task USING SCOPE team", "MALFORMED_QUERY", "Column:16", "devorg does not support USING SCOPE team"),
        ("SELECT FORMAT(Amount) FROM Opportunity", "MALFORMED_QUERY", "Column:8", "devorg does not support the function FORMAT()"),
        ("SELECT StageName, COUNT(Id) FROM Opportunity GROUP BY ROLLUP(StageName)", "MALFORMED_QUERY", "Column:55", "ROLLUP"),
        ("SELECT StageName, COUNT(Id) FROM Opportunity GROUP BY Name", "MALFORMED_QUERY", "Column:8", "Field must be grouped or aggregated: StageName"),
        ("SELECT COUNT(Id) FROM Opportunity GROUP BY Name ORDER BY StageName", "MALFORMED_QUERY", "Column:58", "Ordered field must be grouped or aggregated: StageName"),
        ("SELECT Name, COUNT(Name) FROM Opportunity GROUP BY Name", "MALFORMED_QUERY", "Column:14", "Grouped field should not be aggregated: Name"),
        ("SELECT COUNT(Id) FROM Opportunity GROUP BY Amount", "INVALID_FIELD", "Column:44", "field 'Amount' can not be grouped in a query call"),
        ("SELECT COUNT() FROM Opportunity GROUP BY StageName", "MALFORMED_QUERY", "Column:21", "COUNT() with GROUP BY"),
        ("SELECT COUNT() FROM Opportunity ORDER BY StageName", "MALFORMED_QUERY", "Column:42", "Ordered field must be grouped or aggregated"),
        ("SELECT COUNT(Id) FROM Opportunity HAVING COUNT(Id) > 1", "MALFORMED_QUERY", "Column:23", "HAVING without GROUP BY"),
        ("SELECT COUNT(Id), (SELECT Id FROM Tasks) FROM Opportunity", "MALFORMED_QUERY", "Column:47", "child queries"),
        ("SELECT COUNT(Id) FROM Opportunity WHERE COUNT(Id) > 1", "MALFORMED_QUERY", "Column:41", "COUNT() here"),
        ("SELECT Id, (SELECT Id FROM Contacts OFFSET 1) FROM Account", "MALFORMED_QUERY", "Column:28", "OFFSET in a child query"),
        ("SELECT CALENDAR_YEAR(CloseDate), Amount FROM Opportunity", "MALFORMED_QUERY", "Column:8", "Date-aggregate functions can only be selected in grouped queries"),
        ("SELECT convertTimezone(CreatedDate) FROM Opportunity", "MALFORMED_QUERY", "Column:8", "CONVERTTIMEZONE(CreatedDate) here"),
        ("SELECT Id FROM Opportunity WHERE Name LIKE ''", "MALFORMED_QUERY", "Column:44", "LIKE ''"),
        ("SELECT COUNT(Id) FROM Opportunity GROUP BY CUBE(StageName, IsWon)", "MALFORMED_QUERY", "Column:44", "devorg does not support the function CUBE()"),
        ("SELECT Id FROM Account WHERE DISTANCE(BillingAddress, GEOLOCATION(37,122), 'mi') < 20", "MALFORMED_QUERY", "Column:55", "GEOLOCATION"),
        ("SELECT SUM(Name) FROM Opportunity", "MALFORMED_QUERY", "Column:8", "field Name does not support aggregate operator SUM"),
        ("SELECT COUNT(IsWon) FROM Opportunity", "MALFORMED_QUERY", "Column:8", "field IsWon does not support aggregate operator COUNT"),
        ("SELECT MAX(StageName) FROM Opportunity", "MALFORMED_QUERY", "Column:8", "MAX() of a picklist"),
        ("SELECT Id FROM Opportunity WHERE CALENDAR_YEAR(Name) = 2026", "MALFORMED_QUERY", "Column:34", "no field of a date"),
        ("SELECT Id FROM Opportunity WHERE DAY_ONLY(CloseDate) = TODAY", "MALFORMED_QUERY", "Column:34", "DAY_ONLY"),
    ],
)  # fmt: skip
def test_what_it_does_not_know_is_refused_with_its_place(
    rep: Client, soql: str, code: str, place: str, words: str
) -> None:
    """X16: never an answer to a different question."""
    found, message = refused(rep, soql)
    assert found == code
    assert place in message
    assert words in message


@pytest.mark.parametrize(
    ("soql", "code", "message"),
    [
        ("", "MALFORMED_QUERY", "SOQL statements cannot be empty or null"),
        ("SELECT DISTINCT Name FROM Account", "MALFORMED_QUERY", "only aggregate expressions use field aliasing"),
        ("SELECT Name n FROM Account", "MALFORMED_QUERY", "only aggregate expressions use field aliasing"),
        ("SELECT Id, Name, Id FROM Account", "MALFORMED_QUERY", "duplicate field selected: Id"),
        ("SELECT COUNT(Id) n, MAX(CreatedDate) N FROM Account", "MALFORMED_QUERY", "duplicate alias: N"),
        ("SELECT COUNT(Id) FROM Account LIMIT 1", "MALFORMED_QUERY", "Non-grouped query that uses overall aggregate functions cannot also use LIMIT"),
        ("SELECT FIELDS(ALL) FROM Account", "MALFORMED_QUERY", "The SOQL FIELDS function must have a LIMIT of at most 200"),
        ("SELECT FIELDS(CUSTOM) FROM Account LIMIT 201", "MALFORMED_QUERY", "The SOQL FIELDS function must have a LIMIT of at most 200"),
        ("SELECT Id FROM Account OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000"),
    ],
)  # fmt: skip
def test_some_refusals_point_to_no_place(rep: Client, soql: str, code: str, message: str) -> None:
    """X16: as in real orgs."""
    assert refused(rep, soql) == (code, message)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("Name = 'x' OR AccountId IN (SELECT Id FROM Account)", "Semi join sub-selects are not allowed with the 'OR' operator"),
        ("Name = 'x' AND (Name = 'y' OR (AccountId IN (SELECT Id FROM Account) AND Name = 'z'))", "only allowed at the top level WHERE expressions"),
        ("NOT AccountId IN (SELECT Id FROM Account)", "only allowed at the top level WHERE expressions"),
        ("AccountId IN (SELECT Id FROM Account) AND AccountId NOT IN (SELECT AccountId FROM Opportunity) AND OwnerId IN (SELECT Id FROM User)", "Maximum 2 semi join sub-selects are allowed"),
        ("AccountId IN (SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Opportunity))", "Nesting of semi join sub-selects is not supported"),
        ("ReportsToId IN (SELECT Id FROM Contact)", "The inner and outer selects should not be on the same object type"),
        ("Id IN (SELECT WhoId FROM Task)", "Entity 'Task' is not supported for semi join inner selects"),
        ("Id IN (SELECT AccountId FROM Opportunity)", "The selected field 'AccountId' in the subquery and the left operand field in the where expression in the outer query 'Id' should point to the same object type"),
        ("AccountId IN (SELECT Name FROM Account)", "Semi join sub-selects can only query id fields, cannot use: 'Name'"),
        ("LastName IN (SELECT Name FROM Account)", "should be an id field, cannot use: 'LastName'"),
        ("Account.OwnerId IN (SELECT Id FROM User)", "should be an id field, cannot use: 'Account.OwnerId'"),
        ("AccountId IN (SELECT Account.Id FROM Opportunity)", "The inner select field 'Account.Id' cannot have more than one level of relationships"),
        ("AccountId IN (SELECT Id FROM Account LIMIT 1)", "unexpected token: 'LIMIT'"),
    ],
)  # fmt: skip
def test_semi_joins_have_their_rules(rep: Client, condition: str, words: str) -> None:
    """X16: as Salesforce's reference lists them."""
    code, message = refused(rep, f"SELECT Id FROM Contact WHERE {condition}")
    assert (code, words in message) == ("MALFORMED_QUERY", True), message


def test_long_queries_show_the_words_around_the_place(rep: Client) -> None:
    """X16: about 30 characters to each side, as in recorded refusals of real orgs."""
    _, message = refused(
        rep,
        "SELECT Id, FirstName, LastName, CreatedById, MailingCity, MailingState, Nope__c,"
        " Salutation, Department, Birthdate FROM Contact",
    )
    shown, pointer, place, _ = message[1:].split("\n")
    assert shown == "CreatedById, MailingCity, MailingState, Nope__c, Salutation, Department"
    assert shown[pointer.index("^") :].startswith("Nope__c")
    assert place == "ERROR at Row:1:Column:73"


def test_statements_have_a_length(rep: Client) -> None:
    """X16: 100,000 characters, and strings of 4,000."""
    start = "SELECT Id FROM Contact WHERE "
    long = f"{start}Id IN ({', '.join(['null'] * 17000)})"
    url = "/services/data/v68.0/query?q="
    parts = [
        {"method": "GET", "referenceId": "long", "url": url + long},
        {"method": "GET", "referenceId": "string", "url": f"{url}{start}Name = '{'x' * 4001}'"},
    ]
    found = rep.call("POST", "composite", {"compositeRequest": parts}).json()["compositeResponse"]
    errors = [part["body"][0] for part in found]
    assert [each["errorCode"] for each in errors] == ["MALFORMED_QUERY"] * 2
    assert errors[0]["message"] == "SOQL statements cannot be longer than 100,000 characters."
    assert "4000 characters" in errors[1]["message"]


def test_a_hidden_field_is_no_column(org: RunningOrg) -> None:
    """X16: field-level security, wherever the field is named, and in FIELDS()."""
    client = Client(org, "partial")
    client.control(
        "POST", "access", {"user": "partial", "field": "Contact.Email", "visible": False}
    )
    for soql in (
        "SELECT Email FROM Contact",
        "SELECT Id FROM Contact WHERE Email = null",
        "SELECT Id FROM Contact ORDER BY Email",
        "SELECT COUNT(Email) FROM Contact",
        "SELECT Id, (SELECT Email FROM Contacts) FROM Account",
        "SELECT Contact.Email FROM OpportunityContactRole",
    ):
        assert refused(client, soql)[0] == "INVALID_FIELD", soql
    assert "Email" not in client.query("SELECT FIELDS(STANDARD) FROM Contact LIMIT 1")[0]
    named = client.call("GET", "sobjects/Contact/describe").json()["fields"]
    assert "Email" not in [each["name"] for each in named]


@pytest.mark.parametrize(
    ("soql", "code"),
    [
        ("SELECT Id FROM Contact", "INVALID_TYPE"),
        ("SELECT COUNT(Id) FROM Contact", "INVALID_TYPE"),
        ("SELECT Id, (SELECT Id FROM Contacts) FROM Account", "INVALID_TYPE"),
        ("SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact)", "INVALID_TYPE"),
        ("SELECT Contact.Name FROM OpportunityContactRole", "INVALID_FIELD"),
        ("SELECT TYPEOF Who WHEN Contact THEN Name END FROM Task", "INVALID_TYPE"),
    ],
)
def test_an_object_that_may_not_be_read_is_not_there(
    org: RunningOrg, rep: Client, monkeypatch: pytest.MonkeyPatch, soql: str, code: str
) -> None:
    """X16: as object, as child, as parent, and inside."""
    monkeypatch.setattr(
        org.org.rights, "may", lambda user, sobject, action: sobject.name != "Contact"
    )
    assert refused(rep, soql)[0] == code


def test_explain_is_not_there(rep: Client) -> None:
    """X16: an honest answer rather than a plan that is not Salesforce's."""
    answer = rep.call("GET", "query", params={"explain": "SELECT Id FROM Contact"})
    assert answer.status_code == 501
    assert answer.json()[0]["errorCode"] == "NOT_IMPLEMENTED"
