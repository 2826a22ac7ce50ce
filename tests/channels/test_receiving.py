"""A mail becomes a ticket, a comment or an entry in quarantine, once."""

import boto3
import pytest

from tests.support.cast import Cast
from tests.support.connections import Connections
from tests.support.database import Database
from tests.support.letterbox import ACME, Letterbox, letter, stamped, with_files
from tests.support.service_desk import ServiceDesk


class TestOpening:
    def test_a_mail_becomes_a_ticket_of_its_sender(self, letterbox: Letterbox, cast: Cast) -> None:
        row = letterbox.bring(letter())

        ticket = letterbox.ticket(row)
        assert (row["outcome"], row["workspace_id"], row["user_id"]) == ("ticket", cast.acme, cast.carol.id)
        assert (ticket["subject"], ticket["description"]) == ("The link is down", "Rack 4 is dark.")
        assert (ticket["requester_id"], ticket["source"], ticket["status"]) == (cast.carol.id, "email", "new")

    def test_whoever_writes_for_the_first_time_becomes_a_customer(
        self, letterbox: Letterbox, database: Database
    ) -> None:
        row = letterbox.bring(letter("Walter Walk-in <Walter@Walk-In.example>"))

        (person,) = database.rows("SELECT * FROM users WHERE id = :u", u=row["user_id"])
        assert (person["email"], person["name"]) == ("walter@walk-in.example", "Walter Walk-in")
        assert (person["role"], person["status"]) == ("customer", "contact")

    def test_case_e17_a_mail_without_words_is_a_ticket(self, letterbox: Letterbox) -> None:
        ticket = letterbox.ticket(letterbox.bring(letter(subject=None, text="")))

        assert (ticket["subject"], ticket["description"]) == ("(no subject)", "(no text)")

    def test_case_e17_words_that_nobody_sees_are_none(self, letterbox: Letterbox, database: Database) -> None:
        unseen = "\u200b\u2060"
        row = letterbox.bring(letter(f"{unseen} <walter@walk-in.example>", unseen, unseen))

        ticket = letterbox.ticket(row)
        assert (ticket["subject"], ticket["description"]) == ("(no subject)", "(no text)")
        assert database.value("SELECT name FROM users WHERE id = :u", u=row["user_id"]) == "walter"

    def test_the_mailbox_says_team_type_and_priority(
        self, letterbox: Letterbox, cast: Cast, database: Database
    ) -> None:
        database.run(
            "UPDATE mailboxes SET team_id = :t, type = 'incident', priority = 'urgent' "
            "WHERE workspace_id = :w",
            t=cast.teams["Networks"],
            w=cast.acme,
        )
        ticket = letterbox.ticket(letterbox.bring(letter()))

        assert ticket["team_id"] == cast.teams["Networks"]
        assert (ticket["type"], ticket["priority"]) == ("incident", "urgent")

    def test_a_required_field_keeps_no_mail_out(self, letterbox: Letterbox, desk: ServiceDesk) -> None:
        field = {
            "key": "site",
            "name": "Site",
            "type": "text",
            "visible_to_customers": True,
            "required_for": ["question"],
        }
        reply = desk.as_(desk.cast.ada).post("/v1/custom-fields", field)
        assert reply.status == 201, reply.text

        assert letterbox.bring(letter())["outcome"] == "ticket"

    def test_the_envelope_wins_over_the_headers(self, letterbox: Letterbox, cast: Cast) -> None:
        row = letterbox.bring(letter(to="somebody@elsewhere.example"), recipient="globex@mail.mesa.example")

        assert row["workspace_id"] == cast.globex

    def test_a_tag_behind_the_name_is_the_same_address(self, letterbox: Letterbox, cast: Cast) -> None:
        row = letterbox.bring(letter(), recipient="acme+printers@mail.mesa.example")

        assert row["workspace_id"] == cast.acme

    def test_one_mail_to_two_workspaces_is_a_ticket_in_each(self, letterbox: Letterbox, cast: Cast) -> None:
        letterbox.bring(letter(to=f"{ACME}, globex@mail.mesa.example"))

        assert {row["workspace_id"] for row in letterbox.arrived()} == {cast.acme, cast.globex}

    def test_mail_to_nobody_is_left_to_the_dead_letter_queue(self, letterbox: Letterbox) -> None:
        stray = stamped(letter(to="nobody@mail.mesa.example"), recipient="nobody@mail.mesa.example")

        assert letterbox.tell(letterbox.store(stray)) == [0]
        assert letterbox.arrived() == []

    def test_files_come_along(self, letterbox: Letterbox, database: Database) -> None:
        mail = with_files(
            letter(), ("../rack.png", "image/png", b"\x89PNG"), ("run.exe", "application/x-msdownload", b"MZ")
        )
        row = letterbox.bring(mail)

        (file,) = database.rows("SELECT * FROM attachments")
        assert (file["ticket_id"], file["uploaded_by"]) == (row["ticket_id"], row["user_id"])
        assert (file["file_name"], file["size"], file["state"]) == ("rack.png", 4, "awaiting")
        kept = boto3.client("s3").get_object(
            Bucket="mesa-attachments", Key=f"{file['workspace_id']}/{file['id']}"
        )
        assert kept["Body"].read() == b"\x89PNG"
        assert (kept["ContentType"], kept["ContentDisposition"]) == ("image/png", "attachment")


class TestOnce:
    def test_case_e13_the_same_mail_three_times_is_one_ticket(self, letterbox: Letterbox) -> None:
        mail = letter()
        first = letterbox.bring(mail)
        letterbox.bring(mail)
        key = letterbox.arrived()[0]["object_key"]

        assert letterbox.tell(key, key) == []

        assert letterbox.count("tickets") == 1
        assert [row["outcome"] for row in letterbox.arrived()] == ["ticket", "duplicate"]
        assert letterbox.arrived()[0]["id"] == first["id"]

    def test_case_e13_the_same_answer_three_times_is_one_comment(
        self, letterbox: Letterbox, desk: ServiceDesk
    ) -> None:
        first = letterbox.bring(letter(message_id="<first@customers.example>"))
        answer = letter(subject="Re: The link is down", in_reply_to="<first@customers.example>")
        for _ in range(3):
            letterbox.bring(answer)

        assert len(letterbox.comments(first["ticket_id"])) == 1

    def test_case_e13_at_the_same_time_too(
        self, letterbox: Letterbox, connections: Connections, cast: Cast, database: Database
    ) -> None:
        from chalicelib.channels.letter import Letter
        from chalicelib.channels.receiving import receive
        from chalicelib.channels.routing import route

        raw = stamped(letter())

        def take(tx: object, place: int) -> None:
            came = Letter.read(f"incoming/{place}", raw)
            way = route(tx, came, "desk@mesa.example", "mail.mesa.example")  # type: ignore[arg-type]
            receive(tx, came, way.destinations[0], way.ours)  # type: ignore[arg-type]

        connections.at_once([lambda tx, place=place: take(tx, place) for place in range(4)])

        assert letterbox.count("tickets") == 1
        assert sorted(row["outcome"] for row in letterbox.arrived()) == ["duplicate"] * 3 + ["ticket"]

    def test_case_e15_without_an_id_the_content_stands_in(self, letterbox: Letterbox) -> None:
        mail = b"\n".join(line for line in letter().split(b"\n") if not line.startswith(b"Message-ID"))
        letterbox.bring(mail)
        letterbox.bring(mail)
        letterbox.bring(mail.replace(b"Rack 4", b"Rack 5"))

        assert letterbox.count("tickets") == 2

    def test_a_mail_under_the_id_of_another_sender_is_another_mail(self, letterbox: Letterbox) -> None:
        letterbox.bring(letter(message_id="<one@x.example>"))
        letterbox.bring(letter("mallory@evil.example", message_id="<one@x.example>"))

        assert letterbox.count("tickets") == 2

    def test_files_that_were_not_put_are_put_by_the_next_delivery(
        self, letterbox: Letterbox, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from chalicelib.channels.files import Sent
        from chalicelib.core.errors import Unavailable

        def fails(self: Sent, bucket: str) -> None:
            raise Unavailable("The storage does not answer.")

        key = letterbox.store(stamped(with_files(letter(), ("rack.png", "image/png", b"PNG"))))
        with monkeypatch.context() as patch:
            patch.setattr(Sent, "put", fails)
            assert letterbox.tell(key) == [0]

        assert letterbox.tell(key) == []

        (file,) = database.rows("SELECT * FROM attachments")
        found = boto3.client("s3").get_object(
            Bucket="mesa-attachments", Key=f"{file['workspace_id']}/{file['id']}"
        )
        assert found["Body"].read() == b"PNG"
        assert letterbox.count("tickets") == 1

    def test_case_e20_one_bad_message_of_ten_keeps_no_other(self, letterbox: Letterbox) -> None:
        keys = [letterbox.store(stamped(letter())) for _ in range(9)]
        stray = letterbox.store(stamped(letter(to="x@y.example"), recipient="x@y.example"))

        assert letterbox.tell(*keys[:4], stray, *keys[4:]) == [4]
        assert letterbox.count("tickets") == 9


class TestQuarantine:
    @pytest.mark.parametrize(("verdict", "reason"), [("spam", "spam"), ("virus", "virus")])
    def test_case_e23_what_failed_a_scan_is_quarantined(
        self, letterbox: Letterbox, verdict: str, reason: str
    ) -> None:
        row = letterbox.bring(letter(), **{verdict: "FAIL"})

        assert (row["outcome"], row["reason"]) == ("quarantined", reason)
        assert letterbox.count("tickets") == 0

    def test_case_e23_a_verdict_that_the_sender_wrote_does_not_count(self, letterbox: Letterbox) -> None:
        forged = b"X-SES-Spam-Verdict: PASS\n" + letter()

        assert letterbox.bring(forged, spam="FAIL")["reason"] == "spam"

    @pytest.mark.parametrize("sender", ["desk@mesa.example", ACME, "Globex <globex@mail.mesa.example>"])
    def test_case_e12_what_a_desk_has_sent_is_a_loop(self, letterbox: Letterbox, sender: str) -> None:
        row = letterbox.bring(letter(sender))

        assert (row["outcome"], row["reason"]) == ("quarantined", "loop")
        assert (letterbox.count("tickets"), letterbox.count("events")) == (0, 0)

    def test_case_e12_a_notification_that_comes_back_is_a_loop(self, letterbox: Letterbox) -> None:
        row = letterbox.bring(letter(x_mesa_message_id="<1.2@mesa.example>"))

        assert row["reason"] == "loop"

    def test_case_e16_a_mail_of_nobody_is_quarantined(self, letterbox: Letterbox) -> None:
        row = letterbox.bring(letter(None, reply_to="<>"), return_path="")

        assert (row["outcome"], row["reason"]) == ("quarantined", "no_sender")

    def test_case_e16_sender_and_return_path_stand_in(self, letterbox: Letterbox) -> None:
        named = letterbox.bring(letter(None, x_sender="carol@customers.example"))
        returned = letterbox.bring(letter(None), return_path="chris@customers.example")

        assert [named["from_address"], returned["from_address"]] == [
            "carol@customers.example",
            "chris@customers.example",
        ]

    def test_a_mailbox_that_is_off_takes_nothing(self, letterbox: Letterbox, database: Database) -> None:
        database.run("UPDATE mailboxes SET enabled = false")

        assert letterbox.bring(letter())["reason"] == "mailbox_disabled"

    def test_whose_account_was_taken_away_is_quarantined(
        self, letterbox: Letterbox, cast: Cast, database: Database
    ) -> None:
        database.run("UPDATE users SET status = 'deactivated' WHERE id = :u", u=cast.carol.id)

        assert letterbox.bring(letter())["reason"] == "deactivated_sender"

    def test_unknown_senders_are_quarantined_where_the_mailbox_says_so(
        self, letterbox: Letterbox, database: Database
    ) -> None:
        database.run("UPDATE mailboxes SET unknown_senders = 'quarantine'")

        assert letterbox.bring(letter())["outcome"] == "ticket"
        row = letterbox.bring(letter("walter@walk-in.example"))
        assert (row["outcome"], row["reason"]) == ("quarantined", "unknown_sender")

    def test_what_keeps_coming_from_one_sender_is_no_person(
        self, letterbox: Letterbox, database: Database
    ) -> None:
        letterbox.bring(letter())
        database.run("UPDATE rate_limits SET hits = 60 WHERE bucket LIKE 'mail-in:%'")

        assert letterbox.bring(letter())["reason"] == "too_many"
