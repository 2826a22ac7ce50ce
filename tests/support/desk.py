"""Rows that tests arrange past the app: tickets, comments, promises, events."""

import json
from typing import Any
from uuid import UUID

from tests.support.cast import Cast, Person
from tests.support.database import Database


class Desk:
    """Acme's desk, as the superuser arranges it."""

    def __init__(self, database: Database, cast: Cast) -> None:
        self.database = database
        self.cast = cast
        self._sequences: dict[UUID, int] = {}

    def ticket(
        self,
        requester: Person,
        *,
        assignee: Person | None = None,
        team: str = "Networks",
        subject: str = "No link on floor 3",
        status: str | None = None,
        **columns: Any,
    ) -> UUID:
        """A ticket of the requester's workspace."""
        row = {
            "workspace_id": requester.workspace_id,
            "subject": subject,
            "description": "The switch in rack 4 is dark.",
            "requester_id": requester.id,
            "assignee_id": assignee.id if assignee else None,
            "team_id": columns.pop("team_id", None) or self.cast.teams[team],
            **columns,
        }
        names = ", ".join(row)
        marks = ", ".join(f":{name}" for name in row)
        ticket = self.database.value(
            f"INSERT INTO tickets ({names}, number, label) "
            f"SELECT {marks}, l.number, l.label FROM fn_next_ticket_label(:workspace_id) l RETURNING id",
            **row,
        )
        if status:
            self.database.run(
                "UPDATE tickets SET status = :s, resolved_at = CASE WHEN :s = 'resolved' THEN now() END, "
                "closed_at = CASE WHEN :s = 'closed' THEN now() END WHERE id = :t",
                s=status,
                t=ticket,
            )
        return UUID(str(ticket))

    def label(self, ticket: UUID) -> str:
        return str(self.database.value("SELECT label FROM tickets WHERE id = :t", t=ticket))

    def comment(self, ticket: UUID, author: Person, body: str, visibility: str = "public") -> UUID:
        """A comment, without its event."""
        return UUID(
            str(
                self.database.value(
                    "INSERT INTO comments (workspace_id, ticket_id, author_id, body, visibility) "
                    "VALUES (:w, :t, :a, :b, :v) RETURNING id",
                    w=author.workspace_id,
                    t=ticket,
                    a=author.id,
                    b=body,
                    v=visibility,
                )
            )
        )

    def watch(self, ticket: UUID, *people: Person) -> None:
        for person in people:
            self.database.run(
                "INSERT INTO ticket_watchers (workspace_id, ticket_id, user_id) VALUES (:w, :t, :u)",
                w=person.workspace_id,
                t=ticket,
                u=person.id,
            )

    def promise(self, ticket: UUID, due: str, *, metric: str = "resolution", minutes: int = 60) -> UUID:
        """A running target with its breach armed; `due` is SQL such as `now() - interval '1 min'`."""
        return UUID(
            str(
                self.database.value(
                    f"""
                    WITH target AS (
                        INSERT INTO sla_targets
                            (workspace_id, ticket_id, metric, calendar_id, minutes, started_at, due_at)
                        SELECT t.workspace_id, t.id, :metric, c.id, :minutes, t.created_at, {due}
                        FROM tickets t JOIN calendars c ON c.workspace_id = t.workspace_id
                        WHERE t.id = :ticket
                        RETURNING workspace_id, id, ticket_id, due_at
                    ), step AS (
                        INSERT INTO sla_steps (workspace_id, target_id, kind, step, ticket_id, at)
                        SELECT workspace_id, id, 'breach', 100, ticket_id, due_at FROM target
                    )
                    SELECT id FROM target
                    """,
                    metric=metric,
                    minutes=minutes,
                    ticket=ticket,
                )
            )
        )

    def event(
        self,
        type: str,
        ticket: UUID,
        actor: Person | None = None,
        *,
        changes: dict[str, Any] | None = None,
        meta: dict[str, Any] | None = None,
        internal: bool = False,
        timeline: bool = True,
    ) -> dict[str, Any]:
        """An event row with its timeline entry, and its message as queues carry it."""
        action = type.removeprefix("ticket.")
        actor_type = "user" if actor else "system"
        actor_id = actor.id if actor else None
        facts = self.database.rows(
            "UPDATE tickets SET last_sequence = last_sequence + 1 WHERE id = :t "
            "RETURNING workspace_id, last_sequence, fn_told(tickets) AS told",
            t=ticket,
        )[0]
        workspace_id, sequence = facts.pop("workspace_id"), facts.pop("last_sequence")
        payload = {
            "ticket": facts["told"],
            "actor": {"type": actor_type, "id": str(actor_id) if actor_id else None},
            "changes": changes or {},
            "meta": meta or {},
        }
        values = {"w": workspace_id, "t": ticket, "s": sequence, "i": internal}
        row = self.database.rows(
            "INSERT INTO events (workspace_id, ticket_id, sequence, type, internal, payload, leased_until) "
            "VALUES (:w, :t, :s, :type, :i, CAST(:p AS jsonb), now()) RETURNING id, created_at",
            **values,
            type=type,
            p=json.dumps(payload),
        )[0]
        if timeline:
            self.database.run(
                "INSERT INTO timeline_entries (workspace_id, ticket_id, sequence, action, "
                "actor_type, actor_id, changes, meta, internal, created_at) "
                "VALUES (:w, :t, :s, :action, :at, :a, CAST(:c AS jsonb), CAST(:m AS jsonb), :i, :now)",
                **values,
                action=action,
                at=actor_type,
                a=actor_id,
                c=json.dumps(payload["changes"]),
                m=json.dumps(payload["meta"]),
                now=row["created_at"],
            )
        return {
            "id": row["id"],
            "type": type,
            "workspace_id": str(workspace_id),
            "ticket_id": str(ticket),
            "sequence": sequence,
            "internal": internal,
            "created_at": row["created_at"].isoformat().replace("+00:00", "Z"),
            "payload": payload,
        }
