"""One mail to several addresses of a desk: one ticket, at the first mailbox that its sender named."""

from uuid import UUID

import pytest

from chalicelib.channels.letter import Letter
from chalicelib.channels.receiving import receive
from chalicelib.channels.routing import Destination
from chalicelib.core.db import Transaction
from tests.support.cast import Cast
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.letterbox import ACME, Letterbox, letter, stamped

SALES, HELP = "sales.acme@mail.mesa.example", "help@acme.example"


@pytest.fixture(autouse=True)
def mailboxes(database: Database, cast: Cast) -> None:
    """Sales, whose tickets are claims, and help, whose tickets are incidents."""
    for address, kind in ((SALES, "claim"), (HELP, "incident")):
        database.run(
            "INSERT INTO mailboxes (workspace_id, address, name, type) VALUES (:w, :a, :a, :t)",
            w=cast.acme,
            a=address,
            t=kind,
        )


def types(database: Database) -> list[str]:
    return [row["type"] for row in database.rows("SELECT type FROM tickets ORDER BY number")]


@pytest.mark.parametrize("first", [HELP, SALES, ACME])
def test_each_mailbox_gets_a_copy_and_there_is_one_ticket_at_the_first_in_to(
    letterbox: Letterbox, database: Database, first: str
) -> None:
    mail = letter(to=f"somebody@else.example, {SALES}, {HELP}", cc=ACME)
    for recipient in sorted((SALES, HELP, ACME), key=lambda each: each != first):
        letterbox.bring(mail, recipient=recipient)

    assert types(database) == ["claim"]
    outcomes = [row["outcome"] for row in letterbox.arrived()]
    assert outcomes == ["ticket", "duplicate", "duplicate"]


def test_the_first_that_takes_mail_has_it(letterbox: Letterbox, database: Database) -> None:
    database.run("UPDATE mailboxes SET enabled = false WHERE address = :a", a=SALES)

    letterbox.bring(letter(to=f"{SALES}, {HELP}"), recipient=SALES)

    assert types(database) == ["incident"]


def test_where_all_are_off_it_waits_once(letterbox: Letterbox, database: Database) -> None:
    database.run("UPDATE mailboxes SET enabled = false")
    mail = letter(to=f"{SALES}, {HELP}")
    for recipient in (HELP, SALES):
        letterbox.bring(mail, recipient=recipient)

    assert [row["outcome"] for row in letterbox.arrived()] == ["quarantined", "duplicate"]


def test_a_blind_copy_is_its_mailboxs_where_it_comes_alone(letterbox: Letterbox, database: Database) -> None:
    letterbox.bring(letter(to="boss@customers.example"), recipient=HELP)

    assert types(database) == ["incident"]


@pytest.mark.parametrize("order", [(HELP, SALES), (SALES, HELP)])
def test_a_blind_copy_beside_another_makes_no_second_ticket(
    letterbox: Letterbox, database: Database, order: tuple[str, str]
) -> None:
    """So does what an address elsewhere hands on."""
    mail = letter(to=SALES)
    for recipient in order:
        letterbox.bring(mail, recipient=recipient)

    assert len(types(database)) == 1
    assert [row["outcome"] for row in letterbox.arrived()] == ["ticket", "duplicate"]


def test_what_waits_at_one_mailbox_is_taken_in_by_another(letterbox: Letterbox, database: Database) -> None:
    database.run("UPDATE mailboxes SET unknown_senders = 'quarantine' WHERE address = :a", a=HELP)
    mail = letter("stranger@elsewhere.example", to=SALES)
    for recipient in (HELP, SALES):
        letterbox.bring(mail, recipient=recipient)

    assert [row["outcome"] for row in letterbox.arrived()] == ["quarantined", "ticket"]
    assert types(database) == ["claim"]


def test_copies_at_the_same_time_make_one_ticket(
    database: Database, cast: Cast, connections: Connections
) -> None:
    mail = stamped(letter(to=SALES))
    mailboxes = database.rows("SELECT id FROM mailboxes WHERE workspace_id = :w", w=cast.acme)
    assert len(mailboxes) == 3

    def take(tx: Transaction, number: int, mailbox_id: UUID) -> None:
        to = Destination(cast.acme, mailbox_id)
        receive(tx, Letter.read(f"incoming/{number}", mail), to, frozenset())

    done = connections.at_once(
        [lambda tx, n=n, row=row: take(tx, n, row["id"]) for n, row in enumerate(mailboxes * 2)]
    )

    assert done == [None] * 6
    outcomes = database.rows("SELECT outcome FROM inbound_messages")
    assert len(types(database)) == 1
    assert sorted(row["outcome"] for row in outcomes) == ["duplicate"] * 5 + ["ticket"]


def test_an_answer_to_several_is_one_comment(letterbox: Letterbox, database: Database) -> None:
    opened = letterbox.bring(letter(to=SALES, message_id="<first@customers.example>"), recipient=SALES)
    answer = letter(text="And now?", to=f"{SALES}, {HELP}", in_reply_to="<first@customers.example>")
    for recipient in (HELP, SALES):
        letterbox.bring(answer, recipient=recipient)

    assert len(types(database)) == 1
    assert [row["body"].strip() for row in letterbox.comments(opened["ticket_id"])] == ["And now?"]


def test_another_workspaces_copy_is_its_own(letterbox: Letterbox, database: Database, cast: Cast) -> None:
    mail = letter(to=f"{SALES}, globex@mail.mesa.example")
    for recipient in (SALES, "globex@mail.mesa.example"):
        letterbox.bring(mail, recipient=recipient)

    workspaces = {row["workspace_id"] for row in database.rows("SELECT workspace_id FROM tickets")}
    assert workspaces == {cast.acme, cast.globex}
    assert len(types(database)) == 2
