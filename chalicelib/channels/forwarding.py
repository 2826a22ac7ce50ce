"""Who wrote what somebody else forwards. Pure. For the caller to decide: whose forwards count, and whether
the author is one of the desk's own addresses."""

from dataclasses import dataclass

from chalicelib.channels import attributions, decoding, mail_headings, mailboxes, mime, subjects
from chalicelib.channels.inbound_mail import InboundMail

# Forwards begin near the top: what people write above them is short.
MAX_LINES = 500


@dataclass(frozen=True, slots=True)
class Original:
    """The mail that was forwarded: its author, its subject (or an empty text), what it says, and what the
    one who forwards it wrote above; `is_attached`: as a file, so that its words are not in the text."""

    name: str
    address: str
    subject: str
    text: str
    above: str
    is_attached: bool = False


def original(mail: InboundMail) -> Original | None:
    """The forwarded mail: the outermost, where forwards are nested. None where this is none, or its author
    cannot be told."""
    if mail.is_bounce or mail.auto_submitted or subjects.is_answer(mail.subject):
        return None
    return _quoted(mail) or _attached(mail)


def _quoted(mail: InboundMail) -> Original | None:
    lines = mail.text.split("\n", MAX_LINES)
    told = subjects.is_forward(mail.subject)
    for place, line in enumerate(lines[:MAX_LINES]):
        if attributions.attribution(lines, place) and not mail_headings.is_forward(line):
            return None
        marked = mail_headings.is_forward(line) or (told and mail_headings.is_original(line))
        first = _next(lines, place + 1) if marked else place
        end, found = mail_headings.block(lines, first) if marked or told else (0, {})
        if not marked and end and not told:
            return None
        author = next(iter(mailboxes.mailboxes(_plain(found.get("from", "")))), None)
        if author:
            quoted = mail_headings.is_quoted(lines[end - 1])
            below = [
                each[1:].removeprefix(" ") if quoted and each[:1] == ">" else each for each in lines[end:]
            ]
            above = lines[: place - 1 if place and mail_headings.is_rule(lines[place - 1]) else place]
            subject = decoding.line(found.get("subject", ""), mime.MAX_SUBJECT)
            return Original(
                author.name, author.address, subject, "\n".join(below).strip(), "\n".join(above).strip()
            )
    return None


def _attached(mail: InboundMail) -> Original | None:
    inside = [each for each in mail.attachments if each.content_type == "message/rfc822"]
    if len(inside) != 1 or not (subjects.is_forward(mail.subject) or len(mail.text.strip()) < 200):
        return None
    inner = mime.parse(inside[0].content)
    if inner.from_address is None:
        return None
    return Original(
        inner.from_name, inner.from_address, inner.subject, inner.text, mail.text.strip(), is_attached=True
    )


def _next(lines: list[str], place: int) -> int:
    """The next line that says something."""
    while place < len(lines) - 1 and not mail_headings.unquoted(lines[place]):
        place += 1
    return min(place, len(lines) - 1)


def _plain(value: str) -> str:
    """Of `Ana <ana@example.com<mailto:ana@example.com>>` and `Ana [mailto:ana@example.com]` one address."""
    value = value.replace("[mailto:", "<").replace("]", ">").replace("*", "")
    first, at, rest = value.partition("<mailto:")
    return f"{first.rstrip('<> ')}>" if at and "<" in first else f"{first}<{rest}" if at else value
