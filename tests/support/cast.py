"""The permanent cast: Ada (admin), Dario (dispatcher), Ana (agent, team Networks), Ben (agent, team Apps),
Carol and Chris (customers) at Acme; Mallory (admin) at Globex, who must never see any of it."""

import json
import os
import time
from dataclasses import dataclass, replace
from functools import lru_cache
from uuid import UUID, uuid4

import boto3
from pg8000.exceptions import DatabaseError

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
# Kept with its plans as long as the connection: most tests begin with it.
PREPARED = """
    CREATE OR REPLACE FUNCTION pg_temp.cast_of(p_people jsonb, p_hash text)
    RETURNS TABLE (name text, id uuid) LANGUAGE plpgsql AS $$
    DECLARE
        v_acme record;
        v_globex record;
    BEGIN
        SELECT * INTO v_acme FROM public.fn_make_workspace('acme', 'Acme');
        SELECT * INTO v_globex FROM public.fn_make_workspace('globex', 'Globex');
        RETURN QUERY VALUES ('acme', v_acme.workspace_id), ('globex', v_globex.workspace_id),
            ('Service desk', v_acme.team_id);
        RETURN QUERY INSERT INTO public.teams AS t (workspace_id, name)
            VALUES (v_acme.workspace_id, 'Networks'), (v_acme.workspace_id, 'Apps') RETURNING t.name, t.id;
        RETURN QUERY INSERT INTO public.users AS u (workspace_id, email, name, role, password_hash)
            SELECT CASE house WHEN 'Globex' THEN v_globex.workspace_id ELSE v_acme.workspace_id END,
                email, called, role, p_hash
            FROM jsonb_to_recordset(p_people) AS p (called text, email text, role text, house text)
            RETURNING u.name, u.id;
        INSERT INTO public.team_members (workspace_id, team_id, user_id)
            SELECT v_acme.workspace_id, t.id, u.id
            FROM (VALUES ('Ana', 'Networks'), ('Ben', 'Apps')) AS m (called, team)
            JOIN public.users u ON u.name = m.called JOIN public.teams t ON t.name = m.team;
    END $$;
"""
ARRANGED = "SELECT name, id FROM pg_temp.cast_of(:p, :h)"
NOT_PREPARED = ("3F000", "42883")  # no temporary schema yet, no such function


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
    """Puts everybody into the empty database, in one statement."""
    facts = [(house, f"{name.lower()}@{house.lower()}.example", name, role) for name, role, house in PEOPLE]
    people = json.dumps(
        [dict(zip(("house", "email", "called", "role"), each, strict=True)) for each in facts]
    )
    try:
        rows = database.rows(ARRANGED, p=people, h=password_hash())
    except DatabaseError as error:
        if error.args[0].get("C") not in NOT_PREPARED:
            raise
        database.run(PREPARED)
        rows = database.rows(ARRANGED, p=people, h=password_hash())
    ids = {row["name"]: row["id"] for row in rows}
    homes = {"Globex": ids["globex"]}
    cast = {
        name.lower(): Person(
            home := homes.get(house, ids["acme"]),
            ids[name],
            name,
            email,
            role,
            token_for(home, ids[name], role),
        )
        for house, email, name, role in facts
    }
    teams = {team: ids[team] for team in ("Service desk", "Networks", "Apps")}
    return Cast(ids["acme"], ids["globex"], teams, **cast)


def renewed(cast: Cast) -> Cast:
    """The same people, with tokens of this moment."""
    people = {
        name: replace(one, token=token_for(one.workspace_id, one.id, one.role))
        for name, one in vars(cast).items()
        if isinstance(one, Person)
    }
    return replace(cast, **people)


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
