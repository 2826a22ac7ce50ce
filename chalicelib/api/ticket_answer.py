"""A ticket as its endpoints answer it."""

from uuid import UUID

from chalicelib.accounts.actor import Actor
from chalicelib.api.endpoint import Answer
from chalicelib.api.schemas.tickets import whole
from chalicelib.core.db import Transaction
from chalicelib.tickets import views


def ticket_answer(tx: Transaction, actor: Actor, ticket_id: UUID, status: int | None = None) -> Answer:
    """The whole ticket as it is now, with its version as the ETag: what every verb answers."""
    row = views.show_changed(tx, actor, ticket_id)
    return Answer(whole(row, actor), status, {"ETag": f'"{row.version}"'})
