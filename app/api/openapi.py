"""The OpenAPI 3.1 document, made of the schemas that also check what comes in."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from app.api.schemas import (
    MAX_ITEMS,
    EventBatch,
    EventIn,
    EventResults,
    MembershipBatch,
    MembershipResults,
    MembershipsIn,
    Problem,
)

_MODELS: list[tuple[type[BaseModel], JsonSchemaMode]] = [
    (EventBatch, "validation"),
    (EventResults, "validation"),
    (MembershipBatch, "validation"),
    (MembershipResults, "validation"),
    (Problem, "validation"),
]

#: Refusals of a whole request: status to what it means.
_REFUSALS = {
    400: "The body is no JSON.",
    401: "No API key, or an unknown or revoked one.",
    403: "The org of the key is pending or suspended.",
    413: "The body is larger than 2 MB.",
    415: "The body is not sent as application/json.",
    422: "The body has another form, or more than 500 items.",
    429: "More requests in this minute than the org may send; see Retry-After.",
    503: "Nothing of it could be kept at the moment; send the same batch again, see Retry-After.",
}


@cache
def document(server_url: str, requests_per_minute: int) -> dict[str, Any]:
    """The document as JSON values, for the installation at this address and with this limit."""
    _, schemas = models_json_schema(_MODELS, ref_template="#/components/schemas/{model}")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Inlay",
            "version": "1",
            "description": (
                "Engagement and memberships of your own systems, for the widget. "
                f"An org may send {requests_per_minute} requests a minute, each of at most "
                f"{MAX_ITEMS} items and 2 MB; one bad item does not spoil the others."
            ),
        },
        "servers": [{"url": server_url}],
        "security": [{"key": []}],
        "paths": _paths(),
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _paths() -> dict[str, Any]:
    return {
        "/api/v1/events": {
            "post": _batch(
                "postEvents",
                "Send engagement; each event is kept once, whatever is sent again.",
                "EventBatch",
                "EventResults",
                {"events": EventIn.model_config["json_schema_extra"]["examples"]},  # type: ignore[index]
            )
        },
        "/api/v1/memberships": {
            "put": _batch(
                "putMemberships",
                "Replace people's memberships of the kinds that are given.",
                "MembershipBatch",
                "MembershipResults",
                {"memberships": MembershipsIn.model_config["json_schema_extra"]["examples"]},  # type: ignore[index]
            )
        },
        "/api/v1/openapi.json": {"get": _description()},
    }


def _batch(name: str, summary: str, takes: str, gives: str, example: Any) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": summary,
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _reference(takes), "example": example}},
        },
        "responses": {
            "200": {
                "description": "What became of each item, in the order of the batch.",
                "content": {"application/json": {"schema": _reference(gives)}},
            },
            **{str(status): _refusal(meaning) for status, meaning in _REFUSALS.items()},
        },
    }


def _description() -> dict[str, Any]:
    return {
        "operationId": "getDescription",
        "summary": "This document.",
        "security": [],
        "responses": {
            "200": {
                "description": "OpenAPI 3.1.",
                "content": {"application/json": {"schema": {"type": "object"}}},
            }
        },
    }


def _refusal(meaning: str) -> dict[str, Any]:
    return {
        "description": meaning,
        "content": {"application/problem+json": {"schema": _reference("Problem")}},
    }


def _reference(model: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model}"}
