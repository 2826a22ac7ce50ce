"""Door: the categories that tickets are sorted by."""

from uuid import UUID

from chalicelib.api.endpoint import Answer, Call, Limit
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.categories import (
    CategoryChoices,
    CategoryIn,
    CategoryOut,
    CategoryPatch,
    CategoryQuery,
)
from chalicelib.api.schemas.common import Page, sent
from chalicelib.core import paging
from chalicelib.tickets import categories

routes = Routes(__name__, tag="Categories")


@routes.get("/v1/categories", summary="List categories; customers see those in use", answer=Page[CategoryOut])
def list_categories(call: Call, query: CategoryQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)
    return Answer(categories.listing(call.tx, call.actor, query.active, page, query.sort))


@routes.post(
    "/v1/categories",
    summary="Declare a category",
    answer=CategoryOut,
    status=201,
    examples={
        "body": {
            "name": "Network",
            "subcategories": ["VPN", "Wi-Fi"],
            "team_id": "0190c0de-0000-7000-8000-000000000002",
        }
    },
)
def make_category(call: Call, body: CategoryIn) -> Answer:
    made = categories.make(call.tx, call.actor, dict(body))
    return Answer(made, headers={"Location": f"/v1/categories/{made['id']}"})


@routes.get("/v1/categories/{category_id}", summary="One category", answer=CategoryOut)
def get_category(call: Call, category_id: UUID) -> Answer:
    return Answer(categories.get(call.tx, call.actor, category_id))


@routes.patch(
    "/v1/categories/{category_id}",
    summary="Change a category; tickets keep the words that they have",
    answer=CategoryOut,
    examples={"body": {"subcategories": ["VPN", "Wi-Fi", "Cabling"], "position": 1}},
)
def change_category(call: Call, category_id: UUID, body: CategoryPatch) -> Answer:
    return Answer(categories.change(call.tx, call.actor, category_id, sent(body)))


@routes.delete("/v1/categories/{category_id}", summary="Declare a category no longer; tickets keep the words")
def delete_category(call: Call, category_id: UUID) -> Answer:
    categories.delete(call.tx, call.actor, category_id)
    return Answer(None)


@routes.get(
    "/v1/public/{workspace}/categories",
    summary="The categories that a form offers, in order",
    answer=CategoryChoices,
    limits=(Limit("public-categories", 600, 3600),),
)
def list_public_categories(call: Call, workspace: str) -> Answer:  # noqa: ARG001
    return Answer({"items": categories.to_choose(call.tx, call.actor)})
