"""Rules as a desk declares them: when something happens or some time has passed, if the ticket is so, then do
this. In order, by the administrators; the staff may read them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.auditing import audit, audit_changes
from chalicelib.accounts.permissions import Permission
from chalicelib.accounts.uniqueness import unique
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.paging import Page, answer
from chalicelib.tickets import rule_queries as queries
from chalicelib.tickets.categorising import fold
from chalicelib.tickets.rule_checking import check
from chalicelib.tickets.rule_news import Occasion

MOST = 500
MOST_ENABLED = 100
KEY_KEY = "rules_workspace_id_key_key"
NAME_TAKEN = "There is already a rule of this name."
FACTS = ("name", "description", "when", "conditions", "actions", "enabled")


def shape(row: Row[Any]) -> dict[str, Any]:
    """A rule as answers show it."""
    same = ("id", "name", "description", "conditions", "actions", "position", "created_at", "updated_at")
    return {
        **{name: getattr(row, name) for name in (*same, "last_fired_at", "fired_last_day")},
        "when": row.triggers,
        "enabled": row.enabled_at is not None,
    }


def get(tx: Transaction, actor: Actor, rule_id: UUID) -> dict[str, Any]:
    """One rule. Raises Forbidden, NotFound."""
    require_staff(actor)
    row = queries.rule(tx, actor.workspace.id, rule_id)
    if row is None:
        raise _no_such_rule()
    return shape(row)


def listing(tx: Transaction, actor: Actor, enabled: bool | None, page: Page) -> dict[str, Any]:
    """A page of the rules, in the order in which they run. Raises Forbidden."""
    require_staff(actor)
    after = page.after("position", (int, UUID))
    rows = queries.list_rules(tx, actor.workspace.id, enabled, page, after)
    return answer(rows, page, "position", lambda row: (row.position, row.id), shape)


def make(tx: Transaction, actor: Actor, facts: Mapping[str, Any]) -> dict[str, Any]:
    """`facts`: FACTS. It runs after all others.

    Raises Forbidden, ValidationFailed with the fields at fault, Conflict for a name that is taken and for one
    too many.
    """
    require_admin(actor)
    columns = _columns(check(tx, actor, facts))
    queries.one_at_a_time(tx, actor.workspace.id)
    numbers = queries.numbers(tx, actor.workspace.id)
    if numbers.made >= MOST:
        raise Conflict(f"A workspace has {MOST} rules at most.")
    if facts["enabled"] and numbers.enabled >= MOST_ENABLED:
        raise _too_many()
    with unique(KEY_KEY, NAME_TAKEN):
        values = {**columns, "position": numbers.last + 1, "enabled": facts["enabled"]}
        made_id = queries.add(tx, actor.workspace.id, values)
    made = get(tx, actor, made_id)
    audit(tx, actor, "rule.created", ("rule", made_id), after=_audited(made))
    return made


def change(tx: Transaction, actor: Actor, rule_id: UUID, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """`wanted`: any of FACTS. Raises as `make` does, and NotFound."""
    require_admin(actor)
    queries.one_at_a_time(tx, actor.workspace.id)
    before = _held(tx, actor, rule_id)
    known = _audited(before)
    settled = check(tx, actor, wanted)
    different = {name: value for name, value in settled.items() if value != known[name]}
    if not different:
        return before
    turned_on = different.get("enabled") is True
    if turned_on and queries.numbers(tx, actor.workspace.id).enabled >= MOST_ENABLED:
        raise _too_many()
    values = _columns(different)
    if "enabled" in different:
        values["enabled"] = different["enabled"]
    # What was reckoned for another delay, or before it was off, is void; other conditions may hold by now.
    values["anew"] = turned_on or not {"when", "conditions"}.isdisjoint(different)
    with unique(KEY_KEY, NAME_TAKEN):
        queries.change(tx, actor.workspace.id, rule_id, values)
    changed = get(tx, actor, rule_id)
    audit_changes(tx, actor, "rule.changed", ("rule", rule_id), known, _audited(changed))
    return changed


def delete(tx: Transaction, actor: Actor, rule_id: UUID) -> None:
    """It is gone with what is known of what it did; what it did stays. Raises Forbidden, NotFound."""
    require_admin(actor)
    before = _held(tx, actor, rule_id)
    queries.delete(tx, actor.workspace.id, rule_id)
    audit(tx, actor, "rule.deleted", ("rule", rule_id), before=_audited(before))


def put_in_order(tx: Transaction, actor: Actor, ids: Sequence[UUID]) -> None:
    """`ids`: all rules, on or off, in the order in which they are to run.

    Raises Forbidden, NotFound for one that is not there, and Conflict where one is missing.
    """
    require_admin(actor)
    queries.one_at_a_time(tx, actor.workspace.id)
    before = queries.in_order(tx, actor.workspace.id)
    if set(ids) - set(before):
        raise _no_such_rule()
    if missing := len(set(before) - set(ids)):
        raise Conflict(f"Name all rules, on or off: {missing} of {len(before)} are missing. List them again.")
    if before == list(ids):
        return
    queries.put_in_order(tx, actor.workspace.id, ids)
    named = [{"rules": list(map(str, each))} for each in (before, ids)]
    audit(tx, actor, "rules.ordered", ("workspace", actor.workspace.id), *named)


def firings(tx: Transaction, actor: Actor, rule_id: UUID, outcome: str | None, page: Page) -> dict[str, Any]:
    """What a rule did in the last 30 days to tickets that the actor sees, newest first. Raises NotFound."""
    get(tx, actor, rule_id)
    after = page.after("-created_at", (datetime, UUID))
    rows = queries.list_firings(tx, actor, rule_id, outcome, page, after)
    return answer(rows, page, "-created_at", lambda row: (row.created_at, row.id), _firing)


def _columns(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that these facts fill."""
    columns = {name: facts[name] for name in ("description", "conditions", "actions") if name in facts}
    if "name" in facts:
        columns |= {"name": facts["name"], "key": fold(facts["name"])}
    if "when" in facts:
        clock: Mapping[str, Any] = next((each for each in facts["when"] if each["on"] == Occasion.SINCE), {})
        columns |= {
            "triggers": facts["when"],
            "occasions": sorted({each["on"] for each in facts["when"]}),
            "since": clock.get("since"),
            "minutes": clock.get("minutes"),
        }
    return columns


def _held(tx: Transaction, actor: Actor, rule_id: UUID) -> dict[str, Any]:
    """The rule, locked."""
    if not queries.lock(tx, actor.workspace.id, rule_id):
        raise _no_such_rule()
    return get(tx, actor, rule_id)


def _firing(row: Row[Any]) -> dict[str, Any]:
    facts = {name: value for name, value in row._mapping.items() if not name.startswith("ticket_")}
    return {**facts, "ticket": {"id": row.ticket_id, "label": row.ticket_label}}


def _audited(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {name: rule[name] for name in FACTS}


def _no_such_rule() -> NotFound:
    return NotFound("There is no such rule.")


def _too_many() -> Conflict:
    return Conflict(f"A workspace has {MOST_ENABLED} rules that are on at most. Turn one off first.")


def require_staff(actor: Actor) -> None:
    """Raises Forbidden for who does not work at the desk."""
    actor.require(Permission.RULES_READ, "Rules are the staff's to see.")


def require_admin(actor: Actor) -> None:
    """Raises Forbidden for who does not set up the desk."""
    actor.require(Permission.DESK_MANAGE, "Only an administrator sees to rules.")
