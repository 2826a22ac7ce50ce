"""What a database holds, told so that two can be compared: the rows of each table and a digest of them, what
numbers come next, who may do what, and where each audit log ends.

Digests do not depend on the order of rows. Whoever reads is the owner, who sees all tenants through its
membership in mesa_definer, on RDS too.
"""

from typing import Any

import pg8000.native

# Counts of knocks at doors are worth nothing tomorrow; an unlogged table is empty after a crash anyway.
FORGOTTEN = frozenset({"rate_limits"})
AUDITED_AT_ONCE = 50_000
# As it is read, so it is told: the same row is the same text wherever the server stands.
READING = (
    "SET timezone = 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'postgres'; SET bytea_output = 'hex'; "
    "SET extra_float_digits = 1; SET search_path = public"
)

TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname
"""
ROWS = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM ONLY public.{} t"
NUMBERS = """
    SELECT s.schemaname || '.' || s.sequencename, coalesce(s.last_value, 0)
    FROM pg_sequences s WHERE s.schemaname = 'public' ORDER BY 1
"""
# Everything that says who may do what, and what the database itself holds rows to, a line each.
RULES = """
    SELECT 'table', c.oid::regclass || ' ' || pg_get_userbyid(c.relowner) || ' ' || c.relrowsecurity || ' ' ||
           c.relforcerowsecurity || ' ' || coalesce(acl.rights, '') FROM pg_class c,
           LATERAL (SELECT string_agg(a::text, ' ' ORDER BY a::text) AS rights FROM unnest(c.relacl) a) acl
    WHERE c.relnamespace IN ('public'::regnamespace, 'reporting'::regnamespace)
      AND c.relkind IN ('r', 'p', 'v', 'S')
    UNION ALL
    SELECT 'column', a.attrelid::regclass || '.' || a.attname || ' ' || acl.rights FROM pg_attribute a,
           LATERAL (SELECT string_agg(x::text, ' ' ORDER BY x::text) AS rights FROM unnest(a.attacl) x) acl
    WHERE a.attacl IS NOT NULL AND a.attrelid IN (
        SELECT oid FROM pg_class WHERE relnamespace IN ('public'::regnamespace, 'reporting'::regnamespace))
    UNION ALL
    SELECT 'schema', n.nspname || ' ' || acl.rights FROM pg_namespace n,
           LATERAL (SELECT string_agg(x::text, ' ' ORDER BY x::text) AS rights FROM unnest(n.nspacl) x) acl
    WHERE n.nspname IN ('public', 'reporting')
    UNION ALL
    SELECT 'policy', concat_ws(' ', schemaname, tablename, policyname, permissive, roles::text, cmd, qual,
                               with_check)
    FROM pg_policies
    UNION ALL
    SELECT 'routine', concat_ws(' ', p.oid::regprocedure, pg_get_userbyid(p.proowner), p.prosecdef,
                                p.proconfig::text, md5(p.prosrc), acl.rights) FROM pg_proc p,
           LATERAL (SELECT string_agg(x::text, ' ' ORDER BY x::text) AS rights FROM unnest(p.proacl) x) acl
    WHERE p.pronamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'constraint', conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
    UNION ALL
    SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL
    SELECT 'trigger', pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text FROM pg_trigger t
    WHERE NOT t.tgisinternal
"""
# Without brackets: (a AND b) AND c is told as a AND b AND c once it was dumped.
TOLD = f"""
    SELECT kind, count(*), md5(string_agg(line, E'\\n' ORDER BY line COLLATE "C"))
    FROM (SELECT kind, translate(line, '()', '') FROM ({RULES}) rule (kind, line)) told (kind, line)
    GROUP BY kind ORDER BY kind
"""
HEADS = "SELECT workspace_id, sequence, hash FROM audit_heads ORDER BY workspace_id"
VERIFY = "SELECT * FROM fn_audit_verify(:workspace, :start, :some, :sequence, :hash)"


def facts(connection: pg8000.native.Connection) -> dict[str, Any]:
    """All of it, in the connection's own snapshot."""
    connection.run(READING)
    names = [name for (name,) in connection.run(TABLES)]
    return {
        "revision": connection.run("SELECT version_num FROM alembic_version")[0][0],
        "tables": {name: _rows(connection, name) for name in names if name not in FORGOTTEN},
        "numbers": dict(connection.run(NUMBERS)),
        "rules": {kind: {"count": count, "digest": digest} for kind, count, digest in connection.run(TOLD)},
        "audit": {
            str(workspace): {"sequence": sequence, "hash": bytes(hash).hex()}
            for workspace, sequence, hash in connection.run(HEADS)
        },
    }


def differences(then: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What is not as it was, a sentence each."""
    found = []
    if then["revision"] != now["revision"]:
        found.append(f"The schema is that of {now['revision']} and was that of {then['revision']}.")
    for name in sorted(then["tables"].keys() | now["tables"].keys()):
        was, has = then["tables"].get(name), now["tables"].get(name)
        if was is None or has is None:
            found.append(f"The table {name} is {'new' if was is None else 'not there'}.")
        elif was["rows"] != has["rows"]:
            found.append(f"The table {name} has {has['rows']} rows and had {was['rows']}.")
        elif was != has:
            found.append(f"The table {name} has as many rows as before, and not the same.")
    for name, last in then["numbers"].items():
        if now["numbers"].get(name, 0) < last:
            found.append(f"The sequence {name} would give numbers again.")
    kinds = sorted(then["rules"].keys() | now["rules"].keys())
    differing = [kind for kind in kinds if then["rules"].get(kind) != now["rules"].get(kind)]
    return found + [f"What is said of each {kind} is not what was said before." for kind in differing]


def broken_logs(connection: pg8000.native.Connection, heads: dict[str, Any]) -> list[str]:
    """The audit logs that are not whole, or not what they were at `heads`, a sentence each."""
    return [told for workspace, head in heads.items() if (told := _verify(connection, workspace, head))]


def _rows(connection: pg8000.native.Connection, table: str) -> dict[str, Any]:
    ((count, digest),) = connection.run(ROWS.format(table))
    return {"rows": count, "digest": digest}


def _verify(connection: pg8000.native.Connection, workspace: str, head: dict[str, Any]) -> str | None:
    start: int | None = 1
    known = {"sequence": head["sequence"], "hash": bytes.fromhex(head["hash"])}
    while start is not None:
        rows = connection.run(VERIFY, workspace=workspace, start=start, some=AUDITED_AT_ONCE, **known)
        (_, start, _, _, broken, _, reason) = rows[0]
        if reason:
            return f"The audit log of {workspace} is broken at entry {broken}: {reason}."
    return None
