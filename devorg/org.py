"""One simulated org: its settings, its data, and the switches that tests turn."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Flask

from devorg import access, metadata, moments, rows, signing, users
from devorg.apps import OAuthState
from devorg.automation import Automation
from devorg.bulk import tables
from devorg.bulk.background import Background
from devorg.clock import Clock
from devorg.config import DevorgConfig
from devorg.dml import last_activity, people
from devorg.errors import ControlError
from devorg.faults import Faults
from devorg.history import History
from devorg.names import Names
from devorg.package import Package, installed, source_of
from devorg.preferences import PRIVATE, Preferences
from devorg.rights import PermissionSet, Rights, stored
from devorg.rights.sets import API_ONLY
from devorg.schema import STANDARD, Schema
from devorg.seed.plant import plant
from devorg.signing import Variant
from devorg.soql.locators import Locators
from devorg.store import Store
from devorg.tokens import Tokens
from devorg.usage import Usage
from devorg.users import User

# What the Visualforce page asks Canvas to echo (`entityFields`).
_ECHOED = ("Name", "StageName", "Amount", "Email", "Title")


class Org:
    """Everything a request needs; shared by all threads."""

    def __init__(self, config: DevorgConfig) -> None:
        self.config = config
        self.source = source_of(config.package) if config.package else None
        self.package = self._as_configured()
        self.given = metadata.given(config.metadata, self._with_package(STANDARD, config.namespace))
        self.schema: Schema = self.given.schema
        # What was configured wrongly is refused before anything is opened.
        self.rights = Rights(self.schema)
        self._define_rights()
        self.store = Store(config.data_path, self.schema)
        self.clock = Clock()
        self.oauth = OAuthState(config, self.store, self.clock)
        self.tokens = Tokens(config, self.clock, self.oauth)
        self.usage = Usage()
        # What tests look at after a failure, so no reset forgets it.
        self.history = History()
        self.faults = Faults(self.tokens.end_all)
        self.automation = Automation()
        self.preferences = Preferences()
        self.locators = Locators()
        self.per_row_ms = 0.0
        self.bulk = Background(self.store)
        # A call or a job that began before a reset must not write into what comes after it.
        self.resets = 0
        self.names = Names(self.schema, config.namespace)
        # Describe answers 304 to clients that have seen the schema since this moment.
        self.schema_changed = self.clock.now().replace(microsecond=0)
        self._plant_if_empty()

    def _plant_if_empty(self) -> None:
        with self.store.writing() as connection:
            if connection.execute("SELECT 1 FROM meta WHERE key = 'planted'").fetchone():
                stored.write(connection, self.rights, self.schema)
            else:
                self._plant(connection)

    def _plant(self, connection: sqlite3.Connection) -> None:
        plant(connection, self.config, self.clock.now())
        stored.write(connection, self.rights, self.schema)
        last_activity.roll_up(connection)
        connection.execute("INSERT INTO meta VALUES ('planted', ?)", (self.config.org_id,))

    def reset(self) -> None:
        """Back to the seed and to no switches turned; secrets and tokens stay good."""
        self.faults.clear()
        self.clock.reset()
        self.per_row_ms = 0.0
        self.automation.clear()
        self.preferences = Preferences()
        self.rights.reset()
        self.use_namespace(self.config.namespace)
        self.package = self._as_configured()
        self._define_rights()
        self.use_schema(self.given.schema)
        with self.store.writing() as connection:
            self.resets += 1
            tables.forget(connection)
        self.bulk.wait(30)
        with self.store.writing() as connection:
            self.store.clear(connection)
            self.store.drop_rest(connection, self.schema)
            self._plant(connection)
        self.oauth.reset()
        self.usage.reset()

    def _as_configured(self) -> Package:
        return Package(self.source.version if self.source else None)

    def _with_package(self, schema: Schema, namespace: str | None) -> Schema:
        """The schema with what the package brings, if it is installed."""
        if self.source is None:
            return schema
        return installed.installed_in(schema, self.source, self.package, namespace)

    def _package_sets(self, namespace: str | None) -> Mapping[str, PermissionSet]:
        if self.source is None:
            return {}
        return self.source.into(STANDARD, namespace).permission_sets

    def _define_rights(self) -> None:
        """The permission sets that the org starts with, and who holds the package's."""
        self.given.define(self.rights)
        for each in self.source.local_sets().values() if self.source else ():
            self.rights.define(each)
        installed.grant(
            self._package_sets(self.config.namespace), self.rights, self.config.namespace
        )
        if self.config.integration_sets:
            for name in (API_ONLY.name, *self.config.integration_sets):
                self.rights.assign(users.INTEGRATION, name)

    def use_package(self, package: Package) -> None:
        """Another version of the package, or none; what goes takes its data with it.

        Raises ControlError for an org without the package's folder, and for unknown names.
        """
        if self.source is None:
            raise ControlError("package", "This org was started without the package's folder.")
        namespace, bare = self.names.namespace, installed.bare(self.schema)
        schema = installed.installed_in(bare, self.source, package, namespace)
        sets = self._package_sets(namespace)
        was_there, self.package = self.package.installed, package
        self._reshape(installed.common(self.schema, schema), schema)
        if not package.installed:
            self.rights.forget(sets)
        elif not was_there:
            installed.grant(sets, self.rights, namespace)
        self.rights_changed()

    def _reshape(self, kept: Schema, schema: Schema) -> None:
        """Another schema, of whose columns no more than `kept` keep their data."""
        # First nobody asks for a column any more, then it goes.
        self.use_schema(kept)
        with self.store.writing() as connection:
            self.store.drop_rest(connection, kept)
        self.use_schema(schema)

    def use_namespace(self, namespace: str | None) -> None:
        """Show what is packaged under this namespace, or under none."""
        if (namespace or None) == self.names.namespace:
            return
        names = Names(self.schema, namespace)
        kept = installed.without_formulas(self.schema)
        schema = self._with_package(installed.bare(self.schema), names.namespace)
        self.names = names
        self._reshape(kept, schema)
        installed.bring(self._package_sets(names.namespace), self.rights, names.namespace)
        self.rights_changed()

    def use_schema(self, schema: Schema) -> None:
        """Other objects and fields from now on; the tables follow."""
        if schema is self.schema:
            return
        with self.store.writing() as connection:
            self.store.shape(connection, schema)
            self.rights.schema = schema
            stored.write(connection, self.rights, schema)
        # Names last: whoever sees the new ones finds the tables ready.
        self.schema = schema
        self.names = Names(schema, self.names.namespace)
        self._mark_change()

    def rights_changed(self) -> None:
        """Let queries and describes know what `rights` say now."""
        with self.store.writing() as connection:
            stored.write(connection, self.rights, self.schema)
        self._mark_change()

    def use_preferences(self, preferences: Preferences) -> None:
        """Another way of working from now on; shared activities bring objects of their own."""
        before, self.preferences = self.preferences, preferences
        model = "Private" if preferences.activity_sharing == PRIVATE else "ControlledByParent"
        self.use_schema(self.schema.with_sharing({"Task": model, "Event": model}))
        if preferences.shared_activities == before.shared_activities:
            return
        self.use_schema(people.sharing_schema(self.schema, on=preferences.shared_activities))
        now = moments.write(self.clock.now())
        with self.store.writing() as connection:
            people.backfill(connection, self.schema, users.INTEGRATION.id, now)

    def _mark_change(self) -> None:
        # HTTP dates know whole seconds: two changes within one must not look like one.
        now = self.clock.now().replace(microsecond=0)
        self.schema_changed = max(now, self.schema_changed + timedelta(seconds=1))

    def sign(
        self,
        user: User,
        record_id: str,
        variant: Variant,
        base_url: str,
        *,
        location: str | None = None,
        issued_at_offset_seconds: float = 0,
        canvas: int = 1,
        view: str | None = None,
    ) -> str:
        """A signed request for the canvas on that record's page. Raises ControlError."""
        token = self.tokens.issue(user)
        envelope = self.envelope(
            user, record_id, variant, base_url, token=token, location=location,
            issued_at_offset_seconds=issued_at_offset_seconds, canvas=canvas, view=view,
        )  # fmt: skip
        return signing.seal(envelope, self.config.consumer_secret)

    def envelope(
        self,
        user: User,
        record_id: str,
        variant: Variant,
        base_url: str,
        *,
        token: str | None,
        location: str | None = None,
        issued_at_offset_seconds: float = 0,
        canvas: int = 1,
        view: str | None = None,
    ) -> dict[str, Any]:
        """What a signed request says, with that access token. Raises ControlError."""
        sobject = self.schema.object_of(record_id)
        if sobject is None:
            raise ControlError("record", f"No object has ids like {record_id!r}.")
        with self.store.reading() as connection:
            record = rows.by_id(connection, sobject, record_id) or {}
            seen = access.is_visible(connection, user.id, sobject, record_id)
        echoed = {name: record[name] for name in _ECHOED if seen and name in record}
        opening = signing.Opening(
            user, token, sobject.name, record_id, variant, base_url, echoed,
            location, issued_at_offset_seconds, canvas, view,
        )  # fmt: skip
        return signing.envelope_of(opening, self.config, self.names.namespace)

    def close(self) -> None:
        """Let hanging calls go and close the store."""
        self.faults.clear()
        self.bulk.close()
        self.store.close()


def org_of(app: Flask) -> Org:
    """The org that an application serves."""
    org = app.extensions["devorg"]
    if not isinstance(org, Org):
        raise TypeError("This application was not made by create_org_app.")
    return org
