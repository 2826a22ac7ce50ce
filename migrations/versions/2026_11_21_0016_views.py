"""Views: saved filters, shared or own; and what lists and counts need to be quick."""

from alembic import op

from migrations.tenancy import secure

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE views (
            workspace_id uuid NOT NULL,
            id uuid NOT NULL DEFAULT uuidv7(),
            owner_id uuid,
            team_ids uuid[] NOT NULL DEFAULT '{}',
            name text NOT NULL,
            key text NOT NULL,
            description text,
            filter jsonb NOT NULL DEFAULT '{}',
            sort text NOT NULL DEFAULT '-created_at',
            columns text[] NOT NULL DEFAULT '{}',
            position integer NOT NULL,
            active boolean NOT NULL DEFAULT true,
            created_at timestamptz NOT NULL DEFAULT now(),
            updated_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT views_pkey PRIMARY KEY (workspace_id, id),
            CONSTRAINT views_workspace_id_fkey FOREIGN KEY (workspace_id)
                REFERENCES workspaces (id) ON DELETE CASCADE,
            CONSTRAINT views_workspace_id_owner_id_fkey FOREIGN KEY (workspace_id, owner_id)
                REFERENCES users (workspace_id, id) ON DELETE CASCADE,
            CONSTRAINT views_own_is_of_no_team_check CHECK (owner_id IS NULL OR team_ids = '{}')
        );
        CREATE UNIQUE INDEX views_shared_key_idx ON views (workspace_id, key)
            WHERE owner_id IS NULL AND position('[erased]' in key) = 0;
        CREATE UNIQUE INDEX views_own_key_idx ON views (workspace_id, owner_id, key)
            WHERE owner_id IS NOT NULL AND position('[erased]' in key) = 0;
        CREATE INDEX views_workspace_id_owner_id_idx ON views (workspace_id, owner_id, position, id);
        """
    )
    secure("views", app="SELECT, INSERT, UPDATE, DELETE", definer="SELECT, UPDATE, DELETE")


def downgrade() -> None:
    op.execute(
        """
        DROP TABLE views;
        DROP FUNCTION IF EXISTS fn_default_views(uuid);
        """
    )
