"""Looking a ticket up without an account, by its label and the email that opened it: counted for the address
that asks and for the person, together with the look-up of public_status.py."""

from typing import Any

from chalicelib.accounts.actor import Actor
from chalicelib.accounts.emails import normalised
from chalicelib.core import throttle
from chalicelib.core.addresses import network
from chalicelib.core.db import Transaction
from chalicelib.core.errors import HelpdeskError, NotFound, RateLimited, Refusal
from chalicelib.tickets import look_up_queries as queries

PER_ADDRESS = (30, 60)
PER_ACCOUNT = (100, 3600)


def look_up(
    tx: Transaction, stranger: Actor, label: str, email: str, address: str, factor: int
) -> dict[str, Any] | Refusal:
    """What a stranger learns of a ticket: `label subject status created_at` and more, by name. A Refusal
    where there is none, or it was asked too often: the counts stay."""
    slug, email = stranger.workspace.slug, normalised(email)
    asked = {
        "slug": slug,
        "label": label.upper(),
        "email": email,
        "address_bucket": throttle.bucket("public-status:address", network(address)),
        "address_hits": PER_ADDRESS[0] * factor,
        "address_seconds": PER_ADDRESS[1],
        "account_bucket": throttle.bucket("public-status:account", f"{slug}\n{email}"),
        "account_hits": PER_ACCOUNT[0] * factor,
        "account_seconds": PER_ACCOUNT[1],
    }
    found = queries.status(tx, asked)
    if found.answer is not None:
        return dict(found.answer)
    refused: HelpdeskError = NotFound("There is no ticket with this label and email here.")
    if not found.allowed:
        told = "Too many requests. Wait before you try again."
        refused = RateLimited(told, retry_after=found.reset_seconds)
    return Refusal(refused)
