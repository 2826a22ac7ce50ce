"""Points as InfluxDB and whatever speaks like it take them: a line each. Standard library only.

Source: InfluxDB's line protocol reference; influxdb-client is the oracle in the tests, for where that leaves
something open, as what becomes of a line break in a tag.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

Value = bool | int | float | str

_BREAKS = {"\n": r"\n", "\t": r"\t", "\r": r"\r"}
_MEASUREMENT = str.maketrans({",": r"\,", " ": r"\ ", **_BREAKS})
_KEY = str.maketrans({",": r"\,", "=": r"\=", " ": r"\ ", **_BREAKS})
_TEXT = str.maketrans({'"': r"\"", "\\": r"\\"})


@dataclass(frozen=True, slots=True)
class Point:
    """`at` in nanoseconds since 1970. A point of the same measurement, tags and time overwrites another."""

    measurement: str
    tags: Mapping[str, str | None]
    fields: Mapping[str, Value | None]
    at: int


def line(point: Point) -> str:
    """Without a line break at its end. Tags and fields in the order of their names; those that are None, and
    tags that are empty, stay out.

    Raises ValueError for a point without measurement or fields, and for a number that is none.
    """
    tags = "".join(f",{_key(name)}={_tag(value)}" for name, value in sorted(point.tags.items()) if value)
    fields = ",".join(
        f"{_key(name)}={_field(value)}" for name, value in sorted(point.fields.items()) if value is not None
    )
    if not point.measurement or not fields:
        raise ValueError("a point has a measurement and at least one field")
    return f"{point.measurement.translate(_MEASUREMENT)}{tags} {fields} {point.at}"


def _key(name: str) -> str:
    return name.translate(_KEY)


def _tag(value: str) -> str:
    escaped = value.translate(_KEY)
    # A backslash at the end would escape what comes after the tag.
    return f"{escaped} " if escaped.endswith("\\") else escaped


def _field(value: Value) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int():
            return f"{value}i"
        case float():
            if not math.isfinite(value):
                raise ValueError("a number of a point is finite")
            return str(value).removesuffix(".0")
        case str():
            return f'"{value.translate(_TEXT)}"'
