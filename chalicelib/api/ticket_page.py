"""The answer of lists of tickets."""

from typing import Any

from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.schemas.tickets import listed
from chalicelib.core import paging
from chalicelib.core.errors import ValidationFailed
from chalicelib.tickets import counting, listing, searching
from chalicelib.tickets.listing import Filter


def order(sort: str, *, searched: bool) -> str:
    """The sort as listing.py calls it. Raises ValidationFailed for relevance to nothing."""
    if sort != "relevance":
        return sort
    if not searched:
        raise ValidationFailed.of("sort", "Nothing is relevant without a query. Send one, or another sort.")
    return listing.RELEVANCE


def ticket_page(call: Call, wanted: Filter | None, page: paging.Page, *, with_count: bool) -> Answer:
    """A page of the tickets that the caller may see; None is a filter that nothing can meet. `with_count`
    adds how many there are."""
    tx, actor = call.tx, call.actor

    def shape(row: Any) -> dict[str, Any]:
        found = {"highlights": searching.highlights(row.highlights)} if hasattr(row, "highlights") else {}
        return {**listed(row, actor), **found}

    if wanted is None:
        answer = paging.answer([], page, "", lambda _: (), lambda _: None)
    else:
        rows = listing.page_of(tx, actor, wanted, page)
        answer = paging.answer(
            rows,
            page,
            wanted.cursor_sort,
            lambda row: listing.sort_key(row, wanted.sort),
            shape,
        )
    if with_count:
        answer |= counting.count(tx, actor, wanted.conditions if wanted else None)
    return Answer(answer)
