"""The Canvas envelope and its signature, as Salesforce's parent page obtains them.

Shape and key order follow real envelopes of the Aura and the Visualforce container; the MAC is
HMAC-SHA256 over the base64 text of the payload, in standard padded base64.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any, Literal

from devorg import ids
from devorg.config import DevorgConfig
from devorg.rows import Record
from devorg.users import User

Variant = Literal["aura", "visualforce"]
API_VERSION = "68.0"
DEVELOPER_NAME = "Inlay"
# The view that the package's page for admins asks for.
CONSOLE = "console"
# The chatter links are pinned at this version in real envelopes.
_CHATTER_VERSION = "31.0"


@dataclass(frozen=True, slots=True)
class Opening:
    """A canvas app being opened: by whom, on which record, from which page."""

    user: User
    # None where the user has not approved the app, and it gets no signed request.
    access_token: str | None
    sobject: str
    record_id: str
    variant: Variant
    base_url: str
    # What Visualforce echoes of the record; the Aura container echoes nothing.
    record: Record
    location: str | None = None
    issued_at_offset_seconds: float = 0
    # Which of several canvases of its page.
    canvas: int = 1
    # What the package's component passes as its parameter `view`; None where it passes none.
    view: str | None = None


def instance_id(namespace: str | None, variant: Variant, canvas: int = 1) -> str:
    """The id of the app in its page; the frame is named `canvas-frame-<this>`."""
    aura = f"{446 + 66 * (canvas - 1)}:0:canvasapp"
    place = aura if variant == "aura" else f"j_id0:j_id{canvas}:canvasapp"
    return f"{namespace or '_'}:{DEVELOPER_NAME}:{place}"


def issued_at(moment_ms: int) -> int:
    """The low 32 bits of epoch milliseconds as a signed int, as real orgs write it."""
    low = moment_ms & 0xFFFFFFFF
    return low - 2**32 if low >= 2**31 else low


def seal(envelope: dict[str, Any], secret: str) -> str:
    """`<signature>.<payload>`, ready for the form field `signed_request`."""
    text = json.dumps(envelope, separators=(",", ":"), ensure_ascii=False)
    payload = base64.b64encode(text.encode())
    mac = hmac.new(secret.encode(), payload, hashlib.sha256).digest()
    return f"{base64.b64encode(mac).decode()}.{payload.decode()}"


def envelope_of(opening: Opening, config: DevorgConfig, namespace: str | None) -> dict[str, Any]:
    """The whole envelope of one opening."""
    moment = int((time.time() + opening.issued_at_offset_seconds) * 1000)
    return {
        "algorithm": "HMACSHA256",
        "issuedAt": issued_at(moment),
        "userId": opening.user.id,
        "client": {
            "refreshToken": None,
            "instanceId": instance_id(namespace, opening.variant, opening.canvas),
            "targetOrigin": opening.base_url,
            "instanceUrl": opening.base_url,
            "oauthToken": opening.access_token,
        },
        "context": {
            "user": _user(opening),
            "links": _links(opening, config.org_id[:15]),
            "application": _application(config, namespace),
            "organization": {
                "organizationId": config.org_id,
                "name": config.org_name,
                "multicurrencyEnabled": False,
                "namespacePrefix": None,
                "currencyIsoCode": "USD",
            },
            "environment": _environment(opening),
        },
    }


def _user(opening: Opening) -> dict[str, Any]:
    user, photo = opening.user, f"{opening.base_url}/profilephoto/005"
    return {
        "userId": user.id, "userName": user.username, "firstName": user.first_name,
        "lastName": user.last_name, "email": user.username, "fullName": user.name,
        "locale": user.locale, "language": user.language, "timeZone": user.time_zone,
        "profileId": ids.make("00e", 1)[:15], "roleId": None, "userType": "STANDARD",
        "currencyISOCode": "USD", "profilePhotoUrl": f"{photo}/F",
        "profileThumbnailUrl": f"{photo}/T", "siteUrl": None, "siteUrlPrefix": None,
        "networkId": None, "accessibilityModeEnabled": False, "isDefaultNetwork": True,
    }  # fmt: skip


def _links(opening: Opening, org15: str) -> dict[str, str]:
    data = f"/services/data/v{API_VERSION}"
    chatter = f"/services/data/v{_CHATTER_VERSION}/chatter"
    return {
        "loginUrl": opening.base_url,
        "enterpriseUrl": f"/services/Soap/c/{API_VERSION}/{org15}",
        "metadataUrl": f"/services/Soap/m/{API_VERSION}/{org15}",
        "partnerUrl": f"/services/Soap/u/{API_VERSION}/{org15}",
        "restUrl": f"{data}/",
        "sobjectUrl": f"{data}/sobjects/",
        "searchUrl": f"{data}/search/",
        "queryUrl": f"{data}/query/",
        "recentItemsUrl": f"{data}/recent/",
        "chatterFeedsUrl": f"{chatter}/feeds",
        "chatterGroupsUrl": f"{data}/chatter/groups",
        "chatterUsersUrl": f"{data}/chatter/users",
        "chatterFeedItemsUrl": f"{chatter}/feed-items",
        "userUrl": f"/{opening.user.id}",
    }


def _application(config: DevorgConfig, namespace: str | None) -> dict[str, Any]:
    return {
        "name": DEVELOPER_NAME,
        "canvasUrl": config.canvas_url,
        "applicationId": ids.make("06P", 1)[:15],
        "version": "1.0",
        "authType": "SIGNED_REQUEST",
        "referenceId": ids.make("09H", 1)[:15],
        "options": [],
        "samlInitiationMethod": "None",
        "namespace": namespace or "",
        "isInstalledPersonalApp": False,
        "developerName": DEVELOPER_NAME,
    }


def _environment(opening: Opening) -> dict[str, Any]:
    aura = opening.variant == "aura"
    page = f"/lightning/r/{opening.sobject}/{opening.record_id}/view"
    if not aura:
        page = f"/apex/Inlay?id={opening.record_id}"
    attributes = {
        "type": opening.sobject,
        "url": f"/services/data/v{API_VERSION}/sobjects/{opening.sobject}/{opening.record_id}",
    }
    echoed = {"attributes": attributes, "Id": opening.record_id, **opening.record}
    return {
        "referer": None,
        "locationUrl": opening.location or opening.base_url + page,
        "displayLocation": "Aura" if aura else "Visualforce",
        "sublocation": None,
        "uiTheme": "Theme3",
        "dimensions": {
            "width": "100%", "height": "600px", "maxWidth": "1000px", "maxHeight": "infinite",
            "clientWidth": "460px", "clientHeight": "0px",
        },
        "parameters": _parameters(opening),
        "record": {} if aura or opening.view == CONSOLE else echoed,
        "version": {"season": "WINTER", "api": API_VERSION},
    }  # fmt: skip


def _parameters(opening: Opening) -> dict[str, str]:
    """What the package's components and pages pass on; the page for admins is about no record."""
    view = {"view": opening.view} if opening.view else {}
    if opening.variant != "aura" or opening.view == CONSOLE:
        return view
    return {"recordId": opening.record_id, "sObjectName": opening.sobject, **view}
