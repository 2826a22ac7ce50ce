"""Door: the addresses at which the desk takes mail."""

from uuid import UUID

from chalicelib.api.endpoint import Answer, Call
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.common import Page, sent
from chalicelib.api.schemas.mailboxes import MailboxIn, MailboxOut, MailboxPatch, MailboxQuery
from chalicelib.channels import mailbox_setup
from chalicelib.core import paging

routes = Routes(__name__, tag="Mail")


@routes.get("/v1/mailboxes", summary="List mailboxes", answer=Page[MailboxOut])
def list_mailboxes(call: Call, query: MailboxQuery) -> Answer:
    page = paging.Page(query.limit, query.cursor, query.offset)
    domain = call.settings.mail_domain
    return Answer(mailbox_setup.listing(call.tx, call.actor, page, query.sort, domain))


@routes.post(
    "/v1/mailboxes",
    summary="Take mail at another address",
    answer=MailboxOut,
    status=201,
    examples={
        "body": {
            "address": "support@example.com",
            "name": "Support",
            "team_id": "0190c0de-0000-7000-8000-000000000002",
            "type": "incident",
        }
    },
)
def make_mailbox(call: Call, body: MailboxIn) -> Answer:
    made = mailbox_setup.make(call.tx, call.actor, dict(body), call.settings.mail_domain)
    return Answer(made, headers={"Location": f"/v1/mailboxes/{made['id']}"})


@routes.get("/v1/mailboxes/{mailbox_id}", summary="One mailbox", answer=MailboxOut)
def get_mailbox(call: Call, mailbox_id: UUID) -> Answer:
    return Answer(mailbox_setup.get(call.tx, call.actor, mailbox_id, call.settings.mail_domain))


@routes.patch(
    "/v1/mailboxes/{mailbox_id}",
    summary="Change a mailbox",
    answer=MailboxOut,
    examples={"body": {"priority": "high", "unknown_senders": "quarantine"}},
)
def change_mailbox(call: Call, mailbox_id: UUID, body: MailboxPatch) -> Answer:
    domain = call.settings.mail_domain
    return Answer(mailbox_setup.change(call.tx, call.actor, mailbox_id, sent(body), domain))


@routes.delete("/v1/mailboxes/{mailbox_id}", summary="Take mail at an address no longer")
def delete_mailbox(call: Call, mailbox_id: UUID) -> Answer:
    mailbox_setup.delete(call.tx, call.actor, mailbox_id, call.settings.mail_domain)
    return Answer(None)
