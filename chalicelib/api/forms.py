"""Forms: what browsers send, and mail programs that unsubscribe somebody (RFC 8058). Small ones, of texts."""

from email import message_from_bytes
from email.message import Message
from urllib.parse import parse_qsl

from chalicelib.core.errors import MalformedRequest, PayloadTooLarge

URL_ENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
MAX_BYTES = 16_384
MAX_FIELDS = 50


def is_form(content_type: str) -> bool:
    """Whether a Content-Type names a form."""
    return content_type.split(";")[0].strip().lower() in (URL_ENCODED, MULTIPART)


def form_fields(raw: bytes, content_type: str) -> dict[str, str]:
    """The fields of a form by name, of several with one name the first; files are left out. Raises
    PayloadTooLarge over 16 kB, MalformedRequest for what cannot be read."""
    if len(raw) > MAX_BYTES:
        raise PayloadTooLarge("The form is larger than 16 kB.")
    try:
        if content_type.split(";")[0].strip().lower() == MULTIPART:
            return _of_parts(raw, content_type)
        pairs = parse_qsl(
            raw.decode("utf-8").strip(), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict"
        )
    except ValueError as error:
        raise MalformedRequest("The form cannot be read.") from error
    return dict(reversed(pairs))


def _of_parts(raw: bytes, content_type: str) -> dict[str, str]:
    """RFC 7578. A part is a field where its Content-Disposition names it and no file."""
    head = " ".join(content_type.split()).encode("ascii")
    parts = message_from_bytes(b"Content-Type: " + head + b"\r\n\r\n" + raw).get_payload()
    if not isinstance(parts, list):
        raise ValueError("no parts")
    found: dict[str, str] = {}
    for part in parts[:MAX_FIELDS]:
        if not isinstance(part, Message) or part.is_multipart() or part.get_filename() is not None:
            continue
        name, value = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(value, bytes):
            found.setdefault(name, value.decode("utf-8").strip())
    return found
