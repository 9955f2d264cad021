"""Opening the widget: what a rep sees on each object (C2), and what it costs."""

from __future__ import annotations

import pytest

from tests.widget.conftest import Box, Widget


@pytest.mark.parametrize("sobject", ["contact", "opportunity", "account", "lead"])
@pytest.mark.parametrize("variant", ["aura", "visualforce"])
def test_each_record_page_shows_its_record(
    widget: Widget, box: Box, sobject: str, variant: str
) -> None:
    """C2: by the parameters of the Aura container, by the record of Visualforce."""
    frame = widget.open("rep", box.main[sobject], variant=variant)

    assert f"<h1>{box.name_of(box.main[sobject])}</h1>" in frame.html
