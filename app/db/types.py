"""Column types and annotated columns that all models share."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Enum, Integer, String, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

from app.ids import new_id


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC; SQLite keeps it as naive UTC text, PostgreSQL as timestamptz."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(DateTime(timezone=dialect.name != "sqlite"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone was given to the database")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class LenientEnum(TypeDecorator[StrEnum]):
    """A StrEnum kept as its text; text that this version does not know is read as ``unknown``."""

    impl = String
    cache_ok = True

    def __init__(self, values: type[StrEnum], unknown: StrEnum) -> None:
        super().__init__(32)
        self.values = values
        self.unknown = unknown
        self._known = {member.value: member for member in values}

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:
        return None if value is None else self.values(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self._known.get(value, self.unknown)


def enum_type(values: type[StrEnum], *, unknown: StrEnum | None) -> TypeEngine[Any]:
    """A StrEnum kept as its text (no native enum: adding a value needs no migration).

    ``unknown`` is what the text of a newer version is read as, while two releases share a database:
    the member under which least is done and nobody is let in. None where no member is safe:
    reading such a row raises LookupError, and whoever reads it does nothing
    (``tests/destinations/test_newer_values.py`` names these, and why).
    """
    if unknown is not None:
        return LenientEnum(values, unknown)
    return Enum(
        values,
        native_enum=False,
        create_constraint=False,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


#: JSON, as JSONB on PostgreSQL.
JsonType = JSON().with_variant(JSONB(), "postgresql")

#: An integer key that SQLite also counts up by itself.
SequenceType = BigInteger().with_variant(Integer(), "sqlite")

IdColumn = Annotated[UUID, mapped_column(Uuid, primary_key=True, default=new_id)]
SequenceColumn = Annotated[int, mapped_column(SequenceType, primary_key=True, autoincrement=True)]
SalesforceId = Annotated[str, mapped_column(String(18))]
TimeColumn = Annotated[datetime, mapped_column(UtcDateTime)]
JsonObject = Annotated[dict[str, Any], mapped_column(JsonType)]
JsonList = Annotated[list[Any], mapped_column(JsonType)]
