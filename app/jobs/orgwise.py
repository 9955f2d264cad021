"""Work for many orgs side by side: a few at a time, and none of them ends the others'."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import structlog

_log = structlog.get_logger()

#: Orgs at once: one that hangs until its timeout leaves the others their turn.
_AT_ONCE = 4


def each_org(name: str, orgs: Sequence[UUID], work: Callable[[UUID], object]) -> int:
    """Do the work for each; what goes wrong is logged with its org. How many went well."""
    if not orgs:
        return 0

    def safely(org_id: UUID) -> bool:
        try:
            work(org_id)
        except Exception:  # noqa: BLE001  # one org's trouble is none of another's
            _log.exception("worker.org_failed", job=name, org=str(org_id))
            return False
        return True

    with ThreadPoolExecutor(min(_AT_ONCE, len(orgs)), thread_name_prefix=name) as pool:
        return sum(pool.map(safely, orgs))
