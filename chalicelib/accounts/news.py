"""What an event says, heard by the desk's own automation in its workspace."""

from collections.abc import Mapping
from typing import Any

from chalicelib.accounts import principals
from chalicelib.accounts.actor import Actor
from chalicelib.core import events
from chalicelib.core.db import Transaction
from chalicelib.core.event import Event


def hear(tx: Transaction, event: Event) -> tuple[Actor, Mapping[str, Any]] | None:
    """Enters the event's workspace as its automation, and reads the payload. None where either is gone."""
    actor = principals.enter_system(tx, event.workspace_id)
    payload = events.payload_of(tx, event) if actor else None
    return None if actor is None or payload is None else (actor, payload)
