"""An org's colour as a page can use it: readable on light and dark, whatever it is (WCAG AA)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_FORM = re.compile(r"#[0-9a-f]{6}")
_DEFAULT = "#0b5cab"
_READABLE = 4.6  # WCAG 2.2, 1.4.3 asks for 4.5
_SET_OFF = 2.0  # a button against the dark page
_BLACK, _WHITE, _INK = (0, 0, 0), (255, 255, 255), (20, 24, 33)
_NIGHT, _NIGHT_CARD = (15, 18, 25), (22, 27, 37)

_Color = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as ``#rrggbb``.

    Attributes:
        fill: Of buttons; the org's own.
        on_fill: Text on it.
        fill_dark, on_fill_dark: The same on a dark page, where a dark colour would be lost.
        text_light, text_dark: The colour as text on a light and on a dark page.
        tint_light, tint_dark: A breath of it as a background.
    """

    fill: str
    on_fill: str
    fill_dark: str
    on_fill_dark: str
    text_light: str
    text_dark: str
    tint_light: str
    tint_dark: str


@lru_cache(maxsize=256)
def palette(color: str) -> Palette:
    """The palette of a colour; of ours when it is none."""
    text = color.lower()
    fill = _parse(text if _FORM.fullmatch(text) else _DEFAULT)
    fill_dark = _moved(fill, _WHITE, [_NIGHT_CARD], _SET_OFF)
    tint_light, tint_dark = _mix(_WHITE, fill, 0.08), _mix(_NIGHT, fill, 0.16)
    text_dark = _moved(fill, _WHITE, [tint_dark, _NIGHT_CARD], _READABLE)
    return Palette(
        fill=_hex(fill),
        on_fill=_hex(_text_on(fill)),
        fill_dark=_hex(fill_dark),
        on_fill_dark=_hex(_text_on(fill_dark)),
        text_light=_hex(_moved(fill, _BLACK, [tint_light], _READABLE)),
        text_dark=_hex(text_dark),
        tint_light=_hex(tint_light),
        tint_dark=_hex(tint_dark),
    )


def _text_on(fill: _Color) -> _Color:
    """White where it can be read, else ink, else black."""
    if _contrast(_WHITE, fill) >= _READABLE:
        return _WHITE
    return _moved(_INK, _BLACK, [fill], _READABLE)


def _moved(color: _Color, target: _Color, grounds: Sequence[_Color], least: float) -> _Color:
    """The colour, moved towards the target until it stands out from all grounds."""
    steps = (_mix(color, target, step / 20) for step in range(21))
    fits = (c for c in steps if all(_contrast(c, ground) >= least for ground in grounds))
    return next(fits, target)


def _parse(text: str) -> _Color:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _hex(color: _Color) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)


def _mix(one: _Color, other: _Color, part: float) -> _Color:
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _contrast(one: _Color, other: _Color) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: _Color) -> float:
    """Relative luminance as WCAG defines it."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
