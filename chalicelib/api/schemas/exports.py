"""Exports as they are asked for; the job that comes of it is in jobs.py."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from chalicelib.api.schemas.common import In
from chalicelib.api.schemas.filters import Instant, TicketFilter
from chalicelib.api.schemas.users import UserFilter

ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Columns = Annotated[list[ColumnName], Field(min_length=1, max_length=150)]


class ExportIn(In):
    """Which rows, and as what. `filter`: which tickets, or the comments and timelines of which, as their list
    has it; `user_filter`: which users. `since` (included) and `until` (not): when comments and entries were
    made. `columns`: in this order, all where they are left out; an object, as `requester`, is all its parts,
    as `requester.email`."""

    resource: Literal["tickets", "comments", "timeline", "users"]
    format: Literal["csv", "jsonl"] = "csv"
    compress: Literal["gzip"] | None = None
    filter: TicketFilter | None = None
    user_filter: UserFilter | None = None
    since: Instant | None = None
    until: Instant | None = None
    columns: Columns | None = None

    def wanted(self) -> dict[str, Any]:
        """As analytics/exporting.py takes it, which can be kept as JSON."""
        return {
            "resource": self.resource,
            "format": self.format,
            "compress": self.compress,
            "filter": self.filter.plain() if self.filter else {},
            "user_filter": self.user_filter.wanted() if self.user_filter else {},
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "columns": self.columns,
        }
