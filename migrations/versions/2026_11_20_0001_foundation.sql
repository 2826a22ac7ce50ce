CREATE TABLE workspaces (
    id uuid DEFAULT uuidv7() NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    timezone text DEFAULT 'UTC' NOT NULL,
    language text DEFAULT 'en' NOT NULL,
    label_prefix text DEFAULT 'TKT' NOT NULL,
    agent_visibility text DEFAULT 'teams' NOT NULL,
    reopen_window_days integer DEFAULT '7' NOT NULL,
    customer_signup boolean DEFAULT false NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT workspaces_pkey PRIMARY KEY (id),
    CONSTRAINT workspaces_slug_key UNIQUE (slug),
    CONSTRAINT workspaces_language_check CHECK (language IN ('en', 'es')),
    CONSTRAINT workspaces_agent_visibility_check CHECK (agent_visibility IN ('teams', 'all')),
    CONSTRAINT workspaces_reopen_window_days_check CHECK (reopen_window_days BETWEEN 0 AND 365),
    CONSTRAINT workspaces_label_prefix_check CHECK (label_prefix ~ '^[A-Z][A-Z0-9]{0,9}$'),
    CONSTRAINT workspaces_slug_check CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$')
);

CREATE TABLE users (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    status text DEFAULT 'active' NOT NULL,
    password_hash text,
    email_verified_at timestamptz,
    document_id text,
    phone text,
    has_whatsapp boolean,
    company text,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    deactivated_at timestamptz,
    deleted_at timestamptz,
    CONSTRAINT users_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT users_workspace_id_fkey FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT users_role_check CHECK (role IN ('admin', 'dispatcher', 'agent', 'customer')),
    CONSTRAINT users_status_check CHECK (status IN ('active', 'invited', 'contact', 'deactivated')),
    CONSTRAINT users_email_normalised_check CHECK (email = lower(email))
);
CREATE INDEX users_email_idx ON users (email) WHERE deleted_at IS NULL AND password_hash IS NOT NULL;
CREATE INDEX users_workspace_id_created_at_idx ON users (workspace_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX users_workspace_id_dispatchers_idx ON users (workspace_id) WHERE role IN ('admin', 'dispatcher') AND deleted_at IS NULL;
CREATE UNIQUE INDEX users_workspace_id_email_key ON users (workspace_id, email) WHERE deleted_at IS NULL;
CREATE INDEX users_workspace_id_name_idx ON users (workspace_id, name, id) WHERE deleted_at IS NULL;

CREATE TABLE teams (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    name text NOT NULL,
    is_default boolean DEFAULT false NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    deleted_at timestamptz,
    CONSTRAINT teams_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT teams_workspace_id_fkey FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX teams_workspace_id_default_key ON teams (workspace_id) WHERE is_default;
CREATE UNIQUE INDEX teams_workspace_id_name_key ON teams (workspace_id, name) WHERE deleted_at IS NULL;

CREATE TABLE team_members (
    workspace_id uuid NOT NULL,
    team_id uuid NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT team_members_pkey PRIMARY KEY (workspace_id, team_id, user_id),
    CONSTRAINT team_members_workspace_id_team_id_fkey FOREIGN KEY(workspace_id, team_id) REFERENCES teams (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT team_members_workspace_id_user_id_fkey FOREIGN KEY(workspace_id, user_id) REFERENCES users (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX team_members_workspace_id_user_id_idx ON team_members (workspace_id, user_id);

CREATE TABLE api_keys (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    token_id uuid NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    scopes text[] NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    expires_at timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT api_keys_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT api_keys_workspace_id_fkey FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT api_keys_workspace_id_created_by_fkey FOREIGN KEY(workspace_id, created_by) REFERENCES users (workspace_id, id),
    CONSTRAINT api_keys_role_check CHECK (role IN ('admin', 'dispatcher', 'agent')),
    CONSTRAINT api_keys_scopes_check CHECK (scopes <@ ARRAY['read', 'write'] AND cardinality(scopes) > 0)
);
CREATE INDEX api_keys_workspace_id_created_at_idx ON api_keys (workspace_id, created_at, id);

CREATE TABLE api_key_teams (
    workspace_id uuid NOT NULL,
    api_key_id uuid NOT NULL,
    team_id uuid NOT NULL,
    CONSTRAINT api_key_teams_pkey PRIMARY KEY (workspace_id, api_key_id, team_id),
    CONSTRAINT api_key_teams_workspace_id_api_key_id_fkey FOREIGN KEY(workspace_id, api_key_id) REFERENCES api_keys (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT api_key_teams_workspace_id_team_id_fkey FOREIGN KEY(workspace_id, team_id) REFERENCES teams (workspace_id, id) ON DELETE CASCADE
);

CREATE TABLE refresh_tokens (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    user_id uuid NOT NULL,
    family_id uuid NOT NULL,
    digest bytea NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT refresh_tokens_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT refresh_tokens_workspace_id_user_id_fkey FOREIGN KEY(workspace_id, user_id) REFERENCES users (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT refresh_tokens_workspace_id_digest_key UNIQUE (workspace_id, digest)
);
CREATE INDEX refresh_tokens_digest_idx ON refresh_tokens (digest);
CREATE INDEX refresh_tokens_expires_at_idx ON refresh_tokens (expires_at);
CREATE INDEX refresh_tokens_workspace_id_family_id_idx ON refresh_tokens (workspace_id, family_id);
CREATE INDEX refresh_tokens_workspace_id_user_id_idx ON refresh_tokens (workspace_id, user_id);

CREATE TABLE invitations (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    user_id uuid NOT NULL,
    invited_by uuid,
    created_at timestamptz DEFAULT now() NOT NULL,
    sent_at timestamptz DEFAULT now() NOT NULL,
    expires_at timestamptz NOT NULL,
    accepted_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT invitations_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT invitations_workspace_id_user_id_fkey FOREIGN KEY(workspace_id, user_id) REFERENCES users (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT invitations_workspace_id_invited_by_fkey FOREIGN KEY(workspace_id, invited_by) REFERENCES users (workspace_id, id),
    CONSTRAINT invitations_workspace_id_user_id_key UNIQUE (workspace_id, user_id)
);
CREATE INDEX invitations_workspace_id_created_at_idx ON invitations (workspace_id, created_at, id);

CREATE TABLE sign_ups (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    password_hash text,
    created_at timestamptz DEFAULT now() NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT sign_ups_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT sign_ups_workspace_id_user_id_fkey FOREIGN KEY(workspace_id, user_id) REFERENCES users (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX sign_ups_expires_at_idx ON sign_ups (expires_at);
CREATE INDEX sign_ups_workspace_id_user_id_idx ON sign_ups (workspace_id, user_id);

CREATE TABLE one_time_tokens (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    user_id uuid NOT NULL,
    purpose text NOT NULL,
    event_id bigint NOT NULL,
    sign_up_id uuid,
    digest bytea NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT one_time_tokens_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT one_time_tokens_workspace_id_user_id_fkey FOREIGN KEY(workspace_id, user_id) REFERENCES users (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT one_time_tokens_workspace_id_sign_up_id_fkey FOREIGN KEY(workspace_id, sign_up_id) REFERENCES sign_ups (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT one_time_tokens_workspace_id_digest_key UNIQUE (workspace_id, digest),
    CONSTRAINT one_time_tokens_workspace_id_event_id_key UNIQUE (workspace_id, event_id),
    CONSTRAINT one_time_tokens_purpose_check CHECK (purpose IN ('invitation', 'password_reset', 'email_verification'))
);
CREATE INDEX one_time_tokens_digest_idx ON one_time_tokens (digest);
CREATE INDEX one_time_tokens_expires_at_idx ON one_time_tokens (expires_at);
CREATE INDEX one_time_tokens_workspace_id_user_id_idx ON one_time_tokens (workspace_id, user_id, purpose);

CREATE TABLE calendars (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    name text NOT NULL,
    timezone text DEFAULT 'UTC' NOT NULL,
    weekly jsonb NOT NULL,
    holidays jsonb DEFAULT '[]' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    deleted_at timestamptz,
    CONSTRAINT calendars_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT calendars_workspace_id_fkey FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX calendars_workspace_id_name_key ON calendars (workspace_id, name) WHERE deleted_at IS NULL;

CREATE TABLE sla_policies (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    name text NOT NULL,
    position integer NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    conditions jsonb DEFAULT '{}' NOT NULL,
    targets jsonb NOT NULL,
    calendar_id uuid NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    deleted_at timestamptz,
    CONSTRAINT sla_policies_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT sla_policies_workspace_id_fkey FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT sla_policies_workspace_id_calendar_id_fkey FOREIGN KEY(workspace_id, calendar_id) REFERENCES calendars (workspace_id, id)
);
CREATE INDEX sla_policies_workspace_id_position_idx ON sla_policies (workspace_id, position) WHERE deleted_at IS NULL AND enabled;

CREATE TABLE ticket_counters (
    workspace_id uuid NOT NULL,
    last_number bigint DEFAULT '0' NOT NULL,
    CONSTRAINT ticket_counters_pkey PRIMARY KEY (workspace_id),
    CONSTRAINT ticket_counters_workspace_id_fkey FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

CREATE TABLE tickets (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    number bigint NOT NULL,
    label text NOT NULL,
    subject text NOT NULL,
    description text NOT NULL,
    type text DEFAULT 'question' NOT NULL,
    priority text DEFAULT 'medium' NOT NULL,
    status text DEFAULT 'new' NOT NULL,
    category text,
    subcategory text,
    requester_id uuid NOT NULL,
    assignee_id uuid,
    team_id uuid NOT NULL,
    source text DEFAULT 'api' NOT NULL,
    source_ip INET,
    tags text[] DEFAULT '{}' NOT NULL,
    custom_fields jsonb DEFAULT '{}' NOT NULL,
    version integer DEFAULT '1' NOT NULL,
    last_sequence integer DEFAULT '0' NOT NULL,
    sla_policy_id uuid,
    sla_minutes integer,
    due_at timestamptz,
    merged_into uuid,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    resolved_at timestamptz,
    closed_at timestamptz,
    archived_at timestamptz,
    deleted_at timestamptz,
    CONSTRAINT tickets_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT tickets_workspace_id_fkey FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT tickets_workspace_id_requester_id_fkey FOREIGN KEY(workspace_id, requester_id) REFERENCES users (workspace_id, id),
    CONSTRAINT tickets_workspace_id_assignee_id_fkey FOREIGN KEY(workspace_id, assignee_id) REFERENCES users (workspace_id, id),
    CONSTRAINT tickets_workspace_id_team_id_fkey FOREIGN KEY(workspace_id, team_id) REFERENCES teams (workspace_id, id),
    CONSTRAINT tickets_workspace_id_sla_policy_id_fkey FOREIGN KEY(workspace_id, sla_policy_id) REFERENCES sla_policies (workspace_id, id),
    CONSTRAINT tickets_workspace_id_merged_into_fkey FOREIGN KEY(workspace_id, merged_into) REFERENCES tickets (workspace_id, id),
    CONSTRAINT tickets_workspace_id_number_key UNIQUE (workspace_id, number),
    CONSTRAINT tickets_workspace_id_label_key UNIQUE (workspace_id, label),
    CONSTRAINT tickets_type_check CHECK (type IN ('service_request', 'complaint', 'claim', 'suggestion', 'incident', 'resource_request', 'question')),
    CONSTRAINT tickets_priority_check CHECK (priority IN ('low', 'medium', 'high', 'urgent')),
    CONSTRAINT tickets_status_check CHECK (status IN ('new', 'open', 'pending', 'on_hold', 'resolved', 'closed', 'cancelled')),
    CONSTRAINT tickets_source_check CHECK (source IN ('api', 'public', 'email', 'webhook')),
    CONSTRAINT tickets_subject_check CHECK (char_length(subject) BETWEEN 1 AND 200),
    CONSTRAINT tickets_description_check CHECK (octet_length(description) BETWEEN 1 AND 65536),
    CONSTRAINT tickets_sla_minutes_check CHECK (sla_minutes BETWEEN 1 AND 5256000),
    CONSTRAINT tickets_merged_is_closed_check CHECK (merged_into IS NULL OR status = 'closed'),
    CONSTRAINT tickets_archived_is_finished_check CHECK (archived_at IS NULL OR status IN ('closed', 'cancelled')),
    CONSTRAINT tickets_resolved_at_check CHECK ((resolved_at IS NOT NULL) OR status <> 'resolved'),
    CONSTRAINT tickets_closed_at_check CHECK ((closed_at IS NOT NULL) = (status = 'closed'))
);
CREATE INDEX tickets_workspace_id_assignee_id_idx ON tickets (workspace_id, assignee_id, created_at, id);
CREATE INDEX tickets_workspace_id_created_at_idx ON tickets (workspace_id, created_at, id) WHERE deleted_at IS NULL AND archived_at IS NULL;
CREATE INDEX tickets_workspace_id_due_at_idx ON tickets (workspace_id, due_at, id) WHERE deleted_at IS NULL AND archived_at IS NULL;
CREATE INDEX tickets_workspace_id_requester_id_idx ON tickets (workspace_id, requester_id, created_at, id);
CREATE INDEX tickets_workspace_id_status_idx ON tickets (workspace_id, status, created_at, id) WHERE deleted_at IS NULL AND archived_at IS NULL;
CREATE INDEX tickets_workspace_id_team_id_idx ON tickets (workspace_id, team_id, created_at, id) WHERE deleted_at IS NULL AND archived_at IS NULL;
CREATE INDEX tickets_workspace_id_updated_at_idx ON tickets (workspace_id, updated_at, id) WHERE deleted_at IS NULL AND archived_at IS NULL;

CREATE TABLE ticket_watchers (
    workspace_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT ticket_watchers_pkey PRIMARY KEY (workspace_id, ticket_id, user_id),
    CONSTRAINT ticket_watchers_workspace_id_ticket_id_fkey FOREIGN KEY(workspace_id, ticket_id) REFERENCES tickets (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT ticket_watchers_workspace_id_user_id_fkey FOREIGN KEY(workspace_id, user_id) REFERENCES users (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX ticket_watchers_workspace_id_user_id_idx ON ticket_watchers (workspace_id, user_id);

CREATE TABLE ticket_links (
    workspace_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    kind text NOT NULL,
    other_id uuid NOT NULL,
    created_by uuid,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT ticket_links_pkey PRIMARY KEY (workspace_id, ticket_id, kind, other_id),
    CONSTRAINT ticket_links_workspace_id_ticket_id_fkey FOREIGN KEY(workspace_id, ticket_id) REFERENCES tickets (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT ticket_links_workspace_id_other_id_fkey FOREIGN KEY(workspace_id, other_id) REFERENCES tickets (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT ticket_links_workspace_id_created_by_fkey FOREIGN KEY(workspace_id, created_by) REFERENCES users (workspace_id, id),
    CONSTRAINT ticket_links_kind_check CHECK (kind IN ('follow_up')),
    CONSTRAINT ticket_links_other_check CHECK (ticket_id <> other_id)
);
CREATE INDEX ticket_links_workspace_id_other_id_idx ON ticket_links (workspace_id, other_id);

CREATE TABLE comments (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    ticket_id uuid NOT NULL,
    author_id uuid,
    api_key_id uuid,
    visibility text DEFAULT 'public' NOT NULL,
    body text NOT NULL,
    source text DEFAULT 'api' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    edited_at timestamptz,
    deleted_at timestamptz,
    CONSTRAINT comments_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT comments_workspace_id_ticket_id_fkey FOREIGN KEY(workspace_id, ticket_id) REFERENCES tickets (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT comments_workspace_id_author_id_fkey FOREIGN KEY(workspace_id, author_id) REFERENCES users (workspace_id, id),
    CONSTRAINT comments_workspace_id_api_key_id_fkey FOREIGN KEY(workspace_id, api_key_id) REFERENCES api_keys (workspace_id, id),
    CONSTRAINT comments_visibility_check CHECK (visibility IN ('public', 'internal')),
    CONSTRAINT comments_source_check CHECK (source IN ('api', 'public', 'email', 'webhook')),
    CONSTRAINT comments_body_check CHECK (octet_length(body) BETWEEN 1 AND 65536),
    CONSTRAINT comments_one_author_check CHECK (author_id IS NULL OR api_key_id IS NULL)
);
CREATE INDEX comments_workspace_id_ticket_id_idx ON comments (workspace_id, ticket_id, created_at, id);

CREATE TABLE timeline_entries (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    ticket_id uuid NOT NULL,
    sequence integer NOT NULL,
    action text NOT NULL,
    actor_type text NOT NULL,
    actor_id uuid,
    changes jsonb DEFAULT '{}' NOT NULL,
    meta jsonb DEFAULT '{}' NOT NULL,
    internal boolean DEFAULT false NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT timeline_entries_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT timeline_entries_workspace_id_ticket_id_fkey FOREIGN KEY(workspace_id, ticket_id) REFERENCES tickets (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT timeline_entries_workspace_id_ticket_id_sequence_key UNIQUE (workspace_id, ticket_id, sequence),
    CONSTRAINT timeline_entries_actor_type_check CHECK (actor_type IN ('user', 'api_key', 'contact', 'system'))
);

CREATE TABLE sla_targets (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    ticket_id uuid NOT NULL,
    metric text NOT NULL,
    cycle integer DEFAULT '1' NOT NULL,
    policy_id uuid,
    calendar_id uuid NOT NULL,
    minutes DOUBLE PRECISION NOT NULL,
    started_at timestamptz NOT NULL,
    due_at timestamptz,
    paused_at timestamptz,
    paused_intervals jsonb DEFAULT '[]' NOT NULL,
    fulfilled_at timestamptz,
    ended_at timestamptz,
    breached_at timestamptz,
    CONSTRAINT sla_targets_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT sla_targets_workspace_id_ticket_id_fkey FOREIGN KEY(workspace_id, ticket_id) REFERENCES tickets (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT sla_targets_workspace_id_policy_id_fkey FOREIGN KEY(workspace_id, policy_id) REFERENCES sla_policies (workspace_id, id),
    CONSTRAINT sla_targets_workspace_id_calendar_id_fkey FOREIGN KEY(workspace_id, calendar_id) REFERENCES calendars (workspace_id, id),
    CONSTRAINT sla_targets_workspace_id_ticket_id_metric_cycle_key UNIQUE (workspace_id, ticket_id, metric, cycle),
    CONSTRAINT sla_targets_metric_check CHECK (metric IN ('first_response', 'next_response', 'resolution', 'team_resolution')),
    CONSTRAINT sla_targets_one_end_check CHECK (fulfilled_at IS NULL OR ended_at IS NULL)
);
CREATE INDEX sla_targets_running_idx ON sla_targets (workspace_id, calendar_id) WHERE fulfilled_at IS NULL AND ended_at IS NULL;

CREATE TABLE sla_steps (
    workspace_id uuid NOT NULL,
    target_id uuid NOT NULL,
    kind text NOT NULL,
    step integer NOT NULL,
    ticket_id uuid NOT NULL,
    at timestamptz,
    fired_at timestamptz,
    CONSTRAINT sla_steps_pkey PRIMARY KEY (workspace_id, target_id, kind, step),
    CONSTRAINT sla_steps_workspace_id_target_id_fkey FOREIGN KEY(workspace_id, target_id) REFERENCES sla_targets (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT sla_steps_workspace_id_ticket_id_fkey FOREIGN KEY(workspace_id, ticket_id) REFERENCES tickets (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT sla_steps_kind_check CHECK (kind IN ('warning', 'breach'))
);
CREATE INDEX sla_steps_due_idx ON sla_steps (at) WHERE fired_at IS NULL AND at IS NOT NULL;

CREATE TABLE events (
    workspace_id uuid NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    xact_id xid8 DEFAULT pg_current_xact_id() NOT NULL,
    ticket_id uuid,
    sequence integer,
    type text NOT NULL,
    internal boolean DEFAULT false NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    leased_until timestamptz DEFAULT now() + interval '10 seconds' NOT NULL,
    sent_at timestamptz,
    CONSTRAINT events_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT events_workspace_id_fkey FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT events_workspace_id_ticket_id_sequence_key UNIQUE (workspace_id, ticket_id, sequence)
);
CREATE INDEX events_created_at_idx ON events (created_at);
CREATE INDEX events_unsent_idx ON events (id) WHERE sent_at IS NULL;
CREATE INDEX events_workspace_id_xact_id_idx ON events (workspace_id, xact_id, id);

CREATE TABLE idempotency_keys (
    workspace_id uuid NOT NULL,
    principal text NOT NULL,
    method text NOT NULL,
    path text NOT NULL,
    key text NOT NULL,
    request_digest text NOT NULL,
    status integer,
    headers jsonb,
    body text,
    expires_at timestamptz NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (workspace_id, principal, method, path, key),
    CONSTRAINT idempotency_keys_workspace_id_fkey FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX idempotency_keys_expires_at_idx ON idempotency_keys (expires_at);

CREATE UNLOGGED TABLE rate_limits (
    bucket text NOT NULL,
    window_ends_at timestamptz NOT NULL,
    hits integer NOT NULL,
    CONSTRAINT rate_limits_pkey PRIMARY KEY (bucket)
);
CREATE INDEX rate_limits_window_ends_at_idx ON rate_limits (window_ends_at);

CREATE TABLE notifications (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    event_id bigint NOT NULL,
    user_id uuid NOT NULL,
    ticket_id uuid,
    sequence integer,
    kind text NOT NULL,
    topic text,
    status text DEFAULT 'claimed' NOT NULL,
    message_id text NOT NULL,
    provider_id text,
    created_at timestamptz DEFAULT now() NOT NULL,
    claimed_at timestamptz DEFAULT now() NOT NULL,
    sent_at timestamptz,
    CONSTRAINT notifications_pkey PRIMARY KEY (workspace_id, id),
    CONSTRAINT notifications_workspace_id_user_id_fkey FOREIGN KEY(workspace_id, user_id) REFERENCES users (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT notifications_workspace_id_ticket_id_fkey FOREIGN KEY(workspace_id, ticket_id) REFERENCES tickets (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT notifications_workspace_id_event_id_user_id_key UNIQUE (workspace_id, event_id, user_id),
    CONSTRAINT notifications_status_check CHECK (status IN ('claimed', 'sent', 'superseded', 'failed'))
);
CREATE INDEX notifications_workspace_id_ticket_id_idx ON notifications (workspace_id, ticket_id, user_id, topic, sequence);

CREATE TABLE audit_log (
    workspace_id uuid NOT NULL,
    sequence bigint NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    action text NOT NULL,
    actor_type text NOT NULL,
    actor_id uuid,
    address text,
    request_id text,
    target_type text NOT NULL,
    target_id uuid NOT NULL,
    before jsonb,
    after jsonb,
    created_at timestamptz DEFAULT now() NOT NULL,
    salt bytea,
    digest bytea NOT NULL,
    previous bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_log_pkey PRIMARY KEY (workspace_id, sequence),
    CONSTRAINT audit_log_workspace_id_fkey FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
    CONSTRAINT audit_log_workspace_id_id_key UNIQUE (workspace_id, id),
    CONSTRAINT audit_log_actor_type_check CHECK (actor_type IN ('user', 'api_key', 'contact', 'system', 'anonymous'))
);
CREATE INDEX audit_log_workspace_id_actor_id_idx ON audit_log (workspace_id, actor_id, sequence);
CREATE INDEX audit_log_workspace_id_target_id_idx ON audit_log (workspace_id, target_id, sequence);

CREATE TABLE audit_heads (
    workspace_id uuid NOT NULL,
    sequence bigint DEFAULT '0' NOT NULL,
    hash bytea NOT NULL,
    anchored_sequence bigint DEFAULT '0' NOT NULL,
    anchored_at timestamptz,
    CONSTRAINT audit_heads_pkey PRIMARY KEY (workspace_id),
    CONSTRAINT audit_heads_workspace_id_fkey FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);
