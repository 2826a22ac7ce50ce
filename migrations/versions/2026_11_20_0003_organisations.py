"""Organisations: customers that belong together, by hand or by their email domain, and what they see."""

from alembic import op

from migrations.tenancy import secure

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APP_RIGHTS = {
    "organisations": "SELECT, INSERT, UPDATE",
    "organisation_domains": "SELECT, INSERT, DELETE",
}


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE organisations (
            workspace_id uuid NOT NULL,
            id uuid NOT NULL DEFAULT uuidv7(),
            name text NOT NULL,
            notes text,
            shared_tickets boolean,
            created_at timestamptz NOT NULL DEFAULT now(),
            updated_at timestamptz NOT NULL DEFAULT now(),
            deleted_at timestamptz,
            CONSTRAINT organisations_pkey PRIMARY KEY (workspace_id, id),
            CONSTRAINT organisations_workspace_id_fkey FOREIGN KEY (workspace_id)
                REFERENCES workspaces (id) ON DELETE CASCADE
        );
        CREATE UNIQUE INDEX organisations_workspace_id_name_key ON organisations (workspace_id, name)
            WHERE deleted_at IS NULL;

        CREATE TABLE organisation_domains (
            workspace_id uuid NOT NULL,
            domain text NOT NULL,
            organisation_id uuid NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT organisation_domains_pkey PRIMARY KEY (workspace_id, domain),
            CONSTRAINT organisation_domains_workspace_id_organisation_id_fkey
                FOREIGN KEY (workspace_id, organisation_id)
                REFERENCES organisations (workspace_id, id) ON DELETE CASCADE,
            CONSTRAINT organisation_domains_domain_normalised_check CHECK (domain = lower(domain))
        );
        CREATE INDEX organisation_domains_workspace_id_organisation_id_idx
            ON organisation_domains (workspace_id, organisation_id);

        ALTER TABLE workspaces ADD COLUMN customers_see_organisation boolean NOT NULL DEFAULT false;

        ALTER TABLE users
            ADD COLUMN organisation_id uuid,
            ADD COLUMN organisation_by text,
            ADD CONSTRAINT users_workspace_id_organisation_id_fkey FOREIGN KEY (workspace_id, organisation_id)
                REFERENCES organisations (workspace_id, id) ON DELETE SET NULL (organisation_id),
            ADD CONSTRAINT users_organisation_by_check CHECK (organisation_by IN ('domain', 'hand')),
            ADD CONSTRAINT users_organisation_of_customers_check
                CHECK (organisation_id IS NULL OR role = 'customer');
        CREATE INDEX users_workspace_id_organisation_id_idx ON users (workspace_id, organisation_id, name, id)
            WHERE deleted_at IS NULL AND organisation_id IS NOT NULL;

        ALTER TABLE tickets
            ADD COLUMN organisation_id uuid,
            ADD CONSTRAINT tickets_workspace_id_organisation_id_fkey
                FOREIGN KEY (workspace_id, organisation_id)
                REFERENCES organisations (workspace_id, id) ON DELETE SET NULL (organisation_id);
        CREATE INDEX tickets_workspace_id_organisation_id_idx
            ON tickets (workspace_id, organisation_id, created_at, id) WHERE organisation_id IS NOT NULL;
        """
    )
    for table, rights in APP_RIGHTS.items():
        secure(table, app=rights)
    drop_what_answers_otherwise()


def downgrade() -> None:
    op.execute(
        """
        ALTER TABLE tickets DROP COLUMN organisation_id;
        ALTER TABLE users DROP COLUMN organisation_id, DROP COLUMN organisation_by;
        ALTER TABLE workspaces DROP COLUMN customers_see_organisation;
        DROP TABLE organisation_domains, organisations;
        """
    )
    drop_what_answers_otherwise()


def drop_what_answers_otherwise() -> None:
    """Its result has another shape, which CREATE OR REPLACE refuses; env.py installs it anew."""
    op.execute("DROP FUNCTION IF EXISTS fn_enter(uuid, uuid)")
    op.execute("DROP FUNCTION IF EXISTS fn_enter(uuid, uuid, uuid)")
