"""A browser for the end-to-end tests: any Chromium, Chrome or Edge of this machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

_COMMANDS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
    "chrome",
    "msedge",
)
_MACOS_APPS = ("Chromium", "Google Chrome", "Microsoft Edge")
_WINDOWS_PLACES = (
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
)
_WINDOWS_ROOTS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")


class NoBrowserError(Exception):
    """No browser was found; the text says where one was looked for."""


def find(environ: Mapping[str, str] = os.environ) -> str:
    """The path of a browser: INLAY_BROWSER first, then the usual names and places.

    Raises NoBrowserError.
    """
    asked = environ.get("INLAY_BROWSER", "")
    if asked:
        found = shutil.which(asked)
        if found is None:
            raise NoBrowserError(f"INLAY_BROWSER={asked} is no program")
        return found
    for name in _COMMANDS:
        found = shutil.which(name, path=environ.get("PATH"))
        if found:
            return found
    for place in _places(environ):
        if place.is_file():
            return str(place)
    raise NoBrowserError("no Chromium, Chrome or Edge found; INLAY_BROWSER can name one")


def _places(environ: Mapping[str, str]) -> list[Path]:
    homes = (Path("/"), Path(environ.get("HOME", "/")))
    macos = [
        home / f"Applications/{app}.app/Contents/MacOS/{app}"
        for home in homes
        for app in _MACOS_APPS
    ]
    roots = [Path(environ[name]) for name in _WINDOWS_ROOTS if environ.get(name)]
    return macos + [root / place for root in roots for place in _WINDOWS_PLACES]
