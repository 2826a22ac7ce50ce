"""Tickets that wait: closed after the window, reminded of and resolved as the workspace has it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from chalicelib.accounts import principals
from chalicelib.core.db import Transaction
from chalicelib.tickets import waiting_queries
from chalicelib.tickets.draft import open_draft
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.rule_book import RuleBook
from tests.support.service_desk import ServiceDesk
from tests.support.waits import Waits

DAY = timedelta(days=1)


@pytest.fixture
def waits(book: RuleBook) -> Waits:
    return Waits(book)


@pytest.fixture
def resolved(desk: ServiceDesk) -> dict[str, Any]:
    return desk.in_status("resolved")


@pytest.fixture
def pending(desk: ServiceDesk) -> dict[str, Any]:
    return desk.in_status("pending")


class TestClosing:
    def test_what_was_resolved_closes_by_itself_after_the_window(
        self, waits: Waits, resolved: dict[str, Any]
    ) -> None:
        waits.pass_by(resolved, "7 days 1 second")

        assert waits.tick() == 1

        ticket = waits.look(resolved)
        assert (ticket["status"], ticket["version"]) == ("closed", resolved["version"] + 1)
        assert ticket["closed_at"] is not None
        entry = ticket["timeline"][-1]
        assert (entry["action"], entry["actor"]["type"], entry["actor"]["id"]) == ("closed", "system", None)
        assert entry["changes"] == {"status": {"from": "resolved", "to": "closed"}}
        assert entry["meta"] == {"cause": "time", "days": 7}
        event = waits.database.rows("SELECT * FROM events WHERE type = 'ticket.closed'")[0]
        assert (event["internal"], event["payload"]["meta"]) == (False, entry["meta"])
        assert (event["sequence"], event["payload"]["changes"]) == (entry["sequence"], entry["changes"])
        assert waits.row(resolved) is None

    def test_a_second_before_it_does_not(self, waits: Waits, resolved: dict[str, Any]) -> None:
        waits.pass_by(resolved, "6 days 23:59:58")

        assert waits.tick() == 0
        assert waits.look(resolved)["status"] == "resolved"

    def test_the_window_ends_for_the_clock_where_it_ends_for_the_requester(
        self, waits: Waits, resolved: dict[str, Any], connections: Connections
    ) -> None:
        ticket_id = UUID(resolved["id"])

        def at(tx: Transaction, moment: str) -> tuple[bool, bool]:
            workspace = waits.desk.cast.acme
            desk = principals.enter_system(tx, workspace)
            assert desk is not None
            tx.connection.exec_driver_sql(
                f"UPDATE tickets SET resolved_at = now() - interval '{moment}' WHERE id = '{ticket_id}'"
            )
            draft = open_draft(tx, desk, ticket_id)
            return draft.within_window, waiting_queries.take(tx, workspace, ticket_id) is not None

        assert connections.run(lambda tx: at(tx, "7 days")) == (True, False)
        assert connections.run(lambda tx: at(tx, "7 days 0.000001 seconds")) == (False, True)

    def test_closing_keeps_the_promise_and_the_resolution_as_they_were(
        self, waits: Waits, resolved: dict[str, Any]
    ) -> None:
        targets = waits.database.rows("SELECT * FROM sla_targets ORDER BY id")
        waits.pass_by(resolved, "8 days")
        resolved_at = waits.look(resolved)["resolved_at"]

        waits.tick()

        assert waits.look(resolved)["resolved_at"] == resolved_at
        assert waits.database.rows("SELECT * FROM sla_targets ORDER BY id") == targets

    def test_it_can_be_reopened_by_staff_and_no_more_by_its_requester(
        self, waits: Waits, desk: ServiceDesk, resolved: dict[str, Any]
    ) -> None:
        waits.pass_by(resolved, "8 days")
        waits.tick()

        assert desk.do(desk.cast.carol, resolved, "reopen", reason="Again").status == 409
        assert desk.do(desk.cast.dario, resolved, "reopen", reason="Again").json["status"] == "open"

    def test_the_public_look_up_shows_it_closed(self, waits: Waits, resolved: dict[str, Any]) -> None:
        waits.pass_by(resolved, "8 days")
        waits.tick()

        body = {"label": resolved["label"], "email": waits.desk.cast.carol.email}
        answer = waits.desk.api.post("/v1/public/acme/ticket-status", body).json

        assert (answer["status"], answer["closed_at"] is not None) == ("closed", True)

    def test_reopened_and_resolved_again_it_has_the_whole_window(
        self, waits: Waits, desk: ServiceDesk, resolved: dict[str, Any]
    ) -> None:
        waits.pass_by(resolved, "6 days")
        desk.do(desk.cast.carol, resolved, "reopen", reason="Not yet")
        desk.do(desk.cast.dario, resolved, "resolve", resolution="Now.")
        waits.pass_by(resolved, "2 days")

        assert waits.tick() == 0
        assert waits.look(resolved)["status"] == "resolved"

    def test_a_window_of_no_days_closes_with_the_next_sweep(self, waits: Waits, desk: ServiceDesk) -> None:
        waits.set(reopen_window_days=0)
        ticket = desk.in_status("resolved")

        assert waits.tick() == 1
        assert waits.look(ticket)["status"] == "closed"

    @for_each("status", ["new", "open", "pending", "on_hold", "closed", "cancelled"])
    def test_nothing_else_closes(self, waits: Waits, desk: ServiceDesk, status: str) -> None:
        ticket = desk.in_status(status)
        waits.pass_by(ticket, "400 days")

        assert waits.tick() == 0
        assert waits.look(ticket)["status"] == status

    def test_what_was_deleted_waits_for_nothing_until_it_is_restored(
        self, waits: Waits, desk: ServiceDesk, resolved: dict[str, Any]
    ) -> None:
        waits.pass_by(resolved, "8 days")
        path = f"/v1/tickets/{resolved['id']}"
        assert desk.as_(desk.cast.ada).request("DELETE", path).status == 204

        assert (waits.tick(), waits.row(resolved)) == (0, None)

        assert desk.as_(desk.cast.ada).post(f"{path}/restore", {}).status == 200
        assert waits.tick() == 1
        assert waits.look(resolved)["status"] == "closed"


class TestReminding:
    def test_reminders_are_off_until_a_workspace_wants_them(
        self, waits: Waits, pending: dict[str, Any]
    ) -> None:
        waits.pass_by(pending, "300 days")

        assert waits.tick() == 0
        assert waits.done(pending) == []

    def test_the_customer_is_reminded_on_each_day_once(self, waits: Waits, pending: dict[str, Any]) -> None:
        waits.set(pending_reminder_days=[3, 7])
        found = []

        for time in ("2 days 23:59:58", "3 seconds", "3 days 23:59:50", "10 seconds", "30 days"):
            waits.pass_by(pending, time)
            waits.tick()
            found.append(len(waits.done(pending)))

        assert found == [0, 1, 1, 2, 2]
        ticket = waits.look(pending)
        entries = [each for each in ticket["timeline"] if each["action"] == "reminded"]
        assert [each["meta"] for each in entries] == [{"days": 3}, {"days": 7}]
        assert [each["changes"] for each in entries] == [{}, {}]
        assert (ticket["status"], ticket["version"]) == ("pending", pending["version"])

    def test_whoever_is_waited_for_sees_that(
        self, waits: Waits, desk: ServiceDesk, pending: dict[str, Any]
    ) -> None:
        waits.set(pending_reminder_days=[1])
        waits.pass_by(pending, "2 days")
        waits.tick()

        entries = desk.detail(desk.cast.carol, pending)["timeline"]

        assert entries[-1]["action"] == "reminded"

    def test_after_an_outage_one_reminder_stands_for_all_that_were_missed(
        self, waits: Waits, pending: dict[str, Any]
    ) -> None:
        waits.set(pending_reminder_days=[1, 2, 3, 9])
        waits.pass_by(pending, "4 days")

        for _ in range(3):
            waits.tick()

        (entry,) = [each for each in waits.look(pending)["timeline"] if each["action"] == "reminded"]
        assert entry["meta"] == {"days": 3}
        row = waits.row(pending)
        assert row is not None
        assert (row["reminded"], row["wakes_at"]) == (3, row["since"] + 9 * DAY)

    def test_the_last_one_says_how_long_there_is_to_answer(
        self, waits: Waits, pending: dict[str, Any]
    ) -> None:
        waits.set(pending_reminder_days=[3, 7], pending_resolve_days=10)
        waits.pass_by(pending, "8 days")

        waits.tick()

        assert waits.look(pending)["timeline"][-1]["meta"] == {"days": 7, "left_days": 3}

    @for_each("status", ["new", "open", "on_hold", "resolved", "closed", "cancelled"])
    def test_nobody_is_reminded_of_anything_else(self, waits: Waits, desk: ServiceDesk, status: str) -> None:
        waits.set(pending_reminder_days=[1], pending_resolve_days=2, reopen_window_days=365)
        ticket = desk.in_status(status)
        waits.pass_by(ticket, "100 days")

        assert waits.tick() == 0
        assert waits.look(ticket)["status"] == status

    def test_whoever_waits_for_others_in_between_waits_anew(
        self, waits: Waits, desk: ServiceDesk, pending: dict[str, Any]
    ) -> None:
        waits.set(pending_reminder_days=[3])
        waits.pass_by(pending, "4 days")
        waits.tick()
        desk.do(desk.cast.ana, pending, "pause", waiting_on="other", reason="A part")
        assert waits.row(pending) is None
        desk.do(desk.cast.ana, pending, "pause", waiting_on="customer", reason="Fits it?")

        assert waits.tick() == 0
        waits.pass_by(pending, "3 days 1 second")
        assert waits.tick() == 1
        assert waits.done(pending) == ["reminded", "reminded"]

    def test_a_word_of_the_staff_begins_anew(
        self, waits: Waits, desk: ServiceDesk, pending: dict[str, Any]
    ) -> None:
        waits.set(pending_reminder_days=[3])
        waits.pass_by(pending, "2 days 23:59:59")
        desk.comment(desk.cast.ana, pending, "Could you also tell us the model?")
        waits.pass_by(pending, "1 day")

        assert waits.tick() == 0
        waits.pass_by(pending, "2 days")
        assert waits.tick() == 1

    def test_a_note_does_not(self, waits: Waits, desk: ServiceDesk, pending: dict[str, Any]) -> None:
        waits.set(pending_reminder_days=[3])
        waits.pass_by(pending, "3 days 1 second")
        desk.comment(desk.cast.ana, pending, "Still silent.", visibility="internal")

        assert waits.tick() == 1

    def test_nor_does_what_the_desk_says_by_itself(
        self, waits: Waits, desk: ServiceDesk, book: RuleBook, pending: dict[str, Any]
    ) -> None:
        waits.set(pending_reminder_days=[3])
        says = [{"action": "comment", "body": "Are you there?", "visibility": "public"}]
        book.make(when=[{"on": "updated", "verbs": ["updated"]}], actions=says)
        book.forget()
        waits.pass_by(pending, "3 days 1 second")
        seen = waits.look(pending)
        assert desk.patch(desk.cast.dario, seen, tags=["vip"]).status == 200
        book.run()
        assert waits.look(pending)["timeline"][-1]["action"] == "commented"

        assert waits.tick() == 1

    def test_nor_does_a_robot_that_answers_for_the_customer(
        self, waits: Waits, desk: ServiceDesk, pending: dict[str, Any]
    ) -> None:
        waits.set(pending_reminder_days=[3])
        waits.pass_by(pending, "3 days 1 second")
        waits.database.run(
            "INSERT INTO comments (workspace_id, ticket_id, author_id, body) VALUES (:w, :t, :u, 'Away.')",
            w=desk.cast.acme,
            t=UUID(pending["id"]),
            u=desk.cast.carol.id,
        )

        assert waits.tick() == 1

    def test_an_answer_ends_the_wait(self, waits: Waits, desk: ServiceDesk, pending: dict[str, Any]) -> None:
        waits.set(pending_reminder_days=[3], pending_resolve_days=5)
        waits.pass_by(pending, "4 days")
        desk.comment(desk.cast.carol, pending, "Here it is.")

        assert (waits.tick(), waits.row(pending)) == (0, None)
        assert waits.look(pending)["status"] == "open"

    def test_deleted_there_is_no_reminder(
        self, waits: Waits, desk: ServiceDesk, pending: dict[str, Any]
    ) -> None:
        waits.set(pending_reminder_days=[3])
        waits.pass_by(pending, "4 days")
        waits.book.forget()
        assert waits.sweep() == 1  # handed over, and then deleted
        desk.as_(desk.cast.ada).request("DELETE", f"/v1/tickets/{pending['id']}")

        waits.book.run()

        assert waits.database.value("SELECT count(*) FROM events WHERE type = 'ticket.reminded'") == 0


class TestResolving:
    def test_who_never_answers_is_told_that_it_is_resolved(
        self, waits: Waits, desk: ServiceDesk, pending: dict[str, Any]
    ) -> None:
        waits.set(pending_resolve_days=10)
        waits.pass_by(pending, "10 days 1 second")

        waits.tick()

        ticket = desk.detail(desk.cast.carol, pending)
        assert ticket["status"] == "resolved"
        assert "have not heard from you" in ticket["comments"][-1]["body"]
        commented, entry = ticket["timeline"][-2:]
        assert (commented["action"], commented["actor"]["type"]) == ("commented", "system")
        assert (entry["action"], entry["actor"]["type"]) == ("resolved", "system")
        assert entry["meta"] == {"cause": "time", "days": 10}
        assert waits.look(pending)["version"] == pending["version"] + 1

    @pytest.mark.parametrize(
        ("settings", "told"),
        [
            ({"language": "es"}, "no hemos recibido respuesta"),
            ({"pending_resolve_text": "Bye *for now*."}, "Bye *for now*."),
            ({"language": "es", "pending_resolve_text": "Adiós."}, "Adiós."),
        ],
    )
    def test_in_the_words_of_the_workspace(
        self, waits: Waits, pending: dict[str, Any], settings: dict[str, Any], told: str
    ) -> None:
        waits.set(pending_resolve_days=1, **settings)
        waits.pass_by(pending, "2 days")

        waits.tick()

        assert told in waits.look(pending)["comments"][-1]["body"]

    def test_case_s12_the_pause_is_deducted_before_the_resolution_time_is_stored(
        self, waits: Waits, pending: dict[str, Any]
    ) -> None:
        waits.set(pending_resolve_days=10)
        waits.pass_by(pending, "11 days")
        waits.tick()

        (target,) = waits.database.rows("SELECT * FROM sla_targets WHERE metric = 'resolution'")
        assert (target["paused_at"], target["breached_at"]) == (None, None)
        assert target["fulfilled_at"] is not None
        (pause,) = target["paused_intervals"]
        assert datetime.fromisoformat(pause[1]) == target["fulfilled_at"]
        assert waits.look(pending)["breached"] is False

    def test_and_closes_after_the_window_counted_from_then(
        self, waits: Waits, pending: dict[str, Any]
    ) -> None:
        waits.set(pending_resolve_days=10)
        waits.pass_by(pending, "30 days")
        waits.tick()

        assert waits.tick() == 0
        waits.pass_by(pending, "7 days 1 second")
        waits.tick()

        assert waits.done(pending) == ["resolved", "closed"]

    def test_nothing_is_resolved_before_its_last_reminder_is_as_old_as_ever(
        self, waits: Waits, pending: dict[str, Any]
    ) -> None:
        waits.set(pending_reminder_days=[3, 7], pending_resolve_days=10)
        waits.pass_by(pending, "40 days")  # nobody swept, or the setting is new

        waits.tick()
        waits.tick()
        waits.pass_by(pending, "2 days 23:59:00")
        waits.tick()
        assert waits.done(pending) == ["reminded"]

        waits.pass_by(pending, "2 minutes")
        waits.tick()
        assert waits.done(pending) == ["reminded", "resolved"]

    def test_an_answer_within_the_window_opens_it_again(
        self, waits: Waits, desk: ServiceDesk, pending: dict[str, Any]
    ) -> None:
        waits.set(pending_resolve_days=10)
        waits.pass_by(pending, "11 days")
        waits.tick()

        desk.comment(desk.cast.carol, pending, "I was away.")

        assert waits.look(pending)["status"] == "open"
        assert waits.row(pending) is None

    def test_the_requester_is_asked_how_it_was_as_for_any_resolution(
        self, waits: Waits, desk: ServiceDesk, pending: dict[str, Any]
    ) -> None:
        waits.set(pending_resolve_days=10)
        waits.pass_by(pending, "11 days")
        waits.tick()

        reply = desk.as_(desk.cast.carol).post(f"/v1/tickets/{pending['id']}/rating", {"score": 3})

        assert reply.status == 201


class TestSettings:
    def test_a_shorter_window_closes_what_is_resolved_already(
        self, waits: Waits, resolved: dict[str, Any]
    ) -> None:
        waits.pass_by(resolved, "5 days")
        waits.set(reopen_window_days=4)

        waits.tick()

        assert waits.look(resolved)["status"] == "closed"
        assert waits.look(resolved)["timeline"][-1]["meta"]["days"] == 4

    def test_a_longer_window_keeps_it_open(self, waits: Waits, resolved: dict[str, Any]) -> None:
        waits.pass_by(resolved, "6 days")
        waits.set(reopen_window_days=30)
        waits.pass_by(resolved, "2 days")

        waits.tick()

        assert waits.look(resolved)["status"] == "resolved"

    def test_a_longer_window_counts_though_the_sweep_has_handed_it_over(
        self, waits: Waits, resolved: dict[str, Any]
    ) -> None:
        waits.pass_by(resolved, "8 days")
        waits.book.forget()
        assert waits.sweep() == 1
        waits.set(reopen_window_days=30)

        waits.book.run()

        assert waits.look(resolved)["status"] == "resolved"
        row = waits.row(resolved)
        assert row is not None
        assert row["wakes_at"] == row["since"] + 30 * DAY

    def test_reminders_that_are_turned_on_count_for_what_is_pending_already(
        self, waits: Waits, pending: dict[str, Any]
    ) -> None:
        waits.pass_by(pending, "4 days")
        waits.set(pending_reminder_days=[3])

        waits.tick()

        assert waits.done(pending) == ["reminded"]

    def test_what_would_be_due_within_the_hour_anyway_is_handed_over_with_the_next_sweep(
        self, waits: Waits, pending: dict[str, Any]
    ) -> None:
        waits.set(pending_reminder_days=[4])
        waits.tick()
        waits.pass_by(pending, "3 days 23:30:00")
        waits.set(pending_reminder_days=[3])

        assert waits.tick() == 1

        assert waits.done(pending) == ["reminded"]

    def test_what_was_handed_over_just_now_is_not_handed_over_again_for_other_settings(
        self, waits: Waits, pending: dict[str, Any]
    ) -> None:
        waits.set(pending_reminder_days=[4])
        waits.tick()
        waits.pass_by(pending, "5 days")
        assert waits.sweep() == 1

        waits.set(pending_reminder_days=[3])

        assert waits.sweep() == 0

    def test_reminders_that_are_turned_off_do_not_come(self, waits: Waits, pending: dict[str, Any]) -> None:
        waits.set(pending_reminder_days=[3], pending_resolve_days=10)
        waits.pass_by(pending, "4 days")
        waits.set(pending_reminder_days=[], pending_resolve_days=None)

        assert waits.tick() == 0
        assert waits.done(pending) == []

    def test_what_is_on_its_way_while_they_change_is_seen_a_minute_later(
        self, waits: Waits, pending: dict[str, Any], database: Database
    ) -> None:
        waits.set(pending_reminder_days=[3])
        waits.pass_by(pending, "4 days")
        waits.sweep()
        # As a transaction leaves it that read the settings from before.
        database.run("UPDATE ticket_waits SET wakes_at = NULL")

        assert waits.pass_() == (0, 0)
        database.run("UPDATE workspaces SET waits_again_at = waits_again_at - interval '61 seconds'")

        assert waits.pass_() == (1, 1)
        left = "SELECT count(*) FROM workspaces WHERE waits_stale_since IS NOT NULL"
        assert database.value(left) == 0

    def test_many_are_reckoned_anew_in_batches(
        self, waits: Waits, desk: ServiceDesk, database: Database
    ) -> None:
        for _ in range(5):
            waits.pass_by(desk.in_status("pending"), "4 days")
        waits.set(pending_reminder_days=[3])

        assert [waits.pass_(10, 2) for _ in range(4)] == [(2, 2), (2, 2), (1, 1), (0, 0)]

    def test_settings_that_change_again_meanwhile_count_from_the_first_ticket_on(
        self, waits: Waits, desk: ServiceDesk
    ) -> None:
        tickets = [desk.in_status("pending") for _ in range(3)]
        for ticket in tickets:
            waits.pass_by(ticket, "4 days")
        waits.set(pending_reminder_days=[5])
        assert waits.pass_(10, 2) == (2, 0)
        waits.set(pending_reminder_days=[3])

        assert [waits.pass_(10, 2), waits.pass_(10, 2)] == [(2, 2), (1, 1)]

    def test_one_workspace_has_nothing_to_do_with_another(
        self, waits: Waits, desk: ServiceDesk, resolved: dict[str, Any], pending: dict[str, Any]
    ) -> None:
        mallory = desk.cast.mallory
        theirs = desk.ticket(mallory)
        desk.do(mallory, theirs, "pause", waiting_on="customer", reason="asked")
        waits.set(mallory, pending_reminder_days=[1], reopen_window_days=1)
        for ticket in (resolved, pending, theirs):
            waits.pass_by(ticket, "5 days")

        waits.tick()

        assert (waits.done(resolved), waits.done(pending)) == ([], [])
        reminded = waits.database.rows(
            "SELECT workspace_id, ticket_id FROM events WHERE type = 'ticket.reminded'"
        )
        assert reminded == [{"workspace_id": desk.cast.globex, "ticket_id": UUID(theirs["id"])}]

    @pytest.mark.parametrize(
        ("before", "wanted", "field"),
        [
            ({}, {"pending_reminder_days": [3, 7], "pending_resolve_days": 7}, "pending_resolve_days"),
            ({"pending_reminder_days": [3, 7]}, {"pending_resolve_days": 5}, "pending_resolve_days"),
            ({"pending_resolve_days": 5}, {"pending_reminder_days": [5]}, "pending_reminder_days"),
        ],
    )
    def test_nobody_is_reminded_of_what_is_resolved_by_then(
        self, waits: Waits, desk: ServiceDesk, before: dict[str, Any], wanted: dict[str, Any], field: str
    ) -> None:
        waits.set(**before)

        reply = desk.as_(desk.cast.ada).patch("/v1/workspace", wanted)

        assert (reply.status, [error["field"] for error in reply.json["errors"]]) == (422, [field])
        assert "resolve later than that, or remind earlier" in reply.json["detail"]

    def test_a_setting_is_in_the_audit_log(self, waits: Waits, desk: ServiceDesk) -> None:
        waits.set(pending_reminder_days=[3], pending_resolve_days=9, pending_resolve_text="Bye.")

        entry = desk.as_(desk.cast.ada).get("/v1/audit-log?action=workspace.changed").json["items"][0]

        assert entry["after"] == {
            "pending_reminder_days": [3],
            "pending_resolve_days": 9,
            "pending_resolve_text": "Bye.",
        }


class TestHandingOver:
    def test_an_event_that_comes_five_times_does_it_once(self, waits: Waits, pending: dict[str, Any]) -> None:
        waits.set(pending_reminder_days=[3])
        waits.pass_by(pending, "4 days")
        waits.book.forget()
        waits.sweep()
        (message,) = waits.book.waiting()

        for _ in range(5):
            assert waits.book.deliver(message) == []

        assert waits.done(pending) == ["reminded"]

    def test_what_was_handed_over_is_not_again_for_an_hour_unless_it_was_lost(
        self, waits: Waits, resolved: dict[str, Any], database: Database
    ) -> None:
        waits.pass_by(resolved, "8 days")
        assert [waits.sweep(), waits.sweep()] == [1, 0]

        database.run("UPDATE ticket_waits SET wakes_at = wakes_at - interval '61 minutes'")

        assert waits.sweep() == 1
        waits.book.run()
        assert waits.done(resolved) == ["closed"]

    def test_what_is_due_is_handed_over_in_batches_the_oldest_first(
        self, waits: Waits, desk: ServiceDesk
    ) -> None:
        tickets = [desk.in_status("resolved") for _ in range(3)]
        for days, ticket in zip((8, 10, 9), tickets, strict=True):
            waits.pass_by(ticket, f"{days} days")

        assert [waits.sweep(2), waits.sweep(2), waits.sweep(2)] == [2, 1, 0]
        told = waits.database.rows("SELECT ticket_id FROM events WHERE type = 'waiting.due' ORDER BY id")
        assert [row["ticket_id"] for row in told] == [UUID(tickets[n]["id"]) for n in (1, 2, 0)]

    def test_it_is_nobodys_news(self, waits: Waits, resolved: dict[str, Any]) -> None:
        waits.pass_by(resolved, "8 days")
        waits.sweep()

        (event,) = waits.database.rows("SELECT * FROM events WHERE type = 'waiting.due'")

        assert (event["internal"], event["sequence"]) == (True, None)
        since = datetime.fromisoformat(event["payload"]["since"])
        assert datetime.now(UTC) - since > 8 * DAY

    def test_a_rule_that_names_reminders_hears_of_each_and_no_other_rule_of_any(
        self, waits: Waits, pending: dict[str, Any]
    ) -> None:
        any_change = waits.book.make("Any change", when=[{"on": "updated"}])
        waits.set(pending_reminder_days=[3, 7])
        waits.pass_by(pending, "4 days")
        waits.tick()
        named = waits.book.make("Named", when=[{"on": "updated", "verbs": ["reminded"]}])
        assert waits.book.firings(any_change) == []

        waits.pass_by(pending, "4 days")
        waits.tick()

        assert waits.book.outcomes(named) == ["applied"]
        assert waits.look(pending)["tags"] == ["ruled"]

    def test_rules_hear_of_what_the_clock_did(
        self, waits: Waits, book: RuleBook, resolved: dict[str, Any]
    ) -> None:
        book.make(when=[{"on": "updated", "verbs": ["closed"]}])
        waits.pass_by(resolved, "8 days")

        waits.tick()

        assert waits.look(resolved)["tags"] == ["ruled"]
