"""Fills the demo workspace of the stack that is up with a history that ends now: `make demo-data`, with
DAYS=90 TICKETS=5000 unless said otherwise; FRESH=1 adds to what is there.

Nothing of it is mailed or posted: its events count as sent. All of it is written, or nothing.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import NullPool, create_engine, make_url
from sqlalchemy.exc import DBAPIError

from chalicelib.accounts import principals, queries
from chalicelib.core.db import Transaction, is_lost
from local import demo_rows
from local.demo_life import Ids, Life, Who
from local.demo_season import Arrival, arrivals
from local.demo_setup import Desk, is_there, set_up
from local.demo_story import Story, beginning
from local.errors import StackError
from local.files import PROJECT, read_json

DAYS, TICKETS, SEED = 90, 5_000, 1
BATCH = 250
# A batch takes seconds; what the role allows a statement, and a pause between two, is for calls.
PATIENCE = "SET LOCAL statement_timeout = '5min'; SET LOCAL idle_in_transaction_session_timeout = '5min'"
# What a ticket that comes a second time has of the first, and what is said of it.
REPEATED = (
    *("subject", "type", "category", "subcategory", "requester_id", "requester_name", "organisation_id"),
    "team_id",
)
TWICE = "It came twice."
MOST_DAYS, MOST_TICKETS = 366, 100_000

Tell = Callable[[int, int], None]


def silent(_: int, __: int) -> None:
    """Tells nobody how far it is."""


def fill(
    tx: Transaction,
    workspace_id: UUID,
    *,
    days: int = DAYS,
    tickets: int = TICKETS,
    seed: int = SEED,
    now: datetime | None = None,
    tell: Tell = silent,
) -> int:
    """Writes so many tickets of the last days into a workspace, with the people who ask and answer, and
    brings its roll-up up to them. How many there are now of the demo's.

    The same seed and `now` tell the same story in the same workspace. `tell` hears how many are done, of how
    many.
    """
    tx.connection.exec_driver_sql(PATIENCE)
    actor = principals.enter_system(tx, workspace_id)
    if actor is None:
        raise StackError("There is no such workspace.")
    now = now or actor.now
    given = demo_rows.numbers(tx, workspace_id, tickets)
    random = Random(f"{seed} {given.start}")  # noqa: S311 a story, no secret
    desk = set_up(tx, actor.workspace, random, now - timedelta(days=days))
    coming = arrivals(random, now, days, tickets, ZoneInfo(actor.workspace.timezone))
    writer = Writer(desk, random, now, given, coming)
    entries: list[Mapping[str, Any]] = []
    for place in range(0, tickets, BATCH):
        lives = [writer.life(each) for each in range(place, min(place + BATCH, tickets))]
        demo_rows.write(tx, workspace_id, lives)
        entries += [entry for life in lives for entry in life.entries]
        tell(min(place + BATCH, tickets), tickets)
    demo_rows.write_events(tx, workspace_id, entries, now)
    demo_rows.roll_up(tx, workspace_id)
    return tickets


class Writer:
    """Tells the tickets one by one, in order; those that come twice know of each other."""

    def __init__(
        self, desk: Desk, random: Random, now: datetime, numbers: range, coming: Sequence[Arrival]
    ) -> None:
        self.desk, self.random, self.now, self.coming = desk, random, now, coming
        self.ids, zone = Ids(random), ZoneInfo(desk.workspace.timezone)
        self.names = [
            (self.ids(each.at), number, label(desk.prefix, each.at.astimezone(zone).year, number))
            for each, number in zip(coming, numbers, strict=True)
        ]
        self.twins = {each.twin_of: place for place, each in enumerate(coming) if each.twin_of is not None}
        # What those that come twice begin as, and who merged them, and when.
        self.begun: dict[int, Mapping[str, Any]] = {}
        self.merged: dict[int, tuple[datetime, Who]] = {}

    def life(self, place: int) -> Life:
        """The ticket of an arrival, from its opening to now."""
        arrival = self.coming[place]
        values = beginning(self.desk, self.random, arrival.at, is_spike=arrival.is_spike)
        if arrival.twin_of is not None:
            values |= self.begun[arrival.twin_of]
        id, number, name = self.names[place]
        values |= {"id": id, "number": number, "label": name}
        life = Life(self.ids, self.now, self.desk.policies, values, arrival.at)
        story = Story(self.desk, self.random, life, is_spike=arrival.is_spike)
        if arrival.twin_of is not None:
            story.tell(lambda: self._end_twin(story, place, arrival.twin_of or 0))
        else:
            if place in self.twins:
                self.begun[place] = {name: values[name] for name in REPEATED}
                life.agenda.append((self._noticed(place), lambda: self._absorb(story, place)))
            story.tell()
        return life

    def _noticed(self, place: int) -> datetime:
        """When somebody sees that one came twice."""
        return self.coming[self.twins[place]].at + timedelta(minutes=9)

    def _absorb(self, story: Story, place: int) -> None:
        if story.life.is_active:
            twin, who = self.twins[place], story.dispatcher()
            id, _, name = self.names[twin]
            story.life.absorb(who, id, name, TWICE)
            self.merged[twin] = (story.life.at, who)

    def _end_twin(self, story: Story, place: int, original: int) -> None:
        at, who = self.merged.get(place, (self._noticed(original), story.dispatcher()))
        story.life.come_to(at)
        id, _, name = self.names[original]
        if place in self.merged:
            story.life.merge(who, id, name, TWICE)
        else:
            story.life.cancel(who, f"The same as {name}.")


def label(prefix: str, year: int, number: int) -> str:
    """As fn_next_ticket_label has it."""
    return f"{prefix}-{year}-{number:05}"


def demonstrate(database_url: str, slug: str, options: argparse.Namespace) -> str:
    """Fills the workspace unless it is full; what to say of it. StackError where it cannot be reached."""
    url = make_url(database_url).set(drivername="postgresql+pg8000")
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": 600})
    try:
        with engine.begin() as connection:
            tx = Transaction(connection)
            workspace_id = queries.workspace_by_slug(tx, slug)
            if workspace_id is None:
                raise StackError(f"There is no workspace {slug}: `make reset`, then `make up` makes it anew.")
            principals.enter_system(tx, workspace_id)
            if is_there(tx, workspace_id) and not options.fresh:
                return "The demo's history is there already. FRESH=1 adds another one."
            began = time.monotonic()
            fill(
                tx, workspace_id, days=options.days, tickets=options.tickets, seed=options.seed, tell=progress
            )
    except DBAPIError as error:
        if is_lost(error):
            raise StackError("The stack's database does not answer: `make down`, then `make up`.") from None
        raise
    return f"{options.tickets} tickets of {options.days} days, in {time.monotonic() - began:.0f} s."


def progress(done: int, total: int) -> None:
    """A bar where somebody looks."""
    if sys.stderr.isatty():
        filled = 40 * done // total
        end = "\n" if done == total else ""
        print(
            f"\r  [{'#' * filled}{'.' * (40 - filled)}] {done} of {total}",
            end=end,
            file=sys.stderr,
            flush=True,
        )


def number(most: int) -> Callable[[str], int]:
    def read(given: str) -> int:
        if not given.isdecimal() or not 1 <= int(given) <= most:
            raise argparse.ArgumentTypeError(f"a number from 1 to {most}, not {given!r}")
        return int(given)

    return read


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.demo_data", description=__doc__)
    parser.add_argument("--days", type=number(MOST_DAYS), default=DAYS)
    parser.add_argument("--tickets", type=number(MOST_TICKETS), default=TICKETS)
    parser.add_argument("--seed", type=number(2**31), default=SEED, help="another one tells another story")
    parser.add_argument("--fresh", action="store_true", help="add to what is there")
    options = parser.parse_args()
    path = Path(os.environ.get("MESA_DATA_DIR") or PROJECT / ".local")
    facts = read_json(path / "stack.json")
    try:
        if not facts:
            raise StackError("No stack is up here: `make up` starts one, and this fills it.")
        print(demonstrate(facts["database_url"], facts["workspace"], options))
    except StackError as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
