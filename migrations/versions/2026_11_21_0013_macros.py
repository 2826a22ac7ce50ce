"""Macros."""

from alembic import op

from migrations.tenancy import secure

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE macros (
            workspace_id uuid NOT NULL,
            id uuid NOT NULL DEFAULT uuidv7(),
            owner_id uuid,
            name text NOT NULL,
            key text NOT NULL,
            description text,
            actions jsonb NOT NULL,
            position integer NOT NULL,
            active boolean NOT NULL DEFAULT true,
            created_at timestamptz NOT NULL DEFAULT now(),
            updated_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT macros_pkey PRIMARY KEY (workspace_id, id),
            CONSTRAINT macros_workspace_id_fkey FOREIGN KEY (workspace_id)
                REFERENCES workspaces (id) ON DELETE CASCADE,
            CONSTRAINT macros_workspace_id_owner_id_fkey FOREIGN KEY (workspace_id, owner_id)
                REFERENCES users (workspace_id, id) ON DELETE CASCADE,
            CONSTRAINT macros_workspace_id_owner_id_key_key
                UNIQUE NULLS NOT DISTINCT (workspace_id, owner_id, key),
            CONSTRAINT macros_actions_check CHECK (jsonb_typeof(actions) = 'array')
        );
        CREATE TABLE macro_teams (
            workspace_id uuid NOT NULL,
            macro_id uuid NOT NULL,
            team_id uuid NOT NULL,
            CONSTRAINT macro_teams_pkey PRIMARY KEY (workspace_id, macro_id, team_id),
            CONSTRAINT macro_teams_workspace_id_macro_id_fkey FOREIGN KEY (workspace_id, macro_id)
                REFERENCES macros (workspace_id, id) ON DELETE CASCADE,
            CONSTRAINT macro_teams_workspace_id_team_id_fkey FOREIGN KEY (workspace_id, team_id)
                REFERENCES teams (workspace_id, id)
        );
        CREATE INDEX macro_teams_workspace_id_team_id_idx ON macro_teams (workspace_id, team_id);
        """
    )
    secure("macros", app="SELECT, INSERT, UPDATE, DELETE", definer="SELECT, UPDATE, DELETE")
    secure("macro_teams", app="SELECT, INSERT, DELETE")


def downgrade() -> None:
    op.execute("DROP TABLE macro_teams, macros")
