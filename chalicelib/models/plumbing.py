"""Tables that carry no helpdesk rule: events, jobs, idempotency keys and rate limits."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import UserDefinedType

from chalicelib.models.base import (
    belongs_to,
    metadata,
    of_workspace,
    one_of,
    row_id,
    timestamp,
    words,
    workspace_key,
)
from chalicelib.models.words import JobStatus, Outcome, values


class TransactionId(UserDefinedType[int]):
    """PostgreSQL's xid8."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


events = Table(
    "events",
    metadata,
    workspace_key(),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    # With the id the place in the change feed. At least its transaction's number, so that none below the
    # snapshot's xmin can still appear; and at least that of the last one completed, so that an event comes
    # after all that its writer could have seen, whichever transaction began first.
    Column(
        "xact_id",
        TransactionId,
        nullable=False,
        server_default=text(
            "GREATEST(pg_current_xact_id(), "
            "((pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1)::text)::xid8)"
        ),
    ),
    Column("ticket_id", Uuid),
    Column("sequence", Integer),
    words("type"),
    Column("internal", Boolean, nullable=False, server_default=false()),
    Column("payload", JSONB, nullable=False),
    timestamp("created_at", now=True),
    # Whoever committed it sends it first; the scheduled relay takes what is left once the lease is over.
    Column(
        "leased_until",
        DateTime(timezone=True),
        nullable=False,
        server_default=text("now() + interval '10 seconds'"),
    ),
    timestamp("sent_at"),
    of_workspace(),
    UniqueConstraint("workspace_id", "ticket_id", "sequence"),
    Index("events_workspace_id_xact_id_idx", "workspace_id", "xact_id", "id"),
    Index("events_created_at_idx", "created_at"),
)
Index("events_unsent_idx", events.c.id, postgresql_where=events.c.sent_at.is_(None))

# Work that goes to a queue. Whoever takes it up holds it until `leased_until`; `state` is where it goes on,
# `input` what was asked for, kept until the end.
jobs = Table(
    "jobs",
    metadata,
    workspace_key(),
    row_id(),
    words("kind"),
    words("status", "queued"),
    # Whom or what it is about.
    Column("subject_id", Uuid),
    # The user or API key that asked.
    Column("created_by", Uuid),
    Column("input", JSONB),
    # How many things there are to do, where that is known beforehand.
    Column("total", Integer),
    Column("done", Integer, nullable=False, server_default="0"),
    Column("cancellable", Boolean, nullable=False, server_default=false()),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("state", JSONB, nullable=False, server_default=text("'{}'")),
    Column("result", JSONB),
    words("error", nullable=True),
    timestamp("created_at", now=True),
    timestamp("started_at"),
    timestamp("leased_until", now=True),
    timestamp("finished_at"),
    timestamp("expires_at", nullable=False),
    of_workspace(),
    one_of("status", values(JobStatus)),
    Index("jobs_workspace_id_subject_id_idx", "workspace_id", "subject_id"),
    Index("jobs_workspace_id_created_by_idx", "workspace_id", "created_by", "id"),
    Index("jobs_expires_at_idx", "expires_at"),
)

# What a job does one by one, and what became of each; without a status it is still to be done.
job_items = Table(
    "job_items",
    metadata,
    workspace_key(),
    Column("job_id", Uuid, primary_key=True),
    Column("place", Integer, primary_key=True),
    # Perhaps of nothing: whoever asks may name what is not there.
    Column("subject_id", Uuid, nullable=False),
    Column("expected_version", Integer),
    words("status", nullable=True),
    words("label", nullable=True),
    Column("version", Integer),
    Column("error", JSONB),
    of_workspace(),
    belongs_to("jobs", "job_id", on_delete="CASCADE"),
    one_of("status", values(Outcome)),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    workspace_key(),
    Column("principal", Text, primary_key=True),
    Column("method", Text, primary_key=True),
    Column("path", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    words("request_digest"),
    Column("status", Integer),
    Column("headers", JSONB),
    words("body", nullable=True),
    timestamp("expires_at", nullable=False),
    of_workspace(),
    Index("idempotency_keys_expires_at_idx", "expires_at"),
)

# Not a tenant's: who knocks too often is counted before anyone knows whose door it is. Subjects are digests.
rate_limits = Table(
    "rate_limits",
    metadata,
    Column("bucket", Text, primary_key=True),
    timestamp("window_ends_at", nullable=False),
    Column("hits", Integer, nullable=False),
    Index("rate_limits_window_ends_at_idx", "window_ends_at"),
    prefixes=["UNLOGGED"],
)
