"""The CSV of Bulk API 2.0: UTF-8, commas, LF, every value in quotes, ``#N/A`` for null.

An empty cell leaves a field as it is, so that rows with different fields share a file. Source: the
Bulk API 2.0 guide, "Prepare CSV Files" (``#N/A`` is not seen under a real org yet).
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

#: The words by which a job is told how its file is written.
DELIMITER_NAME = "COMMA"
LINE_ENDING_NAME = "LF"
NULL = "#N/A"
#: A text that happens to read so; nothing escapes it, and sent as it is it would empty the field.
_NOT_NULL = "N/A"


def write(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A file with a header and a line for each row; a row need not have all columns.

    Raises:
        ValueError: A row has a field that no column names, or a value that no cell holds.
    """
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    lines.writerow(columns)
    known = set(columns)
    for row in rows:
        if not row.keys() <= known:
            raise ValueError(f"no column for {sorted(row.keys() - known)}")
        lines.writerow([_cell(row[name]) if name in row else "" for name in columns])
    return text.getvalue().encode("utf-8", "replace")


def read(pieces: Iterable[bytes], columns: Collection[str]) -> Iterator[dict[str, str]]:
    """These columns of a file that comes in pieces; nothing else of it is kept.

    Raises:
        ValueError: It is no CSV, or not in UTF-8.
    """
    lines = csv.reader(_lines(pieces), strict=True)
    try:
        header = next(lines, [])
        wanted = [(at, name) for at, name in enumerate(header) if name in columns]
        for cells in lines:
            if not cells:
                continue
            if len(cells) != len(header):
                raise ValueError("a line is not as wide as the header")
            yield {name: cells[at] for at, name in wanted}
    except csv.Error as error:
        raise ValueError(f"no CSV: {error}") from None


def _cell(value: Any) -> str:
    if isinstance(value, str):  # as nearly all are
        if value == NULL:
            return _NOT_NULL
        # a file has one line ending; which one a text had nobody sees in Salesforce
        return value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value
    if value is None:
        return NULL
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    raise ValueError(f"a cell holds no {type(value).__name__}")


def _lines(pieces: Iterable[bytes]) -> Iterator[str]:
    """Lines with their endings: of LF alone, since a value may hold any other."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    rest = ""
    for piece in pieces:
        *whole, rest = (rest + decoder.decode(piece)).split("\n")
        yield from (f"{line}\n" for line in whole)
    rest += decoder.decode(b"", final=True)
    if rest:
        yield rest
