"""What can go wrong with the demo."""

from __future__ import annotations


class DemoError(Exception):
    """The demo cannot go on; the text is for the person at the terminal and says what to do."""


class StoppedError(DemoError):
    """The person asked to stop while the demo was starting."""
