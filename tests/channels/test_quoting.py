"""What an answer says, without what it quotes; and our secrets taken out of what is quoted."""

import pytest

from chalicelib.channels import quoting
from tests.support.for_each import for_each
from tests.support.mails import kept, read

HEADINGS = [
    "On Sat, 21 Nov 2026 at 09:55, Acme <desk@example.org> wrote:",
    "On Sat, 21 Nov 2026 at 09:55, Acme Support with a long name\n<desk@example.org> wrote:",
    "On 21/11/2026 09:55, Acme wrote:",
    "El sáb, 21 nov 2026 a las 9:55, Acme (<desk@example.org>) escribió:",
    "El 21/11/26 a las 9:55, Acme escribió:",
    "Am 21.11.26 um 09:55 schrieb Acme:",
    "Am Sa., 21. Nov. 2026 um 09:55 Uhr schrieb Acme <desk@example.org>:",
    "Le sam. 21 nov. 2026 à 09:55, Acme <desk@example.org> a écrit :",
    "Em sáb., 21 de nov. de 2026 às 09:55, Acme <desk@example.org> escreveu:",
    "Il giorno sab 21 nov 2026 alle ore 09:55 Acme <desk@example.org> ha scritto:",
    "Op za 21 nov 2026 om 09:55 schreef Acme <desk@example.org>:",
    "Den lör 21 nov. 2026 kl 09:55 skrev Acme <desk@example.org>:",
    "Dne so 21. 11. 2026 9:55 uživatel Acme napsal(a):",
    "2026年11月21日(土) 9:55 Acme <desk@example.org>:",
    "Acme <desk@example.org> wrote:",
    "---- On Sat, 21 Nov 2026 09:55:00 +0100 Acme <desk@example.org> wrote ----",
    '21.11.2026, 09:55, "Acme" <desk@example.org>:',
    "Gesendet: Samstag, 21. November 2026 um 09:55\nVon: Acme <desk@example.org>\nAn: Carol\nBetreff: x",
    "Ana Nord <desk@example.org> schrieb am Sa., 21. Nov. 2026, 09:55:",
    "Ana Nord schrieb am 21.11.2026 09:55:12:",
    "Ana Nord <desk@example.org> wrote on 11/21/2026 09:55:12 AM:",
    "Quoting Acme <desk@example.org>:",
    "Zitat von Acme <desk@example.org>:",
    "Op 21 nov. 2026 om 09:55 heeft Acme <desk@example.org> het volgende geschreven:",
    "W dniu 21.11.2026 o 09:55, Acme pisze:",
    "so 21. 11. 2026 v 9:55 odesílatel Acme <desk@example.org> napsal:",
    "la 21. marrask. 2026 klo 9.55 Acme (desk@example.org) kirjoitti:",
    "Acme <desk@example.org> ezt írta (időpont: 2026. nov. 21., Szo, 9:55):",
    "Acme <desk@example.org>, 21 Kas 2026 Cmt, 09:55 tarihinde şunu yazdı:",
    "сб, 21 нояб. 2026 г. в 09:55, Acme <desk@example.org>:",
    "Acme <desk@example.org> 于2026年11月21日周六 09:55写道：",
    "2026년 11월 21일 (토) 오전 9:55, Acme <desk@example.org>님이 작성:",
    "‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐\nOn 21 November 2026 at 09:55, Acme <desk@example.org> wrote:",
    "----- Mail original -----\nDe: Acme <desk@example.org>\nÀ: Carol\nEnvoyé: Samedi\nObjet: x",
    "---- Ursprüngliche E-Mail ----\nVon: Acme <desk@example.org>\nDatum: heute\nAn: Carol\nBetreff: x",
    "Od: Acme <desk@example.org>\nWysłane: sobota\nDo: Carol\nTemat: x",
    "От: Acme <desk@example.org>\nОтправлено: 21 ноября\nКому: Carol\nТема: x",
    "-----Original Message-----",
    "-----Ursprüngliche Nachricht-----",
    "From: Acme <desk@example.org>\nSent: Saturday\nTo: Carol\nSubject: Printer",
    f"{'_' * 32}\nFrom: Acme <desk@example.org>\nSent: Saturday\nTo: Carol\nSubject: Printer",
    "De: Acme <desk@example.org>\nEnviado: sábado\nPara: Carol\nAsunto: Printer",
    "Von: Acme <desk@example.org>\nGesendet: Samstag\nAn: Carol\nBetreff: Printer",
    "De : Acme <desk@example.org>\nEnvoyé : samedi\nÀ : Carol\nObjet : Printer",
]


@for_each("heading", HEADINGS)
@pytest.mark.parametrize("history", ["> Is it plugged in?\n> \n> Ana", "Is it plugged in?\n\nAna"])
def test_the_mail_that_is_answered_is_taken_off(heading: str, history: str) -> None:
    assert quoting.stripped(f"Yes.\n\nCarol\n\n{heading}\n\n{history}\n") == "Yes.\n\nCarol"


@for_each("heading", HEADINGS)
def test_a_text_that_is_all_history_stays(heading: str) -> None:
    text = f"{heading}\n> Is it plugged in?"
    assert quoting.stripped(text) == text


@pytest.mark.parametrize(
    "heading",
    [
        "Στις Σάβ 21 Νοε 2026 στις 9:55 π.μ., ο/η Acme <desk@example.org> έγραψε:",
        "Missatge de Acme <desk@example.org> del dia ds., 21 de nov. 2026 a les 9:55:",
        "* Acme <desk@example.org> [2026-11-21 09:55]:",
    ],
)
def test_an_address_and_a_moment_above_a_quote_head_it_in_any_language(heading: str) -> None:
    assert quoting.stripped(f"Yes.\n\n{heading}\n\n> Is it plugged in?\n") == "Yes."
    unquoted = f"Yes.\n\n{heading}\nIs it plugged in?"
    assert quoting.stripped(unquoted) == unquoted


def test_an_answer_below_is_kept_with_what_stands_above() -> None:
    text = "Hi,\n\nOn Monday, Acme <desk@example.org> wrote:\n> Is it plugged in?\n\nYes.\n"
    assert quoting.stripped(text) == "Hi,\n\nYes."


def test_answers_between_quotes_keep_all_of_it() -> None:
    text = "On Monday, Acme <desk@example.org> wrote:\n> One?\nYes.\n> Two?\nNo.\n> Bye."
    assert quoting.stripped(text) == text.removesuffix("\n> Bye.")


def test_a_quote_at_the_end_goes_even_without_a_heading() -> None:
    assert quoting.stripped("Yes.\n\n> Is it plugged in?\n>\n> Ana\n\n") == "Yes."


@for_each(
    "text",
    [
        "Dear desk,\n\nonce upon a time I wrote:\nnothing\n",
        "On Monday it broke. Then I wrote: help\nand nobody came",
        "From: Madrid\nTo: Bogotá\nI need a ticket",
        "I need a flight.\nFrom: Madrid\nTo: Bogotá\nDate: 3 May\nThank you",
        "On Monday I asked again, and Ben wrote:\nplease reset it",
        "El lunes llamé y Ana escribió:\nespere",
        "On page 3 somebody wrote:\nno",
        "Log:\n> not at the end\nSee above",
        "Bob <bob@example.com> told me this:\n> error 5\nWhat is it?",
        "Bob <bob@example.com> wrote to me about:\nthe printer",
        "Bob wrote on paper:\nit is 9:55",
        "At 09:55 of 21 Nov 2026 the log says:\nout of paper",
        "-- \nCarol",
        "--------------------------------\nA table\n--------------------------------\nmore",
        "One line",
        "",
    ],
)
def test_what_quotes_nothing_stays_as_it_is(text: str) -> None:
    assert quoting.stripped(text) == text.strip("\n")


def test_a_forward_stays_as_it_is() -> None:
    text = read("e07_apple_mail_forward").text
    assert quoting.stripped(text) == text


@for_each("name", kept())
def test_no_text_is_emptied(name: str) -> None:
    text = read(name).text
    assert bool(quoting.stripped(text)) == bool(text)


TOKEN = "qF7mZ1v0Xn2r5u8x_A-DGKbPeShVmYq"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (
            f"> 1 (Bad): https://help.example.org/api/rate#token={TOKEN}&score=1\n>",
            "> 1 (Bad): [link removed]\n>",
        ),
        (f"<https://help.example.org/app/reset#token={TOKEN}>", "<[link removed]>"),
        (
            f"> End these messages: http://127.0.0.1:4566/api/unsubscribe?token={TOKEN}",
            "> End these messages: [link removed]",
        ),
        (
            f'<a href="https://help.example.org/api/rate#token={TOKEN}&amp;score=5">',
            '<a href="[link removed]">',
        ),
        (
            f"https://safelinks.example/?url=https%3A%2F%2Fx.example%2Frate%23token%3D{TOKEN}%26x&data=1 ok",
            "[link removed] ok",
        ),
        (
            f"https://x.example/app/reset#token={TOKEN}\n\nor type:\n{TOKEN}",
            "[link removed]\n\nor type:\n[link removed]",
        ),
        ("https://help.example.org/rate#token=", "https://help.example.org/rate#token="),
        ("what is #token=abc?", "what is #token=abc?"),
    ],
)
def test_our_links_that_let_somebody_in_are_taken_out(text: str, cleaned: str) -> None:
    assert quoting.without_own_links(text) == cleaned


def test_the_rating_links_of_a_quoted_mail_are_taken_out() -> None:
    assert TOKEN not in quoting.without_own_links(read("e01_gmail_answer").text)
