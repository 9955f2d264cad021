"""Rules that a customer's admin could have added."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from devorg.automation.conditions import conditions_from, field_named
from devorg.automation.rules import ALWAYS, AssignmentRule, DuplicateRule, ValidationRule
from devorg.control.call import blueprint, sobject_of, the_body, the_org, user_of
from devorg.errors import ControlError

_ASSIGNED = frozenset({"Lead", "Case"})


def _operations(body: dict[str, Any]) -> frozenset[str]:
    stated = body.get("on", sorted(ALWAYS))
    if not isinstance(stated, list) or not stated or any(each not in [*ALWAYS] for each in stated):
        raise ControlError("on", "on must be a list of create and update.")
    return frozenset(stated)


def _message(body: dict[str, Any], usual: str) -> str:
    message = body.get("message", usual)
    if not isinstance(message, str) or not message:
        raise ControlError("message", "message must be a text.")
    return message


@blueprint.post("/rules/validation")
def add_validation_rule() -> Response:
    """`sobject`, `conditions` [{field, operator, value}], `message`, and if need be `field`, `on`,
    `except` (users who are spared): rows of which all conditions are true are refused.
    """
    org, body = the_org(), the_body()
    sobject = sobject_of(body.get("sobject"))
    conditions = conditions_from(org.names, sobject, body.get("conditions"))
    blamed = body.get("field")
    spared = body.get("except", [])
    if not isinstance(spared, list):
        raise ControlError("except", "except must be a list of users.")
    rule = ValidationRule(
        conditions,
        _message(body, "This record breaks a rule of the org."),
        field_named(org.names, sobject, blamed) if blamed else None,
        _operations(body),
        frozenset(user_of(each).id for each in spared),
    )
    org.automation.validation[sobject.name] += (rule,)
    return jsonify(ok=True)


@blueprint.post("/rules/duplicate")
def add_duplicate_rule() -> Response:
    """`sobject`, `fields` that must all agree, `action` (alert, block), `name`, `message`."""
    org, body = the_org(), the_body()
    sobject = sobject_of(body.get("sobject"))
    fields, action = body.get("fields"), body.get("action", "alert")
    if not isinstance(fields, list) or not fields:
        raise ControlError("fields", "fields must be a list of names.")
    if action not in ("alert", "block"):
        raise ControlError("action", "action must be alert or block.")
    rule = DuplicateRule(
        str(body.get("name", f"Standard_{sobject.name}_Duplicate_Rule")),
        str(body.get("matching_rule", f"Standard_{sobject.name}_Match_Rule")),
        tuple(field_named(org.names, sobject, each) for each in fields),
        action == "block",
        _message(body, "Use one of these records?"),
        _operations(body),
    )
    org.automation.duplicates[sobject.name] += (rule,)
    return jsonify(ok=True)


@blueprint.post("/rules/assignment")
def add_assignment_rule() -> Response:
    """`sobject` (Lead or Case), `owner` (a user), `conditions`: the first that fits decides."""
    org, body = the_org(), the_body()
    sobject = sobject_of(body.get("sobject"))
    if sobject.name not in _ASSIGNED:
        raise ControlError("sobject", f"Only {' and '.join(sorted(_ASSIGNED))} are assigned.")
    conditions = conditions_from(org.names, sobject, body.get("conditions", []))
    rule = AssignmentRule(conditions, user_of(body.get("owner")).id)
    org.automation.assignment[sobject.name] += (rule,)
    return jsonify(ok=True)


@blueprint.post("/rules/required")
def require_field() -> Response:
    """`sobject`, `field`, `required` (true): must the field be filled."""
    org, body = the_org(), the_body()
    sobject = sobject_of(body.get("sobject"))
    name = field_named(org.names, sobject, body.get("field"))
    required = body.get("required", True)
    if not isinstance(required, bool):
        raise ControlError("required", "required must be true or false.")
    fields = org.automation.required
    fields[sobject.name] = (
        fields[sobject.name] | {name} if required else fields[sobject.name] - {name}
    )
    return jsonify(ok=True)


@blueprint.delete("/rules")
def clear_rules() -> Response:
    """No rules but the platform's own."""
    the_org().automation.clear()
    return jsonify(ok=True)
