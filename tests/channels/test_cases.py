"""The numbered cases of mail, as far as reading decides them: each has its mails in tests/channels/mails."""

import re
from datetime import UTC, datetime

import pytest

from chalicelib.channels import bounces, forwarding, message_ids, mime, quoting, subjects
from tests.support.mails import kept, read

DOMAIN = "example.org"
TICKET = "018f3a5c-7e2b-7a10-b3c4-d5e6f7a8b9c0"
OURS = "<4711.018f3a5c7e2b7a10b3c4d5e6f7a8b9c1@example.org>"
SENT = "<0102018f3a5c7e2b-1d2c3b4a-0000@eu-west-1.amazonses.com>"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("e01_gmail_answer", "It prints again – thank you!\n\nCarol"),
        (
            "e01_outlook_answer",
            "Hello,\n\nit’s still silent – see the picture.\n\nKind regards\nCarol Castro",
        ),
        (
            "e01_apple_mail_answer",
            "Here is the log, and the screenshot below it.\n\n\n\nThat is all I have.",
        ),
        ("yahoo_answer", "It works now.\nThanks"),
    ],
)
def test_case_e01_an_answer_names_the_ticket_and_says_what_is_new(name: str, said: str) -> None:
    mail = read(name)
    assert mail.in_reply_to == SENT
    assert [str(each) for each in message_ids.tickets(message_ids.candidates(mail), DOMAIN)] == [TICKET]
    assert quoting.stripped(mail.text) == said


def test_case_e02_who_answers_the_own_mail_refers_to_it() -> None:
    mail = read("e02_own_first_mail_answered")
    assert (mail.from_address, mail.from_name) == ("carol@example.com", "Castro, Carol")
    assert message_ids.candidates(mail) == ("<first.12@example.com>",)
    assert quoting.stripped(mail.text) == "One more thing: it is the one beside the window, and it beeps."


def test_case_e03_everybody_who_was_written_to_is_known() -> None:
    mail = read("e03_colleague_answers_all")
    assert mail.from_address == "chris@example.com"
    assert mail.to == ("carol@example.com", "desk@example.org")
    assert mail.cc == ("diego@example.com",)
    assert mail.reply_to == "chris.cole@example.net"
    assert mail.names["diego@example.com"] == "Diaz, Diego (IT)"


def test_case_e05_a_label_in_the_subject_is_found_whoever_writes_it() -> None:
    mail = read("e05_stranger_guesses_a_label")
    assert subjects.labels(mail.subject, "TKT") == ("TKT-2026-00042",)
    assert subjects.labels(mail.subject, "IT") == ()
    assert message_ids.candidates(mail) == ()


def test_case_e06_an_answered_newsletter_names_no_ticket() -> None:
    mail = read("e06_newsletter_answered")
    assert message_ids.candidates(mail) == ("<newsletter.2026-11@example.org>",)
    assert message_ids.tickets(message_ids.candidates(mail), DOMAIN) == ()
    assert quoting.stripped(mail.text) == "Will the VPN work?"


FORWARDS = {
    "e07_gmail_forward": ("Nora Núñez", "Invoice 4711 is wrong", "Please take this."),
    "e07_gmail_forward_spanish": ("Nora Núñez", "Factura errada", ""),
    "e07_outlook_forward_german": ("Núñez, Nora", "Rechnung 4711", "Bitte übernehmen."),
    "e07_outlook_forward_french": ("Nora Núñez", "Facture 4711", ""),
    "e07_apple_mail_forward": ("Nora Núñez", "Invoice 4711 is wrong", "For you."),
    "e07_thunderbird_forward": ("Nora Nunez", "Invoice 4711 is wrong", ""),
    "e07_forwarded_as_attachment": ("Nora Núñez", "Invoice 4711 – wrong", "see below"),
}


@pytest.mark.parametrize("name", FORWARDS)
def test_case_e07_a_forward_tells_its_author(name: str) -> None:
    found = forwarding.original(read(name))
    assert found is not None
    assert found.address == "nora@example.com"
    assert (found.name, found.subject, found.above) == FORWARDS[name]
    assert re.match(r"Dear Ana,|El valor|Der Betrag|Le montant", found.text)


def test_case_e07_of_nested_forwards_the_author_is_who_wrote_to_the_one_who_forwards() -> None:
    found = forwarding.original(read("e07_nested_forwards"))
    assert found is not None
    assert (found.address, found.text.partition("\n")[0]) == ("boss@example.com", "FYI")


def test_case_e07_a_forwarded_mail_is_kept_as_a_file() -> None:
    [file] = read("e07_forwarded_as_attachment").attachments
    assert (file.filename, file.content_type) == ("Invoice 4711 – wrong.eml", "message/rfc822")
    assert b"twice what we agreed" in file.content


def test_case_e08_a_forged_sender_is_read_with_every_verdict_in_its_order() -> None:
    mail = read("e08_forged_staff")
    assert mail.from_address == "ana@example.org"
    assert "dmarc=fail" in mail.headers["authentication-results"][0]
    assert "dmarc=pass" in mail.headers["authentication-results"][1]
    assert "dmarc=fail" in mail.header("authentication-results")


@pytest.mark.parametrize("name", ["e09_outlook_out_of_office", "e09_gmail_vacation", "e09_german_vacation"])
def test_case_e09_an_out_of_office_is_automatic_and_no_bounce(name: str) -> None:
    mail = read(name)
    assert mail.auto_submitted
    assert not mail.is_bounce


def test_case_e10_a_robot_without_marks_looks_like_a_person() -> None:
    assert not read("e10_robot_without_marks").auto_submitted


BOUNCES = ["e11_ses_bounce", "e11_exchange_ndr", "e11_postfix_bounce", "e11_exim_bounce", "e11_qmail_bounce"]


@pytest.mark.parametrize("name", BOUNCES)
def test_case_e11_a_bounce_tells_whom_it_did_not_reach(name: str) -> None:
    mail = read(name)
    assert mail.is_bounce
    assert mail.auto_submitted
    failure = bounces.report(mail).failures[0]
    assert (failure.address, failure.permanent) == ("gone@example.com", True)
    assert failure.status.startswith("5.1.1")


@pytest.mark.parametrize("name", BOUNCES[:3])
def test_case_e11_a_bounce_tells_which_mail_it_was(name: str) -> None:
    ids = bounces.report(read(name)).original_ids
    assert ids[:2] == (OURS, SENT)
    assert [str(each) for each in message_ids.tickets(ids, DOMAIN)] == [TICKET]


def test_case_e11_a_full_mailbox_may_take_mail_again() -> None:
    _, full = bounces.report(read("e11_postfix_bounce")).failures
    assert (full.address, full.status, full.permanent) == ("full@example.com", "4.2.2", False)
    assert full.reason == "452 4.2.2 Mailbox full"


def test_case_e11_what_is_only_late_has_not_failed() -> None:
    mail = read("e11_delayed")
    assert mail.is_bounce
    assert bounces.report(mail).failures == ()


def test_case_e12_our_own_mail_is_known_by_its_mark() -> None:
    mail = read("e12_own_notification_returns")
    assert mail.header("x-mesa-message-id") == OURS
    assert mail.auto_submitted


def test_case_e13_a_mail_has_the_same_id_however_often_it_comes() -> None:
    assert read("e13_delivered_again").message_id == "<first.12@example.com>"


def test_case_e15_a_hash_of_the_content_stands_in_for_a_missing_id() -> None:
    mail = read("e15_no_message_id")
    assert re.fullmatch(r"<[0-9a-f]{40}@content\.invalid>", mail.message_id)


def test_case_e15_the_hash_outlasts_another_way_here_and_tells_mails_apart() -> None:
    raw = kept()["e15_no_message_id"]
    again = raw.replace(b"id a38", b"id zz99").replace(b"\r\n", b"\n").replace(b"<scanner@", b"<srs0=")
    other = raw.replace(b"scan 0001", b"scan 0002")
    first, second, third = (mime.parse(each).message_id for each in (raw, again, other))
    assert first == second
    assert first != third


@pytest.mark.parametrize(
    ("name", "address", "shown"),
    [
        ("e16_no_from_but_sender", "payroll@example.com", "Payroll"),
        ("e16_return_path_alone", "device-40@example.com", ""),
        ("e16_nobody", None, ""),
    ],
)
def test_case_e16_without_a_from_the_sender_counts_and_then_the_return_path(
    name: str, address: str | None, shown: str
) -> None:
    mail = read(name)
    assert (mail.from_address, mail.from_name) == (address, shown)
    assert mail.reply_to is None
    assert not mail.is_bounce


def test_case_e17_nothing_said_makes_a_ticket_with_a_title() -> None:
    mail = read("e17_nothing_said")
    assert (mail.subject, mail.text, mail.html) == ("", "", None)
    assert subjects.title(mail.subject) == "(no subject)"


@pytest.mark.parametrize(
    ("name", "subject", "text"),
    [
        (
            "e18_iso_2022_jp",
            "プリンターが動きません",
            "お世話になっております。\n三階のプリンターが動きません。\n\n田中",
        ),
        ("e18_wrong_charset", "Se da�� la impresora", "Se da�� la impresora."),
        (
            "e18_unknown_charset",
            "Se dañó la =?unknown?Z?broken?= =?utf-8?B?aW1wcmVzb3Jh",
            "Se dañó la impresora.",
        ),
        ("e18_undeclared_eight_bit", "Impresión dañada", "Se dañó la impresora."),
        ("e18_latin_header", "Impresión dañada", "Se dañó."),
        ("e18_nul_bytes", "null and void", "ABC\nlone ���"),
    ],
)
def test_case_e18_charsets_are_read_as_far_as_they_can_be(name: str, subject: str, text: str) -> None:
    mail = read(name)
    assert (mail.subject, mail.text) == (subject, text)


def test_case_e18_file_names_are_decoded_and_made_safe() -> None:
    assert [file.filename for file in read("e18_file_names").attachments] == [
        "informe de reparación del año 2026.pdf",
        "Übersicht.pdf",
        "passwd.pdf",
        "scan.pdf",
        "invoicefdp.exe",
        "scan.pdf",
        "document.pdf",
    ]


def test_case_e19_broken_types_are_octets_where_they_are_files() -> None:
    mail = read("e19_broken_content_types")
    assert mail.text == "Old but readable."
    assert [(file.filename, file.content_type) for file in mail.attachments] == [
        ("nothing.dat", "application/octet-stream"),
        ("spaces.dat", "application/octet-stream"),
        ("no-boundary.bin", "application/octet-stream"),
    ]
    assert mail.attachments[0].content == b"AB\0CD"


def test_case_e19_winmail_dat_is_kept_as_octets() -> None:
    mail = read("e19_winmail")
    assert mail.text == "Notes attached."
    [file] = mail.attachments
    assert (file.filename, file.content_type) == ("winmail.dat", "application/octet-stream")
    assert file.content.startswith(bytes.fromhex("789f3e22"))


def test_case_e19_a_boundary_that_nobody_declared_is_found() -> None:
    mail = read("e19_no_boundary")
    assert (mail.text, mail.html) == ("Found again.", "<p>Found <b>again</b>.</p>")


def test_case_e20_seventy_files_are_all_read() -> None:
    mail = read("e20_seventy_attachments")
    assert [file.filename for file in mail.attachments] == [f"photo {n:02}.png" for n in range(1, 71)]
    assert not mail.incomplete


def test_case_e21_what_is_quoted_whole_is_kept() -> None:
    mail = read("e21_all_quoted")
    assert quoting.stripped(mail.text) == mail.text


def test_case_e21_answers_between_quotes_keep_them() -> None:
    mail = read("e21_interleaved")
    assert quoting.stripped(mail.text) == mail.text


def test_case_e21_an_answer_below_its_quote_stays() -> None:
    assert quoting.stripped(read("e21_answer_below").text) == "Sí, y pita dos veces.\n\n-- \nCarol"


def test_case_e22_software_is_no_reply() -> None:
    mail = read("e22_software_down")
    assert mail.subject == "Software: down"
    assert not subjects.is_answer(mail.subject)
    assert subjects.bare(mail.subject) == "Software: down"


@pytest.mark.parametrize(("name", "kind"), [("e23_spam_verdict", "spam"), ("e23_virus_verdict", "virus")])
def test_case_e23_a_verdict_can_be_read(name: str, kind: str) -> None:
    assert read(name).header(f"x-ses-{kind}-verdict") == "FAIL"


def test_dates_of_the_kept_mails_are_moments_in_utc() -> None:
    assert read("e03_colleague_answers_all").date == datetime(2026, 11, 21, 14, 14, tzinfo=UTC)
    assert read("e18_latin_header").date == datetime(2026, 11, 21, 15, 47, tzinfo=UTC)
    assert read("e09_german_vacation").date == datetime(2026, 11, 21, 9, 28, tzinfo=UTC)
