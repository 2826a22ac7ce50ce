"""What the queue of mail says: S3 tells of a message that SES has stored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from json import loads
from typing import Any, Self
from urllib.parse import unquote_plus

UNREADABLE = (KeyError, IndexError, TypeError, AttributeError, ValueError, OverflowError, RecursionError)
# What SES puts there to try its rights.
TRIAL = "AMAZON_SES_SETUP_NOTIFICATION"


@dataclass(frozen=True)
class Stored:
    """A mail as it came, in the bucket, of so many bytes."""

    key: str
    size: int


@dataclass(frozen=True)
class MailNews:
    """One message of the queue: the mails that it tells of. Other objects, and tests, are no news."""

    id: str
    type: str
    created_at: datetime
    told: tuple[Stored, ...]
    workspace_id: None = None

    @classmethod
    def parse(cls, body: str, bucket: str) -> Self:
        """From a message's body. ValueError for what S3 has not sent."""
        try:
            message = loads(body)
            if message.get("Event") == "s3:TestEvent":
                return cls("test", "s3:TestEvent", datetime.now(UTC), ())
            records = message["Records"]
            first = records[0]
            moment = datetime.fromisoformat(first["eventTime"])
            if moment.tzinfo is None:
                raise ValueError("a time of no zone")
            told = tuple(each for record in records for each in _stored(record, bucket))
            return cls(str(first["s3"]["object"].get("sequencer", "")), str(first["eventName"]), moment, told)
        except UNREADABLE as error:
            raise ValueError(f"This message is no news of mail: {error!r}") from error


def _stored(record: Mapping[str, Any], bucket: str) -> Iterator[Stored]:
    thing = record["s3"]["object"]
    key = unquote_plus(thing["key"])
    is_mail = record["s3"]["bucket"]["name"] == bucket and not key.endswith(TRIAL)
    if is_mail and "ObjectCreated:" in record["eventName"]:
        yield Stored(key, int(thing["size"]))
