"""Satisfaction ratings: what requesters say of the work on their tickets, and when they are asked."""

from alembic import op

from migrations.tenancy import secure

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE workspaces
            ADD COLUMN ratings_enabled boolean DEFAULT true NOT NULL,
            ADD COLUMN rating_delay_hours integer DEFAULT 0 NOT NULL,
            ADD CONSTRAINT workspaces_rating_delay_hours_check CHECK (rating_delay_hours BETWEEN 0 AND 168);
        CREATE TABLE ratings (
            workspace_id uuid NOT NULL,
            id uuid DEFAULT uuidv7() NOT NULL,
            ticket_id uuid NOT NULL,
            cycle integer NOT NULL,
            ended_at timestamptz NOT NULL,
            user_id uuid NOT NULL,
            assignee_id uuid,
            team_id uuid NOT NULL,
            created_at timestamptz DEFAULT now() NOT NULL,
            due_at timestamptz,
            asked_at timestamptz,
            asked_event_id bigint,
            digest bytea,
            mailbox bytea,
            score smallint,
            comment text,
            rated_at timestamptz,
            changed_at timestamptz,
            CONSTRAINT ratings_pkey PRIMARY KEY (workspace_id, id),
            CONSTRAINT ratings_workspace_id_fkey FOREIGN KEY(workspace_id)
                REFERENCES workspaces (id) ON DELETE CASCADE,
            CONSTRAINT ratings_workspace_id_ticket_id_fkey FOREIGN KEY(workspace_id, ticket_id)
                REFERENCES tickets (workspace_id, id) ON DELETE CASCADE,
            CONSTRAINT ratings_workspace_id_user_id_fkey FOREIGN KEY(workspace_id, user_id)
                REFERENCES users (workspace_id, id),
            CONSTRAINT ratings_workspace_id_assignee_id_fkey FOREIGN KEY(workspace_id, assignee_id)
                REFERENCES users (workspace_id, id),
            CONSTRAINT ratings_workspace_id_team_id_fkey FOREIGN KEY(workspace_id, team_id)
                REFERENCES teams (workspace_id, id),
            CONSTRAINT ratings_workspace_id_ticket_id_cycle_key UNIQUE (workspace_id, ticket_id, cycle),
            CONSTRAINT ratings_workspace_id_digest_key UNIQUE (workspace_id, digest),
            CONSTRAINT ratings_cycle_check CHECK (cycle >= 1),
            CONSTRAINT ratings_score_check CHECK (score BETWEEN 1 AND 5),
            CONSTRAINT ratings_comment_check CHECK (char_length(comment) BETWEEN 1 AND 2000),
            CONSTRAINT ratings_rated_check CHECK ((score IS NULL) = (rated_at IS NULL)),
            CONSTRAINT ratings_commented_check CHECK (comment IS NULL OR score IS NOT NULL)
        );
        CREATE INDEX ratings_workspace_id_user_id_idx ON ratings (workspace_id, user_id);
        CREATE INDEX ratings_workspace_id_rated_at_idx ON ratings (workspace_id, rated_at)
            WHERE rated_at IS NOT NULL;
        CREATE INDEX ratings_digest_idx ON ratings (digest);
        CREATE INDEX ratings_due_at_idx ON ratings (due_at) WHERE due_at IS NOT NULL;
        """
    )
    secure("ratings", app="SELECT, INSERT, UPDATE", definer="SELECT, UPDATE")


def downgrade() -> None:
    op.execute(
        """
        DROP FUNCTION IF EXISTS fn_rating_of_link(bytea);
        DROP FUNCTION IF EXISTS fn_ask_for_ratings(integer);
        DROP TABLE ratings;
        ALTER TABLE workspaces DROP COLUMN ratings_enabled, DROP COLUMN rating_delay_hours;
        """
    )
