"""Many tickets changed at once: each stands alone, judged by the rights of who asks."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from chalicelib.accounts import principals
from chalicelib.core.db import Transaction
from chalicelib.tickets import acting, bulk_acting, drafts
from chalicelib.tickets.bulk_acting import Chosen
from tests.support.api import Reply
from tests.support.cast import Cast, Person
from tests.support.connections import Connections
from tests.support.crew import crew
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk, plain
from tests.support.tenants import fingerprint

TAG = {"action": "add_tags", "tags": ["outage"]}
CLOSE = {"action": "set_status", "status": "closed"}
RAISED = "DO $$ BEGIN RAISE SQLSTATE '{}'; END $$"
HOLD = text("SELECT id FROM tickets WHERE id = :id FOR NO KEY UPDATE")


def change(desk: ServiceDesk, who: Person, tickets: list[Any], *actions: dict[str, Any]) -> Reply:
    """A bulk change of tickets, or of what else stands in `ticket_ids`."""
    named = [each["id"] if isinstance(each, dict) and "label" in each else each for each in tickets]
    body = {"ticket_ids": named, "actions": [plain(action) for action in actions]}
    return desk.as_(who).post("/v1/tickets/bulk", body)


def outcomes(reply: Reply) -> list[str]:
    assert reply.status == 200, reply.text
    return [result["status"] for result in reply.json["results"]]


class TestEachStandsAlone:
    def test_all_that_can_be_changed_is_and_each_has_its_own_result(
        self, desk: ServiceDesk, cast: Cast
    ) -> None:
        first, done, closed = desk.networks_ticket(), desk.in_status("resolved"), desk.in_status("closed")

        reply = change(desk, cast.ana, [first, done, closed, str(uuid4())], CLOSE)

        assert outcomes(reply) == ["failed", "changed", "unchanged", "failed"]
        refused, changed, same, absent = reply.json["results"]
        assert (refused["error"]["code"], refused["error"]["state"]) == ("ILLEGAL_TRANSITION", "new")
        assert "resolve" in refused["error"]["allowed"]
        assert refused["error"]["field"] == "actions.0"
        assert (refused["label"], refused["version"]) == (first["label"], first["version"])
        assert (changed["label"], changed["version"]) == (done["label"], done["version"] + 1)
        assert (same["version"], same["error"]) == (closed["version"], None)
        assert (absent["label"], absent["error"]["code"]) == (None, "NOT_FOUND")
        assert reply.json["counts"] == {"changed": 1, "unchanged": 1, "failed": 2}
        assert desk.detail(cast.ada, done)["version"] == changed["version"]
        assert desk.detail(cast.ada, first)["status"] == "new"

    def test_what_fails_half_way_leaves_nothing_of_itself_and_all_of_the_others(
        self, desk: ServiceDesk, cast: Cast, database: Database, queue: Any
    ) -> None:
        """A comment is written before the status is refused."""
        good, bad = desk.in_status("resolved"), desk.in_status("pending")
        queue.take()

        reply = change(desk, cast.ana, [bad, good], {"action": "comment", "body": "Bye."}, CLOSE)

        assert outcomes(reply) == ["failed", "changed"]
        assert database.value("SELECT count(*) FROM comments WHERE body = 'Bye.'") == 1
        assert "closed" not in desk.actions(bad)
        *told, ended = queue.take()
        assert {event["ticket_id"] for event in told} == {good["id"]}
        assert ended["payload"]["ticket_ids"] == [good["id"]]
        assert desk.detail(cast.ada, bad)["version"] == bad["version"]

    def test_a_deletion_that_is_undone_is_neither_told_nor_in_the_audit_log(
        self, desk: ServiceDesk, cast: Cast, queue: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from chalicelib.tickets import draft

        good, bad = desk.networks_ticket(), desk.networks_ticket()
        queue.take()
        save = draft.Draft.save

        def broken(self: Any, **options: Any) -> None:
            save(self, **options)
            if str(self.ticket.id) == bad["id"]:
                raise RuntimeError("after the audit")

        monkeypatch.setattr(draft.Draft, "save", broken)
        reply = change(desk, cast.ada, [bad, good], {"action": "delete"})

        assert outcomes(reply) == ["failed", "changed"]
        assert reply.json["results"][0]["error"]["code"] == "INTERNAL_SERVER_ERROR"
        entries = desk.as_(cast.ada).get("/v1/audit-log?action=ticket.deleted").json["items"]
        assert [entry["target"]["id"] for entry in entries] == [good["id"]]
        told = [event["ticket_id"] for event in queue.take() if event["type"] == "ticket.deleted"]
        assert told == [good["id"]]

    def test_a_version_that_was_seen_protects_what_others_changed(
        self, desk: ServiceDesk, cast: Cast
    ) -> None:
        stale, fresh = desk.networks_ticket(), desk.networks_ticket()
        assert desk.do(cast.dario, stale, "assign", assignee_id=cast.ana.id).status == 200
        seen = [{"id": each["id"], "version": each["version"]} for each in (stale, fresh)]

        reply = change(desk, cast.dario, seen, TAG)

        assert outcomes(reply) == ["failed", "changed"]
        error = reply.json["results"][0]["error"]
        assert (error["code"], error["current_version"]) == ("OPTIMISTIC_LOCK", 2)
        assert reply.json["results"][0]["version"] == 2

    def test_it_is_told_as_if_each_had_been_done_by_hand(
        self, desk: ServiceDesk, cast: Cast, queue: Any
    ) -> None:
        tickets = [desk.networks_ticket(), desk.networks_ticket()]
        queue.take()

        assign = {"action": "assign", "assignee_id": cast.ana.id}
        reply = change(desk, cast.dario, tickets, assign, TAG)

        events = queue.take()
        for ticket in tickets:
            entries = desk.detail(cast.ada, ticket)["timeline"][-2:]
            assert [entry["action"] for entry in entries] == ["assigned", "updated"]
            assert entries[0]["actor"]["id"] == str(cast.dario.id)
            assert {entry["meta"]["bulk_id"] for entry in entries} == {reply.json["bulk_id"]}
            assert entries[0]["changes"]["status"] == {"from": "new", "to": "open"}
        assert sorted(event["type"] for event in events) == [
            "bulk.ended",
            *["ticket.assigned"] * 2,
            *["ticket.updated"] * 2,
        ]
        shown = desk.detail(cast.carol, tickets[0])["timeline"]
        assert all("bulk_id" not in entry["meta"] for entry in shown)

    def test_a_team_that_assigns_by_itself_gives_each_to_the_next(
        self, desk: ServiceDesk, cast: Cast, database: Database
    ) -> None:
        team = crew(database, cast.acme, "round_robin", 2)
        tickets = [desk.networks_ticket() for _ in range(4)]

        reply = change(desk, cast.dario, tickets, {"action": "transfer", "team_id": team.team})

        assert outcomes(reply) == ["changed"] * 4
        got = [desk.detail(cast.ada, ticket)["assignee"]["id"] for ticket in tickets]
        assert got == [str(member.id) for member in (*team.members, *team.members)]

    def test_put_away_by_an_admin(self, desk: ServiceDesk, cast: Cast) -> None:
        done, active = desk.in_status("closed"), desk.networks_ticket()

        archived = change(desk, cast.ada, [done, active], {"action": "archive"})
        deleted = change(desk, cast.ada, [done, active], {"action": "delete"})

        assert outcomes(archived) == ["changed", "failed"]
        assert outcomes(deleted) == ["changed", "changed"]
        assert desk.as_(cast.ada).get(f"/v1/tickets/{active['id']}").status == 404
        log = desk.as_(cast.ada).get("/v1/audit-log?action=ticket.deleted").json["items"]
        assert {entry["target"]["id"] for entry in log} == {done["id"], active["id"]}

    def test_what_there_is_no_time_for_is_left_and_told(
        self, desk: ServiceDesk, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Costly texts on fifty tickets would outlast the function that makes them."""
        tickets = [desk.networks_ticket() for _ in range(3)]
        times = iter([0.0, 1.0, bulk_acting.LONGEST_SECONDS + 1, bulk_acting.LONGEST_SECONDS + 2])
        monkeypatch.setattr(bulk_acting, "monotonic", lambda: next(times))

        reply = change(desk, cast.dario, tickets, TAG)

        assert outcomes(reply) == ["changed", "failed", "failed"]
        late = reply.json["results"][1]
        assert (late["error"]["code"], late["label"]) == ("SERVICE_UNAVAILABLE", tickets[1]["label"])
        assert desk.detail(cast.ada, tickets[1])["tags"] == []

    @pytest.mark.parametrize("tries", [1, 2])
    def test_the_wait_for_locks_and_a_try_that_was_lost_are_part_of_the_time(
        self, desk: ServiceDesk, cast: Cast, monkeypatch: pytest.MonkeyPatch, tries: int
    ) -> None:
        ticket = desk.networks_ticket()
        clock, calls = [0.0], []

        def slow(tx: Transaction, *given: Any) -> Any:
            calls.append(clock[0])
            clock[0] += (bulk_acting.LONGEST_SECONDS + 1) / tries
            if len(calls) < tries:
                tx.connection.exec_driver_sql(RAISED.format("40P01"))
            return drafts.open_drafts(tx, *given)

        monkeypatch.setattr(bulk_acting, "monotonic", lambda: clock[0])
        monkeypatch.setattr(bulk_acting, "open_drafts", slow)

        reply = change(desk, cast.dario, [ticket], TAG)

        assert (outcomes(reply), len(calls)) == (["failed"], tries)
        assert reply.json["results"][0]["error"]["detail"] == bulk_acting.NO_TIME

    def test_one_that_takes_too_long_fails_alone(
        self, desk: ServiceDesk, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        slow, quick = desk.networks_ticket(), desk.networks_ticket()
        too_long_for(slow["label"], monkeypatch)

        reply = change(desk, cast.dario, [slow, quick], TAG)

        assert outcomes(reply) == ["failed", "changed"]
        error = reply.json["results"][0]["error"]
        assert error == {"code": "SERVICE_UNAVAILABLE", "detail": bulk_acting.TOO_SLOW}

    def test_they_are_changed_in_the_order_of_their_ids_and_told_in_that_of_the_request(
        self, desk: ServiceDesk, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tickets = sorted((desk.networks_ticket() for _ in range(3)), key=lambda each: each["id"])
        apply, order = acting.apply, []

        def watched(draft: Any, *given: Any) -> Any:
            order.append(str(draft.ticket.id))
            return apply(draft, *given)

        monkeypatch.setattr(acting, "apply", watched)

        reply = change(desk, cast.dario, tickets[::-1], TAG)

        ids = [each["id"] for each in tickets]
        assert order == ids
        assert [result["ticket_id"] for result in reply.json["results"]] == ids[::-1]


class TestRights:
    def test_customers_change_nothing_in_bulk(self, desk: ServiceDesk, cast: Cast) -> None:
        ticket = desk.ticket()

        reply = change(desk, cast.carol, [ticket], TAG)

        assert (reply.status, reply.code) == (403, "FORBIDDEN")

    @pytest.mark.parametrize("who", ["dario", "ana"])
    def test_only_an_admin_deletes(self, desk: ServiceDesk, cast: Cast, who: str) -> None:
        ticket = desk.networks_ticket()

        reply = change(desk, getattr(cast, who), [ticket], TAG, {"action": "delete"})

        assert (reply.status, reply.code) == (403, "FORBIDDEN")
        assert desk.detail(cast.ada, ticket)["tags"] == []

    def test_what_is_not_seen_fails_as_what_is_not_there(self, desk: ServiceDesk, cast: Cast) -> None:
        apps = desk.ticket(cast.dario, team_id=cast.teams["Apps"], requester_id=cast.carol.id)
        body = {"subject": "Theirs", "description": "Of another house."}
        foreign = desk.as_(cast.mallory).post("/v1/tickets", body).json
        absent = str(uuid4())

        reply = change(desk, cast.ana, [apps, foreign, absent], TAG)

        told = [{**result, "ticket_id": None} for result in reply.json["results"]]
        assert outcomes(reply) == ["failed"] * 3
        assert told[0] == told[1] == told[2]
        assert told[0]["error"] == {"code": "NOT_FOUND", "detail": "There is no such ticket."}
        assert desk.detail(cast.ada, apps)["tags"] == []

    def test_each_action_is_judged_with_the_own_rights(self, desk: ServiceDesk, cast: Cast) -> None:
        """An agent claims what is free, and takes nothing from a colleague."""
        free = desk.networks_ticket()
        taken = desk.networks_ticket(assignee_id=cast.dario.id)

        reply = change(desk, cast.ana, [free, taken], {"action": "assign", "assignee_id": "me"})

        assert outcomes(reply) == ["changed", "failed"]
        assert reply.json["results"][1]["error"]["code"] == "FORBIDDEN"
        assert desk.detail(cast.ada, taken)["assignee"]["id"] == str(cast.dario.id)


class TestByFilter:
    def test_it_means_what_the_list_shows(self, desk: ServiceDesk, cast: Cast) -> None:
        urgent = [desk.networks_ticket(priority="urgent") for _ in range(3)]
        desk.networks_ticket()
        desk.ticket(cast.dario, priority="urgent", team_id=cast.teams["Apps"], requester_id=cast.carol.id)

        body = {"filter": {"priority": ["urgent"], "status": ["new"]}, "actions": [TAG]}
        reply = desk.as_(cast.ana).post("/v1/tickets/bulk", body)

        assert outcomes(reply) == ["changed"] * 3
        assert [result["ticket_id"] for result in reply.json["results"]] == [each["id"] for each in urgent]

    def test_it_finds_by_words_too(self, desk: ServiceDesk, cast: Cast) -> None:
        dark = desk.networks_ticket(subject="The switch is dark")
        desk.networks_ticket(subject="No paper")

        body = {"filter": {"query": "switch"}, "actions": [TAG]}
        reply = desk.as_(cast.dario).post("/v1/tickets/bulk", body)

        assert [result["ticket_id"] for result in reply.json["results"]] == [dark["id"]]

    def test_one_that_means_nothing_changes_nothing(self, desk: ServiceDesk, cast: Cast) -> None:
        body = {"filter": {"tag": "no-such"}, "actions": [TAG]}

        reply = desk.as_(cast.dario).post("/v1/tickets/bulk", body)

        assert outcomes(reply) == []
        assert reply.json["counts"] == {"changed": 0, "unchanged": 0, "failed": 0}

    @pytest.mark.parametrize("wanted", [{}, {"archived": True}])
    def test_one_that_means_everything_is_refused(
        self, desk: ServiceDesk, cast: Cast, wanted: dict[str, Any]
    ) -> None:
        reply = desk.as_(cast.dario).post("/v1/tickets/bulk", {"filter": wanted, "actions": [TAG]})

        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "filter")

    def test_one_that_means_more_than_500_is_refused_and_counts_no_further(
        self, desk: ServiceDesk, cast: Cast, database: Database
    ) -> None:
        fill(database, cast, 501)

        reply = desk.as_(cast.dario).post("/v1/tickets/bulk", {"filter": {"tag": "many"}, "actions": [TAG]})

        assert (reply.status, reply.code) == (422, "VALIDATION_ERROR")
        assert "more than 500" in reply.json["detail"]
        assert "501" in reply.json["detail"]
        assert database.value("SELECT count(*) FROM jobs") == 0

    def test_a_fault_of_the_filter_is_told_where_it_stands(self, desk: ServiceDesk, cast: Cast) -> None:
        body = {"filter": {"custom_field": ["nonsense"]}, "actions": [TAG]}

        reply = desk.as_(cast.dario).post("/v1/tickets/bulk", body)

        assert reply.status == 422
        assert reply.json["errors"][0]["field"].startswith("filter.custom_field")


class TestTrying:
    def test_it_tells_what_would_become_of_each_and_does_nothing(
        self, desk: ServiceDesk, cast: Cast, database: Database, queue: Any
    ) -> None:
        tickets = [desk.in_status("resolved"), desk.networks_ticket(), desk.in_status("closed")]
        queue.take()
        before = fingerprint(database, cast.acme)
        comment = {"action": "comment", "body": "Bye."}
        body = {"ticket_ids": [each["id"] for each in tickets], "actions": [comment, CLOSE], "dry_run": True}

        reply = desk.as_(cast.ana).post("/v1/tickets/bulk", body)

        assert outcomes(reply) == ["changed", "failed", "changed"]
        assert reply.json["dry_run"] is True
        assert reply.json["results"][0]["version"] == tickets[0]["version"] + 1
        assert fingerprint(database, cast.acme) == before
        assert queue.take() == []
        done = desk.as_(cast.ana).post("/v1/tickets/bulk", {**body, "dry_run": False})
        assert done.json["results"] == reply.json["results"]

    def test_nothing_of_it_is_in_the_audit_log(self, desk: ServiceDesk, cast: Cast) -> None:
        body = {"ticket_ids": [desk.networks_ticket()["id"]], "actions": [{"action": "delete"}]}

        reply = desk.as_(cast.ada).post("/v1/tickets/bulk", {**body, "dry_run": True})

        assert outcomes(reply) == ["changed"]
        assert desk.as_(cast.ada).get("/v1/audit-log?action=ticket.deleted").json["items"] == []

    def test_more_than_fifty_are_counted(self, desk: ServiceDesk, cast: Cast, database: Database) -> None:
        fill(database, cast, 51)
        body = {"filter": {"tag": "many"}, "actions": [TAG], "dry_run": True}

        reply = desk.as_(cast.dario).post("/v1/tickets/bulk", body)

        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "dry_run")
        assert "These are 51." in reply.json["detail"]
        assert database.value("SELECT count(*) FROM jobs") == 0


class TestBadInput:
    @for_each(
        "body, field, code",
        [
            ({"actions": [TAG]}, "ticket_ids", "FIELD_REQUIRED"),
            ({"ticket_ids": [str(UUID(int=7))]}, "actions", "FIELD_REQUIRED"),
            ({"ticket_ids": [], "actions": [TAG]}, "ticket_ids", "VALIDATION_ERROR"),
            ({"ticket_ids": [str(UUID(int=7))], "actions": []}, "actions", "VALIDATION_ERROR"),
            (
                {"ticket_ids": [str(UUID(int=7))], "filter": {"tag": "a"}, "actions": [TAG]},
                "ticket_ids",
                "VALIDATION_ERROR",
            ),
            ({"ticket_ids": [str(UUID(int=7))], "actions": [TAG] * 21}, "actions", "VALIDATION_ERROR"),
            ({"filter": {"colour": "red"}, "actions": [TAG]}, "filter.colour", "VALIDATION_ERROR"),
            ({"ticket_ids": ["x"], "actions": [TAG]}, "ticket_ids.0", "VALIDATION_ERROR"),
            (
                {"ticket_ids": [{"id": str(UUID(int=7))}], "actions": [TAG]},
                "ticket_ids.0.version",
                "FIELD_REQUIRED",
            ),
            (
                {"ticket_ids": [{"id": str(UUID(int=7)), "version": 0}], "actions": [TAG]},
                "ticket_ids.0.version",
                "VALIDATION_ERROR",
            ),
            (
                {
                    "ticket_ids": [
                        {"id": str(UUID(int=7)), "version": 1},
                        {"id": str(UUID(int=7)), "version": 2},
                    ],
                    "actions": [TAG],
                },
                "ticket_ids.1",
                "VALIDATION_ERROR",
            ),
            (
                {
                    "ticket_ids": [str(UUID(int=7))],
                    "actions": [TAG, {"action": "transfer", "team_id": str(UUID(int=9))}],
                },
                "actions.1.team_id",
                "NOT_FOUND",
            ),
        ],
    )
    def test_what_nobody_could_do_is_refused_as_a_whole(
        self, desk: ServiceDesk, cast: Cast, body: dict[str, Any], field: str, code: str
    ) -> None:
        reply = desk.as_(cast.dario).post("/v1/tickets/bulk", body)

        assert (reply.status, reply.code) == (404 if code == "NOT_FOUND" else 422, code), reply.text
        assert [problem["field"] for problem in reply.json["errors"]] == [field]

    def test_501_tickets_are_too_many(self, desk: ServiceDesk, cast: Cast) -> None:
        reply = change(desk, cast.dario, [str(UUID(int=n)) for n in range(501)], TAG)

        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "ticket_ids")

    def test_a_ticket_that_is_named_twice_is_changed_once(self, desk: ServiceDesk, cast: Cast) -> None:
        ticket = desk.networks_ticket()
        again = {"id": ticket["id"], "version": 1}

        reply = change(desk, cast.dario, [ticket, again, ticket["id"].upper()], TAG)

        assert outcomes(reply) == ["changed"]
        assert desk.detail(cast.ada, ticket)["version"] == 2

    def test_the_same_key_gets_the_same_answer_and_changes_nothing_again(
        self, desk: ServiceDesk, cast: Cast
    ) -> None:
        ticket = desk.networks_ticket()
        body = {"ticket_ids": [ticket["id"]], "actions": [{"action": "comment", "body": "Once."}]}

        first, second = (
            desk.as_(cast.dario).post("/v1/tickets/bulk", body, Idempotency_Key="k") for _ in range(2)
        )

        assert (second.status, second.headers["idempotency-replayed"]) == (200, "true")
        assert second.json == first.json
        assert len(desk.detail(cast.ada, ticket)["comments"]) == 1


class TestBesideOthers:
    def test_a_ticket_that_somebody_holds_fails_alone(
        self, desk: ServiceDesk, cast: Cast, connections: Connections, database: Database
    ) -> None:
        held, free = desk.networks_ticket(), desk.networks_ticket()

        def request(tx: Transaction) -> Any:
            tx.connection.execute(text("SET LOCAL lock_timeout = '200ms'"))
            return bulk_of(cast, [held, free])(tx)

        with connections.engine.connect() as other, other.begin():
            database_hold(other, cast, held)
            results = connections.run(request)

        assert [result.status for result in results] == ["failed", "changed"]
        assert (results[0].error["code"], results[0].label) == ("CONFLICT", held["label"])
        assert desk.detail(cast.ada, free)["tags"] == ["outage"]

    def test_tickets_that_several_hold_one_after_another_fail_alone(
        self,
        desk: ServiceDesk,
        cast: Cast,
        connections: Connections,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """The time for all the locks is over before that for one of them."""
        held, free = desk.networks_ticket(), desk.networks_ticket()
        monkeypatch.setattr(drafts, "LOCKING_MS", 200)

        def request(tx: Transaction) -> Any:
            return bulk_of(cast, [held, free])(tx), tx.connection.scalar(text("SHOW statement_timeout"))

        with connections.engine.connect() as other, other.begin():
            database_hold(other, cast, held)
            results, timeout = connections.run(request)

        assert [result.status for result in results] == ["failed", "changed"]
        assert (results[0].error["code"], results[0].label) == ("CONFLICT", held["label"])
        assert timeout == "10s"

    def test_two_over_the_same_tickets_in_opposite_order_wait_for_each_other_and_both_are_done(
        self, desk: ServiceDesk, cast: Cast, connections: Connections
    ) -> None:
        tickets = [desk.networks_ticket() for _ in range(20)]
        units = [
            bulk_of(cast, order, {"action": "add_tags", "tags": [f"tag-{n}"]})
            for n, order in enumerate([tickets, tickets[::-1]] * 2)
        ]

        given = connections.at_once(units)

        assert not [each for each in given if isinstance(each, Exception)]
        assert {result.status for each in given for result in each} == {"changed"}
        for ticket in tickets:
            shown = desk.detail(cast.ada, ticket)
            assert (sorted(shown["tags"]), shown["version"]) == (["tag-0", "tag-1", "tag-2", "tag-3"], 5)


def bulk_of(cast: Cast, tickets: list[dict[str, Any]], action: dict[str, Any] = TAG) -> Any:
    """A unit of work: Dario's change of these tickets, in this order."""

    def unit(tx: Transaction) -> Any:
        actor = principals.enter(tx, cast.acme, cast.dario.id)
        prepared = acting.prepare(tx, actor, [action])
        chosen = [Chosen(UUID(ticket["id"])) for ticket in tickets]
        return bulk_acting.at_once(tx, actor, chosen, prepared, uuid4())

    return unit


def too_long_for(label: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has a statement on this ticket be cancelled for the time that it takes."""
    apply = acting.apply

    def slow(draft: Any, *given: Any) -> Any:
        if draft.ticket.label == label:
            draft.tx.connection.exec_driver_sql(RAISED.format("57014"))
        return apply(draft, *given)

    monkeypatch.setattr(acting, "apply", slow)


def database_hold(connection: Any, cast: Cast, ticket: dict[str, Any]) -> None:
    """Somebody at work on a ticket."""
    principals.enter(Transaction(connection), cast.acme, cast.dario.id)
    assert connection.execute(HOLD, {"id": ticket["id"]}).one()


def fill(database: Database, cast: Cast, count: int) -> None:
    """So many tickets of Carol's, tagged `many`, past the app."""
    database.run(
        "INSERT INTO tickets "
        "(workspace_id, number, label, subject, description, requester_id, team_id, tags) "
        "SELECT :w, n, 'TKT-2026-9' || n, 'One of many', 'Of many.', :r, :t, '{many}' "
        "FROM generate_series(1000, 1000 + :count - 1) AS n",
        w=cast.acme,
        r=cast.carol.id,
        t=cast.teams["Networks"],
        count=count,
    )
