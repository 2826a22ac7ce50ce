"""Running rules: what an event, or the clock, sets off. One transaction a rule that fires, in the order of
the rules, so that the later see what the earlier did; all of its actions or none.

An event and a rule have one effect, however often and in whatever order events come: what was done is
written down in the transaction that does it, under the lock of the ticket. Conditions look at the ticket as
it is now; what an event changed is asked of the event.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.news import hear
from chalicelib.core.db import Transaction
from chalicelib.core.errors import NotFound
from chalicelib.core.event import Event
from chalicelib.models.words import FiringOutcome
from chalicelib.tickets import acting, rule_clock, rule_conditions, rule_event_queries, rule_news
from chalicelib.tickets.draft import Draft, open_draft
from chalicelib.tickets.queries import Entry
from chalicelib.tickets.rule_facts import facts_of, is_open_to_rules, kinds_of_actor
from chalicelib.tickets.rule_news import News, Occasion
from chalicelib.tickets.rule_refusals import prepare, why

InTransaction = Callable[[Callable[[Transaction], Any]], Any]
Place = tuple[int, UUID]


@dataclass(frozen=True)
class Step:
    """How far the rules have got on an event, and the news of what the last one did."""

    after: Place
    news: Sequence[dict[str, Any]]


def run(
    repeatable: InTransaction,
    event: Event,
    send: Callable[[Sequence[dict[str, Any]]], None],
    has_time: Callable[[], bool] = lambda: True,
) -> bool:
    """Runs the rules of a workspace on one event, as long as there is time; whether all are done. `send`
    takes the news of what each did, once it is committed."""
    if event.type in rule_news.PROMISES:
        repeatable(partial(rule_clock.look_again, event=event))
    occasion = rule_news.occasion_of(event)
    if occasion is None or rule_news.is_too_deep(event.payload):
        return True
    after: Place | None = None
    while has_time():
        step = repeatable(partial(go_on, event=event, occasion=occasion, after=after))
        if step is None:
            return True
        send(step.news)
        after = step.after
    return False


def go_on(tx: Transaction, event: Event, occasion: Occasion, after: Place | None) -> Step | None:
    """Runs the next rule that applies, of those behind `after`. None once there is none."""
    if after is None and not rule_event_queries.listen(tx, event.workspace_id, occasion):
        return None
    entered = hear(tx, event)
    if entered is None or rule_news.is_too_deep(entered[1]):
        return None
    actor, payload = entered
    news = rule_news.read(event, payload)
    found = _Run(tx, actor, event, news)
    rules = found.rules(after)
    row = found.look() if rules else None
    heard = found.heard(rules, row) if row is not None and is_open_to_rules(row) else []
    for rule in heard:
        if found.applies(rule, row):
            return Step((rule.position, rule.id), found.fire(rule))
    if occasion is Occasion.SINCE:
        for rule in heard:
            rule_clock.wait_for_opening(tx, event, rule, row, news, actor.now)
    elif heard or after:
        rule_event_queries.done(tx, event)
    return None


@dataclass(frozen=True)
class _Run:
    """One event in one transaction, which has entered its workspace."""

    tx: Transaction
    actor: Actor
    event: Event
    news: News

    @property
    def ticket_id(self) -> UUID:
        if self.event.ticket_id is None:
            raise ValueError("This event is of no ticket.")
        return self.event.ticket_id

    @property
    def counts_from(self) -> str | None:
        """The instant that the clock counted from, where it was the clock."""
        return self.news.due[1] if self.news.due else None

    def rules(self, after: Place | None) -> list[Any]:
        """Those that may still run, in order; none that led to this event."""
        if self.news.due is not None:
            rules = rule_event_queries.for_due(self.tx, self.event.workspace_id, self.news.due[0])
        else:
            rules = rule_event_queries.for_event(self.tx, self.event, self.news.occasion)
        return [
            rule
            for rule in rules
            if (after is None or (rule.position, rule.id) > after) and not self.news.was_caused_by(rule.id)
        ]

    def heard(self, rules: Sequence[Any], row: Any) -> list[Any]:
        """Those of the rules that this event sets off, if their conditions hold."""
        kinds = kinds_of_actor(row, self.news)
        return [rule for rule in rules if rule_news.listens(rule.triggers, self.news, kinds)]

    def look(self, rule: Any = None) -> Any:
        """The ticket as it is now, None where it is gone."""
        asked: dict[str, Any] = {"actor_id": self.news.actor_id, "comment_id": self.news.comment_id}
        if rule is not None:
            asked |= {"since": rule.since, "rule_id": rule.id, "event_id": self.event.id}
            asked["counts_from"] = self.counts_from
        return rule_event_queries.look(self.tx, self.event.workspace_id, self.ticket_id, **asked)

    def applies(self, rule: Any, row: Any) -> bool:
        """Whether the conditions hold. A comment that was taken back is no news."""
        if self.news.occasion is Occasion.COMMENTED and row.comment is None:
            return False
        return rule_conditions.apply(rule.conditions, facts_of(row, self.news, self.actor.now))

    def fire(self, rule: Any) -> list[dict[str, Any]]:
        """Does what the rule says, if that is still to be done once the ticket is held. The news of it."""
        prepared, refused = prepare(self.tx, self.actor, rule.actions, rule.id)
        try:
            draft = open_draft(self.tx, self.actor, self.ticket_id)
        except NotFound:
            return []
        row = self.look(rule)
        if row is None or row.has_fired or not is_open_to_rules(row):
            return []
        since = self.counts_from
        if since and not rule_clock.is_due(self.tx, self.actor, self.event, rule, row, since):
            return []
        news = replace(self.news, chain=row.chain) if since else self.news
        if news.is_too_deep() or news.was_caused_by(rule.id) or not self.applies(rule, row):
            return []
        chain = [*news.chain, {"id": str(rule.id), "name": rule.name}]
        outcome = FiringOutcome.FAILED
        if prepared is not None:
            outcome, refused = self._act(draft, prepared, chain)
        if outcome is FiringOutcome.FAILED:
            draft = Draft(self.tx, self.actor, draft.ticket)
            draft.tell("rule_fired", internal=True, rules=chain, outcome=outcome, reason=refused)
            draft.save(counts=False)
        said = {"depth": news.depth, "outcome": outcome, "reason": refused}
        rule_event_queries.record(self.tx, self.event, rule.id, self.counts_from, said)
        return list(self.tx.events)

    def _act(
        self, draft: Draft, prepared: acting.Prepared, chain: Sequence[Mapping[str, Any]]
    ) -> tuple[FiringOutcome, str | None]:
        """All actions or none; what came of it, and why it was refused."""
        try:
            with self.tx.attempt():
                acting.apply(draft, prepared, {"rules": chain})
                outcome = FiringOutcome.APPLIED if draft.entries else FiringOutcome.UNCHANGED
                told = {"rules": chain, "outcome": outcome}
                draft.entries.insert(0, Entry("rule_fired", {}, told, internal=True))
                draft.save(counts=bool(draft.values))
        except Exception as error:
            return FiringOutcome.FAILED, why(error, chain[-1]["id"])
        return outcome, None
