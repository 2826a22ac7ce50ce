"""Lists: what an actor may see, filtered, sorted, page by page, and none twice while rows change."""

import pytest

from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk


class TestWhoSeesWhat:
    def test_an_agent_its_teams_its_assignments_and_its_own_requests(self, desk: ServiceDesk) -> None:
        networks = desk.networks_ticket()
        assigned = desk.networks_ticket(team_id=desk.cast.teams["Apps"], assignee_id=desk.cast.ana.id)
        asked = desk.ticket(desk.cast.ana)
        desk.networks_ticket(team_id=desk.cast.teams["Apps"])

        assert set(desk.labels(desk.cast.ana)) == {t["label"] for t in (networks, assigned, asked)}

    def test_an_agent_everything_where_the_workspace_says_so(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        ticket = desk.networks_ticket()
        database.run("UPDATE workspaces SET agent_visibility = 'all'")

        assert desk.labels(desk.cast.ben) == [ticket["label"]]

    def test_a_customer_its_own(self, desk: ServiceDesk) -> None:
        own = desk.ticket()
        desk.ticket(desk.cast.chris)

        assert desk.labels(desk.cast.carol) == [own["label"]]

    def test_a_customer_no_more_where_agents_see_everything(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        own = desk.ticket()
        desk.ticket(desk.cast.chris)
        database.run("UPDATE workspaces SET agent_visibility = 'all'")

        assert desk.labels(desk.cast.carol) == [own["label"]]

    def test_the_dispatcher_the_whole_workspace_and_no_other(self, desk: ServiceDesk) -> None:
        own = [desk.ticket()["label"], desk.ticket(desk.cast.chris)["label"]]
        desk.ticket(desk.cast.mallory)

        assert desk.labels(desk.cast.dario) == own[::-1]

    @pytest.mark.parametrize("asked", ["assignee={ben}", "team={apps}", "requester={carol}"])
    def test_no_more_for_being_asked_for(self, desk: ServiceDesk, asked: str) -> None:
        apps, ben, carol = desk.cast.teams["Apps"], desk.cast.ben.id, desk.cast.carol.id
        ticket = desk.networks_ticket(team_id=apps, assignee_id=ben)
        query = asked.format(apps=apps, ben=ben, carol=carol)

        assert desk.labels(desk.cast.dario, query) == [ticket["label"]]
        assert desk.labels(desk.cast.ana, query) == []

    def test_the_deleted_nobody(self, desk: ServiceDesk) -> None:
        ticket = desk.ticket()
        desk.as_(desk.cast.ada).delete(f"/v1/tickets/{ticket['id']}")

        assert desk.labels(desk.cast.ada) == []
        assert desk.labels(desk.cast.carol) == []


class TestFilters:
    @pytest.fixture
    def four(self, desk: ServiceDesk) -> None:
        dario = desk.cast.dario
        desk.networks_ticket(priority="high")
        desk.networks_ticket(priority="urgent", type="complaint", tags=["VIP"], subject="The printer jams")
        third, fourth = desk.networks_ticket(), desk.networks_ticket(assignee_id=dario.id)
        desk.do(dario, third, "pause", waiting_on="customer", reason="x")
        desk.do(dario, fourth, "pause", waiting_on="other", reason="x")

    @for_each(
        "query, expected",
        [
            ("status=NEW,OPEN&priority=HIGH", [1]),
            ("status=nuevo", [1, 2]),
            ("status=PAUSADO", [3, 4]),
            ("status=active", [1, 2, 3, 4]),
            ("status=new,", [1, 2]),
            ("priority=urgent,critical", [2]),
            ("type=queja", [2]),
            ("assignee=none", [1, 2, 3]),
            ("assignee=me", [4]),
            ("tag=vip", [2]),
            ("query=printer", [2]),
            ("created_after=2020-01-01T00:00:00Z", [1, 2, 3, 4]),
            ("created_before=2020-01-01T00:00:00Z", []),
            ("breached=true", []),
            ("breached=false", [1, 2, 3, 4]),
            ("status=ABIERTO", []),
            ("status=En Proceso,pausado", [3, 4]),
            ("status=pending,on_hold,new", [1, 2, 3, 4]),
            ("status=on-hold", [4]),
            ("status=%20New%20,,open", [1, 2]),
            ("priority=alta,URGENTE", [1, 2]),
            ("type=claim,RECLAMO", []),
            ("archived=true", []),
            ("archived=false", [1, 2, 3, 4]),
            ("organisation=none", [1, 2, 3, 4]),
            ("requester=me", []),
            ("team=mine", []),
            ("status=new&assignee=none&priority=high&type=question&breached=false", [1]),
            ("status=new&tag=vip&query=printer&priority=urgent&type=complaint&assignee=none", [2]),
            ("status=new&tag=vip&priority=high", []),
            ("assignee=me&status=pausado&created_before=2999-01-01T00:00:00Z", [4]),
        ],
    )
    def test_by(self, desk: ServiceDesk, four: None, query: str, expected: list[int]) -> None:
        found = desk.as_(desk.cast.dario).get(f"/v1/tickets?sort=created_at&{query}").json["items"]

        assert [item["number"] for item in found] == expected

    def test_by_label_or_number(self, desk: ServiceDesk) -> None:
        first, second = desk.ticket(), desk.ticket()

        assert desk.labels(desk.cast.ada, f"query={first['label'].lower()}") == [first["label"]]
        assert desk.labels(desk.cast.ada, "query=2") == [second["label"]]

    def test_by_team_and_requester(self, desk: ServiceDesk) -> None:
        ticket = desk.networks_ticket()
        desk.ticket(desk.cast.chris)

        assert desk.labels(desk.cast.dario, f"team={desk.cast.teams['Networks']}") == [ticket["label"]]
        assert desk.labels(desk.cast.dario, f"requester={desk.cast.carol.id}") == [ticket["label"]]

    def test_breached_holds_what_is_past_due_and_not_finished(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        late, _ = desk.networks_ticket(), desk.networks_ticket()
        make_late(database, late["id"])

        (item,) = desk.as_(desk.cast.ana).get("/v1/tickets/breached").json["items"]

        assert (item["label"], item["breached"]) == (late["label"], True)
        assert item["hours_remaining"] < 0
        assert desk.labels(desk.cast.ana, "breached=true") == [late["label"]]

    @for_each(
        "query",
        [
            "status=asleep",
            "limit=0",
            "limit=101",
            "offset=10001",
            "sort=password",
            "sort=created_at;DROP TABLE tickets",
            "cursor=garbage",
            "assignee=somebody",
            "created_after=yesterday",
            "created_after=2026-01-01T00:00:00",
            "limit=99999999999999999999",
            "unknown=1",
            "limit=1&limit=2",
            "offset=1&cursor=x",
            "query=a%00b",
        ],
    )
    def test_case_37_nonsense_is_refused(self, desk: ServiceDesk, query: str) -> None:
        reply = desk.as_(desk.cast.ada).get(f"/v1/tickets?{query}")

        assert reply.status == 422
        assert reply.json["errors"]

    def test_the_archived_are_apart(self, desk: ServiceDesk) -> None:
        archived, _ = desk.in_status("closed"), desk.in_status("closed")
        assert desk.do(desk.cast.dario, archived, "archive").status == 200

        assert desk.labels(desk.cast.ada, "archived=true") == [archived["label"]]
        assert archived["label"] not in desk.labels(desk.cast.ada, "archived=false&status=closed")

    def test_by_organisation_of_when_it_was_opened(self, desk: ServiceDesk) -> None:
        ada, path = desk.as_(desk.cast.ada), f"/v1/users/{desk.cast.carol.id}"
        houses = [ada.post("/v1/organisations", {"name": name}).json["id"] for name in ("Old", "New")]
        labels = []
        for house in houses:
            assert ada.patch(path, {"organisation_id": house}).status == 200
            labels.append(desk.ticket()["label"])
        nobodys = desk.ticket(desk.cast.chris)["label"]

        found = [desk.labels(desk.cast.ada, f"organisation={house}") for house in (*houses, "none")]

        assert found == [[labels[0]], [labels[1]], [nobodys]]

    def test_breached_tells_the_late_from_the_others_whatever_their_status(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        late, late_and_resolved, _ = (desk.networks_ticket() for _ in range(3))
        make_late(database, late["id"])
        make_late(database, late_and_resolved["id"])
        reply = desk.do(desk.cast.dario, late_and_resolved, "resolve", resolution="Done.")
        assert reply.status == 200

        assert len(desk.labels(desk.cast.dario, "breached=true")) == 2
        assert desk.labels(desk.cast.dario, "breached=true&status=active") == [late["label"]]
        assert len(desk.labels(desk.cast.dario, "breached=false")) == 1


class TestSorts:
    def test_what_is_not_due_comes_after_all_that_is(self, desk: ServiceDesk, database: Database) -> None:
        for hours in (3, None, 1, None, 2):
            ticket = desk.networks_ticket()
            due = f"now() + interval '{hours} hours'" if hours else "NULL"
            database.run(f"UPDATE tickets SET due_at = {due} WHERE id = :t", t=ticket["id"])
        api = desk.as_(desk.cast.dario)

        in_order = [item["number"] for item in api.get("/v1/tickets?sort=due_at").json["items"]]
        back = [item["number"] for item in api.get("/v1/tickets?sort=-due_at").json["items"]]

        assert in_order == [3, 5, 1, 2, 4]
        assert back == in_order[::-1]

    @pytest.mark.parametrize("sort", ["created_at", "updated_at", "due_at", "priority"])
    def test_descending_is_ascending_backwards_ties_too(
        self, desk: ServiceDesk, database: Database, sort: str
    ) -> None:
        for priority in ("low", "high", "low", "high"):
            desk.networks_ticket(priority=priority)
        same = "date_trunc('day', now())"
        database.run(f"UPDATE tickets SET created_at = {same}, updated_at = {same}, due_at = {same}")

        there = desk.labels(desk.cast.dario, f"sort={sort}")

        assert desk.labels(desk.cast.dario, f"sort=-{sort}") == there[::-1]

    def test_the_newest_comes_first_unless_said_otherwise(self, desk: ServiceDesk) -> None:
        labels = [desk.ticket()["label"] for _ in range(3)]

        assert desk.labels(desk.cast.carol) == desk.labels(desk.cast.carol, "sort=-created_at")
        assert desk.labels(desk.cast.carol) == labels[::-1]


class TestCursors:
    @for_each(
        "other",
        [
            "sort=created_at",
            "sort=-priority",
            "status=active",
            "status=new&priority=low",
            "status=open",
            "assignee=none&status=new",
        ],
    )
    def test_one_of_another_sort_or_filter_is_refused(self, desk: ServiceDesk, other: str) -> None:
        for _ in range(2):
            desk.networks_ticket()
        api = desk.as_(desk.cast.dario)
        cursor = api.get("/v1/tickets?limit=1&status=new").json["next_cursor"]
        assert api.get(f"/v1/tickets?limit=1&status=NUEVO&cursor={cursor}").status == 200

        reply = api.get(f"/v1/tickets?limit=1&{other}&cursor={cursor}")

        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "cursor")

    def test_one_of_the_whole_list_is_none_of_the_breached(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        for _ in range(2):
            make_late(database, desk.networks_ticket()["id"])
        api = desk.as_(desk.cast.dario)
        whole = api.get("/v1/tickets?limit=1").json["next_cursor"]
        late = api.get("/v1/tickets/breached?limit=1").json["next_cursor"]

        assert api.get(f"/v1/tickets/breached?limit=1&cursor={late}").status == 200
        assert api.get(f"/v1/tickets/breached?limit=1&cursor={whole}").status == 422
        assert api.get(f"/v1/tickets?limit=1&cursor={late}").status == 422

    def test_a_filter_that_counts_from_now_goes_on_as_time_does(self, desk: ServiceDesk) -> None:
        for _ in range(2):
            desk.ticket()
        api, query = desk.as_(desk.cast.carol), "/v1/tickets?limit=1&created_within_days=1"

        page = api.get(query).json

        assert len(api.get(f"{query}&cursor={page['next_cursor']}").json["items"]) == 1

    def test_of_another_tenant_it_shows_nothing(self, desk: ServiceDesk) -> None:
        for _ in range(2):
            desk.ticket()
        cursor = desk.as_(desk.cast.ada).get("/v1/tickets?limit=1").json["next_cursor"]

        reply = desk.as_(desk.cast.mallory).get(f"/v1/tickets?cursor={cursor}")

        assert (reply.status, reply.json["items"]) == (200, [])


class TestPages:
    @pytest.fixture
    def six(self, desk: ServiceDesk) -> None:
        for priority in ("low", "urgent", "medium", "high", "low", "urgent"):
            ticket = desk.networks_ticket(priority=priority)
        desk.do(desk.cast.dario, ticket, "pause", waiting_on="other", reason="x")

    @for_each(
        "sort", ["created_at", "-created_at", "updated_at", "-due_at", "due_at", "priority", "-priority"]
    )
    def test_a_cursor_walks_through_all_of_them_in_order(
        self, desk: ServiceDesk, six: None, sort: str
    ) -> None:
        api = desk.as_(desk.cast.dario)
        whole = [item["number"] for item in api.get(f"/v1/tickets?sort={sort}").json["items"]]

        walked, cursor = [], ""
        while True:
            page = api.get(f"/v1/tickets?sort={sort}&limit=2{cursor}").json
            walked += [item["number"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"

        assert walked == whole
        assert sorted(walked) == [1, 2, 3, 4, 5, 6]

    def test_an_offset_goes_on_by_itself(self, desk: ServiceDesk) -> None:
        for _ in range(3):
            desk.ticket()
        api = desk.as_(desk.cast.carol)

        first = api.get("/v1/tickets?limit=2").json
        second = api.get(f"/v1/tickets?limit=2&offset={first['next_offset']}").json

        assert [len(first["items"]), len(second["items"])] == [2, 1]
        assert (second["next_offset"], second["next_cursor"]) == (None, None)

    def test_a_new_ticket_does_not_show_an_old_one_twice(self, desk: ServiceDesk) -> None:
        for _ in range(3):
            desk.ticket()
        api = desk.as_(desk.cast.carol)
        first = api.get("/v1/tickets?limit=2").json
        desk.ticket()

        second = api.get(f"/v1/tickets?limit=2&cursor={first['next_cursor']}").json

        assert [t["number"] for t in first["items"] + second["items"]] == [3, 2, 1]

    def test_priority_sorts_by_urgency(self, desk: ServiceDesk) -> None:
        for priority in ("medium", "urgent", "low", "high"):
            desk.ticket(priority=priority)

        items = desk.as_(desk.cast.carol).get("/v1/tickets?sort=-priority").json["items"]

        assert [item["priority"] for item in items] == ["urgent", "high", "medium", "low"]

    def test_items_leave_the_description_out(self, desk: ServiceDesk) -> None:
        desk.ticket()

        (item,) = desk.as_(desk.cast.carol).get("/v1/tickets").json["items"]

        assert "description" not in item
        assert item["sla"]["policy"]["name"] == "Default"


def make_late(database: Database, ticket_id: str) -> None:
    """As if its resolution had been due a minute ago."""
    database.run("UPDATE tickets SET due_at = now() - interval '1 minute' WHERE id = :t", t=ticket_id)
    database.run(
        "UPDATE sla_targets SET due_at = now() - interval '1 minute' "
        "WHERE ticket_id = :t AND metric = 'resolution'",
        t=ticket_id,
    )
