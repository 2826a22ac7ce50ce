"""What search looks through: a document a ticket and one a comment, kept by fn_keep_search."""

from sqlalchemy import Boolean, Column, Index, Table, Uuid
from sqlalchemy.dialects.postgresql import TSVECTOR

from chalicelib.models.base import belongs_to, metadata, workspace_key

search_documents = Table(
    "search_documents",
    metadata,
    workspace_key(),
    # The ticket's or the comment's.
    Column("id", Uuid, primary_key=True),
    Column("ticket_id", Uuid, nullable=False),
    Column("internal", Boolean, nullable=False),
    # Each lexeme behind its workspace's key, so one index serves all.
    Column("vector", TSVECTOR, nullable=False),
    # A new ticket's words are written before it: see migrations/sql/fn_create_ticket.sql.
    belongs_to("tickets", "ticket_id", on_delete="CASCADE", deferrable=True),
    # No order in it: nothing walks the documents of all workspaces. See fn_search_statement.
    Index("search_documents_ticket_id_idx", "ticket_id", postgresql_using="hash"),
    # The list of what is not sorted in yet is short: a search reads it whole, and one writer sorts it in.
    Index(
        "search_documents_vector_idx",
        "vector",
        postgresql_using="gin",
        postgresql_with={"gin_pending_list_limit": 256},
    ),
)
