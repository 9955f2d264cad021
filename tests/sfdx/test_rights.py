"""Permission sets tell the truth: what they grant exists, suffices and survives (E8, X15)."""

from __future__ import annotations

import re

import pytest

from app.outbox.models import ActivityObject
from tools.sfdx import rights, table
from tools.sfdx.__main__ import Check
from tools.sfdx.project import Project

PACKAGED = "force-app/main/default/permissionsets"
LOCAL = "unpackaged/permissionsets"


def without(broken: Project, file: str, element: str, named: str) -> None:
    """Take the element that names something out of a permission set."""
    path = broken.root / f"{file}.permissionset-meta.xml"
    before = path.read_text()
    after = re.sub(
        rf" *<{element}>(?:(?!</{element}>).)*>{re.escape(named)}<.*?</{element}>\n",
        "",
        before,
        flags=re.DOTALL,
    )
    assert after != before
    path.write_text(after)


def put(broken: Project, file: str, element: str) -> None:
    """Add an element to a permission set."""
    path = broken.root / f"{file}.permissionset-meta.xml"
    path.write_text(path.read_text().replace("</PermissionSet>", f"{element}</PermissionSet>"))


@pytest.mark.parametrize(
    ("file", "named", "check", "said"),
    [
        (f"{PACKAGED}/Inlay_Integration", "Task.Inlay_Kind__c", rights.all_is_granted,
         "Inlay_Integration: lacks the field Task.Inlay_Kind__c"),
        (f"{PACKAGED}/Inlay_Rep", "Contact.Inlay_Score__c", rights.all_is_granted,
         "Inlay_Rep: lacks the field Contact.Inlay_Score__c"),
        (f"{LOCAL}/Inlay_Activity_Access", "Task.WhoId", rights.what_app_uses_is_granted,
         "activity_to_salesforce: Task.WhoId cannot be written"),
        (f"{LOCAL}/Inlay_Widget_Access", "Contact.Email", rights.what_app_uses_is_granted,
         "widget: Contact.Email is not granted"),
    ],
)  # fmt: skip
def test_a_permission_set_loses_a_field(
    broken: Project, file: str, named: str, check: Check, said: str
) -> None:
    without(broken, file, "fieldPermissions", named)
    assert said in list(check(broken))


def test_a_user_permission_is_missing(broken: Project) -> None:
    without(broken, f"{LOCAL}/Inlay_Activity_Access", "userPermissions", "EditTask")
    assert list(rights.what_app_uses_is_granted(broken)) == [
        "activity_to_salesforce: EditTask is not granted"
    ]


@pytest.mark.parametrize(
    "element",
    [
        "<userPermissions><enabled>true</enabled><name>ApiEnabled</name></userPermissions>",
        "<license>Salesforce</license>",
        "<objectPermissions><allowRead>true</allowRead><object>Lead</object></objectPermissions>",
        "<fieldPermissions><field>Task.WhoId</field><readable>true</readable></fieldPermissions>",
    ],
)
def test_a_packaged_set_with_what_packaging_drops(broken: Project, element: str) -> None:
    put(broken, f"{PACKAGED}/Inlay_Rep", element)
    assert "does not survive packaging" in "\n".join(rights.packaged_sets_survive(broken))


def test_a_rep_who_could_forge_views(broken: Project) -> None:
    path = broken.root / f"{PACKAGED}/Inlay_Rep.permissionset-meta.xml"
    path.write_text(path.read_text().replace("<editable>false", "<editable>true", 1))
    assert list(rights.reps_only_read(broken))


def test_rights_that_salesforce_takes_only_together(broken: Project) -> None:
    without(broken, f"{LOCAL}/Inlay_Pull_Access", "objectPermissions", "Account")
    found = list(rights.local_sets_hold_together(broken))
    assert "Inlay_Pull_Access: Contact needs read on Account" in found
    assert "Inlay_Pull_Access: names Account.Industry but does not grant Account" in found


def test_a_feature_without_a_set(broken: Project) -> None:
    (broken.root / f"{LOCAL}/Inlay_Pull_Access.permissionset-meta.xml").unlink()
    found = list(rights.every_feature_has_its_rights(broken))
    assert found == ["no local set is for the feature sync_to_inlay"]


def test_who_switched_on_activities_alone_lets_inlay_write_activities_alone() -> None:
    """The sets for integration, connection and activity: nothing else of the org is edited."""
    project = Project()
    granted = [project.packaged_sets[rights.INTEGRATION]]
    granted += [project.local_sets[f"Inlay_{name}_Access"] for name in ("Connection", "Activity")]
    writing = {"create", "edit", "delete", "modify all"}
    written = {name for each in granted for name, may in each.objects.items() if may & writing}
    fields = {name for each in granted for name, may in each.fields.items() if may}
    standard = {name for name in fields if not name.endswith("__c")}
    assert written == {rights.DESTINATION}
    assert {name.split(".")[0] for name in standard} == {each.value for each in ActivityObject}


def test_the_table_tells_what_the_sets_grant(broken: Project) -> None:
    row = next(line for line in table.table(broken).splitlines() if "activity_to_sales" in line)
    assert "`Inlay_Integration` | `Inlay_Activity_Access`" in row
    assert "user permissions ActivitiesAccess, EditEvent, EditTask" in row
    assert "read, view all on Account, Contact, Lead, Opportunity" in row


def test_a_guide_that_is_behind_is_found(broken: Project) -> None:
    without(broken, f"{LOCAL}/Inlay_Activity_Access", "userPermissions", "EditEvent")
    assert "run python -m tools.sfdx --write" in "\n".join(table.guide_is_current(broken))
