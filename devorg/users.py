"""Who works in the simulated org. Ids never change, so that tokens outlive a reset."""

from __future__ import annotations

from dataclasses import dataclass

from devorg import ids

_DOMAIN = "halyard.example"


@dataclass(frozen=True, slots=True)
class User:
    """One user: `alias` names the role the user plays in tests and demos."""

    alias: str
    id: str
    first_name: str
    last_name: str
    title: str
    time_zone: str
    locale: str = "en_US"
    language: str = "en_US"

    @property
    def name(self) -> str:
        """Full name, as shown."""
        return f"{self.first_name} {self.last_name}"

    @property
    def username(self) -> str:
        """What the user logs in with; also the e-mail address."""
        return f"{self.first_name}.{self.last_name}@{_DOMAIN}".lower().replace(" ", "")


USERS: tuple[User, ...] = tuple(
    User(alias, ids.make("005", number), first, last, title, zone)
    for number, (alias, first, last, title, zone) in enumerate(
        (
            ("rep", "Rosa", "Lindqvist", "Account Executive", "Europe/Stockholm"),
            ("admin", "Amir", "Haddad", "CRM Administrator", "America/Los_Angeles"),
            ("norecord", "Nora", "Whitfield", "Account Executive", "Europe/London"),
            ("partial", "Paolo", "Ferri", "Solutions Consultant", "Europe/Rome"),
            ("reverse", "Ravi", "Menon", "Marketing Manager", "Asia/Kolkata"),
            ("integration", "Inlay", "Integration", "Integration User", "UTC"),
        ),
        start=1,
    )
)
INTEGRATION = USERS[-1]
_BY_KEY = {key.lower(): user for user in USERS for key in (user.alias, user.username)} | {
    key: user for user in USERS for key in (user.id, user.id[:15])
}


def find(key: str) -> User | None:
    """A user by alias, user name or Id (15 or 18 characters)."""
    return _BY_KEY.get(key) or _BY_KEY.get(key.lower())
