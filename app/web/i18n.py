"""Text ready for translation: gettext by the locale of the request, English as written."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from gettext import NullTranslations
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.support import Translations
from flask import Flask, g

_FOLDER = Path(__file__).parent.parent / "translations"
DEFAULT_LOCALE = "en_US"


def set_locale(locale: str) -> None:
    """Use this locale (``en_US``) for the present request; an unknown one means English."""
    g.locale = known_locale(locale)


@lru_cache(maxsize=256)
def known_locale(locale: str) -> str:
    """The locale if Babel knows it, else English."""
    try:
        return str(Locale.parse(locale))
    except (UnknownLocaleError, ValueError, TypeError):
        return DEFAULT_LOCALE


def current_locale() -> str:
    """Locale of the present request."""
    try:
        found: str = g.get("locale", DEFAULT_LOCALE)
    except RuntimeError:  # no application is at work
        return DEFAULT_LOCALE
    return found


def N_(message: str) -> str:  # noqa: N802  # gettext's own name for "translate later"
    """Mark a text for translation."""
    return message


def _(message: str) -> str:
    """The text in the locale of the request."""
    return _catalog(current_locale()).gettext(message)


def sayer() -> Callable[[str], str]:
    """``_`` for whoever has many texts to say: the locale is looked up once."""
    return _catalog(current_locale()).gettext


def ngettext(singular: str, plural: str, number: int) -> str:
    """The text for a number of things, in the locale of the request."""
    return _catalog(current_locale()).ngettext(singular, plural, number)


@cache
def _catalog(locale: str) -> NullTranslations:
    return Translations.load(_FOLDER, [locale])


def install(app: Flask) -> None:
    """Let templates use ``_`` and ``{% trans %}``."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(_, ngettext, newstyle=True)  # type: ignore[attr-defined]
