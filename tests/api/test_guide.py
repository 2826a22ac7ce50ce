"""docs/api.md is run as it stands: what is sent by its examples, and what comes back, are what it shows."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import boto3
import pytest
from standardwebhooks import Webhook

from tests.architecture.source import ROOT
from tests.support import bucket, guide
from tests.support.api import Api, Reply
from tests.support.jobs import Workshop

PAGE = (ROOT / "docs/api.md").read_text("utf-8")
BLOCKS = guide.blocks(PAGE)
SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

pytestmark = pytest.mark.usefixtures("quiet_server")


def settle(workshop: Workshop) -> None:
    """Files that were sent have come, and jobs are done."""
    listed = boto3.client("s3").list_object_versions(Bucket=bucket.BUCKET).get("Versions", [])
    for each in listed:
        news = bucket.created(each["Key"], each["VersionId"], each["Size"])
        assert bucket.deliver(news) == []
    workshop.work()


@pytest.fixture
def gateway(api: Api, workshop: Workshop) -> Iterator[guide.Gateway]:
    gateway = guide.Gateway(api, lambda: settle(workshop))
    yield gateway
    gateway.close()


def test_every_example_is_answered_as_it_is_shown(gateway: guide.Gateway, tmp_path: Path) -> None:
    done = guide.run(BLOCKS, gateway, tmp_path)

    assert done.returncode == 0, f"{done.stderr}\n{done.stdout[-2000:]}"
    shown = dict(guide.shown(BLOCKS))
    last = {each.line: each for each in gateway.sent}
    found = [each for block, answer in shown.items() for each in guide.differences(answer, last[block.line])]
    assert not found, "\n".join(found)
    expected = {id(last[block.line]) for block in shown}
    refused = [each for each in gateway.sent if each.reply.status >= 400 and id(each) not in expected]
    assert refused == []


def verifying() -> ModuleType:
    """The guide's own module."""
    (block,) = [each for each in BLOCKS if each.text.startswith("# verifying.py")]
    module = ModuleType("verifying")
    exec(compile(block.text, "docs/api.md", "exec"), module.__dict__)  # noqa: S102
    return module


@pytest.mark.parametrize(
    ("age", "changed", "is_ours"), [(0, b"", True), (0, b" ", False), (290, b"", True), (310, b"", False)]
)
def test_a_call_is_verified_as_the_reference_library_signs_it(
    age: int, changed: bytes, is_ours: bool
) -> None:
    sent_at = datetime.now(UTC) - timedelta(seconds=age)
    body = b'{"type": "ticket.created"}'
    signature = Webhook(SECRET).sign("msg_1", sent_at, body.decode())
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(sent_at.timestamp())),
        "webhook-signature": f"v1,b3RoZXI= {signature}",
    }

    assert verifying().is_ours(SECRET, headers, body + changed) is is_ours


@pytest.mark.parametrize(
    ("shown", "came"),
    [
        ("HTTP/1.1 201", (200, {}, "{}")),
        ('HTTP/1.1 200\nETag: "2"', (200, {"etag": '"1"'}, "{}")),
        ("HTTP/1.1 200\nETag: …", (200, {}, "{}")),
        ('HTTP/1.1 200\n\n{"a": 1}', (200, {}, '{"b": 1}')),
        ('HTTP/1.1 200\n\n{"a": [1, 2]}', (200, {}, '{"a": [1]}')),
        ('HTTP/1.1 200\n\n{"a": [1]}', (200, {}, '{"a": [1, 2]}')),
        ('HTTP/1.1 200\n\n{"a": "TKT-2026-00001"}', (200, {}, '{"a": "TKT-2031-00002"}')),
        ('HTTP/1.1 200\n\n{"a": "2026-11-21T09:00:00Z"}', (200, {}, '{"a": null}')),
    ],
)
def test_an_answer_that_is_other_than_shown_is_told(
    shown: str, came: tuple[int, dict[str, str], str]
) -> None:
    assert len(guide.differences(guide.Block("http", shown, 1), guide.Sent(1, "GET /", Reply(*came)))) == 1
