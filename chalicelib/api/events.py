"""Door: what happened, for whoever asks from time to time."""

from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.events import EventQuery, FeedOut
from chalicelib.webhooks import feeding

routes = Routes(__name__, tag="Events")

EXAMPLE = {
    "items": [
        {
            "id": 48213,
            "type": "ticket.assigned",
            "ticket_id": "0197a3c4-5a1e-7c3b-9d10-6f0a5b9a0c11",
            "sequence": 2,
            "internal": False,
            "created_at": "2026-11-20T09:04:11.204113Z",
            "data": {
                "ticket": {
                    "id": "0197a3c4-5a1e-7c3b-9d10-6f0a5b9a0c11",
                    "label": "TKT-2026-00042",
                    "subject": "VPN drops",
                    "status": "open",
                    "priority": "high",
                },
                "actor": {"type": "user", "id": "0197a3c0-11d2-7b7e-8a44-0c3d5e6f7a81"},
                "changes": {"status": {"from": "new", "to": "open"}},
                "meta": {},
            },
        }
    ],
    "next_cursor": "WyJmZWVkIiw5MTI4Myw0ODIxMywiMjAyNi0xMS0yMFQwOTowNDoxMS4yMDQxMTMrMDA6MDAiXQ",
    "has_more": False,
}


@routes.get(
    "/v1/events",
    summary="The change feed: every event in order, none skipped, for 30 days",
    answer=FeedOut,
    examples={"answer": EXAMPLE},
)
def list_events(call: Call, query: EventQuery) -> Answer:
    """Ask with the `next_cursor` of the answer before: at once while `has_more`, else after a while. An
    event comes once, after all that led to it; what is still being written comes later, never in between.
    A cursor lives as long as events do, 30 days less an hour; then it is 410 `GONE`."""
    return Answer(feeding.listing(call.tx, call.actor, query.after, query.types or (), query.limit))
