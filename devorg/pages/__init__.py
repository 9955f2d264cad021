"""Lightning-like pages: home, lists and record pages with the canvas frame and its parent."""

from __future__ import annotations

from devorg.pages.routes import blueprint

__all__ = ["blueprint"]
