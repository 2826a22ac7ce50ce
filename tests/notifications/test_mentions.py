"""Who is mentioned hears of it: once a comment, and only while they see the ticket."""

from typing import Any

import pytest

from tests.support.cast import Cast, Person
from tests.support.database import Database
from tests.support.desk import Desk
from tests.support.mailbox import Mailbox, deliver, text_of


def mention(desk: Desk, comment: Any, *people: Person) -> None:
    """As the app writes it down."""
    desk.database.run(
        "UPDATE comments SET mentions = :m WHERE id = :c", m=[who.id for who in people], c=comment
    )


def commented(desk: Desk, ticket: Any, author: Person, comment: Any) -> dict[str, Any]:
    visibility = desk.database.value("SELECT visibility FROM comments WHERE id = :c", c=comment)
    meta = {"comment_id": str(comment), "visibility": visibility}
    return desk.event("ticket.commented", ticket, author, meta=meta, internal=visibility == "internal")


def edited(desk: Desk, ticket: Any, author: Person, comment: Any, *new: Person) -> dict[str, Any]:
    visibility = desk.database.value("SELECT visibility FROM comments WHERE id = :c", c=comment)
    meta: dict[str, Any] = {"comment_id": str(comment), "visibility": visibility}
    meta |= {"mentioned": [str(who.id) for who in new]} if new else {}
    return desk.event("ticket.comment_edited", ticket, author, meta=meta, internal=visibility == "internal")


class TestWithTheComment:
    @pytest.mark.parametrize(
        ("visibility", "told"),
        [
            ("internal", "Dario mentioned you in an internal note."),
            ("public", "Dario mentioned you in a reply to Carol."),
        ],
    )
    def test_whoever_is_mentioned_hears_with_its_words(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, visibility: str, told: str
    ) -> None:
        ticket = desk.ticket(cast.carol)
        comment = desk.comment(ticket, cast.dario, "@ana: the *switch*", visibility)
        mention(desk, comment, cast.ana)

        deliver(commented(desk, ticket, cast.dario, comment))

        mail = mailbox.to(cast.ana.email)
        assert told in text_of(mail)
        assert "> @ana: the *switch*" in text_of(mail)
        assert "because you were mentioned" in text_of(mail)
        assert (cast.carol.email in mailbox.recipients) == (visibility == "public")

    def test_in_the_workspaces_language(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database
    ) -> None:
        database.run("UPDATE workspaces SET language = 'es'")
        ticket = desk.ticket(cast.carol)
        comment = desk.comment(ticket, cast.dario, "@ana", "internal")
        mention(desk, comment, cast.ana)

        deliver(commented(desk, ticket, cast.dario, comment))

        assert "Dario le mencionó en una nota interna." in text_of(mailbox.to(cast.ana.email))

    def test_who_hears_anyway_hears_once(self, desk: Desk, cast: Cast, mailbox: Mailbox) -> None:
        ticket = desk.ticket(cast.carol, assignee=cast.ana)
        desk.watch(ticket, cast.ana, cast.dario)
        comment = desk.comment(ticket, cast.dario, "@ana @dario", "internal")
        mention(desk, comment, cast.ana, cast.dario)

        deliver(commented(desk, ticket, cast.dario, comment))

        assert mailbox.recipients == [cast.ana.email]

    def test_in_a_comment_that_was_taken_back_nobody_hears(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database
    ) -> None:
        ticket = desk.ticket(cast.carol)
        comment = desk.comment(ticket, cast.dario, "@ana", "internal")
        mention(desk, comment, cast.ana)
        told = commented(desk, ticket, cast.dario, comment)
        database.run("UPDATE comments SET deleted_at = now()")

        assert deliver(told) == []
        assert mailbox.recipients == []


class TestByAnEdit:
    def test_the_new_ones_hear_and_nobody_else(self, desk: Desk, cast: Cast, mailbox: Mailbox) -> None:
        ticket = desk.ticket(cast.carol, assignee=cast.ana)
        desk.watch(ticket, cast.chris)
        comment = desk.comment(ticket, cast.dario, "@ada and @ana")
        mention(desk, comment, cast.ada, cast.ana)

        deliver(edited(desk, ticket, cast.dario, comment, cast.ada))

        assert mailbox.recipients == [cast.ada.email]
        assert "Dario mentioned you in a comment." in text_of(mailbox.mails[0])
        assert "> @ada and @ana" in text_of(mailbox.mails[0])

    def test_without_a_new_one_nobody_hears(self, desk: Desk, cast: Cast, mailbox: Mailbox) -> None:
        ticket = desk.ticket(cast.carol, assignee=cast.ana)
        comment = desk.comment(ticket, cast.dario, "@ada")
        mention(desk, comment, cast.ada)

        assert deliver(edited(desk, ticket, cast.dario, comment)) == []
        assert mailbox.recipients == []

    def test_one_who_was_taken_out_again_does_not_hear(
        self, desk: Desk, cast: Cast, mailbox: Mailbox
    ) -> None:
        ticket = desk.ticket(cast.carol)
        comment = desk.comment(ticket, cast.dario, "Never mind")

        deliver(edited(desk, ticket, cast.dario, comment, cast.ada))

        assert mailbox.recipients == []

    @pytest.mark.parametrize("backwards", [False, True])
    def test_of_one_comment_nobody_hears_twice(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, backwards: bool
    ) -> None:
        ticket = desk.ticket(cast.carol, assignee=cast.ana)
        comment = desk.comment(ticket, cast.dario, "@ana", "internal")
        mention(desk, comment, cast.ana)
        told = [
            commented(desk, ticket, cast.dario, comment),
            edited(desk, ticket, cast.dario, comment, cast.ana),
        ]

        for event in reversed(told) if backwards else told:
            deliver(event)

        assert mailbox.recipients == [cast.ana.email]

    def test_of_the_next_comment_they_hear_again(self, desk: Desk, cast: Cast, mailbox: Mailbox) -> None:
        ticket = desk.ticket(cast.carol, assignee=cast.ana)
        for _ in range(2):
            comment = desk.comment(ticket, cast.dario, "@ana", "internal")
            mention(desk, comment, cast.ana)
            deliver(commented(desk, ticket, cast.dario, comment))

        assert mailbox.recipients == [cast.ana.email] * 2

    def test_a_delivery_that_comes_again_sends_no_second_mail(
        self, desk: Desk, cast: Cast, mailbox: Mailbox
    ) -> None:
        ticket = desk.ticket(cast.carol)
        comment = desk.comment(ticket, cast.dario, "@ana")
        mention(desk, comment, cast.ana)
        told = edited(desk, ticket, cast.dario, comment, cast.ana)

        for _ in range(5):
            deliver(told)

        assert mailbox.recipients == [cast.ana.email]


class TestWhoHasLostSight:
    def test_of_the_mentioned_does_not_hear(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database
    ) -> None:
        ticket = desk.ticket(cast.carol, team="Apps")
        comment = desk.comment(ticket, cast.dario, "@ana", "internal")
        mention(desk, comment, cast.ana)

        deliver(commented(desk, ticket, cast.dario, comment))
        deliver(edited(desk, ticket, cast.dario, comment, cast.ana))

        assert mailbox.recipients == []

    def test_of_the_watchers_does_not_hear(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database
    ) -> None:
        ticket = desk.ticket(cast.carol)
        desk.watch(ticket, cast.ben, cast.chris, cast.ada)
        comment = desk.comment(ticket, cast.dario, "Rude one.", "internal")
        deliver(commented(desk, ticket, cast.dario, comment))
        assert mailbox.recipients == [cast.ada.email]

        database.run("UPDATE workspaces SET agent_visibility = 'all'")
        deliver(commented(desk, ticket, cast.dario, desk.comment(ticket, cast.dario, "Two.", "internal")))

        assert mailbox.recipients == sorted([cast.ada.email, cast.ada.email, cast.ben.email])

    def test_a_colleague_who_became_a_customer_does_not_hear(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database
    ) -> None:
        ticket = desk.ticket(cast.carol)
        comment = desk.comment(ticket, cast.dario, "@ana")
        mention(desk, comment, cast.ana)
        database.run("UPDATE users SET role = 'customer' WHERE id = :u", u=cast.ana.id)

        deliver(commented(desk, ticket, cast.dario, comment))

        assert mailbox.recipients == [cast.carol.email]
