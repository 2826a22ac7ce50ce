"""Other spellings of the same mail: what names a ticket, who says it is from somebody, what a machine says of
itself. Each is written by hand, header by header, and goes the whole way."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from chalicelib.core import sqs
from tests.conftest import Queue
from tests.support.cast import Cast
from tests.support.for_each import for_each
from tests.support.letterbox import Letterbox, letter, stamped
from tests.support.mailbox import Mailbox
from tests.support.post import Post

CAROL, EVE = "carol@customers.example", "eve@elsewhere.example"
Became = tuple[str, str | None, bool]
Bring = Callable[[str, str], Became]


@pytest.fixture
def bring(letterbox: Letterbox, queue: Queue, cast: Cast) -> Bring:
    """Takes a mail in; what it became, why, and whether on Carol's ticket. In what is written `{id}`,
    `{root}` and `{label}` stand for those of the acknowledgement that she has got."""
    sqs.breaker.reset()
    mailbox = Mailbox()
    mailbox.empty()
    post = Post(queue, mailbox)
    ticket = letterbox.ticket(letterbox.bring(letter()))
    mail = post.last(CAROL)
    words = {"id": str(mail["Message-ID"]), "root": str(mail["References"]).split()[0]}
    words |= {"label": ticket["label"], "lower": ticket["label"].lower(), "bare": words["id"].strip("<>")}
    words |= {"cut": f"{words['root'][:20]}\n {words['root'][20:]}"}

    def brought(sender: str, head: str) -> Became:
        fields = f"From: {sender}\nTo: acme@mail.mesa.example\nMessage-ID: <{uuid4()}@b.example>\n"
        raw = f"{fields}{head.format(**words)}\n\nThe third one.\n"
        key = letterbox.store(stamped(raw.encode()))
        assert letterbox.tell(key) == []
        (row,) = (each for each in letterbox.arrived() if each["object_key"] == key)
        return row["outcome"], row["reason"], row["ticket_id"] == ticket["id"]

    return brought


@for_each(
    "head",
    [
        "References: {root}",
        "References: <x@y.example>\n {root}",
        "References: <x@y.example>,{root}",
        "References: {cut}",
        "references:{root}",
        "In-Reply-To: {id} (your message of Monday)",
        "In-Reply-To: Your message of Monday, {id}",
        "In-Reply-To: {bare}",
        "In-Reply-To: <x@y.example> {id}",
        "IN-REPLY-TO: {id}",
    ],
)
def test_case_e1_however_the_ids_are_written(bring: Bring, head: str) -> None:
    assert bring(CAROL.upper(), head) == ("comment", None, True)


@pytest.mark.parametrize(
    "head",
    [
        "Subject: AW: [{label}] The link",
        "Subject: please look at [{lower}] again",
        "Subject: Re: [ {label} ]",
        "Subject: Re: The link\n [{label}]",
        "Subject: =?utf-8?q?=5B{label}=5D_=C3=B1?=",
    ],
)
def test_case_e5_however_the_label_is_written(bring: Bring, head: str) -> None:
    assert bring(CAROL, head) == ("comment", None, True)
    assert bring(EVE, head) == ("ticket", None, False)


@for_each(
    "sender, head",
    [
        (EVE, "In-Reply-To: {id}"),
        (EVE, "References: {root}"),
        (EVE, "In-Reply-To: {id}\nReply-To: carol@customers.example"),
        (EVE, "In-Reply-To: {id}\nSender: carol@customers.example"),
        (f'"{CAROL}" <{EVE}>', "In-Reply-To: {id}"),
        (f"{CAROL} <{EVE}>", "In-Reply-To: {id}"),
        (f"<{CAROL}> <{EVE}>", "In-Reply-To: {id}"),
        (f"=?utf-8?q?carol=40customers.example?= <{EVE}>", "In-Reply-To: {id}"),
    ],
)
def test_case_e5_whoever_only_looks_like_somebody_is_a_stranger(bring: Bring, sender: str, head: str) -> None:
    assert bring(sender, head) == ("ticket", None, False)


@for_each(
    "head",
    [
        "Auto-Submitted:\n auto-replied",
        "Auto-Submitted: no\nAuto-Submitted: auto-replied",
        "Auto-Submitted: (by vacation) auto-replied",
        "AUTO-SUBMITTED:auto-generated",
        "Precedence : bulk",
        "X-Amazon-Auto-Reply: true",
        "Subject: Automatic reply: [{label}]",
    ],
)
def test_case_e9_however_a_machine_says_that_it_is_one(bring: Bring, head: str) -> None:
    assert bring(CAROL, f"In-Reply-To: {{id}}\n{head}") == ("kept", None, True)


@for_each(
    "sender, head",
    [
        ("ACME@Mail.Mesa.Example", "Subject: x"),
        ("acme+tag@mail.mesa.example", "Subject: x"),
        ('"acme"@mail.mesa.example', "Subject: x"),
        ("desk+tag@mesa.example", "Subject: x"),
        ("acme (the desk)@mail.mesa.example", "Subject: x"),
        (CAROL, "X-Mesa-Message-Id:"),
        (CAROL, "x-mesa-message-id : <1@x.example>"),
    ],
)
def test_case_e12_however_a_desk_is_written_it_is_a_loop(bring: Bring, sender: str, head: str) -> None:
    assert bring(sender, head) == ("quarantined", "loop", False)
