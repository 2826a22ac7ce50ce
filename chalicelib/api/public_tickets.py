"""Opening a ticket without an account, as the API and the form do it alike."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from chalicelib.accounts.contacts import known_as
from chalicelib.accounts.emails import valid_address
from chalicelib.api.endpoint import Call, Limit
from chalicelib.api.schemas.tickets import PublicTicketIn
from chalicelib.models.words import Source
from chalicelib.sla.facts import resolution_facts
from chalicelib.tickets import attaching, attachment_queries, file_links, views
from chalicelib.tickets.creating import NewTicket, create
from chalicelib.tickets.file_names import NewFile

# Whichever way somebody takes, the counts are the same.
LIMITS = (Limit("public-ticket", 20, 3600), Limit("public-ticket-email", 10, 3600, by="email"))
ANSWERED = ("id", "label", "number", "subject", "status", "type", "priority", "category", "created_at")


def open_ticket(call: Call, body: PublicTicketIn) -> dict[str, Any]:
    """What somebody without an account learns of the ticket, with no leave yet to send its files. Raises as
    creating does, and ValidationFailed for no email address and for files that are not taken."""
    files = [NewFile(file.file_name, file.content_type, file.size) for file in body.attachments]
    files = attaching.cleaned(files, "attachments")
    actor = known_as(
        call.tx,
        call.actor,
        {
            "email": valid_address(body.email),
            "name": body.name,
            "document_id": body.document_id,
            "phone": body.phone,
            "has_whatsapp": body.has_whatsapp,
            "company": body.company,
        },
    )
    new = NewTicket(
        body.subject,
        body.description,
        body.type,
        body.priority,
        body.category,
        body.subcategory,
        custom_fields=body.custom_fields,
    )
    ticket = create(
        call.tx, actor, new, team_id=body.team_id, source=Source.PUBLIC, source_ip=call.address or None
    )
    sent = attaching.announce_with(call.tx, actor, ticket, files)
    row = views.show_changed(call.tx, actor, ticket.id)
    facts = resolution_facts(row.targets, actor.now)
    minutes = facts["sla_minutes"]
    answer = {name: getattr(row, name) for name in ANSWERED}
    return answer | {
        "sla_minutes": minutes,
        "sla_hours": minutes / 60 if minutes else None,
        "due_at": facts["due_at"],
        "attachments": sent,
    }


def with_uploads(call: Call, answer: dict[str, Any]) -> dict[str, Any]:
    """The same with leave to send each of its files that is still awaited, made now. What is kept of it for
    an Idempotency-Key is the ids of the files alone."""
    ids = [UUID(str(id)) for id in answer.get("attachments", ())]
    workspace_id = call.actor.workspace.id
    rows = attachment_queries.awaited(call.tx, workspace_id, ids) if ids else {}
    return {**answer, "attachments": [_upload(call, rows.get(id)) for id in ids]}


def _upload(call: Call, row: Any) -> dict[str, Any]:
    if row is None:
        return {"attachment": None, "upload": None}
    file = NewFile(row.file_name, row.content_type, row.size)
    facts = {"id": row.id, **asdict(file), "state": row.state}
    if not row.awaited:
        return {"attachment": facts, "upload": None}
    bucket, workspace_id = call.settings.attachments_bucket, call.actor.workspace.id
    form = file_links.upload_form(bucket, workspace_id, row.id, file, call.actor.now)
    return {"attachment": facts, "upload": asdict(form)}
