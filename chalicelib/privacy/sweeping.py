"""The job that takes an erased person out of everything, in batches, a transaction each.

The order: imports, which would bring the person back, rows that go with the user, the addresses of tickets,
the words of ratings, the texts table by table, who asked as search knows it, the audit log, files about the
person and those of rows, which may name them, and at last what was looked for.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import Row

from chalicelib.accounts import principals, taken_rows
from chalicelib.core import jobs, storage
from chalicelib.core.db import Transaction
from chalicelib.imports import asking as importing
from chalicelib.imports import ending
from chalicelib.privacy import exporting, queries
from chalicelib.tickets import search_queries

# A batch of texts of 64 kB each takes half a second.
BATCH = 200
ROWS = 5000

OWNED, ADDRESSES, RATINGS, SEARCH, AUDIT = "owned", "addresses", "rated", "search", "audit"
IMPORTS, FILES, END = "import_files", "files", "end"

# Runs a unit of work in a transaction of its own, which a door opens.
Run = Callable[[Callable[[Transaction], Any]], Any]
State = dict[str, Any]


def sweep(run: Run, job: Row[Any], bucket: str, has_time: Callable[[], bool]) -> bool:
    """Goes on with the job; whether it has ended, else there was no more time."""
    state: State | None = dict(job.state) or {"phase": IMPORTS, "after": None, "done": 0}
    while state is not None:
        if not has_time():
            return False
        if state["phase"] == IMPORTS:
            run(partial(_end_imports, job=job))
            storage.delete_all(bucket, importing.folder(job.workspace_id))
        if state["phase"] == FILES:
            storage.delete_all(bucket, exporting.folder(job.workspace_id, job.subject_id))
            storage.delete_all(bucket, taken_rows.folder(job.workspace_id))
        state = run(partial(step, job=job, state=state))
    return True


def step(tx: Transaction, job: Row[Any], state: State) -> State | None:
    """One batch, counted, and where the next begins; None after the last."""
    if principals.enter_system(tx, job.workspace_id) is None:
        return None
    phases = [IMPORTS, OWNED, ADDRESSES, RATINGS, *queries.places(tx), SEARCH, AUDIT, FILES, END]
    phase = state["phase"]
    if phase == END:
        queries.complete(tx, job.workspace_id, job.subject_id)
        jobs.forget_results(tx, job.workspace_id, exporting.KIND, job.subject_id)
        jobs.forget_all_results(tx, job.workspace_id, taken_rows.KIND)
        jobs.finish(tx, job, {"receipt": f"/v1/users/{job.subject_id}/erasure"})
        return None
    counts, seen, after = _batch(tx, job, phase, state["after"])
    queries.count(tx, job.workspace_id, job.subject_id, counts)
    if after is None:
        phase = phases[phases.index(phase) + 1]
    reached = {"phase": phase, "after": after, "done": state["done"] + seen}
    jobs.note(tx, job, reached, reached["done"])
    return reached


def _batch(tx: Transaction, job: Row[Any], phase: str, after: Any) -> tuple[dict[str, int], int, Any]:
    """What changed by table, how many rows were looked at, and where to go on: None at the phase's end."""
    if phase == OWNED:
        gone = dict(queries.erase_owned(tx, job.subject_id, ROWS))
        return gone, sum(gone.values()), [] if ROWS in gone.values() else None
    if phase == ADDRESSES:
        cleared = queries.erase_addresses(tx, job.workspace_id, job.subject_id, ROWS)
        return {"addresses": cleared}, cleared, [] if cleared == ROWS else None
    if phase == RATINGS:
        cleared = queries.erase_ratings(tx, job.workspace_id, job.subject_id, ROWS)
        return {"ratings": cleared}, cleared, [] if cleared == ROWS else None
    if phase in (IMPORTS, FILES):
        return {}, 0, None
    if phase == SEARCH:
        found = search_queries.refresh(tx, job.workspace_id, job.subject_id, after, BATCH)
        return {}, found.seen, str(found.last) if found.seen == BATCH else None
    if phase == AUDIT:
        row = queries.erase_audit(tx, job.workspace_id, job.subject_id, after or 0, ROWS)
        return {"audit_log": row.changed}, row.seen, row.last if row.seen == ROWS else None
    row = queries.erase_batch(tx, job.subject_id, phase, after, BATCH)
    return {phase: row.changed}, row.seen, row.last if row.seen == BATCH else None


def _end_imports(tx: Transaction, job: Row[Any]) -> None:
    """Before anything is looked for: nothing that was read of a file is written after it."""
    if principals.enter_system(tx, job.workspace_id) is not None:
        ending.end_all(tx, job.workspace_id)
