"""What comes back: bounces, answers of robots, and what of a mail is not taken."""

from email.message import EmailMessage

import pytest

from chalicelib.core import sqs
from tests.conftest import Queue
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.letterbox import Letterbox, letter, with_files
from tests.support.mailbox import Mailbox
from tests.support.post import Post
from tests.support.service_desk import ServiceDesk


@pytest.fixture
def post(queue: Queue) -> Post:
    """What the desk sends."""
    sqs.breaker.reset()
    mailbox = Mailbox()
    mailbox.empty()
    return Post(queue, mailbox)


def bounce(original: EmailMessage, address: str, status: str = "5.1.1", action: str = "failed") -> bytes:
    """A delivery report (RFC 3464) of a mail that this desk has sent."""
    return (
        "From: MAILER-DAEMON@mx.customers.example\r\nTo: acme@mail.mesa.example\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <b1@mx.customers.example>\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.customers.example\r\n\r\n"
        f"Final-Recipient: rfc822; {address}\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 No such user\r\n\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: {original['Message-ID']}\r\nSubject: x\r\n\r\n--b--\r\n"
    ).encode()


@pytest.fixture
def sent(letterbox: Letterbox, post: Post, cast: Cast) -> EmailMessage:
    """The acknowledgement of Carol's ticket."""
    letterbox.bring(letter())
    return post.last(cast.carol.email)


def bad(database: Database, cast: Cast) -> bool:
    return bool(database.value("SELECT email_bad_at IS NOT NULL FROM users WHERE id = :u", u=cast.carol.id))


class TestBounces:
    def test_case_e11_it_is_noted_on_its_ticket_and_nobody_is_mailed(
        self,
        letterbox: Letterbox,
        post: Post,
        sent: EmailMessage,
        cast: Cast,
        database: Database,
        desk: ServiceDesk,
    ) -> None:
        post.mailbox.empty()

        row = letterbox.bring(bounce(sent, cast.carol.email), return_path="")

        (note,) = letterbox.comments(row["ticket_id"])
        assert (row["outcome"], note["visibility"], note["author_id"]) == ("kept", "internal", None)
        assert f"A mail to {cast.carol.email} did not arrive. 550 5.1.1 No such user" in note["body"]
        assert bad(database, cast)
        assert post.arrive() == []
        ticket = {"id": str(row["ticket_id"])}
        desk.comment(cast.dario, ticket, "Which port?")
        assert cast.carol.email not in [str(mail["To"]) for mail in post.arrive()]

    def test_case_e11_whoever_writes_again_is_reached_again(
        self, letterbox: Letterbox, sent: EmailMessage, cast: Cast, database: Database
    ) -> None:
        letterbox.bring(bounce(sent, cast.carol.email), return_path="")

        letterbox.bring(letter())

        assert not bad(database, cast)

    def test_case_e11_another_address_is_reached_again(
        self, letterbox: Letterbox, sent: EmailMessage, cast: Cast, database: Database, desk: ServiceDesk
    ) -> None:
        letterbox.bring(bounce(sent, cast.carol.email), return_path="")

        body = {"email": "carol.diaz@customers.example"}
        assert desk.as_(cast.ada).patch(f"/v1/users/{cast.carol.id}", body).status == 200

        assert not bad(database, cast)

    @pytest.mark.parametrize(
        ("address", "status", "action"),
        [
            ("carol@customers.example", "4.2.2", "failed"),
            ("carol@customers.example", "4.4.1", "delayed"),
            ("chris@customers.example", "5.1.1", "failed"),
        ],
    )
    def test_case_e11_what_may_pass_or_went_to_others_is_no_bad_address(
        self,
        letterbox: Letterbox,
        sent: EmailMessage,
        cast: Cast,
        database: Database,
        address: str,
        status: str,
        action: str,
    ) -> None:
        row = letterbox.bring(bounce(sent, address, status, action), return_path="")

        assert row["outcome"] == "kept"
        assert database.value("SELECT count(*) FROM users WHERE email_bad_at IS NOT NULL") == 0

    def test_case_e11_a_report_by_whoever_got_a_copy_of_the_answer_is_not_believed(
        self, letterbox: Letterbox, sent: EmailMessage, cast: Cast, database: Database
    ) -> None:
        """An answer names the mail that it answers, to everybody whom it goes to."""
        letterbox.bring(letter(cc="mallory@elsewhere.example", in_reply_to=str(sent["Message-ID"])))

        row = letterbox.bring(bounce(sent, cast.carol.email), return_path="")

        assert row["outcome"] == "kept"
        assert not bad(database, cast)

    def test_case_e11_what_may_pass_counts_on_three_days(
        self, letterbox: Letterbox, sent: EmailMessage, cast: Cast, database: Database
    ) -> None:
        database.run(
            "INSERT INTO mail_reports (workspace_id, user_id, message_id, kind, happened_at) "
            "SELECT :w, :u, '<' || n || '@mesa>', 'failing', now() - make_interval(days => n) "
            "FROM generate_series(1, 2) AS n",
            w=cast.acme,
            u=cast.carol.id,
        )

        letterbox.bring(bounce(sent, cast.carol.email, "4.2.2"), return_path="")

        found = "SELECT email_bad_reason FROM users WHERE id = :u"
        assert database.value(found, u=cast.carol.id) == "failing"

    def test_case_e11_a_machine_that_names_an_address_and_a_number_is_no_report(
        self, letterbox: Letterbox, sent: EmailMessage, cast: Cast, database: Database
    ) -> None:
        text = f"I am away until Monday.\n\nCarol\n{cast.carol.email}\nTel. 555 12 34, room 5.1.1\n"

        row = letterbox.bring(letter(text=text, in_reply_to=sent["Message-ID"]), return_path="")

        assert (row["outcome"], bad(database, cast)) == ("kept", False)
        assert "away until Monday" in letterbox.comments(row["ticket_id"])[0]["body"]

    @pytest.mark.parametrize(
        "sender",
        [
            "Mail Delivery System <Mailer-Daemon@mx.example>",
            "MAILER-DAEMON@mx.example",
            "postmaster@x.example",
        ],
    )
    def test_case_e11_a_report_in_words_counts(
        self, letterbox: Letterbox, sent: EmailMessage, cast: Cast, database: Database, sender: str
    ) -> None:
        text = f"{cast.carol.email}\n    550 5.1.1 No such user\n"

        letterbox.bring(letter(sender, text=text, in_reply_to=sent["Message-ID"]), return_path="")

        assert bad(database, cast)

    def test_case_e11_a_forged_report_does_nothing(
        self, letterbox: Letterbox, sent: EmailMessage, cast: Cast, database: Database
    ) -> None:
        sent.replace_header("Message-ID", "<1.aaaaaaaaaaaaaaaaaaaaaaaaaa@mesa.example>")

        row = letterbox.bring(bounce(sent, cast.carol.email), return_path="")

        assert (row["outcome"], row["reason"]) == ("quarantined", "bounce")
        assert not bad(database, cast)


class TestRobots:
    def test_case_e10_acknowledgements_end_where_a_machine_answers_each(
        self, letterbox: Letterbox, post: Post, database: Database
    ) -> None:
        for number in range(12):
            letterbox.bring(letter("robot@machines.example", f"Alarm {number}"))
        post.arrive()

        to_robot = [mail for mail in post.mailbox.mails if "robot@machines.example" in str(mail["To"])]
        assert (len(to_robot), letterbox.count("tickets")) == (10, 12)
        suppressed = "SELECT count(*) FROM notifications WHERE status = 'suppressed'"
        assert database.value(suppressed) == 2

    def test_case_e10_nor_does_it_hear_without_end_of_files_that_are_not_taken(
        self, letterbox: Letterbox, post: Post
    ) -> None:
        program = ("run.exe", "application/x-msdownload", b"MZ")
        first = letterbox.bring(with_files(letter("robot@machines.example"), program))
        for _ in range(11):
            answer = letter("robot@machines.example", in_reply_to=first["message_id"])
            letterbox.bring(with_files(answer, program))

        notices = [c for c in letterbox.comments(first["ticket_id"]) if "were not taken" in c["body"]]
        assert len(notices) == 10


class TestWhatIsNotTaken:
    def test_case_e20_of_seventy_files_the_sender_hears_which_were_not_taken(
        self, letterbox: Letterbox, post: Post, cast: Cast
    ) -> None:
        files = [(f"{number}.txt", "application/pdf", b"x") for number in range(70)]
        row = letterbox.bring(with_files(letter(), *files))

        (told,) = letterbox.comments(row["ticket_id"])
        assert letterbox.count("attachments") == 50
        assert "were not taken (20)" in told["body"]
        assert "were not taken (20)" in str(post.last(cast.carol.email))

    def test_case_e20_a_file_that_is_too_large_is_told_of(
        self, letterbox: Letterbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("chalicelib.channels.files.MAX_BYTES", 3)

        row = letterbox.bring(with_files(letter(), ("a.png", "image/png", b"four")))

        assert "were not taken (1)" in letterbox.comments(row["ticket_id"])[0]["body"]
