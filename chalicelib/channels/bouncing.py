"""Mail that came back: it is noted on its ticket, and an address that is never reached gets no more. Nobody
is mailed about it. A report is believed where it names a mail that this desk has sent to the very address, by
the id that only its recipient has seen: not any more once they have written since, for who answers shows the
id to whom they copy in, and was reached."""

from chalicelib.accounts import reachability
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.reachability import Report
from chalicelib.channels import bounces, queries
from chalicelib.channels.answering import note
from chalicelib.channels.letter import Letter
from chalicelib.channels.outcome import Became
from chalicelib.core import signed_ids
from chalicelib.core.db import Transaction
from chalicelib.models.words import Arrival, Doubt, MailTrouble

NOT_REACHED = {
    "en": "A mail to {address} did not arrive. {reason}",
    "es": "Un correo a {address} no llegó. {reason}",
}


def take_back(tx: Transaction, desk: Actor, letter: Letter) -> Became:
    """What a report of failure does; one that names no mail of ours is for the staff to look at."""
    report = bounces.report(letter.mail)
    sent = queries.sent(
        tx, desk.workspace.id, report.original_ids, signed_ids.of_provider_among(report.original_ids)
    )
    if not sent:
        reason = Doubt.NO_SENDER if letter.sender is None else Doubt.BOUNCE
        return Became(Arrival.QUARANTINED, reason=reason, keeps_body=True)
    failures = {each.address: each for each in report.failures}
    failed = [row for row in sent if row.email in failures]
    told = NOT_REACHED.get(desk.workspace.language, NOT_REACHED["en"])
    lines = [told.format(address=row.email, reason=failures[row.email].reason).strip() for row in failed[:10]]
    became = note(tx, desk, sent[0].ticket_id, "\n".join(lines) or letter.said)
    for row in failed:
        if not row.has_written_since:
            failure = failures[row.email]
            trouble = MailTrouble.BOUNCED if failure.permanent else MailTrouble.FAILING
            reported = Report(row.user_id, row.message_id, trouble, desk.now, failure.reason)
            reachability.take(tx, desk.workspace.id, reported)
    return became
