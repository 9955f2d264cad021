"""The command behind `make test-sfdx`: every check of the Salesforce package, with its time."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tools.sfdx import (
    components,
    elements,
    fields,
    guide,
    metadata,
    programs,
    reports,
    rights,
    table,
    toolbox,
)
from tools.sfdx.project import ROOT, Project

Check = Callable[[Project], Iterator[str]]

#: Read the files alone; milliseconds.
READING: tuple[Check, ...] = (
    metadata.xml_is_well_formed,
    fields.activity_fields_are_those_of_app,
    fields.other_fields_are_those_of_app,
    fields.descriptions_tell_what_app_writes,
    metadata.labels_are_used_and_translated,
    metadata.canvas_settings_fit_app,
    metadata.client_apps_ask_for_little,
    metadata.components_exist,
    components.children_take_what_they_are_given,
    components.views_are_those_of_app,
    reports.reports_show_what_their_types_have,
    reports.reports_add_up_numbers,
    reports.dashboards_show_what_reports_have,
    metadata.versions_agree,
    metadata.builds_have_what_they_need,
    metadata.nothing_secret,
    metadata.replacements_hit,
    metadata.code_is_careful,
    rights.packaged_sets_survive,
    rights.sets_name_what_exists,
    rights.all_is_granted,
    rights.reps_only_read,
    rights.local_sets_hold_together,
    rights.every_feature_has_its_rights,
    rights.what_app_uses_is_granted,
    table.guide_is_current,
    guide.guide_explains_every_refusal,
    guide.maintainers_enter_real_addresses,
    guide.review_names_real_files,
)
#: Need what npm installs: run programs, seconds.
RUNNING: tuple[Check, ...] = (
    programs.analyzer_is_content,
    programs.apex_has_types,
    programs.source_converts,
    programs.code_is_formatted,
    programs.javascript_is_clean,
    elements.elements_are_known,
)
_PARALLEL = 2
_SHOWS_IT_BREAKS = ["-m", "pytest", "-q", "-m", "sfdx", "tests/sfdx", "--timeout=300"]


@dataclass(frozen=True)
class Outcome:
    """What one check found."""

    name: str
    problems: Sequence[str]
    seconds: float


def look(check: Check, project: Project) -> Outcome:
    """Run one check; a check that itself fails has found a problem."""
    begun = time.monotonic()
    try:
        problems = list(check(project))
    except Exception as failure:  # noqa: BLE001 - the rest is to be run too
        problems = [f"{type(failure).__name__}: {failure}"]
    return Outcome(check.__name__, problems, time.monotonic() - begun)


def main(arguments: list[str] | None = None) -> int:
    """Run all checks, or do what an option says; 0 when nothing was found."""
    parser = argparse.ArgumentParser(description="Check the Salesforce package without an org.")
    parser.add_argument(
        "--setup", action="store_true", help="install what the checks need, no more"
    )
    parser.add_argument("--write", action="store_true", help="write the table of docs/install.md")
    options = parser.parse_args(arguments)
    project = Project()
    if options.write:
        table.write(project)
        return 0
    try:
        toolbox.install()
        toolbox.node(), toolbox.java()
    except toolbox.ToolMissingError as problem:
        print(f"sfdx: {problem}", file=sys.stderr)
        return 1
    return 0 if options.setup else check_all(project)


def check_all(project: Project) -> int:
    """Run every check, two at a time, print what was found; 0 when nothing was."""
    with ThreadPoolExecutor(_PARALLEL) as pool:
        tests = pool.submit(run_tests)
        outcomes = list(pool.map(lambda check: look(check, project), [*RUNNING, *READING]))
        outcomes.append(tests.result())
    for outcome in outcomes:
        words = outcome.name.replace("_", " ")
        verdict = "FAILED" if outcome.problems else "ok"
        print(f"{words:<36} {verdict:<6} {outcome.seconds:5.1f} s")
        for problem in outcome.problems:
            print(f"  {problem}")
    failed = sum(1 for outcome in outcomes if outcome.problems)
    print(f"{len(outcomes) - failed} passed, {failed} failed")
    return 1 if failed else 0


def run_tests() -> Outcome:
    """Run the tests which show that the checks find what is broken."""
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, *_SHOWS_IT_BREAKS], cwd=ROOT.parent, capture_output=True, text=True
    )
    problems = [done.stdout + done.stderr] if done.returncode else []
    return Outcome("breaks_when_broken", problems, time.monotonic() - begun)


if __name__ == "__main__":
    sys.exit(main())
