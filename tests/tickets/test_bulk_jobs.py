"""More than fifty tickets: a job that is followed and called off, and changes each ticket once, whatever
happens to it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from chalicelib import queues
from chalicelib.core.db import in_transaction
from chalicelib.tickets import bulk, bulk_jobs
from tests.support.cast import Cast, Person
from tests.support.connections import Connections
from tests.support.crew import crew
from tests.support.database import Database
from tests.support.jobs import Workshop
from tests.support.service_desk import ServiceDesk
from tests.tickets.test_bulk import fill, too_long_for

COMMENT = {"action": "comment", "body": "We know of it.", "visibility": "internal"}
COMMENTS = "SELECT count(*) FROM comments WHERE body = 'We know of it.'"
BY_TAG = {"tag": "many"}


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A handful is many here."""
    monkeypatch.setattr(bulk, "AT_ONCE", 2)


def ask(desk: ServiceDesk, who: Person, *actions: dict[str, Any], **named: Any) -> dict[str, Any]:
    """The job of a change of many tickets; of those that `fill` made, unless others are named."""
    body = {**(named or {"filter": BY_TAG}), "actions": list(actions or (COMMENT,))}
    reply = desk.as_(who).post("/v1/tickets/bulk", body)
    assert reply.status == 202, reply.text
    return dict(reply.json)


def look(desk: ServiceDesk, who: Person, job: dict[str, Any]) -> dict[str, Any]:
    reply = desk.as_(who).get(f"/v1/jobs/{job['id']}")
    assert reply.status == 200, reply.text
    return dict(reply.json)


def results(desk: ServiceDesk, who: Person, job: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
    reply = desk.as_(who).get(f"/v1/jobs/{job['id']}/results{query}")
    assert reply.status == 200, reply.text
    return list(reply.json["items"])


def after(tickets: int, then: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Has something happen once the job has changed so many."""
    step = bulk_jobs.step
    steps = 0

    def watched(*given: Any, **named: Any) -> bool:
        nonlocal steps
        if steps == tickets:
            then()
        steps += 1
        return step(*given, **named)

    monkeypatch.setattr(bulk_jobs, "step", watched)


class TestFollowing:
    def test_it_is_queued_worked_off_and_each_result_can_be_read(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database
    ) -> None:
        fill(database, cast, 3)
        job = ask(desk, cast.dario)
        assert (job["kind"], job["status"], job["total"], job["done"]) == ("bulk", "queued", 3, 0)
        assert (job["counts"], job["cancellable"]) == ({"waiting": 3}, True)

        workshop.work()

        ended = look(desk, cast.dario, job)
        assert (ended["status"], ended["done"], ended["counts"]) == ("done", 3, {"changed": 3})
        assert (ended["failures"], ended["error"], ended["cancellable"]) == ([], None, False)
        told = results(desk, cast.dario, job)
        assert [each["label"] for each in told] == [f"TKT-2026-9{n}" for n in (1000, 1001, 1002)]
        assert {(each["status"], each["version"]) for each in told} == {("changed", 1)}
        assert database.value(COMMENTS) == 3

    def test_fifty_one_go_through_the_queue_and_fifty_do_not(
        self, desk: ServiceDesk, cast: Cast, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.undo()
        fill(database, cast, 51)
        ids = [str(row["id"]) for row in database.rows("SELECT id FROM tickets ORDER BY number")]
        tag = {"action": "add_tags", "tags": ["a"]}
        dario = desk.as_(cast.dario)

        at_once = dario.post("/v1/tickets/bulk", {"ticket_ids": ids[:50], "actions": [tag]})
        later = dario.post("/v1/tickets/bulk", {"ticket_ids": ids, "actions": [tag]})

        assert (at_once.status, at_once.json["counts"]["changed"]) == (200, 50)
        assert (later.status, later.json["total"]) == (202, 51)
        assert later.headers["location"] == f"/v1/jobs/{later.json['id']}"

    def test_results_are_in_the_order_that_was_asked_in_with_what_failed_by_itself(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop
    ) -> None:
        done, new = desk.in_status("resolved"), desk.networks_ticket()
        named = [{"id": done["id"], "version": 1}, new["id"], str(uuid4()), done["id"]]
        close = {"action": "set_status", "status": "closed"}

        job = ask(desk, cast.ana, close, ticket_ids=[named[2], named[1], named[0]])
        workshop.work()

        ended = look(desk, cast.ana, job)
        assert ended["counts"] == {"failed": 3}
        codes = [each["error"]["code"] for each in results(desk, cast.ana, job)]
        assert codes == ["NOT_FOUND", "ILLEGAL_TRANSITION", "OPTIMISTIC_LOCK"]
        assert ended["failures"] == results(desk, cast.ana, job, "?status=failed")
        assert results(desk, cast.ana, job, "?status=changed") == []
        assert ended["status"] == "done"

    def test_results_come_in_pages(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database
    ) -> None:
        fill(database, cast, 5)
        job = ask(desk, cast.dario)
        workshop.work()

        first = desk.as_(cast.dario).get(f"/v1/jobs/{job['id']}/results?limit=3").json
        rest = results(desk, cast.dario, job, f"?limit=3&cursor={first['next_cursor']}")

        assert first["items"] + rest == results(desk, cast.dario, job)
        assert len(rest) == 2

    def test_the_tickets_are_those_of_the_moment_when_it_was_asked_for(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database
    ) -> None:
        fill(database, cast, 3)
        job = ask(desk, cast.dario)
        later = desk.networks_ticket(tags=["many"])
        left = database.value("SELECT id FROM tickets WHERE label = 'TKT-2026-91001'")
        desk.as_(cast.dario).delete(f"/v1/tickets/{left}/tags/many")

        workshop.work()

        assert look(desk, cast.dario, job)["counts"] == {"changed": 3}
        assert desk.detail(cast.ada, later)["comments"] == []
        assert len(desk.as_(cast.ada).get(f"/v1/tickets/{left}").json["comments"]) == 1

    def test_it_is_told_under_the_name_of_who_asked_with_the_job_beside_it(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database
    ) -> None:
        fill(database, cast, 3)
        job = ask(desk, cast.dario, {"action": "set_priority", "priority": "urgent"})
        workshop.work()

        told = database.rows("SELECT actor_id, meta FROM timeline_entries WHERE action = 'reclassified'")
        assert [(row["actor_id"], row["meta"]["bulk_id"]) for row in told] == [(cast.dario.id, job["id"])] * 3

    def test_a_team_that_assigns_by_itself_goes_on_in_turn(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database
    ) -> None:
        fill(database, cast, 4)
        team = crew(database, cast.acme, "round_robin", 2)
        ask(desk, cast.dario, {"action": "transfer", "team_id": str(team.team)})
        workshop.work()

        rows = database.rows("SELECT assignee_id FROM tickets ORDER BY number")
        assert [row["assignee_id"] for row in rows] == [
            member.id for member in (*team.members, *team.members)
        ]

    def test_the_same_key_asks_for_one_job(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database
    ) -> None:
        fill(database, cast, 3)
        body = {"filter": BY_TAG, "actions": [COMMENT]}
        first, second = (
            desk.as_(cast.dario).post("/v1/tickets/bulk", body, Idempotency_Key="k") for _ in range(2)
        )
        workshop.work()

        assert (first.json["id"], first.status) == (second.json["id"], second.status)
        assert database.value("SELECT count(*) FROM jobs") == 1
        assert database.value(COMMENTS) == 3

    def test_an_api_key_asks_and_is_who_did_it(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database
    ) -> None:
        fill(database, cast, 3)
        key = new_key(desk, cast)
        reply = desk.api.with_token(key["key"]).post(
            "/v1/tickets/bulk", {"filter": BY_TAG, "actions": [COMMENT]}
        )
        assert reply.status == 202, reply.text
        workshop.work()

        assert database.value(f"{COMMENTS} AND api_key_id = :k", k=UUID(key["id"])) == 3

    def test_ten_under_way_are_enough_for_one_person(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database
    ) -> None:
        fill(database, cast, 3)
        for _ in range(bulk.MOST_UNDER_WAY):
            ask(desk, cast.dario)

        body = {"filter": BY_TAG, "actions": [COMMENT]}
        refused = desk.as_(cast.dario).post("/v1/tickets/bulk", body)
        assert (refused.status, refused.code) == (409, "CONFLICT")
        assert desk.as_(cast.ada).post("/v1/tickets/bulk", body).status == 202
        workshop.work()
        assert desk.as_(cast.dario).post("/v1/tickets/bulk", body).status == 202

    def test_what_was_asked_for_is_forgotten_at_the_end(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database
    ) -> None:
        fill(database, cast, 3)
        ask(desk, cast.dario)
        asked = database.value("SELECT input FROM jobs")
        workshop.work()

        assert asked["actions"] == [COMMENT]
        assert database.value("SELECT input FROM jobs") is None
        database.run("UPDATE jobs SET expires_at = now() - interval '1 second'")
        database.run("CALL sp_purge(100, 0)")
        assert database.value("SELECT count(*) FROM job_items") == 0


class TestOnce:
    """Killed, delivered twice, taken over: a ticket is changed once."""

    def test_killed_midway_it_is_gone_on_with_by_the_next_delivery(
        self,
        desk: ServiceDesk,
        cast: Cast,
        workshop: Workshop,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        fill(database, cast, 5)
        job = ask(desk, cast.dario)
        (message,) = workshop.take()

        def killed() -> None:
            raise SystemExit

        with monkeypatch.context() as dying:
            after(2, killed, dying)
            with pytest.raises(SystemExit):
                workshop.deliver(message)
        assert look(desk, cast.dario, job)["counts"] == {"changed": 2, "waiting": 3}
        assert workshop.deliver(message) == [0]

        database.run("UPDATE jobs SET leased_until = now()")
        assert workshop.deliver(message) == []
        assert look(desk, cast.dario, job)["counts"] == {"changed": 5}
        assert database.value(COMMENTS) == 5

    def test_killed_within_a_ticket_that_one_is_done_again_as_if_for_the_first_time(
        self,
        desk: ServiceDesk,
        cast: Cast,
        workshop: Workshop,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        fill(database, cast, 3)
        ask(desk, cast.dario)
        (message,) = workshop.take()

        def killed(*_: Any) -> None:
            raise SystemExit

        with monkeypatch.context() as dying:
            dying.setattr(bulk_jobs.job_items, "settle", killed)
            with pytest.raises(SystemExit):
                workshop.deliver(message)
        assert database.value(COMMENTS) == 0

        database.run("UPDATE jobs SET leased_until = now()")
        assert workshop.deliver(message) == []
        assert database.value(COMMENTS) == 3

    def test_a_second_delivery_finds_it_done(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database
    ) -> None:
        fill(database, cast, 3)
        ask(desk, cast.dario)
        (message,) = workshop.take()

        assert workshop.deliver(*[message] * 3) == []

        assert database.value(COMMENTS) == 3

    def test_two_that_work_on_it_side_by_side_share_the_tickets(
        self, desk: ServiceDesk, cast: Cast, connections: Connections, database: Database
    ) -> None:
        """As where the first one's lease has ended while it lives."""
        fill(database, cast, 8)
        job = ask(desk, cast.dario)
        row = taken_up(cast, job)

        given = connections.at_once([lambda tx: bulk_jobs.step(tx, row)] * 8)

        assert given == [False] * 8
        assert database.value(COMMENTS) == 8
        assert look(desk, cast.dario, job)["counts"] == {"changed": 8}

    def test_without_time_it_goes_on_later(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database
    ) -> None:
        fill(database, cast, 5)
        job = ask(desk, cast.dario)
        row = taken_up(cast, job)
        time = iter([True, True, False])

        ended = bulk_jobs.work(queues._repeatable, row, "", lambda: next(time))

        assert ended is False
        assert look(desk, cast.dario, job)["done"] == 2
        database.run("UPDATE jobs SET leased_until = now()")
        workshop.work()
        assert look(desk, cast.dario, job)["counts"] == {"changed": 5}

    def test_one_that_breaks_again_and_again_ends_and_says_what_was_left(
        self,
        desk: ServiceDesk,
        cast: Cast,
        workshop: Workshop,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        fill(database, cast, 4)
        job = ask(desk, cast.dario)
        (message,) = workshop.take()

        def broken(*_: Any) -> None:
            raise RuntimeError

        with monkeypatch.context() as breaking:
            breaking.setattr(bulk_jobs.job_items, "next_one", broken)
            for _ in range(5):
                assert workshop.deliver(message) == [0]

        ended = look(desk, cast.dario, job)
        assert (ended["status"], ended["counts"]) == ("failed", {"skipped": 4})

    def test_a_ticket_that_breaks_the_code_fails_alone(
        self,
        desk: ServiceDesk,
        cast: Cast,
        workshop: Workshop,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        fill(database, cast, 3)
        job = ask(desk, cast.dario)
        apply = bulk_jobs.acting.apply

        def broken(draft: Any, *given: Any) -> Any:
            if draft.ticket.label.endswith("1001"):
                raise ZeroDivisionError
            return apply(draft, *given)

        monkeypatch.setattr(bulk_jobs.acting, "apply", broken)
        workshop.work()

        ended = look(desk, cast.dario, job)
        assert (ended["status"], ended["counts"]) == ("done", {"changed": 2, "failed": 1})
        assert ended["failures"][0]["error"]["code"] == "INTERNAL_SERVER_ERROR"

    def test_a_ticket_that_takes_too_long_is_tried_again_and_then_fails_alone(
        self,
        desk: ServiceDesk,
        cast: Cast,
        workshop: Workshop,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        fill(database, cast, 3)
        job = ask(desk, cast.dario)
        (message,) = workshop.take()
        too_long_for("TKT-2026-91001", monkeypatch)

        assert workshop.deliver(message) == [0]
        assert look(desk, cast.dario, job)["counts"] == {"changed": 1, "waiting": 2}
        assert workshop.deliver(message) == []

        ended = look(desk, cast.dario, job)
        assert (ended["status"], ended["counts"]) == ("done", {"changed": 2, "failed": 1})
        assert ended["failures"][0]["error"]["code"] == "SERVICE_UNAVAILABLE"


class TestCancelling:
    def test_before_it_begins_nothing_is_done(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database
    ) -> None:
        fill(database, cast, 3)
        job = ask(desk, cast.dario)

        reply = desk.as_(cast.dario).post(f"/v1/jobs/{job['id']}/cancel")
        workshop.work()

        assert (reply.json["status"], reply.json["counts"]) == ("cancelled", {"skipped": 3})
        assert {each["status"] for each in results(desk, cast.dario, job)} == {"skipped"}
        assert database.value(COMMENTS) == 0
        assert database.value("SELECT input FROM jobs") is None

    def test_midway_it_stops_before_the_next_ticket_and_what_is_done_stays(
        self,
        desk: ServiceDesk,
        cast: Cast,
        workshop: Workshop,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
        connections: Connections,
    ) -> None:
        from chalicelib.accounts import jobs, principals
        from chalicelib.api.jobs import ENDS, RUNS_ON

        fill(database, cast, 5)
        job = ask(desk, cast.dario)

        def cancelled() -> None:
            connections.run(
                lambda tx: jobs.cancel(
                    tx, principals.enter(tx, cast.acme, cast.dario.id), UUID(job["id"]), RUNS_ON, ENDS
                )
            )

        after(2, cancelled, monkeypatch)
        workshop.work()

        ended = look(desk, cast.dario, job)
        assert (ended["status"], ended["done"]) == ("cancelled", 2)
        assert ended["counts"] == {"changed": 2, "skipped": 3}
        assert database.value(COMMENTS) == 2

    def test_the_ticket_at_hand_is_waited_for_and_told_as_done(
        self, desk: ServiceDesk, cast: Cast, connections: Connections, database: Database
    ) -> None:
        from chalicelib.accounts import jobs, principals

        fill(database, cast, 3)
        job = ask(desk, cast.dario)
        row = taken_up(cast, job)

        def cancel(tx: Any) -> Any:
            return jobs.cancel(tx, principals.enter(tx, cast.acme, cast.ada.id), UUID(job["id"]), {}, {})

        given = connections.behind(lambda tx: bulk_jobs.step(tx, row), cancel)

        assert (given["status"], given["done"]) == ("cancelled", 1)
        assert given["counts"] == {"changed": 1, "skipped": 2}
        assert connections.run(lambda tx: bulk_jobs.step(tx, row)) is True
        assert database.value(COMMENTS) == 1


class TestRightsOfThen:
    def test_demoted_midway_the_rest_is_left_alone_and_the_job_says_why(
        self,
        desk: ServiceDesk,
        cast: Cast,
        workshop: Workshop,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        fill(database, cast, 5)
        job = ask(desk, cast.dario)
        demote = "UPDATE users SET role = 'customer' WHERE id = :u"
        after(2, lambda: database.run(demote, u=cast.dario.id), monkeypatch)

        workshop.work()

        ended = look(desk, cast.ada, job)
        assert (ended["status"], ended["error"]) == ("failed", bulk_jobs.NOT_ANY_MORE)
        assert ended["counts"] == {"changed": 2, "skipped": 3}
        assert database.value(COMMENTS) == 2

    def test_an_agent_by_now_reaches_what_an_agent_reaches(
        self,
        desk: ServiceDesk,
        cast: Cast,
        workshop: Workshop,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        fill(database, cast, 3)
        job = ask(desk, cast.dario)
        demote = "UPDATE users SET role = 'agent' WHERE id = :u"
        after(1, lambda: database.run(demote, u=cast.dario.id), monkeypatch)

        workshop.work()

        assert look(desk, cast.ada, job)["counts"] == {"changed": 1, "failed": 2}
        assert {each["error"]["code"] for each in results(desk, cast.ada, job, "?status=failed")} == {
            "NOT_FOUND"
        }

    def test_deactivated_midway(
        self,
        desk: ServiceDesk,
        cast: Cast,
        workshop: Workshop,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        fill(database, cast, 3)
        job = ask(desk, cast.dario)
        leave = "UPDATE users SET status = 'deactivated' WHERE id = :u"
        after(1, lambda: database.run(leave, u=cast.dario.id), monkeypatch)

        workshop.work()

        assert look(desk, cast.ada, job)["counts"] == {"changed": 1, "skipped": 2}

    def test_a_key_that_was_revoked_midway(
        self,
        desk: ServiceDesk,
        cast: Cast,
        workshop: Workshop,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        fill(database, cast, 3)
        key = new_key(desk, cast)
        body = {"filter": BY_TAG, "actions": [COMMENT]}
        job = desk.api.with_token(key["key"]).post("/v1/tickets/bulk", body).json
        after(1, lambda: database.run("UPDATE api_keys SET revoked_at = now()"), monkeypatch)

        workshop.work()

        ended = look(desk, cast.ada, job)
        assert (ended["status"], ended["error"]) == ("failed", bulk_jobs.NOT_ANY_MORE)
        assert ended["counts"] == {"changed": 1, "skipped": 2}

    def test_what_the_actions_name_and_is_gone_by_then_ends_the_job(
        self,
        desk: ServiceDesk,
        cast: Cast,
        workshop: Workshop,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        fill(database, cast, 3)
        job = ask(desk, cast.dario, {"action": "assign", "assignee_id": str(cast.ana.id)})
        leave = "UPDATE users SET status = 'deactivated' WHERE id = :u"
        after(1, lambda: database.run(leave, u=cast.ana.id), monkeypatch)

        workshop.work()

        ended = look(desk, cast.dario, job)
        assert ended["status"] == "failed"
        assert "actions.0.assignee_id" in ended["error"]
        assert ended["counts"] == {"changed": 1, "skipped": 2}

    def test_only_the_asker_and_admins_see_it(
        self, desk: ServiceDesk, cast: Cast, database: Database
    ) -> None:
        fill(database, cast, 3)
        job = ask(desk, cast.dario)

        for person in (cast.ana, cast.carol, cast.mallory):
            for path in ("", "/results"):
                assert desk.as_(person).get(f"/v1/jobs/{job['id']}{path}").status == 404
        assert look(desk, cast.ada, job)["id"] == job["id"]

    def test_of_a_ticket_that_is_out_of_sight_by_now_its_results_tell_nothing(
        self, desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database
    ) -> None:
        kept, gone = desk.networks_ticket(), desk.networks_ticket()
        named = [{"id": each["id"], "version": 7} for each in (kept, gone)]
        job = ask(desk, cast.ana, ticket_ids=[*named, desk.networks_ticket()["id"]])
        workshop.work()
        move = "UPDATE tickets SET team_id = :t WHERE id = :id"
        database.run(move, t=cast.teams["Apps"], id=UUID(gone["id"]))

        in_sight, out_of_it, _ = told = results(desk, cast.ana, job)
        assert (in_sight["label"], in_sight["error"]["current_version"]) == (kept["label"], 1)
        assert (out_of_it["label"], out_of_it["version"]) == (None, None)
        assert (out_of_it["ticket_id"], out_of_it["status"]) == (gone["id"], "failed")
        assert out_of_it["error"] == {
            "code": "OPTIMISTIC_LOCK",
            "detail": "You do not see this ticket any more.",
        }
        assert look(desk, cast.ana, job)["failures"] == told[:2]
        assert [each["label"] for each in results(desk, cast.ada, job)][1] == gone["label"]


def taken_up(cast: Cast, job: dict[str, Any]) -> Any:
    """The job's row, as the one who works it off has it."""
    return in_transaction(
        lambda tx: queues.held_jobs.take_up(tx, cast.acme, UUID(job["id"])), repeatable=True
    )


def new_key(desk: ServiceDesk, cast: Cast) -> dict[str, Any]:
    """A dispatcher's API key."""
    body = {"name": "Night shift", "role": "dispatcher", "scopes": ["read", "write"]}
    reply = desk.as_(cast.ada).post("/v1/api-keys", body)
    assert reply.status == 201, reply.text
    return dict(reply.json)
