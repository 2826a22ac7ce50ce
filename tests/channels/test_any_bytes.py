"""Whatever bytes arrive, they are read: nothing is raised, and what comes out can be kept."""

import random
import re
from collections.abc import Iterator

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.accounts import emails
from chalicelib.channels import bounces, forwarding, message_ids, mime, quoting, subjects
from chalicelib.channels.inbound_mail import InboundMail
from chalicelib.tickets import file_names
from tests.support.for_each import for_each
from tests.support.mails import kept

SEED = 20261121
CUTS, FLIPS, SPLICES = 25, 40, 15
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+", re.ASCII)


def test_enough_broken_mails_are_read() -> None:
    assert len(kept()) * (CUTS + FLIPS + SPLICES) >= 5_000


@for_each("name", kept())
def test_a_mail_that_breaks_off_is_read(name: str) -> None:
    chance, raw = random.Random(f"{SEED}{name}"), kept()[name]
    for _ in range(CUTS):
        read(raw[: chance.randrange(len(raw))])


@for_each("name", kept())
def test_a_mail_with_wrong_bytes_is_read(name: str) -> None:
    chance = random.Random(f"{SEED}{name}")
    for _ in range(FLIPS):
        read(flipped(kept()[name], chance))


@for_each("name", kept())
def test_mails_put_together_of_others_are_read(name: str) -> None:
    chance, all_mails = random.Random(f"{SEED}{name}"), list(kept().values())
    for _ in range(SPLICES):
        first, second = kept()[name], chance.choice(all_mails)
        read(first[: chance.randrange(len(first))] + second[chance.randrange(len(second)) :])


@given(st.binary(max_size=2000))
def test_any_bytes_are_a_mail(raw: bytes) -> None:
    read(raw)


PIECES = (
    *(
        b"\r\n",
        b"\n",
        b"\r",
        b"\r\n\r\n",
        b"\n\n",
        b" ",
        b"\t",
        b"\0",
        b";",
        b"=",
        b'"',
        b"<",
        b">",
        b"(",
        b")",
    ),
    *(
        b"From: ",
        b"To: ",
        b"Subject: ",
        b"Date: ",
        b"Content-Type: ",
        b"Content-Disposition: ",
        b"Return-Path: <>",
    ),
    *(
        b"multipart/mixed; boundary=b",
        b"\r\n--b\r\n",
        b"\r\n--b--\r\n",
        b"message/rfc822",
        b"text/html",
        b"text/plain",
    ),
    *(
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: quoted-printable",
        b"; charset=utf-7",
    ),
    *(b"; charset=iso-2022-jp", b"; format=flowed", b"filename*0*=utf-8''%ff", b"filename*1=x", b"name*=''"),
    *(
        b"=?utf-8?q?=ff?=",
        b"=?utf-8?b?/w==?=",
        b"=?x?q?",
        b"?=",
        b"a@example.com",
        b"group: ",
        b"\xff\xfe",
        b"\xed\xa0\x80",
    ),
    *(
        b"<blockquote>",
        b"<a href='",
        b"<!--",
        b"&#xd800;",
        b"&#0;",
        b"> ",
        b"On 1 May, Ana <a@example.com> wrote:\n",
    ),
    *(
        b"---------- Forwarded message ---------\n",
        b"From: Ana <ana@example.com>\nDate: x\nTo: y\n",
        b"#token=abcdefgh12",
    ),
    *(
        b"multipart/report; report-type=delivery-status; boundary=b",
        b"message/delivery-status",
        b"Action: failed\n",
    ),
    *(
        b"Final-Recipient: rfc822; a@example.com\n",
        b"Sat, 21 Nov 2026 10:00:00 +9999",
        b"1 Jan 0 0:0:0 -0000",
    ),
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_what_means_something_in_mails_is_read_in_any_order(pieces: list[bytes]) -> None:
    read(b"".join(pieces))


def read(raw: bytes) -> None:
    """Reads a mail and all that the rules say of it."""
    mail = mime.parse(raw)
    said = list(told(mail))
    assert_kept(mail)
    for text in said:
        assert not CONTROL.search(text)
    assert bool(quoting.stripped(mail.text).strip()) == bool(mail.text.strip())


def told(mail: InboundMail) -> Iterator[str]:
    """Every text that the rules make of a mail."""
    yield quoting.stripped(quoting.without_own_links(mail.text))
    if original := forwarding.original(mail):
        yield from (original.name, original.address, original.subject, original.text, original.above)
    report = bounces.report(mail)
    yield from report.original_ids
    yield from (text for each in report.failures for text in (each.address, each.status, each.reason))
    yield from (
        subjects.title(mail.subject),
        subjects.bare(mail.subject),
        *subjects.labels(mail.subject, "TKT"),
    )
    yield from message_ids.candidates(mail)


def assert_kept(mail: InboundMail) -> None:
    """What PostgreSQL can keep, and no header can be broken with."""
    single = [mail.message_id, *mail.references, mail.from_name, mail.subject, *mail.names.values()]
    single += [value for values in mail.headers.values() for value in values]
    single += [text for file in mail.attachments for text in (file.filename, file.content_id or "")]
    assert not any("\n" in text or CONTROL.search(text) for text in single)
    assert not CONTROL.search(mail.text)
    assert not CONTROL.search(mail.html or "")
    addresses = [each for each in (mail.from_address, mail.reply_to, *mail.to, *mail.cc) if each]
    assert all(emails.address(each) == each for each in addresses)
    assert all(re.fullmatch(r"<[^<>\s]{1,510}>", each) for each in (mail.message_id, *mail.references))
    assert all(file_names.clean(file.filename) == file.filename for file in mail.attachments)
    assert all(TYPE.fullmatch(file.content_type) for file in mail.attachments)
    assert mail.date is None or mail.date.tzinfo is not None


def flipped(raw: bytes, chance: random.Random) -> bytes:
    """The mail with some bytes that are others, missing, or there twice."""
    changed = bytearray(raw)
    for _ in range(chance.randint(1, 12)):
        place = chance.randrange(len(changed))
        match chance.randrange(4):
            case 0:
                changed[place] = chance.randrange(256)
            case 1:
                changed[place] ^= 1 << chance.randrange(8)
            case 2:
                del changed[place : place + chance.randint(1, 20)]
            case _:
                changed[place:place] = changed[place : place + chance.randint(1, 60)]
        if not changed:
            break
    return bytes(changed)
