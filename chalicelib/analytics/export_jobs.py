"""The job that makes a file of rows: page after page as whoever asked for it, with the rights that they have
by then, part after part into the bucket.

A part goes up before it is noted where the next one begins. So after a go that has died the next goes on from
the last part that was noted, and what is in the file is in it once. The file has each row that was there from
beginning to end, once, as it was when its page was read; none that came after the beginning.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
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
    return _Go(run, job, _file(job, bucket), dict(job.state)).work(has_time)


@dataclass
class _Go:
    """One go of a job. `state`: how far it is, as far as this one knows. Whoever finds that another has come
    further touches nothing, for the file is the other's."""

    run: Run
    job: Row[Any]
    file: ExportFile
    state: State

    def work(self, has_time: Callable[[], bool]) -> bool:
        try:
            return self._go_on(has_time)
        except _Over as over:
            if not over.is_taken:
                self.file.discard()
            return True
        except Unavailable:
            self._give_up()
            raise
        except HelpdeskError as error:
            if self._done(_fail, error=error.detail):
                self.file.discard()
            return True
        except Exception:
            self._give_up()
            raise

    def _go_on(self, has_time: Callable[[], bool]) -> bool:
        try:
            if "began" not in self.state:
                self.state = self._done(_begin)
            return bool(self.state) and self._write(has_time)
        except storage.UploadGone:
            return self._begin_anew()

    def _write(self, has_time: Callable[[], bool]) -> bool:
        state, file = self.state, self.file
        after, rows = UUID(state["after"]) if state["after"] else None, state["rows"]
        if after is None and self.job.input["format"] == "csv":
            file.write(header(self.job.input["columns"]))
        while has_time():
            page: Page = self._done(_page, state=self.state, after=after)
            if page.last is None:
                return self._close(rows)
            file.write(page.lines)
            rows, after = rows + page.rows, page.last
            if file.is_full:
                file.send()
                self._note(after, rows)
        if after is not None and str(after) != self.state["after"]:
            file.lay_by(rows)
            self._note(after, rows)
        return False

    def _note(self, after: UUID, rows: int) -> None:
        reached = {**self.state, "after": str(after), "rows": rows, "file": self.file.place()}
        self.state = self._done(_note, state=self.state, reached=reached)
        self.file.is_noted = True

    def _close(self, rows: int) -> bool:
        self.file.close()
        made = {"key": self.file.key, "name": _name(self.job, self.state), "bytes": self.file.size}
        result = {"file": made, "resource": self.job.input["resource"], "teams": self.state["teams"]}
        is_kept = self._done(_finish, state=self.state, rows=rows, result=result)
        return True if is_kept else self._begin_anew()

    def _begin_anew(self) -> bool:
        """Somebody was erased meanwhile, or the parts are not there any more."""
        has_ended = self._done(_begin_anew, state=self.state)
        self.file.discard()
        return bool(has_ended)

    def _give_up(self) -> None:
        """What the next try does not know of, and what the last leaves, nobody else forgets; where S3 fails,
        the bucket's own rule does."""
        if self.job.attempts >= jobs.MAX_ATTEMPTS or not self.file.is_noted:
            with suppress(Unavailable):
                self.file.forget_parts()

    def _done(self, unit: Callable[..., Any], **given: Any) -> Any:
        return self.run(partial(unit, job=self.job, **given))


def _begin(tx: Transaction, job: Row[Any]) -> State:
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
        "beginnings": held.state.get("beginnings", 0) + 1,
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


def _finish(tx: Transaction, job: Row[Any], state: State, rows: int, result: Mapping[str, Any]) -> bool:
    """Ends the job with the file; False where it is none, for somebody was erased meanwhile."""
    actor = _enter(tx, job)
    held = jobs.hold(tx, job.workspace_id, job.id)
    if held is not None and (held.result or {}).get("file") == result["file"]:
        return True  # committed the first time, and not heard
    held = _require_open(held)
    if held.state != state:
        raise _Over(is_taken=True)
    if exporting.sight(actor) != state["teams"]:
        raise Conflict(SEES_OTHERS)
    if any(queries.erasures(tx, job.workspace_id, datetime.fromisoformat(state["began"]))):
        return False
    jobs.note(tx, job, state, rows)
    return jobs.finish(tx, job, result)


def _begin_anew(tx: Transaction, job: Row[Any], state: State) -> bool:
    """Forgets how far it is; True where it has begun too often, and so has ended."""
    held = _held(tx, job)
    beginnings = state.get("beginnings", 0)
    if held.state not in (state, {"beginnings": beginnings}):
        raise _Over(is_taken=True)
    if beginnings >= MOST_BEGINNINGS:
        return jobs.finish(tx, job, error=jobs.GAVE_UP)
    jobs.note(tx, job, {"beginnings": beginnings}, 0)
    return False


def _fail(tx: Transaction, job: Row[Any], error: str) -> bool:
    """Ends it; False where it has ended already."""
    principals.enter_system(tx, job.workspace_id)
    return jobs.finish(tx, job, error=error)


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
