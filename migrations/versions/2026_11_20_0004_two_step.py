"""The second step of signing in."""

from alembic import op

from migrations.tenancy import secure

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = """
    CREATE TABLE totp_authenticators (
        workspace_id uuid NOT NULL,
        user_id uuid NOT NULL,
        secret bytea,
        last_step bigint DEFAULT '0' NOT NULL,
        pending_secret bytea,
        pending_at timestamptz,
        CONSTRAINT totp_authenticators_pkey PRIMARY KEY (workspace_id, user_id),
        CONSTRAINT totp_authenticators_workspace_id_user_id_fkey FOREIGN KEY (workspace_id, user_id)
            REFERENCES users (workspace_id, id) ON DELETE CASCADE,
        CONSTRAINT totp_authenticators_pending_at_check
            CHECK ((pending_secret IS NULL) = (pending_at IS NULL))
    );
    CREATE TABLE recovery_codes (
        workspace_id uuid NOT NULL,
        id uuid DEFAULT uuidv7() NOT NULL,
        user_id uuid NOT NULL,
        digest bytea NOT NULL,
        created_at timestamptz DEFAULT now() NOT NULL,
        used_at timestamptz,
        CONSTRAINT recovery_codes_pkey PRIMARY KEY (workspace_id, id),
        CONSTRAINT recovery_codes_workspace_id_user_id_fkey FOREIGN KEY (workspace_id, user_id)
            REFERENCES users (workspace_id, id) ON DELETE CASCADE,
        CONSTRAINT recovery_codes_workspace_id_user_id_digest_key UNIQUE (workspace_id, user_id, digest)
    );
    CREATE TABLE sign_in_challenges (
        workspace_id uuid NOT NULL,
        id uuid DEFAULT uuidv7() NOT NULL,
        user_id uuid NOT NULL,
        digest bytea NOT NULL,
        created_at timestamptz DEFAULT now() NOT NULL,
        expires_at timestamptz NOT NULL,
        CONSTRAINT sign_in_challenges_pkey PRIMARY KEY (workspace_id, id),
        CONSTRAINT sign_in_challenges_workspace_id_user_id_fkey FOREIGN KEY (workspace_id, user_id)
            REFERENCES users (workspace_id, id) ON DELETE CASCADE,
        CONSTRAINT sign_in_challenges_workspace_id_digest_key UNIQUE (workspace_id, digest)
    );
    CREATE INDEX sign_in_challenges_workspace_id_user_id_idx ON sign_in_challenges (workspace_id, user_id);
    CREATE INDEX sign_in_challenges_expires_at_idx ON sign_in_challenges (expires_at);
    CREATE INDEX sign_in_challenges_digest_idx ON sign_in_challenges (digest);
    ALTER TABLE workspaces ADD two_step_required_of text DEFAULT 'nobody' NOT NULL
        CONSTRAINT workspaces_two_step_required_of_check CHECK (two_step_required_of IN ('nobody', 'staff'));
    ALTER TABLE refresh_tokens ADD vouched boolean DEFAULT false NOT NULL;
    ALTER TABLE users ADD two_step_enabled_at timestamptz;
"""


def upgrade() -> None:
    drop_what_changed()
    op.execute(TABLES)
    secure("totp_authenticators", app="SELECT, INSERT, UPDATE, DELETE")
    secure("recovery_codes", app="SELECT, INSERT, UPDATE, DELETE")
    # Who deletes also has UPDATE: locking a row to skip it where another holds it asks for that.
    secure("sign_in_challenges", app="SELECT, INSERT, DELETE", definer="SELECT, UPDATE, DELETE")


def downgrade() -> None:
    drop_what_changed()
    op.execute("DROP FUNCTION IF EXISTS fn_sign_in_challenge_owner(bytea)")
    op.execute("DROP TABLE totp_authenticators, recovery_codes, sign_in_challenges")
    op.execute("ALTER TABLE workspaces DROP two_step_required_of")
    op.execute("ALTER TABLE refresh_tokens DROP vouched")
    op.execute("ALTER TABLE users DROP two_step_enabled_at")


def drop_what_changed() -> None:
    """Functions of other parameters or columns before and after; they are installed again at the end."""
    op.execute("DROP FUNCTION IF EXISTS fn_enter(uuid, uuid)")
    op.execute("DROP FUNCTION IF EXISTS fn_enter(uuid, uuid, uuid)")
