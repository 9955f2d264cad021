"""The OpenAPI document says what the API does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.api import schemas
from app.db import Database
from app.engagement.models import Event
from app.orgs.models import Org
from tests.api.conftest import Call


def fetch(client: FlaskClient) -> dict[str, Any]:
    response = client.get("/api/v1/openapi.json")
    assert response.status_code == 200
    document: dict[str, Any] = response.get_json()
    return document


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method.upper(), operation


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_it_is_open_to_everybody_and_of_version_3_1(client: FlaskClient) -> None:
    document = fetch(client)

    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": "http://localhost:8000"}]
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


def test_every_route_is_documented_and_no_other(app: Flask, client: FlaskClient) -> None:
    routes = {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert {(path, method) for path, method, _ in operations(fetch(client))} == routes


def test_every_reference_leads_somewhere(client: FlaskClient) -> None:
    document = fetch(client)
    known = document["components"]["schemas"]

    found = set(references(document))

    assert found
    assert all(name.removeprefix("#/components/schemas/") in known for name in found)


def test_operations_have_names_of_their_own_and_answers(client: FlaskClient) -> None:
    found = list(operations(fetch(client)))

    assert len({operation["operationId"] for _, _, operation in found}) == len(found)
    assert all(operation["summary"] and operation["responses"] for _, _, operation in found)


def test_its_examples_are_taken(client: FlaskClient, call: Call) -> None:
    for path, method, operation in operations(fetch(client)):
        if "requestBody" not in operation:
            continue
        media = operation["requestBody"]["content"]["application/json"]
        model = getattr(schemas, media["schema"]["$ref"].rsplit("/", 1)[1])
        model.model_validate(media["example"])

        answer = call(method, path, media["example"])

        assert answer.status_code == 200
        assert all("problem" not in result for result in answer.get_json()["results"])


def test_answers_have_the_documented_form(call: Call) -> None:
    event = {"id": "1", "kind": "call", "occurred_at": "2026-11-20T09:30:00Z"}
    batch = {"events": [{**event, "email": "ada@example.com"}, event]}

    results = schemas.EventResults.model_validate(call("POST", "/api/v1/events", batch).get_json())

    assert [result.status for result in results.results] == ["created", "rejected"]
    refusal = call("POST", "/api/v1/events", {"events": []})
    assert schemas.Problem.model_validate(refusal.get_json(force=True)).errors


def test_it_says_that_somebody_must_be_named_and_who_wins(client: FlaskClient) -> None:
    """C1: what the check refuses stands in the schema."""
    for name in ("EventIn", "MembershipsIn"):
        schema = fetch(client)["components"]["schemas"][name]
        assert [one["required"] for one in schema["anyOf"]] == [["email"], ["salesforce_id"]]
        assert "salesforce_id decides" in schema["properties"]["email"]["description"]


def test_a_record_decides_who_it_is(database: Database, org: Org, call: Call) -> None:
    """C1: as the document says, also when the address is somebody else's."""
    event = {"kind": "call", "occurred_at": "2026-11-20T09:30:00Z"}
    ada = {"salesforce_id": "003000000000001AAA"}
    call("POST", "/api/v1/events", {"events": [{**event, "id": "1", **ada}]})
    batch = [{**event, "id": "2", "email": "ben@example.com"}]
    call("POST", "/api/v1/events", {"events": batch})
    both = {**event, "id": "3", "email": "ben@example.com", **ada}
    call("POST", "/api/v1/events", {"events": [both]})

    with database.reading(org.id) as session:
        first, _second, third = session.scalars(select(Event.person_id).order_by(Event.seq))
    assert third == first


def test_it_names_the_limits(client: FlaskClient) -> None:
    document = fetch(client)
    event = document["components"]["schemas"]["EventIn"]["properties"]

    assert "600 requests a minute" in document["info"]["description"]
    assert "one day in the future" in event["occurred_at"]["description"]
    assert event["kind"]["anyOf"][0]["enum"][0] == "email_sent"
    assert "destination_visit" not in event["kind"]["anyOf"][0]["enum"]
