"""What is read of several tables is of one moment: what is written meanwhile is in all of an answer, or in
none."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from chalicelib.core.db import engine
from tests.support.database import Database
from tests.support.service_desk import ServiceDesk

GONE = "UPDATE tickets SET deleted_at = now(); UPDATE comments SET body = 'Other words.', body_html = NULL"
THERE = "UPDATE tickets SET deleted_at = NULL; UPDATE comments SET body = 'Words.', body_html = NULL"
PASSING = {
    "now",
    "elapsed",
    "remaining",
    "hours_remaining",
    "explain",
    "updated_at",
    "instance",
    "request_id",
}
READS = ["", "/comments", "/timeline", "/sla", "/attachments", "?count=true"]


@contextmanager
def written_before_statement(database: Database, number: int, sql: str) -> Iterator[list[str]]:
    """Somebody else commits right before the app's n-th statement; those that it sends."""
    sent: list[str] = []

    def write(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)
        if len(sent) == number:
            database.run(sql)

    event.listen(engine(), "before_cursor_execute", write)
    try:
        yield sent
    finally:
        event.remove(engine(), "before_cursor_execute", write)


@pytest.mark.parametrize("read", READS)
def test_a_read_tells_of_the_moment_it_began(desk: ServiceDesk, database: Database, read: str) -> None:
    ticket = desk.networks_ticket()
    desk.comment(desk.cast.ana, ticket, "Words.")
    path = f"/v1/tickets{read}" if read.startswith("?") else f"/v1/tickets/{ticket['id']}{read}"
    ana = desk.as_(desk.cast.ana)
    with written_before_statement(database, 1, THERE) as sent:
        before = ana.get(path)
    assert before.status == 200, before.text
    assert len(sent) > 1, "an answer of one statement is of one moment anyway"

    for number in range(2, len(sent) + 1):
        with written_before_statement(database, number, GONE):
            meanwhile = ana.get(path)
        assert (meanwhile.status, steady(meanwhile.json)) == (200, steady(before.json)), number
        assert steady(ana.get(path).json) != steady(before.json), "nothing was written"
        database.run(THERE)


def test_a_write_sees_what_was_written_before_it_took_hold(desk: ServiceDesk, database: Database) -> None:
    ticket = desk.networks_ticket()

    with written_before_statement(database, 2, GONE):
        reply = desk.do(desk.cast.ana, ticket, "resolve", resolution="Done.")

    assert reply.status == 404


def steady(found: Any) -> Any:
    """Without what the clock alone changes, and when it was changed back."""
    if isinstance(found, list):
        return [steady(each) for each in found]
    if isinstance(found, dict):
        return {name: steady(value) for name, value in found.items() if name not in PASSING}
    return found
