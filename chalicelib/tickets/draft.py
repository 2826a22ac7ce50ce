"""A ticket being changed in one transaction: verbs decide on it in memory, `save` writes all of it at once.

draft = open_draft(tx, actor, ticket_id, expected_version)     # visible, locked, version as expected
draft.require(Verb.PAUSE)                                       # the lifecycle's table
draft.set("paused", {"status": Status.PENDING}, reason=...)    # a change, its timeline entry, its event
draft.clock.paused(draft.now)                                   # what it means for the promises
draft.save()
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Forbidden, IllegalTransition, NotFound, StaleVersion
from chalicelib.core.versions import Versions
from chalicelib.models.words import Status
from chalicelib.sla import queries as sla_queries
from chalicelib.sla.clock import Clock
from chalicelib.sla.facts import breach_meta
from chalicelib.sla.policies import Policy, TicketFacts, choose
from chalicelib.tickets import lifecycle, queries
from chalicelib.tickets.lifecycle import Verb
from chalicelib.tickets.queries import Entry
from chalicelib.tickets.standing import Standing
from chalicelib.tickets.ticket import Ticket


@dataclass
class Draft:
    """A locked ticket, what is to change of it, and its running promises."""

    tx: Transaction
    actor: Actor
    ticket: Ticket
    values: dict[str, Any] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    policies: list[Policy] = field(default_factory=list)  # drafts of one transaction may share them
    recompute_later: bool | None = None  # see recomputing.together
    _clock: Clock | None = None

    def get(self, name: str) -> Any:
        """The value of a column as it will be."""
        return self.values.get(name, getattr(self.ticket, name))

    @property
    def now(self) -> datetime:
        return self.actor.now

    @property
    def clock(self) -> Clock:
        """The ticket's promises, loaded when first asked for."""
        if self._clock is None:
            self._clock = Clock(*sla_queries.load(self.tx, self.ticket.workspace_id, self.ticket.id))
        return self._clock

    @property
    def facts(self) -> TicketFacts:
        """What policies look at."""
        return TicketFacts(
            type=self.get("type"),
            priority=self.get("priority"),
            team_id=self.get("team_id"),
            category=self.get("category"),
            tags=tuple(self.get("tags")),
            organisation_id=self.ticket.organisation_id,
            sla_minutes=self.get("sla_minutes"),
            created_at=self.ticket.created_at,
            paused=self.get("status") in lifecycle.PAUSED,
        )

    def policy(self) -> Policy | None:
        """The ticket's own, as it was chosen last: enabled or not, and deleted too, for what it promised
        stands."""
        own = self.get("sla_policy_id")
        known = next((each for each in self.policies if each.id == own), None)
        if own is None or known is not None:
            return known
        return sla_queries.policy(self.tx, self.ticket.workspace_id, own, deleted=True)

    def choose_policy(self) -> Policy | None:
        """The first policy that fits the ticket as it will be; it becomes the ticket's. For what changes what
        policies ask for, and for a ticket that comes back to work: all else keeps to the one it has."""
        if not self.policies:
            self.policies += sla_queries.policies(self.tx, self.ticket.workspace_id)
        policy = choose(self.policies, self.facts)
        found = policy.id if policy else None
        if found != self.get("sla_policy_id"):
            self.values["sla_policy_id"] = found
        return policy

    @property
    def standing(self) -> Standing:
        """What the actor is to the ticket as it will be."""
        return Standing(
            self.actor,
            self.get("status"),
            self.ticket.requester_id,
            self.get("assignee_id"),
            self.get("team_id"),
            self.ticket.resolved_at,
            self.ticket.closed_at,
            archived=self.get("archived_at") is not None,
            merged=self.ticket.merged_into is not None,
        )

    @property
    def is_requester(self) -> bool:
        return self.standing.is_requester

    @property
    def within_window(self) -> bool:
        return self.standing.within_window

    def may(self, verb: Verb, to: Status | None = None) -> bool:
        """Whether the table lets this actor use the verb in the state as it is now."""
        return lifecycle.is_allowed(
            verb,
            self.get("status"),
            self.actor.permissions,
            archived=self.get("archived_at") is not None,
            merged=self.ticket.merged_into is not None,
            to=to,
        )

    def require(self, verb: Verb, to: Status | None = None) -> None:
        """Raises Forbidden where the role never has the verb, and IllegalTransition, naming the state and the
        verbs allowed now, where it does not have it in this state."""
        if lifecycle.TABLE[verb].sources.keys().isdisjoint(self.actor.permissions):
            raise Forbidden(f"Your role may not {verb} tickets.")
        if not self.may(verb, to):
            raise self.illegal(verb)

    def require_requester_unless(self, permission: Permission) -> None:
        """Raises Forbidden for who neither has the permission nor asked for the ticket: who watches it, or
        sees it as one of the organisation's."""
        if not self.is_requester:
            sentence = "Only the requester may do this. Others who see the ticket read and comment."
            self.actor.require(permission, sentence)

    def illegal(self, verb: Verb, because: str = "") -> IllegalTransition:
        """The refusal of a verb in this state, with the verbs that this actor may use on this ticket now."""
        allowed = self.standing.verbs
        state = (
            "archived"
            if self.get("archived_at")
            else "merged"
            if self.ticket.merged_into
            else self.get("status")
        )
        now = ", ".join(allowed) if allowed else "none"
        return IllegalTransition(
            because or f"A ticket that is {state} cannot be changed by {verb}. Allowed now: {now}.",
            state=state,
            allowed=list(allowed),
        )

    def set(self, action: str, changes: Mapping[str, Any], *, internal: bool = False, **meta: Any) -> None:
        """Changes columns and tells of it: one timeline entry with old and new values, one event. Of times
        only those that no status tells of."""
        told = {
            name: {"from": self.get(name), "to": value}
            for name, value in changes.items()
            if self.get(name) != value and (name == "archived_at" or not name.endswith("_at"))
        }
        self.values.update(changes)
        self.tell(action, told, internal=internal, **meta)

    def tell(
        self,
        action: str,
        changes: Mapping[str, Any] | None = None,
        *,
        internal: bool = False,
        beside: Mapping[str, Any] | None = None,
        **meta: Any,
    ) -> None:
        """Adds a timeline entry and its event; what is None in `meta` stays out. `beside`: see Entry."""
        given = {name: value for name, value in meta.items() if value is not None}
        self.entries.append(Entry(action, changes or {}, given, internal, beside=beside or {}))

    def save(self, *, counts: bool = True) -> None:
        """Writes the ticket, its timeline, its events and its promises. `counts`: this raises the version."""
        if self._clock is not None:
            self._tell_breaches(self._clock)
            resolution = self._clock.resolution()
            due_at = resolution.due_at if resolution and resolution.running else None
            if due_at != self.ticket.due_at:
                self.values["due_at"] = due_at
        if self.values or self.entries:
            queries.change(self.tx, self.actor, self.ticket, self.values, self.entries, counts=counts)
        if self._clock is not None:
            sla_queries.save(self.tx, self.ticket.workspace_id, self.ticket.id, self._clock.targets)

    def _tell_breaches(self, clock: Clock) -> None:
        """A breach that this change found before the sweep did comes first: it happened first."""
        breaches = [
            Entry("sla_breached", {}, breach_meta(target), internal=True, by_itself=True)
            for target in clock.breaches
        ]
        self.entries[:0] = breaches


def open_draft(
    tx: Transaction,
    actor: Actor,
    ticket_id: UUID,
    expected_version: Versions | None = None,
    *,
    deleted: bool = False,
) -> Draft:
    """The ticket, if the actor may know of it, locked until the transaction ends.

    Raises NotFound, or StaleVersion where versions were expected and another is there.
    """
    ticket = queries.lock(tx, actor, ticket_id, deleted=deleted)
    if ticket is None:
        raise NotFound("There is no such ticket.")
    require_version(ticket, expected_version)
    return Draft(tx, actor, ticket)


def require_version(ticket: Ticket, expected: Versions | None) -> None:
    """Raises StaleVersion where versions were expected and another is there."""
    if expected is not None and ticket.version not in expected:
        raise StaleVersion(
            f"The ticket has changed since you saw it: it is at version {ticket.version} now. Load it again.",
            current_version=ticket.version,
        )
