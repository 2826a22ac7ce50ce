"""Creating: one request, with its number and label, its team, its promises, its first timeline entry and
event."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from chalicelib.accounts import queries as people
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Permission
from chalicelib.core.db import Transaction
from chalicelib.core.errors import NotFound, ValidationFailed
from chalicelib.models.words import ActorType, Assignment, Priority, Source, Status, TicketType
from chalicelib.sla import policies
from chalicelib.sla.clock import Clock
from chalicelib.sla.policies import TicketFacts
from chalicelib.tickets import field_values, queries
from chalicelib.tickets.categorising import as_declared, fold
from chalicelib.tickets.ticket import Ticket

STAFF_ONLY = ("team_id", "assignee_id", "requester_id", "requester", "sla_minutes", "tags")
UNSAID = {"document_id": None, "phone": None, "has_whatsapp": None, "company": None}


@dataclass(frozen=True)
class NewTicket:
    """What a caller may say of a new ticket; the ids and the minutes are the staff's to give."""

    subject: str
    description: str
    type: TicketType = TicketType.QUESTION
    priority: Priority = Priority.MEDIUM
    category: str | None = None
    subcategory: str | None = None
    team_id: UUID | None = None
    assignee_id: UUID | None = None
    requester_id: UUID | None = None
    sla_minutes: int | None = None
    tags: tuple[str, ...] = ()
    custom_fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Contact:
    """Who asks, by an email that accounts/emails.address has judged."""

    email: str
    name: str | None = None


def open_ticket(
    tx: Transaction,
    actor: Actor,
    new: NewTicket,
    given: frozenset[str] = frozenset(),
    *,
    requester: Contact | None = None,
) -> Ticket:
    """A ticket from somebody with an account. `given`: the fields that the caller named, even if empty.
    `requester`: whoever has this email, made as a contact where nobody does.

    Raises Forbidden for a field that the role may not set, NotFound for an id that is not this workspace's,
    ValidationFailed where an API key names no requester, or anybody names two.
    """
    if named := given.intersection(STAFF_ONLY):
        told = f"Only the staff sets {', '.join(sorted(named))}."
        actor.require(Permission.TICKETS_CREATE_FOR_OTHERS, told)
    if requester is not None:
        if new.requester_id is not None:
            raise ValidationFailed.of(
                "requester", "Say for whom by `requester_id` or by `requester`, not by both."
            )
        known = {"email": requester.email, "name": requester.name or requester.email, **UNSAID}
        new = replace(new, requester_id=people.upsert_contact(tx, actor.workspace.id, known).id)
    if new.requester_id is None and actor.user_id is None:
        raise ValidationFailed.of("requester_id", "Say for whom: an API key is nobody.", "FIELD_REQUIRED")
    return create(tx, actor, new, team_id=new.team_id, source=Source.API)


def create(
    tx: Transaction,
    actor: Actor,
    new: NewTicket,
    *,
    team_id: UUID | None = None,
    source: Source,
    source_ip: str | None = None,
    follow_up_of: Ticket | None = None,
    split_from: Ticket | None = None,
) -> Ticket:
    """Writes the ticket and all that belongs to it. Whoever opens it asks for it, unless staff names
    another.

    It is of the requester's organisation; but a follow-up, which repeats the subject of the old one, only
    where that was of the same. What is split off stays with the organisation of the ticket that it was on.
    """
    requester_id = new.requester_id or actor.user_id
    found = queries.prepare(
        tx,
        actor.workspace.id,
        team_id=team_id,
        assignee_id=new.assignee_id,
        requester_id=requester_id,
        category=new.category and fold(new.category),
        with_fields=True,
    )
    _require_found(actor, new, team_id, found, known=split_from is not None)
    texts = {"category": new.category, "subcategory": new.subcategory}
    # What is repeated of another ticket was taken once, whatever is declared since.
    strict = follow_up_of is None and split_from is None
    texts = as_declared(tx, actor.workspace.id, texts, new.category, found, strict=strict)
    facts = TicketFacts(
        type=new.type,
        priority=new.priority,
        team_id=found.team_id or found.category_team_id or found.default_team_id,
        category=texts["category"],
        tags=new.tags,
        organisation_id=split_from.organisation_id
        if split_from
        else _shared(found.organisation_id, follow_up_of),
        sla_minutes=new.sla_minutes,
    )
    policy = policies.choose(policies.read(found.policies), facts)
    clock = Clock([], {policy.calendar_id: policy.calendar} if policy else {})
    clock.start(policy, facts, actor.now)
    resolution = clock.resolution()
    values = {
        "subject": new.subject,
        "description": new.description,
        "type": new.type,
        "priority": new.priority,
        "status": Status.OPEN if new.assignee_id else Status.NEW,
        **texts,
        "requester_id": requester_id,
        "assignee_id": new.assignee_id,
        "team_id": facts.team_id,
        "organisation_id": facts.organisation_id,
        "source": source,
        "source_ip": source_ip,
        "tags": new.tags,
        "custom_fields": _fields(actor, new, found.fields, source, whole=strict),
        "sla_policy_id": policy.id if policy else None,
        "sla_minutes": new.sla_minutes,
        "due_at": resolution.due_at if resolution else None,
    }
    meta = {
        "source": source,
        "follow_up_of": follow_up_of and follow_up_of.id,
        "split_from": split_from and split_from.id,
    }
    # Whom the caller names wins.
    picks = new.assignee_id is None and found.assignment != Assignment.MANUAL
    return queries.create(tx, actor, values, meta, clock.targets, picks=picks)


def _fields(actor: Actor, new: NewTicket, rows: Any, source: Source, *, whole: bool) -> Mapping[str, Any]:
    """The custom fields as declared; any where none are, but from strangers. `whole`: somebody is there to be
    asked for what is missing, which is nobody where a mail came."""
    whole = whole and source is not Source.EMAIL
    if not rows and source is not Source.PUBLIC:
        return new.custom_fields
    staff = actor.may(Permission.TICKETS_CHANGE)
    fields = field_values.read(rows)
    return field_values.merged(fields, new.custom_fields, {}, new.type, staff=staff, whole=whole)


def _shared(organisation_id: UUID | None, follow_up_of: Ticket | None) -> UUID | None:
    is_news = follow_up_of is None or follow_up_of.organisation_id == organisation_id
    return organisation_id if is_news else None


def _require_found(
    actor: Actor, new: NewTicket, team_id: UUID | None, found: Any, *, known: bool = False
) -> None:
    """`known`: the requester has a ticket already, whatever became of them since."""
    if team_id is not None and found.team_id is None:
        raise NotFound("There is no such team.")
    if new.assignee_id is not None and found.assignee_id is None:
        raise NotFound("There is no such active member of the staff.")
    # Whoever writes without an account may do so, also one whose account was taken away.
    if found.requester_id is None and not known and actor.type is not ActorType.CONTACT:
        raise NotFound("There is no such requester.")
