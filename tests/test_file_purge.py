"""The purge and files: what was announced and never came, and objects whose rows are gone."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import boto3
import pytest

from chalicelib import schedules
from chalicelib.core import storage
from chalicelib.core.errors import Unavailable
from chalicelib.tickets import discarding
from tests.support import bucket
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.desk import Desk
from tests.test_schedules import metrics, tick

OTHER_WORLD = "another-bucket"


@pytest.fixture
def desk(database: Database, cast: Cast, stage: dict[str, str]) -> Iterator[Desk]:
    schedules.purge_settings.cache_clear()
    yield Desk(database, cast)
    schedules.purge_settings.cache_clear()


def stored(desk: Desk, ticket: UUID, comment: UUID | None = None, *, times: int = 1) -> str:
    """The key of a file of the ticket that is in the bucket, in as many versions."""
    cast, file = desk.cast, uuid4()
    desk.database.run(
        "INSERT INTO attachments (workspace_id, id, ticket_id, comment_id, uploaded_by, file_name, "
        "content_type, size, state, scan, object_version, uploaded_at) "
        "VALUES (:w, :i, :t, :c, :u, 'a.png', 'image/png', 5, 'uploaded', 'clean', 'v1', now())",
        w=cast.acme,
        i=file,
        t=ticket,
        c=comment,
        u=cast.carol.id,
    )
    key = f"{cast.acme}/{file}"
    for _ in range(times):
        boto3.client("s3").put_object(Bucket=bucket.BUCKET, Key=key, Body=b"hello")
    return key


def waiting(database: Database) -> int:
    return int(database.value("SELECT count(*) FROM discarded_files"))


def test_the_objects_go_after_their_ticket(
    desk: Desk, cast: Cast, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    gone, kept = desk.ticket(cast.carol), desk.ticket(cast.carol)
    comment = desk.comment(gone, cast.carol, "See the picture.")
    keys = [stored(desk, gone, times=2), stored(desk, gone, comment)]
    other = stored(desk, kept)
    boto3.client("s3").delete_object(Bucket=bucket.BUCKET, Key=keys[0])  # leaves a mark in place of it
    database.run("DELETE FROM tickets WHERE id = :t", t=gone)

    tick(schedules.purge, 300.0)

    assert [bucket.versions(key) for key in keys] == [[], []]
    assert len(bucket.versions(other)) == 1
    marks = boto3.client("s3").list_object_versions(Bucket=bucket.BUCKET, Prefix=keys[0])
    assert "DeleteMarkers" not in marks
    assert waiting(database) == 0
    assert metrics(capsys.readouterr().out)["FilesDeleted"] == 2


@pytest.mark.parametrize("statement", ["DELETE FROM comments", "DELETE FROM attachments"])
def test_and_after_their_comment_or_by_themselves(
    desk: Desk, cast: Cast, database: Database, statement: str
) -> None:
    ticket = desk.ticket(cast.carol)
    key = stored(desk, ticket, desk.comment(ticket, cast.carol, "See the picture."))
    database.run(statement)

    tick(schedules.purge, 300.0)

    assert bucket.versions(key) == []


def test_what_was_announced_and_never_came_is_forgotten_after_two_days(
    desk: Desk, cast: Cast, database: Database
) -> None:
    ticket = desk.ticket(cast.carol)
    for age in (49, 47):
        database.run(
            "INSERT INTO attachments (workspace_id, ticket_id, uploaded_by, file_name, content_type, size, "
            "created_at) VALUES (:w, :t, :u, :n, 'a/b', 1, now() - make_interval(hours => :h))",
            w=cast.acme,
            t=ticket,
            u=cast.carol.id,
            n=f"{age} hours old",
            h=age,
        )
    old_but_there = stored(desk, ticket)
    database.run("UPDATE attachments SET created_at = now() - interval '3 years' WHERE state = 'uploaded'")

    tick(schedules.purge, 300.0)

    left = database.rows("SELECT file_name FROM attachments ORDER BY file_name")
    assert [row["file_name"] for row in left] == ["47 hours old", "a.png"]
    assert len(bucket.versions(old_but_there)) == 1
    assert waiting(database) == 0


def test_many_take_several_rounds(
    desk: Desk, cast: Cast, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discarding, "LIMIT", 2)
    ticket = desk.ticket(cast.carol)
    keys = [stored(desk, ticket) for _ in range(5)]
    database.run("DELETE FROM attachments")

    tick(schedules.purge, 300.0)

    assert [bucket.versions(key) for key in keys] == [[]] * 5
    assert waiting(database) == 0


def test_without_time_nothing_is_begun(desk: Desk, cast: Cast, database: Database) -> None:
    key = stored(desk, desk.ticket(cast.carol))
    database.run("DELETE FROM attachments")

    tick(schedules.purge, schedules.FILE_SECONDS)

    assert len(bucket.versions(key)) == 1
    assert waiting(database) == 1


def test_while_the_bucket_is_away_nothing_is_forgotten(
    desk: Desk, cast: Cast, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = stored(desk, desk.ticket(cast.carol))
    database.run("DELETE FROM attachments")
    monkeypatch.setenv("MESA_ATTACHMENTS_BUCKET", OTHER_WORLD)

    with pytest.raises(Unavailable):
        tick(schedules.purge, 300.0)

    assert waiting(database) == 1
    monkeypatch.undo()
    schedules.purge_settings.cache_clear()
    database.run("UPDATE discarded_files SET leased_until = now()")
    tick(schedules.purge, 300.0)
    assert (bucket.versions(key), waiting(database)) == ([], 0)


def test_one_that_cannot_be_deleted_holds_up_no_other(
    desk: Desk, cast: Cast, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = desk.ticket(cast.carol)
    keys = [stored(desk, ticket) for _ in range(5)]
    database.run("DELETE FROM attachments")
    remove = storage.remove

    def locked(bucket_name: str, key: str) -> None:
        if key == keys[1]:
            raise Unavailable("This object is locked.")
        remove(bucket_name, key)

    monkeypatch.setattr(storage, "remove", locked)

    with pytest.raises(Unavailable, match="locked"):
        tick(schedules.purge, 300.0)

    assert [len(bucket.versions(key)) for key in keys] == [0, 1, 0, 0, 0]
    assert waiting(database) == 1


def test_two_purges_at_once_do_not_take_the_same(desk: Desk, cast: Cast, database: Database) -> None:
    ticket = desk.ticket(cast.carol)
    for _ in range(3):
        stored(desk, ticket)
    database.run("DELETE FROM attachments")

    def lease(who: Any) -> set[str]:
        return {str(row["id"]) for row in who.rows("SELECT id FROM fn_lease_discarded_files(2, 300)")}

    with database.another() as other:
        database.run("BEGIN")
        first = lease(database)
        second = lease(other)
        database.run("COMMIT")

    assert (len(first), len(second)) == (2, 1)
    assert first & second == set()
