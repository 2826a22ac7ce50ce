"""Exporting a person's data: a ZIP file of JSON Lines with a page that says what each file is.

Internal notes of the staff are not in it: they speak of others too, and whoever answers the person reviews
them by hand. The page says how many there are.
"""

import shutil
import zipfile
from collections.abc import Callable, Mapping
from functools import partial
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts import jobs as asked
from chalicelib.accounts import principals, users
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit
from chalicelib.accounts.permissions import Permission
from chalicelib.core import jobs, storage
from chalicelib.core.db import Transaction
from chalicelib.models.words import JobStatus
from chalicelib.privacy import export_queries, queries
from chalicelib.privacy.export_queries import PARTS, Part

KIND = "user_export"
GONE = "The person was erased in the meantime."

Run = Callable[[Callable[[Transaction], Any]], Any]


def request(tx: Transaction, actor: Actor, user_id: UUID) -> dict[str, Any]:
    """The job that makes the file; the one before where the actor has asked already and it is not done.

    Raises Forbidden for somebody else's data unless an administrator asks, NotFound.
    """
    if actor.user_id != user_id:
        actor.require(Permission.PERSONAL_DATA_MANAGE, "Only an administrator exports somebody else's data.")
    users.get(tx, actor, user_id)
    running = jobs.open_one(tx, actor.workspace.id, KIND, user_id, actor.id)
    if running:
        return asked.shape(running)
    job = jobs.ask(tx, actor.workspace.id, KIND, user_id, actor.id, cancellable=True)
    audit(tx, actor, "user.exported", ("user", user_id), after={"job_id": job.id})
    return asked.shape(job)


def folder(workspace_id: UUID, user_id: UUID) -> str:
    """Where the files about a person are: what erasing them deletes."""
    return f"people/{workspace_id}/{user_id}/"


def export(run: Run, job: Row[Any], bucket: str, has_time: Callable[[], bool]) -> bool:
    """Makes the file and ends the job. TimeoutError where there is not time enough: nothing is left of it."""
    keys = {"workspace_id": job.workspace_id, "user_id": job.subject_id}
    with TemporaryFile() as file:
        counts = dict[str, int]()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in PARTS:
                with TemporaryFile() as written:
                    write = partial(_write, part=part, keys=keys, file=written, has_time=has_time)
                    counts[part.name] = run(write)
                    written.seek(0)
                    with archive.open(f"{part.name}.jsonl", "w", force_zip64=True) as entry:
                        shutil.copyfileobj(written, entry)
            notes = run(partial(_notes, keys=keys))
            archive.writestr("about.txt", about(counts, notes))
        size = file.tell()
        file.seek(0)
        key = f"{folder(job.workspace_id, job.subject_id)}{job.id}.zip"
        storage.put_file(bucket, key, file, "application/zip")
    made = {"key": key, "name": f"personal-data-{job.subject_id}.zip", "bytes": size}
    if not run(partial(_finish, job=job, result={"file": made, "counts": counts})):
        storage.delete_all(bucket, key)
    return True


def about(counts: Mapping[str, int], notes: int) -> str:
    """The page for whoever opens the file."""
    listed = "\n".join(f"{part.name}.jsonl ({counts[part.name]})\n    {part.sentence}" for part in PARTS)
    return (
        "What this help desk holds about you. Each file has one JSON object a line; times are in UTC.\n\n"
        f"{listed}\n\n"
        f"Not in here: {notes} notes that the staff wrote for itself on your tickets. They may speak of\n"
        "other people, so the desk reviews them by hand when you ask for them. Passwords and tokens are\n"
        "kept as fingerprints alone.\n"
    )


def _write(
    tx: Transaction,
    part: Part,
    keys: Mapping[str, UUID],
    file: IO[bytes],
    has_time: Callable[[], bool],
) -> int:
    """Writes a part anew; how many lines. It may be tried twice, so it begins at the file's beginning."""
    principals.enter_system(tx, keys["workspace_id"])
    file.seek(0)
    file.truncate()
    count = 0
    for rows in export_queries.lines(tx, part, keys):
        if not has_time():
            raise TimeoutError(f"no time for {part.name} after {count} lines")
        file.write("".join(f"{row}\n" for row in rows).encode())
        count += len(rows)
    return count


def _notes(tx: Transaction, keys: Mapping[str, UUID]) -> int:
    principals.enter_system(tx, keys["workspace_id"])
    return export_queries.internal_notes(tx, keys)


def _finish(tx: Transaction, job: Row[Any], result: Mapping[str, Any]) -> bool:
    """Ends the job with the file; without it, and False, where the person is not there any more, or the job
    was cancelled."""
    principals.enter_system(tx, job.workspace_id)
    is_there = queries.hold(tx, job.workspace_id, job.subject_id)
    if not jobs.finish(tx, job, result if is_there else None, None if is_there else GONE):
        ended = jobs.get(tx, job.workspace_id, job.id)
        return ended is not None and ended.status == JobStatus.DONE
    return is_there
