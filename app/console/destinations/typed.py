"""A template as the fields of a form, and back, with what is wrong at each field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.destinations.addresses import safe_address
from app.destinations.documents import Paper
from app.destinations.merge import fields_in
from app.destinations.template import (
    CONTACT,
    FIELDS,
    OPTIONAL,
    WEBSITE,
    Template,
    TemplateLink,
)
from app.web.i18n import _

MOST_LINKS = 6
MOST_DOCUMENTS = 3
#: Plain fields and how long each may be; together they stay below what a form may hold.
PLAIN: Mapping[str, int] = {
    "headline": 200, "greeting": 600, "text_title": 120, "text": 4000, "links_title": 120,
    "documents_title": 120, "call_text": 300, "call_label": 60, "form_title": 120,
}  # fmt: skip
_LINK: Mapping[str, int] = {"label": 120, "url": 500}
_PAPER: Mapping[str, int] = {"label": 120, "note": 200, "markdown": 6000}

Fields = dict[str, str]


def fields_of(template: Template) -> Fields:
    """What the form shows of a template."""
    fields = dict.fromkeys(limits(), "") | {name: getattr(template, name) for name in PLAIN}
    fields["call_url"] = "" if template.call_url == CONTACT else template.call_url
    for number, link in enumerate(template.links):
        fields |= {f"link-{number}-{part}": getattr(link, part) for part in _LINK}
    for number, paper in enumerate(template.documents):
        fields |= {f"document-{number}-{part}": getattr(paper, part) for part in _PAPER}
    return fields | {f"show-{kind}": "1" for kind in OPTIONAL if kind not in template.hidden}


def fields_from(form: Mapping[str, str]) -> Fields:
    """What was typed, as it was typed: only of fields there are, line ends as ours."""
    typed = {name: form.get(name, "").replace("\r\n", "\n").strip() for name in limits()}
    return typed | {f"show-{kind}": "1" for kind in OPTIONAL if form.get(f"show-{kind}")}


def template_of(fields: Fields) -> Template:
    """The template that fields mean; rows that are empty are left out."""
    links = [_row(fields, f"link-{n}", _LINK) for n in range(MOST_LINKS)]
    papers = [_row(fields, f"document-{n}", _PAPER) for n in range(MOST_DOCUMENTS)]
    return Template(
        **{name: fields[name] for name in PLAIN},
        call_url=fields["call_url"] or CONTACT,
        links=[TemplateLink(**row) for row in links if any(row.values())],
        documents=[Paper(**row) for row in papers if any(row.values())],
        hidden=frozenset(kind for kind in OPTIONAL if not fields.get(f"show-{kind}")),
    )


def problems_of(fields: Fields) -> Mapping[str, str]:
    """What is wrong, by field."""
    found = dict(_wrong_texts(fields))
    if not fields["headline"]:
        found["headline"] = _("Write a headline: it is the name of the page.")
    for number in range(MOST_LINKS):
        row = f"link-{number}"
        if fields[f"{row}-label"] and not fields[f"{row}-url"]:
            found[f"{row}-url"] = _("Write where it leads, or empty the line.")
    for number in range(MOST_DOCUMENTS):
        row = f"document-{number}"
        has_more = fields[f"{row}-note"] or fields[f"{row}-markdown"]
        if has_more and not fields[f"{row}-label"]:
            found[f"{row}-label"] = _("Write its name.")
    return found


def limits() -> Mapping[str, int]:
    """All fields, and how long each may be."""
    found = {**PLAIN, "call_url": _LINK["url"]}
    for number in range(MOST_LINKS):
        found |= {f"link-{number}-{part}": most for part, most in _LINK.items()}
    for number in range(MOST_DOCUMENTS):
        found |= {f"document-{number}-{part}": most for part, most in _PAPER.items()}
    return found


def _row(fields: Fields, prefix: str, parts: Mapping[str, int]) -> Fields:
    return {part: fields[f"{prefix}-{part}"] for part in parts}


def _wrong_texts(fields: Fields) -> Iterator[tuple[str, str]]:
    for name, most in limits().items():
        text = fields[name]
        if len(text) > most:
            words = _("At most %(n)d characters; these are %(given)d.")
            yield name, words % {"n": most, "given": len(text)}
        elif name.endswith("url"):
            if text and text != WEBSITE and not safe_address(text):
                yield name, _("Write an address such as https://www.example.com, or {{website}}.")
        elif words := _wrong_fields(text):
            yield name, words


def _wrong_fields(text: str) -> str:
    used = fields_in(text)
    if used is None:
        return _("A merge field is written {{account}}, or {{account|your team}}.")
    unknown = sorted(used - set(FIELDS))
    if not unknown:
        return ""
    words = _("There is no merge field %(name)s; there are %(known)s.")
    return words % {"name": unknown[0], "known": ", ".join(FIELDS)}
