"""What happened: the last calls that the org answered, one by one and as a list to filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Response, abort, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from devorg import users
from devorg.history import MOST_CALLS, Event
from devorg.pages import reveal
from devorg.pages.web import blueprint, only_own_buttons, page, the_org

KINDS = ("REST", "Bulk", "OAuth", "SOAP", "Canvas", "Control")
# A filter of this word shows whatever was refused, dropped or ignored.
_ERRORS = "errors"
# Not `user`: in every address of these pages that says who looks.
_WORDS = ("path", "status", "who", "kind")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which calls to list: path contains, status begins with (or `errors`), user, kind."""

    path: str = ""
    status: str = ""
    who: str = ""
    kind: str = ""

    def keeps(self, event: Event) -> bool:
        """True for a call to list."""
        return (
            self.path.lower() in f"{event.path}?{event.query}".lower()
            and _has_status(event, self.status)
            and self.who in {"", event.user}
            and self.kind in {"", event.kind}
        )

    @property
    def query(self) -> str:
        """The filter as a query string, empty for none."""
        words = {name: value for name in _WORDS if (value := getattr(self, name))}
        return f"?{urlencode(words)}" if words else ""


def _has_status(event: Event, wanted: str) -> bool:
    if wanted == _ERRORS:
        return event.failed
    return str(event.status).startswith(wanted.rstrip("xX"))


def filter_of() -> Filter:
    """The filter that the query of this request asks for."""
    return Filter(*(request.args.get(each, "").strip() for each in _WORDS))


@blueprint.get("/lightning/setup/happened")
def happened() -> Response:
    """The calls, newest first."""
    wanted, every = filter_of(), the_org().history.all()
    return page(
        "setup/happened.html",
        events=[each for each in every if wanted.keeps(each)], total=len(every), wanted=wanted,
        kinds=KINDS, everybody=users.USERS, most=MOST_CALLS, note=reveal.note,
        faults=the_org().faults.listed(),
    )  # fmt: skip


@blueprint.get("/lightning/setup/happened/<int:number>")
def one_call(number: int) -> Response:
    """One call with its bodies, its parts, and the ways to the calls before and after it."""
    wanted, every = filter_of(), the_org().history.all()
    event = next((each for each in every if each.number == number), None)
    if event is None:
        abort(404)
    listed = [each for each in every if wanted.keeps(each) or each is event]
    return page(
        "setup/call.html",
        event=event, wanted=wanted,
        older=_beside(listed, event, 1), newer=_beside(listed, event, -1),
        asked=reveal.body(event.asked), answered=reveal.body(event.answered),
        headers=reveal.headers(event.headers),
        answer_headers=reveal.headers(event.answer_headers),
        query=reveal.pairs(event.query), note=reveal.note(event),
        hidden=reveal.hidden,
    )  # fmt: skip


def _beside(listed: Sequence[Event], event: Event, step: int) -> int | None:
    at = listed.index(event) + step
    return listed[at].number if 0 <= at < len(listed) else None


@blueprint.post("/lightning/setup/happened/clear")
def clear_happened() -> AnyResponse:
    """Forget the calls so far; only this page's own button may ask for it."""
    only_own_buttons()
    the_org().history.clear()
    return redirect("/lightning/setup/happened", 303)
