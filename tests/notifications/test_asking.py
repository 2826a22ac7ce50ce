"""How the help was: who is asked, by which mail, once for each end of the work; and who hears the answer."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from chalicelib import schedules
from chalicelib.core import sqs
from chalicelib.core.db import in_transaction
from chalicelib.core.tokens import opaque_digest
from chalicelib.notifications import asking_queries
from tests.conftest import Queue
from tests.support.cast import Cast, Person, person
from tests.support.database import Database
from tests.support.desk import Desk
from tests.support.mailbox import Mailbox, deliver, html_of, text_of
from tests.support.rating_links import links_in, token_in


def ended(desk: Desk, ticket: UUID, actor: Person, status: str = "resolved") -> dict[str, Any]:
    """The event of a ticket's end, which is of the same moment as the change itself."""
    event = desk.event(f"ticket.{status}", ticket, actor)
    column = {"resolved": "resolved_at", "closed": "closed_at"}[status]
    desk.database.run(
        f"UPDATE tickets SET status = :s, {column} = CAST(:at AS timestamptz) WHERE id = :t",
        s=status,
        at=event["created_at"],
        t=ticket,
    )
    return event


def wait(database: Database, hours: int) -> None:
    database.run("UPDATE workspaces SET rating_delay_hours = :h WHERE slug = 'acme'", h=hours)


def fall_due() -> int:
    return int(in_transaction(lambda tx: asking_queries.fall_due(tx, 100), repeatable=False))


def due_event(database: Database) -> dict[str, Any]:
    """The message of the last question that fell due."""
    row = database.rows(
        "SELECT id, type, workspace_id, ticket_id, sequence, internal, created_at, payload "
        "FROM events WHERE type = 'rating.due' ORDER BY id DESC LIMIT 1"
    )[0]
    return {
        **row,
        "workspace_id": str(row["workspace_id"]),
        "ticket_id": str(row["ticket_id"]),
        "created_at": row["created_at"].isoformat(),
    }


@pytest.fixture
def ticket(desk: Desk, cast: Cast) -> UUID:
    return desk.ticket(cast.carol, assignee=cast.ana, status="open")


class TestWithTheResolution:
    def test_the_requester_is_asked_in_the_mail_that_tells_of_it(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database, ticket: UUID
    ) -> None:
        deliver(ended(desk, ticket, cast.ana))

        mail = mailbox.to(cast.carol.email)
        assert "How was our help?" in text_of(mail)
        assert "1 (very bad): http://127.0.0.1:4566/api/rate#token=" in text_of(mail)
        row = database.rows("SELECT * FROM ratings")[0]
        assert row["digest"] == opaque_digest(token_in(mail))
        assert (row["user_id"], row["assignee_id"], row["cycle"]) == (cast.carol.id, cast.ana.id, 1)
        assert (row["score"], row["due_at"]) == (None, None)

    def test_whoever_watches_reads_of_the_resolution_and_is_not_asked(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID
    ) -> None:
        desk.watch(ticket, cast.chris)

        deliver(ended(desk, ticket, cast.ana))

        assert mailbox.recipients == [cast.carol.email, cast.chris.email]
        assert links_in(mailbox.to(cast.chris.email)) == []

    def test_in_spanish(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database, ticket: UUID
    ) -> None:
        database.run("UPDATE workspaces SET language = 'es'")

        deliver(ended(desk, ticket, cast.ana))

        assert "¿Cómo fue nuestra ayuda?" in text_of(mailbox.mails[0])
        assert "5 = muy buena" in html_of(mailbox.mails[0])

    def test_the_link_is_nowhere_but_in_the_mail(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database, ticket: UUID
    ) -> None:
        deliver(ended(desk, ticket, cast.ana))

        token = token_in(mailbox.mails[0])
        for table in ("ratings", "events", "notifications", "timeline_entries"):
            assert not database.value(f"SELECT bool_or(t::text LIKE :n) FROM {table} t", n=f"%{token}%")

    def test_of_a_ticket_closed_unresolved_they_are_asked_too(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID
    ) -> None:
        deliver(ended(desk, ticket, cast.dario, "closed"))

        assert token_in(mailbox.to(cast.carol.email))

    def test_closing_what_was_resolved_asks_no_second_time(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID
    ) -> None:
        deliver(ended(desk, ticket, cast.ana))
        deliver(ended(desk, ticket, cast.dario, "closed"))

        assert [bool(links_in(mail)) for mail in mailbox.mails] == [True, False]

    def test_45_a_second_delivery_asks_nobody_twice(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database, ticket: UUID
    ) -> None:
        event = ended(desk, ticket, cast.ana)

        for _ in range(5):
            assert deliver(event) == []

        assert len(mailbox.mails) == 1
        assert database.value("SELECT digest FROM ratings") == opaque_digest(token_in(mailbox.mails[0]))

    def test_a_mail_that_must_go_out_again_has_another_link_and_the_first_is_void(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database, ticket: UUID
    ) -> None:
        event = ended(desk, ticket, cast.ana)
        deliver(event)
        database.run("UPDATE notifications SET status = 'claimed', claimed_at = now() - interval '2 minutes'")

        deliver(event)

        first, second = map(token_in, mailbox.mails)
        assert first != second
        assert database.rows("SELECT digest FROM ratings") == [{"digest": opaque_digest(second)}]

    def test_news_that_comes_after_the_ticket_was_reopened_asks_nothing(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database, ticket: UUID
    ) -> None:
        event = ended(desk, ticket, cast.ana)
        database.run("UPDATE tickets SET status = 'open', resolved_at = NULL")

        deliver(event)

        assert [links_in(mail) for mail in mailbox.mails] == [[]]
        assert database.value("SELECT count(*) FROM ratings") == 0

    def test_nor_does_that_of_an_end_that_another_has_followed(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database, ticket: UUID
    ) -> None:
        old = ended(desk, ticket, cast.ana)
        database.run("UPDATE tickets SET status = 'open', resolved_at = NULL")
        desk.event("ticket.reopened", ticket, cast.carol)
        new = ended(desk, ticket, cast.ana)

        deliver(new)
        deliver(old)

        assert [bool(links_in(mail)) for mail in mailbox.mails] == [True]
        assert database.value("SELECT max(cycle) FROM ratings") == 2


class TestWhoIsNotAsked:
    def nobody(self, desk: Desk, mailbox: Mailbox, database: Database, event: dict[str, Any]) -> None:
        assert deliver(event) == []
        assert [links for mail in mailbox.mails if (links := links_in(mail))] == []
        assert database.value("SELECT count(*) FROM ratings") == 0

    def test_anybody_where_the_desk_does_not_want_it(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database, ticket: UUID
    ) -> None:
        database.run("UPDATE workspaces SET ratings_enabled = false")

        self.nobody(desk, mailbox, database, ended(desk, ticket, cast.ana))

    @pytest.mark.parametrize("change", ["status = 'deactivated'", "deleted_at = now()"])
    def test_who_has_left(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database, ticket: UUID, change: str
    ) -> None:
        database.run(f"UPDATE users SET {change} WHERE id = :u", u=cast.carol.id)

        self.nobody(desk, mailbox, database, ended(desk, ticket, cast.ana))

    def test_who_did_the_work(self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database) -> None:
        own = desk.ticket(cast.ana, assignee=cast.ana, status="open")

        self.nobody(desk, mailbox, database, ended(desk, own, cast.dario))

    def test_who_cancelled(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database, ticket: UUID
    ) -> None:
        database.run("UPDATE tickets SET status = 'cancelled'")

        self.nobody(desk, mailbox, database, desk.event("ticket.cancelled", ticket, cast.dario))

    def test_who_has_said_so_already(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database, ticket: UUID
    ) -> None:
        event = ended(desk, ticket, cast.ana)
        database.run(
            "INSERT INTO ratings (workspace_id, ticket_id, cycle, ended_at, user_id, team_id, score, "
            "rated_at) SELECT workspace_id, id, 1, resolved_at, requester_id, team_id, 5, now() FROM tickets"
        )

        deliver(event)

        assert links_in(mailbox.to(cast.carol.email)) == []

    def test_somebody_without_an_account_is(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database
    ) -> None:
        walter = person(database, cast.acme, "Walter", "customer", "walk-in.example")
        database.run("UPDATE users SET status = 'contact', password_hash = NULL WHERE id = :u", u=walter.id)

        deliver(ended(desk, desk.ticket(walter, source="public", status="open"), cast.ana))

        assert token_in(mailbox.to(walter.email))


class TestSomeTimeAfter:
    def test_the_mail_of_the_end_asks_nothing_and_one_of_its_own_does(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database, ticket: UUID
    ) -> None:
        wait(database, 24)
        deliver(ended(desk, ticket, cast.ana))
        assert [links_in(mail) for mail in mailbox.mails] == [[]]
        assert fall_due() == 0
        mailbox.empty()

        database.run("UPDATE ratings SET due_at = now()")
        assert (fall_due(), fall_due()) == (1, 0)
        for _ in range(3):
            assert deliver(due_event(database)) == []

        (mail,) = mailbox.mails
        assert mail["Subject"] == f"[{desk.label(ticket)}] How was our help?"
        assert database.value("SELECT digest FROM ratings") == opaque_digest(token_in(mail))
        assert mail["References"]

    def test_it_is_due_so_many_hours_after_the_end(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database, ticket: UUID
    ) -> None:
        wait(database, 24)
        event = ended(desk, ticket, cast.ana)

        for _ in range(2):
            deliver(event)

        (row,) = database.rows("SELECT due_at, asked_at, digest FROM ratings")
        assert (row["due_at"] - datetime.fromisoformat(event["created_at"])).total_seconds() == 24 * 3600
        assert (row["asked_at"], row["digest"]) == (None, None)

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE tickets SET status = 'open', resolved_at = NULL",
            "UPDATE tickets SET deleted_at = now()",
            "UPDATE workspaces SET ratings_enabled = false",
            "UPDATE users SET status = 'deactivated' WHERE name = 'Carol'",
            "UPDATE users SET deleted_at = now() WHERE name = 'Carol'",
            "UPDATE ratings SET score = 5, rated_at = now()",
            "UPDATE tickets SET resolved_at = now() - interval '31 days'",
        ],
    )
    def test_what_has_changed_meanwhile_is_not_asked_about(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database, ticket: UUID, change: str
    ) -> None:
        wait(database, 1)
        deliver(ended(desk, ticket, cast.ana))
        mailbox.empty()
        database.run(change)
        database.run("UPDATE ratings SET due_at = now()")

        fall_due()
        assert deliver(due_event(database)) == []

        assert mailbox.mails == []
        assert database.value("SELECT count(*) FROM notifications WHERE kind = 'rating.due'") in (0, 1)
        assert not database.value("SELECT bool_or(status = 'claimed') FROM notifications")

    def test_the_clock_has_it_sent(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database, ticket: UUID, queue: Queue
    ) -> None:
        from tests.test_schedules import tick

        schedules.relay_settings.cache_clear()
        sqs.breaker.reset()
        wait(database, 1)
        deliver(ended(desk, ticket, cast.ana))
        database.run("UPDATE events SET sent_at = now()")
        database.run("UPDATE ratings SET due_at = now()")

        tick(schedules.sla_sweep)

        assert [message["type"] for message in queue.take()] == ["rating.due"]


class TestTheAnswer:
    def rated(
        self, desk: Desk, cast: Cast, ticket: UUID, score: int, comment: str | None = None
    ) -> dict[str, Any]:
        desk.database.run(
            "INSERT INTO ratings (workspace_id, ticket_id, cycle, ended_at, user_id, team_id, score, "
            "comment, rated_at) SELECT workspace_id, id, 1, now(), requester_id, team_id, :s, :c, now() "
            "FROM tickets WHERE id = :t "
            "ON CONFLICT (workspace_id, ticket_id, cycle) DO UPDATE SET score = :s, comment = :c",
            t=ticket,
            s=score,
            c=comment,
        )
        changes = {"score": {"from": None, "to": score}}
        return desk.event(
            "ticket.rated", ticket, cast.carol, changes=changes, meta={"cycle": 1}, internal=True
        )

    def test_whose_work_it_was_hears(self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID) -> None:
        desk.watch(ticket, cast.chris)

        deliver(self.rated(desk, cast, ticket, 3, "It took a while."))

        assert mailbox.recipients == [cast.ana.email]
        mail = mailbox.mails[0]
        assert mail["Subject"] == f"[{desk.label(ticket)}] Rated 3 of 5: No link on floor 3"
        assert "Carol rated the help on your ticket: 3 of 5." in text_of(mail)
        assert "> It took a while." in text_of(mail)

    @pytest.mark.parametrize("score", [1, 2])
    def test_of_a_bad_one_the_dispatchers_hear_too(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, score: int
    ) -> None:
        deliver(self.rated(desk, cast, ticket, score))

        assert mailbox.recipients == [cast.ana.email, cast.dario.email]

    def test_of_one_that_was_changed_since_the_newest_tells(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID
    ) -> None:
        first = self.rated(desk, cast, ticket, 1, "Bad.")
        second = self.rated(desk, cast, ticket, 4, "Sorry, it works.")

        deliver(first, second)

        (mail,) = mailbox.mails
        assert "> Sorry, it works." in text_of(mail)

    def test_a_word_that_was_taken_away_is_not_told(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database, ticket: UUID
    ) -> None:
        event = self.rated(desk, cast, ticket, 4, "My own name is Carol Diaz.")
        database.run("UPDATE ratings SET comment = NULL")

        deliver(event)

        assert "Diaz" not in text_of(mailbox.mails[0]) + html_of(mailbox.mails[0])
