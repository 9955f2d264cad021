"""Elements of metadata files are those of Salesforce's types: the CLI looks at files' names alone.

The types are those of the Metadata API's WSDL as jsforce, a part of the Salesforce CLI, has them.
What is younger than that stands here, from the Metadata API Developer Guide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from xml.etree.ElementTree import Element

from tools.sfdx.project import Project, read
from tools.sfdx.toolbox import MODULES

_WSDL = MODULES / "@jsforce" / "jsforce-node" / "lib" / "api" / "metadata" / "schema.d.ts"
_TYPE = re.compile(r"^export type (\w+) = (?:(\w+) & )?\{\n(.*?)^\};", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r"^\s+(\w+)\??: (\w+)", re.MULTILINE)


def _texts(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "string")


_APP = _texts("externalClientApplication", "label")
_FOLDER = _texts("accessType", "name", "publicFolderAccess")
#: What came after that WSDL: type -> its fields, and the type of each.
_NEWER: Mapping[str, Mapping[str, str]] = {
    "ConnectedApp": {"oauthPolicy": "ConnectedAppOauthPolicy"},
    "ConnectedAppOauthPolicy": _texts("ipRelaxation", "refreshTokenPolicy", "singleLogoutUrl"),
    "CustomPermission": _texts("isLicensed"),
    "DashboardFolder": _FOLDER,
    "ReportFolder": _FOLDER,
    "FlexiPageRegion": {"itemInstances": "ItemInstance"},
    "ItemInstance": {"componentInstance": "ComponentInstance"},
    "ComponentInstance": _texts("identifier"),
    "PermissionSetObjectPermissions": _texts("viewAllFields"),
    "ExternalClientApplication": _texts(
        "contactEmail", "contactPhone", "description", "distributionState", "iconUrl", "infoUrl",
        "isProtected", "label", "logoUrl", "orgScopedExternalApp",
    ),
    "ExtlClntAppCanvasSettings": _APP | _texts(
        "accessMethod", "canvasLocationOptions", "canvasOptions", "canvasUrl", "lifeCycleHandler",
        "samlInitiationMethod",
    ),
    "ExtlClntAppOauthSettings": _APP | _texts(
        "clientAssertionCertificate", "commaSeparatedOauthScopes", "isFirstPartyAppEnabled",
        "oauthLink", "singleLogoutUrl",
    ),
    "ExtlClntAppConfigurablePolicies": _APP | _texts(
        "isCanvasPluginEnabled", "isEnabled", "isOauthPluginEnabled", "startPage", "startUrl",
    ),
    "ExtlClntAppOauthConfigurablePolicies": _APP | _texts(
        "apexHandler", "clientCredentialsFlowUser", "commaSeparatedPermissionSet",
        "commaSeparatedProfile", "ipRelaxationPolicyType", "isClientCredentialsFlowEnabled",
        "isGuestCodeCredFlowEnabled", "isTokenExchangeFlowEnabled", "permittedUsersPolicyType",
        "policyAction", "refreshTokenPolicyType", "refreshTokenValidityPeriod",
        "refreshTokenValidityUnit", "requiredSessionLevel", "sessionTimeoutInMinutes", "startUrl",
    ),
}  # fmt: skip

Types = Mapping[str, Mapping[str, str]]


def elements_are_known(project: Project) -> Iterator[str]:
    """Every element of every metadata file is a field of its type."""
    types = known()
    for path in project.files():
        if path.name.endswith("-meta.xml"):
            root = read(path)
            for unknown in _unknown(root, _name(root), types):
                yield f"{project.short(path)}: {unknown}"


@cache
def known() -> Types:
    """Types of the Metadata API: their fields, and the type of each."""
    text = _WSDL.read_text(encoding="utf-8")
    own = {name: (base, dict(_FIELD.findall(body))) for name, base, body in _TYPE.findall(text)}
    return {
        name: {
            **_texts("fullName"),
            **own.get(own.get(name, ("", {}))[0], ("", {}))[1],
            **own.get(name, ("", {}))[1],
            **_NEWER.get(name, {}),
        }
        for name in {*own, *_NEWER}
    }


def _unknown(element: Element, kind: str, types: Types) -> Iterator[str]:
    fields = types.get(kind)
    if fields is None:
        yield f"there is no type {kind}"
        return
    for child in element:
        name = _name(child)
        if name not in fields:
            yield f"{kind} has no element {name}"
        elif len(child):
            yield from _unknown(child, fields[name], types)


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]
