"""The SQL of tickets that verbs use: load and lock, change and record, create. Reading for answers is in
views.py."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from chalicelib.accounts.actor import Actor
from chalicelib.core import events
from chalicelib.core.db import Transaction
from chalicelib.core.json_text import dumps
from chalicelib.models.words import ActorType, Status
from chalicelib.sla import queries as sla_queries
from chalicelib.sla.targets import Target
from chalicelib.tickets.ticket import Ticket
from chalicelib.tickets.visibility import visible_to

COLUMNS = ", ".join(f"t.{name}" for name in Ticket.__slots__)
# What events tell of a ticket; fn_told says the same of a row.
TOLD = ("id", "label", "subject", "type", "status", "priority", "team_id", "assignee_id", "created_at")


@dataclass(frozen=True)
class Entry:
    """One row of the timeline, and the event that tells of it. `by_itself`: the desk's doing, not the
    actor's. `beside`: what the event alone says."""

    action: str
    changes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    meta: Mapping[str, Any] = field(default_factory=dict)
    internal: bool = False
    by_itself: bool = False
    beside: Mapping[str, Any] = field(default_factory=dict)


@lru_cache(maxsize=8)
def _lock(condition: str) -> TextClause:
    return text(
        f"SELECT {COLUMNS} FROM tickets t WHERE t.workspace_id = :workspace_id AND t.id = :id "
        f"AND {condition} FOR NO KEY UPDATE OF t"
    )


def lock(tx: Transaction, actor: Actor, ticket_id: UUID, *, deleted: bool = False) -> Ticket | None:
    """The ticket, if the actor may know of it, held against every other writer until the end of the
    transaction."""
    condition, values = ("t.deleted_at IS NOT NULL", {}) if deleted else visible_to(actor)
    row = tx.connection.execute(
        _lock(condition), {"workspace_id": actor.workspace.id, "id": ticket_id, **values}
    ).first()
    return Ticket.of(row) if row else None


@lru_cache(maxsize=8)
def _read(condition: str) -> TextClause:
    return text(
        f"SELECT {COLUMNS} FROM tickets t WHERE t.workspace_id = :workspace_id AND t.id = :id AND {condition}"
    )


def read(tx: Transaction, actor: Actor, ticket_id: UUID) -> Ticket | None:
    """The ticket as it is, if the actor may know of it; held against nobody."""
    condition, values = visible_to(actor)
    keys = {"workspace_id": actor.workspace.id, "id": ticket_id, **values}
    row = tx.connection.execute(_read(condition), keys).first()
    return Ticket.of(row) if row else None


@lru_cache(maxsize=16)
def _lock_many(condition: str, waits: bool) -> TextClause:
    return text(
        f"SELECT {COLUMNS} FROM tickets t WHERE t.workspace_id = :workspace_id "
        f"AND t.id = ANY(CAST(:ids AS uuid[])) AND {condition} "
        f"ORDER BY t.id FOR NO KEY UPDATE OF t {'' if waits else 'SKIP LOCKED'}"
    )


def lock_many(
    tx: Transaction, actor: Actor, ticket_ids: Sequence[UUID], *, waits: bool = True
) -> dict[UUID, Ticket]:
    """The same of many, in the order of their ids, so that nobody who does as much waits in a circle. Those
    that are not there, or not the actor's to know of, are left out; where it does not wait, so are those that
    others hold."""
    condition, values = visible_to(actor)
    keys = {"workspace_id": actor.workspace.id, "ids": list(ticket_ids), **values}
    rows = tx.connection.execute(_lock_many(condition, waits), keys)
    return {row.id: Ticket.of(row) for row in rows}


@lru_cache(maxsize=8)
def _visible_among(condition: str) -> TextClause:
    return text(
        f"SELECT t.id, t.label, t.version FROM tickets t WHERE t.workspace_id = :workspace_id "
        f"AND t.id = ANY(CAST(:ids AS uuid[])) AND {condition}"
    )


def visible_among(tx: Transaction, actor: Actor, ticket_ids: Sequence[UUID]) -> dict[UUID, Any]:
    """Which of the ids are tickets that the actor may know of: by id, its `label` and `version`."""
    condition, values = visible_to(actor)
    keys = {"workspace_id": actor.workspace.id, "ids": list(ticket_ids), **values}
    return {row.id: row for row in tx.connection.execute(_visible_among(condition), keys)}


PREPARE = text(
    """
    SELECT * FROM fn_prepare_ticket(
        :workspace_id, :team_id, :assignee_id, :requester_id, :category, :with_fields)
    """
)


def prepare(
    tx: Transaction,
    workspace_id: UUID,
    *,
    team_id: UUID | None,
    assignee_id: UUID | None,
    requester_id: UUID | None,
    category: str | None = None,
    with_fields: bool = False,
) -> Any:
    """All that creating or moving a ticket must look up, in one statement: policies, the default team, which
    of the named team, assignee (active staff) and requester are this workspace's (null for what is not), the
    organisation that the requester is in, the declared category with this folded name and its team, and how
    the team assigns: without one the category's, or else the default team; `with_fields` the custom fields.

    Call it before the statement that locks a ticket: it holds the assignee. See fn_prepare_ticket.sql.
    """
    return tx.connection.execute(
        PREPARE,
        {
            "workspace_id": workspace_id,
            "team_id": team_id,
            "assignee_id": assignee_id,
            "requester_id": requester_id,
            "category": category,
            "with_fields": with_fields,
        },
    ).one()


CREATE = text(
    """
    SELECT * FROM fn_create_ticket(:workspace_id, CAST(:ticket AS jsonb), :picks, CAST(:actor AS jsonb),
        CAST(:meta AS jsonb), CAST(:targets AS jsonb), CAST(:steps AS jsonb))
    """
)
PICK = text("SELECT assignee_id, assigned_by FROM fn_pick_assignee(:workspace_id, :team_id, :ticket_id)")


def create(
    tx: Transaction,
    actor: Actor,
    values: Mapping[str, Any],
    meta: Mapping[str, Any],
    targets: Sequence[Target],
    *,
    picks: bool,
) -> Ticket:
    """A new ticket with the next number of its workspace, its first timeline entry, event and promises, in
    one statement. `values`: every column that a caller decides. `picks`: its team may give it to somebody,
    which opens it. See fn_create_ticket.sql."""
    keys = {"workspace_id": actor.workspace.id, "picks": picks, **sla_queries.written(targets)}
    given = {"ticket": values, "actor": {"type": actor.type, "id": actor.id}, "meta": meta}
    texts = {name: dumps(value) for name, value in given.items()}
    row = tx.connection.execute(CREATE, {**keys, **texts}).one()
    ticket = Ticket.new(
        values,
        workspace_id=actor.workspace.id,
        id=row.ticket_id,
        number=row.ticket_number,
        label=row.ticket_label,
        status=Status(row.ticket_status),
        assignee_id=row.given_to,
        created_at=row.made_at,
    )
    told = events.message(
        row.event_id,
        row.made_at,
        workspace_id=ticket.workspace_id,
        type="ticket.created",
        payload=row.payload,
        ticket_id=ticket.id,
        sequence=1,
    )
    tx.events.append(told)
    return ticket


def pick_assignee(tx: Transaction, ticket: Ticket, team_id: UUID) -> Any:
    """Whom the team gives a ticket that is being moved to it, `assignee_id` and `assigned_by`: null for
    nobody. See fn_pick_assignee.sql: lock every ticket of the transaction before."""
    keys = {"workspace_id": ticket.workspace_id, "team_id": team_id, "ticket_id": ticket.id}
    return tx.connection.execute(PICK, keys).one()


CHANGEABLE = frozenset(Ticket.__slots__) - {"workspace_id", "id", "number", "label", "version", "created_at"}
RECORDED = """
    entry AS (
        INSERT INTO timeline_entries
            (workspace_id, ticket_id, sequence, action, actor_type, actor_id, changes, meta, internal)
        SELECT c.workspace_id, c.id, c.last_sequence - :count + e.place,
            e.action, e.actor_type, e.actor_id, e.changes, e.meta, e.internal
        FROM changed c, entries e
    ), event AS (
        INSERT INTO events (workspace_id, ticket_id, sequence, type, internal, payload)
        SELECT c.workspace_id, c.id, c.last_sequence - :count + e.place,
            'ticket.' || e.action, e.internal, e.payload
        FROM changed c, entries e
        ORDER BY e.place
        RETURNING id, sequence, created_at
    )
    SELECT event.id, event.sequence, event.created_at FROM event ORDER BY event.sequence
"""


@lru_cache(maxsize=256)
def _change(columns: tuple[str, ...], counts: bool) -> TextClause:
    if not CHANGEABLE.issuperset(columns):
        raise ValueError(f"no such columns: {columns}")
    assignments = [f"{name} = :{name}" for name in columns]
    if counts:
        assignments.append("version = t.version + 1")
    assignments += ["last_sequence = t.last_sequence + :count", "updated_at = now()"]
    statement = text(
        f"""
        WITH changed AS (
            UPDATE tickets t SET {", ".join(assignments)}
            WHERE t.workspace_id = :workspace_id AND t.id = :id
            RETURNING t.workspace_id, t.id, t.last_sequence
        ), entries AS (
            SELECT (item.ordinality)::integer AS place, item.value ->> 'action' AS action,
                item.value -> 'changes' AS changes, item.value -> 'meta' AS meta,
                item.value #>> '{{payload, actor, type}}' AS actor_type,
                (item.value #>> '{{payload, actor, id}}')::uuid AS actor_id,
                (item.value ->> 'internal')::boolean AS internal, item.value -> 'payload' AS payload
            FROM jsonb_array_elements(CAST(:entries AS jsonb)) WITH ORDINALITY AS item
        ), {RECORDED}
        """
    )
    if "custom_fields" in columns:
        statement = statement.bindparams(bindparam("custom_fields", type_=JSONB))
    return statement


def change(
    tx: Transaction,
    actor: Actor,
    ticket: Ticket,
    values: Mapping[str, Any],
    entries: Sequence[Entry],
    *,
    counts: bool = True,
) -> None:
    """Writes changed columns, their timeline entries and events, in one statement. `counts`: this raises the
    version."""
    payloads = [_payload(actor, ticket, values, entry) for entry in entries]
    if "tags" in values:
        values = {**values, "tags": list(values["tags"])}
    rows = tx.connection.execute(
        _change(tuple(sorted(values)), counts),
        {
            **values,
            "workspace_id": ticket.workspace_id,
            "id": ticket.id,
            "count": len(entries),
            "entries": dumps(
                [
                    {
                        "action": entry.action,
                        "changes": entry.changes,
                        "meta": entry.meta,
                        "internal": entry.internal,
                        "payload": payload,
                    }
                    for entry, payload in zip(entries, payloads, strict=True)
                ]
            ),
        },
    ).all()
    for row, entry, payload in zip(rows, entries, payloads, strict=True):
        tx.events.append(
            events.message(
                row.id,
                row.created_at,
                workspace_id=ticket.workspace_id,
                type=f"ticket.{entry.action}",
                payload=payload,
                ticket_id=ticket.id,
                sequence=row.sequence,
                internal=entry.internal,
            )
        )


def _payload(actor: Actor, ticket: Ticket, values: Mapping[str, Any], entry: Entry) -> dict[str, Any]:
    facts = {name: values.get(name, getattr(ticket, name)) for name in TOLD}
    return {
        "ticket": facts,
        "actor": {"type": ActorType.SYSTEM, "id": None}
        if entry.by_itself
        else {"type": actor.type, "id": actor.id},
        "changes": entry.changes,
        "meta": entry.meta,
        **entry.beside,
    }


INSERT_LINK = text(
    """
    INSERT INTO ticket_links (workspace_id, ticket_id, kind, other_id, created_by)
    VALUES (:workspace_id, :ticket_id, :kind, :other_id, :created_by)
    ON CONFLICT DO NOTHING
    """
)


def insert_link(tx: Transaction, actor: Actor, ticket_id: UUID, kind: str, other_id: UUID) -> None:
    """Links two tickets; twice is once."""
    tx.connection.execute(
        INSERT_LINK,
        {
            "workspace_id": actor.workspace.id,
            "ticket_id": ticket_id,
            "kind": kind,
            "other_id": other_id,
            "created_by": actor.user_id,
        },
    )


STATUSES = text(
    """
    SELECT e.ticket_id, e.created_at, e.changes -> 'status' ->> 'to' AS status, e.action
    FROM timeline_entries e
    WHERE e.workspace_id = :workspace_id AND e.ticket_id = ANY(CAST(:ids AS uuid[]))
      AND (e.changes -> 'status' IS NOT NULL OR e.action IN ('deleted', 'restored'))
    ORDER BY e.ticket_id, e.sequence
    """
)


def statuses(
    tx: Transaction, workspace_id: UUID, ids: Sequence[UUID]
) -> dict[UUID, list[tuple[datetime, Status]]]:
    """The statuses that each of the tickets has taken on since it was made, and when. While it was deleted,
    that counts as cancelled."""
    found: dict[UUID, list[tuple[datetime, Status]]] = {id: [] for id in ids}
    last = dict.fromkeys(ids, Status.NEW)
    for row in tx.connection.execute(STATUSES, {"workspace_id": workspace_id, "ids": list(ids)}):
        if row.status is not None:
            last[row.ticket_id] = Status(row.status)
        now = Status.CANCELLED if row.action == "deleted" else last[row.ticket_id]
        found[row.ticket_id].append((row.created_at, now))
    return found


# In the order of their ids, as whoever locks several tickets. Apart from what releases them: a statement
# that has waited sees by the snapshot of before, and the feed would tell of it before what it waited for.
HOLD_ASSIGNED = text(
    """
    SELECT t.id FROM tickets t
    WHERE t.workspace_id = :workspace_id AND t.assignee_id = :assignee_id AND t.deleted_at IS NULL
      AND t.status IN ('new', 'open', 'pending', 'on_hold')
    ORDER BY t.id
    FOR NO KEY UPDATE
    """
)
RELEASE = text(
    """
    WITH released AS (
        UPDATE tickets t SET
            assignee_id = NULL,
            version = t.version + 1,
            last_sequence = t.last_sequence + 1,
            updated_at = now()
        WHERE t.workspace_id = :workspace_id AND t.id = ANY(CAST(:ids AS uuid[]))
        RETURNING t.workspace_id, t.id, t.last_sequence,
            fn_told(t) AS facts
    ), entry AS (
        INSERT INTO timeline_entries
            (workspace_id, ticket_id, sequence, action, actor_type, actor_id, changes, meta, internal)
        SELECT workspace_id, id, last_sequence, 'unassigned', :actor_type, :actor_id,
            CAST(:changes AS jsonb), CAST(:meta AS jsonb), true
        FROM released
    )
    INSERT INTO events (workspace_id, ticket_id, sequence, type, internal, payload)
    SELECT workspace_id, id, last_sequence, 'ticket.unassigned', true,
        CAST(:payload AS jsonb) || jsonb_build_object('ticket', facts)
    FROM released
    RETURNING id, workspace_id, ticket_id, sequence, type, internal, payload, created_at
    """
)


def release(tx: Transaction, actor: Actor, assignee_id: UUID, reason: str) -> int:
    """Unassigns all active tickets of somebody, with a timeline entry and an event each; how many."""
    changes = {"assignee_id": {"from": assignee_id, "to": None}}
    meta = {"reason": reason}
    payload = {"actor": {"type": actor.type, "id": actor.id}, "changes": changes, "meta": meta}
    held = {"workspace_id": actor.workspace.id, "assignee_id": assignee_id}
    ids = list(tx.connection.execute(HOLD_ASSIGNED, held).scalars())
    if not ids:
        return 0
    rows = tx.connection.execute(
        RELEASE,
        {
            "workspace_id": actor.workspace.id,
            "ids": ids,
            "actor_type": actor.type,
            "actor_id": actor.id,
            "changes": dumps(changes),
            "meta": dumps(meta),
            "payload": dumps(payload),
        },
    ).all()
    tx.events.extend(events.message(**row._mapping) for row in rows)
    return len(rows)


# In the order of their ids, as whoever locks several tickets.
BRING_ALONG = text(
    """
    WITH held AS (
        SELECT t.id FROM users u JOIN tickets t ON t.workspace_id = u.workspace_id AND t.requester_id = u.id
        WHERE u.workspace_id = :workspace_id AND u.organisation_id = :organisation_id AND u.deleted_at IS NULL
          AND (CAST(:user_id AS uuid) IS NULL OR u.id = CAST(:user_id AS uuid))
          AND t.organisation_id IS NULL AND t.deleted_at IS NULL
          AND t.status IN ('new', 'open', 'pending', 'on_hold')
          AND NOT EXISTS (
              SELECT FROM ticket_links l
              JOIN tickets old ON old.workspace_id = l.workspace_id AND old.id = l.other_id
              WHERE l.workspace_id = t.workspace_id AND l.ticket_id = t.id AND l.kind = 'follow_up'
                AND old.organisation_id IS DISTINCT FROM :organisation_id)
        ORDER BY t.id
        FOR NO KEY UPDATE OF t
    )
    UPDATE tickets t SET organisation_id = :organisation_id FROM held
    WHERE t.workspace_id = :workspace_id AND t.id = held.id
    """
)


def bring_along(tx: Transaction, workspace_id: UUID, organisation_id: UUID, user_id: UUID | None) -> None:
    """Gives the organisation the active tickets of its members, or of one, that are in none."""
    keys = {"workspace_id": workspace_id, "organisation_id": organisation_id, "user_id": user_id}
    tx.connection.execute(BRING_ALONG, keys)
