"""Verified envelopes, as canvas gives them."""

from __future__ import annotations

from canvas.envelope import (
    Application,
    Client,
    Envelope,
    Environment,
    Organization,
    User,
)

ORG_ID = "00D5e000000DEVOEA4"
USER_ID = "0055e000000REPSAA4"


def envelope(
    *,
    organization_id: str = ORG_ID,
    developer_name: str = "Inlay_Canvas",
    user_type: str | None = "STANDARD",
) -> Envelope:
    """An envelope of a rep on a Contact page."""
    return Envelope(
        algorithm="HMACSHA256",
        issued_at=None,
        user_id=USER_ID,
        user=User(id=USER_ID, full_name="Ada Example", user_type=user_type),
        organization=Organization(id=organization_id, name="Devorg"),
        client=Client(oauth_token="token", instance_url="https://devorg.my.salesforce.com"),
        application=Application(developer_name=developer_name, namespace=""),
        environment=Environment(),
    )
