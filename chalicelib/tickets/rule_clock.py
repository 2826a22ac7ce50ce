"""Rules by the clock, where the sweep has handed one over: whether its time has really come."""

from datetime import datetime
from typing import Any

from chalicelib.accounts import principals
from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.core.event import Event
from chalicelib.sla import calendars, hours
from chalicelib.sla.aiming import horizon
from chalicelib.tickets import rule_conditions, rule_event_queries
from chalicelib.tickets.lifecycle import FINISHED
from chalicelib.tickets.rule_conditions import Facts
from chalicelib.tickets.rule_facts import facts_of
from chalicelib.tickets.rule_news import News, Occasion, due_at


def look_again(tx: Transaction, event: Event) -> None:
    """Has rules by the clock look at a ticket at the next sweep, though it has not changed: a promise has."""
    if rule_event_queries.listen(tx, event.workspace_id, Occasion.SINCE):
        principals.enter_system(tx, event.workspace_id)
        rule_event_queries.look_again(tx, event)


def is_due(tx: Transaction, actor: Actor, event: Event, rule: Any, row: Any, counts_from: str) -> bool:
    """Whether the clock runs, counts still from the instant that the sweep saw, and that is over. Else it is
    reckoned anew, for the next sweep. `row`: of rule_event_queries.look, under the ticket's lock."""
    if row.status in FINISHED:
        return False
    due = row.instant and due_at(row.instant, rule.since, rule.minutes)
    if due and due <= actor.now and row.instant == datetime.fromisoformat(counts_from):
        return True
    rule_event_queries.reckon(tx, event, rule.id, row.instant, due)
    return False


def wait_for_opening(tx: Transaction, event: Event, rule: Any, row: Any, news: News, now: datetime) -> None:
    """Where a rule waits for nothing but the desk's hours, has it looked at again when they begin."""
    if row.calendar is None or news.due is None:
        return
    facts = facts_of(row, news, now)
    opened = Facts({**facts.values, "business_hours": True}, facts.changes)
    if facts.values["business_hours"] or not rule_conditions.apply(rule.conditions, opened):
        return
    try:
        opening = hours.due_at(now, 1, calendars.read(row.calendar), latest=horizon(now))
    except ValueError:  # it does not open again in our time
        return
    rule_event_queries.reckon(tx, event, rule.id, datetime.fromisoformat(news.due[1]), opening)
