"""Headers: fields unfolded, in their order, and the parameters that some of them have."""

import pytest

from chalicelib.channels import fields
from tests.support.for_each import for_each


def of(raw: bytes) -> fields.Head:
    return fields.head(raw, 0, len(raw), top=True)


def test_fields_are_unfolded_and_nothing_can_begin_a_new_one() -> None:
    head = of(b"Subject: a\r\n b\r\n\tc\r\nX-Bare: d\rBcc: evil@example.com\r\n\r\nbody")
    assert head.fields == {"subject": ("a b c",), "x-bare": ("d Bcc: evil@example.com",)}
    assert head.body == 55


def test_fields_of_one_name_keep_their_order() -> None:
    head = of(b"Received: one\nX: y\nreceived: two\n\n")
    assert head.fields["received"] == ("one", "two")
    assert head.first("received") == "one"
    assert head.first("subject") == ""


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        (b"A: b\n\nbody", b"body"),
        (b"A: b\r\n\r\nbody", b"body"),
        (b"A: b\r\r\n\r\r\nbody", b"body"),
        (b"A: b\nno field\n\nbody", b"no field\n\nbody"),
        (b"From me@example.com Sat Nov 21\nA: b\n\nbody", b"body"),
        (b"\r\n\r\nA: b\n\nbody", b"body"),
        (b"A : b\n\nbody", b"body"),
        (b"A: b", b""),
        (b"no mail at all", b"no mail at all"),
    ],
)
def test_the_body_begins_where_the_fields_end(raw: bytes, body: bytes) -> None:
    assert raw[of(raw).body :] == body


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("text/plain", "text/plain"),
        ("TEXT/HTML; charset=x", "text/html"),
        (" text / plain (a comment); a=b", "text/plain"),
        ("text", None),
        ("", None),
        ("text/", None),
        ("text/plain/x", None),
        ("a b/c", None),
    ],
)
def test_a_type_is_two_words_or_none(written: str, kind: str | None) -> None:
    assert fields.content_type(written)[0] == kind


@for_each(
    "written, name",
    [
        ('x; filename="a b.txt"', "a b.txt"),
        ("x; filename=a.txt", "a.txt"),
        ("x; FileName = a.txt ; y=z", "a.txt"),
        (r'x; filename="say \"hi\".txt"', 'say "hi".txt'),
        (r'x; filename="C:\temp\a.txt"', r"C:\temp\a.txt"),
        ('x; filename="never ends; a=b', "never ends; a=b"),
        ('x; y="a;b"; filename=c', "c"),
        ("x; broken; filename=c", "c"),
        ('x; filename="=?utf-8?q?caf=C3=A9=2Etxt?="', "café.txt"),
        ("x; filename*=utf-8''caf%C3%A9.txt", "café.txt"),
        ("x; filename*=iso-8859-1'en'caf%E9.txt", "café.txt"),
        ("x; filename=plain.txt; filename*=utf-8''caf%C3%A9.txt", "café.txt"),
        ("x; filename*1=b.txt; filename*0=a", "ab.txt"),
        ("x; filename*0*=utf-8''caf%C3; filename*1*=%A9.txt", "café.txt"),
        ("x; filename*0*=utf-8''a%20; filename*1=100%25.txt", "a 100%25.txt"),
        ("x; filename*0=a; filename*2=c", "a"),
        ("x; filename*=no%20charset", "no charset"),
        ("x; filename*=x-nonsense''a%FFb", "aÿb"),
        ("x; filename=one; filename=two", "one"),
        ("x; filename=", ""),
        ("x", ""),
    ],
)
def test_parameters_are_read_however_they_are_written(written: str, name: str) -> None:
    assert fields.with_parameters(written)[1].get("filename", "") == name
