"""The latest answer of the preflight of each org."""

from __future__ import annotations

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utcnow
from app.db import Base, IdColumn, JsonObject, Tenant, TimeColumn, enum_type
from app.salesforce.preflight.result import Verdict


class PreflightResult(Tenant, Base):
    """What the last preflight of an org found; ``result`` is ``Preflight.as_json``.

    ``changed_at`` is when the same was found for the first time in a row.
    """

    __tablename__ = "preflight_result"
    __table_args__ = (UniqueConstraint("org_id"),)

    id: Mapped[IdColumn]
    verdict: Mapped[Verdict] = mapped_column(enum_type(Verdict, unknown=Verdict.UNKNOWN))
    refused: Mapped[str] = mapped_column(String(32), default="", server_default="")
    lacks: Mapped[int] = mapped_column(doc="How many things features in use lack.")
    calls: Mapped[int]
    result: Mapped[JsonObject]
    ran_at: Mapped[TimeColumn] = mapped_column(default=utcnow)
    changed_at: Mapped[TimeColumn] = mapped_column(default=utcnow)
