"""Digests: mails about watched tickets in one, when people want it so or there are many; none lost, none
twice."""

import re
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from chalicelib import queues, schedules
from chalicelib.core import mail
from chalicelib.notifications import digest_queries
from chalicelib.notifications.queries import MOST_WATCHED
from chalicelib.notifications.recipients import AUDIENCES, Part
from chalicelib.notifications.rendering import languages
from tests.support.api import Api
from tests.support.cast import Cast
from tests.support.cast import Person as Somebody
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.desk import Desk
from tests.support.mailbox import Mailbox, deliver, html_of, text_of

PATH = "/v1/notifications/preferences"


@pytest.fixture
def ticket(desk: Desk, cast: Cast) -> UUID:
    """Carol's, in Ana's team; Chris and Ana watch it."""
    ticket = desk.ticket(cast.carol)
    desk.watch(ticket, cast.chris, cast.ana)
    return ticket


def wants(api: Api, who: Somebody, cadence: str) -> None:
    assert api.with_token(who.token).patch(PATH, {"digests": {"watched": cadence}}).status == 200


def said(desk: Desk, ticket: UUID, who: Somebody, body: str, visibility: str = "public") -> dict[str, Any]:
    comment = desk.comment(ticket, who, body, visibility)
    internal = visibility == "internal"
    return desk.event("ticket.commented", ticket, who, meta={"comment_id": str(comment)}, internal=internal)


def rows(database: Database, who: Somebody) -> list[tuple[str, str]]:
    """What is written down of their mails, in order: kind and status."""
    sql = "SELECT kind, status FROM notifications WHERE user_id = :u ORDER BY id"
    return [(row["kind"], row["status"]) for row in database.rows(sql, u=who.id)]


def statuses(database: Database, who: Somebody) -> list[str]:
    """Of what was gathered, not of the digest itself."""
    return [status for kind, status in rows(database, who) if kind != "digest.due"]


def fall_due(database: Database) -> list[dict[str, Any]]:
    """Lets the time of all that waits come, and sweeps: the events, as queues carry them."""
    database.run("UPDATE notifications SET due_at = now() - interval '1 second' WHERE due_at IS NOT NULL")
    return sweep(database)


def sweep(database: Database) -> list[dict[str, Any]]:
    known = database.value("SELECT coalesce(max(id), 0) FROM events")
    schedules.until_nothing_is_left(digest_queries.fall_due, 100, lambda: True)
    found = database.rows("SELECT * FROM events WHERE id > :known AND type = 'digest.due'", known=known)
    return [
        {
            "id": row["id"],
            "type": row["type"],
            "workspace_id": str(row["workspace_id"]),
            "ticket_id": None,
            "sequence": None,
            "internal": row["internal"],
            "created_at": row["created_at"].isoformat(),
            "payload": row["payload"],
        }
        for row in found
    ]


def sent(mailbox: Mailbox, who: Somebody) -> list[EmailMessage]:
    return [each for each in mailbox.mails if each["To"].addresses[0].addr_spec == who.email]


class TestByWish:
    def test_what_happens_waits_and_comes_in_one(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, api: Api, database: Database
    ) -> None:
        wants(api, cast.chris, "hourly")
        other = desk.ticket(cast.carol, subject="Printer <b>on fire</b>")
        desk.watch(other, cast.chris)
        events = [
            said(desk, ticket, cast.dario, "Try the *other* port."),
            desk.event("ticket.resolved", ticket, cast.dario),
            desk.event("ticket.closed", other, cast.dario),
        ]
        assert deliver(*events) == []
        assert sent(mailbox, cast.chris) == []
        assert statuses(database, cast.chris) == ["gathered"] * 3
        mailbox.empty()

        assert deliver(*fall_due(database)) == []

        assert mailbox.recipients == [cast.chris.email]
        mail = mailbox.to(cast.chris.email)
        text = text_of(mail)
        assert mail["Subject"] == "News of 2 tickets that you watch"
        assert f"[{desk.label(ticket)}] No link on floor 3 (new)" in text
        assert f"[{desk.label(other)}] Printer <b>on fire</b> (new)" in text
        assert re.search(
            r"- \d{4}-\d\d-\d\d \d\d:\d\d Dario replied to Carol\.\r\n  > Try the \*other\* port\.", text
        )
        assert re.search(r"Dario resolved it\.\r\n", text)
        assert "Printer &lt;b&gt;on fire&lt;/b&gt;" in html_of(mail)
        assert "Auto-Submitted" in mail
        assert statuses(database, cast.chris) == ["sent"] * 3

    def test_who_wants_them_one_by_one_has_them_so(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, api: Api
    ) -> None:
        wants(api, cast.chris, "daily")

        deliver(desk.event("ticket.closed", ticket, cast.dario))

        assert mailbox.recipients == [cast.ana.email, cast.carol.email]

    def test_only_what_speaks_to_a_watcher_waits(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, api: Api
    ) -> None:
        wants(api, cast.ana, "daily")
        mine = desk.ticket(cast.carol, assignee=cast.ana)
        desk.watch(mine, cast.ana)

        deliver(said(desk, mine, cast.carol, "Any news?"))

        assert mailbox.recipients == [cast.ana.email]

    @pytest.mark.parametrize("zone", ["America/Bogota", "Asia/Kathmandu", "Europe/Madrid"])
    @pytest.mark.parametrize("cadence", ["hourly", "daily"])
    def test_their_time_is_the_desks(
        self,
        desk: Desk,
        cast: Cast,
        mailbox: Mailbox,
        ticket: UUID,
        api: Api,
        database: Database,
        zone: str,
        cadence: str,
    ) -> None:
        database.run("UPDATE workspaces SET timezone = :z WHERE id = :w", z=zone, w=cast.acme)
        wants(api, cast.chris, cadence)

        deliver(desk.event("ticket.closed", ticket, cast.dario))

        due = database.value("SELECT due_at FROM notifications WHERE due_at IS NOT NULL")
        local, left = due.astimezone(ZoneInfo(zone)), (due - datetime.now(UTC)).total_seconds()
        assert (local.minute, local.second) == (0, 0)
        assert 0 < left <= (3600 if cadence == "hourly" else 25 * 3600)
        assert cadence == "hourly" or local.hour == 8

    def test_what_waits_less_goes_along_with_what_waits_longer(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, api: Api, database: Database
    ) -> None:
        wants(api, cast.chris, "daily")
        deliver(desk.event("ticket.closed", ticket, cast.dario))
        wants(api, cast.chris, "hourly")
        deliver(desk.event("ticket.reopened", ticket, cast.dario))
        database.run(
            "UPDATE notifications SET due_at = now() WHERE due_at = "
            "(SELECT min(due_at) FROM notifications WHERE due_at IS NOT NULL)"
        )
        mailbox.empty()

        deliver(*sweep(database))

        (mail,) = mailbox.mails
        assert "It was closed." in text_of(mail)
        assert "It was opened again." in text_of(mail)

    def test_in_the_language_of_the_desk(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, api: Api, database: Database
    ) -> None:
        database.run("UPDATE workspaces SET language = 'es' WHERE id = :w", w=cast.acme)
        wants(api, cast.chris, "hourly")
        deliver(desk.event("ticket.closed", ticket, cast.dario))
        mailbox.empty()

        deliver(*fall_due(database))

        mail = mailbox.to(cast.chris.email)
        assert mail["Subject"] == f"[{desk.label(ticket)}] Novedades de un tiquete que usted sigue"
        assert "Se cerró." in text_of(mail)
        assert mail["Content-Language"] == "es"

    def test_its_link_ends_them_all(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, api: Api, database: Database
    ) -> None:
        wants(api, cast.chris, "hourly")
        deliver(desk.event("ticket.closed", ticket, cast.dario))
        mailbox.empty()
        deliver(*fall_due(database))
        link = str(mailbox.to(cast.chris.email)["List-Unsubscribe"])[1:-1]

        path = link.removeprefix("http://127.0.0.1:4566/api")
        form = "application/x-www-form-urlencoded"
        assert api.post(path, b"List-Unsubscribe=One-Click", Content_Type=form).status == 200

        assert api.with_token(cast.chris.token).get(PATH).json["mail"]["watched"] is False

    def test_every_mail_to_watchers_has_a_line(self) -> None:
        told = {
            occasion for occasion, found in AUDIENCES.items() if Part.WATCHER in {each.part for each in found}
        }

        for words in languages().values():
            assert {*told, "changed"} == words["digest_lines"].keys()


class TestWhenBusy:
    def busy(self, desk: Desk, ticket: UUID, mailbox: Mailbox, count: int = MOST_WATCHED) -> None:
        told = [said(desk, ticket, desk.cast.dario, f"Step {n}.") for n in range(count)]
        assert deliver(*told) == []
        mailbox.empty()

    def test_more_than_ten_in_an_hour_are_gathered_and_none_is_lost(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, database: Database
    ) -> None:
        told = [said(desk, ticket, cast.dario, f"Step {n}.") for n in range(MOST_WATCHED + 3)]

        deliver(*told)

        assert len(sent(mailbox, cast.chris)) == MOST_WATCHED
        assert len(sent(mailbox, cast.carol)) == MOST_WATCHED + 3
        mailbox.empty()
        deliver(*fall_due(database))
        text = text_of(next(iter(sent(mailbox, cast.chris))))
        assert [f"Step {n}." in text for n in range(MOST_WATCHED + 3)] == [False] * MOST_WATCHED + [True] * 3

    def test_an_hour_later_they_come_one_by_one_again(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, database: Database
    ) -> None:
        self.busy(desk, ticket, mailbox, MOST_WATCHED + 1)
        deliver(*fall_due(database))
        database.run("UPDATE notifications SET created_at = created_at - interval '61 minutes'")
        mailbox.empty()

        deliver(desk.event("ticket.closed", ticket, cast.dario))

        assert mailbox.recipients == sorted([cast.ana.email, cast.carol.email, cast.chris.email])

    def test_while_something_waits_the_rest_joins_it(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, database: Database
    ) -> None:
        """Else newer news would come before older ones."""
        self.busy(desk, ticket, mailbox, MOST_WATCHED + 1)
        database.run("UPDATE notifications SET created_at = created_at - interval '61 minutes'")

        deliver(desk.event("ticket.closed", ticket, cast.dario))

        assert sent(mailbox, cast.chris) == []
        assert statuses(database, cast.chris)[-1] == "gathered"

    def test_what_a_digest_told_does_not_count_as_mails(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, api: Api, database: Database
    ) -> None:
        wants(api, cast.chris, "hourly")
        self.busy(desk, ticket, mailbox)
        deliver(*fall_due(database))
        wants(api, cast.chris, "when_busy")
        mailbox.empty()

        deliver(desk.event("ticket.closed", ticket, cast.dario))

        assert len(sent(mailbox, cast.chris)) == 1

    def test_a_mail_that_could_not_be_sent_in_time_is_gathered_too(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, database: Database, api: Api
    ) -> None:
        told = desk.event("ticket.closed", ticket, cast.dario)
        deliver(told)
        database.run(
            "UPDATE notifications SET status = 'claimed', claimed_at = now() - interval '2 minutes' "
            "WHERE user_id = :u",
            u=cast.chris.id,
        )
        wants(api, cast.chris, "hourly")
        mailbox.empty()

        assert deliver(told) == []
        assert mailbox.recipients == []
        assert statuses(database, cast.chris) == ["gathered"]

    def test_a_long_one_says_how_much_more_there_is(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, api: Api, database: Database
    ) -> None:
        wants(api, cast.chris, "hourly")
        self.busy(desk, ticket, mailbox, digest_queries.LINES + 4)
        for number in range(digest_queries.TICKETS):
            other = desk.ticket(cast.carol, subject=f"Other {number}")
            desk.watch(other, cast.chris)
            deliver(desk.event("ticket.closed", other, cast.dario))
        mailbox.empty()

        deliver(*fall_due(database))

        text = text_of(mailbox.to(cast.chris.email))
        assert mailbox.to(cast.chris.email)["Subject"] == "News of 31 tickets that you watch"
        assert "and 4 more" in text
        assert "Tickets with news beside these: 1" in text
        assert set(statuses(database, cast.chris)) == {"sent"}


class TestVisibility:
    """What may be told is decided when it is sent."""

    @pytest.fixture(autouse=True)
    def _gather(self, api: Api, cast: Cast) -> None:
        for who in (cast.chris, cast.ana):
            wants(api, who, "hourly")

    def texts(self, mailbox: Mailbox, database: Database) -> dict[str, str]:
        mailbox.empty()
        assert deliver(*fall_due(database)) == []
        return {mail["To"].addresses[0].addr_spec: text_of(mail) for mail in mailbox.mails}

    def test_internal_notes_are_the_staffs(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, database: Database
    ) -> None:
        deliver(
            said(desk, ticket, cast.dario, "He is difficult.", "internal"),
            said(desk, ticket, cast.dario, "We are on it."),
        )

        texts = self.texts(mailbox, database)

        assert "He is difficult." in texts[cast.ana.email]
        assert "left an internal note" in texts[cast.ana.email]
        assert "He is difficult." not in texts[cast.chris.email]
        assert "We are on it." in texts[cast.chris.email]

    def test_who_is_staff_no_longer_reads_no_note(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, database: Database
    ) -> None:
        deliver(
            said(desk, ticket, cast.dario, "He is difficult.", "internal"),
            said(desk, ticket, cast.dario, "We are on it."),
        )
        database.run("UPDATE users SET role = 'customer' WHERE id = :u", u=cast.ana.id)

        text = self.texts(mailbox, database)[cast.ana.email]

        assert "difficult" not in text
        assert "We are on it." in text

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE tickets SET deleted_at = now() WHERE id = :t",
            "UPDATE tickets SET team_id = (SELECT id FROM teams WHERE name = 'Apps' "
            "AND workspace_id = tickets.workspace_id) WHERE id = :t",
            "DELETE FROM ticket_watchers WHERE ticket_id = :t",
            "UPDATE users SET status = 'deactivated', deactivated_at = now() WHERE id = :u",
            "UPDATE users SET email_bad_at = now(), email_bad_reason = 'bounced' WHERE id = :u",
            "INSERT INTO muted_mails (workspace_id, user_id, kind) SELECT workspace_id, id, 'watched' "
            "FROM users WHERE id = :u",
        ],
    )
    def test_what_one_may_not_or_would_not_read_by_then_is_not_told(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, database: Database, change: str
    ) -> None:
        deliver(desk.event("ticket.closed", ticket, cast.dario))
        given = {"t": ticket, "u": cast.ana.id}
        database.run(change, **{name: value for name, value in given.items() if f":{name}" in change})

        assert cast.ana.email not in self.texts(mailbox, database)
        assert statuses(database, cast.ana) == ["superseded"]

    def test_words_that_were_taken_back_are_not_repeated(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, database: Database
    ) -> None:
        deliver(said(desk, ticket, cast.dario, "A secret."), said(desk, ticket, cast.dario, "No secret."))
        database.run("UPDATE comments SET deleted_at = now() WHERE body = 'A secret.'")

        text = self.texts(mailbox, database)[cast.chris.email]

        assert "A secret." not in text
        assert text.count("replied to") == 1

    def test_a_resolution_brings_its_words(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, database: Database
    ) -> None:
        comment = desk.comment(ticket, cast.dario, "Port replaced.")
        told = desk.event("ticket.commented", ticket, cast.dario, meta={"comment_id": str(comment)})
        resolved = desk.event("ticket.resolved", ticket, cast.dario)
        resolved["created_at"] = told["created_at"]
        database.run("UPDATE timeline_entries SET created_at = CAST(:a AS timestamptz)", a=told["created_at"])
        deliver(told, resolved)

        text = self.texts(mailbox, database)[cast.chris.email]

        assert "Dario resolved it.\r\n  > Port replaced." in text
        assert text.count("Port replaced.") == 1

    def test_a_long_word_is_cut(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, database: Database
    ) -> None:
        deliver(said(desk, ticket, cast.dario, "long\r\n\r\n" + "x" * 5000))

        text = self.texts(mailbox, database)[cast.chris.email]

        assert "  > long xxx" in text
        assert "x" * 300 not in text
        assert "x…" in text


class TestOnce:
    @pytest.fixture(autouse=True)
    def _gather(self, api: Api, cast: Cast) -> None:
        wants(api, cast.chris, "hourly")

    def test_a_second_sweep_finds_nothing(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, database: Database
    ) -> None:
        deliver(desk.event("ticket.closed", ticket, cast.dario))

        assert [len(fall_due(database)), len(sweep(database))] == [1, 0]

    def test_before_its_time_nothing_goes(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, database: Database
    ) -> None:
        deliver(desk.event("ticket.closed", ticket, cast.dario))

        assert sweep(database) == []

    def test_however_many_sweeps_run_at_once_it_is_one_digest(
        self,
        desk: Desk,
        cast: Cast,
        mailbox: Mailbox,
        ticket: UUID,
        database: Database,
        connections: Connections,
    ) -> None:
        for _ in range(3):
            deliver(said(desk, ticket, cast.dario, "News."))
        database.run("UPDATE notifications SET due_at = now() WHERE due_at IS NOT NULL")

        connections.at_once([lambda tx: digest_queries.fall_due(tx, 1)] * 4)
        sweep(database)

        assert database.value("SELECT count(*) FROM events WHERE type = 'digest.due'") == 1
        assert database.value("SELECT count(DISTINCT digest_id) FROM notifications") == 1

    def test_delivered_five_times_it_is_one_mail(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, database: Database
    ) -> None:
        deliver(desk.event("ticket.closed", ticket, cast.dario))
        mailbox.empty()
        (due,) = fall_due(database)

        assert [deliver(due) for _ in range(5)] == [[]] * 5
        assert mailbox.recipients == [cast.chris.email]

    def test_killed_before_it_was_written_down_it_goes_again_under_the_same_id(
        self,
        desk: Desk,
        cast: Cast,
        mailbox: Mailbox,
        ticket: UUID,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        deliver(desk.event("ticket.closed", ticket, cast.dario))
        mailbox.empty()
        (due,) = fall_due(database)
        with monkeypatch.context() as killing:
            killing.setattr(queues.digest_mails, "settle", killed)
            with pytest.raises(KeyboardInterrupt):
                deliver(due)
        assert deliver(due) == [0]
        database.run("UPDATE notifications SET claimed_at = now() - interval '2 minutes'")

        assert deliver(due) == []
        first, second = mailbox.mails
        assert first["Message-ID"] == second["Message-ID"]
        assert rows(database, cast.chris) == [("ticket.closed", "sent"), ("digest.due", "sent")]

    def test_with_ses_down_nothing_is_lost(
        self,
        desk: Desk,
        cast: Cast,
        mailbox: Mailbox,
        ticket: UUID,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        deliver(desk.event("ticket.closed", ticket, cast.dario))
        mailbox.empty()
        (due,) = fall_due(database)
        with monkeypatch.context() as down:
            down.setattr(mail, "send", unreachable)
            assert deliver(due) == [0]
        assert statuses(database, cast.chris) == ["gathered"]
        database.run("UPDATE notifications SET claimed_at = now() - interval '2 minutes'")

        assert deliver(due) == []
        assert mailbox.recipients == [cast.chris.email]

    def test_an_address_that_is_none_is_the_end_of_it(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, database: Database
    ) -> None:
        deliver(desk.event("ticket.closed", ticket, cast.dario))
        database.run("UPDATE users SET email = 'no address' WHERE id = :u", u=cast.chris.id)

        assert deliver(*fall_due(database)) == []
        assert rows(database, cast.chris) == [("ticket.closed", "failed"), ("digest.due", "failed")]

    def test_what_is_gathered_meanwhile_comes_with_the_next(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, database: Database
    ) -> None:
        deliver(said(desk, ticket, cast.dario, "First."))
        (due,) = fall_due(database)
        deliver(said(desk, ticket, cast.dario, "Second."))
        mailbox.empty()

        deliver(due, *fall_due(database))

        texts = [text_of(each) for each in mailbox.mails]
        assert [("First." in text, "Second." in text) for text in texts] == [(True, False), (False, True)]

    def test_an_older_state_after_a_newer_one_is_not_gathered(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, database: Database
    ) -> None:
        resolved = desk.event("ticket.resolved", ticket, cast.dario)
        reopened = desk.event("ticket.reopened", ticket, cast.dario)

        deliver(reopened)
        deliver(resolved)

        assert statuses(database, cast.chris) == ["gathered", "superseded"]

    @pytest.mark.parametrize("payload", [{}, {"user": 1}, {"user": {"id": "x"}}, {"user": {"id": None}}])
    def test_poison_fails_alone(
        self,
        desk: Desk,
        cast: Cast,
        mailbox: Mailbox,
        ticket: UUID,
        database: Database,
        payload: dict[str, Any],
    ) -> None:
        deliver(desk.event("ticket.closed", ticket, cast.dario))
        mailbox.empty()
        (due,) = fall_due(database)

        assert deliver({**due, "payload": payload}, due) == [0]
        assert mailbox.recipients == [cast.chris.email]

    def test_an_event_of_another_desk_reads_nothing_here(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, ticket: UUID, database: Database
    ) -> None:
        deliver(desk.event("ticket.closed", ticket, cast.dario))
        mailbox.empty()
        (due,) = fall_due(database)

        assert deliver({**due, "workspace_id": str(cast.globex)}) == []
        assert mailbox.recipients == []
        assert statuses(database, cast.chris) == ["gathered"]


def killed(*_: object) -> None:
    raise KeyboardInterrupt


def unreachable(*_: object) -> str:
    raise ConnectionError
