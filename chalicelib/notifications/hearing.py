"""Hearing of a mail that did not arrive, or was called spam: its address gets no more, and the staff reads it
on the ticket. Only the workspace that sent the mail is concerned, by the tag that SES gives back, and only
somebody of it who has the address now."""

import logging

from chalicelib.accounts import principals, reachability
from chalicelib.accounts.reachability import Report
from chalicelib.core.db import Transaction
from chalicelib.models.words import MailTrouble
from chalicelib.notifications import feedback_queries as queries
from chalicelib.notifications.feedback import Feedback
from chalicelib.tickets import noting
from chalicelib.tickets.draft import open_draft

NOTES = {
    MailTrouble.BOUNCED: {
        "en": "A mail to {address} did not arrive. {detail}",
        "es": "Un correo a {address} no llegó. {detail}",
    },
    MailTrouble.COMPLAINED: {
        "en": "{address} called a mail about this ticket spam, and gets no more mails about tickets.",
        "es": "{address} marcó como spam un correo sobre este ticket y no recibe más correos sobre tickets.",
    },
}

log = logging.getLogger(__name__)


def hear(tx: Transaction, feedback: Feedback) -> None:
    """Takes one event in; what comes again, or too late, changes nothing."""
    facts = {"type": feedback.type, "provider_id": feedback.provider_id}
    if feedback.workspace_id is None or feedback.trouble is None or not feedback.addressees:
        log.info("mail feedback without consequence", extra=facts)
        return
    desk = principals.enter_system(tx, feedback.workspace_id)
    if desk is None:
        log.info("mail feedback for a workspace that is gone", extra=facts)
        return
    ids = [feedback.message_id, feedback.provider_id]
    for row in queries.addressees(tx, desk.workspace.id, list(feedback.addressees), ids):
        detail = feedback.addressees[row.email]
        # The ticket is held before the person, as everywhere.
        draft = open_draft(tx, desk, row.ticket_id) if row.ticket_id and feedback.trouble in NOTES else None
        report = Report(row.user_id, feedback.message_id, feedback.trouble, feedback.created_at, detail)
        if reachability.take(tx, desk.workspace.id, report) and draft is not None:
            told = NOTES[feedback.trouble]
            words = told.get(desk.workspace.language, told["en"])
            said = words.format(address=row.email, detail=reachability.detail(detail) or "")
            noting.note(draft, said.strip())
