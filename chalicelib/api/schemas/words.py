"""One word for one thing: what other systems say is taken in any case, what we answer is always ours."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, WithJsonSchema

from chalicelib.accounts.permissions import Role
from chalicelib.models.elsewhere import PRIORITIES, STATUSES, TYPES, spelt
from chalicelib.models.words import (
    Assignment,
    InvitationStatus,
    JobStatus,
    Metric,
    Outcome,
    Priority,
    Status,
    TicketType,
    UserStatus,
)

Word = TypeVar("Word", bound=StrEnum)

ROLES = {
    "area": Role.AGENT,
    "área": Role.AGENT,
    "mesa": Role.DISPATCHER,
    "user": Role.CUSTOMER,
    "usuario": Role.CUSTOMER,
}


def reader(words: type[Word], elsewhere: Mapping[str, Word]) -> Callable[[Any], Any]:
    """A validator that knows our words and those of other systems."""

    def read(value: Any) -> Any:
        if not isinstance(value, str):
            raise ValueError("This must be a text")
        word = spelt(value)
        if word in elsewhere:
            return elsewhere[word]
        try:
            return words(word)
        except ValueError:
            raise ValueError(f"This must be one of {', '.join(words)}") from None

    return read


def word(words: type[Word], elsewhere: Mapping[str, Word]) -> Any:
    """The field type of a set of words."""
    schema = {"type": "string", "enum": [each.value for each in words]}
    return Annotated[words, BeforeValidator(reader(words, elsewhere)), WithJsonSchema(schema)]


def word_list(
    words: type[Word], elsewhere: Mapping[str, Word], several: dict[str, list[Word]] | None = None
) -> Any:
    """A comma list of words, as filters take it, or a list of them in JSON; `several` are words that mean
    more than one of ours."""
    one = reader(words, elsewhere)

    def read(value: Any) -> Any:
        found: list[Word] = []
        parts = value if isinstance(value, list) else str(value).split(",")
        if not all(isinstance(part, str) for part in parts):
            raise ValueError("Use words")
        for part in filter(str.strip, parts):
            found += (several or {}).get(part.strip().lower()) or [one(part)]
        if not found:
            raise ValueError("This names nothing")
        return sorted(set(found))

    return Annotated[
        list[words],  # type: ignore[valid-type]
        BeforeValidator(read),
        WithJsonSchema(
            {
                "type": "array",
                "items": {"type": "string", "enum": [each.value for each in words]},
                "minItems": 1,
            }
        ),
    ]


TypeWord = word(TicketType, TYPES)
PriorityWord = word(Priority, PRIORITIES)
StatusWord = word(Status, STATUSES)
TypeList = word_list(TicketType, TYPES)
PriorityList = word_list(Priority, PRIORITIES)
StatusList = word_list(
    Status,
    STATUSES,
    {
        "active": [Status.NEW, Status.OPEN, Status.PENDING, Status.ON_HOLD],
        "pausado": [Status.PENDING, Status.ON_HOLD],
    },
)
AssignmentWord = word(Assignment, {})
RoleWord = word(Role, ROLES)
RoleList = word_list(Role, ROLES)
UserStatusList = word_list(UserStatus, {})
InvitationStatusList = word_list(InvitationStatus, {})
JobStatusList = word_list(JobStatus, {})
MetricList = word_list(Metric, {})
OutcomeList = word_list(Outcome, {})
