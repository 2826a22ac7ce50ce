"""A log that went back with a restored database, and a person who says so: from there on it is anchored, and
what is cut after that rings again."""

import boto3
import pytest

from chalicelib import schedules
from chalicelib.accounts import anchoring
from local.accept_restore import accept, contradictions
from local.errors import StackError
from local.postgres import OWNER, Cluster
from tests.accounts.conftest import Connections
from tests.accounts.test_anchoring import BUCKET, anew, objects, rows, tick
from tests.accounts.test_audit_log import broken, cut, verified, writing
from tests.conftest import DATABASE
from tests.support.cast import Cast
from tests.support.database import Database

__all__ = ["anew"]
FORGED = "UPDATE audit_log SET action = 'user.created' WHERE workspace_id = :w AND sequence = 2"


def test_an_accepted_restore_is_in_the_log_and_anchored_from_there_on(
    connections: Connections, cast: Cast, database: Database, cluster: Cluster, aws: str
) -> None:
    s3, owner = boto3.client("s3", endpoint_url=aws), cluster.dsn(OWNER, DATABASE)
    connections.run(writing(cast.ada, *"abcdefgh"))
    connections.run(writing(cast.mallory, "m"))
    tick()
    cut(database, cast.acme, 5, rows(database, cast.acme))
    connections.run(writing(cast.ada, "v"))
    before = anchoring.latest(BUCKET, cast.acme, "hasty")

    (log,) = contradictions(owner, s3, BUCKET)
    made = accept(owner, s3, BUCKET, log, "olga", "a bad deployment")

    assert (log.slug, log.workspace, log.sequence, log.anchor) == ("acme", cast.acme, 6, before)
    said = rows(database, cast.acme)[-1]
    assert (said["action"], said["actor_type"], said["target_id"]) == (
        "audit_log.restored",
        "system",
        cast.acme,
    )
    assert said["before"]["anchor"]["sequence"] == 8
    assert said["after"] == {"by": "olga", "reason": "a bad deployment", "sequence": 6}
    assert (made.sequence, made.hash) == (7, bytes(said["hash"]))
    assert contradictions(owner, s3, BUCKET) == []
    assert verified(connections, cast.ada, anchoring.latest(BUCKET, cast.acme, "hasty"))["ok"]

    # It grows past the old anchor, whose place in the bucket is taken, and goes on being anchored.
    connections.run(writing(cast.ada, *"wxyz"))
    tick()
    latest = anchoring.latest(BUCKET, cast.acme, "hasty")
    assert latest is not None
    assert (latest.sequence, latest.restores) == (11, 1)
    assert len(objects(cast.acme, aws)) == 3

    # And a log that is cut again contradicts its anchor again.
    cut(database, cast.acme, 9, rows(database, cast.acme))
    connections.run(writing(cast.ada, *"wxyz"))
    with pytest.raises(schedules.AuditLogBroken, match=str(cast.acme)):
        tick()
    assert broken(connections, cast.ada, latest)["reason"] == "rewritten"


def test_a_log_that_is_broken_in_itself_is_no_restored_one(
    connections: Connections, cast: Cast, database: Database, cluster: Cluster, aws: str
) -> None:
    connections.run(writing(cast.ada, *"abcdefgh"))
    tick()
    cut(database, cast.acme, 5, rows(database, cast.acme))
    database.run("SET session_replication_role = replica")
    database.run(FORGED, w=cast.acme)

    with pytest.raises(StackError, match="broken at entry 2: edited"):
        contradictions(cluster.dsn(OWNER, DATABASE), boto3.client("s3", endpoint_url=aws), BUCKET)
