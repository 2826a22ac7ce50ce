"""Checking rules before they are kept or tried: what conditions and actions name must be there, and all that
is wrong is told at once, each by its path."""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.core.errors import FieldProblem, NotFound, ValidationFailed
from chalicelib.core.json_text import dumps
from chalicelib.models.words import ActorType
from chalicelib.tickets import acting, custom_field_queries, field_values, rule_fields
from chalicelib.tickets import rule_queries as queries
from chalicelib.tickets.actions import KEPT
from chalicelib.tickets.rule_fields import Named

MAX_BYTES = 65_536
SENTENCES = {
    "team": "There is no such team.",
    "user": "There is no such user.",
    "organisation": "There is no such organisation.",
}


def check(tx: Transaction, actor: Actor, given: Mapping[str, Any]) -> dict[str, Any]:
    """Those of FACTS that are given, as they are kept. Raises ValidationFailed with all that is wrong,
    NotFound where that is only what is named and not there."""
    settled = dict(given)
    problems, absent = _too_long(given), list[FieldProblem]()
    if "conditions" in given:
        settled["conditions"], wrong, absent = _checked_conditions(tx, actor, given["conditions"])
        problems += wrong
    if "actions" in given:
        try:
            acting.check(tx, as_the_desk(actor), given["actions"], KEPT, me=False)
        except ValidationFailed as error:
            problems += error.errors
        except NotFound as error:
            absent += error.errors
    if wrong := [*problems, *absent]:
        told = "; ".join(f"{each.field}: {each.message}" for each in wrong[:5])
        refused = ValidationFailed if problems else NotFound
        raise refused(f"The rule cannot be taken as it is. {told}", errors=wrong[:50])
    return settled


def _too_long(given: Mapping[str, Any]) -> list[FieldProblem]:
    """All rules of a workspace are read for each event that they listen to."""
    told = "This is longer than 64 kB of JSON."
    return [
        FieldProblem(name, "VALIDATION_ERROR", told)
        for name in ("conditions", "actions")
        if name in given and len(dumps(given[name]).encode()) > MAX_BYTES
    ]


def _checked_conditions(
    tx: Transaction, actor: Actor, given: Mapping[str, Any]
) -> tuple[dict[str, Any], list[FieldProblem], list[FieldProblem]]:
    """As they are kept; what is wrong; what is not there."""
    asks_custom = any(
        condition["field"].startswith(rule_fields.CUSTOM) for group in given.values() for condition in group
    )
    custom = custom_field_queries.fields(tx, actor.workspace.id) if asks_custom else []
    fields = rule_fields.fields_with(field_values.read(custom))
    kept, named, problems = rule_fields.checked(given, fields)
    return kept, problems, _absent(tx, actor, named)


def _absent(tx: Transaction, actor: Actor, named: Sequence[Named]) -> list[FieldProblem]:
    if not named:
        return []
    known = queries.known(tx, actor.workspace.id, [each.id for each in named])
    return [
        FieldProblem(each.path, "VALIDATION_ERROR", SENTENCES[each.kind])
        for each in named
        if (each.kind, each.id) not in known
    ]


def as_the_desk(actor: Actor) -> Actor:
    """The desk's own automation, in whose name rules act."""
    return Actor(ActorType.SYSTEM, None, "Mesa", None, None, frozenset(), actor.workspace, actor.now)
