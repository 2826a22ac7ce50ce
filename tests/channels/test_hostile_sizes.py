"""Mails made to take long or much: each is read in its second, in memory of some times its size."""

import time
import tracemalloc
from collections.abc import Callable

import pytest

from chalicelib.channels import bodies, bounces, fields, forwarding, mime, parts, quoting
from chalicelib.channels.inbound_mail import InboundMail
from tests.channels.test_any_bytes import assert_kept

SECONDS = 1.0
MILLION = 1_000_000
TOP = b"From: a@example.com\nSubject: x\n"
PLAIN, HTML = TOP + b"\n", TOP + b"Content-Type: text/html\n\n"
FLOWED = TOP + b"Content-Type: text/plain; format=flowed\n\n"
MIXED = b"Content-Type: multipart/mixed; boundary=b\n\n"
REPORT = b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
LIST = b",".join(b"a%d@example.com" % n for n in range(400))
LONG_DOMAINS = ",".join(f"a@{'ü' * 200}.example" for _ in range(150)).encode()


def charset(name: str) -> bytes:
    return TOP + b"Content-Type: text/plain; charset=%s\n\n" % name.encode()


def nested(depth: int, inner: bytes = b"") -> bytes:
    level = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n"
    return TOP + b"".join(level % (n, n) for n in range(depth)) + inner


HOSTILE: dict[str, Callable[[], bytes]] = {
    "ten megabytes of fields": lambda: b"X-A: b\n" * 1_500_000 + b"\nbody",
    "one field of ten megabytes": lambda: b"Subject: " + b"a" * 10 * MILLION + b"\n\nx",
    "a field folded three million times": lambda: b"Subject: a\n" + b" b\n" * 3 * MILLION + b"\nx",
    "a hundred thousand levels": lambda: nested(100_000),
    "a hundred thousand parts": lambda: TOP + MIXED + b"--b\n\nx\n" * 100_000,
    "a million false boundaries": lambda: TOP + MIXED + b"\n--bx" * MILLION,
    "false boundaries in every level": lambda: nested(19, MIXED + b"\n--bx" * MILLION),
    "a megabyte of encoded words that never end": lambda: b"Subject: " + b"=?" * MILLION + b"\n\n",
    "encoded words that nearly end": lambda: b"Subject: " + b"=?x?q?? " * 200_000 + b"\n\n",
    "names of encoded words in every part": lambda: TOP
    + MIXED
    + (b'--b\nContent-Disposition: attachment; filename="' + b"=?x?q??" * 1_200 + b'"\n\nx\n') * 500,
    "open comments": lambda: b"From: " + b"(" * MILLION + b"\n\n",
    "open addresses": lambda: b"From: " + b"<" * MILLION + b"\n\n",
    "open quotes with escapes": lambda: b"From: " + b'"\\"' * MILLION + b"\n\n",
    "many commas": lambda: b"From: " + b"a," * MILLION + b"\n\n",
    "many addresses": lambda: (b"To: " + LIST + b"\n") * 30 + b"\n",
    "long domains": lambda: b"To: " + LONG_DOMAINS + b"\n\n",
    "many references": lambda: b"References: " + b" ".join(b"<a%d@x>" % n for n in range(100_000)) + b"\n\n",
    "many parameters": lambda: b"Content-Type: text/plain; " + b'a="x;' * MILLION + b"\n\n",
    "one escaped parameter": lambda: b'Content-Type: text/plain; a="' + b'\\"' * MILLION + b"\n\n",
    "less than": lambda: HTML + b"<" * MILLION,
    "open tags": lambda: HTML + b"<a " * MILLION,
    "open values": lambda: HTML + b"<a b='" * MILLION,
    "open scripts": lambda: HTML + b"<script>" * MILLION,
    "open comments in html": lambda: HTML + b"<!-- " * MILLION,
    "nested elements": lambda: HTML + b"<div>" * MILLION,
    "nested quotes": lambda: HTML + b"<blockquote>x" * MILLION,
    "links": lambda: HTML + b"<a href=https://example.com>x</a>" * 100_000,
    "entities": lambda: HTML + b"&amp" * MILLION,
    "short flowed lines": lambda: FLOWED + b"a \n" * 3 * MILLION,
    "deep flowed quotes": lambda: FLOWED + b">" * MILLION,
    "codecs that are no charsets": lambda: charset("punycode") + b"a-b" * MILLION,
    "shifts": lambda: charset("utf-7") + b"+AAA" * MILLION,
    "base64 that is none": lambda: PLAIN.replace(b"\n\n", b"\nContent-Transfer-Encoding: base64\n\n")
    + b"!" * 10 * MILLION,
    "attributions that are none": lambda: PLAIN + (b"On " + b"wrote " * 30 + b"x" * 125 + b":\n") * 5_000,
    "headings that are none": lambda: PLAIN + b"From: x\nx\n" * 100_000,
    "lines that skrev": lambda: PLAIN + (b"Den" + b" skrev" * 14 + b"\n") * 5_000,
    "links of ours": lambda: PLAIN + b"".join(b"a" * 1_900 + b"#token=aaaaaaaa%d " % n for n in range(250)),
    "prefixes": lambda: b"Subject: " + b"Re: " * 20_000 + b"\n\n",
    "reports": lambda: TOP + REPORT + b"--b\nContent-Type: message/delivery-status\n\n"
    + b"Final-Recipient: rfc822;a@example.com\nAction: failed\n\n" * 20_000,
}  # fmt: skip


def judged(raw: bytes) -> InboundMail:
    """Reads a mail and asks every rule that takes longer than a look."""
    mail = mime.parse(raw)
    quoting.stripped(quoting.without_own_links(mail.text))
    forwarding.original(mail)
    bounces.report(mail)
    return mail


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_is_read_in_its_second(name: str) -> None:
    raw = HOSTILE[name]()
    started = time.process_time()
    mail = judged(raw)
    assert time.process_time() - started < SECONDS
    assert_kept(mail)


@pytest.mark.parametrize(
    "name", ["ten megabytes of fields", "a hundred thousand levels", "nested quotes", "short flowed lines"]
)
def test_a_hostile_mail_takes_memory_of_some_times_its_size(name: str) -> None:
    raw = HOSTILE[name]()[: 4 * MILLION]
    assert peak(raw) < 6 * len(raw) + 20 * MILLION


def test_a_large_file_is_in_memory_twice_at_most() -> None:
    raw = (
        TOP
        + b"Content-Transfer-Encoding: base64\nContent-Type: image/png\n\n"
        + b"QUJDQUJDQUJD\r\n" * 600_000
    )
    assert peak(raw) < 2 * len(raw)


def peak(raw: bytes) -> int:
    """The most bytes that were held at once while a mail was read."""
    tracemalloc.start()
    try:
        mime.parse(raw)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_levels_beyond_the_bound_are_left_out_and_told() -> None:
    mail = mime.parse(nested(parts.MAX_DEPTH + 5, b"\ndeep\n"))
    assert mail.incomplete
    within = mime.parse(nested(parts.MAX_DEPTH - 1, b"\ndeep\n"))
    assert (within.text, within.incomplete) == ("deep", False)


def test_parts_beyond_the_bound_are_left_out_and_told() -> None:
    one = b"--b\nContent-Type: image/png\n\nx\n"
    mail = mime.parse(TOP + MIXED + one * (parts.MAX_PARTS + 10))
    assert mail.incomplete
    assert len(mail.attachments) == parts.MAX_PARTS - 1  # the mail itself is one
    assert not mime.parse(TOP + MIXED + one * 100).incomplete


def test_fields_beyond_the_bound_are_left_out_and_the_body_is_found() -> None:
    mail = mime.parse(b"Subject: x\n" + b"X-A: b\n" * fields.MAX_LINES + b"To: a@example.com\n\nbody")
    assert (mail.subject, mail.text, mail.to, mail.incomplete) == ("x", "body", (), True)


def test_text_beyond_the_bound_is_left_out_and_told() -> None:
    mail = mime.parse(PLAIN + b"a" * (bodies.MAX_TEXT + 1))
    assert (len(mail.text), mail.incomplete) == (bodies.MAX_TEXT, True)
    assert not mime.parse(PLAIN + b"a" * bodies.MAX_TEXT).incomplete


def test_texts_of_many_parts_share_the_bound() -> None:
    part = b"--b\n\n" + b"a" * (bodies.MAX_TEXT * 3 // 4) + b"\n"
    mail = mime.parse(TOP + MIXED + part * 2)
    assert (len(mail.text), mail.incomplete) == (bodies.MAX_TEXT, True)
    assert not mime.parse(TOP + MIXED + part).incomplete


def test_false_boundaries_are_passed_over_up_to_a_bound() -> None:
    last = b"\n--b\n\nfound\n--b--"
    within = mime.parse(TOP + MIXED + b"\n--bx" * (parts.MAX_MISSES - 1) + last)
    beyond = mime.parse(TOP + MIXED + b"\n--bx" * (parts.MAX_MISSES + 1) + last)
    assert (within.text, within.incomplete) == ("found", False)
    assert beyond.incomplete
