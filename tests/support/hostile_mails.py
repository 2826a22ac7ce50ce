"""Mails made to take long or much."""

from collections.abc import Callable

from chalicelib.channels import bounces, forwarding, mime, quoting
from chalicelib.channels.inbound_mail import InboundMail

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
