"""An event as its consumers get it from a queue."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from json import loads
from typing import Any, Self
from uuid import UUID


@dataclass(frozen=True)
class Event:
    """An event as a consumer gets it: known by its `id`, ordered within its ticket by `sequence`.

    `payload` is None where it was too large for a queue: see events.payload_of. `gist` is then what is short
    of it.
    """

    id: int
    type: str
    workspace_id: UUID
    ticket_id: UUID | None
    sequence: int | None
    internal: bool
    created_at: datetime
    payload: Mapping[str, Any] | None
    gist: Mapping[str, Any] | None = None

    @classmethod
    def parse(cls, body: str) -> Self:
        """From a message's body. ValueError for what events.message did not make."""
        try:
            told = loads(body)
            payload, gist = told["payload"], told.get("gist")
            if not (isinstance(payload, dict | None) and isinstance(gist, dict | None)):
                raise ValueError("payload")
            return cls(
                id=int(told["id"]),
                type=str(told["type"]),
                workspace_id=UUID(told["workspace_id"]),
                ticket_id=UUID(told["ticket_id"]) if told["ticket_id"] else None,
                sequence=int(told["sequence"]) if told["sequence"] is not None else None,
                internal=bool(told["internal"]),
                created_at=datetime.fromisoformat(told["created_at"]),
                payload=payload,
                gist=gist,
            )
        except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
            raise ValueError(f"This message is no event: {error!r}") from error
