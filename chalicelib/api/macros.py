"""Door: macros, kept and applied."""

from typing import Any
from uuid import UUID

from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.actions import documents
from chalicelib.api.schemas.common import Page, sent
from chalicelib.api.schemas.macros import ApplyIn, MacroIn, MacroOut, MacroPatch, MacroPreview, MacroQuery
from chalicelib.api.schemas.tickets import TicketOut, whole
from chalicelib.api.ticket_answer import ticket_answer
from chalicelib.core import paging
from chalicelib.models.words import Visibility
from chalicelib.tickets import applying, macros

routes = Routes(__name__, tag="Macros")
EXAMPLE = {
    "body": {
        "name": "Ask for the version",
        "shared": True,
        "actions": [
            {"action": "comment", "body": "Hello {{requester.first_name|there}}, which version do you run?"},
            {"action": "set_status", "status": "pending"},
            {"action": "add_tags", "tags": ["asked"]},
        ],
    }
}
APPLY = {"body": {"ticket_id": "0190c0de-0000-7000-8000-000000000003"}}


@routes.get("/v1/macros", summary="List the macros that you may use", answer=Page[MacroOut])
def list_macros(call: Call, query: MacroQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)
    named = {name: getattr(query, name) for name in ("shared", "active", "query")}
    wanted = {name: value for name, value in named.items() if value is not None}
    return Answer(macros.listing(call.tx, call.actor, wanted, page, query.sort))


@routes.post("/v1/macros", summary="Keep a macro", answer=MacroOut, status=201, examples=EXAMPLE)
def make_macro(call: Call, body: MacroIn) -> Answer:
    made = macros.make(call.tx, call.actor, _facts(dict(body)))
    return Answer(made, headers={"Location": f"/v1/macros/{made['id']}"})


@routes.get("/v1/macros/{macro_id}", summary="One macro", answer=MacroOut)
def get_macro(call: Call, macro_id: UUID) -> Answer:
    return Answer(macros.get(call.tx, call.actor, macro_id))


@routes.patch(
    "/v1/macros/{macro_id}",
    summary="Change a macro",
    answer=MacroOut,
    examples={"body": {"name": "Ask for the version, kindly", "position": 1}},
)
def change_macro(call: Call, macro_id: UUID, body: MacroPatch) -> Answer:
    return Answer(macros.change(call.tx, call.actor, macro_id, _facts(sent(body))))


@routes.delete("/v1/macros/{macro_id}", summary="Delete a macro; what it did stays done")
def delete_macro(call: Call, macro_id: UUID) -> Answer:
    macros.delete(call.tx, call.actor, macro_id)
    return Answer(None)


@routes.post(
    "/v1/macros/{macro_id}/apply",
    summary="Do what a macro says to a ticket; If-Match is the ticket's",
    answer=TicketOut,
    examples=APPLY,
)
def apply_macro(call: Call, macro_id: UUID, body: ApplyIn) -> Answer:
    applying.apply(call.tx, call.actor, macro_id, body.ticket_id, _texts(body), call.if_match)
    return ticket_answer(call.tx, call.actor, body.ticket_id)


@routes.post(
    "/v1/macros/{macro_id}/preview",
    summary="Show what a macro would do to a ticket, and do nothing",
    answer=MacroPreview,
    examples=APPLY,
)
def preview_macro(call: Call, macro_id: UUID, body: ApplyIn) -> Answer:
    row, told = applying.preview(call.tx, call.actor, macro_id, body.ticket_id, _texts(body), call.if_match)
    return Answer({"ticket": whole(row, call.actor), **told})


def _facts(given: dict[str, Any]) -> dict[str, Any]:
    """What macros.FACTS has of what was sent."""
    if "actions" in given:
        given["actions"] = documents(given["actions"])
    if "team_ids" in given:
        given["team_ids"] = set(given["team_ids"])
    return given


def _texts(body: ApplyIn) -> dict[Visibility, str | None]:
    named = {"reply": Visibility.PUBLIC, "note": Visibility.INTERNAL}
    return {named[name]: text for name, text in sent(body).items() if name in named}
