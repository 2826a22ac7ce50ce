"""What the receiving server says of a mail is read from its own headers alone, whatever the bytes are."""

import contextlib
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.channels import envelope
from chalicelib.channels.mail_news import MailNews, Stored
from tests.support.for_each import for_each
from tests.support.letterbox import BUCKET, letter, proven, stamped, stored

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


def test_it_says_to_whom_and_from_where_it_came() -> None:
    found = envelope.read(stamped(letter(), recipient="Help@ACME.example", return_path="A@b.example"))

    assert (found.recipient, found.return_path, found.failed) == ("help@acme.example", "a@b.example", set())


def test_what_stands_below_the_second_received_is_the_senders() -> None:
    forged = b"Received: from x by y for evil@mail.example; now\nX-SES-Virus-Verdict: FAIL\n" + letter()

    found = envelope.read(stamped(forged).replace(b"X-SES-Virus-Verdict: PASS\n", b""))

    assert (found.recipient, found.failed) == ("acme@mail.mesa.example", set())


@for_each(
    "results, proves",
    [
        (proven("acme.example"), True),
        ("spf=pass envelope-from=a@acme.example; dkim=none; dmarc=none", True),
        ("spf=none; dkim=pass header.i=@acme.example; dmarc=none", True),
        ("spf=none; dkim=pass header.d=example; dmarc=none", False),
        ("spf=none; dkim=pass header.i=@mail.acme.example; dmarc=none", False),
        ("spf=none; dkim=pass header.i=@notacme.example; dmarc=none", False),
        ("spf=softfail envelope-from=a@acme.example; dkim=none; dmarc=none", False),
        ("spf=pass envelope-from=a@acme.example; dmarc=fail header.from=acme.example", False),
        ("spf=pass envelope-from=a@x.example; spf=pass envelope-from=a@acme.example", False),
        ("spf=none (spf=pass envelope-from=a@acme.example); dmarc=none", False),
        ("spf=pass smtp.mailfrom=a@acme.example; dkim=none; dmarc=none", True),
        ("spf=none; dkim=pass (1024-bit key) header.d=ACME.example.", True),
        ("spf=pass (a (b) c; dkim=pass header.i=@acme.example ) envelope-from=a@x.example", False),
        ('spf=pass ("a)b; dkim=pass header.i=@acme.example ("c) envelope-from=a@x.example', False),
        ("spf=pass (a; dkim=pass header.i=@acme.example", False),
        ("spf=pass envelope-from=a;dkim=pass/header.i=@acme.example@x.example; dkim=none", False),
        ("spf=none; dkim=pass reason=header.i=@acme.example header.i=@x.example", False),
        ("spf=pass x-envelope-from=a@acme.example envelope-from=a@x.example", False),
        ("spf=none; dkim=passed header.i=@acme.example", False),
        ("spf=none; dkim=fail header.i=@acme.example; dkim=pass header.i=@x.example", False),
        ("spf=none; dkim=pass header.i=@acme.example.x.example", False),
        ("spf=none; dkim=pass header.i=@acme.example; dmarc=FAIL header.from=acme.example", False),
        ("spf=pass envelope-from=a@x.example; x=dkim=pass header.i=@acme.example", False),
        ("", False),
    ],
)
def test_case_e8_a_sender_is_proven_by_its_own_domain(results: str, proves: bool) -> None:
    assert envelope.read(stamped(letter(), results=results)).proves("ana@acme.example") is proves


def test_a_domain_proves_those_below_it() -> None:
    found = envelope.read(stamped(letter(), results=proven("acme.example")))

    assert found.proves("ana@it.acme.example")


def test_results_of_another_server_prove_nothing() -> None:
    raw = stamped(letter(), results=proven("acme.example")).replace(b"amazonses.com;", b"mx.evil.example;")

    assert envelope.read(raw).domains == set()


@given(st.binary(max_size=2000))
def test_no_bytes_make_it_raise(raw: bytes) -> None:
    assert envelope.read(raw).domains == set()
    assert isinstance(envelope.read(stamped(raw)), envelope.Envelope)


class TestNews:
    def test_an_object_is_read_and_trials_are_not(self) -> None:
        news = MailNews.parse(json.dumps(stored("incoming/a+b%2Bc")), BUCKET)

        assert news.told == (Stored("incoming/a b+c", 9),)
        assert MailNews.parse(json.dumps(stored("incoming/AMAZON_SES_SETUP_NOTIFICATION")), BUCKET).told == ()
        assert MailNews.parse(json.dumps(stored("incoming/a")), "another-bucket").told == ()

    @given(JSON)
    def test_whatever_else_comes_is_refused(self, document: Any) -> None:
        told: tuple[Stored, ...] = ()
        with contextlib.suppress(ValueError):
            told = MailNews.parse(json.dumps(document), BUCKET).told

        assert told == ()
