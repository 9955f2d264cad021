"""From a record to its relatives: `sobjects/Contact/<id>/Account`, `…/Account/<id>/Contacts`."""

from __future__ import annotations

from devorg import access
from devorg.rest.call import Answer, Call, not_found
from devorg.rest.records import asked_fields, shown
from devorg.rows import Record
from devorg.schema import Field, SObject
from devorg.soql import run


def relatives(call: Call, sobject: SObject, record: Record, name: str) -> Answer:
    """The parent, or the page of children, of that relationship. Raises ApiError 404."""
    parent = next((f for f in sobject.fields if _called(call.names.path(f), name)), None)
    if parent is not None and (sobject.name, parent.name) not in call.hidden:
        return _parent(call, record, parent)
    for child in call.names.schema.objects.values():
        for field in child.fields:
            mine = sobject.name in field.references
            if mine and _called(call.names.children(field), name) and field.filterable:
                return _children(call, child, field, record["Id"])
    raise not_found()


def _called(relationship: str | None, name: str) -> bool:
    return relationship is not None and relationship.lower() == name.lower()


def _asked(call: Call) -> list[str]:
    return [each.strip() for each in call.query.get("fields", "").split(",") if each.strip()]


def _parent(call: Call, record: Record, field: Field) -> Answer:
    """204 where the lookup is empty, as a real org answers."""
    record_id = record.get(field.name)
    target = call.names.schema.object_of(record_id) if record_id else None
    if target is None or record_id is None:
        return Answer(204)
    if not access.is_visible(call.connection, call.user.id, target, record_id):
        raise not_found()
    found = shown(call, target, [record_id], asked_fields(call, target, _asked(call)))
    return Answer(body=found[record_id])


def _children(call: Call, child: SObject, field: Field, record_id: str) -> Answer:
    names = ", ".join(asked_fields(call, child, _asked(call)))
    column = call.names.api(field)
    # Names have been checked, the id is one: nothing in this text is a client's.
    text = f"SELECT {names} FROM {call.names.entity(child)} WHERE {column} = '{record_id}'"  # noqa: S608 - see above
    page = run.begin(call, text, deleted=False)
    body = {"done": page.locator is None, "totalSize": page.total, "records": page.records}
    if page.locator:
        body["nextRecordsUrl"] = f"{call.root}/query/{page.locator}"
    return Answer(body=body)
