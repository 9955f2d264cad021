"""Own domains at a shell: what a proxy has to know (X12)."""

from __future__ import annotations

from flask import Flask

from app.config import Config
from app.db import Database
from app.destinations import domains
from app.orgs.models import Org
from tests.cli.test_mistakes import invoke
from tests.support.application import make_org


def test_an_operator_lists_domains_and_the_proxy_those_that_answer(
    app: Flask, database: Database, config: Config, org: Org
) -> None:
    other = make_org(database, "00D5e000000BBBBEA4", "Other")
    for each, host in ((org, "rooms.acme.example"), (other, "rooms.other.example")):
        with database.writing(each.id) as session:
            domains.ask(session, config, host, by="admin")
    with database.writing(org.id) as session:
        asked = domains.read(session)
        assert asked is not None
        domains.open_domain(session, proof=asked.proof, by="operator", why="seen")
    lines = invoke(app, "orgs", "domains").output.splitlines()
    assert [line.split()[:3] for line in lines] == [
        ["rooms.acme.example", "open", org.salesforce_id],
        ["rooms.other.example", "waits", other.salesforce_id],
    ]
    assert all(line.split()[3].startswith("inlay=") for line in lines)
    assert invoke(app, "orgs", "domains", "--open").output == "rooms.acme.example\n"
