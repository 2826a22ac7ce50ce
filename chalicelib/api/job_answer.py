"""A job as routes answer it: with a link to its file, made anew each time, as long as that is there."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.accounts import taken_rows
from chalicelib.analytics import exporting
from chalicelib.api.endpoint import Call
from chalicelib.core import presigning

LINK_SECONDS = 300
# The bucket's own rule deletes what is older.
FILE_DAYS = 7


def job_answer(job: Mapping[str, Any], call: Call) -> dict[str, Any]:
    """`job` as the room shows it; its result stays here but for the file."""
    shown = {name: value for name, value in job.items() if name != "result"}
    return {**shown, "file": job_file(job, call)}


def job_file(job: Mapping[str, Any], call: Call) -> dict[str, Any] | None:
    """The file that a job made, with a link; None where there is none any more."""
    file = (job["result"] or {}).get("file")
    if file is None or job["finished_at"] + timedelta(days=FILE_DAYS) <= call.actor.now:
        return None
    if job["kind"] == taken_rows.KIND and not exporting.may_fetch(call.actor, job["result"]):
        return None
    served = {
        "response-cache-control": "private, no-store",
        "response-content-disposition": f'attachment; filename="{file["name"]}"',
    }
    link = presigning.link(call.settings.export_bucket, file["key"], served, datetime.now(UTC), LINK_SECONDS)
    return {"name": file["name"], "bytes": file["bytes"], "url": link.url, "url_expires_at": link.expires_at}
