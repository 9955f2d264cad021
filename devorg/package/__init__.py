"""The Inlay package in the org, from the package's own metadata files."""

from __future__ import annotations

from devorg.package.installed import Package
from devorg.package.source import FOLDER, PackageSource, source_of

__all__ = ["FOLDER", "Package", "PackageSource", "source_of"]
