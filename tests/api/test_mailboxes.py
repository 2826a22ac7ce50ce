"""Mailboxes over HTTP: made, shown, changed and deleted by admins; an address is one mailbox's."""

from typing import Any

import pytest

from chalicelib.api.schemas.mailboxes import MailboxOut
from tests.conftest import Queue
from tests.support.cast import Cast
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.letterbox import Letterbox, letter
from tests.support.mailbox import Mailbox
from tests.support.post import Post
from tests.support.service_desk import ServiceDesk


def make(desk: ServiceDesk, address: str = "help@acme.example", **fields: Any) -> Any:
    body = {"address": address, "name": "Help", **fields}
    return desk.as_(desk.cast.ada).post("/v1/mailboxes", body)


def own(desk: ServiceDesk) -> dict[str, Any]:
    """The workspace's own."""
    items = desk.as_(desk.cast.ada).get("/v1/mailboxes").json["items"]
    return dict(next(each for each in items if each["is_default"]))


def test_every_workspace_has_one_under_its_slug(desk: ServiceDesk) -> None:
    assert own(desk)["address"] == "acme@mail.mesa.example"

    assert desk.as_(desk.cast.ada).patch("/v1/workspace", {"slug": "acme-it"}).status == 200

    assert own(desk)["address"] == "acme-it@mail.mesa.example"


def test_it_stays_but_can_be_switched_off(desk: ServiceDesk) -> None:
    ada, path = desk.as_(desk.cast.ada), f"/v1/mailboxes/{own(desk)['id']}"

    assert ada.delete(path).status == 409
    assert ada.patch(path, {"address": "x@acme.example"}).status == 409
    assert ada.patch(path, {"enabled": False}).json["enabled"] is False


def test_one_is_made_shown_changed_and_deleted(desk: ServiceDesk, cast: Cast, database: Database) -> None:
    made = make(desk, "Help@ACME.example", team_id=str(cast.teams["Apps"]), type="incident", priority="high")
    path = made.headers["location"]

    shown = desk.as_(cast.ana).get(path).read(MailboxOut)
    assert (made.status, shown["address"], shown["is_default"]) == (201, "help@acme.example", False)
    assert (shown["team"]["name"] if shown["team"] else None, shown["type"], shown["priority"]) == (
        "Apps",
        "incident",
        "high",
    )

    changed = desk.as_(cast.ada).patch(path, {"team_id": None, "unknown_senders": "quarantine"}).json
    assert (changed["team"], changed["unknown_senders"]) == (None, "quarantine")
    assert desk.as_(cast.ada).delete(path).status == 204
    assert desk.as_(cast.ada).get(path).status == 404
    audited = database.rows("SELECT action FROM audit_log ORDER BY sequence")
    assert [row["action"] for row in audited] == ["mailbox.created", "mailbox.changed", "mailbox.deleted"]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("nonsense", 422),
        ("help+us@acme.example", 422),
        ("sales@mail.mesa.example", 422),
        ("globex@mail.mesa.example", 422),
        ("sales.globex@mail.mesa.example", 422),
        ("sales.acme@mail.mesa.example", 201),
    ],
)
def test_an_address_is_valid_and_ones_own(desk: ServiceDesk, address: str, status: int) -> None:
    reply = make(desk, address)

    assert reply.status == status
    assert status == 201 or reply.json["errors"][0]["field"] == "address"


def test_an_address_is_taken_once_among_all_workspaces(desk: ServiceDesk, cast: Cast) -> None:
    assert make(desk).status == 201
    assert make(desk).status == 409

    body = {"address": "help@acme.example", "name": "Mine"}
    assert desk.as_(cast.mallory).post("/v1/mailboxes", body).status == 409


def test_and_at_the_same_time_too(desk: ServiceDesk, connections: Connections, cast: Cast) -> None:
    from chalicelib.accounts import principals
    from chalicelib.channels import mailbox_setup
    from chalicelib.core.errors import Conflict

    facts = {"address": "help@acme.example", "name": "Help", "team_id": None, "type": "question"}
    facts |= {"priority": "low", "enabled": True, "unknown_senders": "accept", "language": None}

    def take(tx: Any, person: Any) -> bool:
        actor = principals.enter(tx, person.workspace_id, person.id)
        try:
            mailbox_setup.make(tx, actor, facts, "mail.mesa.example")
        except Conflict:
            return False
        return True

    people = (cast.ada, cast.mallory)
    done = connections.at_once([lambda tx, person=person: take(tx, person) for person in people])

    assert sorted(done) == [False, True]


def test_answers_come_from_the_mailbox_that_was_written_to(desk: ServiceDesk, letterbox: Letterbox) -> None:
    make(desk)

    row = letterbox.bring(letter(to="help@acme.example"), recipient="help@acme.example")

    assert row["outcome"] == "ticket"
    assert str(row["mailbox_id"]) != own(desk)["id"]


def test_it_writes_to_customers_in_its_own_language_where_it_has_one(
    desk: ServiceDesk, cast: Cast, letterbox: Letterbox
) -> None:
    made = make(desk, "ayuda@acme.example", language="es")
    path = made.headers["location"]
    assert made.json["language"] == "es"
    assert own(desk)["language"] is None
    assert make(desk, "hilfe@acme.example", language="de").status == 422

    row = letterbox.bring(letter(text="", to="ayuda@acme.example"), recipient="ayuda@acme.example")
    assert letterbox.ticket(row)["description"] == "(sin texto)"

    assert desk.as_(cast.ada).patch(path, {"language": None}).json["language"] is None
    row = letterbox.bring(letter(text="", to="ayuda@acme.example"), recipient="ayuda@acme.example")
    assert letterbox.ticket(row)["description"] != "(sin texto)"


@pytest.mark.parametrize(
    ("written", "subject"), [("es", "Su caso {{ ticket.label }}"), ("en", "Your case {{ ticket.label }}")]
)
def test_own_words_are_those_of_its_language(
    desk: ServiceDesk,
    cast: Cast,
    letterbox: Letterbox,
    queue: Queue,
    database: Database,
    written: str,
    subject: str,
) -> None:
    database.run(
        "INSERT INTO mail_templates (workspace_id, kind, language, subject, body_text) "
        "VALUES (:w, 'acknowledged.requester', :l, :s, 'Hola.')",
        w=cast.acme,
        l=written,
        s=subject,
    )
    make(desk, "ayuda@acme.example", language="es")
    sent = Mailbox()
    sent.empty()
    letterbox.bring(letter(to="ayuda@acme.example"), recipient="ayuda@acme.example")

    mail = Post(queue, sent).last(cast.carol.email)

    assert str(mail["Subject"]).startswith("Su caso ") is (written == "es")
    assert "Your case" not in str(mail["Subject"])


def test_its_customers_get_mails_in_it_and_the_staff_in_the_workspaces(
    desk: ServiceDesk, cast: Cast, letterbox: Letterbox, queue: Queue
) -> None:
    make(desk, "ayuda@acme.example", language="es")
    sent = Mailbox()
    sent.empty()
    letterbox.bring(letter(to="ayuda@acme.example"), recipient="ayuda@acme.example")

    mails = {str(mail["To"].addresses[0].addr_spec): mail for mail in Post(queue, sent).arrive()}

    assert mails[cast.carol.email]["Content-Language"] == "es"
    assert mails[cast.carol.email]["Subject"].endswith("Hemos recibido su solicitud")
    assert mails[cast.dario.email]["Content-Language"] == "en"
