"""What all commands about one org share: who acts, and which org is meant."""

from __future__ import annotations

import getpass
import os

from app.db import SystemSession
from app.errors import ConfigError
from app.orgs import service
from app.orgs.models import Org
from canvas.ids import ORGANIZATION_PREFIX, to_18


def operator() -> str:
    """Who stands in the audit: INLAY_OPERATOR, else the user of the shell."""
    return os.environ.get("INLAY_OPERATOR", "").strip() or getpass.getuser()


def organization_id(text: str) -> str:
    """The 18-character id of an organization.

    Raises:
        ConfigError: It is no id, or that of something else (an Account, a user).
    """
    try:
        found = to_18(text)
    except ValueError as error:
        raise ConfigError(f"{text} is no organization id: {error}. {_WHERE}") from error
    if not found.startswith(ORGANIZATION_PREFIX):
        raise ConfigError(f"{text} is no organization id: such an id begins with 00D. {_WHERE}")
    return found


_WHERE = "Salesforce shows it in Setup, Company Information."


def org_of(session: SystemSession, text: str) -> Org:
    """The org that an operator names.

    Raises:
        ConfigError: This is no organization's id.
        UnknownOrgError: There is no such org.
    """
    return service.required(session, organization_id(text))
