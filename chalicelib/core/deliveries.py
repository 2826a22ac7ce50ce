"""What goes to the function that calls strangers by a queue, and what comes back by another: one signed call,
and what became of it. Standard library only: the egress function loads this."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A call to be made. `attempt` counts those of the delivery; after `not_after` (a Unix time) it is not
    made any more: its signature would be too old, and another attempt is due."""

    workspace_id: str
    delivery_id: str
    attempt: int
    url: str
    headers: Mapping[str, str]
    body: str = field(repr=False)
    not_after: float

    def text(self) -> str:
        """As a message, in ASCII."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def parse(cls, text: str) -> Self:
        """ValueError for what `text` did not make."""
        try:
            told = json.loads(text)
            headers = told["headers"]
            if not isinstance(headers, dict):
                raise TypeError("headers")
            return cls(
                workspace_id=str(UUID(told["workspace_id"])),
                delivery_id=str(UUID(told["delivery_id"])),
                attempt=int(told["attempt"]),
                url=str(told["url"]),
                headers={str(name): str(value) for name, value in headers.items()},
                body=str(told["body"]),
                not_after=float(told["not_after"]),
            )
        except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
            # Not the error's words: they may hold the message.
            raise ValueError(f"This message is no call: {type(error).__name__}") from None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an attempt: a status, or the word of why there is none (see core.outbound). `answer` is
    the beginning of what was said, `retry_after` the seconds that the receiver asks for."""

    workspace_id: UUID
    id: UUID
    attempt: int
    status: int | None
    error: str | None
    answer: str | None = field(repr=False)
    retry_after: int | None
    milliseconds: int
    created_at: datetime

    @property
    def type(self) -> str:
        """As other news is known to the log."""
        return "webhook.result"

    @classmethod
    def of(
        cls,
        asked: Outgoing,
        status: int | None,
        error: str | None,
        answer: str | None,
        retry_after: int | None,
        milliseconds: int,
        at: datetime,
    ) -> Self:
        """Of a call that was made, or refused."""
        ids = UUID(asked.workspace_id), UUID(asked.delivery_id)
        return cls(*ids, asked.attempt, status, error, answer, retry_after, milliseconds, at)

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    def text(self) -> str:
        """As a message, in ASCII."""
        facts = {
            "workspace_id": str(self.workspace_id),
            "delivery_id": str(self.id),
            "attempt": self.attempt,
            "status": self.status,
            "error": self.error,
            "answer": self.answer,
            "retry_after": self.retry_after,
            "milliseconds": self.milliseconds,
            "created_at": self.created_at.isoformat(),
        }
        return json.dumps(facts, separators=(",", ":"))

    @classmethod
    def parse(cls, text: str) -> Self:
        """ValueError for what `text` did not make."""
        try:
            told = json.loads(text)
            return cls(
                workspace_id=UUID(told["workspace_id"]),
                id=UUID(told["delivery_id"]),
                attempt=int(told["attempt"]),
                status=_whole(told["status"]),
                error=_text(told["error"]),
                answer=_text(told["answer"]),
                retry_after=_whole(told["retry_after"]),
                milliseconds=int(told["milliseconds"]),
                created_at=datetime.fromisoformat(told["created_at"]).astimezone(UTC),
            )
        except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
            raise ValueError(f"This message is no result: {type(error).__name__}") from None


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
