"""The SQL of imports: what was asked for, what is known of people and desk, and the rows that are taken."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.queries import listed
from chalicelib.core.db import Transaction
from chalicelib.core.json_text import dumps
from chalicelib.core.paging import Page

KEPT_DAYS = 30
# As many remarks as an answer shows, and as the report has.
SHOWN, MOST_REMARKS = 1000, 100_000

_IMPORT = """
    i.id, i.workspace_id, i.source, i.system, i.file_name, i.bytes, i.mapping, i.options, i.created_by,
    i.actor_type, i.job_id, i.counts, i.remarks, i.created_at, i.expires_at,
    j.status, j.done, j.total, j.error, j.result, j.started_at, j.finished_at, j.cancellable
"""
_FROM = "imports i LEFT JOIN jobs j ON j.workspace_id = i.workspace_id AND j.id = i.job_id"
_ONE = "i.workspace_id = :workspace_id AND i.id = :id"
ADD = text(
    f"""
    INSERT INTO imports
        (workspace_id, source, system, file_name, bytes, mapping, options, created_by, actor_type, expires_at)
    VALUES (:workspace_id, :source, :system, :file_name, :bytes, CAST(:mapping AS jsonb),
        CAST(:options AS jsonb), :created_by, :actor_type, now() + interval '{KEPT_DAYS} days')
    RETURNING id
    """
)
GET = text(f"SELECT {_IMPORT} FROM {_FROM} WHERE {_ONE}")
HOLD = text(f"{GET.text} FOR NO KEY UPDATE OF i")
OF_JOB = text(f"SELECT {_IMPORT} FROM {_FROM} WHERE i.workspace_id = :workspace_id AND i.job_id = :job_id")
BEGIN = text(
    f"""
    WITH forgotten AS (
        DELETE FROM import_remarks WHERE workspace_id = :workspace_id AND import_id = :id)
    UPDATE imports SET job_id = :job_id, counts = '{{}}', remarks = 0, options = CAST(:options AS jsonb),
        expires_at = now() + interval '{KEPT_DAYS} days'
    WHERE workspace_id = :workspace_id AND id = :id
    """
)
COUNT = text(
    """
    UPDATE imports i SET remarks = i.remarks + :remarks, counts = i.counts || (
        SELECT coalesce(jsonb_object_agg(
            c.key, c.value::integer + coalesce((i.counts ->> c.key)::integer, 0)), '{}')
        FROM jsonb_each_text(CAST(:counts AS jsonb)) AS c)
    WHERE i.workspace_id = :workspace_id AND i.id = :id
    RETURNING i.remarks - :remarks
    """
)
REMARK = text(
    """
    INSERT INTO import_remarks (workspace_id, import_id, place, kind, "row", line, external_id, code, detail)
    SELECT :workspace_id, :id, :before + r.place, r.kind, r."row", r.line, r.external_id, r.code, r.detail
    FROM ROWS FROM (jsonb_to_recordset(CAST(:remarks AS jsonb)) AS (
        kind text, "row" integer, line integer, external_id text, code text, detail text))
        WITH ORDINALITY AS r (kind, "row", line, external_id, code, detail, place)
    WHERE :before + r.place <= :most
    """
)
REMARKS = text(
    """
    SELECT r.place, r.kind, r."row", r.line, r.external_id, r.code, r.detail FROM import_remarks r
    WHERE r.workspace_id = :workspace_id AND r.import_id = :id AND r.place > :after
    ORDER BY r.place LIMIT :take
    """
)
FORGET_REMARKS = text(
    "DELETE FROM import_remarks WHERE workspace_id = :workspace_id AND import_id = :id AND place > :most"
)
UNDER_WAY = text(
    f"""
    SELECT j.id FROM {_FROM}
    WHERE i.workspace_id = :workspace_id AND j.status IN ('queued', 'running') ORDER BY j.id
    """
)
TEAM = text("SELECT 1 FROM teams WHERE workspace_id = :workspace_id AND id = :team_id AND deleted_at IS NULL")

KNOWN = text(
    """
    SELECT x.external_id, x.ticket_id FROM external_ids x
    WHERE x.workspace_id = :workspace_id AND x.system = :system AND x.kind = 'ticket'
      AND x.external_id = ANY(CAST(:ids AS text[]))
    """
)
# In the order of their addresses: whoever does the same at the same time waits behind, and not in a circle.
ADD_PEOPLE = text(
    """
    INSERT INTO users
        (workspace_id, email, name, role, status, deactivated_at, organisation_id, organisation_by)
    SELECT :workspace_id, p.email, p.name, p.role, p.status, CASE p.status WHEN 'deactivated' THEN now() END,
        d.organisation_id, CASE WHEN d.organisation_id IS NOT NULL THEN 'domain' END
    FROM jsonb_to_recordset(CAST(:people AS jsonb)) AS p(email text, name text, role text, status text)
    LEFT JOIN organisation_domains d ON d.workspace_id = :workspace_id AND p.role = 'customer'
        AND d.domain = split_part(p.email, '@', 2)
    ORDER BY p.email
    ON CONFLICT (workspace_id, email) WHERE deleted_at IS NULL DO NOTHING
    """
)
PEOPLE = text(
    """
    SELECT u.email, u.id, u.role, u.status, o.id AS organisation_id FROM users u
    LEFT JOIN organisations o ON o.workspace_id = u.workspace_id AND o.id = u.organisation_id
        AND o.deleted_at IS NULL
    WHERE u.workspace_id = :workspace_id AND u.email = ANY(CAST(:emails AS text[])) AND u.deleted_at IS NULL
    """
)
# Held: whoever deactivates one of them waits, and then finds the tickets that they were given.
STAFF = text(
    """
    SELECT u.email, u.id FROM users u
    WHERE u.workspace_id = :workspace_id AND u.email = ANY(CAST(:emails AS text[])) AND u.deleted_at IS NULL
      AND u.role <> 'customer' AND u.status = 'active'
    ORDER BY u.id FOR SHARE
    """
)
DESK = text(
    """
    SELECT fn_policies(:workspace_id) AS policies, fn_custom_fields(:workspace_id) AS fields,
        (SELECT retention_days FROM workspaces WHERE id = :workspace_id) AS retention_days,
        (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'id', g.id, 'name', g.name, 'is_default', g.is_default)), '[]') FROM teams g
         WHERE g.workspace_id = :workspace_id AND g.deleted_at IS NULL) AS teams,
        (SELECT coalesce(jsonb_object_agg(c.key, jsonb_build_object(
                'name', c.name, 'subcategories', c.subcategories, 'team_id', c.team_id)), '{}')
         FROM categories c WHERE c.workspace_id = :workspace_id AND c.active) AS categories
    """
)
TAKE = text(
    """
    SELECT f.ticket_id, f.comments FROM fn_import_tickets(:workspace_id, :system, CAST(:rows AS jsonb),
        CAST(:actor AS jsonb), CAST(:meta AS jsonb)) AS f
    """
)
TAKE_AGAIN = text(
    """
    SELECT f.ticket_id, f.comments FROM fn_import_again(:workspace_id, :system, CAST(:rows AS jsonb),
        CAST(:actor AS jsonb), CAST(:meta AS jsonb)) AS f
    """
)
COUNT_AGAIN = text("CALL sp_rollup_refresh(:workspace_id, CAST(:ids AS uuid[]))")
SORTS = {"created_at": "i.created_at"}
_FILTERS = {"source": "i.source = :source", "system": "i.system = :system"}


def _key(workspace_id: UUID, id: UUID) -> dict[str, UUID]:
    return {"workspace_id": workspace_id, "id": id}


def add(tx: Transaction, actor: Actor, facts: Mapping[str, Any]) -> UUID:
    """A new import; its id."""
    values = {**facts, "mapping": dumps(facts["mapping"]), "options": dumps(facts["options"])}
    who = {"workspace_id": actor.workspace.id, "created_by": actor.id, "actor_type": actor.type}
    added: UUID = tx.connection.execute(ADD, {**values, **who}).scalar_one()
    return added


def get(tx: Transaction, workspace_id: UUID, id: UUID) -> Row[Any] | None:
    """An import, with how far its last job is."""
    return tx.connection.execute(GET, _key(workspace_id, id)).first()


def hold(tx: Transaction, workspace_id: UUID, id: UUID) -> Row[Any] | None:
    """The same, held against who starts it too."""
    return tx.connection.execute(HOLD, _key(workspace_id, id)).first()


def of_job(tx: Transaction, workspace_id: UUID, job_id: UUID) -> Row[Any] | None:
    return tx.connection.execute(OF_JOB, {"workspace_id": workspace_id, "job_id": job_id}).first()


def begin(tx: Transaction, workspace_id: UUID, id: UUID, job_id: UUID, options: Mapping[str, Any]) -> None:
    """The job does it from now on; what an earlier one had to say is forgotten."""
    tx.connection.execute(BEGIN, {**_key(workspace_id, id), "job_id": job_id, "options": dumps(options)})


def listing(
    tx: Transaction, workspace_id: UUID, wanted: Mapping[str, Any], page: Page, sort: str, after: Any
) -> Sequence[Row[Any]]:
    """A page of the imports, and one more. `wanted`: any of source, system."""
    conditions = ["i.workspace_id = :workspace_id", *(_FILTERS[name] for name in wanted)]
    values = {"workspace_id": workspace_id, **wanted}
    return listed(tx, _IMPORT, _FROM, conditions, values, page, sort, SORTS, "i.id", after)


def count(
    tx: Transaction, workspace_id: UUID, id: UUID, counts: Mapping[str, int], remarks: Sequence[Any]
) -> None:
    """Adds what became of some rows, and what there is to say of them."""
    values = {"counts": dumps(counts), "remarks": len(remarks)}
    before = tx.connection.execute(COUNT, {**_key(workspace_id, id), **values}).scalar_one()
    if remarks and before < MOST_REMARKS:
        values = {"before": before, "remarks": dumps(remarks), "most": MOST_REMARKS}
        tx.connection.execute(REMARK, {**_key(workspace_id, id), **values})


def remarks(tx: Transaction, workspace_id: UUID, id: UUID, after: int, take: int) -> Sequence[Row[Any]]:
    """What there is to say of rows, in their order, after a place."""
    return tx.connection.execute(REMARKS, {**_key(workspace_id, id), "after": after, "take": take}).all()


def forget_remarks(tx: Transaction, workspace_id: UUID, id: UUID) -> None:
    """All but those that answers show."""
    tx.connection.execute(FORGET_REMARKS, {**_key(workspace_id, id), "most": SHOWN})


def under_way(tx: Transaction, workspace_id: UUID) -> list[UUID]:
    """The jobs of imports that have not ended."""
    return list(tx.connection.scalars(UNDER_WAY, {"workspace_id": workspace_id}))


def has_team(tx: Transaction, workspace_id: UUID, team_id: UUID) -> bool:
    keys = {"workspace_id": workspace_id, "team_id": team_id}
    return tx.connection.execute(TEAM, keys).first() is not None


def known(tx: Transaction, workspace_id: UUID, system: str, ids: Collection[str]) -> dict[str, UUID]:
    """Which of a system's tickets were taken, and as which of ours."""
    values = {"workspace_id": workspace_id, "system": system, "ids": sorted(ids)}
    return {row.external_id: row.ticket_id for row in tx.connection.execute(KNOWN, values)}


def add_people(tx: Transaction, workspace_id: UUID, people: Sequence[Mapping[str, Any]]) -> int:
    """Those of the people (email, name, role, status) whom nobody has the address of; how many."""
    values = {"workspace_id": workspace_id, "people": dumps(people)}
    return tx.connection.execute(ADD_PEOPLE, values).rowcount


def people(tx: Transaction, workspace_id: UUID, emails: Collection[str]) -> dict[str, Row[Any]]:
    """Users by their addresses: `id role status organisation_id`."""
    values = {"workspace_id": workspace_id, "emails": sorted(emails)}
    return {row.email: row for row in tx.connection.execute(PEOPLE, values)}


def active_staff(tx: Transaction, workspace_id: UUID, emails: Collection[str]) -> dict[str, UUID]:
    """Who of them can be given work, until the end of the transaction."""
    values = {"workspace_id": workspace_id, "emails": sorted(emails)}
    return {row.email: row.id for row in tx.connection.execute(STAFF, values)}


def desk(tx: Transaction, workspace_id: UUID) -> Row[Any]:
    """`policies fields retention_days teams categories` of the workspace."""
    return tx.connection.execute(DESK, {"workspace_id": workspace_id}).one()


def take(
    tx: Transaction,
    actor: Actor,
    system: str,
    rows: Sequence[Mapping[str, Any]],
    meta: Mapping[str, Any],
    *,
    again: bool = False,
) -> dict[UUID, int]:
    """Writes new tickets, or what is `again` there and new of known ones: those that were written, and how
    many comments of each. See fn_import_tickets.sql."""
    values = {
        "workspace_id": actor.workspace.id,
        "system": system,
        "rows": dumps(rows),
        "actor": dumps({"type": actor.type, "id": actor.id}),
        "meta": dumps(meta),
    }
    found = tx.connection.execute(TAKE_AGAIN if again else TAKE, values)
    return {row.ticket_id: row.comments for row in found}


def count_again(tx: Transaction, workspace_id: UUID, ids: Collection[UUID]) -> None:
    """Has the roll-ups count these tickets as they are now."""
    values = {"workspace_id": workspace_id, "ids": sorted(map(str, ids))}
    tx.connection.execute(COUNT_AGAIN, values)
