"""The pictures of the admin's guide are those that the script takes (C5)."""

from __future__ import annotations

import re
from pathlib import Path

from devorg import DevorgConfig
from devorg.server import running
from tests.devorg.client import Client
from tools import pictures

GUIDE = Path(__file__).parents[2] / "docs" / "install.md"


def test_the_guide_shows_every_picture_and_no_other() -> None:
    shown = re.findall(r"\(images/(install-[\w-]+)\.png\)", GUIDE.read_text("utf-8"))
    assert sorted(shown) == sorted([*pictures.PICTURES, "install-connection"])
    assert all((pictures.FOLDER / f"{name}.png").stat().st_size < 200_000 for name in shown)


def test_their_pages_are_there_and_show_what_the_guide_says() -> None:
    with running(DevorgConfig(namespace=pictures.NAMESPACE)) as org:
        pictures.install(org.org)
        admin = Client(org, "admin")
        pages = {
            name: admin.http.get(f"{org.url}{path}", params={"user": "admin"}, timeout=30).text
            for name, (path, _) in pictures.PICTURES.items()
        }
    assert "Contact.ns__Inlay_Score__c" in pages["install-integration-set"]
    for held in ("Inlay_Integration", "Inlay_Connection_Access", "Inlay_Activity_Access"):
        assert held in pages["install-integration-user"]
