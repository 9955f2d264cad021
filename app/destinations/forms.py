"""The contact form: what was typed, checked, with a sentence for each field that is not right."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.crm.errors import UnknownPersonError
from app.crm.values import normal_email
from app.destinations.beacons import is_load_id
from app.web.i18n import _

_MAX_NAME, _MAX_TEXT = 120, 4000
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
    """

    form_id: str
    load: str
    name: str
    email: str
    text: str
    is_refused: bool


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


def check(fields: Mapping[str, str], *, objects: bool = False) -> Message | FormState:
    """The message, or the form again with what to put right.

    ``objects`` is what the browser itself says; the page's script tells of a refusal in a field.
    """
    typed = {name: fields.get(name, "").strip() for name in ("name", "email", "message")}
    form_id = fields.get("form_id", "")
    shown = FormState(form_id) if _FORM_ID.fullmatch(form_id) else FormState()
    errors = {name: text for name, text in _errors(typed) if text}
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
    )


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
