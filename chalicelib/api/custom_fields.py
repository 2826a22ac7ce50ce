"""Door: the custom fields that a desk declares."""

from uuid import UUID

from chalicelib.api.endpoint import Answer, Call, Limit
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.common import Page, sent
from chalicelib.api.schemas.field_definitions import (
    FieldIn,
    FieldOut,
    FieldPatch,
    FieldQuery,
    FieldsToFillIn,
)
from chalicelib.core import paging
from chalicelib.tickets import custom_fields

routes = Routes(__name__, tag="Custom fields")


@routes.get(
    "/v1/custom-fields", summary="List custom fields; customers see what concerns them", answer=Page[FieldOut]
)
def list_custom_fields(call: Call, query: FieldQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)
    return Answer(custom_fields.listing(call.tx, call.actor, query.active, page, query.sort))


@routes.post(
    "/v1/custom-fields",
    summary="Declare a custom field",
    answer=FieldOut,
    status=201,
    examples={
        "body": {
            "key": "operating_system",
            "name": "Operating system",
            "type": "select",
            "options": ["Linux", "macOS", "Windows"],
            "required_for": ["incident"],
            "visible_to_customers": True,
            "editable_by_customers": True,
        }
    },
)
def make_custom_field(call: Call, body: FieldIn) -> Answer:
    made = custom_fields.make(call.tx, call.actor, dict(body))
    return Answer(made, headers={"Location": f"/v1/custom-fields/{made['id']}"})


@routes.get("/v1/custom-fields/{field_id}", summary="One custom field", answer=FieldOut)
def get_custom_field(call: Call, field_id: UUID) -> Answer:
    return Answer(custom_fields.get(call.tx, call.actor, field_id))


@routes.patch(
    "/v1/custom-fields/{field_id}",
    summary="Change a custom field; tickets keep the values that they have",
    answer=FieldOut,
    examples={"body": {"options": ["Linux", "macOS", "Windows", "Another"], "required_for": []}},
)
def change_custom_field(call: Call, field_id: UUID, body: FieldPatch) -> Answer:
    return Answer(custom_fields.change(call.tx, call.actor, field_id, sent(body)))


@routes.delete(
    "/v1/custom-fields/{field_id}",
    summary="Declare a custom field no longer; tickets keep its values, for the staff alone",
)
def delete_custom_field(call: Call, field_id: UUID) -> Answer:
    custom_fields.delete(call.tx, call.actor, field_id)
    return Answer(None)


@routes.get(
    "/v1/public/{workspace}/custom-fields",
    summary="The custom fields that a form asks for, in order",
    answer=FieldsToFillIn,
    limits=(Limit("public-custom-fields", 600, 3600),),
)
def list_public_custom_fields(call: Call, workspace: str) -> Answer:  # noqa: ARG001
    return Answer({"items": custom_fields.to_fill_in(call.tx, call.actor)})
