"""Quarantine over HTTP: listed and shown to dispatchers, released once, dropped once."""

from typing import Any

import boto3
import pytest

from chalicelib.api.schemas.quarantine import QuarantinedDetail
from tests.support.api import Api
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.jobs import Workshop
from tests.support.letterbox import Letterbox, letter, with_files
from tests.support.service_desk import ServiceDesk

PATH = "/v1/quarantine"


@pytest.fixture
def dario(desk: ServiceDesk, cast: Cast) -> Api:
    return desk.as_(cast.dario)


def held(letterbox: Letterbox, mail: bytes | None = None, **stamp: Any) -> str:
    """The path of a mail that was taken for spam."""
    row = letterbox.bring(mail or letter(text="Buy now."), **{"spam": "FAIL", **stamp})
    assert row["outcome"] == "quarantined"
    return f"{PATH}/{row['id']}"


def test_dispatchers_see_what_waits_and_why(letterbox: Letterbox, dario: Api, desk: ServiceDesk) -> None:
    path = held(letterbox)
    held(letterbox, letter("desk@mesa.example"), spam="PASS")

    items = dario.get(f"{PATH}?reason=spam").json["items"]
    shown = dario.get(path).read(QuarantinedDetail)

    assert [f"{PATH}/{item['id']}" for item in items] == [path]
    assert len(dario.get(PATH).json["items"]) == 2
    assert (shown["state"], shown["body"]) == ("waiting", "Buy now.")
    assert shown["sender"]["email"] == "carol@customers.example"
    assert desk.as_(desk.cast.ana).get(PATH).status == 403
    assert desk.as_(desk.cast.mallory).get(path).status == 404


def test_what_is_released_becomes_a_ticket_with_its_files_once(
    letterbox: Letterbox, dario: Api, workshop: Workshop, database: Database, cast: Cast
) -> None:
    path = held(letterbox, with_files(letter(), ("rack.png", "image/png", b"PNG")))

    first, again = dario.post(f"{path}/release"), dario.post(f"{path}/release")
    assert (first.status, again.status, first.json["state"]) == (202, 202, "releasing")
    workshop.work()
    dario.post(f"{path}/release")
    workshop.work()

    shown = dario.get(path).json
    (ticket,) = database.rows("SELECT * FROM tickets")
    (file,) = database.rows("SELECT * FROM attachments")
    assert (shown["state"], shown["ticket_id"], shown["reason"]) == ("released", str(ticket["id"]), "spam")
    assert (ticket["requester_id"], file["ticket_id"]) == (cast.carol.id, ticket["id"])
    kept = boto3.client("s3").get_object(Bucket="mesa-attachments", Key=f"{cast.acme}/{file['id']}")
    assert kept["Body"].read() == b"PNG"
    assert dario.get(PATH).json["items"] == []
    assert dario.post(f"{path}/drop").status == 409
    assert database.value("SELECT action FROM audit_log") == "mail.released"


def test_a_released_answer_is_a_comment(letterbox: Letterbox, dario: Api, workshop: Workshop) -> None:
    first = letterbox.bring(letter(message_id="<first@customers.example>"))
    path = held(letterbox, letter(in_reply_to="<first@customers.example>", text="Still dark."))

    dario.post(f"{path}/release")
    workshop.work()

    assert dario.get(path).json["ticket_id"] == str(first["ticket_id"])
    assert [each["body"] for each in letterbox.comments(first["ticket_id"])] == ["Still dark."]


def test_case_e9_a_released_answer_of_a_machine_is_kept_and_does_nothing(
    letterbox: Letterbox, dario: Api, workshop: Workshop, desk: ServiceDesk, cast: Cast
) -> None:
    first = letterbox.bring(letter(message_id="<first@customers.example>"))
    ticket = {"id": str(first["ticket_id"])}
    assert desk.do(cast.dario, ticket, "resolve", resolution="Replaced.").status == 200
    away = {"text": "I am away.", "auto_submitted": "auto-replied"}
    path = held(letterbox, letter(in_reply_to="<first@customers.example>", **away))

    dario.post(f"{path}/release")
    workshop.work()

    note = letterbox.comments(first["ticket_id"])[-1]
    shown = dario.get(path).json
    assert (shown["state"], shown["ticket_id"]) == ("released", ticket["id"])
    assert (note["visibility"], note["author_id"]) == ("internal", None)
    assert desk.detail(cast.dario, ticket)["status"] == "resolved"


def test_case_e8_released_words_of_staff_are_a_note(
    letterbox: Letterbox, dario: Api, workshop: Workshop, cast: Cast
) -> None:
    first = letterbox.bring(letter(message_id="<first@customers.example>"))
    mail = letter(cast.dario.email, in_reply_to="<first@customers.example>", text="All is well.")
    path = held(letterbox, mail, spam="PASS")

    dario.post(f"{path}/release")
    workshop.work()

    (comment,) = letterbox.comments(first["ticket_id"])
    assert (comment["visibility"], comment["author_id"]) == ("internal", cast.dario.id)


def test_what_the_desk_refuses_waits_again(
    letterbox: Letterbox, dario: Api, workshop: Workshop, database: Database
) -> None:
    path = held(letterbox)
    dario.post(f"{path}/release")
    database.run("UPDATE inbound_messages SET object_key = 'incoming/gone'")

    workshop.work()

    assert dario.get(path).json["state"] == "waiting"
    assert database.value("SELECT status FROM jobs") == "failed"


@pytest.mark.parametrize(
    ("mail", "stamp"),
    [
        (letter(), {"spam": "PASS", "virus": "FAIL"}),
        (letter("desk@mesa.example"), {"spam": "PASS"}),
        (letter(None), {"spam": "PASS", "return_path": ""}),
    ],
)
def test_some_are_never_released(letterbox: Letterbox, dario: Api, mail: bytes, stamp: Any) -> None:
    path = held(letterbox, mail, **stamp)

    assert dario.post(f"{path}/release").status == 409
    assert dario.post(f"{path}/drop").json["state"] == "dropped"


def test_what_is_dropped_is_dropped_once(letterbox: Letterbox, dario: Api, database: Database) -> None:
    path = held(letterbox)

    assert [dario.post(f"{path}/drop").status for _ in range(2)] == [200, 200]
    assert dario.post(f"{path}/release").status == 409
    assert (letterbox.count("audit_log"), letterbox.count("tickets")) == (1, 0)
