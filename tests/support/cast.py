"""The permanent cast: Ada (admin), Dario (dispatcher), Ana (agent, team Networks), Ben (agent, team Apps),
Carol and Chris (customers) at Acme; Mallory (admin) at Globex, who must never see any of it."""

import json
import os
import time
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID, uuid4

import boto3

from chalicelib.core.credentials import SigningSecret
from chalicelib.core.tokens import Claims, Signer, SigningKey, TokenKind
from tests.support.database import Database

PASSWORD = "correct horse battery"
PEOPLE = (
    ("Ada", "admin", "Acme"),
    ("Dario", "dispatcher", "Acme"),
    ("Ana", "agent", "Acme"),
    ("Ben", "agent", "Acme"),
    ("Carol", "customer", "Customers"),
    ("Chris", "customer", "Customers"),
    ("Mallory", "admin", "Globex"),
)
ADDED = """
    INSERT INTO users (workspace_id, email, name, role, password_hash)
    SELECT each.*, :h
    FROM unnest(CAST(:w AS uuid[]), CAST(:e AS text[]), CAST(:n AS text[]), CAST(:r AS text[])) AS each
    RETURNING name, id
"""


@dataclass(frozen=True)
class Person:
    """A user of a workspace, with a token to call as."""

    workspace_id: UUID
    id: UUID
    name: str
    email: str
    role: str
    token: str
    password: str = PASSWORD

    @property
    def ref(self) -> dict[str, str]:
        """As answers show them."""
        return {"id": str(self.id), "name": self.name, "email": self.email}


@dataclass(frozen=True)
class Cast:
    """Who plays. `teams` by name, `acme` and `globex` by slug and id."""

    acme: UUID
    globex: UUID
    teams: dict[str, UUID]
    ada: Person
    dario: Person
    ana: Person
    ben: Person
    carol: Person
    chris: Person
    mallory: Person


def make_cast(database: Database) -> Cast:
    """Puts everybody into the empty database, in few statements: most tests begin with it."""
    acme = database.rows("SELECT * FROM fn_make_workspace('acme', 'Acme')")[0]
    globex = database.rows("SELECT * FROM fn_make_workspace('globex', 'Globex')")[0]
    made = database.rows(
        "INSERT INTO teams (workspace_id, name) VALUES (:w, 'Networks'), (:w, 'Apps') RETURNING name, id",
        w=acme["workspace_id"],
    )
    teams = {"Service desk": acme["team_id"], **{row["name"]: row["id"] for row in made}}
    workspaces = {"Globex": globex["workspace_id"]}
    facts = [
        (workspaces.get(house, acme["workspace_id"]), f"{name.lower()}@{house.lower()}.example", name, role)
        for name, role, house in PEOPLE
    ]
    columns = {letter: [fact[place] for fact in facts] for place, letter in enumerate("wenr")}
    rows = database.rows(ADDED, h=password_hash(), **columns)
    ids = {row["name"]: row["id"] for row in rows}
    database.run(
        "INSERT INTO team_members (workspace_id, team_id, user_id) VALUES (:w, :nt, :na), (:w, :at, :ab)",
        w=acme["workspace_id"],
        nt=teams["Networks"],
        na=ids["Ana"],
        at=teams["Apps"],
        ab=ids["Ben"],
    )
    people = {
        name.lower(): Person(workspace, ids[name], name, email, role, token_for(workspace, ids[name], role))
        for workspace, email, name, role in facts
    }
    return Cast(acme["workspace_id"], globex["workspace_id"], teams, **people)


def person(
    database: Database, workspace: UUID, name: str, role: str, domain: str, team: UUID | None = None
) -> Person:
    """One more user of a workspace."""
    email = f"{name.lower()}@{domain}"
    user = database.value(
        "INSERT INTO users (workspace_id, email, name, role, password_hash) "
        "VALUES (:w, :e, :n, :r, :h) RETURNING id",
        w=workspace,
        e=email,
        n=name,
        r=role,
        h=password_hash(),
    )
    if team:
        database.run(
            "INSERT INTO team_members (workspace_id, team_id, user_id) VALUES (:w, :t, :u)",
            w=workspace,
            t=team,
            u=user,
        )
    return Person(workspace, user, name, email, role, token_for(workspace, user, role))


def token_for(
    workspace: UUID, user: UUID, role: str, *, lifetime: int = 900, kind: TokenKind = TokenKind.ACCESS
) -> str:
    """An access token as sign-in would give it."""
    now = int(time.time())
    return signer().sign(Claims(user, workspace, role, kind, uuid4(), now, now + lifetime))


@lru_cache(maxsize=1)
def signing_secret() -> SigningSecret:
    client = boto3.client("secretsmanager", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
    stored = client.get_secret_value(SecretId=os.environ["MESA_SIGNING_SECRET_ARN"])
    return SigningSecret.parse(json.loads(stored["SecretString"]))


@lru_cache(maxsize=1)
def signer() -> Signer:
    secret = signing_secret()
    return Signer(SigningKey.from_seed(secret.kid, secret.seed), "mesa", "mesa-api")


@lru_cache(maxsize=1)
def password_hash() -> str:
    from chalicelib.accounts.passwords import hash_password

    return hash_password(PASSWORD, signing_secret().pepper, 4)
