"""Claiming: what an event is worth telling, to whom, and which of these mails are this delivery's to send."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from chalicelib.accounts.actor import Workspace
from chalicelib.accounts.news import hear
from chalicelib.accounts.permissions import Permission, Role
from chalicelib.core import signed_ids
from chalicelib.core.db import Transaction
from chalicelib.core.event import Event
from chalicelib.models.words import ActorType, Preference, Source, Status, Visibility
from chalicelib.notifications import asking, mail_kinds, queries, template_queries
from chalicelib.notifications.facts import Facts, Question
from chalicelib.notifications.recipients import (
    ASKS_DISPATCHERS,
    CARRIERS,
    COMMENT_EDITED,
    COMMENTED,
    OCCASIONS,
    RATED,
    News,
    Occasion,
    Part,
    Recipient,
    escalated,
    recipients,
    topic_of,
)
from chalicelib.notifications.texts import OwnTexts, language_of
from chalicelib.tickets.lifecycle import ACTIVE
from chalicelib.tickets.waiting_words import BY_TIME

# Whoever found the help so is heard by the dispatchers too.
LOW = 2


@dataclass(frozen=True)
class Letter:
    """A mail that this delivery is to send."""

    recipient: Recipient
    message_id: str


@dataclass(frozen=True)
class Claim:
    """What to send, and of what. `question`: what the requester's mail asks beside it. `texts`: the desk's
    own words for these mails, those for customers in the language of the mailbox."""

    workspace: Workspace
    occasion: Occasion
    facts: Facts
    meta: Mapping[str, Any]
    letters: Sequence[Letter]
    question: Question | None = None
    texts: OwnTexts = field(default_factory=OwnTexts)
    texts_to_customers: OwnTexts = field(default_factory=OwnTexts)


def is_told(type: str) -> bool:
    """Whether events of this type are anybody's mail. Unknown ones, of a newer version, are not."""
    return type in (COMMENTED, COMMENT_EDITED) or type in OCCASIONS


def claim(tx: Transaction, event: Event, domain: str) -> Claim | None:
    """Claims the mails of an event, with message ids of this domain. None where there is nothing to tell.

    Raises ValueError for a payload that is not a ticket event's.
    """
    if not is_told(event.type) or event.ticket_id is None:
        return None
    heard = hear(tx, event)
    if heard is None:
        return None
    actor, payload = heard
    told = _Told.of(payload)
    shown = told.comment_id or told.answers_id
    facts = queries.facts(tx, event, actor_id=told.actor_id, comment_id=shown, due_at=told.due_at)
    facts = asking.with_rating(tx, event, facts)
    occasion = _occasion(event, told, facts) if facts else None
    if facts is None or occasion is None:
        return None
    found = recipients(
        News(
            occasion,
            told.actor_id,
            queries.people(
                tx,
                event,
                dispatchers=occasion in ASKS_DISPATCHERS,
                mentioned=_mentioned(event, told, facts),
                notified=tuple(map(UUID, told.meta.get("notified", ()))),
                comment_id=told.comment_id,
            ),
            internal=event.internal,
            in_bulk="bulk_id" in told.meta,
            new_assignee=told.new_assignee,
            carried_by=_carriers(event, facts),
        )
    )
    # A comment is never lost with the state that carries it.
    topic = None if facts.comment else topic_of(occasion, told.meta.get("metric"))
    return _claim(tx, event, domain, actor.workspace, occasion, facts, told.meta, topic, found)


def _claim(
    tx: Transaction,
    event: Event,
    domain: str,
    workspace: Workspace,
    occasion: Occasion,
    facts: Facts,
    meta: Mapping[str, Any],
    topic: str | None,
    found: Sequence[Recipient],
) -> Claim:
    ids = {
        recipient.person.id: signed_ids.message_id(facts.mail_key, event.id, recipient.person.id, domain)
        for recipient in found
    }
    by_stranger = occasion is Occasion.CREATED and facts.source in (Source.PUBLIC, Source.EMAIL)
    acknowledged = facts.requester_id if by_stranger else None
    mine = queries.claim(tx, event, topic, ids, acknowledged, found, occasion) if ids else set()
    letters = [
        Letter(recipient, ids[recipient.person.id]) for recipient in found if recipient.person.id in mine
    ]
    to_requester = (letter.recipient for letter in letters if letter.recipient.audience is Part.REQUESTER)
    asked = next((each.person for each in to_requester if Preference.RATINGS not in each.person.muted), None)
    question = asking.ask(tx, event, occasion, meta, asked.id if asked else None)
    if occasion is Occasion.RATING_DUE and question is None:
        letters = []
    texts = _texts(tx, workspace, workspace.language, occasion, letters)
    spoken = facts.language or workspace.language
    to_customers = texts if spoken == workspace.language else _texts(tx, workspace, spoken, occasion, letters)
    to_customers = replace(to_customers, failures=texts.failures)
    return Claim(workspace, occasion, facts, meta, letters, question, texts, to_customers)


def _texts(
    tx: Transaction, workspace: Workspace, language: str, occasion: Occasion, letters: Sequence[Letter]
) -> OwnTexts:
    """What the desk has written itself for these letters in a language."""
    parts = {letter.recipient.audience for letter in letters}
    names = {
        mail_kinds.name_of(occasion, part, is_unproven=is_unproven)
        for part in parts
        for is_unproven in (False, part is Part.REQUESTER and occasion is Occasion.CREATED)
    }
    code = language_of(language)
    return OwnTexts(template_queries.texts(tx, workspace.id, code, names)) if names else OwnTexts()


@dataclass(frozen=True)
class _Told:
    """What the payload says that decides who hears. `answers_id`: the comment that somebody is reminded to
    answer, who knows it already."""

    actor_id: UUID | None
    by_the_desk: bool
    comment_id: UUID | None
    answers_id: UUID | None
    new_assignee: UUID | None
    mentioned: frozenset[UUID]
    due_at: datetime | None
    meta: Mapping[str, Any]

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> "_Told":
        try:
            meta = payload["meta"]
            assigned = payload["changes"].get("assignee_id", {}).get("to")
            return cls(
                actor_id=_uuid(payload["actor"]["id"]),
                by_the_desk=payload["actor"].get("type") == ActorType.SYSTEM,
                comment_id=_uuid(meta.get("comment_id")),
                answers_id=_uuid(meta.get("answers_id")),
                new_assignee=_uuid(assigned),
                mentioned=frozenset(map(UUID, meta.get("mentioned", ()))),
                due_at=datetime.fromisoformat(meta["due_at"]) if meta.get("due_at") else None,
                meta=meta,
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"This payload is not a ticket event's: {error!r}") from error


def _uuid(value: str | None) -> UUID | None:
    return UUID(value) if value else None


def _occasion(event: Event, told: _Told, facts: Facts) -> Occasion | None:
    """A comment is told as what it is. One that was taken back is not, nor what a machine wrote, nor a
    warning that came too late."""
    if event.type == COMMENT_EDITED:
        return Occasion.MENTIONED if _mentioned(event, told, facts) else None
    if event.type == RATED:
        return Occasion.RATED_LOW if facts.score is not None and facts.score <= LOW else Occasion.RATED
    if event.type != COMMENTED:
        return _of_change(OCCASIONS[event.type], told, facts)
    if facts.comment is None or told.meta.get("automatic"):
        return None
    if facts.visibility == Visibility.INTERNAL:
        return Occasion.NOTED
    answers = facts.actor_role and Role(facts.actor_role).may(Permission.COMMENTS_ANSWER)
    asks = not (answers or told.by_the_desk) or told.actor_id == facts.requester_id
    return Occasion.ANSWERED if asks else Occasion.REPLIED


def _of_change(occasion: Occasion, told: _Told, facts: Facts) -> Occasion | None:
    match occasion:
        case Occasion.SLA_WARNED | Occasion.ESCALATED if facts.status not in ACTIVE:
            return None
        case Occasion.ESCALATED:
            return escalated(told.meta)
        case Occasion.REMINDED if facts.status != Status.PENDING:
            return None
        case Occasion.REMINDED if "left_days" in told.meta:
            return Occasion.REMINDED_LAST
        # Of a ticket that ends by itself there is no news: its requester was told when it was resolved.
        case Occasion.CLOSED if told.meta.get("cause") == BY_TIME:
            return None
    return occasion


def _mentioned(event: Event, told: _Told, facts: Facts) -> Sequence[UUID]:
    """Whom the comment mentions still; of an edit, whom it mentioned first."""
    if event.type == COMMENT_EDITED:
        return [user_id for user_id in facts.mentions if user_id in told.mentioned]
    return facts.mentions if event.type == COMMENTED else ()


def _carriers(event: Event, facts: Facts) -> tuple[Occasion, ...]:
    if event.type != COMMENTED or event.internal:
        return ()
    later = (OCCASIONS.get(f"ticket.{action}") for action in facts.later_actions)
    return tuple(occasion for occasion in later if occasion in CARRIERS)
