"""The pictures of docs/install.md: pages of devorg in which the package is installed.

`python -m tools.pictures` takes them anew. devorg's set-up is laid out otherwise than Salesforce's;
what stands in it is the package's own.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path

from playwright.sync_api import FloatRect, Page, sync_playwright

from devorg import DevorgConfig
from devorg.org import Org
from devorg.server import running
from devorg.users import USERS
from tools import browser

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images"
#: As docs/install.md writes the namespace.
NAMESPACE = "ns"
_WIDTH, _HEIGHT = 1100, 860
#: The page below the bars of devorg.
_SEEN: FloatRect = {"x": 0, "y": 102, "width": _WIDTH, "height": _HEIGHT - 102}


#: Name of the picture -> page of devorg.
PICTURES: Mapping[str, str] = {
    "install-integration-user": "/lightning/setup/users/integration",
    "install-integration-set": "/lightning/setup/permission-sets/Inlay_Integration",
}


def install(org: Org) -> None:
    """Grant what step 3 of the guide grants."""
    integration = next(user for user in USERS if user.alias == "integration")
    org.rights.assign(integration, "Minimum Access - API Only Integrations")
    for name in ("Connection", "Activity"):
        org.rights.assign(integration, f"Inlay_{name}_Access")


def take(page: Page, url: str, folder: Path) -> Iterator[Path]:
    """Photograph every page, without devorg's own head; the paths of the pictures."""
    for name, path in PICTURES.items():
        page.goto(f"{url}{path}?user=admin")
        picture = folder / f"{name}.png"
        page.screenshot(path=picture, clip=_SEEN)
        yield picture


def main(arguments: list[str] | None = None) -> int:
    """Take every picture."""
    parser = argparse.ArgumentParser(description="Take the pictures of docs/install.md anew.")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where they are put")
    folder: Path = parser.parse_args(arguments).folder
    with running(DevorgConfig(namespace=NAMESPACE)) as org, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser.find(), args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": _WIDTH, "height": _HEIGHT})
        install(org.org)
        for picture in take(page, org.url, folder):
            print(picture.name)
        chromium.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
