"""Whatever a field's metadata says, it becomes a column that works, or is refused with a reason."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from devorg import rows
from devorg.errors import ControlError
from devorg.metadata import Changes
from devorg.metadata.fields import UnsupportedError, field_of
from devorg.names import Names
from devorg.rest.describe_field import described_field
from devorg.schema import STANDARD, tables
from devorg.schema.fields import SObject
from devorg.schema.notation import fields
from devorg.schema.setup import SETUP

TYPES = (
    "Text", "TextArea", "LongTextArea", "Html", "Number", "Currency", "Percent", "Date",
    "DateTime", "Checkbox", "Picklist", "MultiselectPicklist", "Url", "Email", "Phone", "Lookup",
    "MasterDetail", "AutoNumber", "Summary", "Location",
)  # fmt: skip
WORDS = st.text(max_size=12)
FIELDS = st.fixed_dictionaries(
    {"fullName": st.sampled_from(["Good__c", "A_B1__c", "ns__C__c", "bad", "x__c; DROP", ""]),
     "type": st.sampled_from(TYPES)},
    optional={
        "label": WORDS, "length": st.one_of(st.integers(0, 300), WORDS),
        "precision": st.integers(0, 20), "scale": st.integers(0, 9),
        "required": st.sampled_from([True, False, "true", "false"]),
        "unique": st.booleans(), "externalId": st.booleans(), "caseSensitive": st.booleans(),
        "defaultValue": st.sampled_from(['"x"', "'y'", "3", "1.5", "true", "TODAY()", ""]),
        "displayFormat": st.one_of(st.sampled_from(["A-{0000}", "{0}", "x'y{00}z"]), WORDS),
        "referenceTo": st.sampled_from(["Account", "Contact", "Nothing__c", ""]),
        "relationshipName": WORDS, "values": st.lists(WORDS, max_size=3),
        "inlineHelpText": WORDS,
    },
)  # fmt: skip


def table_with(changes: Changes, target: SObject) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    connection.execute("CREATE TABLE counter (prefix TEXT PRIMARY KEY, used INTEGER NOT NULL)")
    tables.shape(connection, changes.schema.with_objects(target))
    return connection


@given(FIELDS)
def test_any_field_is_a_column_or_a_reason(source: dict[str, Any]) -> None:
    """X16: describe shows it, the store keeps a row with it, an auto-number counts."""
    changes = Changes(STANDARD)
    with suppress(ControlError):
        changes.add_field("Lead", source)
    if not changes.fields:
        assert changes.schema is STANDARD
        return
    lead = changes.schema.objects["Lead"]
    made = lead.by_name[source["fullName"]]
    shown = described_field(Names(changes.schema, None), made, editable=True)
    assert shown["custom"] is True
    connection = table_with(changes, lead)
    for number in ("1", "2"):
        rows.insert(connection, lead, [{"Id": number, "LastName": "X", made.name: None}])
    second = rows.by_id(connection, lead, "2")
    assert second is not None
    assert (second[made.name] is None) == (made.auto_number is None and made.type != "boolean")
    connection.close()


@given(FIELDS, st.sampled_from(["acme", "a1", "Big_Co"]))
def test_a_namespace_goes_before_each_custom_name_once(
    source: dict[str, Any], namespace: str
) -> None:
    """X16: `X__c` becomes `acme__X__c`; what has a namespace keeps its own."""
    changes = Changes(STANDARD, namespace)
    try:
        changes.add_field("Lead", source)
    except ControlError:
        return
    for name in changes.fields:
        prefix = name.removeprefix("Lead.").partition("__")[0]
        assert prefix == ("ns" if source["fullName"].startswith("ns__") else namespace)


@given(
    st.sampled_from(TYPES),
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), WORDS),
        lambda inner: st.one_of(
            st.lists(inner, max_size=2),
            st.dictionaries(
                st.sampled_from(["valueSetDefinition", "value", "fullName", "default"]), inner
            ),
        ),
        max_leaves=6,
    ),
)
def test_nonsense_is_refused_with_its_name(kind: str, value: Any) -> None:
    """X16: never with a traceback."""
    source = {"fullName": "A__c", "type": kind, "valueSet": value, "values": value}
    with suppress(UnsupportedError, ControlError):
        assert field_of(source).name == "A__c"


def test_the_notation_reads_what_it_says() -> None:
    """X16: one line with every option; no standard list has a field twice."""
    (one,) = fields(
        "ParentId  reference Account,Lead  cunpx-g  Parent  path=Up kids=Downs? in=Whole"
    )
    assert (one.name, one.references, one.relationship) == ("ParentId", ("Account", "Lead"), "Up")
    assert (one.children, one.restricts, one.cascades) == ("Downs", True, False)
    assert (one.groupable, one.sortable, one.compound) == (False, True, "Whole")
    for sobject in (*STANDARD.objects.values(), *SETUP):
        names = [each.name for each in sobject.fields]
        assert len(names) == len(set(names))
        assert "Id" in names
