"""Rate limits count in the database."""

from __future__ import annotations

import pytest

from app.db import Database
from app.web.limits import TooManyRequestsError, hit


def test_the_limit_holds_per_bucket_and_minute(database: Database) -> None:
    for _ in range(3):
        hit(database, "api:one", 3)
    with pytest.raises(TooManyRequestsError):
        hit(database, "api:one", 3)
    hit(database, "api:two", 3)
