"""Organisations: customers that belong together, and the email domains whose owners join by themselves."""

from sqlalchemy import Boolean, CheckConstraint, Column, Index, Table, Text, Uuid

from chalicelib.models.base import (
    belongs_to,
    metadata,
    of_workspace,
    row_id,
    timestamp,
    words,
    workspace_key,
)

organisations = Table(
    "organisations",
    metadata,
    workspace_key(),
    row_id(),
    words("name"),
    words("notes", nullable=True),
    # Whether its members see each other's tickets; null is as the workspace says.
    Column("shared_tickets", Boolean),
    timestamp("created_at", now=True),
    timestamp("updated_at", now=True),
    # Members and tickets keep its id: it means nothing to them from then on.
    timestamp("deleted_at"),
    of_workspace(),
)
Index(
    "organisations_workspace_id_name_key",
    organisations.c.workspace_id,
    organisations.c.name,
    unique=True,
    postgresql_where=organisations.c.deleted_at.is_(None),
)

organisation_domains = Table(
    "organisation_domains",
    metadata,
    workspace_key(),
    Column("domain", Text, primary_key=True),
    Column("organisation_id", Uuid, nullable=False),
    timestamp("created_at", now=True),
    belongs_to("organisations", "organisation_id", on_delete="CASCADE"),
    CheckConstraint("domain = lower(domain)", name="domain_normalised"),
    Index("organisation_domains_workspace_id_organisation_id_idx", "workspace_id", "organisation_id"),
)
