"""Door: all that happens by the clock. Any of these may run beside itself: what it takes up, it locks."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from chalice import Blueprint, Rate
from chalice.app import CloudWatchEvent

from chalicelib.accounts import anchoring, audit_queries
from chalicelib.analytics import report_queries, rollup_queries
from chalicelib.core import events, logs, metrics, purging
from chalicelib.core.db import Transaction, in_transaction
from chalicelib.core.settings import (
    AnchorSettings,
    DatabaseSettings,
    PurgeSettings,
    RelaySettings,
    WebhookSettings,
)
from chalicelib.notifications import asking_queries, digest_queries
from chalicelib.sla import queries as sla_queries
from chalicelib.tickets import discarding, rule_event_queries, waiting_queries
from chalicelib.webhooks import dispatching, resealing, sealed

SWEEP_LIMIT = 500
# How long one transaction goes on to the next rule by the clock.
RULE_SECONDS = 2.0
# What is handed over at once, and in one minute: each is work for the rules' Lambda, and mostly a mail.
WAIT_LIMIT, MOST_WAITS = 500, 2000
WAIT_BATCH = 5000
PURGE_LIMIT = 1000
# A ticket brings its comments, its timeline and its promises along.
TICKET_PURGE_LIMIT = 200
ANCHOR_LIMIT = 200
# Counted at once, which takes a second or two; of each workspace held to its roll-ups a night.
COUNT_LIMIT, NIGHTLY = 1000, 20_000
# Longer than one statement (10 s) or one pass of the relay (its patience with a queue) may take.
STATEMENT_SECONDS = 12.0
RELAY_SECONDS = 25.0
# Four times what a login for reports gives a statement of its own accord.
REPORT_SECONDS = 60.0
# Two calls to S3 with their repeats, and a statement.
FILE_SECONDS = 75.0
# Two statements and three calls to S3.
ANCHOR_SECONDS = 40.0

HasTime = Callable[[], bool]

bp = Blueprint(__name__)
log = logging.getLogger(__name__)


@bp.schedule(Rate(1, unit=Rate.MINUTES), name="sla-sweep")  # type: ignore[untyped-decorator]
def sla_sweep(event: CloudWatchEvent) -> None:
    """Announces what has come due, has questions asked and digests sent that have waited, hands over tickets
    that have, and sends that news at once."""
    settings = relay_settings()
    has_time = _within(event, STATEMENT_SECONDS)
    late = in_transaction(sla_queries.sweep_is_late_by, repeatable=True)
    metrics.emit({"SweepLate": (late, "Seconds")}, Schedule="sla-sweep")
    announced = sweep(has_time)
    asked = until_nothing_is_left(asking_queries.fall_due, SWEEP_LIMIT, has_time)
    digests = until_nothing_is_left(digest_queries.fall_due, SWEEP_LIMIT, has_time)
    waited = sweep_waits(has_time)
    counts = {"StepsAnnounced": announced, "RatingsDue": asked, "DigestsDue": digests, "WaitsDue": waited}
    metrics.emit({name: (count, "Count") for name, count in counts.items()}, Schedule="sla-sweep")
    if any(counts.values()):
        relay(settings, _within(event, RELAY_SECONDS), "sla-sweep")


@bp.schedule(Rate(2, unit=Rate.MINUTES), name="rule-sweep")  # type: ignore[untyped-decorator]
def rule_sweep(event: CloudWatchEvent) -> None:
    """Hands over what rules are to do by the clock, and sends that news at once."""
    settings = relay_settings()
    followed, due = sweep_rules(_within(event, STATEMENT_SECONDS))
    metrics.emit({"TicketsFollowed": (followed, "Count"), "RulesDue": (due, "Count")}, Schedule="rule-sweep")
    if due:
        relay(settings, _within(event, RELAY_SECONDS), "rule-sweep")


@bp.schedule(Rate(1, unit=Rate.MINUTES), name="event-relay")  # type: ignore[untyped-decorator]
def event_relay(event: CloudWatchEvent) -> None:
    """Sends what was committed and is not yet sent. Ends reports that hold up the change feed."""
    relay(relay_settings(), _within(event, RELAY_SECONDS), "event-relay")
    ended = in_transaction(lambda tx: report_queries.end_long(tx, REPORT_SECONDS), repeatable=True)
    metrics.emit({"ReportsEnded": (ended, "Count")}, Schedule="event-relay")


@bp.schedule(Rate(1, unit=Rate.MINUTES), name="webhook-sweep")  # type: ignore[untyped-decorator]
def webhook_sweep(event: CloudWatchEvent) -> None:
    """Hands over the deliveries whose time has come again, and those that somebody died with; seals some
    secrets anew, while their key is exchanged."""
    settings = webhook_settings()
    keys = sealed.keys(settings.webhook_secret_arn)
    has_time = _within(event, RELAY_SECONDS)
    handed = sweep_deliveries(keys, settings.delivery_queue_url, has_time)
    resealed = resealing.reseal(_repeatable, keys) if has_time() else 0
    metrics.emit(
        {"DeliveriesHandedOver": (handed, "Count"), "SecretsResealed": (resealed, "Count")},
        Schedule="webhook-sweep",
    )


@bp.schedule(Rate(1, unit=Rate.HOURS), name="purge")  # type: ignore[untyped-decorator]
def purge(event: CloudWatchEvent) -> None:
    """Deletes what has outlived its time: see sp_purge.sql, and sp_purge_tickets.sql for tickets. Then the
    files whose rows are gone."""
    settings = purge_settings()
    has_time = _within(event, STATEMENT_SECONDS)
    rows = until_nothing_is_left(purging.purge, PURGE_LIMIT, has_time)
    tickets = until_nothing_is_left(purging.purge_tickets, TICKET_PURGE_LIMIT, has_time)
    metrics.emit({"RowsPurged": (rows, "Count"), "TicketsPurged": (tickets, "Count")}, Schedule="purge")
    removed = discarding.discard(
        _repeatable, settings.attachments_bucket, settings.mail_bucket, _within(event, FILE_SECONDS)
    )
    metrics.emit({"FilesDeleted": (removed, "Count")}, Schedule="purge")


def until_nothing_is_left(
    purge_some: Callable[[Transaction, int], int], limit: int, has_time: HasTime
) -> int:
    """Purges, a transaction each. Returns how many went."""
    deleted, total = 1, 0
    while deleted and has_time():
        deleted = in_transaction(lambda tx: purge_some(tx, limit), repeatable=True)
        total += deleted
    return total


@bp.schedule(Rate(5, unit=Rate.MINUTES), name="rollup-repair")  # type: ignore[untyped-decorator]
def rollup_repair(event: CloudWatchEvent) -> None:
    """Counts workspaces that are to be counted from nothing, and holds each once a day to its tickets: see
    sp_rollup_repair.sql. What was wrong is told of."""
    rollup_settings()
    counted, mended, anew = repair_rollups(_within(event, STATEMENT_SECONDS))
    counts = {"TicketsCounted": counted, "TicketsMended": mended, "RollupsAnew": anew}
    metrics.emit({name: (count, "Count") for name, count in counts.items()}, Schedule="rollup-repair")


def repair_rollups(has_time: HasTime) -> tuple[int, int, int]:
    """Steps, a transaction each, until nothing is left. Returns how many tickets were looked at, how many of
    them had been counted otherwise, and how many workspaces are counted anew for their sums were wrong."""
    counted, mended, anew, rest = 0, 0, 0, True
    step = partial(rollup_queries.repair, limit=COUNT_LIMIT, portion=NIGHTLY)
    while rest and has_time():
        done = in_transaction(step, repeatable=True)
        counted, mended, anew, rest = (
            counted + done.counted,
            mended + done.mended,
            anew + done.anew,
            done.rest,
        )
    return counted, mended, anew


@bp.schedule(Rate(1, unit=Rate.HOURS), name="audit-anchor")  # type: ignore[untyped-decorator]
def audit_anchor(event: CloudWatchEvent) -> None:
    """Anchors the audit logs that have grown. A log that contradicts its anchor fails the run, which alarms;
    it is not anchored, and the others are."""
    settings = anchor_settings()
    anchored, contradicted = anchor_heads(settings.audit_bucket, _within(event, ANCHOR_SECONDS))
    metrics.emit(
        {"HeadsAnchored": (anchored, "Count"), "AnchorsContradicted": (len(contradicted), "Count")},
        Schedule="audit-anchor",
    )
    if contradicted:
        raise AuditLogBroken(f"The audit log contradicts its anchor: {', '.join(map(str, contradicted))}")


class AuditLogBroken(Exception):
    """What an audit log says is not what it said when it was anchored."""


def anchor_heads(bucket: str, has_time: HasTime) -> tuple[int, list[UUID]]:
    """Anchors head after head. Returns how many, and the workspaces whose log contradicts its anchor."""
    anchored, contradicted = 0, list[UUID]()
    last: UUID | None = None
    while has_time():
        page = partial(audit_queries.unanchored, after=last, limit=ANCHOR_LIMIT)
        heads = in_transaction(page, repeatable=True)
        for head in heads:
            if not has_time():
                break
            if anchoring.anchor(_repeatable, bucket, head, datetime.now(UTC)):
                anchored += 1
            else:
                contradicted.append(head.workspace_id)
            last = head.workspace_id
        if len(heads) < ANCHOR_LIMIT:
            break
    return anchored, contradicted


def _repeatable(unit: Callable[[Transaction], Any]) -> Any:
    return in_transaction(unit, repeatable=True)


def sweep(has_time: HasTime) -> int:
    """Sweeps, a transaction each, until nothing due can be had. Returns how many steps were announced."""
    announced = 0
    while has_time():
        done, due = in_transaction(lambda tx: sla_queries.sweep(tx, SWEEP_LIMIT), repeatable=True)
        announced += done
        if due < SWEEP_LIMIT:
            break
    return announced


def sweep_waits(has_time: HasTime) -> int:
    """Sweeps, a transaction each. Returns how many tickets were handed over; more wait for the next
    minute."""
    total, rest = 0, True
    while rest and has_time():
        limit = min(WAIT_LIMIT, MOST_WAITS - total)
        step = partial(waiting_queries.sweep, limit=limit, batch=WAIT_BATCH)
        reckoned, due = in_transaction(step, repeatable=True)
        total += due
        rest = bool(reckoned) or (due == limit and total < MOST_WAITS)
    return total


def sweep_rules(has_time: HasTime) -> tuple[int, int]:
    """Sweeps, a transaction each, until nothing is left. Returns how many tickets were looked at, and how
    often a rule was due."""
    began, followed, due = datetime.now(UTC), 0, 0
    step = partial(rule_event_queries.sweep, limit=SWEEP_LIMIT, began=began, seconds=RULE_SECONDS)
    while has_time():
        some, handed_over, more = in_transaction(step, repeatable=True)
        followed, due = followed + some, due + handed_over
        if not more:
            break
    return followed, due


def sweep_deliveries(keys: sealed.Keys, queue_url: str, has_time: HasTime) -> int:
    """Claims and hands over, a transaction each, until nothing is due or the queue takes no more."""
    total = 0
    while has_time():
        claimed = in_transaction(dispatching.claim, repeatable=True)
        handed = dispatching.hand_over(_repeatable, claimed, keys, queue_url)
        total += handed
        if len(claimed) < dispatching.LIMIT or handed < len(claimed):
            break
    return total


def relay(settings: RelaySettings, has_time: HasTime, schedule: str) -> None:
    """Drains the outbox, and tells how long the oldest event waits, whether or not a queue answers."""
    try:
        sent = events.drain(settings.event_queue_urls, has_time, settings.job_queue_url)
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
def rollup_settings() -> DatabaseSettings:
    """The same, for what counts."""
    settings = DatabaseSettings.load()
    logs.configure(settings.log_level)
    return settings


@lru_cache(maxsize=1)
def webhook_settings() -> WebhookSettings:
    """The same, for what hands deliveries over."""
    settings = WebhookSettings.load()
    logs.configure(settings.log_level)
    return settings


@lru_cache(maxsize=1)
def purge_settings() -> PurgeSettings:
    """The same, for what purges."""
    settings = PurgeSettings.load()
    logs.configure(settings.log_level)
    return settings


@lru_cache(maxsize=1)
def anchor_settings() -> AnchorSettings:
    """The same, for what anchors."""
    settings = AnchorSettings.load()
    logs.configure(settings.log_level)
    return settings
