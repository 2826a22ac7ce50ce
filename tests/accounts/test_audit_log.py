"""The audit log as a chain: whole under concurrent writers, written once, every forgery named (case 74)."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pg8000.native
import pytest
from sqlalchemy import text

from chalicelib.accounts import audit_trail, auditing, principals
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.anchoring import Anchor
from chalicelib.core.db import Origin, Transaction
from chalicelib.core.errors import Forbidden
from local.postgres import Cluster
from tests.accounts.conftest import Connections, Unit
from tests.conftest import DATABASE
from tests.support.cast import Cast, Person
from tests.support.database import Database
from tests.support.for_each import for_each

INSUFFICIENT_PRIVILEGE = "42501"
ADDRESS = "203.0.113.7"
FORGET = text("SELECT changed FROM fn_audit_forget(:user_id, '(?!)', 0, 1000)")


def acting(who: Person, act: Callable[[Transaction, Actor], Any]) -> Unit:
    def unit(tx: Transaction) -> Any:
        tx.origin = Origin(ADDRESS, "r-1")
        return act(tx, principals.enter(tx, who.workspace_id, who.id))

    return unit


def forgetting(whom: Person) -> Callable[[Transaction, Actor], int]:
    def act(tx: Transaction, _: Actor) -> int:
        return int(tx.connection.execute(FORGET, {"user_id": whom.id}).scalar_one())

    return act


def writing(who: Person, *names: str) -> Unit:
    """A transaction that records one change a name."""

    def act(tx: Transaction, actor: Actor) -> None:
        for name in names:
            auditing.audit(tx, actor, "user.changed", ("user", who.id), {"name": "Ana"}, {"name": name})

    return acting(who, act)


def verified(connections: Connections, who: Person, anchor: Anchor | None = None, start: int = 1) -> Any:
    return connections.run(acting(who, lambda tx, actor: audit_trail.verify(tx, actor, anchor, start)))


def broken(connections: Connections, who: Person, anchor: Anchor | None = None) -> Any:
    found = verified(connections, who, anchor)
    assert found["ok"] is (found["first_broken"] is None)
    return found["first_broken"]


@pytest.fixture
def log(connections: Connections, cast: Cast, database: Database) -> list[dict[str, Any]]:
    """Ten entries at Acme, as they are in the table; and two at Globex."""
    for number in range(5):
        connections.run(writing(cast.ada, f"first of {number}", f"second of {number}"))
    connections.run(writing(cast.mallory, "elsewhere", "and again"))
    return database.rows("SELECT * FROM audit_log WHERE workspace_id = :w ORDER BY sequence", w=cast.acme)


@pytest.fixture
def app(cluster: Cluster, database: Database) -> Iterator[pg8000.native.Connection]:
    """A connection as the Lambdas have it."""
    connection = pg8000.native.Connection(**cluster.dsn("mesa_app", DATABASE), timeout=30)
    yield connection
    connection.close()


def name_of(entry: dict[str, Any], reason: str) -> dict[str, Any]:
    return {"sequence": entry["sequence"], "id": entry["id"], "reason": reason}


def anchor_of(entry: dict[str, Any]) -> Anchor:
    return Anchor(entry["sequence"], bytes(entry["hash"]), datetime.now(UTC))


class TestWriting:
    def test_an_entry_says_who_from_where_what_before_and_after(
        self, log: list[dict[str, Any]], cast: Cast
    ) -> None:
        entry = log[0]

        assert (entry["actor_type"], entry["actor_id"]) == ("user", cast.ada.id)
        assert (entry["address"], entry["request_id"]) == (ADDRESS, "r-1")
        assert (entry["action"], entry["target_type"], entry["target_id"]) == (
            "user.changed",
            "user",
            cast.ada.id,
        )
        assert (entry["before"], entry["after"]) == ({"name": "Ana"}, {"name": "first of 0"})

    def test_entries_keep_their_order_and_continue_each_other(self, log: list[dict[str, Any]]) -> None:
        assert [entry["sequence"] for entry in log] == list(range(1, 11))
        assert [entry["after"]["name"] for entry in log][:3] == ["first of 0", "second of 0", "first of 1"]
        assert [entry["previous"] for entry in log[1:]] == [entry["hash"] for entry in log[:-1]]
        assert len({bytes(entry["salt"]) for entry in log}) == 10
        assert [entry["created_at"] for entry in log] == sorted(entry["created_at"] for entry in log)

    def test_what_is_rolled_back_is_not_recorded(
        self, connections: Connections, cast: Cast, database: Database
    ) -> None:
        def failing(tx: Transaction) -> None:
            writing(cast.ada, "lost")(tx)
            tx.finish()
            raise LookupError

        with pytest.raises(LookupError):
            connections.run(failing)

        assert database.value("SELECT count(*) FROM audit_log") == 0

    @for_each("name", sorted(auditing.SECRET))
    def test_a_secret_is_refused(self, connections: Connections, cast: Cast, name: str) -> None:
        def act(tx: Transaction, actor: Actor) -> None:
            auditing.audit(tx, actor, "user.changed", ("user", cast.ada.id), after={name: "x"})

        with pytest.raises(ValueError, match="would show"):
            connections.run(acting(cast.ada, act))

    def test_concurrent_writers_make_one_unbroken_chain(
        self, connections: Connections, cast: Cast, database: Database
    ) -> None:
        units = [writing(cast.ada, f"{n} a", f"{n} b", f"{n} c") for n in range(20)]
        units += [writing(cast.mallory, f"{n} m") for n in range(5)]

        answers = connections.at_once(units)

        assert [answer for answer in answers if answer is not None] == []
        found = verified(connections, cast.ada)
        assert (found["ok"], found["checked"], found["head"]["sequence"]) == (True, 60, 60)
        assert verified(connections, cast.mallory)["checked"] == 5
        names = database.rows(
            "SELECT after->>'name' AS name FROM audit_log WHERE workspace_id = :w ORDER BY sequence",
            w=cast.acme,
        )
        together = [row["name"][:-2] for row in names]
        assert all(len(set(together[place : place + 3])) == 1 for place in range(0, 60, 3))

    def test_a_writer_that_waits_for_another_holds_no_head(
        self, connections: Connections, cast: Cast, database: Database
    ) -> None:
        """Both want the same ticket row and record: whoever recorded first still takes its head last."""
        database.run("UPDATE teams SET name = name")

        def renaming(tx: Transaction, actor: Actor) -> None:
            auditing.audit(tx, actor, "team.changed", ("team", cast.teams["Apps"]), after={"name": "x"})
            tx.connection.exec_driver_sql("UPDATE teams SET name = name WHERE name = 'Apps'")

        def other_way(tx: Transaction, actor: Actor) -> None:
            tx.connection.exec_driver_sql("UPDATE teams SET name = name WHERE name = 'Apps'")
            auditing.audit(tx, actor, "team.changed", ("team", cast.teams["Apps"]), after={"name": "y"})

        units = [acting(cast.ada, renaming), acting(cast.ada, other_way)] * 6
        assert [answer for answer in connections.at_once(units) if answer is not None] == []
        assert verified(connections, cast.ada)["checked"] == 12


class TestRights:
    @for_each(
        "statement",
        [
            "UPDATE audit_log SET action = 'forged'",
            "DELETE FROM audit_log",
            "TRUNCATE audit_log",
            "INSERT INTO audit_log "
            "(workspace_id, sequence, action, actor_type, target_type, target_id, digest, "
            "previous, hash) VALUES (:w, 99, 'x.y', 'system', 'user', uuidv7(), '', '', '')",
            "UPDATE audit_heads SET sequence = 0",
            "DELETE FROM audit_heads",
            "TRUNCATE audit_heads",
            "SELECT fn_audit_append(jsonb_populate_record(NULL::audit_log, jsonb_build_object("
            "'workspace_id', CAST(:w AS uuid), 'action', 'x.y', "
            "'actor_type', 'system', 'target_type', 'user', "
            "'target_id', uuidv7())))",
        ],
    )
    def test_the_app_changes_nothing_and_writes_by_one_way_only(
        self, app: pg8000.native.Connection, log: list[dict[str, Any]], cast: Cast, statement: str
    ) -> None:
        app.run("BEGIN")
        app.run("SELECT fn_enter(:w, NULL)", w=cast.acme)

        with pytest.raises(pg8000.native.DatabaseError) as refused:
            app.run(statement, **({"w": cast.acme} if ":w" in statement else {}))

        assert refused.value.args[0]["C"] == INSUFFICIENT_PRIVILEGE
        app.run("ROLLBACK")

    def test_another_workspace_is_neither_seen_nor_written_nor_forgotten(
        self, app: pg8000.native.Connection, log: list[dict[str, Any]], cast: Cast, database: Database
    ) -> None:
        app.run("BEGIN")
        app.run("SELECT fn_enter(:w, NULL)", w=cast.globex)
        seen = app.run("SELECT DISTINCT workspace_id FROM audit_log")
        heads = app.run("SELECT workspace_id FROM audit_heads")
        ((forgotten,),) = app.run("SELECT changed FROM fn_audit_forget(:u, '(?!)', 0, 1000)", u=cast.ada.id)
        app.run(
            "SELECT fn_audit(NULL, NULL, jsonb_build_array(jsonb_build_object("
            "'workspace_id', CAST(:w AS uuid), "
            "'action', 'x.y', 'actor_type', 'system', 'target_type', 'user', 'target_id', uuidv7())))",
            w=cast.acme,
        )
        app.run("COMMIT")

        assert (seen, heads, forgotten) == ([[cast.globex]], [[cast.globex]], 0)
        counts = "SELECT count(*) FROM audit_log WHERE workspace_id = :w"
        assert (database.value(counts, w=cast.acme), database.value(counts, w=cast.globex)) == (10, 3)

    def test_outside_a_workspace_nothing_is_written(self, app: pg8000.native.Connection) -> None:
        with pytest.raises(pg8000.native.DatabaseError):
            app.run(
                "SELECT fn_audit(NULL, NULL, jsonb_build_array(jsonb_build_object('action', 'x.y', "
                "'actor_type', 'system', 'target_type', 'user', 'target_id', uuidv7())))"
            )

    def test_only_an_admin_asks(self, connections: Connections, cast: Cast) -> None:
        with pytest.raises(Forbidden):
            verified(connections, cast.dario)


EDITS = {
    "action": "'user.created'",
    "actor_id": "uuidv7()",
    "actor_type": "'system'",
    "address": "'198.51.100.1'",
    "request_id": "'r-2'",
    "target_id": "uuidv7()",
    "target_type": "'team'",
    "before": '\'{"name": "Eve"}\'',
    "after": "NULL",
    "created_at": "created_at + interval '1 microsecond'",
    "id": "uuidv7()",
    "salt": "sha256(salt)",
    "digest": "sha256(digest)",
    "hash": "sha256(hash)",
}


class TestVerifying:
    """Case 74. The forger is the superuser, whom no right stops."""

    def test_74_a_whole_log_is_whole(
        self, connections: Connections, log: list[dict[str, Any]], cast: Cast
    ) -> None:
        found = verified(connections, cast.ada, anchor_of(log[6]))

        assert found["ok"]
        assert found["checked"] == 10
        assert found["head"] == {"sequence": 10, "hash": log[9]["hash"].hex()}
        assert found["anchored"]["sequence"] == 7

    def test_74_an_empty_log_is_whole(self, connections: Connections, cast: Cast) -> None:
        found = verified(connections, cast.ada)

        assert (found["ok"], found["checked"], found["head"]) == (True, 0, None)

    @pytest.mark.parametrize("column", EDITS)
    def test_74_an_edit_is_named(
        self, connections: Connections, log: list[dict[str, Any]], cast: Cast, database: Database, column: str
    ) -> None:
        database.run(f"UPDATE audit_log SET {column} = {EDITS[column]} WHERE id = :i", i=log[4]["id"])

        found = broken(connections, cast.ada)

        assert (found["sequence"], found["reason"]) == (5, "edited")
        assert column == "id" or found["id"] == log[4]["id"]

    def test_74_an_edit_that_passes_for_an_erasure_is_named(
        self, connections: Connections, log: list[dict[str, Any]], cast: Cast, database: Database
    ) -> None:
        database.run("UPDATE audit_log SET salt = NULL WHERE id = :i", i=log[4]["id"])

        assert broken(connections, cast.ada) == name_of(log[4], "edited")

    def test_74_an_edit_that_is_hashed_anew_shows_in_the_next(
        self, connections: Connections, log: list[dict[str, Any]], cast: Cast, database: Database
    ) -> None:
        database.run("UPDATE audit_log SET actor_id = NULL WHERE id = :i", i=log[4]["id"])
        database.run("UPDATE audit_log e SET hash = fn_audit_hash(e) WHERE id = :i", i=log[4]["id"])

        assert broken(connections, cast.ada) == name_of(log[5], "moved")

    @pytest.mark.parametrize("place", [0, 4, 8])
    def test_74_a_deletion_is_named(
        self, connections: Connections, log: list[dict[str, Any]], cast: Cast, database: Database, place: int
    ) -> None:
        database.run("DELETE FROM audit_log WHERE id = :i", i=log[place]["id"])

        assert broken(connections, cast.ada) == {"sequence": place + 1, "id": None, "reason": "deleted"}

    def test_74_a_deletion_closed_up_is_named(
        self, connections: Connections, log: list[dict[str, Any]], cast: Cast, database: Database
    ) -> None:
        database.run("DELETE FROM audit_log WHERE id = :i", i=log[4]["id"])
        for entry in log[5:]:
            database.run("UPDATE audit_log SET sequence = sequence - 1 WHERE id = :i", i=entry["id"])

        assert broken(connections, cast.ada) == {"sequence": 5, "id": log[5]["id"], "reason": "moved"}

    def test_74_a_swap_is_named(
        self, connections: Connections, log: list[dict[str, Any]], cast: Cast, database: Database
    ) -> None:
        for entry, place in ((log[2], 99), (log[3], 3), (log[2], 4)):
            database.run("UPDATE audit_log SET sequence = :s WHERE id = :i", s=place, i=entry["id"])

        assert broken(connections, cast.ada) == {"sequence": 3, "id": log[3]["id"], "reason": "moved"}

    def test_74_swapped_contents_are_named(
        self, connections: Connections, log: list[dict[str, Any]], cast: Cast, database: Database
    ) -> None:
        database.run(
            "UPDATE audit_log e SET after = o.after, salt = o.salt, digest = o.digest FROM audit_log o "
            "WHERE e.id = ANY(:i) AND o.id = ANY(:i) AND e.id <> o.id",
            i=[log[2]["id"], log[3]["id"]],
        )

        assert broken(connections, cast.ada) == name_of(log[2], "edited")

    def test_74_an_entry_of_another_workspace_does_not_fit(
        self, connections: Connections, log: list[dict[str, Any]], cast: Cast, database: Database
    ) -> None:
        database.run("DELETE FROM audit_log WHERE workspace_id = :w AND sequence = 1", w=cast.acme)
        database.run(
            "UPDATE audit_log SET workspace_id = :a WHERE workspace_id = :g AND sequence = 1",
            a=cast.acme,
            g=cast.globex,
        )

        found = broken(connections, cast.ada)

        assert (found["sequence"], found["reason"]) == (1, "moved")

    def test_74_a_cut_tail_is_named(
        self, connections: Connections, log: list[dict[str, Any]], cast: Cast, database: Database
    ) -> None:
        database.run("DELETE FROM audit_log WHERE workspace_id = :w AND sequence > 7", w=cast.acme)

        assert broken(connections, cast.ada) == {"sequence": 8, "id": None, "reason": "cut"}

    @pytest.mark.parametrize("left", [0, 7])
    def test_74_a_tail_cut_with_its_head_is_named_by_the_anchor(
        self, connections: Connections, log: list[dict[str, Any]], cast: Cast, database: Database, left: int
    ) -> None:
        cut(database, cast.acme, left, log)

        assert broken(connections, cast.ada) is None
        assert broken(connections, cast.ada, anchor_of(log[8])) == {
            "sequence": left + 1,
            "id": None,
            "reason": "cut",
        }

    def test_74_a_cut_grown_over_is_named_by_the_anchor(
        self, connections: Connections, log: list[dict[str, Any]], cast: Cast, database: Database
    ) -> None:
        cut(database, cast.acme, 7, log)
        connections.run(writing(cast.ada, "a", "b", "c"))

        found = broken(connections, cast.ada, anchor_of(log[8]))

        assert (found["sequence"], found["reason"]) == (9, "rewritten")

    def test_74_an_entry_beyond_the_head_is_named(
        self, connections: Connections, log: list[dict[str, Any]], cast: Cast, database: Database
    ) -> None:
        database.run("UPDATE audit_heads SET sequence = 9, hash = :h WHERE workspace_id = :w",
                     h=log[8]["hash"], w=cast.acme)  # fmt: skip

        assert broken(connections, cast.ada) == name_of(log[9], "added")

    def test_74_another_head_is_named(
        self, connections: Connections, log: list[dict[str, Any]], cast: Cast, database: Database
    ) -> None:
        database.run("UPDATE audit_heads SET hash = sha256(hash) WHERE workspace_id = :w", w=cast.acme)

        assert broken(connections, cast.ada) == name_of(log[9], "rewritten")

    @pytest.mark.parametrize("batch", [1, 3, 5, 10])
    def test_74_the_same_is_named_in_batches(
        self,
        connections: Connections,
        log: list[dict[str, Any]],
        cast: Cast,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
        batch: int,
    ) -> None:
        monkeypatch.setattr(audit_trail, "BATCH", batch)
        assert verified(connections, cast.ada, anchor_of(log[9]))["checked"] == 10

        database.run("DELETE FROM audit_log WHERE workspace_id = :w AND sequence > 8", w=cast.acme)
        assert broken(connections, cast.ada) == {"sequence": 9, "id": None, "reason": "cut"}

        database.run("UPDATE audit_log SET after = NULL WHERE id = :i", i=log[5]["id"])
        assert broken(connections, cast.ada) == name_of(log[5], "edited")

    def test_a_long_log_is_verified_in_several_calls(
        self,
        connections: Connections,
        log: list[dict[str, Any]],
        cast: Cast,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(audit_trail, "LONGEST", 4)
        places, checked = [1], 0
        while places[-1]:
            found = verified(connections, cast.ada, None, places[-1])
            assert found["ok"]
            checked += found["checked"]
            places.append(found["next_sequence"])

        assert (places, checked) == ([1, 5, 9, None], 10)


def cut(database: Database, workspace: UUID, left: int, log: list[dict[str, Any]]) -> None:
    """Cuts the log after so many entries, as one who knows of the head would."""
    database.run("DELETE FROM audit_log WHERE workspace_id = :w AND sequence > :s", w=workspace, s=left)
    database.run(
        "UPDATE audit_heads SET sequence = :s, hash = :h WHERE workspace_id = :w",
        s=left,
        h=log[left - 1]["hash"] if left else log[0]["previous"],
        w=workspace,
    )


class TestForgetting:
    """Case 75, as far as the log goes."""

    def test_75_what_was_a_persons_is_gone_and_the_log_still_verifies(
        self, connections: Connections, cast: Cast, database: Database
    ) -> None:
        canary = f"canary-{uuid4()}"
        connections.run(
            acting(
                cast.ada,
                lambda tx, actor: auditing.audit(
                    tx, actor, "user.changed", ("user", cast.carol.id), {"name": canary}, {"name": "x"}
                ),
            )
        )
        connections.run(writing(cast.carol, canary))
        connections.run(writing(cast.ada, "kept"))

        count = connections.run(acting(cast.ada, forgetting(cast.carol)))

        assert count == 2
        rows = database.rows("SELECT e.*, e::text AS whole FROM audit_log e ORDER BY sequence")
        assert not any(canary in row["whole"] for row in rows)
        assert [row["address"] for row in rows] == [None, None, ADDRESS]
        assert [row["action"] for row in rows] == ["user.changed"] * 3
        assert verified(connections, cast.ada)["ok"]

    def test_74_what_is_left_of_a_forgotten_entry_is_proven_still(
        self, connections: Connections, log: list[dict[str, Any]], cast: Cast, database: Database
    ) -> None:
        connections.run(acting(cast.ada, forgetting(cast.ada)))
        assert verified(connections, cast.ada)["ok"]

        database.run("UPDATE audit_log SET actor_id = NULL WHERE id = :i", i=log[4]["id"])

        assert broken(connections, cast.ada) == name_of(log[4], "edited")
