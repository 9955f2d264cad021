"""The logo of an org's pages: an image of a known kind, kept in the database.

Told by its first bytes, never by what its sender calls it. SVG is none of the kinds: it can run
scripts.
"""

from __future__ import annotations

import base64

from sqlalchemy import delete, select

from app.db import SystemSession, TenantSession
from app.destinations.models import Logo
from app.destinations.tokens import new_token
from app.errors import InlayError
from app.ids import new_id
from app.orgs import audit, settings
from app.orgs.audit import Tag
from app.orgs.models import Org
from app.web.i18n import _

MOST_BYTES = 100 * 1024


class LogoError(InlayError):
    """What was sent is no logo."""

    reason = "bad_logo"


def data_url(session: TenantSession) -> str:
    """The org's logo as an address that holds it; "" without one."""
    found = session.scalar(select(Logo))
    if found is None:
        return ""
    return f"data:{found.media_type};base64,{base64.b64encode(found.data).decode()}"


def save(session: SystemSession, org: Org, data: bytes, *, by: str) -> None:
    """Show this logo on all pages of the org from now on.

    Raises:
        LogoError: It is empty, too large, or no PNG, JPEG or WebP.
    """
    media_type = _media_type(data)
    token = new_token()
    row = {
        "id": new_id(), "org_id": org.id, "token": token, "media_type": media_type, "data": data
    }  # fmt: skip
    session.upsert_many(Logo, [row], key=["org_id"], set_=["token", "media_type", "data"])
    settings.write(session, org, logo=token)
    size = f"{media_type}, {len(data)} bytes"
    audit.record_for(session, org.id, Tag.ORG_SETTING, by, logo=size)


def remove(session: SystemSession, org: Org, *, by: str) -> None:
    """Show none."""
    session.execute(delete(Logo).where(Logo.org_id == org.id))
    settings.write(session, org, logo="")
    audit.record_for(session, org.id, Tag.ORG_SETTING, by, logo="none")


def _media_type(data: bytes) -> str:
    if not data:
        raise LogoError(_("Choose a file."))
    if len(data) > MOST_BYTES:
        words = _("The file has %(size)d KB; %(most)d KB is the most.")
        raise LogoError(words % {"size": -(-len(data) // 1024), "most": MOST_BYTES // 1024})
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    raise LogoError(_("This is no PNG, JPEG or WebP image."))
