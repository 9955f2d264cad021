"""devorg: a Salesforce org in a box, for demo, tests and benchmarks.

It shares no code with `app` or `canvas`, so that one mistake cannot hide on both sides.
"""

from __future__ import annotations

from devorg.application import create_org_app
from devorg.config import DevorgConfig

__all__ = ["DevorgConfig", "create_org_app"]
