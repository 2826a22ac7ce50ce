"""Lists in pages: by a cursor that holds the last row's sort key, or by an offset. The same for every list.

A cursor is unpadded base64url of the JSON array [sort, key, …]: opaque to callers, unsigned because it can
say nothing that a caller may not ask for. Whatever `encode` would not have written for the sort is refused.
"""

import binascii
import json
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import NoneType
from typing import Any, TypeVar, get_args
from uuid import UUID

from chalicelib.core.errors import ValidationFailed

MAX_LIMIT = 100
MAX_OFFSET = 10_000
# Lambda answers with 6 MB at most; what wraps the items needs the rest.
MAX_BYTES = 4_000_000

Row = TypeVar("Row")


class Int8(int):
    """The type of a cursor's part that comes from a bigint column; `int` stands for an integer one."""


RANGES = {int: range(-(2**31), 2**31), Int8: range(-(2**63), 2**63)}


@dataclass(frozen=True, slots=True)
class Page:
    """The part of a list that a caller asks for: `limit` rows after a cursor or an offset, never both."""

    limit: int = 25
    cursor: str | None = None
    offset: int | None = None

    def __post_init__(self) -> None:
        if self.cursor is not None and self.offset is not None:
            raise ValidationFailed.of("offset", "Send a cursor or an offset, not both.")

    @property
    def take(self) -> int:
        """How many rows to read: one more than is shown tells whether there is a next page."""
        return self.limit + 1

    @property
    def skip(self) -> int:
        return self.offset or 0

    def after(self, sort: str, types: Sequence[Any]) -> tuple[Any, ...] | None:
        """The sort key of the last row seen, or None at the start. See `decode`."""
        return decode(self.cursor, sort, types) if self.cursor is not None else None


def encode(sort: str, key: Sequence[Any]) -> str:
    """The cursor after a row with this sort key: texts, numbers, booleans, UUIDs, aware datetimes, null."""
    parts = [sort, *map(_written, key)]
    document = json.dumps(parts, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return urlsafe_b64encode(document.encode()).rstrip(b"=").decode("ascii")


def decode(cursor: str, sort: str, types: Sequence[Any]) -> tuple[Any, ...]:
    """The sort key in a cursor of this sort; `types` has a type a part, `X | None` where it may be null.

    Raises ValidationFailed for anything that `encode` would not have written.
    """
    try:
        document = json.loads(b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        _, *parts = document
        key = tuple(_read(part, kind) for part, kind in zip(parts, types, strict=True))
        if encode(sort, key) != cursor:
            raise ValueError("another sort, or another spelling")
    except (ValueError, TypeError, RecursionError, OverflowError, binascii.Error) as error:
        raise ValidationFailed.of(
            "cursor", "This cursor does not belong to this list and sort. Begin again without one."
        ) from error
    return key


def answer(
    rows: Sequence[Row],
    page: Page,
    sort: str,
    key: Callable[[Row], Sequence[Any]],
    shape: Callable[[Row], Any],
) -> dict[str, Any]:
    """The page of the rows that `page.take` and `page.skip` gave. The nexts are null at the end of the list.

    A page of large items ends before MAX_BYTES, with one item at least, and the nexts lead on from there. An
    offset goes on to 10,000; after a cursor there is none, for nobody counted what came before.
    """
    items = _fitting([shape(row) for row in rows[: page.limit]])
    more = len(rows) > len(items)
    next_offset = page.skip + len(items)
    return {
        "items": items,
        "next_cursor": encode(sort, key(rows[len(items) - 1])) if more else None,
        "next_offset": next_offset if more and page.cursor is None and next_offset <= MAX_OFFSET else None,
    }


def _fitting(items: list[Any]) -> list[Any]:
    room = MAX_BYTES
    for count, item in enumerate(items):
        # As Lambda's runtime writes it at worst: JSON within JSON, ASCII alone.
        text = json.dumps(item, default=str, separators=(",", ":"))
        room -= len(text) + text.count('"') + text.count("\\")
        if room < 0:
            return items[: max(count, 1)]
    return items


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value) if isinstance(value, UUID) else value


def _read(part: Any, kind: Any) -> Any:
    if part is None and isinstance(None, kind):
        return None
    wanted = next(each for each in (get_args(kind) or (kind,)) if each is not NoneType)
    # A boolean is no whole number, though Python says so.
    if type(part) is not {datetime: str, UUID: str, Int8: int}.get(wanted, wanted):
        raise ValueError("of another type")
    if wanted in (datetime, UUID):
        return datetime.fromisoformat(part) if wanted is datetime else UUID(part)
    if (wanted is str and "\0" in part) or (wanted in RANGES and part not in RANGES[wanted]):
        raise ValueError("cannot be stored")
    return part
