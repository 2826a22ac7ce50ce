"""JSON for columns and messages: times as RFC 3339 in UTC with Z, ids as text."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID


def dumps(value: Any, *, ascii_only: bool = False) -> str:
    """Compact JSON text. TypeError for what has no agreed form. `ascii_only` for what takes not every
    character."""
    return json.dumps(value, default=_plain, ensure_ascii=ascii_only, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, tuple | set | frozenset):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
