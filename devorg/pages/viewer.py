"""Who looks at a page, and how: chosen by query, remembered in the cookie `devorg`.

The query wins over the cookie, and pages carry the choice into what their scripts fetch: so a
browser without cookies, and two tabs of different users, both work.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Request, Response, abort

from devorg import users
from devorg.signing import Variant
from devorg.users import User

COOKIE = "devorg"
VARIANTS: dict[Variant, str] = {"aura": "Aura", "visualforce": "Visualforce"}
# The integration user works through the API only.
PEOPLE = tuple(user for user in users.USERS if user is not users.INTEGRATION)


@dataclass(frozen=True, slots=True)
class Viewer:
    """One reader of a page. `deaf`: the canvas parent answers nothing; `forced`: the canvas
    frame is shown although the record is not.
    """

    user: User
    variant: Variant
    deaf: bool = False
    forced: bool = False
    chosen: bool = False

    def query(self, *, user: User | None = None, variant: Variant | None = None) -> str:
        """The query string of this view, with another user or variant where given."""
        words = {"user": (user or self.user).alias, "variant": variant or self.variant}
        if self.deaf:
            words["parent"] = "mute"
        if self.forced:
            words["force_canvas"] = "1"
        return urlencode(words)

    def remember(self, response: Response) -> None:
        """Keep a choice made by query for the pages that follow."""
        if self.chosen:
            response.set_cookie(
                COOKIE, f"{self.user.alias}.{self.variant}", httponly=True, samesite="Lax"
            )


def viewer_of(request: Request) -> Viewer:
    """The reader of this request: rep and Aura unless told. Unknown names in the query: 400."""
    kept_user, _, kept_variant = request.cookies.get(COOKIE, "").partition(".")
    user = users.find(kept_user) or users.USERS[0]
    if "user" in request.args:
        named = users.find(request.args["user"])
        if named is None:
            known = ", ".join(each.alias for each in PEOPLE)
            abort(400, f"There is no such user. The users are: {known}.")
        user = named
    variant = request.args.get("variant", kept_variant if kept_variant in VARIANTS else "aura")
    if variant not in VARIANTS:
        abort(400, f"There is no such variant. The variants are: {', '.join(VARIANTS)}.")
    return Viewer(
        user,
        variant,
        deaf=request.args.get("parent") == "mute",
        forced=request.args.get("force_canvas") == "1",
        chosen=bool({"user", "variant"} & request.args.keys()),
    )
