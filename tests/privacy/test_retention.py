"""Retention: what ended longer ago than its workspace keeps tickets goes for good, and nothing else."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from chalicelib import schedules
from tests.support.api import Api
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.desk import Desk
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk
from tests.test_schedules import tick

OF_TICKETS = (
    *(
        "tickets",
        "comments",
        "timeline_entries",
        "sla_targets",
        "sla_steps",
        "ticket_watchers",
        "ticket_links",
        "time_entries",
    ),
    *("events", "notifications"),
)


@pytest.fixture
def rows(database: Database, cast: Cast, stage: dict[str, str]) -> Desk:
    return Desk(database, cast)


def keep(database: Database, workspace: UUID, days: int | None) -> None:
    database.run("UPDATE workspaces SET retention_days = :d WHERE id = :w", d=days, w=workspace)


def finished(rows: Desk, person: Any, days: int, status: str = "closed", **more: Any) -> UUID:
    """A ticket that ended so many days ago."""
    ticket = rows.ticket(person, status=status, **more)
    ended = "UPDATE tickets SET finished_at = now() - make_interval(days => :d) WHERE id = :t"
    rows.database.run(ended, d=days, t=ticket)
    return ticket


def left(database: Database) -> set[UUID]:
    return {row["id"] for row in database.rows("SELECT id FROM tickets")}


class TestPurge:
    def test_what_is_older_than_the_workspace_keeps_goes_with_all_that_hangs_on_it(
        self, rows: Desk, cast: Cast, database: Database
    ) -> None:
        keep(database, cast.acme, 30)
        old = finished(rows, cast.carol, 31)
        database.run("UPDATE tickets SET archived_at = now() WHERE id = :t", t=old)
        cancelled = finished(rows, cast.carol, 31, "cancelled")
        rows.comment(old, cast.carol, "Old words.")
        rows.watch(old, cast.chris)
        rows.promise(old, "now()")
        event = rows.event("ticket.closed", old, cast.ana)
        database.run(
            "INSERT INTO notifications (workspace_id, event_id, user_id, ticket_id, kind, message_id) "
            "VALUES (:w, :e, :u, :t, 'closed', '<1@mesa>')",
            w=cast.acme,
            e=event["id"],
            u=cast.carol.id,
            t=old,
        )
        database.run(
            "INSERT INTO time_entries (workspace_id, ticket_id, user_id, minutes, spent_on) "
            "VALUES (:w, :t, :u, 5, now())",
            w=cast.acme,
            t=old,
            u=cast.ana.id,
        )
        database.run(
            "INSERT INTO ticket_links (workspace_id, ticket_id, kind, other_id) "
            "VALUES (:w, :a, 'follow_up', :b)",
            w=cast.acme,
            a=cancelled,
            b=old,
        )

        tick(schedules.purge)

        counts = {name: database.value(f"SELECT count(*) FROM {name}") for name in OF_TICKETS}
        assert counts == dict.fromkeys(OF_TICKETS, 0)

    def test_nothing_else_goes(self, rows: Desk, cast: Cast, database: Database) -> None:
        keep(database, cast.acme, 30)
        kept = {
            finished(rows, cast.carol, 29),
            finished(rows, cast.carol, 29, "cancelled"),
            rows.ticket(cast.carol),
            rows.ticket(cast.carol, status="resolved"),
            finished(rows, cast.mallory, 4000, team_id=default_team(database, cast.globex)),
        }
        database.run("UPDATE tickets SET created_at = now() - interval '10 years'")

        tick(schedules.purge)

        assert left(database) == kept

    def test_a_workspace_without_the_setting_keeps_everything(
        self, rows: Desk, cast: Cast, database: Database
    ) -> None:
        ticket = finished(rows, cast.carol, 5000)

        tick(schedules.purge)

        assert left(database) == {ticket}

    def test_the_log_says_how_many_and_verifies(
        self, rows: Desk, desk: ServiceDesk, cast: Cast, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(schedules, "TICKET_PURGE_LIMIT", 2)
        keep(database, cast.acme, 30)
        for _ in range(3):
            finished(rows, cast.carol, 40)

        tick(schedules.purge)

        entries = desk.as_(cast.ada).get("/v1/audit-log?action=tickets.purged").json["items"]
        assert [entry["after"] for entry in entries] == [{"count": 1}, {"count": 2}]
        assert {entry["actor"]["type"] for entry in entries} == {"system"}
        assert desk.as_(cast.ada).get("/v1/audit-log/verify").json["ok"]
        assert left(database) == set()

    def test_a_ticket_waits_for_those_that_were_merged_into_it(
        self, rows: Desk, cast: Cast, database: Database
    ) -> None:
        keep(database, cast.acme, 30)
        target, chained = finished(rows, cast.carol, 50), finished(rows, cast.carol, 50)
        young, old = finished(rows, cast.carol, 10), finished(rows, cast.carol, 45)
        for source, into in ((young, target), (old, chained)):
            database.run("UPDATE tickets SET merged_into = :i WHERE id = :s", i=into, s=source)

        tick(schedules.purge)

        assert left(database) == {young, target}

    def test_what_was_merged_is_kept_as_long_as_what_it_shows_on(
        self, rows: Desk, cast: Cast, database: Database
    ) -> None:
        keep(database, cast.acme, 30)
        active, young = rows.ticket(cast.carol), finished(rows, cast.carol, 10)
        sources = [finished(rows, cast.carol, 45) for _ in range(2)]
        for source, into in zip(sources, (active, young), strict=True):
            database.run("UPDATE tickets SET merged_into = :i WHERE id = :s", i=into, s=source)

        tick(schedules.purge)

        assert left(database) == {active, young, *sources}

    def test_what_a_writer_holds_is_left_to_the_next_run(
        self, rows: Desk, cast: Cast, database: Database
    ) -> None:
        keep(database, cast.acme, 30)
        held, free = finished(rows, cast.carol, 40), finished(rows, cast.carol, 40)
        with database.another() as writer:
            writer.run("BEGIN")
            writer.run("SELECT FROM tickets WHERE id = :t FOR NO KEY UPDATE", t=held)
            tick(schedules.purge)
            left_meanwhile = left(database)
            writer.run("COMMIT")
        tick(schedules.purge)

        assert free not in left_meanwhile
        assert left_meanwhile == {held}
        assert left(database) == set()

    def test_its_cost_grows_with_what_is_due(self, rows: Desk, cast: Cast, database: Database) -> None:
        rows.ticket(cast.carol)
        database.run("BEGIN")
        database.run("SET LOCAL session_replication_role = replica")  # they are counted, and not looked at
        database.run(
            "INSERT INTO tickets (workspace_id, number, label, subject, description, requester_id, team_id) "
            "SELECT workspace_id, 1000 + n, 'L' || n, subject, description, requester_id, team_id "
            "FROM tickets, generate_series(1, 5000) AS n"
        )
        database.run("ANALYZE tickets")
        plan = database.rows(
            "EXPLAIN SELECT t.id FROM tickets t WHERE t.workspace_id = :w "
            "AND t.finished_at < now() - interval '30 days' ORDER BY t.finished_at LIMIT 200",
            w=cast.acme,
        )
        database.run("ROLLBACK")
        assert "tickets_workspace_id_finished_at_idx" in str(plan)

    def test_the_public_look_up_knows_it_no_more(
        self, rows: Desk, desk: ServiceDesk, api: Api, cast: Cast, database: Database
    ) -> None:
        keep(database, cast.acme, 30)
        ticket = finished(rows, cast.carol, 40)
        label = rows.label(ticket)

        tick(schedules.purge)

        assert desk.as_(cast.carol).get(f"/v1/tickets/{ticket}").status == 404
        asked = {"label": label, "email": cast.carol.email}
        assert api.post("/v1/public/acme/ticket-status", asked).status == 404


class TestClock:
    @pytest.mark.parametrize("verb", ["close", "cancel", "delete"])
    def test_the_end_is_the_time_of_the_verb_and_going_on_clears_it(
        self, desk: ServiceDesk, cast: Cast, database: Database, verb: str
    ) -> None:
        ticket = desk.in_status("open")
        path = f"/v1/tickets/{ticket['id']}"
        ada = desk.as_(cast.ada)
        ended = ada.delete(path) if verb == "delete" else ada.post(f"{path}/{verb}", {"reason": "over"})
        assert ended.status in (200, 204)
        age = database.value("SELECT now() - finished_at FROM tickets WHERE id = :t", t=ticket["id"])
        database.run("UPDATE tickets SET tags = '{later}', updated_at = now() WHERE id = :t", t=ticket["id"])
        again = database.value("SELECT now() - finished_at FROM tickets WHERE id = :t", t=ticket["id"])

        back = "restore" if verb == "delete" else "reopen"
        assert ada.post(f"{path}/{back}", {} if verb == "delete" else {"reason": "again"}).status == 200

        assert timedelta(0) <= age < again < timedelta(minutes=1)
        assert database.value("SELECT finished_at FROM tickets WHERE id = :t", t=ticket["id"]) is None


class TestSetting:
    def test_is_set_shown_audited_and_taken_back(self, desk: ServiceDesk, cast: Cast) -> None:
        ada = desk.as_(cast.ada)

        assert ada.get("/v1/workspace").json["retention_days"] is None
        assert ada.patch("/v1/workspace", {"retention_days": 365}).json["retention_days"] == 365
        assert ada.patch("/v1/workspace", {"retention_days": None}).json["retention_days"] is None
        entries = ada.get("/v1/audit-log?action=workspace.changed").json["items"]
        assert [entry["after"] for entry in entries] == [{"retention_days": None}, {"retention_days": 365}]

    @for_each("days", [29, 3651, 0, -1, True, "30", 30.5, 10**30])
    def test_another_number_is_refused(self, desk: ServiceDesk, cast: Cast, days: Any) -> None:
        assert desk.as_(cast.ada).patch("/v1/workspace", {"retention_days": days}).status == 422


def default_team(database: Database, workspace: UUID) -> UUID:
    found: UUID = database.value("SELECT id FROM teams WHERE workspace_id = :w AND is_default", w=workspace)
    return found
