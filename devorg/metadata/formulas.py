"""The one kind of formula that devorg computes: text put together from words and the record's Id.

`HYPERLINK("/path?id=" & CASESAFEID(Id), "Open")` becomes SQL over the row; whatever else a formula
does is refused. Source: formula operators and functions, `&`, HYPERLINK, CASESAFEID. How the API
shows a hyperlink is the anchor that pages render.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([A-Za-z_]\w*)|([&(),]))')


class FormulaError(ValueError):
    """A formula that is more than devorg computes."""


def sql_of(formula: str) -> str:
    """SQL of a formula's value. Raises FormulaError."""
    parser = _Parser(_tokens(formula.strip()))
    sql = parser.text()
    if parser.rest:
        raise FormulaError(formula)
    return sql


def _tokens(formula: str) -> list[str]:
    """Literals with a quote in front, names and marks."""
    found, at = [], 0
    while at < len(formula):
        match = _TOKEN.match(formula, at)
        if match is None:
            raise FormulaError(formula)
        literal, name, mark = match.groups()
        found.append(f'"{literal}' if literal is not None else str(name or mark))
        at = match.end()
    return found


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self.rest = tokens

    def text(self) -> str:
        """Parts joined by `&`."""
        parts = [self._part()]
        while self.rest[:1] == ["&"]:
            self.rest.pop(0)
            parts.append(self._part())
        return " || ".join(parts)

    def _part(self) -> str:
        token = self.rest.pop(0) if self.rest else ""
        if token.startswith('"'):
            return _quoted(re.sub(r"\\(.)", r"\1", token[1:]))
        if token.lower() == "id":
            return '"Id"'
        if token.upper() == "CASESAFEID":
            (inner,) = self._arguments(1)
            return inner
        if token.upper() == "HYPERLINK":
            address, label = self._arguments(2)
            return f"""'<a href="' || {address} || '" target="_blank">' || {label} || '</a>'"""
        raise FormulaError(token)

    def _arguments(self, count: int) -> list[str]:
        found = []
        for mark in "(" + "," * (count - 1):
            self._expect(mark)
            found.append(self.text())
        self._expect(")")
        return found

    def _expect(self, mark: str) -> None:
        if self.rest[:1] != [mark]:
            raise FormulaError(mark)
        self.rest.pop(0)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
