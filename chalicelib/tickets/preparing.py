"""Preparing actions: all that they name is looked up before a ticket is locked, once for many tickets."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.core.errors import FieldProblem, HelpdeskError, NotFound, ValidationFailed
from chalicelib.models.words import Visibility
from chalicelib.tickets import acting_queries, field_values, queries
from chalicelib.tickets.actions import ME, Action, Document, Kind, read, refusal
from chalicelib.tickets.categorising import as_declared, fold
from chalicelib.tickets.field_values import CustomField
from chalicelib.tickets.placeholders import Template, parse


class NothingThere(ValidationFailed):
    """Nothing is wrong with actions but that users or teams that they name are not there, or no longer."""


@dataclass(frozen=True)
class Prepared:
    """Actions with all that was looked up for them, in one transaction, for as many tickets as it changes."""

    actions: tuple[Action, ...]
    found: Any
    category: Mapping[str, Any]
    fields: Sequence[CustomField]
    templates: Mapping[int, Template]

    def all(self, *kinds: Kind) -> list[Action]:
        return [action for action in self.actions if action.kind in kinds]

    def one(self, kind: Kind) -> Action | None:
        return next(iter(self.all(kind)), None)

    @property
    def who(self) -> Action | None:
        """The action that says who works on it, if one does."""
        named = (each for each in self.all(Kind.ASSIGN, Kind.TRANSFER) if "assignee_id" in each.given)
        return next(named, None)

    @property
    def assignee_id(self) -> UUID | None:
        """Who is to work on it; None where nobody is, or nobody is named."""
        return self.who["assignee_id"] if self.who else None


def check(
    tx: Transaction,
    actor: Actor,
    documents: Sequence[Document],
    kinds: frozenset[Kind] = frozenset(Kind),
    *,
    me: bool = True,
) -> None:
    """Whether a list can be kept, for somebody who may be `me`. Raises as `prepare` does, as sent."""
    with as_sent():
        _prepare(tx, actor, read(documents, kinds, me=me))


@contextmanager
def as_sent() -> Iterator[None]:
    """Of a list that the caller sends: what it names and is not there is not found, as in any body."""
    try:
        yield
    except NothingThere as error:
        raise NotFound(error.detail, errors=error.errors) from error


def prepare(
    tx: Transaction,
    actor: Actor,
    documents: Sequence[Document],
    kinds: frozenset[Kind] = frozenset(Kind),
) -> Prepared:
    """Looks up what the actions name. Call it before the statement that locks a ticket.

    `documents`: of api/schemas/actions.py. `kinds`: what may be among them. Raises ValidationFailed with the
    fields at fault, as `actions.2.team_id`: for what contradicts itself, and for what is not there.
    """
    actions = read(documents, kinds, me=actor.user_id is not None)
    return _prepare(tx, actor, tuple(_with_me(action, actor) for action in actions))


def rewritten(prepared: Prepared, texts: Mapping[Visibility, str | None]) -> Prepared:
    """The same with other texts in place of its comments, by visibility and as they are; None for none."""
    kept = [each for each in prepared.actions if each.given.get("visibility") not in texts]
    place = len(prepared.actions)
    templates = dict(prepared.templates)
    for visibility, body in texts.items():
        if body is not None:
            kept.append(Action(Kind.COMMENT, place, {"body": body, "visibility": visibility}))
            templates[place] = Template((body,))
            place += 1
    return replace(prepared, actions=tuple(kept), templates=templates)


@contextmanager
def naming(action: Action) -> Iterator[None]:
    """Tells in a refusal which of the actions it is about."""
    try:
        yield
    except ValidationFailed as error:
        raise _at(action, error) from error
    except HelpdeskError as error:
        error.facts = {**error.facts, "action": action.place}
        raise


def _at(action: Action, error: ValidationFailed) -> ValidationFailed:
    """The same of the field as the list of actions has it."""
    errors = [
        replace(each, field=action.path(each.field if each.field in action.given else "value"))
        for each in error.errors
    ]
    return refusal(errors, **{**error.facts, "action": action.place})


def _with_me(action: Action, actor: Actor) -> Action:
    meant = {name: actor.user_id for name in ("assignee_id", "user_id") if action.given.get(name) == ME}
    return replace(action, given={**action.given, **meant}) if meant else action


def _prepare(tx: Transaction, actor: Actor, actions: tuple[Action, ...]) -> Prepared:
    prepared = Prepared(actions, None, {}, (), {})
    transfer, category = prepared.one(Kind.TRANSFER), prepared.one(Kind.SET_CATEGORY)
    word = category["category"] if category else None
    sets_fields = prepared.one(Kind.SET_FIELD) is not None
    if transfer or prepared.who or word or sets_fields:
        found = queries.prepare(
            tx,
            actor.workspace.id,
            team_id=transfer["team_id"] if transfer else None,
            assignee_id=None if prepared.assignee_id == ME else prepared.assignee_id,
            requester_id=None,
            category=fold(word) if word else None,
            with_fields=sets_fields,
        )
        prepared = replace(prepared, found=found, fields=field_values.read(found.fields or ()))
    absent, problems = _absent(tx, actor, prepared), _unfit(prepared)
    texts, unknown = _declared(tx, actor, prepared)
    if problems := [*problems, *unknown.errors] if unknown else problems:
        raise refusal([*absent, *problems], **(unknown.facts if unknown else {}))
    if absent:
        raise NothingThere(f"{absent[0].field}: {absent[0].message}", errors=absent)
    templates = {each.place: parse(each["body"]) for each in prepared.all(Kind.COMMENT)}
    return replace(prepared, category=texts, templates=templates)


def _absent(tx: Transaction, actor: Actor, prepared: Prepared) -> list[FieldProblem]:
    """What is named and not there."""
    problems = []
    found, transfer, who = prepared.found, prepared.one(Kind.TRANSFER), prepared.who
    if transfer and found.team_id is None:
        problems.append(transfer.problem("team_id", "There is no such team."))
    if who and who["assignee_id"] not in (None, ME) and found.assignee_id is None:
        problems.append(who.problem("assignee_id", "There is no such active member of the staff."))
    watchers = [each for each in prepared.all(Kind.ADD_WATCHER) if each["user_id"] != ME]
    if watchers:
        ids = [each["user_id"] for each in watchers]
        here = acting_queries.active_people(tx, actor.workspace.id, ids)
        told = "There is no such active user."
        problems += [each.problem("user_id", told) for each in watchers if each["user_id"] not in here]
    return problems


def _unfit(prepared: Prepared) -> list[FieldProblem]:
    """Custom fields that are not there, and values that they do not take. Where none are declared, any are
    taken."""
    if not prepared.fields:
        return []
    problems = []
    known = {field.key: field for field in prepared.fields}
    for action in prepared.all(Kind.SET_FIELD):
        field = known.get(action["key"])
        try:
            field_values.checked(field, action["value"])
        except ValueError as error:
            in_use = field is not None and field.active
            problems.append(action.problem("value" if in_use else "key", str(error)))
    return problems


def _declared(
    tx: Transaction, actor: Actor, prepared: Prepared
) -> tuple[Mapping[str, Any], ValidationFailed | None]:
    """The category and subcategory as they are declared, or what is wrong with them."""
    action = prepared.one(Kind.SET_CATEGORY)
    if action is None:
        return {}, None
    if action["category"] is None:
        return {"category": None, "subcategory": None}, None
    try:
        return as_declared(tx, actor.workspace.id, action.given, action["category"], prepared.found), None
    except ValidationFailed as error:
        return {}, _at(action, error)
