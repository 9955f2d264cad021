"""The audit in people's words (P7)."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.console.support.acts import detail_of, words_of
from app.orgs.audit import Tag


@pytest.mark.parametrize(
    ("tag", "detail", "told"),
    [
        (Tag.ORG_FEATURE, {"feature": "widget", "on": True, "why": ""}, "feature: Widget, on: yes"),
        (
            Tag.DESTINATION_EXPIRY,
            {"title": "Plan", "destination": "01a1", "open_until": ["never", "2026-12-01"]},
            "title: Plan, open until: never → 2026-12-01",
        ),
        (
            Tag.DESTINATION_GATE,
            {"own_link": [True, False], "allow": ["", "example.com"]},
            "own link: yes → no, allow: – → example.com",
        ),
        (Tag.DELIVERY_PAUSED, {"lines": [3, 4]}, "lines: 3, 4"),
        (Tag.DELETION_ASKED, {"due": "2026-11-28T10:20:30+00:00"}, "due: 2026-11-28 10:20 UTC"),
        (Tag.ORG_SETTING, {"kinds": {"call": "off"}, "logo": None}, "kinds: call off, logo: "),
        (Tag.DESTINATION_CREATED, {"destination": "01a1"}, "destination: 01a1"),
    ],
)
def test_what_is_known_of_an_act_is_said_plainly(
    app: Flask, tag: str, detail: dict[str, Any], told: str
) -> None:
    with app.test_request_context():
        assert detail_of(tag, detail) == told


def test_an_act_of_a_later_version_is_told_by_its_tag(app: Flask) -> None:
    with app.test_request_context():
        assert words_of("staff:new_thing:done") == "staff new thing done"
