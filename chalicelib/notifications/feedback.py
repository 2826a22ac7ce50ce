"""What SES tells of mails that it has sent: bounces and complaints, as it publishes them to an SNS topic
whose subscription is a queue, wrapped by SNS or raw. Pure.

Source: Amazon SES Developer Guide, "Contents of event data that Amazon SES publishes to Amazon SNS".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr
from json import loads
from typing import Any, Self
from uuid import UUID

from chalicelib.accounts.emails import normalised
from chalicelib.models.words import MailTrouble

UNREADABLE = (KeyError, IndexError, TypeError, AttributeError, ValueError, OverflowError, RecursionError)
# What SES publishes to try its rights.
TRIAL = "Successfully validated SNS topic"
MAX_RECIPIENTS = 100

# These say something of the message, others of the address.
OF_THE_MESSAGE = {"MessageTooLarge", "ContentRejected", "AttachmentRejected"}
# Reports of servers, and of who takes a complaint back; the others are people's (RFC 5965, RFC 6430).
NO_COMPLAINTS = {"auth-failure", "not-spam"}


@dataclass(frozen=True)
class Feedback:
    """One event about one mail. `type`: as SES calls it. `workspace_id`: whose mail it is, by the tag that it
    was sent with; `message_id`: the one we gave it, else `provider_id`; `addressees`: normalised, each with
    what its server said; `trouble`: what it means for them, None for nothing."""

    id: str
    type: str
    created_at: datetime
    workspace_id: UUID | None = None
    provider_id: str = ""
    message_id: str = ""
    addressees: Mapping[str, str] | None = None
    trouble: MailTrouble | None = None

    @classmethod
    def parse(cls, body: str) -> Self:
        """From a message's body. ValueError for what is no event of SES."""
        try:
            return cls._read(body)
        except UNREADABLE as error:
            raise ValueError(f"This message is no event of SES: {error!r}") from error

    @classmethod
    def _read(cls, body: str) -> Self:
        if body.startswith(TRIAL):
            return cls("trial", "trial", datetime.now(UTC))
        event = loads(body)
        if event.get("Type") == "Notification":
            return cls._read(_text(event["Message"]))
        # A notification of an identity says notificationType.
        kind = _text(event["eventType"] if "eventType" in event else event["notificationType"])
        mail = event["mail"]
        told = event.get(kind.lower()) or {}
        moment = _moment(told.get("timestamp") or mail["timestamp"])
        provider_id = _text(mail["messageId"])
        trouble, said = _meaning(kind, told)
        sent_to = {_address(each) for each in mail["destination"]}
        return cls(
            id=_text(told.get("feedbackId") or provider_id)[:200],
            type=kind[:100],
            created_at=moment,
            workspace_id=_workspace(mail),
            provider_id=provider_id,
            message_id=_message_id(mail) or provider_id,
            addressees={address: detail for address, detail in said if address in sent_to},
            trouble=trouble,
        )


def _meaning(kind: str, told: Mapping[str, Any]) -> tuple[MailTrouble | None, list[tuple[str, str]]]:
    """What it means for its recipients, and what was said of each."""
    if kind == "Bounce":
        recipients = told["bouncedRecipients"][:MAX_RECIPIENTS]
        trouble = {"Permanent": MailTrouble.BOUNCED, "Transient": MailTrouble.FAILING}.get(told["bounceType"])
        if trouble is MailTrouble.FAILING:
            # Answers of people who are away count as transient bounces too: of those no delivery has failed.
            recipients = [each for each in recipients if each.get("action") == "failed"]
            if told.get("bounceSubType") in OF_THE_MESSAGE:
                trouble = None
        return trouble, list(_said(recipients))
    if kind == "Complaint":
        counts = told.get("complaintFeedbackType") not in NO_COMPLAINTS
        recipients = told["complainedRecipients"][:MAX_RECIPIENTS]
        return MailTrouble.COMPLAINED if counts else None, list(_said(recipients))
    return None, []


def _said(recipients: list[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for each in recipients:
        diagnostic = _text(each.get("diagnosticCode") or "")
        kind, _, said = diagnostic.partition(";")
        yield _address(each["emailAddress"]), said.strip() if kind.lower() == "smtp" else diagnostic


def _address(text: str) -> str:
    return normalised(parseaddr(_text(text))[1])


def _workspace(mail: Mapping[str, Any]) -> UUID | None:
    found = (mail.get("tags") or {}).get("workspace")
    return UUID(_text(found[0])) if found else None


def _message_id(mail: Mapping[str, Any]) -> str:
    """Ours: SES has put its own in the place of it."""
    for header in mail.get("headers") or ():
        if _text(header["name"]).lower() == "x-mesa-message-id":
            return _text(header["value"]).strip()
    return ""


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time of no zone")
    return moment


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value.replace("\0", "")
