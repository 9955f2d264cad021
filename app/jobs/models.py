"""Tables of the worker: who is alive."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utcnow
from app.db import Base, TimeColumn


class WorkerHeartbeat(Base):
    """A worker process that is alive; its name is its executor id in durable workflows too."""

    __tablename__ = "worker_heartbeat"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    started_at: Mapped[TimeColumn] = mapped_column(default=utcnow)
    seen_at: Mapped[TimeColumn] = mapped_column(default=utcnow)
