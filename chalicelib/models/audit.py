"""The audit log, a chain of hashes a workspace, and the chains' heads; see migrations/sql/fn_audit.sql."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from chalicelib.models.base import metadata, of_workspace, one_of, timestamp, words, workspace_key
from chalicelib.models.words import ActorType, values

# Who has not shown who they are: a sign-in that failed.
ANONYMOUS = "anonymous"

audit_log = Table(
    "audit_log",
    metadata,
    workspace_key(),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Uuid, nullable=False, server_default=text("uuidv7()")),
    words("action"),
    words("actor_type"),
    Column("actor_id", Uuid),
    words("address", nullable=True),
    words("request_id", nullable=True),
    words("target_type"),
    Column("target_id", Uuid, nullable=False),
    Column("before", JSONB),
    Column("after", JSONB),
    timestamp("created_at", now=True),
    # Null once what it salted is erased.
    Column("salt", LargeBinary),
    Column("digest", LargeBinary, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    of_workspace(),
    UniqueConstraint("workspace_id", "id"),
    one_of("actor_type", (*values(ActorType), ANONYMOUS)),
    Index("audit_log_workspace_id_actor_id_idx", "workspace_id", "actor_id", "sequence"),
    Index("audit_log_workspace_id_target_id_idx", "workspace_id", "target_id", "sequence"),
)

# Whoever appends holds the head of its workspace. What is anchored is a note for the schedule, no proof.
audit_heads = Table(
    "audit_heads",
    metadata,
    workspace_key(),
    Column("sequence", BigInteger, nullable=False, server_default="0"),
    Column("hash", LargeBinary, nullable=False),
    Column("anchored_sequence", BigInteger, nullable=False, server_default="0"),
    timestamp("anchored_at"),
    of_workspace(),
)
