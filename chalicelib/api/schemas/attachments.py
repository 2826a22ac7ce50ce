"""Files as they are announced and shown."""

import re
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from chalicelib.api.schemas.common import In, Out, PersonRef, Shown
from chalicelib.models.words import Scan, Upload

MAX_BYTES = 25 * 1024 * 1024
# RFC 6838, section 4.2.
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")

TYPE = r"^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126} *(;.*)?$"


def media_type(text: str) -> str:
    """`type/subtype` in lower case; parameters such as a charset are left out."""
    essence = text.partition(";")[0].strip().lower()
    if not _MEDIA_TYPE.fullmatch(essence):
        raise ValueError("This is no media type such as image/png")
    return essence


class FileIn(In):
    """A file that is to be sent: `size` in bytes, at most 25 MiB."""

    file_name: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    content_type: Annotated[str, StringConstraints(min_length=3, max_length=255), Shown(media_type, TYPE)]
    size: Annotated[int, Field(ge=1, le=MAX_BYTES)]


class AttachmentIn(FileIn):
    """A file that is to be sent: `size` in bytes, at most 25 MiB. `comment_id` names an own comment."""

    comment_id: UUID | None = None


class AttachmentOut(Out):
    """A file of a ticket, or of a comment. `state` is `awaiting` until it has come; only one whose `scan` is
    `clean` can be fetched."""

    id: UUID
    ticket_id: UUID
    comment_id: UUID | None
    file_name: str
    content_type: str
    size: int
    state: Upload
    scan: Scan
    uploaded_by: PersonRef | None
    created_at: datetime
    uploaded_at: datetime | None


class UploadOut(Out):
    """Send `fields`, in their order, and the file last as `file`, as a multipart/form-data POST to `url`."""

    url: str
    fields: dict[str, str]
    expires_at: datetime


class AnnouncedOut(Out):
    attachment: AttachmentOut
    upload: UploadOut


class StrangersFileOut(Out):
    """What somebody without an account learns of a file that they send."""

    id: UUID
    file_name: str
    content_type: str
    size: int
    state: Upload


class StrangersUploadOut(Out):
    """A file of a new ticket and how to send it, within ten minutes. `upload` is null once the file has come
    or is awaited no more, `attachment` once it is gone."""

    attachment: StrangersFileOut | None
    upload: UploadOut | None


class DownloadOut(Out):
    """GET it without any header of ours; it comes as a download, under the file's name."""

    url: str
    expires_at: datetime


class AttachmentDetail(AttachmentOut):
    """A file with a link to fetch it; null while it cannot be fetched."""

    download: DownloadOut | None
