"""Who may do what, as data: role × permission, and the permission of each route.

A route that is not named here is refused, and fails a test. ``tests/console`` walks both tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """Of an org's admin, or of staff (over all orgs)."""

    ORG_ADMIN = "org_admin"
    VIEWER = "viewer"
    SUPPORT = "support"
    OPERATOR = "operator"


STAFF_ROLES = (Role.VIEWER, Role.SUPPORT, Role.OPERATOR)


class Permission(StrEnum):
    """What a route asks for. For an org's admin all of them mean their own org alone."""

    #: Nobody needs to be known: the ways in, static files.
    ANYBODY = "anybody"
    #: Whoever is signed in.
    SIGNED_IN = "signed_in"
    SEE_ORG = "see_org"
    CONNECT_ORG = "connect_org"
    #: Send somebody the page for secrets, without ever seeing them.
    SEND_CONNECT_LINK = "send_connect_link"
    CONFIGURE_ORG = "configure_org"
    MANAGE_KEYS = "manage_keys"
    RUN_PREFLIGHT = "run_preflight"
    STEER_DELIVERY = "steer_delivery"
    #: Take all data of the org away, delete it.
    MANAGE_DATA = "manage_data"
    #: Say whether support may look at cards: consent is the org's own, nobody of staff gives it.
    CONSENT = "consent"
    #: Look at a card as a rep saw it.
    VIEW_AS = "view_as"
    #: Let an org's public pages answer on a domain of its own, once its proof was seen.
    OPEN_DOMAINS = "open_domains"
    FIND_ORGS = "find_orgs"
    SWITCH_FEATURES = "switch_features"
    CHANGE_ORG_STATE = "change_org_state"
    INVITE_ADMINS = "invite_admins"
    MANAGE_STAFF = "manage_staff"
    #: Kill switches and shares: what all orgs feel at once.
    STEER_SYSTEM = "steer_system"


_ADMIN = frozenset(
    {
        Permission.SEE_ORG,
        Permission.CONNECT_ORG,
        Permission.SEND_CONNECT_LINK,
        Permission.CONFIGURE_ORG,
        Permission.MANAGE_KEYS,
        Permission.RUN_PREFLIGHT,
        Permission.STEER_DELIVERY,
        Permission.MANAGE_DATA,
        Permission.CONSENT,
    }
)
_VIEWER = frozenset({Permission.SEE_ORG, Permission.FIND_ORGS})
_SUPPORT = _VIEWER | {
    Permission.RUN_PREFLIGHT,
    Permission.SEND_CONNECT_LINK,
    Permission.STEER_DELIVERY,
    Permission.VIEW_AS,
    Permission.SWITCH_FEATURES,
    Permission.CHANGE_ORG_STATE,
}
_EVERYBODY = frozenset({Permission.ANYBODY, Permission.SIGNED_IN})

GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.ORG_ADMIN: _EVERYBODY | _ADMIN,
    Role.VIEWER: _EVERYBODY | _VIEWER,
    Role.SUPPORT: _EVERYBODY | _SUPPORT,
    Role.OPERATOR: frozenset(Permission) - {Permission.CONSENT},
}

#: Endpoint to permission. The endpoint is ``console.`` and the name of the view function.
ROUTES: Mapping[str, Permission] = {
    "console.static": Permission.ANYBODY,
    # ways in and out
    "console.front": Permission.ANYBODY,
    "console.sign_in": Permission.ANYBODY,
    "console.to_provider": Permission.ANYBODY,
    "console.from_provider": Permission.ANYBODY,  # by the state, once, in the same browser
    "console.to_salesforce": Permission.ANYBODY,
    "console.ask_salesforce": Permission.SIGNED_IN,
    "console.show_link": Permission.ANYBODY,
    "console.use_link": Permission.ANYBODY,
    "console.sign_out": Permission.SIGNED_IN,
    "console.renew": Permission.ANYBODY,  # by a signed request of Salesforce's
    # an org
    "console.health": Permission.SEE_ORG,
    # its connection
    "console.connect": Permission.SEE_ORG,
    "console.attempt": Permission.SEE_ORG,
    "console.connect_typed": Permission.CONNECT_ORG,
    "console.make_certificate": Permission.CONNECT_ORG,
    "console.certificate_file": Permission.SEE_ORG,
    "console.try_again": Permission.CONNECT_ORG,
    "console.ask_to_disconnect": Permission.CONNECT_ORG,
    "console.disconnect": Permission.CONNECT_ORG,
    "console.open_popup": Permission.CONNECT_ORG,
    "console.make_secret_link": Permission.SEND_CONNECT_LINK,
    "console.go": Permission.ANYBODY,  # by a ticket, once
    "console.oauth_callback": Permission.ANYBODY,  # by the state, once, in the same browser
    "console.show_secret_page": Permission.ANYBODY,  # by a link
    "console.use_secret_page": Permission.ANYBODY,
    "console.activity": Permission.SEE_ORG,
    "console.activity_csv": Permission.SEE_ORG,
    "console.ask_decision": Permission.STEER_DELIVERY,
    "console.decide": Permission.STEER_DELIVERY,
    "console.reset_breaker": Permission.STEER_DELIVERY,
    "console.why": Permission.SEE_ORG,
    "console.preflight": Permission.SEE_ORG,
    "console.preflight_text": Permission.SEE_ORG,
    "console.run_preflight": Permission.RUN_PREFLIGHT,
    # its set-up
    "console.setup": Permission.SEE_ORG,
    "console.turn": Permission.CONFIGURE_ORG,
    "console.sending": Permission.SEE_ORG,
    "console.save_sending": Permission.CONFIGURE_ORG,
    "console.syncing": Permission.SEE_ORG,
    "console.save_syncing": Permission.CONFIGURE_ORG,
    "console.default_fields": Permission.SEE_ORG,
    "console.people": Permission.SEE_ORG,
    "console.change_people": Permission.CONFIGURE_ORG,
    "console.keys": Permission.MANAGE_KEYS,
    "console.make_key": Permission.MANAGE_KEYS,
    "console.end_key": Permission.MANAGE_KEYS,
    # its data
    "console.data": Permission.SEE_ORG,
    "console.export_data": Permission.MANAGE_DATA,
    "console.ask_deletion": Permission.MANAGE_DATA,
    "console.cancel_deletion": Permission.MANAGE_DATA,
    "console.allow_view": Permission.CONSENT,
    "console.view_as": Permission.VIEW_AS,
    "console.show_as": Permission.VIEW_AS,
    "console.deletions": Permission.FIND_ORGS,
    # its Destinations
    "console.destinations": Permission.SEE_ORG,
    "console.destination": Permission.SEE_ORG,
    "console.switch_destination": Permission.CONFIGURE_ORG,
    "console.switch_link": Permission.CONFIGURE_ORG,
    "console.set_expiry": Permission.CONFIGURE_ORG,
    "console.set_gate": Permission.CONFIGURE_ORG,
    "console.defaults": Permission.SEE_ORG,
    "console.save_defaults": Permission.CONFIGURE_ORG,
    "console.domain": Permission.SEE_ORG,
    "console.ask_domain": Permission.CONFIGURE_ORG,
    "console.remove_domain": Permission.CONFIGURE_ORG,
    "console.open_domain": Permission.OPEN_DOMAINS,
    "console.template": Permission.SEE_ORG,
    "console.save_template": Permission.CONFIGURE_ORG,
    "console.preview_template": Permission.CONFIGURE_ORG,
    "console.reset_template": Permission.CONFIGURE_ORG,
    "console.page_style": Permission.ANYBODY,  # a style sheet of any colour
    "console.brand": Permission.SEE_ORG,
    "console.save_logo": Permission.CONFIGURE_ORG,
    "console.remove_logo": Permission.CONFIGURE_ORG,
    "console.save_brand": Permission.CONFIGURE_ORG,
    "console.features": Permission.SEE_ORG,
    "console.switch_feature": Permission.SWITCH_FEATURES,
    "console.change_plan": Permission.SWITCH_FEATURES,
    "console.org_audit": Permission.SEE_ORG,
    "console.org_audit_csv": Permission.SEE_ORG,
    "console.org_state": Permission.CHANGE_ORG_STATE,
    "console.change_state": Permission.CHANGE_ORG_STATE,
    "console.accept_refresh": Permission.CHANGE_ORG_STATE,
    "console.invite_admin": Permission.INVITE_ADMINS,
    "console.withdraw_invitation": Permission.INVITE_ADMINS,
    # support
    "console.orgs": Permission.FIND_ORGS,
    "console.audit": Permission.FIND_ORGS,
    "console.audit_csv": Permission.FIND_ORGS,
    "console.system": Permission.FIND_ORGS,
    "console.ask_kill_switch": Permission.STEER_SYSTEM,
    "console.turn_kill_switch": Permission.STEER_SYSTEM,
    "console.set_share": Permission.STEER_SYSTEM,
    "console.staff_page": Permission.MANAGE_STAFF,
    "console.invite_staff": Permission.MANAGE_STAFF,
    "console.remove_staff": Permission.MANAGE_STAFF,
    "console.end_session": Permission.MANAGE_STAFF,
}


def may(role: Role, permission: Permission) -> bool:
    """Whether the role includes the permission."""
    return permission in GRANTS[role]
