"""Mails in a desk's own words, as they go out; and what becomes of one whose words fail."""

from typing import Any

import pytest

from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.desk import Desk
from tests.support.mailbox import Mailbox, deliver, html_of, text_of


def own(desk: Desk, kind: str, text: str, **fields: Any) -> None:
    """Kept past the app, so that it may hold what the app would refuse."""
    values = {"language": "en", "subject": "Own: {{ ticket.label }}", "html": None, **fields}
    desk.database.run(
        "INSERT INTO mail_templates (workspace_id, kind, language, subject, body_text, body_html) "
        "VALUES (:w, :k, :language, :subject, :t, :html)",
        w=desk.cast.acme,
        k=kind,
        t=text,
        **values,
    )


def news(database: Database) -> list[dict[str, Any]]:
    """The events about texts, as queues carry them."""
    rows = database.rows("SELECT * FROM events WHERE type = 'mail_template.failed' ORDER BY id")
    return [
        {
            **{name: row[name] for name in ("id", "type", "sequence", "internal", "payload")},
            "workspace_id": str(row["workspace_id"]),
            "ticket_id": None,
            "created_at": row["created_at"].isoformat(),
        }
        for row in rows
    ]


class TestSent:
    def test_each_part_gets_its_own_words_and_the_others_the_usual_ones(
        self, desk: Desk, cast: Cast, mailbox: Mailbox
    ) -> None:
        own(desk, "assigned.assignee", "Yours: {{ ticket.subject }} ({{ ticket.priority }})")
        own(desk, "closed.requester", "Bye {{ recipient.first_name }}", html="<p>Bye <b>all</b></p>")
        ticket = desk.ticket(cast.carol, assignee=cast.ana)
        desk.watch(ticket, cast.chris)

        change = {"assignee_id": {"from": None, "to": str(cast.ana.id)}}
        deliver(desk.event("ticket.assigned", ticket, cast.dario, changes=change))
        deliver(desk.event("ticket.closed", ticket, cast.dario))

        to_ana = mailbox.to(cast.ana.email)
        assert to_ana["Subject"] == f"Own: {desk.label(ticket)}"
        assert text_of(to_ana).startswith("Yours: No link on floor 3 (medium)")
        to_carol = mailbox.to(cast.carol.email)
        assert text_of(to_carol).startswith("Bye Carol")
        assert "<p>Bye <b>all</b></p>" in html_of(to_carol)
        assert "Acme sent this message by itself because you asked for help." in html_of(to_carol)
        assert "A ticket that you watch is closed." in text_of(mailbox.to(cast.chris.email))

    def test_only_in_the_language_of_the_workspace(self, desk: Desk, cast: Cast, mailbox: Mailbox) -> None:
        own(desk, "closed.requester", "In English")
        desk.database.run("UPDATE workspaces SET language = 'es' WHERE id = :w", w=cast.acme)

        deliver(desk.event("ticket.closed", desk.ticket(cast.carol), cast.dario))

        assert "Su solicitud está cerrada." in text_of(mailbox.to(cast.carol.email))

    def test_a_stranger_gets_the_words_of_the_acknowledgement(
        self, desk: Desk, cast: Cast, mailbox: Mailbox
    ) -> None:
        own(desk, "created.requester", "Hello {{ recipient.name }}: {{ ticket.subject }}")
        own(desk, "acknowledged.requester", "We have it.")

        deliver(desk.event("ticket.created", desk.ticket(cast.carol, source="public"), cast.carol))
        deliver(desk.event("ticket.created", desk.ticket(cast.chris, source="api"), cast.chris))

        assert text_of(mailbox.to(cast.carol.email)).startswith("We have it.")
        assert text_of(mailbox.to(cast.chris.email)).startswith("Hello Chris: No link on floor 3")

    def test_headers_stay_whole(self, desk: Desk, cast: Cast, mailbox: Mailbox) -> None:
        own(
            desk,
            "closed.requester",
            "x",
            subject="{{ ticket.subject }}{{ 'a\\r\\nBcc: eve@evil.example' }}\r\nX-A: b",
        )
        ticket = desk.ticket(cast.carol, subject="No\u2028link")

        deliver(desk.event("ticket.closed", ticket, cast.dario))

        (mail,) = mailbox.mails
        assert mail["Subject"] == "No linka Bcc: eve@evil.example X-A: b"
        assert (mail["Bcc"], mail["X-A"], mail["Auto-Submitted"]) == (None, None, "auto-generated")

    def test_another_workspaces_words_are_not_heard(self, desk: Desk, cast: Cast, mailbox: Mailbox) -> None:
        own(desk, "closed.requester", "Own words")
        desk.database.run("UPDATE mail_templates SET workspace_id = :w", w=cast.globex)

        deliver(desk.event("ticket.closed", desk.ticket(cast.carol), cast.dario))

        assert "Your request is closed." in text_of(mailbox.to(cast.carol.email))


class TestFailing:
    @pytest.mark.parametrize(
        ("broken", "why"),
        [
            ({"text": "{{ not.there }}"}, "not"),
            ({"text": "{{ ''.__class__.__mro__ }}"}, "cannot take these values"),
            ({"text": "{{"}, "cannot take these values"),
            ({"text": "ok", "subject": " {{ quoted.text }} "}, "The subject comes out empty."),
            ({"text": "ok", "html": "<wbr>"}, "The HTML comes out empty."),
            ({"text": "ok", "html": "<div>" * 9_000}, "nested too deep"),
            ({"text": r"{{ '\udfff' }}"}, "part of a character"),
            ({"text": "{{ 'x' * 1000000000 }}"}, "cannot"),
        ],
    )
    def test_the_mail_goes_out_with_the_default_words_and_the_admins_are_told_once(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, broken: dict[str, Any], why: str
    ) -> None:
        own(desk, "closed.requester", **broken)
        for _ in range(3):
            assert deliver(desk.event("ticket.closed", desk.ticket(cast.carol), cast.dario)) == []

        assert [text_of(mail).count("Your request is closed.") for mail in mailbox.mails] == [1, 1, 1]
        (told,) = news(desk.database)
        mailbox.empty()

        assert deliver(told, told) == []

        mail = mailbox.to(cast.ada.email)
        assert mail["Subject"] == "A text of your mails does not work: closed.requester (en)"
        assert why in " ".join(text_of(mail).split())
        assert mailbox.recipients == [cast.ada.email]

    def test_a_text_that_was_changed_since_is_told_of_no_more_and_may_fail_anew(
        self, desk: Desk, cast: Cast, mailbox: Mailbox
    ) -> None:
        own(desk, "closed.requester", "{{ not.there }}")
        deliver(desk.event("ticket.closed", desk.ticket(cast.carol), cast.dario))
        (first,) = news(desk.database)
        desk.database.run("UPDATE mail_templates SET version = 2, failed_at = NULL, failure = NULL")
        mailbox.empty()

        assert deliver(first) == []
        assert mailbox.mails == []

        deliver(desk.event("ticket.closed", desk.ticket(cast.carol), cast.dario))
        assert [each["payload"]["template"]["version"] for each in news(desk.database)] == [1, 2]

    def test_what_failed_repeats_no_word_of_a_customer(
        self, desk: Desk, cast: Cast, mailbox: Mailbox
    ) -> None:
        own(desk, "closed.requester", "{{ 'x'|truncate(ticket.subject) }}")

        deliver(desk.event("ticket.closed", desk.ticket(cast.carol, subject="SECRET"), cast.dario))

        (told,) = news(desk.database)
        assert "SECRET" not in str(told)

    def test_a_kind_that_is_known_no_more_does_no_harm(
        self, desk: Desk, cast: Cast, mailbox: Mailbox
    ) -> None:
        own(desk, "closed.nobody", "x")

        assert deliver(desk.event("ticket.closed", desk.ticket(cast.carol), cast.dario)) == []
        assert "Your request is closed." in text_of(mailbox.to(cast.carol.email))

    def test_a_payload_that_is_none_goes_to_the_dead_letters(self, desk: Desk, cast: Cast) -> None:
        own(desk, "closed.requester", "{{ not.there }}")
        deliver(desk.event("ticket.closed", desk.ticket(cast.carol), cast.dario))
        (told,) = news(desk.database)

        assert deliver({**told, "payload": {"template": 7}}) == [0]
