"""The SQL of organisations: themselves, their domains, and who joins by these."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text, update

from chalicelib.accounts.queries import FREE_TO_JOIN, listed
from chalicelib.core.db import Transaction
from chalicelib.core.paging import Page
from chalicelib.models.organisations import organisations

_ORGANISATION = """
    o.id, o.name, o.notes, o.shared_tickets, o.created_at, o.updated_at,
    ARRAY(SELECT d.domain FROM organisation_domains d
          WHERE d.workspace_id = o.workspace_id AND d.organisation_id = o.id ORDER BY d.domain) AS domains,
    (SELECT count(*) FROM users m
     WHERE m.workspace_id = o.workspace_id AND m.organisation_id = o.id AND m.deleted_at IS NULL
    ) AS member_count
"""
_ONE = "o.workspace_id = :workspace_id AND o.id = :organisation_id AND o.deleted_at IS NULL"
ORGANISATION = text(f"SELECT {_ORGANISATION} FROM organisations o WHERE {_ONE}")
# Whoever changes or deletes it waits here, and reads what the other left in its next statement.
LOCK = text(f"SELECT o.id FROM organisations o WHERE {_ONE} FOR NO KEY UPDATE")
ADD = text(
    """
    INSERT INTO organisations (workspace_id, name, notes, shared_tickets)
    VALUES (:workspace_id, :name, :notes, :shared_tickets) RETURNING id
    """
)
ADD_DOMAINS = text(
    """
    INSERT INTO organisation_domains (workspace_id, domain, organisation_id)
    SELECT :workspace_id, given.domain, :organisation_id
    FROM unnest(CAST(:domains AS text[])) AS given(domain) ORDER BY given.domain
    ON CONFLICT DO NOTHING RETURNING domain
    """
)
REMOVE_DOMAINS = text(
    """
    DELETE FROM organisation_domains
    WHERE workspace_id = :workspace_id AND organisation_id = :organisation_id
      AND domain <> ALL(CAST(:kept AS text[]))
    """
)
JOIN_BY_DOMAINS = text(
    f"""
    UPDATE users u SET organisation_id = :organisation_id, organisation_by = 'domain', updated_at = now()
    WHERE u.workspace_id = :workspace_id AND u.deleted_at IS NULL
      AND split_part(u.email, '@', 2) = ANY(CAST(:domains AS text[])) AND {FREE_TO_JOIN}
    """
)
JOIN_ONE = text(
    f"""
    UPDATE users u SET organisation_id = d.organisation_id, organisation_by = 'domain', updated_at = now()
    FROM organisation_domains d
    WHERE u.workspace_id = :workspace_id AND u.id = :user_id AND d.workspace_id = u.workspace_id
      AND d.domain = split_part(u.email, '@', 2) AND {FREE_TO_JOIN}
    RETURNING u.organisation_id
    """
)
OF_DOMAIN = text(
    "SELECT organisation_id FROM organisation_domains WHERE workspace_id = :workspace_id AND domain = :domain"
)
SORTS = {"created_at": "o.created_at", "name": "o.name"}
_FOUND = """(position(lower(CAST(:words AS text)) IN lower(o.name)) > 0 OR EXISTS (
    SELECT FROM organisation_domains d
    WHERE d.workspace_id = o.workspace_id AND d.organisation_id = o.id
      AND position(lower(CAST(:words AS text)) IN d.domain) > 0))"""


def organisation(tx: Transaction, workspace_id: UUID, organisation_id: UUID) -> Row[Any] | None:
    """One that is not deleted, with its domains and the count of its members."""
    keys = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    return tx.connection.execute(ORGANISATION, keys).first()


def lock(tx: Transaction, workspace_id: UUID, organisation_id: UUID) -> bool:
    """Holds it against whoever else changes it; False where there is none."""
    keys = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    return tx.connection.execute(LOCK, keys).first() is not None


def list_organisations(
    tx: Transaction, workspace_id: UUID, words: str | None, page: Page, sort: str, after: Sequence[Any] | None
) -> Sequence[Row[Any]]:
    """`words`: found anywhere in the name or in a domain."""
    conditions = ["o.workspace_id = :workspace_id", "o.deleted_at IS NULL", *([_FOUND] if words else [])]
    keys = {"workspace_id": workspace_id, **({"words": words} if words else {})}
    return listed(tx, _ORGANISATION, "organisations o", conditions, keys, page, sort, SORTS, "o.id", after)


def add(tx: Transaction, workspace_id: UUID, facts: Mapping[str, Any]) -> UUID:
    """`facts`: name, notes, shared_tickets."""
    made: UUID = tx.connection.execute(ADD, {"workspace_id": workspace_id, **facts}).scalar_one()
    return made


def change(tx: Transaction, workspace_id: UUID, organisation_id: UUID, values: Mapping[str, Any]) -> None:
    one = (organisations.c.workspace_id == workspace_id, organisations.c.id == organisation_id)
    tx.connection.execute(update(organisations).where(*one).values(**values, updated_at=text("now()")))


def add_domains(
    tx: Transaction, workspace_id: UUID, organisation_id: UUID, domains: Collection[str]
) -> set[str]:
    """Those that it has now; the others are another organisation's."""
    keys = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    return set(tx.connection.scalars(ADD_DOMAINS, {**keys, "domains": list(domains)}))


def remove_domains(
    tx: Transaction, workspace_id: UUID, organisation_id: UUID, kept: Collection[str] = ()
) -> None:
    """All its domains but these."""
    keys = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    tx.connection.execute(REMOVE_DOMAINS, {**keys, "kept": list(kept)})


def join_by_domains(
    tx: Transaction, workspace_id: UUID, organisation_id: UUID, domains: Collection[str]
) -> int:
    """Brings in every customer with an email there who is free to join; how many."""
    keys = {"workspace_id": workspace_id, "organisation_id": organisation_id, "domains": list(domains)}
    return tx.connection.execute(JOIN_BY_DOMAINS, keys).rowcount


def join_by_email(tx: Transaction, workspace_id: UUID, user_id: UUID) -> UUID | None:
    """Brings one customer in by the domain of the email, where that is free to join; the organisation."""
    keys = {"workspace_id": workspace_id, "user_id": user_id}
    joined: UUID | None = tx.connection.scalar(JOIN_ONE, keys)
    return joined


def of_domain(tx: Transaction, workspace_id: UUID, domain: str) -> UUID | None:
    """The organisation whose domain it is."""
    keys = {"workspace_id": workspace_id, "domain": domain}
    found: UUID | None = tx.connection.scalar(OF_DOMAIN, keys)
    return found
