"""Mails as they come over the wire: those kept as files, and small ones written in a test."""

from functools import lru_cache
from pathlib import Path

from chalicelib.channels import mime
from chalicelib.channels.inbound_mail import InboundMail

FOLDER = Path(__file__).parents[1] / "channels" / "mails"


@lru_cache(maxsize=1)
def kept() -> dict[str, bytes]:
    """Every mail of the folder by its name without `.eml`."""
    return {path.stem: path.read_bytes() for path in sorted(FOLDER.glob("*.eml"))}


def read(name: str) -> InboundMail:
    """A kept mail as it is read."""
    return mime.parse(kept()[name])


def written(head: str | bytes, body: str | bytes = "Hello.") -> bytes:
    """A mail with this header, a field a line, and this body."""
    top, rest = (each if isinstance(each, bytes) else each.encode() for each in (head, body))
    return top.strip(b"\n").replace(b"\n", b"\r\n") + b"\r\n\r\n" + rest


def answer(text: str, subject: str = "Re: Printer") -> InboundMail:
    """A mail from Carol that says this."""
    head = f"From: Carol <carol@example.com>\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8"
    return mime.parse(written(head, text))
