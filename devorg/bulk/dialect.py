"""The CSV dialects of Bulk API 2.0: six delimiters, two line endings, quotes doubled."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from devorg.errors import DevorgError

DELIMITERS = {
    "BACKQUOTE": "`", "CARET": "^", "COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "TAB": "\t",
}  # fmt: skip
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}
_BYTE_ORDER_MARK = "\ufeff"


class FileError(DevorgError):
    """A file that cannot be processed; the job fails with `code : message`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)

    def shown(self) -> str:
        """What the job says of itself (`errorMessage`)."""
        return f"{self.reason} : {self.message}"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one job's files are written, by the words of the API."""

    delimiter: str
    line_ending: str

    def write(self, rows: Iterable[Sequence[str]]) -> str:
        """Rows as CSV, every value in quotes, as a real org writes them."""
        target = io.StringIO(newline="")
        csv.writer(
            target,
            delimiter=DELIMITERS[self.delimiter],
            lineterminator=LINE_ENDINGS[self.line_ending],
            quoting=csv.QUOTE_ALL,
        ).writerows(rows)
        return target.getvalue()

    def read(self, content: bytes) -> Iterator[list[str]]:
        """The rows of a file, the header first, empty lines left out. Raises FileError."""
        try:
            text = content.decode("utf-8").removeprefix(_BYTE_ORDER_MARK)
        except UnicodeDecodeError as error:
            raise FileError("InvalidBatch", "The file is not encoded in UTF-8.") from error
        self._check_ending(text)
        reader = csv.reader(
            io.StringIO(text, newline=""), delimiter=DELIMITERS[self.delimiter], strict=True
        )
        try:
            yield from (row for row in reader if row)
        except csv.Error as error:
            message = f"Failed to parse CSV at line {reader.line_num}: {error}"
            raise FileError("InvalidBatch", message) from error

    def _check_ending(self, text: str) -> None:
        """The first line tells; a file of one line without an ending is right either way."""
        header, newline, _ = text.partition("\n")
        if newline and header.endswith("\r") != (self.line_ending == "CRLF"):
            message = (
                "LineEnding is invalid on user data. Current LineEnding setting is"
                f" {self.line_ending}"
            )
            raise FileError("ClientInputError", message)
