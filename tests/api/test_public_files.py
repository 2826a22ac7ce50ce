"""Files of tickets from people without an account: announced with the ticket, sent straight to the bucket."""

import json
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib import queues
from tests.support import bucket
from tests.support.api import Api, Reply
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.for_each import for_each

PATH = "/v1/public/acme/tickets"
MIB = 1024 * 1024
PNG = {"file_name": "switch.png", "content_type": "image/png", "size": 5}
LOG = {"file_name": "../var/vpn.log", "content_type": "Text/Plain; charset=utf-8", "size": 3}
BODY = {
    "name": "Nadia Petit",
    "email": "nadia@people.example",
    "subject": "No paper in the printer",
    "description": "The one on floor 2, since Monday.",
}


@pytest.fixture(autouse=True)
def settings() -> Iterator[None]:
    """Without a scanner."""
    queues.attachment_settings.cache_clear()
    yield
    queues.attachment_settings.cache_clear()


def opened(api: Api, *files: dict[str, Any], key: str = "once", **fields: Any) -> Reply:
    return api.post(PATH, {**BODY, "attachments": [*files], **fields}, Idempotency_Key=key)


def send(upload: dict[str, Any], content: bytes) -> None:
    """As a browser does, and as S3 then tells of it."""
    assert bucket.send(upload, content) == 204
    key = upload["fields"]["key"]
    assert bucket.deliver(bucket.created(key, bucket.versions(key)[-1], len(content))) == []


class TestATicketWithFiles:
    def test_is_answered_with_leave_to_send_each_in_their_order(self, api: Api, cast: Cast) -> None:
        reply = opened(api, PNG, LOG)

        assert reply.status == 201
        first, second = reply.json["attachments"]
        assert first["attachment"] == {**PNG, "id": first["attachment"]["id"], "state": "awaiting"}
        assert second["attachment"]["file_name"] == "vpn.log"
        assert second["attachment"]["content_type"] == "text/plain"
        assert first["upload"]["fields"]["key"] == f"{cast.acme}/{first['attachment']['id']}"
        assert first["upload"]["fields"]["Content-Type"] == "image/png"

    def test_has_them_once_they_have_come_from_the_contact(self, api: Api, cast: Cast) -> None:
        ticket = opened(api, PNG, LOG).json
        dario = api.with_token(cast.dario.token)
        path = f"/v1/tickets/{ticket['id']}/attachments"
        before = dario.get(path).json["items"]

        send(ticket["attachments"][0]["upload"], b"hello")

        (file,) = dario.get(path).json["items"]
        assert before == []
        assert (file["file_name"], file["state"], file["scan"]) == ("switch.png", "uploaded", "clean")
        assert file["uploaded_by"]["email"] == "nadia@people.example"
        timeline = dario.get(f"/v1/tickets/{ticket['id']}").json["timeline"]
        assert [entry["action"] for entry in timeline] == ["created", "attached"]

    def test_tells_a_stranger_nothing_of_whose_email_it_is(self, api: Api, cast: Cast) -> None:
        reply = opened(api, PNG, email=cast.carol.email)

        assert reply.status == 201
        assert '"Carol"' not in reply.text

    def test_takes_no_other_size_than_the_announced(self, api: Api, cast: Cast) -> None:
        (file,) = opened(api, PNG).json["attachments"]

        conditions = json.loads(b64decode(file["upload"]["fields"]["policy"]))["conditions"]
        assert ["content-length-range", 5, 5] in conditions

    def test_without_files_has_none(self, api: Api, cast: Cast) -> None:
        assert api.post(PATH, BODY).json["attachments"] == []


class TestTheSameAgain:
    def test_gives_leave_anew_for_what_has_not_come(self, api: Api, cast: Cast, database: Database) -> None:
        first = opened(api, PNG, LOG).json
        send(first["attachments"][0]["upload"], b"hello")

        reply = opened(api, PNG, LOG)

        assert (reply.status, reply.headers["idempotency-replayed"]) == (201, "true")
        came, missing = reply.json["attachments"]
        assert (came["attachment"]["state"], came["upload"]) == ("uploaded", None)
        assert missing["attachment"] == first["attachments"][1]["attachment"]
        send(missing["upload"], b"log")
        assert database.value("SELECT count(*) FROM attachments WHERE state = 'uploaded'") == 2
        assert database.value("SELECT count(*) FROM tickets") == 1

    def test_finds_no_leave_and_no_name_among_what_was_kept(
        self, api: Api, cast: Cast, database: Database
    ) -> None:
        reply = opened(api, PNG)

        kept = json.loads(database.value("SELECT body FROM idempotency_keys WHERE key = 'once'"))

        assert kept["attachments"] == [reply.json["attachments"][0]["attachment"]["id"]]
        assert "signature" not in json.dumps(kept)

    def test_gives_no_leave_once_the_ticket_takes_no_files(self, api: Api, cast: Cast) -> None:
        ticket = opened(api, PNG).json
        api.with_token(cast.dario.token).post(f"/v1/tickets/{ticket['id']}/cancel", {"reason": "Spam."})

        (file,) = opened(api, PNG).json["attachments"]

        assert (file["attachment"]["state"], file["upload"]) == ("awaiting", None)

    def test_shows_nothing_of_a_file_that_was_taken_off(self, api: Api, cast: Cast) -> None:
        ticket = opened(api, PNG).json
        (file,) = ticket["attachments"]
        send(file["upload"], b"hello")
        path = f"/v1/tickets/{ticket['id']}/attachments/{file['attachment']['id']}"
        assert api.with_token(cast.dario.token).delete(path).status == 204

        assert opened(api, PNG).json["attachments"] == [{"attachment": None, "upload": None}]

    def test_of_an_answer_from_before_there_were_files_has_none(
        self, api: Api, cast: Cast, database: Database
    ) -> None:
        ticket = opened(api).json
        database.run("UPDATE idempotency_keys SET body = (body::jsonb - 'attachments')::text")

        again = opened(api)

        assert (again.status, again.json) == (201, {**ticket, "attachments": []})

    def test_from_another_address_is_another_ticket(self, api: Api, cast: Cast, database: Database) -> None:
        opened(api, PNG)
        opened(api.at("198.51.100.77"), PNG)

        assert database.value("SELECT count(*) FROM tickets") == 2


class TestRefusals:
    @for_each(
        "files, field",
        [
            ([PNG] * 11, "attachments"),
            ([{**PNG, "size": 25 * MIB}, {**PNG, "size": 25 * MIB}, PNG], "attachments"),
            ([{**PNG, "size": 25 * MIB + 1}], "attachments.0.size"),
            ([PNG, {**PNG, "size": 0}], "attachments.1.size"),
            ([PNG, {**PNG, "file_name": "run.exe"}], "attachments.1.file_name"),
            ([{**PNG, "content_type": "image"}], "attachments.0.content_type"),
            ([{**PNG, "comment_id": "0190c0de-0000-7000-8000-000000000001"}], "attachments.0.comment_id"),
            (PNG, "attachments"),
        ],
    )
    def test_name_the_field_and_open_no_ticket(
        self, api: Api, cast: Cast, database: Database, files: Any, field: str
    ) -> None:
        reply = api.post(PATH, {**BODY, "attachments": files})

        assert reply.status == 422
        assert [error["field"] for error in reply.json["errors"]] == [field]
        assert database.value("SELECT count(*) FROM tickets") == 0

    def test_fifty_mib_together_are_taken(self, api: Api, cast: Cast) -> None:
        assert opened(api, *[{**PNG, "size": 25 * MIB}] * 2).status == 201
