"""Lightning-like pages: home, search, lists, records with the canvas and its parent, set-up."""

from __future__ import annotations

from devorg.pages import canvas, happened, routes, setup
from devorg.pages.web import blueprint

# Importing them registers their addresses.
PARTS = (canvas, happened, routes, setup)

__all__ = ["PARTS", "blueprint"]
