"""The mails behind a ticket: for the staff, with all of their text, and as they came."""

import urllib.request
from typing import Any

import pytest

from chalicelib import schedules
from chalicelib.api.schemas.ticket_mails import TicketMailDetail
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.letterbox import Letterbox, letter, stamped, with_files
from tests.support.service_desk import ServiceDesk
from tests.test_schedules import tick

QUOTED = "Rack 4 it is.\n\nOn Sat, 21 Nov 2026 at 10:00, Acme wrote:\n> Which rack is it?\n"


@pytest.fixture
def opened(letterbox: Letterbox) -> dict[str, Any]:
    """Carol's ticket, as its mail is written down."""
    return letterbox.bring(letter(message_id="<first@customers.example>"))


@pytest.fixture
def answered(letterbox: Letterbox, opened: dict[str, Any]) -> dict[str, Any]:
    """Her answer to it, with what it quotes."""
    return letterbox.bring(letter(text=QUOTED, in_reply_to="<first@customers.example>"))


def path_of(row: dict[str, Any]) -> str:
    return f"/v1/tickets/{row['ticket_id']}/mails/{row['id']}"


def shown(desk: ServiceDesk, row: dict[str, Any]) -> Any:
    reply = desk.as_(desk.cast.dario).get(path_of(row))
    assert reply.status == 200
    reply.read(TicketMailDetail)
    return reply.json


def test_the_staff_reads_all_that_a_comment_left_out(
    desk: ServiceDesk, cast: Cast, answered: dict[str, Any]
) -> None:
    reply = desk.as_(cast.dario).get(f"/v1/tickets/{answered['ticket_id']}/comments")
    (comment,) = reply.json["items"]
    assert (comment["body"], comment["mail_id"]) == ("Rack 4 it is.", str(answered["id"]))

    mail = shown(desk, answered)

    assert mail["text"].strip() == QUOTED.strip()
    assert (mail["comment_id"], mail["sender"]) == (
        comment["id"],
        {"name": "Carol", "email": cast.carol.email},
    )


def test_and_fetches_it_as_it_came(desk: ServiceDesk, letterbox: Letterbox) -> None:
    mail = letter(text="Ünïcode")
    row = letterbox.bring(mail)

    link = shown(desk, row)["raw"]["url"]

    with urllib.request.urlopen(link, timeout=10) as answer:
        assert answer.read() == stamped(mail)
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{row["id"]}.eml"'


def test_those_of_a_ticket_are_listed_page_by_page(
    desk: ServiceDesk, cast: Cast, opened: dict[str, Any], answered: dict[str, Any]
) -> None:
    path = f"/v1/tickets/{opened['ticket_id']}/mails"
    first = desk.as_(cast.dario).get(f"{path}?limit=1").json
    second = desk.as_(cast.dario).get(f"{path}?limit=1&cursor={first['next_cursor']}").json
    newest = desk.as_(cast.dario).get(f"{path}?sort=-received_at").json["items"]

    assert [each["id"] for each in (*first["items"], *second["items"])] == [
        str(opened["id"]),
        str(answered["id"]),
    ]
    assert first["items"][0]["comment_id"] is None
    assert (second["next_cursor"], newest[0]["id"]) == (None, str(answered["id"]))


def test_customers_neither_see_them_nor_learn_of_them(
    desk: ServiceDesk, cast: Cast, answered: dict[str, Any]
) -> None:
    path = f"/v1/tickets/{answered['ticket_id']}"

    assert desk.as_(cast.carol).get(f"{path}/mails").status == 403
    assert desk.as_(cast.carol).get(path_of(answered)).status == 403
    assert desk.as_(cast.chris).get(path_of(answered)).status == 404
    (comment,) = desk.as_(cast.carol).get(f"{path}/comments").json["items"]
    assert "mail_id" not in comment


def test_who_does_not_see_the_ticket_sees_none(
    desk: ServiceDesk, cast: Cast, answered: dict[str, Any]
) -> None:
    for stranger in (cast.ben, cast.mallory):
        assert desk.as_(stranger).get(path_of(answered)).status == 404


def test_a_mail_of_another_ticket_is_none_of_this(
    desk: ServiceDesk, cast: Cast, letterbox: Letterbox, answered: dict[str, Any]
) -> None:
    other = letterbox.bring(letter(subject="Another matter"))

    reply = desk.as_(cast.dario).get(f"/v1/tickets/{other['ticket_id']}/mails/{answered['id']}")

    assert reply.status == 404


def test_it_follows_its_comment_to_another_ticket(
    desk: ServiceDesk, cast: Cast, answered: dict[str, Any]
) -> None:
    body = {"comment_ids": [str(answered["comment_id"])], "subject": "Rack 4"}
    split = desk.as_(cast.dario).post(f"/v1/tickets/{answered['ticket_id']}/split", body).json

    assert desk.as_(cast.dario).get(path_of(answered)).status == 404
    there = desk.as_(cast.dario).get(f"/v1/tickets/{split['id']}/mails/{answered['id']}")
    assert there.json["text"].strip() == QUOTED.strip()


def test_what_was_taken_back_is_read_by_nobody_and_forgotten(
    desk: ServiceDesk, cast: Cast, answered: dict[str, Any], database: Database
) -> None:
    path = f"/v1/tickets/{answered['ticket_id']}/comments"
    assert desk.as_(cast.dario).delete(f"{path}/{answered['comment_id']}").status == 204

    assert desk.as_(cast.dario).get(path_of(answered)).status == 404
    (comment,) = desk.as_(cast.dario).get(path).json["items"]
    assert comment["mail_id"] is None
    database.run("UPDATE comments SET deleted_at = now() - interval '31 days'")
    schedules.purge_settings.cache_clear()
    tick(schedules.purge, 300.0)
    assert database.value("SELECT body FROM inbound_messages WHERE id = :i", i=answered["id"]) is None


class TestWithoutARawMail:
    def test_what_the_bucket_has_forgotten(
        self, desk: ServiceDesk, opened: dict[str, Any], database: Database
    ) -> None:
        assert shown(desk, opened)["raw"] is not None
        database.run("UPDATE inbound_messages SET received_at = now() - interval '91 days'")

        assert shown(desk, opened)["raw"] is None

    @pytest.mark.parametrize("body", ["https://desk.example/reset#token=", "https://d.example/r%23token%3D"])
    def test_what_holds_a_link_that_lets_somebody_in(
        self, desk: ServiceDesk, letterbox: Letterbox, body: str
    ) -> None:
        row = letterbox.bring(letter(text=f"> {body}abcdefghijklmnopqrstuvwxyz"))

        mail = shown(desk, row)

        assert (mail["raw"], "abcdefgh" in mail["text"]) == (None, False)

    def test_whose_files_are_not_known_to_be_clean(
        self, desk: ServiceDesk, letterbox: Letterbox, database: Database
    ) -> None:
        row = letterbox.bring(with_files(letter(), ("a.png", "image/png", b"four")))
        assert shown(desk, row)["raw"] is None
        database.run(
            "UPDATE attachments SET state = 'uploaded', scan = 'clean', uploaded_at = now(), "
            "object_version = 'v1'"
        )
        assert shown(desk, row)["raw"] is not None

        for scan in ("pending", "infected"):
            database.run("UPDATE attachments SET scan = :s", s=scan)
            assert shown(desk, row)["raw"] is None

    def test_which_came_before_somebody_was_erased(
        self, desk: ServiceDesk, cast: Cast, opened: dict[str, Any]
    ) -> None:
        body = {"confirm": cast.chris.email, "reason": "requested"}
        assert desk.as_(cast.ada).post(f"/v1/users/{cast.chris.id}/erase", body).status == 202

        assert shown(desk, opened)["raw"] is None
