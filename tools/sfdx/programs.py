"""Salesforce's own judgement, without an org: type checker, analyzer, command line; and linters."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.sfdx.project import ROOT, Project
from tools.sfdx.toolbox import MODULES, Done, java, node, run

_JARS = MODULES / "@salesforce" / "code-analyzer-pmd-engine" / "dist" / "java-lib"
#: 1 is critical, 5 is information; the security review asks for 1 to 3.
WORST_ALLOWED = 4
#: Values for a build in a namespace, made up. Each replacement of sfdx-project.json has one.
MANAGED = {
    "INLAY_APP_URL": "https://app.inlay.example",
    "INLAY_DEV_HUB_ORG_ID": "made-up-org-id",
    "INLAY_CANVAS_OAUTH_ID": "made-up-canvas-id",
    "INLAY_CONNECT_OAUTH_ID": "made-up-connect-id",
    "INLAY_CONTACT_EMAIL": "vendor@inlay.example",
    "INLAY_MANAGED": "yes",
    "INLAY_NAMESPACE": "acme",
}
#: What only a build without namespace, or without its values, still has.
_TRACES = (
    'namespacePrefix=""',
    "c__inlay",
    "c__recordId",
    "https://inlay.example",
    "DEV_HUB_ORG_ID",
    "_OAUTH_ID",
    "CONTACT_EMAIL",
)
#: What the CLI takes from a file's name: `X.tab-meta.xml` -> X.tab, `X.reportFolder-meta.xml` -> X.
_FOLDER_OR_META = re.compile(r"(\.\w+Folder)?-meta\.xml$")
_QUIET = {
    "SF_DISABLE_TELEMETRY": "true",
    "SF_AUTOUPDATE_DISABLE": "true",
    "SF_SKIP_NEW_VERSION_CHECK": "true",
    "SF_USE_PROGRESS_BAR": "false",
    "SF_APPLY_REPLACEMENTS_ON_CONVERT": "true",
    "NO_COLOR": "1",
}


def apex_has_types(project: Project) -> Iterator[str]:
    """Every type, method, field and label of the Apex code exists (apex-ls)."""
    checker = "io.github.apexdevtools.apexls.CheckForIssues"
    path = f"{_JARS}{os.sep}*"
    done = run([
        java(), "-cp", path, checker, "-n", "-d", "warnings", "-f", "json", "-w", str(project.root)
    ])  # fmt: skip
    found = _json(done)
    for file in found["files"]:
        for issue in file["messages"]:
            line = issue["start"]["line"]
            yield f"{Path(file['path']).name}:{line}: {issue['message']}"


def analyzer_is_content(project: Project) -> Iterator[str]:
    """Salesforce Code Analyzer, Recommended and AppExchange: nothing of severity 1 to 3."""
    folders = [str(project.root / name) for name in ("force-app", "unpackaged")]
    found = _json(run([node(), str(ROOT / "tools" / "analyze.mjs"), *folders]))
    yield from found["problems"]
    if found["rules"] < 80:
        yield f"only {found['rules']} rules were found"
    for each in found["violations"]:
        if each["severity"] < WORST_ALLOWED:
            place = f"{Path(each['file']).name}:{each['line']}"
            yield f"{place}: {each['rule']} (severity {each['severity']}): {each['message']}"


def source_converts(project: Project) -> Iterator[str]:
    """The Salesforce CLI knows every file, and the build in a namespace carries it everywhere."""
    with tempfile.TemporaryDirectory(prefix="inlay-sfdx-") as folder:
        for name, root in (("force-app", project.root), ("unpackaged", project.unpackaged)):
            done = _convert(root, Path(folder) / name)
            if done.code:
                yield f"{name}: {(done.output + done.errors).strip()[-2000:]}"
                return
        yield from _lost(project, Path(folder))
        yield from _unreplaced(Path(folder) / "force-app")


def _convert(root: Path, output: Path) -> Done:
    home = output.parent / "home"
    home.mkdir(exist_ok=True)
    settings = json.loads((root / "sfdx-project.json").read_text(encoding="utf-8"))
    command = [node(), str(MODULES / "@salesforce" / "cli" / "bin" / "run.js")]
    command += ["project", "convert", "source", "--output-dir", str(output)]
    for each in settings["packageDirectories"]:
        command += ["--source-dir", each["path"]]
    surroundings = {
        **_QUIET,
        **MANAGED,
        "HOME": str(home),
        "USERPROFILE": str(home),
        "XDG_DATA_HOME": str(home),
        "PATH": str(Path(node()).parent),  # the CLI looks for itself on PATH, to update
    }
    return run(command, cwd=root, environment=surroundings)


def _lost(project: Project, folder: Path) -> Iterator[str]:
    """Files that the conversion left out; fields are folded into their objects."""
    for name in ("force-app", "unpackaged"):
        out = {path.name.removesuffix("-meta.xml") for path in (folder / name).rglob("*")}
        for path in sorted((project.root / name).rglob("*")):
            if not path.is_file() or path.name == "sfdx-project.json" or "objects" in path.parts:
                continue
            if _FOLDER_OR_META.sub("", path.name) not in out:
                yield f"{project.short(path)}: is not known to the Salesforce CLI"
    objects = folder / "force-app" / "objects"
    for field in project.fields.values():
        converted = objects / f"{field.sobject}.object"
        if f"<fullName>{field.name}</fullName>" not in converted.read_text(encoding="utf-8"):
            yield f"{field.sobject}.{field.name}: was lost in the conversion"


def _unreplaced(folder: Path) -> Iterator[str]:
    """Traces of a build without namespace, or of a value that nobody gave."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_text(encoding="utf-8")
            yield from (f"{path.name}: still has {each}" for each in _TRACES if each in content)


def javascript_is_clean(project: Project) -> Iterator[str]:
    """ESLint with Salesforce's rules for Aura."""
    command = [node(), str(MODULES / "eslint" / "bin" / "eslint.js"), "--max-warnings=0", "."]
    yield from _said(run(command, cwd=project.root))


def code_is_formatted(project: Project) -> Iterator[str]:
    """Prettier, for Apex and JavaScript."""
    command = [node(), str(MODULES / "prettier" / "bin" / "prettier.cjs"), "--list-different"]
    files = ["{force-app,unpackaged}/**/*.{cls,js}", "tools/*.mjs", "*.mjs"]
    yield from _said(run([*command, *files], cwd=project.root))


def _said(done: Done) -> Iterator[str]:
    if done.code:
        yield from (done.output + done.errors).strip().splitlines() or [f"exit code {done.code}"]


def _json(done: Done) -> Any:
    try:
        return json.loads(done.output)
    except ValueError:
        said = (done.errors or done.output)[-2000:]
        raise RuntimeError(f"exit code {done.code}: {said}") from None
