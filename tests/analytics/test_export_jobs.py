"""How a file of rows is made: part after part, over deaths and deliveries, erasures and changes of mind."""

import gzip
from typing import Any

import moto.s3.exceptions
import moto.s3.models
import pytest

from chalicelib.analytics import export_file, export_queries
from chalicelib.core import jobs, storage
from tests.support.cast import Cast, person
from tests.support.database import Database
from tests.support.exports import Exports, read_csv
from tests.support.jobs import Workshop
from tests.support.mailbox import LambdaContext
from tests.support.roles import nobodys
from tests.support.service_desk import ServiceDesk

TICKETS = 60
NUMBERS = list(range(901, 901 + TICKETS))
COLUMNS = ["number", "subject", "description"]


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of seven rows, and parts of some ten, twenty where they are compressed."""
    monkeypatch.setattr(export_queries, "ROWS", 7)
    monkeypatch.setattr(export_file, "PART_BYTES", 60_000)
    monkeypatch.setattr(moto.s3.models, "S3_UPLOAD_PART_MIN_SIZE", 100)
    taken = moto.s3.models.S3Backend.upload_part

    def upload_part(self: Any, bucket: str, upload: str, number: int, value: bytes) -> Any:
        """As S3 answers for one that is over; moto fails."""
        if upload not in self.get_bucket(bucket).multiparts:
            raise moto.s3.exceptions.NoSuchUpload(upload_id=upload)
        return taken(self, bucket, upload, number, value)

    monkeypatch.setattr(moto.s3.models.S3Backend, "upload_part", upload_part)


@pytest.fixture
def many(cast: Cast, database: Database, small_parts: None) -> None:
    """Sixty tickets of Carol's in Ana's team, none like another."""
    database.run(
        "INSERT INTO tickets (workspace_id, number, label, subject, description, requester_id, team_id) "
        "SELECT :w, 900 + n, 'TKT-' || n, 'Ticket ' || n, "
        "(SELECT string_agg(md5(n || '-' || m), '') FROM generate_series(1, 190) m), :r, :t "
        "FROM generate_series(1, :many) AS n",
        w=cast.acme,
        r=cast.carol.id,
        t=cast.teams["Networks"],
        many=TICKETS,
    )


def numbers(content: bytes) -> list[int]:
    return [int(row["number"]) for row in read_csv(content)]


def uploads(workshop: Workshop) -> list[dict[str, Any]]:
    listed = workshop.s3.list_multipart_uploads(Bucket=workshop.bucket)
    return list(listed.get("Uploads", ()))


def only_for(monkeypatch: pytest.MonkeyPatch, looks: int) -> None:
    """The next Lambda finds its time over after it has looked at its clock so often."""
    left = iter([300_000] * looks)
    monkeypatch.setattr(LambdaContext, "get_remaining_time_in_millis", lambda _: next(left, 0))


class Dies(Exception):
    """What kills a Lambda."""


def dying(monkeypatch: pytest.MonkeyPatch, name: str, at: int, *, before: bool) -> None:
    """The call of the storage that dies at its `at`th time, with its work done or not."""
    real, calls = getattr(storage, name), iter(range(1, 1000))

    def call(*given: Any, **named: Any) -> Any:
        dies = next(calls) == at
        if dies and before:
            raise Dies
        done = real(*given, **named)
        if dies:
            raise Dies
        return done

    monkeypatch.setattr(storage, name, call)


class TestParts:
    @pytest.mark.parametrize("compress", [None, "gzip"])
    def test_a_large_file_comes_in_parts_and_is_whole(
        self, cast: Cast, exports: Exports, many: None, monkeypatch: pytest.MonkeyPatch, compress: str | None
    ) -> None:
        sent: list[int] = []
        real = storage.put_part
        monkeypatch.setattr(
            storage, "put_part", lambda *given: (sent.append(len(given[-1])), real(*given))[1]
        )

        content = exports.made(cast.ada, "tickets", columns=COLUMNS, compress=compress)

        assert numbers(content) == NUMBERS
        assert len(sent) > 2
        assert max(sent) < 150_000
        assert uploads(exports.workshop) == []
        assert len(exports.workshop.files()) == 1

    def test_progress_is_told_in_rows(
        self, cast: Cast, exports: Exports, many: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job = exports.ask(cast.ada, "tickets", columns=COLUMNS)
        (message,) = exports.workshop.take()
        with monkeypatch.context() as patched:
            only_for(patched, 5)
            assert exports.workshop.deliver(message) == []
        under_way = exports.job(cast.ada, job)
        exports.workshop.work()
        done = exports.job(cast.ada, job)

        assert (under_way["status"], under_way["done"], under_way["file"]) == ("running", 28, None)
        assert (done["status"], done["done"]) == ("done", TICKETS)


class TestGoingOn:
    @pytest.fixture
    def whole(self, cast: Cast, exports: Exports, many: None) -> bytes:
        """What comes of it undisturbed."""
        return exports.made(cast.ada, "tickets", columns=COLUMNS)

    @pytest.mark.parametrize("compress", [None, "gzip"])
    @pytest.mark.parametrize("looks", [2, 3, 4])
    def test_whose_time_is_over_goes_on_in_the_next_go(
        self,
        cast: Cast,
        exports: Exports,
        whole: bytes,
        monkeypatch: pytest.MonkeyPatch,
        looks: int,
        compress: str | None,
    ) -> None:
        """One page a go, two, three: what is too little for a part is laid by."""
        job = exports.ask(cast.ada, "tickets", columns=COLUMNS, compress=compress)
        exports.workshop.relay()
        goes = 0
        while messages := exports.workshop.take():
            with monkeypatch.context() as patched:
                only_for(patched, looks)
                assert exports.workshop.deliver(*messages) == []
            exports.workshop.relay()
            goes += 1

        assert exports.fetched(cast.ada, job) == whole
        assert goes >= TICKETS / 7 / looks
        assert [key for key in exports.workshop.files() if key.endswith(".rest")] == []

    @pytest.mark.parametrize(
        ("name", "at", "before"),
        [
            ("begin_upload", 1, False),
            ("put_part", 1, True),
            ("put_part", 2, True),
            ("put_part", 2, False),
            ("complete_upload", 1, True),
            ("complete_upload", 1, False),
            ("delete_all", 1, True),
        ],
    )
    @pytest.mark.parametrize("compress", [None, "gzip"])
    def test_what_dies_is_gone_on_with_and_each_row_is_in_it_once(
        self,
        cast: Cast,
        exports: Exports,
        whole: bytes,
        monkeypatch: pytest.MonkeyPatch,
        name: str,
        at: int,
        before: bool,
        compress: str | None,
    ) -> None:
        job = exports.ask(cast.ada, "tickets", columns=COLUMNS, compress=compress)
        (message,) = exports.workshop.take()
        with monkeypatch.context() as patched:
            dying(patched, name, at, before=before)
            assert exports.workshop.deliver(message) == [0]
        assert exports.job(cast.ada, job)["status"] == "running"

        assert exports.workshop.deliver(message) == []
        exports.workshop.work()

        assert exports.fetched(cast.ada, job) == whole

    def test_what_dies_between_a_part_and_its_note_does_that_part_again(
        self, cast: Cast, exports: Exports, whole: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job = exports.ask(cast.ada, "tickets", columns=COLUMNS)
        (message,) = exports.workshop.take()
        with monkeypatch.context() as patched:
            real, notes = jobs.note, iter(range(1, 100))

            def note(*given: Any) -> None:
                real(*given)
                if next(notes) == 3:
                    raise Dies

            patched.setattr(jobs, "note", note)
            assert exports.workshop.deliver(message) == [0]

        exports.workshop.deliver(message)
        assert exports.fetched(cast.ada, job) == whole

    def test_45_a_second_delivery_changes_nothing(
        self, cast: Cast, exports: Exports, many: None, database: Database
    ) -> None:
        job = exports.ask(cast.ada, "tickets")
        (message,) = exports.workshop.take()

        assert exports.workshop.deliver(message, message) == []

        assert len(exports.workshop.files()) == 1
        assert exports.job(cast.ada, job)["done"] == TICKETS

    def test_while_another_has_it_a_delivery_comes_again(
        self, cast: Cast, exports: Exports, many: None, database: Database
    ) -> None:
        exports.ask(cast.ada, "tickets")
        (message,) = exports.workshop.take()
        database.run("UPDATE jobs SET status = 'running', leased_until = now() + interval '1 minute'")

        assert exports.workshop.deliver(message) == [0]
        assert exports.workshop.files() == {}

    @pytest.mark.parametrize("part", [1, 2])
    def test_who_was_overtaken_leaves_the_file_to_whoever_is_further(
        self,
        cast: Cast,
        exports: Exports,
        whole: bytes,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
        part: int,
    ) -> None:
        """A Lambda that was frozen past its lease wakes up, when another has ended the job: with parts of its
        own, or with the same ones."""
        job = exports.ask(cast.ada, "tickets", columns=COLUMNS)
        (message,) = exports.workshop.take()
        real, asleep = storage.put_part, iter([False] * (part - 1) + [True])

        def put_part(*given: Any) -> str:
            if next(asleep, False):
                list(asleep)
                database.run("UPDATE jobs SET leased_until = now()")
                assert exports.workshop.deliver(message) == []
            return real(*given)

        monkeypatch.setattr(storage, "put_part", put_part)
        assert exports.workshop.deliver(message) == []
        exports.workshop.work()

        assert exports.fetched(cast.ada, job) == whole

    def test_after_the_last_try_nothing_is_left(
        self, cast: Cast, exports: Exports, many: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job = exports.ask(cast.ada, "tickets", columns=COLUMNS)
        (message,) = exports.workshop.take()
        for _ in range(jobs.MAX_ATTEMPTS):
            with monkeypatch.context() as patched:
                dying(patched, "put_part", 1, before=True)
                assert exports.workshop.deliver(message) == [0]

        failed = exports.job(cast.ada, job)
        assert (failed["status"], failed["error"]) == ("failed", jobs.GAVE_UP)
        assert uploads(exports.workshop) == []

    def test_rows_that_come_meanwhile_are_not_in_it_and_none_is_in_it_twice(
        self, desk: ServiceDesk, cast: Cast, exports: Exports, many: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job = exports.ask(cast.ada, "tickets", columns=["number"])
        (message,) = exports.workshop.take()
        with monkeypatch.context() as patched:
            only_for(patched, 4)
            exports.workshop.deliver(message)
        late = desk.ticket()
        changed = desk.as_(cast.ada).get("/v1/tickets?sort=created_at&limit=1").json["items"][0]
        assert desk.patch(cast.dario, changed, priority="urgent").status == 200
        exports.workshop.work()

        assert numbers(exports.fetched(cast.ada, job)) == NUMBERS
        assert numbers(exports.made(cast.ada, "tickets", columns=["number"]))[-1] == late["number"]


class TestEnds:
    def begun(self, exports: Exports, who: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
        """An export whose first parts are there."""
        job = exports.ask(who, "tickets", columns=COLUMNS)
        (message,) = exports.workshop.take()
        with monkeypatch.context() as patched:
            only_for(patched, 5)
            assert exports.workshop.deliver(message) == []
        assert len(uploads(exports.workshop)) == 1
        return job

    def test_cancelled_while_it_is_written_it_leaves_nothing(
        self, desk: ServiceDesk, cast: Cast, exports: Exports, many: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job = exports.ask(cast.ada, "tickets", columns=COLUMNS)
        (message,) = exports.workshop.take()
        real = storage.put_part

        def put_part(*given: Any) -> str:
            desk.as_(cast.ada).post(f"/v1/jobs/{job['id']}/cancel")
            return real(*given)

        monkeypatch.setattr(storage, "put_part", put_part)
        assert exports.workshop.deliver(message) == []

        assert exports.job(cast.ada, job)["status"] == "cancelled"
        assert (exports.workshop.files(), uploads(exports.workshop)) == ({}, [])

    def test_cancelled_when_it_is_written_it_leaves_nothing(
        self, cast: Cast, exports: Exports, many: None, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job = exports.ask(cast.ada, "tickets", columns=COLUMNS)
        real = storage.complete_upload

        def complete(*given: Any) -> None:
            real(*given)
            database.run("UPDATE jobs SET status = 'cancelled', state = '{}', input = NULL")

        monkeypatch.setattr(storage, "complete_upload", complete)
        exports.workshop.work()

        assert exports.job(cast.ada, job)["status"] == "cancelled"
        assert (exports.workshop.files(), uploads(exports.workshop)) == ({}, [])

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE users SET status = 'deactivated', deactivated_at = now() WHERE id = :u",
            "UPDATE users SET role = 'customer' WHERE id = :u",
        ],
        ids=["deactivated", "customer"],
    )
    @pytest.mark.parametrize("is_begun", [False, True])
    def test_who_may_not_any_more_gets_nothing(
        self,
        cast: Cast,
        exports: Exports,
        many: None,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
        change: str,
        is_begun: bool,
    ) -> None:
        begun = self.begun(exports, cast.dario, monkeypatch) if is_begun else None
        job = begun or exports.ask(cast.dario, "tickets")
        database.run(change, u=cast.dario.id)

        exports.workshop.work()

        failed = exports.job(cast.ada, job)
        assert (failed["status"], failed["file"]) == ("failed", None)
        assert failed["error"] == ("Whoever asked for this may not take these rows out any more.")
        assert (exports.workshop.files(), uploads(exports.workshop)) == ({}, [])

    def test_an_admin_who_is_one_no_more_gets_no_people(
        self, cast: Cast, exports: Exports, database: Database
    ) -> None:
        job = exports.ask(cast.ada, "users")
        database.run("UPDATE users SET role = 'dispatcher' WHERE id = :u", u=cast.ada.id)

        exports.workshop.work()

        assert exports.job(cast.ada, job)["status"] == "failed"
        assert exports.workshop.files() == {}

    def test_asked_for_as_a_dispatcher_and_made_as_an_agent_it_has_what_an_agent_sees(
        self, desk: ServiceDesk, cast: Cast, exports: Exports, many: None, database: Database
    ) -> None:
        job = exports.ask(cast.dario, "tickets", columns=["number"])
        database.run("UPDATE users SET role = 'agent' WHERE id = :u", u=cast.dario.id)

        exports.workshop.work()

        assert numbers(exports.fetched(cast.dario, job)) == []

    def test_who_sees_other_tickets_by_now_asks_anew(
        self, cast: Cast, exports: Exports, many: None, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job = self.begun(exports, cast.ana, monkeypatch)
        database.run("DELETE FROM team_members WHERE user_id = :u", u=cast.ana.id)

        exports.workshop.work()

        failed = exports.job(cast.ana, job)
        assert (failed["status"], failed["error"]) == (
            "failed",
            "What you see of the desk has changed since this began. Ask for it once more.",
        )
        assert (exports.workshop.files(), uploads(exports.workshop)) == ({}, [])

    def test_a_revoked_key_gets_nothing(
        self, desk: ServiceDesk, cast: Cast, exports: Exports, many: None
    ) -> None:
        body = {"name": "BI", "role": "dispatcher", "scopes": ["read", "write"]}
        key = desk.as_(cast.ada).post("/v1/api-keys", body).json
        job = exports.ask(desk.api.with_token(key["key"]), "tickets")
        desk.as_(cast.ada).delete(f"/v1/api-keys/{key['id']}")

        exports.workshop.work()

        assert exports.job(cast.ada, job)["status"] == "failed"

    def test_a_field_that_is_gone_by_then_is_said(
        self, desk: ServiceDesk, cast: Cast, exports: Exports
    ) -> None:
        field = (
            desk.as_(cast.ada).post("/v1/custom-fields", {"key": "floor", "name": "F", "type": "number"}).json
        )
        desk.as_(cast.ada).post("/v1/custom-fields", {"key": "room", "name": "R", "type": "text"})
        job = exports.ask(cast.ada, "tickets", filter={"custom_field": ["floor:3"]})
        desk.as_(cast.ada).delete(f"/v1/custom-fields/{field['id']}")

        exports.workshop.work()

        failed = exports.job(cast.ada, job)
        assert failed["status"] == "failed"
        assert "custom field" in failed["error"]


class TestErasure:
    """Case 75, of files of rows."""

    @pytest.fixture
    def zelda(self, cast: Cast, database: Database, many: None) -> Any:
        zelda = person(database, cast.acme, "Zelda", "customer", "acme.example", None)
        database.run("UPDATE users SET name = 'Zelda Quirk' WHERE id = :u", u=zelda.id)
        database.run("UPDATE tickets SET subject = 'Zelda Quirk called' WHERE number = 940")
        return zelda

    def erase(self, desk: ServiceDesk, cast: Cast, who: Any) -> None:
        reply = desk.as_(cast.ada).post(f"/v1/users/{who.id}/erase", {"confirm": who.email})
        assert reply.status == 202, reply.text

    def test_75_files_that_may_name_the_person_are_deleted(
        self, desk: ServiceDesk, cast: Cast, exports: Exports, zelda: Any
    ) -> None:
        job = exports.ask(cast.ada, "tickets", columns=COLUMNS)
        other = exports.ask(cast.mallory, "tickets", columns=COLUMNS)
        exports.workshop.work()
        assert b"Zelda Quirk" in exports.fetched(cast.ada, job)

        self.erase(desk, cast, zelda)
        exports.workshop.work()

        assert exports.job(cast.ada, job)["file"] is None
        assert exports.job(cast.mallory, other)["file"] is not None
        assert b"Zelda Quirk" not in b"".join(exports.workshop.files().values())
        assert len(exports.workshop.files()) == 1

    def test_75_one_under_way_begins_anew_when_the_person_is_gone(
        self, desk: ServiceDesk, cast: Cast, exports: Exports, zelda: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Begun before the erasure, it would end in the middle of it."""
        job = TestEnds().begun(exports, cast.ada, monkeypatch)
        self.erase(desk, cast, zelda)
        exports.workshop.work()

        content = exports.fetched(cast.ada, job)
        assert b"Zelda" not in content
        assert numbers(content) == NUMBERS
        assert uploads(exports.workshop) == []

    def test_75_one_that_is_asked_for_meanwhile_waits(
        self, desk: ServiceDesk, cast: Cast, exports: Exports, zelda: Any
    ) -> None:
        self.erase(desk, cast, zelda)
        job = exports.ask(cast.ada, "tickets", columns=COLUMNS)
        (message,) = [each for each in exports.workshop.take() if each["payload"]["job"]["kind"] == "export"]

        assert exports.workshop.deliver(message) == []
        assert exports.job(cast.ada, job)["status"] == "running"
        assert exports.workshop.files() == {}
        exports.workshop.work()

        assert b"Zelda" not in exports.fetched(cast.ada, job)

    def test_75_one_whose_last_page_is_read_when_an_erasure_ends_begins_anew(
        self, desk: ServiceDesk, cast: Cast, exports: Exports, zelda: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job = exports.ask(cast.ada, "tickets", columns=COLUMNS)
        (message,) = exports.workshop.take()
        real, once = storage.complete_upload, iter([True])

        def complete(*given: Any) -> None:
            real(*given)
            if next(once, False):
                self.erase(desk, cast, zelda)
                with nobodys():
                    exports.workshop.relay()
                for other in exports.workshop.take():
                    assert exports.workshop.deliver(other) == []

        monkeypatch.setattr(storage, "complete_upload", complete)
        assert exports.workshop.deliver(message) == []
        assert b"Zelda" not in b"".join(exports.workshop.files().values())
        exports.workshop.work()

        assert b"Zelda" not in exports.fetched(cast.ada, job)


def test_members_of_gzip_after_each_other_are_one_file() -> None:
    assert gzip.decompress(gzip.compress(b"a") + gzip.compress(b"b")) == b"ab"


@pytest.fixture(autouse=True)
def nothing_left(workshop: Workshop) -> None:
    """Uploads of other tests are none of ours."""
    for upload in uploads(workshop):
        workshop.s3.abort_multipart_upload(
            Bucket=workshop.bucket, Key=upload["Key"], UploadId=upload["UploadId"]
        )
