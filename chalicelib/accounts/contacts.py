"""Contacts: people who write without an account become customers without a password."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib.accounts import queries
from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction


def known_as(tx: Transaction, stranger: Actor, contact: Mapping[str, Any]) -> Actor:
    """The stranger at the public door as the person whose email it gave, made if nobody has it yet.

    `contact`: email (valid), name, document_id, phone, has_whatsapp, company. What a stranger claims changes
    nothing of somebody with an account, and never a name.
    """
    person = queries.upsert_contact(tx, stranger.workspace.id, contact)
    return replace(stranger, id=person.id, name=person.name, email=person.email)
