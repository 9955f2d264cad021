"""A parsed module, and what a rule says about it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Source:
    """One Python file; `path` is relative to the project, with forward slashes."""

    path: str
    text: str
    tree: ast.Module

    @classmethod
    def of(cls, path: str, text: str) -> Source:
        """Parse a text."""
        return cls(path, text, ast.parse(text, path))

    def is_in(self, *places: str) -> bool:
        """Whether the file is one of these, or lies in one of these folders (`app/db/`)."""
        return any(
            self.path == place or (place.endswith("/") and self.path.startswith(place))
            for place in places
        )


@dataclass(frozen=True, order=True)
class Problem:
    """One broken rule at one place."""

    path: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


def imported_names(tree: ast.Module) -> Iterator[tuple[ast.stmt, str]]:
    """Each import with the full dotted name it brings in, wherever it stands in the file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def read(root: Path, folders: tuple[str, ...]) -> Iterator[Source]:
    """All Python files below the folders (or the files themselves)."""
    for folder in folders:
        top = root / folder
        files = [top] if top.is_file() else sorted(top.rglob("*.py"))
        for file in files:
            path = file.relative_to(root).as_posix()
            yield Source.of(path, file.read_text(encoding="utf-8"))
