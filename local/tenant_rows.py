"""What is a tenant's: which tables, by the catalogue of row-level security itself, what of them is a secret,
and where its files are."""

import hashlib
import re
import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pg8000.native

from local.errors import StackError

TENANT = "workspaces"
# The slug of a workspace that is being deleted: nobody guesses it, and the old one is known in it.
CLOSED = re.compile("deleting-[0-9a-f]{16}-[0-9a-f]{16}")

TABLES = """
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relrowsecurity
      AND NOT c.relispartition
    ORDER BY c.relname
"""
# (the table that refers, the one referred to, its columns where nothing happens by itself).
REFERENCES = """
    SELECT k.conrelid::regclass::text, k.confrelid::regclass::text, k.confdeltype = 'a',
           ARRAY(SELECT a.attname::text FROM pg_attribute a
                 WHERE a.attrelid = k.conrelid AND a.attnum = ANY(k.conkey))
    FROM pg_constraint k WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace
"""
COLUMNS = """
    SELECT a.attname, format_type(a.atttypid, NULL) FROM pg_attribute a
    WHERE a.attrelid = to_regclass('public.' || :name) AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
"""
KEY = """
    SELECT a.attname FROM pg_index x, unnest(x.indkey::int2[]) WITH ORDINALITY k (n, place), pg_attribute a
    WHERE x.indrelid = to_regclass('public.' || :name) AND x.indisprimary
      AND a.attrelid = x.indrelid AND a.attnum = k.n
    ORDER BY k.place
"""
FIND = """
    SELECT id, slug, name FROM workspaces
    WHERE slug = :named OR id::text = :named OR starts_with(slug, :closed)
    ORDER BY slug <> :named LIMIT 1
"""

# Nothing of these is worth anything to who takes a workspace along.
LEFT_OUT = {
    "idempotency_keys": "answers kept for two days",
    "oidc_sign_ins": "secrets of sign-ins under way",
    "one_time_tokens": "digests of what was mailed",
    "recovery_codes": "secrets",
    "refresh_tokens": "digests of sessions",
    "reporting_roles": "logins of this server",
    "search_documents": "made of the texts, by this server's dictionaries",
    "sign_in_challenges": "secrets of sign-ins under way",
    "totp_authenticators": "secrets",
}
# A column of bytes is a secret, a digest or a salt, unless it is here: with these an audit log is verified.
SHOWN = {
    "audit_heads": {"hash"},
    "audit_log": {"digest", "hash", "previous", "salt"},
}
SECRETS = {"sign_ups": {"password_hash"}, "users": {"password_hash"}}
# Text and numbers whose names sound like a secret's, and that are none.
HARMLESS = {
    ("idempotency_keys", "request_digest"),
    ("notifications", "digest_id"),
    ("oidc_providers", "token_endpoint"),
    ("users", "watched_digest"),
    ("webhooks", "previous_secret_expires_at"),
}


def find(connection: pg8000.native.Connection, named: str) -> tuple[UUID, str, str]:
    """Id, slug and name of a workspace, by its slug or id, or by the slug that it had until its deletion
    began. StackError where there is none."""
    found = connection.run(FIND, named=named, closed=_known_in(named))
    if not found:
        raise StackError(f"There is no workspace {named}.")
    id, slug, name = found[0]
    return UUID(str(id)), slug, name


def closed_slug(slug: str) -> str:
    return f"{_known_in(slug)}{secrets.token_hex(8)}"


def _known_in(slug: str) -> str:
    return f"deleting-{hashlib.sha256(slug.encode()).hexdigest()[:16]}-"


def tables(connection: pg8000.native.Connection) -> list[str]:
    """The tables that hold rows of tenants, whoever refers to others first, and the tenant's own last."""
    names = [name for (name,) in connection.run(TABLES)]
    needs: dict[str, set[str]] = {name: set() for name in names}
    for referring, referred, _, _ in connection.run(REFERENCES):
        if referring != referred:
            needs[referred].add(referring)
    ordered: list[str] = []
    while len(ordered) < len(names):
        rest = [name for name in names if name not in ordered]
        free = [name for name in rest if not needs[name] - set(ordered)]
        # Where two refer to each other the first may go before its turn: what holds it is tried again.
        ordered += free or rest[:1]
    return ordered


def own_references(connection: pg8000.native.Connection) -> list[tuple[str, str]]:
    """Where rows refer to others of their own table and hold them: table and column."""
    return [
        (referring, next(column for column in columns if column != "workspace_id"))
        for referring, referred, holds, columns in connection.run(REFERENCES)
        if referring == referred and holds
    ]


def key_of(table: str) -> str:
    """The column that says whose a row is."""
    return "id" if table == TENANT else "workspace_id"


def columns(connection: pg8000.native.Connection, table: str) -> tuple[list[str], list[str]]:
    """The columns to show and those that are secrets."""
    shown, secret = list[str](), list[str]()
    for name, type in connection.run(COLUMNS, name=table):
        hidden = name in SECRETS.get(table, ()) or (type == "bytea" and name not in SHOWN.get(table, ()))
        (secret if hidden else shown).append(name)
    return shown, secret


def order(connection: pg8000.native.Connection, table: str) -> list[str]:
    return [name for (name,) in connection.run(KEY, name=table)]


def folders(workspace: UUID, outputs: Mapping[str, str]) -> list[tuple[str, str]]:
    """Bucket and prefix of all that is a workspace's alone. `outputs`: the stack's."""
    exports = outputs["ExportsBucket"]
    return [
        (outputs["AttachmentFilesName"], f"{workspace}/"),
        *((exports, f"{kind}/{workspace}/") for kind in ("exports", "imports", "people")),
    ]


def stack_outputs(formation: Any, stack: str) -> dict[str, str]:
    (found,) = formation.describe_stacks(StackName=stack)["Stacks"]
    return {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", ())}
