"""The job of an import: batch after batch, each in a transaction with what became of it and where to go on.
So a second delivery goes on, or finds what is done; and whoever calls it off stops it before the next
batch."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from chalicelib.accounts import principals
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.jobs import OPEN
from chalicelib.accounts.permissions import Permission
from chalicelib.core import jobs, storage
from chalicelib.core.db import Transaction
from chalicelib.imports import asking, queries, reporting
from chalicelib.imports.fitting import Reading, folded
from chalicelib.imports.rows import Batch, batches
from chalicelib.imports.shapes import Unsound
from chalicelib.imports.source_file import reading as reading_file
from chalicelib.imports.taking import Outcome, Task, take
from chalicelib.models.words import ActorType, JobStatus

NOT_ANY_MORE = "Whoever asked for this may not import tickets any more. What was taken stays."
GONE = "The import is not there any more."

Run = Callable[[Callable[[Transaction], Any]], Any]


class _Tried(Exception):
    """The end of a trial, which undoes it."""


def work(run: Run, job: Row[Any], bucket: str, has_time: Callable[[], bool]) -> bool:
    """Goes on with the job; whether it has ended, else there was no more time."""
    begun = run(partial(_begin, job=job))
    if begun is None:
        return True
    row, task = begun
    key = asking.file_key(job.workspace_id, row.id)
    try:
        with reading_file(bucket, key, job.state.get("etag")) as (file, etag):
            rest = dict(job.state.get("rows", {}))
            for batch in batches(file, row.source, task.reading, row.mapping.get("delimiter"), rest):
                if not has_time():
                    return False
                taken = run(partial(step, job=job, task=task, batch=batch, etag=etag, dry_run=_is_trial(row)))
                if taken is None:
                    return True
                if taken:
                    run(partial(_count, job=job, ids=taken))
    except Unsound as unsound:
        return bool(run(partial(_fail, job=job, because=str(unsound))))
    file_made = reporting.report(run, job.workspace_id, row.id, bucket)
    made = {"file": file_made} if file_made else {}
    if not run(partial(_end, job=job, import_id=row.id, result=made)):
        # Somebody was erased meanwhile, or it was called off: nobody else forgets what was written just now.
        if file_made:
            storage.delete_all(bucket, file_made["key"])
        return True
    if not _is_trial(row):
        storage.delete_all(bucket, key)
    return True


def step(
    tx: Transaction, job: Row[Any], task: Task, batch: Batch, etag: str, dry_run: bool
) -> set[UUID] | None:
    """One batch: the tickets that it wrote; None where the job has ended instead."""
    actor = _enter(tx, job)
    held = jobs.hold(tx, job.workspace_id, job.id)
    if held is None or held.status not in OPEN:
        return None
    if actor is None or not actor.may(Permission.IMPORTS_RUN):
        _failed(tx, job, NOT_ANY_MORE)
        return None
    outcome = _tried(tx, actor, task, batch) if dry_run else take(tx, actor, task, batch.rows)
    queries.count(tx, job.workspace_id, task.id, outcome.counts, outcome.remarks)
    jobs.note(tx, job, {"etag": etag, "rows": batch.state}, batch.done)
    return set() if dry_run else outcome.written


def _count(tx: Transaction, job: Row[Any], ids: set[UUID]) -> None:
    """Apart from what wrote them: whoever counts takes its turn before it looks. Should this be missed, the
    repair counts them."""
    if principals.enter_system(tx, job.workspace_id) is not None:
        queries.count_again(tx, job.workspace_id, ids)


def _tried(tx: Transaction, actor: Actor, task: Task, batch: Batch) -> Outcome:
    """What would become of the rows; nothing of it stays."""
    outcome = Outcome()
    with suppress(_Tried), tx.attempt():
        outcome = take(tx, actor, task, batch.rows)
        raise _Tried
    return outcome


def _begin(tx: Transaction, job: Row[Any]) -> tuple[Row[Any], Task] | None:
    actor = principals.enter_system(tx, job.workspace_id)
    if actor is None:
        return None
    row = queries.of_job(tx, job.workspace_id, job.id)
    if row is None:
        _failed(tx, job, GONE)
        return None
    mapping, options = row.mapping, row.options
    reading = Reading(
        now=datetime.now(UTC),
        zone=ZoneInfo(options.get("timezone") or actor.workspace.timezone),
        language=actor.workspace.language,
        window=timedelta(days=actor.workspace.reopen_window_days),
        values={name: _folded(words) for name, words in (mapping.get("values") or {}).items()},
        columns={column.strip(): fact for column, fact in (mapping.get("columns") or {}).items()},
        custom_fields=mapping.get("custom_fields") or {},
        date_format=mapping.get("date_format"),
    )
    team_id = UUID(options["team_id"]) if options.get("team_id") else None
    return row, Task(row.id, row.source, row.system, reading, team_id, options.get("requester_email"))


def _folded(words: dict[str, str]) -> dict[str, str]:
    return {folded(word): ours for word, ours in words.items()}


def _is_trial(row: Row[Any]) -> bool:
    return bool(row.options.get("dry_run"))


def _end(tx: Transaction, job: Row[Any], import_id: UUID, result: dict[str, Any]) -> bool:
    """Whether it is done, by now or before; else it has ended otherwise."""
    principals.enter_system(tx, job.workspace_id)
    if jobs.finish(tx, job, result):
        queries.forget_remarks(tx, job.workspace_id, import_id)
        asking.tell(tx, job)
        return True
    ended = jobs.get(tx, job.workspace_id, job.id)
    return ended is not None and ended.status == JobStatus.DONE


def _fail(tx: Transaction, job: Row[Any], because: str) -> bool:
    principals.enter_system(tx, job.workspace_id)
    return _failed(tx, job, because)


def _failed(tx: Transaction, job: Row[Any], because: str) -> bool:
    if jobs.finish(tx, job, error=because):
        asking.tell(tx, job)
    return True


def _enter(tx: Transaction, job: Row[Any]) -> Actor | None:
    who = job.input["actor"]
    return principals.enter_again(tx, job.workspace_id, ActorType(who["type"]), UUID(who["id"]))
