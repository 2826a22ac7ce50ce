"""Whose mail somebody forwards."""

import pytest

from chalicelib.channels import forwarding, mime
from tests.support.for_each import for_each
from tests.support.mails import answer, written

HEADING = (
    "From: Nora <nora@example.com>\nSent: Friday\nTo: Ana <ana@example.org>\nSubject: Invoice\n\nDear Ana,"
)


@pytest.mark.parametrize(
    "marker",
    [
        "---------- Forwarded message ---------",
        "---------- Forwarded message ----------",
        "-------- Forwarded Message --------",
        "----- Forwarded Message -----",
        "-------- Mensaje reenviado --------",
        "-------- Weitergeleitete Nachricht --------",
        "-------- Message transféré --------",
        "Begin forwarded message:",
        "Inicio del mensaje reenviado:",
        "Anfang der weitergeleiteten Nachricht:",
        "Début du message réexpédié :",
    ],
)
def test_a_marked_forward_is_one_whatever_its_subject(marker: str) -> None:
    found = forwarding.original(answer(f"Please.\n\n{marker}\n\n{HEADING}", subject="Invoice"))
    assert found == forwarding.Original("Nora", "nora@example.com", "Invoice", "Dear Ana,", "Please.")


@for_each(
    "subject, heading",
    [
        ("FW: Invoice", "From: {0}\nSent: Friday\nTo: Ana\nSubject: Invoice"),
        ("RV: Factura", "De: {0}\nEnviado el: viernes\nPara: Ana\nAsunto: Invoice"),
        ("WG: Rechnung", "Von: {0}\nGesendet: Freitag\nAn: Ana\nBetreff: Invoice"),
        ("TR: Facture", "De : {0}\nEnvoyé : vendredi\nÀ : Ana\nObjet : Invoice"),
        ("TR: Facture", "Sujet : Invoice\nDate : vendredi\nDe : {0}\nPour : Ana"),
        ("FW: Invoice", "*From:* {0}\n*Sent:* Friday\n*To:* Ana\n*Subject:* Invoice"),
        ("FW: Invoice", "-----Original Message-----\nFrom: {0}\nSent: Friday\nTo: Ana\nSubject: Invoice"),
        (
            "Fwd: Invoice",
            "________________________________\nFrom: {0}\nSent: Friday\nTo: Ana\nSubject: Invoice",
        ),
    ],
)
@pytest.mark.parametrize(
    "author",
    [
        "Nora <nora@example.com>",
        "Nora [mailto:nora@example.com]",
        "Nora <nora@example.com<mailto:nora@example.com>>",
        "Nora <nora@example.com <mailto:nora@example.com>>",
        "nora@example.com",
    ],
)
def test_an_unmarked_forward_is_one_by_its_subject_and_heading(
    subject: str, heading: str, author: str
) -> None:
    found = forwarding.original(answer(f"{heading.format(author)}\n\nDear Ana,", subject=subject))
    assert found is not None
    assert (found.address, found.subject, found.text) == ("nora@example.com", "Invoice", "Dear Ana,")


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Re: Invoice", f"---------- Forwarded message ---------\n{HEADING}"),
        ("RE: FW: Invoice", HEADING),
        ("Invoice", HEADING),
        ("Fwd: Invoice", "no heading"),
        ("Fwd: Invoice", "From: Nora\nSent: Friday\nTo: Ana\n\nno address"),
        (
            "Invoice",
            f"On Monday, Ana <ana@example.com> wrote:\n---------- Forwarded message ---------\n{HEADING}",
        ),
    ],
)
def test_what_only_quotes_is_no_forward(subject: str, text: str) -> None:
    assert forwarding.original(answer(text, subject=subject)) is None


def test_an_automatic_mail_forwards_nothing() -> None:
    raw = written("From: a@example.com\nSubject: Fwd: x\nAuto-Submitted: auto-generated", HEADING)
    assert forwarding.original(mime.parse(raw)) is None


def test_a_mail_attached_to_a_long_letter_is_a_file_and_no_forward() -> None:
    body = f"--b\n\n{'words ' * 50}\n--b\nContent-Type: message/rfc822\n\nFrom: nora@example.com\n\nx\n--b--"
    head = "From: a@example.com\nSubject: {0}\nContent-Type: multipart/mixed; boundary=b"
    assert forwarding.original(mime.parse(written(head.format("Notes"), body))) is None
    forwarded = forwarding.original(mime.parse(written(head.format("Fwd: Notes"), body)))
    assert forwarded is not None
    assert forwarded.address == "nora@example.com"
