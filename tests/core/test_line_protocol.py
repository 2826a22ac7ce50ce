"""Points as lines, with influxdb-client as the oracle."""

import math
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from influxdb_client import Point as Theirs

from chalicelib.core.line_protocol import Point, Value, line

AT = 1_795_165_200_123_000_007
# What their escapes are for, and what they forget; the rest of Unicode beside it.
ODD = [" ", ",", "=", "\\", '"', "\n", "\r", "\t", "é", "🎉", "#", "'", "\u200b"]
words = st.text(st.sampled_from([*string.ascii_letters, *ODD]) | st.characters(exclude_categories=("Cs",)))
names = st.text(st.sampled_from([*string.ascii_lowercase, "_", *ODD]), min_size=1).filter(
    lambda name: not name.startswith("#")
)
numbers = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)


def theirs(point: Point) -> str:
    told = Theirs(point.measurement).time(point.at)
    for name, tag in point.tags.items():
        told.tag(name, tag)
    for name, value in point.fields.items():
        told.field(name, value)
    return str(told.to_line_protocol())


@given(
    names,
    st.dictionaries(names, words | st.none(), max_size=4),
    st.dictionaries(names, numbers | st.booleans() | words, min_size=1, max_size=4),
    st.integers(0, 2**62),
)
def test_a_line_is_what_influxdbs_own_client_writes(
    measurement: str, tags: dict[str, str | None], fields: dict[str, Value | None], at: int
) -> None:
    point = Point(measurement, tags, fields, at)

    assert line(point) == theirs(point)


@pytest.mark.parametrize(
    ("tag", "written"),
    [
        ("Networks and more", r"Networks\ and\ more"),
        ("a,b=c", r"a\,b\=c"),
        ("two\nlines", r"two\nlines"),
        ("Ñandú 🎉", r"Ñandú\ 🎉"),
        ("C:\\", "C:\\ "),
    ],
)
def test_a_tag_with_signs_of_the_protocol_is_escaped(tag: str, written: str) -> None:
    assert line(Point("made", {"team": tag}, {"count": 1}, AT)) == f"made,team={written} count=1i {AT}"


def test_no_text_begins_another_line_or_ends_its_own_early() -> None:
    point = Point("made", {"team": 'a\nb,c="'}, {"said": 'x" y=1 1\\'}, AT)

    assert line(point) == rf'made,team=a\nb\,c\=" said="x\" y=1 1\\" {AT}'


def test_numbers_truths_and_texts_are_told_apart() -> None:
    fields: dict[str, Value | None] = {"a": 7, "b": 7.5, "c": 7.0, "d": True, "e": "7", "f": None}

    assert line(Point("made", {}, fields, AT)) == f'made a=7i,b=7.5,c=7,d=true,e="7" {AT}'


def test_tags_that_are_empty_or_none_stay_out() -> None:
    assert line(Point("made", {"a": "", "b": None, "c": "x"}, {"n": 1}, AT)) == f"made,c=x n=1i {AT}"


@pytest.mark.parametrize(
    "point",
    [
        Point("made", {"a": "b"}, {}, AT),
        Point("made", {}, {"a": None}, AT),
        Point("", {}, {"a": 1}, AT),
        Point("made", {}, {"a": math.nan}, AT),
        Point("made", {}, {"a": math.inf}, AT),
    ],
)
def test_a_point_that_says_nothing_is_none(point: Point) -> None:
    with pytest.raises(ValueError, match="point"):
        line(point)
