"""Texts of a workspace's own."""

from alembic import op

from migrations.tenancy import secure

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE mail_templates (
            workspace_id uuid NOT NULL,
            id uuid NOT NULL DEFAULT uuidv7(),
            kind text NOT NULL,
            language text NOT NULL,
            version integer NOT NULL DEFAULT 1,
            subject text NOT NULL,
            body_text text NOT NULL,
            body_html text,
            failed_at timestamptz,
            failure text,
            created_at timestamptz NOT NULL DEFAULT now(),
            updated_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT mail_templates_pkey PRIMARY KEY (workspace_id, id),
            CONSTRAINT mail_templates_workspace_id_fkey FOREIGN KEY (workspace_id)
                REFERENCES workspaces (id) ON DELETE CASCADE,
            CONSTRAINT mail_templates_workspace_id_kind_language_key UNIQUE (workspace_id, kind, language),
            CONSTRAINT mail_templates_language_check CHECK (language IN ('en', 'es'))
        )
        """
    )
    secure("mail_templates", app="SELECT, INSERT, UPDATE, DELETE", definer="SELECT, UPDATE, DELETE")


def downgrade() -> None:
    op.execute("DROP TABLE mail_templates")
