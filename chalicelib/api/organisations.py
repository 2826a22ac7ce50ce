"""Door: organisations. Who is in them is a matter of users."""

from uuid import UUID

from chalicelib.accounts import organisations
from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.common import Page, sent
from chalicelib.api.schemas.organisations import (
    OrganisationIn,
    OrganisationOut,
    OrganisationPatch,
    OrganisationQuery,
)
from chalicelib.core import paging
from chalicelib.tickets.organising import bring_along

routes = Routes(__name__, tag="Organisations")


@routes.get("/v1/organisations", summary="List organisations", answer=Page[OrganisationOut])
def list_organisations(call: Call, query: OrganisationQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)
    return Answer(organisations.listing(call.tx, call.actor, query.query, page, query.sort))


@routes.post(
    "/v1/organisations",
    summary="Make an organisation",
    answer=OrganisationOut,
    status=201,
    examples={"body": {"name": "Northwind", "domains": ["northwind.example"], "shared_tickets": True}},
)
def make_organisation(call: Call, body: OrganisationIn) -> Answer:
    made = organisations.make(call.tx, call.actor, body.model_dump(exclude={"domains"}), set(body.domains))
    if body.domains:
        bring_along(call.tx, call.actor, made["id"])
    return Answer(made, headers={"Location": f"/v1/organisations/{made['id']}"})


@routes.get("/v1/organisations/{organisation_id}", summary="One organisation", answer=OrganisationOut)
def get_organisation(call: Call, organisation_id: UUID) -> Answer:
    return Answer(organisations.get(call.tx, call.actor, organisation_id))


@routes.patch(
    "/v1/organisations/{organisation_id}",
    summary="Change an organisation",
    answer=OrganisationOut,
    examples={"body": {"domains": ["northwind.example", "northwind.co.example"], "shared_tickets": None}},
)
def change_organisation(call: Call, organisation_id: UUID, body: OrganisationPatch) -> Answer:
    changed = organisations.change(call.tx, call.actor, organisation_id, sent(body))
    if "domains" in body.model_fields_set:
        bring_along(call.tx, call.actor, organisation_id)
    return Answer(changed)


@routes.delete(
    "/v1/organisations/{organisation_id}", summary="Delete an organisation; its members stay users"
)
def delete_organisation(call: Call, organisation_id: UUID) -> Answer:
    organisations.delete(call.tx, call.actor, organisation_id)
    return Answer(None)
