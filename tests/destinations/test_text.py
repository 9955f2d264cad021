"""Merge fields, Markdown, addresses, colours, tokens."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.destinations.addresses import mailto, safe_address
from app.destinations.brand import palette
from app.destinations.markdown import render
from app.destinations.merge import merge, merge_markdown
from app.destinations.tokens import is_token, new_token


def _html(text: str) -> str:
    return str(render(text, link_prefix="b1", top_heading=3).html)


def test_a_field_is_its_value_or_its_fallback_or_nothing() -> None:
    values = {"account": "Acme", "empty": " "}
    assert merge("For {{account}}", values) == "For Acme"
    assert merge("For {{ account | you }}", values) == "For Acme"
    assert merge("For {{empty|you}}", values) == "For you"
    assert merge("For {{unknown}}.", values) == "For ."


@pytest.mark.parametrize(
    "text",
    ["{{7*7}}", "{{account.__class__}}", "{% if 1 %}x{% endif %}", "${account}", "{account}"],
)
def test_nothing_is_evaluated(text: str) -> None:
    assert merge(text, {"account": "Acme"}) == text


def test_a_value_that_looks_like_a_field_stays_text() -> None:
    assert merge("{{account}}", {"account": "{{rep}}", "rep": "secret"}) == "{{rep}}"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60))
def test_a_value_in_markdown_is_read_as_words(value: str) -> None:
    html = _html(merge_markdown("It is {{value}} here", {"value": value}))
    assert set(re.findall(r"</?([a-z0-9]+)", html)) <= {"p"}


@given(st.text(max_size=200))
def test_no_markdown_makes_a_script_or_an_event(text: str) -> None:
    html = _html(text)
    tags = set(re.findall(r"<([a-z0-9]+)", html))
    assert tags.isdisjoint({"script", "img", "iframe", "style", "form", "input", "svg"})
    assert not re.search(r"<[^>]*\son\w+=", html)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "[x](file:///etc/passwd)",
        "<javascript:alert(1)>",
        "[x](&#106;avascript:alert(1))",
        "[x]: javascript:alert(1)\n\n[x]",
        '<a href="javascript:alert(1)">x</a>',
        "<svg/onload=alert(1)>",
    ],
)
def test_markdown_attacks_make_no_element(text: str) -> None:
    assert set(re.findall(r"<([a-z0-9]+)", _html(text))) <= {"p"}


def test_an_image_is_a_link_so_that_nothing_is_fetched() -> None:
    assert "<img" not in _html("![x](https://evil.example/pixel.gif)")


def test_links_are_found_marked_and_harmless() -> None:
    found = render(
        "[Our **site**](https://x.example/a?b=1) and [mail](mailto:a@x.example)",
        link_prefix="b2",
        top_heading=3,
    )
    assert [(link.id, link.url, link.label) for link in found.links] == [
        ("b2-0", "https://x.example/a?b=1", "Our site"),
        ("b2-1", "mailto:a@x.example", "mail"),
    ]
    assert 'data-step="b2-0"' in found.html
    assert found.html.count('rel="noopener noreferrer"') == 2
    assert found.html.count('target="_blank"') == 1


def test_a_mark_cannot_be_written_by_hand() -> None:
    assert "data-step" not in _html('<a data-step="b9-9" href="https://x.example">x</a>').replace(
        "&lt;a data-step", ""
    )


def test_headings_keep_the_pages_outline() -> None:
    assert re.findall(r"<(h\d)", _html("# One\n\n## Two\n\n###### Six")) == ["h3", "h3", "h4"]


@pytest.mark.parametrize(
    "url", ["https://x.example", "http://x.example/a#b", "mailto:a@x.example", "/what-is-recorded"]
)
def test_safe_addresses_pass(url: str) -> None:
    assert safe_address(url) == url


@pytest.mark.parametrize(
    "url", ["", "x", "#top", "//x", "https://", "ftp://x.example", "mailto:", "http://[", "tel:1"]
)
def test_other_addresses_do_not(url: str) -> None:
    assert safe_address(url) == ""


def test_a_mail_address_is_quoted() -> None:
    assert mailto("a+b@x.example") == "mailto:a+b@x.example"
    assert mailto("a@x.example?bcc=z@y.example&x") == "mailto:a@x.example%3Fbcc%3Dz@y.example%26x"
    assert mailto("nobody") == ""


def _contrast(one: str, other: str) -> float:
    def luminance(color: str) -> float:
        parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(a * b for a, b in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@given(st.integers(0, 0xFFFFFF))
def test_every_colour_is_readable(number: int) -> None:
    """WCAG AA, on light and dark."""
    colors = palette(f"#{number:06x}")
    assert _contrast(colors.on_fill, colors.fill) >= 4.5
    for page in ("#ffffff", colors.tint_light):
        assert _contrast(colors.text_light, page) >= 4.5
    for page in ("#0f1219", "#161b25", colors.tint_dark):
        assert _contrast(colors.text_dark, page) >= 4.5
    assert _contrast(colors.on_fill_dark, colors.fill_dark) >= 4.5
    assert _contrast(colors.fill_dark, "#161b25") >= 2.0


@pytest.mark.parametrize("color", ["", "red", "#fff", "#12345g", "#123456;}", "url(x)"])
def test_what_is_no_colour_is_never_used(color: str) -> None:
    assert palette(color).fill == "#0b5cab"


def test_tokens_cannot_be_guessed() -> None:
    """22 letters and digits are 131 bits."""
    tokens = {new_token() for _ in range(2000)}
    assert len(tokens) == 2000
    assert all(is_token(token) and len(token) == 22 for token in tokens)
    signs = set("".join(tokens))
    assert len(signs) == 62
    assert 62**22 > 2**128


@pytest.mark.parametrize("text", ["", "short", "a" * 21, "a" * 23, "a" * 21 + "-", "é" * 22])
def test_what_has_not_the_form_of_a_token_is_not_looked_up(text: str) -> None:
    assert not is_token(text)
