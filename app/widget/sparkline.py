"""The last 30 days as bars: SVG paths and the sentence that a screen reader says instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.web.i18n import _, ngettext

#: The drawing's own units: one bar and its gap, the bar alone, the height.
_STEP, _WIDTH, _HEIGHT = 6, 4, 48
_STUB = 2


@dataclass(frozen=True, slots=True)
class Sparkline:
    """``bars`` and ``floor`` are path data of a 180 × 48 drawing; ``spoken`` names it."""

    bars: str
    floor: str
    spoken: str


def draw(days: Sequence[int]) -> Sparkline:
    """Bars of events per day, the oldest first; days without events have a stub."""
    highest = max(days, default=0)
    bars: list[str] = []
    floor: list[str] = []
    for position, count in enumerate(days):
        height = max(_STUB, round(_HEIGHT * count / highest)) if count else _STUB
        x = position * _STEP + 1
        (bars if count else floor).append(f"M{x} {_HEIGHT}v-{height}h{_WIDTH}v{height}z")
    return Sparkline("".join(bars), "".join(floor), _spoken(days, highest))


def _spoken(days: Sequence[int], highest: int) -> str:
    if not highest:
        return _("No engagement in the last 30 days")
    ago = len(days) - 1 - max(i for i, count in enumerate(days) if count == highest)
    total = sum(days)
    counted = ngettext(
        "%(total)d event in the last 30 days", "%(total)d events in the last 30 days", total
    )
    busiest = (
        _("most of them today")
        if ago == 0
        else ngettext("most of them %(ago)d day ago", "most of them %(ago)d days ago", ago)
    )
    return f"{counted % {'total': total}}, {busiest % {'ago': ago}}"
