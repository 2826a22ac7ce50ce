"""The job that makes a file of rows: page after page as whoever asked for it, with the rights that they have
by then, part after part into the bucket.

A part goes up before it is noted where the next one begins. So after a go that has died the next goes on from
the last part that was noted, and what is in the file is in it once. The file has each row that was there from
beginning to end, once, as it was when its page was read; none that came after the beginning.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts import principals
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.jobs import OPEN
from chalicelib.accounts.taken_rows import folder
from chalicelib.analytics import export_queries as queries
from chalicelib.analytics import exporting
from chalicelib.analytics.export_file import ExportFile, header
from chalicelib.analytics.export_queries import Page, Wanted
from chalicelib.core import jobs, storage
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, Forbidden, HelpdeskError, Unavailable
from chalicelib.models.words import ActorType, JobStatus
from chalicelib.tickets import filtering
from chalicelib.tickets.visibility import visible_to

NOT_ANY_MORE = "Whoever asked for this may not take these rows out any more."
SEES_OTHERS = "What you see of the desk has changed since this began. Ask for it once more."
# Begun so often, it is given up: each time somebody was erased meanwhile, or the parts were gone.
MOST_BEGINNINGS = 5

Run = Callable[[Callable[[Transaction], Any]], Any]
State = dict[str, Any]


class _Over(Exception):
    """The job has ended, or another go has come further. `is_taken`: the file is somebody else's by now."""

    def __init__(self, *, is_taken: bool) -> None:
        self.is_taken = is_taken


def work(run: Run, job: Row[Any], bucket: str, has_time: Callable[[], bool]) -> bool:
    """Goes on with the job; whether it has ended, else there was no more time."""
    file = _file(job, bucket)
    try:
        state = dict(job.state)
        if "began" not in state:
            state = run(partial(_begin, job=job, state=state))
        return bool(state) and _write(run, job, file, state, has_time)
    except _Over as over:
        if not over.is_taken:
            file.discard()
        return True
    except storage.UploadGone:
        file.discard()
        return bool(run(partial(_begin_anew, job=job)))
    except HelpdeskError as error:
        if isinstance(error, Unavailable):
            _give_up(job, file)
            raise
        file.discard()
        run(partial(_fail, job=job, error=error.detail))
        return True
    except Exception:
        _give_up(job, file)
        raise


def _write(run: Run, job: Row[Any], file: ExportFile, state: State, has_time: Callable[[], bool]) -> bool:
    after, rows = UUID(state["after"]) if state["after"] else None, state["rows"]
    if after is None and job.input["format"] == "csv":
        file.write(header(job.input["columns"]))
    while has_time():
        page: Page = run(partial(_page, job=job, state=state, after=after))
        if page.last is None:
            return _close(run, job, file, state, rows)
        file.write(page.lines)
        rows, after = rows + page.rows, page.last
        if file.is_full:
            file.send()
            state = run(partial(_note, job=job, state=state, reached=_reached(state, file, after, rows)))
            file.is_noted = True
    if after is not None and str(after) != state["after"]:
        file.lay_by(rows)
        run(partial(_note, job=job, state=state, reached=_reached(state, file, after, rows)))
    return False


def _reached(state: State, file: ExportFile, after: UUID, rows: int) -> State:
    return {**state, "after": str(after), "rows": rows, "file": file.place()}


def _close(run: Run, job: Row[Any], file: ExportFile, state: State, rows: int) -> bool:
    file.close()
    made = {"key": file.key, "name": _name(job, state), "bytes": file.size}
    result = {"file": made, "resource": job.input["resource"], "teams": state["teams"]}
    kept, has_ended = run(partial(_finish, job=job, state=state, rows=rows, result=result))
    if not kept:
        file.discard()
    return bool(has_ended)


def _begin(tx: Transaction, job: Row[Any], state: State) -> State:
    """Where it starts, and what is to be read; nothing while somebody is being erased, whose words would be
    in it."""
    actor = _enter(tx, job)
    held = _held(tx, job)
    if "began" in held.state:
        return dict(held.state)  # committed the first time, and not heard
    if queries.erasures(tx, job.workspace_id, actor.now)[0]:
        return {}
    newest = queries.newest(tx, job.workspace_id, job.input["resource"])
    begun: State = {
        "began": actor.now.isoformat(),
        "beginnings": state.get("beginnings", 0) + 1,
        "until": str(newest or queries.BEFORE_ALL),
        "teams": exporting.sight(actor),
        "after": None,
        "rows": 0,
        "file": {},
    }
    jobs.note(tx, job, begun, 0)
    return begun


def _page(tx: Transaction, job: Row[Any], state: State, after: UUID | None) -> Page:
    """The next rows, as the asker sees them now and as of the beginning asked for them."""
    actor = _enter(tx, job)
    _require_open(jobs.get(tx, job.workspace_id, job.id))
    if exporting.sight(actor) != state["teams"]:
        raise Conflict(SEES_OTHERS)
    began = datetime.fromisoformat(state["began"])
    return queries.page(
        tx,
        job.workspace_id,
        _wanted(tx, replace(actor, now=began), job.input),
        job.input["columns"],
        csv=job.input["format"] == "csv",
        after=after,
        until=UUID(state["until"]),
        began=began,
    )


def _wanted(tx: Transaction, actor: Actor, asked: Mapping[str, Any]) -> Wanted:
    if asked["resource"] == "users":
        given = {
            name: UUID(value) if name.endswith("_id") else value
            for name, value in asked.get("user_filter", {}).items()
        }
        return queries.of_users(given)
    conditions = filtering.conditions(tx, actor, asked.get("filter", {}))
    times = {name: datetime.fromisoformat(asked[name]) for name in ("since", "until") if name in asked}
    return queries.of_tickets(asked["resource"], visible_to(actor), conditions, times)


def _note(tx: Transaction, job: Row[Any], state: State, reached: State) -> State:
    held = _held(tx, job)
    if dict(held.state) not in (state, reached):
        raise _Over(is_taken=True)
    jobs.note(tx, job, reached, reached["rows"])
    return reached


def _finish(
    tx: Transaction, job: Row[Any], state: State, rows: int, result: Mapping[str, Any]
) -> tuple[bool, bool]:
    """Ends the job with the file: whether the file is kept, and whether the job has ended. It has not where
    somebody was erased meanwhile: then it begins anew."""
    actor = _enter(tx, job)
    held = jobs.hold(tx, job.workspace_id, job.id)
    if held is not None and (held.result or {}).get("file") == result["file"]:
        return True, True  # committed the first time, and not heard
    held = _require_open(held)
    if held.state != state:
        raise _Over(is_taken="began" in held.state)
    if exporting.sight(actor) != state["teams"]:
        raise Conflict(SEES_OTHERS)
    if any(queries.erasures(tx, job.workspace_id, datetime.fromisoformat(state["began"]))):
        return False, _begin_anew(tx, job)
    jobs.note(tx, job, state, rows)
    return True, jobs.finish(tx, job, result)


def _begin_anew(tx: Transaction, job: Row[Any]) -> bool:
    """Forgets how far it is; True where it has begun too often, and so has ended."""
    principals.enter_system(tx, job.workspace_id)
    held = jobs.hold(tx, job.workspace_id, job.id)
    if held is None or held.status not in OPEN:
        return True
    beginnings = held.state.get("beginnings", 0)
    if beginnings >= MOST_BEGINNINGS:
        return jobs.finish(tx, job, error=jobs.GAVE_UP)
    jobs.note(tx, job, {"beginnings": beginnings}, 0)
    return False


def _fail(tx: Transaction, job: Row[Any], error: str) -> None:
    principals.enter_system(tx, job.workspace_id)
    jobs.finish(tx, job, error=error)


def _give_up(job: Row[Any], file: ExportFile) -> None:
    """What the next try does not know of, and all after the last, nobody else forgets; where S3 fails, the
    bucket's own rule does."""
    if job.attempts >= jobs.MAX_ATTEMPTS or not file.is_noted:
        with suppress(Unavailable):
            file.discard()


def _enter(tx: Transaction, job: Row[Any]) -> Actor:
    """Whoever asked, as the database knows them by now. Raises Forbidden where they may not have it any
    more."""
    who = job.input["actor"]
    actor = principals.enter_again(tx, job.workspace_id, ActorType(who["type"]), UUID(who["id"]))
    if actor is None:
        raise Forbidden(NOT_ANY_MORE)
    try:
        exporting.require_right(actor, job.input["resource"])
    except Forbidden as error:
        raise Forbidden(NOT_ANY_MORE) from error
    return actor


def _held(tx: Transaction, job: Row[Any]) -> Row[Any]:
    """The job, against every other go, and as it is by now."""
    principals.enter_system(tx, job.workspace_id)
    return _require_open(jobs.hold(tx, job.workspace_id, job.id))


def _require_open(job: Row[Any] | None) -> Row[Any]:
    if job is None or job.status not in OPEN:
        raise _Over(is_taken=job is not None and job.status == JobStatus.DONE)
    return job


def _file(job: Row[Any], bucket: str) -> ExportFile:
    asked, place = job.input, job.state.get("file", {})
    key = f"{folder(job.workspace_id)}{job.id}.{_suffix(job)}"
    return ExportFile(bucket, key, asked["format"], bool(asked.get("compress")), **place)


def _name(job: Row[Any], state: State) -> str:
    return f"{job.input['resource']}-{state['began'][:10]}.{_suffix(job)}"


def _suffix(job: Row[Any]) -> str:
    return str(job.input["format"]) + (".gz" if job.input.get("compress") else "")
