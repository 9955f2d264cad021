"""`make contract`: whom it asks, what it refuses, what it says, and that no token is printed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from devorg import DevorgConfig
from devorg.rights.sets import Action, PermissionSet
from devorg.server import RunningOrg, running
from devorg.users import USERS
from tools import contract
from tools.contract import BROKEN, KEPT, NO_ORG, USAGE, Target, Unusable

ROOT = Path(__file__).parent.parent.parent
_SECRET = "00D5e000000DEVO!secret.half"  # of tests alone


@pytest.fixture
def served() -> Iterator[RunningOrg]:
    with running(DevorgConfig()) as org:
        yield org


@pytest.fixture
def token(served: RunningOrg) -> str:
    return str(control(served, "token", {"user": "integration"})["access_token"])


def control(served: RunningOrg, path: str, body: object) -> dict[str, object]:
    answer = requests.post(f"{served.url}/_devorg/{path}", json=body, timeout=30)
    answer.raise_for_status()
    found: dict[str, object] = answer.json()
    return found


def command(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command, as make calls it."""
    environment = {"PATH": os.environ.get("PATH", ""), **variables}
    return subprocess.run(
        [sys.executable, "-m", "tools.contract", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://example.my.salesforce.com", "plain http"),
        ("example.my.salesforce.com", "must begin with https://"),
        ("ftp://example.com", "must begin with https://"),
        ("https://user:word@example.com", "must not hold a user name"),
        ("https://example.my.salesforce.com/services/data", "without a path"),
        ("https://example.lightning.force.com", "https://example.my.salesforce.com"),
        (_SECRET, "must begin with https://"),
    ],
)
def test_an_address_that_no_token_should_go_to_is_refused(
    url: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """X16: before anything is sent, and without repeating what was given."""
    code = contract.main([], {"ORG_URL": url, "ORG_TOKEN": _SECRET})
    said = capsys.readouterr()
    assert code == USAGE
    assert words in said.err
    assert "secret" not in said.out + said.err


@pytest.mark.parametrize(
    ("environ", "missing"),
    [
        ({"ORG_URL": "https://example.my.salesforce.com"}, "ORG_TOKEN is missing"),
        ({"ORG_TOKEN": _SECRET}, "ORG_URL is missing"),
    ],
)
def test_an_org_needs_address_and_token(
    environ: dict[str, str], missing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """X16: one alone is a mistake, not a wish to ask devorg."""
    assert contract.main([], environ) == USAGE
    assert missing in capsys.readouterr().err


@pytest.mark.parametrize(
    "url", ["https://example.com/", "https://[::1]:8443", "http://127.0.0.1:1"]
)
def test_addresses_are_taken_without_their_slash(url: str) -> None:
    """X16: https anywhere, http on this machine."""
    assert contract.checked(url) == url.rstrip("/")


def test_an_address_where_nobody_answers(capsys: pytest.CaptureFixture[str]) -> None:
    """X16: a sentence, no traceback."""
    assert contract.main([], {"ORG_URL": "http://127.0.0.1:9", "ORG_TOKEN": _SECRET}) == NO_ORG
    assert "Nothing answers at 127.0.0.1:9" in capsys.readouterr().err


def test_a_token_that_the_org_does_not_take(
    served: RunningOrg, capsys: pytest.CaptureFixture[str]
) -> None:
    """X16: says what to do, and not the token."""
    assert contract.main([], {"ORG_URL": served.url, "ORG_TOKEN": _SECRET}) == NO_ORG
    said = capsys.readouterr()
    assert "does not take ORG_TOKEN: it is expired" in said.err
    assert "secret" not in said.out + said.err


def test_a_user_who_may_not_use_the_api(
    served: RunningOrg, capsys: pytest.CaptureFixture[str]
) -> None:
    """X16: names the right that is missing."""
    served.org.rights.define(PermissionSet("No API", "No API", profile=True))
    control(served, "assign", {"user": "rep", "profile": "No API"})
    token = str(control(served, "token", {"user": "rep"})["access_token"])
    assert contract.main([], {"ORG_URL": served.url, "ORG_TOKEN": token}) == NO_ORG
    assert "they need the right API Enabled" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (403, "API_DISABLED_FOR_ORG", "may not use the API (API_DISABLED_FOR_ORG)"),
        (403, "REQUEST_LIMIT_EXCEEDED", "used up its API calls"),
        (503, "SERVER_UNAVAILABLE", "answers 503 SERVER_UNAVAILABLE"),
    ],
)
def test_an_org_that_does_not_let_us_work(status: int, code: str, words: str) -> None:
    """X16: each reason in words of its own."""
    answer = requests.Response()
    answer.status_code = status
    answer._content = json.dumps([{"message": "no", "errorCode": code}]).encode()
    with pytest.raises(Unusable) as refused:
        contract.refuse_unless_good(answer)
    assert words in str(refused.value)


def test_what_is_no_salesforce_org(
    served: RunningOrg, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """X16: something answers, but something else."""
    target = Target(served.url, token)
    listed = requests.Response()
    listed.status_code, listed._content = 200, b"<html>hello</html>"
    monkeypatch.setattr(contract, "_get", lambda *_: listed)
    with pytest.raises(Unusable, match="not as a Salesforce org does"):
        contract.edition_of(target)


def test_an_org_in_production_is_not_written_to(served: RunningOrg, token: str) -> None:
    """X16: unless one says so."""
    target = Target(served.url, token)
    assert contract.edition_of(target) == "Developer Edition, API 68.0"
    with served.org.store.writing() as connection:
        connection.execute("UPDATE Organization SET OrganizationType = 'Enterprise Edition'")
    with pytest.raises(Unusable, match="may be in production"):
        contract.edition_of(target)
    assert contract.edition_of(target, production_too=True).startswith("Enterprise Edition")


def test_a_certificate_must_be_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """X16: of a known authority, or of one that is named."""
    with running(DevorgConfig(), tls=True) as secured:
        target = Target(secured.url, secured.org.tokens.issue(USERS[0]))
        with pytest.raises(Unusable, match="is not trusted; REQUESTS_CA_BUNDLE"):
            contract.edition_of(target)
        with monkeypatch.context() as here:
            here.setenv("REQUESTS_CA_BUNDLE", str(secured.authority))
            assert contract.edition_of(target).startswith("Developer Edition")


def test_secrets_are_taken_out_of_every_line() -> None:
    """X16: the whole token, and its half behind the org id."""
    lines = [f"Authorization: Bearer {_SECRET}\n", "half: secret.half\n", "nothing here\n"]
    assert list(contract.masked(lines, (_SECRET,))) == [
        "Authorization: Bearer ***\n", "half: ***\n", "nothing here\n",
    ]  # fmt: skip
    assert list(contract.masked(lines, ())) == lines
    assert "secret" not in repr(Target("https://example.com", _SECRET, _SECRET))


@pytest.mark.slow
def test_an_org_that_keeps_the_contract(served: RunningOrg, token: str) -> None:
    """X16: 0; what could not be asked is named with its reason, and nothing stays in the org."""
    done = command("-k", "limits or hidden", ORG_URL=f"{served.url}/", ORG_TOKEN=token)
    assert done.returncode == KEPT, done.stdout + done.stderr
    assert f"{served.url}: Developer Edition, API 68.0" in done.stdout
    assert "test_limits_have_a_most_and_a_rest kept" in done.stdout
    assert re.search(r"API calls of this day, by the org's count: \d+ of 100000", done.stdout)
    assert "test_a_hidden_field_is_left_out: needs ORG_LIMITED_TOKEN" in done.stdout
    assert token.rpartition("!")[2] not in done.stdout + done.stderr


@pytest.mark.slow
def test_a_user_with_few_rights_breaks_nothing(served: RunningOrg) -> None:
    """X16: what they may not do is not run, each with its reason; the rest is kept."""
    every: frozenset[Action] = frozenset({"read", "create", "edit", "delete"})
    read: frozenset[Action] = frozenset({"read"})
    few = PermissionSet(
        "Few", "Few", profile=True,
        objects={"Account": read, "User": read, "Organization": read, "TaskStatus": read,
                 "Contact": every, "Task": every},
        fields={"Contact.Email": True, "Contact.AccountId": True},
        user_permissions=frozenset({"ApiEnabled", "EditTask", "ActivitiesAccess"}),
    )  # fmt: skip
    served.org.rights.define(few)
    control(served, "assign", {"user": "rep", "profile": "Few"})
    token = str(control(served, "token", {"user": "rep"})["access_token"])
    before = requests.get(f"{served.url}/_devorg/records/Contact", timeout=30).json()["records"]
    done = command(ORG_URL=served.url, ORG_TOKEN=token)
    assert done.returncode == KEPT, done.stdout + done.stderr
    assert "test_parts_are_put_together: the user does not see Contact.MailingCity" in done.stdout
    assert "Account is not createable for the user" in done.stdout
    assert "not run  key-spans-archive" in done.stdout
    after = requests.get(f"{served.url}/_devorg/records/Contact", timeout=30).json()["records"]
    assert len(after) > len(before)
    assert [each for each in after if not each["IsDeleted"]] == before


@pytest.mark.slow
def test_an_org_that_breaks_it(served: RunningOrg, token: str) -> None:
    """X16: 1, with what was found; the token is in no output."""
    fault = {"kind": "status", "status": 500, "match": "limits/recordCount"}
    control(served, "faults", fault)
    done = command("-k", "counted_by_object", ORG_URL=served.url, ORG_TOKEN=token)
    assert done.returncode == BROKEN, done.stdout + done.stderr
    assert "test_records_are_counted_by_object BROKEN" in done.stdout
    assert "AssertionError: [{" in done.stdout  # what the org answered
    assert token.rpartition("!")[2] not in done.stdout + done.stderr


@pytest.mark.slow
def test_words_that_name_no_test() -> None:
    """X16: 2, and devorg is what is asked where nothing is named."""
    done = command("-k", "nothing_is_called_so")
    assert done.returncode == USAGE, done.stdout + done.stderr
    assert "asking a devorg of its own" in done.stdout
