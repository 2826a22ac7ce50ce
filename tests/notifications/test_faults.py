"""Cases 45 to 47 and what else goes wrong on the way: each mail once, always under its id, and none lost."""

import itertools
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

import pytest

from chalicelib import queues
from chalicelib.core import mail
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.desk import Desk
from tests.support.mailbox import LambdaContext, Mailbox, deliver


@pytest.fixture
def ses_down(monkeypatch: pytest.MonkeyPatch, aws: str) -> Iterator[Callable[[], None]]:
    """SES is out of reach until the function given is called."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    monkeypatch.setitem(mail.TIMEOUTS, "retries", {"total_max_attempts": 1})
    monkeypatch.setenv("AWS_ENDPOINT_URL_SES", f"http://127.0.0.1:{port}")
    mail._ses.cache_clear()

    def up() -> None:
        monkeypatch.delenv("AWS_ENDPOINT_URL_SES", raising=False)
        mail._ses.cache_clear()

    yield up
    up()


def end_leases(database: Database) -> None:
    database.run("UPDATE notifications SET claimed_at = now() - interval '61 seconds'")


def statuses(database: Database) -> list[str]:
    return [
        row["status"] for row in database.rows("SELECT status FROM notifications ORDER BY sequence, user_id")
    ]


class TestDuplicates:
    def test_case_45_five_deliveries_make_one_mail_each(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database
    ) -> None:
        told = desk.event("ticket.created", desk.ticket(cast.carol), cast.carol)

        failed = [deliver(told) for _ in range(5)]

        assert failed == [[]] * 5
        assert mailbox.recipients == [cast.carol.email, cast.dario.email]

    def test_case_45_five_times_in_one_batch_too(self, desk: Desk, cast: Cast, mailbox: Mailbox) -> None:
        told = desk.event("ticket.created", desk.ticket(cast.carol), cast.carol)

        assert deliver(told, told, told, told, told) == []
        assert mailbox.recipients == [cast.carol.email, cast.dario.email]

    def test_case_45_five_at_once_make_one_mail_and_four_come_again(
        self,
        desk: Desk,
        cast: Cast,
        mailbox: Mailbox,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        told = desk.event("ticket.closed", desk.ticket(cast.carol), cast.ana)
        others_are_done = threading.Event()
        send = mail.send

        def slow(letter: mail.Mail, tracking: mail.Tracking) -> str:
            others_are_done.wait(10)
            return send(letter, tracking)

        monkeypatch.setattr(mail, "send", slow)
        with ThreadPoolExecutor(5) as pool:
            deliveries = [pool.submit(deliver, told) for _ in range(5)]
            first_four = list(itertools.islice(as_completed(deliveries), 4))
            others_are_done.set()
        assert len(first_four) == 4
        failed = [delivery.result() for delivery in deliveries]

        assert sorted(failed) == [[], [0], [0], [0], [0]]
        assert mailbox.recipients == [cast.carol.email]
        assert deliver(told) == []
        assert mailbox.recipients == [cast.carol.email]

    def test_a_mail_that_another_may_be_sending_is_left_to_it(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database
    ) -> None:
        told = desk.event("ticket.closed", desk.ticket(cast.carol), cast.ana)
        deliver(told)
        mailbox.empty()
        database.run(
            "UPDATE notifications SET status = 'claimed', claimed_at = now() - interval '50 seconds'"
        )

        assert deliver(told) == [0]
        assert mailbox.recipients == []


# Ana is to be told no more.
GONE = {
    "assigned to somebody else": "UPDATE tickets SET assignee_id = :dario WHERE id = :t",
    "deleted": "UPDATE tickets SET deleted_at = now() WHERE id = :t",
    "deactivated": "UPDATE users SET status = 'deactivated' WHERE id = :ana",
}


class TestNothingLeftToTell:
    """A delivery died between claiming and sending; when the event comes again, nobody is to be told."""

    @pytest.mark.parametrize("meanwhile", GONE)
    def test_what_was_claimed_is_let_go(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database, meanwhile: str
    ) -> None:
        ticket = desk.ticket(cast.carol, assignee=cast.ana)
        changes = {"assignee_id": {"from": None, "to": str(cast.ana.id)}}
        told = desk.event("ticket.assigned", ticket, cast.dario, changes=changes)
        assert deliver(told) == []
        assert mailbox.recipients == [cast.ana.email]
        mailbox.empty()
        database.run("UPDATE notifications SET status = 'claimed', claimed_at = now()")
        values = {"dario": cast.dario.id, "ana": cast.ana.id, "t": ticket}
        sql = GONE[meanwhile]

        database.run(sql, **{name: value for name, value in values.items() if f":{name}" in sql})

        assert deliver(told) == [0], "whoever claimed it may be sending it"
        end_leases(database)
        assert deliver(told) == []
        assert statuses(database) == ["superseded"]
        assert mailbox.recipients == []


class TestOrder:
    def test_case_46_an_older_state_after_a_newer_one_is_not_told(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database
    ) -> None:
        ticket = desk.ticket(cast.carol)
        resolved = desk.event("ticket.resolved", ticket, cast.ana)
        reopened = desk.event("ticket.reopened", ticket, cast.dario)

        deliver(reopened)
        deliver(resolved)

        (mail,) = mailbox.mails
        assert mail["Message-ID"].startswith(f"<{reopened['id']}.")
        assert statuses(database) == ["superseded", "sent"]

    def test_case_46_in_order_both_are_told(self, desk: Desk, cast: Cast, mailbox: Mailbox) -> None:
        ticket = desk.ticket(cast.carol)

        deliver(desk.event("ticket.resolved", ticket, cast.ana))
        deliver(desk.event("ticket.reopened", ticket, cast.dario))

        assert len(mailbox.mails) == 2

    def test_case_46_comments_are_told_in_any_order(self, desk: Desk, cast: Cast, mailbox: Mailbox) -> None:
        ticket = desk.ticket(cast.carol)
        told = [
            desk.event(
                "ticket.commented",
                ticket,
                cast.ana,
                meta={"comment_id": str(desk.comment(ticket, cast.ana, text))},
            )
            for text in ("one", "two", "three")
        ]

        deliver(*reversed(told))

        assert mailbox.recipients == [cast.carol.email] * 3

    def test_case_46_another_topic_or_ticket_overrules_nothing(
        self, desk: Desk, cast: Cast, mailbox: Mailbox
    ) -> None:
        ticket, other = desk.ticket(cast.carol, assignee=cast.ana), desk.ticket(cast.carol, assignee=cast.ana)
        older = desk.event("ticket.sla_breached", ticket, meta={"metric": "first_response"}, internal=True)
        newer = desk.event("ticket.sla_breached", ticket, meta={"metric": "resolution"}, internal=True)
        desk.event("ticket.updated", other, cast.carol)
        elsewhere = desk.event("ticket.sla_breached", other, meta={"metric": "first_response"}, internal=True)

        deliver(elsewhere, newer, older)

        assert mailbox.recipients.count(cast.ana.email) == 3

    def test_case_46_an_older_mail_that_was_never_finished_is_overruled_too(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database
    ) -> None:
        ticket = desk.ticket(cast.carol)
        resolved = desk.event("ticket.resolved", ticket, cast.ana)
        reopened = desk.event("ticket.reopened", ticket, cast.dario)
        deliver(resolved)
        database.run("UPDATE notifications SET status = 'claimed'")
        end_leases(database)
        deliver(reopened)
        mailbox.empty()

        assert deliver(resolved) == []
        assert mailbox.recipients == []
        assert statuses(database) == ["superseded", "sent"]

    def test_the_words_of_a_resolution_are_told_even_after_a_newer_state(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database
    ) -> None:
        ticket = desk.ticket(cast.carol, assignee=cast.ana)
        comment = desk.comment(ticket, cast.ana, "Port replaced.")
        told = desk.event("ticket.commented", ticket, cast.ana, meta={"comment_id": str(comment)})
        resolved = desk.event("ticket.resolved", ticket, cast.ana)
        resolved["created_at"] = told["created_at"]
        database.run(
            "UPDATE timeline_entries SET created_at = CAST(:at AS timestamptz)", at=told["created_at"]
        )
        closed = desk.event("ticket.closed", ticket, cast.ana)

        deliver(closed, resolved, told)

        assert mailbox.recipients == [cast.carol.email] * 2


class TestPoison:
    def test_case_47_of_ten_with_one_poison_nine_are_done(
        self, desk: Desk, cast: Cast, mailbox: Mailbox
    ) -> None:
        good: list[Any] = [desk.event("ticket.closed", desk.ticket(cast.carol), cast.ana) for _ in range(9)]

        failed = deliver(*good[:4], "poison", *good[4:])

        assert failed == [4]
        assert mailbox.recipients == [cast.carol.email] * 9

    @pytest.mark.parametrize(
        "payload",
        [
            {},
            {"actor": {"id": "x"}, "changes": {}, "meta": {}},
            {"actor": {"id": None}, "changes": {"assignee_id": 7}, "meta": {}},
            {"actor": {"id": None}, "changes": {}, "meta": {"due_at": "tomorrow"}},
            {"actor": {"id": None}, "changes": {}, "meta": {"comment_id": 7}},
            {"actor": None, "changes": {}, "meta": {}},
            {"actor": {"id": None}, "changes": [], "meta": {}},
        ],
        ids=str,
    )
    def test_case_47_an_event_that_makes_no_sense_fails_alone(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, payload: dict[str, Any]
    ) -> None:
        good = desk.event("ticket.closed", desk.ticket(cast.carol), cast.ana)
        bad = {**desk.event("ticket.assigned", desk.ticket(cast.chris), cast.ana), "payload": payload}

        assert deliver(bad, good) == [0]
        assert mailbox.recipients == [cast.carol.email]


class TestProvider:
    def test_ses_down_and_the_mail_goes_out_after_the_lease(
        self,
        desk: Desk,
        cast: Cast,
        mailbox: Mailbox,
        database: Database,
        ses_down: Callable[[], None],
    ) -> None:
        told = desk.event("ticket.created", desk.ticket(cast.carol), cast.carol)
        while_down = deliver(told)
        claimed = statuses(database)
        ses_down()
        within_the_lease = deliver(told)
        end_leases(database)

        assert while_down == [0]
        assert claimed == ["claimed", "claimed"]
        assert within_the_lease == [0]
        assert deliver(told) == []
        assert mailbox.recipients == [cast.carol.email, cast.dario.email]
        assert statuses(database) == ["sent", "sent"]

    def test_killed_between_sending_and_settling_the_mail_goes_again_under_the_same_id(
        self,
        desk: Desk,
        cast: Cast,
        mailbox: Mailbox,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        told = desk.event("ticket.closed", desk.ticket(cast.carol), cast.ana)
        with monkeypatch.context() as killing:
            killing.setattr(queues.settling, "settle", killed)
            with pytest.raises(KeyboardInterrupt):
                deliver(told)
        end_leases(database)

        assert deliver(told) == []
        first, second = mailbox.mails
        assert first["Message-ID"] == second["Message-ID"]
        assert statuses(database) == ["sent"]

    def test_one_address_that_is_none_keeps_no_other_from_being_told(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database
    ) -> None:
        database.run("UPDATE users SET email = 'no address' WHERE id = :u", u=cast.carol.id)
        told = desk.event("ticket.created", desk.ticket(cast.carol), cast.carol)

        assert deliver(told) == []
        assert mailbox.recipients == [cast.dario.email]
        assert sorted(statuses(database)) == ["failed", "sent"]

    def test_one_mail_that_ses_does_not_take_now_keeps_no_other_from_being_told(
        self,
        desk: Desk,
        cast: Cast,
        mailbox: Mailbox,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        told = desk.event("ticket.created", desk.ticket(cast.carol), cast.carol)
        send = mail.send

        def picky(letter: mail.Mail, tracking: mail.Tracking) -> str:
            if letter.recipient == cast.carol.email:
                raise mail.MailRejected("not verified")
            return send(letter, tracking)

        monkeypatch.setattr(mail, "send", picky)

        assert deliver(told) == [0]
        assert mailbox.recipients == [cast.dario.email]
        assert sorted(statuses(database)) == ["claimed", "sent"]

    def test_without_time_left_nothing_is_begun(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database
    ) -> None:
        told = desk.event("ticket.closed", desk.ticket(cast.carol), cast.ana)

        assert deliver(told, seconds=20) == [0]
        assert mailbox.recipients == []
        assert statuses(database) == []

    def test_when_time_is_over_the_rest_comes_again(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told = desk.event("ticket.created", desk.ticket(cast.carol), cast.carol)
        times = iter([True, True, False])
        monkeypatch.setattr(LambdaContext, "get_remaining_time_in_millis", lambda _: 60_000 * next(times))

        failed = deliver(told)
        monkeypatch.undo()

        assert failed == [0]
        assert len(mailbox.mails) == 1
        assert sorted(statuses(database)) == ["claimed", "sent"]

    def test_no_transaction_is_open_while_a_mail_goes_out(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        states: list[str] = []
        send = mail.send

        def watched(letter: mail.Mail, tracking: mail.Tracking) -> str:
            rows = database.rows("SELECT state FROM pg_stat_activity WHERE usename = 'mesa_app'")
            states.extend(row["state"] for row in rows)
            return send(letter, tracking)

        monkeypatch.setattr(mail, "send", watched)
        deliver(desk.event("ticket.closed", desk.ticket(cast.carol), cast.ana))

        assert set(states) == {"idle"}

    def test_the_database_lost_in_between_costs_nothing(
        self, desk: Desk, cast: Cast, mailbox: Mailbox, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        send = mail.send

        def cut(letter: mail.Mail, tracking: mail.Tracking) -> str:
            database.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'mesa_app'")
            return send(letter, tracking)

        monkeypatch.setattr(mail, "send", cut)

        assert deliver(desk.event("ticket.closed", desk.ticket(cast.carol), cast.ana)) == []
        assert statuses(database) == ["sent"]
        assert mailbox.recipients == [cast.carol.email]


def killed(*_: object) -> None:
    raise KeyboardInterrupt
