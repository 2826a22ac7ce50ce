"""The bounds of a ticket's custom fields, whatever a desk keeps in them."""

from decimal import Decimal
from typing import Any

from chalicelib.core.json_text import dumps

MAX_BYTES = 16_384
MAX_DEPTH = 5


def at_most_16_kb(fields: dict[str, Any]) -> dict[str, Any]:
    """Bounds custom fields as a whole: by what they take as the database writes them, and their nesting."""
    if _size(fields, MAX_DEPTH) > MAX_BYTES:
        raise ValueError("Custom fields are longer than 16 kB of JSON.")
    return fields


def _size(value: Any, depth: int) -> int:
    """Bytes of jsonb's text: it spaces its commas and colons, and writes 1e300 with all its zeros."""
    if isinstance(value, float):
        return len(format(Decimal(repr(value)), "f"))
    if not isinstance(value, dict | list):
        return len(dumps(value).encode())
    if depth == 0:
        raise ValueError(f"Custom fields are nested deeper than {MAX_DEPTH} levels.")
    size = sum(
        _size(inner, depth - 1) + 2 for inner in (value.values() if isinstance(value, dict) else value)
    )
    return size + 2 + (sum(_size(name, 0) + 2 for name in value) if isinstance(value, dict) else 0)
