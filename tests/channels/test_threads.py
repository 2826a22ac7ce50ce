"""Whom a mail answers, and what it may do there: the trust rule, case by case."""

from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib.core import sqs
from tests.conftest import Queue
from tests.support.cast import Cast, Person
from tests.support.database import Database
from tests.support.letterbox import ACME, Letterbox, letter, proven
from tests.support.mailbox import Mailbox
from tests.support.post import Post
from tests.support.service_desk import ServiceDesk

Row = dict[str, Any]


@pytest.fixture
def post(queue: Queue) -> Post:
    """What the desk sends."""
    sqs.breaker.reset()
    mailbox = Mailbox()
    mailbox.empty()
    return Post(queue, mailbox)


@pytest.fixture
def ticket(letterbox: Letterbox, post: Post) -> Row:
    """Carol's ticket, opened by mail and acknowledged."""
    row = letterbox.bring(letter(message_id="<first@customers.example>", cc="boss@customers.example"))
    post.arrive()
    return letterbox.ticket(row)


def answer_to(mail: EmailMessage, sender: str, text: str = "The third port.", **more: str) -> bytes:
    """A reply as a mail program writes it, to a mail whose id SES has replaced."""
    seen = "<0100018f6f5c7c3e-9a412f1d-0000@email.amazonses.com>"
    headers = {"in_reply_to": seen, "references": f"{mail['References']} {seen}", **more}
    return letter(sender, f"Re: {mail['Subject']}", text, **headers)


def said(letterbox: Letterbox, ticket: Mapping[str, Any]) -> list[tuple[str, str, Any]]:
    return [(c["body"], c["visibility"], c["author_id"]) for c in letterbox.comments(ticket["id"])]


def resolved(desk: ServiceDesk, ticket: Row) -> None:
    assert desk.do(desk.cast.dario, ticket, "resolve", resolution="Replaced.").status == 200


class TestCustomers:
    def test_case_e1_an_answer_to_our_mail_is_a_comment(
        self, letterbox: Letterbox, post: Post, ticket: Row, cast: Cast
    ) -> None:
        row = letterbox.bring(answer_to(post.last(cast.carol.email), cast.carol.email))

        assert (row["outcome"], row["ticket_id"]) == ("comment", ticket["id"])
        assert said(letterbox, ticket) == [("The third port.", "public", cast.carol.id)]
        assert letterbox.comments(ticket["id"])[0]["source"] == "email"

    def test_case_e1_the_id_that_the_provider_gave_is_enough(
        self, letterbox: Letterbox, ticket: Row, database: Database, cast: Cast
    ) -> None:
        database.run("UPDATE notifications SET provider_id = '0100018f-abcdef-000000'")
        name = "<0100018f-abcdef-000000@eu-west-1.amazonses.com>"

        row = letterbox.bring(letter(in_reply_to=name))

        assert (row["outcome"], row["ticket_id"]) == ("comment", ticket["id"])

    @pytest.mark.parametrize("whose", ["ours", "the provider's"])
    def test_case_e12_a_mail_of_ours_that_comes_back_from_another_address_is_a_loop(
        self, letterbox: Letterbox, post: Post, ticket: Row, database: Database, cast: Cast, whose: str
    ) -> None:
        database.run("UPDATE notifications SET provider_id = '0100018f-abcdef-000000'")
        sent = post.last(cast.carol.email)
        came_as = sent["Message-ID"] if whose == "ours" else "<0100018f-abcdef-000000@email.amazonses.com>"
        before = letterbox.count("comments"), letterbox.count("events")

        row = letterbox.bring(
            letter("Everybody via a list <all@list.example>", sent["Subject"], message_id=came_as)
        )

        assert (row["outcome"], row["reason"]) == ("quarantined", "loop")
        assert (letterbox.count("comments"), letterbox.count("events")) == before

    def test_an_id_as_ses_gives_it_to_its_other_users_is_no_loop(self, letterbox: Letterbox) -> None:
        row = letterbox.bring(letter(message_id="<0100018f-ffffff-000000@email.amazonses.com>"))

        assert row["outcome"] == "ticket"

    def test_case_e2_a_customer_answers_their_own_mail(self, letterbox: Letterbox, ticket: Row) -> None:
        row = letterbox.bring(letter(in_reply_to="<first@customers.example>", text="And rack 5."))

        assert row["ticket_id"] == ticket["id"]

    def test_case_e3_a_colleague_who_was_copied_in_answers_all(
        self, letterbox: Letterbox, ticket: Row
    ) -> None:
        row = letterbox.bring(
            letter("Boss <boss@customers.example>", in_reply_to="<first@customers.example>")
        )

        assert (row["outcome"], row["ticket_id"]) == ("comment", ticket["id"])
        assert letterbox.count("ticket_watchers") == 0

    def test_case_e3_and_watches_where_the_workspace_says_so(
        self, letterbox: Letterbox, database: Database
    ) -> None:
        database.run("UPDATE workspaces SET add_cc_as_watchers = true")
        first = letterbox.bring(
            letter(message_id="<a@customers.example>", cc="boss@customers.example, acme+it@mail.mesa.example")
        )
        watchers = (
            "SELECT u.email FROM ticket_watchers w JOIN users u ON u.id = w.user_id "
            f"WHERE w.ticket_id = '{first['ticket_id']}'"
        )
        assert [row["email"] for row in database.rows(watchers)] == ["boss@customers.example"]

        row = letterbox.bring(letter("boss@customers.example", in_reply_to="<a@customers.example>"))

        assert row["ticket_id"] == first["ticket_id"]
        assert len(database.rows(watchers)) == 1

    def test_case_e3_whom_an_answer_is_sent_to_as_well_watches_too(
        self, letterbox: Letterbox, database: Database, ticket: Row
    ) -> None:
        database.run("UPDATE workspaces SET add_cc_as_watchers = true")
        watchers = "SELECT u.email FROM ticket_watchers w JOIN users u ON u.id = w.user_id"

        copied = "Desk <acme@mail.mesa.example>, Ben <ben@elsewhere.example>"
        answer = letter(in_reply_to="<first@customers.example>", cc=copied)
        letterbox.bring(answer, results=proven("customers.example"))

        assert [row["email"] for row in database.rows(watchers)] == ["ben@elsewhere.example"]

    def test_case_e5_a_forged_answer_to_a_guessed_label_lets_nobody_read_along(
        self, letterbox: Letterbox, database: Database, ticket: Row
    ) -> None:
        database.run("UPDATE workspaces SET add_cc_as_watchers = true")
        copied = {"cc": "mallory@evil.example", "message_id": "<guess@evil.example>"}

        letterbox.bring(letter(subject=f"[{ticket['label']}]", **copied))
        letterbox.bring(letter(in_reply_to="<guess@evil.example>", cc="mallory@evil.example"))
        letterbox.bring(letter("mallory@evil.example", in_reply_to="<guess@evil.example>"))

        assert letterbox.count("ticket_watchers") == 0

    def test_case_e3_so_they_do_of_a_follow_up(
        self, letterbox: Letterbox, database: Database, ticket: Row, desk: ServiceDesk
    ) -> None:
        database.run("UPDATE workspaces SET add_cc_as_watchers = true")
        resolved(desk, ticket)
        assert desk.do(desk.cast.dario, ticket, "close").status == 200

        answer = letter(in_reply_to="<first@customers.example>", cc="ben@elsewhere.example")
        row = letterbox.bring(answer, results=proven("customers.example"))

        watched = "SELECT ticket_id FROM ticket_watchers"
        assert (row["outcome"], database.value(watched)) == ("follow_up", row["ticket_id"])

    def test_case_e5_a_guessed_label_opens_a_ticket_of_its_own(
        self, letterbox: Letterbox, ticket: Row, desk: ServiceDesk, database: Database
    ) -> None:
        resolved(desk, {**ticket, "id": str(ticket["id"])})
        before = desk.detail(desk.cast.ada, ticket)

        row = letterbox.bring(letter("mallory@evil.example", f"[{ticket['label']}] open it"))

        assert (row["outcome"], row["ticket_id"] != ticket["id"]) == ("ticket", True)
        assert desk.detail(desk.cast.ada, ticket) == before
        (link,) = database.rows("SELECT * FROM ticket_links")
        assert {link["ticket_id"], link["other_id"]} == {ticket["id"], row["ticket_id"]}

    def test_case_e5_nor_does_a_known_id_let_a_stranger_in(
        self, letterbox: Letterbox, post: Post, ticket: Row, cast: Cast
    ) -> None:
        row = letterbox.bring(answer_to(post.last(cast.carol.email), "mallory@evil.example"))

        assert (row["outcome"], row["ticket_id"] != ticket["id"]) == ("ticket", True)
        assert letterbox.comments(ticket["id"]) == []

    def test_case_e5_the_requester_needs_the_label_alone(self, letterbox: Letterbox, ticket: Row) -> None:
        row = letterbox.bring(letter(subject=f"Still: [{ticket['label']}]"))

        assert (row["outcome"], row["ticket_id"]) == ("comment", ticket["id"])

    def test_case_e5_whoever_was_copied_in_needs_more_than_the_label(
        self, letterbox: Letterbox, ticket: Row
    ) -> None:
        row = letterbox.bring(letter("boss@customers.example", f"[{ticket['label']}]"))

        assert row["ticket_id"] != ticket["id"]

    def test_case_e5_nor_does_a_bounce_let_in_whom_it_copies(
        self, letterbox: Letterbox, post: Post, ticket: Row, cast: Cast
    ) -> None:
        name = str(post.last(cast.carol.email)["Message-ID"])
        copied = "mallory@evil.example"
        kept = letterbox.bring(letter("daemon@evil.example", in_reply_to=name, cc=copied), return_path="")

        row = letterbox.bring(letter(copied, in_reply_to=name))

        assert (kept["outcome"], kept["ticket_id"]) == ("kept", ticket["id"])
        assert (row["outcome"], row["ticket_id"] != ticket["id"]) == ("ticket", True)

    def test_case_e6_many_answer_one_newsletter(self, letterbox: Letterbox) -> None:
        people = [f"reader{n}@readers.example" for n in range(3)]
        rows = [letterbox.bring(letter(each, in_reply_to="<news@list.example>")) for each in people]
        again = letterbox.bring(letter(people[0], in_reply_to="<news@list.example>", text="More."))

        assert len({row["ticket_id"] for row in rows}) == 3
        assert again["outcome"] == "ticket"

    def test_never_across_mailboxes(
        self, letterbox: Letterbox, ticket: Row, cast: Cast, database: Database
    ) -> None:
        database.run(
            "INSERT INTO mailboxes (workspace_id, address, name) VALUES (:w, 'sales@acme.example', 'Sales')",
            w=cast.acme,
        )
        answer = letter(in_reply_to="<first@customers.example>", to="sales@acme.example")
        row = letterbox.bring(answer, recipient="sales@acme.example")

        assert (row["outcome"], row["ticket_id"] != ticket["id"]) == ("ticket", True)

    def test_never_across_workspaces(self, letterbox: Letterbox, post: Post, ticket: Row, cast: Cast) -> None:
        answer = answer_to(post.last(cast.carol.email), cast.carol.email, to="globex@mail.mesa.example")
        row = letterbox.bring(answer, recipient="globex@mail.mesa.example")

        assert (row["outcome"], row["workspace_id"]) == ("ticket", cast.globex)
        assert letterbox.comments(ticket["id"]) == []


class TestTheTicketsLife:
    def test_an_answer_goes_on_with_what_waited_for_it(
        self, letterbox: Letterbox, ticket: Row, desk: ServiceDesk
    ) -> None:
        desk.do(desk.cast.dario, ticket, "pause", waiting_on="customer", reason="Which port?")

        row = letterbox.bring(letter(in_reply_to="<first@customers.example>"))

        assert letterbox.ticket(row)["status"] == "open"

    def test_and_opens_again_what_was_resolved(
        self, letterbox: Letterbox, ticket: Row, desk: ServiceDesk
    ) -> None:
        resolved(desk, ticket)

        row = letterbox.bring(letter(in_reply_to="<first@customers.example>"))

        assert (row["outcome"], letterbox.ticket(row)["status"]) == ("comment", "open")

    @pytest.mark.parametrize("steps", [["close"], ["close", "archive"]])
    def test_on_a_finished_ticket_it_opens_a_follow_up(
        self, letterbox: Letterbox, ticket: Row, desk: ServiceDesk, steps: list[str], database: Database
    ) -> None:
        resolved(desk, ticket)
        for verb in steps:
            assert desk.do(desk.cast.dario, ticket, verb).status == 200

        row = letterbox.bring(letter(in_reply_to="<first@customers.example>"))

        assert (row["outcome"], row["ticket_id"] != ticket["id"]) == ("follow_up", True)
        assert database.value("SELECT kind FROM ticket_links") == "follow_up"

    def test_on_a_merged_one_it_lands_on_the_target(
        self, letterbox: Letterbox, ticket: Row, desk: ServiceDesk
    ) -> None:
        target = desk.ticket()
        assert desk.do(desk.cast.dario, ticket, "merge", into_id=target["id"]).status == 200

        row = letterbox.bring(letter(in_reply_to="<first@customers.example>"))

        assert (row["outcome"], str(row["ticket_id"])) == ("comment", target["id"])

    def test_case_e9_an_out_of_office_is_kept_and_does_nothing(
        self, letterbox: Letterbox, post: Post, ticket: Row, desk: ServiceDesk
    ) -> None:
        resolved(desk, ticket)
        desk.do(desk.cast.dario, ticket, "close")
        post.arrive()
        before = desk.detail(desk.cast.ada, ticket)
        post.mailbox.empty()

        row = letterbox.bring(
            letter(in_reply_to="<first@customers.example>", text="I am away.", auto_submitted="auto-replied")
        )

        after = desk.detail(desk.cast.ada, ticket)
        (note,) = after["comments"][1:]
        assert (row["outcome"], row["automatic"]) == ("kept", True)
        assert (note["visibility"], note["author"], "I am away." in note["body"]) == ("internal", None, True)
        assert [after[name] for name in ("status", "version", "sla")] == [
            before[name] for name in ("status", "version", "sla")
        ]
        assert post.arrive() == []
        assert [each["id"] for each in desk.detail(desk.cast.carol, ticket)["comments"]] == [
            before["comments"][0]["id"]
        ]

    @pytest.mark.parametrize(
        "mark", [{"auto_submitted": "auto-generated"}, {"x_autoreply": "yes"}, {"precedence": "bulk"}]
    )
    def test_case_e9_what_a_machine_writes_to_nobody_is_quarantined(
        self, letterbox: Letterbox, mark: dict[str, str]
    ) -> None:
        row = letterbox.bring(letter(**mark))

        assert (row["outcome"], row["reason"]) == ("quarantined", "automatic")

    def test_case_e21_what_is_quoted_is_left_out_and_kept_beside(
        self, letterbox: Letterbox, ticket: Row
    ) -> None:
        text = "The third port.\n\nOn Fri, 20 Nov 2026 at 10:00, Acme wrote:\n> Which port is it?\n"
        row = letterbox.bring(letter(in_reply_to="<first@customers.example>", text=text))

        assert [each["body"] for each in letterbox.comments(ticket["id"])] == ["The third port."]
        assert "> Which port is it?" in row["body"]

    def test_case_e22_software_is_no_answer(self, letterbox: Letterbox, ticket: Row) -> None:
        row = letterbox.bring(letter(subject="Software: down"))

        assert (row["outcome"], letterbox.ticket(row)["subject"]) == ("ticket", "Software: down")


class TestStaff:
    @pytest.fixture
    def told(self, post: Post, desk: ServiceDesk, ticket: Row, cast: Cast) -> EmailMessage:
        """What Ana heard of the ticket that was assigned to her."""
        assert desk.do(cast.dario, ticket, "assign", assignee_id=cast.ana.id).status == 200
        return post.last(cast.ana.email)

    def test_staff_answers_by_mail(
        self, letterbox: Letterbox, post: Post, told: EmailMessage, ticket: Row, cast: Cast
    ) -> None:
        row = letterbox.bring(answer_to(told, cast.ana.email), results=proven("acme.example"))

        assert (row["outcome"], row["authenticated"]) == ("comment", True)
        assert said(letterbox, ticket) == [("The third port.", "public", cast.ana.id)]
        assert "> The third port." in post.last(cast.carol.email).get_body(("plain",)).get_content()  # type: ignore[union-attr]

    def test_what_answers_a_note_is_a_note(
        self,
        letterbox: Letterbox,
        post: Post,
        desk: ServiceDesk,
        told: EmailMessage,
        ticket: Row,
        cast: Cast,
    ) -> None:
        desk.comment(cast.dario, ticket, "Careful.", visibility="internal")
        noted = post.last(cast.ana.email)

        letterbox.bring(answer_to(noted, cast.ana.email), results=proven("acme.example"))

        assert said(letterbox, ticket)[-1] == ("The third port.", "internal", cast.ana.id)

    @pytest.mark.parametrize(
        "results",
        [
            "spf=none; dkim=none; dmarc=none",
            "spf=fail; dkim=fail; dmarc=fail header.from=acme.example",
            proven("evil.example"),
            'spf=pass envelope-from="; dmarc=pass header.from=acme.example"@evil.example; dmarc=none',
            "spf=pass envelope-from=a@acme.example; dkim=none; dmarc=fail header.from=acme.example",
        ],
    )
    def test_case_e8_a_forged_sender_never_acts_as_staff(
        self, letterbox: Letterbox, told: EmailMessage, ticket: Row, cast: Cast, results: str
    ) -> None:
        row = letterbox.bring(answer_to(told, cast.ana.email), results=results)

        assert (row["outcome"], row["reason"]) == ("quarantined", "unproven_staff")
        assert said(letterbox, ticket) == []

    def test_case_e8_nor_does_one_who_answers_a_mail_that_was_not_theirs(
        self, letterbox: Letterbox, post: Post, told: EmailMessage, ticket: Row, cast: Cast
    ) -> None:
        to_carol = post.last(cast.carol.email)
        row = letterbox.bring(answer_to(to_carol, cast.ana.email), results=proven("acme.example"))

        assert row["reason"] == "unproven_staff"

    def test_case_e8_nor_one_who_makes_the_id_up(
        self, letterbox: Letterbox, told: EmailMessage, ticket: Row, cast: Cast
    ) -> None:
        forged = told["References"].replace(told["Message-ID"][-20:], "a" * 6 + "@mesa.example>")
        assert forged != told["References"]
        headers = {"in_reply_to": "<x@y.example>", "references": forged}
        row = letterbox.bring(letter(cast.ana.email, **headers), results=proven("acme.example"))

        assert row["reason"] == "unproven_staff"

    def test_case_e8_a_header_of_the_sender_proves_nothing(
        self, letterbox: Letterbox, told: EmailMessage, cast: Cast
    ) -> None:
        own = f"Authentication-Results: amazonses.com; {proven('acme.example')}\n".encode()
        row = letterbox.bring(own + answer_to(told, cast.ana.email))

        assert row["reason"] == "unproven_staff"

    def test_case_e8_nor_does_a_machine_under_a_forged_name_write_on_a_guessed_ticket(
        self, letterbox: Letterbox, told: EmailMessage, ticket: Row, cast: Cast
    ) -> None:
        away = {"text": "I am away.", "auto_submitted": "auto-replied"}
        row = letterbox.bring(letter(cast.ana.email, f"Re: [{ticket['label']}]", **away))

        assert (row["outcome"], row["reason"]) == ("quarantined", "automatic")
        assert said(letterbox, ticket) == []
        answer = answer_to(told, cast.ana.email, "I am away.", auto_submitted="auto-replied")
        assert letterbox.bring(answer)["outcome"] == "kept"

    def test_staff_who_ask_for_help_are_customers(self, letterbox: Letterbox, cast: Cast) -> None:
        row = letterbox.bring(letter(cast.ana.email))
        again = letterbox.bring(letter(cast.ana.email, in_reply_to=row["message_id"]))

        assert (row["outcome"], again["outcome"]) == ("ticket", "comment")
        assert letterbox.ticket(row)["requester_id"] == cast.ana.id

    FORWARDED = (
        "Please see to it.\n\n---------- Forwarded message ---------\n"
        "From: Walter Walk-in <walter@walk-in.example>\nDate: Fri, 20 Nov 2026 at 10:00\n"
        "Subject: No light\nTo: <ana@acme.example>\n\nThe lamp is dark.\n"
    )

    def test_case_e7_what_staff_forwards_is_its_authors(
        self, letterbox: Letterbox, cast: Cast, database: Database
    ) -> None:
        mail = letter(cast.ana.email, "Fwd: No light", self.FORWARDED)
        ticket = letterbox.ticket(letterbox.bring(mail, results=proven("acme.example")))

        requester = database.value("SELECT email FROM users WHERE id = :u", u=ticket["requester_id"])
        assert (requester, ticket["subject"]) == ("walter@walk-in.example", "No light")
        assert "The lamp is dark." in ticket["description"]

    @pytest.mark.parametrize(
        ("above", "description"), [("Please.\n", "Please.\n\nIt is dark."), ("", "It is dark.")]
    )
    def test_case_e7_the_words_of_an_attached_mail_are_in_the_description(
        self, letterbox: Letterbox, cast: Cast, database: Database, above: str, description: str
    ) -> None:
        mail = (
            f"From: {cast.ana.email}\nTo: {ACME}\nSubject: Fwd: No light\nMessage-ID: <7@acme.example>\n"
            f"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n{above}"
            "--b\nContent-Type: message/rfc822\n\nFrom: walter@walk-in.example\n\nIt is dark.\n--b--\n"
        )
        ticket = letterbox.ticket(letterbox.bring(mail.encode(), results=proven("acme.example")))

        requester = database.value("SELECT email FROM users WHERE id = :u", u=ticket["requester_id"])
        assert (requester, ticket["description"]) == ("walter@walk-in.example", description)

    @pytest.mark.parametrize(
        ("who", "results"),
        [("carol", proven("customers.example")), ("ana", "spf=none; dkim=none; dmarc=none")],
    )
    def test_case_e7_what_others_forward_is_their_own(
        self, letterbox: Letterbox, cast: Cast, who: str, results: str
    ) -> None:
        person: Person = getattr(cast, who)
        ticket = letterbox.ticket(
            letterbox.bring(letter(person.email, "Fwd: No light", self.FORWARDED), results=results)
        )

        assert ticket["requester_id"] == person.id


class TestWhatTheDeskSends:
    def test_stands_in_the_thread_of_the_mail_that_opened_the_ticket(
        self, post: Post, ticket: Row, cast: Cast
    ) -> None:
        told = post.last(cast.carol.email)

        root = f"<ticket.{ticket['id'].hex}@mesa.example>"
        assert told["In-Reply-To"] == "<first@customers.example>"
        assert told["References"] == f"{root} <first@customers.example> {told['Message-ID']}"

    @pytest.mark.parametrize(
        "message_id",
        ["", "<ünï@x.example>", "<ticket.018f3a5c7e2b7a10b3c4d5e6f7a8b9c0@mesa.example>", f"<{'a' * 300}@x>"],
    )
    def test_names_no_id_that_is_none_or_another_tickets(
        self, letterbox: Letterbox, post: Post, cast: Cast, message_id: str
    ) -> None:
        head = f"From: {cast.carol.email}\nTo: {ACME}\nMessage-ID: {message_id}\nSubject: x\n\nx"
        letterbox.bring(head.encode())

        told = post.last(cast.carol.email)
        assert told["References"] == f"{told['In-Reply-To']} {told['Message-ID']}"
