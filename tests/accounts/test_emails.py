"""Email addresses: one spelling each, and which ones a user may have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.accounts.emails import address, normalised, valid_address
from chalicelib.core.errors import ValidationFailed
from tests.support.for_each import for_each


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ada@acme.example", "ada@acme.example"),
        ("  Ada@ACME.Example\n", "ada@acme.example"),
        ("ada.lovelace+desk@mail.acme.example", "ada.lovelace+desk@mail.acme.example"),
        ("o'hara_x-1@acme-2.example", "o'hara_x-1@acme-2.example"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@bu\u0308cher.example", "ada@xn--bcher-kva.example"),
        ("a@1.b2c.co", "a@1.b2c.co"),
        ("x" * 64 + "@acme.example", "x" * 64 + "@acme.example"),
    ],
)
def test_an_address_has_one_spelling(typed: str, kept: str) -> None:
    assert address(typed) == kept


@for_each(
    "typed",
    [
        "",
        "ada",
        "ada@",
        "@acme.example",
        "ada@acme",
        "ada@localhost",
        "ada@@acme.example",
        "ada@acme..example",
        "ada@.acme.example",
        "ada@acme.example.",
        ".ada@acme.example",
        "ada.@acme.example",
        "a..da@acme.example",
        "ada lovelace@acme.example",
        '"ada lovelace"@acme.example',
        "ada@[192.0.2.1]",
        "ada@192.0.2.1",
        "ada@-acme.example",
        "ada@acme-.example",
        "ada@ac_me.example",
        "ada@acme.example\r\nBcc: everybody@acme.example",
        "ada@acme.example,ben@acme.example",
        "Ada <ada@acme.example>",
        "ñandú@acme.example",
        "ada\u200b@acme.example",
        "x" * 65 + "@acme.example",
        "ada@" + "x" * 64 + ".example",
        "ada@" + "x." * 130 + "example",
        "ada@" + "ü" * 300 + ".example",
    ],
)
def test_what_nobody_can_be_reached_at_is_refused(typed: str) -> None:
    with pytest.raises(ValidationFailed) as caught:
        valid_address(typed, field="admin_email")

    assert caught.value.errors[0].field == "admin_email"


@given(st.text())
def test_the_spelling_of_any_text_is_its_own_spelling(typed: str) -> None:
    assert normalised(normalised(typed)) == normalised(typed)
