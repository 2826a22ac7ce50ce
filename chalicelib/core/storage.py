"""Objects in S3: written once, never over one that is there; the first of a prefix read, or a part of one;
files put, whole or part by part, and removed with all their versions or by their prefix. No transaction waits
here."""

from collections.abc import Mapping, Sequence
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


class UploadGone(Exception):
    """An upload in parts that is not there any more, or is another one: completed, aborted, overtaken."""


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


def look(bucket: str, key: str) -> tuple[int, str] | None:
    """An object's size in bytes and its ETag; None where there is none. Unavailable where S3 fails."""
    failures = _failures()
    try:
        found = client("patient").head_object(Bucket=bucket, Key=key)
    except failures as error:
        if _code(error) in ("NoSuchKey", "404"):
            return None
        raise _unavailable() from error
    return int(found["ContentLength"]), str(found["ETag"])


def read_part(bucket: str, key: str, etag: str, start: int, length: int) -> bytes | None:
    """Bytes of an object; None where it is gone, or not the one with this ETag. Unavailable where S3
    fails."""
    failures = _failures()
    span = f"bytes={start}-{start + length - 1}"
    try:
        found = client("patient").get_object(Bucket=bucket, Key=key, Range=span, IfMatch=etag)
        body: bytes = found["Body"].read()
    except failures as error:
        if _code(error) in ("NoSuchKey", "404", "PreconditionFailed", "412"):
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


def begin_upload(bucket: str, key: str, content_type: str) -> str:
    """Begins an object that comes in parts; what it is called until its end. Source: Amazon S3 User Guide,
    "Uploading and copying objects using multipart upload"."""
    failures = _failures()
    try:
        begun = client("patient").create_multipart_upload(Bucket=bucket, Key=key, ContentType=content_type)
    except failures as error:
        raise _unavailable() from error
    return str(begun["UploadId"])


def put_part(bucket: str, key: str, upload: str, number: int, body: bytes) -> str:
    """Writes a part (from 1; 5 MB at least but for the last), over the same one before; its mark. Raises
    UploadGone."""
    failures = _failures()
    part = {"Bucket": bucket, "Key": key, "UploadId": upload, "PartNumber": number}
    try:
        return str(client("patient").upload_part(**part, Body=body)["ETag"])
    except failures as error:
        raise _of_upload(error) from error


def complete_upload(bucket: str, key: str, upload: str, marks: Sequence[str]) -> None:
    """Makes the object of its parts, in the place of one before. Raises UploadGone."""
    failures = _failures()
    parts = [{"PartNumber": number, "ETag": mark} for number, mark in enumerate(marks, 1)]
    named = {"Bucket": bucket, "Key": key, "UploadId": upload}
    try:
        client("patient").complete_multipart_upload(**named, MultipartUpload={"Parts": parts})
    except failures as error:
        raise _of_upload(error) from error


def abort_upload(bucket: str, key: str, upload: str) -> None:
    """Forgets the parts; nothing happens where there are none."""
    failures = _failures()
    try:
        client("patient").abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload)
    except failures as error:
        if _code(error) != "NoSuchUpload":
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


def _of_upload(error: Exception) -> Exception:
    gone = _code(error) in ("NoSuchUpload", "InvalidPart", "InvalidPartOrder")
    return UploadGone(str(error)) if gone else _unavailable()


def _unavailable() -> Unavailable:
    return Unavailable("The storage does not answer. Try again in a moment.", retry_after=5)
