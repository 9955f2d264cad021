"""The package's files among each other, and with `app`: routes, labels, versions, secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import ParseError

from app.widget.routes import room
from tools.sfdx.project import Project, children, read, text

OLDEST_API = 66.0
_LABEL = re.compile(r"\$Label\.(?:c\.)?(\w+)|\bLabel\.(\w+)")
_SECRETS = {
    "an org id": re.compile(r"\b00D[a-zA-Z0-9]{12}(?:[a-zA-Z0-9]{3})?\b"),
    "a record id": re.compile(r"\b(?:888|04t|0Ho|005|00e|0PS)[a-zA-Z0-9]{12}(?:[a-zA-Z0-9]{3})?\b"),
    "a consumer key": re.compile(r"\b3MVG[a-zA-Z0-9._]{20,}"),
    "a consumer key or secret": re.compile(r"<consumer(?:Key|Secret)>"),
    "an access token": re.compile(r"\b00D\w{12,15}!"),
    "a mail address": re.compile(r"[\w.+-]+@(?!inlay\.example)[\w-]+\.[a-z]{2,}"),
    "a lock file's address": re.compile(r'"resolved":'),
}
#: Settings of client apps that carry keys (Metadata API: not to be put under source control).
_SECRET_FOLDERS = {"extlClntAppGlobalOauthSets", "extlClntAppOauthSecuritySettings"}
_NO_MAIL = {"package.json", "package-lock.json"}  # names of packages look like addresses
_SUPPRESSION = re.compile(r"@SuppressWarnings|eslint-disable|NOPMD|code-analyzer-suppress")


def xml_is_well_formed(project: Project) -> Iterator[str]:
    """Every metadata file can be read, and is of the metadata namespace."""
    for path in project.files():
        if path.suffix != ".xml":
            continue
        try:
            root = read(path)
        except ParseError as problem:
            yield f"{project.short(path)}: {problem}"
            continue
        if not root.tag.startswith("{http://soap.sforce.com/2006/04/metadata}"):
            yield f"{project.short(path)}: is no metadata"


def labels_are_used_and_translated(project: Project) -> Iterator[str]:
    """Each label that code names is there; each one is used, and translated into German."""
    used: dict[str, str] = {}
    for path in project.files():
        if path.suffix in {".cls", ".cmp", ".page", ".js"} and path.is_relative_to(project.source):
            for found in _LABEL.finditer(path.read_text(encoding="utf-8")):
                used[found[1] or found[2]] = project.short(path)
    known, german = set(project.labels), set(project.translations("de"))
    yield from (f"{used[name]}: there is no label {name}" for name in sorted(set(used) - known))
    yield from (f"the label {name} is not used" for name in sorted(known - set(used)))
    yield from (f"the label {name} has no German text" for name in sorted(known - german))
    yield from (f"{name} is translated but is no label" for name in sorted(german - known))


def canvas_settings_fit_app(project: Project) -> Iterator[str]:
    """The canvas app posts to `app`'s route, in the locations that the components need."""
    root = read(project.source / "extlClntAppCanvasSettings/Inlay_Canvas_canvas.ecaCanvas-meta.xml")
    path = "/" + text(root, "canvasUrl").split("/", 3)[-1]
    if path not in _posted_paths():
        yield f"app takes no POST at {path}, where the canvas URL points"
    if text(root, "accessMethod") != "Post":
        yield "the canvas app must get a signed request by POST"
    handler = text(root, "lifeCycleHandler")
    if handler not in project.packaged_classes:
        yield f"there is no class {handler}, the lifecycle handler"
    locations = {(each.text or "") for each in children(root, "canvasLocationOptions")}
    if locations != {"Aura", "Visualforce"}:
        yield f"the canvas app is shown in {sorted(locations)}"
    name = text(root, "externalClientApplication")
    for shown in [*project.source.glob("aura/*/*.cmp"), *project.source.glob("pages/*.page")]:
        for found in re.findall(r'developerName="(\w+)"', shown.read_text(encoding="utf-8")):
            if found != name:
                yield f"{project.short(shown)}: there is no canvas app {found}"


def _posted_paths() -> set[str]:
    from flask import Flask  # a throw-away application, to hear the room's rules

    application = Flask("routes", static_folder=None)
    application.register_blueprint(room)
    return {
        str(rule) for rule in application.url_map.iter_rules() if "POST" in (rule.methods or ())
    }


def client_apps_ask_for_little(project: Project) -> Iterator[str]:
    """The canvas app has the scope Api alone: with more, signed requests carry refresh tokens."""
    wanted = {"Inlay_Canvas": {"Api"}, "Inlay_Connect": {"Api", "OpenID", "RefreshToken"}}
    found = {}
    for path in project.source.glob("extlClntAppOauthSettings/*.ecaOauth-meta.xml"):
        root = read(path)
        scopes = text(root, "commaSeparatedOauthScopes").split(",")
        found[text(root, "externalClientApplication")] = {scope.strip() for scope in scopes}
    if found != wanted:
        yield f"the scopes of the client apps are {found}, not {wanted}"
    apps = project.names("externalClientApps", ".eca-meta.xml")
    if apps != frozenset(wanted):
        yield f"the client apps are {sorted(apps)}"


def components_exist(project: Project) -> Iterator[str]:
    """Quick actions, tabs, the app, layouts and list views name components that there are."""
    bundles = {path.name for path in project.source.glob("aura/*")}
    for path in sorted(project.source.glob("quickActions/*.quickAction-meta.xml")):
        name = text(read(path), "lightningComponent")
        if name not in bundles:
            yield f"{project.short(path)}: there is no component {name}"
    pages, tabs = project.names("pages", ".page"), project.names("tabs", ".tab-meta.xml")
    for path in sorted(project.source.glob("tabs/*.tab-meta.xml")):
        page = text(read(path), "page")
        if page and page not in pages:
            yield f"{project.short(path)}: there is no page {page}"
    for path in sorted(project.source.glob("applications/*.app-meta.xml")):
        for each in children(read(path), "tabs"):
            if each.text not in tabs:
                yield f"{project.short(path)}: there is no tab {each.text}"
    yield from _unknown_reports(project)
    yield from _unknown_fields(project)


def _unknown_reports(project: Project) -> Iterator[str]:
    """Reports name own report types (`X__c`), dashboards name reports (`Folder/X`)."""
    types = {f"{name}__c" for name in project.names("reportTypes", ".reportType-meta.xml")}
    for path in sorted(project.source.glob("reports/*/*.report-meta.xml")):
        kind = text(read(path), "reportType")
        if kind.endswith("__c") and kind not in types:
            yield f"{project.short(path)}: there is no report type {kind}"
    for path in sorted(project.source.glob("dashboards/*/*.dashboard-meta.xml")):
        for name in re.findall(r"<report>(.+?)</report>", path.read_text(encoding="utf-8")):
            if not (project.source / "reports" / f"{name}.report-meta.xml").is_file():
                yield f"{project.short(path)}: there is no report {name}"


def _unknown_fields(project: Project) -> Iterator[str]:
    """Own fields that layouts, list views, reports and report types name."""
    own = {field.name for field in project.fields.values()}
    folders = ("layouts", "objects/*/listViews", "reports/*", "reportTypes")
    for folder in folders:
        for path in sorted(project.source.glob(f"{folder}/*-meta.xml")):
            named = set(re.findall(r"[>.$]([A-Za-z_]+__c)<", _without_types(path)))
            for name in sorted(named - own - set(project.objects)):
                yield f"{project.short(path)}: there is no field {name}"


def _without_types(path: Path) -> str:
    return re.sub(r"<reportType>.*?</reportType>", "", path.read_text(encoding="utf-8"))


def versions_agree(project: Project) -> Iterator[str]:
    """One API version everywhere, new enough; the class InlayMe tells the package's version."""
    source = str(project.settings["sourceApiVersion"])
    if float(source) < OLDEST_API:
        yield f"sourceApiVersion is {source}; canvas in client apps needs {OLDEST_API}"
    for path in project.files():
        if path.name.endswith("-meta.xml"):
            version = text(read(path), "apiVersion")
            if version and version != source:
                yield f"{project.short(path)}: apiVersion is {version}, not {source}"
    number = project.package["versionNumber"].rsplit(".", 1)[0]
    if f"PACKAGE_VERSION = '{number}'" not in project.classes["InlayMe"]:
        yield f"InlayMe does not tell the version {number} of sfdx-project.json"


def builds_have_what_they_need(project: Project) -> Iterator[str]:
    """The org that Salesforce builds a version in knows client apps, and takes translations."""
    name = project.package.get("definitionFile", "")
    path = project.root / name
    if not name or not path.is_file():
        yield "sfdx-project.json names no definitionFile: a version would be built in a plain org"
        return
    definition = json.loads(path.read_text(encoding="utf-8"))
    if "ExternalClientApps" not in definition.get("features", []):
        yield f"{name}: lacks the feature ExternalClientApps"
    languages = definition.get("settings", {}).get("languageSettings", {})
    if not languages.get("enableTranslationWorkbench"):
        yield f"{name}: translations need enableTranslationWorkbench"


def nothing_secret(project: Project) -> Iterator[str]:
    """No org id, key, token or address of a person in any file."""
    for path in project.files():
        content = path.read_text(encoding="utf-8")
        for what, pattern in _SECRETS.items():
            if what == "a mail address" and path.name in _NO_MAIL:
                continue
            found = pattern.search(content)
            if found:
                yield f"{project.short(path)}: {found[0]} looks like {what}"
        if _SECRET_FOLDERS & set(path.parts):
            yield f"{project.short(path)}: holds secrets and belongs into no repository"


def replacements_hit(project: Project) -> Iterator[str]:
    """Each replacement of sfdx-project.json finds its files, and its text in each of them."""
    for each in project.settings["replacements"]:
        pattern = each.get("glob") or each["filename"]
        paths = sorted(project.root.glob(pattern))
        if not paths:
            yield f"sfdx-project.json: no file is {pattern}"
        wanted = each.get("regexToReplace") or re.escape(each["stringToReplace"])
        for path in paths:
            if not re.search(wanted, path.read_text(encoding="utf-8")):
                yield f"{project.short(path)}: has nothing to replace for {each['replaceWithEnv']}"


def code_is_careful(project: Project) -> Iterator[str]:
    """Each class is with sharing, queries run in user mode, a suppression gives its reason.

    A post-install script that calls a class with sharing may fail the installation (Apex Reference,
    InstallHandler).
    """
    for name, source in project.classes.items():
        if " with sharing class " not in source:
            yield f"{name}: is not declared with sharing"
        if name not in project.packaged_classes:
            continue
        if re.search(r"\[\s*SELECT", source) and "WITH USER_MODE" not in source:
            yield f"{name}: queries without WITH USER_MODE"
        if f"{name}Test" not in project.classes:
            yield f"{name}: has no test class"
    handler = project.package["postInstallScript"]
    yield from (
        f"{handler}: calls {name}, but may call no class that is with sharing"
        for name in sorted(project.packaged_classes - {handler})
        if re.search(rf"\b{name}\b", project.classes[handler])
    )
    for path in project.files():
        if path.suffix in {".cls", ".js", ".cmp", ".page"}:
            yield from _reasonless(project, path)


def _reasonless(project: Project, path: Path) -> Iterator[str]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        found = _SUPPRESSION.search(line)
        if found and not re.search(r"//\s*\S+\s+\S+|--\s*\S+\s+\S+", line[found.end() :]):
            yield f"{project.short(path)}:{number}: a suppression without a reason"
