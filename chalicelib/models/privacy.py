"""Personal data: what was erased, told without a word of it."""

from sqlalchemy import Column, Table, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from chalicelib.models.base import belongs_to, metadata, timestamp, words, workspace_key

# One a person: the receipt. What is looked for is kept until it is found nowhere, and forgotten then.
erasures = Table(
    "erasures",
    metadata,
    workspace_key(),
    Column("user_id", Uuid, primary_key=True),
    Column("id", Uuid, nullable=False, server_default=text("uuidv7()")),
    Column("job_id", Uuid, nullable=False),
    words("pseudonym"),
    words("reason"),
    Column("patterns", JSONB),
    # {"comments": 3, …}: how many rows of each table were changed or deleted.
    Column("counts", JSONB, nullable=False, server_default=text("'{}'")),
    timestamp("erased_at", now=True),
    timestamp("completed_at"),
    belongs_to("users", "user_id"),
    UniqueConstraint("workspace_id", "id"),
)
