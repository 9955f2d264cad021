"""Who looks at a page, and how: chosen by query, remembered in the cookie `devorg`.

The query wins over the cookie, and pages carry the choice into what their scripts fetch: so a
browser without cookies, and two tabs of different users, both work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeVar
from urllib.parse import urlencode

from flask import Request, Response, abort

from devorg import users
from devorg.signing import Variant
from devorg.users import User

Frames = Literal["one", "nested"]
_Name = TypeVar("_Name", bound=str)
COOKIE: Final = "devorg"
VARIANTS: Final[dict[Variant, str]] = {"aura": "Aura", "visualforce": "Visualforce"}
FRAMES: Final[dict[Frames, str]] = {"one": "One frame", "nested": "Nested frames"}
# The integration user works through the API only.
PEOPLE: Final = tuple(user for user in users.USERS if user is not users.INTEGRATION)


@dataclass(frozen=True, slots=True)
class Viewer:
    """One reader of a page. `frames`: the app's frame stands in the page itself, or in a frame of
    another origin as in a real org. `deaf`: the canvas parent answers nothing; `forced`: the
    canvas frame is shown although the record is not; `canvases`: how many frames of the app;
    `asks`: the app gets no token until its user has approved it; `view`: which of the package's
    components stands in the page (`new_destination`, `glance`, `console`), None for the usual one.
    """

    user: User
    variant: Variant
    frames: Frames = "one"
    deaf: bool = False
    forced: bool = False
    canvases: int = 1
    asks: bool = False
    view: str | None = None
    chosen: bool = False

    def query(
        self,
        *,
        user: User | None = None,
        variant: Variant | None = None,
        frames: Frames | None = None,
    ) -> str:
        """The query string of this view, with another user, variant or frames where given."""
        words = {"user": (user or self.user).alias, "variant": variant or self.variant}
        if (frames or self.frames) != "one" or frames:
            words["frames"] = frames or self.frames
        if self.deaf:
            words["parent"] = "mute"
        if self.forced:
            words["force_canvas"] = "1"
        if self.canvases > 1:
            words["canvases"] = str(self.canvases)
        if self.asks:
            words["approval"] = "required"
        if self.view:
            words["view"] = self.view
        return urlencode(words)

    def remember(self, response: Response) -> None:
        """Keep a choice made by query for the pages that follow."""
        if self.chosen:
            value = f"{self.user.alias}.{self.variant}.{self.frames}"
            response.set_cookie(COOKIE, value, httponly=True, samesite="Lax")


def viewer_of(request: Request) -> Viewer:
    """The reader of this request: rep and Aura unless told. Unknown names in the query: 400."""
    kept = [*request.cookies.get(COOKIE, "").split("."), "", "", ""]
    user = users.find(kept[0]) or users.USERS[0]
    if "user" in request.args:
        named = users.find(request.args["user"])
        if named is None:
            known = ", ".join(each.alias for each in PEOPLE)
            abort(400, f"There is no such user. The users are: {known}.")
        user = named
    return Viewer(
        user,
        _chosen(request, "variant", VARIANTS, kept[1]),
        _chosen(request, "frames", FRAMES, kept[2]),
        deaf=request.args.get("parent") == "mute",
        forced=request.args.get("force_canvas") == "1",
        asks=request.args.get("approval") == "required",
        view=request.args.get("view"),
        canvases=2 if request.args.get("canvases") == "2" else 1,
        chosen=bool({"user", "variant", "frames"} & request.args.keys()),
    )


def _chosen(request: Request, what: str, known: Mapping[_Name, str], kept: str) -> _Name:
    """One of the known names: that of the query, or the remembered one, or the first."""
    given = request.args.get(what)
    for name in known:
        if name == (given or kept):
            return name
    if given is not None:
        abort(400, f"There is no such {what}. There are: {', '.join(known)}.")
    return next(iter(known))
