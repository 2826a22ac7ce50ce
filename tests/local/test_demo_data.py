"""The demo's history is one that the desk could have written: every row holds to what the others say."""

import argparse
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from chalicelib.core.db import in_transaction
from chalicelib.sla import queries as sla_queries
from local import demo_data
from local.demo_season import spike_day
from local.errors import StackError
from local.postgres import Cluster
from tests.conftest import DATABASE
from tests.support.cast import Cast
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.made_once import MadeOnce
from tests.support.service_desk import ServiceDesk
from tests.support.walker import KEPT, LOOK, replayed

Fill = Callable[..., datetime]
# A minute and a bit: what came due since, the sweep is still to notice.
UNNOTICED = timedelta(seconds=62)


@pytest.fixture
def fill(connections: Connections, cast: Cast, database: Database) -> Fill:
    """Fills Acme, or another workspace; when that was."""

    def fill(tickets: int = 200, workspace: UUID = cast.acme, **options: Any) -> datetime:
        now = options.pop("now", None) or database.value("SELECT now()")
        connections.run(
            lambda tx: demo_data.fill(tx, workspace, tickets=tickets, now=now, **options)  # type: ignore[no-any-return]
        )
        assert isinstance(now, datetime)
        return now

    return fill


def rows_of(database: Database, workspace: UUID) -> list[dict[str, Any]]:
    ids = [row["id"] for row in database.rows("SELECT id FROM tickets WHERE workspace_id = :w", w=workspace)]
    return database.rows(LOOK, w=workspace, ids=ids)


def at_first(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a ticket was created as: what the first change of each field changed."""
    first = {name: row[name] for name in KEPT}
    for entry in reversed(row["timeline"]):
        first |= {name: change["from"] for name, change in entry["changes"].items() if name in KEPT}
    return first


def filled(workspace: UUID, tickets: int, database: Database) -> datetime:
    """Fills a workspace of a class that only looks; when that was."""
    now: datetime = database.value("SELECT now()")
    in_transaction(lambda tx: demo_data.fill(tx, workspace, tickets=tickets, now=now), repeatable=False)
    return now


class TestEveryRow(MadeOnce):
    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def now(cls, cast: Cast, database: Database) -> datetime:
        return filled(cast.acme, 400, database)

    def test_timelines_are_gapless_and_lead_to_what_tickets_are(self, cast: Cast, database: Database) -> None:
        rows = rows_of(database, cast.acme)

        assert len(rows) == 400
        assert {row["status"] for row in rows} >= {"open", "resolved", "closed", "cancelled"}
        for row in rows:
            timeline = row["timeline"]
            assert [entry["sequence"] for entry in timeline] == [*range(1, row["last_sequence"] + 1)]
            assert timeline[0]["action"] == "created"
            assert at_first(row)["status"] == "new"
            assert replayed(at_first(row), timeline) == {name: row[name] for name in KEPT}
        backwards = """
            SELECT count(*) FROM timeline_entries e JOIN timeline_entries f USING (workspace_id, ticket_id)
            WHERE f.sequence = e.sequence + 1 AND f.created_at < e.created_at
        """
        assert database.value(backwards) == 0
        edges = {
            (change["from"], change["to"])
            for row in rows
            for entry in row["timeline"]
            if (change := entry["changes"].get("status"))
        }
        for before, after in edges:
            assert database.value("SELECT fn_is_legal_status_edge(:f, :t)", f=before, t=after)
        actions = {entry["action"] for row in rows for entry in row["timeline"]}
        assert actions >= {
            *("assigned", "transferred", "reclassified", "commented", "paused", "resumed", "resolved"),
            *("closed", "reopened", "cancelled", "merged", "merged_from", "rated", "time_logged"),
            *("sla_warned", "sla_breached"),
        }

    def test_what_happened_lately_is_in_the_feed_as_sent_and_what_was_before_is_not(
        self, now: datetime, database: Database
    ) -> None:
        since = now - timedelta(days=30)
        told = "SELECT count(*) FROM {} WHERE created_at > :since"
        count = database.value(told.format("timeline_entries"), since=since)
        assert count > 0
        assert database.value(told.format("events"), since=since) == count
        assert database.value("SELECT count(*) FROM events WHERE sent_at IS NULL") == 0
        assert database.value("SELECT count(*) FROM events WHERE created_at <= :since", since=since) == 0
        assert (
            database.value(
                "SELECT count(*) FROM events e JOIN timeline_entries t USING (workspace_id, "
                "ticket_id, sequence) WHERE e.type <> 'ticket.' || t.action "
                "OR e.payload -> 'changes' <> t.changes OR e.payload -> 'meta' <> t.meta"
            )
            == 0
        )

    def test_the_last_event_of_a_ticket_tells_of_it_as_it_is(self, database: Database) -> None:
        """Those of the desk itself say the same, and in the same words: fn_told."""
        told = database.rows(
            """
            SELECT e.payload -> 'ticket' AS told, fn_told(t) AS found FROM tickets t
            JOIN events e ON (e.workspace_id, e.ticket_id, e.sequence)
                = (t.workspace_id, t.id, t.last_sequence)
            """
        )
        assert len(told) > 30
        assert [each for each in told if each["told"] != each["found"]] == []

    def test_nothing_is_left_for_the_sweeps_but_what_is_still_to_come(
        self, now: datetime, database: Database
    ) -> None:
        late = database.value(
            "SELECT count(*) FROM sla_steps WHERE fired_at IS NULL AND at < :then", then=now - UNNOTICED
        )
        waits = database.rows(
            "SELECT x.status, x.since, x.wakes_at, t.status AS of FROM ticket_waits x "
            "JOIN tickets t ON t.workspace_id = x.workspace_id AND t.id = x.ticket_id"
        )
        waiting = database.value("SELECT count(*) FROM tickets WHERE status IN ('pending', 'resolved')")
        breached = database.rows(
            "SELECT g.breached_at = g.due_at AS at_its_time, s.fired_at > g.breached_at AS noticed_after "
            "FROM sla_targets g JOIN sla_steps s ON s.target_id = g.id AND s.kind = 'breach' "
            "WHERE g.breached_at IS NOT NULL AND g.minutes > 0 AND g.paused_at IS NULL"
        )
        assert late == 0
        assert len(waits) == waiting > 0
        assert all(wait["status"] == wait["of"] and wait["since"] < now for wait in waits)
        assert all(wait["wakes_at"] is None or wait["wakes_at"] > now for wait in waits)
        assert breached
        assert all(row["noticed_after"] for row in breached)

    def test_promises_add_up_to_their_due_times(self, desk: ServiceDesk, database: Database) -> None:
        chosen = database.rows(
            "SELECT t.id, t.label FROM tickets t ORDER BY (SELECT count(*) FROM sla_targets g "
            "WHERE g.ticket_id = t.id) DESC, t.last_sequence DESC, t.id LIMIT 40"
        )

        for ticket in chosen:
            reply = desk.as_(desk.cast.ada).get(f"/v1/tickets/{ticket['id']}/sla")

            assert reply.status == 200, reply.text
            told = reply.json["targets"]
            assert told
            assert all(target["adds_up"] for target in told), ticket
            for target in told:
                ended = target["fulfilled_at"] or target["ended_at"]
                assert not ended or target["breached"] == (target["overtime"] is not None), (ticket, target)

    def test_whose_promise_it_is_and_when_it_is_due_is_as_triggers_would_keep_it(
        self, database: Database
    ) -> None:
        open_ones = database.rows(
            "SELECT g.team_id = t.team_id AND g.priority = t.priority AS same, t.due_at, g.due_at AS due, "
            "g.metric FROM sla_targets g JOIN tickets t ON t.workspace_id = g.workspace_id "
            "AND t.id = g.ticket_id WHERE g.fulfilled_at IS NULL AND g.ended_at IS NULL "
            "AND g.breached_at IS NULL"
        )
        assert open_ones
        assert all(row["same"] for row in open_ones)
        assert all(row["due"] == row["due_at"] for row in open_ones if row["metric"] == "resolution")
        stale = "SELECT count(*) FROM tickets WHERE due_at IS NOT NULL AND status NOT IN ('new', 'open')"
        assert database.value(stale) == 0


class TestItsCourse(MadeOnce):
    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def now(cls, cast: Cast, database: Database) -> datetime:
        return filled(cast.acme, 900, database)

    def test_it_comes_by_weekday_and_hour_grows_and_has_a_day_of_trouble(
        self, now: datetime, database: Database
    ) -> None:
        zone = ZoneInfo("UTC")
        times = [
            row["created_at"].astimezone(zone) for row in database.rows("SELECT created_at FROM tickets")
        ]

        by_day = Counter(at.date() for at in times)
        by_weekday, by_hour = Counter(at.weekday() for at in times), Counter(at.hour for at in times)
        trouble = spike_day(now, 90, zone)

        assert now - timedelta(days=90) <= min(times)
        assert max(times) < now
        assert trouble is not None
        assert by_day.most_common(1)[0][0] == trouble.date()
        assert by_weekday[0] > by_weekday[4] > by_weekday[6] * 2
        assert by_hour[10] > by_hour[13] > by_hour[3] * 4
        assert sum(at > now - timedelta(days=45) for at in times) > len(times) / 2

    def test_about_one_promise_in_ten_is_broken_and_customers_are_mostly_pleased(
        self, desk: ServiceDesk, database: Database
    ) -> None:
        figures = desk.as_(desk.cast.ada).get("/v1/analytics/sla?days=91&metric=resolution&group_by=priority")

        assert figures.status == 200, figures.text
        kept = {group["priority"]: group["attainment"] for group in figures.json["groups"]}
        assert kept.keys() == {"low", "medium", "high", "urgent"}
        assert all(0.75 < share < 0.995 for share in kept.values()), kept
        assert 3.5 < database.value("SELECT avg(score) FROM ratings") < 4.5
        assert (
            0.01
            < database.value(
                "SELECT avg((status IN ('new', 'open', 'pending', 'on_hold'))::integer) FROM tickets"
            )
            < 0.12
        )


class TestTheStory:
    def test_the_same_seed_and_moment_tell_the_same_story(
        self, fill: Fill, cast: Cast, database: Database
    ) -> None:
        initech = database.value("SELECT workspace_id FROM fn_make_workspace('initech', 'Initech')")
        at = datetime(2026, 11, 20, 12, tzinfo=UTC)
        stories = []
        for workspace, seed in ((cast.globex, 5), (initech, 5), (cast.acme, 6)):
            fill(60, workspace, seed=seed, now=at)
            stories.append(
                database.rows(
                    "SELECT t.label, t.id::text, t.subject, t.created_at, e.action, e.created_at AS at "
                    "FROM tickets t JOIN timeline_entries e ON e.workspace_id = t.workspace_id "
                    "AND e.ticket_id = t.id WHERE t.workspace_id = :w ORDER BY t.number, e.sequence",
                    w=workspace,
                )
            )

        first, again, another = stories

        assert first == again
        assert first != another

    def test_lists_and_searches_and_the_next_ticket_go_on_from_it(
        self, fill: Fill, desk: ServiceDesk
    ) -> None:
        fill(200)

        found = desk.as_(desk.cast.ada).get("/v1/tickets?query=printer+offline").json["items"]
        late = desk.as_(desk.cast.ada).get("/v1/tickets?breached=true&status=active&limit=100")
        tagged = desk.as_(desk.cast.ada).get("/v1/tickets?tag=vip&limit=100").json["items"]
        new = desk.ticket()

        assert any("printer" in item["subject"] for item in found)
        assert late.status == 200
        assert all("vip" in item["tags"] for item in tagged)
        assert tagged
        assert new["number"] == 201
        assert new["label"].endswith("-00201")

    def test_it_is_counted(self, fill: Fill, database: Database) -> None:
        fill(120)

        counted = database.value(
            "SELECT sum(created) FROM ticket_rollups WHERE dimension = 'all' "
            "AND team_id = '00000000-0000-0000-0000-000000000000'"
        )
        assert counted == 120

    def test_another_workspace_has_none_of_it(self, fill: Fill, cast: Cast, database: Database) -> None:
        fill(50)

        for table in ("tickets", "users", "sla_targets", "events", "categories"):
            others = database.value(f"SELECT count(*) FROM {table} WHERE workspace_id = :w", w=cast.globex)
            assert others == (1 if table == "users" else 0)

    def test_the_sweep_that_comes_next_says_nothing_of_the_past(
        self, fill: Fill, connections: Connections, database: Database
    ) -> None:
        now = fill(150)
        coming = database.value("SELECT count(*) FROM sla_steps WHERE fired_at IS NULL AND at < now()")

        announced, _ = connections.run(lambda tx: sla_queries.sweep(tx, 1000))

        assert announced <= coming
        told = database.rows("SELECT meta FROM timeline_entries WHERE created_at > :now", now=now)
        assert all(datetime.fromisoformat(row["meta"]["at"]) > now - UNNOTICED for row in told)


class TestTheCommand:
    @pytest.fixture
    def options(self) -> argparse.Namespace:
        return argparse.Namespace(days=20, tickets=30, seed=1, fresh=False)

    def test_twice_is_once_unless_more_is_wanted(
        self, cluster: Cluster, cast: Cast, database: Database, options: argparse.Namespace
    ) -> None:
        url = cluster.url("mesa_app", DATABASE, "postgresql")

        assert demo_data.demonstrate(url, "acme", options).startswith("30 tickets of 20 days")
        assert "there already" in demo_data.demonstrate(url, "acme", options)
        assert database.value("SELECT count(*) FROM tickets") == 30
        options.fresh = True
        demo_data.demonstrate(url, "acme", options)
        assert database.value("SELECT count(*) FROM tickets") == 60
        assert database.value("SELECT count(DISTINCT subject) FROM tickets WHERE number > 30") > 1
        assert database.value("SELECT count(*) FROM sla_policies WHERE name = 'Office hours'") == 1
        assert (
            database.value("SELECT last_number FROM ticket_counters WHERE workspace_id = :w", w=cast.acme)
            == 60
        )

    def test_a_workspace_that_is_not_there(self, cluster: Cluster, options: argparse.Namespace) -> None:
        with pytest.raises(StackError, match="There is no workspace nowhere"):
            demo_data.demonstrate(cluster.url("mesa_app", DATABASE, "postgresql"), "nowhere", options)

    def test_without_a_stack_it_says_how_to_start_one(
        self, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MESA_DATA_DIR", str(tmp_path))
        monkeypatch.setattr("sys.argv", ["demo_data"])

        with pytest.raises(SystemExit, match="No stack is up here: `make up` starts one"):
            demo_data.main()

    @pytest.mark.parametrize("argument", ["--days=0", "--tickets=x", "--tickets=1000000", "--days=-1"])
    def test_what_is_no_number(
        self, argument: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr("sys.argv", ["demo_data", argument])

        with pytest.raises(SystemExit):
            demo_data.main()

        assert "a number from 1 to" in capsys.readouterr().err
