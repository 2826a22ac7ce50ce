"""What happens by the clock: the sweep and its news, the relay, the purge."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib import schedules
from chalicelib.core import events, sqs
from chalicelib.core.errors import Unavailable
from tests.conftest import Queue
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.desk import Desk
from tests.support.mailbox import TICK, LambdaContext, Mailbox, deliver


@pytest.fixture
def desk(database: Database, cast: Cast, stage: dict[str, str]) -> Iterator[Desk]:
    schedules.relay_settings.cache_clear()
    sqs.breaker.reset()
    yield Desk(database, cast)
    schedules.relay_settings.cache_clear()


def tick(schedule: Callable[..., Any], seconds: float = 50.0) -> None:
    schedule(TICK, LambdaContext(seconds))


def metrics(captured: str) -> dict[str, float]:
    """The last value of each metric that was written."""
    found: dict[str, float] = {}
    for line in captured.splitlines():
        if '"_aws"' in line:
            entry = json.loads(line)
            for metric in entry["_aws"]["CloudWatchMetrics"][0]["Metrics"]:
                found[metric["Name"]] = entry[metric["Name"]]
    return found


class TestSweep:
    def test_a_breach_is_announced_once_and_reaches_the_assignee_and_the_dispatchers(
        self, desk: Desk, cast: Cast, queue: Queue, database: Database
    ) -> None:
        mailbox = Mailbox()
        mailbox.empty()
        ticket = desk.ticket(cast.carol, assignee=cast.ana)
        desk.promise(ticket, "now() - interval '1 second'")

        tick(schedules.sla_sweep)
        tick(schedules.sla_sweep)
        messages = queue.take()
        failed = deliver(*messages)  # type: ignore[arg-type]

        assert [message["type"] for message in messages] == ["ticket.sla_breached"]
        assert failed == []
        assert mailbox.recipients == [cast.ana.email, cast.dario.email]
        assert database.value("SELECT count(*) FROM timeline_entries WHERE action = 'sla_breached'") == 1

    def test_takes_up_more_than_one_statement_does(
        self, desk: Desk, cast: Cast, queue: Queue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(schedules, "SWEEP_LIMIT", 2)
        for _ in range(5):
            desk.promise(desk.ticket(cast.carol), "now() - interval '1 second'")

        tick(schedules.sla_sweep)

        assert len(queue.take()) == 5

    def test_leaves_what_writers_hold_to_the_next_sweep(
        self, desk: Desk, cast: Cast, database: Database
    ) -> None:
        desk.promise(desk.ticket(cast.carol), "now() - interval '1 second'")
        with database.another() as writer:
            writer.run("BEGIN")
            writer.run("UPDATE tickets SET subject = 'being written'")
            announced_before = schedules.sweep(lambda: True)
            writer.run("COMMIT")

        assert announced_before == 0
        assert schedules.sweep(lambda: True) == 1

    def test_begins_nothing_that_its_time_does_not_allow(
        self, desk: Desk, cast: Cast, database: Database
    ) -> None:
        desk.promise(desk.ticket(cast.carol), "now() - interval '1 second'")

        tick(schedules.sla_sweep, seconds=11)

        assert database.value("SELECT count(*) FROM sla_steps WHERE fired_at IS NOT NULL") == 0

    def test_counts_what_it_announced(
        self, desk: Desk, cast: Cast, capsys: pytest.CaptureFixture[str]
    ) -> None:
        desk.promise(desk.ticket(cast.carol), "now() - interval '1 second'")

        tick(schedules.sla_sweep)

        told = metrics(capsys.readouterr().out)
        assert told["StepsAnnounced"] == 1
        assert told["EventsRelayed"] == 1
        assert told["OldestUnsent"] == 0

    def test_says_how_late_it_is(self, desk: Desk, cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
        ticket = desk.ticket(cast.carol)
        desk.promise(ticket, "now() - interval '10 minutes'")
        desk.promise(desk.ticket(cast.carol), "now() + interval '1 hour'")

        tick(schedules.sla_sweep)
        late = metrics(capsys.readouterr().out)["SweepLate"]
        tick(schedules.sla_sweep)

        assert 600 <= late < 660
        assert metrics(capsys.readouterr().out)["SweepLate"] == 0

    def test_each_event_is_counted_by_its_type(
        self, desk: Desk, cast: Cast, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for _ in range(3):
            desk.event("ticket.closed", desk.ticket(cast.carol), cast.ana)

        tick(schedules.event_relay)

        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"EventsSent"' in line]
        assert [(line["Type"], line["EventsSent"]) for line in lines] == [("ticket.closed", 3)]

    def test_with_nothing_due_it_leaves_the_queues_to_the_relay(
        self, desk: Desk, cast: Cast, queue: Queue, capsys: pytest.CaptureFixture[str]
    ) -> None:
        desk.event("ticket.closed", desk.ticket(cast.carol), cast.ana)

        tick(schedules.sla_sweep)

        assert metrics(capsys.readouterr().out) == {
            "SweepLate": 0,
            "StepsAnnounced": 0,
            "RatingsDue": 0,
            "DigestsDue": 0,
            "WaitsDue": 0,
        }
        assert queue.take() == []

    def test_hands_over_the_mails_that_were_gathered_and_sends_that_at_once(
        self, desk: Desk, cast: Cast, queue: Queue, database: Database
    ) -> None:
        database.run(
            "INSERT INTO notifications (workspace_id, event_id, user_id, kind, message_id, status, due_at) "
            "VALUES (:w, 1, :u, 'ticket.closed', '<1@mesa>', 'gathered', now())",
            w=cast.acme,
            u=cast.chris.id,
        )

        tick(schedules.sla_sweep)

        assert [message["type"] for message in queue.take()] == ["digest.due"]

    def test_hands_over_what_has_waited_and_sends_that_at_once(
        self,
        desk: Desk,
        cast: Cast,
        queue: Queue,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(schedules, "WAIT_LIMIT", 3)
        monkeypatch.setattr(schedules, "MOST_WAITS", 8)
        for _ in range(9):
            resolved = desk.ticket(cast.carol, status="resolved")
            desk.database.run(
                "UPDATE tickets SET resolved_at = now() - interval '8 days' WHERE id = :t", t=resolved
            )

        tick(schedules.sla_sweep)

        # The next minute brings the rest.
        assert metrics(capsys.readouterr().out)["WaitsDue"] == 8
        assert {message["type"] for message in queue.take()} == {"waiting.due"}
        tick(schedules.sla_sweep)
        assert metrics(capsys.readouterr().out)["WaitsDue"] == 1


class TestRelay:
    def test_sends_what_was_left(self, desk: Desk, cast: Cast, queue: Queue) -> None:
        told = [desk.event("ticket.closed", desk.ticket(cast.carol), cast.ana) for _ in range(3)]

        tick(schedules.event_relay)

        assert sorted(message["id"] for message in queue.take()) == [event["id"] for event in told]  # type: ignore[type-var]

    def test_tells_how_long_the_oldest_waits_where_no_queue_answers(
        self,
        desk: Desk,
        cast: Cast,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        desk.event("ticket.closed", desk.ticket(cast.carol), cast.ana)
        database.run("UPDATE events SET created_at = now() - interval '5 minutes'")
        monkeypatch.setenv("MESA_EVENT_QUEUE_URLS", "http://127.0.0.1:4566/123456789012/gone")
        monkeypatch.setattr(events, "PAUSE_SECONDS", 0)
        schedules.relay_settings.cache_clear()

        with pytest.raises(Unavailable):
            tick(schedules.event_relay)

        assert metrics(capsys.readouterr().out)["OldestUnsent"] >= 300


class TestPurge:
    def test_deletes_what_has_outlived_its_time_and_nothing_else(
        self, desk: Desk, cast: Cast, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(schedules, "PURGE_LIMIT", 2)
        ticket = desk.ticket(cast.carol)
        told = [desk.event("ticket.updated", ticket, cast.carol)["id"] for _ in range(8)]
        past = (
            "UPDATE events SET sent_at = now(), created_at = now() - make_interval(days => :d) "
            "WHERE id = ANY(:e)"
        )
        database.run(past, d=31, e=told[:5])
        database.run(past, d=29, e=told[5:6])
        database.run("UPDATE events SET created_at = now() - interval '31 days' WHERE id = :e", e=told[6])
        for name, age in (("over", "1 second"), ("still", "-1 hour")):
            database.run(
                "INSERT INTO idempotency_keys "
                "(workspace_id, principal, method, path, key, request_digest, expires_at) "
                f"VALUES (:w, 'p', 'POST', '/', :k, 'd', now() - interval '{age}')",
                w=cast.acme,
                k=name,
            )
            database.run(
                f"INSERT INTO rate_limits VALUES (:k, now() - interval '{age}', 1)",
                k=name,
            )
            database.run(
                "INSERT INTO refresh_tokens (workspace_id, user_id, family_id, digest, expires_at) "
                f"VALUES (:w, :u, uuidv7(), CAST(:k AS bytea), now() - interval '{age}')",
                w=cast.acme,
                u=cast.carol.id,
                k=name.encode(),
            )

        tick(schedules.purge)

        assert [row["id"] for row in database.rows("SELECT id FROM events ORDER BY id")] == told[5:]
        assert [row["key"] for row in database.rows("SELECT key FROM idempotency_keys")] == ["still"]
        assert [row["bucket"] for row in database.rows("SELECT bucket FROM rate_limits")] == ["still"]
        assert [bytes(row["digest"]) for row in database.rows("SELECT digest FROM refresh_tokens")] == [
            b"still"
        ]

    def test_keeps_mailed_tokens_a_month_past_their_end(
        self, cast: Cast, database: Database, desk: Desk
    ) -> None:
        """So that whoever comes late hears that the link is over, not that there never was one."""
        for number, age in enumerate(("-1 hour", "29 days", "31 days"), 1):
            sign_up = database.value(
                "INSERT INTO sign_ups (workspace_id, user_id, name, expires_at) "
                f"VALUES (:w, :u, 'Carol', now() - interval '{age}') RETURNING id",
                w=cast.acme,
                u=cast.carol.id,
            )
            database.run(
                "INSERT INTO one_time_tokens "
                "(workspace_id, user_id, purpose, event_id, sign_up_id, digest, expires_at) VALUES "
                f"(:w, :u, 'email_verification', :e, :s, sha256(:d), now() - interval '{age}')",
                w=cast.acme,
                u=cast.carol.id,
                e=number,
                s=sign_up,
                d=bytes([number]),
            )

        tick(schedules.purge)

        left = database.rows("SELECT event_id FROM one_time_tokens ORDER BY event_id")
        assert [row["event_id"] for row in left] == [1, 2]
        assert database.value("SELECT count(*) AS n FROM sign_ups") == 2

    def test_forgets_sign_ins_with_a_provider_a_day_past_their_end(
        self, cast: Cast, database: Database, desk: Desk
    ) -> None:
        for age in ("-5 minutes", "23 hours", "25 hours"):
            database.run(
                "INSERT INTO oidc_sign_ins (workspace_id, issuer, redirect_uri, state_digest, "
                "binding_digest, nonce_digest, verifier, expires_at) VALUES (:w, 'https://login.example', "
                f"'https://desk.example', CAST(:d AS bytea), 'b', 'n', 'v', now() - interval '{age}')",
                w=cast.acme,
                d=age.encode(),
            )

        tick(schedules.purge)

        left = database.rows("SELECT state_digest FROM oidc_sign_ins ORDER BY expires_at")
        assert [bytes(row["state_digest"]) for row in left] == [b"23 hours", b"-5 minutes"]

    def test_forgets_what_a_comment_said_a_month_after_it_was_taken_back(
        self, cast: Cast, database: Database, desk: Desk
    ) -> None:
        ticket = desk.ticket(cast.carol)
        for age in (None, "29 days", "31 days"):
            comment = desk.comment(ticket, cast.ana, f"Said {age} ago")
            values = {"w": cast.acme, "t": ticket, "c": comment}
            database.run(
                "INSERT INTO attachments (workspace_id, ticket_id, comment_id, file_name, content_type, "
                "size, uploaded_by, state, scan, object_version, uploaded_at) "
                "VALUES (:w, :t, :c, 'a.png', 'image/png', 5, :u, 'uploaded', 'clean', 'v1', now())",
                **values,
                u=cast.ana.id,
            )
            if age:
                database.run(
                    f"UPDATE comments SET deleted_at = now() - interval '{age}', body_html = '<p>Said</p>' "
                    "WHERE id = :c",
                    c=comment,
                )

        for _ in range(2):
            tick(schedules.purge)

        left = database.rows(
            "SELECT c.body, c.body_html, f.id IS NOT NULL AS has_file FROM comments c "
            "LEFT JOIN attachments f ON f.comment_id = c.id ORDER BY c.id"
        )
        assert [row["body"] for row in left] == ["Said None ago", "Said 29 days ago", "…"]
        assert [row["has_file"] for row in left] == [True, True, False]
        assert left[2]["body_html"] is None

    def test_ends_where_there_is_nothing(self, desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
        tick(schedules.purge)

        told = metrics(capsys.readouterr().out)
        assert told == {"RowsPurged": 0, "TicketsPurged": 0, "FilesDeleted": 0}
