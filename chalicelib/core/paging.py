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
INT8 = range(-(2**63), 2**63)

Row = TypeVar("Row")


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

    An offset goes on to 10,000; after a cursor there is none, for nobody counted what came before.
    """
    shown = rows[: page.limit]
    more = len(rows) > page.limit
    next_offset = page.skip + page.limit
    return {
        "items": [shape(row) for row in shown],
        "next_cursor": encode(sort, key(shown[-1])) if more else None,
        "next_offset": next_offset if more and page.cursor is None and next_offset <= MAX_OFFSET else None,
    }


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value) if isinstance(value, UUID) else value


def _read(part: Any, kind: Any) -> Any:
    if part is None and isinstance(None, kind):
        return None
    wanted = next(each for each in (get_args(kind) or (kind,)) if each is not NoneType)
    # A boolean is no whole number, though Python says so.
    if type(part) is not {datetime: str, UUID: str}.get(wanted, wanted):
        raise ValueError("of another type")
    if wanted in (datetime, UUID):
        return datetime.fromisoformat(part) if wanted is datetime else UUID(part)
    if (isinstance(part, str) and "\0" in part) or (isinstance(part, int) and part not in INT8):
        raise ValueError("cannot be stored")
    return part
