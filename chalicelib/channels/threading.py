"""Which ticket a mail belongs to: by the ids that it answers, else by the label in its subject."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chalicelib.channels import message_ids, queries
from chalicelib.channels.inbound_mail import InboundMail
from chalicelib.channels.subjects import labels
from chalicelib.channels.trust import Standing, standing
from chalicelib.core import signed_ids
from chalicelib.core.db import Transaction


@dataclass(frozen=True)
class Thread:
    """`ticket`: the one to go on with, and as what. `guessed`: one that was named without the right to it."""

    ticket: Any = None
    standing: Standing = Standing.NONE
    guessed: UUID | None = None


def find(
    tx: Transaction, workspace_id: UUID, situation: Any, mail: InboundMail, *, is_staff: bool, proven: bool
) -> Thread:
    """`situation`: see queries.situation. `proven`: whether the sender's domain vouches for the mail."""
    ids = message_ids.candidates(mail)
    named = labels(mail.subject, situation.label_prefix)
    if not ids and not named:
        return Thread()
    found = queries.candidates(
        tx,
        {
            "workspace_id": workspace_id,
            "mailbox_id": situation.mailbox_id,
            "user_id": situation.user_id,
            "sender": mail.from_address,
            "ticket_ids": signed_ids.tickets_among(ids),
            "ids": [*ids],
            "provider_ids": signed_ids.of_provider_among(ids),
            "proofs": signed_ids.sent_to(situation.mail_key, situation.user_id, ids),
            "labels": list(named),
        },
    )
    judged = [(each, standing(each, is_staff=is_staff, authenticated=proven)) for each in found]
    for wanted in (Standing.AS_STAFF, Standing.AS_CUSTOMER, Standing.AS_COPIED, Standing.UNPROVEN):
        for ticket, rights in judged:
            if rights is wanted:
                return Thread(ticket, rights)
    return Thread(guessed=found[0].id if found else None)
