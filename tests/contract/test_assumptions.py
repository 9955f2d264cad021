"""The open assumptions: their list and their probes go together; each is asked of the org."""

from __future__ import annotations

import pytest
from _pytest.outcomes import Skipped

from tests.contract.assumptions import FALSE, NOT_RUN, TRUE, Finding, listed
from tests.contract.org import Org
from tests.contract.probes import PROBES
from tools.contract import Target

_LISTED = {each.probe: each for each in listed()}


def test_list_and_probes_go_together() -> None:
    """X16: each line of docs/assumptions.md has a probe and says what devorg is like."""
    assert list(_LISTED) == list(PROBES)
    assert len(listed()) == len(PROBES)
    assert {each.devorg for each in listed()} <= {TRUE, FALSE, NOT_RUN}
    assert all(each.text for each in listed())


@pytest.mark.parametrize("name", PROBES)
def test_assumption(request: pytest.FixtureRequest, org: Org, target: Target, name: str) -> None:
    """X16: true, false or not run; devorg is as the list says."""
    limited = request.getfixturevalue("limited") if target.limited else None
    try:
        finding = PROBES[name](org, limited)
    except Skipped as reason:
        finding = Finding(NOT_RUN, str(reason))
    except AssertionError as unexpected:
        finding = Finding(NOT_RUN, f"the org answered otherwise: {unexpected}".partition("\n")[0])
    line = f"{finding.verdict:<8} {name}: {_LISTED[name].text} [{finding.reason}]"
    request.node.user_properties.append(("assumption", line))
    if org.is_devorg:
        assert finding.verdict == _LISTED[name].devorg, finding.reason
