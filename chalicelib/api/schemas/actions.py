"""Actions as they come in and go out: what macros, rules and bulk changes do to a ticket."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from chalicelib.api.schemas.common import In, LongText
from chalicelib.api.schemas.custom_fields import at_most_16_kb
from chalicelib.api.schemas.tickets import Category, Minutes, Reason, Tag
from chalicelib.api.schemas.words import PriorityWord, StatusWord, TypeWord
from chalicelib.models.words import Visibility
from chalicelib.tickets.actions import MOST
from chalicelib.tickets.placeholders import SAFE_ANYWHERE, parse
from chalicelib.tickets.template_places import misplaced


def with_placeholders(text: str) -> str:
    """Refuses placeholders that there are not, braces that are none, and what fills in where it could do
    more than say something."""
    if name := misplaced(parse(text)):
        allowed = ", ".join(sorted(SAFE_ANYWHERE))
        raise ValueError(f"{{{{{name}}}}} cannot stand in code or in a link's address. These can: {allowed}.")
    return text


def of_reasonable_size(value: Any) -> Any:
    """Refuses what no custom field can hold."""
    at_most_16_kb({"": value})
    return value


TagsNamed = Annotated[list[Tag], Field(min_length=1, max_length=50)]
Template = Annotated[LongText, AfterValidator(with_placeholders)]
Somebody = UUID | Literal["me"]


class SetPriority(In):
    action: Literal["set_priority"]
    priority: PriorityWord


class SetType(In):
    action: Literal["set_type"]
    type: TypeWord


class SetCategory(In):
    """Without a subcategory the ticket keeps its own only where the category has that too; null for none."""

    action: Literal["set_category"]
    category: Category | None
    subcategory: Category | None = None


class Assign(In):
    """To somebody, to whoever does it (`me`), or to nobody."""

    action: Literal["assign"]
    assignee_id: Somebody | None


class Transfer(In):
    """Without an `assignee_id` the team may choose somebody; null for nobody."""

    action: Literal["transfer"]
    team_id: UUID
    assignee_id: Somebody | None = None
    reason: Reason | None = None


class AddTags(In):
    action: Literal["add_tags"]
    tags: TagsNamed


class RemoveTags(In):
    action: Literal["remove_tags"]
    tags: TagsNamed


class SetField(In):
    """A custom field; null clears it."""

    action: Literal["set_field"]
    key: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    value: Annotated[Any, AfterValidator(of_reasonable_size)]


class SetStatus(In):
    """As `PATCH` does it. A reason of pending, on_hold, open, closed or cancelled."""

    action: Literal["set_status"]
    status: StatusWord
    reason: Reason | None = None


class SetSlaMinutes(In):
    """The minutes to the resolution; null returns to the policy's."""

    action: Literal["set_sla_minutes"]
    minutes: Minutes | None


class AddWatcher(In):
    action: Literal["add_watcher"]
    user_id: Somebody


class WriteComment(In):
    """A public reply or an internal note, in Markdown, with placeholders such as `{{ticket.label}}`."""

    action: Literal["comment"]
    body: Template
    visibility: Visibility = Visibility.PUBLIC


class Archive(In):
    action: Literal["archive"]


class Delete(In):
    action: Literal["delete"]


_Plain = (
    SetPriority
    | SetType
    | SetCategory
    | Assign
    | Transfer
    | AddTags
    | RemoveTags
    | SetField
    | SetStatus
    | SetSlaMinutes
    | AddWatcher
    | WriteComment
)
Action = Annotated[_Plain, Field(discriminator="action")]
AnyAction = Annotated[_Plain | Archive | Delete, Field(discriminator="action")]
# What is kept and done again; what is done once may archive and delete too.
Actions = Annotated[list[Action], Field(min_length=1, max_length=MOST)]
ActionsOnce = Annotated[list[AnyAction], Field(min_length=1, max_length=MOST)]


def documents(actions: list[Any]) -> list[dict[str, Any]]:
    """The actions as they are kept, and as `chalicelib.tickets.acting` takes them: what was sent of each."""
    return [_document(action) for action in actions]


def _document(action: In) -> dict[str, Any]:
    document = action.model_dump(mode="json", exclude_unset=True)
    if isinstance(action, WriteComment):
        document["visibility"] = str(action.visibility)
    return document
