"""The package's files fit each other and `app`, and the checks say so when they do not (C5)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.sfdx import components, fields, metadata, reports, rights
from tools.sfdx.__main__ import READING, Check
from tools.sfdx.project import Project

FIELDS = "force-app/main/default/objects"
KEY = f"{FIELDS}/Activity/fields/Inlay_Key__c.field-meta.xml"
CANVAS = "force-app/main/default/extlClntAppCanvasSettings/Inlay_Canvas_canvas.ecaCanvas-meta.xml"
LABELS = "force-app/main/default/labels/CustomLabels.labels-meta.xml"
GERMAN = "force-app/main/default/translations/de.translation-meta.xml"
OAUTH = "force-app/main/default/extlClntAppOauthSettings/Inlay_Canvas_oauth.ecaOauth-meta.xml"
ACTION = "force-app/main/default/quickActions/Lead.Inlay_New_Destination.quickAction-meta.xml"
HANDLER = "force-app/main/default/classes/InlayCanvasHandler.cls"
WARM = "force-app/main/default/reports/Inlay/Warm_Deals.report-meta.xml"
CONTACTS = "force-app/main/default/reports/Inlay/Warm_Contacts.report-meta.xml"
BOARD = "force-app/main/default/dashboards/Inlay/Inlay.dashboard-meta.xml"
PAGE = "force-app/main/default/pages/InlayLead.page"
CONSOLE = "force-app/main/default/pages/InlayConsole.page"
WIDGET = "force-app/main/default/aura/inlayCanvas/inlayCanvas.cmp"
GLANCE = "force-app/main/default/aura/inlayQuickGlance/inlayQuickGlance.cmp"
SCORE = f"{FIELDS}/Lead/fields/Inlay_Score__c.field-meta.xml"
DESTINATION = f"{FIELDS}/Inlay_Destination__c/fields"
SCRATCH = "config/project-scratch-def.json"


@pytest.mark.parametrize("check", READING, ids=lambda check: check.__name__)
def test_the_package_passes(check: Check) -> None:
    assert list(check(Project())) == []


def test_a_field_that_app_uses_is_renamed(broken: Project) -> None:
    old = broken.root / KEY
    renamed = old.with_name("Inlay_Id__c.field-meta.xml")
    renamed.write_text(old.read_text().replace("Inlay_Key__c", "Inlay_Id__c"))
    old.unlink()
    found = list(fields.activity_fields_are_those_of_app(broken))
    assert "Activity.Inlay_Key__c is missing; app writes it" in found
    assert "Activity.Inlay_Id__c is unknown to app/salesforce/package.py" in found
    assert "Inlay_Integration: there is no field Task.Inlay_Key__c" in list(
        rights.sets_name_what_exists(broken)
    )


@pytest.mark.parametrize(
    ("sobject", "name"), [("Lead", "Inlay_Score__c"), ("Inlay_Destination__c", "Views__c")]
)
def test_a_field_of_people_or_destinations_is_renamed(
    broken: Project, sobject: str, name: str
) -> None:
    old = broken.root / FIELDS / sobject / "fields" / f"{name}.field-meta.xml"
    old.rename(old.with_name("Other__c.field-meta.xml"))
    renamed = old.with_name("Other__c.field-meta.xml")
    renamed.write_text(renamed.read_text().replace(name, "Other__c"))
    assert list(fields.other_fields_are_those_of_app(broken)) == [
        f"{sobject}.{name} is missing; app names it",
        f"{sobject}.Other__c is unknown to app",
    ]


@pytest.mark.parametrize(
    ("check", "file", "old", "new", "said"),
    [
        (fields.activity_fields_are_those_of_app, KEY, "80", "8", "holds 8 characters"),
        (fields.activity_fields_are_those_of_app, KEY, "<unique>true", "<unique>false", "unique"),
        (fields.other_fields_are_those_of_app, SCORE, ">3<", ">2<", "holds 2 digits"),
        (fields.other_fields_are_those_of_app, f"{DESTINATION}/External_Id__c.field-meta.xml",
         "<unique>true", "<unique>false", "External_Id__c: unique must be true"),
        (fields.other_fields_are_those_of_app, f"{DESTINATION}/Views__c.field-meta.xml",
         "Number<", "Text<", "Views__c is Text; app writes Number"),
        (fields.other_fields_are_those_of_app, f"{DESTINATION}/Lead__c.field-meta.xml",
         "<referenceTo>Lead", "<referenceTo>Contact", "points to Contact, not Lead"),
        (fields.descriptions_tell_what_app_writes, f"{DESTINATION}/State__c.field-meta.xml",
         "expired", "over", "does not name expired"),
        (fields.descriptions_tell_what_app_writes, SCORE, "from 40 on", "from 50 on",
         "does not say from 40 on Warm"),
        (fields.descriptions_tell_what_app_writes, CONTACTS, ">40<", ">50<", "warm from 40 on"),
        (metadata.xml_is_well_formed, KEY, "</CustomField>", "</Custom>", "mismatched tag"),
        (metadata.labels_are_used_and_translated, LABELS, "Inlay_Title", "Inlay_Titel", "no label"),
        (metadata.labels_are_used_and_translated, GERMAN, "Inlay_Title", "Inlay_Titel", "German"),
        (metadata.canvas_settings_fit_app, CANVAS, "/canvas<", "/kanvas<", "takes no POST"),
        (metadata.canvas_settings_fit_app, CANVAS, "CanvasHandler", "Handler", "there is no class"),
        (metadata.canvas_settings_fit_app, CANVAS, ">Aura<", ">PageLayout<", "is shown in"),
        (metadata.canvas_settings_fit_app, PAGE, "Inlay_Canvas", "Inlay", "no canvas app Inlay"),
        (metadata.client_apps_ask_for_little, OAUTH, ">Api<", ">Api, RefreshToken<", "scopes"),
        (metadata.components_exist, ACTION, "inlayNewDestination<", "inlayNew<", "no component"),
        (metadata.components_exist, WARM, "Inlay_Deals__c", "Other__c", "no report type"),
        (metadata.components_exist, WARM, "$Views__c", "$Hits__c", "there is no field Hits__c"),
        (components.children_take_what_they_are_given, WIDGET, 'default="card" access="public"',
         'default="card" access="private"', "the attribute view of inlayCanvas is private"),
        (components.children_take_what_they_are_given, GLANCE, 'height="800"', 'hight="800"',
         "inlayCanvas has no attribute hight"),
        (components.views_are_those_of_app, GLANCE, '"glance"', '"glimpse"', "no view glimpse"),
        (components.views_are_those_of_app, CONSOLE, "view", "page", "asks for the view console"),
        (reports.reports_show_what_their_types_have, WARM, "$StageName", "$Stage", "no column"),
        (reports.reports_add_up_numbers, WARM, "<field>Opportunity$StageName",
         "<aggregateTypes>Sum</aggregateTypes><field>Opportunity$StageName", "is no number"),
        (reports.dashboards_show_what_reports_have, BOARD, "<column>Opportunity.", "<column>",
         "Warm_Deals does not add up"),
        (metadata.components_exist, BOARD, "Warm_Deals", "Hot_Deals", "no report Inlay/Hot_Deals"),
        (metadata.versions_agree, "sfdx-project.json", '"66.0"', '"65.0"', "needs 66.0"),
        (metadata.versions_agree, "sfdx-project.json", "0.1.0.NEXT", "0.2.0.NEXT", "version 0.2.0"),
        (metadata.builds_have_what_they_need, SCRATCH, "ExternalClientApps", "Sites", "lacks"),
        (metadata.builds_have_what_they_need, "sfdx-project.json", SCRATCH, "", "plain org"),
        (metadata.nothing_secret, CANVAS, "inlay.example", "00D0000000000Ab", "an org id"),
        (metadata.replacements_hit, PAGE, 'namespacePrefix=""', "", "nothing to replace"),
        (metadata.code_is_careful, HANDLER, "// as the class", "// so", "without a reason"),
        (metadata.code_is_careful, "force-app/main/default/classes/InlayPostInstall.cls",
         "tellNextSteps(c", "InlayAccess.isUser(); tellNextSteps(c", "may call no class"),
        (metadata.code_is_careful, HANDLER, "with sharing", "", "not declared with sharing"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_found(
    broken: Project, check: Check, file: str, old: str, new: str, said: str
) -> None:
    path = broken.root / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    assert said in "\n".join(check(broken))


def test_a_file_with_secrets_is_found(broken: Project) -> None:
    folder: Path = broken.source / "extlClntAppGlobalOauthSets"
    folder.mkdir()
    (folder / "Inlay_Canvas_global.ecaGlblOauth-meta.xml").write_text("<consumerSecret>x")
    assert "belongs into no repository" in "\n".join(metadata.nothing_secret(broken))
