"""Actions: what a macro, a rule or a bulk change does to a ticket, as a list of documents such as
`{"action": "set_priority", "priority": "high"}`. Pure: documents in, typed actions or problems out.

The API checks the shape of each (api/schemas/actions.py, which says what there is); here is what they mean
together. Wherever a list is stored, it is stored as these documents.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Literal
from uuid import UUID

from chalicelib.core.errors import FieldProblem, ValidationFailed
from chalicelib.models.words import Priority, Status, TicketType, Visibility
from chalicelib.tickets.placeholders import parse

MOST = 20
ME: Final = "me"
Document = Mapping[str, Any]


class Kind(StrEnum):
    """What an action does."""

    SET_PRIORITY = "set_priority"
    SET_TYPE = "set_type"
    SET_CATEGORY = "set_category"
    ASSIGN = "assign"
    TRANSFER = "transfer"
    ADD_TAGS = "add_tags"
    REMOVE_TAGS = "remove_tags"
    SET_FIELD = "set_field"
    SET_STATUS = "set_status"
    SET_SLA_MINUTES = "set_sla_minutes"
    ADD_WATCHER = "add_watcher"
    COMMENT = "comment"
    ARCHIVE = "archive"
    DELETE = "delete"


# What only somebody who looks at the tickets does, once: no list that is kept has these.
PUTTING_AWAY: Final = frozenset({Kind.ARCHIVE, Kind.DELETE})
KEPT: Final = frozenset(Kind) - PUTTING_AWAY
SEVERAL: Final = frozenset({Kind.ADD_TAGS, Kind.REMOVE_TAGS, Kind.ADD_WATCHER})


@dataclass(frozen=True)
class Action:
    """One action, with what it was given, and its place in the list."""

    kind: Kind
    place: int
    given: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.given[name]

    def path(self, name: str = "action") -> str:
        """Where something of it stands in the request: `actions.2.team_id`."""
        return f"actions.{self.place}.{name}"

    def problem(self, name: str, sentence: str) -> FieldProblem:
        return FieldProblem(self.path(name), "VALIDATION_ERROR", sentence)


def _person(value: Any) -> UUID | Literal["me"] | None:
    return value if value is None or value == ME else _id(value)


def _id(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _minutes(value: Any) -> int | None:
    return value if value is None else int(value)


def _body(value: Any) -> str:
    parse(value)
    return str(value)


READ: Mapping[str, Callable[[Any], Any]] = {
    "priority": Priority,
    "type": TicketType,
    "status": Status,
    "visibility": Visibility,
    "team_id": _id,
    "assignee_id": _person,
    "user_id": _person,
    "minutes": _minutes,
    "body": _body,
}


def read(
    documents: Sequence[Document], kinds: frozenset[Kind] = frozenset(Kind), *, me: bool = True
) -> tuple[Action, ...]:
    """The actions of documents. `kinds`: what may be among them; `me`: whether somebody can be meant by that.

    Raises ValidationFailed with all that contradicts itself, and for what is no action any more.
    """
    actions = tuple(_read(document, place) for place, document in enumerate(documents))
    problems = [*_forbidden(actions, kinds, me=me), *_repeated(actions), *_senseless(actions)]
    if problems:
        raise refusal(problems)
    return actions


def _read(document: Document, place: int) -> Action:
    given = {name: value for name, value in document.items() if name != "action"}
    try:
        typed = {name: READ[name](value) if name in READ else value for name, value in given.items()}
        return Action(Kind(document["action"]), place, typed)
    except (ValueError, TypeError, KeyError) as error:
        # It was checked when it was kept: this version of the desk knows it no more, or a person was erased.
        told = "This is no action that can be done any more."
        raise ValidationFailed.of(f"actions.{place}", told) from error


def refusal(problems: Sequence[FieldProblem], **facts: Any) -> ValidationFailed:
    """All that is wrong, told by the first of it."""
    return ValidationFailed(f"{problems[0].field}: {problems[0].message}", errors=problems[:50], **facts)


def _forbidden(actions: Sequence[Action], kinds: frozenset[Kind], *, me: bool) -> list[FieldProblem]:
    found = [
        action.problem("action", f"{action.kind} cannot be done here.")
        for action in actions
        if action.kind not in kinds
    ]
    if not me:
        found += [
            action.problem(name, "Nobody is there whom `me` could mean: name somebody by the id.")
            for action in actions
            for name in ("assignee_id", "user_id")
            if action.given.get(name) == ME
        ]
    return found


def _repeated(actions: Sequence[Action]) -> list[FieldProblem]:
    """What says the same thing twice, and so perhaps two things."""
    seen: set[tuple[Kind, Any]] = set()
    found = []
    for action in actions:
        if action.kind in SEVERAL:
            continue
        names = {Kind.SET_FIELD: "key", Kind.COMMENT: "visibility"}
        name = names.get(action.kind, "action")
        said = (action.kind, action.given.get(name))
        if said in seen:
            sentence = {
                Kind.SET_FIELD: "This field is set twice.",
                Kind.COMMENT: "Write one public reply and one internal note at most.",
            }.get(action.kind, f"{action.kind} is there twice.")
            found.append(action.problem(name, sentence))
        seen.add(said)
    return found


def _senseless(actions: Sequence[Action]) -> list[FieldProblem]:
    found = []
    by_kind = {action.kind: action for action in actions}
    transfer, assign = by_kind.get(Kind.TRANSFER), by_kind.get(Kind.ASSIGN)
    if transfer and assign and "assignee_id" in transfer.given:
        sentence = "The transfer says already who works on it."
        found.append(assign.problem("assignee_id", sentence))
    if status := by_kind.get(Kind.SET_STATUS):
        if status["status"] is Status.NEW:
            found.append(status.problem("status", "No ticket becomes new again."))
        if status["status"] is Status.RESOLVED and status.given.get("reason") is not None:
            sentence = "How it was resolved is told in a comment: add one in place of the reason."
            found.append(status.problem("reason", sentence))
    category = by_kind.get(Kind.SET_CATEGORY)
    if category and category["category"] is None and category.given.get("subcategory") is not None:
        found.append(category.problem("subcategory", "Name the category that it belongs to."))
    return found
