"""Mail out: one message for one person, in headers that nobody can inject into, through SES.

Sources: RFC 5322 (format), RFC 3834 (automatic responses), and Exchange's X-Auto-Response-Suppress.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from typing import Any
from uuid import UUID

# The longest that one `send` may take: three attempts, and the pauses between them.
LONGEST_SEND_SECONDS = 25.0
TIMEOUTS = {"connect_timeout": 2, "read_timeout": 5, "retries": {"mode": "standard", "total_max_attempts": 3}}


class MailRefused(Exception):
    """This message will never go out, however often it is tried: its address is none."""


class MailRejected(Exception):
    """SES does not take this message now, for a reason of its own; others it may take."""


@dataclass(frozen=True)
class Mail:
    """One message. `message_id` and `references` stand in angle brackets: of these the thread's own id first,
    last that of what it answers, or its own behind that. `sender` may have a name."""

    sender: str
    sender_name: str
    recipient: str
    recipient_name: str
    subject: str
    text: str
    html: str
    language: str
    message_id: str
    references: Sequence[str] = ()
    reply_to: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Tracking:
    """How SES tells what became of a mail: by the configuration set, if there is one, whose events come back
    with the workspace as a tag."""

    configuration_set: str
    workspace_id: UUID

    def arguments(self) -> dict[str, Any]:
        """As SES's API takes them."""
        if not self.configuration_set:
            return {}
        tags = [{"Name": "workspace", "Value": str(self.workspace_id)}]
        return {"ConfigurationSetName": self.configuration_set, "Tags": tags}


def domain_of(sender: str) -> str:
    """The domain of a sender such as `Mesa <desk@example.org>`: that of our message ids."""
    return parseaddr(sender)[1].rpartition("@")[2].lower()


def address_of(sender: str) -> str:
    """The address of such a sender."""
    return parseaddr(sender)[1].lower()


def compose(mail: Mail) -> bytes:
    """The message as it goes over the wire. Raises MailRefused where its recipient has no address."""
    sender = parseaddr(mail.sender)[1]
    # A word that is longer than a line would be encoded, and an id no longer be one.
    longest = max(map(len, (mail.message_id, *mail.references)))
    message = EmailMessage(policy=SMTP.clone(max_line_length=max(SMTP.max_line_length or 0, longest + 2)))
    message["From"] = Address(single_line(mail.sender_name), addr_spec=sender)
    message["To"] = _address(mail.recipient_name, mail.recipient)
    if mail.reply_to:
        message["Reply-To"] = _address(mail.sender_name, mail.reply_to)
    message["Subject"] = single_line(mail.subject)
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = mail.message_id
    if mail.references:
        before = [each for each in mail.references if each != mail.message_id]
        message["In-Reply-To"] = (before or mail.references)[-1]
        message["References"] = " ".join(mail.references)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    # SES replaces Message-ID by one of its own, so ours is told a second time.
    message["X-Mesa-Message-ID"] = mail.message_id
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = mail.language  # of both parts, so not before there are two
    # As they are, for the links in them are longer than a line.
    further = "".join(f"{name}: {single_line(value)}\r\n" for name, value in mail.headers.items())
    return further.encode("ascii") + bytes(message)


def send(mail: Mail, tracking: Tracking) -> str:
    """Sends it and returns the provider's id. Raises MailRefused, MailRejected, or what else befalls it."""
    raw = compose(mail)
    from botocore.exceptions import ClientError  # loaded with the client, which no request waits for

    try:
        answer = _ses().send_raw_email(
            Source=parseaddr(mail.sender)[1],
            Destinations=[mail.recipient],
            RawMessage={"Data": raw},
            **tracking.arguments(),
        )
    except ClientError as error:
        kind = {"InvalidParameterValue": MailRefused, "MessageRejected": MailRejected}.get(
            error.response.get("Error", {}).get("Code", "")
        )
        if kind is None:
            raise
        raise kind(str(error)[:300]) from error
    return str(answer["MessageId"])


def single_line(text: str) -> str:
    """A text that fits a header: control characters and line breaks, Unicode's too, become single spaces."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _address(name: str, email: str) -> Address:
    if not email.isascii():
        raise MailRefused("SES sends to ASCII addresses only.")
    try:
        return Address(single_line(name), addr_spec=email)
    except (ValueError, IndexError, MessageError) as error:
        raise MailRefused(f"No address can be made of the recipient: {type(error).__name__}") from error


@lru_cache(maxsize=1)
def _ses() -> Any:
    import boto3
    from botocore.config import Config

    return boto3.client("ses", config=Config(**TIMEOUTS))
