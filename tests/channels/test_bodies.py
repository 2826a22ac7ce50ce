"""What of a mail is its letter and what is a file."""

import pytest

from chalicelib.channels import mime
from chalicelib.channels.inbound_mail import InboundMail
from tests.support.mails import read, written


def mixed(*parts: str, subtype: str = "mixed", more: str = "") -> InboundMail:
    """A mail of these parts, each its header, an empty line and its body."""
    body = "".join(f"--b\n{part}\n" for part in parts)
    return mime.parse(written(f"Content-Type: multipart/{subtype}; boundary=b{more}", f"{body}--b--\n"))


def test_plain_text_goes_before_html_and_both_are_kept() -> None:
    mail = mixed("\nplain", "Content-Type: text/html\n\n<p>rich</p>", subtype="alternative")
    assert (mail.text, mail.html) == ("plain", "<p>rich</p>")


def test_html_speaks_where_the_plain_text_is_blank() -> None:
    mail = mixed("\n \n", "Content-Type: text/html\n\n<p>rich</p>", subtype="alternative")
    assert mail.text == "rich"


def test_html_alone_becomes_text() -> None:
    mail = mime.parse(written("Content-Type: text/html", "<p>one</p><p>two</p>"))
    assert mail.text == "one\n\ntwo"


def test_control_signs_that_html_spells_out_are_dropped() -> None:
    mail = mime.parse(written("Content-Type: text/html", "<pre>a&#13;b&#x81;c&#0;d&#xd800;e&#8;f</pre>"))
    assert mail.text == "a\nbc\ufffdd\ufffdef"


def test_texts_that_follow_each_other_are_one_letter() -> None:
    mail = mixed("\nfirst", "Content-Type: image/png\n\nx", "\nsecond")
    assert mail.text == "first\n\nsecond"


def test_a_footer_in_html_beside_a_plain_letter_is_read_too() -> None:
    mail = mixed("\nletter", "Content-Type: text/html\n\n<p>footer</p>")
    assert mail.text == "letter\n\nfooter"
    assert mail.html == "<pre>letter</pre>\n<p>footer</p>"


def test_a_text_with_a_file_name_is_a_file() -> None:
    mail = mixed("\nletter", 'Content-Type: text/plain; name="a.log"\n\nlog')
    assert (mail.text, [file.filename for file in mail.attachments]) == ("letter", ["a.log"])


def test_a_letter_that_is_all_there_is_may_have_a_name() -> None:
    mail = mime.parse(written("Content-Type: text/plain; name=body.txt", "letter"))
    assert (mail.text, mail.attachments) == ("letter", ())


def test_pictures_that_the_html_shows_are_inline_and_others_are_not() -> None:
    picture = "Content-Type: image/png\nContent-ID: <{0}>\nContent-Disposition: attachment; filename={0}\n\nx"
    mail = mixed(
        'Content-Type: text/html\n\n<img src="cid:one@x"><img src=CID:Two@x>',
        *(picture.format(each) for each in ("one@x", "two@x", "three@x")),
        subtype="related",
    )
    assert [(file.content_id, file.inline) for file in mail.attachments] == [
        ("one@x", True),
        ("two@x", True),
        ("three@x", False),
    ]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("message/rfc822", "message.eml"),
        ("text/calendar", "invite.ics"),
        ("image/jpeg", "image.jpg"),
        ("application/x-unheard-of", "attachment"),
    ],
)
def test_a_file_without_a_name_gets_one(kind: str, name: str) -> None:
    [file] = mixed(f"Content-Type: {kind}\n\ncontent").attachments
    assert (file.filename, file.content_type) == (name, kind)


def test_an_attached_mail_is_named_for_its_subject_and_not_taken_apart() -> None:
    mail = mixed(
        "\nletter", "Content-Type: message/rfc822\n\nSubject: =?utf-8?q?caf=C3=A9?=/x\n\ninner letter"
    )
    [file] = mail.attachments
    assert (mail.text, file.filename) == ("letter", "x.eml")
    assert file.content.endswith(b"inner letter")


def test_a_digest_is_mails() -> None:
    mail = mixed("\nSubject: one\n\nfirst", "\nSubject: two\n\nsecond", subtype="digest")
    assert [file.filename for file in mail.attachments] == ["one.eml", "two.eml"]


def test_nothing_without_a_name_is_no_file() -> None:
    assert mixed("\nletter", "Content-Type: application/octet-stream\n\n").attachments == ()


def test_binary_content_without_a_type_that_could_be_read_is_a_file() -> None:
    [file] = mime.parse(written("Content-Type: broken", b"\0\1\2")).attachments
    assert (file.content_type, file.content) == ("application/octet-stream", b"\0\1\2")


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("amp_newsletter", []),
        ("calendar_invite", [("invite.ics", "text/calendar"), ("invite.ics", "application/ics")]),
        ("smime_signed", [("smime.p7s", "application/pkcs7-signature")]),
        ("smime_encrypted", [("smime.p7m", "application/pkcs7-mime")]),
        (
            "pgp_encrypted",
            [("version.txt", "application/pgp-encrypted"), ("encrypted.asc", "application/octet-stream")],
        ),
        ("read_receipt", [("receipt.txt", "message/disposition-notification")]),
        ("uuencoded", [("hello.txt", "application/octet-stream")]),
        (
            "e01_apple_mail_answer",
            [("printer.log", "text/plain"), ("Bildschirmfoto 2026-11-21 um 10.11.02.png", "image/png")],
        ),
    ],
)
def test_files_of_real_mails(name: str, files: list[tuple[str, str]]) -> None:
    assert [(file.filename, file.content_type) for file in read(name).attachments] == files


def test_a_file_in_uuencode_is_decoded() -> None:
    assert read("uuencoded").attachments[0].content == b"Hello, world"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("amp_newsletter", "Your order is on its way."),
        ("smime_signed", "I sign this ✓"),
        ("line_feeds_only", "Line one\nLine two"),
        ("carriage_returns_only", "Line one\nLine two"),
        ("unfinished_base64", "Hello, world! This is broken"),
        (
            "thunderbird_flowed",
            "Der Drucker im dritten Stock druckt wieder, aber nur noch ein seitig und sehr langsam.\n"
            ">so steht es auf dem Display\n-- \nJürgen Groß\n\n"
            "Am 21.11.26 um 09:55 schrieb Acme Support:\n> Ist er\n> eingeschaltet?",
        ),
        (
            "exchange_html_only",
            "Dear all,\n\nsee our prices <https://example.com/prices?a=1&b=2>:\n\n- Paper <A4>\n- Toner\n\n"
            "Paper 5 €\nToner 50 €\n\n  kept   as\n  it is\n\n> quoted\n> twice",
        ),
    ],
)
def test_letters_of_real_mails(name: str, text: str) -> None:
    assert read(name).text == text


def test_a_mail_that_breaks_off_in_a_file_keeps_its_letter() -> None:
    mail = read("cut_off")
    assert mail.text.startswith("Hello,\n\nit’s still silent")
    assert [file.filename for file in mail.attachments] == ["image001.png"]


def test_a_boundary_that_is_not_the_one_in_use_is_passed_over() -> None:
    raw = written('Content-Type: multipart/mixed; boundary="declared"', "--used\n\nletter\n--used--\n")
    assert mime.parse(raw).text == "letter"


def test_a_multipart_without_parts_is_its_text() -> None:
    assert mime.parse(written("Content-Type: multipart/mixed; boundary=b", "just words")).text == "just words"


def test_a_part_that_is_not_closed_ends_with_the_one_around_it() -> None:
    mail = mixed("Content-Type: multipart/mixed; boundary=c\n\n--c\n\ninner", "\nouter")
    assert mail.text == "inner\n\nouter"


def test_a_boundary_may_begin_as_another_does() -> None:
    mail = mixed("Content-Type: multipart/mixed; boundary=bb\n\n--bb\n\none\n--bb\n\ntwo\n--bb--", "\nthree")
    assert mail.text == "one\n\ntwo\n\nthree"


@pytest.mark.parametrize("said", ["", " ", ";", "text", "/plain"])
def test_case_e19_a_file_whose_type_is_broken_is_octets(said: str) -> None:
    part = f"Content-Type:{said}\nContent-Disposition: attachment; filename=x.bin\n\nx"
    mail = mime.parse(written("Content-Type: multipart/mixed; boundary=b", f"--b\n\nsee\n--b\n{part}\n--b--"))
    [file] = mail.attachments
    assert (mail.text, file.filename, file.content_type) == ("see", "x.bin", "application/octet-stream")


def test_a_letter_whose_type_is_empty_is_text() -> None:
    assert mime.parse(written("Content-Type:", "Hello.")).text == "Hello."


def test_space_behind_a_soft_break_is_a_relays() -> None:
    head = "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable"
    assert mime.parse(written(head, "It was =  \ndark= \n, =3D  x")).text == "It was dark, =  x"
