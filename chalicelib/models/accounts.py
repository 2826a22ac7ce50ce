"""Workspaces and their people: users, teams, memberships, refresh tokens."""

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    text,
    true,
)

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
from chalicelib.models.words import Assignment, Cadence, MailTrouble, Preference, UserStatus, values

LISTED = text("deleted_at IS NULL")

workspaces = Table(
    "workspaces",
    metadata,
    row_id(),
    words("slug"),
    words("name"),
    words("timezone", "UTC"),
    words("language", "en"),
    words("label_prefix", "TKT"),
    words("agent_visibility", "teams"),
    Column("reopen_window_days", Integer, nullable=False, server_default="7"),
    Column("customer_signup", Boolean, nullable=False, server_default=true()),
    Column("customers_see_organisation", Boolean, nullable=False, server_default=false()),
    # How long a finished ticket is kept; null keeps it for ever.
    Column("retention_days", Integer),
    timestamp("created_at", now=True),
    timestamp("updated_at", now=True),
    words("brand_color", nullable=True),
    words("brand_logo_url", nullable=True),
    words("brand_footer", nullable=True),
    words("two_step_required_of", "nobody"),
    # Whether tickets take the declared categories alone, where there are any.
    Column("categories_only", Boolean, nullable=False, server_default=false()),
    # Whether requesters are asked how it was, and how long after: 0 is in the mail of the resolution itself.
    Column("ratings_enabled", Boolean, nullable=False, server_default=true()),
    Column("rating_delay_hours", Integer, nullable=False, server_default="0"),
    # After how many days pending its customer is reminded, and when it is resolved, with which words: null
    # is never, and the words of the language.
    Column("pending_reminder_days", ARRAY(Integer), nullable=False, server_default=text("'{}'")),
    Column("pending_resolve_days", Integer),
    words("pending_resolve_text", nullable=True),
    # Since when tickets that wait are to be reckoned by other settings, which was the last that was, and when
    # that is to be done a second time: see sp_wait_sweep.
    timestamp("waits_stale_since"),
    Column("waits_reckoned_to", Uuid),
    timestamp("waits_again_at"),
    # What the ids of its mails are signed with, so that a reply proves whom it answers.
    Column(
        "mail_key",
        LargeBinary,
        nullable=False,
        server_default=text("uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())"),
    ),
    Column("add_cc_as_watchers", Boolean, nullable=False, server_default=false()),
    # Which sites may show the form for tickets within their pages.
    Column("form_sites", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    UniqueConstraint("slug"),
    one_of("two_step_required_of", ("nobody", "staff")),
    one_of("language", ("en", "es")),
    one_of("agent_visibility", ("teams", "all")),
    CheckConstraint("reopen_window_days BETWEEN 0 AND 365", name="reopen_window_days"),
    CheckConstraint("rating_delay_hours BETWEEN 0 AND 168", name="rating_delay_hours"),
    CheckConstraint(
        "cardinality(pending_reminder_days) <= 5 "
        "AND 1 <= ALL (pending_reminder_days) AND 365 >= ALL (pending_reminder_days)",
        name="pending_reminder_days",
    ),
    CheckConstraint(
        "pending_resolve_days BETWEEN 1 AND 365 AND pending_resolve_days > ALL (pending_reminder_days)",
        name="pending_resolve_days",
    ),
    CheckConstraint("char_length(pending_resolve_text) BETWEEN 1 AND 2000", name="pending_resolve_text"),
    CheckConstraint("cardinality(form_sites) <= 20", name="form_sites"),
    CheckConstraint("retention_days BETWEEN 30 AND 3650", name="retention_days"),
    CheckConstraint("label_prefix ~ '^[A-Z][A-Z0-9]{0,9}$'", name="label_prefix"),
    CheckConstraint("brand_color ~ '^#[0-9a-f]{6}$'", name="brand_color"),
    CheckConstraint("brand_logo_url LIKE 'https://%'", name="brand_logo_url"),
    CheckConstraint("slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'", name="slug"),
    Index(
        "workspaces_waits_stale_since_idx",
        "waits_stale_since",
        postgresql_where=text("waits_stale_since IS NOT NULL"),
    ),
)

users = Table(
    "users",
    metadata,
    workspace_key(),
    row_id(),
    words("email"),
    words("name"),
    words("role"),
    words("status", "active"),
    words("password_hash", nullable=True),
    timestamp("email_verified_at"),
    words("document_id", nullable=True),
    words("phone", nullable=True),
    Column("has_whatsapp", Boolean),
    words("company", nullable=True),
    Column("organisation_id", Uuid),
    # By "domain" or by "hand"; by hand without an organisation was taken out, and no domain brings back.
    words("organisation_by", nullable=True),
    timestamp("created_at", now=True),
    timestamp("updated_at", now=True),
    timestamp("deactivated_at"),
    timestamp("deleted_at"),
    # With a row of totp_authenticators. It is here so that who holds this row knows it for sure.
    timestamp("two_step_enabled_at"),
    # Of the staff, who is given no tickets by teams that assign by themselves.
    timestamp("away_since"),
    # Since when the address gets no mails about tickets, why, and what was said of it.
    timestamp("email_bad_at"),
    words("email_bad_reason", nullable=True),
    words("email_bad_detail", nullable=True),
    # When it was last known to be read: what was reported before is over.
    timestamp("email_good_at"),
    # How often they have the mails about watched tickets in one; null: where there are many.
    words("watched_digest", nullable=True),
    of_workspace(),
    belongs_to("organisations", "organisation_id", on_delete="SET NULL (organisation_id)"),
    one_of("role", ("admin", "dispatcher", "agent", "customer")),
    one_of("status", values(UserStatus)),
    one_of("watched_digest", (Cadence.HOURLY.value, Cadence.DAILY.value)),
    CheckConstraint("email = lower(email)", name="email_normalised"),
    one_of("email_bad_reason", values(MailTrouble)),
    CheckConstraint("(email_bad_at IS NULL) = (email_bad_reason IS NULL)", name="email_bad"),
    CheckConstraint("char_length(email_bad_detail) <= 500", name="email_bad_detail"),
    one_of("organisation_by", ("domain", "hand")),
    CheckConstraint("organisation_id IS NULL OR role = 'customer'", name="organisation_of_customers"),
)
Index(
    "users_workspace_id_email_key",
    users.c.workspace_id,
    users.c.email,
    unique=True,
    postgresql_where=users.c.deleted_at.is_(None),
)
Index("users_workspace_id_name_idx", users.c.workspace_id, users.c.name, users.c.id, postgresql_where=LISTED)
Index(
    "users_workspace_id_created_at_idx",
    users.c.workspace_id,
    users.c.created_at,
    users.c.id,
    postgresql_where=LISTED,
)
Index(
    "users_workspace_id_organisation_id_idx",
    users.c.workspace_id,
    users.c.organisation_id,
    users.c.name,
    users.c.id,
    postgresql_where=text("deleted_at IS NULL AND organisation_id IS NOT NULL"),
)
# Few of a workspace's many users: every new ticket and every breach asks for them.
Index(
    "users_workspace_id_dispatchers_idx",
    users.c.workspace_id,
    postgresql_where=text("role IN ('admin', 'dispatcher') AND deleted_at IS NULL"),
)
# Those whom a text can mention.
Index(
    "users_workspace_id_staff_idx",
    users.c.workspace_id,
    postgresql_where=text("role <> 'customer' AND deleted_at IS NULL"),
)
# Sign-in without a workspace looks an email up across all of them.
Index(
    "users_email_idx",
    users.c.email,
    postgresql_where=text("deleted_at IS NULL AND password_hash IS NOT NULL"),
)

teams = Table(
    "teams",
    metadata,
    workspace_key(),
    row_id(),
    words("name"),
    Column("is_default", Boolean, nullable=False, server_default=false()),
    timestamp("created_at", now=True),
    timestamp("updated_at", now=True),
    timestamp("deleted_at"),
    words("assignment", "manual"),
    # New and open tickets; who has as many gets no more from this team. Null: no cap.
    Column("assignment_cap", Integer),
    of_workspace(),
    one_of("assignment", values(Assignment)),
    CheckConstraint("assignment_cap BETWEEN 1 AND 10000", name="assignment_cap"),
)
Index(
    "teams_workspace_id_name_key",
    teams.c.workspace_id,
    teams.c.name,
    unique=True,
    postgresql_where=teams.c.deleted_at.is_(None),
)
Index(
    "teams_workspace_id_default_key", teams.c.workspace_id, unique=True, postgresql_where=teams.c.is_default
)

team_members = Table(
    "team_members",
    metadata,
    workspace_key(),
    Column("team_id", Uuid, primary_key=True),
    Column("user_id", Uuid, primary_key=True),
    timestamp("created_at", now=True),
    # When the team last gave this member a ticket by itself.
    timestamp("last_assigned_at"),
    belongs_to("teams", "team_id", on_delete="CASCADE"),
    belongs_to("users", "user_id", on_delete="CASCADE"),
    Index("team_members_workspace_id_user_id_idx", "workspace_id", "user_id"),
)

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    workspace_key(),
    row_id(),
    Column("user_id", Uuid, nullable=False),
    Column("family_id", Uuid, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    timestamp("created_at", now=True),
    timestamp("expires_at", nullable=False),
    timestamp("used_at"),
    timestamp("revoked_at"),
    # Begun by an identity provider, which answers for the second step.
    Column("vouched", Boolean, nullable=False, server_default=false()),
    belongs_to("users", "user_id", on_delete="CASCADE"),
    UniqueConstraint("workspace_id", "digest"),
    Index("refresh_tokens_workspace_id_family_id_idx", "workspace_id", "family_id"),
    Index("refresh_tokens_workspace_id_user_id_idx", "workspace_id", "user_id"),
    Index("refresh_tokens_expires_at_idx", "expires_at"),
    # Whoever refreshes names no workspace.
    Index("refresh_tokens_digest_idx", "digest"),
)

# What was reported of mails to a user, each once: by whoever could not deliver one, or got a complaint.
mail_reports = Table(
    "mail_reports",
    metadata,
    workspace_key(),
    Column("user_id", Uuid, primary_key=True),
    Column("message_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    timestamp("happened_at", nullable=False),
    timestamp("created_at", now=True),
    belongs_to("users", "user_id", on_delete="CASCADE"),
    one_of("kind", values(MailTrouble)),
    Index("mail_reports_created_at_idx", "created_at"),
)

# What a user wants no mail of; without a row they do.
muted_mails = Table(
    "muted_mails",
    metadata,
    workspace_key(),
    Column("user_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    timestamp("created_at", now=True),
    belongs_to("users", "user_id", on_delete="CASCADE"),
    one_of("kind", values(Preference)),
)
