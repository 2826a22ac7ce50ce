"""Anchors in S3: the hourly schedule, what it refuses to swear to, and what it leaves to the next run."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import boto3
import pytest

from chalicelib import schedules
from chalicelib.accounts import anchoring
from chalicelib.core import storage
from chalicelib.core.errors import Unavailable
from tests.accounts.conftest import Connections
from tests.accounts.test_audit_log import broken, cut, verified, writing
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.mailbox import LambdaContext

BUCKET = "mesa-audit"
TICK: dict[str, Any] = {
    "version": "0",
    "account": "123456789012",
    "region": "us-east-1",
    "detail": {},
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "time": "2026-06-05T15:00:00Z",
    "id": "tick",
    "resources": [],
}
HEADS = "SELECT sequence, anchored_sequence FROM audit_heads WHERE workspace_id = :w"


@pytest.fixture(autouse=True)
def anew(stage: dict[str, str]) -> Iterator[None]:
    """Settings and clients as in a new sandbox."""
    schedules.anchor_settings.cache_clear()
    storage.client.cache_clear()
    yield
    schedules.anchor_settings.cache_clear()
    storage.client.cache_clear()


def tick(seconds: float = 300.0) -> None:
    schedules.audit_anchor(TICK, LambdaContext(seconds))


def objects(workspace: UUID, aws: str) -> list[str]:
    s3 = boto3.client("s3", endpoint_url=aws)
    found = s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{workspace}/").get("Contents", [])
    return [entry["Key"] for entry in found]


def rows(database: Database, workspace: UUID) -> list[dict[str, Any]]:
    return database.rows("SELECT * FROM audit_log WHERE workspace_id = :w ORDER BY sequence", w=workspace)


def test_every_log_that_has_grown_is_anchored_once(
    connections: Connections, cast: Cast, database: Database, aws: str
) -> None:
    connections.run(writing(cast.ada, "a", "b"))
    connections.run(writing(cast.mallory, "m"))

    tick()
    tick()

    latest = anchoring.latest(BUCKET, cast.acme, "patient")
    assert latest is not None
    assert (latest.sequence, latest.hash) == (2, bytes(rows(database, cast.acme)[1]["hash"]))
    assert abs((latest.anchored_at - datetime.now(UTC)).total_seconds()) < 60
    assert [len(objects(each, aws)) for each in (cast.acme, cast.globex)] == [1, 1]
    assert database.rows(HEADS, w=cast.acme) == [{"sequence": 2, "anchored_sequence": 2}]


def test_the_furthest_anchor_counts_however_many_there_are(
    connections: Connections, cast: Cast, aws: str
) -> None:
    for name in "abcdefghijkl":
        connections.run(writing(cast.ada, name))
        tick()

    latest = anchoring.latest(BUCKET, cast.acme, "hasty")

    assert latest is not None
    assert latest.sequence == 12
    assert len(objects(cast.acme, aws)) == 12
    assert verified(connections, cast.ada, latest)["ok"]


def test_more_logs_than_one_page_are_anchored(
    connections: Connections, cast: Cast, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedules, "ANCHOR_LIMIT", 1)
    connections.run(writing(cast.ada, "a"))
    connections.run(writing(cast.mallory, "m"))

    tick()

    assert database.value("SELECT count(*) FROM audit_heads WHERE anchored_sequence = sequence") == 2


def test_74_a_forged_log_is_not_anchored_and_the_run_fails_after_the_others(
    connections: Connections, cast: Cast, database: Database, aws: str
) -> None:
    connections.run(writing(cast.ada, *"abcdefgh"))
    tick()
    cut(database, cast.acme, 5, rows(database, cast.acme))
    connections.run(writing(cast.ada, *"vwxyz"))
    connections.run(writing(cast.mallory, "m"))

    with pytest.raises(schedules.AuditLogBroken, match=str(cast.acme)):
        tick()

    assert [len(objects(each, aws)) for each in (cast.acme, cast.globex)] == [1, 1]
    found = broken(connections, cast.ada, anchoring.latest(BUCKET, cast.acme, "hasty"))
    assert (found["sequence"], found["reason"]) == (8, "rewritten")


def test_74_a_log_cut_below_its_anchor_is_not_anchored(
    connections: Connections, cast: Cast, database: Database, aws: str
) -> None:
    connections.run(writing(cast.ada, *"abcdefgh"))
    tick()
    cut(database, cast.acme, 5, rows(database, cast.acme))

    with pytest.raises(schedules.AuditLogBroken):
        tick()

    assert len(objects(cast.acme, aws)) == 1


def test_an_anchor_is_never_written_over(cast: Cast, aws: str) -> None:
    key = f"{cast.acme}/{1:020d}.json"

    assert storage.put_once(BUCKET, key, b"first")
    assert not storage.put_once(BUCKET, key, b"second")
    assert storage.first(BUCKET, f"{cast.acme}/", "hasty") == b"first"


def test_one_that_was_written_but_not_noted_is_noted_by_the_next_run(
    connections: Connections, cast: Cast, database: Database, aws: str
) -> None:
    connections.run(writing(cast.ada, "a"))
    tick()
    database.run("UPDATE audit_heads SET anchored_sequence = 0, anchored_at = NULL")

    tick()

    assert database.rows(HEADS, w=cast.acme) == [{"sequence": 1, "anchored_sequence": 1}]
    assert len(objects(cast.acme, aws)) == 1


def test_without_time_nothing_is_begun(
    connections: Connections, cast: Cast, database: Database, aws: str
) -> None:
    connections.run(writing(cast.ada, "a"))

    tick(seconds=30)

    assert objects(cast.acme, aws) == []


def test_a_bucket_that_does_not_answer_is_unavailable(cast: Cast) -> None:
    with pytest.raises(Unavailable):
        anchoring.latest("mesa-no-such-bucket", cast.acme, "hasty")
