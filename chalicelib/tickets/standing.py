"""What an actor is to a ticket, and so what it may do there now. Pure: verbs decide by it, and answers tell
by it what verbs would say."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.models.words import Scope, Status
from chalicelib.tickets import lifecycle
from chalicelib.tickets.lifecycle import Deed, Verb


@dataclass(frozen=True, slots=True)
class Standing:
    """An actor before a ticket that it sees."""

    actor: Actor
    status: Status
    requester_id: UUID
    assignee_id: UUID | None
    team_id: UUID
    resolved_at: datetime | None
    closed_at: datetime | None
    archived: bool
    merged: bool

    @property
    def is_requester(self) -> bool:
        return self.actor.id is not None and self.requester_id == self.actor.id

    @property
    def is_assignee(self) -> bool:
        return self.actor.id is not None and self.assignee_id == self.actor.id

    @property
    def may_claim(self) -> bool:
        """Whether nobody works on it yet, and the own team is to."""
        return self.assignee_id is None and self.team_id in self.actor.team_ids

    @property
    def within_window(self) -> bool:
        """Whether the requester may still say that it was not done: counted from the resolution, else from
        the closing."""
        finished = self.resolved_at or self.closed_at
        window = timedelta(days=self.actor.workspace.reopen_window_days)
        return finished is not None and self.actor.now <= finished + window

    @property
    def held(self) -> frozenset[Permission]:
        """The actor's permissions without those that are for the requester, the assignee or the own team,
        where the actor is none of them."""
        missing: set[Permission] = set()
        if not self.is_requester:
            missing |= lifecycle.REQUESTERS
        elif not self.within_window:
            missing.add(Permission.TICKETS_REOPEN_OWN)
        if not self.is_assignee:
            missing.add(Permission.TICKETS_RECLASSIFY_ASSIGNED)
            if not self.may_claim:
                missing.add(Permission.TICKETS_CLAIM)
        return self.actor.permissions - missing

    @property
    def verbs(self) -> list[Verb]:
        """What the table opens to this actor now."""
        return lifecycle.allowed_now(self.status, self.held, archived=self.archived, merged=self.merged)

    def deeds(self, *, takes_comments: bool) -> list[Deed]:
        """What else it may do. `takes_comments`: of the ticket on which a comment would land."""
        may = {
            Deed.UPDATE: self.may_change and self._takes_changes,
            Deed.COMMENT: takes_comments and self.actor.may(Permission.COMMENTS_WRITE),
            Deed.COMMENT_INTERNAL: takes_comments and self.actor.may(Permission.COMMENTS_WRITE_INTERNAL),
            Deed.DELETE: self.actor.may(Permission.TICKETS_DELETE),
        }
        return [deed for deed in Deed if may[deed]]

    @property
    def _takes_changes(self) -> bool:
        return lifecycle.takes_changes(self.status, self.held, archived=self.archived)

    @property
    def may_change(self) -> bool:
        """Whether it is one's own to change, be it only the text."""
        return self.is_requester or self.actor.may(Permission.TICKETS_CHANGE)


def offered(actor: Actor, row: Any) -> list[Verb | Deed]:
    """What the actor may do now to a ticket, a row of `views.show`: nothing else is taken, and none of it
    refused for who asks or for the ticket's state."""
    if not row.seen or Scope.WRITE not in actor.scopes:
        return []
    status, archived = Status(row.status), row.archived_at is not None
    standing = Standing(
        actor,
        status,
        row.requester_id,
        row.assignee_id,
        row.team_id,
        row.resolved_at,
        row.closed_at,
        archived=archived,
        merged=row.merged_into is not None,
    )
    landing: dict[str, Any] = {"status": status, "archived": archived}
    takes_comments = lifecycle.takes_comments(**(row.landing or landing))
    return [*standing.verbs, *standing.deeds(takes_comments=takes_comments)]
