"""A call to try a webhook with, made at once and told as it went: a disabled one may be tried too."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row

from chalicelib.accounts import principals
from chalicelib.accounts.actor import Actor
from chalicelib.core import egress
from chalicelib.core.db import Transaction
from chalicelib.core.egress import NotCalled
from chalicelib.core.errors import Conflict
from chalicelib.webhooks import dispatching, payloads, queries
from chalicelib.webhooks.payloads import Told
from chalicelib.webhooks.sealed import Keys, Unsealable
from chalicelib.webhooks.subscribing import no_such_webhook

TYPE = "webhook.test"
SECONDS = 15.0
MOST_HEARD = 1024


@dataclass(frozen=True)
class Tried:
    """What to call, and in whose words."""

    webhook: Row[Any]
    actor: Actor


def look_up(workspace_id: UUID, webhook_id: UUID) -> Callable[[Transaction], Tried]:
    """A unit of work that finds what to call. It raises NotFound."""

    def find(tx: Transaction) -> Tried:
        desk = principals.enter_system(tx, workspace_id)
        row = queries.to_call(tx, workspace_id, webhook_id) if desk else None
        if desk is None or row is None:
            raise no_such_webhook()
        return Tried(row, desk)

    return find


def call(tried: Tried, keys: Keys, function: str) -> dict[str, Any]:
    """Calls it; what came of that. Raises Unavailable where nobody can be called, Conflict where the secret
    cannot be read."""
    message_id, now = f"msg_{uuid4().hex}", time.time()
    body = _body(tried, now)
    webhook, workspace_id = tried.webhook, tried.actor.workspace.id
    secrets = {"secret": webhook.secret, "previous_secret": webhook.previous_secret}
    whose = SimpleNamespace(workspace_id=workspace_id, webhook_id=webhook.id, **secrets)
    try:
        fields = dispatching.header_fields(whose, message_id, keys, body, now)
    except Unsealable as error:
        raise Conflict("The webhook's secret cannot be read any more: rotate it.") from error
    status = error_word = detail = answer = None
    bounds: dict[str, Any] = {"seconds": SECONDS, "max_bytes": MOST_HEARD, "cut": True}
    started = time.perf_counter()
    try:
        heard = egress.call(function, "POST", webhook.url, headers=fields, body=body, **bounds)
        status, answer = heard.status, heard.body.decode("utf-8", "replace")
    except NotCalled as refused:
        error_word, detail = refused.kind, str(refused)
    return {
        "message_id": message_id,
        "succeeded": status is not None and 200 <= status < 300,
        "status_code": status,
        "error": error_word,
        "detail": detail,
        "answer": answer,
        "duration_ms": round((time.perf_counter() - started) * 1000),
    }


def _body(tried: Tried, now: float) -> str:
    webhook, workspace = tried.webhook, tried.actor.workspace
    told = Told(
        workspace_id=workspace.id,
        type=TYPE,
        ticket_id=None,
        sequence=None,
        created_at=datetime.fromtimestamp(now, UTC),
        payload={"webhook": {"id": webhook.id, "name": webhook.name}},
        comment=None,
        language=workspace.language,
        include_internal=webhook.include_internal,
    )
    return payloads.body(told, webhook.template)
