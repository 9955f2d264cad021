"""A console that has been in use for a while: orgs in every state, and one of them in trouble."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Thread
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from werkzeug.serving import make_server

from app import create_app
from app.clock import utcnow
from app.config import load
from app.console import links, staff
from app.console.models import LinkPurpose
from app.console.permissions import Role
from app.crm import preflights, sights
from app.crm.models import SObject
from app.crm.service import person_for
from app.db import Database, SystemSession, TenantSession
from app.destinations import domains, logos, stored_template, switching
from app.destinations.gate import Gate
from app.destinations.models import GatePass, Link
from app.destinations.schemas import PersonFacts, RecordFacts, RepFacts
from app.destinations.service import get_or_create
from app.engagement.kinds import Kind
from app.keys import Keyring
from app.orgs import apikeys, features, kill_switches, plans, sandboxes, service, settings
from app.orgs.catalogue import Feature, KillSwitch, Plan
from app.orgs.data import deletion
from app.orgs.data.models import DeletionState
from app.orgs.gates import GateKind
from app.orgs.models import Org, OrgState, OrgUser
from app.outbox.models import BreakerState, DeliveryBreaker, DeliveryState
from app.outbox.owners import service as owners
from app.outbox.owners import users
from app.salesforce.connect import connections
from app.salesforce.gateway import EXTENSION, Gateway
from app.salesforce.models import ApiCallCount, ApiCallHour, Connection
from canvas.framing import my_domain
from canvas.ids import to_18
from devorg import DevorgConfig
from devorg.server import RunningOrg, running
from tests.console.rows import Rows
from tests.e2e.samples import png, receipt
from tests.salesforce.preflight.conftest import hold
from tests.support.ports import free_port

BY = "staff:mara@example.com"
CONTACT, DEAL = to_18("003000000000001"), to_18("006000000000001")
REP_ID = to_18("0055e000000REPA")
REP_EMAIL = "rosa.lindqvist@halyard.example"
PERSON = "elena.marquez@brightwater-energy.example"
OWN_HOST = "rooms.halyard.example"
#: Another width of a name than designers think of.
LONG_NAME = "Zentralverband der Energieversorgungsunternehmen Norddeutschlands e.V."


@dataclass
class LivedIn:
    """The application at its address, and what a walk through it has to know."""

    app: Flask
    url: str
    database: Database
    keyring: Keyring
    box: RunningOrg
    troubled: str = ""
    calm: str = ""
    fresh: str = ""
    lost: str = ""
    trial: str = ""
    refreshed: str = ""
    leaving: str = ""
    destination: str = ""
    revoked: str = ""

    def link(self, purpose: LinkPurpose, org_id: str = "", role: Role = Role.VIEWER) -> str:
        """A one-time link, as it is sent."""
        with self.database.system_writing() as session:
            if purpose is LinkPurpose.STAFF_INVITE:
                who, name = f"{role.value}@example.com", role.value.capitalize()
                token = staff.invite(session, self.keyring, who, role, name=name, by=BY)
            else:
                org = service.required(session, org_id)
                lasts = timedelta(hours=24)
                token = links.make(
                    session, self.keyring, purpose, by=BY, lasts=lasts, org_id=org.id
                )
        page = "secret" if purpose is LinkPurpose.CONNECT_SECRET else "enter"
        return f"{self.url}/console/{page}/{token}"


@contextmanager
def lived_in(folder: Path, database_url: str) -> Iterator[LivedIn]:
    """The application on a thread of this process, with devorg beside it."""
    port = free_port()
    url = f"http://localhost:{port}"
    with running(DevorgConfig()) as box:
        config = load(
            {
                "INLAY_SECRET_KEYS": "key-of-the-end-to-end-tests-alone-40-long",
                "INLAY_HOME": str(folder / "home"),
                "INLAY_DATABASE_URL": database_url,
                "INLAY_APP_URL": url,
                "INLAY_PAGES_URL": f"http://127.0.0.1:{port}",
                "INLAY_SALESFORCE_EXTRA_ORIGINS": box.url,
                "INLAY_CONNECT_CLIENT_ID": "devorg-client",
                "INLAY_CONNECT_CLIENT_SECRET": "devorg-client-secret",
                "INLAY_OUTBOUND_ADDRESSES": "203.0.113.7,203.0.113.8",
                "INLAY_STAFF_OIDC_ISSUER": f"{url}/nobody",
                "INLAY_STAFF_OIDC_CLIENT_ID": "inlay",
                "INLAY_STAFF_OIDC_CLIENT_SECRET": "secret-of-the-provider",
            }
        )
        database = Database(database_url)
        app = create_app(config, database=database)
        world = LivedIn(app, url, database, Keyring(config.secret_keys), box)
        server = make_server("localhost", port, app, threaded=True)
        serving = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        serving.start()
        try:
            _fill(world)
            yield world
        finally:
            server.shutdown()
            serving.join(timeout=5)
            server.server_close()
            app.extensions[EXTENSION].close()
            database.dispose()


def _fill(world: LivedIn) -> None:
    """All of it, by what the rooms themselves do."""
    make = _Maker(world)
    world.troubled = make.org(world.box.org_id, "Halyard Software")
    world.calm = make.org(to_18("00D5e000000CALM"), LONG_NAME)
    world.fresh = make.org(to_18("00D5e00000FRESH"), "Fresh Start Robotics")
    world.lost = make.org(to_18("00D5e000000LOST"), "Pelican Freight")
    world.trial = make.org(to_18("00D5e00000TRIAL"), "Quarry & Sons", OrgState.PENDING)
    world.leaving = make.org(to_18("00D5e00000LEAVE"), "Yarrow Textiles")
    make.org(to_18("00D5e000000WAIT"), "Castellan Insurance", OrgState.PENDING)
    make.sandboxes()
    make.states()
    make.troubled()
    make.calm()
    make.system()


class _Maker:
    """Writes it, org by org."""

    def __init__(self, world: LivedIn) -> None:
        self.world, self.database = world, world.database

    def org(self, salesforce_id: str, name: str, state: OrgState = OrgState.ACTIVE) -> str:
        """An org; its id."""
        self._system(lambda session: service.create(session, salesforce_id, name, state=state))
        return salesforce_id

    def sandboxes(self) -> None:
        """A production org, its sandbox, and another id at the sandbox's domain."""
        old = self.org(to_18("00D5e0000000OLD"), "Halyard UAT")
        self.world.refreshed = self.org(to_18("00D5e0000000NEW"), "Halyard UAT", OrgState.PENDING)
        addresses = {
            self.world.troubled: "https://halyard.my.salesforce.com",
            old: "https://halyard--uat.sandbox.my.salesforce.com",
            self.world.refreshed: "https://halyard--uat.sandbox.my.salesforce.com",
        }
        with self.database.system_writing() as session:
            for each, url in addresses.items():
                domain = my_domain(url)
                assert domain is not None
                sandboxes.learn(session, service.required(session, each), domain)

    def states(self) -> None:
        """A trial, one that leaves, a lost connection, deletions in each state."""
        in_days = utcnow() + timedelta(days=12)

        def change(session: SystemSession) -> None:
            trial = service.required(session, self.world.trial)
            service.set_state(session, trial, OrgState.TRIAL, BY, why="Pilot", until=in_days)
            leaving = service.required(session, self.world.leaving)
            service.set_state(
                session, leaving, OrgState.LEAVING, BY,
                why="Contract ended", until=in_days, message="Ask your IT where Inlay went.",
            )  # fmt: skip
            deletion.ask(session, leaving, "admin:005000000000001AAA")
            ended = deletion.ask(session, trial, BY)
            ended.state, ended.cancelled_by = DeletionState.CANCELLED, BY
            ended.cancelled_at = utcnow()
            session.add(receipt())

        self._system(change)
        with self.database.writing(self._id(self.world.lost)) as tenant:
            self._connect(tenant, "https://pelican.my.salesforce.com")
            tenant.flush()
            connections.mark_lost(tenant, tenant.scalars(select(Connection)).one(), "inactive_user")

    def troubled(self) -> None:
        """Connected, with rights missing, activities in every state, a breaker, a spent budget."""
        world, org_id = self.world, self._id(self.world.troubled)
        with self.database.writing(org_id) as tenant:
            self._connect(tenant, world.box.url)
        self._switch_features()
        hold(world.box, "Inlay_Activity_Access")
        gateway: Gateway = world.app.extensions[EXTENSION]
        with world.app.app_context():
            preflights.run(gateway, org_id)
            users.refresh(self.database, org_id, gateway.for_org(org_id))
        self._activities(org_id)
        self._spent(org_id)
        self._people(org_id)
        self._destinations(org_id)

    def calm(self) -> None:
        """Connected, writing, with nothing to complain of."""
        org_id = self._id(self.world.calm)
        with self.database.writing(org_id) as tenant:
            self._connect(tenant, "https://zentralverband.my.salesforce.com")
        self._system(
            lambda session: features.switch(
                session, service.required(session, self.world.calm),
                Feature.ACTIVITY_TO_SALESFORCE, True, by=BY, why="Ordered",
            )
        )  # fmt: skip
        rows = Rows(self.database, self._org(self.world.calm))
        person = rows.person("Ida Thorsen", "ida@zentralverband.example", contact=CONTACT)
        for _ in range(3):
            rows.row(person, DeliveryState.DELIVERED, subject="Renewal call")

    def system(self) -> None:
        """A kill switch that is pulled, a roll-out, staff."""

        def act(session: SystemSession) -> None:
            kill_switches.turn(
                session, KillSwitch.HISTORY, True, by=BY, why="Salesforce asked for it, case 4711"
            )
            kill_switches.set_share(session, Feature.SCORES, 25, by=BY, why="A quarter first")
            for name, role in (("Mara", Role.OPERATOR), ("Omar", Role.SUPPORT)):
                address = f"{name.lower()}@example.com"
                staff.invite(session, self.world.keyring, address, role, name=name, by="shell")
            staff.invite(session, self.world.keyring, "ines@example.com", Role.VIEWER, by=BY)
            staff.let_go(session, "ines@example.com", by=BY)

        self._system(act)

    def _switch_features(self) -> None:
        def switch(session: SystemSession) -> None:
            org = service.required(session, self.world.troubled)
            plans.set_plan(session, org, Plan.ACTIVITIES, by=BY, why="Bought in May")
            until = utcnow() + timedelta(days=20)
            for feature, ends in ((Feature.SCORES, until), (Feature.CREATE_DESTINATION, None)):
                features.switch(session, org, feature, True, by=BY, why="As agreed", until=ends)

        self._system(switch)

    def _activities(self, org_id: UUID) -> None:
        rows = Rows(self.database, self._org(self.world.troubled))
        elena = rows.person("Elena Márquez", PERSON, contact=CONTACT, deal=DEAL)
        other = rows.person("Bo Li", "bo.li@a-company-with-a-very-long-domain-name.example")
        refused = {
            "error_reason": "rule",
            "error_code": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
            "error_message": "Calls need an outcome.",
        }
        gone = {
            "error_reason": "record_gone",
            "error_code": "ENTITY_IS_DELETED",
            "error_message": "The contact was deleted.",
        }
        held = {"error_reason": "right", "error_code": "INSUFFICIENT_ACCESS", "error_message": "—"}
        states: list[tuple[DeliveryState, dict[str, str]]] = [
            (DeliveryState.DELIVERED, {}), (DeliveryState.PENDING, {}),
            (DeliveryState.LEASED, {}), (DeliveryState.UNLINKED, {}),
            (DeliveryState.WAITING, {"error_reason": "lock", "error_code": "UNABLE_TO_LOCK_ROW"}),
            (DeliveryState.PARKED, refused), (DeliveryState.PARKED, refused),
            (DeliveryState.PARKED, gone), (DeliveryState.HELD, held),
            (DeliveryState.DROPPED, {"settled_by": BY}),
        ]  # fmt: skip
        for _ in range(60):
            rows.row(other, DeliveryState.DELIVERED)
        for number, (state, more) in enumerate(states):
            kind = "meeting" if state is DeliveryState.HELD else list(Kind)[number % 7].value
            rows.row(elena if number % 3 else other, state, kind=kind, **more)
        rows.event(elena, "page_visit", user_key="mara@vendor.example")
        rows.event(elena, "call", user_key=REP_EMAIL)
        with self.database.writing(org_id) as tenant:
            tenant.add(
                DeliveryBreaker(
                    kind="meeting", state=BreakerState.OPEN, refusals=6, seqs=[],
                    code="REQUIRED_FIELD_MISSING", message="Required fields are missing: Region__c",
                    next_probe_at=utcnow() + timedelta(minutes=4), opened_at=utcnow(),
                )
            )  # fmt: skip

    def _spent(self, org_id: UUID) -> None:
        now = utcnow()
        features_of_calls = ("delivery", "roles", "scores", "preflight", "token", "users", "card")
        with self.database.writing(org_id) as tenant:
            for day in range(13):
                tenant.add_all(
                    ApiCallCount(
                        day=now.date() - timedelta(days=day + 1),
                        feature=name,
                        calls=(day * 7 + 13 * place) % 60 + 1,
                    )
                    for place, name in enumerate(features_of_calls)
                )
            hour = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
            tenant.add(ApiCallHour(hour=hour, feature="delivery", calls=2500))

    def _people(self, org_id: UUID) -> None:
        user_id = to_18("005000000000001")
        with self.database.writing(org_id) as tenant:
            known = users.by_email(tenant)
            chosen = next(iter(known.values()))
            owners.set_mapping(tenant, "kim@vendor.example", chosen.salesforce_id, by=BY)
            tenant.add(OrgUser(salesforce_id=user_id, name="Rosa Lindqvist", email=REP_EMAIL))
            tenant.add(OrgUser(salesforce_id=REP_ID, name="Grace Okafor"))
            shown = {"people": [CONTACT], "opportunities": {}, "others": 1}
            rights = {**shown, "hidden_opportunities": 0, "more": 0}
            sights.remember(tenant, user_id, CONTACT, SObject.CONTACT, rights)

        def keys(session: SystemSession) -> None:
            org = service.required(session, self.world.troubled)
            apikeys.create(session, org, "Engagement tool", by=BY)
            apikeys.create(session, org, "Old tool, until May", by=BY)
            session.flush()
            apikeys.revoke(session, apikeys.of_org(session, org)[1], by=BY)

        self._system(keys)

    def _destinations(self, org_id: UUID) -> None:
        rep = RepFacts(REP_ID, "Grace Okafor", "grace@halyard.example")
        made = []
        named = [("Elena Márquez", "Brightwater Energy"), ("Bo Li", LONG_NAME), ("Ada Lind", "")]
        with self.database.writing(org_id) as tenant:
            for number, (name, account) in enumerate(named):
                email = PERSON if not number else f"{number}@brightwater-energy.example"
                person = person_for(tenant, email=email, name=name)
                people = [PersonFacts(person.id, name, name.split()[0])]
                record_id = to_18(f"003{number + 1:012d}")
                record = RecordFacts(SObject.CONTACT, record_id, name, account, people)
                found, _ = get_or_create(tenant, record, rep, settings.read(tenant))
                made.append(found)
            switching.switch(tenant, made[1].id, on=False, by=BY)
            made[2].expires_at = utcnow() - timedelta(days=1)
            self.world.destination, self.world.revoked = str(made[0].id), str(made[1].id)
            stored_template.save(tenant, stored_template.read(tenant), by=BY)
            domains.ask(tenant, self.world.app.extensions["inlay.config"], OWN_HOST, by=BY)
            listed = Gate(GateKind.LISTED, False, ("brightwater-energy.example",))
            switching.set_gate(tenant, made[0].id, listed, by=BY)
            link = tenant.scalars(select(Link.id).where(Link.destination_id == made[0].id)).first()
            for email in (PERSON, f"kim.{'a' * 40}@brightwater-energy.example"):
                tenant.add(
                    GatePass(destination_id=made[0].id, link_id=link, email=email, agreed="…")
                )
        self._system(
            lambda session: logos.save(
                session, service.required(session, self.world.troubled), png(), by=BY
            )
        )

    def _connect(self, tenant: TenantSession, url: str) -> None:
        connections.connect(
            tenant,
            self.world.keyring,
            instance_url=url,
            client_id="devorg-client",
            client_secret="devorg-client-secret",
            extra_origins=[self.world.box.url],
        )

    def _system(self, act: Callable[[SystemSession], object]) -> None:
        with self.database.system_writing() as session:
            act(session)

    def _org(self, salesforce_id: str) -> Org:
        with self.database.system_reading() as session:
            return service.required(session, salesforce_id)

    def _id(self, salesforce_id: str) -> UUID:
        return self._org(salesforce_id).id
