"""Why an org is refused as a whole (L1)."""

from __future__ import annotations

from app.salesforce.errors import SalesforceError


class OrgNotServed(SalesforceError):
    """The org's edition has no API, or the integration user may not use it."""

    reason = "org_not_served"
    sentence = (
        "Inlay cannot serve this organization: its edition has no API, or the integration user "
        "lacks API Enabled."
    )

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code=code)
        if message:
            self.message, self.args = message, (message,)
