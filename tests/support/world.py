"""The cast in two furnished workspaces, for tests that walk all the routes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from chalicelib.accounts.permissions import Role
from chalicelib.api import access
from chalicelib.api.endpoint import Endpoint
from tests.support import specimens
from tests.support.api import Api, Reply
from tests.support.cast import Cast, Person, make_cast
from tests.support.database import Database
from tests.support.tenants import Tenant, fingerprint, furnish


class Holdings:
    """What workspaces hold, read anew only where something was written since: two equal snapshots of
    PostgreSQL's show the same rows."""

    def __init__(self, database: Database, *workspaces: UUID) -> None:
        self.database = database
        self.workspaces = workspaces
        self._snapshot = ""
        self._digests: dict[str, str] = {}

    def now(self) -> dict[str, str]:
        """As `fingerprint` has it."""
        snapshot = self.database.value("SELECT pg_current_snapshot()::text")
        if snapshot != self._snapshot:
            self._snapshot, self._digests = snapshot, fingerprint(self.database, *self.workspaces)
        return self._digests


@dataclass(frozen=True)
class World:
    """Acme, where every role sees Carol's ticket, for it is in Ana's team and hers; and Globex."""

    api: Api
    database: Database
    cast: Cast
    acme: Tenant
    globex: Tenant
    holdings: Holdings

    @property
    def roles(self) -> dict[Role, Person]:
        cast = self.cast
        return {
            Role.ADMIN: cast.ada,
            Role.DISPATCHER: cast.dario,
            Role.AGENT: cast.ana,
            Role.CUSTOMER: cast.carol,
        }

    def call(
        self, token: str | None, endpoint: Endpoint, sent: object = specimens.WHOLE, **path: object
    ) -> Reply:
        """Calls a route with Acme's ids in its path, or these, and a whole body, or this one."""
        address = specimens.address(endpoint, self.acme.slug, {**self.acme.ids, **path})
        if sent is specimens.WHOLE:
            sent = specimens.body(endpoint, self.acme.ids)
        return self.api.with_token(token).request(endpoint.method, address, sent, specimens.headers(endpoint))

    def answers_its_roles(self, endpoint: Endpoint) -> None:
        """Each role that may call a route is answered, and with nothing of Globex, which stays as it is."""
        before = fingerprint(self.database, self.cast.globex)
        for role in access.roles_for(endpoint.method, endpoint.path):
            reply = self.call(self.roles[role].token, endpoint)
            assert reply.status in (200, 201, 202, 204, 403, 404, 409, 412), f"{role}: {reply.text}"
            assert not {secret for secret in self.globex.secrets - {"canary"} if secret in reply.text}
        assert fingerprint(self.database, self.cast.globex) == before

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Neither workspace is another afterwards, in any row of any table."""
        before = self.holdings.now()
        yield
        assert self.holdings.now() == before


def make_world(api: Api, database: Database) -> World:
    """Puts it into the empty database."""
    cast = make_cast(database)
    acme = furnish(
        database,
        cast.acme,
        requester=cast.carol.id,
        colleague=cast.ben.id,
        team=cast.teams["Networks"],
        assignee=cast.ana.id,
    )
    globex = furnish(database, cast.globex, requester=cast.mallory.id, colleague=cast.mallory.id)
    return World(api, database, cast, acme, globex, Holdings(database, cast.acme, cast.globex))
