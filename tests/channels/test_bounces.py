"""Reports of mail that did not arrive, as servers write them."""

import pytest

from chalicelib.channels import bounces, mime
from tests.support.mails import read, written

MIXED = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b"


@pytest.mark.parametrize(
    ("head", "is_bounce"),
    [
        ("Return-Path: <>\nFrom: MAILER-DAEMON@example.com", True),
        ("Return-Path: <>\nFrom: MAILER-DAEMON@example.com\nAuto-Submitted: auto-replied", True),
        ("Return-Path: <>\nFrom: a@example.com", True),
        ("Return-Path: <>\nFrom: a@example.com\nAuto-Submitted: auto-replied", False),
        ("Return-Path: <a@example.com>\nFrom: MAILER-DAEMON@example.com", False),
        ("From: MAILER-DAEMON@example.com", False),
        ("From: MAILER-DAEMON@example.com\n" + MIXED, True),
        ("From: a@example.com\n" + MIXED, False),
        ("X-Failed-Recipients: b@example.com\nFrom: a@example.com", True),
        ("Content-Type: multipart/report; report-type=delivery-status; boundary=b", True),
        ("Content-Type: multipart/report; report-type=disposition-notification; boundary=b", False),
        ("Content-Type: multipart/report; report-type=feedback-report; boundary=b\nReturn-Path: <>", False),
        ("Content-Type: multipart/mixed; report-type=delivery-status; boundary=b", False),
    ],
)
def test_a_bounce_is_known(head: str, is_bounce: bool) -> None:
    body = "--b\nContent-Type: message/delivery-status\n\nAction: failed\n--b--" if MIXED in head else "x"
    assert mime.parse(written(head, body)).is_bounce is is_bounce


def test_a_read_receipt_is_automatic_and_no_bounce() -> None:
    mail = read("read_receipt")
    assert (mail.is_bounce, mail.auto_submitted) == (False, True)


def reported(*fields: str) -> bounces.Report:
    body = (
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
        + "\n".join(fields)
        + "\n--b--"
    )
    head = "Content-Type: multipart/report; report-type=delivery-status; boundary=b"
    return bounces.report(mime.parse(written(head, body)))


@pytest.mark.parametrize(
    ("fields", "status", "permanent"),
    [
        (("Action: failed", "Status: 5.1.1"), "5.1.1", True),
        (("Action: failed", "Status: 5.1.1 (bad address)"), "5.1.1", True),
        (("Action: failed", "Status: 4.2.2"), "4.2.2", False),
        (("Action: failed", "Diagnostic-Code: smtp; 550 5.7.1 no"), "5.7.1", True),
        (("Action: failed", "Diagnostic-Code: smtp; 550 no such user"), "", True),
        (("Action: failed", "Diagnostic-Code: smtp; 450 later"), "", False),
        (("Action: failed",), "", False),
    ],
)
def test_the_status_tells_whether_trying_again_is_of_use(
    fields: tuple[str, ...], status: str, permanent: bool
) -> None:
    [failure] = reported("Final-Recipient: rfc822; gone@example.com", *fields).failures
    assert (failure.address, failure.status, failure.permanent) == ("gone@example.com", status, permanent)


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_who_was_reached_or_may_be_yet_has_not_failed(action: str) -> None:
    assert (
        reported("Final-Recipient: rfc822; a@example.com", f"Action: {action}", "Status: 2.0.0").failures
        == ()
    )


def test_an_original_recipient_stands_in_for_a_final_one() -> None:
    [failure] = reported(
        "Original-Recipient: rfc822;gone@example.com", "Action: failed", "Status: 5.1.1"
    ).failures
    assert failure.address == "gone@example.com"


def test_a_mail_that_was_handed_on_did_not_reach_the_original_recipient() -> None:
    found = reported(
        "Original-Recipient: rfc822;carol@example.com",
        "Final-Recipient: rfc822;box7@mx.example.com",
        "Action: failed",
        "Status: 5.1.1",
    ).failures
    assert [(each.address, each.permanent) for each in found] == [
        ("box7@mx.example.com", True),
        ("carol@example.com", True),
    ]


@pytest.mark.parametrize("kind", ["message/global-delivery-status", "text/delivery-status"])
def test_a_report_of_international_mail_or_in_plain_text_is_read(kind: str) -> None:
    body = (
        f"--b\nContent-Type: {kind}\n\nReporting-MTA: dns; x\n\n"
        "Final-Recipient: utf-8; gone@example.com\nAction: failed\nStatus: 5.1.1\n\n"
        "--b\nContent-Type: message/global-headers\n\nMessage-ID: <1@example.org>\n\n--b--"
    )
    mail = mime.parse(written("Content-Type: multipart/report; boundary=b", body))
    assert mail.is_bounce
    report = bounces.report(mail)
    assert [each.address for each in report.failures] == ["gone@example.com"]
    assert report.original_ids == ("<1@example.org>",)


def test_each_address_is_told_once_and_not_without_end() -> None:
    one = "Final-Recipient: rfc822; a@example.com\nAction: failed\nStatus: 5.1.1\n"
    many = [one.replace("a@", f"a{n}@") for n in range(200)]
    assert len(reported(one, one).failures) == 1
    assert len(reported(*many).failures) == bounces.MAX_FAILURES


def test_the_mail_that_came_back_in_the_text_is_found() -> None:
    sent = "<0102018f3a5c7e2b-1d2c3b4a-0000@eu-west-1.amazonses.com>"
    assert bounces.report(read("e11_exim_bounce")).original_ids == (sent,)


def test_addresses_of_the_copied_mail_have_not_failed() -> None:
    assert [each.address for each in bounces.report(read("e11_qmail_bounce")).failures] == [
        "gone@example.com"
    ]


@pytest.mark.parametrize(
    "said",
    [
        "host mx [1.2.3.4]: 550 5.1.1 unknown",
        "host [4.5.6.7] said: 550 5.1.1 no",
        "Exim 4.92.3\n550-5.1.1 no",
        "(#5.1.1)",
    ],
)
def test_an_ip_address_or_a_version_is_no_status(said: str) -> None:
    head = "From: MAILER-DAEMON@example.com\nReturn-Path: <>\nX-Failed-Recipients: gone@example.com"
    [failure] = bounces.report(mime.parse(written(head, said))).failures
    assert (failure.status, failure.permanent) == ("5.1.1", True)


def test_what_is_no_bounce_tells_of_nothing() -> None:
    report = bounces.report(mime.parse(written("From: a@example.com\nIn-Reply-To: <x@y>", "Hello.")))
    assert (report.failures, report.original_ids) == ((), ("<x@y>",))
