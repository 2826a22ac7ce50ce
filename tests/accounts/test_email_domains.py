"""Domains of organisations have one spelling, the one that emails have, and are nobody's mailbox provider."""

import pytest

from chalicelib.accounts.email_domains import PROVIDERS, domain, domain_of
from chalicelib.accounts.emails import address
from tests.support.for_each import for_each


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("northwind.example", "northwind.example"),
        (" NorthWind.Example ", "northwind.example"),
        ("@northwind.example", "northwind.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("XN--bcher-kva.example", "xn--bcher-kva.example"),
        ("ｎｏｒｔｈｗｉｎｄ。example", "northwind.example"),
        ("mail.eu.northwind.example", "mail.eu.northwind.example"),
        ("3m.example", "3m.example"),
    ],
)
def test_a_domain_has_one_spelling(given: str, kept: str) -> None:
    assert domain(given) == kept


@pytest.mark.parametrize("given", ["northwind.example", "bücher.example", "BÜCHER.example", "ß.example"])
def test_it_is_the_spelling_of_the_emails_there(given: str) -> None:
    assert domain(given) == domain_of(address(f"carol@{given}"))


@for_each(
    "given",
    [
        "",
        " ",
        "northwind",
        "northwind.",
        "northwind.example.",
        "-northwind.example",
        "northwind-.example",
        "north_wind.example",
        "north wind.example",
        "northwind..example",
        "carol@northwind.example",
        "@@northwind.example",
        "northwind.example/login",
        "https://northwind.example",
        "northwind.example:25",
        "192.0.2.1",
        "[192.0.2.1]",
        "northwind.123",
        "a" * 64 + ".example",
        "ü" * 60 + ".example",
        ".".join(["a" * 60] * 5),
    ],
)
def test_what_no_email_can_have_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="no domain"):
        domain(given)


@pytest.mark.parametrize("given", [".northwind.example", "*.northwind.example", "@.northwind.example", "*"])
def test_a_domain_does_not_stand_for_those_below_it(given: str) -> None:
    with pytest.raises(ValueError, match="one by one"):
        domain(given)


@for_each(
    "given",
    [
        *(
            "gmail.com",
            "outlook.com",
            "hotmail.com",
            "yahoo.com",
            "proton.me",
            "icloud.com",
            "gmx.de",
            "qq.com",
        ),
        *("@GMail.com", "gmail。com", "g\u00admail.com", "ｇmail.com"),
    ],
)
def test_where_anybody_can_have_a_mailbox_is_no_organisation(given: str) -> None:
    with pytest.raises(ValueError, match="Anybody can have a mailbox"):
        domain(given)


def test_the_providers_are_spelled_as_domains_are() -> None:
    assert {domain_of(address(f"a@{provider}")) for provider in PROVIDERS} == PROVIDERS
