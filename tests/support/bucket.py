"""The bucket of files as people and S3 use it: forms sent, links followed, news of what came."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import boto3

from chalicelib import queues
from tests.support.api import Reply
from tests.support.mailbox import LambdaContext, batch_of

BUCKET = "mesa-attachments"
BOUNDARY = "5f0e2f60c0d44a3f"


def multipart(fields: Mapping[str, str], content: bytes) -> bytes:
    """A body of multipart/form-data (RFC 7578), the file last."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    parts.append(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n')
    return "".join(parts).encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def send(upload: Mapping[str, Any], content: bytes, **changed: str) -> int:
    """Sends a file by the form that was given for it, with `changed` fields; the status."""
    body = multipart({**upload["fields"], **changed}, content)
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return fetch(upload["url"], body, headers).status


def fetch(url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Reply:
    """What an address answers, whatever the status."""
    request = urllib.request.Request(url, body, dict(headers or {}))
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            status, found, text = answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            status, found, text = error.code, error.headers, error.read()
    return Reply(status, {name.lower(): value for name, value in found.items()}, text.decode("latin-1"))


def versions(key: str) -> list[str]:
    """The versions of an object, oldest first."""
    found = boto3.client("s3").list_object_versions(Bucket=BUCKET, Prefix=key).get("Versions", [])
    return [version["VersionId"] for version in reversed(found)]


def created(key: str, version: str, size: int, bucket: str = BUCKET) -> dict[str, Any]:
    """What S3 tells a queue of a new object."""
    return {
        "Records": [
            {
                "eventVersion": "2.1",
                "eventSource": "aws:s3",
                "eventTime": "2026-11-20T21:30:00.000Z",
                "eventName": "ObjectCreated:Post",
                "s3": {
                    "bucket": {"name": bucket},
                    "object": {
                        "key": key,
                        "size": size,
                        "versionId": version,
                        "sequencer": "0055AED6DCD90281E5",
                    },
                },
            }
        ]
    }


def scanned(key: str, version: str, status: str, bucket: str = BUCKET) -> dict[str, Any]:
    """What GuardDuty Malware Protection for S3 tells EventBridge, and that a queue."""
    return {
        "id": str(uuid4()),
        "detail-type": "GuardDuty Malware Protection Object Scan Result",
        "source": "aws.guardduty",
        "time": "2026-11-20T21:30:05Z",
        "detail": {
            "scanStatus": "COMPLETED",
            "resourceType": "S3_OBJECT",
            "s3ObjectDetails": {"bucketName": bucket, "objectKey": key, "eTag": "e", "versionId": version},
            "scanResultDetails": {"scanResultStatus": status, "threats": None},
        },
    }


def deliver(*messages: Any) -> list[int]:
    """Hands messages to the function that receives files; the places of those that failed."""
    batch = batch_of(*messages)
    answer = queues.attachments(batch, LambdaContext(60.0))
    ids = [record["messageId"] for record in batch["Records"]]
    return [ids.index(item["itemIdentifier"]) for item in json.loads(json.dumps(answer))["batchItemFailures"]]
