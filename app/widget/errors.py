"""Why the widget shows no card, beyond what lower rooms refuse."""

from __future__ import annotations

from app.errors import InlayError


class WidgetError(InlayError):
    """Reasons: ``no_record``, ``no_access``, ``foreign_host``, ``bad_cursor``."""

    reason = "widget_error"


def no_record() -> WidgetError:
    """Salesforce named no record of an object that the widget shows."""
    return WidgetError(
        "Salesforce did not say which record is open. Reload the record page.", reason="no_record"
    )


def no_access() -> WidgetError:
    """The user's own rights do not show them the record."""
    return WidgetError(
        "You do not have access to this record in Salesforce. Ask its owner to share it.",
        reason="no_access",
    )


def bad_cursor() -> WidgetError:
    """A page of the timeline was asked for in a form that we never gave out."""
    return WidgetError("This page of the timeline is unknown. Reload it.", reason="bad_cursor")
