"""Size: no module over 400 lines, no function over 60."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tools.lint.source import Problem, Source

LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
_GENERATED = "migrations/versions/"


def problems(source: Source) -> Iterator[Problem]:
    """What is too long to be read in one go."""
    if source.is_in(_GENERATED):
        return
    lines = source.text.count("\n")
    if lines > LONGEST_MODULE:
        message = f"{lines} lines; {LONGEST_MODULE} is the most: split it by what it does"
        yield Problem(source.path, 1, "shape", message)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                message = f"{node.name} has {length} lines; {LONGEST_FUNCTION} is the most"
                yield Problem(source.path, node.lineno, "shape", message)
