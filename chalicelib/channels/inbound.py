"""Webhooks in: a call that is signed becomes a ticket, or what is new on the ticket that its external id
stands for.

A message comes once: its id is written down in the transaction that does what it says, so that a second one
is refused and one that failed may come again. Calls of one external id wait for each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from chalicelib.accounts import contacts, principals
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.permissions import Role
from chalicelib.accounts.sealing import Keys
from chalicelib.channels import integration_queries as queries
from chalicelib.channels.inbound_signatures import message_of
from chalicelib.channels.mapping import Fact
from chalicelib.channels.reporting import Report, actions_of, read
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Conflict, NotFound, ValidationFailed
from chalicelib.models.words import (
    ActorType,
    Priority,
    Source,
    Status,
    TicketType,
    Visibility,
)
from chalicelib.tickets import acting, commenting
from chalicelib.tickets.actions import Document, Kind
from chalicelib.tickets.creating import NewTicket, create
from chalicelib.tickets.lifecycle import ACTIVE
from chalicelib.tickets.merging import open_landing

OVER = frozenset({Status.RESOLVED, Status.CLOSED, Status.CANCELLED})


@dataclass(frozen=True)
class _Inbound:
    """One call, in the transaction that has entered its workspace."""

    tx: Transaction
    actor: Actor
    integration: Any
    report: Report
    meta: Mapping[str, Any] = field(default_factory=dict)

    @property
    def workspace_id(self) -> UUID:
        return self.actor.workspace.id


def receive(
    tx: Transaction,
    sealing: Keys,
    integration_id: UUID,
    headers: Mapping[str, str],
    raw: bytes,
    document: Mapping[str, Any],
) -> tuple[str, dict[str, Any] | None]:
    """What became of the call: created, updated, unchanged or ignored; and its ticket as `id label status`.

    `headers`: by their names in lower case; `raw`: the body's bytes, which are signed; `document`: what they
    say. Raises NotFound for no such integration or one that is off, Unauthenticated for what is not signed,
    Conflict for a message that came before, ValidationFailed naming what cannot be, what the verbs raise.
    """
    workspace_id = queries.workspace_of(tx, integration_id)
    actor = principals.enter_system(tx, workspace_id) if workspace_id else None
    row = queries.with_secrets(tx, actor.workspace.id, integration_id) if actor else None
    if actor is None or row is None:
        raise NotFound("There is no such integration.")
    message_id = message_of(row, actor, sealing, headers, raw)
    if not queries.receive(tx, actor.workspace.id, integration_id, message_id):
        raise Conflict("A message with this id was received before.")
    meta = {"integration": {"id": row.id, "name": row.name}}
    return _handle(_Inbound(tx, actor, row, read(row, document), meta))


def _handle(call: _Inbound) -> tuple[str, dict[str, Any] | None]:
    external_id = call.report.get(Fact.EXTERNAL_ID)
    if external_id is None:
        return _open(call, None)
    window = call.actor.workspace.reopen_window_days
    known = queries.stands_for(call.tx, call.workspace_id, call.integration.id, external_id, window)
    if known is None or not known.goes_on:
        return _open(call, external_id)
    if call.report.firing is None:
        return _go_on(call, external_id, known)
    return _go_on_firing(call, external_id, known)


def _open(call: _Inbound, external_id: str | None) -> tuple[str, dict[str, Any] | None]:
    """A new ticket; but not for what is over already."""
    report, defaults = call.report, call.integration.defaults
    if report.get(Fact.STATUS) in OVER:
        return "ignored", None
    subject = report.get(Fact.SUBJECT)
    description = report.get(Fact.DESCRIPTION) or report.get(Fact.COMMENT) or subject
    if subject is None:
        raise ValidationFailed.of(
            "subject", "A new ticket needs a subject: say where in the call it stands.", "FIELD_REQUIRED"
        )
    actor, requester_id = call.actor, call.integration.requester_id
    if person := _person(call):
        actor, requester_id = person, person.id
    elif requester_id is None:
        raise Conflict("The call names nobody who asks, and neither does the integration.")
    new = NewTicket(
        subject,
        description,
        TicketType(report.get(Fact.TYPE, defaults.get("type", TicketType.QUESTION))),
        Priority(report.get(Fact.PRIORITY, defaults.get("priority", Priority.MEDIUM))),
        report.get(Fact.CATEGORY, defaults.get("category")),
        report.get(Fact.SUBCATEGORY, defaults.get("subcategory")),
        requester_id=requester_id,
        tags=tuple(dict.fromkeys((*defaults.get("tags", ()), *report.get(Fact.TAGS, ())))),
    )
    ticket = create(call.tx, actor, new, team_id=call.integration.team_id, source=Source.WEBHOOK)
    if external_id is not None:
        _stands_for(call, external_id, ticket.id)
    return "created", queries.shown(call.tx, call.workspace_id, ticket.id)


def _go_on(call: _Inbound, external_id: str, known: Any) -> tuple[str, dict[str, Any] | None]:
    """What the call says of a ticket that there is: what its requester writes is a comment of theirs."""
    ticket_id, changed = known.id, False
    comment = call.report.get(Fact.COMMENT)
    email = call.report.get(Fact.REQUESTER_EMAIL, known.requester_email)
    documents = actions_of(call.report)
    prepared = acting.prepare(call.tx, call.actor, documents)
    if comment and email == known.requester_email:
        requester = contacts.known_as(call.tx, _stranger(call.actor), _contact(email, ""))
        made = commenting.comment(call.tx, requester, known.id, comment, source=Source.WEBHOOK)
        ticket_id, changed = made.ticket_id, True
        if made.follow_up is not None:
            _stands_for(call, external_id, ticket_id)
    elif comment:
        who = " ".join(filter(None, (call.report.get(Fact.REQUESTER_NAME), f"<{email}>")))
        prepared = acting.prepare(call.tx, call.actor, [*documents, _note(f"`{who}`\n\n{comment}")])
    changed |= _act(call, ticket_id, prepared)
    return "updated" if changed else "unchanged", queries.shown(call.tx, call.workspace_id, ticket_id)


def _go_on_firing(call: _Inbound, external_id: str, known: Any) -> tuple[str, dict[str, Any] | None]:
    """Alerts of a group that has its ticket: told to the staff where others fire than before."""
    report, documents = call.report, list[Document]()
    status, wanted = Status(known.status), report.get(Fact.STATUS)
    if sorted(report.firing or ()) != sorted(known.firing):
        documents.append(_note(report.news))
    if wanted in OVER and status in ACTIVE:
        documents.append({"action": Kind.SET_STATUS, "status": wanted})
    elif wanted is Status.OPEN and status is Status.RESOLVED:
        documents.append({"action": Kind.SET_STATUS, "status": wanted, "reason": "It fires again."})
    changed = bool(documents) and _act(call, known.id, acting.prepare(call.tx, call.actor, documents))
    _stands_for(call, external_id, known.id)
    return "updated" if changed else "unchanged", queries.shown(call.tx, call.workspace_id, known.id)


def _act(call: _Inbound, ticket_id: UUID, prepared: acting.Prepared) -> bool:
    """Does it, all as one change; on a merged ticket, to the one that it was merged into."""
    if not prepared.actions:
        return False
    draft, _ = open_landing(call.tx, call.actor, ticket_id)
    acting.apply(draft, prepared, call.meta)
    draft.save(counts=bool(draft.values))
    return bool(draft.entries)


def _note(body: str) -> Document:
    # What a call says is no template of ours.
    return {
        "action": Kind.COMMENT,
        "body": body.replace("{{", "\\{{"),
        "visibility": Visibility.INTERNAL,
    }


def _person(call: _Inbound) -> Actor | None:
    """Who asks, by the call's own word; a customer from now on where nobody knew them."""
    email = call.report.get(Fact.REQUESTER_EMAIL)
    if email is None:
        return None
    name = call.report.get(Fact.REQUESTER_NAME) or email.partition("@")[0]
    return contacts.known_as(call.tx, _stranger(call.actor), _contact(email, name))


def _stranger(system: Actor) -> Actor:
    return Actor(ActorType.CONTACT, None, "", None, Role.CUSTOMER, frozenset(), system.workspace, system.now)


def _contact(email: str, name: str) -> dict[str, Any]:
    unknown = dict.fromkeys(("document_id", "phone", "has_whatsapp", "company"))
    return {"email": email, "name": name, **unknown}


def _stands_for(call: _Inbound, external_id: str, ticket_id: UUID) -> None:
    firing = call.report.firing or ()
    queries.stand_for(call.tx, call.workspace_id, call.integration.id, external_id, ticket_id, firing)
