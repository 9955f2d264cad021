"""Ask an org whether it keeps the contract that devorg is built to: `make contract`.

ORG_URL is the org's own address (https://….my.salesforce.com), ORG_TOKEN an access token or session
id of a user who may use the API, ORG_LIMITED_TOKEN (may be absent) one of a user who sees fewer
fields. Without the first two, devorg itself is asked. Records are made, changed and deleted: take
a Developer Edition org, a scratch org or a sandbox. Tokens are read from the environment alone, and
never printed.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies

import requests

ROOT = Path(__file__).resolve().parent.parent
KEPT, BROKEN, USAGE, NO_ORG = 0, 1, 2, 3
VERSIONS = range(60, 69)
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_NO_TESTS = 5  # pytest's word for it
_SECONDS = 30
_PYTEST = (
    "-m", "pytest", "tests/contract", "-v", "--tb=short", "--no-header", "--override-ini=addopts=",
    "--import-mode=importlib", "-p", "tests.contract.reporting", "-p", "no:cacheprovider",
    "--timeout=900",
)  # fmt: skip


class Unusable(Exception):
    """The org cannot be asked; the text says why and what to do."""

    def __init__(self, text: str, code: int = NO_ORG) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class Target:
    """An org and the tokens to ask it with; `repr` leaves them out."""

    url: str
    token: str = field(repr=False)
    limited: str = field(default="", repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be printed."""
        return tuple(each for each in (self.token, self.limited) if each)


def main(arguments: list[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """0 when all that ran was kept, 1 when something is not, 2 and 3 when nothing could be run."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.contract",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-k", metavar="WORDS", default="", help="only tests with these in the name")
    parser.add_argument(
        "--production-too", action="store_true", help="write also to an org that is in production"
    )
    options = parser.parse_args(arguments)
    try:
        target = target_of(environ)
        if target:
            print(f"{target.url}: {edition_of(target, production_too=options.production_too)}")
        else:
            print("ORG_URL and ORG_TOKEN are not set: asking a devorg of its own.")
    except Unusable as problem:
        print(f"contract: {problem}", file=sys.stderr)
        return problem.code
    return run(target, options.k, environ)


def target_of(environ: Mapping[str, str]) -> Target | None:
    """The org that the environment names; None if it names none. Raises Unusable."""
    url, token = environ.get("ORG_URL", "").strip(), environ.get("ORG_TOKEN", "").strip()
    if not url and not token:
        return None
    if not url or not token:
        missing = "ORG_TOKEN" if url else "ORG_URL"
        raise Unusable(f"{missing} is missing; an org needs both ORG_URL and ORG_TOKEN.", USAGE)
    return Target(checked(url), token, environ.get("ORG_LIMITED_TOKEN", "").strip())


def checked(url: str) -> str:
    """The address without a path. Raises Unusable for one that no token should be sent to.

    What was given is not repeated: it may be the token, in the wrong variable.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"} or not host:
        raise Unusable("ORG_URL must begin with https:// and name a host.", USAGE)
    if parts.username or parts.password:
        raise Unusable("ORG_URL must not hold a user name or password.", USAGE)
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise Unusable(
            f"ORG_URL is plain http to {host}: the token would be readable on the way. "
            "Use https; plain http is for this machine alone.",
            USAGE,
        )
    if host.endswith(".lightning.force.com"):
        raise Unusable(
            "ORG_URL is the address of pages; the API is at that of My Domain, "
            f"https://{host.removesuffix('.lightning.force.com')}.my.salesforce.com.",
            USAGE,
        )
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise Unusable("ORG_URL must be the org's address alone, without a path.", USAGE)
    return f"{parts.scheme}://{parts.netloc}"


def edition_of(target: Target, *, production_too: bool = False) -> str:
    """What the org says of itself, once all that a run needs is there. Raises Unusable."""
    version = newest_version(target.url)
    api = f"{target.url}/services/data/v{version}.0"
    refuse_unless_good(_get(f"{api}/limits", target.token))
    if target.limited and _get(f"{api}/limits", target.limited).status_code == 401:
        raise Unusable("The org does not take ORG_LIMITED_TOKEN: it is expired or another org's.")
    soql = "SELECT+OrganizationType,IsSandbox,TrialExpirationDate+FROM+Organization"
    answer = _get(f"{api}/query?q={soql}", target.token)
    row = answer.json()["records"][0] if answer.status_code == 200 else {}
    edition = str(row.get("OrganizationType") or "edition unknown")
    is_trial = row.get("IsSandbox") or row.get("TrialExpirationDate")
    if edition != "Developer Edition" and not is_trial and not production_too:
        raise Unusable(
            f"This org may be in production ({edition}). The suite makes and deletes records: take "
            "a Developer Edition org or a sandbox, or say --production-too."
        )
    return f"{edition}, API {version}.0"


def newest_version(url: str) -> int:
    """The newest API version that the org and we know. Raises Unusable."""
    answer = _get(f"{url}/services/data/", "")
    try:
        listed = [int(float(each["version"])) for each in answer.json()]
    except (ValueError, TypeError, KeyError):
        raise Unusable(
            f"{url} answers {answer.status_code}, but not as a Salesforce org does: "
            "look at ORG_URL."
        ) from None
    known = [each for each in listed if each in VERSIONS]
    if not known:
        raise Unusable(f"{url} has none of the API versions {VERSIONS[0]} to {VERSIONS[-1]}.")
    return max(known)


def refuse_unless_good(answer: requests.Response) -> None:
    """Raise Unusable with what to do about an answer that is not 200."""
    if answer.status_code == 200:
        return
    try:
        code = str(answer.json()[0]["errorCode"])
    except (ValueError, LookupError, TypeError):
        code = ""
    if answer.status_code == 401:
        raise Unusable(
            "The org does not take ORG_TOKEN: it is expired, ended, of another org, or not allowed "
            "from this address. Get a new one, for instance with `sf org display`."
        )
    if code.startswith("API_"):
        raise Unusable(f"The user may not use the API ({code}): they need the right API Enabled.")
    if code == "REQUEST_LIMIT_EXCEEDED":
        raise Unusable("The org has used up its API calls of the day.")
    raise Unusable(f"The org answers {answer.status_code} {code} when it is asked for its limits.")


def session_of(url: str) -> requests.Session:
    """A session that asks netrc for nothing, but goes by this machine's proxy and certificates."""
    session = requests.Session()
    session.trust_env = False
    session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
    if urlsplit(url).hostname not in _LOOPBACK:
        session.proxies = getproxies()
    return session


def _get(url: str, token: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with session_of(url) as session:
        try:
            answer = session.get(url, headers=headers, timeout=_SECONDS, allow_redirects=False)
        except requests.exceptions.SSLError:
            raise Unusable(
                f"The certificate of {_host(url)} is not trusted; REQUESTS_CA_BUNDLE may name one."
            ) from None
        except requests.RequestException as error:
            raise Unusable(f"Nothing answers at {_host(url)}: {type(error).__name__}.") from None
    if answer.is_redirect:
        place = _host(answer.headers["Location"])
        raise Unusable(f"{_host(url)} sends us on to {place}: is that the ORG_URL?")
    return answer


def _host(url: str) -> str:
    return urlsplit(url).netloc or url


def run(target: Target | None, words: str, environ: Mapping[str, str]) -> int:
    """Run the suite in a process of its own, its output without secrets."""
    command = [sys.executable, *_PYTEST, *(["-k", words] if words else [])]
    # The suite reads names of its own: what a shell holds for this tool is nothing to other tests.
    names = {"ORG_URL", "ORG_TOKEN", "ORG_LIMITED_TOKEN"}
    kept = {name: value for name, value in environ.items() if name not in names}
    given = (
        {
            "INLAY_TEST_ORG_URL": target.url,
            "INLAY_TEST_ORG_TOKEN": target.token,
            "INLAY_TEST_ORG_LIMITED_TOKEN": target.limited,
        }
        if target
        else {}
    )
    process = subprocess.Popen(
        command, cwd=ROOT, env={**kept, **given}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, encoding="utf-8", errors="replace",
    )  # fmt: skip
    with process:
        for line in masked(process.stdout or (), target.secrets if target else ()):
            print(line, end="", flush=True)
    known = {KEPT: KEPT, BROKEN: BROKEN, _NO_TESTS: USAGE}
    return known.get(process.returncode, NO_ORG)


def masked(lines: Iterable[str], secrets: tuple[str, ...]) -> Iterator[str]:
    """The lines with each secret taken out, the secret half of a token too."""
    hidden = {each for secret in secrets for each in (secret, secret.rpartition("!")[2]) if each}
    pattern = re.compile("|".join(map(re.escape, sorted(hidden, key=len, reverse=True))))
    for line in lines:
        yield pattern.sub("***", line) if hidden else line


if __name__ == "__main__":
    sys.exit(main())
