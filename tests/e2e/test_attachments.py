"""A file's way through the deployed stack: announced, sent to the bucket, told of by S3, fetched, purged."""

import urllib.request
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from local.stack import Stack
from tests.e2e.http import Http, awaited
from tests.e2e.test_audit_log import invoke
from tests.support import bucket

CONTENT = bytes(range(256)) * 40
PASSWORD = "violet staple horse"


def preflight(url: str, headers: dict[str, str]) -> str | None:
    """Which pages an address tells a browser that it may be called from."""
    request = urllib.request.Request(url, headers=headers, method="OPTIONS")
    with urllib.request.urlopen(request, timeout=20) as answer:
        allowed: str | None = answer.headers["Access-Control-Allow-Origin"]
        return allowed


def test_a_file_reaches_the_bucket_and_whoever_may_fetch_it(http: Http, stack: Stack) -> None:
    made = http.post(
        "/v1/auth/register",
        {"workspace_name": "Files", "admin_email": "ada@files.example", "admin_password": PASSWORD},
    )
    admin = http.with_token(made.json["access_token"])
    ticket = admin.post("/v1/tickets", {"subject": "Dark switch", "description": "See the picture."}).json
    path = f"/v1/tickets/{ticket['id']}/attachments"
    body = {"file_name": "../Año.svg", "content_type": "image/svg+xml", "size": len(CONTENT)}

    announced = admin.post(path, body)
    assert announced.status == 201, announced.text
    file, upload = announced.json["attachment"], announced.json["upload"]

    # Case 70: nothing but this file passes.
    assert bucket.send(upload, CONTENT + b"!") == 400
    assert bucket.send(upload, CONTENT[:-1]) == 400
    assert bucket.send(upload, CONTENT, **{"Content-Type": "text/html"}) == 403
    assert bucket.send(upload, CONTENT, key=f"{upload['fields']['key']}/more") == 403
    assert bucket.send(upload, CONTENT, acl="public-read") == 403
    assert bucket.send(upload, CONTENT) == 204

    def shown(what: str, value: str) -> dict[str, Any] | None:
        now: dict[str, Any] = admin.get(f"{path}/{file['id']}").json
        return now if now[what] == value else None

    there = awaited("S3's word of the file", partial(shown, "state", "uploaded"), seconds=60)
    assert (there["scan"], there["file_name"], there["size"]) == ("clean", "Año.svg", len(CONTENT))
    link = there["download"]["url"]
    answer = bucket.fetch(link)
    assert (answer.status, answer.text.encode("latin-1")) == (200, CONTENT)
    # Case 71.
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "A%25C3%25B1o.svg" in link
    assert bucket.fetch(link.replace("Expires=300", "Expires=3000")).status == 403
    assert bucket.fetch(f"{link}&response-content-type=text/html").status == 403
    assert bucket.fetch(link.replace(file["id"], str(ticket["id"]))).status == 403
    assert (
        bucket.fetch(f"{urlsplit(link).scheme}://{urlsplit(link).netloc}{urlsplit(link).path}").status != 500
    )

    # From the desk's own pages browsers send it.
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(stack.api_url))
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    assert preflight(upload["url"], asked) in (origin, "*")

    # Sent again by the same form, it never counts.
    assert bucket.send(upload, CONTENT[::-1]) == 204
    s3 = stack.cloud.client("s3")
    name, key = stack.outputs["AttachmentFilesName"], upload["fields"]["key"]

    def one_version() -> bool:
        return len(s3.list_object_versions(Bucket=name, Prefix=key).get("Versions", [])) == 1

    awaited("the second version to be deleted", one_version, seconds=60)
    again = admin.get(f"{path}/{file['id']}").json["download"]["url"]
    assert bucket.fetch(again).text.encode("latin-1") == CONTENT

    # Taken off, its object goes with the next purge.
    assert admin.delete(f"{path}/{file['id']}").status == 204
    invoke(stack.cloud, "Purge")
    assert "Versions" not in s3.list_object_versions(Bucket=name, Prefix=key)


def test_a_stranger_sends_a_file_with_a_ticket_and_may_try_again(http: Http) -> None:
    made = http.post(
        "/v1/auth/register",
        {"workspace_name": "Strangers", "admin_email": "ada@strangers.example", "admin_password": PASSWORD},
    )
    admin, slug = http.with_token(made.json["access_token"]), made.json["workspace"]["slug"]
    body = {
        "name": "Nadia Petit",
        "email": "nadia@people.example",
        "subject": "Dark switch",
        "description": "See the picture.",
        "attachments": [{"file_name": "switch.png", "content_type": "image/png", "size": len(CONTENT)}],
    }

    first, again = (
        http.post(f"/v1/public/{slug}/tickets", body, Idempotency_Key="one-form") for _ in range(2)
    )

    assert (first.status, first.json["id"]) == (201, again.json["id"])
    upload = again.json["attachments"][0]["upload"]
    assert bucket.send(upload, CONTENT + b"!") == 400
    assert bucket.send(upload, CONTENT) == 204
    path = f"/v1/tickets/{first.json['id']}/attachments"
    (file,) = awaited("the stranger's file", lambda: admin.get(path).json["items"], seconds=60)
    assert (file["file_name"], file["uploaded_by"]["email"]) == ("switch.png", "nadia@people.example")
