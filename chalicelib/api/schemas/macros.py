"""Macros as they come in and go out."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from chalicelib.api.schemas.actions import Action, Actions
from chalicelib.api.schemas.categories import CategoryName, Position
from chalicelib.api.schemas.comments import MentionOut
from chalicelib.api.schemas.common import In, LongText, Out, PageQuery, ShortText, TeamRef, omitted
from chalicelib.api.schemas.tickets import TicketOut
from chalicelib.models.words import Visibility

TeamIds = Annotated[list[UUID], Field(max_length=50)]


class MacroIn(In):
    """A new macro, one's own unless it is `shared`. A shared one is everybody's, or that of `team_ids`.
    Without a `position` it stands at the end. One that is not active cannot be applied."""

    name: CategoryName
    description: ShortText | None = None
    actions: Actions
    shared: bool = False
    team_ids: TeamIds = Field(default_factory=list)
    position: Position | None = None
    active: bool = True


class MacroPatch(In):
    """What changes of a macro; only the fields that are sent. `shared` gives an own one to all, or makes a
    shared one one's own."""

    name: CategoryName = omitted()
    description: ShortText | None = None
    actions: Actions = omitted()
    shared: bool = omitted()
    team_ids: TeamIds = omitted()
    position: Position = omitted()
    active: bool = omitted()


class MacroQuery(PageQuery):
    """Filters and sort of a list of macros. `query` is found anywhere in the name."""

    shared: bool | None = None
    active: bool | None = None
    query: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    sort: Literal["position", "-position", "name", "-name"] = "position"


class MacroOut(Out):
    """A macro. `teams` is empty where it is one's own, or shared with everybody."""

    id: UUID
    name: str
    description: str | None
    actions: list[Action]
    shared: bool
    teams: list[TeamRef]
    position: int
    active: bool
    created_at: datetime
    updated_at: datetime


class ApplyIn(In):
    """To which ticket. `reply` and `note` are written as they are in place of the macro's public reply and
    internal note, or where it has none; null is for none. Whoever saw a preview may have edited them."""

    ticket_id: UUID
    reply: LongText | None = None
    note: LongText | None = None


class CommentPreview(Out):
    """A comment that would be written."""

    visibility: Visibility
    body: str
    body_html: str
    mentions: list[MentionOut]


class ChangePreview(Out):
    """An entry that the timeline would have."""

    action: str
    changes: dict[str, Any]
    meta: dict[str, Any]


class MacroPreview(Out):
    """What applying a macro would do: the ticket as it would be, what would be written, what would change."""

    ticket: TicketOut
    comments: list[CommentPreview]
    changes: list[ChangePreview]
