"""Files of tickets and comments over HTTP: announced, sent, listed, fetched, taken off, seen by whom."""

import json
from base64 import b64decode
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from chalicelib import queues
from chalicelib.api.resource import api_settings
from tests.support import bucket
from tests.support.api import Api, Reply
from tests.support.cast import Cast, Person
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk

PNG = {"file_name": "switch.png", "content_type": "image/png", "size": 5}
CONTENT = b"hello"


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Without a scanner, unless a test says otherwise."""
    queues.attachment_settings.cache_clear()
    yield monkeypatch
    queues.attachment_settings.cache_clear()


def path(ticket: dict[str, Any], attachment: str = "") -> str:
    return f"/v1/tickets/{ticket['id']}/attachments" + (f"/{attachment}" if attachment else "")


def announce(desk: ServiceDesk, who: Person, ticket: dict[str, Any], **fields: Any) -> Reply:
    return desk.as_(who).post(path(ticket), {**PNG, **fields})


def attach(
    desk: ServiceDesk, who: Person, ticket: dict[str, Any], content: bytes = CONTENT, **fields: Any
) -> dict[str, Any]:
    """A file that has come; as it was announced, with its `key`."""
    reply = announce(desk, who, ticket, size=len(content), **fields)
    assert reply.status == 201, reply.text
    upload = reply.json["upload"]
    assert bucket.send(upload, content) == 204
    key = upload["fields"]["key"]
    assert bucket.deliver(bucket.created(key, bucket.versions(key)[-1], len(content))) == []
    return {**reply.json["attachment"], "key": key}


def show(desk: ServiceDesk, who: Person, ticket: dict[str, Any], attachment: dict[str, Any]) -> Reply:
    return desk.as_(who).get(path(ticket, attachment["id"]))


def listed(desk: ServiceDesk, who: Person, ticket: dict[str, Any]) -> list[str]:
    reply = desk.as_(who).get(path(ticket))
    assert reply.status == 200, reply.text
    return [item["id"] for item in reply.json["items"]]


def outcome(reply: Reply) -> tuple[int, str | None]:
    return reply.status, reply.code


class TestAnnouncing:
    def test_a_file_is_expected_and_only_its_uploader_knows(self, desk: ServiceDesk, cast: Cast) -> None:
        ticket = desk.ticket()

        reply = announce(desk, cast.carol, ticket)

        made = reply.json["attachment"]
        assert (made["file_name"], made["content_type"], made["size"]) == ("switch.png", "image/png", 5)
        assert (made["state"], made["scan"], made["uploaded_at"]) == ("awaiting", "pending", None)
        assert (made["comment_id"], made["uploaded_by"]) == (None, cast.carol.ref)
        assert reply.headers["location"] == path(ticket, made["id"])
        assert show(desk, cast.carol, ticket, made).json == {**made, "download": None}
        assert listed(desk, cast.carol, ticket) == [made["id"]]
        assert outcome(show(desk, cast.ada, ticket, made)) == (404, "NOT_FOUND")
        assert listed(desk, cast.ada, ticket) == []

    def test_case_70_the_form_is_good_for_this_file_alone(self, desk: ServiceDesk, cast: Cast) -> None:
        ticket = desk.ticket()

        reply = announce(desk, cast.carol, ticket, file_name="../../x", content_type="Text/Plain; charset=x")

        upload, made = reply.json["upload"], reply.json["attachment"]
        conditions = json.loads(b64decode(upload["fields"]["policy"]))["conditions"]
        assert upload["fields"]["key"] == f"{cast.acme}/{made['id']}"
        assert {"key": upload["fields"]["key"]} in conditions
        assert {"bucket": bucket.BUCKET} in conditions
        assert {"Content-Type": "text/plain"} in conditions
        assert {"Content-Disposition": "attachment"} in conditions
        assert ["content-length-range", 5, 5] in conditions
        assert not [each for each in conditions if "starts-with" in each]
        named = {name for each in conditions if isinstance(each, dict) for name in each}
        assert set(upload["fields"]) - {"policy", "x-amz-signature"} == named - {"bucket"}

    def test_the_form_is_not_kept_for_an_idempotency_key(
        self, desk: ServiceDesk, cast: Cast, database: Database
    ) -> None:
        ticket = desk.ticket()

        replies = [desk.as_(cast.carol).post(path(ticket), PNG, Idempotency_Key="once") for _ in range(2)]

        assert [reply.status for reply in replies] == [201, 201]
        assert database.value("SELECT count(*) FROM idempotency_keys WHERE key = 'once'") == 0

    @for_each(
        "field, value",
        [
            ("size", 0),
            ("size", -1),
            ("size", 26_214_401),
            ("size", 2**63),
            ("size", True),
            ("size", 1.5),
            ("size", "5"),
            ("content_type", "image"),
            ("content_type", "image/"),
            ("content_type", "image/png\r\nX: y"),
            ("content_type", "*/*"),
            ("content_type", "a/" + "b" * 300),
            ("content_type", "imáge/png"),
            ("file_name", ""),
            ("file_name", "a\0b.png"),
            ("file_name", "a" * 1001),
            ("file_name", "setup.exe"),
            ("file_name", "invoice.pdf\u202e.scr "),
            ("file_name", 7),
            ("comment_id", "one"),
            ("object_version", "v1"),
            ("scan", "clean"),
            ("workspace_id", "0190c0de-0000-7000-8000-000000000001"),
        ],
    )
    def test_what_makes_no_file_is_refused(
        self, desk: ServiceDesk, cast: Cast, database: Database, field: str, value: Any
    ) -> None:
        reply = announce(desk, cast.carol, desk.ticket(), **{field: value})

        assert outcome(reply) == (422, "VALIDATION_ERROR")
        assert reply.json["errors"][0]["field"] == field
        assert database.value("SELECT count(*) FROM attachments") == 0

    @for_each("field", ["file_name", "content_type", "size"])
    def test_what_is_missing_is_named(self, desk: ServiceDesk, cast: Cast, field: str) -> None:
        body = {name: value for name, value in PNG.items() if name != field}

        reply = desk.as_(cast.carol).post(path(desk.ticket()), body)

        assert outcome(reply) == (422, "FIELD_REQUIRED")

    def test_the_largest_file_is_25_mib(self, desk: ServiceDesk, cast: Cast) -> None:
        assert announce(desk, cast.carol, desk.ticket(), size=25 * 1024 * 1024).status == 201

    @for_each(
        "name, kept",
        [
            ("../../etc/passwd", "passwd"),
            ("..\\windows\\boot.ini", "boot.ini"),
            ("in\u200bvoice\u202e.pdf", "invoice.pdf"),
            ("\u200b..", "file"),
        ],
    )
    def test_case_72_its_name_is_cleaned(self, desk: ServiceDesk, cast: Cast, name: str, kept: str) -> None:
        reply = announce(desk, cast.carol, desk.ticket(), file_name=name)

        assert reply.json["attachment"]["file_name"] == kept

    def test_a_comments_author_alone_adds_to_it(self, desk: ServiceDesk, cast: Cast) -> None:
        ticket = desk.networks_ticket()
        comment = desk.comment(cast.ana, ticket, "See the picture.")

        own = announce(desk, cast.ana, ticket, comment_id=comment["id"])
        others = announce(desk, cast.dario, ticket, comment_id=comment["id"])

        assert (own.status, own.json["attachment"]["comment_id"]) == (201, comment["id"])
        assert outcome(others) == (403, "FORBIDDEN")

    def test_case_21_a_comment_of_another_ticket_is_none(self, desk: ServiceDesk, cast: Cast) -> None:
        mine, other = desk.networks_ticket(), desk.networks_ticket()
        comment = desk.comment(cast.ana, other, "Elsewhere.")

        assert outcome(announce(desk, cast.ana, mine, comment_id=comment["id"])) == (404, "NOT_FOUND")
        assert outcome(announce(desk, cast.ana, mine, comment_id=str(uuid4()))) == (404, "NOT_FOUND")

    def test_a_note_is_no_comment_to_a_customer(self, desk: ServiceDesk, cast: Cast) -> None:
        ticket = desk.networks_ticket()
        note = desk.comment(cast.ana, ticket, "Between us.", visibility="internal")

        assert outcome(announce(desk, cast.carol, ticket, comment_id=note["id"])) == (404, "NOT_FOUND")

    def test_a_deleted_comment_takes_none(self, desk: ServiceDesk, cast: Cast, database: Database) -> None:
        ticket = desk.networks_ticket()
        comment = desk.comment(cast.ana, ticket, "Oops.")
        database.run("UPDATE comments SET deleted_at = now() WHERE id = :c", c=comment["id"])

        assert outcome(announce(desk, cast.ana, ticket, comment_id=comment["id"])) == (404, "NOT_FOUND")

    def test_an_archived_ticket_takes_none(self, desk: ServiceDesk, cast: Cast) -> None:
        ticket = desk.in_status("closed")
        desk.do(cast.dario, ticket, "archive")

        assert outcome(announce(desk, cast.ada, ticket)) == (409, "CONFLICT")

    def test_a_merged_ticket_takes_none(self, desk: ServiceDesk, cast: Cast, database: Database) -> None:
        ticket, into = desk.in_status("closed"), desk.ticket()
        database.run("UPDATE tickets SET merged_into = :i WHERE id = :t", i=into["id"], t=ticket["id"])

        assert outcome(announce(desk, cast.ada, ticket)) == (409, "CONFLICT")

    @pytest.mark.parametrize("status", ["closed", "cancelled"])
    def test_a_finished_one_takes_those_of_the_staff_alone(
        self, desk: ServiceDesk, cast: Cast, status: str
    ) -> None:
        ticket = desk.in_status(status)

        assert outcome(announce(desk, cast.carol, ticket)) == (409, "CONFLICT")
        assert announce(desk, cast.dario, ticket).status == 201

    def test_a_ticket_has_fifty_at_most(self, desk: ServiceDesk, cast: Cast, database: Database) -> None:
        ticket = desk.ticket()
        database.run(
            "INSERT INTO attachments (workspace_id, ticket_id, uploaded_by, file_name, content_type, size) "
            "SELECT :w, :t, :u, 'a', 'a/b', 1 FROM generate_series(1, 49)",
            w=cast.acme,
            t=ticket["id"],
            u=cast.chris.id,
        )

        replies = [announce(desk, cast.carol, ticket) for _ in range(2)]

        assert [outcome(reply) for reply in replies] == [(201, None), (409, "CONFLICT")]


class TestReceiving:
    def test_a_file_that_came_is_seen_by_all_who_see_the_ticket(self, desk: ServiceDesk, cast: Cast) -> None:
        ticket = desk.networks_ticket()

        file = attach(desk, cast.carol, ticket)

        for who in (cast.carol, cast.ana, cast.dario, cast.ada):
            shown = show(desk, who, ticket, file).json
            assert (shown["state"], shown["scan"]) == ("uploaded", "clean")
            assert shown["uploaded_at"] is not None
            assert listed(desk, who, ticket) == [file["id"]]

    def test_the_timeline_says_who_attached_it_and_not_what_it_is_called(
        self, desk: ServiceDesk, cast: Cast, database: Database
    ) -> None:
        ticket = desk.ticket()

        file = attach(desk, cast.carol, ticket, file_name="payslip of Zoe.png")

        entry = desk.detail(cast.carol, ticket)["timeline"][-1]
        assert (entry["action"], entry["meta"]) == ("attached", {"attachment_id": file["id"]})
        assert entry["actor"] == {"type": "user", "id": str(cast.carol.id), "name": "Carol"}
        event = database.rows("SELECT type, internal, payload FROM events ORDER BY id DESC LIMIT 1")[0]
        assert (event["type"], event["internal"]) == ("ticket.attached", False)
        assert "payslip" not in json.dumps(event["payload"])

    def test_the_version_of_the_ticket_stays(self, desk: ServiceDesk, cast: Cast) -> None:
        ticket = desk.ticket()

        attach(desk, cast.carol, ticket)

        assert desk.detail(cast.carol, ticket)["version"] == ticket["version"]

    def test_a_comment_shows_its_files(self, desk: ServiceDesk, cast: Cast) -> None:
        ticket = desk.networks_ticket()
        comment = desk.comment(cast.ana, ticket, "Two pictures.")
        files = [attach(desk, cast.ana, ticket, comment_id=comment["id"]) for _ in range(2)]
        attach(desk, cast.ana, ticket)
        announce(desk, cast.ana, ticket, comment_id=comment["id"])

        told = desk.detail(cast.carol, ticket)["comments"][-1]
        page = desk.as_(cast.carol).get(f"/v1/tickets/{ticket['id']}/comments").json["items"][-1]

        assert comment["attachments"] == []
        assert told == page
        assert [each["id"] for each in told["attachments"]] == [file["id"] for file in files]
        assert told["attachments"][0]["file_name"] == "switch.png"

    def test_case_45_five_deliveries_are_one_arrival(self, desk: ServiceDesk, cast: Cast) -> None:
        ticket = desk.ticket()
        file = attach(desk, cast.carol, ticket)
        message = bucket.created(file["key"], bucket.versions(file["key"])[0], 5)

        assert bucket.deliver(*[message] * 4) == []

        assert desk.actions(ticket).count("attached") == 1
        assert len(bucket.versions(file["key"])) == 1

    def test_what_is_sent_again_by_the_same_form_never_counts(self, desk: ServiceDesk, cast: Cast) -> None:
        ticket = desk.ticket()
        reply = announce(desk, cast.carol, ticket)
        upload, made = reply.json["upload"], reply.json["attachment"]
        key = upload["fields"]["key"]
        bucket.send(upload, b"first")
        bucket.deliver(bucket.created(key, bucket.versions(key)[0], 5))

        bucket.send(upload, b"later")
        between = bucket.fetch(show(desk, cast.carol, ticket, made).json["download"]["url"])
        failed = bucket.deliver(bucket.created(key, bucket.versions(key)[1], 5))
        after = bucket.fetch(show(desk, cast.carol, ticket, made).json["download"]["url"])

        assert failed == []
        assert (between.text, after.text) == ("first", "first")
        assert len(bucket.versions(key)) == 1

    def test_what_came_for_nobody_is_deleted(self, desk: ServiceDesk, cast: Cast) -> None:
        ticket = desk.ticket()
        reply = announce(desk, cast.carol, ticket)
        upload, made = reply.json["upload"], reply.json["attachment"]
        assert desk.as_(cast.carol).delete(path(ticket, made["id"])).status == 204
        key = upload["fields"]["key"]
        bucket.send(upload, CONTENT)

        assert bucket.deliver(bucket.created(key, bucket.versions(key)[0], 5)) == []

        assert bucket.versions(key) == []

    def test_of_a_workspace_that_is_gone_too(self, desk: ServiceDesk) -> None:
        key = f"{uuid4()}/{uuid4()}"

        assert bucket.deliver(bucket.created(key, "v1", 5)) == []

    def test_on_a_deleted_ticket_it_is_there_once_that_is_restored(
        self, desk: ServiceDesk, cast: Cast
    ) -> None:
        ticket = desk.ticket()
        reply = announce(desk, cast.carol, ticket)
        upload, made = reply.json["upload"], reply.json["attachment"]
        desk.as_(cast.ada).delete(f"/v1/tickets/{ticket['id']}")
        bucket.send(upload, CONTENT)
        key = upload["fields"]["key"]

        assert bucket.deliver(bucket.created(key, bucket.versions(key)[0], 5)) == []

        assert outcome(show(desk, cast.carol, ticket, made)) == (404, "NOT_FOUND")
        desk.do(cast.ada, ticket, "restore")
        assert show(desk, cast.carol, ticket, made).json["state"] == "uploaded"

    @for_each(
        "message",
        [
            {
                "Service": "Amazon S3",
                "Event": "s3:TestEvent",
                "Bucket": bucket.BUCKET,
            },  # a test
            bucket.created("malware-protection-resource-validation-object", "v1", 0),  # GuardDuty's own
            bucket.created(f"{uuid4()}/{uuid4()}/more", "v1", 5),  # another key
            bucket.created(f"{uuid4()}/{uuid4()}", "v1", 5, bucket="another"),  # another bucket
            bucket.scanned("malware-protection-resource-validation-object", "v1", "NO_THREATS_FOUND"),
        ],
    )
    def test_news_of_other_things_is_passed_over(self, desk: ServiceDesk, message: Any) -> None:
        assert desk
        assert bucket.deliver(message) == []

    @for_each("message", ["", "[]", "{}", "null", '{"Records": []}', '{"Records": [{}]}', "[" * 9999])
    def test_what_is_no_news_fails_alone(self, desk: ServiceDesk, cast: Cast, message: str) -> None:
        ticket = desk.ticket()
        reply = announce(desk, cast.carol, ticket)
        upload, made = reply.json["upload"], reply.json["attachment"]
        bucket.send(upload, CONTENT)
        key = upload["fields"]["key"]

        failed = bucket.deliver(message, bucket.created(key, bucket.versions(key)[0], 5))

        assert failed == [0]
        assert show(desk, cast.carol, ticket, made).json["state"] == "uploaded"

    def test_a_key_attaches_under_its_own_name(self, desk: ServiceDesk, api: Api, cast: Cast) -> None:
        body = {"name": "Monitoring", "role": "agent", "scopes": ["read", "write"]}
        key = api.with_token(cast.ada.token).post("/v1/api-keys", {**body, "role": "dispatcher"}).json
        ticket = desk.ticket()
        program = api.with_token(key["key"])
        reply = program.post(path(ticket), PNG)
        upload, made = reply.json["upload"], reply.json["attachment"]
        bucket.send(upload, CONTENT)
        object_key = upload["fields"]["key"]
        bucket.deliver(bucket.created(object_key, bucket.versions(object_key)[0], 5))

        entry = desk.detail(cast.carol, ticket)["timeline"][-1]

        assert made["uploaded_by"] == {"id": key["id"], "name": "Monitoring", "email": None}
        assert entry["actor"] == {"type": "api_key", "id": key["id"], "name": "Monitoring"}
        assert program.get(path(ticket, made["id"])).json["download"] is not None


class TestFetching:
    def test_it_comes_as_a_download_under_its_name(self, desk: ServiceDesk, cast: Cast) -> None:
        ticket = desk.ticket()
        file = attach(desk, cast.carol, ticket, b"\x89PNG", file_name="Año 2026.png")

        link = show(desk, cast.carol, ticket, file).json["download"]
        answer = bucket.fetch(link["url"])

        assert (answer.status, answer.text.encode("latin-1")) == (200, b"\x89PNG")
        disposition = "attachment; filename=\"Ano 2026.png\"; filename*=UTF-8''A%C3%B1o%202026.png"
        assert answer.headers["content-disposition"] == disposition
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["cache-control"] == "private, no-store"

    @for_each(
        "content_type",
        [
            *("image/svg+xml", "text/html", "application/xhtml+xml", "text/xml", "application/xml"),
            *(
                "text/javascript",
                "application/javascript",
                "text/css",
                "application/x-anything",
            ),
        ],
    )
    def test_case_71_what_a_browser_could_run_comes_as_bytes(
        self, desk: ServiceDesk, cast: Cast, content_type: str
    ) -> None:
        ticket = desk.ticket()
        file = attach(
            desk, cast.carol, ticket, b"<script>1</script>", file_name="x.svg", content_type=content_type
        )

        shown = show(desk, cast.carol, ticket, file)
        answer = bucket.fetch(shown.json["download"]["url"])

        assert shown.json["content_type"] == content_type
        assert shown.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment;")

    def test_the_link_lives_five_minutes_and_names_one_version(self, desk: ServiceDesk, cast: Cast) -> None:
        ticket = desk.ticket()
        file = attach(desk, cast.carol, ticket)

        asked = parse_qs(urlsplit(show(desk, cast.carol, ticket, file).json["download"]["url"]).query)

        assert asked["X-Amz-Expires"] == ["300"]
        assert asked["versionId"] == bucket.versions(file["key"])

    def test_it_goes_through_what_stands_before_the_bucket(
        self, desk: ServiceDesk, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ticket = desk.ticket()
        file = attach(desk, cast.carol, ticket)
        monkeypatch.setenv("AWS_ENDPOINT_URL", "https://s3.us-east-1.amazonaws.com")
        monkeypatch.setenv("MESA_DOWNLOAD_URL", "https://files.acme.example/")
        api_settings.cache_clear()

        link = urlsplit(show(desk, cast.carol, ticket, file).json["download"]["url"])
        monkeypatch.undo()
        api_settings.cache_clear()

        assert (link.scheme, link.netloc, link.path) == ("https", "files.acme.example", f"/{file['key']}")
        assert parse_qs(link.query)["X-Amz-SignedHeaders"] == ["host"]


class TestScanning:
    @pytest.fixture(autouse=True)
    def scanner(self, settings: pytest.MonkeyPatch) -> None:
        settings.setenv("MESA_SCANNER", "external")

    @pytest.fixture
    def ticket(self, desk: ServiceDesk) -> dict[str, Any]:
        return desk.networks_ticket()

    def judged(self, file: dict[str, Any], status: str) -> dict[str, Any]:
        return bucket.scanned(file["key"], bucket.versions(file["key"])[0], status)

    def test_what_waits_for_its_scan_is_out_of_reach(
        self, desk: ServiceDesk, cast: Cast, ticket: dict[str, Any]
    ) -> None:
        file = attach(desk, cast.carol, ticket)

        shown = show(desk, cast.ada, ticket, file).json

        assert (shown["state"], shown["scan"], shown["download"]) == ("uploaded", "pending", None)

    def test_what_is_clean_can_be_fetched(
        self, desk: ServiceDesk, cast: Cast, ticket: dict[str, Any]
    ) -> None:
        file = attach(desk, cast.carol, ticket)

        assert bucket.deliver(self.judged(file, "NO_THREATS_FOUND")) == []

        assert bucket.fetch(show(desk, cast.ada, ticket, file).json["download"]["url"]).status == 200

    def test_what_is_infected_never_can_whatever_is_said_later(
        self, desk: ServiceDesk, cast: Cast, ticket: dict[str, Any]
    ) -> None:
        file = attach(desk, cast.carol, ticket)
        bad, good = self.judged(file, "THREATS_FOUND"), self.judged(file, "NO_THREATS_FOUND")

        assert bucket.deliver(good, bad, bad, good) == []

        for who in (cast.carol, cast.ana, cast.ada):
            shown = show(desk, who, ticket, file).json
            assert (shown["scan"], shown["download"]) == ("infected", None)

    def test_the_staff_hears_of_harm_once_and_the_customer_not(
        self, desk: ServiceDesk, cast: Cast, ticket: dict[str, Any]
    ) -> None:
        file = attach(desk, cast.carol, ticket)

        bucket.deliver(*[self.judged(file, "THREATS_FOUND")] * 2)

        told = [e for e in desk.detail(cast.ana, ticket)["timeline"] if e["action"] == "quarantined"]
        heard = [e["action"] for e in desk.detail(cast.carol, ticket)["timeline"]]
        assert [entry["meta"] for entry in told] == [{"attachment_id": file["id"]}]
        assert told[0]["actor"]["type"] == "system"
        assert "quarantined" not in heard

    def test_a_result_may_overtake_the_arrival(
        self, desk: ServiceDesk, cast: Cast, ticket: dict[str, Any]
    ) -> None:
        reply = announce(desk, cast.carol, ticket)
        upload, made = reply.json["upload"], reply.json["attachment"]
        bucket.send(upload, CONTENT)
        key = upload["fields"]["key"]
        version = bucket.versions(key)[0]

        failed = bucket.deliver(
            bucket.scanned(key, version, "NO_THREATS_FOUND"), bucket.created(key, version, 5)
        )

        shown = show(desk, cast.carol, ticket, made).json
        assert failed == []
        assert (shown["state"], shown["scan"]) == ("uploaded", "clean")

    def test_a_result_of_another_version_says_nothing(
        self, desk: ServiceDesk, cast: Cast, ticket: dict[str, Any]
    ) -> None:
        file = attach(desk, cast.carol, ticket)

        bucket.deliver(bucket.scanned(file["key"], "another", "NO_THREATS_FOUND"))

        assert show(desk, cast.carol, ticket, file).json["scan"] == "pending"

    @for_each("status", ["UNSUPPORTED", "ACCESS_DENIED", "FAILED", "NEW_WORD"])
    def test_what_could_not_be_scanned_stays_out_of_reach(
        self, desk: ServiceDesk, cast: Cast, ticket: dict[str, Any], status: str
    ) -> None:
        file = attach(desk, cast.carol, ticket)

        assert bucket.deliver(self.judged(file, status)) == []

        shown = show(desk, cast.carol, ticket, file).json
        assert (shown["scan"], shown["download"]) == ("pending", None)


class TestSeeing:
    def test_files_of_notes_are_the_staffs(self, desk: ServiceDesk, cast: Cast) -> None:
        ticket = desk.networks_ticket()
        note = desk.comment(cast.ana, ticket, "Between us.", visibility="internal")
        file = attach(desk, cast.ana, ticket, comment_id=note["id"])

        assert listed(desk, cast.ana, ticket) == [file["id"]]
        assert listed(desk, cast.carol, ticket) == []
        assert outcome(show(desk, cast.carol, ticket, file)) == (404, "NOT_FOUND")
        assert outcome(desk.as_(cast.carol).delete(path(ticket, file["id"]))) == (404, "NOT_FOUND")
        assert file["id"] not in json.dumps(desk.detail(cast.carol, ticket))
        assert file["id"] in json.dumps(desk.detail(cast.ana, ticket))

    def test_watchers_see_and_send_files(self, desk: ServiceDesk, cast: Cast, database: Database) -> None:
        ticket = desk.ticket()
        file = attach(desk, cast.carol, ticket)
        assert outcome(show(desk, cast.chris, ticket, file)) == (404, "NOT_FOUND")
        database.run(
            "INSERT INTO ticket_watchers (workspace_id, ticket_id, user_id) VALUES (:w, :t, :u)",
            w=cast.acme,
            t=ticket["id"],
            u=cast.chris.id,
        )

        assert show(desk, cast.chris, ticket, file).json["download"] is not None
        assert announce(desk, cast.chris, ticket).status == 201

    @for_each("who", ["chris", "ben", "mallory"])
    def test_who_sees_no_ticket_sees_no_file(self, desk: ServiceDesk, cast: Cast, who: str) -> None:
        ticket = desk.networks_ticket()
        file = attach(desk, cast.carol, ticket)
        stranger = getattr(cast, who)

        replies = [
            announce(desk, stranger, ticket),
            desk.as_(stranger).get(path(ticket)),
            show(desk, stranger, ticket, file),
            desk.as_(stranger).delete(path(ticket, file["id"])),
        ]

        assert [outcome(reply) for reply in replies] == [(404, "NOT_FOUND")] * 4

    def test_case_21_a_file_of_another_ticket_is_none_under_mine(self, desk: ServiceDesk, cast: Cast) -> None:
        mine, other = desk.networks_ticket(), desk.networks_ticket()
        file = attach(desk, cast.ana, other)

        for who in (cast.carol, cast.ana, cast.ada):
            assert outcome(show(desk, who, mine, file)) == (404, "NOT_FOUND")
            assert outcome(desk.as_(who).delete(path(mine, file["id"]))) == (404, "NOT_FOUND")
        assert show(desk, cast.ana, other, file).status == 200

    def test_a_deleted_comment_hides_its_files(
        self, desk: ServiceDesk, cast: Cast, database: Database
    ) -> None:
        ticket = desk.networks_ticket()
        comment = desk.comment(cast.ana, ticket, "Oops.")
        file = attach(desk, cast.ana, ticket, comment_id=comment["id"])
        database.run("UPDATE comments SET deleted_at = now() WHERE id = :c", c=comment["id"])

        assert listed(desk, cast.ada, ticket) == []
        assert outcome(show(desk, cast.ada, ticket, file)) == (404, "NOT_FOUND")

    def test_the_list_goes_on_by_cursor(self, desk: ServiceDesk, cast: Cast) -> None:
        ticket = desk.ticket()
        files = [announce(desk, cast.carol, ticket).json["attachment"]["id"] for _ in range(5)]
        found: list[str] = []
        query = "?limit=2"
        while query:
            page = desk.as_(cast.carol).get(path(ticket) + query).json
            found += [item["id"] for item in page["items"]]
            query = f"?limit=2&cursor={page['next_cursor']}" if page["next_cursor"] else ""

        assert found == files


class TestTakingOff:
    def test_whoever_attached_it_takes_it_off_within_15_minutes(
        self, desk: ServiceDesk, cast: Cast, database: Database
    ) -> None:
        ticket = desk.ticket()
        early, late = attach(desk, cast.carol, ticket), attach(desk, cast.carol, ticket)
        database.run(
            "UPDATE attachments SET created_at = now() - interval '901 seconds' WHERE id = :i", i=late["id"]
        )

        replies = [desk.as_(cast.carol).delete(path(ticket, file["id"])) for file in (early, late)]

        assert [outcome(reply) for reply in replies] == [(204, None), (409, "CONFLICT")]
        assert listed(desk, cast.carol, ticket) == [late["id"]]
        assert outcome(show(desk, cast.carol, ticket, early)) == (404, "NOT_FOUND")

    @for_each("who, status", [("ada", 204), ("dario", 204), ("ana", 403), ("chris", 404)])
    def test_others_files_are_the_dispatchers_business(
        self, desk: ServiceDesk, cast: Cast, who: str, status: int
    ) -> None:
        ticket = desk.networks_ticket()
        file = attach(desk, cast.carol, ticket)

        assert desk.as_(getattr(cast, who)).delete(path(ticket, file["id"])).status == status

    def test_it_is_told_and_audited_without_its_name(
        self, desk: ServiceDesk, cast: Cast, database: Database
    ) -> None:
        ticket = desk.ticket()
        file = attach(desk, cast.carol, ticket, file_name="secret plan.png")

        desk.as_(cast.dario).delete(path(ticket, file["id"]))

        entry = desk.detail(cast.carol, ticket)["timeline"][-1]
        assert (entry["action"], entry["meta"]) == ("detached", {"attachment_id": file["id"]})
        audited = database.rows("SELECT * FROM audit_log WHERE action = 'attachment.deleted'")
        assert [(row["actor_id"], str(row["target_id"])) for row in audited] == [(cast.dario.id, file["id"])]
        assert "secret plan" not in str(audited)

    def test_what_never_came_leaves_no_entry(self, desk: ServiceDesk, cast: Cast) -> None:
        ticket = desk.ticket()
        made = announce(desk, cast.carol, ticket).json["attachment"]

        desk.as_(cast.carol).delete(path(ticket, made["id"]))

        assert "detached" not in desk.actions(ticket)

    def test_that_of_a_note_is_told_to_the_staff_alone(self, desk: ServiceDesk, cast: Cast) -> None:
        ticket = desk.networks_ticket()
        note = desk.comment(cast.ana, ticket, "Between us.", visibility="internal")
        file = attach(desk, cast.ana, ticket, comment_id=note["id"])

        desk.as_(cast.ana).delete(path(ticket, file["id"]))

        assert [e["action"] for e in desk.detail(cast.ana, ticket)["timeline"]][-2:] == [
            "attached",
            "detached",
        ]
        assert "tached" not in json.dumps(desk.detail(cast.carol, ticket)["timeline"])

    def test_an_archived_ticket_keeps_its_files(self, desk: ServiceDesk, cast: Cast) -> None:
        ticket = desk.in_status("closed")
        file = attach(desk, cast.dario, ticket)
        desk.do(cast.dario, ticket, "archive")

        assert outcome(desk.as_(cast.ada).delete(path(ticket, file["id"]))) == (409, "CONFLICT")

    def test_nobody_takes_off_what_is_not_there(self, desk: ServiceDesk, cast: Cast) -> None:
        ticket = desk.ticket()

        assert outcome(desk.as_(cast.ada).delete(path(ticket, str(uuid4())))) == (404, "NOT_FOUND")
        assert outcome(desk.as_(cast.ada).delete(path(ticket, "x"))) == (422, "VALIDATION_ERROR")
