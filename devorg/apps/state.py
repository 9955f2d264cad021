"""All that one org knows of logins: apps, grants, codes, passwords, keys, browsers."""

from __future__ import annotations

from devorg.apps.codes import Codes
from devorg.apps.ended import Ended
from devorg.apps.grants import Grants
from devorg.apps.keys import Keys
from devorg.apps.passwords import Passwords
from devorg.apps.registry import Apps
from devorg.apps.visits import Visits
from devorg.clock import Clock
from devorg.config import DevorgConfig
from devorg.store import Store


class OAuthState:
    """Kept in the org's own SQLite file, as far as it outlives a restart."""

    def __init__(self, config: DevorgConfig, store: Store, clock: Clock) -> None:
        self.apps = Apps(config, store)
        self.ended = Ended(store)
        self.grants = Grants(store, clock, self.ended)
        self.passwords = Passwords(store)
        self.keys = Keys(store)
        self.codes = Codes(clock)
        self.visits = Visits(clock)

    def reset(self) -> None:
        """Built-in apps, default passwords, nobody logged in; tokens of those apps stay good."""
        for app in self.apps.reset():
            self.grants.end_all_of(app.client_id)
        self.passwords.reset()
        self.codes.clear()
        self.visits.clear()
