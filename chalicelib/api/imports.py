"""Door: tickets of other desks, taken in from a file."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.job_answer import job_file
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.common import Page
from chalicelib.api.schemas.imports import (
    EXAMPLE,
    ImportDetail,
    ImportIn,
    ImportOut,
    ImportQuery,
    ImportStartIn,
    NewImportOut,
)
from chalicelib.core import paging
from chalicelib.imports import asking

routes = Routes(__name__, tag="Imports")

BODY = {
    "source": "csv",
    "file_name": "tickets.csv",
    "bytes": 48213,
    "mapping": {
        "columns": {
            "Ticket": "external_id",
            "Title": "subject",
            "Email": "requester_email",
            "State": "status",
            "Opened": "created_at",
        },
        "values": {"status": {"Waiting for vendor": "on_hold"}},
        "date_format": "%d/%m/%Y %H:%M",
    },
    "options": {"timezone": "Europe/Madrid", "dry_run": True},
}


@routes.get("/v1/imports", summary="List the imports, the newest first", answer=Page[ImportOut])
def list_imports(call: Call, query: ImportQuery) -> Answer:
    wanted = {name: getattr(query, name) for name in ("source", "system") if getattr(query, name) is not None}
    page = paging.Page(query.limit, query.cursor, query.offset)
    found = asking.listing(call.tx, call.actor, wanted, page, "-created_at")
    return Answer({**found, "items": [_answer(each, call) for each in found["items"]]})


@routes.post(
    "/v1/imports",
    summary="Announce a file of tickets and learn where to send it",
    answer=NewImportOut,
    status=201,
    secret=True,
    examples={"body": BODY},
)
def make_import(call: Call, body: ImportIn) -> Answer:
    """Zendesk's and Freshdesk's tickets as JSON, one a line or in a list, or any CSV with a mapping; gzip is
    fine. Send the file as `upload` says, then `POST /v1/imports/{id}/start`. docs/importing.md tells what
    becomes of what."""
    facts = {
        **{name: getattr(body, name) for name in ("source", "file_name", "bytes")},
        "system": body.system or body.source.value,
        "mapping": _sent(body.mapping.model_dump(mode="json")),
        "options": _sent(body.options.model_dump(mode="json")),
    }
    made = asking.make(call.tx, call.actor, facts)
    bucket, workspace_id = call.settings.export_bucket, call.actor.workspace.id
    form = asking.upload_form(bucket, workspace_id, made["id"], body.bytes, call.actor.now)
    location = {"Location": f"/v1/imports/{made['id']}"}
    return Answer({**_answer(made, call), "upload": asdict(form)}, headers=location)


@routes.get(
    "/v1/imports/{import_id}",
    summary="How far an import is, and what it has to say of rows",
    answer=ImportDetail,
    examples={"answer": {**EXAMPLE, "remarks": []}},
)
def get_import(call: Call, import_id: UUID) -> Answer:
    return Answer(_answer(asking.get(call.tx, call.actor, import_id), call))


@routes.post(
    "/v1/imports/{import_id}/start",
    summary="Have the file read; again where that failed, was called off, or was a trial",
    answer=ImportOut,
    status=202,
    examples={"body": {"dry_run": False}, "answer": EXAMPLE},
)
def start_import(call: Call, import_id: UUID, body: ImportStartIn) -> Answer:
    """A job reads it in the background: `GET /v1/imports/{id}` tells how far, and
    `POST /v1/jobs/{job_id}/cancel` calls it off. What was taken stays, and is taken once however often it
    comes."""
    started = asking.start(call.tx, call.actor, import_id, dry_run=body.dry_run)
    return Answer(_answer(started, call))


def _answer(shown: Mapping[str, Any], call: Call) -> dict[str, Any]:
    kept = {name: value for name, value in shown.items() if name != "result"}
    return {**kept, "report": job_file({**shown, "kind": asking.KIND}, call)}


def _sent(document: Mapping[str, Any]) -> dict[str, Any]:
    """Without what says nothing."""
    plain = {name: _sent(value) if isinstance(value, dict) else value for name, value in document.items()}
    return {name: value for name, value in plain.items() if value not in (None, {})}
