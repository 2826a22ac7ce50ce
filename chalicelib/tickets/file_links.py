"""The ways to and from the bucket: where a file is, a form that sends exactly this one, a link that fetches
it as a download and as nothing else."""

from datetime import datetime
from uuid import UUID

from chalicelib.core import presigning
from chalicelib.core.presigning import Form, Link
from chalicelib.tickets.file_names import content_disposition

FORM_SECONDS = 600
LINK_SECONDS = 300

# What browsers may be told that it is. Nothing here runs, and none of it is sniffed for anything that does;
# all else (SVG, HTML, XML, scripts, text) goes out as bytes of no kind.
HARMLESS = frozenset({"application/pdf", "image/gif", "image/jpeg", "image/png", "image/webp"})
BYTES = "application/octet-stream"


def object_key(workspace_id: UUID, attachment_id: UUID) -> str:
    """The key of its object: ours alone, without a word of the caller's, the same wherever the file hangs."""
    return f"{workspace_id}/{attachment_id}"


def parse_key(key: str) -> tuple[UUID, UUID]:
    """The workspace and the attachment of a key. ValueError for one that `object_key` did not make."""
    workspace_id, attachment_id = map(UUID, key.split("/"))
    if object_key(workspace_id, attachment_id) != key:
        raise ValueError("not one of ours")
    return workspace_id, attachment_id


def upload_form(
    bucket: str, workspace_id: UUID, attachment_id: UUID, content_type: str, size: int, now: datetime
) -> Form:
    """Leave to send this file within ten minutes."""
    return presigning.form(
        bucket, object_key(workspace_id, attachment_id), content_type, size, now, FORM_SECONDS
    )


def download_link(
    bucket: str,
    workspace_id: UUID,
    attachment_id: UUID,
    *,
    version: str,
    name: str,
    content_type: str,
    now: datetime,
) -> Link:
    """Leave to fetch one version of a file within five minutes, as a download under its name."""
    parameters = {
        "versionId": version,
        "response-content-disposition": content_disposition(name),
        "response-content-type": content_type if content_type in HARMLESS else BYTES,
        "response-cache-control": "private, no-store",
    }
    return presigning.link(bucket, object_key(workspace_id, attachment_id), parameters, now, LINK_SECONDS)
