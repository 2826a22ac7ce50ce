"""What the queue of files says: S3 tells of an object that has come, a scanner of what it found in one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from json import loads
from typing import Any, Self
from urllib.parse import unquote_plus
from uuid import UUID

from chalicelib.models.words import Scan
from chalicelib.tickets.file_links import parse_key

SCAN_RESULT = "GuardDuty Malware Protection Object Scan Result"
# What a scanner could not read is neither: it stays pending, and so out of reach.
FINDINGS = {"NO_THREATS_FOUND": Scan.CLEAN, "THREATS_FOUND": Scan.INFECTED}

UNREADABLE = (KeyError, IndexError, TypeError, AttributeError, ValueError, OverflowError, RecursionError)


@dataclass(frozen=True)
class Arrived:
    """An object was stored: this version of it, of so many bytes."""

    workspace_id: UUID
    attachment_id: UUID
    version: str
    size: int


@dataclass(frozen=True)
class Scanned:
    """A scanner has looked at this version."""

    workspace_id: UUID
    attachment_id: UUID
    version: str
    scan: Scan


@dataclass(frozen=True)
class FileNews:
    """One message: what it says of files of ours. Other objects, and tests of the queue, are no news."""

    id: str
    type: str
    created_at: datetime
    told: tuple[Arrived | Scanned, ...]

    @property
    def workspace_id(self) -> UUID | None:
        return self.told[0].workspace_id if self.told else None

    @classmethod
    def parse(cls, body: str, bucket: str) -> Self:
        """From a message's body. ValueError for what neither S3 nor EventBridge has sent."""
        try:
            message = loads(body)
            if message.get("Event") == "s3:TestEvent":
                return cls("test", "s3:TestEvent", datetime.now(UTC), ())
            if message.get("detail-type") == SCAN_RESULT:
                found = tuple(_scanned(message["detail"], bucket))
                return cls(str(message["id"]), "scanned", _moment(message["time"]), found)
            records = message["Records"]
            came = tuple(each for record in records for each in _arrived(record, bucket))
            first = records[0]
            return cls(
                str(first["s3"]["object"].get("sequencer", "")),
                str(first["eventName"]),
                _moment(first["eventTime"]),
                came,
            )
        except UNREADABLE as error:
            raise ValueError(f"This message is no news of a file: {error!r}") from error


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time of no zone")
    return moment


def _arrived(record: Mapping[str, Any], bucket: str) -> Iterator[Arrived]:
    thing = record["s3"]["object"]
    ids = _ids(record["s3"]["bucket"]["name"], unquote_plus(thing["key"]), bucket)
    if ids and "ObjectCreated:" in record["eventName"]:
        yield Arrived(*ids, _version(thing), int(thing["size"]))


def _scanned(detail: Mapping[str, Any], bucket: str) -> Iterator[Scanned]:
    thing = detail["s3ObjectDetails"]
    ids = _ids(thing["bucketName"], thing["objectKey"], bucket)
    finding = FINDINGS.get(detail["scanResultDetails"]["scanResultStatus"])
    if ids and finding:
        yield Scanned(*ids, _version(thing), finding)


def _ids(name: str, key: str, bucket: str) -> tuple[UUID, UUID] | None:
    """None for what somebody else put there, such as the object by which GuardDuty tries its rights."""
    if name != bucket:
        return None
    try:
        return parse_key(key)
    except ValueError:
        return None


def _version(thing: Mapping[str, Any]) -> str:
    """S3 calls the only version of an object in a bucket without versions `null`."""
    return str(thing.get("versionId") or "null")
