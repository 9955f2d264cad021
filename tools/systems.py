"""Which system this is, and how it installs what Inlay needs."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from pathlib import Path

_OS_RELEASE = Path("/etc/os-release")


@dataclass(frozen=True)
class System:
    """A family of systems, with a line per thing to install."""

    name: str
    python: str
    browser: str
    make: str
    node: str
    java: str


DEBIAN = System(
    "Debian",
    "sudo apt-get install python3 python3-venv",
    "sudo apt-get install chromium",
    "sudo apt-get install make",
    "sudo apt-get install npm",
    "sudo apt-get install default-jre-headless",
)
UBUNTU = System(
    "Ubuntu",  # its package `chromium` installs the snap of that name
    "sudo apt-get install python3 python3-venv",
    "sudo snap install chromium",
    "sudo apt-get install make",
    "sudo apt-get install npm",
    "sudo apt-get install default-jre-headless",
)
FEDORA = System(
    "Fedora",
    "sudo dnf install python3",
    "sudo dnf install chromium",
    "sudo dnf install make",
    "sudo dnf install nodejs-npm",
    "sudo dnf install java-latest-openjdk-headless",
)
ARCH = System(
    "Arch",
    "sudo pacman -S python",
    "sudo pacman -S chromium",
    "sudo pacman -S make",
    "sudo pacman -S npm",
    "sudo pacman -S jre-openjdk-headless",
)
ALPINE = System(
    "Alpine",
    "apk add python3",
    "apk add chromium",
    "apk add make",
    "apk add npm",
    "apk add openjdk21-jre-headless",
)
MACOS = System(
    "macOS",
    "brew install python@3.13",
    "brew install --cask google-chrome",
    "xcode-select --install",
    "brew install node",
    "brew install --cask temurin",
)
WINDOWS = System(
    "Windows",
    "winget install Python.Python.3.13",
    "winget install Google.Chrome",
    "winget install ezwinports.make",
    "winget install OpenJS.NodeJS.LTS",
    "winget install EclipseAdoptium.Temurin.21.JRE",
)
OTHER = System(
    "another system",
    "install Python 3.11 to 3.14 with its venv module",
    "install Chromium, Google Chrome or Microsoft Edge, or set INLAY_BROWSER",
    "install GNU make",
    "install Node 22 or newer with npm",
    "install a Java runtime, 17 or newer",
)

_LINUX = {
    "debian": DEBIAN,
    "ubuntu": UBUNTU,
    "fedora": FEDORA,
    "rhel": FEDORA,
    "arch": ARCH,
    "alpine": ALPINE,
}


def current() -> System:
    """The system this runs on."""
    kernel = platform.system()
    if kernel == "Darwin":
        return MACOS
    if kernel == "Windows":
        return WINDOWS
    try:
        return of_release(_OS_RELEASE.read_text(encoding="utf-8"))
    except OSError:
        return OTHER


def of_release(text: str) -> System:
    """The system that an os-release(5) file describes: by ID, then by what it is like."""
    pairs = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    values = {name: value.strip().strip("\"'") for name, value in pairs.items()}
    for family in [values.get("ID", ""), *values.get("ID_LIKE", "").split()]:
        if family in _LINUX:
            return _LINUX[family]
    return OTHER
