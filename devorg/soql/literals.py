"""What a literal of a query stands for."""

from __future__ import annotations

import re

from lark import Token

from devorg import moments
from devorg.soql.dates import is_literal
from devorg.soql.nodes import LiteralKind, Value
from devorg.soql.refusals import Malformed

# Longer texts are refused in conditions (Salesforce's limits: 4,000 characters per string).
MAX_STRING = 4000
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_TOO_LARGE = 2**63


def value(kind: LiteralKind, token: Token, stored: str | float | bool | None) -> Value:
    """A literal where it stands in the text."""
    return Value(kind, stored, token.line or 1, token.column or 1)


def string(token: Token, *, pattern: bool = False) -> Value:
    """A text. In a pattern, wildcards that were escaped stay escaped. Raises Malformed."""

    def replace(match: re.Match[str]) -> str:
        code, char = match.groups()
        if code:
            return chr(int(code, 16))
        if char in "'\"":
            return str(char)
        if char == "\\":
            return match[0] if pattern else "\\"
        if pattern and char in "%_":
            return match[0]
        if char.lower() not in _ESCAPES:
            raise _illegal(token, match[0])
        return _ESCAPES[char.lower()]

    text = _joined(token, _ESCAPE.sub(replace, str(token)[1:-1]))
    if len(text) > MAX_STRING:
        message = f"String literals cannot be longer than {MAX_STRING} characters"
        raise Malformed(message, token.line or 1, token.column or 1)
    return value("string", token, text)


def _joined(token: Token, text: str) -> str:
    r"""The text with `\ud83d\ude00` as one character; nothing that no text can hold."""
    try:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError as error:
        raise _illegal(token, "\\u") from error
    if "\0" in text:
        raise _illegal(token, "\\u0000")
    return text


def _illegal(token: Token, sequence: str) -> Malformed:
    message = (
        f"Invalid string literal {token}."
        f" Illegal character sequence '{sequence}' in string literal."
    )
    return Malformed(message, token.line or 1, token.column or 1)


def number(token: Token) -> Value:
    """A number: an integer where it is written as one."""
    exact = re.fullmatch(r"[+-]?\d{1,19}", token)
    if exact and abs(int(token)) < _TOO_LARGE:
        return value("number", token, int(token))
    return value("number", token, float(token))


def datetime(token: Token) -> Value:
    """A moment, as stored. Raises Malformed."""
    moment = moments.read(token.upper())
    if moment is None:
        raise unexpected(token)
    return value("datetime", token, moments.write(moment))


def date(token: Token) -> Value:
    """A day, as stored. Raises Malformed."""
    if not moments.is_date(token):
        raise unexpected(token)
    return value("date", token, str(token))


def time(token: Token) -> Value:
    """A time of day, as stored. Raises Malformed."""
    stored = moments.clock(token.upper())
    if stored is None:
        raise unexpected(token)
    return value("time", token, stored)


def date_literal(token: Token) -> Value:
    """`TODAY`, `LAST_N_DAYS:3`. Raises Malformed for what is none."""
    if not is_literal(token.upper()):
        raise unexpected(token)
    return value("date literal", token, token.upper())


def whole(token: Token, largest: int = 2**31 - 1) -> int:
    """The number of LIMIT or OFFSET. Raises Malformed."""
    if not re.fullmatch(r"\d{1,10}", token) or int(token) > largest:
        raise unexpected(token)
    return int(token)


def unexpected(token: Token) -> Malformed:
    """What a real org says of a word in the wrong place."""
    return Malformed(f"unexpected token: '{token}'", token.line or 1, token.column or 1)
