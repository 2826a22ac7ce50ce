"""What requesters say of the help on their tickets: a row for each end of the work, asked about or rated."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)

from chalicelib.models.base import (
    belongs_to,
    metadata,
    of_workspace,
    row_id,
    timestamp,
    words,
    workspace_key,
)

ratings = Table(
    "ratings",
    metadata,
    workspace_key(),
    row_id(),
    Column("ticket_id", Uuid, nullable=False),
    # The ticket's first, second … end of work, and when that was: resolved, or closed where it never was.
    Column("cycle", Integer, nullable=False),
    timestamp("ended_at", nullable=False),
    # Who asked for the ticket, who had it at that end, and in which team.
    Column("user_id", Uuid, nullable=False),
    Column("assignee_id", Uuid),
    Column("team_id", Uuid, nullable=False),
    timestamp("created_at", now=True),
    # When the question is to be mailed, where it waits; when it was, by which event's mail, with which link,
    # and the digest of its address: a link ends with another email.
    timestamp("due_at"),
    timestamp("asked_at"),
    Column("asked_event_id", BigInteger),
    Column("digest", LargeBinary),
    Column("mailbox", LargeBinary),
    Column("score", SmallInteger),
    words("comment", nullable=True),
    timestamp("rated_at"),
    timestamp("changed_at"),
    of_workspace(),
    belongs_to("tickets", "ticket_id", on_delete="CASCADE"),
    belongs_to("users", "user_id"),
    belongs_to("users", "assignee_id"),
    belongs_to("teams", "team_id"),
    UniqueConstraint("workspace_id", "ticket_id", "cycle"),
    UniqueConstraint("workspace_id", "digest"),
    CheckConstraint("cycle >= 1", name="cycle"),
    CheckConstraint("score BETWEEN 1 AND 5", name="score"),
    CheckConstraint("char_length(comment) BETWEEN 1 AND 2000", name="comment"),
    CheckConstraint("(score IS NULL) = (rated_at IS NULL)", name="rated"),
    CheckConstraint("comment IS NULL OR score IS NOT NULL", name="commented"),
    Index("ratings_workspace_id_user_id_idx", "workspace_id", "user_id"),
    Index(
        "ratings_workspace_id_rated_at_idx",
        "workspace_id",
        "rated_at",
        postgresql_where=text("rated_at IS NOT NULL"),
    ),
    # Whoever brings a link names no workspace, and what falls due is anybody's.
    Index("ratings_digest_idx", "digest"),
    Index("ratings_due_at_idx", "due_at", postgresql_where=text("due_at IS NOT NULL")),
)
