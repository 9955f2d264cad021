"""Nothing outside `app/db` may go around the tenant session (house, "Tenancy by construction").

The session adds the org to every ORM statement. What it cannot reach is refused here: SQL as text,
Core tables, inserts and bulk updates by key, `from_statement`, and drivers. ORM statements such as
`update(Model).where(…)` and `delete(Model).where(…)` are fine: the session does reach them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tools.lint.source import Problem, Source, imported_names

BELOW_THE_ORM = "app/db/"

_SQL = ("text", "literal_column", "column", "table", "Table", "insert", "DDL", "TextClause")
_BANNED_IMPORTS = dict.fromkeys(_SQL, "SQL that the tenant session cannot see")
#: `text()` may say which rows an index holds: that is schema, no statement.
_SCHEMA_KEYWORDS = ("sqlite_where", "postgresql_where", "server_default")
_BANNED_DRIVERS = ("sqlite3", "psycopg")
_BANNED_ATTRIBUTES = {
    "__table__": "a Core table escapes the tenant session",
    "__mapper__": "the mapper leads to the Core table",
    "local_table": "a Core table escapes the tenant session",
    "from_statement": "the tenant session does not reach it",
    "exec_driver_sql": "SQL as text",
    "bulk_save_objects": "use insert_many",
    "bulk_insert_mappings": "use insert_many",
    "bulk_update_mappings": "use update(Model).where(…)",
    "raw_connection": "SQL as text",
}
#: Where sessions over all orgs may be opened, and why.
SYSTEM_SESSIONS = {
    "app/cli/": "an operator at a shell",
    "app/jobs/": "the worker serves all orgs",
    "app/orgs/": "the tenants themselves",
    "app/console/": "support staff",
    "app/api/access.py": "an API key names its org; until it is read there is none",
    "app/destinations/door.py": "a link, logo or own domain names its org; until it is found, none",
    "app/engagement/silence.py": "the worker's search for silent visits of all orgs: ids only",
    "app/salesforce/accounting.py": "books the calls of all orgs in one statement",
    "app/web/limits.py": "rate limits count before anyone is known",
}
_SELECT_TYPES = ("Select", "CompoundSelect")
_SYSTEM = ("system_reading", "system_asking", "system_writing", "SystemSession")
_FOLDERS = ("app/", "wsgi.py")


def problems(source: Source) -> Iterator[Problem]:
    """What this file does that only `app/db` may."""
    if not source.is_in(*_FOLDERS) or source.is_in(BELOW_THE_ORM):
        return
    for line, message in (*_imports(source), *_uses(source), *_system_sessions(source)):
        yield Problem(source.path, line, "tenancy", message)


def _imports(source: Source) -> Iterator[tuple[int, str]]:
    for node, full in imported_names(source.tree):
        package, _, name = full.rpartition(".")
        banned = full.split(".")[0] == "sqlalchemy" and name in _BANNED_IMPORTS
        if banned and not (name == "text" and _only_in_schema(source.tree, name)):
            yield (
                node.lineno,
                f"{package}.{name}: {_BANNED_IMPORTS[name]}; app/db offers what is safe",
            )
        if full.split(".")[0] in _BANNED_DRIVERS:
            yield node.lineno, f"{full}: a bare driver knows no tenant"


def _only_in_schema(tree: ast.Module, name: str) -> bool:
    """Whether each use of a name stands in a keyword that belongs to the schema."""
    excused = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg in _SCHEMA_KEYWORDS
        for inner in ast.walk(node.value)
    }
    uses = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == name]
    return bool(uses) and all(id(use) in excused for use in uses)


def _uses(source: Source) -> Iterator[tuple[int, str]]:
    aliases, selects = _sqlalchemy_names(source.tree), _names_of_selects(source.tree)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute):
            yield from _attribute(node, aliases)
        elif isinstance(node, ast.Call):
            yield from _call(node, selects)


def _attribute(node: ast.Attribute, aliases: set[str]) -> Iterator[tuple[int, str]]:
    if node.attr in _BANNED_ATTRIBUTES:
        yield node.lineno, f".{node.attr}: {_BANNED_ATTRIBUTES[node.attr]}"
    elif node.attr == "tables" and _last_name(node.value) == "metadata":
        yield node.lineno, ".metadata.tables: a Core table escapes the tenant session"
    elif node.attr in _BANNED_IMPORTS and _first_name(node) in aliases:
        yield node.lineno, f".{node.attr}: {_BANNED_IMPORTS[node.attr]}"


def _call(node: ast.Call, selects: set[str]) -> Iterator[tuple[int, str]]:
    """`execute(statement, rows)` writes by key; `getattr(x, "__table__")` is a way around."""
    name = _last_name(node.func)
    method = isinstance(node.func, ast.Attribute)
    runs = method and name in ("execute", "scalars", "scalar") and _has_parameters(node)
    if runs and not (node.args and _is_select(node.args[0], selects)):
        yield node.lineno, f"{name}() with parameters: bulk writes go through insert_many"
    if name == "getattr" and len(node.args) > 1 and _is_banned_name(node.args[1]):
        yield node.lineno, "getattr() of a banned name: the same in other words"


def _has_parameters(node: ast.Call) -> bool:
    return len(node.args) > 1 or any(word.arg == "params" for word in node.keywords)


def _is_select(node: ast.expr, selects: set[str]) -> bool:
    """Whether a statement only reads: `select(…)…`, or a name that stands for one."""
    while isinstance(node, ast.Call | ast.Attribute):
        node = node.func if isinstance(node, ast.Call) else node.value
    return isinstance(node, ast.Name) and (node.id == "select" or node.id in selects)


def _names_of_selects(tree: ast.Module) -> set[str]:
    """Names that are given a select and nothing else, and functions that return one."""
    made = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and _is_select_type(node.returns)
    }
    given: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            given.setdefault(node.targets[0].id, []).append(node.value)
    return made | {
        name for name, values in given.items() if all(_is_select(value, made) for value in values)
    }


def _is_select_type(annotation: ast.expr | None) -> bool:
    """An annotation that says so; mypy holds the function to it."""
    named = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return isinstance(named, ast.Name) and named.id in _SELECT_TYPES


def _is_banned_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value in _BANNED_ATTRIBUTES


def _system_sessions(source: Source) -> Iterator[tuple[int, str]]:
    if source.is_in(*SYSTEM_SESSIONS):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and _last_name(node.func) in _SYSTEM:
            yield node.lineno, "a session over all orgs; SYSTEM_SESSIONS in tools/lint says who may"


def _sqlalchemy_names(tree: ast.Module) -> set[str]:
    """Names by which this file calls the package or one of its modules."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] == "sqlalchemy":
                    names.add(alias.asname or "sqlalchemy")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            names |= {alias.asname or alias.name for alias in node.names if alias.name.islower()}
    return names


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _first_name(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
