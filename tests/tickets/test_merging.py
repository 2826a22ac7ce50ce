"""Merging: one ticket closes for another, what was said shows there, and nobody sees more than before."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.tickets import merging
from tests.support.cast import Person, person
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk


def merge(desk: ServiceDesk, source: dict[str, Any], into: dict[str, Any], **body: Any) -> dict[str, Any]:
    reply = desk.do(desk.cast.dario, source, "merge", into_id=into["id"], **body)
    assert reply.status == 200, reply.text
    return dict(reply.json)


def of(desk: ServiceDesk, customer: Person, **fields: Any) -> dict[str, Any]:
    return desk.networks_ticket(requester_id=customer.id, **fields)


def bodies(ticket: dict[str, Any]) -> list[str]:
    return [comment["body"] for comment in ticket["comments"]]


class TestMerging:
    def test_the_source_closes_and_the_answer_is_the_target(self, desk: ServiceDesk) -> None:
        source, into = desk.networks_ticket(), desk.networks_ticket(subject="The switch")

        reply = desk.do(desk.cast.dario, source, "merge", into_id=into["id"], reason="Asked twice.")

        assert (reply.status, reply.json["id"], reply.json["status"]) == (200, into["id"], "new")
        assert reply.json["version"] == into["version"] + 1
        assert reply.headers["etag"] == f'"{reply.json["version"]}"'
        merged = desk.detail(desk.cast.ana, source)
        assert (merged["status"], merged["merged_into"]) == ("closed", into["id"])
        assert merged["version"] == source["version"] + 1
        assert (merged["closed_at"] is None, merged["resolved_at"]) == (False, None)

    def test_both_timelines_and_both_events_tell_of_it(self, desk: ServiceDesk, database: Database) -> None:
        source, into = desk.networks_ticket(), desk.networks_ticket()

        merge(desk, source, into, reason="Asked twice.")

        told = desk.detail(desk.cast.ada, source)["timeline"][-1]
        assert (told["action"], told["actor"]["name"]) == ("merged", "Dario")
        assert told["changes"]["merged_into"] == {"from": None, "to": into["id"]}
        assert told["meta"] == {"into_id": into["id"], "into_label": into["label"], "reason": "Asked twice."}
        taken = desk.detail(desk.cast.ada, into)["timeline"][-1]
        assert taken["action"] == "merged_from"
        assert taken["meta"] == {
            "from_id": source["id"],
            "from_label": source["label"],
            "reason": "Asked twice.",
        }
        events = database.rows(
            "SELECT type, internal, payload #>> '{ticket,status}' AS status FROM events "
            "WHERE type LIKE 'ticket.merged%' ORDER BY id"
        )
        assert events == [
            {"type": "ticket.merged", "internal": False, "status": "closed"},
            {"type": "ticket.merged_from", "internal": True, "status": "new"},
        ]

    def test_the_customer_reads_neither_the_reason_nor_which_ticket(self, desk: ServiceDesk) -> None:
        source, into = desk.networks_ticket(), of(desk, desk.cast.chris)

        merge(desk, source, into, reason="Asked twice.")

        assert desk.detail(desk.cast.carol, source)["timeline"][-1]["meta"] == {}
        assert [e["action"] for e in desk.detail(desk.cast.chris, into)["timeline"]] == ["created"]

    @pytest.mark.parametrize("status", ["new", "open", "pending", "on_hold"])
    def test_case_s18_the_clock_ends_without_fulfilment(
        self, desk: ServiceDesk, database: Database, status: str
    ) -> None:
        source, into = desk.in_status(status), desk.networks_ticket()

        merge(desk, source, into)

        targets = database.rows(
            "SELECT ended_at, fulfilled_at, breached_at FROM sla_targets WHERE ticket_id = :t", t=source["id"]
        )
        assert len(targets) >= 2
        assert all(row["ended_at"] and not row["fulfilled_at"] for row in targets)
        steps = "SELECT count(at) FROM sla_steps WHERE ticket_id = :t"
        assert database.value(steps, t=source["id"]) == 0
        assert desk.detail(desk.cast.dario, into)["due_at"] == into["due_at"]

    @for_each("status", ["resolved", "closed", "cancelled"])
    def test_only_active_ones_into_active_ones(
        self, desk: ServiceDesk, database: Database, status: str
    ) -> None:
        over, active = desk.in_status(status), desk.networks_ticket()
        before = database.rows("SELECT id, status, version, last_sequence FROM tickets ORDER BY id")

        source = desk.do(desk.cast.dario, over, "merge", into_id=active["id"])
        into = desk.do(desk.cast.dario, active, "merge", into_id=over["id"])

        assert (source.status, source.code, source.json["state"]) == (409, "ILLEGAL_TRANSITION", status)
        assert (into.status, into.code, into.json["state"]) == (409, "ILLEGAL_TRANSITION", status)
        assert "merge" not in source.json["allowed"]
        assert database.rows("SELECT id, status, version, last_sequence FROM tickets ORDER BY id") == before

    def test_never_into_an_archived_one_or_itself_or_one_that_was_merged(self, desk: ServiceDesk) -> None:
        archived, active, merged = desk.in_status("closed"), desk.networks_ticket(), desk.networks_ticket()
        desk.do(desk.cast.dario, archived, "archive")
        merge(desk, merged, desk.networks_ticket())

        refused = [
            desk.do(desk.cast.dario, active, "merge", into_id=into["id"])
            for into in (archived, merged, active)
        ]

        assert [reply.status for reply in refused] == [409, 409, 422]
        assert [reply.json.get("state") for reply in refused] == ["archived", "merged", None]
        assert refused[2].json["errors"][0]["field"] == "into_id"

    def test_case_15_a_foreign_ticket_and_a_deleted_one_are_not_found(self, desk: ServiceDesk) -> None:
        ticket, gone = desk.networks_ticket(), desk.networks_ticket()
        foreign = desk.as_(desk.cast.mallory).post("/v1/tickets", {"subject": "a", "description": "b"}).json
        assert desk.as_(desk.cast.ada).delete(f"/v1/tickets/{gone['id']}").status == 204

        for other in (foreign, gone):
            assert desk.do(desk.cast.dario, ticket, "merge", into_id=other["id"]).status == 404
            assert desk.do(desk.cast.dario, other, "merge", into_id=ticket["id"]).status == 404

    def test_case_42_a_stale_version_of_the_source_is_refused(self, desk: ServiceDesk) -> None:
        source, into = desk.networks_ticket(), desk.networks_ticket()
        api, path = desk.as_(desk.cast.dario), f"/v1/tickets/{source['id']}/merge"

        assert api.post(path, {"into_id": into["id"]}, If_Match='"9"').status == 412
        assert api.post(path, {"into_id": into["id"]}, If_Match='"1"').status == 200

    def test_a_merged_one_stays_closed(self, desk: ServiceDesk) -> None:
        source, into = desk.networks_ticket(), desk.networks_ticket()
        merge(desk, source, into)

        reply = desk.do(desk.cast.dario, source, "reopen", reason="no")

        assert (reply.status, reply.json["state"], reply.json["allowed"]) == (409, "merged", ["archive"])

    def test_repeated_with_its_key_it_is_done_once(self, desk: ServiceDesk) -> None:
        source, into = desk.networks_ticket(), desk.networks_ticket()
        api, path = desk.as_(desk.cast.dario), f"/v1/tickets/{source['id']}/merge"

        first = api.post(path, {"into_id": into["id"]}, Idempotency_Key="k")
        again = api.post(path, {"into_id": into["id"]}, Idempotency_Key="k")

        assert (again.status, again.json) == (200, first.json)
        assert desk.actions(into).count("merged_from") == 1


class TestChains:
    def test_what_was_merged_before_goes_along(self, desk: ServiceDesk) -> None:
        first, second, third = (desk.networks_ticket() for _ in range(3))
        desk.comment(desk.cast.ana, first, "The very first.")
        merge(desk, first, second)
        merge(desk, second, third)

        seen = desk.detail(desk.cast.ana, first)

        assert seen["merged_into"] == third["id"]
        assert seen["timeline"][-1]["changes"] == {"merged_into": {"from": second["id"], "to": third["id"]}}
        assert seen["version"] == first["version"] + 2
        assert bodies(desk.detail(desk.cast.ana, third)) == ["The very first."]
        assert desk.do(desk.cast.dario, third, "merge", into_id=first["id"]).status == 409

    def test_a_ticket_takes_a_bounded_number(
        self, desk: ServiceDesk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(merging, "MOST", 2)
        target, chained = desk.networks_ticket(), desk.networks_ticket()
        merge(desk, desk.networks_ticket(), chained)
        merge(desk, desk.networks_ticket(), target)

        reply = desk.do(desk.cast.dario, chained, "merge", into_id=target["id"])

        assert (reply.status, reply.code) == (409, "CONFLICT")
        merge(desk, desk.networks_ticket(), target)

    def test_fifty_that_cross_leave_no_cycle(self, desk: ServiceDesk, database: Database) -> None:
        tickets = [desk.networks_ticket() for _ in range(4)]
        pairs = [(tickets[i % 4], tickets[(i + 1 + i // 4 % 3) % 4]) for i in range(50)]

        with ThreadPoolExecutor(8) as pool:
            replies = list(
                pool.map(lambda p: desk.do(desk.cast.dario, p[0], "merge", into_id=p[1]["id"]), pairs)
            )

        assert sorted(reply.status for reply in replies) == [200] * 3 + [409] * 47
        rows = database.rows("SELECT id, merged_into FROM tickets")
        (root,) = [row["id"] for row in rows if row["merged_into"] is None]
        assert {row["merged_into"] for row in rows} == {root, None}


class TestWhatShows:
    def test_comments_and_files_show_on_the_target_in_the_order_of_their_times(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        source, into = desk.networks_ticket(), desk.networks_ticket()
        desk.comment(desk.cast.carol, source, "one")
        desk.comment(desk.cast.carol, into, "two")
        desk.comment(desk.cast.ana, source, "three", visibility="internal")
        attach(desk, database, source)
        merge(desk, source, into)

        assert bodies(desk.detail(desk.cast.ana, into)) == ["one", "two", "three"]
        assert bodies(desk.detail(desk.cast.carol, into)) == ["one", "two"]
        assert bodies(desk.detail(desk.cast.carol, source)) == ["one"]
        for who, many in ((desk.cast.ana, 3), (desk.cast.carol, 2)):
            listed, cursor = [], ""
            while cursor is not None:
                page = desk.as_(who).get(f"/v1/tickets/{into['id']}/comments?limit=1{cursor}").json
                listed += [item["body"] for item in page["items"]]
                cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
            assert listed == ["one", "two", "three"][:many]
            offset = desk.as_(who).get(f"/v1/tickets/{into['id']}/comments?limit=1&offset=1").json["items"]
            assert [item["body"] for item in offset] == ["two"]
            files = desk.as_(who).get(f"/v1/tickets/{into['id']}/attachments").json["items"]
            assert [file["ticket_id"] for file in files] == [source["id"]]

    def test_customers_see_on_it_what_they_see_anyway(self, desk: ServiceDesk, database: Database) -> None:
        carols, chriss = desk.networks_ticket(), of(desk, desk.cast.chris)
        desk.comment(desk.cast.carol, carols, "Carol's word")
        desk.comment(desk.cast.chris, chriss, "Chris's word")
        file = attach(desk, database, carols)
        merge(desk, carols, chriss)

        assert bodies(desk.detail(desk.cast.dario, chriss)) == ["Carol's word", "Chris's word"]
        assert bodies(desk.detail(desk.cast.chris, chriss)) == ["Chris's word"]
        assert bodies(desk.detail(desk.cast.carol, carols)) == ["Carol's word"]
        assert desk.as_(desk.cast.carol).get(f"/v1/tickets/{chriss['id']}").status == 404
        chris = desk.as_(desk.cast.chris)
        assert chris.get(f"/v1/tickets/{chriss['id']}/comments").json["items"][0]["body"] == "Chris's word"
        assert chris.get(f"/v1/tickets/{chriss['id']}/attachments").json["items"] == []
        assert chris.get(f"/v1/tickets/{chriss['id']}/attachments/{file}").status == 404

    def test_watchers_come_along_but_not_another_requester_nor_those_who_would_see_more(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        clara = person(database, desk.cast.acme, "Clara", "customer", "acme.example")
        apps = desk.cast.teams["Apps"]
        carols, same, chriss = (
            desk.networks_ticket(team_id=apps),
            desk.networks_ticket(team_id=apps),
            of(desk, desk.cast.chris),
        )
        for ticket in (carols, same):
            for who in (clara, desk.cast.ben, desk.cast.dario, desk.cast.carol):
                path, watch = f"/v1/tickets/{ticket['id']}/watchers", {"user_id": str(who.id)}
                assert desk.as_(desk.cast.ada).post(path, watch).status == 201
        into = desk.networks_ticket()

        merge(desk, carols, chriss)
        merge(desk, same, into)

        assert watchers(desk, chriss) == {"Dario"}
        assert watchers(desk, into) == {"Dario", "Clara"}


class TestCommenting:
    def test_a_customers_word_lands_on_the_target_and_wakes_it(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        source, into = desk.networks_ticket(), desk.in_status("pending")
        merge(desk, source, into)

        made = desk.comment(desk.cast.carol, source, "Any news?")

        assert (made["ticket_id"], made["follow_up"]) == (into["id"], None)
        seen = desk.detail(desk.cast.carol, into)
        assert (seen["status"], bodies(seen)) == ("open", ["Any news?"])
        assert desk.actions(source)[-1] == "merged"
        assert desk.actions(into)[-2:] == ["commented", "resumed"]

    def test_the_staffs_lands_there_too(self, desk: ServiceDesk) -> None:
        source, into = desk.networks_ticket(), desk.networks_ticket()
        merge(desk, source, into)

        made = desk.comment(desk.cast.ana, source, "For colleagues.", visibility="internal")

        assert (made["ticket_id"], made["visibility"]) == (into["id"], "internal")
        assert bodies(desk.detail(desk.cast.carol, into)) == []

    def test_an_outsiders_stays_theirs_and_shows_to_the_staff_of_the_target(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        carols, chriss = desk.networks_ticket(), of(desk, desk.cast.chris)
        merge(desk, carols, chriss)
        desk.do(desk.cast.dario, chriss, "pause", waiting_on="customer", reason="asked")

        made = desk.comment(desk.cast.carol, carols, "Any news?")

        assert made["ticket_id"] == carols["id"]
        assert bodies(desk.detail(desk.cast.carol, carols)) == ["Any news?"]
        seen = desk.detail(desk.cast.ana, chriss)
        assert (seen["status"], bodies(seen)) == ("pending", ["Any news?"])
        assert seen["timeline"][-1]["meta"]["from_id"] == carols["id"]
        shown = desk.as_(desk.cast.chris).get(f"/v1/tickets/{chriss['id']}").text
        assert not [word for word in ("Any news", "Carol", carols["id"]) if word in shown]
        events = database.rows("SELECT internal FROM events WHERE type = 'ticket.commented'")
        assert events == [{"internal": True}]

    def test_an_outsider_learns_nothing_of_a_target_that_is_over(self, desk: ServiceDesk) -> None:
        carols, chriss = desk.networks_ticket(), of(desk, desk.cast.chris, subject="Salaries")
        merge(desk, carols, chriss)
        desk.do(desk.cast.dario, chriss, "resolve", resolution="Done.")

        reply = desk.as_(desk.cast.carol).post(f"/v1/tickets/{carols['id']}/comments", {"body": "Still dark"})

        assert (reply.status, reply.code) == (409, "CONFLICT")
        assert "Salaries" not in reply.text
        assert chriss["label"] not in reply.text

    def test_who_sees_neither_comments_on_neither(self, desk: ServiceDesk) -> None:
        source, into = desk.networks_ticket(), desk.networks_ticket()
        merge(desk, source, into)

        reply = desk.as_(desk.cast.chris).post(f"/v1/tickets/{source['id']}/comments", {"body": "Hm"})

        assert reply.status == 404

    def test_comments_and_merges_at_the_same_time_are_never_in_each_others_way(
        self, desk: ServiceDesk
    ) -> None:
        first, second, third = (desk.networks_ticket() for _ in range(3))
        merge(desk, first, second)

        def comment(number: int) -> int:
            path = f"/v1/tickets/{(first, second)[number % 2]['id']}/comments"
            return desk.as_(desk.cast.ana).post(path, {"body": f"word {number}"}).status

        with ThreadPoolExecutor(6) as pool:
            replies = pool.map(comment, range(20))
            merge(desk, second, third)

        said = [status for status in replies if status == 201]
        assert len(said) >= 15
        assert len(bodies(desk.detail(desk.cast.ana, third))) == len(said)


def attach(desk: ServiceDesk, database: Database, ticket: dict[str, Any]) -> str:
    """A file of the ticket, past the bucket."""
    return str(
        database.value(
            "INSERT INTO attachments (workspace_id, ticket_id, uploaded_by, file_name, content_type, size, "
            "state, scan, object_version, uploaded_at) "
            "VALUES (:w, :t, :u, 'rack.png', 'image/png', 9, 'uploaded', 'clean', 'v1', now()) RETURNING id",
            w=desk.cast.acme,
            t=ticket["id"],
            u=desk.cast.carol.id,
        )
    )


def watchers(desk: ServiceDesk, ticket: dict[str, Any]) -> set[str]:
    reply = desk.as_(desk.cast.ada).get(f"/v1/tickets/{ticket['id']}/watchers")
    return {item["name"] for item in reply.json["items"]}
