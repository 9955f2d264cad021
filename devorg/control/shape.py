"""Org shapes, and very many rows."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, jsonify

from devorg import moments
from devorg.control.call import blueprint, the_body, the_org
from devorg.errors import ControlError
from devorg.seed.bulk import fill
from devorg.shapes import currencies, person_accounts

_ISO = re.compile(r"[A-Z]{3}")


@blueprint.get("/shape")
def show_shape() -> Response:
    """What is enabled."""
    return jsonify(_shown())


@blueprint.post("/shape")
def change_shape() -> Response:
    """`person_accounts` and `multi_currency`: true; `currencies`: codes with their rates, the
    corporate one first. As in real orgs neither can be switched off again, but by a reset.
    """
    org, body, before = the_org(), the_body(), _shown()
    for key in ("person_accounts", "multi_currency"):
        wanted = body.get(key, before[key])
        if not isinstance(wanted, bool) or (before[key] and not wanted):
            raise ControlError(key, f"{key} can be switched on, and off by a reset alone.")
    if body.get("person_accounts") and not before["person_accounts"]:
        org.use_schema(person_accounts.with_person_accounts(org.schema))
        org.rights_changed()
    if body.get("multi_currency"):
        rates = _rates(body.get("currencies"))
        org.use_schema(currencies.with_currencies(org.schema, rates))
        with org.store.writing() as connection:
            now = moments.write(org.clock.now())
            currencies.fill(connection, org.schema, rates, now)
    return jsonify(_shown())


@blueprint.post("/fill")
def fill_up() -> Response:
    """`contacts`: that many more, with an account for every twenty; for benchmarks."""
    count = the_body().get("contacts")
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise ControlError("contacts", "contacts must be a whole number above zero.")
    made = fill(the_org(), count)
    return jsonify(contacts=len(made), first=made[0], last=made[-1])


def _rates(given: Any) -> dict[str, float]:
    if given is None:
        return dict(currencies.DEFAULT)
    if not isinstance(given, dict) or not given:
        raise ControlError("currencies", "currencies must be an object of codes and rates.")
    for code, rate in given.items():
        if not _ISO.fullmatch(code) or not isinstance(rate, int | float) or not rate > 0:
            raise ControlError("currencies", f"{code!r}: {rate!r} is no currency with a rate.")
    return {code: float(rate) for code, rate in given.items()}


def _shown() -> dict[str, Any]:
    objects = the_org().schema.objects
    return {
        "person_accounts": person_accounts.FLAG in objects["Account"].by_name,
        "multi_currency": "CurrencyType" in objects,
    }
