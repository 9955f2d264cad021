"""The unguessable part of a link's address."""

from __future__ import annotations

import re
import secrets
import string

# letters and digits alone: mail programs cut addresses at other characters
_ALPHABET = string.ascii_letters + string.digits
# 22 of 62: 131 bits
_LENGTH = 22
_PREVIEW = "?preview"
_FORM = re.compile(rf"[A-Za-z0-9]{{{_LENGTH}}}", re.ASCII)


def new_token() -> str:
    """A fresh token."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def is_token(text: str) -> bool:
    """Whether the text has the form of a token."""
    return _FORM.fullmatch(text) is not None


def link_url(pages_url: str, token: str) -> str:
    """The address to share."""
    return f"{pages_url}/d/{token}"


def preview_url(pages_url: str, token: str) -> str:
    """The same page for the rep's own eyes: it records nothing."""
    return link_url(pages_url, token) + _PREVIEW


def is_preview(url: str) -> bool:
    """Whether whoever follows this address is not recorded."""
    return url.endswith(_PREVIEW)
