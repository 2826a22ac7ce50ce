"""From an event to the mails that it makes, through the notification Lambda on the real database."""

from typing import Any

import pytest

from chalicelib.core import signed_ids
from tests.support.cast import Cast, person
from tests.support.database import Database
from tests.support.desk import Desk
from tests.support.mailbox import Mailbox, deliver, html_of, text_of


class TestWhoHears:
    def test_a_new_ticket_is_acknowledged_and_the_dispatchers_hear(
        self, desk: Desk, cast: Cast, mailbox: Mailbox
    ) -> None:
        ticket = desk.ticket(cast.carol)

        failed = deliver(desk.event("ticket.created", ticket, cast.carol))

        assert failed == []
        assert mailbox.recipients == [cast.carol.email, cast.dario.email]
        assert "We have received your request" in text_of(mailbox.to(cast.carol.email))
        assert "The switch in rack 4 is dark." in text_of(mailbox.to(cast.dario.email))

    def test_somebody_without_an_account_is_acknowledged_too(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database
    ) -> None:
        walter = person(database, cast.acme, "Walter", "customer", "walk-in.example")
        database.run("UPDATE users SET status = 'contact', password_hash = NULL WHERE id = :u", u=walter.id)
        ticket = desk.ticket(walter, source="public")

        deliver(desk.event("ticket.created", ticket, walter))

        acknowledgement = mailbox.to(walter.email)
        assert acknowledgement["Subject"] == f"[{desk.label(ticket)}] We have received your request"
        assert "No link" not in text_of(acknowledgement)

    def test_an_assignment_reaches_the_new_assignee(self, desk: Desk, cast: Cast, mailbox: Mailbox) -> None:
        ticket = desk.ticket(cast.carol, assignee=cast.ana)
        changes = {"assignee_id": {"from": None, "to": str(cast.ana.id)}}

        deliver(desk.event("ticket.assigned", ticket, cast.dario, changes=changes))

        assert mailbox.recipients == [cast.ana.email]
        assert "Dario assigned this ticket to you." in text_of(mailbox.mails[0])

    def test_a_transfer_reaches_the_team_that_it_is_left_to(
        self, desk: Desk, cast: Cast, mailbox: Mailbox
    ) -> None:
        ticket = desk.ticket(cast.carol, team="Apps")
        changes = {"team_id": {"from": None, "to": str(cast.teams["Apps"])}}

        deliver(desk.event("ticket.transferred", ticket, cast.dario, changes=changes))

        assert mailbox.recipients == [cast.ben.email]

    def test_a_reply_of_the_staff_reaches_the_requester_and_the_watchers(
        self, desk: Desk, cast: Cast, mailbox: Mailbox
    ) -> None:
        ticket = desk.ticket(cast.carol, assignee=cast.ana)
        desk.watch(ticket, cast.chris, cast.ada)
        comment = desk.comment(ticket, cast.ana, "Try the other port.")

        deliver(commented(desk, ticket, cast.ana, comment))

        assert mailbox.recipients == sorted([cast.carol.email, cast.chris.email, cast.ada.email])
        assert "> Try the other port." in text_of(mailbox.to(cast.carol.email))

    def test_what_the_desk_says_by_itself_is_a_reply_too(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database
    ) -> None:
        ticket = desk.ticket(cast.carol, team="Apps")
        comment = desk.comment(ticket, cast.ana, "We work from nine to five.")
        database.run("UPDATE comments SET author_id = NULL WHERE id = :c", c=comment)
        event = desk.event(
            "ticket.commented", ticket, meta={"comment_id": str(comment), "visibility": "public"}
        )

        deliver(event)

        assert mailbox.recipients == [cast.carol.email]
        assert "The help desk replied to your request." in text_of(mailbox.mails[0])
        assert "> We work from nine to five." in text_of(mailbox.mails[0])

    def test_a_customers_word_reaches_the_assignee(self, desk: Desk, cast: Cast, mailbox: Mailbox) -> None:
        ticket = desk.ticket(cast.carol, assignee=cast.ana)
        comment = desk.comment(ticket, cast.carol, "It blinks now.")

        deliver(commented(desk, ticket, cast.carol, comment))

        assert mailbox.recipients == [cast.ana.email]

    def test_of_a_ticket_that_nobody_works_on_it_reaches_the_team(
        self, desk: Desk, cast: Cast, mailbox: Mailbox
    ) -> None:
        ticket = desk.ticket(cast.carol, team="Apps")
        comment = desk.comment(ticket, cast.carol, "Anybody?")

        deliver(commented(desk, ticket, cast.carol, comment))

        assert mailbox.recipients == [cast.ben.email]

    def test_so_does_the_word_of_a_customer_who_watches_it(
        self, desk: Desk, cast: Cast, mailbox: Mailbox
    ) -> None:
        """Only the desk answers: another customer's comment is still a question."""
        ticket = desk.ticket(cast.carol, team="Apps")
        desk.watch(ticket, cast.chris)
        comment = desk.comment(ticket, cast.chris, "Mine too.")

        deliver(commented(desk, ticket, cast.chris, comment))

        assert mailbox.recipients == sorted([cast.ben.email, cast.carol.email])

    def test_an_internal_note_reaches_no_customer(self, desk: Desk, cast: Cast, mailbox: Mailbox) -> None:
        ticket = desk.ticket(cast.carol, assignee=cast.ana)
        desk.watch(ticket, cast.chris, cast.ada)
        comment = desk.comment(ticket, cast.dario, "Rude one.", "internal")

        deliver(commented(desk, ticket, cast.dario, comment, internal=True))

        assert mailbox.recipients == sorted([cast.ana.email, cast.ada.email])

    def test_a_comment_made_internal_is_internal_whatever_its_event_says(
        self, desk: Desk, cast: Cast, mailbox: Mailbox
    ) -> None:
        ticket = desk.ticket(cast.carol, assignee=cast.ana)
        comment = desk.comment(ticket, cast.dario, "Rude one.", "internal")

        deliver(commented(desk, ticket, cast.dario, comment, internal=False))

        assert mailbox.recipients == [cast.ana.email]

    def test_of_a_merge_the_people_of_the_source_hear(self, desk: Desk, cast: Cast, mailbox: Mailbox) -> None:
        ticket = desk.ticket(cast.carol, assignee=cast.ana)
        meta = {"into_id": str(ticket), "into_label": "TKT-2026-00777", "reason": "Asked twice."}

        deliver(desk.event("ticket.merged", ticket, cast.dario, meta=meta))
        deliver(desk.event("ticket.merged_from", ticket, cast.dario, meta=meta, internal=True))

        assert mailbox.recipients == sorted([cast.carol.email, cast.ana.email])
        assert "merged your ticket into TKT-2026-00777" in text_of(mailbox.to(cast.ana.email))
        told = text_of(mailbox.to(cast.carol.email))
        assert "together with another one" in told
        assert "00777" not in told
        assert "Asked twice" not in told

    def test_of_a_comment_on_a_merged_ticket_the_staff_of_the_target_hears(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database
    ) -> None:
        """By somebody who does not see the target: its requester is not told."""
        source, target = desk.ticket(cast.chris), desk.ticket(cast.carol, assignee=cast.ana)
        database.run(
            "UPDATE tickets SET status = 'closed', closed_at = now(), merged_into = :t WHERE id = :s",
            t=target,
            s=source,
        )
        comment = desk.comment(source, cast.chris, "Mine is dark as well.")

        deliver(commented(desk, target, cast.chris, comment, internal=True))

        assert mailbox.recipients == [cast.ana.email]
        assert "Chris commented on your ticket." in text_of(mailbox.mails[0])
        assert "> Mine is dark as well." in text_of(mailbox.mails[0])

    def test_staff_who_ask_for_help_themselves_are_heard_by_the_assignee(
        self, desk: Desk, cast: Cast, mailbox: Mailbox
    ) -> None:
        ticket = desk.ticket(cast.ben, assignee=cast.ana)
        comment = desk.comment(ticket, cast.ben, "My laptop.")

        deliver(commented(desk, ticket, cast.ben, comment))

        assert "Ben commented on your ticket." in text_of(mailbox.to(cast.ana.email))

    def test_a_breach_reaches_the_assignee_and_the_dispatchers(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database
    ) -> None:
        database.run("UPDATE workspaces SET timezone = 'America/Bogota'")
        ticket = desk.ticket(cast.carol, assignee=cast.ana)
        meta = {"metric": "resolution", "cycle": 1, "percent": 100, "due_at": "2026-06-05T15:00:00.000000Z"}

        deliver(desk.event("ticket.sla_breached", ticket, meta=meta, internal=True))

        assert mailbox.recipients == [cast.ana.email, cast.dario.email]
        mail = mailbox.to(cast.dario.email)
        assert mail["Subject"] == f"[{desk.label(ticket)}] SLA breached: No link on floor 3"
        assert "was due at 2026-06-05 10:00 (America/Bogota) and is late" in text_of(mail)

    @pytest.mark.parametrize("status", ["resolved", "closed", "cancelled"])
    def test_a_warning_for_a_finished_ticket_is_not_told(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, status: str
    ) -> None:
        ticket = desk.ticket(cast.carol, assignee=cast.ana, status=status)

        deliver(desk.event("ticket.sla_warned", ticket, meta={"metric": "resolution", "percent": 90}))

        assert mailbox.recipients == []

    def test_a_resolution_comes_with_its_comment_in_one_mail(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database
    ) -> None:
        ticket = desk.ticket(cast.carol, assignee=cast.ana)
        comment = desk.comment(ticket, cast.ana, "Port replaced.")
        first = commented(desk, ticket, cast.ana, comment)
        second = desk.event("ticket.resolved", ticket, cast.ana)
        in_one_change(database, first, second)

        deliver(first, second)

        assert mailbox.recipients == [cast.carol.email]
        assert "Ana resolved your request." in text_of(mailbox.mails[0])
        assert "> Port replaced." in text_of(mailbox.mails[0])

    def test_an_internal_note_never_travels_with_a_state(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database
    ) -> None:
        ticket = desk.ticket(cast.carol, assignee=cast.ana)
        note = desk.comment(ticket, cast.dario, "Rude one.", "internal")
        first = commented(desk, ticket, cast.dario, note)
        second = desk.event("ticket.resolved", ticket, cast.dario)
        in_one_change(database, first, second)

        deliver(first, second)

        assert mailbox.recipients == [cast.ana.email, cast.carol.email]
        assert "Rude" not in text_of(mailbox.to(cast.carol.email))

    def test_an_answer_that_reopens_tells_the_assignee_once(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database
    ) -> None:
        ticket = desk.ticket(cast.carol, assignee=cast.ana)
        comment = desk.comment(ticket, cast.carol, "Dark again.")
        first = commented(desk, ticket, cast.carol, comment)
        second = desk.event("ticket.reopened", ticket, cast.carol, meta={"cause": "comment"})
        in_one_change(database, first, second)

        deliver(first, second)

        assert mailbox.recipients == [cast.ana.email]
        assert "> Dark again." in text_of(mailbox.mails[0])

    def test_speaks_the_workspaces_language(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database
    ) -> None:
        database.run("UPDATE workspaces SET language = 'es'")
        ticket = desk.ticket(cast.carol)

        deliver(desk.event("ticket.closed", ticket, cast.ana))

        assert mailbox.mails[0]["Content-Language"] == "es"
        assert "Su solicitud está cerrada." in text_of(mailbox.mails[0])


class TestWhoDoesNot:
    def test_the_deactivated_and_the_deleted_never(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database
    ) -> None:
        ticket = desk.ticket(cast.carol, assignee=cast.ana)
        desk.watch(ticket, cast.chris, cast.ben)
        for gone in (cast.ana, cast.carol):
            database.run("UPDATE users SET status = 'deactivated' WHERE id = :u", u=gone.id)
        for gone in (cast.chris, cast.ben):
            database.run("UPDATE users SET deleted_at = now() WHERE id = :u", u=gone.id)

        deliver(desk.event("ticket.reopened", ticket, cast.dario))

        assert mailbox.recipients == []

    def test_staff_who_were_only_invited_not_yet(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database
    ) -> None:
        ticket = desk.ticket(cast.carol, assignee=cast.ana)
        database.run(
            "UPDATE users SET status = 'invited' WHERE id IN (:a, :c)", a=cast.ana.id, c=cast.carol.id
        )

        deliver(desk.event("ticket.reopened", ticket, cast.dario))

        assert mailbox.recipients == [cast.carol.email]

    def test_nobody_of_another_workspace(self, desk: Desk, cast: Cast, mailbox: Mailbox) -> None:
        ticket = desk.ticket(cast.carol)
        told = desk.event("ticket.created", ticket, cast.carol)

        failed = deliver({**told, "workspace_id": str(cast.globex)})

        assert failed == []
        assert mailbox.recipients == []

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE tickets SET deleted_at = now()",
            "DELETE FROM tickets",
            "DELETE FROM workspaces",
        ],
    )
    def test_of_what_is_gone_nothing_is_told(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database, statement: str
    ) -> None:
        told = desk.event("ticket.created", desk.ticket(cast.carol), cast.carol)
        database.run("DELETE FROM sla_targets")
        with database.past_triggers():
            database.run(statement)

        assert deliver(told) == []
        assert mailbox.recipients == []

    def test_a_comment_that_was_taken_back_is_not_told(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database
    ) -> None:
        ticket = desk.ticket(cast.carol, assignee=cast.ana)
        comment = desk.comment(ticket, cast.ana, "Oops.")
        told = commented(desk, ticket, cast.ana, comment)
        database.run("UPDATE comments SET deleted_at = now()")

        assert deliver(told) == []
        assert mailbox.recipients == []

    @pytest.mark.parametrize("type", ["ticket.updated", "ticket.merged_by_the_future", "invoice.paid"])
    def test_what_is_nobodys_mail_is_done_at_once(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, type: str
    ) -> None:
        told = desk.event("ticket.updated", desk.ticket(cast.carol), cast.carol)

        assert deliver({**told, "type": type}) == []
        assert mailbox.recipients == []


class TestThreads:
    def test_mails_of_one_ticket_hang_on_one_root(self, desk: Desk, cast: Cast, mailbox: Mailbox) -> None:
        ticket = desk.ticket(cast.carol, assignee=cast.ana)
        other = desk.ticket(cast.carol)
        for told in (ticket, ticket, other):
            deliver(desk.event("ticket.closed", told, cast.ana))

        first, second, third = mailbox.mails

        root = f"<ticket.{ticket.hex}@mesa.example>"
        assert first["In-Reply-To"] == second["In-Reply-To"] == root
        assert third["In-Reply-To"] != root
        # Where SES puts an id of its own, this is where a reply finds ours.
        assert first["References"] == f"{root} {first['Message-ID']}"
        assert first["Message-ID"] != second["Message-ID"]
        assert first["Subject"] == second["Subject"]

    def test_the_mail_is_written_down_with_both_its_ids(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database
    ) -> None:
        told = desk.event("ticket.closed", desk.ticket(cast.carol), cast.ana)

        deliver(told)

        (row,) = database.rows("SELECT * FROM notifications")
        assert row["message_id"] == mailbox.mails[0]["Message-ID"]
        key = database.value("SELECT mail_key FROM workspaces WHERE id = :w", w=cast.acme)
        assert row["message_id"] == signed_ids.message_id(key, told["id"], cast.carol.id, "mesa.example")

    def test_an_answer_goes_to_the_desk_of_the_workspace(
        self, desk: Desk, cast: Cast, mailbox: Mailbox
    ) -> None:
        deliver(desk.event("ticket.closed", desk.ticket(cast.carol), cast.ana))

        assert mailbox.mails[0]["Reply-To"].addresses[0].addr_spec == "acme@mail.mesa.example"

    def test_the_mail_was_given_its_name_by_the_provider(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database
    ) -> None:
        deliver(desk.event("ticket.closed", desk.ticket(cast.carol), cast.ana))

        (row,) = database.rows("SELECT * FROM notifications")
        assert row["provider_id"]
        assert (row["status"], row["kind"], row["topic"]) == ("sent", "ticket.closed", "status")
        assert row["sent_at"] >= row["claimed_at"]

    def test_comes_from_the_workspace_by_name(self, desk: Desk, cast: Cast, mailbox: Mailbox) -> None:
        deliver(desk.event("ticket.closed", desk.ticket(cast.carol), cast.ana))

        assert mailbox.mails[0]["From"] == "Acme <desk@mesa.example>"

    def test_case_36_names_from_the_database_make_no_headers(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database
    ) -> None:
        database.run("UPDATE workspaces SET name = E'Acme\\r\\nBcc: evil@x.example'")
        database.run(
            "UPDATE users SET name = E'<b>Carol</b>\\r\\nBcc: evil@x.example' WHERE role = 'customer'"
        )
        ticket = desk.ticket(cast.carol, subject="a\r\nBcc: evil@x.example")

        deliver(desk.event("ticket.closed", ticket, cast.ana))

        (mail,) = mailbox.mails
        assert mail["Bcc"] is None
        assert mailbox.recipients == [cast.carol.email]
        assert "<b>" not in html_of(mail)


def commented(
    desk: Desk, ticket: Any, author: Any, comment: Any, *, internal: bool | None = None
) -> dict[str, Any]:
    """The event of a comment."""
    visibility = desk.database.value("SELECT visibility FROM comments WHERE id = :c", c=comment)
    internal = visibility == "internal" if internal is None else internal
    meta = {"comment_id": str(comment), "visibility": visibility}
    return desk.event("ticket.commented", ticket, author, meta=meta, internal=internal)


def in_one_change(database: Database, *told: dict[str, Any]) -> None:
    """What one transaction wrote has one time."""
    first = told[0]["created_at"]
    for event in told:
        event["created_at"] = first
    database.run("UPDATE timeline_entries SET created_at = CAST(:at AS timestamptz)", at=first)
    database.run("UPDATE events SET created_at = CAST(:at AS timestamptz)", at=first)
