"""Ids of messages: found in headers however they are written, bounded, and ours among them."""

from email.message import EmailMessage
from uuid import UUID

import pytest

from chalicelib.channels import message_ids, mime
from chalicelib.notifications import threads
from tests.support.for_each import for_each
from tests.support.mails import written


@for_each(
    "value, ids",
    [
        ("<a@b>", ("<a@b>",)),
        ("<a@b> <c@d>", ("<a@b>", "<c@d>")),
        ("<a@b><c@d>,<a@b>", ("<a@b>", "<c@d>")),
        ("a@b", ("<a@b>",)),
        (">a@b> c@d", ("<a@b>",)),
        ("my mail a@b", ("<a@b>",)),
        ("< a @ b >", ("<a@b>",)),
        ("your mail of Monday <a@b>", ("<a@b>",)),
        ("<[x]@b>", ("<[x]@b>",)),
        ("nothing", ()),
        ("<>", ()),
        ("", ()),
    ],
)
def test_ids_are_found_in_their_field(value: str, ids: tuple[str, ...]) -> None:
    assert message_ids.ids(value) == ids


def test_an_id_that_no_index_takes_has_a_hash_in_its_place_wherever_it_stands() -> None:
    long = f"<{'x' * 3000}@example.com>"
    mail = mime.parse(written(f"Message-ID: {long}\nReferences: {long}"))
    assert len(mail.message_id) < 100
    assert mail.references == (mail.message_id,)


def test_case_e1_ids_that_pythons_library_folds_into_encoded_words_are_found() -> None:
    ses = "<0102018f3a5c7e2b-1d2c3b4a-5e6f-7a8b-9c0d-1e2f3a4b5c6d-000000@eu-west-1.amazonses.com>"
    message = EmailMessage()
    message["In-Reply-To"], message["References"] = ses, f"<a@x> {ses} <b@x>"
    message.set_content("Yes.")
    raw = bytes(message)
    assert b"=?utf-8?q?=3C0102" in raw

    mail = mime.parse(raw)

    assert mail.in_reply_to == ses
    assert mail.references == ("<a@x>", ses, "<b@x>")


def test_of_very_many_references_the_first_and_the_last_ones_stay() -> None:
    found = message_ids.references([" ".join(f"<{n}@x>" for n in range(500))])
    assert len(found) == message_ids.MAX_REFERENCES
    assert (found[0], found[1], found[-1]) == ("<0@x>", "<401@x>", "<499@x>")


def test_what_a_mail_may_answer_begins_with_the_nearest() -> None:
    mail = mime.parse(written("In-Reply-To: <c@x> <d@x>\nReferences: <a@x> <b@x> <c@x>"))
    assert mail.in_reply_to == "<c@x>"
    assert message_ids.candidates(mail) == ("<c@x>", "<d@x>", "<b@x>", "<a@x>")


def test_the_root_of_a_ticket_names_it_and_that_of_another_desk_does_not() -> None:
    ticket = UUID("018f3a5c-7e2b-7a10-b3c4-d5e6f7a8b9c0")
    ours, theirs = threads.root(ticket, "desk.example.org"), threads.root(ticket, "else.example.org")
    assert message_ids.tickets([ours], "Desk.Example.org") == (ticket,)
    assert message_ids.tickets([theirs, "<ticket.x@desk.example.org>"], "desk.example.org") == ()


@pytest.mark.parametrize(
    "changed",
    ["From: b@example.com", "To: c@example.com", "Subject: y", "Date: Sun, 22 Nov 2026 10:00:00 +0000"],
)
def test_mails_without_an_id_are_told_apart_by_what_was_written(changed: str) -> None:
    head = "From: a@example.com\nTo: b@example.com\nSubject: x\nDate: Sat, 21 Nov 2026 10:00:00 +0000"
    name = changed.partition(":")[0]
    other = "\n".join(changed if line.startswith(name) else line for line in head.split("\n"))
    first, second = (mime.parse(written(each)).message_id for each in (head, other))
    assert first != second


def test_what_servers_add_on_the_way_changes_no_stand_in() -> None:
    head = "From: a@example.com\nSubject: x"
    added = "Return-Path: <b@x.example>\nReceived: from x\nX-SES-Spam-Verdict: PASS\nDKIM-Signature: v=1"
    assert mime.parse(written(head)).message_id == mime.parse(written(f"{added}\n{head}")).message_id
