"""The Lambda that counts what events tell of, and the schedule that holds the roll-ups to the tickets."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from chalicelib import queues, schedules
from tests.analytics.roll_ups import counted, held, rebuilt
from tests.conftest import Queue
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.desk import Desk
from tests.support.mailbox import TICK, LambdaContext, batch_of
from tests.support.service_desk import ServiceDesk

FIGURES = "SELECT * FROM fn_insight_figures(:w, current_date - 1, current_date + 1)"
DUE = "UPDATE rollup_generations SET checked_at = now() - interval '21 hours', repaired_to = :e"
OLD_EVENTS = "UPDATE events SET created_at = now() - interval '1 hour'"
# What a night looks at, where a test says nothing else.
STATE = "SELECT * FROM rollup_generations WHERE workspace_id = :w ORDER BY generation"


@pytest.fixture
def rows(database: Database, cast: Cast, stage: dict[str, str]) -> Desk:
    return Desk(database, cast)


@pytest.fixture
def poison(database: Database) -> Iterator[str]:
    """The subject of tickets that the database cannot count."""
    database.run(
        "CREATE FUNCTION poisoned() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF (SELECT t.subject FROM public.tickets t WHERE t.id = NEW.ticket_id) = 'poison' THEN "
        "RAISE 'poison'; END IF; RETURN NEW; END $$"
    )
    database.run(
        "CREATE TRIGGER poisoned BEFORE INSERT ON ticket_facts FOR EACH ROW EXECUTE FUNCTION poisoned()"
    )
    yield "poison"
    database.run("DROP TRIGGER poisoned ON ticket_facts; DROP FUNCTION poisoned()")


class TestTheQueue:
    def test_what_was_done_over_http_is_counted_once_its_events_are_taken(
        self, database: Database, cast: Cast, desk: ServiceDesk, queue: Queue
    ) -> None:
        ticket = desk.networks_ticket()
        desk.do(cast.dario, ticket, "resolve", resolution="Done.")
        messages = queue.take()

        assert failed(*messages) == []

        (figures,) = database.rows(FIGURES, w=cast.acme)
        assert (figures["created"], figures["resolved"], figures["first_responses"]) == (1, 1, 1)
        assert held(database, cast.acme) == counted(database, cast.acme)

    def test_the_same_events_twice_and_the_wrong_way_round_count_once(
        self, database: Database, cast: Cast, desk: ServiceDesk, queue: Queue
    ) -> None:
        desk.in_status("closed")
        desk.in_status("pending")
        messages = queue.take()

        assert failed(*reversed(messages), *messages) == []

        assert held(database, cast.acme) == counted(database, cast.acme)

    def test_events_of_several_workspaces_are_counted_in_each(
        self, database: Database, cast: Cast, desk: ServiceDesk, queue: Queue
    ) -> None:
        desk.ticket(cast.carol)
        desk.ticket(cast.mallory)

        assert failed(*queue.take()) == []

        for workspace in (cast.acme, cast.globex):
            assert held(database, workspace) == counted(database, workspace)
            assert database.value(f"SELECT created FROM ({FIGURES.strip()}) AS f", w=workspace) == 1

    def test_what_is_no_event_fails_alone(
        self, database: Database, cast: Cast, desk: ServiceDesk, queue: Queue
    ) -> None:
        desk.ticket(cast.carol)

        assert failed("poison", *queue.take()) == [0]
        assert held(database, cast.acme) == counted(database, cast.acme)

    def test_a_ticket_that_cannot_be_counted_holds_up_no_other(
        self, database: Database, cast: Cast, desk: ServiceDesk, queue: Queue, poison: str
    ) -> None:
        bad, good = desk.ticket(cast.carol, subject=poison), desk.ticket(cast.carol)
        messages = queue.take()

        places = failed(*messages)

        assert [messages[place]["ticket_id"] for place in places] == [bad["id"]]
        assert database.rows("SELECT ticket_id::text FROM ticket_facts") == [{"ticket_id": good["id"]}]

    def test_news_of_no_ticket_is_no_business_of_it(self, database: Database, cast: Cast) -> None:
        news = {
            **{"id": 1, "type": "user.changed", "workspace_id": str(cast.acme), "ticket_id": None},
            **{"sequence": None, "internal": False, "created_at": "2026-11-20T00:00:00+00:00", "payload": {}},
        }

        assert failed(news, {**news, "type": "waiting.due", "ticket_id": str(uuid4())}) == []
        assert database.value("SELECT count(*) FROM ticket_facts") == 0


class TestRepair:
    def test_a_desk_from_before_is_counted_in_steps_and_says_nothing_until_then(
        self, database: Database, cast: Cast, rows: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(7):
            rows.ticket(cast.carol)
        database.run("DELETE FROM rollup_generations")
        monkeypatch.setattr(schedules, "COUNT_LIMIT", 3)
        assert not complete(database, cast.acme)

        database.run("CALL sp_rollup_repair(3, 9, NULL, NULL, NULL, NULL)")
        database.run("CALL sp_rollup_repair(3, 9, NULL, NULL, NULL, NULL)")
        assert not all(complete(database, each) for each in (cast.acme, cast.globex))
        tick()

        assert complete(database, cast.acme)
        assert complete(database, cast.globex)
        assert held(database, cast.acme) == counted(database, cast.acme)

    def test_what_no_message_told_of_is_counted_that_night(
        self,
        database: Database,
        cast: Cast,
        desk: ServiceDesk,
        queue: Queue,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        desk.in_status("resolved")
        queue.take()
        database.run(OLD_EVENTS)

        tick()
        assert held(database, cast.acme).days == {}
        database.run(DUE, e=0)
        tick()

        assert held(database, cast.acme) == counted(database, cast.acme)
        assert '"TicketsMended": 1' in capsys.readouterr().out
        (state,) = database.rows(STATE, w=cast.acme)
        assert state["repaired_to"] == database.value(
            "SELECT max(id) FROM events WHERE workspace_id = :w", w=cast.acme
        )

    def test_what_no_event_told_of_is_found_within_some_nights(
        self, database: Database, cast: Cast, rows: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tickets = [rows.ticket(cast.carol) for _ in range(8)]
        rebuilt(database, cast.acme)
        database.run("UPDATE tickets SET priority = 'urgent' WHERE id = ANY(:t)", t=[tickets[1], tickets[6]])
        monkeypatch.setattr(schedules, "COUNT_LIMIT", 2)
        monkeypatch.setattr(schedules, "NIGHTLY", 5)

        database.run(DUE, e=0)
        tick()
        assert urgent(database, cast) == 1
        tick()
        assert urgent(database, cast) == 1
        database.run(DUE, e=0)
        tick()

        assert urgent(database, cast) == 2
        assert held(database, cast.acme) == counted(database, cast.acme)

    def test_sums_that_do_not_add_up_are_counted_anew(
        self, database: Database, cast: Cast, rows: Desk, capsys: pytest.CaptureFixture[str]
    ) -> None:
        rows.ticket(cast.carol)
        rebuilt(database, cast.acme)
        database.run("UPDATE ticket_rollups SET created = created + 1 WHERE dimension = 'all'")
        database.run(DUE, e=0)

        tick()

        assert held(database, cast.acme) == counted(database, cast.acme)
        assert '"RollupsAnew": 1' in capsys.readouterr().out

    def test_other_clocks_are_counted_by_while_the_old_ones_answer(
        self, database: Database, cast: Cast, rows: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(5):
            rows.ticket(cast.carol)
        rebuilt(database, cast.acme)
        before = held(database, cast.acme)
        database.run("UPDATE workspaces SET timezone = 'Asia/Tokyo' WHERE id = :w", w=cast.acme)
        database.run("CALL sp_rollup_repair(2, 9, NULL, NULL, NULL, NULL)")
        late = rows.ticket(cast.carol)
        assert held(database, cast.acme) == before
        assert zone(database, cast.acme) == "UTC"

        database.run("CALL sp_rollup_repair(2, 9, NULL, NULL, NULL, NULL)")
        monkeypatch.setattr(schedules, "COUNT_LIMIT", 2)
        tick()

        assert zone(database, cast.acme) == "Asia/Tokyo"
        assert held(database, cast.acme) == counted(database, cast.acme)
        assert database.value("SELECT count(*) FROM ticket_facts WHERE ticket_id = :t", t=late) == 1
        assert left_over(database, cast.acme) == 0

    def test_desks_that_are_counted_are_not_locked_on_the_way(self, database: Database, cast: Cast) -> None:
        """A lock each would fill the server's table of locks where there are some thousand workspaces."""
        database.run("BEGIN")
        database.run("CALL sp_rollup_repair(3, 9, NULL, NULL, NULL, NULL)")

        held_now = database.value(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
        )

        database.run("ROLLBACK")
        assert held_now == 0

    @pytest.mark.parametrize("state", ["DELETE FROM rollup_generations", DUE.replace(":e", "0")])
    def test_a_ticket_that_cannot_be_counted_holds_up_no_other_and_no_other_desk(
        self, database: Database, cast: Cast, rows: Desk, poison: str, state: str
    ) -> None:
        bad, good = rows.ticket(cast.carol), rows.ticket(cast.carol)
        database.run("UPDATE tickets SET subject = :s WHERE id = :t", s=poison, t=bad)
        database.run(state)

        tick()

        assert database.rows("SELECT ticket_id FROM ticket_facts") == [{"ticket_id": good}]
        assert all(complete(database, each) for each in (cast.acme, cast.globex))
        late = "SELECT count(*) FROM rollup_generations WHERE checked_at < now() - interval '20 hours'"
        assert database.value(late) == 0

    def test_where_there_is_nothing_to_do_nothing_is_done(self, database: Database, cast: Cast) -> None:
        before = database.rows(STATE, w=cast.acme)

        tick()

        assert database.rows(STATE, w=cast.acme) == before


def failed(*bodies: Any) -> list[int]:
    """Hands messages to the Lambda; the places of those that it reports as failed."""
    queues.insight_settings.cache_clear()
    batch = batch_of(*bodies)
    answer = queues.insight(batch, LambdaContext(60))
    ids = [record["messageId"] for record in batch["Records"]]
    return [ids.index(item["itemIdentifier"]) for item in answer["batchItemFailures"]]


def tick() -> None:
    schedules.rollup_settings.cache_clear()
    schedules.rollup_repair(TICK, LambdaContext(280))


def complete(database: Database, workspace: UUID) -> bool:
    return bool(database.value("SELECT complete FROM fn_rollup_state(:w)", w=workspace))


def zone(database: Database, workspace: UUID) -> str:
    return str(database.value("SELECT timezone FROM fn_rollup_state(:w)", w=workspace))


def left_over(database: Database, workspace: UUID) -> int:
    """Rows of generations that are over."""
    tables = ("ticket_facts", "ticket_rollups", "rollup_histograms", "ticket_stocks")
    newest = "(SELECT generation FROM fn_rollup_state(:w))"
    return sum(
        database.value(
            f"SELECT count(*) FROM {table} WHERE workspace_id = :w AND generation <> {newest}", w=workspace
        )
        for table in tables
    )


def urgent(database: Database, cast: Cast) -> int:
    """How many tickets the roll-ups call urgent."""
    stock = "SELECT value, tickets FROM fn_insight_stock(:w, NULL, '{priority}')"
    return {row["value"]: int(row["tickets"]) for row in database.rows(stock, w=cast.acme)}.get("urgent", 0)
