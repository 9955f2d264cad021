"""Table of the rate limits."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class RateCount(Base):
    """How often something was asked for in one minute, or in the day that it is the last of."""

    __tablename__ = "rate_count"
    __table_args__ = (Index(None, "minute"),)

    bucket: Mapped[str] = mapped_column(String(120), primary_key=True)
    minute: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    times: Mapped[int] = mapped_column(default=1)
