"""The SQL of jobs as answers show them: with how many of their things came out how, and which."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.accounts.queries import listed
from chalicelib.core.db import Transaction
from chalicelib.core.paging import Page

# As many failures as a job shows by itself; all of them are among its results.
FAILURES_SHOWN = 50

_SHOWN = """
    j.id, j.workspace_id, j.kind, j.status, j.subject_id, j.created_by, j.total, j.done, j.cancellable,
    j.result, j.error, j.created_at, j.started_at, j.finished_at, j.expires_at,
    (SELECT jsonb_object_agg(n.status, n.count) FROM (
        SELECT coalesce(i.status, 'waiting') AS status, count(*) AS count FROM job_items i
        WHERE i.workspace_id = j.workspace_id AND i.job_id = j.id GROUP BY 1) AS n) AS counts
"""
_RESULT = "i.place, i.subject_id AS ticket_id, i.label, i.status, i.version, i.error"
# The same for whom does not see everything: of a ticket that is out of sight by now, that it was meant.
_RESULT_IN_SIGHT = """
    i.place, i.subject_id AS ticket_id, i.status,
    CASE WHEN {seen} THEN i.label END AS label,
    CASE WHEN {seen} THEN i.version END AS version,
    CASE WHEN i.error ->> 'code' = 'NOT_FOUND' OR {seen} THEN i.error
        WHEN i.error IS NOT NULL THEN jsonb_build_object(
            'code', i.error -> 'code', 'detail', 'You do not see this ticket any more.') END AS error
"""
# A condition on `tickets t` and its parameters; None where nothing is out of sight.
Sight = tuple[str, Mapping[str, Any]] | None
# A job about a person is theirs who manage personal data, but for one's own.
OWN = "j.created_by = :actor_id AND (j.subject_id IS NULL OR j.subject_id = :actor_id)"
FILTERS = {
    "kind": "j.kind = :kind",
    "statuses": "j.status = ANY(CAST(:statuses AS text[]))",
    "created_by": "j.created_by = :created_by",
}
RESULT_SORTS = {"place": "i.place"}


def shown(tx: Transaction, actor: Actor, job_id: UUID, sight: Sight = None) -> Row[Any] | None:
    """A job that the actor may see, with its first failures."""
    condition, values = _visible(actor)
    result, seeing = _in_sight(sight)
    statement = text(
        f"""
        SELECT {_SHOWN}, coalesce((SELECT jsonb_agg(to_jsonb(f) ORDER BY f.place) FROM (
            SELECT {result} FROM job_items i
            WHERE i.workspace_id = j.workspace_id AND i.job_id = j.id AND i.status = 'failed'
            ORDER BY i.place LIMIT {FAILURES_SHOWN}) AS f), '[]') AS failures
        FROM jobs j WHERE j.workspace_id = :workspace_id AND j.id = :job_id AND {condition}
        """
    )
    return tx.connection.execute(statement, {**seeing, **values, "job_id": job_id}).first()


def listing(
    tx: Transaction, actor: Actor, wanted: Mapping[str, Any], page: Page, after: UUID | None
) -> Sequence[Row[Any]]:
    """A page of those that the actor may see, and one more, the newest first: ids tell when they were made.
    `wanted`: any of FILTERS."""
    condition, values = _visible(actor)
    conditions = ["j.workspace_id = :workspace_id", condition, *(FILTERS[name] for name in wanted)]
    if after is not None:
        conditions.append("j.id < :after")
        values = {**values, "after": after}
    statement = text(
        f"""
        SELECT {_SHOWN} FROM jobs j WHERE {" AND ".join(conditions)}
        ORDER BY j.id DESC LIMIT :take OFFSET :skip
        """
    )
    keys = {**values, **wanted, "take": page.take, "skip": page.skip}
    return tx.connection.execute(statement, keys).all()


def results(
    tx: Transaction,
    job: Row[Any],
    statuses: Sequence[str] | None,
    page: Page,
    sort: str,
    after: Any,
    sight: Sight = None,
) -> Sequence[Row[Any]]:
    """A page of what became of its things, in their order."""
    result, seeing = _in_sight(sight)
    conditions = ["i.workspace_id = :workspace_id", "i.job_id = :job_id", "i.status IS NOT NULL"]
    values: dict[str, Any] = {**seeing, "workspace_id": job.workspace_id, "job_id": job.id}
    if statuses is not None:
        conditions.append("i.status = ANY(CAST(:statuses AS text[]))")
        values["statuses"] = list(statuses)
    return listed(
        tx, result, "job_items i", conditions, values, page, sort, RESULT_SORTS, "i.subject_id", after
    )


def _in_sight(sight: Sight) -> tuple[str, Mapping[str, Any]]:
    if sight is None:
        return _RESULT, {}
    condition, values = sight
    seen = (
        "EXISTS (SELECT FROM tickets t WHERE t.workspace_id = i.workspace_id AND t.id = i.subject_id "
        f"AND {condition})"
    )
    return _RESULT_IN_SIGHT.format(seen=seen), values


def _visible(actor: Actor) -> tuple[str, dict[str, Any]]:
    keys = {"workspace_id": actor.workspace.id}
    if actor.may(Permission.JOBS_READ_ALL):
        return "true", keys
    return f"({OWN})", {**keys, "actor_id": actor.id}
