"""From sign-up to erasure on the deployed stack: a person's data as a file, and then no trace of them."""

import io
import json
import re
import zipfile
from functools import partial
from typing import Any
from urllib.request import urlopen
from uuid import uuid4

import pytest

from local.deploy import Cloud
from local.logs import LogReader
from local.server import SUPERUSER
from local.stack import DATABASE, Stack
from tests.e2e.conftest import Mailbox
from tests.e2e.http import Http, awaited
from tests.support.canary import found_in
from tests.support.database import Database

PASSWORD = "violet staple horse"


@pytest.mark.waits
def test_75_from_sign_up_to_erasure(stack: Stack, http: Http, mail: Mailbox) -> None:
    word = f"canary{uuid4().hex[:8]}"
    email, name = f"{word}@people.example", f"Nadia {word.title()}"
    database = Database(stack.cluster.dsn(SUPERUSER, DATABASE))
    cloud = Cloud(stack.endpoint)
    logs = LogReader(cloud)

    # A desk that takes sign-ups; a person who signs up by mail.
    desk = {"workspace_name": "Private", "admin_email": "ada@private.example", "admin_password": PASSWORD}
    registered = http.post("/v1/auth/register", desk).json
    ada, slug = http.with_token(registered["access_token"]), registered["workspace"]["slug"]
    workspace = registered["workspace"]["id"]
    signing_up = {"name": name, "email": email, "password": PASSWORD}
    assert http.post(f"/v1/public/{slug}/signup", signing_up).status == 202
    token = awaited("the mail that proves the mailbox", partial(token_in_mail, mail, email))
    assert http.post("/v1/auth/verify-email", {"token": token}).status == 204
    me = http.with_token(http.sign_in(email, PASSWORD)["access_token"])

    # They open a ticket, and are answered.
    opened = me.post("/v1/tickets", {"subject": f"For {name}", "description": f"Write to {email}."})
    assert opened.status == 201, opened.text
    ticket, user = opened.json, opened.json["requester"]["id"]
    path = f"/v1/tickets/{ticket['id']}"
    assert ada.post(f"{path}/comments", {"body": f"Dear {name}, we look."}).status == 201
    awaited("the mails about the ticket", lambda: len(mail.to(email)) >= 3)

    # All that the desk holds about them, as a file.
    asked = ada.post(f"/v1/users/{user}/export").json
    done = awaited("the export", partial(ended, ada, asked["id"]))
    with urlopen(done["file"]["url"], timeout=30) as answer:
        assert answer.headers["content-disposition"].startswith("attachment")
        archive = zipfile.ZipFile(io.BytesIO(answer.read()))
    assert json.loads(archive.read("profile.jsonl"))["email"] == email
    assert name in archive.read("answers.jsonl").decode()
    assert objects(cloud, workspace) != []

    # Erased: no access at once, and a little later no trace.
    receipt = ada.post(f"/v1/users/{user}/erase", {"confirm": email})
    assert receipt.status == 202, receipt.text
    assert me.get("/v1/auth/me").status == 401
    job = awaited("the erasure", partial(ended, ada, receipt.json["job_id"]), seconds=240)
    assert job["status"] == "done"

    assert ada.get(f"/v1/users/{user}/erasure").json["status"] == "complete"
    assert ada.get(path).json["requester"]["name"] == receipt.json["pseudonym"]
    awaited("the outbox to be empty", lambda: unsent(database) == 0)
    assert found_in(database, word) == set()
    database.close()
    assert word not in "".join(logs.lines()).lower()
    assert word not in messages(cloud)
    assert objects(cloud, workspace) == objects(cloud, user) == []
    assert ada.get("/v1/audit-log/verify").json["ok"]


def token_in_mail(mail: Mailbox, email: str) -> str | None:
    words = [word for each in mail.to(email) for word in each["BodyText"].split()]
    return next(filter(re.compile(r"[A-Za-z0-9_-]{43}").fullmatch, words), None)


def ended(ada: Http, job_id: str) -> dict[str, Any] | None:
    job: dict[str, Any] = ada.get(f"/v1/jobs/{job_id}").json
    return job if job["status"] in ("done", "failed") else None


def unsent(database: Database) -> int:
    return int(database.value("SELECT count(*) FROM events WHERE sent_at IS NULL"))


def messages(cloud: Cloud) -> str:
    """What lies in any queue of the stack, dead letters too."""
    sqs = cloud.client("sqs")
    urls = sqs.list_queues().get("QueueUrls", [])
    answers = [sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0) for url in urls]
    return json.dumps([answer.get("Messages", []) for answer in answers]).lower()


def objects(cloud: Cloud, whose: str) -> list[str]:
    """Keys of files about people, in any bucket, which tell of a workspace or a person by its id."""
    s3 = cloud.client("s3")
    buckets = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    listed = [s3.list_objects_v2(Bucket=bucket, Prefix="people/").get("Contents", []) for bucket in buckets]
    return [found["Key"] for contents in listed for found in contents if whose in found["Key"]]
