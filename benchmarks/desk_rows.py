"""The rows of desks of any size, a statement a table, all 20 workspaces at once: what desks.py loads.

Half of the tickets are the first workspace's, the rest is spread over the others; they come in the order of
their making, as on a real server. What is in braces desks.py fills in: `{tickets}` is the number of all.
"""

WORKSPACES = 20
TEAMS = 12
AGENTS = 48
ORGANISATIONS = 200
# A desk's life: three years, whatever its size.
LIFE = "interval '1095 days'"
# What a ticket may take: one of twenty is late.
ALLOWED = "CASE WHEN bench.chance(t.number, 25, 20) = 0 THEN interval '1 minute' ELSE interval '30 days' END"

# Chance that is the same in every run: a number below p_below for p_n.
CHANCE = """
    CREATE FUNCTION bench.chance(p_n bigint, p_salt integer, p_below integer) RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT (hashint8(p_n * 64 + p_salt) & 2147483647) % p_below $$
"""
PLACES = """
    CREATE TABLE bench.desks AS
    SELECT n AS place, (fn_make_workspace('desk-' || n, 'Desk ' || n)).workspace_id AS workspace_id
    FROM generate_series(1, {workspaces}) AS n;
    CREATE TABLE bench.shapes AS
    SELECT d.*, CASE WHEN place = 1 THEN {tickets} - {tickets} / 2
        ELSE ({tickets} / 2 + {workspaces} - 1 - place + 1) / ({workspaces} - 1) END AS tickets
    FROM bench.desks d;
"""
STAFF = """
    INSERT INTO teams (workspace_id, name) SELECT workspace_id, 'Team ' || n
    FROM bench.shapes, generate_series(1, {teams} - 1) AS n;
    CREATE TABLE bench.teams AS
    SELECT workspace_id, id, (row_number() OVER (PARTITION BY workspace_id ORDER BY name))::integer AS n
    FROM teams;
    INSERT INTO users (workspace_id, email, name, role)
    SELECT workspace_id, 'agent' || n || '@desk.example', 'Agent ' || n,
        CASE n WHEN 1 THEN 'admin' WHEN 2 THEN 'dispatcher' ELSE 'agent' END
    FROM bench.shapes, generate_series(1, {agents}) AS n;
    CREATE TABLE bench.agents AS
    SELECT u.workspace_id, u.id, substr(split_part(u.email, '@', 1), 6)::integer AS n FROM users u;
    INSERT INTO team_members (workspace_id, team_id, user_id)
    SELECT a.workspace_id, t.id, a.id FROM bench.agents a
    JOIN bench.teams t ON t.workspace_id = a.workspace_id
        AND (t.n = 1 + a.n % {teams}
            OR (a.n % 10 = 4 AND t.n IN (1 + (a.n + 3) % {teams}, 1 + (a.n + 7) % {teams})));
    INSERT INTO custom_fields (workspace_id, key, name, type, options, position)
    SELECT workspace_id, 'product', 'Product', 'select',
        ARRAY(SELECT 'product-' || p FROM generate_series(0, 19) p), 1 FROM bench.shapes;
    INSERT INTO custom_fields (workspace_id, key, name, type, position)
    SELECT workspace_id, 'room', 'Room', 'text', 2 FROM bench.shapes;
    INSERT INTO organisations (workspace_id, name, shared_tickets)
    SELECT workspace_id, 'Organisation ' || n, true
    FROM bench.shapes, generate_series(1, {organisations}) AS n;
    CREATE TABLE bench.organisations AS
    SELECT o.workspace_id, o.id, substr(o.name, 14)::integer AS n FROM organisations o;
"""
# Every fifth customer is the first organisation's, an enormous one; half are in none.
PEOPLE = """
    INSERT INTO users (workspace_id, email, name, role, organisation_id, organisation_by)
    SELECT s.workspace_id, 'customer' || k.n || '@customers.example', 'Customer ' || k.n, 'customer', o.id,
        CASE WHEN o.id IS NOT NULL THEN 'hand' END
    FROM bench.shapes s CROSS JOIN LATERAL generate_series(0, greatest(s.tickets / 10, 1) - 1) AS k (n)
    LEFT JOIN bench.organisations o ON o.workspace_id = s.workspace_id
        AND o.n = CASE WHEN k.n % 5 = 0 THEN 1
            WHEN k.n % 2 = 1 THEN 2 + bench.chance(k.n, 1, {organisations} - 1) END;
    CREATE TABLE bench.people AS
    SELECT u.workspace_id, u.id, u.organisation_id, substr(split_part(u.email, '@', 1), 9)::integer AS n
    FROM users u WHERE u.role = 'customer';
    ANALYZE bench.people;
"""
# A thousand phrases, of which texts are quickly put together.
PHRASES = """
    CREATE TABLE bench.phrases AS
    SELECT n, w[1 + n % {count}] || ' ' || w[1 + n * 7 % {count}] || ' ' ||
        w[1 + n / {count} % {count}] || ' ' || w[1 + n * 13 % {count}] AS text
    FROM string_to_array('{words}', ' ') AS w, generate_series(0, 1023) AS n;
    ANALYZE bench.phrases;
"""
WORDS = (
    "printer network password laptop screen invoice account server mailbox calendar keyboard licence "
    "update phone router cable browser folder backup report payment meeting floor badge door scanner "
    "tablet camera driver session timeout restart failure warning message profile address contract "
    "delivery order refund product feature button window shortcut language export import dashboard "
    "filter query queue alarm sensor "
)
# What the words of a phrase are in each workspace's part of the index; of -1, those of the rare subject.
VECTORS = """
    CREATE TABLE bench.vectors AS
    SELECT d.workspace_id, p.n, fn_search_vector(d.workspace_id, fn_search_lexemes('en', p.text)) AS vector
    FROM bench.desks d, (SELECT n, text FROM bench.phrases UNION ALL SELECT -1, 'The zeppelin') AS p;
    ANALYZE bench.vectors;
"""
# The newest of fifty are at work, and one of 400 has been forgotten; a third, the oldest, is archived.
# The word "zeppelin" stands in forty subjects of each desk, however large it is.
TICKETS = """
    WITH made AS (
        SELECT d.workspace_id, d.tickets AS of, k.n, k.at,
            CASE WHEN k.n > d.tickets - greatest(d.tickets / 50, 20)
                THEN (ARRAY['open', 'new', 'pending', 'open', 'resolved', 'open', 'on_hold', 'open'])
                    [1 + bench.chance(k.n, 2, 8)]
                WHEN bench.chance(k.n, 3, 400) = 0 THEN 'on_hold'
                WHEN bench.chance(k.n, 4, 50) = 0 THEN 'cancelled' ELSE 'closed' END AS status
        FROM (
            SELECT CASE WHEN k % 2 = 1 THEN 1 ELSE 2 + (k / 2 - 1) % ({workspaces} - 1) END AS place,
                CASE WHEN k % 2 = 1 THEN (k + 1) / 2 ELSE 1 + (k / 2 - 1) / ({workspaces} - 1) END AS n,
                now() - {life} * (({tickets} - k + 1)::double precision / {tickets}) AS at
            FROM generate_series(1, {tickets}) AS k
        ) AS k JOIN bench.shapes d ON d.place = k.place
    )
    INSERT INTO tickets (workspace_id, id, number, label, subject, description, type, priority, status,
        requester_id, organisation_id, assignee_id, team_id, last_sequence, tags, custom_fields,
        sla_policy_id, due_at, created_at, updated_at, resolved_at, closed_at, finished_at, archived_at,
        deleted_at)
    SELECT m.workspace_id, uuidv7(m.at - now()), m.n,
        'TKT-' || to_char(m.at, 'YYYY') || '-' || lpad(m.n::text, 7, '0'),
        CASE WHEN m.n % greatest(m.of / 40, 1) = 0 AND m.n / greatest(m.of / 40, 1) BETWEEN 1 AND 40
            THEN 'The zeppelin: ' ELSE '' END || a.text,
        a.text || '. ' || b.text || ', ' || c.text || '. ' || b.text || ' ' || m.n,
        (ARRAY['incident', 'question', 'service_request', 'complaint'])[1 + bench.chance(m.n, 5, 4)],
        (ARRAY['medium', 'low', 'medium', 'high', 'medium', 'low', 'urgent', 'medium', 'high', 'low'])
            [1 + bench.chance(m.n, 6, 10)],
        m.status, p.id, p.organisation_id,
        CASE WHEN m.status <> 'new' THEN g.id END, t.id, 3,
        ARRAY['floor-' || bench.chance(m.n, 7, 40)]
            || CASE WHEN bench.chance(m.n, 8, 3) = 0 THEN ARRAY['vip'] ELSE '{{}}' END
            || CASE WHEN m.n % greatest(m.of / 30, 1) = 0 THEN ARRAY['rare'] ELSE '{{}}' END
            || CASE WHEN bench.chance(m.n, 9, 7) < 4
                THEN ARRAY['topic-' || bench.chance(m.n, 10, 1000)] ELSE '{{}}' END,
        CASE WHEN bench.chance(m.n, 11, 2) = 0
            THEN jsonb_build_object('product', 'product-' || bench.chance(m.n, 12, 20),
                'room', 'room-' || bench.chance(m.n, 13, greatest(m.of / 50, 1)))
            ELSE '{{}}' END,
        l.id, CASE WHEN m.status IN ('new', 'open') THEN m.at + d.allowed END,
        m.at, e.at, CASE WHEN m.status IN ('resolved', 'closed') THEN e.at END,
        CASE WHEN m.status = 'closed' THEN e.at END,
        CASE WHEN m.status IN ('closed', 'cancelled') OR bench.chance(m.n, 14, 250) = 0 THEN e.at END,
        CASE WHEN m.status IN ('closed', 'cancelled') AND m.n < m.of / 3 THEN e.at END,
        CASE WHEN bench.chance(m.n, 14, 250) = 0 THEN e.at END
    FROM made m
    JOIN bench.people p ON p.workspace_id = m.workspace_id
        AND p.n = bench.chance(m.n, 15, greatest(m.of / 10, 1))
    JOIN bench.teams t ON t.workspace_id = m.workspace_id AND t.n = 1 + bench.chance(m.n, 16, {teams})
    JOIN bench.agents g ON g.workspace_id = m.workspace_id AND g.n = 1 + bench.chance(m.n, 17, {agents})
    JOIN sla_policies l ON l.workspace_id = m.workspace_id
    JOIN bench.phrases a ON a.n = bench.chance(m.n, 18, 1024)
    JOIN bench.phrases b ON b.n = bench.chance(m.n, 19, 1024)
    JOIN bench.phrases c ON c.n = bench.chance(m.n, 20, 1024)
    CROSS JOIN LATERAL (SELECT {allowed} AS allowed FROM (SELECT m.n AS number) AS t) AS d
    CROSS JOIN LATERAL (SELECT least(m.at + bench.chance(m.n, 21, 240) * interval '1 hour',
        now() - bench.chance(m.n, 28, 90000) * interval '1 millisecond') AS at) AS e
"""
TARGETS = """
    INSERT INTO sla_targets (workspace_id, id, ticket_id, metric, policy_id, calendar_id, minutes,
        team_id, priority, started_at, due_at, paused_at, fulfilled_at, ended_at, breached_at, used_minutes)
    SELECT t.workspace_id, uuidv7(t.created_at - now()), t.id, m.metric, p.id, p.calendar_id, 43200,
        t.team_id, t.priority, t.created_at,
        CASE WHEN t.status NOT IN ('pending', 'on_hold') OR m.metric = 'first_response'
            THEN t.created_at + d.allowed END,
        CASE WHEN t.status IN ('pending', 'on_hold') AND m.metric = 'resolution' THEN t.created_at END,
        CASE WHEN m.metric = 'first_response' AND t.status <> 'new' THEN t.created_at ELSE t.resolved_at END,
        CASE WHEN t.status = 'cancelled' AND m.metric = 'resolution' THEN t.updated_at END,
        CASE WHEN m.metric = 'resolution' AND t.created_at + d.allowed < coalesce(t.resolved_at, now())
            AND t.status IN ('new', 'open', 'resolved', 'closed') THEN t.created_at + d.allowed END,
        extract(epoch FROM CASE WHEN m.metric = 'resolution' THEN t.resolved_at - t.created_at END) / 60
    FROM tickets t CROSS JOIN LATERAL (SELECT {allowed} AS allowed) AS d
    JOIN sla_policies p ON p.workspace_id = t.workspace_id AND p.id = t.sla_policy_id
    CROSS JOIN (VALUES ('first_response'), ('resolution')) AS m (metric)
"""
STEPS = """
    INSERT INTO sla_steps (workspace_id, target_id, kind, step, ticket_id, at)
    SELECT workspace_id, id, 'breach', 100, ticket_id, due_at FROM sla_targets
    WHERE fulfilled_at IS NULL AND ended_at IS NULL AND due_at > now()
"""
COMMENTS = """
    INSERT INTO comments (workspace_id, id, ticket_id, author_id, visibility, body, body_html, html_version,
        created_at)
    SELECT t.workspace_id, uuidv7(t.created_at - now()), t.id,
        CASE WHEN k.n % 2 = 1 THEN coalesce(t.assignee_id, t.requester_id) ELSE t.requester_id END,
        CASE WHEN k.n = 3 THEN 'internal' ELSE 'public' END,
        a.text || ', ' || b.text || '. ' || a.text,
        '<p>' || a.text || ', ' || b.text || '. ' || a.text || '</p>', {html},
        t.created_at + k.n * interval '1 minute'
    FROM tickets t CROSS JOIN LATERAL generate_series(1, bench.chance(t.number, 24, 5)) AS k (n)
    JOIN bench.phrases a ON a.n = bench.chance(t.number * 8 + k.n, 22, 1024)
    JOIN bench.phrases b ON b.n = bench.chance(t.number * 8 + k.n, 23, 1024)
"""
TIMELINE = """
    INSERT INTO timeline_entries (workspace_id, id, ticket_id, sequence, action, actor_type, actor_id,
        created_at)
    SELECT t.workspace_id, uuidv7(t.created_at - now()), t.id, n,
        (ARRAY['created', 'assigned', 'resolved'])[n], 'user',
        CASE WHEN n = 1 THEN t.requester_id ELSE t.assignee_id END,
        t.created_at + (n - 1) * interval '1 minute'
    FROM tickets t CROSS JOIN generate_series(1, 3) AS n
"""
# Put together from the phrases' vectors, for to make each document by itself would take ten minutes.
DOCUMENTS = """
    INSERT INTO search_documents (workspace_id, id, ticket_id, internal, vector)
    SELECT t.workspace_id, t.id, t.id, false,
        setweight(CASE WHEN starts_with(t.subject, 'The zeppelin') THEN z.vector || a.vector
            ELSE a.vector END, 'A')
        || setweight(a.vector || b.vector || c.vector, 'B')
        || array_to_tsvector(ARRAY[fn_search_key(t.workspace_id) || 'customer' || p.n] || ARRAY(
            SELECT fn_search_key(t.workspace_id) || tag FROM unnest(t.tags) AS tag))
    FROM tickets t
    JOIN bench.shapes s ON s.workspace_id = t.workspace_id
    JOIN bench.people p ON p.workspace_id = t.workspace_id AND p.id = t.requester_id
    JOIN bench.vectors a ON a.workspace_id = t.workspace_id AND a.n = bench.chance(t.number, 18, 1024)
    JOIN bench.vectors b ON b.workspace_id = t.workspace_id AND b.n = bench.chance(t.number, 19, 1024)
    JOIN bench.vectors c ON c.workspace_id = t.workspace_id AND c.n = bench.chance(t.number, 20, 1024)
    JOIN bench.vectors z ON z.workspace_id = t.workspace_id AND z.n = -1
    UNION ALL
    SELECT c.workspace_id, c.id, c.ticket_id, c.visibility = 'internal',
        setweight(a.vector || b.vector, 'C')
    FROM comments c
    JOIN tickets t ON t.workspace_id = c.workspace_id AND t.id = c.ticket_id
    CROSS JOIN LATERAL (
        SELECT round(extract(epoch FROM c.created_at - t.created_at) / 60)::integer AS n) AS k
    JOIN bench.vectors a ON a.workspace_id = c.workspace_id
        AND a.n = bench.chance(t.number * 8 + k.n, 22, 1024)
    JOIN bench.vectors b ON b.workspace_id = c.workspace_id
        AND b.n = bench.chance(t.number * 8 + k.n, 23, 1024)
"""
EVENTS = """
    INSERT INTO events (workspace_id, ticket_id, sequence, type, payload, created_at, sent_at)
    SELECT e.workspace_id, e.ticket_id, e.sequence, 'ticket.' || e.action,
        jsonb_build_object('ticket', jsonb_build_object('id', e.ticket_id), 'changes', e.changes),
        e.created_at, e.created_at
    FROM timeline_entries e WHERE e.created_at > now() - interval '30 days'
"""
TAGS = """
    INSERT INTO ticket_tags (workspace_id, tag, ticket_id)
    SELECT t.workspace_id, g.tag, t.id FROM tickets t CROSS JOIN LATERAL unnest(t.tags) AS g (tag)
"""
FIELDS = """
    INSERT INTO ticket_field_values (workspace_id, digest, ticket_id)
    SELECT t.workspace_id, fn_field_digest(jsonb_build_array(f.key, f.value)), t.id
    FROM tickets t CROSS JOIN LATERAL jsonb_each(t.custom_fields) AS f
"""
WATCHERS = """
    INSERT INTO ticket_watchers (workspace_id, ticket_id, user_id)
    SELECT t.workspace_id, t.id, p.id FROM tickets t
    JOIN bench.shapes s ON s.workspace_id = t.workspace_id
    JOIN bench.people p ON p.workspace_id = t.workspace_id
        AND p.n = bench.chance(t.number, 26, greatest(s.tickets / 10, 1)::integer)
    WHERE bench.chance(t.number, 27, 10) = 0 AND p.id <> t.requester_id
"""
NUMBERS = """
    UPDATE ticket_counters c SET last_number = s.tickets FROM bench.shapes s
    WHERE s.workspace_id = c.workspace_id
"""
