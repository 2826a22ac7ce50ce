"""Mails made to take long or much: each is read to its end, in memory of some times its size. How long it
takes is what `make bench ONLY=hostile` measures."""

import tracemalloc

import pytest

from chalicelib.channels import bodies, fields, mime, parts
from tests.channels.test_any_bytes import assert_kept
from tests.support.hostile_mails import HOSTILE, MILLION, MIXED, PLAIN, TOP, judged, nested


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.timeout(120)
def test_a_hostile_mail_is_read(name: str) -> None:
    assert_kept(judged(HOSTILE[name]()))


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
