"""Customers who make an account of their own, where the workspace lets them.

Whoever signs up hears the same, whether or not the email has an account: the mail says which. Until the
mailbox proves to be theirs the password waits beside the account, so that nobody gets into what a contact
wrote by having known the address.
"""

from chalicelib.accounts import mail_queries, queries
from chalicelib.accounts.actor import Actor
from chalicelib.accounts.adding import tell
from chalicelib.accounts.contacts import known_as
from chalicelib.accounts.keyring import Keyring
from chalicelib.accounts.one_time_tokens import VERIFICATION_HOURS
from chalicelib.accounts.passwords import check_new_password, hash_password
from chalicelib.accounts.users import FACTS
from chalicelib.accounts.verifying import REQUESTED
from chalicelib.core.db import Transaction
from chalicelib.core.errors import Forbidden

REPEATED = "user.sign_up_repeated"


def sign_up(tx: Transaction, stranger: Actor, keys: Keyring, name: str, email: str, password: str) -> None:
    """Writes the sign-up down and asks for its mail; the email is valid and normalised.

    Raises Forbidden where the workspace takes none, ValidationFailed for a password that may not be chosen.
    """
    workspace = stranger.workspace
    if not queries.workspace(tx, workspace.id).customer_signup:
        raise Forbidden("This help desk makes accounts itself. Ask it for an invitation.")
    check_new_password(password, (email, name, workspace.name, workspace.slug))
    stored = hash_password(password, keys.pepper, keys.bcrypt_cost, email)
    person = known_as(tx, stranger, {**dict.fromkeys(FACTS), "email": email, "name": name})
    if person.id is None:
        raise RuntimeError("a contact has an id")
    made = mail_queries.add_sign_up(tx, workspace.id, person.id, name, stored, VERIFICATION_HOURS)
    happened = REPEATED if made.sign_up_id is None else REQUESTED
    tell(tx, stranger, happened, dict(made._mapping), sign_up_id=made.sign_up_id)
