"""What a call may ask of the database beside BEGIN and COMMIT: 3 statements a read, 8 a create or a change.

An Idempotency-Key takes two of its own, to claim it and to store the answer: a create has room for them. The
mark on events that SQS has taken is not the call's, for it follows the commit.
"""

from typing import Any

import pytest

from chalicelib.api import access
from chalicelib.api.endpoint import Endpoint
from tests.support import specimens
from tests.support.api import Reply
from tests.support.cast import Cast, Person
from tests.support.crew import crew
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk
from tests.support.statements import recorded
from tests.support.tenants import Tenant, furnish

READ, WRITE, KEY = 3, 8, 2
# What has an end in time: it is set before and lifted after.
COUNTING = 2
LONGER = {
    "/v1/analytics/agents/{user_id}": READ + COUNTING,
    "/v1/analytics/sla": READ + COUNTING,
    "/v1/tickets/{ticket_id}/similar": READ + COUNTING,
    "/v1/views/{view_id}/count": READ + COUNTING,
}
MARK_OF_SENDING = "fn_events_sent"

READS = [
    endpoint
    for endpoint in specimens.routes()
    if endpoint.method == "GET" and endpoint.needs_database and not specimens.is_public(endpoint)
]
# Verbs: in which status, with which body.
VERBS: dict[str, tuple[str, dict[str, Any]]] = {
    "archive": ("closed", {"reason": "old"}),
    "assign": ("new", {"assignee_id": "ana", "reason": "hers"}),
    "cancel": ("new", {"reason": "not needed"}),
    "close": ("resolved", {"reason": "done"}),
    "pause": ("open", {"waiting_on": "customer", "reason": "asked"}),
    "reclassify": ("open", {"priority": "urgent", "reason": "all are hit"}),
    "reopen": ("closed", {"reason": "still dark"}),
    "resolve": ("open", {"resolution": "A new cable."}),
    "restore": ("deleted", {}),
    "resume": ("pending", {}),
    "transfer": ("open", {"team_id": "Apps", "reason": "theirs"}),
    "unarchive": ("archived", {}),
}
OF_A_TICKET = "/v1/tickets/{ticket_id}/"


def counted(
    desk: ServiceDesk, who: Person, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, Reply]:
    """How many statements a call sends, and what it answers."""
    with recorded() as sent:
        reply = desk.as_(who).request(method, path, body, headers)
    assert reply.status < 300, reply.text
    assert sent
    return len([statement for statement in sent if MARK_OF_SENDING not in statement.sql]), reply


def ticket_for(desk: ServiceDesk, status: str) -> dict[str, Any]:
    if status == "deleted":
        ticket = desk.in_status("open")
        assert desk.as_(desk.cast.ada).delete(f"/v1/tickets/{ticket['id']}").status == 204
        return ticket
    if status == "archived":
        return dict(desk.do(desk.cast.dario, desk.in_status("closed"), "archive").json)
    return desk.in_status(status)


@pytest.fixture
def acme(database: Database, cast: Cast) -> Tenant:
    return furnish(database, cast.acme, requester=cast.carol.id, colleague=cast.ana.id)


@for_each("endpoint", READS, specimens.name_of)
def test_a_read(desk: ServiceDesk, acme: Tenant, endpoint: Endpoint) -> None:
    count, _ = counted(desk, desk.cast.ada, "GET", specimens.address(endpoint, acme.slug, acme.ids))

    assert count <= LONGER.get(endpoint.path, READ)


@pytest.mark.parametrize("query", ["limit=2", "offset=1", "query=VPN&status=NEW,OPEN&sort=-due_at"])
def test_a_page_of_tickets_whatever_is_asked_for(desk: ServiceDesk, query: str) -> None:
    for _ in range(4):
        desk.networks_ticket()

    count, reply = counted(desk, desk.cast.ana, "GET", f"/v1/tickets?{query}")

    assert len(reply.json["items"]) >= 2
    assert count <= READ


def test_a_page_of_tickets_and_how_many_there_are(desk: ServiceDesk) -> None:
    desk.networks_ticket()

    count, reply = counted(desk, desk.cast.ana, "GET", "/v1/tickets?count=true&status=active")

    assert reply.json["count"] == 1
    assert count <= READ + COUNTING


def test_all_views_and_how_many_tickets_each_holds(desk: ServiceDesk) -> None:
    for each in range(12):
        view = {"name": f"View {each}", "shared": True, "filter": {"priority": ["low"], "assignee": "me"}}
        assert desk.as_(desk.cast.dario).post("/v1/views", view).status == 201

    count, reply = counted(desk, desk.cast.ana, "GET", "/v1/views?with_counts=true")

    assert len(reply.json["items"]) == 12
    assert count <= READ + COUNTING


@pytest.mark.parametrize("headers", [{}, {"Idempotency_Key": "k1"}], ids=["plain", "with a key"])
class TestCreating:
    def test_a_ticket(self, desk: ServiceDesk, headers: dict[str, str]) -> None:
        body = {"subject": "VPN drops", "description": "Every hour.", "priority": "high"}

        count, _ = counted(desk, desk.cast.carol, "POST", "/v1/tickets", body, **headers)

        assert count <= WRITE

    def test_one_with_all_that_staff_may_say(self, desk: ServiceDesk, headers: dict[str, str]) -> None:
        body = {
            "subject": "VPN drops",
            "description": "Every hour.",
            "category": "network",
            "tags": ["vpn", "floor-3"],
            "requester_id": str(desk.cast.carol.id),
            "assignee_id": str(desk.cast.ana.id),
            "team_id": str(desk.cast.teams["Networks"]),
            "sla_minutes": 90,
        }

        count, _ = counted(desk, desk.cast.dario, "POST", "/v1/tickets", body, **headers)

        assert count <= WRITE

    def test_one_that_its_team_gives_to_somebody(
        self, desk: ServiceDesk, database: Database, headers: dict[str, str]
    ) -> None:
        team = crew(database, desk.cast.acme, "least_loaded", 3, cap=5)
        body = {"subject": "VPN drops", "description": "Every hour.", "team_id": str(team.team)}

        count, reply = counted(desk, desk.cast.dario, "POST", "/v1/tickets", body, **headers)

        assert reply.json["assignee"]
        assert count <= WRITE


@pytest.mark.parametrize(
    ("headers", "most"), [({}, WRITE), ({"Idempotency_Key": "k1"}, WRITE + KEY)], ids=["plain", "with a key"]
)
class TestChanging:
    @pytest.mark.parametrize("visibility", ["public", "internal"])
    def test_by_a_comment(
        self, desk: ServiceDesk, headers: dict[str, str], most: int, visibility: str
    ) -> None:
        ticket = desk.in_status("open")
        path = f"/v1/tickets/{ticket['id']}/comments"
        body = {"body": "We look into it.", "visibility": visibility}

        count, _ = counted(desk, desk.cast.ana, "POST", path, body, **headers)

        assert count <= most

    def test_by_a_file_of_a_comment(self, desk: ServiceDesk, headers: dict[str, str], most: int) -> None:
        ticket = desk.in_status("open")
        comment = desk.comment(desk.cast.ana, ticket, "See the picture.")
        path = f"/v1/tickets/{ticket['id']}/attachments"
        body = {"file_name": "a.png", "content_type": "image/png", "size": 5, "comment_id": comment["id"]}

        count, _ = counted(desk, desk.cast.ana, "POST", path, body, **headers)

        assert count <= most

    @pytest.mark.parametrize("verb", VERBS)
    def test_by_a_verb(self, desk: ServiceDesk, headers: dict[str, str], most: int, verb: str) -> None:
        status, body = VERBS[verb]
        ticket = ticket_for(desk, status)
        ids = {"ana": str(desk.cast.ana.id), "Apps": str(desk.cast.teams["Apps"])}
        body = {name: ids.get(value, value) for name, value in body.items()}

        count, _ = counted(desk, desk.cast.ada, "POST", f"/v1/tickets/{ticket['id']}/{verb}", body, **headers)

        assert count <= most


def test_custom_fields_that_are_declared(desk: ServiceDesk) -> None:
    ada = desk.as_(desk.cast.ada)
    for key in ("floor", "room"):
        declared = {"key": key, "name": key, "type": "number", "required_for": ["question"]}
        assert ada.post("/v1/custom-fields", declared).status == 201
    body = {"subject": "VPN", "description": "It drops.", "custom_fields": {"floor": 3, "room": 4}}

    count, reply = counted(desk, desk.cast.ana, "POST", "/v1/tickets", body, Idempotency_Key="k1")
    assert count <= WRITE

    path, change = f"/v1/tickets/{reply.json['id']}", {"custom_fields": {"room": 5}}
    count, _ = counted(desk, desk.cast.ana, "PATCH", path, change, If_Match='"1"')
    assert count <= WRITE


def test_what_a_category_decides(desk: ServiceDesk, database: Database) -> None:
    """The team, and whom that gives it to; and, reclassified, the declared words."""
    team = crew(database, desk.cast.acme, "least_loaded", 3, cap=5)
    for name in ("Network", "Fax"):
        category = {"name": name, "subcategories": ["VPN"], "team_id": str(team.team)}
        assert desk.as_(desk.cast.ada).post("/v1/categories", category).status == 201
    body = {"subject": "VPN drops", "description": "Every hour.", "category": "NETWORK", "subcategory": "vpn"}

    count, reply = counted(desk, desk.cast.carol, "POST", "/v1/tickets", body, Idempotency_Key="k1")
    assert reply.json["assignee"]
    assert count <= WRITE

    path = f"/v1/tickets/{reply.json['id']}/reclassify"
    count, _ = counted(desk, desk.cast.dario, "POST", path, {"category": "fax"}, Idempotency_Key="k2")
    assert count <= WRITE + KEY


def test_a_transfer_to_a_team_that_gives_it_to_somebody(desk: ServiceDesk, database: Database) -> None:
    team = crew(database, desk.cast.acme, "least_loaded", 3, cap=5)
    ticket = desk.in_status("open")
    body = {"team_id": str(team.team), "reason": "theirs"}

    count, reply = counted(desk, desk.cast.dario, "POST", f"/v1/tickets/{ticket['id']}/transfer", body)

    assert reply.json["assignee"]
    assert count <= WRITE


class TestRevising:
    def test_tags(self, desk: ServiceDesk) -> None:
        path = f"/v1/tickets/{desk.in_status('open')['id']}/tags"

        count, _ = counted(desk, desk.cast.ana, "POST", path, {"tags": ["a", "b"]}, Idempotency_Key="k1")
        assert count <= WRITE + KEY

        count, _ = counted(desk, desk.cast.ana, "DELETE", f"{path}/a")
        assert count <= WRITE

    def test_a_comment_that_mentions_somebody(self, desk: ServiceDesk) -> None:
        path = f"/v1/tickets/{desk.in_status('open')['id']}/comments"
        body = {"body": "@ben and @dario, please look into it."}

        count, reply = counted(desk, desk.cast.ana, "POST", path, body, Idempotency_Key="k1")
        assert [mentioned["name"] for mentioned in reply.json["mentions"]] == ["Dario"]
        assert count <= WRITE + KEY

        count, _ = counted(
            desk, desk.cast.ana, "PATCH", f"{path}/{reply.json['id']}", {"body": "@ada: done."}
        )
        assert count <= WRITE

        count, _ = counted(desk, desk.cast.ada, "DELETE", f"{path}/{reply.json['id']}")
        assert count <= WRITE

    def test_a_watcher(self, desk: ServiceDesk) -> None:
        path = f"/v1/tickets/{desk.in_status('open')['id']}/watchers"
        chris = str(desk.cast.chris.id)

        count, _ = counted(desk, desk.cast.ana, "POST", path, {"user_id": chris})
        assert count <= WRITE

        count, _ = counted(desk, desk.cast.chris, "DELETE", f"{path}/{chris}")
        assert count <= WRITE


def test_time_spent(desk: ServiceDesk) -> None:
    path = f"/v1/tickets/{desk.in_status('open')['id']}/time-entries"

    count, reply = counted(desk, desk.cast.ana, "POST", path, {"minutes": 5})
    assert count <= WRITE

    for method, body in (("PATCH", {"minutes": 6}), ("DELETE", None)):
        count, _ = counted(desk, desk.cast.ana, method, f"{path}/{reply.json['id']}", body)
        assert count <= WRITE


def test_a_rating(desk: ServiceDesk) -> None:
    path = f"/v1/tickets/{desk.in_status('resolved')['id']}/rating"

    for body in ({"score": 2, "comment": "Slow."}, {"score": 4}):
        count, _ = counted(desk, desk.cast.carol, "POST", path, body)
        assert count <= WRITE


def test_a_link_to_a_parent(desk: ServiceDesk) -> None:
    ticket, other = desk.in_status("open"), desk.in_status("open")
    path = f"/v1/tickets/{ticket['id']}/links"
    body = {"type": "child", "ticket_id": other["id"]}

    count, reply = counted(desk, desk.cast.ana, "POST", path, body)
    assert count <= WRITE

    count, _ = counted(desk, desk.cast.ana, "DELETE", f"{path}/{reply.json['id']}")
    assert count <= WRITE


def test_a_merge_and_one_of_a_chain(desk: ServiceDesk) -> None:
    first, second, third = (desk.in_status("open") for _ in range(3))

    for source, into in ((first, second), (second, third)):
        path = f"/v1/tickets/{source['id']}/merge"
        count, _ = counted(
            desk, desk.cast.dario, "POST", path, {"into_id": into["id"]}, Idempotency_Key=source["id"]
        )
        assert count <= WRITE + KEY


def test_a_split_which_makes_a_ticket_and_changes_another(desk: ServiceDesk) -> None:
    ticket = desk.in_status("open")
    comments = [desk.comment(desk.cast.carol, ticket, f"And this, {i}") for i in range(5)]
    body = {"subject": "Printer", "comment_ids": [comment["id"] for comment in comments]}

    count, _ = counted(desk, desk.cast.dario, "POST", f"/v1/tickets/{ticket['id']}/split", body)

    assert count <= WRITE + 2


def test_a_change_of_several_fields(desk: ServiceDesk) -> None:
    ticket = desk.in_status("open")
    body = {"priority": "urgent", "tags": ["vpn"], "assignee_id": str(desk.cast.ana.id), "subject": "VPN"}

    count, _ = counted(
        desk, desk.cast.dario, "PATCH", f"/v1/tickets/{ticket['id']}", body, If_Match=f'"{ticket["version"]}"'
    )

    assert count <= WRITE


def test_every_verb_is_counted() -> None:
    paths = {path for method, path in access.ROUTES if method == "POST" and path.startswith(OF_A_TICKET)}
    verbs = {path.removeprefix(OF_A_TICKET) for path in paths}
    others = {
        "attachments",
        "comments",
        "links",
        "merge",
        "rating",
        "split",
        "tags",
        "time-entries",
        "watchers",
    }
    assert verbs - others == set(VERBS)


def test_many_tickets_at_once_cost_a_few_each(desk: ServiceDesk) -> None:
    """Two of them are the savepoint that each stands behind."""
    tickets = [desk.networks_ticket()["id"] for _ in range(12)]

    def cost(ids: list[str], tag: str) -> int:
        body = {"ticket_ids": ids, "actions": [{"action": "add_tags", "tags": [tag]}]}
        return counted(desk, desk.cast.dario, "POST", "/v1/tickets/bulk", body)[0]

    few, many = cost(tickets[:2], "few"), cost(tickets, "many")

    assert few <= WRITE + 2 * 4
    assert many - few <= 10 * 4
