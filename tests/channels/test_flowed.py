"""Lines that were broken for the way only (RFC 3676)."""

import pytest

from chalicelib.channels.flowed import unflowed


@pytest.mark.parametrize(
    ("flowed", "text"),
    [
        ("one \ntwo", "one two"),
        ("one\ntwo", "one\ntwo"),
        ("one \ntwo \nthree\nfour", "one two three\nfour"),
        ("> one \n> two", "> one two"),
        ("> one \n>> two", "> one\n>> two"),
        ("> one \ntwo", "> one\ntwo"),
        (" >no quote", ">no quote"),
        (" From me", "From me"),
        ("text \n-- \nsignature", "text\n-- \nsignature"),
        ("-- \nnot joined", "-- \nnot joined"),
        ("", ""),
    ],
)
def test_soft_breaks_are_taken_out(flowed: str, text: str) -> None:
    assert unflowed(flowed) == text


def test_the_space_of_a_soft_break_goes_where_it_was_only_put_there() -> None:
    assert unflowed("日本 \n語\nend", delete_space=True) == "日本語\nend"
