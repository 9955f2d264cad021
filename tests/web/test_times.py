"""Times as people read them."""

from __future__ import annotations

from datetime import UTC

import pytest

from app.web.times import zone_of


def test_a_zone_is_found_by_its_name() -> None:
    assert str(zone_of("Europe/Berlin")) == "Europe/Berlin"


@pytest.mark.parametrize(
    "name", ["", "America", "../../etc/passwd", "/etc/passwd", "a\x00b", "Nowhere"]
)
def test_what_is_no_zone_is_utc(name: str) -> None:
    """Also the name of a folder of zones, which is no file to be read."""
    assert zone_of(name) is UTC
