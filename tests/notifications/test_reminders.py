"""What customers hear of a ticket that waits: reminders, the resolution, and not its closing by itself."""

from typing import Any

import pytest

from tests.support.mailbox import Mailbox, deliver, html_of, text_of
from tests.support.rule_book import RuleBook, message
from tests.support.service_desk import ServiceDesk
from tests.support.waits import Waits


@pytest.fixture
def desk(api: Any, cast: Any) -> ServiceDesk:
    return ServiceDesk(api, cast)


@pytest.fixture
def waits(book: RuleBook) -> Waits:
    return Waits(book)


def news_of(waits: Waits, type: str) -> dict[str, Any]:
    """The message of the last event of this type."""
    rows = waits.database.rows(
        "SELECT id, workspace_id, ticket_id, sequence, type, internal, payload, created_at FROM events "
        "WHERE type = :type ORDER BY id DESC LIMIT 1",
        type=type,
    )
    return message(rows[0])


def reminded(waits: Waits, **settings: Any) -> dict[str, Any]:
    """Carol's ticket, of which she has just been reminded after Ana's question."""
    waits.set(**{"pending_reminder_days": [3], **settings})
    ticket = waits.desk.in_status("pending")
    waits.desk.comment(waits.desk.cast.ana, ticket, "Which <model> is it?")
    waits.pass_by(ticket, "4 days")
    waits.tick()
    return ticket


class TestReminder:
    def test_the_requester_alone_is_reminded_of_what_was_asked(self, waits: Waits, mailbox: Mailbox) -> None:
        ticket = reminded(waits)
        ada, chris = waits.desk.cast.ada, waits.desk.cast.chris
        waits.desk.as_(ada).post(f"/v1/tickets/{ticket['id']}/watchers", {"user_id": str(chris.id)})

        assert deliver(news_of(waits, "ticket.reminded")) == []

        assert mailbox.recipients == [waits.desk.cast.carol.email]
        (mail,) = mailbox.mails
        assert mail["Subject"] == f"[{ticket['label']}] {ticket['subject']}"
        assert "We are still waiting for your answer" in text_of(mail)
        assert "Days left" not in text_of(mail)
        assert "Ana wrote:" in text_of(mail)
        assert "Which <model> is it?" in text_of(mail)
        assert "<model>" not in html_of(mail)

    def test_it_stands_in_the_tickets_thread_and_says_that_nobody_wrote_it(
        self, waits: Waits, mailbox: Mailbox
    ) -> None:
        reminded(waits)
        deliver(news_of(waits, "ticket.commented"), news_of(waits, "ticket.reminded"))

        asked, mail = mailbox.mails

        assert mail["References"].split()[0] == asked["References"].split()[0]
        assert mail["Message-ID"] != asked["Message-ID"]
        assert mail["Auto-Submitted"] == "auto-generated"

    def test_the_last_one_says_how_many_days_there_are(self, waits: Waits, mailbox: Mailbox) -> None:
        reminded(waits, pending_resolve_days=8)

        deliver(news_of(waits, "ticket.reminded"))

        assert "Without one we take it to be done. Days left to answer: 5." in text_of(mailbox.mails[0])

    def test_in_spanish(self, waits: Waits, mailbox: Mailbox) -> None:
        reminded(waits, language="es", pending_resolve_days=8)

        deliver(news_of(waits, "ticket.reminded"))

        assert "Seguimos esperando su respuesta" in text_of(mailbox.mails[0])
        assert "Días que quedan para responder: 5." in text_of(mailbox.mails[0])

    def test_delivered_five_times_it_is_one_mail(self, waits: Waits, mailbox: Mailbox) -> None:
        reminded(waits)
        event = news_of(waits, "ticket.reminded")

        deliver(*[event] * 5)

        assert len(mailbox.mails) == 1

    def test_whoever_has_answered_by_then_hears_nothing(self, waits: Waits, mailbox: Mailbox) -> None:
        ticket = reminded(waits)
        event = news_of(waits, "ticket.reminded")
        waits.desk.comment(waits.desk.cast.carol, ticket, "The big one.")

        deliver(event)

        assert mailbox.mails == []

    @pytest.mark.parametrize("gone", ["status = 'deactivated', deactivated_at = now()", "deleted_at = now()"])
    def test_nobody_is_written_to_who_is_not_there_any_more(
        self, waits: Waits, mailbox: Mailbox, gone: str
    ) -> None:
        reminded(waits)
        waits.database.run(f"UPDATE users SET {gone} WHERE id = :u", u=waits.desk.cast.carol.id)

        assert deliver(news_of(waits, "ticket.reminded")) == []

        assert mailbox.mails == []

    def test_a_question_that_was_taken_back_is_not_repeated(self, waits: Waits, mailbox: Mailbox) -> None:
        ticket = reminded(waits)
        event = news_of(waits, "ticket.reminded")
        comment = event["payload"]["meta"]["answers_id"]
        path = f"/v1/tickets/{ticket['id']}/comments/{comment}"
        assert waits.desk.as_(waits.desk.cast.ada).request("DELETE", path).status == 204

        deliver(event)

        assert "model" not in text_of(mailbox.mails[0])
        assert "still waiting" in text_of(mailbox.mails[0])


class TestTheEnd:
    def test_resolving_by_time_is_told_with_its_words_and_asks_how_it_was(
        self, waits: Waits, mailbox: Mailbox
    ) -> None:
        waits.set(pending_resolve_days=5)
        ticket = waits.desk.in_status("pending")
        waits.pass_by(ticket, "6 days")
        waits.tick()

        deliver(news_of(waits, "ticket.commented"), news_of(waits, "ticket.resolved"))

        (mail,) = mailbox.mails
        assert mail["To"].addresses[0].addr_spec == waits.desk.cast.carol.email
        assert "The help desk resolved your request." in text_of(mail)
        assert "have not heard from you" in text_of(mail)
        assert "How was our help?" in text_of(mail)

    def test_closing_by_time_is_nobodys_mail(self, waits: Waits, mailbox: Mailbox) -> None:
        ticket = waits.desk.in_status("resolved")
        waits.pass_by(ticket, "8 days")
        waits.tick()

        assert deliver(news_of(waits, "ticket.closed")) == []

        assert mailbox.mails == []

    def test_that_a_ticket_is_handed_over_is_nobodys_mail(self, waits: Waits, mailbox: Mailbox) -> None:
        waits.pass_by(waits.desk.in_status("resolved"), "8 days")
        waits.sweep()

        assert deliver(news_of(waits, "waiting.due")) == []

        assert mailbox.mails == []
