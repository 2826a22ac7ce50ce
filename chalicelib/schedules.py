"""Door: all that happens by the clock. Any of these may run beside itself: what it takes up, it locks."""

import logging
from collections.abc import Callable
from functools import lru_cache

from chalice import Blueprint, Rate
from chalice.app import CloudWatchEvent

from chalicelib.core import events, logs, metrics, purging
from chalicelib.core.db import in_transaction
from chalicelib.core.settings import DatabaseSettings, RelaySettings
from chalicelib.sla import queries as sla_queries

SWEEP_LIMIT = 500
PURGE_LIMIT = 1000
# Longer than one statement (10 s) or one pass of the relay (its patience with a queue) may take.
STATEMENT_SECONDS = 12.0
RELAY_SECONDS = 25.0

HasTime = Callable[[], bool]

bp = Blueprint(__name__)
log = logging.getLogger(__name__)


@bp.schedule(Rate(1, unit=Rate.MINUTES), name="sla-sweep")  # type: ignore[untyped-decorator]
def sla_sweep(event: CloudWatchEvent) -> None:
    """Announces what has come due, and sends that news at once."""
    settings = relay_settings()
    announced = sweep(_within(event, STATEMENT_SECONDS))
    metrics.emit({"StepsAnnounced": (announced, "Count")}, Schedule="sla-sweep")
    if announced:
        relay(settings, _within(event, RELAY_SECONDS), "sla-sweep")


@bp.schedule(Rate(1, unit=Rate.MINUTES), name="event-relay")  # type: ignore[untyped-decorator]
def event_relay(event: CloudWatchEvent) -> None:
    """Sends what was committed and is not yet sent."""
    relay(relay_settings(), _within(event, RELAY_SECONDS), "event-relay")


@bp.schedule(Rate(1, unit=Rate.HOURS), name="purge")  # type: ignore[untyped-decorator]
def purge(event: CloudWatchEvent) -> None:
    """Deletes what has outlived its time: see sp_purge.sql."""
    database_settings()
    has_time, deleted, total = _within(event, STATEMENT_SECONDS), 1, 0
    while deleted and has_time():
        deleted = in_transaction(lambda tx: purging.purge(tx, PURGE_LIMIT), repeatable=True)
        total += deleted
    metrics.emit({"RowsPurged": (total, "Count")}, Schedule="purge")


def sweep(has_time: HasTime) -> int:
    """Sweeps, a transaction each, until nothing due can be had. Returns how many steps were announced."""
    announced = 0
    while has_time():
        done, due = in_transaction(lambda tx: sla_queries.sweep(tx, SWEEP_LIMIT), repeatable=True)
        announced += done
        if due < SWEEP_LIMIT:
            break
    return announced


def relay(settings: RelaySettings, has_time: HasTime, schedule: str) -> None:
    """Drains the outbox, and tells how long the oldest event waits, whether or not a queue answers."""
    try:
        sent = events.drain(settings.event_queue_urls, has_time)
        metrics.emit({"EventsRelayed": (sent, "Count")}, Schedule=schedule)
    finally:
        metrics.emit({"OldestUnsent": (events.oldest_unsent_seconds(), "Seconds")}, Schedule=schedule)


def _within(event: CloudWatchEvent, seconds: float) -> HasTime:
    logs.request_id.set(getattr(event.context, "aws_request_id", None))
    return lambda: bool(event.context.get_remaining_time_in_millis() > seconds * 1000)


@lru_cache(maxsize=1)
def relay_settings() -> RelaySettings:
    """Checked once a sandbox: what is missing refuses to start."""
    settings = RelaySettings.load()
    logs.configure(settings.log_level)
    return settings


@lru_cache(maxsize=1)
def database_settings() -> DatabaseSettings:
    """The same, for what needs no queue."""
    settings = DatabaseSettings.load()
    logs.configure(settings.log_level)
    return settings
