"""Asking for an import: a file is announced, sent to the bucket, and then read by a job. One that failed or
was called off is started again, and goes over what it has taken; so is one that only tried, to do it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit
from chalicelib.accounts.jobs import OPEN
from chalicelib.accounts.permissions import Permission
from chalicelib.core import events, jobs, presigning
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, FieldProblem, NotFound, ValidationFailed
from chalicelib.core.paging import Page, answer
from chalicelib.core.presigning import Form
from chalicelib.imports import queries
from chalicelib.imports.facts import Fact
from chalicelib.models.words import ImportSource, JobStatus

KIND = "import"
# The event that tells of all of it: its tickets are told of in the change feed alone.
ENDED = "import.ended"
AWAITING = "awaiting"
MOST_UNDER_WAY = 3
FORM_SECONDS = 3600
REQUIRED = (Fact.EXTERNAL_ID, Fact.SUBJECT)
COUNTS = ("rows", "taken", "updated", "unchanged", "skipped", "comments", "people")


def make(tx: Transaction, actor: Actor, facts: Mapping[str, Any]) -> dict[str, Any]:
    """An import whose file is to come. `facts`: source, system, file_name, bytes, mapping, options.

    Raises Forbidden; ValidationFailed, with all that is wrong of the mapping; NotFound for the team.
    """
    actor.require(Permission.IMPORTS_RUN, "Only an administrator imports tickets.")
    _check(facts)
    team_id = facts["options"].get("team_id")
    if team_id is not None and not queries.has_team(tx, actor.workspace.id, UUID(str(team_id))):
        told = "There is no such team."
        raise NotFound(told, errors=[FieldProblem("options.team_id", "VALIDATION_ERROR", told)])
    id = queries.add(tx, actor, facts)
    after = {name: facts[name] for name in ("source", "system", "bytes")}
    audit(tx, actor, "import.made", ("import", id), after=after)
    return shape(_found(tx, actor, id))


def _check(facts: Mapping[str, Any]) -> None:
    """What of a mapping only makes sense with the source."""
    columns = facts["mapping"].get("columns") or {}
    problems = []
    if facts["source"] == ImportSource.CSV:
        named = list(columns.values())
        for fact in REQUIRED:
            if fact not in named:
                told = f"Say which column is the {fact}."
                problems.append(FieldProblem("mapping.columns", "FIELD_REQUIRED", told))
        if Fact.REQUESTER_EMAIL not in named and not facts["options"].get("requester_email"):
            told = "Say which column is the requester_email, or give options.requester_email."
            problems.append(FieldProblem("mapping.columns", "FIELD_REQUIRED", told))
        for column, fact in columns.items():
            if named.count(fact) > 1:
                told = f"Two columns are the {fact}."
                problems.append(FieldProblem(f"mapping.columns.{column}", "VALIDATION_ERROR", told))
    else:
        for name in ("columns", "delimiter", "date_format"):
            if facts["mapping"].get(name):
                told = "Only a CSV file needs this."
                problems.append(FieldProblem(f"mapping.{name}", "VALIDATION_ERROR", told))
    if problems:
        raise ValidationFailed(f"{problems[0].field}: {problems[0].message}", errors=problems[:50])


def start(tx: Transaction, actor: Actor, id: UUID, *, dry_run: bool | None = None) -> dict[str, Any]:
    """Has a job read the file. `dry_run` is in the place of what was said before.

    Raises Forbidden, NotFound; Conflict while it is read, once it is done, and for too many at a time.
    """
    actor.require(Permission.IMPORTS_RUN, "Only an administrator imports tickets.")
    row = queries.hold(tx, actor.workspace.id, id)
    if row is None:
        raise _no_such()
    if row.status in OPEN:
        raise Conflict("The import is under way.")
    if row.status == JobStatus.DONE and not row.options.get("dry_run"):
        raise Conflict("The import is done. Make a new one for a newer file.")
    if len(queries.under_way(tx, actor.workspace.id)) >= MOST_UNDER_WAY:
        raise Conflict(f"{MOST_UNDER_WAY} imports are under way. Wait until one has ended.")
    asks = {"input": {"actor": {"type": actor.type, "id": actor.id}}, "total": row.bytes}
    job = jobs.ask(tx, actor.workspace.id, KIND, id, actor.id, cancellable=True, **asks)
    options = {**row.options, "dry_run": row.options.get("dry_run", False) if dry_run is None else dry_run}
    queries.begin(tx, actor.workspace.id, id, job.id, options)
    audit(
        tx, actor, "import.started", ("import", id), after={"job_id": job.id, "dry_run": options["dry_run"]}
    )
    return shape(_found(tx, actor, id))


def get(tx: Transaction, actor: Actor, id: UUID) -> dict[str, Any]:
    """An import with the first of what it has to say of rows. Raises Forbidden, NotFound."""
    actor.require(Permission.IMPORTS_RUN, "Only an administrator imports tickets.")
    row = _found(tx, actor, id)
    said = queries.remarks(tx, actor.workspace.id, id, 0, queries.SHOWN) if row.remarks else ()
    remarks = [{name: value for name, value in each._mapping.items() if name != "place"} for each in said]
    return {**shape(row), "remarks": remarks}


def listing(
    tx: Transaction, actor: Actor, wanted: Mapping[str, Any], page: Page, sort: str
) -> dict[str, Any]:
    """A page of the imports. Raises Forbidden."""
    actor.require(Permission.IMPORTS_RUN, "Only an administrator imports tickets.")
    after = page.after(sort, (datetime, UUID))
    rows = queries.listing(tx, actor.workspace.id, wanted, page, sort, after)
    return answer(rows, page, sort, lambda row: (row.created_at, row.id), shape)


def shape(row: Row[Any]) -> dict[str, Any]:
    """An import as answers show it, but for `result`, of which the door makes a link."""
    counts = {name: row.counts.get(name, 0) for name in COUNTS}
    reasons = {
        kind: {
            name.partition(".")[2]: number
            for name, number in sorted(row.counts.items())
            if name.startswith(f"{kind}.")
        }
        for kind in ("skipped", "changed")
    }
    plain = ("id", "source", "system", "file_name", "bytes", "mapping", "options", "created_by", "job_id")
    times = ("created_at", "started_at", "finished_at", "expires_at")
    return {
        **{name: getattr(row, name) for name in (*plain, "error", *times, "result")},
        "status": row.status or AWAITING,
        "bytes_read": row.bytes if row.status == JobStatus.DONE else row.done or 0,
        "counts": counts,
        "reasons": reasons,
        "remark_count": row.remarks,
    }


def folder(workspace_id: UUID) -> str:
    """Where the files of a workspace's imports are: what erasing anybody of it deletes."""
    return f"imports/{workspace_id}/"


def file_key(workspace_id: UUID, id: UUID) -> str:
    return f"{folder(workspace_id)}{id}/file"


def upload_form(bucket: str, workspace_id: UUID, id: UUID, size: int, now: datetime) -> Form:
    """Leave to send the file, and nothing else, within an hour."""
    kept = {"Content-Type": "application/octet-stream"}
    return presigning.form(bucket, file_key(workspace_id, id), kept, size, now, FORM_SECONDS)


def tell(tx: Transaction, job: Row[Any]) -> None:
    """The event of an import that has ended, however."""
    row = queries.of_job(tx, job.workspace_id, job.id)
    if row is None:
        return
    shown = shape(row)
    told = {name: shown[name] for name in ("id", "source", "system", "status", "counts", "error")}
    payload = {"import": {**told, "dry_run": row.options.get("dry_run", False)}}
    events.record(tx, job.workspace_id, ENDED, payload, internal=True)


def _found(tx: Transaction, actor: Actor, id: UUID) -> Row[Any]:
    row = queries.get(tx, actor.workspace.id, id)
    if row is None:
        raise _no_such()
    return row


def _no_such() -> NotFound:
    return NotFound("There is no such import.")
