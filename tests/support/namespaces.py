"""Runs on SQLite are with the namespace of the package and without, on PostgreSQL with it.

What a name is called and how a database keeps rows have nothing to do with each other: the torture
of ``tests/torture`` still runs all four combinations.
"""

from __future__ import annotations

import os

_BOTH = {"no namespace": None, "namespace": "acme"}
_OF_RUN = {"namespace": "acme"} if os.environ.get("INLAY_TEST_DATABASE") == "postgresql" else _BOTH
NAMES = list(_OF_RUN)
NAMESPACES = list(_OF_RUN.values())
