"""What of a mail is read, and what is a file: texts and attachments out of its parts. Pure."""

import re
from dataclasses import dataclass, field, replace
from html import escape

from chalicelib.channels import decoding, fields, flowed, html_text, parts
from chalicelib.channels.inbound_mail import Attachment
from chalicelib.channels.parts import Part
from chalicelib.tickets import file_names

# Of all texts together; longer is no letter. What is beyond stays in the raw mail.
MAX_TEXT = 500_000
OCTETS = "application/octet-stream"

_LETTERS = frozenset({"text/plain", "text/html"})
# Outlook's wrapping, which nothing else opens.
_OPAQUE = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
# The same letter once more, for a watch or as a small program.
_REPEATED = frozenset({"text/x-amp-html", "text/watch-html", "text/enriched"})
_NAMES = {
    "message/rfc822": "message.eml",
    "message/global": "message.eml",
    "message/delivery-status": "delivery-status.txt",
    "message/global-delivery-status": "delivery-status.txt",
    "message/global-headers": "headers.txt",
    "message/disposition-notification": "receipt.txt",
    "message/feedback-report": "feedback-report.txt",
    "text/rfc822-headers": "headers.txt",
    "text/calendar": "invite.ics",
    "application/pgp-signature": "signature.asc",
    "application/pgp-encrypted": "version.txt",
    "application/pkcs7-signature": "smime.p7s",
    "application/pkcs7-mime": "smime.p7m",
    "application/pdf": "document.pdf",
    "image/jpeg": "image.jpg",
    "image/png": "image.png",
    "image/gif": "image.gif",
}
_CONTENT_ID = re.compile(r"cid:([^\s\"'<>)]{1,300})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of the letter, as plain text, as HTML, or the same in both."""

    plain: str = ""
    html: str = ""

    @property
    def text(self) -> str:
        """What there is to read of it; entities can hide in HTML what no text may have."""
        return self.plain if self.plain.strip() else decoding.lines(html_text.plain(self.html))


@dataclass(slots=True)
class Bodies:
    """The letter and its files, in the order of the parts."""

    raw: bytes
    passages: list[Passage] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    cut: bool = False
    room: int = MAX_TEXT

    @property
    def text(self) -> str:
        """All that there is to read, at most MAX_TEXT signs of it."""
        found = (passage.text.strip("\n") for passage in self.passages)
        return "\n\n".join(text for text in found if text.strip()).strip()[:MAX_TEXT]

    @property
    def html(self) -> str | None:
        """The letter as HTML, or None where no part of it was."""
        if not any(passage.html for passage in self.passages):
            return None
        found = (passage.html or f"<pre>{escape(passage.plain)}</pre>" for passage in self.passages)
        return "\n".join(found)[:MAX_TEXT]


def read(raw: bytes, root: Part) -> Bodies:
    """Sorts the parts of a mail."""
    bodies = Bodies(raw)
    alone = not root.children and root.disposition != "attachment" and root.content_type in _LETTERS
    bodies.passages = [_passage(bodies, root)] if alone else _read(bodies, root)
    shown = {match.lower() for match in _CONTENT_ID.findall(bodies.html or "")}
    bodies.attachments = [
        replace(each, inline=True) if each.content_id and each.content_id.lower() in shown else each
        for each in bodies.attachments
    ]
    return bodies


def _read(bodies: Bodies, part: Part) -> list[Passage]:
    if part.subtype == "alternative":
        return _best([_read(bodies, child) for child in part.children if child.content_type not in _REPEATED])
    if part.children:
        return [passage for child in part.children for passage in _read(bodies, child)]
    kind = _kind(bodies, part)
    if kind in _LETTERS and not _is_file(part):
        return [_passage(bodies, part)]
    _attach(bodies, part, kind)
    return []


def _best(choices: list[list[Passage]]) -> list[Passage]:
    """One passage of what says the same in several ways: the plain one, and the HTML."""
    plain = next((found for found in choices if any(each.plain.strip() for each in found)), [])
    html = next((found for found in choices if any(each.html for each in found)), [])
    if not plain and not html:
        return []
    both = Passage(
        "\n\n".join(each.plain for each in plain),
        "\n".join(each.html or f"<pre>{escape(each.plain)}</pre>" for each in html),
    )
    return [both]


def _kind(bodies: Bodies, part: Part) -> str:
    """The type to go by. What is broken is text where it can be and has no name, else octets."""
    kind = part.content_type
    if kind in _OPAQUE:
        return OCTETS
    if kind is not None and not kind.startswith("multipart/"):
        return kind
    if _is_file(part):
        return OCTETS
    start = bytes(memoryview(bodies.raw)[part.head.body : part.end][:10_000])
    return OCTETS if b"\0" in start else "text/plain"


def _is_file(part: Part) -> bool:
    return part.disposition == "attachment" or bool(part.filename) or bool(part.parameters.get("name"))


def _passage(bodies: Bodies, part: Part) -> Passage:
    raw = parts.content(bodies.raw, part)
    text = decoding.text_of(raw[: 4 * bodies.room], part.parameters.get("charset", ""))
    bodies.cut = bodies.cut or len(raw) > 4 * bodies.room or len(text) > bodies.room
    text = text[: bodies.room]
    bodies.room -= len(text)
    if part.content_type == "text/html":
        return Passage(html=text)
    if part.parameters.get("format", "").lower() == "flowed":
        text = flowed.unflowed(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    return Passage(plain=text)


def _attach(bodies: Bodies, part: Part, kind: str) -> None:
    content = parts.content(bodies.raw, part)
    named = part.filename or part.parameters.get("name", "")
    if not content.strip() and not named:
        return
    content_id = decoding.line(part.head.first("content-id"), 300).strip("<> ") or None
    shown = part.disposition == "inline" and content_id is not None and kind.startswith("image/")
    bodies.attachments.append(Attachment(_name(kind, named, content), kind, content, content_id, shown))


def _name(kind: str, named: str, content: bytes) -> str:
    name = named
    if kind in ("message/rfc822", "message/global"):
        if not name:
            inner = fields.head(content, 0, len(content))
            name = decoding.line(decoding.words(inner.first("subject")[:1000]), 150)
        name = name if not name or name.lower().endswith(".eml") else f"{name}.eml"
    return file_names.clean(name or _NAMES.get(kind, "attachment"))
