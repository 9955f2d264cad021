"""Engine, sessions, column types: the one place that may speak SQL below the ORM."""

from app.db.asking import SystemReads, TenantReads
from app.db.base import Base, Tenant, TenantPart, TenantRoot, tenant_key, tenant_reference
from app.db.clock import database_now
from app.db.database import Database
from app.db.prepared import Prepared, PreparedForAll
from app.db.session import SystemSession, TenantSession
from app.db.types import (
    IdColumn,
    JsonList,
    JsonObject,
    JsonType,
    SalesforceId,
    SequenceColumn,
    TimeColumn,
    UtcDateTime,
    enum_type,
)

__all__ = [
    "Base",
    "Database",
    "IdColumn",
    "JsonList",
    "JsonObject",
    "JsonType",
    "Prepared",
    "PreparedForAll",
    "SalesforceId",
    "SequenceColumn",
    "SystemReads",
    "SystemSession",
    "Tenant",
    "TenantPart",
    "TenantReads",
    "TenantRoot",
    "TenantSession",
    "TimeColumn",
    "UtcDateTime",
    "database_now",
    "enum_type",
    "tenant_key",
    "tenant_reference",
]
