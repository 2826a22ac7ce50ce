"""A furnished desk that schemathesis calls: everybody who may call, and the way there, in process."""

from collections.abc import Callable, Iterable
from http.client import responses
from random import Random
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.schemas import OpenApiSchema

from app import app
from tests.support.api import Api, Reply
from tests.support.contract import contract
from tests.support.database import Database
from tests.support.played_aws import empty_queues
from tests.support.world import World, make_world

BASE = "/api"
ROLES = {
    "ada": "admin",
    "dario": "dispatcher",
    "ana": "agent",
    "carol": "customer",
    "mallory": "admin",
    "key": "admin",
}
# The share of requests that come from the highest role first; the others send the same then.
LIKELY = 0.7
# 401, 403, 404 and 409 are rightful answers to what fits the document, and schemathesis takes them so. These
# are too: the thing is gone, the version that If-Match names is older, the file is no longer what was said.
RIGHTFUL = ["2xx", "3xx", "401", "403", "404", "409", "410", "412", "429"]
# Of what does not fit. Another version than ours is no text that does not fit, but none that matches either.
REFUSED = ["400", "401", "403", "404", "405", "409", "410", "412", "413", "415", "422", "428", "429"]


class Recorded(Api):
    """Keeps what the document does not know of an answer, where other tests fail."""

    undocumented: str | None = None

    def hold(self, method: str, resource: str, reply: Reply) -> None:
        try:
            super().hold(method, resource, reply)
        except AssertionError as error:
            self.undocumented = str(error)


class Desk:
    """`schema` is the document as schemathesis has it. `world` is made anew by `furnish`. `answered` are the
    statuses of the calls since somebody looked."""

    world: World
    people: dict[str, str | None]

    def __init__(self, database: Database) -> None:
        self.database = database
        self.api = Recorded(app)
        self.answered: list[int] = []
        self.schema = load(contract().document, self.serve)

    def furnish(self) -> None:
        """Two workspaces as they were, whatever was done to them."""
        self.database.refresh()
        self.database.empty()
        empty_queues()
        world = self.world = make_world(self.api, self.database)
        cast = world.cast
        # Canaries in the place of what is sealed: nothing that the API has written.
        self.database.run("DELETE FROM totp_authenticators")
        made = self.api.with_token(cast.ada.token).post(
            "/v1/api-keys", {"name": "fuzz", "role": "admin", "scopes": ["read", "write"]}
        )
        self.people = {
            "nobody": None,
            "carol": cast.carol.token,
            "ana": cast.ana.token,
            "dario": cast.dario.token,
            "ada": cast.ada.token,
            "mallory": cast.mallory.token,
            "key": made.json["key"],
        }

    def callers(self, roles: Any, random: Random) -> list[str]:
        """Who calls a route of these roles: somebody who may, then somebody or other."""
        may = ["nobody"] if roles == "public" else [name for name in ROLES if ROLES[name] in roles]
        first = may[0] if random.random() < LIKELY else random.choice(may)
        others = [name for name in self.people if name != first]
        return [first, *random.sample(others, len(others))]

    def headers(self, name: str) -> dict[str, str]:
        """The header fields that say who calls."""
        token = self.people[name]
        return {"Authorization": f"Bearer {token}"} if token else {}

    def serve(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """WSGI (PEP 3333), as schemathesis speaks it."""
        headers = {
            name.removeprefix("HTTP_"): value
            for name, value in environ.items()
            if name.startswith("HTTP_") or (name == "CONTENT_TYPE" and value)
        }
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        asked = environ["RAW_URI"].partition("?")[0].removeprefix(BASE)
        path = f"{asked}?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else asked
        reply = self.api.request(environ["REQUEST_METHOD"], path, body or None, headers)
        self.answered.append(reply.status)
        start(f"{reply.status} {responses.get(reply.status, '')}", list(reply.headers.items()))
        return [reply.text.encode()]


def load(document: Any, serve: Callable[..., Any]) -> OpenApiSchema:
    """The document, with every check on."""
    config = SchemathesisConfig()
    schema = schemathesis.openapi.from_dict(document, config=config)
    schema.app = serve
    checks = schema.config.checks
    checks.update(included_check_names=["all"])
    checks.positive_data_acceptance.expected_statuses = RIGHTFUL
    checks.negative_data_rejection.expected_statuses = REFUSED
    checks.missing_required_header.expected_statuses = [*REFUSED]
    return schema
