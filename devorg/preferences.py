"""What an admin of the org chooses in setup, as far as it changes how data behaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

CONTROLLED_BY_PARENT: Final = "controlled_by_parent"
PRIVATE: Final = "private"


@dataclass(frozen=True, slots=True)
class Preferences:
    """`shared_activities`: a Task or Event may have several people. `activity_sharing`: who may
    change an activity: whoever can reach all it is related to, or its owner alone.
    """

    shared_activities: bool = False
    activity_sharing: str = CONTROLLED_BY_PARENT
