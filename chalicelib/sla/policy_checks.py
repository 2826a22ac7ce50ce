"""What a policy may not say: what contradicts itself, what is not there, what takes too long."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.core.errors import FieldProblem, NotFound, ValidationFailed
from chalicelib.sla import announcement_setup as announcements
from chalicelib.sla import calendars, reachable
from chalicelib.sla import policy_queries as queries

Facts = Mapping[str, Any]


def check(tx: Transaction, actor: Actor, facts: Facts, known: Facts) -> None:
    """Raises ValidationFailed for what contradicts itself or takes too long, NotFound for a calendar, a team,
    an organisation or a person that is not there. `known`: what else the policy says."""
    problems = announcements.problems_of_warnings(facts.get("warnings", ()))
    problems += announcements.problems_of_escalations(facts.get("escalations", ()))
    if problems:
        raise ValidationFailed(f"{problems[0].field}: {problems[0].message}", errors=problems[:50])
    if "calendar_id" in facts or "targets" in facts:
        _check_reach(tx, actor, facts, known)
    if absent := _absent(tx, actor, facts):
        raise NotFound(absent[0].message, errors=absent[:50])


def _check_reach(tx: Transaction, actor: Actor, facts: Facts, known: Facts) -> None:
    whole = {**known, **facts}
    stored = queries.hold_calendar(tx, actor.workspace.id, whole["calendar_id"])
    if stored is None:
        raise NotFound("There is no such calendar.")
    try:
        calendar = calendars.read(dict(stored._mapping))
    except ValueError:  # a zone that is not known any more: nothing is due by it
        return
    if problems := reachable.problems_of_goals(whole["targets"], calendar, actor.now):
        if "targets" not in facts:
            problems = [replace(problems[0], field="calendar_id")]
        raise ValidationFailed(problems[0].message, errors=problems)


def _absent(tx: Transaction, actor: Actor, facts: Facts) -> list[FieldProblem]:
    """What the facts name and is not there."""
    conditions = facts.get("conditions") or {}
    named = announcements.named(facts.get("escalations", ()))
    teams = [*conditions.get("team", ()), *(id for _, kind, id in named if kind == "team")]
    staff = [id for _, kind, id in named if kind == "staff"]
    organisations = conditions.get("organisation", ())
    if not (teams or organisations or staff):
        return []
    missing = {
        (row.name, row.id) for row in queries.unknown(tx, actor.workspace.id, teams, organisations, staff)
    }
    return [
        FieldProblem(f"conditions.{name}", "VALIDATION_ERROR", f"There is no such {name}.")
        for name in ("team", "organisation")
        if any((name, UUID(id)) in missing for id in conditions.get(name, ()))
    ] + [
        FieldProblem(path, "VALIDATION_ERROR", announcements.SENTENCES[kind])
        for path, kind, id in named
        if (kind, id) in missing
    ]
