"""The set-up area: people and rights, apps, usage, faults, the org itself and its objects."""

from __future__ import annotations

from typing import cast

from flask import Response, abort, redirect, request

from devorg import users
from devorg.pages import organization, people
from devorg.pages.reading import has_pages
from devorg.pages.web import blueprint, only_own_buttons, page, reading, the_org

_LABELS = list(people.LABELS.values())


@blueprint.get("/lightning/setup")
@blueprint.get("/lightning/setup/home")
def setup_home() -> Response:
    """A card for each of the pages, with its most telling number."""
    org = the_org()
    return page(
        "setup/home.html",
        calls=len(org.history.all()), everybody=len(users.USERS), sets=len(org.rights.sets),
        apps=len(org.oauth.apps.all()), used=org.usage.total(), limit=org.config.daily_api_requests,
        faults=len(organization.active_faults(org)), kinds=len(org.schema.objects),
        clock=organization.clock(org),
    )  # fmt: skip


@blueprint.get("/lightning/setup/users")
def setup_users() -> Response:
    """Everybody, with profile and permission sets."""
    return page(
        "setup/users.html", everybody=[people.person(the_org(), each) for each in users.USERS]
    )


@blueprint.get("/lightning/setup/users/<alias>")
def setup_user(alias: str) -> Response:
    """One user: what the profile and the permission sets add up to."""
    user = users.find(alias)
    if user is None:
        abort(404)
    org = the_org()
    with org.store.reading() as connection:
        detail = people.rights_of(connection, org, user)
    return page(
        "setup/user.html", person=people.person(org, user), detail=detail, labels=_LABELS,
        sets=people.sets_beside(org, user),
    )  # fmt: skip


@blueprint.post("/lightning/setup/users/<alias>/permission-sets")
def setup_user_sets(alias: str) -> Response:
    """Give the user a permission set, or take it away: what an admin does to break and to mend."""
    only_own_buttons()
    user, name = users.find(alias), request.form.get("set", "")
    if user is None or name not in the_org().rights.sets:
        abort(404)
    the_org().rights.assign(user, name, on=request.form.get("do") == "give")
    the_org().rights_changed()
    return cast(Response, redirect(f"/lightning/setup/users/{user.alias}#sets", 303))


@blueprint.get("/lightning/setup/permission-sets")
def setup_sets() -> Response:
    """Profiles and permission sets, with how many users have each."""
    return page("setup/sets.html", sets=people.sets(the_org()))


@blueprint.get("/lightning/setup/permission-sets/<name>")
def setup_set(name: str) -> Response:
    """What one profile or permission set grants."""
    found = the_org().rights.sets.get(name)
    if found is None:
        abort(404)
    return page(
        "setup/set.html", one=found, detail=people.grants_of(the_org(), found), labels=_LABELS
    )


@blueprint.get("/lightning/setup/apps")
def setup_apps() -> Response:
    """Connected and external client apps, with what people granted them."""
    return page("setup/apps.html", apps=organization.apps(the_org()))


@blueprint.get("/lightning/setup/apps/<client_id>")
def setup_app(client_id: str) -> Response:
    """One app: callback URLs, policies, tokens."""
    found = next((each for each in organization.apps(the_org()) if each.key == client_id), None)
    if found is None:
        abort(404)
    return page("setup/app.html", app=found)


@blueprint.get("/lightning/setup/usage")
def setup_usage() -> Response:
    """Counted API calls by resource, against the limit of a day."""
    org = the_org()
    return page(
        "setup/usage.html", usage=organization.usage(org), limit=org.config.daily_api_requests
    )


@blueprint.get("/lightning/setup/faults")
def setup_faults() -> Response:
    """What goes wrong at present, and how often it has."""
    org = the_org()
    return page("setup/faults.html", faults=organization.faults(org), per_row_ms=org.per_row_ms)


@blueprint.get("/lightning/setup/org")
def setup_org() -> Response:
    """Id, namespace, clock, shape, preferences, rules."""
    return page(
        "setup/org.html", facts=organization.facts(the_org()), rules=organization.rules(the_org())
    )


@blueprint.get("/lightning/setup/objects")
def setup_objects() -> Response:
    """Every object, with the way to its records."""
    org = the_org()
    with reading() as reader:
        found = [organization.kind(reader, org, each) for each in org.schema.objects.values()]
    return page("setup/objects.html", kinds=found)


@blueprint.get("/lightning/setup/objects/<name>")
def setup_object(name: str) -> Response:
    """One object's fields, under the names that clients use."""
    org = the_org()
    sobject = org.schema.objects.get(name)
    if sobject is None:
        abort(404)
    fields = [organization.field(org, each) for each in sobject.fields]
    return page("setup/object.html", sobject=sobject, fields=fields, has_list=has_pages(sobject))
