"""Settings of a form, written with what they were before in the audit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.console.principal import current_org, current_principal
from app.orgs import audit, service, settings
from app.orgs.settings import OrgSettings
from app.web import context

#: Settings as the form shows them.
Values = Mapping[str, str]


def keep(typed: Values, values_of: Callable[[OrgSettings], Values], **changes: Any) -> None:
    """Write what the form means; nothing is written, or told, where nothing was changed.

    Args:
        typed: The form as it was sent, without problems.
        values_of: The settings as the form would show them.
        changes: What it means, by the names of settings.
    """
    with context.database().reading(current_org().id) as session:
        before = values_of(settings.read(session))
    changed = {name: [before[name], typed[name]] for name in typed if typed[name] != before[name]}
    if not changed:
        return
    with context.database().system_writing() as session:
        org = service.required(session, current_org().salesforce_id)
        settings.write(session, org, **changes)
        actor = current_principal().actor
        audit.record_for(session, org.id, audit.Tag.ORG_SETTING, actor, **changed)
