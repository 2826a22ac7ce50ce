"""Door: teams and who is in them."""

from uuid import UUID

from chalicelib.accounts import memberships, teams
from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.common import Page, sent
from chalicelib.api.schemas.teams import MemberIn, MemberOut, TeamIn, TeamOut, TeamPatch, TeamQuery
from chalicelib.core import paging

routes = Routes(__name__, tag="Teams")


@routes.get("/v1/teams", summary="List teams", answer=Page[TeamOut])
def list_teams(call: Call, query: TeamQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)
    return Answer(teams.listing(call.tx, call.actor, query.query, page, query.sort))


@routes.post(
    "/v1/teams",
    summary="Make a team",
    answer=TeamOut,
    status=201,
    examples={"body": {"name": "Networks", "assignment": "round_robin"}},
)
def make_team(call: Call, body: TeamIn) -> Answer:
    made = teams.make(call.tx, call.actor, body.model_dump())
    return Answer(made, headers={"Location": f"/v1/teams/{made['id']}"})


@routes.get("/v1/teams/{team_id}", summary="One team", answer=TeamOut)
def get_team(call: Call, team_id: UUID) -> Answer:
    return Answer(teams.get(call.tx, call.actor, team_id))


@routes.patch(
    "/v1/teams/{team_id}",
    summary="Change a team's name, or how it gives its tickets to its members",
    answer=TeamOut,
    examples={"body": {"assignment": "least_loaded", "assignment_cap": 20}},
)
def change_team(call: Call, team_id: UUID, body: TeamPatch) -> Answer:
    return Answer(teams.change(call.tx, call.actor, team_id, sent(body)))


@routes.get("/v1/teams/{team_id}/members", summary="Who is in the team", answer=Page[MemberOut])
def list_team_members(call: Call, team_id: UUID, query: TeamQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)
    return Answer(memberships.listing(call.tx, call.actor, team_id, query.query, page, query.sort))


@routes.post(
    "/v1/teams/{team_id}/members",
    summary="Add a member: 201, or 200 who was one before",
    answer=MemberOut,
    status=201,
    examples={"body": {"user_id": "0190c0de-0000-7000-8000-000000000001"}},
)
def add_team_member(call: Call, team_id: UUID, body: MemberIn) -> Answer:
    member, is_new = memberships.add(call.tx, call.actor, team_id, body.user_id)
    return Answer(member, status=201 if is_new else 200)


@routes.delete("/v1/teams/{team_id}/members/{user_id}", summary="Take a member out of the team")
def remove_team_member(call: Call, team_id: UUID, user_id: UUID) -> Answer:
    memberships.remove(call.tx, call.actor, team_id, user_id)
    return Answer(None)
