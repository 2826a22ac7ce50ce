"""Signing in with an OpenID provider."""

from alembic import op

from migrations.tenancy import secure

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE oidc_providers (
            workspace_id uuid NOT NULL,
            issuer text NOT NULL,
            client_id text NOT NULL,
            client_secret bytea,
            scopes text[] NOT NULL,
            redirect_uris text[] NOT NULL,
            role_claim text,
            role_mapping jsonb DEFAULT '{}' NOT NULL,
            default_role text,
            create_users boolean DEFAULT false NOT NULL,
            email_domains text[] DEFAULT '{}' NOT NULL,
            email_verified_claim text DEFAULT 'email_verified' NOT NULL,
            enabled boolean DEFAULT true NOT NULL,
            authorization_endpoint text NOT NULL,
            token_endpoint text NOT NULL,
            jwks_uri text NOT NULL,
            client_authentication text NOT NULL,
            sends_issuer boolean DEFAULT false NOT NULL,
            discovered_at timestamptz DEFAULT now() NOT NULL,
            created_at timestamptz DEFAULT now() NOT NULL,
            updated_at timestamptz DEFAULT now() NOT NULL,
            CONSTRAINT oidc_providers_pkey PRIMARY KEY (workspace_id),
            CONSTRAINT oidc_providers_workspace_id_fkey
                FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
            CONSTRAINT oidc_providers_default_role_check
                CHECK (default_role IN ('admin', 'dispatcher', 'agent', 'customer')),
            CONSTRAINT oidc_providers_client_authentication_check
                CHECK (client_authentication IN ('client_secret_basic', 'client_secret_post')),
            CONSTRAINT oidc_providers_redirect_uris_check CHECK (cardinality(redirect_uris) > 0)
        );
        CREATE TABLE oidc_identities (
            workspace_id uuid NOT NULL,
            id uuid DEFAULT uuidv7() NOT NULL,
            user_id uuid NOT NULL,
            issuer text NOT NULL,
            subject text NOT NULL,
            created_at timestamptz DEFAULT now() NOT NULL,
            last_used_at timestamptz DEFAULT now() NOT NULL,
            CONSTRAINT oidc_identities_pkey PRIMARY KEY (workspace_id, id),
            CONSTRAINT oidc_identities_workspace_id_user_id_fkey
                FOREIGN KEY(workspace_id, user_id) REFERENCES users (workspace_id, id) ON DELETE CASCADE,
            CONSTRAINT oidc_identities_workspace_id_issuer_subject_key UNIQUE (workspace_id, issuer, subject),
            CONSTRAINT oidc_identities_workspace_id_user_id_issuer_key UNIQUE (workspace_id, user_id, issuer)
        );
        CREATE TABLE oidc_sign_ins (
            workspace_id uuid NOT NULL,
            id uuid DEFAULT uuidv7() NOT NULL,
            issuer text NOT NULL,
            redirect_uri text NOT NULL,
            state_digest bytea NOT NULL,
            binding_digest bytea NOT NULL,
            nonce_digest bytea NOT NULL,
            verifier bytea NOT NULL,
            created_at timestamptz DEFAULT now() NOT NULL,
            expires_at timestamptz NOT NULL,
            used_at timestamptz,
            CONSTRAINT oidc_sign_ins_pkey PRIMARY KEY (workspace_id, id),
            CONSTRAINT oidc_sign_ins_workspace_id_fkey
                FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
            CONSTRAINT oidc_sign_ins_workspace_id_state_digest_key UNIQUE (workspace_id, state_digest)
        );
        CREATE INDEX oidc_sign_ins_expires_at_idx ON oidc_sign_ins (expires_at);
        CREATE INDEX oidc_sign_ins_state_digest_idx ON oidc_sign_ins (state_digest);
        """
    )
    secure("oidc_providers", app="SELECT, INSERT, UPDATE, DELETE")
    secure("oidc_identities", app="SELECT, INSERT, UPDATE, DELETE")
    # Who deletes also has UPDATE: locking a row to skip it where another holds it asks for that.
    secure("oidc_sign_ins", app="SELECT, INSERT, UPDATE", definer="SELECT, UPDATE, DELETE")


def downgrade() -> None:
    op.execute("DROP FUNCTION IF EXISTS fn_oidc_sign_in_workspace(bytea)")
    op.execute("DROP TABLE oidc_sign_ins, oidc_identities, oidc_providers")
