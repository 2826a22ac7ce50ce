"""The job of an import: started, gone on with, called off, tried, and nobody else's."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest

from chalicelib import queues
from chalicelib.accounts import jobs
from chalicelib.imports import queries, reporting, rows, working
from tests.imports.test_taking import tickets
from tests.support.api import Api
from tests.support.cast import Cast
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.imports import Importer, lines, zendesk
from tests.support.jobs import Workshop


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows a transaction."""
    monkeypatch.setattr(rows, "MOST_ROWS", 2)


class Impatient:
    """Time for so many questions whether there is time."""

    def __init__(self, times: int) -> None:
        self.left = times

    def __call__(self) -> bool:
        self.left -= 1
        return self.left >= 0


def begun(importer: Importer, content: bytes, source: str = "zendesk", **facts: Any) -> tuple[Any, Any]:
    """An import that is started, and the message that asks for it."""
    made = importer.announce(content, source, **facts)
    importer.workshop.take()
    assert importer.start(made).status == 202
    (message,) = importer.workshop.take()
    return made, message


FILES = {
    "lines": lines(*(zendesk(n) for n in range(1, 8))),
    "list": b'{"users": [], "tickets": ['
    + b",\n".join(line for line in lines(*(zendesk(n) for n in range(1, 8))).splitlines())
    + b"]}",
}


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("kind", FILES)
def test_it_goes_on_where_it_was(
    importer: Importer, database: Database, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    made, message = begun(importer, FILES[kind])
    work = working.work
    taken = []
    for _ in range(4):
        patience = Impatient(1)
        monkeypatch.setitem(
            queues.JOB_KINDS,
            "import",
            lambda run, job, bucket, _, patience=patience: work(run, job, bucket, patience),
        )
        assert importer.workshop.deliver(message) == []
        taken.append(importer.get(made)["counts"].get("taken"))
        database.run("UPDATE jobs SET leased_until = now()")

    assert taken == [2, 4, 6, 7]
    assert importer.get(made)["status"] in ("running", "done")
    importer.workshop.deliver(message)
    done = importer.get(made)
    assert (done["status"], done["counts"]["rows"], done["counts"]["unchanged"]) == ("done", 7, 0)
    assert sorted(each["label"][-5:] for each in tickets(importer)) == [f"0000{n}" for n in range(1, 8)]


def test_csv_goes_on_where_it_was(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MOST_ROWS", 1)
    columns = {"Id": "external_id", "Title": "subject", "Mail": "requester_email"}
    content = b'Id,Title,Mail\r\n1,"a\r\nb",x@y.example\r\n\r\n2,c,x@y.example\r\n3,d,nobody\r\n'
    made, message = begun(importer, content, "csv", mapping={"columns": columns})
    work = working.work
    for _ in range(4):
        patience = Impatient(1)
        monkeypatch.setitem(
            queues.JOB_KINDS,
            "import",
            lambda run, job, bucket, _, patience=patience: work(run, job, bucket, patience),
        )
        importer.workshop.deliver(message)
        importer.workshop.database.run("UPDATE jobs SET leased_until = now()")

    done = importer.get(made)
    assert (done["status"], done["counts"]["taken"], done["counts"]["skipped"]) == ("done", 2, 1)
    assert [(each["row"], each["line"]) for each in done["remarks"]] == [(3, 6)]


def test_five_deliveries_take_everything_once(importer: Importer) -> None:
    made, message = begun(importer, lines(zendesk(1), zendesk(2)))
    assert importer.workshop.deliver(*[message] * 5) == []
    assert importer.get(made)["counts"]["taken"] == 2
    assert len(tickets(importer)) == 2


def test_a_trial_says_what_would_be_and_then_it_is_done(
    importer: Importer, database: Database, workshop: Workshop
) -> None:
    made = importer.announce(lines(zendesk(1), zendesk(2, status="deleted")), options={"dry_run": True})
    importer.start(made)
    workshop.work()

    tried = importer.get(made)
    assert (tried["status"], tried["counts"]["taken"], tried["counts"]["skipped"]) == ("done", 1, 1)
    assert tickets(importer) == []
    assert database.value("SELECT count(*) FROM users WHERE email = 'rosa@client.example'") == 0
    assert database.value("SELECT count(*) FROM external_ids") == 0

    assert importer.start(made, dry_run=False).status == 202
    workshop.work()
    done = importer.get(made)
    assert (done["counts"]["taken"], done["options"]["dry_run"], done["remark_count"]) == (1, False, 1)
    assert [each["label"][-5:] for each in tickets(importer)] == ["00001"]


def test_the_file_goes_once_it_is_taken(importer: Importer, workshop: Workshop) -> None:
    importer.take(lines(zendesk(1)))
    assert [key for key in workshop.files() if key.endswith("/file")] == []


def test_without_its_file_it_fails_and_can_be_started_again(importer: Importer, workshop: Workshop) -> None:
    content = lines(zendesk(1))
    made = importer.announce(content)
    key = f"imports/{importer.workshop.database.value('SELECT workspace_id FROM imports')}/{made['id']}/file"
    workshop.s3.delete_object(Bucket=workshop.bucket, Key=key)
    importer.start(made)
    workshop.work()

    failed = importer.get(made)
    assert (failed["status"], failed["error"].split(".")[0]) == ("failed", "The file is not there")
    workshop.s3.put_object(Bucket=workshop.bucket, Key=key, Body=content)
    importer.start(made)
    workshop.work()
    assert importer.get(made)["counts"]["taken"] == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK\x03\x04zip", "ZIP"),
        ("﻿[]".encode("utf-16"), "UTF-16"),
        (b"\x1f\x8b\x08\x00broken", "gzip"),
        (b'{"tickets": [{"id": 1}', "in the middle"),
        (b'[{"id": 1}]]', "never opened"),
        (b"", None),
    ],
)
def test_a_file_that_is_none_fails_with_a_sentence(
    importer: Importer, content: bytes, told: str | None
) -> None:
    if told is None:
        body = {"source": "zendesk", "file_name": "t", "bytes": 0}
        assert importer.api.post("/v1/imports", body).status == 422
        return
    done = importer.take(content)
    assert done["status"] == "failed"
    assert told in done["error"]


def test_tickets_with_long_histories_are_taken_a_few_at_a_time(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All in one statement would take longer than one may."""
    monkeypatch.setattr(rows, "MOST_SAID", 4)
    taken: list[int] = []
    take = queries.take

    def counted(*given: Any, **named: Any) -> Any:
        found = take(*given, **named)
        taken.append(len(found))
        return found

    monkeypatch.setattr(queries, "take", counted)
    said = [{**zendesk()["comments"][1], "id": id} for id in range(7)]
    importer.take(lines(zendesk(1), zendesk(2), zendesk(3), zendesk(4, comments=said), zendesk(5)))
    assert taken == [2, 1, 1, 1]


def test_whoever_calls_it_off_stops_it_before_the_next_batch(
    importer: Importer, database: Database, workshop: Workshop
) -> None:
    made, message = begun(importer, lines(zendesk(1)))
    job_id = importer.get(made)["job_id"]
    assert importer.api.post(f"/v1/jobs/{job_id}/cancel").status == 200
    workshop.deliver(message)

    assert importer.get(made)["status"] == "cancelled"
    assert tickets(importer) == []
    events = database.rows("SELECT payload FROM events WHERE type = 'import.ended'")
    assert [each["payload"]["import"]["status"] for each in events] == ["cancelled"]


def test_what_is_called_off_at_the_last_moment_leaves_no_report_and_keeps_its_file(
    importer: Importer, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, message = begun(importer, lines(zendesk(1), zendesk(2, status="deleted")))
    job_id = importer.get(made)["job_id"]
    write = reporting.report

    def written_too_late(*given: Any) -> Any:
        written = write(*given)
        assert importer.api.post(f"/v1/jobs/{job_id}/cancel").status == 200
        return written

    monkeypatch.setattr(reporting, "report", written_too_late)
    workshop.deliver(message)

    assert importer.get(made)["status"] == "cancelled"
    assert [key.rpartition("/")[2] for key in workshop.files() if key.startswith("imports/")] == ["file"]


def test_a_second_start_is_refused_while_it_runs_and_once_it_is_done(
    importer: Importer, workshop: Workshop
) -> None:
    made = importer.announce(lines(zendesk(1)))
    assert importer.start(made).status == 202
    assert importer.start(made).status == 409
    workshop.work()
    assert importer.start(made).status == 409


def test_whose_right_was_taken_away_takes_no_more(
    importer: Importer, database: Database, cast: Cast, workshop: Workshop
) -> None:
    made, message = begun(importer, lines(zendesk(1)))
    database.run("UPDATE users SET role = 'agent' WHERE id = :id", id=cast.ada.id)
    workshop.deliver(message)
    database.run("UPDATE users SET role = 'admin' WHERE id = :id", id=cast.ada.id)

    done = importer.get(made)
    assert (done["status"], done["error"]) == ("failed", working.NOT_ANY_MORE)


def test_two_at_once_take_each_ticket_once(
    importer: Importer, database: Database, connections: Connections
) -> None:
    content = lines(*(zendesk(n) for n in range(1, 21)))
    (one, first), (other, second) = begun(importer, content), begun(importer, content)
    together = Barrier(2)

    def work(message: Any) -> bool:
        workspace, job_id = UUID(message["workspace_id"]), UUID(message["payload"]["job"]["id"])
        job = connections.run(lambda tx: jobs.take_up(tx, workspace, job_id))
        together.wait(timeout=30)
        return working.work(connections.run, job, importer.workshop.bucket, lambda: True)

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(work, (first, second))) == [True, True]

    counts = [importer.get(made)["counts"] for made in (one, other)]
    assert sum(each["taken"] for each in counts) == 20
    assert sum(each["unchanged"] for each in counts) == 20
    assert {each["number"] for each in tickets(importer)} == set(range(1, 21))
    assert database.value("SELECT count(*) FROM comments") == 40


def test_another_tenant_knows_nothing_of_it(importer: Importer, api: Api, cast: Cast) -> None:
    done = importer.take(lines(zendesk(1)))
    stranger = api.with_token(cast.mallory.token)

    assert stranger.get(f"/v1/imports/{done['id']}").status == 404
    assert stranger.post(f"/v1/imports/{done['id']}/start", {}).status == 404
    assert stranger.get("/v1/imports").json["items"] == []
    assert stranger.get("/v1/tickets").json["items"] == []
    own = Importer(stranger, importer.workshop)
    assert own.take(lines(zendesk(1)))["counts"]["taken"] == 1


@for_each("who", ["dario", "ana", "carol"])
def test_only_administrators_import(api: Api, cast: Cast, who: str) -> None:
    body = {"source": "zendesk", "file_name": "t", "bytes": 9}
    assert api.with_token(getattr(cast, who).token).post("/v1/imports", body).status == 403


def test_it_is_in_the_audit_log(importer: Importer) -> None:
    importer.take(lines(zendesk(1)))
    entries = importer.api.get("/v1/audit-log").json["items"]
    assert [each["action"] for each in entries][:2] == ["import.started", "import.made"]
