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

        CREATE TABLE ticket_tags (
            workspace_id uuid NOT NULL,
            tag text COLLATE "C" NOT NULL,
            ticket_id uuid NOT NULL,
            CONSTRAINT ticket_tags_pkey PRIMARY KEY (workspace_id, tag, ticket_id),
            CONSTRAINT ticket_tags_workspace_id_ticket_id_fkey FOREIGN KEY (workspace_id, ticket_id)
                REFERENCES tickets (workspace_id, id) ON DELETE CASCADE
        );
        CREATE INDEX ticket_tags_workspace_id_ticket_id_idx ON ticket_tags (workspace_id, ticket_id);
        CREATE OR REPLACE FUNCTION fn_keep_ticket_tags() RETURNS trigger
            LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
        CREATE TRIGGER keep_tags_of_new AFTER INSERT ON tickets
            FOR EACH ROW WHEN (NEW.tags <> '{}') EXECUTE FUNCTION fn_keep_ticket_tags();
        CREATE TRIGGER keep_tags AFTER UPDATE OF tags ON tickets
            FOR EACH ROW WHEN (NEW.tags IS DISTINCT FROM OLD.tags) EXECUTE FUNCTION fn_keep_ticket_tags();

        CREATE TABLE custom_fields (
            workspace_id uuid NOT NULL,
            id uuid NOT NULL DEFAULT uuidv7(),
            key text NOT NULL,
            name text NOT NULL,
            type text NOT NULL,
            options text[] NOT NULL DEFAULT '{}',
            required_for text[] NOT NULL DEFAULT '{}',
            position integer NOT NULL,
            active boolean NOT NULL DEFAULT true,
            visible_to_customers boolean NOT NULL DEFAULT false,
            editable_by_customers boolean NOT NULL DEFAULT false,
            created_at timestamptz NOT NULL DEFAULT now(),
            updated_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT custom_fields_pkey PRIMARY KEY (workspace_id, id),
            CONSTRAINT custom_fields_workspace_id_fkey FOREIGN KEY (workspace_id)
                REFERENCES workspaces (id) ON DELETE CASCADE,
            CONSTRAINT custom_fields_workspace_id_key_key UNIQUE (workspace_id, key),
            CONSTRAINT custom_fields_type_check
                CHECK (type IN ('text', 'number', 'date', 'boolean', 'select', 'multi_select')),
            CONSTRAINT custom_fields_key_check CHECK (key ~ '^[a-z][a-z0-9_]{0,39}$')
        );
        CREATE TABLE ticket_field_values (
            workspace_id uuid NOT NULL,
            digest bytea NOT NULL,
            ticket_id uuid NOT NULL,
            CONSTRAINT ticket_field_values_pkey PRIMARY KEY (workspace_id, digest, ticket_id),
            CONSTRAINT ticket_field_values_workspace_id_ticket_id_fkey FOREIGN KEY (workspace_id, ticket_id)
                REFERENCES tickets (workspace_id, id) ON DELETE CASCADE
        );
        CREATE INDEX ticket_field_values_workspace_id_ticket_id_idx
            ON ticket_field_values (workspace_id, ticket_id);
        CREATE OR REPLACE FUNCTION fn_keep_field_values() RETURNS trigger
            LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
        CREATE TRIGGER keep_field_values_of_new AFTER INSERT ON tickets
            FOR EACH ROW WHEN (NEW.custom_fields <> '{}') EXECUTE FUNCTION fn_keep_field_values();
        CREATE TRIGGER keep_field_values AFTER UPDATE OF custom_fields ON tickets
            FOR EACH ROW WHEN (NEW.custom_fields IS DISTINCT FROM OLD.custom_fields)
            EXECUTE FUNCTION fn_keep_field_values();
        """
    )
    op.execute(
        """
        INSERT INTO ticket_tags (workspace_id, tag, ticket_id)
        SELECT t.workspace_id, g.tag, t.id FROM tickets t CROSS JOIN LATERAL unnest(t.tags) AS g(tag)
        ON CONFLICT DO NOTHING;
        INSERT INTO ticket_field_values (workspace_id, digest, ticket_id)
        SELECT DISTINCT t.workspace_id, sha256(convert_to(CASE
            WHEN jsonb_typeof(v.value) = 'number'
            THEN jsonb_build_array(f.key, trim_scale((v.value #>> '{}')::numeric))
            ELSE jsonb_build_array(f.key, v.value) END::text, 'UTF8')), t.id
        FROM tickets t
        CROSS JOIN LATERAL jsonb_each(t.custom_fields) f
        CROSS JOIN LATERAL jsonb_array_elements(
            CASE jsonb_typeof(f.value) WHEN 'array' THEN f.value ELSE jsonb_build_array(f.value) END) v
        WHERE jsonb_typeof(v.value) IN ('string', 'number', 'boolean');
        """
    )
    secure("categories", app="SELECT, INSERT, UPDATE, DELETE")
    secure("custom_fields", app="SELECT, INSERT, UPDATE, DELETE")
    secure("ticket_field_values", app="SELECT, INSERT, DELETE", definer="SELECT, INSERT, DELETE")
    secure("ticket_tags", app="SELECT, INSERT, DELETE", definer="SELECT, INSERT, DELETE")


def downgrade() -> None:
    op.execute(
        """
        ALTER TABLE workspaces DROP COLUMN categories_only;
        DROP TRIGGER keep_tags ON tickets;
        DROP TRIGGER keep_tags_of_new ON tickets;
        DROP FUNCTION fn_keep_ticket_tags();
        DROP TRIGGER keep_field_values ON tickets;
        DROP TRIGGER keep_field_values_of_new ON tickets;
        DROP FUNCTION fn_keep_field_values();
        DROP FUNCTION IF EXISTS fn_field_digest(jsonb);
        DROP TABLE categories, custom_fields, ticket_field_values, ticket_tags;
        """
    )
