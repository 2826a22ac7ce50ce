"""Objects in S3: written once, never over one that is there; the first of a prefix read; files put, and
removed with all their versions or by their prefix. No transaction waits here."""

from collections.abc import Mapping
from functools import lru_cache
from typing import IO, Any, Literal

from chalicelib.core.errors import Unavailable

# Whoever answers a caller gives up soon; a schedule has time.
Patience = Literal["hasty", "patient"]
_TIMEOUTS: dict[Patience, dict[str, Any]] = {
    "hasty": {"connect_timeout": 1, "read_timeout": 3, "retries": {"total_max_attempts": 2}},
    "patient": {
        "connect_timeout": 2,
        "read_timeout": 10,
        "retries": {"mode": "standard", "total_max_attempts": 3},
    },
}


def put_once(
    bucket: str,
    key: str,
    body: bytes,
    patience: Patience = "patient",
    headers: Mapping[str, str] | None = None,
) -> bool:
    """Writes an object; False, and nothing written, where the key is taken. Unavailable where S3 fails.
    `headers`: what it says of itself, by the names of PutObject."""
    failures = _failures()
    try:
        client(patience).put_object(Bucket=bucket, Key=key, Body=body, IfNoneMatch="*", **(headers or {}))
    except failures as error:
        if _code(error) in ("PreconditionFailed", "ConditionalRequestConflict"):
            return False
        raise _unavailable() from error
    return True


def read(bucket: str, key: str) -> bytes | None:
    """An object's bytes; None where there is none. Unavailable where S3 fails."""
    failures = _failures()
    try:
        body: bytes = client("patient").get_object(Bucket=bucket, Key=key)["Body"].read()
    except failures as error:
        if _code(error) in ("NoSuchKey", "NoSuchVersion", "404"):
            return None
        raise _unavailable() from error
    return body


def first(bucket: str, prefix: str, patience: Patience) -> bytes | None:
    """The object of the smallest key that begins so. Unavailable where S3 fails."""
    failures = _failures()
    try:
        found = client(patience).list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1).get("Contents")
        if not found:
            return None
        body: bytes = client(patience).get_object(Bucket=bucket, Key=found[0]["Key"])["Body"].read()
    except failures as error:
        raise _unavailable() from error
    return body


def remove(bucket: str, key: str, version: str | None = None) -> None:
    """Deletes a version of an object, else all that there are and their marks. Unavailable likewise."""
    failures = _failures()
    try:
        versions = [version] if version else _versions(bucket, key)
        for each in versions:
            client("patient").delete_object(Bucket=bucket, Key=key, VersionId=each)
    except failures as error:
        raise _unavailable() from error


def _versions(bucket: str, key: str) -> list[str]:
    """A few as a rule: keys are written once, or within the minutes of a form."""
    pages = client("patient").get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=key)
    return [
        str(each["VersionId"])
        for page in pages
        for each in [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        if each["Key"] == key
    ]


def put_file(bucket: str, key: str, file: IO[bytes], content_type: str) -> None:
    """Writes what is left of a file, in the place of an object before. Unavailable where S3 fails."""
    failures = _failures()
    try:
        client("patient").put_object(Bucket=bucket, Key=key, Body=file, ContentType=content_type)
    except failures as error:
        raise _unavailable() from error


def delete_all(bucket: str, prefix: str) -> int:
    """Deletes every object whose key begins so; how many. Unavailable where S3 fails."""
    failures, deleted = _failures(), 0
    try:
        for page in client("patient").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            keys = [{"Key": found["Key"]} for found in page.get("Contents", ())]
            if keys:
                answer = client("patient").delete_objects(
                    Bucket=bucket, Delete={"Objects": keys, "Quiet": True}
                )
                if answer.get("Errors"):
                    raise _unavailable()
                deleted += len(keys)
    except failures as error:
        raise _unavailable() from error
    return deleted


@lru_cache(maxsize=2)
def client(patience: Patience) -> Any:
    """An S3 client with the time-outs of a patience."""
    # Imported when first needed: it costs a cold start 140 ms that hardly any call pays.
    import boto3
    from botocore.config import Config

    return boto3.client("s3", config=Config(**_TIMEOUTS[patience]))


def _failures() -> tuple[type[Exception], ...]:
    from botocore.exceptions import BotoCoreError, ClientError

    return BotoCoreError, ClientError


def _code(error: Exception) -> str:
    return str(getattr(error, "response", {}).get("Error", {}).get("Code", ""))


def _unavailable() -> Unavailable:
    return Unavailable("The storage does not answer. Try again in a moment.", retry_after=5)
