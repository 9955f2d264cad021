"""The OpenAPI document says what the API does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app.api import schemas
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
