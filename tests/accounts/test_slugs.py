"""A workspace's name as addresses carry it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.accounts.slugs import slug_from


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Acme", "acme"),
        ("Acme Networks, Inc.", "acme-networks-inc"),
        ("  Ñandú & Cía  ", "nandu-and-cia"),
        ("Łódź Straße Øst Æon", "lodz-strasse-ost-aeon"),
        ("O'Hara’s Desk", "oharas-desk"),
        ("--- 42 ---", "42"),
        ("日本語", "desk"),
        ("!!!", "desk"),
        ("x" * 60, "x" * 40),
        ("x" * 39 + " y", "x" * 39),
    ],
)
def test_a_name_becomes_a_slug(name: str, slug: str) -> None:
    assert slug_from(name) == slug


@given(st.text(min_size=1))
def test_any_name_becomes_one_that_the_database_takes(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", slug_from(name))
