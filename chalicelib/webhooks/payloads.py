"""What is posted: an event as Standard Webhooks has it, or a line for a channel of Slack or Teams. Pure.

Sources: Standard Webhooks 1.0, "Payload structure"; Slack, "Sending messages using incoming webhooks" and
"Formatting text"; Microsoft, "Create incoming webhooks with Workflows" and Adaptive Cards 1.4.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chalicelib.core.json_text import dumps
from chalicelib.models.words import WebhookTemplate
from chalicelib.tickets.timeline import as_customers_see
from chalicelib.webhooks.catalogue import KINDS

# What fits into a queue's message with its header fields, as ASCII within JSON.
MOST_BYTES = 200_000
QUOTED = 300


@dataclass(frozen=True, slots=True)
class Told:
    """An event, with the comment that it is about where there is one to be seen."""

    workspace_id: UUID
    type: str
    ticket_id: UUID | None
    sequence: int | None
    created_at: datetime
    payload: Mapping[str, Any]
    comment: Mapping[str, Any] | None
    language: str
    include_internal: bool


def body(told: Told, template: str) -> str:
    """The text that is signed and sent."""
    match template:
        case WebhookTemplate.SLACK:
            return dumps(_slack(told))
        case WebhookTemplate.TEAMS:
            return dumps(_teams(told))
        case _:
            return standard(told)


def standard(told: Told) -> str:
    """`{type, timestamp, data}`. What is too large for a queue goes without its long texts, and says so."""
    data = {"workspace_id": told.workspace_id, "sequence": told.sequence, **_facts(told)}
    if told.comment is not None:
        data["comment"] = dict(told.comment)
    text = _document(told, data)
    if _weight(text) <= MOST_BYTES:
        return text
    data = {name: value for name, value in data.items() if name not in ("changes", "meta", "comment")}
    return _document(told, {**data, "truncated": True})


def _document(told: Told, data: Mapping[str, Any]) -> str:
    return dumps({"type": told.type, "timestamp": told.created_at, "data": data})


def _weight(text: str) -> int:
    return len(dumps(text, ascii_only=True))


def _facts(told: Told) -> dict[str, Any]:
    """The event's own, of which a webhook without `include_internal` gets what customers would see."""
    payload = dict(told.payload)
    if told.include_internal or told.ticket_id is None or "meta" not in payload:
        return payload
    entry = {"action": told.type.removeprefix("ticket."), **payload}
    seen = as_customers_see({"changes": {}, **entry})
    return {name: seen[name] for name in payload}


def headline(told: Told) -> tuple[str, str]:
    """What a chat says of it: what happened, and to what."""
    kind = KINDS.get(told.type)
    said = told.type if kind is None else kind.es if told.language.startswith("es") else kind.en
    for name in ("user", "api_key", "webhook"):
        if isinstance(about := told.payload.get(name), Mapping):
            return said, str(about.get("name", ""))
    ticket = told.payload.get("ticket")
    if isinstance(ticket, Mapping):
        return said, f"{ticket.get('label', '')} {ticket.get('subject', '')}".strip()
    return said, ""


def _quote(told: Told) -> str:
    words = str(told.comment["body"]) if told.comment else ""
    return words if len(words) <= QUOTED else words[: QUOTED - 1] + "…"


def _slack(told: Told) -> dict[str, Any]:
    said, about = (_escaped(words) for words in headline(told))
    lines = [f"*{said}*: {about}" if about else f"*{said}*"]
    lines += [f"> {line}" for line in _escaped(_quote(told)).splitlines()]
    return {"text": "\n".join(lines), "unfurl_links": False}


def _escaped(text: str) -> str:
    """The three that Slack reads as its own: without `<` there is neither a link nor a mention of all."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _teams(told: Told) -> dict[str, Any]:
    """Runs of text, in which Teams reads no Markdown and so no link."""
    said, about = headline(told)
    blocks = [_block(said, weight="Bolder"), *([_block(about)] if about else [])]
    blocks += [_block(quote, isSubtle=True)] if (quote := _quote(told)) else []
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": blocks,
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "attachments": [attachment]}


def _block(text: str, **style: Any) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **style}]}
