"""Every recorded exchange with a real org, asked again here: the same status, keys and types.

The data file holds our own requests after the recorded ones, and of the answers the shapes alone.
A list in it has the shape of all its items, or as many shapes as items; null is a value of every
type.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from devorg.server import RunningOrg
from tests.devorg.client import Client

RECORDED: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "data/exchanges_shapes.json").read_text()
)
KINDS = {bool: "boolean", str: "string", int: "number", float: "number"}


def differences(real: Any, ours: Any, where: str = "") -> list[str]:
    """Where an answer is not of the recorded shape."""
    if real == "null" or ours is None:
        return []
    if isinstance(real, dict) and isinstance(ours, dict):
        found = [f"{where}.{key} missing or extra" for key in set(real) ^ set(ours)]
        for key in set(real) & set(ours):
            found += differences(real[key], ours[key], f"{where}.{key}")
        return found
    if isinstance(real, list) and isinstance(ours, list):
        if len(real) > 1:
            pairs = list(zip(real, ours, strict=True))
        else:
            pairs = [(real[0], item) for item in ours if real]
        return [each for one, item in pairs for each in differences(one, item, where + "[]")]
    kind = KINDS.get(type(ours), type(ours).__name__)
    return [] if kind == real else [f"{where} is {kind}, not {real}"]


def filled(value: Any, known: dict[str, str]) -> Any:
    """A request with its placeholders replaced."""
    text = json.dumps(value)
    for name, one in known.items():
        text = text.replace(f"{{{name}}}", one)
    return json.loads(text)


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda each: str(each["number"]))
def test_an_answer_has_the_shape_of_the_recorded_one(
    org: RunningOrg, integration: Client, main: dict[str, str], recorded: dict[str, Any]
) -> None:
    """X16: values aside."""
    known = {**main, "org": org.org_id, "later": "Fri, 01 Jan 2100 00:00:00 GMT"}
    path = filled(recorded["path"], known)
    answer = integration.call(recorded["method"], path, filled(recorded["body"], known))
    assert answer.status_code == recorded["status"], answer.text
    assert differences(recorded["shape"], answer.json()) == []


def test_a_list_of_records_is_not_empty_where_it_was_not(integration: Client) -> None:
    """X16: so that the shapes of rows are really compared."""
    for soql in ("select Name from Account", "SELECT Id,Name FROM Account"):
        assert integration.query(soql)
    children = integration.query("select Name,(select Name from Contacts) from Account")
    assert any(each["Contacts"] for each in children)


def test_the_comparison_sees_what_differs() -> None:
    """X16: a missing key, an extra one, another type, at any depth."""
    real = {"a": [{"b": "string", "c": "number"}]}
    assert differences(real, {"a": [{"b": "x", "c": 1}]}) == []
    assert differences(real, {"a": [{"b": 1, "c": None}]}) == [".a[].b is number, not string"]
    assert differences(real, {"a": [{"b": "x", "c": 1, "d": 2}]}) == [".a[].d missing or extra"]
    assert differences(real, {"a": "x"}) == [".a is string, not [{'b': 'string', 'c': 'number'}]"]
