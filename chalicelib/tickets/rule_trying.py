"""Trying a rule on a ticket: whether it would fire, what each condition finds, what each action would do.
All of it is really done, in a part of the transaction that is then undone: nothing is written or sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.core.errors import NotFound
from chalicelib.tickets import acting, rule_conditions, rule_news, rule_refusals, rules
from chalicelib.tickets import rule_event_queries as queries
from chalicelib.tickets.draft import open_draft
from chalicelib.tickets.lifecycle import FINISHED
from chalicelib.tickets.rule_checking import as_the_desk, check
from chalicelib.tickets.rule_conditions import Judgement, Verdict
from chalicelib.tickets.rule_facts import facts_of, is_open_to_rules, kinds_of_actor
from chalicelib.tickets.rule_news import News, Occasion

# Texts are shown as far as they tell what was looked at.
SHOWN = 200
NOBODY = News(Occasion.SINCE, "due", {}, {}, None, None, ())
Prepared = acting.Prepared | str


def try_kept(
    tx: Transaction, actor: Actor, rule_id: UUID, ticket_id: UUID, sequence: int | None
) -> dict[str, Any]:
    """Of a rule as it is kept, on or off. Raises Forbidden, NotFound for either."""
    rules.require_admin(actor)
    return try_out(tx, actor, rules.get(tx, actor, rule_id), ticket_id, sequence)


def try_given(
    tx: Transaction, actor: Actor, given: Mapping[str, Any], ticket_id: UUID, sequence: int | None
) -> dict[str, Any]:
    """Of one that is not kept yet: `when conditions actions`. Raises as `rules.make` does, and NotFound."""
    rules.require_admin(actor)
    return try_out(tx, actor, check(tx, actor, given), ticket_id, sequence)


def try_out(
    tx: Transaction, actor: Actor, rule: Mapping[str, Any], ticket_id: UUID, sequence: int | None
) -> dict[str, Any]:
    """`sequence`: which entry of the ticket's timeline is to be the event; None for the last that the rule
    listens to."""
    desk = as_the_desk(actor)
    clock = next((each for each in rule["when"] if each["on"] == Occasion.SINCE), None)
    rule_id = rule.get("id")
    prepared = [_prepared(tx, desk, [document], rule_id) for document in rule["actions"]]
    together = _prepared(tx, desk, rule["actions"], rule_id)
    news, entry = (NOBODY, None) if clock else _event(tx, actor, rule, ticket_id, sequence)
    about = news or NOBODY
    row = queries.look(
        tx,
        actor.workspace.id,
        ticket_id,
        actor_id=about.actor_id,
        comment_id=about.comment_id,
        since=clock["since"] if clock else None,
    )
    if row is None:
        raise NotFound("There is no such ticket.")
    judgement = rule_conditions.judge(rule["conditions"], facts_of(row, about, actor.now))
    when = _clock(rule, clock, row, actor) if clock else _heard(rule, news, entry)
    if not is_open_to_rules(row):
        when = {**when, "holds": False, "reason": "Rules leave archived and merged tickets alone."}
    elif about.occasion is Occasion.COMMENTED and row.comment is None:
        when = {**when, "holds": False, "reason": "The comment was taken back."}
    effect = _done(tx, desk, ticket_id, together, rule_id)
    return {
        "would_fire": when["holds"] and judgement.holds,
        "when": when,
        "conditions": {"holds": judgement.holds, **_verdicts(judgement)},
        "actions": [
            {"action": document, **_done(tx, desk, ticket_id, each, rule_id)}
            for document, each in zip(rule["actions"], prepared, strict=True)
        ],
        "together": effect,
    }


def _event(
    tx: Transaction, actor: Actor, rule: Mapping[str, Any], ticket_id: UUID, sequence: int | None
) -> tuple[News | None, Any]:
    """The entry that the rule is tried with, and its news: None where it does not listen to it."""
    entries = queries.entries(tx, actor.workspace.id, ticket_id, sequence)
    if sequence is not None and not entries:
        raise NotFound("The ticket's timeline has no entry of this number.")
    for entry in entries:
        if f"ticket.{entry.action}" not in rule_news.OCCASIONS:
            continue
        payload = {
            "actor": {"type": entry.actor_type, "id": entry.actor_id and str(entry.actor_id)},
            "changes": entry.changes,
            "meta": entry.meta,
        }
        news = rule_news.told(entry.action, payload)
        if rule_news.listens(rule["when"], news, kinds_of_actor(entry, news)):
            return news, entry
    return None, entries[0] if sequence is not None and entries else None


def _heard(rule: Mapping[str, Any], news: News | None, entry: Any) -> dict[str, Any]:
    event = {"sequence": entry.sequence, "action": entry.action} if entry else None
    facts = {"event": event, "counts_from": None, "at": None}
    if news is None:
        told = "this entry." if entry else "any entry of the ticket's timeline."
        return {"holds": False, "reason": f"The rule does not listen to {told}", **facts}
    stopped = _stopped(rule, news)
    return {"holds": stopped is None, "reason": stopped, **facts}


def _stopped(rule: Mapping[str, Any], news: News) -> str | None:
    """Why the rules that led to this keep the rule from running."""
    if news.is_too_deep():
        return "Three rules in a row led to this: no further one runs."
    if "id" in rule and news.was_caused_by(rule["id"]):
        return "The rule led to this itself: it does not run again."
    return None


def _clock(rule: Mapping[str, Any], clock: Mapping[str, Any], row: Any, actor: Actor) -> dict[str, Any]:
    if row.instant is None:
        told = "There is nothing to count from on this ticket."
        return {"holds": False, "reason": told, "event": None, "counts_from": None, "at": None}
    at = rule_news.due_at(row.instant, clock["since"], clock["minutes"])
    facts = {"event": None, "counts_from": row.instant, "at": at}
    if row.status in FINISHED:
        return {"holds": False, "reason": "The ticket is finished: the clock runs no longer.", **facts}
    stopped = _stopped(rule, replace(NOBODY, chain=row.chain))
    if stopped is None and at > actor.now:
        stopped = "Its time has not come."
    return {"holds": stopped is None, "reason": stopped, **facts}


def _verdicts(judgement: Judgement) -> dict[str, list[dict[str, Any]]]:
    return {"all": [*map(_verdict, judgement.all)], "any": [*map(_verdict, judgement.any)]}


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {"value": None, **verdict.condition, "actual": _short(verdict.actual), "holds": verdict.holds}


def _short(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= SHOWN else f"{value[:SHOWN]}…"
    if isinstance(value, Mapping):
        return {name: _short(each) for name, each in value.items()}
    return [_short(each) for each in value] if isinstance(value, list | tuple) else value


def _prepared(tx: Transaction, desk: Actor, documents: Sequence[Mapping[str, Any]], rule_id: Any) -> Prepared:
    prepared, refused = rule_refusals.prepare(tx, desk, documents, rule_id)
    return prepared if prepared is not None else str(refused)


class _Undone(Exception):
    """The end of a part that was only tried."""


def _done(tx: Transaction, desk: Actor, ticket_id: UUID, prepared: Prepared, rule_id: Any) -> dict[str, Any]:
    """What would become of the ticket, by changes as its timeline would tell them, or why it is refused."""
    if isinstance(prepared, str):
        return {"outcome": "refused", "reason": prepared, "changes": []}
    tried = SimpleNamespace(entries=[])
    try:
        with tx.attempt():
            draft = open_draft(tx, desk, ticket_id)
            acting.apply(draft, prepared)
            tried.entries = list(draft.entries)
            draft.save(counts=bool(draft.values))
            raise _Undone
    except _Undone:
        pass
    except Exception as error:
        return {"outcome": "refused", "reason": rule_refusals.why(error, rule_id), "changes": []}
    changes = [{"action": each.action, "changes": _short(each.changes)} for each in tried.entries]
    return {"outcome": "applied" if changes else "unchanged", "reason": None, "changes": changes}
