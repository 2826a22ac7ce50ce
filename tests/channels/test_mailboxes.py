"""Addresses in headers, as the standard writes them and as programs do."""

import pytest

from chalicelib.channels.mailboxes import mailboxes
from tests.support.for_each import for_each


@for_each(
    "written, address, name",
    [
        ("ana@example.com", "ana@example.com", ""),
        ("<Ana@Example.COM>", "ana@example.com", ""),
        ("Ana Alba <ana@example.com>", "ana@example.com", "Ana Alba"),
        ('"Alba, Ana" <ana@example.com>', "ana@example.com", "Alba, Ana"),
        ("Alba, Ana <ana@example.com>", "ana@example.com", "Alba, Ana"),
        (r'"say \"hi\"" <ana@example.com>', "ana@example.com", 'say "hi'),
        ("ana@example.com (Ana Alba)", "ana@example.com", "Ana Alba"),
        ("(a (nested) comment) ana@example.com", "ana@example.com", "a nested comment"),
        ("'Ana' <ana@example.com>", "ana@example.com", "Ana"),
        ("ana@example.com <ana@example.com>", "ana@example.com", ""),
        ("=?utf-8?q?Alb=C3=A1=2C_Ana?= <ana@example.com>", "ana@example.com", "Albá, Ana"),
        ("=?utf-8?q?Ana_=3Cana=40example=2Ecom=3E?=", "ana@example.com", "Ana"),
        ("<@relay.example,@b.example:ana@example.com>", "ana@example.com", ""),
        ("<mailto:ana@example.com>", "ana@example.com", ""),
        ("Ana <ana@example.com", "ana@example.com", "Ana"),
        ('Ana "A <ana@example.com>', "ana@example.com", "Ana A"),
        ("Ana <ana @ example.com>", "ana@example.com", "Ana"),
        ("ana @ example.com", "ana@example.com", ""),
        ("ana (c) @ (d) example.com", "ana@example.com", "c d"),
        ("Ana @ Work <ana@example.com>", "ana@example.com", "Ana @ Work"),
        ("Ana ana@example.com", "ana@example.com", "Ana"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example", ""),
        ('"ana"@example.com', "ana@example.com", ""),
        ('"Ana"<ana@example.com>', "ana@example.com", "Ana"),
        ("Ana\u202e <ana@example.com>", "ana@example.com", "Ana"),
    ],
)
def test_an_address_and_its_name_are_found(written: str, address: str, name: str) -> None:
    [found] = mailboxes(written)
    assert (found.address, found.name) == (address, name)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "<>",
        "nobody",
        "undisclosed-recipients:;",
        "a@",
        "@b",
        "a@b",
        "a b@c d",
        '"j doe"@b.example',
        'J <"j doe"@b.example>',
        '"a@b.example"@c.example',
        "a@@example.com",
        "((((",
    ],
)
def test_what_is_no_address_is_left_out(written: str) -> None:
    assert mailboxes(written) == ()


@pytest.mark.parametrize(
    ("written", "addresses"),
    [
        ("a@example.com, b@example.com", ["a@example.com", "b@example.com"]),
        ("a@example.com; b@example.com", ["a@example.com", "b@example.com"]),
        (
            "Team: a@example.com, B <b@example.com>;, c@example.com",
            ["a@example.com", "b@example.com", "c@example.com"],
        ),
        ("a@example.com, A <A@EXAMPLE.com>", ["a@example.com"]),
        ("broken@, a@example.com,,", ["a@example.com"]),
        ("Cole, Chris <c@example.com>, Diaz, Diego <d@example.com>", ["c@example.com", "d@example.com"]),
    ],
)
def test_lists_and_groups_are_opened_up(written: str, addresses: list[str]) -> None:
    assert [each.address for each in mailboxes(written)] == addresses
