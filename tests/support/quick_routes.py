"""Each test makes an application of its own, and half of that time is the compiling of its routes.

What is compiled depends on the text of a route alone (it reads the converters of its rule when it
is called), so the same text is compiled once per process here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

_compiled: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}
_compile: Any = Rule._compile_builder


def _compile_once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    defaults = repr(sorted((rule.defaults or {}).items()))
    key = (tuple(rule._trace), defaults, tuple(sorted(rule.arguments)), append_unknown)
    if key not in _compiled:
        _compiled[key] = _compile(rule, append_unknown)
    return _compiled[key]


def install() -> None:
    """Let all applications of this process share what was compiled."""
    Rule._compile_builder = _compile_once  # type: ignore[assignment]
