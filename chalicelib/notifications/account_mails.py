"""Mails about an account rather than a ticket: invitations, forgotten passwords, mailboxes to be proved.

The token of such a mail is issued in the transaction that claims it and is nowhere but in the mail. A mail
that must be sent again keeps its Message-ID and carries another token: the one before, of which nobody knows
whether it arrived, is void.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chalicelib.accounts import one_time_tokens
from chalicelib.accounts.actor import Workspace
from chalicelib.accounts.news import hear
from chalicelib.accounts.one_time_tokens import Issued
from chalicelib.core.db import Transaction
from chalicelib.core.event import Event
from chalicelib.core.mail import Mail
from chalicelib.models.words import TokenPurpose, UserStatus
from chalicelib.notifications import threads
from chalicelib.notifications.account_words import Letter, write
from chalicelib.notifications.queries import Account, Settlement, account, settle
from chalicelib.notifications.queries import claim as claim_mails

INVITED = "user.invited"
RESET = "user.password_reset_requested"
VERIFY = "user.email_verification_requested"
REPEATED = "user.sign_up_repeated"
CHANGED = "user.password_changed"
TWO_STEP = (
    *("user.totp_enabled", "user.totp_disabled", "user.totp_reset", "user.recovery_codes_renewed"),
    *("user.recovery_code_used", "user.second_step_failing"),
)
# What each tells, and the token that it carries.
PURPOSES: Mapping[str, TokenPurpose | None] = {
    INVITED: TokenPurpose.INVITATION,
    RESET: TokenPurpose.PASSWORD_RESET,
    VERIFY: TokenPurpose.EMAIL_VERIFICATION,
    REPEATED: None,
    CHANGED: None,
    **dict.fromkeys(TWO_STEP),
}


@dataclass(frozen=True)
class AccountClaim:
    """A mail that this delivery is to send."""

    user_id: UUID
    letter: Letter
    message_id: str


def is_told(type: str) -> bool:
    """Whether events of this type are a mail about an account."""
    return type in PURPOSES


def claim(tx: Transaction, event: Event, domain: str) -> AccountClaim | None:
    """Claims the mail of an event and issues its token. None where there is nothing to tell any more.

    Raises ValueError for a payload that is not a user event's.
    """
    heard = hear(tx, event)
    if heard is None:
        return None
    actor, payload = heard
    told = _Told.of(payload)
    one_time_tokens.hold(tx, event.workspace_id, told.user_id)
    person = account(tx, event.workspace_id, told.user_id)
    if person is None or not _concerns(event.type, person, told):
        return None
    message_id = threads.message_id(event.id, told.user_id, domain)
    if not claim_mails(tx, event, None, {told.user_id: message_id}):
        return None
    purpose = PURPOSES[event.type]
    issued = _issue(tx, event, told, purpose) if purpose else None
    if purpose and issued is None:
        settle(tx, event, [Settlement(told.user_id, "superseded")])
        return None
    return AccountClaim(told.user_id, _letter(event, actor.workspace, person, told, issued), message_id)


def compose(letter: Letter, message_id: str, sender: str, public_url: str) -> Mail:
    """The mail itself."""
    words = write(letter, public_url)
    return Mail(
        sender=sender,
        sender_name=words.sender,
        recipient=letter.email,
        recipient_name="" if letter.is_unproven else letter.name,
        subject=words.subject,
        text=words.text,
        html=words.html,
        language=words.language,
        message_id=message_id,
    )


@dataclass(frozen=True)
class _Told:
    """What the payload says."""

    user_id: UUID
    actor: str
    sign_up_id: UUID | None

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> "_Told":
        try:
            sign_up = payload.get("sign_up_id")
            return cls(
                UUID(payload["user"]["id"]), str(payload["actor"]["name"]), UUID(sign_up) if sign_up else None
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"This payload is not a user event's: {error!r}") from error


def _concerns(type: str, person: Account, told: _Told) -> bool:
    """Whether the mail still makes sense, as the account is now."""
    match type:
        case "user.invited":
            return person.status == UserStatus.INVITED
        case "user.email_verification_requested" if told.sign_up_id:
            return person.status == UserStatus.CONTACT
        case "user.email_verification_requested":
            return person.status == UserStatus.ACTIVE and person.email_verified_at is None
        case "user.sign_up_repeated":
            return person.status in (UserStatus.ACTIVE, UserStatus.INVITED)
        case _:
            return person.status == UserStatus.ACTIVE


def _issue(tx: Transaction, event: Event, told: _Told, purpose: TokenPurpose) -> Issued | None:
    return one_time_tokens.issue(
        tx,
        event.workspace_id,
        told.user_id,
        purpose,
        event_id=event.id,
        asked_at=event.created_at,
        sign_up_id=told.sign_up_id,
    )


def _letter(
    event: Event, workspace: Workspace, person: Account, told: _Told, issued: Issued | None
) -> Letter:
    kind = event.type.removeprefix("user.")
    if event.type == VERIFY:
        kind = "signed_up" if told.sign_up_id else "registered"
    return Letter(kind, workspace, person.name, person.email, told.actor, issued, person.brand)
