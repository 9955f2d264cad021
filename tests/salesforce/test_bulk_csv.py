"""The CSV of Bulk API 2.0: whatever a row holds comes back from a reader that is not ours."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.salesforce import bulk_csv
from devorg.bulk.dialect import Dialect

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
_AWKWARD = st.sampled_from(['"', '""', ",", "\n", "\r\n", "a\rb", " x ", "#N/A ", "\ufeff", "=1+1"])
_CELLS = st.one_of(st.none(), st.booleans(), st.integers(), _TEXTS, _AWKWARD)
_COLUMNS = ["Subject", "Description", "acme__Inlay_Key__c"]
_ROWS = st.lists(st.dictionaries(st.sampled_from(_COLUMNS), _CELLS))


def _seen(value: object) -> str:
    """What Salesforce makes of a cell, of its text."""
    if value is None:
        return "#N/A"
    if isinstance(value, bool):
        return str(value).lower()
    text = "N/A" if value == "#N/A" else str(value)
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(_ROWS)
def test_what_is_written_is_what_another_reader_reads(rows: list[dict[str, object]]) -> None:
    content = bulk_csv.write(_COLUMNS, rows)
    header, *lines = csv.reader(io.StringIO(content.decode(), newline=""), strict=True)
    assert header == _COLUMNS
    assert lines == [[_seen(row[c]) if c in row else "" for c in _COLUMNS] for row in rows]
    assert list(Dialect("COMMA", "LF").read(content)) == [header, *lines]


@given(_ROWS, st.integers(1, 7))
def test_results_are_read_in_pieces_of_any_size(rows: list[dict[str, object]], size: int) -> None:
    """Also where a piece ends within a character, a quote or a line."""
    content = bulk_csv.write(_COLUMNS, rows)
    pieces = [content[at : at + size] for at in range(0, len(content), size)]
    kept = list(bulk_csv.read(pieces, ["Subject", "acme__Inlay_Key__c", "sf__Error"]))
    names = ["Subject", "acme__Inlay_Key__c"]
    assert kept == [{c: _seen(row[c]) if c in row else "" for c in names} for row in rows]


def test_a_text_that_reads_like_null_does_not_empty_its_field() -> None:
    assert bulk_csv.write(["Subject"], [{"Subject": "#N/A"}]) == b'"Subject"\n"N/A"\n'


def test_a_value_that_no_cell_holds_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no list"):
        bulk_csv.write(["Subject"], [{"Subject": ["a"]}])


def test_a_field_without_a_column_is_a_mistake() -> None:
    """Otherwise it would be lost without a word."""
    with pytest.raises(ValueError, match="no column for"):
        bulk_csv.write(["Subject"], [{"Subject": "a", "WhoId": "b"}])


@pytest.mark.parametrize("content", [b'"a","b"\n"c"\n', b'"a"\n"b\n', b'"a"\n\xff\n'])
def test_what_is_no_csv_is_said(content: bytes) -> None:
    with pytest.raises(ValueError):
        list(bulk_csv.read([content], ["a"]))
