"""The time that the staff spent on tickets."""

from sqlalchemy import CheckConstraint, Column, Date, Index, SmallInteger, Table, Uuid

from chalicelib.models.base import (
    belongs_to,
    metadata,
    of_workspace,
    row_id,
    timestamp,
    words,
    workspace_key,
)

time_entries = Table(
    "time_entries",
    metadata,
    workspace_key(),
    row_id(),
    Column("ticket_id", Uuid, nullable=False),
    Column("user_id", Uuid),
    # In place of a person, where a program noted it.
    Column("api_key_id", Uuid),
    Column("minutes", SmallInteger, nullable=False),
    words("note", nullable=True),
    Column("spent_on", Date, nullable=False),
    timestamp("created_at", now=True),
    timestamp("updated_at", now=True),
    of_workspace(),
    belongs_to("tickets", "ticket_id", on_delete="CASCADE"),
    belongs_to("users", "user_id"),
    belongs_to("api_keys", "api_key_id"),
    CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
    CheckConstraint("char_length(note) BETWEEN 1 AND 2000", name="note"),
    CheckConstraint("(user_id IS NULL) <> (api_key_id IS NULL)", name="one_person"),
    Index("time_entries_workspace_id_ticket_id_idx", "workspace_id", "ticket_id", "created_at", "id"),
    Index("time_entries_workspace_id_user_id_idx", "workspace_id", "user_id"),
)
