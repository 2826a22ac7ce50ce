"""The ways to and from the bucket: where a file is, a form that sends exactly this one, a link that fetches
it as a download and as nothing else."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from chalicelib.core import presigning
from chalicelib.core.presigning import Form, Link
from chalicelib.tickets.file_names import NewFile, content_disposition

FORM_SECONDS = 600
LINK_SECONDS = 300

# What browsers may be told that it is. Nothing here runs, and none of it is sniffed for anything that does;
# all else (SVG, HTML, XML, scripts) is kept as bytes of no kind.
HARMLESS = frozenset({"application/pdf", "image/gif", "image/jpeg", "image/png", "image/webp", "text/plain"})
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


def upload_form(bucket: str, workspace_id: UUID, attachment_id: UUID, file: NewFile, now: datetime) -> Form:
    """Leave to send this file within ten minutes. What the object says of itself is fixed here, without the
    name: words can be taken out of rows, not out of objects."""
    kept = {
        "Content-Type": file.content_type if file.content_type in HARMLESS else BYTES,
        "Content-Disposition": "attachment",
        "Cache-Control": "private, no-store",
    }
    key = object_key(workspace_id, attachment_id)
    return presigning.form(bucket, key, kept, file.size, now, FORM_SECONDS)


def download_link(
    bucket: str,
    workspace_id: UUID,
    attachment_id: UUID,
    version: str,
    file_name: str,
    now: datetime,
    *,
    through: str = "",
) -> Link:
    """Leave to fetch one version of a file, under its name, within five minutes. `through`: the address of
    what stands before the bucket and passes on what was signed for it."""
    key = object_key(workspace_id, attachment_id)
    parameters = {"versionId": version, "response-content-disposition": content_disposition(file_name)}
    link = presigning.link(bucket, key, parameters, now, LINK_SECONDS)
    return replace(link, url=through + link.url[link.url.index("/", len("https://")) :]) if through else link
