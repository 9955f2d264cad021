"""The contact form: what was typed, checked, with a sentence for each field that is not right."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.crm.errors import UnknownPersonError
from app.crm.values import normal_email
from app.destinations.beacons import is_load_id
from app.destinations.page import Page
from app.web.i18n import _

_MAX_NAME, _MAX_TEXT = 120, 4000
MOST_EMAIL = 320
_FORM_ID = re.compile(r"[0-9a-f]{24}")

#: A field that people do not see and programs fill in.
HONEYPOT = "company_website"


@dataclass(frozen=True, slots=True)
class Message:
    """A checked message to the rep.

    Attributes:
        form_id: Made when the form was shown; sent twice, it is the same message.
        load: The page load that it was sent from; empty without a script or when refused.
        email: Trimmed and lower case.
        is_refused: The visitor does not want to be known by the link; they are who they say (X13).
        agreed: The notice of what is recorded that stood beside it; "" of a form without one.
    """

    form_id: str
    load: str
    name: str
    email: str
    text: str
    is_refused: bool
    agreed: str = ""


@dataclass(frozen=True, slots=True)
class FormState:
    """The form as it is shown: what was typed, and what is wrong with it by field."""

    form_id: str = field(default_factory=lambda: secrets.token_hex(12))
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    is_sent: bool = False
    is_refused: bool = False


def is_trap(fields: Mapping[str, str]) -> bool:
    """Whether a program filled in what no person sees."""
    return bool(fields.get(HONEYPOT, ""))


def check(fields: Mapping[str, str], page: Page, *, objects: bool = False) -> Message | FormState:
    """The message, or the form again with what to put right.

    ``objects`` is what the browser itself says; the page's script tells of a refusal in a field.
    """
    typed = {name: fields.get(name, "").strip() for name in ("name", "email", "message")}
    form_id = fields.get("form_id", "")
    shown = FormState(form_id) if _FORM_ID.fullmatch(form_id) else FormState()
    agreed = fields.get("notice", "")
    errors = {name: text for name, text in _errors(typed) if text}
    if agreed and agreed != page.consent_code:
        errors["notice"] = notice_changed()
    is_refused = objects or bool(fields.get("refused", ""))
    if errors:
        return FormState(shown.form_id, typed, errors, is_refused=is_refused)
    load = fields.get("load", "")
    return Message(
        form_id=shown.form_id,
        load=load if is_load_id(load) and not is_refused else "",
        name=" ".join(_visible(typed["name"]).split()),
        email=normal_email(typed["email"]),
        text=_visible(typed["message"]),
        is_refused=is_refused,
        agreed=page.consent if agreed else "",
    )


@dataclass(frozen=True, slots=True)
class Introduction:
    """The gate as it is shown: what was typed (normal when nothing is wrong), and what is wrong."""

    email: str = ""
    error: str = ""


def check_introduction(fields: Mapping[str, str], page: Page) -> Introduction:
    """Who somebody at the gate says they are, having read this page's notice."""
    typed = fields.get("email", "").strip()[:MOST_EMAIL]
    try:
        email = normal_email(typed)
    except UnknownPersonError:
        return Introduction(typed, _("Type your e-mail address. Example: ada@example.com"))
    if fields.get("notice", "") != page.consent_code:
        return Introduction(typed, notice_changed())
    return Introduction(email)


def not_let_in(email: str) -> Introduction:
    """The same words for all whom a gate does not let in, and nothing of whom it would."""
    words = _(
        "This address does not open the page. Try the one that the page was sent to, or ask the "
        "person who sent you the link."
    )
    return Introduction(email, words)


def too_many_today(email: str) -> Introduction:
    """More came in by this link than is believed of one day; who came in before still does."""
    words = _(
        "Too many people came in by this link today. Try again tomorrow, or ask the person who "
        "sent it to you for a link of your own."
    )
    return Introduction(email, words)


def notice_changed() -> str:
    """Somebody agreed to words that are no longer ours."""
    return _("The notice below has changed meanwhile. Read it once more, and go on if you agree.")


def _errors(typed: Mapping[str, str]) -> list[tuple[str, str]]:
    return [
        ("name", _name_error(typed["name"])),
        ("email", _email_error(typed["email"])),
        ("message", _text_error(typed["message"])),
    ]


def _name_error(name: str) -> str:
    return _("Please shorten the name to 120 characters.") if len(name) > _MAX_NAME else ""


def _email_error(email: str) -> str:
    if not email:
        return _("Please fill in your e-mail address, so that you can be answered.")
    try:
        normal_email(email)
    except UnknownPersonError:
        return _("This does not look like an e-mail address. Example: ada@example.com")
    return ""


def _text_error(text: str) -> str:
    if not text:
        return _("Please write a message.")
    if len(text) > _MAX_TEXT:
        return _("Please shorten the message to 4,000 characters.")
    return ""


def _visible(text: str) -> str:
    """Without control characters, which no person types and PostgreSQL refuses (NUL)."""
    lines = text.replace("\r\n", "\n")
    return "".join(sign for sign in lines if sign in "\n\t" or ord(sign) >= 32)
