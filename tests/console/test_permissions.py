"""Each role reaches the routes of its permissions, in the orgs that are its own, and no others."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, Rule, UUIDConverter

from app.console.permissions import ROUTES, Permission, Role, may
from app.orgs.models import Org
from tests.console.conftest import Visitor

SignedIn = Callable[[Role], Visitor]
OPEN = (Permission.ANYBODY, Permission.SIGNED_IN)


def console_rules(app: Flask) -> list[Rule]:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("console.")]
    assert len(rules) > 5
    return rules


def path_of(rule: Rule, org_id: str) -> str:
    """An address of the rule: the org's own id, and ids of nothing for the rest."""
    values: dict[str, object] = dict.fromkeys(rule.arguments, "0")
    for name, converter in rule._converters.items():
        if isinstance(converter, AnyConverter):
            values[name] = next(iter(converter.items))
        if isinstance(converter, UUIDConverter):
            values[name] = UUID(int=0)
    values["org_id"] = org_id
    built = rule.build(values)
    assert built is not None
    return built[1]


def ask(visitor: Visitor, rule: Rule, org_id: str) -> int:
    path = path_of(rule, org_id)
    if "GET" in (rule.methods or ()):
        return visitor.get(path).status_code
    return visitor.post(path).status_code


def test_every_route_has_a_permission_and_every_permission_a_route(app: Flask) -> None:
    """E8: what nobody thought of is closed, and fails here."""
    assert {rule.endpoint for rule in console_rules(app)} == set(ROUTES)


@pytest.mark.parametrize("role", Role)
def test_a_role_reaches_what_its_permissions_say(
    app: Flask, org: Org, signed_in: SignedIn, role: Role
) -> None:
    """Role × route, all of them; signing out comes last, since it ends the session."""
    visitor = signed_in(role)
    for rule in console_rules(app):
        permission = ROUTES[rule.endpoint]
        if permission in OPEN:
            continue
        status = ask(visitor, rule, org.salesforce_id)
        assert (status == 403) is not may(role, permission), (role, rule.rule, status)
        assert status < 500, (role, rule.rule, status)


def test_an_admin_never_reaches_another_org(
    app: Flask, org: Org, other: Org, signed_in: SignedIn
) -> None:
    """Tenant isolation: every route that names an org, with the id of another and of none."""
    visitor = signed_in(Role.ORG_ADMIN)
    walked = 0
    for rule in console_rules(app):
        if "org_id" not in rule.arguments or not may(Role.ORG_ADMIN, ROUTES[rule.endpoint]):
            continue
        walked += 1
        for stranger in (other.salesforce_id, "00D5e000000NONEEA4", "nonsense"):
            assert ask(visitor, rule, stranger) == 404, (rule.rule, stranger)
        assert ask(visitor, rule, org.salesforce_id) not in {403, 500}, rule.rule
    assert walked


def test_nobody_reaches_anything(app: Flask, org: Org, visitor: Visitor) -> None:
    """Pages lead to the ways in; forms are refused."""
    for rule in console_rules(app):
        if ROUTES[rule.endpoint] is Permission.ANYBODY:
            continue
        status = ask(visitor, rule, org.salesforce_id)
        assert status == (303 if "GET" in (rule.methods or ()) else 401), rule.rule


def test_a_form_without_the_sessions_token_is_refused(
    app: Flask, org: Org, signed_in: SignedIn
) -> None:
    """CSRF: every form of every route, without the token and with another session's."""
    visitor = signed_in(Role.OPERATOR)
    stranger = signed_in(Role.SUPPORT)
    for rule in console_rules(app):
        if "POST" not in (rule.methods or ()) or ROUTES[rule.endpoint] is Permission.ANYBODY:
            continue
        path = path_of(rule, org.salesforce_id)
        for forged in ("", "nonsense", stranger.csrf):
            assert visitor.post(path, csrf=forged).status_code == 403, rule.rule
    assert visitor.get("/console/orgs").status_code == 200


def test_a_form_of_another_site_is_refused(visitor: Visitor) -> None:
    """Even one that nobody needs to be known for: signing somebody in as somebody else."""
    for origin in ("https://elsewhere.example", "null"):
        answer = visitor.client.post(
            "/console/enter/anything",
            base_url="http://localhost:8000",
            headers={"Origin": origin},
        )
        assert answer.status_code == 403


def test_a_character_that_no_text_has_is_refused_calmly(org: Org, signed_in: SignedIn) -> None:
    """In the address, the query and a form; PostgreSQL takes none, whatever the page asks it."""
    admin, page = signed_in(Role.ORG_ADMIN), f"/console/orgs/{org.salesforce_id}"
    for path in ("activity?q=%00", "activity.csv?kind=%00", "why?q=%00@", "connect/attempt/%00"):
        assert admin.get(f"{page}/{path}").status_code == 400, path
    for path in ("breakers/%00", "activity/drop", "setup/people/map"):
        assert admin.post(f"{page}/{path}", reason="\0", identity="\0").status_code == 400, path
    assert signed_in(Role.VIEWER).get("/console/orgs?q=%00").status_code == 400


def test_nobody_of_staff_consents_for_an_org() -> None:
    """X18: whether support may look at cards is said by the org's own admin alone."""
    assert [role for role in Role if may(role, Permission.CONSENT)] == [Role.ORG_ADMIN]
