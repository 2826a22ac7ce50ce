"""`GET /v1/events`: who reads what of the feed, for how long, and what is refused."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.core import paging
from chalicelib.webhooks import feed_queries
from chalicelib.webhooks.catalogue import KINDS, OURS
from tests.support.api import Api
from tests.support.cast import Person
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.jobs import Workshop
from tests.support.plans import plan_of
from tests.support.service_desk import ServiceDesk
from tests.support.statements import recorded

pytestmark = pytest.mark.usefixtures("quiet_server")

PATH = "/v1/events"


def page(api: Api, query: str = "") -> dict[str, Any]:
    reply = api.get(f"{PATH}?{query}")
    assert reply.status == 200, reply.text
    return dict(reply.json)


def walk(api: Api, query: str = "") -> Iterator[dict[str, Any]]:
    """All there is, page by page."""
    after = ""
    while True:
        answer = page(api, f"{query}&{after}".strip("&"))
        yield from answer["items"]
        if not answer["has_more"]:
            return
        after = f"after={answer['next_cursor']}"


def told(desk: ServiceDesk, who: Person, query: str = "") -> list[str]:
    return [item["type"] for item in walk(desk.as_(who), query)]


def cursor(place: int = 1, id: int = 1, **ago: float) -> str:
    return paging.encode("feed", (place, id, datetime.now(UTC) - timedelta(**ago)))


class TestWhoReadsWhat:
    def test_admins_read_what_is_no_ticket_s_too(self, desk: ServiceDesk) -> None:
        desk.networks_ticket()
        body = {"name": "Nina", "email": "nina@acme.example", "role": "agent"}
        assert desk.as_(desk.cast.ada).post("/v1/users", body).status == 201

        assert set(told(desk, desk.cast.ada)) == {"ticket.created", "user.invited"}
        assert told(desk, desk.cast.dario) == ["ticket.created"]
        assert told(desk, desk.cast.ana) == ["ticket.created"]
        assert told(desk, desk.cast.ben) == []

    def test_agents_read_of_the_tickets_that_they_see_now(self, desk: ServiceDesk) -> None:
        cast = desk.cast
        ticket = desk.networks_ticket()
        assert told(desk, cast.ana) == ["ticket.created"]
        assert told(desk, cast.ben) == []

        moved = desk.do(cast.dario, ticket, "transfer", team_id=cast.teams["Apps"], reason="theirs")

        assert moved.status == 200
        assert told(desk, cast.ben) == ["ticket.created", "ticket.transferred"]
        assert told(desk, cast.ana) == []

    def test_agents_read_all_tickets_where_the_workspace_says_so(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        desk.networks_ticket()
        database.run("UPDATE workspaces SET agent_visibility = 'all'")

        assert told(desk, desk.cast.ben) == ["ticket.created"]

    def test_of_a_deleted_ticket_reads_who_sees_the_workspace(self, desk: ServiceDesk) -> None:
        cast = desk.cast
        ticket = desk.networks_ticket()
        assert desk.as_(cast.ada).delete(f"/v1/tickets/{ticket['id']}").status == 204

        assert told(desk, cast.dario) == ["ticket.created", "ticket.deleted"]
        assert told(desk, cast.ana) == []

    def test_customers_are_refused(self, desk: ServiceDesk) -> None:
        desk.ticket()

        reply = desk.as_(desk.cast.carol).get(PATH)

        assert (reply.status, reply.json["code"]) == (403, "FORBIDDEN")

    def test_an_api_key_reads_as_its_role(self, desk: ServiceDesk) -> None:
        desk.networks_ticket()
        teams = [str(desk.cast.teams["Apps"])]
        for role, fields, seen in (
            ("dispatcher", {}, ["ticket.created"]),
            ("agent", {"team_ids": teams}, []),
        ):
            body = {"name": role, "role": role, "scopes": ["read"], **fields}
            made = desk.as_(desk.cast.ada).post("/v1/api-keys", body)
            assert made.status == 201, made.text

            key = desk.api.with_token(made.json["key"])

            assert [item["type"] for item in walk(key)] == seen

    def test_nobody_reads_of_another_workspace(self, desk: ServiceDesk) -> None:
        desk.networks_ticket()
        cast = desk.cast
        seen = page(desk.as_(cast.ada))["next_cursor"]

        assert told(desk, cast.mallory) == []
        assert page(desk.as_(cast.mallory), f"after={seen}")["items"] == []


class TestWhatAnEventSays:
    def test_it_says_what_webhooks_are_told(self, desk: ServiceDesk) -> None:
        cast = desk.cast
        ticket = desk.networks_ticket()
        desk.comment(cast.ana, ticket, "Ask the plumber.", visibility="internal")

        created, commented = walk(desk.as_(cast.dario))

        assert (created["ticket_id"], created["sequence"], created["internal"]) == (ticket["id"], 1, False)
        assert created["data"]["ticket"]["label"] == ticket["label"]
        assert created["data"]["actor"]["id"] == str(cast.dario.id)
        assert "comment" not in created["data"]
        assert (commented["type"], commented["sequence"], commented["internal"]) == (
            "ticket.commented",
            2,
            True,
        )
        assert commented["data"]["comment"]["body"] == "Ask the plumber."

    def test_a_comment_that_was_taken_back_is_said_no_more(self, desk: ServiceDesk) -> None:
        cast = desk.cast
        ticket = desk.networks_ticket()
        comment = desk.comment(cast.ana, ticket, "canary")
        gone = desk.as_(cast.dario).delete(f"/v1/tickets/{ticket['id']}/comments/{comment['id']}")
        assert gone.status == 204

        assert "canary" not in desk.as_(cast.dario).get(PATH).text
        assert told(desk, cast.dario)[1:] == ["ticket.commented", "ticket.comment_deleted"]

    def test_who_was_erased_is_in_it_no_more(self, desk: ServiceDesk, workshop: Workshop) -> None:
        ada, carol = desk.as_(desk.cast.ada), desk.cast.carol
        ticket = desk.networks_ticket(subject=f"Carol at {carol.email}")
        desk.comment(carol, ticket, f"Write to {carol.email}.")
        changed = ada.patch(f"/v1/users/{carol.id}", {"phone": "+34 600 100 200"})
        assert changed.status == 200, changed.text
        assert carol.email in ada.get(f"{PATH}?limit=100").text
        assert ada.post(f"/v1/users/{carol.id}/erase", {"confirm": carol.email}).status == 202

        workshop.work()

        told = ada.get(f"{PATH}?limit=100")
        assert told.status == 200
        assert "ticket.commented" in told.text
        assert carol.email not in told.text

    def test_work_for_our_own_queues_is_no_news(self, desk: ServiceDesk, database: Database) -> None:
        for type in sorted({*OURS, "unheard.of"}):
            database.run(
                "INSERT INTO events (workspace_id, type, payload) VALUES (:w, :t, '{}')",
                w=desk.cast.acme,
                t=type,
            )

        assert told(desk, desk.cast.ada) == []


class TestWhereItGoesOn:
    def test_now_is_a_cursor_for_what_is_still_to_come(self, desk: ServiceDesk) -> None:
        ada = desk.as_(desk.cast.ada)
        desk.networks_ticket()

        present = page(ada, "after=now")
        ticket = desk.networks_ticket()

        assert (present["items"], present["has_more"]) == ([], False)
        assert [i["ticket_id"] for i in page(ada, f"after={present['next_cursor']}")["items"]] == [
            ticket["id"]
        ]

    def test_at_the_end_there_is_a_cursor_too_and_it_is_renewed(self, desk: ServiceDesk) -> None:
        ada = desk.as_(desk.cast.ada)
        desk.networks_ticket()

        end = page(ada)
        later = page(ada, f"after={end['next_cursor']}")

        assert (end["has_more"], later["items"], later["has_more"]) == (False, [], False)
        assert later["next_cursor"] != end["next_cursor"]

    def test_a_page_that_lets_nothing_through_is_not_the_end(
        self, desk: ServiceDesk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """So that a rare type costs no more than any other, however many events there are."""
        monkeypatch.setattr(feed_queries, "LOOKED_AT", 3)
        for _ in range(4):
            desk.networks_ticket()
        resolved = desk.in_status("resolved")

        first = page(desk.as_(desk.cast.ada), "types=ticket.resolved")

        assert (first["items"], first["has_more"]) == ([], True)
        (event,) = walk(desk.as_(desk.cast.ada), "types=ticket.resolved")
        assert event["ticket_id"] == resolved["id"]

    def test_types_are_one_several_or_all_of_a_kind(self, desk: ServiceDesk) -> None:
        ada = desk.cast.ada
        desk.in_status("closed")

        assert told(desk, ada, "types=ticket.closed") == ["ticket.closed"]
        assert told(desk, ada, "types=ticket.resolved,ticket.closed") == ["ticket.resolved", "ticket.closed"]
        assert told(desk, ada, "types=TICKET.*") == told(desk, ada)
        assert told(desk, ada, "types=user.*") == []

    def test_pages_of_large_events_end_early_and_lose_nothing(
        self, desk: ServiceDesk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ada, ticket = desk.cast.ada, desk.networks_ticket()
        for _ in range(8):
            desk.comment(desk.cast.ana, ticket, "long " * 2_000)
        monkeypatch.setattr(paging, "MAX_BYTES", 30_000)

        first = page(desk.as_(ada), "limit=100")

        assert first["has_more"]
        assert 1 <= len(first["items"]) < 5
        assert [item["sequence"] for item in walk(desk.as_(ada), "limit=100")] == [*range(1, 10)]


class TestForHowLong:
    def test_a_cursor_that_is_older_than_what_is_kept_is_gone(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        desk.networks_ticket()
        database.run("UPDATE events SET created_at = now() - interval '29 days 23 hours 30 minutes'")
        old = cursor(1, 0, days=29, hours=23, minutes=30)
        database.run("UPDATE events SET created_at = now() - interval '31 days', sent_at = now()")
        database.run("CALL sp_purge(100, 0)")

        reply = desk.as_(desk.cast.ada).get(f"{PATH}?after={old}")

        assert (reply.status, reply.json["code"]) == (410, "GONE")
        assert "Begin again without `after`" in reply.json["detail"]
        assert page(desk.as_(desk.cast.ada))["items"] == []

    def test_a_cursor_of_29_days_goes_on(self, desk: ServiceDesk) -> None:
        assert page(desk.as_(desk.cast.ada), f"after={cursor(days=29)}")["items"] == []

    def test_whoever_begins_with_the_oldest_has_a_day_to_come_as_far(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        ada = desk.as_(desk.cast.ada)
        desk.in_status("closed")
        database.run("UPDATE events SET created_at = now() - interval '29 days 23 hours 50 minutes'")

        first = page(ada, "limit=1")

        assert first["has_more"]
        assert len(page(ada, f"after={first['next_cursor']}")["items"]) >= 1


# No moment that is told when tests are collected: two processes would name them otherwise.
LATER = datetime(2126, 1, 1, tzinfo=UTC)


class TestWhatIsRefused:
    @for_each(
        "after",
        [
            "x",
            "NOW",
            paging.encode("-created_at", (1, 1, LATER)),
            paging.encode("feed", (1, 1)),
            paging.encode("feed", (-1, 1, LATER)),
            paging.encode("feed", (1, -1, LATER)),
            paging.encode("feed", (2**63, 1, LATER)),
            paging.encode("feed", ("1'; DROP TABLE events", 1, LATER)),
            "a" * 1001,
            "",
        ],
    )
    def test_what_is_no_cursor_of_the_feed(self, desk: ServiceDesk, after: str) -> None:
        reply = desk.as_(desk.cast.ada).get(f"{PATH}?after={after}")

        assert (reply.status, reply.json["code"]) == (422, "VALIDATION_ERROR")
        assert [error["field"] for error in reply.json["errors"]] == ["after"]

    @for_each("types", ["", ",", "ticket", "ticket.none", "job.requested", "*.created", "%"])
    def test_what_is_no_type(self, desk: ServiceDesk, types: str) -> None:
        reply = desk.as_(desk.cast.ada).get(f"{PATH}?types={types}")

        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "types")

    @for_each("query", ["limit=0", "limit=101", "limit=1.5", "offset=1", "cursor=x", "ticket=1"])
    def test_what_is_no_parameter(self, desk: ServiceDesk, query: str) -> None:
        assert desk.as_(desk.cast.ada).get(f"{PATH}?{query}").status == 422


def test_a_page_is_read_from_the_index_of_its_order_alone(
    desk: ServiceDesk, database: Database, connections: Connections
) -> None:
    """Under row-level security too: PostgreSQL trusts the comparisons of xid8 not to leak."""
    ticket = desk.networks_ticket()["id"]
    database.run(
        "INSERT INTO events (workspace_id, ticket_id, sequence, type, payload, xact_id) "
        "SELECT :w, :t, 10 + n, (CAST(:kinds AS text[]))[1 + n % :several], '{}', (n::text)::xid8 "
        "FROM generate_series(1, 20000) AS n",
        w=desk.cast.acme,
        t=ticket,
        kinds=sorted(KINDS),
        several=len(KINDS),
    )
    database.run("VACUUM ANALYZE events")
    for person in (desk.cast.ada, desk.cast.ana):
        with recorded() as sent:
            page(desk.as_(person), f"after={cursor(300, 0)}&types=ticket.rated")
        (read,) = (statement for statement in sent if "looked_at" in statement.sql)

        plan = plan_of(connections, person, read)

        condition = plan.split("Index Scan using events_workspace_id_xact_id_idx on events e", 1)[1]
        assert "ROW(xact_id, id) >" in condition.split("Filter")[0]
        assert "Seq Scan on events" not in plan
