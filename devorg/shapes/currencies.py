"""Multi-currency: every record has a currency, and the org a list of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from devorg import rows
from devorg.schema import Field, Schema, SObject
from devorg.schema.notation import fields
from devorg.users import USERS

# Code -> how many of it are one of the corporate currency, the first.
DEFAULT: Final = {"USD": 1.0, "EUR": 0.92, "GBP": 0.79}
CODE: Final = "CurrencyIsoCode"

CURRENCY_TYPE = SObject(
    "CurrencyType", "Currency Type", "Currency Type", "01L",
    fields(
        """
        Id                id              di  Currency Type ID
        IsoCode           picklist 255    r   Currency ISO Code  name
        ConversionRate    double 18,6     .   Conversion Rate
        DecimalPlaces     int 9           .   Decimal Places
        IsActive          boolean         d   Active
        IsCorporate       boolean         d   Is Corporate Currency
        CreatedDate       datetime        d   Created Date
        CreatedById       reference User  d   Created By ID
        LastModifiedDate  datetime        d   Last Modified Date
        LastModifiedById  reference User  d   Last Modified By ID
        SystemModstamp    datetime        d   System Modstamp
        """
    ),
    sharing="all",
    writable=False,
)  # fmt: skip


def _code(name: str, label: str, rates: Mapping[str, float], *, writable: bool) -> Field:
    return Field(
        name, "picklist", label, 255, createable=writable, updateable=writable,
        values=tuple(rates), restricted=True, default=next(iter(rates)), defaulted=True,
        securable=False,
    )  # fmt: skip


def with_currencies(schema: Schema, rates: Mapping[str, float]) -> Schema:
    """The schema with a currency on every object whose records have owners or follow one."""
    priced = [
        each for each in schema.objects.values() if each.sharing not in {"all", "opportunity"}
    ]
    code = _code(CODE, "Currency ISO Code", rates, writable=True)
    user = schema.objects["User"].with_fields(
        _code("DefaultCurrencyIsoCode", "Default Currency ISO Code", rates, writable=False),
        _code(CODE, "Currency ISO Code", rates, writable=False),
    )
    iso = replace(CURRENCY_TYPE.by_name["IsoCode"], values=tuple(rates))
    return schema.with_objects(
        *(each.with_fields(code) for each in priced), user, CURRENCY_TYPE.with_fields(iso)
    )


def fill(
    connection: sqlite3.Connection, schema: Schema, rates: Mapping[str, float], now: str
) -> None:
    """Give what is there the corporate currency, and the org its list."""
    corporate = next(iter(rates))
    for each in schema.objects.values():
        for name in {CODE, "DefaultCurrencyIsoCode"} & each.by_name.keys():
            connection.execute(
                f'UPDATE "{each.name}" SET "{name}" = ? WHERE "{name}" IS NULL',  # noqa: S608 - names of devorg's own tables
                (corporate,),
            )
    connection.execute("DELETE FROM CurrencyType")
    sobject = schema.objects["CurrencyType"]
    numbers = rows.make_ids(connection, sobject, len(rates))
    found = [
        rows.stamped(USERS[1].id, now, {
            "Id": number, "IsoCode": iso, "ConversionRate": rate, "DecimalPlaces": 2,
            "IsActive": True, "IsCorporate": iso == corporate,
        })
        for number, (iso, rate) in zip(numbers, rates.items(), strict=True)
    ]  # fmt: skip
    rows.insert(connection, sobject, found)
