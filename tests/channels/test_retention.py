"""How long mail is kept, and that nothing of it is left: rows, and the objects that they lead to."""

from collections.abc import Iterator

import boto3
import pytest

from chalicelib import schedules
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.jobs import Workshop
from tests.support.letterbox import BUCKET, Letterbox, letter
from tests.support.service_desk import ServiceDesk
from tests.test_schedules import tick


@pytest.fixture(autouse=True)
def settings(stage: dict[str, str]) -> Iterator[None]:
    schedules.purge_settings.cache_clear()
    yield
    schedules.purge_settings.cache_clear()


def kept(key: str) -> bool:
    return bool(boto3.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=key).get("KeyCount"))


def test_what_nobody_released_is_gone_after_thirty_days(letterbox: Letterbox, database: Database) -> None:
    old = letterbox.bring(letter(), spam="FAIL")
    database.run("UPDATE inbound_messages SET received_at = now() - interval '31 days'")
    young = letterbox.bring(letter(), spam="FAIL")
    assert kept(old["object_key"])

    tick(schedules.purge, 300.0)

    assert [row["id"] for row in letterbox.arrived()] == [young["id"]]
    assert (kept(old["object_key"]), kept(young["object_key"])) == (False, True)


def test_a_mail_stays_with_its_ticket_and_goes_with_it(letterbox: Letterbox, database: Database) -> None:
    row = letterbox.bring(letter())
    database.run("UPDATE inbound_messages SET received_at = now() - interval '31 days'")

    tick(schedules.purge, 300.0)
    assert kept(row["object_key"])

    database.run("DELETE FROM tickets WHERE id = :t", t=row["ticket_id"])
    tick(schedules.purge, 300.0)
    assert (letterbox.arrived(), kept(row["object_key"])) == ([], False)


def test_75_whoever_is_erased_leaves_no_mail(
    letterbox: Letterbox, desk: ServiceDesk, cast: Cast, workshop: Workshop, database: Database
) -> None:
    own = letterbox.bring(letter("Carol <carol@customers.example>", text="canary sings"))
    letterbox.bring(letter("chris@customers.example", "From carol@customers.example"))
    body = {"confirm": cast.carol.email, "reason": "requested"}
    assert desk.as_(cast.ada).post(f"/v1/users/{cast.carol.id}/erase", body).status == 202

    workshop.work()
    tick(schedules.purge, 300.0)

    rows = letterbox.arrived()
    assert own["id"] not in [row["id"] for row in rows]
    assert "carol" not in str([(row["subject"], row["from_address"], row["body"]) for row in rows])
    assert not kept(own["object_key"])
