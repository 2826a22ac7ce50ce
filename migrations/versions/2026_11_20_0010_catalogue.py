"""Categories, tags and fields of a desk."""

from alembic import op

from migrations.tenancy import secure

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE categories (
            workspace_id uuid NOT NULL,
            id uuid NOT NULL DEFAULT uuidv7(),
            name text NOT NULL,
            key text NOT NULL,
            subcategories text[] NOT NULL DEFAULT '{}',
            team_id uuid,
            position integer NOT NULL,
            active boolean NOT NULL DEFAULT true,
            created_at timestamptz NOT NULL DEFAULT now(),
            updated_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT categories_pkey PRIMARY KEY (workspace_id, id),
            CONSTRAINT categories_workspace_id_fkey FOREIGN KEY (workspace_id)
                REFERENCES workspaces (id) ON DELETE CASCADE,
            CONSTRAINT categories_workspace_id_team_id_fkey FOREIGN KEY (workspace_id, team_id)
                REFERENCES teams (workspace_id, id) ON DELETE SET NULL (team_id),
            CONSTRAINT categories_workspace_id_key_key UNIQUE (workspace_id, key)
        );
        ALTER TABLE workspaces ADD COLUMN categories_only boolean NOT NULL DEFAULT false;
        """
    )
    secure("categories", app="SELECT, INSERT, UPDATE, DELETE")


def downgrade() -> None:
    op.execute(
        """
        ALTER TABLE workspaces DROP COLUMN categories_only;
        DROP TABLE categories;
        """
    )
