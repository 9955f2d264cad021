"""Each test opens a database of its own, and a fifth of its time would be the compiling of the same
statements: SQLAlchemy keeps them per engine.

What is compiled depends on the statement and on what the dialect is told, so engines that are told
the same share it here.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection, Dialect

_compiled: dict[tuple[object, ...], Any] = {}


def _alike(dialect: Dialect) -> tuple[object, ...]:
    """What dialects must have in common for a statement of one to be one of the other."""
    told = (getattr(dialect, name, None) for name in ("_json_serializer", "_json_deserializer"))
    return (type(dialect), dialect.paramstyle, dialect.server_version_info, *map(id, told))


class _Cache:
    """As SQLAlchemy uses it: by dialect, statement and the form of its parameters."""

    def get(self, key: tuple[Any, ...]) -> Any:
        return _compiled.get((_alike(key[0]), *key[1:]))

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        _compiled[(_alike(key[0]), *key[1:])] = compiled

    def __len__(self) -> int:
        return len(_compiled)

    def clear(self) -> None:
        _compiled.clear()


_cache = _Cache()


def _share(connection: Connection) -> None:
    connection.engine._compiled_cache = _cache  # type: ignore[assignment]


def install() -> None:
    """Let all engines of this process share what was compiled."""
    event.listen(Engine, "engine_connect", _share)
