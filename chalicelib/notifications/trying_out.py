"""Trying a text out: on made-up news before it is kept, and on a ticket for whoever wants to see it."""

from dataclasses import replace
from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.core.errors import FieldProblem, NotFound, ValidationFailed
from chalicelib.core.event import Event
from chalicelib.models.words import Visibility
from chalicelib.notifications import queries, samples, template_queries, text_rules
from chalicelib.notifications.facts import Facts
from chalicelib.notifications.mail_kinds import Kind
from chalicelib.notifications.recipients import Occasion, Part
from chalicelib.notifications.rendering import Rendered, render
from chalicelib.notifications.sandbox import TextFailed
from chalicelib.notifications.texts import Failure, OwnText
from chalicelib.tickets.views import show


def rendered(
    actor: Actor, kind: Kind, language: str, own: OwnText | None, facts: Facts, public_url: str = ""
) -> Rendered:
    """Raises ValidationFailed where it cannot be filled in."""
    claim = samples.sample(kind, replace(actor.workspace, language=language), facts, own)
    to = samples.recipient(kind, facts.requester) if kind.part is Part.REQUESTER else samples.recipient(kind)
    leave = f"{public_url}/unsubscribe?token=example" if kind.part is Part.WATCHER else None
    mail = render(claim, to, public_url, leave)
    if claim.texts.failures:
        raise _refused(claim.texts.failures[0])
    return mail


def require_sound(actor: Actor, kind: Kind, own: OwnText) -> None:
    """Raises ValidationFailed for what no mail could be written with, for every field that has any."""
    problems = []
    for field, source in (("subject", own.subject), ("text", own.text), ("html", own.html)):
        try:
            if source is not None:
                text_rules.check(source, field, kind.offers)  # type: ignore[arg-type]
        except TextFailed as error:
            problems.append(FieldProblem(field, "VALIDATION_ERROR", str(error)))
    if problems:
        raise ValidationFailed(problems[0].message, errors=problems)
    for facts in (samples.FULL, samples.SPARSE):
        rendered(actor, kind, own.language, own, facts)


def _refused(failure: Failure) -> ValidationFailed:
    return ValidationFailed.of(failure.field or "text", failure.reason)


def of_ticket(tx: Transaction, actor: Actor, kind: Kind, ticket_id: UUID) -> Facts:
    """What there is to tell of a ticket now, with its last words of the sort that such a mail repeats."""
    show(tx, actor, ticket_id)
    comment_id = None
    if samples.repeats_a_comment(kind):
        of_notes = kind.occasion is Occasion.NOTED
        visibility = Visibility.INTERNAL if of_notes else Visibility.PUBLIC
        comment_id = template_queries.last_comment(tx, actor.workspace.id, ticket_id, visibility)
    event = Event(0, f"ticket.{kind.occasion}", actor.workspace.id, ticket_id, 0, False, actor.now, None)
    facts = queries.facts(tx, event, actor_id=actor.id, comment_id=comment_id, due_at=None)
    if facts is None:
        raise NotFound("There is no such ticket.")
    return replace(facts, score=facts.score or samples.FULL.score)
