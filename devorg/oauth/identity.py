"""Who a token is for: `userinfo` in the words of OpenID Connect, the identity URL in older ones."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, jsonify, request

from devorg.errors import DevorgError
from devorg.ids import to_18
from devorg.oauth.answers import identity_url
from devorg.oauth.blueprint import address, base_url, blueprint, the_org
from devorg.tokens import Session
from devorg.users import User

_MAY_ASK = frozenset({"id", "openid", "profile", "email", "full", "api", "web"})


class IdentityError(DevorgError):
    """A refusal of these two: plain words, as Salesforce documents them."""

    def __init__(self, word: str, status: int) -> None:
        super().__init__(word, word)
        self.status = status


@blueprint.errorhandler(IdentityError)
def refuse(error: IdentityError) -> Response:
    """One word, no JSON."""
    return Response(error.reason, error.status, content_type="text/html;charset=UTF-8")


def _session() -> Session:
    """The session of the request, by header or by `oauth_token`. Raises IdentityError."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() not in {"bearer", "oauth"}:
        token = request.values.get("oauth_token", request.values.get("access_token", ""))
    if not token:
        raise IdentityError("Missing_OAuth_Token", 403)
    session = the_org().tokens.session_of(token.strip(), use=True)
    if session is None or not session.scopes & _MAY_ASK or not _comes_from_allowed(session):
        raise IdentityError("Bad_OAuth_Token", 403)
    return session


def _comes_from_allowed(session: Session) -> bool:
    return session.app is None or session.app.allows(address())


@blueprint.route("/services/oauth2/userinfo", methods=["GET", "POST"])
def userinfo() -> Response:
    """Who the token is for, in the words of OpenID Connect."""
    session = _session()
    user, base = session.user, base_url()
    return jsonify(
        sub=identity_url(user),
        user_id=user.id,
        organization_id=the_org().config.org_id,
        preferred_username=user.username,
        nickname=user.alias,
        name=user.name,
        email=user.username,
        email_verified=True,
        given_name=user.first_name,
        family_name=user.last_name,
        zoneinfo=user.time_zone,
        photos=_photos(base),
        profile=f"{base}/{user.id}",
        picture=_photos(base)["picture"],
        address={},
        is_salesforce_integration_user=user.alias == "integration",
        urls=_urls(base, user),
        active=True,
        user_type="STANDARD",
        language=user.language,
        locale=user.locale,
        utcOffset=_offset(user),
        updated_at=_changed(user, iso=True),
    )


@blueprint.get("/id/<org_id>/<user_id>")
def identity(org_id: str, user_id: str) -> Response:
    """The identity URL of a token: the same person, in Salesforce's older words."""
    session, base = _session(), base_url()
    user = session.user
    if to_18(org_id) != the_org().config.org_id:
        raise IdentityError("Wrong_Org", 403)
    if to_18(user_id) != user.id:
        raise IdentityError("Bad_Id", 404)
    return jsonify(
        id=identity_url(user),
        asserted_user=True,
        user_id=user.id,
        organization_id=the_org().config.org_id,
        username=user.username,
        nick_name=user.alias,
        display_name=user.name,
        email=user.username,
        email_verified=True,
        first_name=user.first_name,
        last_name=user.last_name,
        timezone=user.time_zone,
        photos=_photos(base),
        addr_street=None,
        addr_city=None,
        addr_state=None,
        addr_country=None,
        addr_zip=None,
        mobile_phone=None,
        mobile_phone_verified=False,
        is_lightning_login_user=False,
        status={"created_date": None, "body": None},
        urls=_urls(base, user),
        active=True,
        user_type="STANDARD",
        language=user.language,
        locale=user.locale,
        utcOffset=_offset(user),
        last_modified_date=_changed(user, iso=False),
        is_app_installed=True,
    )


def _photos(base: str) -> dict[str, str]:
    return {"picture": f"{base}/profilephoto/005/F", "thumbnail": f"{base}/profilephoto/005/T"}


def _offset(user: User) -> int:
    """Milliseconds east of UTC, without daylight saving, as Salesforce counts."""
    moment = the_org().clock.now().astimezone(ZoneInfo(user.time_zone))
    offset, saving = moment.utcoffset(), moment.dst()
    seconds = (offset.total_seconds() if offset else 0) - (saving.total_seconds() if saving else 0)
    return int(seconds * 1000)


def _changed(user: User, *, iso: bool) -> str | None:
    with the_org().store.reading() as connection:
        row = connection.execute(
            'SELECT "LastModifiedDate" FROM "User" WHERE "Id" = ?', (user.id,)
        ).fetchone()
    text: str | None = row["LastModifiedDate"] if row else None
    return text.replace("+0000", "Z") if text and iso else text


def _urls(base: str, user: User) -> dict[str, Any]:
    data, soap = f"{base}/services/data/v{{version}}", f"{base}/services/Soap"
    org_id = the_org().config.org_id
    return {
        "enterprise": f"{soap}/c/{{version}}/{org_id[:15]}",
        "metadata": f"{soap}/m/{{version}}/{org_id[:15]}",
        "partner": f"{soap}/u/{{version}}/{org_id[:15]}",
        "rest": f"{data}/",
        "sobjects": f"{data}/sobjects/",
        "search": f"{data}/search/",
        "query": f"{data}/query/",
        "recent": f"{data}/recent/",
        "tooling_soap": f"{soap}/T/{{version}}/{org_id[:15]}",
        "tooling_rest": f"{data}/tooling/",
        "profile": f"{base}/{user.id}",
        "feeds": f"{data}/chatter/feeds",
        "groups": f"{data}/chatter/groups",
        "users": f"{data}/chatter/users",
        "feed_items": f"{data}/chatter/feed-items",
        "feed_elements": f"{data}/chatter/feed-elements",
        "custom_domain": base,
    }
