"""Salesforce's own programs find what is wrong in a copy of the package (C5)."""

from __future__ import annotations

import pytest

from tools.sfdx import elements, programs
from tools.sfdx.project import Project

pytestmark = pytest.mark.sfdx

CLASSES = "force-app/main/default/classes"


def replace(broken: Project, file: str, old: str, new: str) -> None:
    path = broken.root / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_a_misspelt_method_and_a_renamed_field_are_found(broken: Project) -> None:
    replace(broken, f"{CLASSES}/InlayMe.cls", "InlayAccess.isAdmin", "InlayAccess.isAdmn")
    fields = "force-app/main/default/objects/Inlay_Destination__c/fields"
    old = broken.root / fields / "Views__c.field-meta.xml"
    old.rename(old.with_name("Hits__c.field-meta.xml"))
    replace(broken, f"{fields}/Hits__c.field-meta.xml", "Views__c", "Hits__c")
    found = list(programs.apex_has_types(broken))
    assert any("InlayMe.cls" in each and "isAdmn" in each for each in found)
    assert any("InlayPermissionSetsTest.cls" in each and "Views__c" in each for each in found)


def test_an_injection_is_found(broken: Project) -> None:
    query = (
        "Database.query('SELECT Id FROM Contact WHERE Name = ' + RestContext.request.requestURI)"
    )
    replace(
        broken,
        f"{CLASSES}/InlayMe.cls",
        "Answer answer = new",
        f"{query};\n        Answer answer = new",
    )
    assert "ApexSOQLInjection" in "\n".join(programs.analyzer_is_content(broken))


def test_a_file_that_salesforce_does_not_know_is_found(broken: Project) -> None:
    old = broken.source / "tabs" / "Inlay_Console.tab-meta.xml"
    old.rename(old.with_name("Inlay_Console.tap-meta.xml"))
    assert list(programs.source_converts(broken))


def test_an_element_that_salesforce_does_not_know_is_found(broken: Project) -> None:
    """The CLI takes such a file, and a deploy would not."""
    report = "force-app/main/default/reports/Inlay/Warm_Deals.report-meta.xml"
    replace(broken, report, "groupingsDown>", "groupingDown>")
    policy = "extlClntAppOauthPolicies/Inlay_Canvas_oauthPolicy.ecaOauthPlcy-meta.xml"
    replace(broken, f"unpackaged/policies/{policy}", "ipRelaxationPolicyType>", "ipPolicy>")
    found = list(elements.elements_are_known(broken))
    assert [each.rpartition(": ")[2] for each in found] == [
        "Report has no element groupingDown",
        "ExtlClntAppOauthConfigurablePolicies has no element ipPolicy",
    ]


def test_a_page_that_forgets_the_namespace_is_found(broken: Project) -> None:
    replace(broken, "sfdx-project.json", "INLAY_NAMESPACE", "INLAY_NAMESPASE")
    assert list(programs.source_converts(broken))
