"""Rows taken out of the deployed stack: made by the queue and the jobs' Lambda, fetched by their link."""

import csv
import gzip
import io
import json
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from tests.e2e.http import Http, awaited

PASSWORD = "violet staple horse"
MANY = 30


@pytest.mark.waits
def test_tickets_and_comments_are_taken_out_as_files(http: Http) -> None:
    desk = {"workspace_name": "Exports", "admin_email": "ada@exports.example", "admin_password": PASSWORD}
    ada = http.with_token(http.post("/v1/auth/register", desk).json["access_token"])
    tickets = [
        ada.post("/v1/tickets", {"subject": f"=1+{n}", "description": 'Two\nlines, "quoted".'}).json
        for n in range(MANY)
    ]
    assert ada.post(f"/v1/tickets/{tickets[0]['id']}/comments", {"body": "¿Qué?"}).status == 201

    # Asked for together.
    asked = {
        name: ada.post("/v1/exports", body)
        for name, body in {
            "csv": {"resource": "tickets"},
            "gz": {"resource": "tickets", "format": "jsonl", "compress": "gzip"},
            "comments": {"resource": "comments", "format": "jsonl"},
            "users": {"resource": "users", "columns": ["email", "role"]},
        }.items()
    }
    assert {reply.status for reply in asked.values()} == {202}, [reply.text for reply in asked.values()]
    files = {name: fetched(ada, reply.json["id"]) for name, reply in asked.items()}

    # Read as anybody would.
    rows = list(csv.DictReader(io.StringIO(files["csv"].decode("utf-8-sig"), newline=""), strict=True))
    assert [row["id"] for row in rows] == [ticket["id"] for ticket in tickets]
    assert [row["subject"] for row in rows] == [f"'=1+{n}" for n in range(MANY)]
    assert {row["description"] for row in rows} == {'Two\nlines, "quoted".'}
    objects = [json.loads(line) for line in gzip.decompress(files["gz"]).decode().splitlines()]
    assert [each["subject"] for each in objects] == [f"=1+{n}" for n in range(MANY)]
    (comment,) = map(json.loads, files["comments"].decode().splitlines())
    assert (comment["body"], comment["ticket_id"]) == ("¿Qué?", tickets[0]["id"])
    assert files["users"] == b'\xef\xbb\xbf"email","role"\r\n"ada@exports.example",admin\r\n'


def fetched(ada: Http, job_id: str) -> bytes:
    job = awaited("the job's end", partial(ended, ada, job_id))
    assert job["status"] == "done", job
    assert "X-Amz-Signature" in urlsplit(job["file"]["url"]).query
    with urlopen(job["file"]["url"], timeout=30) as answer:
        assert answer.headers["content-disposition"].startswith("attachment")
        content: bytes = answer.read()
    assert len(content) == job["file"]["bytes"]
    return content


def ended(ada: Http, job_id: str) -> dict[str, Any] | None:
    job: dict[str, Any] = ada.get(f"/v1/jobs/{job_id}").json
    return job if job["status"] in ("done", "failed", "cancelled") else None
