"""Warm calls in process, through the Lambda entry point, against the same SQL through bare pg8000.

Sending to SQS, which follows the commit, is left out of a create on both sides.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from benchmarks.bare import BareSql, ids
from benchmarks.figure import Figure, progress
from benchmarks.gateway import proxy_event
from benchmarks.sampling import interleaved, timed
from benchmarks.stage import Stage
from tests.support.statements import Statement, recorded

ROUNDS = 300
WARM_UP = 20
TICKET = {"subject": "VPN drops every hour", "description": "Since this morning.", "priority": "high"}
NEWEST = "SELECT id FROM tickets WHERE assignee_id = :assignee ORDER BY number DESC LIMIT 1"

Event = dict[str, Any]


def measure(stage: Stage) -> Iterator[Figure]:
    """Get, list and create, the last also with an Idempotency-Key."""
    ana, carol = stage.cast.ana, stage.cast.carol
    ticket = str(stage.database.value(NEWEST, assignee=ana.id))
    get = proxy_event("GET", "/v1/tickets/{ticket_id}", caller=ana, path={"ticket_id": ticket})
    listing = proxy_event("GET", "/v1/tickets", caller=ana, query={"limit": "25"})

    def create(**headers: str) -> Event:
        return proxy_event("POST", "/v1/tickets", caller=carol, body=TICKET, headers=headers)

    with opened_desk(stage) as desk:
        yield desk.figure("warm: get a ticket", lambda: get, 3)
        yield desk.figure("warm: list 25 tickets", lambda: listing, 3)
        yield desk.figure("warm: create a ticket", create, 4)
        yield desk.figure(
            "warm: create with an Idempotency-Key", lambda: create(**{"Idempotency-Key": str(uuid4())}), 4
        )


class Desk:
    """The app in this process, and a bare connection beside it."""

    def __init__(self, bare: BareSql) -> None:
        from app import app

        self.app = app
        self.bare = bare

    def figure(
        self,
        name: str,
        event: Callable[[], Event],
        limit: float,
        *,
        rounds: int = ROUNDS,
        warm_up: int = WARM_UP,
    ) -> Figure:
        """The medians of the rounds. `event` makes each round's own."""
        progress(f"{name}, {rounds} rounds")
        for _ in range(warm_up):
            self.call(event())
        statements, fresh, ticket = self._record(event)
        for _ in range(warm_up):
            self.bare.run(statements, fresh, ticket)

        def measured() -> float:
            asked = event()
            return timed(lambda: self.call(asked))

        pair = interleaved(rounds, measured, lambda: self.bare.run(statements, fresh, ticket))
        ours, bare = pair.medians
        return Figure(name, ours, limit, "ms", bare)

    def call(self, event: Event) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = self.app(event, None)
        assert answer["statusCode"] < 300, answer["body"]
        return answer

    def _record(self, event: Callable[[], Event]) -> tuple[Sequence[Statement], set[str], str]:
        """What one call sends, the ids in it that no other call has, and the ticket that it opens, if any."""
        with recorded() as first:
            self.call(event())
        with recorded() as second:
            answer = self.call(event())
        fresh = ids(second) - ids(first)
        ticket = json.loads(answer["body"]).get("id", "")
        return second, fresh, ticket if ticket in fresh else ""


@contextmanager
def opened_desk(stage: Stage) -> Iterator[Desk]:
    """One to measure at."""
    assert stage.environment
    bare = BareSql(stage.dsn)
    with (
        open(os.devnull, "w") as nowhere,
        redirect_stdout(nowhere),
        patch("chalicelib.core.events.send_committed"),
    ):
        yield Desk(bare)
    bare.close()
